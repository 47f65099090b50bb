//! The rules: every provision and claim of every selected code, fired or not, then the gate's own. Hosts close an alert
//! only when its rule ran again, so the list does not depend on what was found.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use serde_sarif::sarif::{
    PropertyBag, ReportingConfiguration, ReportingDescriptor, ReportingDescriptorReference, ReportingDescriptorRelationship,
};

use super::wording::{NAME, help, message, plain, sentence, web_address};
use super::{bag, taxonomy};
use crate::finding::OWN;
use crate::model::kind::KindEntry;
use crate::model::outcome::{Level, OutcomeName};
use crate::model::policy::{Confidence, Policy, Provision, Strength, Unit};
use crate::report::Report;

/// Most tags of a rule that hosts keep.
const TAGS: usize = 10;

/// What a rule is about.
pub(super) enum Subject<'a> {
    /// A principle with claims.
    Principle(&'a Provision),
    /// A judged unit.
    Unit(&'a Unit, &'a Provision),
}

impl<'a> Subject<'a> {
    pub(super) fn id(&self) -> &'a str {
        match self {
            Self::Principle(provision) => &provision.id,
            Self::Unit(unit, _) => &unit.id,
        }
    }

    pub(super) fn title(&self) -> &'a str {
        match self {
            Self::Principle(provision) => &provision.title,
            Self::Unit(unit, _) => &unit.title,
        }
    }

    fn summary(&self) -> &'a str {
        match self {
            Self::Principle(provision) => &provision.summary,
            Self::Unit(unit, _) => &unit.summary,
        }
    }

    fn remedy(&self) -> &'a str {
        match self {
            Self::Principle(provision) => &provision.remedy,
            Self::Unit(unit, _) => &unit.remedy,
        }
    }

    pub(super) fn confidence(&self) -> Confidence {
        match self {
            Self::Principle(provision) => provision.confidence,
            Self::Unit(unit, _) => unit.confidence,
        }
    }

    fn note(&self) -> Option<&'a str> {
        match self {
            Self::Principle(provision) => provision.note.as_deref(),
            Self::Unit(unit, _) => unit.note.as_deref(),
        }
    }

    fn provision(&self) -> &'a Provision {
        match self {
            Self::Principle(provision) | Self::Unit(_, provision) => provision,
        }
    }
}

/// What a code's rules and taxa are about: each principle before its claims, in published order.
pub(super) fn subjects(policy: &Policy) -> Vec<Subject<'_>> {
    let mut subjects = Vec::new();
    for provision in &policy.provisions {
        let units = policy.units_of(provision);
        if !units.iter().any(|unit| unit.id == provision.id) {
            subjects.push(Subject::Principle(provision));
        }
        subjects.extend(units.iter().map(|unit| Subject::Unit(unit, provision)));
    }
    subjects
}

/// Where an id stands.
struct Entry {
    rule: usize,
    taxon: Option<(usize, usize)>,
    confidence: Option<Confidence>,
}

/// Every rule of a run.
pub(super) struct Rules<'a> {
    codes: Vec<&'a Policy>,
    entries: BTreeMap<&'a str, Entry>,
    levels: BTreeMap<&'a str, Level>,
}

impl<'a> Rules<'a> {
    /// The rules of the codes that a report's products select.
    pub(super) fn of(report: &Report<'a>) -> Self {
        let mut codes: Vec<&'a Policy> = Vec::new();
        for code in report.products.iter().flat_map(|product| &product.codes) {
            if !codes.iter().any(|known| known.code == code.policy.code && known.edition == code.policy.edition) {
                codes.push(code.policy);
            }
        }
        let mut entries = BTreeMap::new();
        let mut rule = 0;
        for (code, policy) in codes.iter().enumerate() {
            for (taxon, subject) in subjects(policy).iter().enumerate() {
                entries.insert(subject.id(), Entry { rule, taxon: Some((code, taxon)), confidence: Some(subject.confidence()) });
                rule += 1;
            }
        }
        for (at, (id, ..)) in OWN.iter().enumerate() {
            entries.insert(*id, Entry { rule: rule + at, taxon: None, confidence: None });
        }
        Self { codes, entries, levels: levels(report) }
    }

    pub(super) fn codes(&self) -> &[&'a Policy] {
        &self.codes
    }

    /// The rule's place in the list.
    pub(super) fn index(&self, id: &str) -> Option<i64> {
        self.entries.get(id).and_then(|entry| i64::try_from(entry.rule).ok())
    }

    /// How sure the policy is of what an id asks.
    pub(super) fn confidence(&self, id: &str) -> Option<Confidence> {
        self.entries.get(id)?.confidence
    }

