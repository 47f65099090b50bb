//! What speaks against one attested unit, each with its place and what to do: its status, what the probes found, its evidence, its review.

use std::collections::BTreeSet;

use super::{Demands, Reason, first_step, review_bound};
use crate::applicability::Decision;
use crate::evidence::{Context, GapKind, Verified};
use crate::limits;
use crate::model::attestation::{Attestation, Status, is_nobody, is_reason, says_nothing};
use crate::model::outcome::OutcomeName;
use crate::model::policy::Truth;
use crate::model::probe::probe;
use crate::probe::Sightings;
use crate::source::Span;

pub(super) fn reason(outcome: OutcomeName, at: Span, message: impl Into<String>, remedy: impl Into<String>) -> Reason {
    Reason {
        outcome,
        message: message.into(),
        remedy: remedy.into(),
        at,
        shown: None,
        also: Vec::new(),
        objections: Vec::new(),
        key: String::new(),
    }
}

/// Placeholders, and a status that says itself that there is a gap.
pub(super) fn say_status(reasons: &mut Vec<Reason>, decision: &Decision<'_>, attestation: &Attestation, named: Span) {
    let status = attestation.status.value;
    let placeholder = says_nothing(&attestation.statement.value);
    if placeholder && status == Status::Planned && is_nobody(&attestation.owner.value) {
        let message = "nothing is attested for it yet: it is planned, with no statement and nobody who answers for it";
        let remedy = format!(
            "say in `statement` what is done, name the `owner` and set `status`; `portcullis explain {}` says what is asked and what counts",
            decision.provision.id
        );
        reasons.push(reason(OutcomeName::Missing, attestation.status.span, message, remedy));
        return;
    }
    if placeholder && matches!(status, Status::Met | Status::Partial | Status::NotMet) {
        let message = "its statement only holds the place of one, so nothing is attested";
        reasons.push(reason(
            OutcomeName::Missing,
            attestation.statement.span,
            message,
            format!("say what is done. {}", first_step(decision.unit)),
        ));
    }
    if is_nobody(&attestation.owner.value) {
        let message = "its owner only holds the place of one, so nobody attests it";
        reasons.push(reason(OutcomeName::Missing, attestation.owner.span, message, "name the person, role or mailbox that answers for it"));
    }
    let own_word = match status {
        Status::NotMet => "it is attested as not met",
        Status::Partial => "it is attested as met in part",
        Status::Planned => "it is attested as planned",
        Status::Met | Status::NotApplicable => return,
    };
    let message = match placeholder {
        true => own_word.to_owned(),
        false => format!("{own_word}: {}", crate::text::one_line(&attestation.statement.value, 300)),
    };
    let mut gap = reason(OutcomeName::NotMet, attestation.status.span, message, first_step(decision.unit));
    gap.shown = Some(named);
    reasons.push(gap);
}

/// `not-applicable` needs a real reason that the facts do not contradict.
pub(super) fn say_exclusion(reasons: &mut Vec<Reason>, decision: &Decision<'_>, attestation: &Attestation, context: &Context<'_>) {
    if !is_reason(&attestation.statement.value) {
        let message = "it is attested as not applicable without a real reason";
        reasons.push(reason(
            OutcomeName::Unjustified,
            attestation.statement.span,
            message,
            "write in `statement` why it cannot apply to this product, or attest what is done",
        ));
        return;
    }
    let answer = |id: &str| context.product.product.traits.get(id).map(|answer| answer.value);
    let conditions = &decision.unit.conditions;
    if decision.policy.exclusion_needs_condition && conditions.is_empty() {
        let message = format!("{} is unconditional, so it cannot be attested as not applicable", decision.unit.id);
        let remedy = "attest met with evidence, or not-met or partial with the reason in `statement`";
        reasons.push(reason(OutcomeName::Unjustified, attestation.status.span, message, remedy));
    } else if !conditions.is_empty() && conditions.iter().all(|condition| condition.judge(answer) == Truth::True) {
        let words: Vec<String> = conditions.iter().map(|condition| condition.words()).collect();
        let message = format!("it is attested as not applicable, but the declared traits say that it applies ({})", words.join("; "));
        reasons.push(reason(
            OutcomeName::Unjustified,
            attestation.status.span,
            message,
            "correct the trait in the declaration, or attest what is done",
        ));
    }
}

