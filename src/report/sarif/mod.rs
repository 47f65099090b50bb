//! SARIF 2.1.0 (OASIS standard with errata 01), in two profiles.
//!
//! `sarif` is for hosts: failures only, waived gaps left out, because hosts make an alert of every result whatever its
//! kind. `sarif-full` is the whole record: one result more per unit that is met, excluded, unanswered or waived.
//!
//! What always holds: one run, `results` present, every result with a physical location of four numbers and a
//! fingerprint; rules listed whether they fired or not; no path of the machine, no clock, no user name; the same report
//! gives the same bytes. Whatever closes the gate is of kind `fail`, doubts among it; the other kinds have level `none`
//! (section 3.27.10): `pass` for what is verified or evidenced, `review` for what rests on somebody's word alone, `open`
//! for a unit whose condition nobody answered, `notApplicable` for what is excluded.

mod fix;
mod place;
mod results;
mod rules;
mod taxonomy;
mod wording;

use std::io;

use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Message, Notification, PropertyBag, Run, RunAutomationDetails, Sarif, Tool, ToolComponent,
    VersionControlDetails,
};

use self::rules::Rules;
use self::wording::{LONG, plain};
use super::Report;
use crate::error::Fault;
use crate::model::outcome::Verdict;
use crate::source::SourceMap;

/// The schema of the standard with errata 01.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The base of every address in the file.
const SRCROOT: &str = "SRCROOT";

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Profile {
    /// Failures only.
    Host,
    /// Everything, with suppressions.
    Full,
}

/// Writes the profile for hosts.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    write_profile(report, Profile::Host, out)
}

/// Writes the full profile.
///
/// # Errors
/// Those of the output.
pub fn write_full(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    write_profile(report, Profile::Full, out)
}

fn write_profile(report: &Report<'_>, profile: Profile, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &document(report, profile))?;
    out.write_all(b"\n")
}

fn document(report: &Report<'_>, profile: Profile) -> Sarif {
    Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run(report, profile)]).build()
}

fn run(report: &Report<'_>, profile: Profile) -> Run {
    let rules = Rules::of(report);
    let results = results::of(report, &rules, profile);
    let taxonomies = taxonomy::of(&rules);
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver(&rules)).build())
        .automation_details(RunAutomationDetails::builder().id("portcullis/").build())
        .invocations(vec![invocation(report)])
        .language("en-GB")
        .column_kind(json!("unicodeCodePoints"))
        .original_uri_base_ids([(SRCROOT.to_owned(), source_root())])
        .taxonomies(taxonomies)
        .results(results)
        .properties(run_properties(report))
        .build();
    run.version_control_provenance = provenance(report).map(|details| vec![details]);
    run
}

fn driver(rules: &Rules<'_>) -> ToolComponent {
    let version = env!("CARGO_PKG_VERSION");
    ToolComponent::builder()
        .name("Portcullis")
        .organization("Portcullis")
        .version(version)
        .semantic_version(version)
        .short_description(wording::message("A gate for the UK cyber security codes of practice."))
        .supported_taxonomies(taxonomy::references(rules))
        .rules(rules.descriptors())
        .build()
}

/// The base has no address of its own: a machine's path would differ between two runs over the same commit.
fn source_root() -> ArtifactLocation {
    ArtifactLocation::builder().description(Message::builder().text("The root of the git repository.").build()).build()
}

/// The repository and the commit. The standard wants the repository's address here (section 3.23.3); where none is known
/// the commit stands in the run's properties only.
fn provenance(report: &Report<'_>) -> Option<VersionControlDetails> {
    let mut details = VersionControlDetails::builder()
        .repository_uri(report.origin.clone()?)
        .mapped_to(ArtifactLocation::builder().uri_base_id(SRCROOT).build())
        .build();
    details.revision_id = Some(report.commit.clone()?);
    if report.dirty {
        details.properties = Some(bag([("dirty", json!(true))]));
    }
    Some(details)
}

fn run_properties(report: &Report<'_>) -> PropertyBag {
    bag([
        ("commit", json!(report.commit)),
        ("date", json!(report.date.to_string())),
        ("dirty", json!(report.dirty)),
        ("overlays", report.overlays.iter().map(|overlay| super::json::overlay(overlay)).collect()),
        ("verdict", json!(report.verdict.name())),
    ])
}

fn invocation(report: &Report<'_>) -> Invocation {
    let code = report.verdict.exit_code();
    let mut invocation = Invocation::builder()
        .execution_successful(report.verdict != Verdict::CouldNotAssess)
        .exit_code(i64::from(code))
        .exit_code_description(report.verdict.name())
        .build();
    if !report.errors.is_empty() {
        invocation.tool_configuration_notifications = Some(report.errors.iter().map(|fault| notification(fault, report.sources)).collect());
    }
    invocation
}

fn notification(fault: &Fault, sources: &SourceMap) -> Notification {
    let place = fault.span.map(|span| sources.place(span));
    // No address of this file leads outside of the repository, so there the message says the place.
    let outside = place.as_ref().filter(|place| place.outside);
    let message = outside.map_or(fault.message.clone(), |place| format!("{}:{}: {}", place.file, place.line, fault.message));
    let text = wording::with_remedy(&message, fault.help.as_deref().unwrap_or_default());
    let mut notification =
        Notification::builder().level(json!("error")).message(Message::builder().text(plain(&text, LONG)).build()).build();
    notification.locations = place.as_ref().and_then(place::location).map(|location| vec![location]);
    notification
}

/// A property bag of these pairs.
fn bag<const N: usize>(pairs: [(&str, Value); N]) -> PropertyBag {
    let pairs = pairs.into_iter().map(|(key, value)| (key.to_owned(), value));
    PropertyBag::builder().additional_properties(pairs.collect::<std::collections::BTreeMap<_, _>>()).build()
}
