//! What a repository looks like: the types of product that its files show, with every reason and its place.
//!
//! Signals are data ([`table`]): which paths, what must stand in the file, how much it shows. The tracked paths are walked
//! once; only files whose path a row names are opened, and the sources of a project that needs an AI package directly are
//! searched for its use. Tests, fixtures, examples, documentation, templates and vendored trees are mute. However many
//! files show one family of signals, it counts once. Nothing here needs a declaration, and nothing here changes what
//! applies: `check` tells what was seen and not declared, and the declaration answers.

mod content;
mod direct;
mod finder;
mod pattern;
mod quiet;
mod seen;
pub mod table;
mod uses;
mod walk;
mod weigh;

use std::collections::BTreeMap;

pub use self::seen::{Artefact, artefacts};
pub use self::walk::{Walked, walk};
use crate::input::view::View;
use crate::model::declaration::{ProductType, Role};
use crate::repo_path::RepoPath;
use crate::source::Span;

/// How much a signal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Nothing by itself; never speaks in a check.
    Weak,
    /// Enough to ask.
    Probable,
    /// Enough to contradict a declaration.
    Decisive,
}

impl Strength {
    /// As outputs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Probable => "probable",
            Self::Decisive => "decisive",
        }
    }

    fn lower(self) -> Self {
        match self {
            Self::Decisive => Self::Probable,
            Self::Probable | Self::Weak => Self::Weak,
        }
    }
}

/// A signal that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// Its family in the table.
    pub family: &'static str,
    /// The file, from the git repository's root.
    pub path: RepoPath,
    /// What stands there; the file's beginning where it is no text.
    pub at: Span,
    /// How much it shows here.
    pub strength: Strength,
    /// What is there, as a sentence about the file without its full stop; may quote the repository.
    pub reason: String,
}

/// A type of product and what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The type.
    pub kind: ProductType,
    /// All signs together.
    pub strength: Strength,
    /// Strongest first, then by family and path; at least one.
    pub signs: Vec<Sign>,
}

/// A role or a trait's answer that a file shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    /// Which.
    pub value: T,
    /// The file.
    pub path: RepoPath,
    /// Where.
    pub at: Span,
    /// Why.
    pub reason: String,
}

/// What was detected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detection {
    /// The types with at least one sign, in the model's order.
    pub types: Vec<Seen>,
    /// Roles that a file shows, in the model's order.
    pub roles: Vec<Told<Role>>,
    /// Traits that a file plainly answers; always with true, since no file shows that something is nowhere.
    pub traits: BTreeMap<&'static str, Told<bool>>,
}

impl Detection {
    /// What was seen of a type.
    pub fn of(&self, kind: ProductType) -> Option<&Seen> {
        self.types.iter().find(|seen| seen.kind == kind)
    }
}

/// Looks at the files below the given folders (from the git repository's root), of those that the view's walk found.
pub fn detect(view: &View<'_>, walked: &Walked<'_>, folders: &[RepoPath]) -> Detection {
    let found = finder::Finder::new(view, folders).find(walked);
    weigh::weigh(found)
}
