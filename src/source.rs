//! The one place where byte offsets become lines and columns.
//!
//! Every text that a finding can point into is registered in a [`SourceMap`]; a [`Span`] is a handle into it that only
//! the map can make, so it always lies inside its text and on character boundaries. Lines and columns are computed
//! when an output asks for them: both 1-based, columns counted in Unicode code points, the end column exclusive.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A text registered in a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A stretch of one registered text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    source: SourceId,
    start: u32,
    end: u32,
}

impl Span {
    /// The text that this span lies in.
    pub fn source(self) -> SourceId {
        self.source
    }

    /// Byte offsets into that text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value together with the place it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Located<T> {
    /// Pairs a value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn with<U>(&self, value: U) -> Located<U> {
        Located { value, span: self.span }
    }
}

/// One registered text.
#[derive(Debug)]
pub struct SourceFile {
    /// Path from the git repository's root, `/`-separated.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// It lies outside of the repository, so that no host can show it.
    pub outside: bool,
    line_starts: Vec<usize>,
}

impl SourceFile {
    fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.line_of(offset);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = if line == 0 { before.trim_start_matches('\u{feff}') } else { before }.chars().count();
        (line + 1, column + 1)
    }
}

/// A resolved position, ready to print.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Path from the git repository's root; of a file outside of it, as it was named.
    pub file: String,
    /// The file lies outside of the repository.
    pub outside: bool,
    /// First line, 1-based.
    pub line: usize,
    /// First column, 1-based, in code points.
    pub column: usize,
    /// Last line, 1-based.
    pub end_line: usize,
    /// Column after the last character, 1-based.
    pub end_column: usize,
}

/// Every text of a run.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: RefCell<Vec<Arc<SourceFile>>>,
    by_path: RefCell<HashMap<String, Vec<u32>>>,
}

impl SourceMap {
    /// Registers a text under its path from the repository's root; the same path and text again give the same id.
    pub fn add(&self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.register(path.into(), text.into(), false)
    }

    /// Registers a text that lies outside of the repository, under the name that it was given by.
    pub fn add_outside(&self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.register(path.into(), text.into(), true)
    }

