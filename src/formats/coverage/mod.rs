//! Reports of what the tests reached: LCOV tracefiles and Cobertura XML as one model.
//!
//! What counts is recounted from the lines themselves; a total that a report states is only held against that count. A line that stands
//! in several records is one line, and it was reached where any of them says so.

mod cobertura;
mod lcov;

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;

use super::fault::Fault;
use super::tree::BadDocument;
use super::xml;
use crate::text::one_line;

const MAKE: &str = "let the tool that measures write it anew";

/// How many of some things were reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// Those that were reached.
    pub covered: u64,
    /// All of them.
    pub found: u64,
}

impl Reach {
    fn add(&mut self, reached: bool) {
        self.found += 1;
        self.covered += u64::from(reached);
    }
}

/// What a report says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// `LCOV` or `Cobertura`.
    pub format: &'static str,
    /// Source files with at least one line.
    pub files: usize,
    /// Lines that can run.
    pub lines: Reach,
    /// Branches, where any were measured.
    pub branches: Reach,
    /// The UTC day on which it was made, where the format says so, and where that stands.
    pub made: Option<(Date, Range<usize>)>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// Reads a report, whose format its contents tell.
///
/// # Errors
/// What is neither format, and XML that is not well-formed.
pub fn read(text: &str) -> Result<Coverage, BadDocument> {
    let body = text.trim_start_matches('\u{feff}').trim_start();
    if body.starts_with('<') {
        return cobertura::read(&xml::read(text)?);
    }
    lcov::read(text)
}

/// The lines and branches of every source file, each once.
#[derive(Default)]
struct Seen<'t> {
    files: BTreeMap<&'t str, File<'t>>,
}

#[derive(Default)]
struct File<'t> {
    lines: BTreeMap<u64, bool>,
    branches: BTreeMap<(u64, &'t str), bool>,
}

impl<'t> Seen<'t> {
    fn file(&mut self, name: &'t str) -> &mut File<'t> {
        self.files.entry(name).or_default()
    }

    fn report(&self, format: &'static str, faults: Vec<Fault>) -> Coverage {
        let (mut lines, mut branches) = (Reach::default(), Reach::default());
        for file in self.files.values() {
            file.lines.values().for_each(|hit| lines.add(*hit));
            file.branches.values().for_each(|hit| branches.add(*hit));
        }
        let files = self.files.values().filter(|file| !file.lines.is_empty()).count();
        Coverage { format, files, lines, branches, made: None, faults }
    }
}

impl<'t> File<'t> {
    fn line(&mut self, number: u64, hit: bool) {
        *self.lines.entry(number).or_default() |= hit;
    }

    /// What one section of a report says, each line and branch once and in order.
    fn add(&mut self, lines: Vec<(u64, bool)>, branches: Vec<((u64, &'t str), bool)>) {
        if self.lines.is_empty() {
            self.lines = lines.into_iter().collect();
        } else {
            lines.into_iter().for_each(|(line, hit)| self.line(line, hit));
        }
        branches.into_iter().for_each(|((line, name), hit)| self.branch(line, name, hit));
    }

    fn branch(&mut self, line: u64, name: &'t str, hit: bool) {
        *self.branches.entry((line, name)).or_default() |= hit;
    }
}

/// The fault of a total that the lines do not bear out.
fn disagrees(at: Range<usize>, stated: &str, counted: Reach) -> Fault {
    let message = format!("states {}, and its lines come to {} of {}", one_line(stated, 80), counted.covered, counted.found);
    Fault::new("totals", at, message, "commit the report as the tool wrote it")
}

#[cfg(test)]
mod tests;
