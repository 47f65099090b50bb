//! The tree under test, fixed when it is opened: the work tree, what is staged, or a revision.
//!
//! Contents come by git object id or through a directory handle that cannot leave the tree. No filter, hook or program
//! runs. Only regular tracked files are handed out; everything else is refused by name ([`Refusal`]).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use git2::{ErrorCode, ObjectType, Oid, Repository, RepositoryOpenFlags};

use super::history::History;
use super::opening::{explain_open, refuse_embedded, revision, start_of};
use super::origin::public_address;
use super::reader::quoted;
use super::skim::Skim;
use super::view::Tracked;
use super::worktree_file::{bytes_on_disk, is_lfs_pointer, kind_on_disk, without_carriage_returns};
use super::{index, tree_listing};
use crate::error::Error;
use crate::limits;
use crate::repo_path::RepoPath;

/// Which state of the repository is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// The files as they lie on disk.
    Worktree,
    /// The index.
    Staged,
    /// A commit.
    Revision(String),
}

/// A file's contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// From the git repository's root.
    pub path: RepoPath,
    /// The git blob id of `bytes`.
    pub oid: String,
    /// The contents; line ends as git stores them where nothing else was changed.
    pub bytes: Vec<u8>,
}

/// Why a path is not a regular tracked file that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing there.
    #[error("there is no such file")]
    Absent,
    /// Tracked, but deleted in the work tree.
    #[error("the file is tracked but deleted in the work tree")]
    Deleted,
    /// On disk, not in git.
    #[error("the file is not tracked by git: `git add` it")]
    Untracked,
    /// On disk, ignored by git.
    #[error("the file is ignored by git, so nobody else can see it: track it")]
    Ignored,
    /// A symbolic link, or a path through one.
    #[error("it is a symbolic link, which may point anywhere: cite the file itself")]
    Symlink,
    /// A folder.
    #[error("it is a folder: cite a file in it")]
    Folder,
    /// A submodule, or a path into one.
    #[error("it lies in a submodule, whose contents are another repository's")]
    Submodule,
    /// A Git LFS pointer.
    #[error("it is a Git LFS pointer, so the repository holds only its digest")]
    LfsPointer,
    /// In a merge conflict.
    #[error("the file is in a merge conflict: resolve it first")]
    Conflict,
    /// Neither file nor folder.
    #[error("it is not a regular file")]
    Special,
    /// Larger than the bound.
    #[error("it is larger than {0} bytes, the most that is read")]
    TooLarge(usize),
    /// Git knows it, but its contents are not here (a partial clone).
    #[error("its contents are not in this clone: fetch them, or clone without --filter")]
    MissingObject,
    /// Anything else.
    #[error("it could not be read: {0}")]
    Unreadable(String),
}

impl Refusal {
    /// Whether this says nothing about the product, only about this clone or this program's bounds.
    pub fn is_doubt(&self) -> bool {
        matches!(self, Self::TooLarge(_) | Self::MissingObject | Self::Unreadable(_))
    }
}

enum Source {
    Worktree { dir: Dir },
    Staged,
    Commit { tree: Oid },
}

/// See the module's documentation.
pub struct Snapshot {
    repository: Repository,
    source: Source,
    /// What is tracked, in order of path.
    listed: Vec<Tracked>,
    commit: Option<Oid>,
    start: RepoPath,
    changed: RefCell<BTreeSet<String>>,
    /// The commit's blobs by folder, as far as they were asked for.
    folders: RefCell<BTreeMap<RepoPath, BTreeMap<String, Oid>>>,
}

pub(super) const REGULAR: u32 = 0o100_000;
const LINK: u32 = 0o120_000;
const GITLINK: u32 = 0o160_000;
pub(super) const KIND_MASK: u32 = 0o170_000;

