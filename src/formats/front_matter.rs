//! Front matter: the block of YAML (between `---`) or TOML (between `+++`) before a document's text.
//!
//! Only simple `key: value` and `key = value` lines at its top level are read, which is all that a date needs. Of nested values
//! only those are that call the document a draft, in a table about the document.

use std::ops::Range;

use super::draft::lines;
use crate::model::attestation::is_unwritten;

/// A simple line of the front matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// As written.
    pub key: String,
    /// Without quotes and trailing comment; may be empty.
    pub value: String,
    /// Bytes of the source: the line's visible part.
    pub range: Range<usize>,
}

impl Field {
    /// Whether it says that the document is a draft: `status: draft`, `draft: true`, `published: false`.
    pub fn says_draft(&self) -> bool {
        let value = self.value.trim_matches(['[', ']', ' ', '"', '\'']).to_lowercase();
        let yes = matches!(value.as_str(), "true" | "yes" | "on" | "1" | "y");
        let no = matches!(value.as_str(), "false" | "no" | "off" | "0" | "n");
        match self.key.to_lowercase().as_str() {
            "draft" | "is_draft" | "is-draft" | "isdraft" | "wip" | "stub" | "placeholder" | "todo" => yes,
            "published" => no,
            "status" | "state" | "stage" | "maturity" | "document_status" | "document-status" => {
                value.split(|c: char| !c.is_alphanumeric()).next() == Some("draft") || is_unwritten(&value, "")
            }
            _ => false,
        }
    }
}

impl Field {
    /// Whether it says that the document is no longer, or not yet, what is followed: `status: superseded`.
    pub fn says_not_in_force(&self) -> bool {
        const STATES: &[&str] =
            &["superseded", "withdrawn", "deprecated", "obsolete", "archived", "retired", "rejected", "expired", "proposed"];
        let named = matches!(self.key.to_lowercase().as_str(), "status" | "state" | "document_status" | "document-status");
        let value = self.value.trim_matches(['[', ']', ' ', '"', '\'']).to_lowercase();
        named && value.split(|c: char| !c.is_alphanumeric()).next().is_some_and(|first| STATES.contains(&first))
    }
}

/// The fields, and the byte at which the text begins. A block that is never closed is text.
pub(super) fn read(text: &str) -> (Vec<Field>, usize) {
    let begin = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let rest = text.get(begin..).unwrap_or_default();
    let (fence, equals) = match rest.lines().next().map(str::trim_end) {
        Some("---") => ("---", ':'),
        Some("+++") => ("+++", '='),
        _ => return (Vec::new(), begin),
    };
    let all = lines(text, begin);
    let closes = |line: &str| line == fence || (fence == "---" && line == "...");
    let Some(close) = all.iter().skip(1).position(|line| closes(line.text.trim_end())) else { return (Vec::new(), begin) };
    let mut fields = Vec::new();
    let mut inner = Inner::default();
    let mut block = all.iter().skip(1).take(close).peekable();
    while let Some(line) = block.next() {
        if let Some((key, value)) = inner.says(line.text, equals) {
            fields.push(Field { key, value, range: line.visible_from(0) });
        }
        if inner.in_table {
            continue;
        }
        let nested = block.peek().is_some_and(|next| next.text.starts_with([' ', '\t']) || next.text.starts_with("- "));
        fields.extend(field(line.text, equals, nested).map(|(key, value)| Field { key, value, range: line.visible_from(0) }));
    }
    let after = all.get(close + 2).map_or(text.len(), |line| line.start);
    (fields, after)
}

/// Keys whose table is about the document itself.
const ABOUT: &[&str] = &["doc", "document", "extra", "info", "meta", "metadata", "page", "params", "properties"];

/// Whether what stands in a table of the front matter calls the document a draft; nothing else is read of tables.
#[derive(Default)]
struct Inner {
    /// The table is one about the document.
    about: bool,
    /// The indentation of its first line.
    indent: Option<usize>,
    /// A table of TOML was opened: what follows is no field at the top.
    in_table: bool,
}

