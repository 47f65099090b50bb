//! The subjects of provenance, held against the files of the tree.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::rc::Rc;

use sha2::{Digest as _, Sha256, Sha512};

use super::super::{Ask, Gap, Verified, blank, effort};
use crate::formats::provenance::{Provenance, Subject};
use crate::input::policy::hex;
use crate::input::snapshot::Refusal;
use crate::input::view::OpenFile;
use crate::limits;
use crate::repo_path::RepoPath;
use crate::source::{Located, Span};

/// Which of the subjects are tracked files.
pub(super) enum Held {
    /// Some: what is to be said of them.
    Here(String),
    /// None.
    Nowhere,
}

/// Holds the subjects against the tracked files.
pub(super) fn held(ask: &Ask<'_>, path: &str, says: &Provenance, gaps: &mut Vec<Gap>) -> Result<Held, Verified> {
    if let Some(named) = ask.evidence.text("subject") {
        let artefact = artefact(ask, named)?;
        if let Some(why) = artefact.blank() {
            gaps.push(Gap { cited: Some(named.span), ..blank_subject(path, &artefact, why) });
        }
        let found = says.subjects.iter().find(|subject| artefact.is(subject) == Some(true));
        if found.is_none() {
            let message = format!("{path} has no subject with the digest of {}", artefact.path);
            let gap = Gap::failed("subject", message, "cite the provenance of this file, or build it anew");
            gaps.push(Gap { cited: Some(named.span), ..gap });
        }
        return Ok(Held::Here(format!("{} is among its subjects", artefact.path)));
    }
    let beside = ask.file.as_ref().and_then(|file| file.path.parent()).unwrap_or_default();
    let mut bound = Vec::new();
    let mut known: BTreeMap<RepoPath, Artefact> = BTreeMap::new();
    for subject in says.subjects.iter().take(limits::PROVENANCE_SUBJECTS) {
        let Ok(name) = subject.name.trim_start_matches("./").parse::<RepoPath>() else { continue };
        let places = [ask.view.folder().join(&name), beside.join(&name)];
        let Some(place) = places.into_iter().find(|place| ask.view.find(place).is_some_and(|found| found.regular)) else { continue };
        // Several subjects may be one file.
        let artefact = match known.entry(place.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => match Artefact::of(ask, place) {
                Ok(artefact) => new.insert(artefact),
                Err(_) => continue,
            },
        };
        match (artefact.is(subject), artefact.blank()) {
            (Some(true), Some(why)) => gaps.push(Gap { at: ask.range(subject.at.clone()), ..blank_subject(path, artefact, why) }),
            (Some(true), None) => bound.push(artefact.path.to_string()),
            (Some(false), _) => {
                let message = format!("{path} is about another {}: the digest of the tracked file is not the subject's", artefact.path);
                gaps.push(ask.gap_at(subject.at.clone(), "subject", message, "cite the provenance of this file, or build it anew"));
            }
            (None, _) => {}
        }
    }
    Ok(if bound.is_empty() { Held::Nowhere } else { Held::Here(format!("it is about {}", bound.join(", "))) })
}

fn blank_subject(path: &str, artefact: &Artefact, why: &str) -> Gap {
    Gap::failed("blank-subject", format!("{path} is about {}, {why}", artefact.path), "cite the provenance of what is released")
}

fn artefact(ask: &Ask<'_>, named: &Located<String>) -> Result<Artefact, Verified> {
    let wrong = |message: String, span: Span| {
        Verified::gap(Gap { cited: Some(span), ..Gap::failed("subject", message, "name the built file from the declaration's folder") })
    };
    let path = named.value.parse::<RepoPath>().map_err(|error| wrong(format!("`subject`: {error}"), named.span))?;
    let whole = ask.view.folder().join(&path);
    Artefact::of(ask, whole.clone()).map_err(|refusal| {
        let message = match refusal {
            Refusal::Absent => format!("`subject` names {whole}, which is not in this tree, so its digest is not known"),
            other => format!("`subject` names {whole}: {other}"),
        };
        Verified::doubt(message, "track the file (a list of digests will do), or leave `subject` out")
    })
}

/// A file of the tree by its digests.
struct Artefact {
    path: RepoPath,
    content: Content,
    /// Each computed once, however many subjects there are.
    sha256: OnceCell<String>,
    sha512: OnceCell<String>,
}

enum Content {
    Bytes(Rc<OpenFile>),
    /// Git LFS holds it: the sha256 that its pointer names.
    Elsewhere(String),
}

impl Artefact {
    fn of(ask: &Ask<'_>, path: RepoPath) -> Result<Self, Refusal> {
        let content = match ask.view.open(&path) {
            Ok(file) => Content::Bytes(file),
            Err(Refusal::LfsPointer) => Content::Elsewhere(ask.view.lfs_sha256(&path).ok_or(Refusal::LfsPointer)?),
            Err(other) => return Err(other),
        };
        if let Content::Bytes(file) = &content {
            ask.memo.effort.take(file.bytes.len() / effort::DIGESTED);
        }
        Ok(Self { path, content, sha256: OnceCell::new(), sha512: OnceCell::new() })
    }

    /// What is in place of contents, where there are none.
    fn blank(&self) -> Option<&'static str> {
        match &self.content {
            Content::Bytes(file) => blank::in_place_of_contents(&file.bytes),
            Content::Elsewhere(sha256) => blank::in_place_of_contents(&[]).filter(|_| sha256 == blank::SHA256),
        }
    }

    /// Whether a subject is this file; none where they share no digest that is known.
    fn is(&self, subject: &Subject) -> Option<bool> {
        let same: Vec<bool> = subject.digests.iter().filter_map(|(algorithm, digits)| Some(self.digest(algorithm)? == *digits)).collect();
        (!same.is_empty()).then(|| same.iter().all(|same| *same))
    }

    fn digest(&self, algorithm: &str) -> Option<&str> {
        match (&self.content, algorithm) {
            (Content::Bytes(file), "sha256") => Some(self.sha256.get_or_init(|| hex(&Sha256::digest(&file.bytes)))),
            (Content::Bytes(file), "sha512") => Some(self.sha512.get_or_init(|| hex(&Sha512::digest(&file.bytes)))),
            (Content::Bytes(file), "gitblob") => Some(&file.oid),
            (Content::Elsewhere(sha256), "sha256") => Some(sha256),
            _ => None,
        }
    }
}
