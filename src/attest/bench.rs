//! The files that an edit works on: the work tree's declaration, and the attestations file that speaks of the provisions.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Fault};
use crate::input::book::{Book, BookReader};
use crate::input::catalogue::Catalogue;
use crate::input::declaration;
use crate::input::overlays;
use crate::input::policy::hex;
use crate::input::reader::quoted;
use crate::input::root::{self, Found};
use crate::input::snapshot::{At, Refusal, Snapshot};
use crate::limits;
use crate::model::attestation::Pin;
use crate::model::declaration::{Declaration, Product};
use crate::repo_path::RepoPath;
use crate::source::SourceMap;

/// An attestations file of a work tree, ready to be edited.
pub struct Bench<'a> {
    snapshot: Snapshot,
    found: Found,
    /// The declaration.
    pub declaration: Declaration,
    /// What its names mean: the codes with the overlays in force.
    pub catalogue: &'a Catalogue,
    /// The product's name.
    pub product: String,
    /// The file as it is.
    pub book: Book,
}

/// Which attestations file is wanted.
pub struct Wanted<'p> {
    /// A folder in the repository.
    pub path: &'p Path,
    /// The product of this name.
    pub product: Option<&'p str>,
    /// Overlays beside those that the declaration names.
    pub overlays: &'p [PathBuf],
}

impl<'a> Bench<'a> {
    /// Opens the file of a product; where `names` are an organisation's provisions and the declaration names a file for
    /// those, that one.
    ///
    /// # Errors
    /// As a check's inputs; that several products have several files and none is chosen; and that `names` belong to two files.
    pub fn open(wanted: &Wanted<'_>, names: &[String], catalogue: &'a Catalogue, sources: &SourceMap) -> Result<Self, Error> {
        let snapshot = Snapshot::open(wanted.path, &At::Worktree)?;
        let found = root::find(&snapshot, sources)?;
        let overlays = overlays::read(Some(&snapshot), Some(&found), wanted.overlays, catalogue, sources)?;
        let catalogue = catalogue.with_overlays(&overlays);
        let mut declaration = declaration::read(&found, catalogue, sources)?;
        declaration.gate = overlays.gate(&declaration.gate);
        let chosen = chosen(&declaration, wanted.product)?;
        let of_organisation = |name: &String| catalogue.split(name).is_some_and(|(policy, _)| policy.applies_to.organisation);
        let own_file = declaration.organisation.as_ref().and_then(|organisation| organisation.attestations.clone());
        let elsewhere = names.iter().filter(|name| own_file.is_some() && of_organisation(name)).count();
        let (file, named) = match own_file {
            Some(file) if elsewhere > 0 && elsewhere == names.len() => (file.value, Some(file.span)),
            Some(_) if elsewhere > 0 => {
                let help = "attest the organisation's provisions and the product's one after the other";
                return Err(Error::repository("these provisions belong to two attestations files", help));
            }
            _ => (chosen.attestations.clone(), chosen.attestations_named),
        };
        let reader = BookReader { snapshot: &snapshot, found: &found, catalogue, sources };
        let book = match reader.read(&file, named) {
            Ok(book) => book,
            // A file that the declaration names may be begun here.
            Err(_) if snapshot.read(&found.folder.join(&file), limits::INPUT_BYTES).is_err_and(|why| why == Refusal::Absent) => {
                reader.read(&file, None).map_err(Error::Invalid)?
            }
            Err(faults) => return Err(Error::Invalid(faults)),
        };
        let product = chosen.name.value.clone();
        Ok(Self { catalogue, product, declaration, book, found, snapshot })
    }

    /// Where the file lies on disk.
    pub fn path_on_disk(&self) -> Option<PathBuf> {
        self.snapshot.work_tree().map(|tree| tree.join(self.book.path.as_str()))
    }

    /// The pin of a cited file as it is now, of the same sort as the given one.
    ///
    /// # Errors
    /// When it is no evidence: not there, not tracked, not a regular file.
    pub fn pin(&self, path: &RepoPath, like: Option<&Pin>) -> Result<Pin, Refusal> {
        let blob = self.snapshot.read(&self.found.folder.join(path), limits::EVIDENCE_BYTES)?;
        Ok(match like {
            Some(Pin::Sha256(_)) => Pin::Sha256(hex(&Sha256::digest(&blob.bytes))),
            _ => Pin::Git(blob.oid),
        })
    }
}

fn chosen<'d>(declaration: &'d Declaration, name: Option<&str>) -> Result<&'d Product, Error> {
    let names = || declaration.products.iter().map(|product| product.name.value.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(name) = name {
        let found = declaration.products.iter().find(|product| product.name.value == name);
        return found.ok_or_else(|| {
            let message = format!("the declaration has no product {}", quoted(name));
            Error::Invalid(vec![Fault::at(declaration.span, message).help(format!("its products: {}", names()))])
        });
    }
    let mut products = declaration.products.iter();
    match products.next() {
        Some(first) if products.all(|other| other.attestations == first.attestations) => Ok(first),
        Some(_) => Err(Error::repository("the declaration has several products", format!("choose one with --product: {}", names()))),
        None => Err(Error::Invalid(vec![Fault::at(declaration.span, "the declaration has no product")])),
    }
}
