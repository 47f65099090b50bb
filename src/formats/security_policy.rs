//! A security policy (`SECURITY.md`), read as CommonMark with tables: its visible blocks of text, their links and
//! headings, and its tables, each with its place.
//!
//! What a reader does not see (comments, front matter, link definitions that nothing uses), or sees struck out, is left
//! out, so nothing hidden or taken back counts as said.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::visible_html as html;

/// A policy as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecurityPolicy {
    /// Headings, paragraphs, list items, cells and code blocks, in the file's order.
    pub blocks: Vec<Block>,
    /// In the file's order.
    pub tables: Vec<Table>,
}

/// One block of visible text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// 1 to 6 for a heading.
    pub level: Option<u8>,
    /// The text as a reader sees it; a line break is a blank.
    pub text: String,
    /// In the text's order.
    pub links: Vec<Link>,
    /// Byte offsets in the file.
    pub range: Range<usize>,
    /// The heading above it, as an index into the blocks.
    pub heading: Option<usize>,
}

/// A link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Where it leads; an automatic link of an address has its `mailto:`.
    pub url: String,
    /// What it shows.
    pub text: String,
    /// Byte offsets in the file.
    pub range: Range<usize>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The header first.
    pub rows: Vec<Row>,
    /// The heading above it, as an index into the blocks.
    pub heading: Option<usize>,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// What each cell shows.
    pub cells: Vec<String>,
    /// Byte offsets in the file.
    pub range: Range<usize>,
}

impl SecurityPolicy {
    /// The text of the heading above a block or table; empty where there is none.
    pub fn heading_text(&self, heading: Option<usize>) -> &str {
        heading.and_then(|at| self.blocks.get(at)).map_or("", |block| &block.text)
    }
}

/// Reads a file.
pub fn read(text: &str) -> SecurityPolicy {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reading = Reading { source: text, ..Reading::default() };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reading.take(event, range);
    }
    reading.flush();
    reading.policy
}

/// Most characters that are kept of a heading: it is looked at again for what stands below it.
const HEADING_CHARS: usize = 300;

/// What has been read so far.
#[derive(Default)]
struct Reading<'t> {
    source: &'t str,
    policy: SecurityPolicy,
    block: Option<Block>,
    heading: Option<usize>,
    /// Where the text of each open link begins; only the innermost is ever open.
    link_start: Option<usize>,
    html: Option<(String, usize)>,
    hidden: bool,
    /// How many `~~` are open.
    struck: usize,
}

