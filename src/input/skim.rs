//! Reading many files for a search, quickly: no id is computed and nothing is held against the commit. What is found so is read again by
//! [`Snapshot::read`] before anything is said of it.

use std::io::Read as _;

use cap_std::fs::{Dir, Metadata};

use super::snapshot::Snapshot;
use super::view::Tracked;
use crate::repo_path::RepoPath;

/// Reads the texts of tracked files one after the other, best in the order of their paths.
pub struct Skim<'a> {
    snapshot: &'a Snapshot,
    walk: Option<Walk<'a>>,
}

impl<'a> Skim<'a> {
    /// Of the files as they lie on disk.
    pub(super) fn of_disk(snapshot: &'a Snapshot, root: &'a Dir) -> Self {
        Self { snapshot, walk: Some(Walk { root, open: Vec::new() }) }
    }

    /// Of what git keeps.
    pub(super) fn of_objects(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, walk: None }
    }

    /// The text of a regular tracked file; none of what is larger than `limit` bytes, is no UTF-8 or cannot be read.
    pub fn text(&mut self, found: &Tracked, limit: usize) -> Option<String> {
        if !found.regular || found.in_conflict {
            return None;
        }
        let bytes = match &mut self.walk {
            Some(walk) if !found.left_out => walk.bytes(&found.path, limit),
            _ => self.snapshot.object(found.oid, limit).ok(),
        };
        String::from_utf8(bytes?).ok()
    }
}

/// Opens files below a folder, keeping the folders on the way open: in the order of paths each is opened once.
struct Walk<'d> {
    root: &'d Dir,
    open: Vec<(String, Dir)>,
}

impl Walk<'_> {
    /// The bytes of a regular file that is reached through folders only.
    fn bytes(&mut self, path: &RepoPath, limit: usize) -> Option<Vec<u8>> {
        let (folder, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
        let dir = self.folder(folder)?;
        let found = dir.symlink_metadata(name).ok().filter(|found| found.is_file() && found.len() <= limit as u64)?;
        let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(limit) + 1);
        dir.open(name).ok()?.take(limit as u64 + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() <= limit).then_some(bytes)
    }

    fn folder(&mut self, folder: &str) -> Option<&Dir> {
        let parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        let kept = self.open.iter().zip(&parts).take_while(|((name, _), part)| name == *part).count();
        self.open.truncate(kept);
        for part in parts.into_iter().skip(kept) {
            let above = self.open.last().map_or(self.root, |(_, dir)| dir);
            above.symlink_metadata(part).ok().filter(Metadata::is_dir)?;
            let dir = above.open_dir(part).ok()?;
            self.open.push((part.to_owned(), dir));
        }
        Some(self.open.last().map_or(self.root, |(_, dir)| dir))
    }
}
