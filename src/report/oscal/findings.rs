//! Findings: what is concluded on each judged unit and on the gate's own rules; a waived gap is a risk that was accepted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::observations::Seen;
use super::parts::{prop, prose, put, set, token};
use super::result::Told;
use crate::finding::{Finding, OWN};
use crate::limits::MESSAGE_CHARS;
use crate::model::outcome::{Assurance, Level, OutcomeName};
use crate::report::{ProductReport, UnitReport, WaiverReport};
use crate::text::one_line;

/// What is concluded on a control.
pub(super) struct Concluded<'s> {
    pub(super) id: &'s str,
    pub(super) title: &'s str,
    pub(super) about: &'s str,
    pub(super) text: String,
    /// `pass`, `fail` or `other`.
    pub(super) reason: &'static str,
    pub(super) props: Vec<Value>,
    pub(super) observations: Vec<String>,
    pub(super) risk: Option<String>,
}

impl Told<'_> {
    pub(super) fn unit(&mut self, product: &ProductReport<'_>, found: &UnitReport<'_>, seen: &BTreeMap<&str, String>) {
        let unit = found.unit;
        let whole = |finding: &Finding| finding.id == found.provision.id && found.outcome == OutcomeName::Missing;
        let spoken = product.findings.iter().filter(|finding| finding.id == unit.id || whole(finding));
        let mut observations: Vec<String> = spoken.filter_map(|finding| seen.get(finding.fingerprint.as_str())).cloned().collect();
        let assurance = found.assurance.filter(|_| found.outcome == OutcomeName::Met);
        if observations.is_empty() {
            let method = if assurance == Some(Assurance::Verified) { "TEST" } else { "EXAMINE" };
            let text = assurance.map_or(found.reason.clone(), |assurance| format!("{assurance}: {}", found.reason));
            let span = Some(found.span);
            observations.push(self.observe(Seen { key: &unit.id, text, remedy: "", span, method, props: Vec::new() }));
        }
        let risk = found.waiver.as_ref().map(|waiver| self.risk(found, waiver, &observations));
        let mut props = vec![prop("provision", &unit.id), prop("outcome", found.outcome.name())];
        props.extend(assurance.map(|assurance| prop("assurance", assurance.name())));
        props.extend(found.level.map(|level| prop("level", level.name())));
        props.extend(found.waived_outcome.map(|outcome| prop("waived-outcome", outcome.name())));
        props.push(prop("confidence", unit.confidence.name()));
        self.conclude(Concluded {
            id: &unit.id,
            title: &unit.title,
            about: &unit.summary,
            text: found.reason.clone(),
            reason: reason(found.waived_outcome.unwrap_or(found.outcome)),
            props,
            observations,
            risk,
        });
    }

    /// The gate's own findings. A note asks for nothing yet, so it is an observation alone.
    pub(super) fn own(&mut self, product: &ProductReport<'_>, seen: &BTreeMap<&str, String>) {
        let mut spoken = Vec::new();
        for (id, _, about) in OWN {
            let own = || product.findings.iter().filter(|finding| finding.id == *id && finding.level > Level::Note);
            let Some(level) = own().map(|finding| finding.level).max() else { continue };
            spoken.push(*id);
            let texts: Vec<&str> = own().map(|finding| finding.message.as_str()).collect();
            self.conclude(Concluded {
                id,
                title: id,
                about,
                text: texts.join("; "),
                reason: "fail",
                props: vec![prop("provision", id), prop("level", level.name())],
                observations: own().filter_map(|finding| seen.get(finding.fingerprint.as_str())).cloned().collect(),
                risk: None,
            });
        }
        if !spoken.is_empty() {
            self.select("The gate's own rules that are not kept. They are no requirements of a code.", &spoken);
        }
    }

    fn risk(&mut self, found: &UnitReport<'_>, waiver: &WaiverReport, observations: &[String]) -> String {
        let uuid = self.uuid("risk", &found.unit.id);
        let mut risk = json!({
            "uuid": uuid,
            "title": prose(&format!("Accepted gap: {}", found.unit.title)),
            "description": prose(&found.reason),
            "statement": prose(&format!("Why it is accepted: {}", waiver.reason)),
            "status": "deviation-approved",
            "related-observations": related(observations),
        });
        let approved = Some(one_line(&waiver.approved_by, MESSAGE_CHARS)).filter(|who| !who.is_empty());
        let mut props = vec![prop("provision", &found.unit.id), prop("level", waiver.level.name())];
        props.extend(approved.map(|who| prop("approved-by", &who)));
        put(&mut risk, "props", props);
        if let Some(until) = found.waived_until {
            set(&mut risk, "deadline", &format!("{until}T23:59:59Z"));
        }
        self.risks.push(risk);
        uuid
    }

    pub(super) fn conclude(&mut self, concluded: Concluded<'_>) {
        let state = if concluded.reason == "pass" { "satisfied" } else { "not-satisfied" };
        let mut finding = json!({
            "uuid": self.uuid("finding", concluded.id),
            "title": prose(concluded.title),
            "description": prose(&concluded.text),
            "target": {
                "type": "objective-id",
                "target-id": token(concluded.id),
                "description": prose(concluded.about),
                "status": {"state": state, "reason": concluded.reason},
            },
        });
        put(&mut finding, "props", concluded.props);
        put(&mut finding, "related-observations", related(&concluded.observations));
        put(&mut finding, "related-risks", concluded.risk.iter().map(|risk| json!({"risk-uuid": risk})).collect());
        self.findings.push(finding);
    }
}

/// Why an objective has its state, in OSCAL's three words. A waived gap stays what it would be without the waiver.
fn reason(outcome: OutcomeName) -> &'static str {
    match outcome {
        OutcomeName::Met => "pass",
        OutcomeName::Missing
        | OutcomeName::NotMet
        | OutcomeName::Unjustified
        | OutcomeName::Contradicted
        | OutcomeName::EvidenceFailed
        | OutcomeName::Stale
        | OutcomeName::UnderAssured => "fail",
        OutcomeName::Unanswered | OutcomeName::Doubtful | OutcomeName::Waived | OutcomeName::Excluded => "other",
    }
}

fn related(observations: &[String]) -> Vec<Value> {
    observations.iter().map(|uuid| json!({"observation-uuid": uuid})).collect()
}
