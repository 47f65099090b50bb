//! Whether a lockfile binds a package to its bytes.

use std::borrow::Cow;
use std::ops::Range;

use super::digest::{Form, NoDigest};
use crate::formats::tree::Node;

/// Whether the lockfile binds the package to its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Integrity {
    /// By a digest, or a full git commit id.
    Bound,
    /// Not at all, though the format has a place for it.
    Missing,
    /// Not by what stands in that place, which is no digest.
    Malformed(Malformed),
    /// Nothing is expected: it is local, or the format has no place for digests.
    NotExpected,
}

/// What stands where a digest belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// As recorded.
    pub text: String,
    /// Why it is no digest.
    pub why: NoDigest,
    /// Byte range of it, or of the line that it stands in.
    pub at: Range<usize>,
}

impl Integrity {
    /// By a recorded text. A blank one is none.
    pub(super) fn of(text: &str, at: Range<usize>, form: Form) -> Self {
        match form(text) {
            _ if text.trim().is_empty() => Self::Missing,
            Ok(()) => Self::Bound,
            Err(why) => Self::Malformed(Malformed { text: text.to_owned(), why, at }),
        }
    }

    /// By the value of a key, if it is there.
    pub(super) fn of_node(node: Option<&Node<'_>>, form: Form) -> Self {
        match node.filter(|node| !node.is_null()) {
            None => Self::Missing,
            Some(node) => Self::of(&node.scalar().unwrap_or(Cow::Borrowed(node.what())), node.range(), form),
        }
    }

    /// By the commit id behind the last `#` of an address.
    pub(super) fn of_fragment(address: &str, at: Range<usize>, form: Form) -> Self {
        Self::of(address.rsplit_once('#').map_or("", |(_, fragment)| fragment), at, form)
    }

    /// Of a package that has several files, each with its own: what is wrong with the first, or bound. Without files, none.
    pub(super) fn of_each(files: impl IntoIterator<Item = Self>) -> Self {
        let mut found = None;
        for file in files {
            match (&found, file) {
                (_, malformed @ Self::Malformed(_)) => return malformed,
                (None | Some(Self::Bound), file) => found = Some(file),
                _ => {}
            }
        }
        found.unwrap_or(Self::Missing)
    }

    /// This, or the other where nothing is recorded.
    pub(super) fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if self == Self::Missing { other() } else { self }
    }

    /// Whether nothing binds the package though something should.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Missing | Self::Malformed(_))
    }
}
