//! Lists what a commit's tree holds, within a bound: a few small tree objects can name each other so often that their paths are
//! more than anybody can walk.

use git2::{ObjectType, Oid, Repository, TreeWalkMode, TreeWalkResult};

use super::view::Tracked;
use crate::error::Error;
use crate::limits;

/// Every blob, link and submodule below a tree, in git's order; a path that [`RepoPath`](crate::repo_path::RepoPath) refuses is left out, and
/// so is what lies below a tree that is not in this clone.
///
/// # Errors
/// When it holds more than [`limits::TREE_ENTRIES`] entries.
pub(super) fn list(repository: &Repository, tree: Oid) -> Result<Vec<Tracked>, Error> {
    let mut found = Vec::new();
    let Ok(tree) = repository.find_tree(tree) else { return Ok(found) };
    let mut seen = 0_usize;
    let _ = tree.walk(TreeWalkMode::PreOrder, |folder, one| {
        seen += 1;
        if seen > limits::TREE_ENTRIES {
            return TreeWalkResult::Abort;
        }
        if one.kind() != Some(ObjectType::Tree) {
            let path = [folder.as_bytes(), one.name_bytes()].concat();
            found.extend(Tracked::new(&path, u32::try_from(one.filemode()).unwrap_or(0), one.id()));
        }
        TreeWalkResult::Ok
    });
    if seen > limits::TREE_ENTRIES {
        let message = format!("this commit names more than {} files and folders, which is more than is read", limits::TREE_ENTRIES);
        return Err(Error::repository(message, "see whether its trees name each other over and over; no real repository is that large"));
    }
    Ok(found)
}
