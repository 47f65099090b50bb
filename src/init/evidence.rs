//! Evidence that is there already, as far as the gate's own verifiers take it: a citation that would fail is not proposed
//! but told, with what it lacks.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::ground::Ground;
use super::import::Proposal;
use super::plan::Decided;
use crate::attest::{Piece, block, is_pinned_by_default};
use crate::clock::Today;
use crate::error::Error;
use crate::evidence::{Asked, Context, Memo, ProductFacts, Taken, Verified, judge, verifier};
use crate::formats::manifest;
use crate::formats::workflow::{self, shell};
use crate::input::attestations as reader;
use crate::input::cargo::Graphs;
use crate::input::catalogue::Catalogue;
use crate::input::gate_files::GateFiles;
use crate::input::root::{ATTESTATIONS, DECLARATION, InputFile};
use crate::input::view::View;
use crate::limits;
use crate::model::attestation::Evidence;
use crate::model::kind::KindEntry;
use crate::repo_path::RepoPath;
use crate::text::one_line;

/// Most candidates that are judged.
const CANDIDATES: usize = 400;
/// Most jobs that run tests and are proposed.
const JOBS: usize = 2;

/// A piece that holds.
pub(super) struct Good {
    pub(super) piece: Piece,
    pub(super) pin: Option<String>,
    /// The only provision that it is for.
    pub(super) only: Option<String>,
    /// What it shows.
    pub(super) says: String,
}

/// A piece that is there and does not hold yet.
pub(super) struct Poor {
    pub(super) kind: &'static KindEntry,
    /// What it points at.
    pub(super) target: String,
    /// The only provision that it is for.
    pub(super) only: Option<String>,
    /// What it lacks.
    pub(super) lacks: String,
    /// What to do about that.
    pub(super) remedy: String,
}

impl Poor {
    /// What it lacks, with what it points at.
    pub(super) fn says(&self) -> String {
        if self.lacks.contains(&self.target) { self.lacks.clone() } else { format!("{}: {}", self.target, self.lacks) }
    }
}

/// All that could be cited.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) good: Vec<Good>,
    pub(super) poor: Vec<Poor>,
}

impl Shelf {
    /// Looks at every candidate as a check would.
    ///
    /// # Errors
    /// When a candidate cannot be written as evidence, which no name in the tree can bring about.
    pub(super) fn fill(
        decided: &Decided<'_>,
        proposal: &Proposal,
        ground: &Ground<'_>,
        catalogue: &Catalogue,
        today: Today,
    ) -> Result<Self, Error> {
        let view = View::new(&ground.snapshot, ground.folder(), ground.sources);
        let candidates = candidates(proposal, ground, &view);
        let product = decided.product()?;
        let manifest = product.version_from.as_ref().and_then(|path| {
            let file = view.read(&ground.folder().join(&path.value), limits::INPUT_BYTES).ok()?;
            manifest::read(&path.value, file.text()?).ok()
        });
        let manifest = manifest.unwrap_or_default();
        let facts = ProductFacts::of(product, manifest, &ground.snapshot.remotes());
        let own = |name: &str| name.parse::<RepoPath>().map(|name| ground.folder().join(&name)).unwrap_or_default();
        let (inputs, declaration, graphs) = ([own(ATTESTATIONS)], own(DECLARATION), Graphs::new());
        let [attestations] = &inputs;
        let gate_files = GateFiles::planned(&declaration, attestations);
        let context = Context {
            view: &view,
            inputs: &inputs,
            gate_files: &gate_files,
            declaration: &declaration,
            product: &facts,
            graphs: &graphs,
            codes: decided.selected.iter().map(|found| found.policy).collect(),
            attested: BTreeMap::new(),
            today,
            signers: None,
            memo: Memo::within(&Taken::default()),
        };
        let mut shelf = Self::default();
        for (piece, only) in candidates {
            let pin = is_pinned_by_default(piece.kind).then(|| pin(&piece, &view)).flatten();
            let Some(entry) = entry(&piece, pin.clone(), ground, catalogue, today.0) else { continue };
            shelf.put(piece, pin, only, &judge(&entry, today.0, &Asked::default(), &context));
        }
        Ok(shelf.settle())
    }

