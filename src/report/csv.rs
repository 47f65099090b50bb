//! `csv`: a row per judged unit, for a spreadsheet (RFC 4180).
//!
//! Invariants: every row has every column; no cell begins with a character that a spreadsheet takes for a formula. A run
//! that could not assess has a row per fault, with the outcome `could-not-assess`, and no unit.

use std::io;

use ::csv::{QuoteStyle, Terminator, WriterBuilder};

use super::{ProductReport, Report, UnitReport};
use crate::finding::{Baseline, Finding};
use crate::limits::MESSAGE_CHARS;
use crate::model::outcome::{Assurance, Level, OutcomeName};
use crate::text::one_line;

/// Every column.
pub const COLUMNS: [&str; 25] = [
    "product",
    "code",
    "edition",
    "provision",
    "title",
    "strength",
    "outcome",
    "assurance",
    "level",
    "reason",
    "remedy",
    "confidence",
    "baseline",
    "waived-until",
    "waived-outcome",
    "waiver-reason",
    "waiver-approved-by",
    "file",
    "line",
    "commit",
    "date",
    "status",
    "statement",
    "owner",
    "reviewed",
];

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut table = WriterBuilder::new().quote_style(QuoteStyle::Always).terminator(Terminator::CRLF).from_writer(out);
    table.write_record(COLUMNS)?;
    for fault in &report.errors {
        let place = fault.span.map(|span| report.sources.place(span));
        let text = |text: &str| one_line(text, MESSAGE_CHARS);
        let cells = [
            ("outcome", report.verdict.name().to_owned()),
            ("reason", text(&fault.message)),
            ("remedy", text(fault.help.as_deref().unwrap_or_default())),
            ("file", place.as_ref().map(|place| place.file.clone()).unwrap_or_default()),
            ("line", place.as_ref().map(|place| place.line.to_string()).unwrap_or_default()),
        ];
        table.write_record(record(report, &cells))?;
    }
    for product in &report.products {
        for found in &product.assessments {
            table.write_record(record(report, &of_unit(report, product, found)))?;
        }
    }
    table.flush()
}

/// The cells by name, and what every row says.
fn record(report: &Report<'_>, cells: &[(&str, String)]) -> Vec<String> {
    let common = [("commit", report.commit.clone().unwrap_or_default()), ("date", report.date.to_string())];
    let cell = |name: &str| cells.iter().chain(&common).find(|(own, _)| *own == name).map(|(_, text)| inert(text));
    COLUMNS.iter().map(|name| cell(name).unwrap_or_default()).collect()
}

fn of_unit(report: &Report<'_>, product: &ProductReport<'_>, found: &UnitReport<'_>) -> Vec<(&'static str, String)> {
    let (unit, place) = (found.unit, report.sources.place(found.span));
    let code = unit.id.split_once('/').map_or("", |(code, _)| code);
    let edition = product.codes.iter().find(|own| own.policy.code == code).map(|own| own.policy.edition.clone());
    let text = |text: &str| one_line(text, MESSAGE_CHARS);
    let assurance = found.assurance.filter(|_| found.outcome == OutcomeName::Met);
    let spoken = spoken_of(product, found);
    let baseline = spoken.iter().filter_map(|finding| finding.baseline).max_by_key(|state| *state == Baseline::New);
    let said = found.attestation.as_ref();
    vec![
        ("product", text(&product.name)),
        ("code", code.to_owned()),
        ("edition", edition.unwrap_or_default()),
        ("provision", unit.id.clone()),
        ("title", unit.title.clone()),
        ("strength", unit.strength.name().to_owned()),
        ("outcome", found.outcome.name().to_owned()),
        ("assurance", assurance.map(Assurance::name).unwrap_or_default().to_owned()),
        ("level", found.level.map(Level::name).unwrap_or_default().to_owned()),
        ("reason", text(&found.reason)),
        ("remedy", spoken.first().map(|finding| text(&finding.remedy)).unwrap_or_default()),
        ("confidence", unit.confidence.name().to_owned()),
        ("baseline", baseline.map(Baseline::name).unwrap_or_default().to_owned()),
        ("waived-until", found.waived_until.map(|date| date.to_string()).unwrap_or_default()),
        ("waived-outcome", found.waived_outcome.map(OutcomeName::name).unwrap_or_default().to_owned()),
        ("waiver-reason", found.waiver.as_ref().map(|waiver| text(&waiver.reason)).unwrap_or_default()),
        ("waiver-approved-by", found.waiver.as_ref().map(|waiver| text(&waiver.approved_by)).unwrap_or_default()),
        ("file", place.file),
        ("line", place.line.to_string()),
        ("status", said.map(|said| said.status.name().to_owned()).unwrap_or_default()),
        ("statement", said.map(|said| text(&said.statement)).unwrap_or_default()),
        ("owner", said.map(|said| text(&said.owner)).unwrap_or_default()),
        ("reviewed", said.map(|said| said.reviewed.to_string()).unwrap_or_default()),
    ]
}

/// The findings on a unit, or on its principle where the whole of that is missing.
fn spoken_of<'r>(product: &'r ProductReport<'_>, found: &UnitReport<'_>) -> Vec<&'r Finding> {
    let whole = |finding: &Finding| finding.id == found.provision.id && found.outcome == OutcomeName::Missing;
    product.findings.iter().filter(|finding| finding.id == found.unit.id || whole(finding)).collect()
}

/// The text, led by an apostrophe where a spreadsheet would calculate it.
fn inert(text: &str) -> String {
    let calculates = |c: char| "=+-@\t\r\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(c);
    if text.trim_start().starts_with(calculates) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+44 20", "'+44 20"),
            (" -1", "' -1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(inert(text), cell);
        }
    }
}
