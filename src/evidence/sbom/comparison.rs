//! What an SBOM lists beside what the lockfiles lock, both ways, by the type and name of a package URL.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::evidence::dependencies::{self, Shipping, TrackedLockfile};
use crate::evidence::effort;
use crate::evidence::{Ask, Gap};
use crate::formats::lockfile::{Origin, Package, Scope};
use crate::formats::sbom::{Component, Sbom, compared};
use crate::source::Span;
use crate::text::one_line;

/// Most packages of one sort that are told one by one.
const TOLD: usize = 10;

type Key = (String, String);

/// See the module's documentation.
pub(super) struct Comparison {
    /// The lockfiles that it was compared with, and those whose ecosystem it does not list at all.
    pub(super) lockfiles: Vec<Rc<TrackedLockfile>>,
    missing: Vec<Locked>,
    extra: Vec<Listed>,
    other_version: Vec<(Listed, Locked)>,
    /// Locked and not listed, where the lockfile does not say whether it ships.
    undecided: Vec<String>,
    /// Lockfiles of whose ecosystem nothing is listed.
    unlisted: Vec<String>,
    /// Lockfiles that could not be read.
    pub(super) unread: Vec<String>,
    lists_nothing: bool,
}

struct Locked {
    name: String,
    version: String,
    at: Option<Span>,
    lockfile: String,
}

struct Listed {
    name: String,
    version: String,
    at: std::ops::Range<usize>,
}

/// Compares an SBOM with the product's lockfiles.
pub(super) fn compare(ask: &Ask<'_>, sbom: &Sbom) -> Comparison {
    let (all, unread) = dependencies::lockfiles(ask).clone();
    let listed = listed(sbom);
    let kinds: BTreeSet<&str> = listed.keys().map(|(kind, _)| kind.as_str()).collect();
    let (shared, unlisted): (Vec<_>, Vec<_>) = all.into_iter().partition(|file| kinds.contains(file.lockfile.purl_type));
    let ships = |file: &TrackedLockfile| file.lockfile.packages.iter().any(|package| package.origin != Origin::Local);
    let unlisted: Vec<_> = unlisted.into_iter().filter(|file| ships(file)).collect();
    let mut comparison = Comparison {
        missing: Vec::new(),
        extra: Vec::new(),
        other_version: Vec::new(),
        undecided: Vec::new(),
        lists_nothing: shared.is_empty() && !unlisted.is_empty(),
        unread,
        unlisted: unlisted.iter().map(|file| file.path.to_string()).collect(),
        lockfiles: if shared.is_empty() { unlisted } else { shared },
    };
    if !comparison.lists_nothing {
        comparison.both_ways(ask, &listed, sbom);
    }
    comparison
}

/// By type and name: the versions that are listed.
fn listed(sbom: &Sbom) -> BTreeMap<Key, Vec<&Component>> {
    let mut listed: BTreeMap<Key, Vec<&Component>> = BTreeMap::new();
    for component in &sbom.components {
        if let Some(purl) = &component.purl {
            listed.entry((purl.kind.clone(), purl.full_name.clone())).or_default().push(component);
        }
    }
    listed
}

fn version_of(component: &Component) -> Option<&str> {
    component.purl.as_ref().and_then(|purl| purl.version.as_deref()).or(component.version.as_deref())
}

/// A version as it is compared: Go's `v` and `+incompatible` say nothing of which version it is.
fn plain(version: &str) -> &str {
    version.trim_start_matches('v').trim_end_matches("+incompatible")
}

