//! `oscal`: OSCAL 1.2.1 assessment results (NIST). One result per product; each judged unit is a control that was reviewed, with
//! one finding on whether it is satisfied; what was seen is an observation; a waived gap is a risk that was accepted.
//!
//! Invariants: a unit is `satisfied` just where it is met; what could not be assessed is `not-satisfied`, never nothing; no
//! text of the repository is markup; every id comes from the report's bytes, so the same report gives the same file.

mod findings;
mod ids;
mod observations;
mod parts;
mod result;

use std::io;

use serde_json::{Value, json};

use super::words::{judged_at, verdict};
use super::{Report, address};
use crate::input::root::DECLARATION;
use ids::Ids;
use parts::{prop, prose};
use result::Told;

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let ids = Ids::of(report)?;
    let product = |(number, product)| Told::new(report, &ids, &format!("product-{number}")).product(product);
    let mut results: Vec<Value> = report.products.iter().enumerate().map(product).collect();
    if !report.errors.is_empty() || results.is_empty() {
        results.push(Told::new(report, &ids, "could-not-assess").faults());
    }
    let document = json!({"assessment-results": {
        "uuid": ids.uuid(&["assessment-results"]),
        "metadata": metadata(report),
        "import-ap": {
            "href": declaration(report),
            "remarks": "There is no assessment plan in OSCAL. This is the declaration, from the repository's root, which says what is assessed.",
        },
        "results": results,
    }});
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn metadata(report: &Report<'_>) -> Value {
    let (standing, why) = verdict(report);
    let mut props = vec![prop("verdict", report.verdict.name()), prop("dirty", &report.dirty.to_string())];
    props.extend(report.commit.iter().map(|commit| prop("commit", commit)));
    props.extend(report.base.iter().map(|base| prop("base", base)));
    props.extend(report.overlays.iter().map(|overlay| prop("overlay", &format!("{} sha256:{}", overlay.name, overlay.sha256))));
    json!({
        "title": "Portcullis: what is attested and evidenced",
        "last-modified": moment(report),
        "version": report.date.to_string(),
        "oscal-version": "1.2.1",
        "props": props,
        "remarks": prose(&format!(
            "{standing} {why}; judged at {}. This is a record of what is attested and evidenced; it is no legal advice.",
            judged_at(report)
        )),
    })
}

/// The declaration's address from the repository's root.
fn declaration(report: &Report<'_>) -> String {
    let place = report.products.first().map(|product| report.sources.place(product.span));
    address::uri(&place.filter(|place| !place.outside).map_or(DECLARATION.to_owned(), |place| place.file))
}

/// The report has a date and no time of day.
fn moment(report: &Report<'_>) -> String {
    format!("{}T00:00:00Z", report.date)
}
