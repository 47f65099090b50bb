//! `gitlab-codequality`: the report that GitLab shows on a merge request, on every tier (`artifacts:reports:codequality`).
//!
//! Invariants: a fingerprint stands once; every entry names a file and a line; what only the base has is left out, since
//! the host itself compares two reports. A run that could not assess is no empty report, which would say that all is well.

use std::io;

use serde_json::{Value, json};

use super::{ProductReport, Report};
use crate::error::Fault;
use crate::finding::{Finding, fingerprint};
use crate::limits::MESSAGE_CHARS;
use crate::model::outcome::Level;
use crate::source::Place;
use crate::text::one_line;

/// Longest remedy, in characters.
const REMEDY_CHARS: usize = 400;
/// Where a declaration is written.
const DECLARATION: &str = "portcullis.toml";

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let faults = report.errors.iter().enumerate().map(|(at, fault)| of_fault(report, at, fault));
    let found = report.products.iter().flat_map(|product| product.findings.iter().map(move |finding| of_finding(report, product, finding)));
    let entries: Vec<Value> = faults.chain(found).collect();
    serde_json::to_writer_pretty(&mut *out, &entries)?;
    out.write_all(b"\n")
}

fn of_finding(report: &Report<'_>, product: &ProductReport<'_>, finding: &Finding) -> Value {
    let severity = match finding.level {
        Level::Error => "critical",
        Level::Warning => "major",
        Level::Note => "info",
    };
    let of = if report.products.len() > 1 { format!("{}: ", one_line(&product.name, REMEDY_CHARS)) } else { String::new() };
    let text = format!("{of}{}: {}", finding.id, finding.message);
    let place = report.sources.place(finding.span);
    entry(&described(&text, &finding.remedy), &finding.id, &finding.fingerprint, severity, &place)
}

/// Two faults may have one message at one place, so they are numbered.
fn of_fault(report: &Report<'_>, at: usize, fault: &Fault) -> Value {
    let nowhere = Place { file: DECLARATION.to_owned(), outside: false, line: 1, column: 1, end_line: 1, end_column: 1 };
    let told = fault.span.map(|span| report.sources.place(span));
    let elsewhere = told.as_ref().filter(|place| place.outside).map_or(String::new(), |place| format!("{}:{}: ", place.file, place.line));
    let place = told.filter(|place| !place.outside).unwrap_or(nowhere);
    let text = described(&format!("could not assess: {elsewhere}{}", fault.message), fault.help.as_deref().unwrap_or_default());
    let key = fingerprint(&["fault", &at.to_string(), &fault.message]);
    entry(&text, "portcullis/could-not-assess", &key, "blocker", &place)
}

fn described(what: &str, remedy: &str) -> String {
    let remedy = one_line(remedy, REMEDY_CHARS);
    let remedy = if remedy.is_empty() { remedy } else { format!(" Remedy: {remedy}") };
    format!("{}{remedy}", one_line(what, MESSAGE_CHARS))
}

fn entry(description: &str, check: &str, fingerprint: &str, severity: &str, place: &Place) -> Value {
    json!({
        "description": description,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": place.file, "lines": {"begin": place.line, "end": place.end_line}},
    })
}
