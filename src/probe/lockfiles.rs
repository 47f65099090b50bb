//! `lockfile-missing`, `lockfile-drift` and `lockfile-unhashed`: what contradicts that components are known and checked.

use std::rc::Rc;

use super::{Probe, Scene, Sighting};
use crate::formats::lockfile::{self, Integrity, Lockfile, Malformed};
use crate::formats::lockfile_coverage::{self, Uncovered};
use crate::formats::manifest_dependencies::{self, Manifest};
use crate::input::reader::quoted;
use crate::input::view::OpenFile;
use crate::repo_path::RepoPath;
use crate::text::one_line;

/// An application's manifest has dependencies and no lockfile beside or above it.
pub(super) struct LockfileMissing;
/// A manifest needs what the lockfile beside it does not lock.
pub(super) struct LockfileDrift;
/// A lockfile has packages without digests.
pub(super) struct LockfileUnhashed;

fn beside(scene: &Scene<'_>, folder: &RepoPath, name: &str) -> Option<Rc<OpenFile>> {
    scene.open(&folder.join(&name.parse().ok()?))
}

/// A lockfile that could be read.
pub(super) struct Locked {
    file: Rc<OpenFile>,
    lockfile: Lockfile,
}

/// The lockfiles that could be read.
fn lockfiles<'s>(scene: &'s Scene<'_>) -> &'s [Locked] {
    scene.read.lockfiles.get_or_init(|| read(scene))
}

fn read(scene: &Scene<'_>) -> Vec<Locked> {
    const ENDINGS: &[&str] = &["lock", "json", "yaml", "toml", "sum", "lockfile", "resolved"];
    let named = scene.shipped_with(ENDINGS, |path| lockfile::is_lockfile(path.file_name()));
    let opened = named.filter_map(|found| {
        let file = scene.open(&found.path)?;
        let folder = found.path.parent().unwrap_or_default();
        let other = |name: &str| beside(scene, &folder, name).and_then(|file| file.text().map(str::to_owned));
        let lockfile = lockfile::read(found.path.file_name(), file.text()?, other)?.ok()?;
        Some(Locked { file, lockfile })
    });
    opened.collect()
}

/// The manifest that a lockfile belongs to.
fn manifest_of(scene: &Scene<'_>, lockfile: &RepoPath) -> Option<(Rc<OpenFile>, Manifest)> {
    let folder = lockfile.parent().unwrap_or_default();
    manifest_dependencies::manifests_of(lockfile.file_name()).iter().find_map(|name| {
        let file = beside(scene, &folder, name)?;
        let manifest = manifest_dependencies::read(name, file.text()?)?.ok()?;
        Some((file, manifest))
    })
}

/// The lockfiles that may lock a manifest of that name.
fn lockfiles_for(manifest: &str) -> impl Iterator<Item = &'static str> + use<'_> {
    let python = |name: &str| name == "Pipfile.lock" || name == "requirements.txt";
    let fits =
        move |name: &&str| manifest_dependencies::manifests_of(name).contains(&manifest) || (manifest == "pyproject.toml" && python(name));
    lockfile::NAMES
        .iter()
        .copied()
        .chain(["bun.lock", "bun.lockb", "requirements.txt"])
        .filter(move |name| fits(name) || (manifest == "package.json" && name.starts_with("bun.")))
}

impl Probe for LockfileMissing {
    fn name(&self) -> &'static str {
        "lockfile-missing"
    }

    fn looks_at(&self) -> &'static str {
        "Manifests that say themselves that they are an application's: Cargo.toml beside src/main.rs or with [[bin]], a private package.json with a start script, Pipfile, Gemfile, a composer.json of type project, a pubspec.yaml that is not published."
    }

    fn limits(&self) -> &'static str {
        "Libraries may go without a lockfile and are left alone, and so is what cannot be told from one. A lockfile in any folder above counts, as workspaces keep theirs there."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for found in scene.shipped_with(&["toml", "json", "mod", "yaml", ""], |path| lockfiles_for(path.file_name()).next().is_some()) {
            let Some(file) = scene.open(&found.path) else { continue };
            let name = found.path.file_name();
            let Some(Ok(manifest)) = file.text().and_then(|text| manifest_dependencies::read(name, text)) else { continue };
            let folder = found.path.parent().unwrap_or_default();
            let has_main = name == "Cargo.toml" && beside(scene, &folder, "src/main.rs").is_some();
            let needs = manifest.dependencies.iter().any(|one| !one.local && !one.development);
            if !(manifest.is_application || has_main) || !needs || is_locked(scene, &folder, name) {
                continue;
            }
            let at = manifest.dependencies.first().map_or(0..0, |one| one.at.clone());
            let message = format!("{} has dependencies, and no lockfile is tracked beside or above it", found.path);
            seen.extend(scene.sighting(&file, at, message));
        }
        seen
    }
}

/// Whether a lockfile for that manifest is tracked in the folder or above.
fn is_locked(scene: &Scene<'_>, folder: &RepoPath, manifest: &str) -> bool {
    let mut here = Some(folder.clone());
    while let Some(folder) = here {
        let tracked = |name: &str| name.parse().is_ok_and(|name| scene.view.find(&folder.join(&name)).is_some());
        if lockfiles_for(manifest).any(tracked) {
            return true;
        }
        here = folder.parent();
    }
    false
}

impl Probe for LockfileDrift {
    fn name(&self) -> &'static str {
        "lockfile-drift"
    }

    fn looks_at(&self) -> &'static str {
        "The product's lockfiles, each with the manifest in the same folder."
    }

    fn limits(&self) -> &'static str {
        "Only direct dependencies and exact versions are compared; optional ones, those of the same workspace, and manifests that are programs are left alone."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for Locked { file, lockfile } in lockfiles(scene) {
            let Some((manifest_file, manifest)) = manifest_of(scene, &file.path) else { continue };
            for open in lockfile_coverage::uncovered(lockfile, &manifest) {
                let (dependency, message) = match open {
                    Uncovered::Absent(dependency) => {
                        let name = one_line(&dependency.name, 100);
                        (dependency, format!("{} needs {name}, which {} does not lock", manifest_file.path, file.path))
                    }
                    Uncovered::OtherVersion { dependency, wanted, locked } => {
                        let (name, locked) = (one_line(&dependency.name, 80), one_line(&locked.join(" and "), 200));
                        (dependency, format!("{} asks for {name} {wanted}, where {} locks {locked}", manifest_file.path, file.path))
                    }
                };
                seen.extend(scene.sighting(&manifest_file, dependency.at.clone(), message));
            }
        }
        seen
    }
}

impl Probe for LockfileUnhashed {
    fn name(&self) -> &'static str {
        "lockfile-unhashed"
    }

    fn looks_at(&self) -> &'static str {
        "The product's lockfiles, for packages from elsewhere that neither a digest nor a full commit id binds."
    }

    fn limits(&self) -> &'static str {
        "Formats that have no place for digests are left alone."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for Locked { file, lockfile } in lockfiles(scene) {
            for package in &lockfile.packages {
                let name = one_line(&format!("{} {}", package.full_name(), package.version), 100);
                let (at, message) = match &package.integrity {
                    Integrity::Bound | Integrity::NotExpected => continue,
                    Integrity::Missing => (&package.at, format!("{} locks {name} without a digest", file.path)),
                    Integrity::Malformed(Malformed { text, why, at }) => {
                        (at, format!("{} locks {name} with {} where its digest belongs: {why}", file.path, quoted(text)))
                    }
                };
                seen.extend(scene.sighting(file, at.clone(), message));
            }
        }
        seen
    }
}
