//! Opening the repository that holds a folder: what is refused, and with what remedy.

use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode, Oid, Repository, RepositoryOpenFlags};

use super::reader::quoted;
use crate::error::Error;
use crate::repo_path::RepoPath;

pub(super) fn explain_open(error: &git2::Error, path: &Path) -> Error {
    let shown = path.display();
    let said = error.message().to_lowercase();
    match (error.code(), error.class()) {
        (ErrorCode::Owner, _) => Error::repository(
            format!("the repository at {shown} belongs to another user, so git's settings in it are not trusted"),
            format!("if you trust it: git config --global --add safe.directory {shown}"),
        ),
        (ErrorCode::NotFound, ErrorClass::Repository | ErrorClass::Os) => Error::repository(
            format!("no git repository at or above {shown}"),
            "run portcullis inside a git work tree, or name one: `portcullis check PATH`",
        ),
        _ if said.contains("objectformat") || said.contains("object format") => Error::repository(
            format!("the repository at {shown} uses SHA-256 object ids, which portcullis cannot read yet"),
            "check a clone in the SHA-1 object format",
        ),
        _ if said.contains("refstorage") => Error::repository(
            format!("the repository at {shown} stores its references as reftable, which portcullis cannot read yet"),
            "git refs migrate --ref-format=files",
        ),
        _ => Error::repository(format!("the repository at {shown} cannot be opened: {}", error.message()), "check it with `git status`"),
    }
}

/// A bare repository that lies in another's work tree came with that tree: whoever wrote the tree chose what is in it.
pub(super) fn refuse_embedded(repository: &Repository, absolute: &Path) -> Result<(), Error> {
    let Some(above) = repository.path().parent().filter(|_| repository.is_bare()) else { return Ok(()) };
    let none: [&Path; 0] = [];
    let outer = Repository::open_ext(above, RepositoryOpenFlags::empty(), none);
    if outer.is_ok_and(|outer| !outer.is_bare()) {
        let message = format!("{} is a bare repository inside another repository's work tree", absolute.display());
        return Err(Error::repository(message, "name a folder of the outer repository, or move the bare one out of it"));
    }
    Ok(())
}

pub(super) fn start_of(workdir: Option<&Path>, absolute: &Path) -> Result<RepoPath, Error> {
    let Some(root) = workdir else { return Ok(RepoPath::root()) };
    let root: PathBuf = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let Ok(relative) = absolute.strip_prefix(&root) else {
        let message = format!("the repository's own settings put its work tree at {}, away from {}", root.display(), absolute.display());
        return Err(Error::repository(message, "git config --unset core.worktree, or name the folder that is meant"));
    };
    let parts: Option<Vec<&str>> = relative.components().map(|part| part.as_os_str().to_str()).collect();
    let Some(text) = parts.map(|parts| parts.join("/")) else {
        let message = format!("{} cannot be checked: its name is not UTF-8", absolute.display());
        return Err(Error::repository(message, "rename the folder, or start from one above it"));
    };
    if text.is_empty() {
        return Ok(RepoPath::root());
    }
    text.parse()
        .map_err(|error| Error::repository(format!("{} cannot be checked: {error}", absolute.display()), "name a folder of the work tree"))
}

pub(super) fn revision(repository: &Repository, name: &str) -> Result<(Oid, Oid), Error> {
    let found = repository.revparse_single(name).and_then(|object| object.peel_to_commit());
    match found {
        Ok(commit) => Ok((commit.id(), commit.tree_id())),
        Err(_) => Err(Error::repository(
            format!("there is no commit {} in this repository", quoted(name)),
            "name a commit, branch or tag that this clone has; in CI fetch it first (fetch-depth: 0)",
        )),
    }
}
