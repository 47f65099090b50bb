//! Findings: what a person must act on, each with a place in a file, a remedy and a stable fingerprint.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::applicability::Applicability;
use crate::assess::{Assessment, Outcome, Reason};
use crate::input::policy::hex;
use crate::limits;
use crate::model::outcome::{Level, OutcomeName};
use crate::model::policy::Policy;
use crate::source::Span;
use crate::text::one_line;

/// The gate's own findings, with what each is about.
pub const OWN: &[(&str, Level, &str)] = &[
    (
        "portcullis/unanswered-trait",
        Level::Error,
        "A condition asks for a trait that the declaration does not answer; an unanswered question is never a pass. Its level is that of the strongest provision that waits for the answer.",
    ),
    (
        "portcullis/gate-weakened",
        Level::Error,
        "The change under test lowers its own bar: a type, role or answer is dropped, a setting of the gate or an overlay loosened, a key added, an attestation removed, a waiver or an exclusion added, less asked of the evidence. Where it asks for something else, which may be less, it is a warning or a note. Until it is accepted the base's settings stay in force.",
    ),
    (
        "portcullis/worse-than-base",
        Level::Warning,
        "What still passes is worse than at the base of the change: an attestation is backed by less, or a waiver covers a graver gap than it did. It is an error where the change adds to what contradicts an attestation already.",
    ),
    (
        "portcullis/undeclared-type",
        Level::Error,
        "The product's files show a type that the declaration neither has nor answers, so a code may have been left out. Where they only ask, it is a warning.",
    ),
    (
        "portcullis/doubted-answer",
        Level::Warning,
        "A trait is answered with no, and the product's files show that it holds, so provisions may have been left out. A note where only a lockfile shows it.",
    ),
    ("portcullis/unsigned-attestations", Level::Error, "The attestations file must carry a signature by an allowed signer, and does not."),
    (
        "portcullis/expired-waiver",
        Level::Warning,
        "A waiver's last day has passed. It does nothing, so the gap under it speaks for itself.",
    ),
    (
        "portcullis/unused-waiver",
        Level::Warning,
        "A waiver accepts no gap: what it waives is met, excluded or not selected. Remove it, so that it cannot hide a later gap.",
    ),
    (
        "portcullis/waiver-too-long",
        Level::Warning,
        "A waiver runs for more than 366 days. It does nothing, so the gap under it speaks for itself.",
    ),
    (
        "portcullis/waiver-refused",
        Level::Warning,
        "A waiver names what an overlay lets nobody waive. It does nothing there, so the gap under it speaks for itself.",
    ),
    (
        "portcullis/overlay-weakens",
        Level::Warning,
        "An overlay asks for less than the code or the gate does: a lower strength or assurance, an older review, or a kind of evidence that the code does not count. It is in force, and every report says so.",
    ),
    (
        "portcullis/senior-responsible-owner",
        Level::Warning,
        "The Software Security Code of Practice asks that a Senior Responsible Owner gains assurance; the declaration records none, or not lately.",
    ),
    (
        "portcullis/untracked-input",
        Level::Note,
        "The declaration, the attestations file or an overlay is not tracked by git, so nobody else sees what was judged here.",
    ),
    (
        "portcullis/unused-attestation",
        Level::Note,
        "An attestation speaks only of provisions that are not selected for this product. A product type may be missing from the declaration.",
    ),
    ("portcullis/expires-soon", Level::Note, "A review, a waiver or a piece of evidence expires within 30 days."),
    (
        "portcullis/one-document-for-many",
        Level::Note,
        "One document backs more than five claims. A reader will ask whether it truly shows each of them.",
    ),
    ("portcullis/superseded-edition", Level::Note, "The declaration pins an edition of a code that is not the newest built in."),
];

/// Another place that helps to understand a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// What a finding is against the base of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// The base does not have it.
    New,
    /// The base has it too.
    Unchanged,
    /// Only the base has it.
    Absent,
}

impl Baseline {
    /// Its name, SARIF's `baselineState` (section 3.27.24).
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unchanged => "unchanged",
            Self::Absent => "absent",
        }
    }

    /// What it means, as a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::New => "The base of the change does not have this finding: the change brings it.",
            Self::Unchanged => "The base of the change has this finding too.",
            Self::Absent => "Only the base of the change has this finding: the change mends it, or no longer asks for it.",
        }
    }

    /// All of them.
    pub const ALL: &[Self] = &[Self::New, Self::Unchanged, Self::Absent];
}