impl Snapshot {
    /// Opens the repository that holds `path`.
    ///
    /// # Errors
    /// When there is no repository, it cannot be read or is not trusted, it is bare and no revision is named, or the
    /// revision does not exist; each with its remedy.
    pub fn open(path: &Path, at: &At) -> Result<Self, Error> {
        let absolute = std::fs::canonicalize(path).map_err(|error| {
            Error::repository(format!("{} cannot be read: {error}", path.display()), "name a folder inside a git repository")
        })?;
        if !absolute.is_dir() {
            return Err(Error::repository(format!("{} is not a folder", path.display()), "name a folder inside a git repository"));
        }
        let none: [&Path; 0] = [];
        let repository =
            Repository::open_ext(&absolute, RepositoryOpenFlags::empty(), none).map_err(|error| explain_open(&error, &absolute))?;
        refuse_embedded(&repository, &absolute)?;
        let workdir = repository.workdir().map(Path::to_path_buf);
        let start = start_of(workdir.as_deref(), &absolute)?;
        let head = repository.head().ok().and_then(|head| head.peel_to_commit().ok()).map(|commit| commit.id());
        let (source, commit) = match (at, &workdir) {
            (At::Revision(name), _) => {
                let (commit, tree) = revision(&repository, name)?;
                (Source::Commit { tree }, Some(commit))
            }
            (_, None) => {
                return Err(Error::repository(
                    format!("{} is a bare repository, which has no work tree and no index", absolute.display()),
                    "say which revision to judge: --at HEAD",
                ));
            }
            (At::Staged, Some(_)) => (Source::Staged, head),
            (At::Worktree, Some(root)) => {
                let dir = Dir::open_ambient_dir(root, ambient_authority()).map_err(|error| {
                    Error::repository(format!("the work tree at {} cannot be read: {error}", root.display()), "check its permissions")
                })?;
                (Source::Worktree { dir }, head)
            }
        };
        let mut listed = match source {
            Source::Commit { tree } => tree_listing::list(&repository, tree)?,
            _ => index::list(repository.path())?,
        };
        listed.sort_by(|a, b| a.path.cmp(&b.path));
        if listed.iter().any(|found| found.in_conflict) {
            listed.dedup_by(|a, b| a.path == b.path);
        }
        Ok(Self { repository, source, listed, commit, start, changed: RefCell::default(), folders: RefCell::default() })
    }

    /// The folder that was named, from the git repository's root.
    pub fn start(&self) -> &RepoPath {
        &self.start
    }

    /// The commit that is judged, or that the work tree or index stands on.
    pub fn commit(&self) -> Option<String> {
        self.commit.map(|id| id.to_string())
    }

    /// The commit from which the one that is judged and a revision went apart: what the revision was when this change
    /// began. Where the two histories share nothing, the revision itself.
    ///
    /// # Errors
    /// When the revision does not exist, nothing is committed yet, or this clone is too shallow to tell.
    pub fn merge_base(&self, name: &str) -> Result<String, Error> {
        let (base, _) = revision(&self.repository, name)?;
        let Some(head) = self.commit else {
            return Err(Error::repository("there is no commit yet, so there is nothing to compare", "leave --base out"));
        };
        match self.repository.merge_base(base, head) {
            Ok(common) => Ok(common.to_string()),
            Err(error) if error.code() == ErrorCode::NotFound && !self.repository.is_shallow() => Ok(base.to_string()),
            Err(error) => {
                let why = if self.repository.is_shallow() { "this clone is shallow" } else { error.message() };
                let message = format!("where this change parted from {} cannot be told: {why}", quoted(name));
                Err(Error::repository(message, "fetch the whole history: fetch-depth: 0 with actions/checkout, GIT_DEPTH: 0 on GitLab"))
            }
        }
    }

    /// The public address of the remote `origin`, where it has one that may be told ([`public_address`]).
    pub fn origin(&self) -> Option<String> {
        let remote = self.repository.config().and_then(|config| config.get_string("remote.origin.url")).ok()?;
        public_address(&remote)
    }

    /// The public addresses of all remotes: a clone of a fork has that of what it was forked from as a second one.
    pub fn remotes(&self) -> Vec<String> {
        let Ok(config) = self.repository.config() else { return Vec::new() };
        let Ok(mut entries) = config.entries(Some(r"^remote\..*\.url$")) else { return Vec::new() };
        let mut remotes = Vec::new();
        while let Some(Ok(entry)) = entries.next() {
            remotes.extend(entry.value().ok().and_then(public_address));
            if remotes.len() == limits::REMOTES {
                break;
            }
        }
        remotes
    }

    /// Whether anything that was read differs from that commit.
    pub fn is_dirty(&self) -> bool {
        !self.changed.borrow().is_empty()
    }

    /// The work tree; none where the repository is bare.
    pub fn work_tree(&self) -> Option<&Path> {
        self.repository.workdir()
    }

    /// Every folder that is the repository's: its work tree and what git keeps.
    pub fn places(&self) -> Vec<&Path> {
        let kept = [self.repository.path(), self.repository.commondir()];
        self.repository.workdir().into_iter().chain(kept).collect()
    }

    /// Whether files on disk are judged.
    pub fn is_worktree(&self) -> bool {
        matches!(self.source, Source::Worktree { .. })
    }

    /// Reads a regular tracked file.
    ///
    /// # Errors
    /// By name, for everything that is not one, and for what is larger than `limit` bytes.
    pub fn read(&self, path: &RepoPath, limit: usize) -> Result<Blob, Refusal> {
        let read = self.read_entry(path, limit);
        match &read {
            Ok(blob) => self.note_change(path, Some(&blob.oid)),
            Err(Refusal::Absent | Refusal::Deleted | Refusal::Untracked | Refusal::Ignored) => self.note_change(path, None),
            Err(_) => {}
        }
        read
    }

