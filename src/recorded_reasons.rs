//! EN 303 645 provision 5.0-1: a recommendation that is not followed needs a recorded reason. The reason stands in the
//! recommendation's own attestation, or in the waiver that accepts its gap.

use crate::assess::{Assessment, Outcome, Reason};
use crate::model::attestation::{Status, says_nothing};
use crate::model::outcome::OutcomeName;
use crate::model::policy::Strength;

/// Judges the provisions that ask for recorded reasons by what became of their code's recommendations.
pub fn judge(assessments: &mut [Assessment<'_, '_>], waived: impl Fn(&str) -> bool) {
    let unexplained: Vec<(String, String)> = assessments
        .iter()
        .filter(|found| found.decision.unit.strength == Strength::Should && !waived(&found.decision.unit.id))
        .filter(|found| matches!(found.outcome, Outcome::Gap(OutcomeName::Missing | OutcomeName::Unjustified)) || unexplained_status(found))
        .map(|found| (found.decision.policy.code.clone(), found.decision.unit.id.clone()))
        .collect();
    for found in assessments.iter_mut().filter(|found| found.decision.unit.recorded_reasons) {
        let code = &found.decision.policy.code;
        let open: Vec<&str> = unexplained.iter().filter(|(owner, _)| owner == code).map(|(_, unit)| unit.as_str()).collect();
        let Some(attestation) = found.attestation.filter(|_| !open.is_empty()) else { continue };
        let listed = open.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more = if open.len() > 5 { format!(" and {} more", open.len() - 5) } else { String::new() };
        let noun = if open.len() == 1 { "1 recommendation is".to_owned() } else { format!("{} recommendations are", open.len()) };
        let message = format!("{noun} neither followed nor explained: {listed}{more}");
        found.reasons.push(Reason {
            outcome: OutcomeName::NotMet,
            message,
            remedy: "attest each recommendation: met with evidence, or not-met with the reason in `statement`".into(),
            at: attestation.status.span,
            shown: None,
            also: Vec::new(),
            objections: Vec::new(),
            key: "recorded-reasons".into(),
        });
        found.reasons.sort_by_key(|reason| reason.outcome);
        if let Some(worst) = found.reasons.first() {
            found.outcome = Outcome::Gap(worst.outcome);
        }
    }
}

fn unexplained_status(found: &Assessment<'_, '_>) -> bool {
    found.attestation.is_some_and(|attestation| attestation.status.value != Status::Met && says_nothing(&attestation.statement.value))
}
