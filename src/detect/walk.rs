//! The tracked paths, walked once: which rows of the tables each fits, by its path alone.

use std::sync::OnceLock;

use super::direct;
use super::pattern::{Index, Patterns};
use super::table::{self, Ecosystem, Evidence, Signal};
use crate::formats::lockfile;
use crate::input::view::{Tracked, View};

/// What was found by path.
pub struct Walked<'v> {
    /// The paths that something could be in, in order.
    pub(super) fits: Vec<Fit<'v>>,
}

/// A tracked regular file that something could be in.
pub(super) struct Fit<'v> {
    pub(super) tracked: &'v Tracked,
    /// Its path in lower case.
    pub(super) lower: String,
    /// The signals whose pattern it fits.
    pub(super) signals: Vec<&'static Signal>,
    /// The evidence that it could be.
    pub(super) evidence: Vec<&'static Evidence>,
    /// Whose manifest it is.
    pub(super) ecosystem: Option<Ecosystem>,
    /// It may lock packages.
    pub(super) locks: bool,
}

/// What comes after the rows of both tables.
const MANIFEST: usize = 0;
const LOCKFILE: usize = 1;

/// The rows of signals, and the index of all tables.
struct Tables {
    signals: Vec<&'static Signal>,
    index: Option<Index>,
}

/// In the index the rows of evidence come after those of the signals, and what is known by name alone after them.
fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let signals: Vec<&'static Signal> = table::signals().collect();
        let mut patterns = Patterns::default();
        let of_signals = signals.iter().map(|row| row.paths);
        let others = [direct::MANIFESTS, lockfile::NAMES];
        for (at, paths) in of_signals.chain(table::EVIDENCE.iter().map(|row| row.paths)).chain(others).enumerate() {
            paths.iter().for_each(|pattern| patterns.add(pattern, at));
        }
        Tables { signals, index: patterns.index() }
    })
}

/// Walks the tracked paths of a repository.
pub fn walk<'v>(view: &'v View<'_>) -> Walked<'v> {
    let tables = tables();
    let (evidence_at, others_at) = (tables.signals.len(), tables.signals.len() + table::EVIDENCE.len());
    let (mut fits, mut lower) = (Vec::new(), String::new());
    for tracked in view.all_tracked().iter().filter(|tracked| tracked.regular) {
        let rows = tables.index.as_ref().map(|index| index.rows(tracked.path.as_str(), &mut lower)).unwrap_or_default();
        if rows.is_empty() {
            continue;
        }
        let is_other = |other: usize| rows.contains(&(others_at + other));
        let ecosystem = is_other(MANIFEST).then(|| direct::ecosystem(&lower)).flatten();
        let locks = is_other(LOCKFILE) && lockfile::NAMES.contains(&tracked.path.file_name());
        let signals = rows.iter().filter_map(|at| tables.signals.get(*at).copied()).collect();
        let of_evidence = rows.iter().filter_map(|at| at.checked_sub(evidence_at));
        let evidence = of_evidence.filter_map(|at| table::EVIDENCE.get(at)).collect();
        fits.push(Fit { tracked, lower: lower.clone(), signals, evidence, ecosystem, locks });
    }
    Walked { fits }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::pattern::fits_path;
    use super::*;

    #[test]
    fn the_index_finds_every_row_for_what_its_patterns_fit() {
        let tables = tables();
        let index = tables.index.as_ref().unwrap();
        let of_signals = tables.signals.iter().map(|row| row.paths);
        let mut lower = String::new();
        for (row, paths) in of_signals.chain(table::EVIDENCE.iter().map(|row| row.paths)).enumerate() {
            for pattern in paths {
                for filled in
                    [pattern.replace('*', "q"), format!("A/{}", pattern.replace('*', "")), format!("x/Y/{}", pattern.replace('*', "a.b"))]
                {
                    let fits = fits_path(&filled.to_ascii_lowercase(), &pattern.to_ascii_lowercase());
                    assert!(!fits || index.rows(&filled, &mut lower).contains(&row), "{filled} for {pattern}");
                }
            }
        }
    }
}
