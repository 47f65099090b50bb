//! Turns a piece of evidence into proof, a gap or a doubt.
//!
//! What holds for every kind is checked here once: the target is a regular tracked file, none that the gate itself reads,
//! not empty, and its bytes are those that were pinned. The kind's own verifier then reads the contents. A
//! verifier never fails: one bad file cannot hide other findings.

mod about;
mod advisories;
mod allowance;
mod android_manifest;
mod apple_plist;
mod ask;
mod attested;
mod best_practices;
mod blank;
pub(crate) mod branch_expect;
mod branch_rules;
mod calendar;
mod card;
mod certificate;
mod codeowners;
pub(crate) mod comparison;
mod conformance_table;
mod coverage;
mod dataset_record;
mod dependencies;
mod digests;
mod document;
mod effort;
mod evaluation;
mod expected;
mod file;
mod ixit;
mod junit;
mod keys;
mod lockfile;
mod ml_bom;
mod model_card;
mod model_manifest;
mod mud;
mod osps;
mod own_packages;
mod privacy_manifest;
mod privacy_policy;
mod provenance;
mod readings;
mod register;
mod sarif;
mod sbom;
mod scorecard;
mod security_insights;
mod security_policy;
mod security_txt;
mod signature;
mod signed_commits;
mod signed_object;
mod signed_tags;
mod sigstore;
mod statement_of_compliance;
mod store_listing;
mod support_file;
mod support_history;
mod support_period;
mod threat_model;
mod told;
mod update_config;
mod update_needs;
mod url;
mod value;
mod vex;
mod workflow;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

pub use allowance::Taken;
pub use ask::{Ask, Asked, ProductFacts};
pub use dependencies::Memo;

use crate::clock::Today;
use crate::input::allowed_signers::Signer;
use crate::input::cargo::Graphs;
use crate::input::gate_files::{GateFile, GateFiles};
use crate::input::policy::hex;
use crate::input::snapshot::Refusal;
use crate::input::view::{OpenFile, View};
use crate::limits;
use crate::model::attestation::{Detail, Evidence, Pin, Status, Target};
use crate::model::outcome::Assurance;
use crate::model::policy::Policy;
use crate::repo_path::RepoPath;
use crate::source::Span;

/// Every verifier. A kind in `model::kind::KINDS` without one is doubtful: it cannot be judged yet.
pub static VERIFIERS: &[&dyn Verifier] = &[
    &document::Document,
    &file::File,
    &security_txt::SecurityTxt,
    &security_policy::SecurityPolicy,
    &support_period::SupportPeriod,
    &junit::Junit,
    &coverage::TestCoverage,
    &certificate::Certificate,
    &conformance_table::ConformanceTable,
    &ixit::ExtraInformation,
    &mud::UsageDescription,
    &statement_of_compliance::StatementOfCompliance,
    &url::Url,
    &sbom::SoftwareBillOfMaterials,
    &lockfile::DependencyLockfile,
    &workflow::CiWorkflow,
    &register::Register,
    &sarif::ScannerResults,
    &codeowners::Codeowners,
    &android_manifest::AndroidManifestFile,
    &apple_plist::ApplePlist,
    &privacy_manifest::PrivacyManifest,
    &privacy_policy::PolicyForUsers,
    &store_listing::StoreListing,
    &provenance::BuildProvenance,
    &signature::ReleaseSignature,
    &signed_tags::SignedTags,
    &signed_commits::SignedCommits,
    &vex::VulnerabilityStatements,
    &advisories::SecurityAdvisories,
    &update_config::UpdateConfiguration,
    &branch_rules::BranchProtection,
    &threat_model::Threats,
    &model_card::ModelCard,
    &ml_bom::ModelBillOfMaterials,
    &model_manifest::ModelDigests,
    &evaluation::Evaluation,
    &dataset_record::DatasetRecord,
    &security_insights::SecurityInsights,
    &best_practices::BestPractices,
    &scorecard::ScorecardResults,
    &osps::BaselineEvaluation,
    &value::ExpectedValue,
];

/// Judges evidence of one kind.
pub trait Verifier: Sync {
    /// The kind's name.
    fn kind(&self) -> &'static str;
    /// What is checked, one sentence each, for `explain` and the documentation.
    fn checks(&self) -> &'static [&'static str];
    /// What is not, and cannot be, checked.
    fn limits(&self) -> &'static str;
    /// A block to paste under an `[[attestation]]`.
    fn example(&self) -> &'static str;
    /// Judges one piece.
    fn verify(&self, ask: &Ask<'_>) -> Verified;
}

/// The verifier of a kind.
pub fn verifier(kind: &str) -> Option<&'static dyn Verifier> {
    VERIFIERS.iter().copied().find(|verifier| verifier.kind() == kind)
}