    fn put(&mut self, piece: Piece, pin: Option<String>, only: Option<String>, verified: &Verified) {
        let is_job = piece.kind.name == "workflow" && only.is_none();
        let lacks = match verified {
            Verified::Proof(proof) => {
                let jobs = self.good.iter().filter(|good| good.piece.kind.name == "workflow").count();
                if !is_job || jobs < JOBS {
                    self.good.push(Good { piece, pin, only, says: proof.says().to_owned() });
                }
                return;
            }
            Verified::Gaps(gaps) => gaps.first().map(|gap| (&gap.message, &gap.remedy)),
            Verified::Doubt(doubt) => Some((&doubt.message, &doubt.remedy)),
        };
        // Of the jobs of one workflow the first tells enough.
        let target = match (&piece.path, &piece.other) {
            (Some(path), _) => path.to_string(),
            (None, Some((_, other))) => one_line(other, limits::QUOTED_CHARS),
            (None, None) => piece.kind.name.to_owned(),
        };
        let told = is_job && self.poor.iter().any(|poor| poor.only.is_none() && poor.target == target);
        if let (Some((lacks, remedy)), false) = (lacks, told) {
            self.poor.push(Poor { kind: piece.kind, target, only, lacks: lacks.clone(), remedy: remedy.clone() });
        }
    }

    /// Where a job that runs tests holds, those that do not need no telling.
    fn settle(mut self) -> Self {
        if self.good.iter().any(|good| good.piece.kind.name == "workflow" && good.only.is_none()) {
            self.poor.retain(|poor| poor.kind.name != "workflow" || poor.only.is_some());
        }
        self
    }
}

/// A piece, and the only provision that it is for.
type Candidate = (Piece, Option<String>);

/// What the repository shows and this version can judge; of workflows, the jobs that run tests. What is proposed comes first.
fn candidates(proposal: &Proposal, ground: &Ground<'_>, view: &View<'_>) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = proposal.cited.iter().map(|(provision, piece)| (piece.clone(), Some(provision.clone()))).collect();
    for piece in proposal.pieces.iter().cloned().chain(shown(ground, view)) {
        let same = |(other, only): &Candidate| {
            only.is_none() && other.kind == piece.kind && other.path == piece.path && other.details == piece.details
        };
        if !all.iter().any(same) {
            all.push((piece, None));
        }
    }
    all.truncate(CANDIDATES);
    all
}

fn shown(ground: &Ground<'_>, view: &View<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for artefact in ground.artefacts.iter().filter(|artefact| verifier(artefact.kind).is_some()) {
        let Some(path) = below(&artefact.path, ground.folder()) else { continue };
        let Ok(piece) = format!("{}:x", artefact.kind).parse::<Piece>() else { continue };
        let piece = Piece { path: Some(path), ..piece };
        match artefact.kind {
            "workflow" => pieces.extend(jobs(&piece, &artefact.path, view)),
            _ => pieces.push(piece),
        }
    }
    pieces
}

/// A path from the declaration's folder; none outside of it, where nothing can be cited from.
fn below(path: &RepoPath, folder: &RepoPath) -> Option<RepoPath> {
    if folder.is_root() {
        return Some(path.clone());
    }
    path.as_str().strip_prefix(folder.as_str())?.strip_prefix('/')?.parse().ok()
}

fn jobs(piece: &Piece, path: &RepoPath, view: &View<'_>) -> Vec<Piece> {
    let Some(host) = workflow::host_of(path.as_str()) else { return Vec::new() };
    let Ok(file) = view.read(path, limits::DETECTED_FILE_BYTES) else { return Vec::new() };
    let Some(read) = file.text().and_then(|text| workflow::read(host, text).ok()) else { return Vec::new() };
    let tests = read.jobs.iter().filter_map(|job| {
        let lines = job.steps.iter().flat_map(|step| &step.run);
        let command = lines.filter_map(|(line, _)| shell::testing_command(line)).next()?;
        Some((job.id.clone(), command))
    });
    tests
        .map(|(job, command)| Piece {
            details: vec![("job", toml::Value::String(job)), ("expect", toml::Value::String(command.to_owned()))],
            ..piece.clone()
        })
        .collect()
}

fn pin(piece: &Piece, view: &View<'_>) -> Option<String> {
    let path = piece.path.as_ref()?;
    let file = view.read(&view.folder().join(path), limits::EVIDENCE_BYTES).ok()?;
    Some(format!("git:{}", file.oid))
}

/// The piece as the gate's own reader takes it.
fn entry(piece: &Piece, pin: Option<String>, ground: &Ground<'_>, catalogue: &Catalogue, today: Date) -> Option<Evidence> {
    let any = catalogue.policies().next()?.provisions.first()?;
    let text = format!(
        "version = 1\n[[attestation]]\nprovision = \"{}\"\nstatus = \"planned\"\nowner = \"x\"\nreviewed = {today}\n{}",
        any.id,
        block("attestation.evidence", &piece.keys(pin))
    );
    let path: RepoPath = ATTESTATIONS.parse().ok()?;
    let file = InputFile { source: ground.sources.add(path.as_str(), text.as_str()), path, text, untracked: true };
    let read = reader::read(&file, catalogue, ground.sources).ok()?;
    read.attestations.into_iter().next()?.evidence.into_iter().next()
}
