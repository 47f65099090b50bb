//! Until when versions are supported, as files of their own say it: OpenEoX core 1.0, the lifecycle milestones of CycloneDX, and tables
//! in Markdown, CSV, TOML, YAML or JSON.

use std::ops::Range;

use jiff::civil::Date;

use super::markdown_table;
use super::moment;
use super::records::{self, column};
use super::tree::{self, BadDocument, Node, Syntax};
use crate::text::one_line;

/// What is said of one version, or of the product as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The version or versions, as written; none where the file is about the product as a whole.
    pub version: Option<String>,
    /// The last day of support.
    pub ends: Option<Date>,
    /// What stands where the date should, for messages.
    pub written: String,
    /// It is said not to be supported any more.
    pub over: bool,
    /// Its place.
    pub at: Range<usize>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The format's name.
    pub format: &'static str,
    /// The product that it names, where the format has a place for it.
    pub about: Option<(String, Range<usize>)>,
    /// In the file's order.
    pub lines: Vec<Line>,
}

const VERSION: &[&str] = &["version", "versions", "release", "releases", "release-line", "branch", "series"];
const ENDS: &[&str] = &[
    "end-of-support",
    "end-of-security-support",
    "security-support-ends",
    "security-support-until",
    "supported-until",
    "support-until",
    "support-ends",
    "support-end",
    "security-updates-until",
    "until",
    "end-of-life",
    "eol",
    "end-date",
    "ends",
];
const STATUS: &[&str] = &["supported", "status", "support"];

/// Reads a statement; a Markdown text where the name is that of no other format.
///
/// # Errors
/// What is not of its format, and what names no end of support.
pub fn read(file_name: &str, text: &str) -> Result<Statement, BadDocument> {
    if Syntax::of(file_name) == Some(Syntax::Json) {
        let root = tree::read(Syntax::Json, text)?;
        if root.get("end_of_security_support").is_some() || root.get("end_of_life").is_some() {
            return Ok(openeox(&root));
        }
        if root.word("bomFormat") == Some("CycloneDX") {
            return cyclonedx(&root);
        }
    }
    let (format, lines) = match records::read(file_name, text) {
        Some(read) => ("table", of_records(&read?)),
        None => ("Markdown", of_markdown(text)),
    };
    if lines.is_empty() {
        let message = "it names no end of support: a table needs a column for the version and one for the end of support";
        return Err(BadDocument::new(message, None));
    }
    Ok(Statement { format, about: None, lines })
}

fn line(version: Option<&str>, date: &str, status: &str, at: Range<usize>) -> Line {
    let over = matches!(
        status.trim().to_lowercase().as_str(),
        "no" | "unsupported" | "not supported" | "end of life" | "eol" | "ended" | "false" | ":x:" | "❌"
    );
    Line { version: version.map(|text| one_line(text, 60)), ends: moment::day(date), written: one_line(date, 40), over, at }
}

/// The end of security support is the end that the codes ask for; `tba` is no date.
fn openeox(root: &Node<'_>) -> Statement {
    let node = ["end_of_security_support", "end_of_life"].iter().find_map(|key| root.get(key)).unwrap_or(root);
    let only = line(None, node.text().unwrap_or_default(), "", node.range());
    Statement { format: "OpenEoX", about: None, lines: vec![only] }
}

fn cyclonedx(root: &Node<'_>) -> Result<Statement, BadDocument> {
    let own = root.at(&["metadata", "component"]);
    let properties = || own.at(&["properties"]).items().iter().chain(root.at(&["metadata", "properties"]).items());
    let milestone = |name: &str| properties().find(|property| property.word("name") == Some(name));
    let found = milestone("cdx:lifecycle:milestone:endOfSupport").or_else(|| milestone("cdx:lifecycle:milestone:endOfLife"));
    let Some(found) = found else {
        let message = "its main component has no property cdx:lifecycle:milestone:endOfSupport";
        return Err(BadDocument::new(message, Some(own.entries().first().map_or(root.range(), |first| first.key_range()))));
    };
    let only = line(own.word("version"), found.word("value").unwrap_or_default(), "", found.at(&["value"]).range());
    let about = own.word("name").map(|name| (name.to_owned(), own.at(&["name"]).range()));
    Ok(Statement { format: "CycloneDX", about, lines: vec![only] })
}

