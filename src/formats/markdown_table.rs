//! The tables and headings of a Markdown text, cell by cell.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A table.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The cells of its head, without what is struck out.
    pub(super) head: Vec<String>,
    /// The cells of each row, and its byte range.
    pub(super) rows: Vec<(Vec<String>, Range<usize>)>,
}

/// A heading.
#[derive(Debug)]
pub(super) struct Section {
    /// 1 to 6.
    pub(super) level: usize,
    /// Its text.
    pub(super) name: String,
    /// Its byte range.
    pub(super) head: Range<usize>,
}

/// The tables, and the headings that stand in no list or quote.
pub(super) fn read(text: &str) -> (Vec<Table>, Vec<Section>) {
    let (mut tables, mut sections) = (Vec::<Table>::new(), Vec::<Section>::new());
    let (mut cell, mut heading, mut depth) = (None::<String>, None::<String>, 0usize);
    let (mut row, mut struck, mut crossed) = (Vec::<String>::new(), 0usize, false);
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        match event {
            Event::Start(Tag::Table(_)) => tables.push(Table::default()),
            Event::Start(Tag::TableCell) => cell = Some(String::new()),
            Event::Start(Tag::Heading { .. }) if depth == 0 => heading = Some(String::new()),
            Event::Start(Tag::BlockQuote(_) | Tag::List(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_)) => depth = depth.saturating_sub(1),
            Event::End(TagEnd::TableCell) => row.extend(cell.take()),
            Event::End(TagEnd::TableHead) => {
                if let Some(table) = tables.last_mut() {
                    table.head = std::mem::take(&mut row);
                }
            }
            Event::End(TagEnd::TableRow) => {
                let cells = std::mem::take(&mut row);
                // A row that is struck out as a whole is none.
                let gone = std::mem::take(&mut crossed) && cells.iter().all(|cell| cell.trim().is_empty());
                if let Some(table) = tables.last_mut().filter(|_| !gone) {
                    table.rows.push((cells, range));
                }
            }
            Event::End(TagEnd::Heading(level)) => {
                if let Some(name) = heading.take() {
                    sections.push(Section { level: level as usize, name, head: range });
                }
            }
            Event::Start(Tag::Strikethrough) => (struck, crossed) = (struck + 1, true),
            Event::End(TagEnd::Strikethrough) => struck = struck.saturating_sub(1),
            Event::Text(words) | Event::Code(words) if struck == 0 => {
                if let Some(open) = cell.as_mut().or(heading.as_mut()) {
                    open.push_str(&words);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(open) = cell.as_mut().or(heading.as_mut()) {
                    open.push(' ');
                }
            }
            _ => {}
        }
    }
    (tables, sections)
}
