//! The attestations files that a declaration speaks of, read with every fault in its place.

use super::attestations;
use super::catalogue::Catalogue;
use super::declaration;
use super::root::{Found, InputFile, read_input};
use super::snapshot::Snapshot;
use crate::error::{Error, Fault};
use crate::model::attestation::Attestations;
use crate::repo_path::RepoPath;
use crate::source::{SourceMap, Span};

/// Everything read from one attestations file.
pub struct Book {
    /// The file, if there is one.
    pub file: Option<InputFile>,
    /// Its path from the git repository's root.
    pub path: RepoPath,
    /// What it says.
    pub content: Attestations,
}

/// Reads attestations files.
pub struct BookReader<'d> {
    /// The tree.
    pub snapshot: &'d Snapshot,
    /// The declaration, whose folder paths are relative to.
    pub found: &'d Found,
    /// What attestations may speak of.
    pub catalogue: &'d Catalogue,
    /// Where texts are registered.
    pub sources: &'d SourceMap,
}

impl BookReader<'_> {
    /// Reads one; `named` is the place in the declaration that names it. No file under the default name is an empty one.
    ///
    /// # Errors
    /// Every fault in the file at once; or that a file that is named is not there.
    pub fn read(&self, path: &RepoPath, named: Option<Span>) -> Result<Book, Vec<Fault>> {
        let path = self.found.folder.join(path);
        let file = read_input(self.snapshot, &path, self.sources).map_err(|fault| {
            let span = fault.span.or(named);
            vec![Fault { span, ..fault }]
        })?;
        let content = match (&file, named) {
            (Some(file), _) => attestations::read(file, self.catalogue, self.sources)?,
            (None, None) => Attestations::default(),
            (None, Some(span)) => {
                let fault = Fault::at(span, format!("the declaration names {path}, and there is no such file"));
                return Err(vec![fault.help("write the file, or correct the path")]);
            }
        };
        Ok(Book { file, path, content })
    }

    /// Adds to what is wrong with the declaration what is wrong with the attestations that it speaks of.
    #[must_use]
    pub fn with_attestations(&self, error: Error) -> Error {
        let Error::Invalid(mut faults) = error else { return error };
        for (path, named) in declaration::attestations_of(self.found, self.catalogue, self.sources) {
            faults.extend(self.read(&path, named).err().unwrap_or_default());
        }
        in_order(faults)
    }
}

/// Faults in the order of the files and their lines, each once.
pub fn in_order(mut faults: Vec<Fault>) -> Error {
    faults.sort_by_key(|fault| fault.span);
    let mut once: Vec<Fault> = Vec::new();
    for fault in faults {
        if !once.contains(&fault) {
            once.push(fault);
        }
    }
    Error::Invalid(once)
}
