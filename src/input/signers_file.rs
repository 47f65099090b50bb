//! Where the allowed signers come from: a file that nothing in the tree under test can choose or change.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Fault};
use crate::limits;

/// Symbolic links that are followed on the way to the file; as many as Linux follows.
const LINKS: usize = 40;

/// Reads the allowed signers file. `workdir` is the work tree under test, if there is one.
///
/// # Errors
/// When the file is missing, not a regular file, larger than [`limits::SIGNERS_BYTES`] or not UTF-8 text; and when it
/// lies in the work tree or a symbolic link in the work tree leads to it, because then the tree under test would say
/// who may sign.
pub fn read_signers(path: &Path, workdir: Option<&Path>) -> Result<String, Error> {
    let shown = path.display();
    let unreadable = |why: String| {
        refused(
            format!("the allowed signers file {shown} {why}"),
            "name an existing allowed signers file (ssh-keygen(1), \"ALLOWED SIGNERS\")",
        )
    };
    let real = std::fs::canonicalize(path).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    if let Some(workdir) = workdir {
        let tree =
            std::fs::canonicalize(workdir).map_err(|error| unreadable(format!("cannot be placed: {}: {error}", workdir.display())))?;
        let help = "keep the file outside, where a change to the repository cannot reach it";
        if real.starts_with(&tree) {
            return Err(refused(
                format!("the allowed signers file {shown} lies in the tree under test, which must not say who may sign"),
                help,
            ));
        }
        if let Some(link) = link_within(path, &tree).map_err(|error| unreadable(format!("cannot be read: {error}")))? {
            let link = link.display();
            return Err(refused(
                format!("{link}, a symbolic link in the tree under test, leads to the allowed signers file {shown}"),
                help,
            ));
        }
    }
    regular_text(&real, limits::SIGNERS_BYTES).map_err(unreadable)
}

/// The text of a regular file; what stands in the way, for after its name.
pub(super) fn regular_text(real: &Path, limit: usize) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    if !std::fs::metadata(real).map_err(unreadable)?.is_file() {
        return Err("is not a regular file".into());
    }
    let file = std::fs::File::open(real).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > limit {
        return Err(format!("is larger than {limit} bytes, the most that is read"));
    }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".into())
}

fn refused(message: String, help: &str) -> Error {
    Error::Invalid(vec![Fault::anywhere(message).help(help)])
}

/// The first symbolic link on the way to `path` that itself lies in `tree`.
pub(super) fn link_within(path: &Path, tree: &Path) -> std::io::Result<Option<PathBuf>> {
    let whole = std::path::absolute(path)?;
    let mut ahead: VecDeque<OsString> = whole.components().map(|part| part.as_os_str().to_owned()).collect();
    let mut walked = PathBuf::new();
    let mut links = 0;
    while let Some(part) = ahead.pop_front() {
        if Path::new(&part).components().next() == Some(Component::ParentDir) {
            walked.pop();
            continue;
        }
        let step = walked.join(&part);
        if !std::fs::symlink_metadata(&step)?.is_symlink() {
            walked = step;
            continue;
        }
        links += 1;
        if links > LINKS {
            return Err(std::io::Error::other("too many symbolic links"));
        }
        if std::fs::canonicalize(&walked)?.starts_with(tree) {
            return Ok(Some(step));
        }
        let target = std::fs::read_link(&step)?;
        for part in target.components().rev() {
            ahead.push_front(part.as_os_str().to_owned());
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::TempDir;

    /// A work tree beside a signers file.
    fn place() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("repo");
        fs::create_dir_all(tree.join("folder")).unwrap();
        fs::write(tree.join("signers"), "inside").unwrap();
        fs::write(folder.path().join("signers"), "outside").unwrap();
        (folder, tree)
    }

    fn refusal(path: &Path, tree: &Path) -> String {
        let faults = read_signers(path, Some(tree)).unwrap_err().faults();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].help.is_some());
        faults[0].message.clone()
    }

    #[test]
    fn a_file_outside_the_tree_is_read() {
        let (folder, tree) = place();
        assert_eq!(read_signers(&folder.path().join("signers"), Some(&tree)).unwrap(), "outside");
        assert_eq!(read_signers(&tree.join("folder/../../signers"), Some(&tree)).unwrap(), "outside");
        assert_eq!(read_signers(&tree.join("signers"), None).unwrap(), "inside");
    }

    #[test]
    fn a_file_in_the_tree_is_refused() {
        let (folder, tree) = place();
        for path in [tree.join("signers"), tree.join("folder/../signers"), folder.path().join("repo/./signers")] {
            assert!(refusal(&path, &tree).contains("lies in the tree under test"), "{}", path.display());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_of_the_tree_may_not_choose_the_file() {
        use std::os::unix::fs::symlink;
        let (folder, tree) = place();
        let outside = folder.path();
        symlink(outside.join("signers"), tree.join("out")).unwrap();
        symlink("../..", tree.join("folder/up")).unwrap();
        symlink(tree.join("out"), outside.join("through")).unwrap();
        symlink("repo/folder", outside.join("way")).unwrap();
        for path in [tree.join("out"), tree.join("folder/up/signers"), outside.join("through"), outside.join("way/up/signers")] {
            let why = refusal(&path, &tree);
            assert!(why.contains("a symbolic link in the tree under test, leads to"), "{why}");
        }
        symlink(tree.join("signers"), outside.join("into")).unwrap();
        assert!(refusal(&outside.join("into"), &tree).contains("lies in the tree under test"));
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_outside_the_tree_may_lead_to_the_file() {
        use std::os::unix::fs::symlink;
        let (folder, tree) = place();
        fs::create_dir(folder.path().join("etc")).unwrap();
        symlink("./../signers", folder.path().join("etc/link")).unwrap();
        symlink("etc", folder.path().join("settings")).unwrap();
        assert_eq!(read_signers(&folder.path().join("settings/link"), Some(&tree)).unwrap(), "outside");
        symlink("loop", folder.path().join("loop")).unwrap();
        assert!(refusal(&folder.path().join("loop"), &tree).contains("cannot be read"));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_refused_by_name() {
        let (folder, tree) = place();
        let outside = folder.path();
        fs::write(outside.join("latin"), b"# caf\xe9\n").unwrap();
        fs::write(outside.join("large"), vec![b'#'; limits::SIGNERS_BYTES + 1]).unwrap();
        fs::write(outside.join("full"), vec![b'#'; limits::SIGNERS_BYTES]).unwrap();
        fs::create_dir(outside.join("etc")).unwrap();
        for (name, says) in [
            ("absent", "cannot be read: "),
            ("etc", "is not a regular file"),
            ("latin", "is not UTF-8 text"),
            ("large", "is larger than 1048576 bytes, the most that is read"),
        ] {
            let path = outside.join(name);
            let why = refusal(&path, &tree);
            assert!(why.starts_with(&format!("the allowed signers file {} {says}", path.display())), "{why}");
        }
        assert_eq!(read_signers(&outside.join("full"), Some(&tree)).unwrap().len(), limits::SIGNERS_BYTES);
    }
}
