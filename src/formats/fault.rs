//! What a document has that its format, or what it is written for, does not allow.

use std::ops::Range;

use crate::limits;

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

/// The faults of one document, as many as are held: a hostile one can have one for every few of its bytes.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds one, unless enough are held.
    pub fn push(&mut self, fault: Fault) {
        if self.0.len() < limits::FAULTS_HELD {
            self.0.push(fault);
        }
    }

    /// Adds each of these, unless enough are held.
    pub fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        faults.into_iter().for_each(|fault| self.push(fault));
    }

    /// What is held.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}
