//! A table of a Markdown document while it is read: which of its rows say something.
//!
//! A head says what is to stand in the rows, and the first cell of a row what the others are about. A row whose other cells are
//! empty, or say that they are still to be written, is a form that was not filled in.

use std::ops::Range;

use super::draft::has_words;
use crate::model::attestation::is_unwritten;
use crate::text::is_unprintable;

/// A table while it is read.
#[derive(Debug, Default)]
pub(super) struct OpenTable {
    /// Whether each column has a heading, once the head was read.
    head: Option<Vec<bool>>,
    row: OpenRow,
}

#[derive(Debug, Default)]
struct OpenRow {
    /// What each cell shows.
    cells: Vec<String>,
    /// The runs of the first cell.
    label: Range<usize>,
}

impl OpenTable {
    pub(super) fn is_in_head(&self) -> bool {
        self.head.is_none()
    }

    pub(super) fn open_row(&mut self) {
        self.row = OpenRow::default();
    }

    /// A cell begins where there are `runs` runs.
    pub(super) fn open_cell(&mut self, runs: usize) {
        if self.row.cells.is_empty() {
            self.row.label = runs..runs;
        }
        self.row.cells.push(String::new());
    }

    /// The cell that is open shows this.
    pub(super) fn shows(&mut self, text: &str) {
        if let Some(cell) = self.row.cells.last_mut() {
            cell.push_str(text);
        }
    }

    pub(super) fn close_cell(&mut self, runs: usize) {
        if self.row.cells.len() == 1 {
            self.row.label.end = runs;
        }
    }

    pub(super) fn close_head(&mut self) {
        self.head = Some(self.row.cells.iter().map(|cell| has_words(cell)).collect());
    }

    /// The runs of the row that say nothing by themselves.
    pub(super) fn close_row(&mut self) -> Range<usize> {
        let others_headed = self.head.iter().flatten().skip(1).any(|headed| *headed);
        let filled = self.row.cells.iter().skip(1).any(|cell| is_filled(cell));
        if others_headed && !filled { self.row.label.clone() } else { 0..0 }
    }
}

/// Whether a cell holds more than dashes and the word that something will stand there. A mark such as a tick fills it.
pub(super) fn is_filled(cell: &str) -> bool {
    match has_words(cell) {
        true => !is_unwritten(cell, ""),
        false => cell.chars().any(|c| !c.is_whitespace() && !is_unprintable(c) && !"-\u{2013}\u{2014}\u{2212}?.\u{2026}_/|~*".contains(c)),
    }
}
