//! The commits behind the tree under test, read from git's objects. Nothing here is proof by itself: whoever writes a
//! commit chooses its dates, so a history can contradict a claim better than it can support one.

use std::collections::BTreeSet;

use git2::{Oid, Repository};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::limits;
use crate::repo_path::RepoPath;

/// Why the history does not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// Commits are missing.
    #[error("this clone is shallow, so its history is not here")]
    Shallow,
    /// There is no commit yet.
    #[error("there is no commit yet")]
    Unborn,
    /// Past a bound.
    #[error("the history is longer than {} commits, the most that are walked", limits::HISTORY_COMMITS)]
    TooLong,
    /// Past a bound.
    #[error("the versions of the file add up to more than {} bytes, the most that are read", limits::HISTORY_BYTES)]
    TooLarge,
    /// Objects are missing or broken.
    #[error("the history could not be read: {0}")]
    Unreadable(String),
}

impl From<git2::Error> for Unknown {
    fn from(error: git2::Error) -> Self {
        Self::Unreadable(error.message().to_owned())
    }
}

/// When a file came to be as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The commit.
    pub commit: String,
    /// When it was committed, by its own word.
    pub at: Timestamp,
}

/// Since when a file says something, along first parents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// The commit that brought it in.
    pub change: Change,
    /// The day that the file named before.
    pub before: Option<Date>,
}

fn change(commit: &git2::Commit<'_>) -> Result<Change, Unknown> {
    let at = Timestamp::from_second(commit.time().seconds()).map_err(|error| Unknown::Unreadable(error.to_string()))?;
    Ok(Change { commit: commit.id().to_string(), at })
}

/// See the module's documentation.
pub struct History<'a> {
    pub(super) repository: &'a Repository,
    pub(super) head: Option<Oid>,
}

impl<'a> History<'a> {
    pub(super) fn new(repository: &'a Repository, head: Option<Oid>) -> Self {
        Self { repository, head }
    }

    /// Whether commits are cut off.
    pub fn is_shallow(&self) -> bool {
        self.repository.is_shallow()
    }