    fn register(&self, path: String, text: String, outside: bool) -> SourceId {
        let mut files = self.files.borrow_mut();
        let mut by_path = self.by_path.borrow_mut();
        let same = |id: &&u32| files.get(**id as usize).is_some_and(|file| file.text == text && file.outside == outside);
        let of_path = by_path.entry(path.clone()).or_default();
        if let Some(known) = of_path.iter().find(same) {
            return SourceId(*known);
        }
        of_path.push(files.len() as u32);
        let line_starts =
            std::iter::once(0).chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1)).collect();
        files.push(Arc::new(SourceFile { path, text, outside, line_starts }));
        SourceId(files.len() as u32 - 1)
    }

    /// The text behind an id.
    pub fn file(&self, id: SourceId) -> Arc<SourceFile> {
        let files = self.files.borrow();
        files
            .get(id.0 as usize)
            .cloned()
            .unwrap_or_else(|| Arc::new(SourceFile { path: String::new(), text: String::new(), outside: false, line_starts: vec![0] }))
    }

    /// A span of byte offsets, drawn in to the text's end and out to whole characters; an empty one grows to one
    /// character where its line has one, so that there is something to underline.
    pub fn span(&self, source: SourceId, range: Range<usize>) -> Span {
        let file = self.file(source);
        let text = &file.text;
        let mut start = range.start.min(text.len());
        let mut end = range.end.clamp(start, text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        if start == end {
            let next = text.get(end..).and_then(|rest| rest.chars().next()).filter(|c| !matches!(c, '\n' | '\r'));
            let before = text.get(..start).and_then(|head| head.chars().next_back()).filter(|c| !matches!(c, '\n' | '\r'));
            match (next, before) {
                (Some(c), _) => end += c.len_utf8(),
                (None, Some(c)) => start -= c.len_utf8(),
                (None, None) => {}
            }
        }
        Span { source, start: start as u32, end: end as u32 }
    }

    /// The visible text of a line (1-based), without leading blanks and its line break; a line past the end is the last line.
    pub fn line(&self, source: SourceId, line: usize) -> Span {
        let file = self.file(source);
        let index = line.saturating_sub(1).min(file.line_starts.len().saturating_sub(1));
        let start = file.line_starts.get(index).copied().unwrap_or(0);
        let end = file.line_starts.get(index + 1).copied().unwrap_or(file.text.len());
        let whole = file.text.get(start..end).unwrap_or_default();
        let lead = whole.len() - whole.trim_start().len();
        let visible = whole.trim();
        if visible.is_empty() {
            return self.span(source, start..start);
        }
        self.span(source, start + lead..start + lead + visible.len())
    }

    /// Line and column of both ends.
    pub fn place(&self, span: Span) -> Place {
        let file = self.file(span.source);
        let (line, column) = file.line_column(span.start as usize);
        let (end_line, end_column) = file.line_column(span.end as usize);
        Place { file: file.path.clone(), outside: file.outside, line, column, end_line, end_column }
    }

    /// The empty place after a text's last visible character, where something can be added to it.
    pub fn end(&self, source: SourceId) -> Place {
        let file = self.file(source);
        let (line, column) = file.line_column(file.text.trim_end().len());
        Place { file: file.path.clone(), outside: file.outside, line, column, end_line: line, end_column: column }
    }
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let map = SourceMap::default();
        let id = map.add("a.toml", "\u{feff}ab\n\u{feff}c");
        let place = map.place(map.span(id, 4..5));
        assert_eq!((place.line, place.column, place.end_column), (1, 2, 3));
        let place = map.place(map.span(id, 9..10));
        assert_eq!((place.line, place.column, place.end_column), (2, 2, 3));
    }

    #[test]
    fn the_end_stands_after_the_last_visible_character() {
        let map = SourceMap::default();
        for (text, line, column) in [("", 1, 1), ("\n\n", 1, 1), ("a = 1\r\nb = \"\u{e9}\"\r\n\r\n", 2, 8), ("a = 1", 1, 6)] {
            let place = map.end(map.add("t", text));
            assert_eq!((place.line, place.column, place.end_line, place.end_column), (line, column, line, column), "{text:?}");
        }
    }

    #[test]
    fn columns_count_code_points() {
        let map = SourceMap::default();
        let id = map.add("a.toml", "x = 1\nname = \"éé\" # z\n");
        let at = map.file(id).text.find('#').unwrap();
        let place = map.place(map.span(id, at..at + 1));
        assert_eq!((place.line, place.column, place.end_line, place.end_column), (2, 13, 2, 14));
    }

    #[test]
    fn the_same_text_is_registered_once() {
        let map = SourceMap::default();
        assert_eq!(map.add("a", "b"), map.add("a", "b"));
        assert_ne!(map.add("a", "b"), map.add("a", "c"));
    }

    /// Cuts a place back out of the text by counting lines and code points, as a reader of SARIF does.
    fn cut(text: &str, place: &Place) -> String {
        let mut out = String::new();
        let (mut line, mut column) = (1, 1);
        for c in text.chars() {
            let after_start = (line, column) >= (place.line, place.column);
            let before_end = (line, column) < (place.end_line, place.end_column);
            if after_start && before_end {
                out.push(c);
            }
            if c == '\n' {
                line += 1;
                column = 1;
            } else {
                column += 1;
            }
        }
        out
    }

    proptest! {
        #[test]
        fn a_place_cuts_its_span_back_out(text in "[ab\u{e9}\u{1F600}\n\r\t]{0,60}", a in 0usize..200, b in 0usize..200) {
            let map = SourceMap::default();
            let id = map.add("t", text.clone());
            let span = map.span(id, a.min(b)..a.max(b));
            let range = span.range();
            prop_assert_eq!(cut(&text, &map.place(span)), &text[range]);
        }

        #[test]
        fn a_line_span_never_leaves_its_line(text in "[ab \n]{0,40}", line in 0usize..50) {
            let map = SourceMap::default();
            let id = map.add("t", text);
            let place = map.place(map.line(id, line));
            prop_assert_eq!(place.line, place.end_line);
        }
    }
}
