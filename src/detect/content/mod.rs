//! What must stand in a file for a row of the table to speak; each answer is where it stands.

mod ai;
mod app;
mod consumer_iot;

pub(super) use self::ai::*;
pub(super) use self::app::*;
pub(super) use self::consumer_iot::*;

use std::ops::Range;

use crate::formats::tree::{self, Node, Syntax};

/// The lines that are no comments, each with its byte range.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |whole| {
        let line = whole.trim();
        let lead = whole.len() - whole.trim_start().len();
        let at = start + lead..start + lead + line.len();
        start += whole.len();
        (!line.is_empty() && !is_comment(line)).then_some((line, at))
    })
}

fn is_comment(line: &str) -> bool {
    ["//", "# ", "##", "* ", "/*", "<!--", "; ", "-- "].iter().any(|mark| line.starts_with(mark)) || line == "#"
}

/// The first line that holds the word and is no comment.
pub(super) fn word(text: &str, word: &str) -> Option<Range<usize>> {
    if !text.contains(word) {
        return None;
    }
    lines(text).find(|(line, _)| line.contains(word)).map(|(_, at)| at)
}

/// Whether each word stands on a line that is no comment; the answer is the first word's.
pub(super) fn words(text: &str, all: &[&str]) -> Option<Range<usize>> {
    let mut places = all.iter().map(|one| word(text, one));
    let first = places.next()??;
    places.all(|place| place.is_some()).then_some(first)
}

/// The first of these that stands on a line that is no comment.
pub(super) fn one_of(text: &str, any: &[&str]) -> Option<Range<usize>> {
    any.iter().find_map(|one| word(text, one))
}

/// Reads a document of JSON (with comments, where the format has them), YAML or TOML.
fn with_tree<T>(syntax: Syntax, text: &str, look: impl FnOnce(&Node<'_>) -> Option<T>) -> Option<T> {
    tree::read(syntax, text).ok().and_then(|root| look(&root))
}

/// The place of a key.
fn key(root: &Node<'_>, name: &str) -> Option<Range<usize>> {
    root.entry(name).map(|entry| entry.key_range())
}
