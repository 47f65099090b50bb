//! What verifiers and probes may see of the tree under test: the tracked files below the declaration's folder, their
//! contents within a budget, and the history. Nothing else reaches them, and nothing is written or run.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::history::History;
use super::skim::Skim;
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
    pub(super) oid: git2::Oid,
    /// As git writes it: kind and permissions.
    pub(super) mode: u32,
    /// A regular file, not a symbolic link or a submodule.
    pub regular: bool,
    /// A sparse checkout leaves it out of the work tree.
    pub(super) left_out: bool,
    /// In a merge conflict, so that there is no one content.
    pub(super) in_conflict: bool,
}

impl Tracked {
    /// What git tracks under a path; none where [`RepoPath`] refuses it.
    pub(super) fn new(path: &[u8], mode: u32, oid: git2::Oid) -> Option<Self> {
        let path = std::str::from_utf8(path).ok()?.parse().ok()?;
        Some(Self { path, oid, mode, regular: mode & KIND_MASK == REGULAR, left_out: false, in_conflict: false })
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
    /// Places in the snapshot's list by the ending of the name in lower case, which is empty where the name has no dot.
    endings: OnceCell<HashMap<String, Vec<usize>>>,
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
            endings: OnceCell::new(),
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
    pub fn all_tracked(&self) -> &'a [Tracked] {
        self.snapshot.tracked()
    }

    /// The tracked paths below the declaration's folder, in order of path.
    pub fn tracked(&self) -> impl Iterator<Item = &'a Tracked> + use<'_, 'a> {
        self.all_tracked().iter().filter(|found| found.path.is_under(self.folder))
    }

    /// The tracked paths of the whole repository whose names end in a dot and one of `endings` (in lower case), whatever the case;
    /// the empty ending stands for names without a dot. In order of path.
    pub fn with_endings(&self, endings: &[&str]) -> Vec<&'a Tracked> {
        let all = self.all_tracked();
        let by_ending = self.endings.get_or_init(|| by_ending(all));
        let mut wanted = vec![false; all.len()];
        for at in endings.iter().filter_map(|ending| by_ending.get(*ending)).flatten() {
            wanted.get_mut(*at).into_iter().for_each(|wanted| *wanted = true);
        }
        all.iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(found, _)| found).collect()
    }

    /// For searching many files ([`Skim`]).
    pub fn skim(&self) -> Skim<'a> {
        self.snapshot.skim()
    }

    /// The tracked entry of a path from the git repository's root.
    pub fn find(&self, path: &RepoPath) -> Option<&'a Tracked> {
        self.snapshot.find(path)
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

fn by_ending(all: &[Tracked]) -> HashMap<String, Vec<usize>> {
    let (mut found, mut lower) = (HashMap::<String, Vec<usize>>::new(), String::new());
    for (at, tracked) in all.iter().enumerate() {
        lower.clear();
        lower.push_str(tracked.path.file_name().rsplit_once('.').map_or("", |(_, ending)| ending));
        lower.make_ascii_lowercase();
        match found.get_mut(&lower) {
            Some(same) => same.push(at),
            None => {
                found.insert(lower.clone(), vec![at]);
            }
        }
    }
    found
}
