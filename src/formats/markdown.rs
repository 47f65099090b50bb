//! Markdown, read with its offsets.
//!
//! Headings inside quotes and lists belong to what is quoted and open no section.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::draft::{Draft, has_words};
use super::hidden_html::Hidden;
use super::html::{self, Part};
use super::markdown_cells::OpenTable;
use super::prose::RunKind;

/// Reads the text from a byte on; MDX has comments of its own, `{/* … */}`.
pub(super) fn read(draft: &mut Draft<'_>, from: usize, mdx: bool) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let text = draft.text().get(from..).unwrap_or_default();
    let hidden = Hidden::new(draft.text());
    let comments = if mdx { comments(draft.text(), from) } else { Vec::new() };
    let mut reader = Reader { draft, depth: 0, heading: None, table: None, code_block: false, code: false, struck: 0, hidden, comments };
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
    table: Option<OpenTable>,
    code_block: bool,
    /// Inside an inline `<code>`.
    code: bool,
    /// How many `~~` are open.
    struck: usize,
    hidden: Hidden<'t>,
    /// Comments of MDX, in order.
    comments: Vec<Range<usize>>,
}

/// The comments of MDX from a byte on; one that never ends is none.
fn comments(text: &str, from: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = from;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find("{/*")).map(|found| at + found) {
        let Some(end) = text.get(start..).and_then(|rest| rest.find("*/}")).map(|found| start + found + 3) else { break };
        out.push(start..end);
        at = end;
    }
    out
}

impl Reader<'_, '_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => {
                let kind = if self.code_block || self.code { RunKind::Code } else { RunKind::Text };
                match self.comment_around(range.start).filter(|_| kind == RunKind::Text) {
                    Some(end) if end < range.end => self.text(&text, end..range.end, kind),
                    Some(_) => {}
                    None => self.text(&text, range, kind),
                }
            }
            Event::Code(text) => self.text(&text, range, RunKind::Code),
            Event::SoftBreak | Event::HardBreak => self.text(" ", range, RunKind::Text),
            Event::InlineHtml(tag) if tag.starts_with("<!--") => {}
            Event::InlineHtml(tag) => self.tag(&tag, range),
            _ => {}
        }
    }

    fn tag(&mut self, tag: &str, range: Range<usize>) {
        self.code = html::code_after(tag, self.code);
        let was_hidden = self.is_unseen();
        self.hidden.pass(tag, range.start);
        if !was_hidden && !self.is_unseen() {
            if let Some(table) = &mut self.table {
                table.shows(tag);
            }
            self.draft.run(range, RunKind::Tag, false);
        }
    }

    /// Where the comment ends in which a byte stands.
    fn comment_around(&self, at: usize) -> Option<usize> {
        let behind = self.comments.partition_point(|comment| comment.end <= at);
        self.comments.get(behind).filter(|comment| comment.start <= at).map(|comment| comment.end)
    }

    /// Whether text here is struck out or hidden.
    fn is_unseen(&self) -> bool {
        self.struck > 0 || self.hidden.is_open()
    }

    fn text(&mut self, text: &str, range: Range<usize>, kind: RunKind) {
        let words = has_words(text);
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        if self.is_unseen() {
            return;
        }
        if let Some(table) = &mut self.table {
            table.shows(text);
        }
        let is_title = self.heading.is_some() || self.table.as_ref().is_some_and(OpenTable::is_in_head);
        let kind = if is_title && kind == RunKind::Text { RunKind::Heading } else { kind };
        self.draft.run(range, kind, words && !(is_title && kind == RunKind::Code));
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
            Tag::Strikethrough => self.struck += 1,
            Tag::Table(_) => self.table = Some(OpenTable::default()),
            Tag::TableHead | Tag::TableRow => self.with_table(|table, _| table.open_row()),
            Tag::TableCell => self.with_table(|table, draft| table.open_cell(draft.mark())),
            Tag::Image { .. } => self.with_table(|table, _| table.shows("\u{1f5bc}")),
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
            TagEnd::Strikethrough => self.struck = self.struck.saturating_sub(1),
            TagEnd::Table => self.table = None,
            TagEnd::TableHead => self.with_table(|table, _| table.close_head()),
            TagEnd::TableRow => self.with_table(|table, draft| draft.hush(table.close_row())),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::FootnoteDefinition => self.depth = self.depth.saturating_sub(1),
            TagEnd::TableCell => {
                self.code = false;
                self.with_table(|table, draft| table.close_cell(draft.mark()));
            }
            TagEnd::Paragraph | TagEnd::Item => {
                self.code = false;
                self.hidden.end_paragraph();
            }
            _ => {}
        }
    }

    fn with_table(&mut self, then: impl FnOnce(&mut OpenTable, &mut Draft<'_>)) {
        if let Some(table) = &mut self.table {
            then(table, self.draft);
        }
    }

    fn html(&mut self, range: Range<usize>) {
        let block = self.draft.slice(range.clone());
        for (part, kind) in html::parts(block, range.start, &mut self.hidden) {
            let words = kind != Part::Tag && has_words(&html::without_references(block.get(part.clone()).unwrap_or_default()));
            let kind = match kind {
                Part::Text => RunKind::Text,
                Part::Code => RunKind::Code,
                Part::Title => RunKind::Heading,
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
            "~~not this~~ but this",
            "<p hidden>\n\ntext",
            "the `<s>` element, or <s> as it is",
            "| Name |\n|---|\n| Ann |",
            "| Name | |\n|---|---|\n| Ann | |",
            "| Check | Held |\n|---|---|\n| Locks | \u{2705} |",
            "| Check | Held |\n|---|---|\n| Locks | ![](a.png) |",
            "| Check | Held |\n|---|---|\n| Locks | |\n| Keys | each March |",
            "| Check | Held |\n|---|---|\n| Locks | none |",
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
            "~~struck out~~",
            "<del>struck out</del>",
            "<s>struck *out*</s>",
            "<div hidden>\n\ntext\n\n- item\n\n</div>",
            "<div style=\"display: none\">text</div>",
            "<span hidden>text</span>",
            "<script>\nlet a = 1;\n</script>",
            "<h3>Title</h3>",
            "| Name | Role |\n|---|---|",
            "| `Name` | Role |\n|---|---|\n| | |",
            "| Name | Role |\n|---|---|\n| Owner | |\n| Deputy | - |",
            "| Name | Role |\n|---|---|\n| ~~Ann~~ | ~~Owner~~ |",
            "<table><tr><th>Name</th></tr><tr><td></td></tr></table>",
        ] {
            assert_eq!(headings(&format!("# A\n\n{hidden}\n")), [heading(1, "A", 1, false)], "{hidden}");
        }
    }

    #[test]
    fn comments_of_mdx_are_no_text() {
        for (text, said) in [("{/* who? */}\n", false), ("{/* who?\nwhen? */} Each March.\n", true), ("{/* never closed\n", true)] {
            let text = format!("# A\n\n{text}");
            let read = prose::read(&"a.mdx".parse().unwrap(), &text);
            assert_eq!(Prose::says_something(read.runs()), said, "{text}");
        }
    }

    #[test]
    fn headings_in_quotes_lists_and_code_open_no_section() {
        assert_eq!(headings("## A\n\n> # Quoted\n> text\n\n- # Listed\n\n```\n# Code\n```\n"), [heading(2, "A", 1, true)]);
    }
}
