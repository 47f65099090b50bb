//! From choices to the two texts, each read back by the gate's own readers.

use jiff::civil::Date;

use super::attestations::{self, Page};
use super::choices::Choices;
use super::declaration::{self, Open};
use super::evidence::Shelf;
use super::ground::Ground;
use super::import::Proposal;
use crate::applicability::{self, Applicability, Decision, Selected};
use crate::clock::Today;
use crate::error::{Error, Fault};
use crate::input::catalogue::Catalogue;
use crate::input::root::{ATTESTATIONS, DECLARATION, Found, InputFile};
use crate::input::{attestations as reader, declaration as declaration_reader};
use crate::model::attestation::{Attestation, Status};
use crate::model::declaration::{Declaration, Product};
use crate::model::outcome::Level;
use crate::repo_path::RepoPath;

/// What applies under some choices.
pub(super) struct Decided<'a> {
    declaration: Declaration,
    pub(super) selected: Vec<Selected<'a>>,
    pub(super) decisions: Vec<Decision<'a>>,
    /// Traits that provisions wait for, in the catalogue's order.
    pub(super) open: Vec<Open<'a>>,
    /// The highest level of a gap that is possible; none where nothing applies or waits.
    pub(super) strongest: Option<Level>,
}

impl<'a> Decided<'a> {
    /// Decides by a declaration of these choices.
    ///
    /// # Errors
    /// When they leave a code that they select without anything to assess.
    pub(super) fn of(choices: &Choices, ground: &Ground<'_>, catalogue: &'a Catalogue, today: Date) -> Result<Self, Error> {
        Self::by(&declaration::write(choices, ground, None, today), ground, catalogue)
    }

    fn by(text: &str, ground: &Ground<'_>, catalogue: &'a Catalogue) -> Result<Self, Error> {
        let declaration = read_declaration(text, ground, catalogue)?;
        let product = product(&declaration)?;
        let selected = applicability::select(&declaration, product, catalogue).map_err(unassessed)?;
        let decisions = applicability::decide(&selected, product);
        let counts = |decision: &&Decision<'_>| !matches!(decision.applicability, Applicability::Excluded(_));
        let strongest = decisions.iter().filter(counts).map(Decision::gap_level).max();
        if strongest.is_none() {
            return Err(unassessed(Vec::new()));
        }
        let waits = |id: &str| {
            let waits =
                |decision: &&Decision<'_>| matches!(&decision.applicability, Applicability::Waits(ids) if ids.iter().any(|own| own == id));
            decisions.iter().filter(waits).count()
        };
        let open = catalogue.traits().iter().map(|asked| Open { asked, waiting: waits(&asked.id) });
        let open = open.filter(|open| open.waiting > 0).collect();
        Ok(Self { declaration, selected, decisions, open, strongest })
    }

    /// How many provisions of a code wait for an answer.
    pub(super) fn waiting(&self, code: &str) -> usize {
        let mut ids: Vec<&str> = Vec::new();
        for decision in self.decisions.iter().filter(|decision| decision.policy.code == code) {
            let id = decision.provision.id.as_str();
            let others = || self.decisions.iter().filter(|other| other.provision.id == id);
            let applies = || others().any(|other| other.applicability == Applicability::Applies);
            if matches!(decision.applicability, Applicability::Waits(_)) && ids.last() != Some(&id) && !applies() {
                ids.push(id);
            }
        }
        ids.len()
    }

    /// The product as declared.
    ///
    /// # Errors
    /// Never, once it has been read.
    pub(super) fn product(&self) -> Result<&Product, Error> {
        product(&self.declaration)
    }
}

fn product(declaration: &Declaration) -> Result<&Product, Error> {
    declaration.products.first().ok_or_else(|| defect("the declaration has no product", &[]))
}

/// The roles leave nothing to assess.
fn unassessed(faults: Vec<Fault>) -> Error {
    let message = faults.first().map_or("these roles leave nothing to assess".to_owned(), |fault| fault.message.clone());
    let help = faults.into_iter().find_map(|fault| fault.help).unwrap_or_else(|| "choose other roles with --role".into());
    Error::repository(message, help)
}

/// What would be written is refused by the gate's own reader, so it is not.
fn defect(what: &str, faults: &[Fault]) -> Error {
    let said: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    let message = format!("what init was about to write cannot be read ({what}: {}), so nothing was written", said.join("; "));
    Error::repository(message, "this is a defect of portcullis: please report it with the command that you ran")
}

