//! The product's lockfiles and manifests, as several verifiers compare them.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;

use super::allowance::{Allowance, Taken};
use super::digests::Computed;
use super::effort::Effort;
use super::readings::Readings;
use super::{Ask, own_packages};
use crate::formats::cargo_graph::NameVersion;
use crate::formats::lockfile::{self, Lockfile, Origin, Package, Scope};
use crate::formats::manifest_dependencies;
use crate::formats::update_config::ecosystem::Need;
use crate::input::shipped::is_muted;
use crate::input::view::OpenFile;
use crate::repo_path::RepoPath;

/// What holds for every piece of evidence of one product, found out once.
pub struct Memo {
    /// Bytes of cited files: one that is cited a thousand times counts a thousand times.
    pub(super) cited: Allowance,
    lockfiles: OnceCell<Lockfiles>,
    pub(super) digests: Computed,
    pub(super) readings: Readings,
    pub(super) effort: Effort,
    pub(super) needs: OnceCell<Vec<Need>>,
    changes: RefCell<BTreeMap<(RepoPath, String), Option<Changed>>>,
}

impl Memo {
    /// Nothing yet, for a product of a run that took this.
    pub fn within(taken: &Taken) -> Self {
        Self {
            cited: taken.cited(),
            lockfiles: OnceCell::new(),
            digests: Computed::within(taken.hashed()),
            readings: Readings::within(taken.read()),
            effort: Effort::within(taken.steps()),
            needs: OnceCell::new(),
            changes: RefCell::default(),
        }
    }
}

/// Lockfiles that could be read, and the paths of those that could not.
type Lockfiles = (Vec<Rc<TrackedLockfile>>, Vec<String>);

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
    may_ship: BTreeSet<NameVersion>,
    /// Name and version of what ships on every platform and with any features.
    ships: BTreeSet<NameVersion>,
}

/// The lockfiles that git tracks under the product's paths, tests, examples and the like aside, and the paths of those that
/// cannot be read. They are read once for all pieces of evidence.
pub(super) fn lockfiles<'m>(ask: &Ask<'m>) -> &'m Lockfiles {
    ask.memo.lockfiles.get_or_init(|| read_all(ask))
}

fn read_all(ask: &Ask<'_>) -> Lockfiles {
    let manifests: Vec<&RepoPath> =
        ask.view.tracked().filter(|found| found.path.file_name() == "Cargo.toml").map(|found| &found.path).collect();
    let named = ask.product_files().filter(|found| found.regular && lockfile::is_lockfile(found.path.file_name()));
    let shipped = named.filter(|found| !is_muted(&found.path, ask.view.folder()));
    let mut unread = Vec::new();
    let mut read = Vec::new();
    for found in shipped {
        match open(ask, &found.path, &manifests) {
            Some(lockfile) => read.push(Rc::new(lockfile)),
            None => unread.push(found.path.to_string()),
        }
    }
    (read, unread)
}

fn open(ask: &Ask<'_>, path: &RepoPath, manifests: &[&RepoPath]) -> Option<TrackedLockfile> {
    let file = ask.view.open(path).ok()?;
    let mut lockfile = read(ask, path, file.text()?)?.ok()?;
    disown(ask, path, &mut lockfile);
    let by_cargo = ask.graphs.get(path);
    let reach = match by_cargo {
        Some(graph) => Some(Reach { may_ship: graph.may_ship(), ships: BTreeSet::new() }),
        None => (lockfile.purl_type == "cargo").then(|| cargo_reach(ask, path, &lockfile, manifests)),
    };
    Some(TrackedLockfile { path: path.clone(), oid: file.oid.clone(), lockfile, reach, by_cargo: by_cargo.is_some(), file })
}

/// What the tree does not show to be the project's own counts as somebody else's, which an SBOM has to list.
fn disown(ask: &Ask<'_>, path: &RepoPath, lockfile: &mut Lockfile) {
    let unshown: BTreeSet<usize> = own_packages::unshown(ask, path, lockfile).claims.iter().map(|(claim, _)| claim.at.start).collect();
    for package in lockfile.packages.iter_mut().filter(|package| unshown.contains(&package.at.start)) {
        package.origin = Origin::Remote;
    }
}

/// When a lockfile was last changed; none within where that is not committed yet.
type Changed = Option<Timestamp>;

/// When the history last changed a lockfile, asked once for each; none where it does not tell.
pub(super) fn last_change(ask: &Ask<'_>, lockfile: &TrackedLockfile) -> Option<Changed> {
    let key = (lockfile.path.clone(), lockfile.oid.clone());
    let known = ask.memo.changes.borrow().get(&key).copied();
    known.unwrap_or_else(|| {
        let changed = ask.history().last_change(&lockfile.path, &lockfile.oid).ok().map(|change| change.map(|change| change.at));
        ask.memo.changes.borrow_mut().insert(key, changed);
        changed
    })
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

/// What ships, as far as lockfiles, manifests and graphs say.
pub(super) struct Shipping(BTreeMap<RepoPath, BTreeSet<NameVersion>>);

impl Shipping {
    /// In cargo's graph what ships starts from the members that have a name of the product, which each entry may add to.
    pub(super) fn of(ask: &Ask<'_>) -> Self {
        Self(ask.graphs.iter().map(|(path, graph)| (path.clone(), graph.ships(|name| ask.is_named(name)))).collect())
    }

    /// Whether a package is part of what ships: as the lockfile says, else as far as manifests or the graph reach.
    pub(super) fn scope(&self, file: &TrackedLockfile, package: &Package) -> Scope {
        let Some(reach) = file.reach.as_ref().filter(|_| package.scope == Scope::Unknown) else { return package.scope };
        let own = (package.name.clone(), package.version.clone());
        let ships = self.0.get(&file.path).unwrap_or(&reach.ships);
        match (ships.contains(&own), reach.may_ship.contains(&own)) {
            (true, _) => Scope::Runtime,
            (_, true) => Scope::Unknown,
            _ => Scope::Development,
        }
    }
}

/// What the workspace's manifests reach without their development dependencies. A manifest that cannot be read counts with
/// all that the lockfile says it needs. Deeper than the first step the lockfile does not tell platforms and features apart,
/// so what is reached there may ship.
fn cargo_reach(ask: &Ask<'_>, path: &RepoPath, lockfile: &Lockfile, manifests: &[&RepoPath]) -> Reach {
    let folder = path.parent().unwrap_or_default();
    let mut development: BTreeSet<NameVersion> = BTreeSet::new();
    let mut always: BTreeSet<NameVersion> = BTreeSet::new();
    for path in manifests.iter().filter(|path| path.is_under(&folder)) {
        let Some(file) = ask.view.open(path).ok() else { continue };
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
    // Many packages may need the same one, of which many versions may be locked.
    let mut followed: BTreeSet<(bool, &str, Option<&str>)> = BTreeSet::new();
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
            let is_direct = package.origin == Origin::Local && always.contains(&(package.name.clone(), need.name.clone()));
            if !followed.insert((is_direct, &need.name, need.version.as_deref())) {
                continue;
            }
            waiting.extend(needed());
            if is_direct {
                ships.extend(needed().map(|other| (other.name.clone(), other.version.clone())));
            }
        }
    }
    Reach { may_ship, ships }
}
