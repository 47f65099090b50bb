//! What became of the units of one code: counts in words, never a score.

use super::ProductReport;
use super::units::noun;
use super::words::list;
use crate::model::outcome::{Assurance, OutcomeName};
use crate::model::policy::Policy;

/// The columns of a table of tallies.
pub(in crate::report) const COLUMNS: [&str; 7] = ["units", "verified", "evidenced", "asserted", "waived", "excluded", "not met"];

/// The units of one code, counted.
pub(in crate::report) struct Tally {
    /// In the order of [`COLUMNS`].
    pub(in crate::report) cells: [usize; 7],
    /// The outcomes that are not met, in the order of judging.
    pub(in crate::report) open: Vec<(OutcomeName, usize)>,
}

impl Tally {
    /// Counts one code of a product.
    pub(in crate::report) fn of(product: &ProductReport<'_>, policy: &Policy) -> Self {
        let met = |wanted| met(product, policy, Some(wanted));
        let ended = |outcome| of_code(product, policy).filter(|(found, _)| *found == outcome).count();
        let open: Vec<(OutcomeName, usize)> = OutcomeName::ALL
            .iter()
            .filter(|name| is_gap(**name))
            .map(|name| (*name, ended(*name)))
            .filter(|(_, number)| *number > 0)
            .collect();
        let cells = [
            of_code(product, policy).count(),
            met(Assurance::Verified),
            met(Assurance::Evidenced),
            met(Assurance::Asserted),
            ended(OutcomeName::Waived),
            ended(OutcomeName::Excluded),
            open.iter().map(|(_, number)| number).sum(),
        ];
        Self { cells, open }
    }

    /// `3 missing, 1 stale`; empty where nothing is open.
    pub(in crate::report) fn open_words(&self) -> String {
        self.open.iter().map(|(name, number)| format!("{number} {name}")).collect::<Vec<_>>().join(", ")
    }
}

fn of_code(product: &ProductReport<'_>, policy: &Policy) -> impl Iterator<Item = (OutcomeName, Option<Assurance>)> {
    let own = product.assessments.iter().filter(|found| found.unit.id.split_once('/').is_some_and(|(code, _)| code == policy.code));
    own.map(|found| (found.outcome, found.assurance))
}

fn met(product: &ProductReport<'_>, policy: &Policy, wanted: Option<Assurance>) -> usize {
    of_code(product, policy)
        .filter(|(outcome, assurance)| *outcome == OutcomeName::Met && wanted.is_none_or(|wanted| *assurance == Some(wanted)))
        .count()
}

/// Whether an outcome counts as not met.
pub(in crate::report) fn is_gap(name: OutcomeName) -> bool {
    !matches!(name, OutcomeName::Excluded | OutcomeName::Waived | OutcomeName::Met)
}

/// Which of the units that are met rest on what.
pub(in crate::report) fn on_whose_word(product: &ProductReport<'_>, policy: &Policy) -> String {
    let provable = policy.units.iter().filter(|unit| !unit.verified_by.is_empty()).count();
    let noun = format!("{}s", noun(policy));
    let met = |wanted: Option<Assurance>| met(product, policy, wanted);
    if of_code(product, policy).all(|(outcome, _)| outcome == OutcomeName::Excluded) {
        return format!("none of its {noun} applies, by what the declaration says");
    }
    let most = match provable {
        0 => format!("none of its {} {noun} can be proved from a repository", policy.units.len()),
        _ => format!("at most {provable} of its {} {noun} can be proved from a repository", policy.units.len()),
    };
    let (all, proved) = (met(None), met(Some(Assurance::Verified)));
    let word = all - proved;
    let rests = match (all, word) {
        (0, _) => "nothing is met here yet".to_owned(),
        (1, 0) => "the one that is met does not rest on people's word".to_owned(),
        (_, 0) => format!("none of the {all} that are met rests on people's word"),
        _ => {
            let parts = [(Assurance::Evidenced, "whose cited evidence stands"), (Assurance::Asserted, "that are asserted only")];
            let parts: Vec<String> = parts
                .iter()
                .map(|(level, what)| (met(Some(*level)), what))
                .filter(|(n, _)| *n > 0)
                .map(|(n, what)| format!("{n} {what}"))
                .collect();
            let rest = if word == 1 { "rests" } else { "rest" };
            format!("here {word} of the {all} that are met {rest} on people's word: {}", list(&parts))
        }
    };
    format!("{most}; {rests}")
}
