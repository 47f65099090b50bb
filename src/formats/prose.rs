//! Prose documents: headings, the text under each, and the dates in their front matter.
//!
//! A document is cut into runs of text that remember where they stand; what a reader does not see as text (HTML
//! comments, link definitions, front matter, block delimiters) is in no run. Every reader goes through its text a fixed
//! number of times, so that the time taken grows with the text and no faster.

use std::cell::OnceCell;
use std::ops::{Deref, Range};
use std::rc::Rc;

use super::draft::{Draft, lines};
use super::front_matter::{self, Field};
use super::heading_name::Index;
use super::{asciidoc, markdown, restructured_text, template};
use crate::repo_path::RepoPath;

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CommonMark with GitHub's tables, footnotes and task lists.
    Markdown,
    /// Markdown with expressions in braces.
    Mdx,
    /// AsciiDoc.
    AsciiDoc,
    /// reStructuredText.
    ReStructuredText,
    /// Anything else: one text without headings.
    Plain,
}

impl Format {
    /// By the file name's ending.
    pub fn of(path: &RepoPath) -> Self {
        let ending = path.file_name().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("md" | "markdown") => Self::Markdown,
            Some("mdx") => Self::Mdx,
            Some("adoc" | "asciidoc") => Self::AsciiDoc,
            Some("rst") => Self::ReStructuredText,
            _ => Self::Plain,
        }
    }
}

/// What a run of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// Text.
    Text,
    /// Code, in a line or a block.
    Code,
    /// The text of a heading.
    Heading,
    /// An HTML tag, which shows nothing itself.
    Tag,
}

/// A stretch of the source of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// What it is.
    pub kind: RunKind,
    /// It has a letter or a digit that a reader sees.
    pub words: bool,
}

impl Run {
    pub(super) fn is_body(&self) -> bool {
        matches!(self.kind, RunKind::Text | RunKind::Code)
    }
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 is the highest.
    pub level: u8,
    /// Its text without markup.
    pub text: String,
    /// Bytes of the source.
    pub range: Range<usize>,
    /// Its line, 1-based.
    pub line: usize,
    /// The first of its own runs.
    pub(super) own: usize,
    /// The runs under it.
    pub(super) body: Range<usize>,
}

/// Where everything stands in a document; what is costly to find in it is found once.
#[derive(Debug)]
pub struct Outline {
    /// How it is written.
    pub format: Format,
    /// The simple `key: value` lines before the text.
    pub front_matter: Vec<Field>,
    /// In the order of the document.
    pub headings: Vec<Heading>,
    pub(super) runs: Vec<Run>,
    markers: OnceCell<Vec<Range<usize>>>,
    names: OnceCell<Index>,
}

impl Outline {
    pub(super) fn new(format: Format, front_matter: Vec<Field>, headings: Vec<Heading>, runs: Vec<Run>) -> Self {
        Self { format, front_matter, headings, runs, markers: OnceCell::new(), names: OnceCell::new() }
    }

    /// The headings by name.
    pub fn names(&self) -> &Index {
        self.names.get_or_init(|| Index::new(&self.headings))
    }
}

/// A document, read.
#[derive(Debug, Clone)]
pub struct Prose<'t> {
    text: &'t str,
    outline: Rc<Outline>,
}

impl Deref for Prose<'_> {
    type Target = Outline;

    fn deref(&self) -> &Outline {
        &self.outline
    }
}

/// Reads a document; any text is one.
pub fn read<'t>(path: &RepoPath, text: &'t str) -> Prose<'t> {
    let format = Format::of(path);
    let (mut front_matter, from) = front_matter::read(text);
    if matches!(format, Format::AsciiDoc | Format::ReStructuredText) {
        front_matter.extend(front_matter::head(text, from));
    }
    let mut draft = Draft::new(text);
    match format {
        Format::Markdown | Format::Mdx => markdown::read(&mut draft, from, format == Format::Mdx),
        Format::AsciiDoc => asciidoc::read(&mut draft, from),
        Format::ReStructuredText => restructured_text::read(&mut draft, from),
        Format::Plain => lines(text, from).into_iter().for_each(|line| draft.line(line)),
    }
    draft.finish(format, front_matter)
}

impl<'t> Prose<'t> {
    /// A text with the outline that was read of it.
    pub fn with(text: &'t str, outline: Rc<Outline>) -> Self {
        Self { text, outline }
    }

    /// The outline, to be kept for the same text.
    pub fn outline(&self) -> Rc<Outline> {
        Rc::clone(&self.outline)
    }

    /// The markers of a template that were not filled in ([`template::unresolved`]).
    pub fn unresolved(&self) -> &[Range<usize>] {
        self.outline.markers.get_or_init(|| template::unresolved(self))
    }