    /// The taxon of an id; none for the gate's own.
    pub(super) fn taxon(&self, id: &str) -> Option<ReportingDescriptorReference> {
        let (code, taxon) = self.entries.get(id)?.taxon?;
        Some(taxonomy::reference(code, taxon, self.codes.get(code)?, id))
    }

    /// Whether a finding on this id belongs in the organisation's attestations.
    pub(super) fn is_of_organisation(&self, id: &str) -> bool {
        let code = self.entries.get(id).and_then(|entry| entry.taxon).and_then(|(code, _)| self.codes.get(code));
        code.is_some_and(|policy| policy.applies_to.organisation)
    }

    /// The title of an id.
    pub(super) fn title(&self, id: &str) -> Option<&'a str> {
        let (code, taxon) = self.entries.get(id)?.taxon?;
        subjects(self.codes.get(code)?).get(taxon).map(Subject::title)
    }

    pub(super) fn descriptors(&self) -> Vec<ReportingDescriptor> {
        let codes = self.codes.iter().flat_map(|policy| subjects(policy).into_iter().map(|subject| self.of_code(policy, &subject)));
        codes.chain(OWN.iter().map(|(id, level, about)| own(id, *level, about))).collect()
    }

    fn of_code(&self, policy: &Policy, subject: &Subject<'_>) -> ReportingDescriptor {
        let level = self.levels.get(subject.id()).copied().unwrap_or_else(|| strength_level(subject));
        let mut rule = ReportingDescriptor::builder()
            .id(subject.id())
            .name(plain(subject.title(), NAME))
            .short_description(message(&sentence(subject.title())))
            .full_description(message(&sentence(subject.summary())))
            .help(help(&help_parts(policy, subject)))
            .default_configuration(ReportingConfiguration::builder().level(json!(level.name())).build())
            .properties(properties(level, precision(subject.confidence()), tags(policy, subject)))
            .build();
        rule.help_uri = web_address(&subject.provision().source).or_else(|| web_address(&policy.source)).map(str::to_owned);
        rule.relationships = self
            .taxon(subject.id())
            .map(|target| vec![ReportingDescriptorRelationship::builder().target(target).kinds(vec!["equal".to_owned()]).build()]);
        rule
    }
}

/// The level of a gap by the provision's own verb; what is recalled is never above a note.
fn strength_level(subject: &Subject<'_>) -> Level {
    let strength = match subject {
        Subject::Unit(unit, _) => unit.strength,
        Subject::Principle(provision) => provision.strength,
    };
    match (subject.confidence(), strength) {
        (Confidence::Recalled, _) | (_, Strength::May) => Level::Note,
        (_, Strength::Should) => Level::Warning,
        (_, Strength::Shall) => Level::Error,
    }
}

/// The strongest level that a gap in each unit and principle would have in any of the products it applies to. Where a
/// product is only advised (open source, under the Software Security Code), that is a note.
fn levels<'a>(report: &Report<'a>) -> BTreeMap<&'a str, Level> {
    let mut levels: BTreeMap<&'a str, Level> = BTreeMap::new();
    let judged = report.products.iter().flat_map(|product| &product.assessments);
    for found in judged.filter(|found| found.outcome != OutcomeName::Excluded) {
        let strength = strength_level(&Subject::Unit(found.unit, found.provision));
        let level = if found.advisory { Level::Note } else { strength };
        for id in [&found.unit.id, &found.provision.id] {
            let known = levels.entry(id).or_insert(level);
            *known = level.max(*known);
        }
    }
    levels
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Official => "high",
        Confidence::Secondary => "medium",
        Confidence::Recalled => "low",
    }
}

/// `security-severity` is a string that holds a number above 0 and at most 10: GitHub reads 7.0 as high, 4.0 as medium,
/// 0.1 to 3.9 as low; GitLab multiplies by ten. Nothing here is called critical: a gap in assurance is not an exploit.
fn severity(level: Level, precision: &str) -> &'static str {
    match (level, precision) {
        (_, "low") => "0.1",
        (Level::Error, _) => "7.0",
        (Level::Warning, _) => "4.0",
        (Level::Note, "very-high") => "0.1",
        (Level::Note, _) => "1.0",
    }
}

fn properties(level: Level, precision: &str, tags: Vec<String>) -> PropertyBag {
    let problem = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "recommendation",
    };
    let mut bag = bag([
        ("precision", json!(precision)),
        ("problem.severity", json!(problem)),
        ("security-severity", Value::from(severity(level, precision))),
    ]);
    bag.tags = Some(tags);
    bag
}

