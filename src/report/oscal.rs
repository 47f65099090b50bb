//! `oscal`: OSCAL 1.2.1 assessment results (NIST). One result per product; each judged unit is a control that was reviewed, with
//! one finding on whether it is satisfied; what was seen is an observation; a waived gap is a risk that was accepted.
//!
//! Invariants: a unit is `satisfied` just where it is met; what could not be assessed is `not-satisfied`, never nothing; no
//! text of the repository is markup; every id comes from the report's bytes, so the same report gives the same file.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::units::Units;
use super::words::{judged_at, verdict};
use super::{CodeReport, NAMESPACE, ProductReport, Report, UnitReport, WaiverReport, address, json as report_json};
use crate::error::Fault;
use crate::finding::{Baseline, Finding, OWN};
use crate::input::root::DECLARATION;
use crate::limits::MESSAGE_CHARS;
use crate::model::outcome::{Assurance, Level, OutcomeName};
use crate::source::Span;
use crate::text::one_line;

/// The control of a run in which nothing could be assessed.
const COULD_NOT_ASSESS: &str = "portcullis/could-not-assess";
/// The control of a product to which no code applies.
const NOTHING_REVIEWED: &str = "portcullis/nothing-reviewed";

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

/// Names for the parts of one report.
struct Ids {
    seed: Vec<u8>,
}

impl Ids {
    fn of(report: &Report<'_>) -> io::Result<Self> {
        let mut seed = Vec::new();
        report_json::write(report, &mut seed)?;
        seed.extend(report.base.iter().flat_map(|base| base.bytes()));
        Ok(Self { seed: Sha256::digest(&seed).to_vec() })
    }

    /// The start of a sha256, in the form of a name-based UUID: the schema takes versions 4 and 5 only (RFC 9562, section 5.5).
    fn uuid(&self, parts: &[&str]) -> String {
        let mut digest = Sha256::new_with_prefix(&self.seed);
        for part in parts {
            digest.update([0]);
            digest.update(part.as_bytes());
        }
        let start = digest.finalize().iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        let number = start & !(0xf << 76) & !(0b11 << 62) | 5 << 76 | 0b10 << 62;
        let part = |shift: u32, digits: u32| number >> shift & ((1 << (4 * digits)) - 1);
        format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", part(96, 8), part(80, 4), part(64, 4), part(48, 4), part(0, 12))
    }
}

/// One result.
struct Told<'r> {
    report: &'r Report<'r>,
    ids: &'r Ids,
    /// Tells its ids from those of the other results.
    key: &'r str,
    /// The component that stands for the gate itself.
    tool: String,
    selections: Vec<Value>,
    observations: Vec<Value>,
    risks: Vec<Value>,
    findings: Vec<Value>,
}

/// What was seen, where, and how.
struct Seen<'s> {
    key: &'s str,
    text: String,
    /// What to do, where something is wrong.
    remedy: &'s str,
    span: Option<Span>,
    method: &'static str,
    props: Vec<Value>,
}

/// What is concluded on a control.
struct Concluded<'s> {
    id: &'s str,
    title: &'s str,
    about: &'s str,
    text: String,
    /// `pass`, `fail` or `other`.
    reason: &'static str,
    props: Vec<Value>,
    observations: Vec<String>,
    risk: Option<String>,
}

impl<'r> Told<'r> {
    fn new(report: &'r Report<'r>, ids: &'r Ids, key: &'r str) -> Self {
        let tool = ids.uuid(&[key, "component", "tool"]);
        Self { report, ids, key, tool, selections: Vec::new(), observations: Vec::new(), risks: Vec::new(), findings: Vec::new() }
    }

    fn uuid(&self, what: &str, name: &str) -> String {
        self.ids.uuid(&[self.key, what, name])
    }