    /// The branches that are here, by name; none where a clone without all of them, or without a remote, cannot tell.
    pub fn branches(&self) -> Option<BTreeSet<String>> {
        let (mut names, mut remote) = (BTreeSet::new(), false);
        if self.is_shallow() {
            return None;
        }
        for (count, reference) in self.repository.references().ok()?.enumerate() {
            let reference = reference.ok().filter(|_| count < limits::REFERENCES)?;
            let Ok(name) = reference.name() else { continue };
            if let Some((_, branch)) = name.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/')) {
                remote = true;
                names.insert(branch.to_owned());
            }
            names.extend(name.strip_prefix("refs/heads/").map(str::to_owned));
        }
        remote.then_some(names)
    }

    /// Whether the commit with that full id is the one under test or comes before it; none where that cannot be told.
    pub fn contains(&self, commit: &str) -> Option<bool> {
        let (head, wanted) = (self.head?, Oid::from_str(commit).ok()?);
        if commit.len() != 40 || head == wanted {
            return (commit.len() == 40).then_some(true);
        }
        match self.repository.find_commit(wanted) {
            Ok(_) => self.repository.graph_descendant_of(head, wanted).ok().filter(|found| *found || !self.is_shallow()),
            Err(_) if self.is_shallow() => None,
            Err(_) => Some(false),
        }
    }

    /// Whether one commit is the other or comes before it; none where that cannot be told.
    pub fn precedes(&self, earlier: &str, later: &str) -> Option<bool> {
        let (earlier, later) = (Oid::from_str(earlier).ok()?, Oid::from_str(later).ok()?);
        if earlier == later {
            return Some(true);
        }
        let found = self.repository.graph_descendant_of(later, earlier).ok()?;
        (found || !self.is_shallow()).then_some(found)
    }

    /// The newest commit in which the file came to hold the blob of that id; none where the commit under test holds another
    /// one, or none, under that path.
    ///
    /// # Errors
    /// Where the history is cut off, too long or unreadable.
    pub fn last_change(&self, path: &RepoPath, oid: &str) -> Result<Option<Change>, Unknown> {
        let head = self.head.ok_or(Unknown::Unborn)?;
        let mut here = self.repository.find_commit(head)?;
        let Some(blob) = self.blob_at(&here, path).filter(|blob| blob.to_string() == oid) else { return Ok(None) };
        for _ in 0..limits::HISTORY_COMMITS {
            let mut same = None;
            for parent in here.parents() {
                if self.blob_at(&parent, path) == Some(blob) {
                    same = Some(parent);
                    break;
                }
            }
            match same {
                Some(parent) => here = parent,
                None if here.parent_count() == 0 && self.is_shallow() => return Err(Unknown::Shallow),
                None => return change(&here).map(Some),
            }
        }
        Err(Unknown::TooLong)
    }

    /// The oldest commit since which a file says that day, along first parents, with the day that it named before. None
    /// where the commit under test does not say it.
    ///
    /// # Errors
    /// Where the history is cut off, too long or unreadable.
    pub fn since(&self, path: &RepoPath, read: &dyn Fn(&str) -> Option<Date>, wanted: Date) -> Result<Option<Since>, Unknown> {
        let mut here = self.repository.find_commit(self.head.ok_or(Unknown::Unborn)?)?;
        let mut blob = self.blob_at(&here, path);
        let mut spent = 0;
        if self.day_in(blob, read, &mut spent)? != Some(wanted) {
            return Ok(None);
        }
        for _ in 0..limits::HISTORY_COMMITS {
            let parent = match here.parent(0) {
                Ok(parent) => parent,
                Err(_) if self.is_shallow() => return Err(Unknown::Shallow),
                Err(_) => return Ok(Some(Since { change: change(&here)?, before: None })),
            };
            let older = self.blob_at(&parent, path);
            if older != blob {
                let day = self.day_in(older, read, &mut spent)?;
                if day != Some(wanted) {
                    return Ok(Some(Since { change: change(&here)?, before: day }));
                }
                blob = older;
            }
            here = parent;
        }
        Err(Unknown::TooLong)
    }

    fn day_in(&self, blob: Option<Oid>, read: &dyn Fn(&str) -> Option<Date>, spent: &mut usize) -> Result<Option<Date>, Unknown> {
        let Some(blob) = blob.and_then(|oid| self.repository.find_blob(oid).ok()) else { return Ok(None) };
        *spent = spent.saturating_add(blob.size());
        if *spent > limits::HISTORY_BYTES {
            return Err(Unknown::TooLarge);
        }
        Ok(std::str::from_utf8(blob.content()).ok().and_then(read))
    }

    /// The latest day that a file ever said, in the commit under test or before it along first parents, with the newest
    /// commit that says it.
    ///
    /// # Errors
    /// Where the history is cut off, too long or unreadable.
    pub fn latest(&self, path: &RepoPath, read: &dyn Fn(&str) -> Option<Date>) -> Result<Option<(Date, String)>, Unknown> {
        if self.is_shallow() {
            return Err(Unknown::Shallow);
        }
        let mut here = self.repository.find_commit(self.head.ok_or(Unknown::Unborn)?)?;
        let (mut latest, mut last, mut spent) = (None::<(Date, String)>, None, 0);
        for _ in 0..limits::HISTORY_COMMITS {
            let blob = self.blob_at(&here, path);
            if blob != last {
                let day = self.day_in(blob, read, &mut spent)?;
                if let Some(day) = day.filter(|day| latest.as_ref().is_none_or(|known| *day > known.0)) {
                    latest = Some((day, here.id().to_string()));
                }
                last = blob;
            }
            if here.parent_count() == 0 {
                return Ok(latest);
            }
            here = here.parent(0)?;
        }
        Err(Unknown::TooLong)
    }

    fn blob_at(&self, commit: &git2::Commit<'_>, path: &RepoPath) -> Option<Oid> {
        commit.tree().ok()?.get_path(std::path::Path::new(path.as_str())).ok().map(|entry| entry.id())
    }
}