impl<'t> Reading<'t> {
    fn take(&mut self, event: Event<'t>, range: Range<usize>) {
        match event {
            Event::Start(Tag::Strikethrough) => self.struck += 1,
            Event::End(TagEnd::Strikethrough) => self.struck = self.struck.saturating_sub(1),
            // Nothing but text and its markup stands in what is struck out, whose end is still to come.
            _ if self.struck > 0 => {}
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) if !self.hidden => self.add(&text, range),
            Event::Code(code) => self.add(&code, range),
            Event::SoftBreak | Event::HardBreak => self.add(" ", range),
            Event::Rule => self.flush(),
            Event::Html(raw) => match &mut self.html {
                Some((whole, _)) => whole.push_str(&raw),
                None => self.take_html(&raw, range),
            },
            Event::InlineHtml(raw) => self.take_inline_html(&raw, range),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'t>, range: Range<usize>) {
        match tag {
            Tag::Link { link_type, dest_url, .. } => {
                let block = self.open(range.clone());
                let url = if link_type == LinkType::Email { format!("mailto:{dest_url}") } else { dest_url.to_string() };
                let start = block.text.len();
                block.links.push(Link { url, text: String::new(), range });
                self.link_start = Some(start);
            }
            Tag::Emphasis | Tag::Strong | Tag::Superscript | Tag::Subscript | Tag::Image { .. } => {}
            Tag::MetadataBlock(_) => self.hidden = true,
            Tag::HtmlBlock => {
                self.flush();
                self.html = Some((String::new(), range.start));
            }
            Tag::Heading { level, .. } => {
                self.flush();
                self.open(range).level = Some(level as u8);
            }
            Tag::Table(_) => {
                self.flush();
                self.policy.tables.push(Table { rows: Vec::new(), heading: self.heading });
            }
            Tag::TableHead | Tag::TableRow => {
                let range = self.trimmed(range);
                if let Some(table) = self.policy.tables.last_mut() {
                    table.rows.push(Row { cells: Vec::new(), range });
                }
            }
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Link => {
                let start = self.link_start.take().unwrap_or_default();
                if let Some(block) = &mut self.block {
                    let shown = block.text.get(start..).unwrap_or_default().to_owned();
                    if let Some(link) = block.links.last_mut() {
                        link.text = shown;
                    }
                }
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Superscript | TagEnd::Subscript | TagEnd::Image => {}
            TagEnd::MetadataBlock(_) => self.hidden = false,
            TagEnd::HtmlBlock => {
                if let Some((raw, start)) = self.html.take() {
                    self.take_html(&raw, start..range.end);
                }
                self.flush();
            }
            TagEnd::TableCell => {
                let shown = self.block.as_ref().map_or("", |block| &block.text).trim().to_owned();
                if let Some(row) = self.policy.tables.last_mut().and_then(|table| table.rows.last_mut()) {
                    row.cells.push(shown);
                }
                self.flush();
            }
            _ => self.flush(),
        }
    }

    fn open(&mut self, range: Range<usize>) -> &mut Block {
        let heading = self.heading;
        let block = self.block.get_or_insert_with(|| Block { range: range.clone(), heading, ..Block::default() });
        block.range.end = block.range.end.max(range.end);
        block
    }

    fn add(&mut self, text: &str, range: Range<usize>) {
        self.open(range).text.push_str(text);
    }

    fn take_html(&mut self, raw: &str, range: Range<usize>) {
        let visible = html::visible(raw);
        if visible.text.is_empty() && visible.links.is_empty() {
            return;
        }
        let block = self.open(range.clone());
        block.text.push_str(&visible.text);
        block.links.extend(visible.links.into_iter().map(|url| Link { url, text: String::new(), range: range.clone() }));
    }

    fn take_inline_html(&mut self, raw: &str, range: Range<usize>) {
        for url in html::visible(raw).links {
            self.open(range.clone()).links.push(Link { url, text: String::new(), range: range.clone() });
        }
    }

    fn flush(&mut self) {
        let Some(mut block) = self.block.take() else { return };
        block.range = self.trimmed(block.range);
        if block.text.trim().is_empty() && block.links.is_empty() {
            return;
        }
        if block.level.is_some() {
            block.text = block.text.chars().take(HEADING_CHARS).collect();
            self.heading = Some(self.policy.blocks.len());
        }
        self.policy.blocks.push(block);
    }

    /// Without the line ends behind the text.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let length = self.source.get(range.clone()).map_or(range.len(), |text| text.trim_end().len());
        range.start..range.start + length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POLICY: &str = "---\ncontact: hidden@ledger.example\n---\n# Security\n\n## Supported versions\n\n| Version | Supported |\n| --- | :-: |\n| `5.1.x` | ✅ |\n| < 5.0 | :x: |\n\n## Reporting\n\nWrite to <security@ledger.example> or\n[the form](https://ledger.example/report).\n\n- tight item\n- <a href=\"https://ledger.example/x\">here</a>\n\n<!-- not@seen.example -->\n<p>Ring <b>us</b></p>\n";

    #[test]
    fn blocks_know_their_heading_and_links() {
        let policy = read(POLICY);
        let texts: Vec<(&str, &str)> =
            policy.blocks.iter().map(|block| (policy.heading_text(block.heading), block.text.as_str())).collect();
        assert_eq!(
            texts,
            [
                ("", "Security"),
                ("Security", "Supported versions"),
                ("Supported versions", "Version"),
                ("Supported versions", "Supported"),
                ("Supported versions", "5.1.x"),
                ("Supported versions", "✅"),
                ("Supported versions", "< 5.0"),
                ("Supported versions", ":x:"),
                ("Supported versions", "Reporting"),
                ("Reporting", "Write to security@ledger.example or the form."),
                ("Reporting", "tight item"),
                ("Reporting", "here"),
                ("Reporting", "Ring us"),
            ]
        );
        let links: Vec<(&str, &str)> =
            policy.blocks.iter().flat_map(|block| &block.links).map(|link| (link.url.as_str(), link.text.as_str())).collect();
        assert_eq!(
            links,
            [
                ("mailto:security@ledger.example", "security@ledger.example"),
                ("https://ledger.example/report", "the form"),
                ("https://ledger.example/x", "")
            ]
        );
    }

    #[test]
    fn tables_have_rows_with_places() {
        let policy = read(POLICY);
        let rows: Vec<(&str, usize)> = policy.tables[0]
            .rows
            .iter()
            .map(|row| (row.cells[0].as_str(), POLICY.get(..row.range.start).unwrap().matches('\n').count() + 1))
            .collect();
        assert_eq!(rows, [("Version", 8), ("5.1.x", 10), ("< 5.0", 11)]);
    }

    #[test]
    fn what_is_struck_out_is_not_said() {
        let text = "We answer ~~in a day~~ in a week. ~~[Write](mailto:a@b.example)~~\n\n| Version | Supported |\n|---|---|\n| 1.x | ~~yes~~ |\n| ~~0.x~~ | ~~yes~~ |\n";
        let policy = read(text);
        let first = policy.blocks.first().unwrap();
        assert_eq!((first.text.trim(), first.links.len()), ("We answer  in a week.", 0));
        let cells: Vec<&[String]> = policy.tables.iter().flat_map(|table| &table.rows).map(|row| row.cells.as_slice()).collect();
        assert_eq!(cells, [["Version", "Supported"], ["1.x", ""], ["", ""]]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_every_place_lies_in_it(
            text in "([#|<>!\\[\\]()*_`~:&;@.a-c \n\t-]|<!--|-->|https://|\\r\\n|é){0,80}",
        ) {
            let policy = read(&text);
            for (at, block) in policy.blocks.iter().enumerate() {
                prop_assert!(block.range.start <= block.range.end && block.range.end <= text.len());
                prop_assert!(block.heading.is_none_or(|heading| heading < at && policy.blocks[heading].level.is_some()));
            }
            for row in policy.tables.iter().flat_map(|table| &table.rows) {
                prop_assert!(row.range.start <= row.range.end && row.range.end <= text.len());
            }
        }
    }
}