/// That a piece of evidence holds. Only this module and those below it can make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    assurance: Assurance,
    says: String,
    expires: Option<(Date, Span)>,
}

impl Proof {
    fn new(assurance: Assurance, says: impl Into<String>) -> Self {
        Self { assurance, says: says.into(), expires: None }
    }

    fn until(mut self, date: Date, at: Span) -> Self {
        self.expires = Some((date, at));
        self
    }

    /// The most that this check can lift an attestation to.
    pub fn assurance(&self) -> Assurance {
        self.assurance
    }

    /// What was found, in one sentence.
    pub fn says(&self) -> &str {
        &self.says
    }

    /// When it stops to hold, by the evidence's own word, and where that stands.
    pub fn expires(&self) -> Option<(Date, Span)> {
        self.expires
    }
}

/// Which outcome a gap leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapKind {
    /// `evidence-failed`.
    Failed,
    /// `stale`.
    Stale,
}

/// Something that a piece of evidence lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Which outcome it leads to.
    pub kind: GapKind,
    /// A stable name of the fault, for the fingerprint.
    pub fault: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// Where in the evidence, if it has a place there.
    pub at: Option<Span>,
    /// The part of the entry that is wrong, where it is not what the entry points at.
    pub cited: Option<Span>,
}

impl Gap {
    fn failed(fault: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { kind: GapKind::Failed, fault, message: message.into(), remedy: remedy.into(), at: None, cited: None }
    }

    fn stale(fault: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { kind: GapKind::Stale, ..Self::failed(fault, message, remedy) }
    }

    fn at(mut self, span: Span) -> Self {
        self.at = Some(span);
        self
    }
}

/// Why a piece of evidence could not be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// What stood in the way.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// What a piece of evidence came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// It holds.
    Proof(Proof),
    /// It does not; at least one gap.
    Gaps(Vec<Gap>),
    /// It could not be judged.
    Doubt(Doubt),
}

impl Verified {
    /// Gaps if there are any, else the proof.
    fn from_gaps(gaps: Vec<Gap>, proof: impl FnOnce() -> Proof) -> Self {
        if gaps.is_empty() { Self::Proof(proof()) } else { Self::Gaps(gaps) }
    }

    fn gap(gap: Gap) -> Self {
        Self::Gaps(vec![gap])
    }

    fn doubt(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Doubt(Doubt { message: message.into(), remedy: remedy.into() })
    }
}

/// The first gaps of many, and how many more there are.
fn at_most(gaps: Vec<Gap>) -> Vec<Gap> {
    let mut told = told::Told::default();
    told.extend(gaps);
    told.gaps()
}

/// Judges one piece of evidence for a unit that asks this of it.
pub fn judge(evidence: &Evidence, reviewed: Date, asked: &Asked, context: &Context<'_>) -> Verified {
    let kind = evidence.kind.value;
    let file = match &evidence.target {
        Target::Path(path) => match cited_file(&path.value, evidence, context) {
            Ok(file) => Some(file),
            Err(verdict) => return verdict,
        },
        _ => None,
    };
    let Some(verifier) = verifier(kind.name) else {
        return Verified::doubt(
            format!("evidence of kind {} cannot be judged by this version", kind.name),
            "until a version reads this kind, cite the document that describes it, or the artefact as kind file with a pin",
        );
    };
    let what = || file.as_ref().map_or_else(|| format!("evidence of kind {}", kind.name), |file| file.path.to_string());
    if let Some(doubt) = context.memo.effort.spent(&what()) {
        return doubt;
    }
    let ask = Ask {
        evidence,
        reviewed,
        asked,
        product: context.product,
        today: context.today,
        file,
        signers: context.signers,
        inputs: context.inputs,
        gate_files: context.gate_files,
        declaration: context.declaration,
        graphs: context.graphs,
        memo: &context.memo,
        view: context.view,
        codes: &context.codes,
        attested: &context.attested,
        plain_names: OnceCell::new(),
    };
    verifier.verify(&ask)
}

/// What judging needs beside the evidence itself.
pub struct Context<'a> {
    /// The tree, from the folder that paths are relative to.
    pub view: &'a View<'a>,
    /// The product's attestations files, from the git repository's root.
    pub inputs: &'a [RepoPath],
    /// Files that are no evidence for what stands in them.
    pub gate_files: &'a GateFiles,
    /// The declaration's file, from the git repository's root.
    pub declaration: &'a RepoPath,
    /// The product.
    pub product: &'a ProductFacts<'a>,
    /// The graphs that cargo resolved, where it was asked to.
    pub graphs: &'a Graphs,
    /// The codes that are assessed.
    pub codes: Vec<&'a Policy>,
    /// What is attested of each unit.
    pub attested: BTreeMap<&'a str, Status>,
    /// The date of the check.
    pub today: Today,
    /// Who may sign by SSH, said outside of the tree; none where nothing was said.
    pub signers: Option<&'a [Signer]>,
    /// What verifiers found out that holds for every piece.
    pub memo: Memo,
}