impl Comparison {
    fn both_ways(&mut self, ask: &Ask<'_>, listed: &BTreeMap<Key, Vec<&Component>>, sbom: &Sbom) {
        let files = self.lockfiles.clone();
        let packages: usize = files.iter().map(|file| file.lockfile.packages.len()).sum();
        ask.memo.effort.take(packages.saturating_add(sbom.components.len()).saturating_mul(effort::PACKAGE));
        let mut locked: BTreeMap<Key, Vec<(&Package, &TrackedLockfile)>> = BTreeMap::new();
        for file in &files {
            for package in &file.lockfile.packages {
                let kind = file.lockfile.purl_type;
                locked.entry((kind.to_owned(), compared(kind, &package.full_name()))).or_default().push((package, file));
            }
        }
        let shipping = Shipping::of(ask);
        let none = Vec::new();
        for (key, packages) in &locked {
            let components = listed.get(key).unwrap_or(&none);
            let listed_versions: BTreeSet<&str> = components.iter().filter_map(|one| version_of(one)).map(plain).collect();
            let locked_versions: BTreeSet<&str> = packages.iter().map(|(package, _)| plain(&package.version)).collect();
            let is_stray = |one: &Component| version_of(one).is_none_or(|version| !locked_versions.contains(plain(version)));
            let mut stray = components.iter().copied().filter(|one| is_stray(one)).peekable();
            let foreign = packages.iter().filter(|(package, _)| package.origin != Origin::Local);
            for (package, file) in foreign.filter(|(package, _)| !listed_versions.contains(plain(&package.version))) {
                let at = ask.view.range(&file.file, package.at.clone());
                let locked = Locked { name: package.full_name(), version: package.version.clone(), at, lockfile: file.path.to_string() };
                match (stray.next(), shipping.scope(file, package)) {
                    (Some(component), _) => self.other_version.push((Listed::of(component), locked)),
                    (None, Scope::Runtime) => self.missing.push(locked),
                    (None, Scope::Unknown) => self.undecided.push(format!("{} {}", locked.name, locked.version)),
                    (None, Scope::Development) => {}
                }
            }
            // What is left stands beside versions that are locked; the version of a workspace member is its own affair.
            if packages.iter().all(|(package, _)| package.origin != Origin::Local) {
                self.extra.extend(stray.filter(|one| version_of(one).is_some()).map(Listed::of));
            }
        }
        let kinds: BTreeSet<&str> = files.iter().map(|file| file.lockfile.purl_type).collect();
        let own: BTreeSet<String> = sbom.subject.iter().map(|subject| subject.full_name().to_lowercase()).collect();
        let unlocked = listed.iter().filter(|(key, _)| kinds.contains(key.0.as_str()) && !locked.contains_key(*key));
        let foreign = |one: &&Component| !own.contains(&one.full_name().to_lowercase()) && !ask.is_named(&one.full_name());
        self.extra.extend(unlocked.flat_map(|(_, components)| components.iter().copied()).filter(foreign).map(Listed::of));
    }

    /// Whether each lists what the other does, with nothing left open.
    pub(super) fn is_complete(&self) -> bool {
        !self.lockfiles.is_empty()
            && self.missing.is_empty()
            && self.extra.is_empty()
            && self.other_version.is_empty()
            && self.undecided.is_empty()
            && self.unlisted.is_empty()
            && self.unread.is_empty()
    }

    /// What keeps a comparison without gaps from being complete.
    pub(super) fn open_ends(&self) -> String {
        let mut says = String::new();
        if !self.undecided.is_empty() {
            let shown: Vec<&str> = self.undecided.iter().take(TOLD).map(String::as_str).collect();
            let more = self.undecided.len().saturating_sub(TOLD);
            let others = if more > 0 { format!(" and {more} more") } else { String::new() };
            says.push_str(&format!("; locked and not listed, where nothing says whether they ship: {}{others}", shown.join(", ")));
        }
        if !self.unread.is_empty() {
            says.push_str(&format!("; {} could not be read, so it was not compared", self.unread.join(", ")));
        }
        if !self.unlisted.is_empty() {
            says.push_str(&format!("; it lists nothing of what {} locks", self.unlisted.join(", ")));
        }
        says
    }

    /// The differences.
    pub(super) fn gaps(&self, ask: &Ask<'_>, path: &str) -> Vec<Gap> {
        let mut gaps = Vec::new();
        if self.lists_nothing {
            let message = format!("{path} lists none of the packages that {} locks", self.unlisted.join(", "));
            gaps.push(Gap::failed("compared-nothing", message, "make the SBOM from the lockfile, with package URLs"));
        }
        let anew = "make the SBOM anew from the lockfile as it is";
        for (listed, locked) in self.other_version.iter().take(TOLD) {
            let message = format!("{path} lists {} {}, where {} locks {}", listed.name, listed.version, locked.lockfile, locked.version);
            gaps.push(ask.gap_at(listed.at.clone(), "other-version-of", message, anew));
        }
        for locked in self.missing.iter().take(TOLD) {
            let message = format!("{path} does not list {} {}, which {} locks", locked.name, locked.version, locked.lockfile);
            gaps.push(Gap { at: locked.at, ..Gap::failed("missing", message, anew) });
        }
        for listed in self.extra.iter().take(TOLD) {
            let message = format!("{path} lists {} {}, which no lockfile of the product locks", listed.name, listed.version);
            gaps.push(ask.gap_at(listed.at.clone(), "extra", message, anew));
        }
        let total = self.other_version.len() + self.missing.len() + self.extra.len();
        let told = self.other_version.len().min(TOLD) + self.missing.len().min(TOLD) + self.extra.len().min(TOLD);
        if total > told {
            let message = format!("{path} differs from the lockfiles in {} more packages", total - told);
            gaps.push(Gap::failed("more", message, anew));
        }
        gaps
    }
}

impl Listed {
    fn of(component: &Component) -> Self {
        let version = version_of(component).unwrap_or("without a version");
        Self { name: one_line(&component.full_name(), 80), version: one_line(version, 40), at: component.at.clone() }
    }
}
