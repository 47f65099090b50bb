//! Files as they lie on disk, reached through folders only and never out of the tree.

use std::io::Read as _;

use cap_std::fs::Dir;

use super::snapshot::Refusal;
use crate::repo_path::RepoPath;

/// Whether a path is a regular file on disk, reached through folders only.
pub(super) fn kind_on_disk(dir: &Dir, path: &RepoPath) -> Result<(), Refusal> {
    let mut walked = RepoPath::root();
    let parts: Vec<&str> = path.components().collect();
    for (at, part) in parts.iter().enumerate() {
        let Ok(next) = part.parse::<RepoPath>() else { return Err(Refusal::Absent) };
        walked = walked.join(&next);
        let kind = match dir.symlink_metadata(walked.as_str()) {
            Ok(found) => found,
            Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
                return Err(Refusal::Absent);
            }
            Err(error) => return Err(Refusal::Unreadable(error.to_string())),
        };
        let last = at + 1 == parts.len();
        match (last, kind.is_symlink(), kind.is_dir(), kind.is_file()) {
            (_, true, ..) => return Err(Refusal::Symlink),
            (false, _, true, _) => {}
            (false, ..) => return Err(Refusal::Absent),
            (true, _, true, _) => return Err(Refusal::Folder),
            (true, _, _, true) => return Ok(()),
            (true, ..) => return Err(Refusal::Special),
        }
    }
    Err(Refusal::Folder)
}

pub(super) fn bytes_on_disk(dir: &Dir, path: &RepoPath, limit: usize) -> Result<Vec<u8>, Refusal> {
    kind_on_disk(dir, path)?;
    let unreadable = |error: std::io::Error| Refusal::Unreadable(error.to_string());
    let file = dir.open(path.as_str()).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > limit {
        return Err(Refusal::TooLarge(limit));
    }
    Ok(bytes)
}

pub(super) fn without_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\r' || rest.peek() != Some(&b'\n') {
            out.push(byte);
        }
    }
    out
}

pub(super) fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() < 1_024
        && [&b"version https://git-lfs.github.com/spec/"[..], b"version https://hawser.github.com/spec/"]
            .iter()
            .any(|start| bytes.starts_with(start))
}
