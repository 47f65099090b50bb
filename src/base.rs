//! The base of a change, judged like the change itself: its declaration, what it attests, and what was found in it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::error::{Error, Fault};
use crate::finding::Finding;
use crate::input::book::BookReader;
use crate::input::catalogue::Catalogue;
use crate::input::declaration;
use crate::input::overlays;
use crate::input::root::{self, Found};
use crate::input::snapshot::Snapshot;
use crate::model::attestation::Attestations;
use crate::model::declaration::{Declaration, Product};
use crate::model::overlay::Overlays;
use crate::source::{SourceMap, Span};
use crate::standing::Standing;

/// Digits of a commit's id in messages.
const COMMIT_DIGITS: usize = 12;

/// See the module's documentation.
pub struct Base {
    /// The commit.
    pub commit: String,
    /// What it declares and attests, and what was found; none where it declares nothing, so that all is new.
    pub declared: Option<Declared>,
    /// What the revision that was named declares, where others went on from the base meanwhile and it has a declaration.
    pub tip: Option<Settings>,
}

/// What a revision puts in force. Whoever makes a change chooses where it parts from the others, so that the base's own settings
/// would be of their choosing; those of the named revision are not.
pub struct Settings {
    /// The declaration.
    pub declaration: Declaration,
    /// The overlays in force.
    pub overlays: Overlays,
}

/// A base that has a declaration.
pub struct Declared {
    /// The declaration.
    pub declaration: Declaration,
    /// The overlays in force.
    pub overlays: Overlays,
    books: Vec<(String, Vec<Attestations>)>,
    judged: Vec<Judged>,
}

/// What judging a product of the base came to.
pub struct Judged {
    /// The product's name.
    pub product: String,
    /// What was found.
    pub findings: Vec<Finding>,
    /// How each unit stands.
    pub standings: BTreeMap<String, Standing>,
}

impl Base {
    /// A place in the base, for messages.
    pub fn place(&self, span: Span, sources: &SourceMap) -> String {
        let place = sources.place(span);
        let commit: String = self.commit.chars().take(COMMIT_DIGITS).collect();
        format!("{}:{} in {commit}", place.file, place.line)
    }

    /// Reads the base's inputs; `named` are the overlays of the command line that it has, `judge` finds what is to be found in it.
    ///
    /// # Errors
    /// When it has a declaration and cannot be assessed.
    pub fn read(
        commit: String,
        snapshot: &Snapshot,
        named: &[PathBuf],
        catalogue: &Catalogue,
        sources: &SourceMap,
        judge: impl FnOnce() -> Result<Vec<Judged>, Error>,
    ) -> Result<Self, Error> {
        let found = match root::find(snapshot, sources) {
            Ok(found) => found,
            Err(Error::NoDeclaration { .. }) => return Ok(Self { commit, declared: None, tip: None }),
            Err(error) => return Err(explain(&commit, error)),
        };
        let overlays = overlays::read(Some(snapshot), Some(&found), named, catalogue, sources).map_err(|error| explain(&commit, error))?;
        let declared = declared(snapshot, &found, overlays, catalogue, sources, judge).map_err(|error| explain(&commit, error))?;
        Ok(Self { commit, declared: Some(declared), tip: None })
    }

    /// The settings that are in force for the change: the named revision's, else the base's.
    pub fn in_force(&self) -> Option<(&Declaration, &Overlays)> {
        let tip = self.tip.as_ref().map(|tip| (&tip.declaration, &tip.overlays));
        tip.or_else(|| self.declared.as_ref().map(|declared| (&declared.declaration, &declared.overlays)))
    }
}

impl Settings {
    /// Reads the settings of a revision; none where it has no declaration.
    ///
    /// # Errors
    /// When it has one that is invalid.
    pub fn read(
        commit: &str,
        snapshot: &Snapshot,
        named: &[PathBuf],
        catalogue: &Catalogue,
        sources: &SourceMap,
    ) -> Result<Option<Self>, Error> {
        let read = || {
            let found = root::find(snapshot, sources)?;
            let overlays = overlays::read(Some(snapshot), Some(&found), named, catalogue, sources)?;
            let declaration = declaration::read(&found, catalogue.with_overlays(&overlays), sources)?;
            Ok(Self { declaration, overlays })
        };
        match read() {
            Ok(settings) => Ok(Some(settings)),
            Err(Error::NoDeclaration { .. }) => Ok(None),
            Err(error) => Err(explain(commit, error)),
        }
    }
}

impl Declared {
    /// What is attested of a product, with what is attested of the organisation.
    pub fn books(&self, product: &Product) -> Vec<&Attestations> {
        let own = self.books.iter().find(|(name, _)| *name == product.name.value);
        own.map(|(_, books)| books.iter().collect()).unwrap_or_default()
    }

    /// What was found in a product.
    pub fn findings(&self, product: &Product) -> Vec<Finding> {
        self.judged(product).map(|own| own.findings.clone()).unwrap_or_default()
    }

    /// How each unit of a product stands.
    pub fn standings(&self, product: &Product) -> BTreeMap<String, Standing> {
        self.judged(product).map(|own| own.standings.clone()).unwrap_or_default()
    }

    fn judged(&self, product: &Product) -> Option<&Judged> {
        self.judged.iter().find(|own| own.product == product.name.value)
    }
}

fn declared(
    snapshot: &Snapshot,
    found: &Found,
    overlays: Overlays,
    catalogue: &Catalogue,
    sources: &SourceMap,
    judge: impl FnOnce() -> Result<Vec<Judged>, Error>,
) -> Result<Declared, Error> {
    let catalogue = catalogue.with_overlays(&overlays);
    let declaration = declaration::read(found, catalogue, sources)?;
    let reader = BookReader { snapshot, found, catalogue, sources };
    let mut books = Vec::new();
    for product in &declaration.products {
        let mut own = vec![reader.read(&product.attestations, product.attestations_named).map_err(Error::Invalid)?.content];
        let organisation = declaration.organisation.as_ref().and_then(|organisation| organisation.attestations.as_ref());
        if let Some(path) = organisation.filter(|path| path.value != product.attestations) {
            own.push(reader.read(&path.value, Some(path.span)).map_err(Error::Invalid)?.content);
        }
        books.push((product.name.value.clone(), own));
    }
    Ok(Declared { judged: judge()?, declaration, overlays, books })
}

/// A base that cannot be assessed has no settings that could be in force.
fn explain(commit: &str, error: Error) -> Error {
    let commit: String = commit.chars().take(COMMIT_DIGITS).collect();
    let message = format!("the base {commit} cannot be assessed, so its settings cannot be in force");
    let mut faults = vec![Fault::anywhere(message).help("mend it there first; or judge by the change's own settings: --trust-head")];
    faults.extend(error.faults());
    Error::Invalid(faults)
}
