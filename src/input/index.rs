//! Lists what git's index tracks (gitformat-index(5)), also where it is split into two files.
//!
//! libgit2 reads an index into several tables and checks every name for every file system, which takes as long as all else that a look at a
//! large repository does; gix-index reads what is there.

use std::path::Path;

use gix_index::entry::{Flags, Mode};
use gix_index::{File, decode, hash};

use super::view::Tracked;
use crate::error::Error;

/// Every path of the index of that git folder, in no order, one in a conflict once for each side. A path that
/// [`RepoPath`](crate::repo_path::RepoPath) refuses is left out.
///
/// # Errors
/// When it cannot be read, or it leaves out folders that git would have to look up.
pub(super) fn list(git_folder: &Path) -> Result<Vec<Tracked>, Error> {
    let path = git_folder.join("index");
    if !path.exists() {
        return Ok(Vec::new());
    }
    // Like git, which leaves the checksum to `git fsck`.
    let skip_checksum = true;
    let options = decode::Options { thread_limit: Some(1), ..decode::Options::default() };
    let index = File::at(&path, hash::Kind::Sha1, skip_checksum, options).map_err(|error| {
        Error::repository(format!("the index at {} cannot be read: {error}", path.display()), "check it with `git status`")
    })?;
    if index.is_sparse() {
        let message = format!("the index at {} is sparse: it leaves out what lies in some folders", path.display());
        return Err(Error::repository(message, "git sparse-checkout reapply --no-sparse-index"));
    }
    let entries = index.entries().iter().filter(|entry| entry.mode != Mode::DIR);
    let listed = entries.filter_map(|entry| {
        let oid = git2::Oid::from_bytes(entry.id.as_bytes()).ok()?;
        let found = Tracked::new(entry.path(&index), entry.mode.bits(), oid)?;
        Some(Tracked { left_out: entry.flags.contains(Flags::SKIP_WORKTREE), in_conflict: entry.stage_raw() > 0, ..found })
    });
    Ok(listed.collect())
}
