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
    /// What the table's column for it names, where the table has one.
    pub of: Option<Named>,
    /// Its place.
    pub at: Range<usize>,
}

/// What a line is about, in a table of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// As written.
    pub name: String,
    /// The column is headed as one of products; otherwise of what may well be a part of one.
    pub is_product: bool,
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
/// Ends of security support come first: it is what the codes ask for, and a table may have both.
const ENDS: &[&str] = &[
    "end-of-security-support",
    "end-of-security-updates",
    "end-of-security-fixes",
    "security-support-ends",
    "security-support-until",
    "security-updates-until",
    "security-fixes-until",
    "end-of-support",
    "supported-until",
    "support-until",
    "support-ends",
    "support-end",
    "until",
    "end-of-life",
    "eol",
    "end-date",
    "ends",
];
const STATUS: &[&str] = &["supported", "status", "support"];
const PRODUCT: &[&str] = &["product", "products", "product-name"];
const PART: &[&str] = &["component", "components", "package", "packages"];

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
    Line { version: version.map(|text| one_line(text, 60)), ends: moment::day(date), written: one_line(date, 40), over, of: None, at }
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

/// The cells of a row by their columns' names, and its place.
type Row<'r> = (Vec<(&'r str, &'r str)>, Range<usize>);

fn of_records(records: &[records::Record]) -> Vec<Line> {
    let rows = records.iter().map(|record| {
        let cells = record.cells.iter().map(|cell| (cell.column.as_str(), cell.text.as_str()));
        (cells.collect(), record.at.clone())
    });
    of_rows(&rows.collect::<Vec<Row<'_>>>())
}

fn of_markdown(text: &str) -> Vec<Line> {
    let (tables, _) = markdown_table::read(text);
    let mut lines = Vec::new();
    for table in &tables {
        let head: Vec<String> = table.head.iter().map(|name| column(name)).collect();
        let rows = table.rows.iter().map(|(row, at)| {
            let cells = head.iter().map(String::as_str).zip(row.iter().map(|text| text.trim()));
            (cells.collect(), at.clone())
        });
        lines.extend(of_rows(&rows.collect::<Vec<Row<'_>>>()));
    }
    lines
}

/// The cell of the first of these columns that says something; empty where the row has such columns and none does.
fn cell<'r>((cells, _): &Row<'r>, names: &[&str]) -> Option<&'r str> {
    let found = || names.iter().filter_map(|name| cells.iter().find(|(column, _)| column == name)).map(|(_, text)| *text);
    found().find(|text| text.chars().any(char::is_alphanumeric)).or_else(|| found().next())
}

fn of_rows(rows: &[Row<'_>]) -> Vec<Line> {
    // A row that lacks the cell of a column that other rows have is a version without an end.
    if !rows.iter().any(|row| cell(row, VERSION).is_some() && cell(row, ENDS).is_some()) {
        return Vec::new();
    }
    let (mut lines, mut above) = (Vec::new(), None);
    for row in rows {
        // An empty cell stands for the one above it, as spreadsheets that join cells write it.
        above = of(row).or(above);
        let Some(version) = cell(row, VERSION).filter(|version| !version.is_empty()) else { continue };
        let said = line(Some(version), cell(row, ENDS).unwrap_or_default(), cell(row, STATUS).unwrap_or_default(), row.1.clone());
        lines.push(Line { of: above.clone(), ..said });
    }
    lines
}

fn of(row: &Row<'_>) -> Option<Named> {
    let named = |columns, is_product| {
        let name = cell(row, columns).filter(|name| !name.is_empty())?;
        Some(Named { name: one_line(name, 80), is_product })
    };
    named(PRODUCT, true).or_else(|| named(PART, false))
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

    #[test]
    fn the_end_of_security_support_counts_where_a_table_has_both() {
        for (head, ends) in [
            ("End of active support | End of security support", date(2027, 6, 30)),
            ("End of support | End of security support", date(2027, 6, 30)),
            ("End of security updates | End of life", date(2028, 12, 31)),
        ] {
            let text = format!("| Version | {head} |\n|---|---|---|\n| 1.x | 2028-12-31 | 2027-06-30 |\n");
            assert_eq!(read("a.md", &text).unwrap().lines[0].ends, Some(ends), "{head}");
        }
        let blank = "| Version | End of support | End of security support |\n|---|---|---|\n| 1.x | 2028-12-31 | - |\n";
        assert_eq!(read("a.md", blank).unwrap().lines[0].ends, Some(date(2028, 12, 31)));
    }

    #[test]
    fn a_row_is_about_what_its_column_names() {
        let text = "product,version,until\nledger,1.x,2029-12-31\n,2.x,2030-12-31\nbakery,1.x,2031-12-31\n";
        let lines = read("a.csv", text).unwrap().lines;
        assert_eq!(lines.iter().map(|line| line.of.as_ref().unwrap().name.as_str()).collect::<Vec<_>>(), ["ledger", "ledger", "bakery"]);
        let text = "| Component | Version | Until |\n|---|---|---|\n| Server | 1.x | 2029-12-31 |\n";
        assert_eq!(read("a.md", text).unwrap().lines[0].of, Some(Named { name: "Server".to_owned(), is_product: false }));
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
