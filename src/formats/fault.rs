//! What a document has that its format, or what it is written for, does not allow.

use std::ops::Range;

/// One fault and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A stable name.
    pub name: &'static str,
    /// What is wrong, beginning in lower case: it follows the file's name.
    pub message: String,
    /// What to do.
    pub remedy: &'static str,
    /// Byte range in the text.
    pub at: Range<usize>,
}

impl Fault {
    /// A fault at a place.
    pub fn new(name: &'static str, at: Range<usize>, message: impl Into<String>, remedy: &'static str) -> Self {
        Self { name, message: message.into(), remedy, at }
    }
}
