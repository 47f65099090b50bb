//! One result: what was reviewed of a product, or that nothing could be assessed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::findings::Concluded;
use super::ids::Ids;
use super::moment;
use super::observations::Seen;
use super::parts::{controls, prop, prose, put, set};
use crate::error::Fault;
use crate::model::outcome::OutcomeName;
use crate::report::units::Units;
use crate::report::{CodeReport, ProductReport, Report, UnitReport};

/// The control of a run in which nothing could be assessed.
const COULD_NOT_ASSESS: &str = "portcullis/could-not-assess";
/// The control of a product to which no code applies.
const NOTHING_REVIEWED: &str = "portcullis/nothing-reviewed";

/// One result.
pub(super) struct Told<'r> {
    pub(super) report: &'r Report<'r>,
    pub(super) ids: &'r Ids,
    /// Tells its ids from those of the other results.
    pub(super) key: &'r str,
    /// The component that stands for the gate itself.
    pub(super) tool: String,
    pub(super) selections: Vec<Value>,
    pub(super) observations: Vec<Value>,
    pub(super) risks: Vec<Value>,
    pub(super) findings: Vec<Value>,
}

impl<'r> Told<'r> {
    pub(super) fn new(report: &'r Report<'r>, ids: &'r Ids, key: &'r str) -> Self {
        let tool = ids.uuid(&[key, "component", "tool"]);
        Self { report, ids, key, tool, selections: Vec::new(), observations: Vec::new(), risks: Vec::new(), findings: Vec::new() }
    }

    pub(super) fn uuid(&self, what: &str, name: &str) -> String {
        self.ids.uuid(&[self.key, what, name])
    }

    pub(super) fn product(mut self, product: &ProductReport<'_>) -> Value {
        let seen: BTreeMap<&str, String> =
            product.findings.iter().map(|finding| (finding.fingerprint.as_str(), self.of_finding(finding))).collect();
        let units = Units::new(product);
        for code in &product.codes {
            let units: Vec<&UnitReport<'_>> = units.of_code(&code.policy.code).collect();
            self.code(code, &units);
        }
        for found in product.assessments.iter().filter(|found| found.outcome != OutcomeName::Excluded) {
            self.unit(product, found, &seen);
        }
        self.own(product, &seen);
        if self.selections.is_empty() {
            self.select("No code applies.", &[NOTHING_REVIEWED]);
        }
        let counts = product.counts;
        let numbers = [
            ("verified", counts.verified),
            ("evidenced", counts.evidenced),
            ("asserted", counts.asserted),
            ("waived", counts.waived),
            ("excluded", counts.excluded),
            ("error", counts.error),
            ("warning", counts.warning),
            ("note", counts.note),
        ];
        let mut props: Vec<Value> = numbers.iter().map(|(name, number)| prop(name, &number.to_string())).collect();
        props.extend(product.types.iter().map(|kind| prop("type", kind.name())));
        props.extend(product.roles.iter().map(|role| prop("role", role.name())));
        let name = prose(&product.name);
        let component = json!({
            "uuid": self.uuid("component", "product"),
            "type": "software",
            "title": name,
            "description": "The product that is judged.",
            "status": {"state": "other", "remarks": "Not judged."},
        });
        let not: Vec<String> = product.not.iter().map(|(kind, reason)| format!("- not {kind}, as declared: {}", prose(reason))).collect();
        self.result(&name, "What is attested and evidenced for this product.", props, Some(component), &not.join("\n"))
    }

    /// A run in which nothing could be assessed. One conclusion that nothing is satisfied, so that nobody reads silence as a pass.
    pub(super) fn faults(mut self) -> Value {
        let all: &[Fault] = &self.report.errors;
        let faults = all.iter().enumerate().map(|(at, fault)| {
            let (text, remedy) = (fault.message.clone(), fault.help.as_deref().unwrap_or_default());
            self.observe(Seen { key: &format!("fault-{at}"), text, remedy, span: fault.span, method: "EXAMINE", props: Vec::new() })
        });
        let observations = faults.collect();
        self.select("Nothing could be assessed. This names no requirement of a code.", &[COULD_NOT_ASSESS]);
        let about = "The declaration and the attestations can be read and judged.";
        self.conclude(Concluded {
            id: COULD_NOT_ASSESS,
            title: "Nothing could be assessed",
            about,
            text: "could not assess: see the observations".to_owned(),
            reason: "other",
            props: Vec::new(),
            observations,
            risk: None,
        });
        self.result("Could not assess", "Nothing could be assessed.", Vec::new(), None, "")
    }

    fn result(self, title: &str, about: &str, props: Vec<Value>, component: Option<Value>, remarks: &str) -> Value {
        let mut local = json!({"assessment-assets": {
            "components": [{
                "uuid": self.tool,
                "type": "software",
                "title": "Portcullis",
                "description": "The gate that judged.",
                "props": [{"name": "version", "value": env!("CARGO_PKG_VERSION")}],
                "status": {"state": "operational"},
            }],
            "assessment-platforms": [{"uuid": self.uuid("platform", ""), "uses-components": [{"component-uuid": self.tool}]}],
        }});
        put(&mut local, "components", component.into_iter().collect());
        let mut result = json!({
            "uuid": self.uuid("result", ""),
            "title": title,
            "description": about,
            "start": moment(self.report),
            "end": moment(self.report),
            "local-definitions": local,
            "reviewed-controls": {"control-selections": self.selections},
        });
        put(&mut result, "props", props);
        put(&mut result, "observations", self.observations);
        put(&mut result, "risks", self.risks);
        put(&mut result, "findings", self.findings);
        set(&mut result, "remarks", remarks);
        result
    }

    pub(super) fn select(&mut self, about: &str, ids: &[&str]) {
        self.selections.push(json!({"description": about, "include-controls": controls(ids)}));
    }

    /// The units of a code that were judged. Where all are excluded, they are named and taken out again, since a selection may not be empty.
    fn code(&mut self, code: &CodeReport<'_>, units: &[&UnitReport<'_>]) {
        let policy = code.policy;
        let excluded: Vec<_> = units.iter().filter(|found| found.outcome == OutcomeName::Excluded).collect();
        let mut reviewed: Vec<&str> =
            units.iter().filter(|found| found.outcome != OutcomeName::Excluded).map(|found| found.unit.id.as_str()).collect();
        let mut selection = json!({
            "description": prose(&format!("{}, edition {}. It applies: {}", policy.title, policy.edition, code.reason)),
            "props": [prop("code", &policy.code), prop("edition", &policy.edition), prop("sha256", &policy.sha256)],
        });
        if reviewed.is_empty() {
            reviewed = excluded.iter().map(|found| found.unit.id.as_str()).collect();
            put(&mut selection, "exclude-controls", controls(&reviewed));
        }
        if reviewed.is_empty() {
            return;
        }
        put(&mut selection, "include-controls", controls(&reviewed));
        let reasons: Vec<String> =
            excluded.iter().map(|found| format!("- excluded: {}: {}", prose(&found.unit.id), prose(&found.reason))).collect();
        set(&mut selection, "remarks", &reasons.join("\n"));
        self.selections.push(selection);
    }
}