fn cited_file(path: &RepoPath, evidence: &Evidence, context: &Context<'_>) -> Result<OpenFile, Verified> {
    let whole = context.view.folder().join(path);
    let path = &whole;
    if let Some(gap) = own_word(path, evidence, context).or_else(|| unsaid(evidence)) {
        return Err(Verified::gap(gap));
    }
    let file = match context.view.read(path, limits::EVIDENCE_BYTES) {
        Ok(file) => file,
        Err(refusal) if refusal.is_doubt() => {
            return Err(Verified::doubt(format!("{path}: {refusal}"), "make the file readable for the gate, then check again"));
        }
        Err(refusal) => return Err(Verified::gap(refused(path, &refusal))),
    };
    context.memo.cited.take(file.bytes.len());
    if let Some(limit) = context.memo.cited.passed() {
        let message = format!("{path} was not judged: the evidence cited before it adds up to more than {limit} bytes");
        return Err(Verified::doubt(message, "cite large files less often: one attestation can name several provisions"));
    }
    if blank::is_blank(&file.bytes) {
        return Err(Verified::gap(Gap::failed("empty", format!("{path} is empty"), "write the file, or stop citing it")));
    }
    if let Some(gap) = moved(path, evidence, &file.oid, &file.bytes) {
        return Err(Verified::gap(gap));
    }
    Ok(file)
}

/// The gap of a key that is written and asks for nothing, which whoever wrote it takes for more. An empty list of what is allowed asks
/// for the most.
fn unsaid(evidence: &Evidence) -> Option<Gap> {
    let allows = attested::LISTED_KINDS.contains(&evidence.kind.value.name);
    evidence.details.iter().find_map(|(key, detail)| match detail {
        _ if allows && *key == "expect" => None,
        Detail::Text(text) if text.value.trim().is_empty() => {
            let message = format!("`{key}` has nothing in it, so it asks for nothing");
            let remedy = format!("write in `{key}` what the evidence is to hold, or leave it out");
            Some(Gap { cited: Some(text.span), ..Gap::failed("blank-key", message, remedy) })
        }
        _ => None,
    })
}

/// The gap of a file that the gate reads as the vendor's word: it cannot back what it says itself.
fn own_word(path: &RepoPath, evidence: &Evidence, context: &Context<'_>) -> Option<Gap> {
    let message = match context.gate_files.role(path)? {
        GateFile::Attestations if context.inputs.contains(path) => {
            format!("{path} cites itself: an attestation is no evidence for itself")
        }
        GateFile::Attestations => format!("{path} holds attestations, which need evidence and are none"),
        // What it signs is for the verifier to say.
        GateFile::Signature if evidence.kind.value.name == "signature" => return None,
        GateFile::Signature => format!("{path} is the signature over the attestations, which is no evidence for what they say"),
        GateFile::Declaration => format!("{path} is the declaration, and what is declared is no evidence for itself"),
        GateFile::Overlay => format!("{path} is an overlay of the gate: it says what is asked, not what is done"),
    };
    Some(Gap::failed("itself", message, "cite the document or artefact that shows it"))
}

fn refused(path: &RepoPath, refusal: &Refusal) -> Gap {
    let fault = match refusal {
        Refusal::Absent | Refusal::Deleted => "absent",
        Refusal::Untracked => "untracked",
        Refusal::Ignored => "ignored",
        Refusal::Symlink => "symlink",
        Refusal::Folder => "folder",
        Refusal::Submodule => "submodule",
        Refusal::LfsPointer => "lfs-pointer",
        _ => "unreadable",
    };
    let remedy = match refusal {
        Refusal::Absent | Refusal::Deleted => "correct the path, add the file, or stop citing it",
        Refusal::Untracked | Refusal::Ignored => "commit the file, so that everyone sees the same evidence",
        _ => "cite a regular file that this repository tracks",
    };
    Gap::failed(fault, format!("{path}: {refusal}"), remedy)
}

/// The gap of a file that is not the one that was reviewed.
fn moved(path: &RepoPath, evidence: &Evidence, oid: &str, bytes: &[u8]) -> Option<Gap> {
    let pin = evidence.pin.as_ref()?;
    let now = match &pin.value {
        Pin::Git(_) => Pin::Git(oid.to_owned()),
        Pin::Sha256(_) => Pin::Sha256(hex(&Sha256::digest(bytes))),
    };
    (now != pin.value).then(|| {
        let message = format!("{path} has changed since it was reviewed: it is now {now}");
        Gap::stale("pin", message, "read what changed, then renew the review date and the pin").at(pin.span)
    })
}
