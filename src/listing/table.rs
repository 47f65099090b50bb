//! Rows under headings, set for people, as CSV and as Markdown.

use std::fmt::Write as _;

use anstyle::{Reset, Style};

use crate::text::{one_line, wrap};

const BOLD: Style = Style::new().bold();
/// Longest cell, in characters; longer ones only come from a repository.
const CELL_CHARS: usize = 400;

/// A table. Every row has as many cells as there are columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(columns: &'static [&'static str]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row; cells too many are dropped, cells too few are empty.
    pub fn push(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut row: Vec<String> = cells.into_iter().take(self.columns.len()).map(|cell| one_line(&cell, CELL_CHARS)).collect();
        row.resize(self.columns.len(), String::new());
        self.rows.push(row);
    }

    /// For people: aligned columns, the last one wrapped.
    pub fn human(&self, width: usize) -> String {
        let wide = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
            cells.chain(self.columns.get(at).map(|name| name.chars().count())).max().unwrap_or(0)
        };
        let last = self.columns.len().saturating_sub(1);
        let widths: Vec<usize> = (0..last).map(wide).collect();
        let lead = |cells: &[&str]| -> String {
            cells
                .iter()
                .zip(&widths)
                .map(|(cell, wide)| format!("{cell}{}", " ".repeat(wide + 2 - cell.chars().count().min(*wide))))
                .collect()
        };
        let hang = " ".repeat(widths.iter().map(|wide| wide + 2).sum());
        let heads: Vec<String> = self.columns.iter().map(|name| name.to_uppercase()).collect();
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let mut out = format!("{BOLD}{}{}{Reset}\n", lead(&heads), heads.last().copied().unwrap_or_default());
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            out.push_str(&wrap(cells.last().copied().unwrap_or_default(), width, &lead(&cells), &hang));
        }
        out
    }

    /// RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe.
    pub fn csv(&self) -> String {
        let heads = self.columns.iter().map(|name| (*name).to_owned()).collect();
        let mut out = String::new();
        for row in std::iter::once(&heads).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|cell| csv_cell(cell)).collect();
            let _ = write!(out, "{}\r\n", cells.join(","));
        }
        out
    }

    /// A table as forges render it.
    pub fn markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut out = line(self.columns.iter().map(|name| (*name).to_owned()).collect());
        out.push_str(&line(self.columns.iter().map(|_| "---".to_owned()).collect()));
        for row in &self.rows {
            out.push_str(&line(row.iter().map(|cell| markdown_cell(cell)).collect()));
        }
        out
    }
}

fn csv_cell(cell: &str) -> String {
    let armed = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if armed { format!("'{cell}") } else { cell.to_owned() };
    if armed || cell.contains(['"', ',', '\n', '\r', ';']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

fn markdown_cell(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    for c in cell.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '~' | '@' | '#' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let mut table = Table::new(&["id", "title"]);
        rows.iter().for_each(|row| table.push(row.iter().map(|cell| (*cell).to_owned())));
        table
    }

    #[test]
    fn csv_quotes_and_disarms_formulas() {
        let set = table(&[&["=HYPERLINK(\"x\")", "a,b"], &["-1", "plain"], &["@x", "a\nb"]]).csv();
        assert_eq!(set, "id,title\r\n\"'=HYPERLINK(\"\"x\"\")\",\"a,b\"\r\n\"'-1\",plain\r\n\"'@x\",a b\r\n");
    }

    #[test]
    fn markdown_cells_cannot_end_their_cell_or_open_a_tag() {
        assert_eq!(table(&[&["a|b", "<img> [x](y)"]]).markdown(), "| id | title |\n| --- | --- |\n| a\\|b | &lt;img> \\[x\\](y) |\n");
    }

    #[test]
    fn the_last_column_wraps_under_itself() {
        assert_eq!(anstream::adapter::strip_str(&table(&[&["abc", "one two"]]).human(9)).to_string(), "ID   TITLE\nabc  one\n     two\n");
    }

    #[test]
    fn rows_always_have_every_cell() {
        assert_eq!(table(&[&["a"], &["a", "b", "c"]]).csv(), "id,title\r\na,\r\na,b\r\n");
    }
}