impl Inner {
    /// What a line says of a draft, in a table or in braces.
    fn says(&mut self, line: &str, equals: char) -> Option<(String, String)> {
        let drafts = |text: &str| {
            let (key, value) = field(text.trim(), equals, false)?;
            Field { key: key.clone(), value: value.clone(), range: 0..0 }.says_draft().then_some((key, value))
        };
        if let Some(name) = line.strip_prefix('[').filter(|_| equals == '=') {
            (self.in_table, self.about) = (true, name.split_once(']').is_some_and(|(name, _)| ABOUT.contains(&name.trim())));
            return None;
        }
        if self.in_table {
            return drafts(line).filter(|_| self.about);
        }
        let indent = line.len() - line.trim_start().len();
        if indent > 0 {
            let level = *self.indent.get_or_insert(indent);
            return drafts(line).filter(|_| self.about && indent == level);
        }
        let (key, value) = line.split_once(equals)?;
        (self.about, self.indent) = (ABOUT.contains(&key.trim()), None);
        let braced = value.trim().strip_prefix('{').filter(|_| self.about)?;
        braced.trim_end_matches('}').split(',').find_map(drafts)
    }
}

/// What the head of a document in AsciiDoc (attributes) or reStructuredText (fields below its title) says of a draft.
pub(super) fn head(text: &str, from: usize) -> Vec<Field> {
    let all = lines(text, from);
    let entry = |line: &str| {
        let (key, value) = line.strip_prefix(':')?.split_once(':')?;
        Some((key.trim().to_owned(), value.trim().to_owned()))
    };
    let is_blank = |line: &&super::draft::Line<'_>| line.is_blank();
    let first = all.iter().take_while(|line| !is_blank(line));
    // Fields of reStructuredText stand apart from the title.
    let below = all.iter().skip_while(|line| !is_blank(line)).skip_while(is_blank).take_while(|line| entry(line.text).is_some());
    let entries =
        first.chain(below).take(HEAD_LINES).filter_map(|line| entry(line.text).map(|(key, value)| (key, value, line.visible_from(0))));
    entries.map(|(key, value, range)| Field { key, value, range }).filter(Field::says_draft).collect()
}

/// Most lines of a head.
const HEAD_LINES: usize = 60;

fn field(line: &str, equals: char, nested: bool) -> Option<(String, String)> {
    let (key, value) = line.split_once(equals)?;
    let key = key.trim_end().trim_matches(['"', '\'']);
    let simple = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let value = simple_value(value.trim());
    (simple && !key.is_empty() && !(nested && value.is_empty())).then(|| (key.to_owned(), value.to_owned()))
}

