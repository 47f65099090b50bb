//! The copy that cargo gets to see: every tracked `Cargo.toml`, the lockfiles in question, and empty files where targets have
//! their sources. Nothing else of the tree is written: no settings, no build script with anything in it, no link.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::escape;
use crate::input::view::View;
use crate::limits;
use crate::repo_path::RepoPath;

/// Folders in which cargo looks for targets by their files' names (the Cargo Book, "Package Layout").
const TARGET_FOLDERS: &[&str] = &["src/bin", "examples", "tests", "benches"];
/// Files that cargo takes for targets.
const TARGETS: &[&str] = &["src/lib.rs", "src/main.rs", "build.rs"];

/// See the module's documentation.
pub(super) struct Copy {
    /// Manifests that cargo does not get, each with the reason.
    left_out: BTreeMap<RepoPath, String>,
}

impl Copy {
    /// Writes the copy into a folder.
    pub(super) fn write(view: &View<'_>, lockfiles: &[RepoPath], folder: &Path) -> io::Result<Self> {
        let mut copy = Self { left_out: BTreeMap::new() };
        let mut projects: BTreeSet<RepoPath> = BTreeSet::new();
        for found in view.all_tracked().iter().filter(|found| found.path.file_name() == "Cargo.toml") {
            let refusal = match manifest(view, &found.path) {
                _ if projects.len() >= limits::CARGO_MANIFESTS => Some(format!("it comes after the first {}", limits::CARGO_MANIFESTS)),
                Ok(text) => write_new(folder, &found.path, text.as_bytes())?,
                Err(refusal) => Some(refusal),
            };
            match refusal {
                None => projects.extend(found.path.parent()),
                Some(why) => drop(copy.left_out.insert(found.path.clone(), why)),
            }
        }
        for path in lockfiles {
            if let Ok(file) = view.read(path, limits::EVIDENCE_BYTES) {
                write_new(folder, path, &file.bytes)?;
            }
        }
        let stubs = view.all_tracked().iter().filter(|found| is_target(&found.path, &projects)).take(limits::CARGO_TARGETS);
        for found in stubs {
            write_new(folder, &found.path, b"")?;
        }
        Ok(copy)
    }

    /// Of a message that cargo ends with: the manifest that it lacked because it was left out, and why it was. One that a
    /// pattern would have found is not named: it only makes the lockfile lock more than there is.
    pub(super) fn left_out(&self, said: &str) -> Option<String> {
        let names = |path: &str| said.split(|c: char| c.is_whitespace() || "`'\"()".contains(c)).any(|word| word == path);
        let named = self.left_out.iter().find(|(path, _)| names(path.as_str()));
        let (path, why) = named.or_else(|| self.left_out.iter().next().filter(|_| said.contains("lock file")))?;
        Some(format!("{path} was not given to cargo: {why}"))
    }
}

fn manifest(view: &View<'_>, path: &RepoPath) -> Result<String, String> {
    let file = view.read(path, limits::INPUT_BYTES).map_err(|refusal| refusal.to_string())?;
    let text = String::from_utf8(file.bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    match escape::refusal(&path.parent().unwrap_or_default(), &text) {
        Some(why) => Err(why),
        None => Ok(text),
    }
}

fn is_target(path: &RepoPath, projects: &BTreeSet<RepoPath>) -> bool {
    let text = path.as_str();
    if !text.ends_with(".rs") {
        return false;
    }
    let belongs = |rest: &str| {
        let project = text.strip_suffix(rest).map(|project| project.trim_end_matches('/'));
        project.is_some_and(|project| projects.contains(&project.parse().unwrap_or_default()))
    };
    if TARGETS.iter().any(|target| belongs(target)) {
        return true;
    }
    let file = path.file_name();
    let parent = path.parent().unwrap_or_default();
    let folder = parent.file_name();
    TARGET_FOLDERS
        .iter()
        .any(|known| belongs(&format!("{known}/{file}")) || (file == "main.rs" && belongs(&format!("{known}/{folder}/{file}"))))
}

/// Writes a file that is not there yet; in words, why it cannot have this name here.
fn write_new(folder: &Path, path: &RepoPath, bytes: &[u8]) -> io::Result<Option<String>> {
    if path.as_str().contains(':') {
        return Ok(Some("its path has a colon in it".to_owned()));
    }
    let whole: PathBuf = path.components().fold(folder.to_path_buf(), |whole, part| whole.join(part));
    std::fs::create_dir_all(whole.parent().unwrap_or(folder))?;
    match std::fs::OpenOptions::new().write(true).create_new(true).open(&whole) {
        Ok(mut file) => file.write_all(bytes).map(|()| None),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Some("another path is the same to this machine".to_owned())),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cargo_takes_for_a_target_gets_an_empty_file() {
        let projects: BTreeSet<RepoPath> = [RepoPath::root(), "crates/a".parse().unwrap()].into();
        for (path, wanted) in [
            ("src/lib.rs", true),
            ("build.rs", true),
            ("src/bin/tool.rs", true),
            ("src/bin/tool/main.rs", true),
            ("crates/a/src/main.rs", true),
            ("crates/a/tests/x.rs", true),
            ("crates/b/src/main.rs", false),
            ("src/inner.rs", false),
            ("src/lib.rs.txt", false),
            ("xsrc/lib.rs", false),
        ] {
            assert_eq!(is_target(&path.parse().unwrap(), &projects), wanted, "{path}");
        }
    }
}
