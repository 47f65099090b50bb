//! Replaces a file so that nothing is ever lost: the new text is written beside it, synced, and takes its name only while
//! the file still holds what the edit was made from.

use std::fs::Permissions;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// What became of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// It holds the new text.
    Yes,
    /// Somebody else changed it meanwhile; it is as they left it.
    ChangedMeanwhile,
}

/// A file to replace.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The file.
    pub path: &'a Path,
    /// What it holds; none where it does not exist.
    pub old: Option<&'a [u8]>,
    /// What it is to hold.
    pub new: &'a [u8],
}

/// Replaces a file that holds `old` (none: that does not exist) by one that holds `new`, with the same permissions.
///
/// # Errors
/// When it is read-only or not a regular file, or when its folder cannot be written; it is then as it was.
pub fn replace_file(path: &Path, old: Option<&[u8]>, new: &[u8]) -> io::Result<Replaced> {
    replace_files(&[Change { path, old, new }])
}

/// Replaces several files, all or none: every new text lies beside its file before the first takes its name, and where one
/// cannot, those before it get back what they held.
///
/// # Errors
/// As [`replace_file`]; every file is then as it was.
pub fn replace_files(changes: &[Change<'_>]) -> io::Result<Replaced> {
    let mut ready: Vec<Beside> = Vec::new();
    for change in changes {
        ready.push(Beside::write(change.path, change.new, "part", permissions(change.path)?)?);
    }
    // What is put back where a later file fails lies ready too: a full disk cannot keep it from being put back.
    let mut kept: Vec<Option<Beside>> = Vec::new();
    for change in changes.iter().take(changes.len().saturating_sub(1)) {
        let old = change.old.map(|old| Beside::write(change.path, old, "kept", permissions(change.path)?)).transpose()?;
        kept.push(old);
    }
    for change in changes {
        if current(change.path)?.as_deref() != change.old {
            return Ok(Replaced::ChangedMeanwhile);
        }
    }
    for (at, (change, beside)) in changes.iter().zip(&ready).enumerate() {
        if let Err(error) = std::fs::rename(&beside.path, change.path) {
            for (earlier, kept) in changes.iter().zip(&kept).take(at) {
                let _ = match kept {
                    Some(kept) => std::fs::rename(&kept.path, earlier.path),
                    None => std::fs::remove_file(earlier.path),
                };
            }
            return Err(error);
        }
    }
    Ok(Replaced::Yes)
}

/// The permissions of a file that may be replaced; none where there is no file.
fn permissions(path: &Path) -> io::Result<Option<Permissions>> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => Err(io::Error::other("it is not a regular file")),
        Ok(found) if found.permissions().readonly() => Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only")),
        Ok(found) => Ok(Some(found.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file that lies beside the one whose name it is to take; gone when it is dropped, unless it took the name.
struct Beside {
    path: PathBuf,
}

impl Beside {
    fn write(path: &Path, bytes: &[u8], ending: &str, permissions: Option<Permissions>) -> io::Result<Self> {
        let mut name = path.file_name().ok_or_else(|| io::Error::other("it names no file"))?.to_owned();
        name.push(format!(".{}.{ending}", std::process::id()));
        let beside = path.with_file_name(name);
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
        let beside = Self { path: beside };
        file.write_all(bytes)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        Ok(beside)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn current(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::File::open(path) {
        Ok(mut file) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn files(folder: &Path) -> usize {
        std::fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = folder();
        let path = folder.path().join("a.toml");
        assert_eq!(replace_file(&path, None, b"one").unwrap(), Replaced::Yes);
        assert_eq!(replace_file(&path, Some(b"one"), b"two").unwrap(), Replaced::Yes);
        assert_eq!((current(&path).unwrap().unwrap(), files(folder.path())), (b"two".to_vec(), 1));
    }

    #[test]
    fn a_concurrent_edit_stays_as_it_is() {
        let folder = folder();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, "theirs").unwrap();
        assert_eq!(replace_file(&path, Some(b"one"), b"two").unwrap(), Replaced::ChangedMeanwhile);
        assert_eq!(replace_file(&path, None, b"two").unwrap(), Replaced::ChangedMeanwhile);
        assert_eq!((current(&path).unwrap().unwrap(), files(folder.path())), (b"theirs".to_vec(), 1));
    }

    #[test]
    fn several_files_are_replaced_all_or_none() {
        let folder = folder();
        let (a, b) = (folder.path().join("a.toml"), folder.path().join("b.toml"));
        let replace =
            |old: Option<&'static [u8]>, new: &'static [u8]| replace_files(&[Change { path: &a, old, new }, Change { path: &b, old, new }]);
        assert_eq!(replace(None, b"one").unwrap(), Replaced::Yes);
        assert_eq!(replace(Some(b"one"), b"two").unwrap(), Replaced::Yes);
        std::fs::write(&b, "theirs").unwrap();
        assert_eq!(replace(Some(b"two"), b"three").unwrap(), Replaced::ChangedMeanwhile);
        assert_eq!((current(&a).unwrap().unwrap(), files(folder.path())), (b"two".to_vec(), 2));
        std::fs::remove_file(&b).unwrap();
        std::fs::create_dir(&b).unwrap();
        assert!(replace(Some(b"two"), b"three").is_err());
        assert_eq!((current(&a).unwrap().unwrap(), files(folder.path())), (b"two".to_vec(), 2));
    }

    #[test]
    fn a_file_gets_back_what_it_held_where_a_later_one_cannot_take_its_name() {
        let folder = folder();
        let a = folder.path().join("a.toml");
        std::fs::write(&a, "one").unwrap();
        // The text for it is written, and then its own name is longer than a name may be.
        let long = folder.path().join("b".repeat(255));
        let changes = [Change { path: &a, old: Some(b"one"), new: b"two" }, Change { path: &long, old: None, new: b"two" }];
        assert!(replace_files(&changes).is_err());
        assert_eq!((current(&a).unwrap().unwrap(), files(folder.path())), (b"one".to_vec(), 1));
    }

    #[test]
    fn a_read_only_file_stays_as_it_is() {
        let folder = folder();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, "one").unwrap();
        let mut rights = std::fs::metadata(&path).unwrap().permissions();
        rights.set_readonly(true);
        std::fs::set_permissions(&path, rights).unwrap();
        assert!(replace_file(&path, Some(b"one"), b"two").is_err());
        assert_eq!((current(&path).unwrap().unwrap(), files(folder.path())), (b"one".to_vec(), 1));
    }
}