    fn read_entry(&self, path: &RepoPath, limit: usize) -> Result<Blob, Refusal> {
        let (mode, oid, left_out) = self.entry(path)?;
        match mode & KIND_MASK {
            LINK => return Err(Refusal::Symlink),
            GITLINK => return Err(Refusal::Submodule),
            REGULAR => {}
            _ => return Err(Refusal::Special),
        }
        let blob = match &self.source {
            Source::Worktree { dir } if !left_out => self.read_disk(dir, path, oid, limit)?,
            _ => Blob { path: path.clone(), oid: oid.to_string(), bytes: self.object(oid, limit)? },
        };
        if is_lfs_pointer(&blob.bytes) {
            return Err(Refusal::LfsPointer);
        }
        Ok(blob)
    }

    /// For searching many files ([`Skim`]).
    pub fn skim(&self) -> Skim<'_> {
        match &self.source {
            Source::Worktree { dir } => Skim::of_disk(self, dir),
            _ => Skim::of_objects(self),
        }
    }

    /// The SHA-256 that a tracked Git LFS pointer names; none of any other file.
    pub fn lfs_sha256(&self, path: &RepoPath) -> Option<String> {
        let (mode, oid, _) = self.entry(path).ok()?;
        let stored = self.object(oid, 1_024).ok().filter(|_| mode & KIND_MASK == REGULAR)?;
        let text = std::str::from_utf8(&stored).ok().filter(|text| is_lfs_pointer(text.as_bytes()))?;
        let digest = text.lines().find_map(|line| line.strip_prefix("oid sha256:"))?.trim();
        (digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| digest.to_ascii_lowercase())
    }

    /// Reads a file that git does not track, from the work tree only; for the declaration and the attestations.
    pub fn read_untracked(&self, path: &RepoPath, limit: usize) -> Option<Result<Blob, Refusal>> {
        let Source::Worktree { dir } = &self.source else { return None };
        match bytes_on_disk(dir, path, limit) {
            Err(Refusal::Absent | Refusal::Folder) => None,
            Err(refusal) => Some(Err(refusal)),
            Ok(bytes) => {
                let oid = Oid::hash_object(ObjectType::Blob, &bytes).map(|id| id.to_string()).unwrap_or_default();
                self.changed.borrow_mut().insert(path.to_string());
                Some(Ok(Blob { path: path.clone(), oid, bytes }))
            }
        }
    }

    /// Whether git tracks that file, or any file under that folder.
    pub fn tracks(&self, path: &RepoPath) -> bool {
        match self.source {
            Source::Commit { .. } => matches!(self.tree_entry(path), Ok(_) | Err(Refusal::Folder)),
            _ if path.is_root() => !self.listed.is_empty(),
            _ => self.find(path).is_some_and(|found| !found.in_conflict) || self.is_folder(path),
        }
    }

    /// Every path that git tracks, in order; a path that [`RepoPath`] refuses is left out.
    pub fn tracked(&self) -> &[Tracked] {
        &self.listed
    }

    /// The tracked entry of a path.
    pub fn find(&self, path: &RepoPath) -> Option<&Tracked> {
        self.listed.binary_search_by(|found| found.path.cmp(path)).ok().and_then(|at| self.listed.get(at))
    }

    /// Whether anything is tracked below a path.
    fn is_folder(&self, path: &RepoPath) -> bool {
        let below = format!("{}/", path.as_str());
        let at = self.listed.partition_point(|found| found.path.as_str() < below.as_str());
        self.listed.get(at).is_some_and(|found| found.path.as_str().starts_with(&below))
    }

    /// The commits behind the tree.
    pub fn history(&self) -> History<'_> {
        History::new(&self.repository, self.commit)
    }

    fn tree_entry(&self, path: &RepoPath) -> Result<(u32, Oid, bool), Refusal> {
        let Source::Commit { tree, .. } = &self.source else { return Err(Refusal::Absent) };
        self.in_tree(*tree, path)
    }

    fn in_tree(&self, tree: Oid, path: &RepoPath) -> Result<(u32, Oid, bool), Refusal> {
        let mut tree = self.repository.find_tree(tree).map_err(|_| Refusal::MissingObject)?;
        let mut parts = path.components().peekable();
        while let Some(part) = parts.next() {
            let (mode, id) = {
                let entry = tree.get_name(part).ok_or(Refusal::Absent)?;
                (u32::try_from(entry.filemode()).unwrap_or(0), entry.id())
            };
            if parts.peek().is_none() {
                return if mode & KIND_MASK == 0o040_000 { Err(Refusal::Folder) } else { Ok((mode, id, false)) };
            }
            match mode & KIND_MASK {
                0o040_000 => tree = self.repository.find_tree(id).map_err(|_| Refusal::MissingObject)?,
                LINK => return Err(Refusal::Symlink),
                GITLINK => return Err(Refusal::Submodule),
                _ => return Err(Refusal::Absent),
            }
        }
        Err(Refusal::Folder)
    }

    fn entry(&self, path: &RepoPath) -> Result<(u32, Oid, bool), Refusal> {
        if matches!(self.source, Source::Commit { .. }) {
            return self.tree_entry(path);
        }
        if path.is_root() {
            return Err(Refusal::Folder);
        }
        match self.find(path) {
            Some(found) if found.in_conflict => return Err(Refusal::Conflict),
            Some(found) => return Ok((found.mode, found.oid, found.left_out)),
            None => {}
        }
        let mut above = path.parent();
        while let Some(folder) = above.filter(|folder| !folder.is_root()) {
            match self.find(&folder).map(|found| found.mode & KIND_MASK) {
                Some(GITLINK) => return Err(Refusal::Submodule),
                Some(LINK) => return Err(Refusal::Symlink),
                _ => above = folder.parent(),
            }
        }
        if self.is_folder(path) {
            return Err(Refusal::Folder);
        }
        let Source::Worktree { dir } = &self.source else { return Err(Refusal::Absent) };
        match kind_on_disk(dir, path) {
            Err(refusal) => Err(refusal),
            Ok(()) if self.repository.is_path_ignored(path.as_str()).unwrap_or(false) => Err(Refusal::Ignored),
            Ok(()) => Err(Refusal::Untracked),
        }
    }

    pub(super) fn object(&self, oid: Oid, limit: usize) -> Result<Vec<u8>, Refusal> {
        let database = self.repository.odb().map_err(|error| Refusal::Unreadable(error.message().to_owned()))?;
        let (size, kind) = database.read_header(oid).map_err(|_| Refusal::MissingObject)?;
        if kind != ObjectType::Blob {
            return Err(Refusal::Special);
        }
        if size > limit {
            return Err(Refusal::TooLarge(limit));
        }
        database.read(oid).map(|object| object.data().to_vec()).map_err(|_| Refusal::MissingObject)
    }

    /// The bytes on disk. Where they are what the index holds, or differ only in line ends, the index's id is theirs.
    fn read_disk(&self, dir: &Dir, path: &RepoPath, indexed: Oid, limit: usize) -> Result<Blob, Refusal> {
        let bytes = match bytes_on_disk(dir, path, limit) {
            Err(Refusal::Absent) => return Err(Refusal::Deleted),
            other => other?,
        };
        let hash =
            |bytes: &[u8]| Oid::hash_object(ObjectType::Blob, bytes).map_err(|error| Refusal::Unreadable(error.message().to_owned()));
        let oid = hash(&bytes)?;
        if oid == indexed {
            return Ok(Blob { path: path.clone(), oid: oid.to_string(), bytes });
        }
        if self.object(indexed, 1_024).is_ok_and(|stored| is_lfs_pointer(&stored)) {
            return Err(Refusal::LfsPointer);
        }
        let unix = without_carriage_returns(&bytes);
        if hash(&unix)? == indexed {
            return Ok(Blob { path: path.clone(), oid: indexed.to_string(), bytes: unix });
        }
        Ok(Blob { path: path.clone(), oid: oid.to_string(), bytes })
    }

    /// The blob id of a path in the commit. Each folder of the commit is read once.
    fn committed(&self, path: &RepoPath) -> Option<String> {
        let folder = path.parent()?;
        let mut folders = self.folders.borrow_mut();
        let blobs = folders.entry(folder).or_insert_with_key(|folder| self.committed_in(folder).unwrap_or_default());
        blobs.get(path.file_name()).map(Oid::to_string)
    }

    fn committed_in(&self, folder: &RepoPath) -> Option<BTreeMap<String, Oid>> {
        let mut tree = self.repository.find_commit(self.commit?).ok()?.tree().ok()?;
        for part in folder.components() {
            let id = tree.get_name(part).filter(|entry| entry.kind() == Some(ObjectType::Tree))?.id();
            tree = self.repository.find_tree(id).ok()?;
        }
        let blobs = tree.iter().filter(|entry| entry.kind() == Some(ObjectType::Blob));
        Some(blobs.filter_map(|entry| Some((entry.name().ok()?.to_owned(), entry.id()))).collect())
    }

    /// Notes whether a path holds something else than in the commit: `now` is its blob id, none where there is no such file.
    fn note_change(&self, path: &RepoPath, now: Option<&str>) {
        if matches!(self.source, Source::Commit { .. }) {
            return;
        }
        let committed = self.committed(path);
        if committed.as_deref() != now {
            self.changed.borrow_mut().insert(path.to_string());
        }
    }
}
