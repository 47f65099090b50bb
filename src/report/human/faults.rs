//! A run that could not assess: every fault of the inputs, each at its place.

use std::collections::BTreeSet;

use super::page::Page;
use super::snippet::{Diagnostic, Footer, Mark, draw};
use super::wording::{clean, count, list};
use crate::error::Fault;
use crate::model::outcome::Level;

/// Longest text of a fault, in characters.
const FAULT_CHARS: usize = 1_000;
/// Every fault, then how many there are and where.
pub(super) fn faults(page: &Page<'_>) -> String {
    let faults = &page.report.errors;
    let mut out = String::new();
    for fault in faults {
        out.push_str(&fault_block(page, fault));
    }
    let files: BTreeSet<String> =
        faults.iter().filter_map(|fault| Some(clean(&page.report.sources.place(fault.span?).file, 200))).collect();
    let files: Vec<String> = files.into_iter().collect();
    let place = if files.is_empty() { String::new() } else { format!(" in {}", list(&files)) };
    out.push_str(&page.red(&format!("could not assess: {}{place}", count(faults.len(), "fault"))));
    out.push('\n');
    out
}

fn fault_block(page: &Page<'_>, fault: &Fault) -> String {
    let marks = fault.span.map(|span| Mark { span, label: String::new() }).into_iter().collect();
    let footers = fault.help.as_ref().map(|help| Footer::Help(clean(help, FAULT_CHARS))).into_iter().collect();
    let message = clean(&fault.message, FAULT_CHARS);
    format!("{}\n\n", draw(page, Diagnostic { level: Level::Error, id: None, message: &message, marks, footers }))
}
