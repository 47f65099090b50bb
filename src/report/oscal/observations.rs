//! Observations: what was seen, and where.

use serde_json::{Value, json};

use super::moment;
use super::parts::{prop, prose, put, set};
use super::result::Told;
use crate::finding::{Baseline, Finding};
use crate::model::outcome::OutcomeName;
use crate::report::address;
use crate::source::Span;

/// What was seen, where, and how.
pub(super) struct Seen<'s> {
    pub(super) key: &'s str,
    pub(super) text: String,
    /// What to do, where something is wrong.
    pub(super) remedy: &'s str,
    pub(super) span: Option<Span>,
    pub(super) method: &'static str,
    pub(super) props: Vec<Value>,
}

impl Told<'_> {
    pub(super) fn of_finding(&mut self, finding: &Finding) -> String {
        let mut props = vec![prop("id", &finding.id), prop("level", finding.level.name()), prop("fingerprint", &finding.fingerprint)];
        props.extend(finding.baseline.map(|state| prop("baseline", Baseline::name(state))));
        let method = if finding.outcome == Some(OutcomeName::Contradicted) { "TEST" } else { "EXAMINE" };
        let (text, remedy) = (finding.message.clone(), finding.remedy.as_str());
        self.observe(Seen { key: &finding.fingerprint, text, remedy, span: Some(finding.span), method, props })
    }

    pub(super) fn observe(&mut self, seen: Seen<'_>) -> String {
        let uuid = self.uuid("observation", seen.key);
        let mut observation = json!({
            "uuid": uuid,
            "description": prose(&seen.text),
            "methods": [seen.method],
            "origins": [{"actors": [{"type": "tool", "actor-uuid": self.tool}]}],
            "collected": moment(self.report),
        });
        if !seen.remedy.trim().is_empty() {
            set(&mut observation, "remarks", &prose(&format!("To do: {}", seen.remedy)));
        }
        put(&mut observation, "props", seen.props);
        put(&mut observation, "relevant-evidence", seen.span.map(|span| self.place(span)).into_iter().collect());
        self.observations.push(observation);
        uuid
    }

    /// Where it stands; with an address unless it lies outside of the repository.
    fn place(&self, span: Span) -> Value {
        let place = self.report.sources.place(span);
        let mut evidence = json!({"description": prose(&format!("{}:{}", place.file, place.line))});
        if !place.outside && !place.file.is_empty() {
            let commit = self.report.commit.as_deref().filter(|_| !self.report.dirty);
            set(&mut evidence, "href", &address::line(self.report.origin.as_deref(), commit, &place));
        }
        evidence
    }
}
