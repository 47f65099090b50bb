//! What `portcullis list` shows: the codes that are built in, one code's provisions, what applies to a
//! repository, and the names that the two files may use.
//!
//! Nothing is judged here: which units apply comes from `applicability`, as in a check, so that the two cannot differ.

pub mod applicable;
pub mod codes;
pub mod detected;
mod table;
pub mod vocabulary;

pub use table::Table;

use crate::model::policy::Confidence;

/// The mark that stands before what was not checked against the official text.
pub fn mark(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Official => "",
        Confidence::Secondary => "~",
        Confidence::Recalled => "?",
    }
}

/// What the marks mean.
pub const MARKS: &str =
    "~ from secondary sources that agree; ? from memory alone, never above a note; no mark: checked against the official text";
