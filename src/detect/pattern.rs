//! Path patterns of the table: as many trailing components as the pattern has, `*` standing for anything within one;
//! compared in lower case.

use std::collections::HashMap;

/// Whether a component fits; both in lower case.
pub(super) fn fits(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut open = false;
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            open = part.is_empty() || rest.ends_with(part);
            break;
        }
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    open
}

/// Whether the last components of a path fit; both in lower case.
pub(super) fn fits_path(path: &str, pattern: &str) -> bool {
    let mut have = path.rsplit('/');
    pattern.rsplit('/').all(|wanted| have.next().is_some_and(|name| fits(name, wanted)))
}

/// Patterns by the part of them that is fixed, so that most paths are passed over after two look-ups.
#[derive(Default)]
pub(super) struct Index {
    patterns: Vec<(String, usize)>,
    by_name: HashMap<String, Vec<usize>>,
    by_ending: HashMap<String, Vec<usize>>,
    others: Vec<usize>,
}

impl Index {
    /// Adds a pattern that stands for `row`.
    pub(super) fn add(&mut self, pattern: &str, row: usize) {
        let at = self.patterns.len();
        let lower = pattern.to_ascii_lowercase();
        let last = lower.rsplit('/').next().unwrap_or_default().to_owned();
        self.patterns.push((lower, row));
        match last.rsplit_once('.') {
            _ if !last.contains('*') => self.by_name.entry(last).or_default().push(at),
            Some((_, ending)) if !ending.contains('*') => self.by_ending.entry(ending.to_owned()).or_default().push(at),
            _ => self.others.push(at),
        }
    }

    /// The rows whose pattern a path fits, each once, in order.
    pub(super) fn rows(&self, path: &str, lower: &mut String) -> Vec<usize> {
        lower.clear();
        lower.push_str(path);
        lower.make_ascii_lowercase();
        let name = lower.rsplit('/').next().unwrap_or_default();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let exact = self.by_name.get(name).into_iter().flatten();
        let by_ending = self.by_ending.get(ending).into_iter().flatten();
        let candidates = exact.chain(by_ending).chain(&self.others);
        let fitting = candidates.filter_map(|at| self.patterns.get(*at)).filter(|(pattern, _)| fits_path(lower, pattern));
        let mut rows: Vec<usize> = fitting.map(|(_, row)| *row).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_within_a_component() {
        for (path, pattern, expected) in [
            ("a/androidmanifest.xml", "androidmanifest.xml", true),
            ("x.ioc", "*.ioc", true),
            ("prj_debug.conf", "prj*.conf", true),
            ("prj.conf", "prj*.conf", true),
            ("custom_components/x/manifest.json", "custom_components/*/manifest.json", true),
            ("components/x/manifest.json", "custom_components/*/manifest.json", false),
            ("manifest.json", "custom_components/*/manifest.json", false),
            ("src/my_openai_client.ts", "*openai*.ts", true),
            ("src/openai.ts", "*openai*.ts", true),
            ("src/openai.tsx", "*openai*.ts", false),
            ("ab", "*", true),
            ("ab", "a", false),
            ("aba", "a*a", true),
        ] {
            assert_eq!(fits_path(path, pattern), expected, "{path} {pattern}");
        }
    }

    #[test]
    fn the_index_finds_what_the_patterns_fit() {
        let mut index = Index::default();
        for (row, pattern) in ["Cargo.toml", "*.gguf", "Dockerfile*", "gradle/libs.versions.toml"].iter().enumerate() {
            index.add(pattern, row);
        }
        let mut buffer = String::new();
        for (path, rows) in [
            ("a/Cargo.toml", vec![0]),
            ("m/x.GGUF", vec![1]),
            ("Dockerfile.prod", vec![2]),
            ("Dockerfile", vec![2]),
            ("gradle/libs.versions.toml", vec![3]),
            ("libs.versions.toml", vec![]),
        ] {
            assert_eq!(index.rows(path, &mut buffer), rows, "{path}");
        }
    }
}
