//! The files of the tree that the gate itself reads. What stands in them is what is judged, so that none is evidence for it.

use std::collections::BTreeMap;

use super::root::Found;
use crate::model::declaration::Declaration;
use crate::model::overlay::Overlays;
use crate::repo_path::RepoPath;

/// What the gate reads a file as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateFile {
    /// Attestations, with their waivers.
    Attestations,
    /// The signature over attestations.
    Signature,
    /// The declaration, where it has a file of its own.
    Declaration,
    /// An overlay.
    Overlay,
}

/// See the module's documentation.
#[derive(Debug, Default)]
pub struct GateFiles {
    files: BTreeMap<RepoPath, GateFile>,
    table: Option<(RepoPath, &'static [&'static str])>,
}

impl GateFiles {
    /// What a run reads: the declaration, the attestations of every product and of the organisation with their signatures, and the
    /// overlays that lie in the tree.
    pub fn of(found: &Found, declarations: &[&Declaration], overlays: &Overlays) -> Self {
        let mut own = Self::default();
        for overlay in overlays.accepted.iter().chain(&overlays.proposed).filter(|overlay| !overlay.outside) {
            own.add(overlay.path.parse().ok(), GateFile::Overlay);
        }
        match found.table {
            [] => own.add(Some(found.file.path.clone()), GateFile::Declaration),
            table => own.table = Some((found.file.path.clone(), table)),
        }
        for declaration in declarations {
            let organisation = declaration.organisation.iter().filter_map(|organisation| organisation.attestations.as_ref());
            let all = declaration.products.iter().map(|product| &product.attestations).chain(organisation.map(|path| &path.value));
            all.for_each(|path| own.add_attestations(&found.folder.join(path)));
        }
        own
    }

    /// A declaration in a file of its own and its attestations, before either is written.
    pub fn planned(declaration: &RepoPath, attestations: &RepoPath) -> Self {
        let mut own = Self::default();
        own.add(Some(declaration.clone()), GateFile::Declaration);
        own.add_attestations(attestations);
        own
    }

    fn add(&mut self, path: Option<RepoPath>, role: GateFile) {
        self.files.extend(path.map(|path| (path, role)));
    }

    fn add_attestations(&mut self, path: &RepoPath) {
        self.add(format!("{path}.sig").parse().ok(), GateFile::Signature);
        self.add(Some(path.clone()), GateFile::Attestations);
    }

    /// What a path from the git repository's root is read as.
    pub fn role(&self, path: &RepoPath) -> Option<GateFile> {
        self.files.get(path).copied()
    }

    /// The keys that lead to the declaration in a manifest which says more than that; none in any other file.
    pub fn table_in(&self, path: &RepoPath) -> Option<&'static [&'static str]> {
        self.table.as_ref().filter(|(manifest, _)| manifest == path).map(|(_, table)| *table)
    }
}
