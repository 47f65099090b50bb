//! Judges every unit: exactly one outcome each, in the order of [`OutcomeName`].
//!
//! Invariants: a unit that applies and is not attested is never met; a doubt never counts as a pass; one failing
//! citation is a gap whatever the other citations show; evidence is judged once per attestation and for what the unit
//! asks of it.

mod reasons;

use std::collections::BTreeMap;

use jiff::civil::Date;

use self::reasons::{reason, say_evidence, say_exclusion, say_probes, say_required, say_review, say_status};
use crate::applicability::{Applicability, Decision};
use crate::clock::Today;
use crate::evidence::{self, Asked, Context, Verified};
use crate::model::attestation::{Attestation, Attestations, Evidence, Status, Waiver};
use crate::model::outcome::{Assurance, Level, OutcomeName};
use crate::model::policy::Unit;
use crate::probe::Sightings;
use crate::source::Span;

/// Why a unit is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The outcome that it leads to.
    pub outcome: OutcomeName,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// Where the reader can act.
    pub at: Span,
    /// Where the fault shows, if that is elsewhere.
    pub shown: Option<Span>,
    /// Further places where it shows, each with what is there.
    pub also: Vec<(Span, String)>,
    /// All that a probe found, each in words; nothing of what is no contradiction.
    pub objections: Vec<String>,
    /// For the fingerprint: the evidence's kind and path and the fault's name, or nothing.
    pub key: String,
}

/// What a unit ended as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It does not apply.
    Excluded {
        /// Why.
        reason: String,
    },
    /// It may apply.
    Unanswered {
        /// The traits it waits for.
        traits: Vec<String>,
    },
    /// It is not met: the first reason's outcome.
    Gap(OutcomeName),
    /// There is a gap and it is accepted.
    Waived {
        /// The outcome it would have had.
        instead: OutcomeName,
        /// The last day.
        until: Date,
    },
    /// Everything holds.
    Met(Assurance),
}

impl Outcome {
    /// Its name.
    pub fn name(&self) -> OutcomeName {
        match self {
            Self::Excluded { .. } => OutcomeName::Excluded,
            Self::Unanswered { .. } => OutcomeName::Unanswered,
            Self::Gap(name) => *name,
            Self::Waived { .. } => OutcomeName::Waived,
            Self::Met(_) => OutcomeName::Met,
        }
    }
}

/// One judged unit.
#[derive(Debug, Clone)]
pub struct Assessment<'a, 's> {
    /// The unit and whether it applies.
    pub decision: Decision<'a>,
    /// What it ended as.
    pub outcome: Outcome,
    /// Every reason against it, worst first.
    pub reasons: Vec<Reason>,
    /// The attestation that speaks for it.
    pub attestation: Option<&'s Attestation>,
    /// The waiver that accepts its gap.
    pub waiver: Option<&'s Waiver>,
    /// How well it is backed, where it is attested as met.
    pub assurance: Option<Assurance>,
    /// What the evidence showed.
    pub shown: Vec<String>,
}

impl Assessment<'_, '_> {
    /// The level of a gap in this unit.
    pub fn gap_level(&self) -> Level {
        self.decision.gap_level()
    }
}

/// The gate's demands.
#[derive(Debug, Clone, Copy)]
pub struct Demands {
    /// The least assurance that counts as met.
    pub assurance: Assurance,
    /// Reviews older than this are stale.
    pub max_age_days: i32,
    /// The date of the check.
    pub today: Today,
}

/// What an attestation's evidence came to, piece by piece.
pub type Backing = Vec<Verified>;

/// Which attestation speaks for which unit: one that names the unit itself, else one that names its principle.
pub struct Speakers<'a> {
    by_unit: BTreeMap<(&'a str, bool), (usize, &'a Attestation, Span)>,
    /// Per attestation, by what was asked of its evidence.
    backing: Vec<BTreeMap<Asked, Backing>>,
}

impl<'a> Speakers<'a> {
    /// Indexes an attestations file.
    pub fn new(attestations: &'a Attestations) -> Self {
        let mut by_unit = BTreeMap::new();
        for (index, attestation) in attestations.attestations.iter().enumerate() {
            for covered in &attestation.units {
                by_unit.entry((covered.unit.as_str(), covered.specific)).or_insert((index, attestation, covered.span));
            }
        }
        Self { by_unit, backing: vec![BTreeMap::new(); attestations.attestations.len()] }
    }