/// What the probes found against what is attested as met; gives back the answers that the declaration has to them.
/// A file of which a cited piece tells its own gap needs no probe to tell it again.
pub(super) fn say_probes(
    reasons: &mut Vec<Reason>,
    decision: &Decision<'_>,
    attestation: &Attestation,
    backing: &[Verified],
    probes: &Sightings<'_>,
) -> Vec<String> {
    let mut answered = Vec::new();
    let gaps = backing.iter().filter_map(|verified| if let Verified::Gaps(gaps) = verified { Some(gaps) } else { None });
    let told: BTreeSet<_> = gaps.flatten().filter_map(|gap| gap.at).map(Span::source).collect();
    for entry in decision.unit.probes.iter().filter_map(|name| probe(name)) {
        let seen = probes.of(entry.name);
        let sightings: Vec<_> = seen.iter().filter(|sighting| !told.contains(&sighting.at.source())).collect();
        let Some((first, others)) = sightings.split_first() else { continue };
        let count = sightings.len();
        if let Some(answer) = probes.answer(entry.name) {
            let places = if count == 1 { "1 place".to_owned() } else { format!("{count} places") };
            answered.push(format!("the probe {} fired in {places} and is answered: {}", entry.name, crate::text::one_line(answer, 300)));
            continue;
        }
        let more = match others.len() {
            0 => String::new(),
            1 => "; and 1 more place".to_owned(),
            more => format!("; and {more} more places"),
        };
        let message = format!("it is attested as met, and the repository shows the opposite ({}): {}{more}", entry.name, first.message);
        let remedy = format!("{}; or attest what is true; a false alarm is answered with a reason under [product.probes]", entry.remedy);
        let mut gap = reason(OutcomeName::Contradicted, attestation.status.span, message, remedy);
        gap.shown = Some(first.at);
        gap.also = others.iter().take(limits::SIGHTINGS_SHOWN).map(|other| (other.at, other.message.clone())).collect();
        gap.objections = sightings.iter().map(|sighting| sighting.message.clone()).collect();
        gap.key = format!("probe\u{0}{}", entry.name);
        reasons.push(gap);
    }
    answered
}

pub(super) fn say_evidence(reasons: &mut Vec<Reason>, unit: &str, attestation: &Attestation, backing: &[Verified]) {
    for (piece, verified) in attestation.evidence.iter().zip(backing) {
        match verified {
            Verified::Proof(_) => {}
            Verified::Doubt(doubt) => {
                let mut gap = reason(OutcomeName::Doubtful, piece.span, doubt.message.clone(), doubt.remedy.clone());
                gap.key = piece.label();
                reasons.push(gap);
            }
            Verified::Gaps(gaps) => reasons.extend(gaps.iter().map(|gap| {
                let outcome = match gap.kind {
                    GapKind::Failed => OutcomeName::EvidenceFailed,
                    GapKind::Stale => OutcomeName::Stale,
                };
                let renew = if gap.fault == "pin" { format!(": portcullis attest --renew {unit}") } else { String::new() };
                let mut found = reason(outcome, gap.cited.unwrap_or(piece.span), gap.message.clone(), format!("{}{renew}", gap.remedy));
                found.shown = gap.at;
                found.key = format!("{}\u{0}{}", piece.label(), gap.fault);
                found
            })),
        }
    }
}

/// Kinds that an overlay requires and that nothing is cited of; a piece that is cited and does not hold tells that itself.
pub(super) fn say_required(reasons: &mut Vec<Reason>, decision: &Decision<'_>, attestation: &Attestation) {
    for kind in &decision.unit.requires {
        if attestation.evidence.iter().any(|piece| piece.kind.value == *kind) {
            continue;
        }
        let by = decision.unit.altered.iter().find(|one| one.key == "require" && one.now == kind.name).map(|one| &one.overlay);
        let by = by.or(decision.provision.origin.as_ref().map(|origin| &origin.overlay));
        let by = by.map_or(String::new(), |overlay| format!(", which the overlay {overlay} requires"));
        let message = format!("it cites no evidence of kind {}{by}", kind.name);
        let remedy = format!("cite a piece of that kind; `portcullis explain {}` says what is checked", kind.name);
        let mut gap = reason(OutcomeName::UnderAssured, attestation.status.span, message, remedy);
        gap.key = format!("require\u{0}{}", kind.name);
        reasons.push(gap);
    }
}

pub(super) fn say_review(reasons: &mut Vec<Reason>, decision: &Decision<'_>, attestation: &Attestation, demands: Demands) {
    let reviewed = &attestation.reviewed;
    let age = demands.today.days_since(reviewed.value);
    let bound = review_bound(decision, demands);
    let message = if age < 0 {
        format!("its review is dated {}, which is in the future", reviewed.value)
    } else if age > bound {
        format!("it was reviewed on {}, {age} days ago, where {bound} are allowed", reviewed.value)
    } else {
        return;
    };
    // A document that is dated by the review alone says the same again.
    reasons.retain(|other| other.outcome != OutcomeName::Stale || other.shown.is_some() || !other.key.ends_with("\u{0}old"));
    reasons.push(reason(
        OutcomeName::Stale,
        reviewed.span,
        message,
        "review the statement and its evidence again, then set `reviewed` to that day",
    ));
}
