//! What verifiers and probes may see of the tree under test: the tracked files below the declaration's folder, their
//! contents within a budget, and the history. Nothing else reaches them, and nothing is written or run.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::history::History;
use super::snapshot::{KIND_MASK, REGULAR};
use super::snapshot::{Refusal, Snapshot};
use crate::limits;
use crate::repo_path::RepoPath;
use crate::source::{SourceId, SourceMap, Span};

/// A tracked path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    /// From the git repository's root.
    pub path: RepoPath,
    /// The blob id in the index or tree; the file on disk may differ.
    pub oid: String,
    /// A regular file, not a symbolic link or a submodule.
    pub regular: bool,
}

impl Tracked {
    /// What git tracks under a path; none where [`RepoPath`] refuses it.
    pub(super) fn new(path: &[u8], mode: u32, oid: git2::Oid) -> Option<Self> {
        let path = std::str::from_utf8(path).ok()?.parse().ok()?;
        Some(Self { path, oid: oid.to_string(), regular: mode & KIND_MASK == REGULAR })
    }
}

/// A tracked file that was opened.
#[derive(Debug)]
pub struct OpenFile {
    /// From the git repository's root.
    pub path: RepoPath,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The git blob id of the bytes.
    pub oid: String,
    source: Option<SourceId>,
}

impl OpenFile {
    /// The text, if it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

/// See the module's documentation.
pub struct View<'a> {
    snapshot: &'a Snapshot,
    folder: &'a RepoPath,
    sources: &'a SourceMap,
    tracked: OnceCell<Vec<Tracked>>,
    opened: RefCell<BTreeMap<RepoPath, Result<Rc<OpenFile>, Refusal>>>,
    spent: Cell<usize>,
    asked: RefCell<BTreeMap<String, Option<bool>>>,
}

impl<'a> View<'a> {
    /// A view of a snapshot from the declaration's folder.
    pub fn new(snapshot: &'a Snapshot, folder: &'a RepoPath, sources: &'a SourceMap) -> Self {
        Self {
            snapshot,
            folder,
            sources,
            tracked: OnceCell::new(),
            opened: RefCell::default(),
            spent: Cell::new(0),
            asked: RefCell::default(),
        }
    }

    /// The declaration's folder, from the git repository's root.
    pub fn folder(&self) -> &RepoPath {
        self.folder
    }

    /// Every tracked path of the repository, also outside of the declaration's folder, in order of path.
    pub fn all_tracked(&self) -> &[Tracked] {
        self.tracked.get_or_init(|| {
            let mut found = self.snapshot.tracked();
            found.sort_by(|a, b| a.path.cmp(&b.path));
            found
        })
    }

    /// The tracked paths below the declaration's folder, in order of path.
    pub fn tracked(&self) -> impl Iterator<Item = &Tracked> {
        self.all_tracked().iter().filter(|found| found.path.is_under(self.folder))
    }

    /// The tracked entry of a path from the git repository's root.
    pub fn find(&self, path: &RepoPath) -> Option<&Tracked> {
        let all = self.all_tracked();
        all.binary_search_by(|found| found.path.cmp(path)).ok().and_then(|at| all.get(at))
    }

    /// Opens a regular tracked file by its path from the git repository's root; each file is read once.
    ///
    /// # Errors
    /// By name, for everything that is not one, for what is larger than a piece of evidence may be, and once the budget
    /// for all opened files is spent.
    pub fn open(&self, path: &RepoPath) -> Result<Rc<OpenFile>, Refusal> {
        if let Some(known) = self.opened.borrow().get(path) {
            return known.clone();
        }
        let left = limits::OPENED_TOTAL_BYTES.saturating_sub(self.spent.get());
        let read = self.read(path, limits::EVIDENCE_BYTES.min(left)).map(Rc::new);
        if let Ok(file) = &read {
            self.spent.set(self.spent.get().saturating_add(file.bytes.len()));
        }
        self.opened.borrow_mut().insert(path.clone(), read.clone());
        read
    }

    /// Reads a regular tracked file, each time anew and outside of the budget.
    ///
    /// # Errors
    /// By name, for everything that is not one, and for what is larger than `limit` bytes.
    pub fn read(&self, path: &RepoPath, limit: usize) -> Result<OpenFile, Refusal> {
        let blob = self.snapshot.read(path, limit)?;
        let source = std::str::from_utf8(&blob.bytes).ok().map(|text| self.sources.add(path.as_str(), text));
        Ok(OpenFile { path: path.clone(), bytes: blob.bytes, oid: blob.oid, source })
    }

    /// The SHA-256 of the file that a tracked Git LFS pointer stands for; none of any other file.
    pub fn lfs_sha256(&self, path: &RepoPath) -> Option<String> {
        self.snapshot.lfs_sha256(path)
    }

    /// The head of a tracked file that is no text, as a place.
    pub fn head(&self, path: &RepoPath) -> Span {
        self.sources.span(self.sources.add(path.as_str(), ""), 0..0)
    }

    /// A byte range of an opened text; none where the file is no text.
    pub fn range(&self, file: &OpenFile, range: std::ops::Range<usize>) -> Option<Span> {
        file.source.map(|source| self.sources.span(source, range))
    }

    /// A line (1-based) of an opened text; none where the file is no text.
    pub fn line(&self, file: &OpenFile, line: usize) -> Option<Span> {
        file.source.map(|source| self.sources.line(source, line))
    }

    /// Whether the commit with that full id is the one under test or comes before it; none where that cannot be told, or was
    /// asked of too many commits.
    pub fn is_in_history(&self, commit: &str) -> Option<bool> {
        let known = self.asked.borrow().get(commit).copied();
        known.unwrap_or_else(|| {
            let may_ask = self.asked.borrow().len() < limits::HISTORY_QUESTIONS;
            let answer = may_ask.then(|| self.history().contains(commit)).flatten();
            self.asked.borrow_mut().insert(commit.to_owned(), answer);
            answer
        })
    }

    /// The beginning of a file that is not shown: of one that is no text, or was not opened.
    pub fn beginning(&self, path: &RepoPath) -> Span {
        self.sources.line(self.sources.add(path.as_str(), ""), 1)
    }

    /// The commits behind the tree.
    pub fn history(&self) -> History<'a> {
        self.snapshot.history()
    }
}