    fn product(mut self, product: &ProductReport<'_>) -> Value {
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
    fn faults(mut self) -> Value {
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

    fn select(&mut self, about: &str, ids: &[&str]) {
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

    fn unit(&mut self, product: &ProductReport<'_>, found: &UnitReport<'_>, seen: &BTreeMap<&str, String>) {
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
    fn own(&mut self, product: &ProductReport<'_>, seen: &BTreeMap<&str, String>) {
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

    fn of_finding(&mut self, finding: &Finding) -> String {
        let mut props = vec![prop("id", &finding.id), prop("level", finding.level.name()), prop("fingerprint", &finding.fingerprint)];
        props.extend(finding.baseline.map(|state| prop("baseline", Baseline::name(state))));
        let method = if finding.outcome == Some(OutcomeName::Contradicted) { "TEST" } else { "EXAMINE" };
        let (text, remedy) = (finding.message.clone(), finding.remedy.as_str());
        self.observe(Seen { key: &finding.fingerprint, text, remedy, span: Some(finding.span), method, props })
    }

    fn observe(&mut self, seen: Seen<'_>) -> String {
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

    fn conclude(&mut self, concluded: Concluded<'_>) {
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

fn controls(ids: &[&str]) -> Vec<Value> {
    ids.iter().map(|id| json!({"control-id": token(id)})).collect()
}

/// An id as a token, which has no slash. No id has an underscore, so no two become the same.
fn token(id: &str) -> String {
    id.replace('/', "_")
}

/// A property of ours.
fn prop(name: &str, value: &str) -> Value {
    json!({"name": name, "ns": format!("{NAMESPACE}/oscal"), "value": value})
}

/// The schema knows no empty list.
fn put(object: &mut Value, key: &str, list: Vec<Value>) {
    if let Some(fields) = object.as_object_mut().filter(|_| !list.is_empty()) {
        fields.insert(key.to_owned(), Value::Array(list));
    }
}

fn set(object: &mut Value, key: &str, text: &str) {
    if let Some(fields) = object.as_object_mut().filter(|_| !text.is_empty()) {
        fields.insert(key.to_owned(), json!(text));
    }
}

/// One line of OSCAL's Markdown in which nothing is markup. What could open a block is escaped where the line begins.
fn prose(text: &str) -> String {
    let line = one_line(text, MESSAGE_CHARS);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mut out = String::with_capacity(line.len());
    for (at, c) in line.char_indices() {
        let opens = at == 0 && "-+=#:".contains(c) || digits > 0 && at == digits && ".)".contains(c);
        if opens || "\\`*_{}[]<>|~&^".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    if out.is_empty() { "\u{2013}".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    #[test]
    fn ids_are_uuids_of_version_5_and_differ_by_their_parts() {
        let ids = Ids { seed: vec![7; 32] };
        let first = ids.uuid(&["a", "b"]);
        let groups: Vec<usize> = first.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        let at = |index: usize| first.chars().nth(index);
        assert_eq!(at(14), Some('5'), "{first}");
        assert!(at(19).is_some_and(|c| "89ab".contains(c)), "{first}");
        assert_eq!(first, ids.uuid(&["a", "b"]));
        assert_ne!(first, ids.uuid(&["ab"]));
        assert_ne!(first, Ids { seed: vec![8; 32] }.uuid(&["a", "b"]));
    }

    proptest! {
        #[test]
        fn prose_is_read_back_as_text(text in "[a-c1@#!|<>&;:/.)\\\\`*_~$\\[\\](){}\"'=+^ w-]{1,60}") {
            let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_SUPERSCRIPT | Options::ENABLE_SUBSCRIPT;
            let mut read = String::new();
            for event in Parser::new_ext(&prose(&text), options) {
                match event {
                    Event::Text(part) => read.push_str(&part),
                    Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                    other => prop_assert!(false, "{other:?} in {text:?}"),
                }
            }
            let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(read, if folded.is_empty() { "\u{2013}".to_owned() } else { folded });
        }
    }
}
