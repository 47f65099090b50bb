//! Replaces a file so that nothing is ever lost: the new text is written beside it, synced, and takes its name only while
//! the file still holds what the edit was made from.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// What became of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// It holds the new text.
    Yes,
    /// Somebody else changed it meanwhile; it is as they left it.
    ChangedMeanwhile,
}

/// Replaces a file that holds `old` (none: that does not exist) by one that holds `new`, with the same permissions.
///
/// # Errors
/// When it is read-only or not a regular file, or when its folder cannot be written; it is then as it was.
pub fn replace_file(path: &Path, old: Option<&[u8]>, new: &[u8]) -> io::Result<Replaced> {
    let known = match std::fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => return Err(io::Error::other("it is not a regular file")),
        Ok(found) if found.permissions().readonly() => {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
        }
        Ok(found) => Some(found),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut name = path.file_name().ok_or_else(|| io::Error::other("it names no file"))?.to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(name);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let written = (|| {
        file.write_all(new)?;
        if let Some(known) = known {
            file.set_permissions(known.permissions())?;
        }
        file.sync_all()?;
        if current(path)?.as_deref() != old {
            return Ok(Replaced::ChangedMeanwhile);
        }
        std::fs::rename(&beside, path)?;
        Ok(Replaced::Yes)
    })();
    if !matches!(written, Ok(Replaced::Yes)) {
        let _ = std::fs::remove_file(&beside);
    }
    written
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