    /// Every run, in the order of the document.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The runs under a heading, up to the next heading of its level or a higher one.
    pub fn under(&self, heading: &Heading) -> &[Run] {
        self.runs.get(heading.body.clone()).unwrap_or_default()
    }

    /// The source of a run.
    pub fn source(&self, run: &Run) -> &'t str {
        self.text.get(run.range.clone()).unwrap_or_default()
    }

    /// A stretch of the source.
    pub fn slice(&self, range: &Range<usize>) -> &'t str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The bytes of a run without blanks around it.
    pub fn visible(&self, run: &Run) -> Range<usize> {
        let source = self.source(run);
        let start = run.range.start + (source.len() - source.trim_start().len());
        start..start + source.trim().len()
    }

    /// Whether there is text in these runs, beside headings.
    pub fn says_something(runs: &[Run]) -> bool {
        runs.iter().any(|run| run.words && run.is_body())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 5] = ["a.md", "a.mdx", "a.adoc", "a.rst", "a.txt"];

    fn path(name: &str) -> RepoPath {
        name.parse().unwrap()
    }

    #[test]
    fn the_ending_tells_the_format() {
        for (name, format) in [
            ("docs/A.MD", Format::Markdown),
            ("a.markdown", Format::Markdown),
            ("a.mdx", Format::Mdx),
            ("a.asciidoc", Format::AsciiDoc),
            ("a.rst", Format::ReStructuredText),
            ("SECURITY", Format::Plain),
            ("a.md.txt", Format::Plain),
        ] {
            assert_eq!(Format::of(&path(name)), format, "{name}");
        }
    }

    #[test]
    fn plain_text_is_one_text_without_headings() {
        let read = read(&path("a.txt"), "# Not a heading\n\ntext\n");
        assert_eq!(read.headings, []);
        assert!(Prose::says_something(read.runs()));
    }

    #[test]
    fn backticks_enclose_code_where_they_are_closed() {
        let read = read(&path("a.txt"), "a `b` c ``d`` e `f\n");
        let kinds: Vec<_> = read.runs().iter().map(|run| (read.source(run), run.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("a ", RunKind::Text),
                ("b", RunKind::Code),
                (" c ", RunKind::Text),
                ("d", RunKind::Code),
                (" e ", RunKind::Text),
                ("f", RunKind::Text)
            ]
        );
    }

    #[test]
    fn time_grows_with_the_text_and_no_faster() {
        let hostile = [
            "# a\n",
            "#\n",
            "a\n=\n",
            "- ",
            "> ",
            "1. ",
            "[",
            "![",
            "[a](",
            "<a",
            "<!--",
            "<",
            "`",
            "a`",
            "*a **b ",
            "|",
            "a|\n",
            "{{",
            "[x",
            "== a\n",
            "====\n",
            "----\n",
            "****\na\n",
            "a\n--\n",
            "..\n  a\n",
            "a::\n  b\n",
            ".. a::\n",
            "\n",
            "a\n\n",
            "&a;",
            "l",
            "\\[",
            "<p>\n\n",
            "<s>",
            "<p hidden>",
            "<div hidden>\n\n",
            "~~a ",
            "TODO\n\n",
            "|a|b|\n|-|-|\n|a||\n\n",
            "{/*",
        ];
        for name in NAMES {
            for text in hostile {
                let text = text.repeat(100_000 / text.len());
                let begun = std::time::Instant::now();
                let read = read(&path(name), &text);
                let _ = super::super::template::unresolved(&read);
                let _ = read.holds_a_place(read.runs());
                assert!(begun.elapsed().as_secs() < 10, "{name} {:?}", text.get(..8));
            }
        }
    }

    proptest! {
        #[test]
        fn runs_and_headings_stand_in_the_text_and_bodies_nest(
            name in prop::sample::select(&NAMES[..]),
            text in "(---\n|\\+\\+\\+\n|\u{feff})?([#=\\-~*.:`<>!/\\[\\]{}|_&; \n]|a|é|\u{1F600}|date: 1|\r\n|```\n|<!--|-->|\\.\\. ){0,60}",
        ) {
            let read = read(&path(name), &text);
            for run in read.runs() {
                prop_assert!(text.get(run.range.clone()).is_some());
            }
            let mut last = 0;
            for heading in &read.headings {
                prop_assert!(text.get(heading.range.clone()).is_some());
                prop_assert!(heading.range.start >= last);
                last = heading.range.start;
                prop_assert_eq!(heading.line, 1 + text.get(..heading.range.start).unwrap().matches('\n').count());
                prop_assert!(heading.body.end <= read.runs.len());
                for run in read.under(heading) {
                    prop_assert!(run.range.start >= heading.range.start);
                }
            }
            for pair in read.headings.windows(2) {
                let ends = pair[0].body.end;
                let nested = if pair[1].level > pair[0].level { ends >= pair[1].body.end } else { ends == pair[1].own };
                prop_assert!(nested);
            }
        }
    }
}