fn input(name: &str, text: &str, ground: &Ground<'_>) -> InputFile {
    let path = name.parse::<RepoPath>().map(|name| ground.folder().join(&name)).unwrap_or_default();
    InputFile { source: ground.sources.add(path.as_str(), text), path, text: text.to_owned(), untracked: true }
}

fn read_declaration(text: &str, ground: &Ground<'_>, catalogue: &Catalogue) -> Result<Declaration, Error> {
    let file = input(DECLARATION, text, ground);
    let span = ground.sources.line(file.source, 1);
    let found = Found { folder: ground.folder().clone(), file, table: &[], span };
    declaration_reader::read(&found, catalogue, ground.sources).map_err(|error| defect(DECLARATION, &error.faults()))
}

/// Both texts, and what there is to tell of them.
pub struct Plan<'a> {
    /// `portcullis.toml`.
    pub declaration: String,
    /// `attestations.toml`.
    pub attestations: String,
    pub(super) decided: Decided<'a>,
    pub(super) shelf: Shelf,
    /// The provisions that were written, in the file's order.
    pub(super) written: Vec<Written>,
}

/// A provision that was written.
pub(super) struct Written {
    /// Its id.
    pub(super) id: String,
    /// How many pieces it cites.
    pub(super) pieces: usize,
    /// How strong a gap in it is.
    pub(super) level: Option<Level>,
    /// How many in a hundred of its units what it cites counts for.
    pub(super) share: usize,
}

/// Writes both texts, and reads them back.
///
/// # Errors
/// When the choices leave nothing to assess, or when a text is not what it must be.
pub fn plan<'a>(
    choices: &Choices,
    proposal: &Proposal,
    ground: &Ground<'_>,
    catalogue: &'a Catalogue,
    today: Today,
) -> Result<Plan<'a>, Error> {
    let first = Decided::of(choices, ground, catalogue, today.0)?;
    let declaration = declaration::write(choices, ground, Some(&first), today.0);
    let decided = Decided::by(&declaration, ground, catalogue)?;
    let shelf = Shelf::fill(&decided, proposal, ground, catalogue, today)?;
    let owner = choices.owner.as_deref().unwrap_or(super::NOBODY);
    let attestations = attestations::write(&Page { decided: &decided, shelf: &shelf, proposal, owner, today: today.0 });
    let written = check(&attestations, &decided, ground, catalogue)?;
    Ok(Plan { declaration, attestations, decided, shelf, written })
}

/// Holds the attestations against what they must be: every provision that applies once, and nothing said of any.
fn check(text: &str, decided: &Decided<'_>, ground: &Ground<'_>, catalogue: &Catalogue) -> Result<Vec<Written>, Error> {
    let read =
        reader::read(&input(ATTESTATIONS, text, ground), catalogue, ground.sources).map_err(|faults| defect(ATTESTATIONS, &faults))?;
    let said = read.attestations.iter().any(|one| one.status.value != Status::Planned) || !read.waivers.is_empty();
    let written = |one: &Attestation| {
        let (level, share) = weight(one, decided);
        one.provisions
            .iter()
            .map(move |name| Written { id: name.value.clone(), pieces: one.evidence.len(), level, share })
            .collect::<Vec<_>>()
    };
    let written: Vec<Written> = read.attestations.iter().flat_map(written).collect();
    let mut wanted: Vec<&str> = Vec::new();
    for decision in decided.decisions.iter().filter(|decision| decision.applicability == Applicability::Applies) {
        if wanted.last() != Some(&decision.provision.id.as_str()) {
            wanted.push(&decision.provision.id);
        }
    }
    if said || wanted != written.iter().map(|one| one.id.as_str()).collect::<Vec<_>>() {
        return Err(defect(ATTESTATIONS, &[]));
    }
    Ok(written)
}

/// How strong a gap in the units of which an attestation speaks is, and how many in a hundred of them its evidence counts for.
fn weight(one: &Attestation, decided: &Decided<'_>) -> (Option<Level>, usize) {
    let spoken = |decision: &&Decision<'_>| one.units.iter().any(|covered| covered.unit == decision.unit.id);
    let (mut level, mut all, mut shown) = (None, 0_usize, 0_usize);
    for decision in decided.decisions.iter().filter(spoken) {
        level = level.max(Some(decision.gap_level()));
        all += 1;
        shown += usize::from(one.cites_for(decision.unit));
    }
    (level, (shown * 100).checked_div(all).unwrap_or(0))
}
