//! What other files say already: proposals, never assertions. A status of theirs is never taken over as met; what it rests on
//! becomes a comment beside the provision that it bears on, a citation that the gate's own verifier must take, or a
//! statement to read again under `planned`. What is not used is listed.

mod best_practices;
mod earlier;
mod evaluation;
mod security_insights;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use crate::attest::Piece;
use crate::error::Error;
use crate::formats::tree::{self, Node, Syntax};
use crate::input::catalogue::Catalogue;
use crate::input::outside;
use crate::input::reader::quoted;
use crate::limits;
use crate::text::one_line;

/// Longest text that is taken over into a comment, in characters.
const DRAFT_CHARS: usize = 400;

/// The kinds of file that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    SecurityInsights,
    BestPractices,
    Evaluation,
    Attestations,
}

/// As they are written before a colon.
const KINDS: &[(&str, Kind)] = &[
    ("security-insights", Kind::SecurityInsights),
    ("best-practices", Kind::BestPractices),
    ("osps", Kind::Evaluation),
    ("attestations", Kind::Attestations),
];

/// A file to take from: `KIND:FILE`, or `FILE` where its contents tell the kind.
#[derive(Debug, Clone)]
pub struct Source {
    kind: Option<Kind>,
    path: PathBuf,
}

impl FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = text.split_once(':').and_then(|(name, path)| Some((KINDS.iter().find(|(known, _)| *known == name)?.1, path)));
        let (kind, path) = known.map_or((None, text), |(kind, path)| (Some(kind), path));
        if path.is_empty() {
            return Err(format!("write FILE or KIND:FILE, with one of {}", kinds()));
        }
        Ok(Self { kind, path: path.into() })
    }
}

fn kinds() -> String {
    KINDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// What an earlier attestation said of a provision.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Earlier {
    pub(super) statement: Option<String>,
    pub(super) owner: Option<String>,
}

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposal {
    /// What the product is called there.
    pub(super) name: Option<String>,
    /// Whom to write to.
    pub(super) owner: Option<String>,
    /// Evidence for whatever its kind counts for.
    pub(super) pieces: Vec<Piece>,
    /// Evidence for one provision.
    pub(super) cited: Vec<(String, Piece)>,
    /// Comments by provision.
    pub(super) drafts: BTreeMap<String, Vec<String>>,
    /// Statements by provision.
    pub(super) earlier: BTreeMap<String, Earlier>,
    /// Files that were read, each with what was taken, for people.
    pub(super) read: Vec<String>,
    /// What was not used, and why.
    pub(super) unused: Vec<String>,
}

impl Proposal {
    fn draft(&mut self, provision: &str, text: impl AsRef<str>) {
        self.drafts.entry(provision.to_owned()).or_default().push(one_line(text.as_ref(), DRAFT_CHARS));
    }

    fn not_used(&mut self, text: impl AsRef<str>) {
        self.unused.push(one_line(text.as_ref(), DRAFT_CHARS));
    }
}

/// Reads the files. `origin` is the repository's own address, so that links into it become citations.
///
/// # Errors
/// When a file cannot be read, or is none of the kinds that are understood.
pub fn propose(sources: &[Source], origin: Option<&str>, catalogue: &Catalogue) -> Result<Proposal, Error> {
    let mut proposal = Proposal::default();
    for source in sources {
        let shown = source.path.display().to_string();
        let bad = |why: String| Error::repository(format!("{}: {why}", quoted(&shown)), format!("--from takes {}", kinds()));
        let text = outside::read(&source.path, limits::INPUT_BYTES).map_err(bad)?;
        let name = source.path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let syntax = Syntax::of(&name).unwrap_or(Syntax::Yaml);
        if source.kind == Some(Kind::Attestations) || source.kind.is_none() && syntax == Syntax::Toml {
            earlier::take(&text, &name, catalogue, &mut proposal).map_err(bad)?;
            continue;
        }
        let root = tree::read(syntax, &text).map_err(|fault| bad(fault.message))?;
        let before = (proposal.drafts.len(), proposal.pieces.len());
        match source.kind.or_else(|| kind_of(&root)) {
            Some(Kind::SecurityInsights) => security_insights::take(&root, &name, origin, &mut proposal),
            Some(Kind::BestPractices) => best_practices::take(&root, &name, catalogue, &mut proposal),
            Some(Kind::Evaluation) => evaluation::take(&root, &name, catalogue, &mut proposal),
            _ => return Err(bad("its contents tell no kind".to_owned())),
        }
        let (drafts, pieces) = (proposal.drafts.len() - before.0, proposal.pieces.len() - before.1);
        proposal
            .read
            .push(format!("{}: drafts beside {drafts} more provisions, {pieces} files to cite", one_line(&name, limits::QUOTED_CHARS)));
    }
    Ok(proposal)
}

fn kind_of(root: &Node<'_>) -> Option<Kind> {
    let answers = |suffix: &str| root.entries().iter().filter(|entry| entry.key.ends_with(suffix)).count();
    match () {
        () if root.at(&["header", "schema-version"]).scalar().is_some() => Some(Kind::SecurityInsights),
        () if !evaluation::controls(root).is_empty() => Some(Kind::Evaluation),
        () if answers("_status") > 0 => Some(Kind::BestPractices),
        () => None,
    }
}

/// The provisions whose policy points to a control of the OpenSSF Baseline, e.g. `OSPS-VM-02`: pointers, never equivalences.
fn related(catalogue: &Catalogue, control: &str) -> Vec<String> {
    let pointer = control.trim().to_ascii_uppercase();
    let Some(pointer) = pointer.strip_prefix("OSPS-").map(|rest| format!("osps/{}", rest.split('.').next().unwrap_or(rest))) else {
        return Vec::new();
    };
    let mut found: Vec<String> = Vec::new();
    for policy in catalogue.policies() {
        for provision in &policy.provisions {
            let points = |related: &[String]| related.contains(&pointer);
            if points(&provision.related) || policy.units_of(provision).iter().any(|unit| points(&unit.related)) {
                found.push(provision.id.clone());
            }
        }
    }
    found
}
