//! Markdown, read with its offsets.
//!
//! Headings inside quotes and lists belong to what is quoted and open no section.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::draft::{Draft, has_words};
use super::html::{self, Part};
use super::prose::RunKind;

/// Reads the text from a byte on.
pub(super) fn read(draft: &mut Draft<'_>, from: usize) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let text = draft.text().get(from..).unwrap_or_default();
    let mut reader = Reader { draft, depth: 0, heading: None, code_block: false, code: false };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.take(event, range.start + from..range.end + from);
    }
}

struct OpenHeading {
    level: u8,
    text: String,
    range: Range<usize>,
    own: usize,
}

struct Reader<'d, 't> {
    draft: &'d mut Draft<'t>,
    /// Quotes, lists and the like that are open.
    depth: usize,
    heading: Option<OpenHeading>,
    code_block: bool,
    /// Inside an inline `<code>`.
    code: bool,
}

impl Reader<'_, '_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => {
                let kind = if self.code_block || self.code { RunKind::Code } else { RunKind::Text };
                self.text(&text, range, kind);
            }
            Event::Code(text) => self.text(&text, range, RunKind::Code),
            Event::SoftBreak | Event::HardBreak => self.text(" ", range, RunKind::Text),
            Event::InlineHtml(tag) if tag.starts_with("<!--") => {}
            Event::InlineHtml(tag) => {
                self.code = html::code_after(&tag, self.code);
                self.draft.run(range, RunKind::Tag, false);
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, range: Range<usize>, kind: RunKind) {
        let words = has_words(text);
        match &mut self.heading {
            Some(heading) => {
                heading.text.push_str(text);
                let kind = if kind == RunKind::Code { RunKind::Code } else { RunKind::Heading };
                self.draft.run(range, kind, words && kind == RunKind::Heading);
            }
            None => self.draft.run(range, kind, words),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => {
                let visible = self.draft.slice(range.clone()).trim_end().len();
                let range = range.start..range.start + visible;
                self.heading = Some(OpenHeading { level: level_of(*level), text: String::new(), range, own: self.draft.mark() });
            }
            Tag::CodeBlock(_) => self.code_block = true,
            Tag::HtmlBlock => self.html(range),
            Tag::BlockQuote(_) | Tag::List(_) | Tag::FootnoteDefinition(_) => self.depth += 1,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                if let Some(open) = self.heading.take().filter(|_| self.depth == 0) {
                    self.draft.heading(open.level, &open.text, open.range, open.own);
                }
                self.code = false;
            }
            TagEnd::CodeBlock => self.code_block = false,
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::FootnoteDefinition => self.depth = self.depth.saturating_sub(1),
            TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell => self.code = false,
            _ => {}
        }
    }

    fn html(&mut self, range: Range<usize>) {
        let block = self.draft.slice(range.clone());
        for (part, kind) in html::parts(block) {
            let words = kind != Part::Tag && has_words(&html::without_references(block.get(part.clone()).unwrap_or_default()));
            let kind = match kind {
                Part::Text => RunKind::Text,
                Part::Code => RunKind::Code,
                Part::Tag => RunKind::Tag,
            };
            self.draft.run(range.start + part.start..range.start + part.end, kind, words);
        }
    }
}

fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::prose::{self, Prose};

    /// Level, text, line and whether there is text under it.
    fn headings(text: &str) -> Vec<(u8, String, usize, bool)> {
        let read = prose::read(&"a.md".parse().unwrap(), text);
        let said = |heading| Prose::says_something(read.under(heading));
        read.headings.iter().map(|heading| (heading.level, heading.text.clone(), heading.line, said(heading))).collect()
    }

    fn heading(level: u8, text: &str, line: usize, said: bool) -> (u8, String, usize, bool) {
        (level, text.to_owned(), line, said)
    }

    #[test]
    fn a_section_reaches_to_the_next_heading_of_its_level() {
        assert_eq!(
            headings(
                "---\ndate: 2026-10-01\n---\n# Policy\n\n## `Intake` of *code* {#intake}\n### Detail\ntext\n\nReview\ncadence\n---\n# End\n"
            ),
            [
                heading(1, "Policy", 4, true),
                heading(2, "Intake of code", 6, true),
                heading(3, "Detail", 7, true),
                heading(2, "Review cadence", 10, false),
                heading(1, "End", 13, false),
            ]
        );
    }

    #[test]
    fn what_a_reader_sees_counts_as_text() {
        for said in [
            "prose",
            "- item",
            "> quoted",
            "| a |\n|---|\n| b |",
            "```\ncode\n```",
            "`code`",
            "<b>bold</b>",
            "<div>\ntext\n</div>",
            "[link](x)",
            "![picture of the flow](x.png)",
            "- [ ] task",
            "[^1]: note",
        ] {
            assert_eq!(headings(&format!("# A\n\n{said}\n")), [heading(1, "A", 1, true)], "{said}");
        }
    }

    #[test]
    fn what_a_reader_does_not_see_is_no_text() {
        for hidden in [
            "",
            "<!-- a comment -->",
            "<!-- a\n\nlong one -->",
            "<!-- never closed\n\ntext",
            "[link]: https://ledger.example",
            "***",
            "- ",
            "&nbsp;",
            "<p>&#160;</p>",
            "<br>",
            "\u{200b}",
            "...",
            "```\n\n```",
            "> # quoted",
        ] {
            assert_eq!(headings(&format!("# A\n\n{hidden}\n")), [heading(1, "A", 1, false)], "{hidden}");
        }
    }

    #[test]
    fn headings_in_quotes_lists_and_code_open_no_section() {
        assert_eq!(headings("## A\n\n> # Quoted\n> text\n\n- # Listed\n\n```\n# Code\n```\n"), [heading(2, "A", 1, true)]);
    }
}
