//! Freezes what was judged of a product into its part of the report.

use super::desk::Inputs;
use super::judge::Judged;
use crate::assess::{Assessment, Outcome};
use crate::finding;
use crate::model::declaration::ProductType;
use crate::model::outcome::{Level, OutcomeName};
use crate::report::{AttestationReport, CodeReport, Counts, PrincipleReport, ProductReport, UnitReport, WaiverReport};
use jiff::civil::Date;

impl<'a> Inputs<'_, 'a> {
    pub(super) fn product_report(&self, found: Judged<'_, 'a>) -> ProductReport<'a> {
        let Judged { desk, selected, assessments, mut findings } = found;
        let product = desk.product;
        let policies: Vec<_> = selected.iter().map(|code| code.policy).collect();
        findings.sort_by_cached_key(|finding| (finding::rank(&finding.id, &policies), finding.span, finding.message.clone()));
        finding::seal(&mut findings, &product.name.value);
        let gone = self.gone(product, &mut findings);
        let units: Vec<UnitReport<'a>> = assessments.iter().map(unit_report).collect();
        let principles = principles(&units);
        let counts = Counts::of(&units, &findings);
        let mut types: Vec<ProductType> = ProductType::ALL.iter().copied().filter(|kind| product.is(*kind)).collect();
        types.dedup();
        let mut roles: Vec<_> = product.roles.iter().map(|role| role.value).collect();
        roles.sort_unstable();
        roles.dedup();
        ProductReport {
            name: product.name.value.clone(),
            types,
            not: product.not.iter().map(|(kind, reason)| (*kind, reason.value.clone())).collect(),
            roles,
            codes: selected.into_iter().map(|code| CodeReport { policy: code.policy, reason: code.reason }).collect(),
            assessments: units,
            principles,
            findings,
            gone,
            counts,
            attestations: (desk.own.path.to_string(), desk.own.content.span),
            organisation_attestations: desk.organisation.as_ref().map(|book| (book.path.to_string(), book.content.span)),
            span: product.name.span,
        }
    }
}

fn unit_report<'a>(found: &Assessment<'a, '_>) -> UnitReport<'a> {
    let said = || found.reasons.iter().map(|reason| format!("{}: {}", reason.outcome, reason.message)).collect::<Vec<_>>().join("; ");
    let (waived_until, waived_outcome): (Option<Date>, Option<OutcomeName>) = match &found.outcome {
        Outcome::Waived { instead, until } => (Some(*until), Some(*instead)),
        _ => (None, None),
    };
    let reason = match &found.outcome {
        Outcome::Excluded { reason } => reason.clone(),
        Outcome::Unanswered { traits } => format!("it waits for the trait {}", traits.join(", ")),
        Outcome::Gap(_) => said(),
        Outcome::Waived { instead, until } => format!("{instead}, waived until {until}: {}", said()),
        Outcome::Met(_) if found.shown.is_empty() => "attested; nothing is cited".to_owned(),
        Outcome::Met(_) => found.shown.join("; "),
    };
    let level_of = |gap| if gap == OutcomeName::Contradicted { Level::Error } else { found.gap_level() };
    let level = match &found.outcome {
        Outcome::Gap(_) | Outcome::Unanswered { .. } => Some(level_of(found.outcome.name())),
        _ => None,
    };
    let waiver = found.waiver.zip(waived_outcome).map(|(waiver, instead)| WaiverReport {
        reason: waiver.reason.value.clone(),
        approved_by: waiver.approved_by.value.clone(),
        level: level_of(instead),
        span: waiver.units.iter().find(|covered| covered.unit == found.decision.unit.id).map_or(waiver.reason.span, |covered| covered.span),
    });
    UnitReport {
        unit: found.decision.unit,
        provision: found.decision.provision,
        outcome: found.outcome.name(),
        assurance: found.assurance,
        level,
        reason,
        waived_until,
        waived_outcome,
        waiver,
        attestation: found.attestation.map(|attestation| AttestationReport {
            status: attestation.status.value,
            statement: attestation.statement.value.clone(),
            owner: attestation.owner.value.clone(),
            reviewed: attestation.reviewed.value,
        }),
        cited: found.attestation.is_some_and(|attestation| attestation.cites_for(found.decision.unit)),
        objections: found.reasons.iter().flat_map(|reason| reason.objections.iter().cloned()).collect(),
        advisory: found.decision.advisory,
        span: found.attestation.map_or(found.decision.because, |attestation| attestation.status.span),
    }
}

/// The worst of each principle's claims in the order of judging; excluded only when all are.
fn principles(units: &[UnitReport<'_>]) -> Vec<PrincipleReport> {
    let mut out: Vec<PrincipleReport> = Vec::new();
    for found in units.iter().filter(|found| found.unit.id != found.provision.id) {
        let last = out.last_mut().filter(|last| last.provision == found.provision.id);
        match last {
            None => out.push(PrincipleReport { provision: found.provision.id.clone(), outcome: found.outcome }),
            Some(last) if last.outcome == OutcomeName::Excluded => last.outcome = found.outcome,
            Some(last) if found.outcome != OutcomeName::Excluded => last.outcome = last.outcome.min(found.outcome),
            Some(_) => {}
        }
    }
    out
}
