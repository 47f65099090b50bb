//! The signals, as data. A row says which paths it looks at, what must stand there, and how much that shows; sources are
//! named so that a row can be disputed. Lists of package names age: [`CHECKED`] says when they were last gone over.

mod ai;
mod ai_packages;
mod app;
mod app_store;
mod consumer_iot;
mod evidence;

pub use self::ai_packages::{AI_PACKAGES, Ecosystem, Packages};
pub(super) use self::consumer_iot::{RADIO_CALLS, RADIO_SOURCES};
pub use self::evidence::{EVIDENCE, Evidence, Stands};

use std::ops::Range;

use super::Strength;
use crate::model::declaration::{ProductType, Role};

/// When the table was last gone over.
pub const CHECKED: &str = "2026-11-26";

/// What a signal does for its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Shows the type.
    Shows,
    /// Shows nothing by itself, and lifts what shows the type: that a device connects, that an app goes to a store.
    Confirms,
    /// Says that what looks like it in this folder and below (or, with true, in the folders beside it) is a library, a
    /// plug-in or a service around the thing, and takes one step from what is shown there.
    Denies(bool),
}

/// What must stand in the file.
#[derive(Clone, Copy)]
pub enum Needs {
    /// Nothing: the path is enough.
    Path,
    /// Each of these, on lines that are no comments.
    Words(&'static [&'static str]),
    /// One of these, on a line that is no comment.
    OneOf(&'static [&'static str]),
    /// What a reader of the format finds; the answer is where it stands.
    Text(fn(&Opened<'_>) -> Option<Range<usize>>),
    /// What a look at the bytes finds. A file that cannot be read for its size or because Git LFS holds it counts by its name.
    Bytes(fn(&[u8]) -> bool),
}

/// A file that a row looks at.
pub struct Opened<'a> {
    /// Its path from the git repository's root, in lower case.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Whether anything is tracked under this path from the file's folder.
    pub has: &'a dyn Fn(&str) -> bool,
}

/// A row.
pub struct Signal {
    /// What counts once, however many files show it.
    pub family: &'static str,
    /// The type that it speaks of.
    pub kind: ProductType,
    /// What it does for the type.
    pub part: Part,
    /// How much it shows; of no meaning where it does not show the type.
    pub strength: Strength,
    /// Path patterns: as many trailing components as the pattern has, `*` for anything within one, in any case of letters.
    pub paths: &'static [&'static str],
    /// What must stand there.
    pub needs: Needs,
    /// What is there, as a sentence about the file.
    pub reason: &'static str,
    /// Where the format or the judgement comes from.
    pub source: &'static str,
    /// The role of whoever makes a product with it.
    pub role: Option<Role>,
}

/// Every row that looks at a file by itself.
pub fn signals() -> impl Iterator<Item = &'static Signal> {
    [ai::SIGNALS, consumer_iot::SIGNALS, app::SIGNALS, app_store::SIGNALS].into_iter().flatten()
}
