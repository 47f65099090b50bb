//! What a repository shows before anything is declared: the state that the two files are written from.

use std::path::{Path, PathBuf};

use crate::detect::{Artefact, Detection, artefacts, detect, walk};
use crate::error::Error;
use crate::formats::manifest;
use crate::input::reader::quoted;
use crate::input::root::{self, ATTESTATIONS, DECLARATION};
use crate::input::snapshot::{At, Snapshot};
use crate::input::view::View;
use crate::limits;
use crate::repo_path::RepoPath;
use crate::source::SourceMap;
use crate::text::is_unprintable;

/// Longest name that is taken from a manifest, in characters.
const NAME_CHARS: usize = 80;
/// Manifests that name a product, best first.
const NAMED_BY: &[&str] =
    &["Cargo.toml", "pyproject.toml", "package.json", "go.mod", "pubspec.yaml", "composer.json", "settings.gradle", "settings.gradle.kts"];
/// Files that hold nothing but a version.
const VERSIONS: &[&str] = &["VERSION", "VERSION.txt", "version.txt"];

/// A repository, looked at.
pub struct Ground<'s> {
    /// The work tree.
    pub snapshot: Snapshot,
    /// Where texts are registered.
    pub sources: &'s SourceMap,
    /// Types, roles and traits that the files show.
    pub detection: Detection,
    /// What could be cited.
    pub artefacts: Vec<Artefact>,
    /// What the product seems to be called.
    pub name: String,
    /// The manifest that says so; none where it is only the repository's name.
    pub named_by: Option<RepoPath>,
    /// The file that holds the product's version.
    pub version_from: Option<RepoPath>,
    /// What the two files hold now, the declaration first; none where there is no such file.
    pub old: [Option<Vec<u8>>; 2],
}

impl<'s> Ground<'s> {
    /// Looks at the folder; nothing of it is changed.
    ///
    /// # Errors
    /// When there is no repository with a work tree; when the folder is declared already and `force` does not allow to
    /// write anew; when what is there is no regular file.
    pub fn open(path: &Path, force: bool, sources: &'s SourceMap) -> Result<Self, Error> {
        let snapshot = Snapshot::open(path, &At::Worktree)?;
        let folder = snapshot.start().clone();
        let old = [old(&snapshot, DECLARATION, force)?, old(&snapshot, ATTESTATIONS, force)?];
        refuse_declared(&snapshot, force, sources)?;
        let (detection, artefacts, named, version_from) = {
            let view = View::new(&snapshot, &folder, sources);
            let folders = std::slice::from_ref(&folder);
            let walked = walk(&view);
            let named = named(&view);
            let version_from = version_from(&view, named.as_ref().map(|(_, path)| path));
            (detect(&view, &walked, folders), artefacts(&view, &walked, folders), named, version_from)
        };
        let (name, named_by) = match named {
            Some((name, path)) => (name, Some(path)),
            None => (repository_name(&snapshot), None),
        };
        Ok(Self { snapshot, sources, detection, artefacts, name, named_by, version_from, old })
    }

    /// The folder that the files are written in, from the git repository's root.
    pub fn folder(&self) -> &RepoPath {
        self.snapshot.start()
    }

    /// Where the two files are written, the declaration first.
    pub fn targets(&self) -> [PathBuf; 2] {
        let folder = self.snapshot.work_tree().map(|tree| tree.join(self.folder().as_str())).unwrap_or_default();
        [folder.join(DECLARATION), folder.join(ATTESTATIONS)]
    }
}

/// What a file that may be replaced holds.
fn old(snapshot: &Snapshot, name: &str, force: bool) -> Result<Option<Vec<u8>>, Error> {
    let on_disk = snapshot.work_tree().map(|tree| tree.join(snapshot.start().as_str()).join(name)).unwrap_or_default();
    let found = match std::fs::symlink_metadata(on_disk) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::repository(format!("{name} cannot be looked at: {error}"), "check the folder's permissions")),
        Ok(found) => found,
    };
    if !force {
        let help = "`portcullis check` judges what is there; --force writes both files anew, and what they hold now is lost";
        return Err(Error::repository(format!("there is a {name} already, and it is left as it is"), help));
    }
    if !found.is_file() {
        return Err(Error::repository(format!("{name} is not a regular file, so it is not replaced"), "move it away first"));
    }
    let path = name.parse::<RepoPath>().map(|name| snapshot.start().join(&name)).unwrap_or_default();
    let read = snapshot.read_untracked(&path, limits::INPUT_BYTES).transpose();
    let read = read.map_err(|refusal| Error::repository(format!("{name}: {refusal}"), "check its permissions, or move it away"))?;
    Ok(read.map(|blob| blob.bytes))
}

