//! AsciiDoc, read line by line as far as headings and text go: section titles (`== Title`, and titles underlined),
//! delimited blocks, comments and attribute lines. Macros are text.

use std::ops::Range;

use super::draft::{Draft, Line, has_words, lines};
use super::markdown_cells::is_filled;
use super::prose::RunKind;

/// Blocks whose lines are shown as they stand.
const VERBATIM: &[char] = &['-', '.', '+', '`'];
/// Blocks that hold other blocks.
const CONTAINER: &[char] = &['=', '*', '_', '|'];
/// What begins and ends a table.
const TABLE: &str = "|===";

/// What a line inside the open blocks is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Verbatim,
    Comment,
    Container,
}

/// Reads the text from a byte on.
pub(super) fn read(draft: &mut Draft<'_>, from: usize) {
    let all = lines(draft.text(), from);
    let mut open: Vec<(&str, Block)> = Vec::new();
    let mut after_blank = true;
    // Whether the next row is the first of a table, and whether the table says that this one is its head.
    let (mut first_row, mut has_head) = (false, false);
    let mut rest = all.iter().copied().peekable();
    while let Some(line) = rest.next() {
        let text = line.text.trim_end();
        if text.starts_with('[') {
            has_head = text.contains("header");
        }
        if first_row && !line.is_blank() && text != TABLE {
            first_row = false;
            if has_head || rest.peek().is_none_or(Line::is_blank) {
                has_head = false;
                draft.run(line.range(), RunKind::Heading, false);
                continue;
            }
        }
        if open.last().is_some_and(|(delimiter, _)| *delimiter == TABLE) && is_unfilled(text) {
            draft.run(line.range(), RunKind::Text, false);
            continue;
        }
        if let Some((delimiter, block)) = open.last().copied() {
            if text == delimiter {
                open.pop();
                after_blank = true;
                continue;
            }
            if block != Block::Container {
                if block == Block::Verbatim {
                    draft.run(line.range(), RunKind::Code, has_words(text));
                }
                continue;
            }
        }
        let underline = rest.peek().and_then(|next| underlined(text, next.text.trim_end())).filter(|_| after_blank && open.is_empty());
        if let Some(level) = underline {
            draft.heading_line(level, line.visible_from(0), line.visible_from(0));
            rest.next();
            after_blank = true;
        } else if let Some(block) = delimits(text) {
            first_row = text == TABLE;
            open.push((text, block));
            after_blank = true;
        } else if let Some((level, marks)) = title(text).filter(|_| open.is_empty()) {
            draft.heading_line(level, line.visible_from(marks), line.visible_from(0));
            after_blank = true;
        } else {
            after_blank = line.is_blank() || !say(draft, line);
        }
    }
}

/// Whether a line is a row of which only the first cell, which says what it is about, is filled in.
fn is_unfilled(row: &str) -> bool {
    let cells: Vec<&str> = row.strip_prefix('|').map(|cells| cells.split('|').collect()).unwrap_or_default();
    cells.len() > 1 && !cells.iter().skip(1).any(|cell| is_filled(cell))
}

/// Adds a line of text, if it is one.
fn say(draft: &mut Draft<'_>, line: Line<'_>) -> bool {
    let text = line.text.trim_end();
    let directive = ["include::", "ifdef::", "ifndef::", "ifeval::", "endif::", "toc::"].iter().any(|name| text.starts_with(name));
    let attributes = text.starts_with('[') && text.ends_with(']');
    if text.starts_with("//") || directive || attributes || is_attribute_entry(text) {
        return false;
    }
    let mut from = 0;
    for gone in struck(line.text) {
        draft.line(Line { start: line.start + from, text: line.text.get(from..gone.start).unwrap_or_default() });
        from = gone.end;
    }
    draft.line(Line { start: line.start + from, text: line.text.get(from..).unwrap_or_default() });
    true
}

/// Where a line has text that is struck out: marked as `[.line-through]#…#`.
fn struck(text: &str) -> Vec<Range<usize>> {
    const ROLES: [&str; 2] = ["[.line-through]", "[line-through]"];
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(rest) = text.get(from..) {
        let first = ROLES.iter().filter_map(|role| rest.find(role).map(|at| (at, role.len()))).min();
        let Some((at, length)) = first else { break };
        let (start, open) = (from + at, from + at + length);
        let marked = text.get(open..).unwrap_or_default();
        let mark = if marked.starts_with("##") { "##" } else { "#" };
        let said = marked.strip_prefix(mark).and_then(|said| said.find(mark));
        from = said.map_or(open, |said| open + said + 2 * mark.len());
        found.extend(said.map(|_| start..from));
    }
    found
}

