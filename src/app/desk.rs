//! What is read for each product before anything is judged: its attestations, its organisation's, its name and version.

use super::Request;
use crate::applicability;
use crate::assess::Demands;
use crate::base::Base;
use crate::error::{Error, Fault};
use crate::evidence::{ProductFacts, Taken};
use crate::formats::manifest::{self, Manifest};
use crate::input::allowed_signers::Signer;
use crate::input::book::{Book, BookReader};
use crate::input::cargo::{self, Graphs};
use crate::input::catalogue::Catalogue;
use crate::input::root::Found;
use crate::input::snapshot::Snapshot;
use crate::input::view::View;
use crate::limits;
use crate::model::attestation::Status;
use crate::model::declaration::{Declaration, Product};
use crate::model::overlay::Overlays;
use crate::source::SourceMap;
use std::collections::BTreeMap;

/// One product's inputs.
pub(super) struct Desk<'d> {
    pub(super) product: &'d Product,
    pub(super) own: Book,
    pub(super) organisation: Option<Book>,
    pub(super) facts: ProductFacts<'d>,
}

impl Desk<'_> {
    /// The books, each with whether it speaks of the organisation's codes; none where it speaks of all.
    pub(super) fn books(&self) -> impl Iterator<Item = (&Book, Option<bool>)> {
        let own = self.organisation.is_some().then_some(false);
        std::iter::once((&self.own, own)).chain(self.organisation.iter().map(|book| (book, Some(true))))
    }
}

/// What is attested of each unit: by an attestation that names it, else by one that names its principle; the product's own word before
/// the organisation's.
pub(super) fn attested<'d>(desk: &'d Desk<'_>) -> BTreeMap<&'d str, Status> {
    let mut known: BTreeMap<&str, (bool, Status)> = BTreeMap::new();
    for attestation in desk.books().flat_map(|(book, _)| &book.content.attestations) {
        for covered in &attestation.units {
            let told = (covered.specific, attestation.status.value);
            let held = known.entry(&covered.unit).or_insert(told);
            if told.0 && !held.0 {
                *held = told;
            }
        }
    }
    known.into_iter().map(|(unit, (_, status))| (unit, status)).collect()
}

pub(super) struct Inputs<'d, 'a> {
    pub(super) books: &'d BookReader<'d>,
    pub(super) signers: Option<&'d [Signer]>,
    pub(super) snapshot: &'d Snapshot,
    pub(super) found: &'d Found,
    /// What is in force.
    pub(super) declaration: &'d Declaration,
    /// What the state under test declares.
    pub(super) own: &'d Declaration,
    pub(super) base: Option<&'d Base>,
    /// The overlays of the state under test.
    pub(super) own_overlays: &'d Overlays,
    /// The codes with the overlays in force.
    pub(super) catalogue: &'a Catalogue,
    pub(super) sources: &'a SourceMap,
    /// What judging its products took so far.
    pub(super) taken: Taken,
}

impl<'d, 'a> Inputs<'d, 'a> {
    /// Reads what a product's declaration points at; every fault of its files at once.
    pub(super) fn desk(&self, product: &'d Product) -> Result<Desk<'d>, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut keep = |result: Result<Book, Vec<Fault>>| result.map_err(|more| faults.extend(more)).ok();
        let own = keep(self.books.read(&product.attestations, product.attestations_named));
        let named = self.declaration.organisation.as_ref().and_then(|organisation| organisation.attestations.as_ref());
        // Rows of both kinds may stand in one file, which is then the product's.
        let named = named.filter(|path| path.value != product.attestations);
        let organisation = named.and_then(|path| keep(self.books.read(&path.value, Some(path.span))));
        let facts = self.facts(product).map_err(|fault| faults.push(fault)).ok();
        for path in &product.paths {
            if !self.snapshot.tracks(&self.found.folder.join(&path.value)) {
                let message = format!("`paths` names {}, where git tracks nothing, so nothing of it would be assessed", path.value);
                faults.push(Fault::at(path.span, message).help("name folders of the product, or leave `paths` out"));
            }
        }
        if let Err(more) = applicability::select(self.declaration, product, self.catalogue) {
            faults.extend(more);
        }
        match (own, facts) {
            (Some(own), Some(facts)) if faults.is_empty() => Ok(Desk { product, own, organisation, facts }),
            _ => Err(faults),
        }
    }

    fn facts(&self, product: &'d Product) -> Result<ProductFacts<'d>, Fault> {
        let Some(path) = &product.version_from else {
            return Ok(ProductFacts::of(product, Manifest::default(), &self.snapshot.remotes()));
        };
        let whole = self.found.folder.join(&path.value);
        let unreadable = |why: String| Fault::at(path.span, format!("`version-from` names {whole}: {why}"));
        let blob = self.snapshot.read(&whole, limits::INPUT_BYTES).map_err(|refusal| unreadable(refusal.to_string()))?;
        let text = std::str::from_utf8(&blob.bytes).map_err(|_| unreadable("it is not UTF-8 text".into()))?;
        let manifest = manifest::read(&path.value, text).map_err(unreadable)?;
        Ok(ProductFacts::of(product, manifest, &self.snapshot.remotes()))
    }

    pub(super) fn cargo_graphs(&self, desks: &[Desk<'_>]) -> Result<Graphs, Error> {
        let view = View::new(self.snapshot, &self.found.folder, self.sources);
        let products: Vec<&Product> = desks.iter().map(|desk| desk.product).collect();
        cargo::graphs(&view, &products, &self.snapshot.places())
    }

    pub(super) fn demands(&self, request: &Request) -> Demands {
        let gate = &self.declaration.gate;
        let assurance = request.assurance.map_or(gate.assurance, |asked| self.catalogue.overlays().assurance(asked));
        Demands { assurance, max_age_days: gate.max_age_days, today: request.today }
    }
}
