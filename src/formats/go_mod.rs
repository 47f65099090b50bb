//! `go.mod` (the Go Modules Reference, "go.mod files"): the module's path and what it requires, line by line.

use std::ops::Range;

/// A module that is required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its path.
    pub path: String,
    /// Its version, after `replace`.
    pub version: String,
    /// Needed only by another module.
    pub indirect: bool,
    /// Byte range of its line.
    pub at: Range<usize>,
}

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoMod {
    /// The module's own path.
    pub module: Option<String>,
    /// In the file's order; what is replaced by a folder is left out, since it has no version and no digest.
    pub required: Vec<Module>,
}

/// Reads every directive that is understood; what is not is passed over.
pub fn read(text: &str) -> GoMod {
    let mut found = GoMod::default();
    let mut replaced: Vec<(String, Option<(String, String)>)> = Vec::new();
    let mut block = String::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let at = start..start + whole.trim_end().len();
        start += whole.len();
        let (line, comment) = whole.split_once("//").unwrap_or((whole, ""));
        let line = line.trim();
        if line == ")" {
            block.clear();
            continue;
        }
        if let Some(verb) = line.strip_suffix('(') {
            block = verb.trim().to_owned();
            continue;
        }
        let (verb, rest) = match block.as_str() {
            "" => line.split_once(char::is_whitespace).unwrap_or((line, "")),
            inside => (inside, line),
        };
        let words: Vec<String> = rest.split_whitespace().map(|word| word.trim_matches('"').to_owned()).collect();
        match (verb, words.as_slice()) {
            ("module", [path]) => found.module = Some(path.clone()),
            ("require", [path, version]) => {
                let indirect = comment.trim() == "indirect" || comment.trim().starts_with("indirect;");
                found.required.push(Module { path: path.clone(), version: version.clone(), indirect, at });
            }
            ("replace", [old, .., arrow, new, version]) if arrow == "=>" => {
                replaced.push((old.clone(), Some((new.clone(), version.clone()))));
            }
            ("replace", [old, .., arrow, _]) if arrow == "=>" => replaced.push((old.clone(), None)),
            _ => {}
        }
    }
    for (old, new) in replaced {
        match new {
            None => found.required.retain(|module| module.path != old),
            Some((path, version)) => {
                for module in found.required.iter_mut().filter(|module| module.path == old) {
                    (module.path, module.version) = (path.clone(), version.clone());
                }
            }
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_read_in_blocks_and_alone() {
        let text = "module example.invalid/own // the module\n\ngo 1.22\nrequire example.invalid/a v1.0.0\nrequire (\n  example.invalid/b v1.0.0 // indirect\n\
                    \u{20} example.invalid/c v1.0.0\n  example.invalid/d v1.0.0\n)\nreplace example.invalid/c => ../c\nreplace example.invalid/d v1.0.0 => example.invalid/e v2.0.0\n";
        let found = read(text);
        assert_eq!(found.module.as_deref(), Some("example.invalid/own"));
        let required: Vec<_> = found.required.iter().map(|one| (one.path.as_str(), one.version.as_str(), one.indirect)).collect();
        assert_eq!(
            required,
            [("example.invalid/a", "v1.0.0", false), ("example.invalid/b", "v1.0.0", true), ("example.invalid/e", "v2.0.0", false)]
        );
        assert_eq!(text.get(found.required[0].at.clone()), Some("require example.invalid/a v1.0.0"));
    }
}