/// A declaration in a manifest cannot be written anew here, and one further up already speaks for this folder.
fn refuse_declared(snapshot: &Snapshot, force: bool, sources: &SourceMap) -> Result<(), Error> {
    let found = match root::find(snapshot, sources) {
        Ok(found) => found,
        Err(Error::NoDeclaration { .. }) => return Ok(()),
        // Whatever is wrong with what is replaced goes with it; two declarations would stay two.
        Err(error) => return if force && !has_manifest_table(snapshot, sources) { Ok(()) } else { Err(error) },
    };
    let path = &found.file.path;
    if !found.table.is_empty() && found.folder == *snapshot.start() {
        let message = format!("{path} has a declaration already: [{}]", found.table.join("."));
        let help = "`portcullis check` judges it, and `portcullis attest` adds attestations; to begin anew, take that table out first, \
                    since two declarations in one folder are an error";
        return Err(Error::repository(message, help));
    }
    if found.folder != *snapshot.start() && !force {
        let message = format!("{path} already speaks for this folder");
        let help = "name the folder in `paths` of a product there; or give this folder a declaration of its own with --force";
        return Err(Error::repository(message, help));
    }
    Ok(())
}

fn has_manifest_table(snapshot: &Snapshot, sources: &SourceMap) -> bool {
    use crate::input::declaration::{MANIFEST_TABLES, declared_at};
    MANIFEST_TABLES.iter().any(|(name, table)| {
        let path = name.parse::<RepoPath>().map(|name| snapshot.start().join(&name)).unwrap_or_default();
        let file = root::read_input(snapshot, &path, sources).ok().flatten();
        file.is_some_and(|file| declared_at(&file.text, table).is_some())
    })
}

/// The name in the best manifest of the folder, with that manifest's path from the folder.
fn named(view: &View<'_>) -> Option<(String, RepoPath)> {
    NAMED_BY.iter().find_map(|name| {
        let path: RepoPath = name.parse().ok()?;
        let file = view.read(&view.folder().join(&path), limits::INPUT_BYTES).ok()?;
        let name = manifest::name(&path, file.text()?)?;
        // So begins the name of what is for the workspace alone and never published.
        presentable(&name).filter(|name| !name.starts_with('_')).map(|name| (name, path))
    })
}

fn version_from(view: &View<'_>, named: Option<&RepoPath>) -> Option<RepoPath> {
    let states = |path: &RepoPath| {
        let file = view.read(&view.folder().join(path), limits::INPUT_BYTES).ok();
        file.is_some_and(|file| file.text().is_some_and(|text| manifest::read(path, text).is_ok()))
    };
    let versions = VERSIONS.iter().filter_map(|name| name.parse().ok());
    let manifests = NAMED_BY.iter().take(3).filter_map(|name| name.parse().ok());
    // A manifest of another product than the one that gave the name is no better than none.
    let manifests = manifests.filter(|path| named.is_none_or(|named| named == path));
    manifests.chain(versions).find(states)
}

/// The name of the folder below the repository's root, else that of the repository on its host, else that of its folder.
fn repository_name(snapshot: &Snapshot) -> String {
    let own = snapshot.start().file_name();
    let origin = snapshot.origin();
    let host = origin.as_deref().and_then(|address| address.rsplit('/').next()).map(|name| name.trim_end_matches(".git"));
    let folder = snapshot.work_tree().and_then(Path::file_name).and_then(|name| name.to_str());
    let known = [Some(own), host, folder].into_iter().flatten().find_map(presentable);
    known.unwrap_or_else(|| "Product".to_owned())
}

/// A name that can be shown and written as it is.
pub(super) fn presentable(name: &str) -> Option<String> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_CHARS && !name.chars().any(is_unprintable);
    fits.then(|| name.to_owned())
}

/// The name that was given on the command line.
///
/// # Errors
/// When it cannot be shown as it is.
pub(super) fn given_name(name: &str) -> Result<String, Error> {
    presentable(name).ok_or_else(|| {
        let message = format!("{} is no name that can be written as it is", quoted(name));
        Error::repository(message, format!("--product takes what customers call it, at most {NAME_CHARS} characters"))
    })
}