fn of_records(rows: &[records::Record]) -> Vec<Line> {
    let cell = |row: &records::Record, names: &[&str]| names.iter().find_map(|name| row.cell(name)).map(|cell| cell.text.clone());
    let is_one = |row: &&records::Record| cell(row, VERSION).is_some() && cell(row, ENDS).is_some();
    // A row that lacks the cell of a column that other rows have is a version without an end.
    let any = rows.iter().any(|row| is_one(&row));
    let named = rows.iter().filter(|row| any && cell(row, VERSION).is_some());
    named
        .map(|row| {
            let version = cell(row, VERSION).unwrap_or_default();
            line(Some(&version), &cell(row, ENDS).unwrap_or_default(), &cell(row, STATUS).unwrap_or_default(), row.at.clone())
        })
        .collect()
}

fn of_markdown(text: &str) -> Vec<Line> {
    let (tables, _) = markdown_table::read(text);
    let mut lines = Vec::new();
    for table in &tables {
        let head: Vec<String> = table.head.iter().map(|name| column(name)).collect();
        let find = |names: &[&str]| names.iter().find_map(|name| head.iter().position(|own| own == name));
        let (Some(version), Some(ends)) = (find(VERSION), find(ENDS)) else { continue };
        let status = find(STATUS).filter(|at| *at != ends);
        let cell = |row: &[String], at: usize| row.get(at).map(|text| text.trim().to_owned()).unwrap_or_default();
        for (row, at) in table.rows.iter().filter(|(row, _)| !cell(row, version).is_empty()) {
            let status = status.map(|at| cell(row, at)).unwrap_or_default();
            lines.push(line(Some(&cell(row, version)), &cell(row, ends), &status, at.clone()));
        }
    }
    lines
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn every_format_gives_the_end() {
        for (name, text, version) in [
            (
                "a.json",
                "{\"$schema\": \"x\", \"end_of_life\": \"2031-01-01T00:00:00Z\", \"end_of_security_support\": \"2029-12-31T00:00:00Z\", \"last_updated\": \"2026-10-01T00:00:00Z\"}",
                None,
            ),
            (
                "a.json",
                "{\"bomFormat\": \"CycloneDX\", \"metadata\": {\"component\": {\"name\": \"ledger\", \"version\": \"1.2.0\", \"properties\": [{\"name\": \"cdx:lifecycle:milestone:endOfSupport\", \"value\": \"2029-12-31\"}]}}}",
                Some("1.2.0"),
            ),
            ("a.md", "| Version | End of support |\n|---|---|\n| 1.x | 2029-12-31 |\n", Some("1.x")),
            ("a.csv", "version,supported until\n1.x,2029-12-31\n", Some("1.x")),
            ("a.toml", "[[release]]\nversion = \"1.x\"\neol = 2029-12-31\n", Some("1.x")),
        ] {
            let read = read(name, text).unwrap();
            assert_eq!(read.lines.len(), 1, "{text}");
            assert_eq!((read.lines[0].version.as_deref(), read.lines[0].ends), (version, Some(date(2029, 12, 31))), "{text}");
        }
    }

    #[test]
    fn what_names_no_end_is_refused() {
        for (name, text) in [
            ("a.md", "# Support\n\nUntil 2029.\n"),
            ("a.csv", "name,until\nx,2029-12-31\n"),
            ("a.json", "{\"bomFormat\": \"CycloneDX\"}"),
            ("a.json", "["),
        ] {
            assert!(read(name, text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_row_without_an_end_is_kept() {
        let read = read("a.md", "| Version | Until | Supported |\n|---|---|---|\n| 1.x | | yes |\n| 0.x | tba | no |\n").unwrap();
        assert_eq!(read.lines.iter().map(|line| (line.ends, line.over)).collect::<Vec<_>>(), [(None, false), (None, true)]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(version|until|\\||-|\n|2029-12-31|,|1){0,30}") {
            for name in ["a.md", "a.csv", "a.json", "a.toml"] {
                let _ = read(name, &text);
            }
        }
    }
}
