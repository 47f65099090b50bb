//! The product's lockfiles and manifests, as several verifiers compare them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Ask;
use crate::formats::lockfile::{self, Lockfile, Origin, Package, Scope};
use crate::formats::manifest_dependencies;
use crate::input::shipped::is_muted;
use crate::input::view::OpenFile;
use crate::repo_path::RepoPath;

/// A lockfile of the product that could be read.
pub(super) struct TrackedLockfile {
    /// From the git repository's root.
    pub(super) path: RepoPath,
    /// The blob id of its bytes.
    pub(super) oid: String,
    /// The file.
    pub(super) file: Rc<OpenFile>,
    /// What it locks.
    pub(super) lockfile: Lockfile,
    /// What manifests reach, where the lockfile itself does not say what ships.
    reach: Option<Reach>,
    /// Whether cargo itself resolved what ships.
    pub(super) by_cargo: bool,
}

/// How far manifests, or cargo's own graph, reach into a lockfile without development dependencies.
struct Reach {
    /// Name and version of all that may ship.
    may_ship: BTreeSet<(String, String)>,
    /// Name and version of what ships on every platform and with any features.
    ships: BTreeSet<(String, String)>,
}

/// The lockfiles that git tracks under the product's paths, tests, examples and the like aside, and the paths of those that
/// cannot be read.
pub(super) fn lockfiles(ask: &Ask<'_>) -> (Vec<Rc<TrackedLockfile>>, Vec<String>) {
    let named = ask.product_files().filter(|found| found.regular && lockfile::is_lockfile(found.path.file_name()));
    let shipped = named.filter(|found| !is_muted(&found.path, ask.view.folder()));
    let mut unread = Vec::new();
    let mut read = Vec::new();
    for found in shipped {
        match open(ask, &found.path) {
            Some(lockfile) => read.push(Rc::new(lockfile)),
            None => unread.push(found.path.to_string()),
        }
    }
    (read, unread)
}

fn open(ask: &Ask<'_>, path: &RepoPath) -> Option<TrackedLockfile> {
    let file = ask.view.open(path).ok()?;
    let lockfile = read(ask, path, file.text()?)?.ok()?;
    let graph = ask.graphs.get(path).map(|graph| Reach { may_ship: graph.may_ship(), ships: graph.ships(|name| ask.is_named(name)) });
    let by_cargo = graph.is_some();
    let reach = graph.or_else(|| (lockfile.purl_type == "cargo").then(|| cargo_reach(ask, path, &lockfile)));
    Some(TrackedLockfile { path: path.clone(), oid: file.oid.clone(), lockfile, reach, by_cargo, file })
}

/// Reads a lockfile with what stands beside it.
pub(super) fn read(ask: &Ask<'_>, path: &RepoPath, text: &str) -> Option<Result<Lockfile, crate::formats::tree::BadDocument>> {
    lockfile::read(path.file_name(), text, |name| beside(ask, path, name).and_then(|file| file.text().map(str::to_owned)))
}

/// The tracked file of that name in the same folder.
pub(super) fn beside(ask: &Ask<'_>, path: &RepoPath, name: &str) -> Option<Rc<OpenFile>> {
    let folder = path.parent().unwrap_or_default();
    ask.view.open(&folder.join(&name.parse().ok()?)).ok()
}

/// Whether a package is part of what ships: as the lockfile says, else as far as manifests reach.
pub(super) fn ships(file: &TrackedLockfile, package: &Package) -> Scope {
    let Some(reach) = file.reach.as_ref().filter(|_| package.scope == Scope::Unknown) else { return package.scope };
    let own = (package.name.clone(), package.version.clone());
    match (reach.ships.contains(&own), reach.may_ship.contains(&own)) {
        (true, _) => Scope::Runtime,
        (_, true) => Scope::Unknown,
        _ => Scope::Development,
    }
}

/// What the workspace's manifests reach without their development dependencies. A manifest that cannot be read counts with
/// all that the lockfile says it needs. Deeper than the first step the lockfile does not tell platforms and features apart,
/// so what is reached there may ship.
fn cargo_reach(ask: &Ask<'_>, path: &RepoPath, lockfile: &Lockfile) -> Reach {
    let folder = path.parent().unwrap_or_default();
    let mut development: BTreeSet<(String, String)> = BTreeSet::new();
    let mut always: BTreeSet<(String, String)> = BTreeSet::new();
    for found in ask.view.tracked().filter(|found| found.path.file_name() == "Cargo.toml" && found.path.is_under(&folder)) {
        let Some(file) = ask.view.open(&found.path).ok() else { continue };
        let Some(manifest) = file.text().and_then(|text| manifest_dependencies::cargo(text).ok()) else { continue };
        let Some(name) = manifest.name else { continue };
        let shipped: BTreeSet<&str> = manifest.dependencies.iter().filter(|one| !one.development).map(|one| one.name.as_str()).collect();
        let only = manifest.dependencies.iter().filter(|one| one.development && !shipped.contains(one.name.as_str()));
        let needed = manifest.dependencies.iter().filter(|one| !one.development && !one.optional);
        always.extend(needed.map(|one| (name.clone(), one.name.clone())));
        development.extend(only.map(|one| (name.clone(), one.name.clone())));
    }
    let mut by_name: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in &lockfile.packages {
        by_name.entry(&package.name).or_default().push(package);
    }
    let mut waiting: Vec<&Package> = lockfile.packages.iter().filter(|package| package.origin == Origin::Local).collect();
    let (mut may_ship, mut ships) = (BTreeSet::new(), BTreeSet::new());
    while let Some(package) = waiting.pop() {
        if !may_ship.insert((package.name.clone(), package.version.clone())) {
            continue;
        }
        for need in &package.needs {
            if development.contains(&(package.name.clone(), need.name.clone())) {
                continue;
            }
            let fits = |other: &&&Package| need.version.as_ref().is_none_or(|version| *version == other.version);
            let needed = || by_name.get(need.name.as_str()).into_iter().flatten().filter(fits).copied();
            waiting.extend(needed());
            if package.origin == Origin::Local && always.contains(&(package.name.clone(), need.name.clone())) {
                ships.extend(needed().map(|other| (other.name.clone(), other.version.clone())));
            }
        }
    }
    Reach { may_ship, ships }
}
