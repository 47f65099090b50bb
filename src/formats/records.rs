//! A table of rows with named columns: CSV (RFC 4180), or an array of tables in TOML, YAML or JSON.

use std::ops::Range;

use super::tree::{self, BadDocument, Node, Syntax, Value};
use crate::limits;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its cells in order.
    pub cells: Vec<Cell>,
    /// Byte range of the row.
    pub at: Range<usize>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The column's name, in lower case with `-` for blanks and `_`.
    pub column: String,
    /// What it holds, trimmed; a list's items joined by commas.
    pub text: String,
    /// Byte range of the cell; of the row in a CSV.
    pub at: Range<usize>,
}

impl Record {
    /// The cell of a column, if the row has it.
    pub fn cell(&self, column: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.column == column)
    }
}

/// A column's name as columns are compared: `Reviewed On`, `reviewed_on` and `reviewedOn` are the same.
pub fn column(name: &str) -> String {
    let mut parted = String::with_capacity(name.len());
    let mut small = false;
    for character in name.trim().trim_start_matches('\u{feff}').chars() {
        if small && character.is_uppercase() {
            parted.push('-');
        }
        small = character.is_lowercase();
        parted.push(if matches!(character, ' ' | '_') { '-' } else { character });
    }
    parted.to_lowercase()
}

/// Reads a table whose format the file's name tells; none where it tells no format that holds one.
pub fn read(file_name: &str, text: &str) -> Option<Result<Vec<Record>, BadDocument>> {
    if file_name.to_ascii_lowercase().ends_with(".csv") {
        return Some(csv(text));
    }
    let syntax = Syntax::of(file_name)?;
    Some(tree::read(syntax, text).and_then(|root| rows(&root)))
}

/// Counts the rows and cells of a table.
#[derive(Debug, Default)]
pub(super) struct Counted {
    rows: usize,
    cells: usize,
}

impl Counted {
    /// One more row.
    ///
    /// # Errors
    /// One past the bounds, with its place.
    pub(super) fn row(&mut self, cells: usize, at: &Range<usize>) -> Result<(), BadDocument> {
        (self.rows, self.cells) = (self.rows + 1, self.cells + cells);
        let (most, what) = match () {
            () if self.rows > limits::TABLE_ROWS => (limits::TABLE_ROWS, "rows"),
            () if self.cells > limits::TABLE_CELLS => (limits::TABLE_CELLS, "cells"),
            () => return Ok(()),
        };
        Err(BadDocument::new(format!("it has more than {most} {what}: cite a shorter table, of what is judged"), Some(at.clone())))
    }
}

fn csv(text: &str) -> Result<Vec<Record>, BadDocument> {
    let head = text.lines().next().unwrap_or_default();
    // What spreadsheets write where the comma stands in numbers.
    let apart = if head.contains(';') && !head.contains(',') { b';' } else { b',' };
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).delimiter(apart).trim(::csv::Trim::All).from_reader(text.as_bytes());
    let broken = |error: ::csv::Error| {
        let at = error.position().and_then(|place| usize::try_from(place.byte()).ok());
        BadDocument::new(format!("it is not valid CSV: {error}"), at.map(|at| at..at + 1))
    };
    let columns: Vec<String> = reader.headers().map_err(broken)?.iter().map(column).collect();
    let mut records = Vec::new();
    let mut counted = Counted::default();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let start = record.position().and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(0);
        let rest = text.get(start..).unwrap_or_default();
        let lead = rest.len() - rest.trim_start_matches(['\n', '\r']).len();
        let start = start + lead;
        let end = start + text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
        if record.len() != columns.len() {
            let message = format!("it is not valid CSV: a row has {} cells, where the head has {}", record.len(), columns.len());
            return Err(BadDocument::new(message, Some(start..end)));
        }
        counted.row(columns.len(), &(start..end))?;
        let cells = columns.iter().zip(record.iter());
        let cells = cells.map(|(column, text)| Cell { column: column.clone(), text: text.to_owned(), at: start..end }).collect();
        records.push(Record { cells, at: start..end });
    }
    // A spreadsheet writes the rows below the table too, as far as anything was ever formatted there.
    let said = records.iter().rposition(|record: &Record| record.cells.iter().any(|cell| !cell.text.is_empty()));
    records.truncate(said.map_or(0, |last| last + 1));
    Ok(records)
}