fn tags(policy: &Policy, subject: &Subject<'_>) -> Vec<String> {
    let provision = subject.provision();
    let heading = policy.headings.iter().find(|heading| heading.id == provision.heading).map(|heading| heading.title.as_str());
    let mut tags = vec!["security", "compliance", policy.code.as_str(), provision.strength.name()];
    tags.extend(heading);
    if let Subject::Unit(Unit { provable: Some(provable), .. }, _) = subject {
        tags.push(provable.name());
    }
    let mut out: Vec<String> = Vec::new();
    for tag in tags.into_iter().map(|tag| plain(tag, NAME)) {
        if !out.contains(&tag) && out.len() < TAGS {
            out.push(tag);
        }
    }
    out
}

fn help_parts(policy: &Policy, subject: &Subject<'_>) -> Vec<(&'static str, String)> {
    let provision = subject.provision();
    let mut parts = vec![
        ("What it asks", subject.summary().to_owned()),
        ("What to do first", subject.remedy().to_owned()),
        ("What counts as evidence", evidence(policy, subject)),
    ];
    parts.extend(subject.note().map(|note| ("Note", note.to_owned())));
    parts.extend(overlay(subject).map(|said| ("Overlay", said)));
    parts.push(("Source", format!("{}, edition {}, {}, {}", policy.title, policy.edition, policy.publisher, provision.source)));
    parts.push(("Confidence", sureness(subject)));
    parts.push(("Licence", licence(policy)));
    parts
}

/// What overlays have to do with it.
fn overlay(subject: &Subject<'_>) -> Option<String> {
    let altered = if let Subject::Unit(unit, _) = subject { unit.altered_words() } else { String::new() };
    let said = [subject.provision().origin_words(), altered];
    let said: Vec<&str> = said.iter().map(String::as_str).filter(|said| !said.is_empty()).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn names(kinds: &[&'static KindEntry]) -> String {
    kinds.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ")
}

fn evidence(policy: &Policy, subject: &Subject<'_>) -> String {
    let unit = match subject {
        Subject::Unit(unit, _) => unit,
        Subject::Principle(provision) => {
            let claims = policy.units_of(provision).iter().map(|unit| format!("{} ({})", unit.id, unit.title.trim_end_matches('.')));
            return format!("its claims are judged one by one: {}", claims.collect::<Vec<_>>().join("; "));
        }
    };
    let mut said = Vec::new();
    if !unit.requires.is_empty() {
        said.push(format!("one piece each must be cited of {}", names(&unit.requires)));
    }
    if !unit.evidenced_by.is_empty() {
        said.push(format!("evidenced by {}", names(&unit.evidenced_by)));
    }
    if !unit.verified_by.is_empty() {
        said.push(format!("verified by the content of {}", names(&unit.verified_by)));
    }
    if said.is_empty() { "none: it rests on the attestation's statement".to_owned() } else { said.join("; ") }
}

fn sureness(subject: &Subject<'_>) -> String {
    let provision = subject.provision();
    let mut said = match subject.confidence() {
        Confidence::Official => "official: read in the official text or a faithful copy of it".to_owned(),
        Confidence::Secondary => "secondary: read in agreeing secondary sources".to_owned(),
        Confidence::Recalled => "recalled: from memory only, so never above a note".to_owned(),
    };
    if provision.origin.is_some() {
        return said;
    }
    if !provision.id_official {
        said.push_str(". The code prints no id here; this one is ours");
    }
    if !provision.title_official || subject.id() != provision.id {
        said.push_str(". The title is ours");
    }
    said
}

fn licence(policy: &Policy) -> String {
    match policy.licence.as_str() {
        "OGL-UK-3.0" => {
            "contains public sector information licensed under the Open Government Licence v3.0; summary and remedy are our own words"
                .to_owned()
        }
        other => other.to_owned(),
    }
}

fn own(id: &str, level: Level, about: &str) -> ReportingDescriptor {
    let name = id.rsplit('/').next().unwrap_or(id);
    let first = about.split_once(". ").map_or(about, |(first, _)| first);
    ReportingDescriptor::builder()
        .id(id)
        .name(name)
        .short_description(message(&sentence(first)))
        .full_description(message(&sentence(about)))
        .help(help(&[
            ("What it says", about.to_owned()),
            ("What to do first", format!("follow the remedy in the result; `portcullis explain {id}` says more")),
        ]))
        .default_configuration(ReportingConfiguration::builder().level(json!(level.name())).build())
        .properties(properties(level, "very-high", ["security", "compliance", "portcullis"].map(str::to_owned).to_vec()))
        .build()
}
