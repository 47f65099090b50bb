//! Path patterns of the table: as many trailing components as the pattern has, `*` standing for anything within one;
//! compared in lower case.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

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

/// Patterns by a part of them that is fixed, so that most paths are passed over after a few look-ups.
#[derive(Default)]
pub(super) struct Patterns {
    patterns: Vec<(String, usize)>,
    by_name: HashMap<String, Vec<usize>>,
    by_ending: HashMap<String, Vec<usize>>,
    by_part: Vec<(String, usize)>,
}

impl Patterns {
    /// Adds a pattern that stands for `row`.
    pub(super) fn add(&mut self, pattern: &str, row: usize) {
        let at = self.patterns.len();
        let lower = pattern.to_ascii_lowercase();
        let (above, last) = lower.rsplit_once('/').unwrap_or(("", &lower));
        let folder = format!("{}/", above.rsplit(['/', '*']).next().unwrap_or_default());
        match last.strip_prefix("*.") {
            _ if !last.contains('*') => self.by_name.entry(last.to_owned()).or_default().push(at),
            // `vex/*.json`, `llm/*.*`: the folder says more than the ending.
            Some(_) if folder.len() > 2 => self.by_part.push((folder, at)),
            Some(ending) if !ending.contains(['*', '.']) => self.by_ending.entry(ending.to_owned()).or_default().push(at),
            _ => {
                let longest = last.split('*').max_by_key(|part| part.len()).unwrap_or_default();
                self.by_part.push((if longest.len() < 2 { folder } else { longest.to_owned() }, at));
            }
        }
        self.patterns.push((lower, row));
    }

    /// Makes them ready to be asked; none where there are more than can be searched for at once.
    pub(super) fn index(self) -> Option<Index> {
        let parts = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(self.by_part.iter().map(|(part, _)| part)).ok()?;
        Some(Index { parts, patterns: self })
    }
}

/// See [`Patterns`].
pub(super) struct Index {
    patterns: Patterns,
    parts: AhoCorasick,
}

impl Index {
    /// The rows whose pattern a path fits, each once, in order. `lower` is overwritten with the path in lower case.
    pub(super) fn rows(&self, path: &str, lower: &mut String) -> Vec<usize> {
        lower.clear();
        lower.push_str(path);
        lower.make_ascii_lowercase();
        let name_at = lower.rfind('/').map_or(0, |at| at + 1);
        let name = lower.get(name_at..).unwrap_or_default();
        let above = lower.get(..name_at.saturating_sub(1)).and_then(|above| above.rfind('/')).map_or(0, |at| at + 1);
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let Patterns { patterns, by_name, by_ending, by_part } = &self.patterns;
        let parts = self.parts.find_overlapping_iter(lower.get(above..).unwrap_or_default());
        let by_part = parts.filter_map(|found| by_part.get(found.pattern().as_usize())).map(|(_, at)| at);
        let candidates = by_name.get(name).into_iter().flatten().chain(by_ending.get(ending).into_iter().flatten()).chain(by_part);
        let fitting = candidates.filter_map(|at| patterns.get(*at)).filter(|(pattern, _)| fits_path(lower, pattern));
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
        let mut patterns = Patterns::default();
        let all =
            ["Cargo.toml", "*.gguf", "Dockerfile*", "gradle/libs.versions.toml", "llm/*.*", "*gpt*.ts", "*.cdx.json", "vex/*.json", "a*"];
        for (row, pattern) in all.iter().enumerate() {
            patterns.add(pattern, row);
        }
        let index = patterns.index().unwrap();
        let mut buffer = String::new();
        for (path, rows) in [
            ("a/Cargo.toml", vec![0]),
            ("m/x.GGUF", vec![1]),
            ("Dockerfile.prod", vec![2]),
            ("Dockerfile", vec![2]),
            ("gradle/libs.versions.toml", vec![3]),
            ("libs.versions.toml", vec![]),
            ("src/LLM/chat-gpt.ts", vec![4, 5]),
            ("src/llm/Makefile", vec![]),
            ("gpt/x.ts", vec![]),
            ("bom.cdx.json", vec![6]),
            ("x/vex/b.cdx.json", vec![6, 7]),
            ("x/vex/b/c.json", vec![]),
            ("b/abc", vec![8]),
        ] {
            assert_eq!(index.rows(path, &mut buffer), rows, "{path}");
        }
    }
}