fn simple_value(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.split(quote).next().unwrap_or_default().trim();
        }
    }
    if value.starts_with('#') {
        return "";
    }
    value.split(" #").next().unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        read(text).0.into_iter().map(|field| (field.key, field.value)).collect()
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn a_status_may_say_that_a_document_is_not_in_force() {
        let field = |key: &str, value: &str| Field { key: key.to_owned(), value: value.to_owned(), range: 0..0 };
        for (key, value) in
            [("status", "superseded"), ("Status", "Superseded by ADR-7"), ("document_status", "Withdrawn"), ("state", "proposed")]
        {
            assert!(field(key, value).says_not_in_force(), "{key}: {value}");
        }
        for (key, value) in [("status", "accepted"), ("status", "in force"), ("title", "Deprecated interfaces"), ("status", "")] {
            assert!(!field(key, value).says_not_in_force(), "{key}: {value}");
        }
        assert!(field("document_status", "Draft").says_draft());
    }

    #[test]
    fn simple_lines_of_yaml_and_toml_are_read() {
        assert_eq!(
            pairs("---\ntitle: \"A: b\"\nreviewed: 2026-10-01 # by the board\ntags:\n  - a\n  date: 2020-01-01\nowner: 'CTO'\n---\nText\n"),
            [pair("title", "A: b"), pair("reviewed", "2026-10-01"), pair("owner", "CTO")]
        );
        assert_eq!(pairs("+++\r\ndate = 2026-10-01\r\n[params]\r\nreviewed = 2020-01-01\r\n+++\r\n"), [pair("date", "2026-10-01")]);
        assert_eq!(pairs("---\ndate:\n---\n"), [pair("date", "")]);
        assert_eq!(pairs("---\ndate: # later\n...\n"), [pair("date", "")]);
    }

    #[test]
    fn a_draft_is_told_from_what_is_in_force() {
        let is_draft = |text: &str| read(text).0.iter().any(Field::says_draft);
        for line in [
            "status: draft",
            "Status: \"Draft\" # for now",
            "status: [draft]",
            "status: draft-2",
            "status: Draft for comment",
            "status: WIP",
            "state: work in progress",
            "draft: true",
            "draft: yes",
            "published: false",
            "status: to be written",
        ] {
            assert!(is_draft(&format!("---\n{line}\n---\n")), "{line}");
        }
        assert!(is_draft("+++\ndraft = true\n+++\n"));
        for text in [
            "---\nmetadata:\n  status: draft\n---\n",
            "---\nparams:\n  owner: CTO\n  draft: true\n---\n",
            "---\ndocument: {status: draft, owner: CTO}\n---\n",
            "+++\ntitle = \"A\"\n[extra]\nstatus = \"draft\"\n+++\n",
        ] {
            assert!(is_draft(text), "{text}");
        }
        for text in [
            "---\nrelated:\n  status: draft\n---\n",
            "---\nmetadata:\n  status: approved\n  reviews:\n    status: draft\n---\n",
            "---\ndocument: {status: approved}\nlinks:\n  - status: draft\n---\n",
            "+++\n[extra]\nstatus = \"final\"\n[menu]\nstatus = \"draft\"\n+++\n",
        ] {
            assert!(!is_draft(text), "{text}");
        }
        for line in [
            "status: approved",
            "draft: false",
            "published: true",
            "title: Draft of the year",
            "status: accepted",
            "status:",
            "published: 2026-10-01",
        ] {
            assert!(!is_draft(&format!("---\n{line}\n---\n")), "{line}");
        }
    }

    #[test]
    fn the_head_of_other_formats_may_call_it_a_draft() {
        let found = |text: &str| head(text, 0).into_iter().map(|field| field.key).collect::<Vec<_>>();
        for text in [
            "= Intake\nAnn <ann@ledger.example>\n:toc:\n:status: draft\n\nText\n",
            ":status: Draft\n= Intake\n\nText\n",
            "======\nIntake\n======\n\n:Author: Ann\n:Status: Draft\n\nText\n",
        ] {
            assert_eq!(found(text).len(), 1, "{text}");
        }
        for text in [
            "= Intake\n:status: approved\n\nText\n",
            "= Intake\n\nText\n\n:status: draft\n",
            "Intake\n======\n\nText\n\n:Status: Draft\n",
            "",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_rule_or_an_unclosed_block_is_text() {
        assert_eq!(read("---\nreviewed: 2026-10-01\n"), (Vec::new(), 0));
        assert_eq!(read("Text\n---\ndate: 2026-10-01\n---\n"), (Vec::new(), 0));
        assert_eq!(read("\u{feff}Text"), (Vec::new(), 3));
    }

    #[test]
    fn the_text_begins_after_the_block() {
        let text = "\u{feff}---\ndate: 2026-10-01\n---\n# Ä\n";
        let (fields, from) = read(text);
        assert_eq!(text.get(from..).unwrap(), "# Ä\n");
        assert_eq!(text.get(fields[0].range.clone()).unwrap(), "date: 2026-10-01");
    }

    proptest! {
        #[test]
        fn fields_lie_before_the_text(text in "(\u{feff})?(---|\\+\\+\\+)?[\\-+ab:=#\\[\\]\"'é\r\n .0-9]{0,60}") {
            let (fields, from) = read(&text);
            for field in head(&text, from) {
                prop_assert!(text.get(field.range).is_some());
            }
            prop_assert!(text.is_char_boundary(from));
            for field in fields {
                prop_assert!(field.range.end <= from && text.get(field.range).is_some());
            }
        }
    }
}