/// A trait that nobody answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The trait's id.
    pub id: String,
    /// What it asks.
    pub text: String,
    /// The units that wait for the answer.
    pub waiting: Vec<String>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The unit, the principle where the whole of it is missing, or one of [`OWN`].
    pub id: String,
    /// The outcome it stands for; none for the gate's own findings.
    pub outcome: Option<OutcomeName>,
    /// How strongly it speaks.
    pub level: Level,
    /// What is wrong; one line, at most [`limits::MESSAGE_CHARS`].
    pub message: String,
    /// What to do first.
    pub remedy: String,
    /// Where the reader can act.
    pub span: Span,
    /// Other places.
    pub related: Vec<Related>,
    /// The question behind an unanswered trait.
    pub question: Option<Question>,
    /// Stable across edits that only move lines; unique within a run.
    pub fingerprint: String,
    /// What it is against the base; none where none is given.
    pub baseline: Option<Baseline>,
    key: String,
}

impl Finding {
    /// A finding of the gate's own. `key` tells it apart from others with the same id.
    pub fn own(id: &str, message: impl AsRef<str>, remedy: impl Into<String>, span: Span, key: impl Into<String>) -> Self {
        let level = OWN.iter().find(|(known, ..)| *known == id).map_or(Level::Warning, |(_, level, _)| *level);
        Self {
            id: id.to_owned(),
            outcome: None,
            level,
            message: one_line(message.as_ref(), limits::MESSAGE_CHARS),
            remedy: remedy.into(),
            span,
            related: Vec::new(),
            question: None,
            fingerprint: String::new(),
            baseline: None,
            key: key.into(),
        }
    }

    /// The same finding at another level.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The same finding with another place beside it.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl AsRef<str>) -> Self {
        self.related.push(Related { span, message: one_line(message.as_ref(), limits::MESSAGE_CHARS) });
        self
    }

    fn of(found: &Assessment<'_, '_>, id: &str, reason: &Reason) -> Self {
        let mut finding = Self {
            id: id.to_owned(),
            outcome: Some(reason.outcome),
            level: if reason.outcome == OutcomeName::Contradicted { Level::Error } else { found.gap_level() },
            message: one_line(
                &format!("{} ({}): {}", found.decision.unit.title.trim_end_matches('.'), reason.outcome, reason.message),
                limits::MESSAGE_CHARS,
            ),
            remedy: reason.remedy.clone(),
            span: reason.at,
            related: Vec::new(),
            question: None,
            fingerprint: String::new(),
            baseline: None,
            key: reason.key.clone(),
        };
        if let Some(shown) = reason.shown {
            let label = if reason.outcome == OutcomeName::NotMet { "attested here" } else { "see here" };
            finding = finding.related(shown, label);
        }
        for (span, message) in &reason.also {
            finding = finding.related(*span, message);
        }
        finding
    }
}

/// The findings of every unit that is not met, in the order of the codes.
pub fn of_assessments(assessments: &[Assessment<'_, '_>]) -> Vec<Finding> {
    let whole = wholly_missing(assessments);
    let mut told: BTreeSet<usize> = BTreeSet::new();
    let mut findings = Vec::new();
    for found in assessments {
        let Outcome::Gap(name) = found.outcome else { continue };
        if let Some(group) = whole.get(&found.decision.provision.id).filter(|_| name == OutcomeName::Missing && found.attestation.is_none())
        {
            if told.insert(group.first) {
                findings.push(missing_principle(found, group));
            }
            continue;
        }
        let (winning, others): (Vec<&Reason>, Vec<&Reason>) = found.reasons.iter().partition(|reason| reason.outcome == name);
        for (at, reason) in winning.iter().enumerate() {
            let mut finding = Finding::of(found, &found.decision.unit.id, reason);
            if at == 0 {
                for other in &others {
                    finding = finding.related(other.at, format!("also {}: {}", other.outcome, other.message));
                }
            }
            if found.attestation.is_some() {
                finding = finding.related(found.decision.because, format!("{} applies because of this", found.decision.policy.code));
            }
            findings.push(finding);
        }
    }
    findings
}

struct Whole {
    first: usize,
    open: usize,
}

/// Principles with claims of which nothing at all is attested.
fn wholly_missing(assessments: &[Assessment<'_, '_>]) -> BTreeMap<String, Whole> {
    let mut groups: BTreeMap<String, Whole> = BTreeMap::new();
    let mut attested: BTreeSet<&str> = BTreeSet::new();
    for (index, found) in assessments.iter().enumerate() {
        let provision = &found.decision.provision.id;
        if *provision == found.decision.unit.id {
            continue;
        }
        if found.attestation.is_some() {
            attested.insert(provision);
        }
        if found.outcome == Outcome::Gap(OutcomeName::Missing) {
            groups.entry(provision.clone()).or_insert(Whole { first: index, open: 0 }).open += 1;
        }
    }
    groups.retain(|provision, _| !attested.contains(provision.as_str()));
    groups
}