    fn speaker(&self, unit: &str) -> Option<(usize, &'a Attestation, Span)> {
        self.by_unit.get(&(unit, true)).or_else(|| self.by_unit.get(&(unit, false))).copied()
    }

    fn backing(&mut self, index: usize, attestation: &Attestation, unit: &Unit, context: &Context<'_>) -> Backing {
        let asked = Asked::of(unit, &attestation.evidence);
        let judge = |piece| evidence::judge(piece, attestation.reviewed.value, &asked, context);
        let judged = || attestation.evidence.iter().map(judge).collect();
        match self.backing.get_mut(index) {
            Some(known) => known.entry(asked.clone()).or_insert_with(judged).clone(),
            None => judged(),
        }
    }

    /// What was judged: each attestation's evidence with its result, for each thing that was asked of it.
    pub fn judged(&self, attestations: &'a Attestations) -> Vec<(&'a Evidence, &Verified)> {
        let pairs = attestations.attestations.iter().zip(&self.backing);
        pairs.flat_map(|(attestation, backing)| backing.values().flat_map(|backing| attestation.evidence.iter().zip(backing))).collect()
    }
}

/// Judges every decision of one product.
pub fn assess<'a, 's>(
    decisions: Vec<Decision<'a>>,
    speakers: &mut [(bool, Speakers<'s>)],
    context: &Context<'_>,
    probes: &Sightings<'_>,
    demands: Demands,
) -> Vec<Assessment<'a, 's>> {
    decisions
        .into_iter()
        .map(|decision| {
            let organisation = decision.policy.applies_to.organisation;
            let found = speakers.iter_mut().rev().find(|(own, _)| organisation || !*own);
            match found {
                Some((_, speakers)) => judge_unit(decision, speakers, context, probes, demands),
                None => unattested(decision),
            }
        })
        .collect()
}

/// The remedy; where it may name kinds of evidence that cannot be judged yet, which ones can.
pub fn first_step(unit: &Unit) -> String {
    let (judged, later): (Vec<&str>, Vec<&str>) =
        unit.verified_by.iter().chain(&unit.evidenced_by).map(|kind| kind.name).partition(|kind| evidence::verifier(kind).is_some());
    let named = later.iter().any(|kind| unit.remedy.contains(kind));
    if !named || judged.is_empty() {
        return unit.remedy.clone();
    }
    let mut kinds = judged;
    kinds.sort_unstable();
    kinds.dedup();
    format!("{} Of the kinds that count for it this version judges: {}.", unit.remedy, kinds.join(", "))
}

fn unattested<'a, 's>(decision: Decision<'a>) -> Assessment<'a, 's> {
    let outcome = match &decision.applicability {
        Applicability::Excluded(reason) => Outcome::Excluded { reason: reason.clone() },
        Applicability::Waits(traits) => Outcome::Unanswered { traits: traits.clone() },
        Applicability::Applies => Outcome::Gap(OutcomeName::Missing),
    };
    let reasons = match outcome {
        Outcome::Gap(_) => vec![Reason {
            outcome: OutcomeName::Missing,
            message: format!("nothing is attested for it: {}", decision.unit.summary),
            remedy: first_step(decision.unit),
            at: decision.because,
            shown: None,
            also: Vec::new(),
            objections: Vec::new(),
            key: String::new(),
        }],
        _ => Vec::new(),
    };
    Assessment { decision, outcome, reasons, attestation: None, waiver: None, assurance: None, shown: Vec::new() }
}

fn judge_unit<'a, 's>(
    decision: Decision<'a>,
    speakers: &mut Speakers<'s>,
    context: &Context<'_>,
    probes: &Sightings<'_>,
    demands: Demands,
) -> Assessment<'a, 's> {
    let excluded = matches!(decision.applicability, Applicability::Excluded(_));
    let Some((index, attestation, named)) = speakers.speaker(&decision.unit.id).filter(|_| !excluded) else {
        return unattested(decision);
    };
    let backing = speakers.backing(index, attestation, decision.unit, context);
    let mut reasons = Vec::new();
    say_status(&mut reasons, &decision, attestation, named);
    if attestation.status.value == Status::NotApplicable {
        say_exclusion(&mut reasons, &decision, attestation, context);
    }
    let mut answered = Vec::new();
    if attestation.status.value == Status::Met {
        answered = say_probes(&mut reasons, &decision, attestation, &backing, probes);
    }
    say_evidence(&mut reasons, &decision.unit.id, attestation, &backing);
    if attestation.status.value == Status::Met {
        say_required(&mut reasons, &decision, attestation);
    }
    say_review(&mut reasons, &decision, attestation, demands);
    let backed = assurance_of(&decision, attestation, &backing);
    let judged = backing.iter().all(|verified| matches!(verified, Verified::Proof(_)));
    let asked = decision.unit.asks(demands.assurance);
    if attestation.status.value == Status::Met && judged && backed < asked {
        reasons.push(under_assured(&decision, attestation, &backing, backed, asked));
    }
    reasons.sort_by_key(|reason| reason.outcome);
    let outcome = match (reasons.first(), attestation.status.value) {
        (Some(worst), _) => Outcome::Gap(worst.outcome),
        (None, Status::NotApplicable) => {
            Outcome::Excluded { reason: format!("attested not-applicable: {}", crate::text::one_line(&attestation.statement.value, 300)) }
        }
        (None, _) => Outcome::Met(backed),
    };
    let shown = backing.iter().filter_map(|verified| match verified {
        Verified::Proof(proof) => Some(proof.says().to_owned()),
        _ => None,
    });
    let shown = shown.chain(answered).collect();
    let assurance = (attestation.status.value == Status::Met).then_some(backed);
    Assessment { decision, outcome, reasons, attestation: Some(attestation), waiver: None, assurance, shown }
}

/// The least of the gate's, the code's and the provision's bound on a review's age.
pub fn review_bound(decision: &Decision<'_>, demands: Demands) -> i32 {
    decision.unit.max_age_days.map_or(demands.max_age_days, |own| own.min(demands.max_age_days))
}

/// The best that any piece of evidence lifts the attestation to for this unit.
fn assurance_of(decision: &Decision<'_>, attestation: &Attestation, backing: &[Verified]) -> Assurance {
    if decision.unit.recorded_reasons {
        return Assurance::Evidenced;
    }
    let lifts = attestation.evidence.iter().zip(backing).filter_map(|(piece, verified)| {
        let Verified::Proof(proof) = verified else { return None };
        let kind = piece.kind.value;
        let verifies = decision.unit.verified_by.contains(&kind);
        let evidences = verifies || decision.unit.evidenced_by.contains(&kind);
        let cap = match (verifies, evidences) {
            (true, _) => Assurance::Verified,
            (_, true) => Assurance::Evidenced,
            _ => Assurance::Asserted,
        };
        Some(proof.assurance().min(cap))
    });
    lifts.max().unwrap_or(Assurance::Asserted)
}

fn under_assured(decision: &Decision<'_>, attestation: &Attestation, backing: &[Verified], got: Assurance, want: Assurance) -> Reason {
    let wanted = match want {
        Assurance::Verified => &decision.unit.verified_by,
        _ => &decision.unit.evidenced_by,
    };
    let kinds: Vec<&str> = wanted.iter().map(|kind| kind.name).filter(|kind| evidence::verifier(kind).is_some()).collect();
    let cited: Vec<&str> = attestation.evidence.iter().map(|piece| piece.kind.value.name).collect();
    let mut message = match (got, cited.is_empty()) {
        (Assurance::Asserted, true) => format!("it is asserted with no evidence, where {want} is asked for"),
        _ => format!("what it cites ({}) leaves it {got}, where {want} is asked for", cited.join(", ")),
    };
    // A piece of a kind that could lift it and does not says itself what it lacks.
    for (piece, verified) in attestation.evidence.iter().zip(backing) {
        match verified {
            Verified::Proof(proof) if proof.assurance() < want && wanted.contains(&piece.kind.value) => {
                message = format!("{message}; {}: {}", piece.kind.value.name, proof.says());
            }
            _ => {}
        }
    }
    let remedy = match kinds.is_empty() {
        true => format!(
            "no kind of evidence that this version judges can lift this provision to {want}: lower [gate] assurance or record a waiver"
        ),
        false if cited.is_empty() => format!("cite evidence of a kind that shows it: {}", kinds.join(", ")),
        false => format!(
            "cite evidence of a kind that shows it: {}; other kinds do not count as {want} for it, sound as they may be",
            kinds.join(", ")
        ),
    };
    reason(OutcomeName::UnderAssured, attestation.status.span, message, remedy)
}