fn is_attribute_entry(text: &str) -> bool {
    let name = text.strip_prefix(':').and_then(|rest| rest.split_once(':')).map(|(name, _)| name);
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '!')))
}

fn delimits(text: &str) -> Option<Block> {
    let first = text.chars().next()?;
    if text == "--" {
        return Some(Block::Container);
    }
    if first == '`' {
        return text.starts_with("```").then_some(Block::Verbatim).filter(|_| text == "```");
    }
    if text == TABLE {
        return Some(Block::Container);
    }
    if text.len() < 4 || !text.chars().all(|c| c == first) {
        return None;
    }
    match first {
        '/' => Some(Block::Comment),
        _ if VERBATIM.contains(&first) => Some(Block::Verbatim),
        _ if CONTAINER.contains(&first) => Some(Block::Container),
        _ => None,
    }
}

/// The level of a one-line title, and how many marks it begins with.
fn title(text: &str) -> Option<(u8, usize)> {
    let mark = text.chars().next().filter(|mark| matches!(mark, '=' | '#'))?;
    let name = text.trim_start_matches(mark);
    let marks = text.len() - name.len();
    let level = u8::try_from(marks).ok().filter(|level| (1..=6).contains(level))?;
    (name.starts_with([' ', '\t']) && !name.trim().is_empty()).then_some((level, marks))
}

/// The level of a title by the line under it, which is as long, give or take one character.
fn underlined(text: &str, next: &str) -> Option<u8> {
    let mark = next.chars().next()?;
    let level = match mark {
        '=' => 1,
        '-' => 2,
        '~' => 3,
        '^' => 4,
        '+' => 5,
        _ => return None,
    };
    let fits = text.chars().count().abs_diff(next.len()) <= 1 && next.len() >= 3;
    (fits && has_words(text) && next.chars().all(|c| c == mark)).then_some(level)
}

#[cfg(test)]
mod tests {
    use crate::formats::prose::{self, Prose};

    fn headings(text: &str) -> Vec<(u8, String, usize, bool)> {
        let read = prose::read(&"a.adoc".parse().unwrap(), text);
        let said = |heading| Prose::says_something(read.under(heading));
        read.headings.iter().map(|heading| (heading.level, heading.text.clone(), heading.line, said(heading))).collect()
    }

    fn heading(level: u8, text: &str, line: usize, said: bool) -> (u8, String, usize, bool) {
        (level, text.to_owned(), line, said)
    }

    #[test]
    fn what_is_struck_out_is_not_said() {
        let text = "= A\n\n== B\n\n[.line-through]#We read each report.#\n\n== C\n\nWe [line-through]##rarely## read each.\n\n== D\n\n[.line-through]#kept open\n";
        assert_eq!(
            headings(text),
            [heading(1, "A", 1, true), heading(2, "B", 3, false), heading(2, "C", 7, true), heading(2, "D", 11, true)]
        );
    }

    #[test]
    fn titles_are_found_outside_blocks() {
        let text = "= Policy\n:toc: left\n\n== Intake\n\n----\n== code\n----\n\n=== Empty\n// comment\n[[anchor]]\n\nReview cadence\n--------------\n\n====\n== inside\ntext\n====\n";
        assert_eq!(
            headings(text),
            [
                heading(1, "Policy", 1, true),
                heading(2, "Intake", 4, true),
                heading(3, "Empty", 10, false),
                heading(2, "Review cadence", 14, true),
            ]
        );
    }

    #[test]
    fn the_head_of_a_table_is_no_text() {
        assert_eq!(headings("== A\n\n|===\n|Name |Role\n\n|===\n"), [heading(2, "A", 1, false)]);
        assert_eq!(headings("== A\n\n[options=\"header\"]\n|===\n|Name |Role\n| |\n|===\n"), [heading(2, "A", 1, false)]);
        assert_eq!(headings("== A\n\n|===\n|Name |Role\n\n|Ann |owner\n|===\n"), [heading(2, "A", 1, true)]);
        assert_eq!(headings("== A\n\n|===\n|Ann |owner\n|Bob |deputy\n|===\n"), [heading(2, "A", 1, true)]);
    }

    #[test]
    fn comment_blocks_and_attributes_are_no_text() {
        assert_eq!(headings("== A\n////\nhidden\n////\n:name: value\ninclude::x.adoc[]\n"), [heading(2, "A", 1, false)]);
    }
}