fn missing_principle(found: &Assessment<'_, '_>, group: &Whole) -> Finding {
    let provision = found.decision.provision;
    let claims = if group.open == 1 { "1 claim".to_owned() } else { format!("{} claims", group.open) };
    let message = format!("nothing is attested for this principle or any of its {claims} to answer: {}", provision.summary);
    let reason = Reason {
        outcome: OutcomeName::Missing,
        message,
        remedy: provision.remedy.clone(),
        at: found.decision.because,
        shown: None,
        also: Vec::new(),
        objections: Vec::new(),
        key: String::new(),
    };
    let mut finding = Finding::of(found, &provision.id, &reason);
    finding.message = one_line(&format!("{} (missing): {}", provision.title.trim_end_matches('.'), reason.message), limits::MESSAGE_CHARS);
    finding
}

/// One finding per unanswered trait, at the level of the strongest unit that waits for it; a note where every unit that
/// hangs on it is attested or waived.
pub fn unanswered_traits(
    assessments: &[Assessment<'_, '_>],
    at: Span,
    question: impl Fn(&str) -> Option<(String, String)>,
) -> Vec<Finding> {
    let mut hanging: BTreeMap<&str, Vec<&Assessment<'_, '_>>> = BTreeMap::new();
    for found in assessments {
        if let Applicability::Waits(traits) = &found.decision.applicability {
            for id in traits {
                hanging.entry(id).or_default().push(found);
            }
        }
    }
    let mut findings = Vec::new();
    for (id, units) in hanging {
        let waiting: Vec<_> = units.iter().filter(|found| matches!(found.outcome, Outcome::Unanswered { .. })).copied().collect();
        let level = waiting.iter().map(|found| found.gap_level()).max().unwrap_or(Level::Note);
        let (named, says) = match (waiting.len(), units.len()) {
            (0, 1) => (&units, "one provision that is attested or waived hangs on it".to_owned()),
            (0, count) => (&units, format!("{count} provisions that are attested or waived hang on it")),
            (1, _) => (&waiting, "1 provision waits for it".to_owned()),
            (count, _) => (&waiting, format!("{count} provisions wait for it")),
        };
        let names: Vec<&str> = named.iter().map(|found| found.decision.unit.id.as_str()).collect();
        let (asked, why) = question(id).unwrap_or_default();
        let message = format!("the trait {id} is unanswered, and {says}: {}. {asked}", list(&names, 40));
        let remedy = format!("add `{id} = true` or `{id} = false` under [product.traits]. {why}");
        let mut finding = Finding::own("portcullis/unanswered-trait", message, remedy, at, id).level(level);
        let waiting = names.iter().map(|name| (*name).to_owned()).collect();
        finding.question = Some(Question { id: id.to_owned(), text: asked, waiting });
        findings.push(finding);
    }
    findings
}

fn list(names: &[&str], most: usize) -> String {
    let shown = names.iter().take(most).copied().collect::<Vec<_>>().join(", ");
    if names.len() > most { format!("{shown} and {} more", names.len() - most) } else { shown }
}

/// The start of the sha256 of these parts, in hex.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in std::iter::once(&"portcullis/v1").chain(parts) {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    hex(&digest.finalize()).chars().take(32).collect()
}

/// Gives every finding its fingerprint: rule, product, outcome and, for evidence, its kind and path; never a line or a
/// machine's path. Two that would be the same are numbered in their order.
pub fn seal(findings: &mut [Finding], product: &str) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let outcome = finding.outcome.map_or("", OutcomeName::name);
        let short = fingerprint(&[product, &finding.id, outcome, &finding.key]);
        let count = seen.entry(short.clone()).or_insert(0);
        *count += 1;
        finding.fingerprint = if *count == 1 { short } else { format!("{short}-{count}") };
    }
}

/// Where a finding's id stands in the codes, for sorting: the gate's own findings come last.
pub fn rank(id: &str, policies: &[&Policy]) -> (usize, usize) {
    for (code, policy) in policies.iter().enumerate() {
        let unit = policy.units.iter().position(|unit| unit.id == id);
        let provision = policy.provisions.iter().find(|provision| provision.id == id).map(|provision| provision.units.start);
        if let Some(at) = unit.or(provision) {
            return (code, at);
        }
    }
    (usize::MAX, OWN.iter().position(|(known, ..)| *known == id).unwrap_or(usize::MAX))
}
