//! Fixes: the attestation that is missing, ready to be written at the end of its file.
//!
//! What is inserted has status `planned`, an empty statement and an owner that only holds the place of one, so that
//! applying it never opens the gate: it is a form to fill in, in the right place and with the right id.

use std::collections::BTreeSet;

use serde_sarif::sarif::{ArtifactChange, ArtifactContent, Fix, Message, Replacement};

use super::place;
use super::rules::Rules;
use crate::finding::Finding;
use crate::model::outcome::OutcomeName;
use crate::report::{ProductReport, Report};
use crate::source::{Place, Span};
use crate::text::one_line;

/// An attestations file that a block can be added to.
struct Open {
    end: Place,
    newline: &'static str,
    empty: bool,
}

impl Open {
    /// The file; none where a block at its end would not be valid TOML (its attestations are an inline array, say).
    fn new(report: &Report<'_>, span: Span) -> Option<Self> {
        let file = report.sources.file(span.source());
        let whole = format!("{}\n[[attestation]]\n", file.text.trim_end());
        toml::from_str::<toml::Table>(&whole).ok()?;
        Some(Self {
            end: report.sources.end(span.source()),
            newline: if file.text.contains("\r\n") { "\r\n" } else { "\n" },
            empty: file.text.trim_end().is_empty(),
        })
    }
}

/// What can be inserted for one product.
pub(super) struct Fixes<'a> {
    date: String,
    own: Option<Open>,
    organisation: Option<Open>,
    separate: bool,
    attested: BTreeSet<&'a str>,
}

impl<'a> Fixes<'a> {
    pub(super) fn new(report: &Report<'_>, product: &'a ProductReport<'_>) -> Self {
        let open = |span: Option<Span>| span.and_then(|span| Open::new(report, span));
        let attested = product.assessments.iter().filter(|found| found.attestation.is_some());
        Self {
            date: report.date.to_string(),
            own: open(product.attestations.1),
            organisation: product.organisation_attestations.as_ref().and_then(|(_, span)| open(*span)),
            separate: product.organisation_attestations.is_some(),
            attested: attested.flat_map(|found| [found.unit.id.as_str()]).collect(),
        }
    }

    /// The fix of a finding, where it says that there is no attestation and a file is there to take one. A unit that is
    /// attested with a mere placeholder has its attestation already; a second one would be an error.
    pub(super) fn of(&self, finding: &Finding, rules: &Rules<'_>) -> Option<Fix> {
        if finding.outcome != Some(OutcomeName::Missing) || self.attested.contains(finding.id.as_str()) {
            return None;
        }
        let organisation = self.separate && rules.is_of_organisation(&finding.id);
        let file = if organisation { &self.organisation } else { &self.own }.as_ref()?;
        let inserted = ArtifactContent::builder().text(self.block(finding, rules, file)).build();
        let replacement = Replacement::builder().deleted_region(place::region(&file.end)).inserted_content(inserted).build();
        let change = ArtifactChange::builder().artifact_location(place::artifact(&file.end.file)).replacements(vec![replacement]).build();
        let about = "Add an attestation to fill in. As it stands it says planned, which does not meet the provision.";
        Some(Fix::builder().description(Message::builder().text(about).build()).artifact_changes(vec![change]).build())
    }

    fn block(&self, finding: &Finding, rules: &Rules<'_>, file: &Open) -> String {
        let lead = if file.empty { "" } else { "\n\n" };
        let title = one_line(rules.title(&finding.id).unwrap_or_default(), 200);
        let id = toml::Value::String(finding.id.clone());
        let block = format!(
            "{lead}# {title}\n[[attestation]]\nprovision = {id}\nstatus = \"planned\"\nstatement = \"\"\nowner = \"TODO\"\nreviewed = {}",
            self.date
        );
        block.replace('\n', file.newline)
    }
}
