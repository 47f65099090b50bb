//! `cyclonedx`: CycloneDX 1.6 attestations (CDXA). Each code is a standard, each judged unit a requirement, each product a
//! target; what is met is a claim with its evidence, what is not is a counter-claim.
//!
//! Invariants: no conformance has a score; a unit stands in one map entry, as a claim just where it is met; the same report
//! gives the same bytes, so there is no serial number.

use std::io;

use serde_json::{Value, json};

use super::words::{because, judged_at, verdict};
use super::{ProductReport, Report, UnitReport};
use crate::finding::{Baseline, Finding};
use crate::limits::MESSAGE_CHARS;
use crate::model::outcome::{Assurance, OutcomeName};
use crate::model::policy::Policy;
use crate::text::one_line;

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut told = Told::default();
    for (number, product) in report.products.iter().enumerate() {
        told.product(report, product, number);
    }
    let (standing, why) = verdict(report);
    let affirmation = format!(
        "{standing} {why}; judged at {}. This is a record of what is attested and evidenced; it is no legal advice.",
        judged_at(report)
    );
    let document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": format!("{}T00:00:00Z", report.date),
            "tools": {"components": [{"type": "application", "name": "portcullis", "version": env!("CARGO_PKG_VERSION")}]},
        },
        "definitions": {"standards": standards(report)},
        "declarations": {
            "assessors": [{"bom-ref": "assessor", "thirdParty": false}],
            "attestations": told.attestations,
            "claims": told.claims,
            "evidence": told.evidence,
            "targets": {"components": told.targets},
            "affirmation": {"statement": affirmation},
        },
        "properties": properties(report),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn properties(report: &Report<'_>) -> Vec<Value> {
    let mut pairs = vec![("verdict", report.verdict.name().to_owned())];
    pairs.extend(report.commit.clone().map(|commit| ("commit", commit)));
    pairs.extend(report.base.clone().map(|base| ("base", base)));
    pairs.push(("dirty", report.dirty.to_string()));
    pairs.extend(report.errors.iter().map(|fault| ("fault", one_line(&fault.message, MESSAGE_CHARS))));
    pairs.into_iter().map(|(name, value)| json!({"name": format!("portcullis:{name}"), "value": value})).collect()
}

/// Every code that applies to some product, once.
fn standards(report: &Report<'_>) -> Vec<Value> {
    let mut known: Vec<&Policy> = Vec::new();
    for code in report.products.iter().flat_map(|product| &product.codes) {
        if !known.iter().any(|policy| policy.code == code.policy.code) {
            known.push(code.policy);
        }
    }
    let requirement = |unit: &crate::model::policy::Unit| {
        let own = unit.id.split_once('/').map_or(unit.id.as_str(), |(_, own)| own);
        json!({"bom-ref": unit.id, "identifier": own, "title": unit.title, "text": unit.summary})
    };
    known
        .into_iter()
        .map(|policy| {
            json!({
                "bom-ref": policy.code,
                "name": policy.title,
                "version": policy.edition,
                "owner": policy.publisher,
                "externalReferences": [{"type": "website", "url": policy.source}],
                "requirements": policy.units.iter().map(requirement).collect::<Vec<_>>(),
            })
        })
        .collect()
}

#[derive(Default)]
struct Told {
    attestations: Vec<Value>,
    claims: Vec<Value>,
    evidence: Vec<Value>,
    targets: Vec<Value>,
}

impl Told {
    fn product(&mut self, report: &Report<'_>, product: &ProductReport<'_>, number: usize) {
        let name = one_line(&product.name, MESSAGE_CHARS);
        let target = format!("product-{number}");
        self.targets.push(json!({"type": "application", "bom-ref": target, "name": name}));
        let counts = product.counts;
        let summary = format!(
            "{name}: {} verified, {} evidenced, {} asserted, {} waived, {} excluded; findings: {} errors, {} warnings, {} notes",
            counts.verified, counts.evidenced, counts.asserted, counts.waived, counts.excluded, counts.error, counts.warning, counts.note
        );
        let map: Vec<Value> = product.assessments.iter().map(|found| self.unit(report, product, found, &target)).collect();
        self.attestations.push(json!({"summary": summary, "assessor": "assessor", "map": map}));
    }

    /// The entry of a unit; its claim or counter-claim and its evidence are told on the way.
    fn unit(&mut self, report: &Report<'_>, product: &ProductReport<'_>, found: &UnitReport<'_>, target: &str) -> Value {
        let id = &found.unit.id;
        let reason = one_line(&found.reason, MESSAGE_CHARS);
        let rationale = because(found.outcome.name(), &reason);
        if found.outcome == OutcomeName::Excluded {
            return json!({"requirement": id, "conformance": {"rationale": rationale}});
        }
        let (claim, evidence) = (format!("{target}/claim/{id}"), format!("{target}/evidence/{id}"));
        let met = found.outcome == OutcomeName::Met;
        let backed = found.assurance.filter(|_| met).map_or(found.outcome.name(), Assurance::name);
        let place = report.sources.place(found.span);
        self.evidence.push(json!({
            "bom-ref": evidence,
            "propertyName": format!("portcullis:{backed}"),
            "description": format!("{reason} ({}:{})", place.file, place.line),
        }));
        let state = baseline(product, found).map(|state| format!(" ({})", state.name())).unwrap_or_default();
        let predicate = if met { found.unit.title.clone() } else { format!("It does not hold that: {}", found.unit.title) };
        let key = if met { "evidence" } else { "counterEvidence" };
        self.claims.push(json!({
            "bom-ref": claim,
            "target": target,
            "predicate": predicate,
            "reasoning": because(&format!("{backed}{state}"), &reason),
            key: [evidence],
        }));
        let key = if met { "claims" } else { "counterClaims" };
        json!({"requirement": id, key: [claim], "conformance": {"rationale": rationale}})
    }
}

/// What the findings on a unit are against the base: new if one of them is.
fn baseline(product: &ProductReport<'_>, found: &UnitReport<'_>) -> Option<Baseline> {
    let whole = |finding: &Finding| finding.id == found.provision.id && found.outcome == OutcomeName::Missing;
    let own = product.findings.iter().filter(|finding| finding.id == found.unit.id || whole(finding));
    own.filter_map(|finding| finding.baseline).max_by_key(|state| *state == Baseline::New)
}