/// The rows of every list of tables at the top, or of the document where it is one.
fn rows(root: &Node<'_>) -> Result<Vec<Record>, BadDocument> {
    let lists = std::iter::once(root).chain(root.entries().iter().map(|entry| &entry.node));
    let tables: Vec<&Node<'_>> = lists.flat_map(Node::items).filter(|item| item.is_table()).collect();
    if tables.is_empty() && !root.is_list() && !root.is_table() {
        return Err(BadDocument::new("it holds no table", Some(root.range())));
    }
    let mut counted = Counted::default();
    for table in &tables {
        counted.row(table.entries().len(), &table.range())?;
    }
    Ok(tables.into_iter().map(record).collect())
}

fn record(table: &Node<'_>) -> Record {
    let cells = table.entries().iter().map(|entry| {
        let text = match &entry.node.value {
            Value::List(items) => items.iter().filter_map(Node::scalar).collect::<Vec<_>>().join(", "),
            _ => entry.node.scalar().map(|text| text.trim().to_owned()).unwrap_or_default(),
        };
        Cell { column: column(&entry.key), text, at: entry.node.range() }
    });
    Record { cells: cells.collect(), at: table.entries().first().map_or(table.range(), |first| first.key_range()) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_format_gives_the_same_rows() {
        for (name, text) in [
            ("a.csv", "System,Reviewed By\nforge,CTO\n\"build, farm\",CISO\n"),
            ("a.csv", "system;reviewedBy\nforge;CTO\nbuild, farm;CISO\n"),
            (
                "a.toml",
                "[[access]]\nsystem = \"forge\"\nreviewed_by = \"CTO\"\n[[access]]\nsystem = \"build, farm\"\nreviewed_by = \"CISO\"\n",
            ),
            ("a.yaml", "access:\n  - system: forge\n    reviewed by: CTO\n  - {system: 'build, farm', reviewed-by: CISO}\n"),
            (
                "a.json",
                "[{\"system\": \"forge\", \"reviewed-by\": \"CTO\"}, {\"system\": [\"build\", \"farm\"], \"reviewed-by\": \"CISO\"}]",
            ),
        ] {
            let rows = read(name, text).unwrap().unwrap();
            let found: Vec<_> = rows
                .iter()
                .map(|row| (row.cell("system").unwrap().text.as_str(), row.cell("reviewed-by").unwrap().text.as_str()))
                .collect();
            assert_eq!(found, [("forge", "CTO"), ("build, farm", "CISO")], "{name}");
            let at = rows[1].cell("reviewed-by").unwrap().at.clone();
            assert!(text.get(at).unwrap().contains("CISO"), "{name}");
        }
        assert!(read("a.md", "").is_none());
    }

    #[test]
    fn blank_rows_below_a_csv_table_are_none() {
        let count = |text: &str| read("a.csv", text).unwrap().unwrap().len();
        assert_eq!(count("a,b\n1,2\n,\n , \n"), 1);
        assert_eq!(count("a,b\n,\n"), 0);
        assert_eq!(count("a,b\n1,2\n,\n3,4\n"), 3);
    }

    #[test]
    fn a_row_of_another_length_is_told_with_its_place() {
        let text = "a,b\n1,2\n3\n";
        let bad = read("a.csv", text).unwrap().unwrap_err();
        assert_eq!(text.get(bad.at.unwrap()), Some("3"));
    }

    #[test]
    fn rows_and_cells_are_bounded_in_every_format() {
        let rows = |count: usize| format!("a\n{}", "x\n".repeat(count));
        assert_eq!(read("a.csv", &rows(limits::TABLE_ROWS)).unwrap().unwrap().len(), limits::TABLE_ROWS);
        let bad = read("a.csv", &rows(limits::TABLE_ROWS + 1)).unwrap().unwrap_err();
        assert!(bad.message.starts_with("it has more than 100000 rows"), "{}", bad.message);
        assert_eq!(bad.at, Some(2 + 2 * limits::TABLE_ROWS..3 + 2 * limits::TABLE_ROWS));
        let wide = format!("{}\n", ",".repeat(999)).repeat(1_002);
        assert!(read("a.csv", &wide).unwrap().unwrap_err().message.starts_with("it has more than 1000000 cells"));
        let json = format!("[{}{{}}]", "{},".repeat(limits::TABLE_ROWS));
        assert!(read("a.json", &json).unwrap().unwrap_err().message.contains("rows"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-z,\"\n\r; ]{0,80}") {
            if let Some(Ok(rows)) = read("a.csv", &text) {
                for row in rows {
                    prop_assert!(text.get(row.at).is_some());
                }
            }
        }
    }
}
