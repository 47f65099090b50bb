//! `json`, version 1: the contract for other programs. Keys are always present, null where there is nothing.

use std::io;

use serde_json::{Value, json};

use super::{ProductReport, Report};
use crate::error::Fault;
use crate::finding::{Baseline, Finding};
use crate::model::outcome::{Assurance, Level, OutcomeName};
use crate::model::overlay::Overlay;
use crate::source::{SourceMap, Span};
use crate::text::{one_line, visible};

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(report))?;
    out.write_all(b"\n")
}

/// The report as a value.
pub fn document(report: &Report<'_>) -> Value {
    json!({
        "version": 1,
        "verdict": report.verdict.name(),
        "exit-code": report.verdict.exit_code(),
        "tool": {"name": "portcullis", "version": env!("CARGO_PKG_VERSION")},
        "commit": report.commit,
        "dirty": report.dirty,
        "date": report.date.to_string(),
        "overlays": report.overlays.iter().map(|overlay| self::overlay(overlay)).collect::<Vec<_>>(),
        "errors": report.errors.iter().map(|fault| error(fault, report.sources)).collect::<Vec<_>>(),
        "products": report.products.iter().map(|product| self::product(product, report.sources)).collect::<Vec<_>>(),
    })
}

/// An overlay in force.
pub(super) fn overlay(overlay: &Overlay) -> Value {
    json!({
        "name": overlay.name,
        "title": visible(&overlay.title),
        "path": visible(&overlay.path),
        "outside": overlay.outside,
        "sha256": overlay.sha256,
    })
}

fn error(fault: &Fault, sources: &SourceMap) -> Value {
    let place = fault.span.map(|span| sources.place(span));
    let message = match &fault.help {
        Some(help) => format!("{}: {help}", fault.message),
        None => fault.message.clone(),
    };
    json!({
        "message": visible(&message),
        "file": place.as_ref().map(|place| place.file.clone()),
        "line": place.as_ref().map(|place| place.line),
        "column": place.as_ref().map(|place| place.column),
    })
}

fn product(product: &ProductReport<'_>, sources: &SourceMap) -> Value {
    let counts = product.counts;
    let codes = product.codes.iter().map(|code| {
        json!({"code": code.policy.code, "edition": code.policy.edition, "sha256": code.policy.sha256, "units": code.policy.units.len()})
    });
    let assessments = product.assessments.iter().map(|found| {
        json!({
            "provision": found.unit.id,
            "outcome": found.outcome.name(),
            "assurance": found.assurance.filter(|_| found.outcome == OutcomeName::Met).map(Assurance::name),
            "level": found.level.map(Level::name),
            "reason": one_line(&found.reason, crate::limits::MESSAGE_CHARS),
            "confidence": found.unit.confidence.name(),
            "waived-until": found.waived_until.map(|date| date.to_string()),
            "waived-outcome": found.waived_outcome.map(OutcomeName::name),
            "attestation": found.attestation.as_ref().map(|said| json!({
                "status": said.status.name(),
                "statement": visible(&said.statement),
                "owner": visible(&said.owner),
                "reviewed": said.reviewed.to_string(),
            })),
        })
    });
    let principles = product.principles.iter().map(|one| json!({"provision": one.provision, "outcome": one.outcome.name()}));
    json!({
        "name": visible(&product.name),
        "types": product.types.iter().map(|kind| kind.name()).collect::<Vec<_>>(),
        "not": product.not.iter().map(|(kind, reason)| json!({"type": kind.name(), "reason": visible(reason)})).collect::<Vec<_>>(),
        "codes": codes.collect::<Vec<_>>(),
        "assessments": assessments.collect::<Vec<_>>(),
        "principles": principles.collect::<Vec<_>>(),
        "findings": product.findings.iter().chain(&product.gone).map(|finding| self::finding(finding, sources)).collect::<Vec<_>>(),
        "counts": {
            "verified": counts.verified,
            "evidenced": counts.evidenced,
            "asserted": counts.asserted,
            "error": counts.error,
            "warning": counts.warning,
            "note": counts.note,
            "waived": counts.waived,
            "excluded": counts.excluded,
        },
    })
}

fn finding(finding: &Finding, sources: &SourceMap) -> Value {
    let related = finding.related.iter().map(|related| located(&related.message, related.span, sources));
    let mut value = located(&finding.message, finding.span, sources);
    if let Value::Object(fields) = &mut value {
        fields.insert("id".into(), json!(finding.id));
        fields.insert("outcome".into(), json!(finding.outcome.map(OutcomeName::name)));
        fields.insert("level".into(), json!(finding.level.name()));
        fields.insert("remedy".into(), json!(finding.remedy));
        fields.insert("fingerprint".into(), json!(finding.fingerprint));
        fields.insert("baseline".into(), json!(finding.baseline.map(Baseline::name)));
        fields.insert("related".into(), related.collect());
    }
    value
}

fn located(message: &str, span: Span, sources: &SourceMap) -> Value {
    let place = sources.place(span);
    json!({
        "message": message,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end-line": place.end_line,
        "end-column": place.end_column,
    })
}
