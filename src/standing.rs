//! How a unit stands, so that a change can be held against its base.

use std::collections::BTreeSet;

use crate::assess::{Assessment, Outcome};
use crate::model::kind::KindEntry;
use crate::model::outcome::{Assurance, OutcomeName};
use crate::model::policy::Unit;

/// See the module's documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What it ended as; under a waiver, what it would be without.
    pub outcome: OutcomeName,
    /// A waiver accepts its gap.
    pub waived: bool,
    /// How well it is backed, where it is met.
    pub assurance: Option<Assurance>,
    verified_by: Vec<&'static KindEntry>,
    evidenced_by: Vec<&'static KindEntry>,
    objections: BTreeSet<String>,
}

impl Standing {
    /// Of a unit that ended so; `instead` is what a waived one would be.
    pub fn new(unit: &Unit, outcome: OutcomeName, instead: Option<OutcomeName>, assurance: Option<Assurance>) -> Self {
        Self {
            outcome: instead.unwrap_or(outcome),
            waived: outcome == OutcomeName::Waived,
            assurance: assurance.filter(|_| outcome == OutcomeName::Met),
            verified_by: unit.verified_by.clone(),
            evidenced_by: unit.evidenced_by.clone(),
            objections: BTreeSet::new(),
        }
    }

    /// With what in the repository contradicts it, in words.
    pub fn contradicted_by(mut self, objections: impl IntoIterator<Item = String>) -> Self {
        self.objections.extend(objections);
        self
    }

    /// Of a judged unit.
    pub fn of(found: &Assessment<'_, '_>) -> Self {
        let instead = match &found.outcome {
            Outcome::Waived { instead, .. } => Some(*instead),
            _ => None,
        };
        Self::new(found.decision.unit, found.outcome.name(), instead, found.assurance)
            .contradicted_by(found.reasons.iter().flat_map(|reason| reason.objections.iter().cloned()))
    }

    /// What contradicts it now and did not before, where both are contradicted: that it is at all is a finding of its own.
    pub fn further_objections<'s>(&'s self, before: &Self) -> Vec<&'s str> {
        if [self.outcome, before.outcome] != [OutcomeName::Contradicted; 2] {
            return Vec::new();
        }
        self.objections.iter().filter(|one| !before.objections.contains(*one)).map(String::as_str).collect()
    }

    /// How much less it is backed with than it was: both assurances, where both are met and no kind counts for less by the policy itself.
    pub fn fallen_from(&self, before: &Self) -> Option<(Assurance, Assurance)> {
        let counts = |now: &[&'static KindEntry], was: &[&'static KindEntry]| was.iter().all(|kind| now.contains(kind));
        let same_bar = counts(&self.verified_by, &before.verified_by) && counts(&self.evidenced_by, &before.evidenced_by);
        before.assurance.zip(self.assurance).filter(|(was, now)| same_bar && now < was)
    }

    /// Whether what a waiver accepts is a worse gap than what stood there. What did not apply before did not get worse.
    pub fn is_waived_for_worse_than(&self, before: &Self) -> bool {
        self.waived && before.outcome != OutcomeName::Excluded && gravity(self.outcome) > gravity(before.outcome)
    }
}

/// How grave a gap is: a lack that is admitted weighs more than a review that is due, and what is shown to be untrue more than both.
fn gravity(outcome: OutcomeName) -> u8 {
    match outcome {
        OutcomeName::Met | OutcomeName::Excluded | OutcomeName::Waived => 0,
        OutcomeName::UnderAssured => 1,
        OutcomeName::Stale => 2,
        OutcomeName::Doubtful => 3,
        OutcomeName::Unanswered | OutcomeName::Missing | OutcomeName::NotMet => 4,
        OutcomeName::Unjustified => 5,
        OutcomeName::EvidenceFailed => 6,
        OutcomeName::Contradicted => 7,
    }
}
