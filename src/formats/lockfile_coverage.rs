//! Whether a lockfile locks what a manifest needs directly.

use std::collections::{BTreeMap, BTreeSet};

use super::lockfile::{Lockfile, Package};
use super::manifest_dependencies::{Dependency, Manifest};
use super::sbom::compared;

/// Most locked versions of a package that are told beside the one that is asked for.
const VERSIONS: usize = 50;

/// A direct dependency that is not locked as the manifest asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uncovered<'m> {
    /// No version of it is locked.
    Absent(&'m Dependency),
    /// Only other versions than the one that is asked for are.
    OtherVersion {
        /// What is needed.
        dependency: &'m Dependency,
        /// The one version that fits.
        wanted: String,
        /// Those that are locked.
        locked: Vec<String>,
    },
}

impl Uncovered<'_> {
    /// What is needed.
    pub fn dependency(&self) -> &Dependency {
        match self {
            Self::Absent(dependency) | Self::OtherVersion { dependency, .. } => dependency,
        }
    }
}

/// The locked packages by name.
pub fn by_name(lockfile: &Lockfile) -> BTreeMap<String, Vec<&Package>> {
    let mut names: BTreeMap<String, Vec<&Package>> = BTreeMap::new();
    for package in &lockfile.packages {
        names.entry(compared(lockfile.purl_type, &package.full_name())).or_default().push(package);
    }
    names
}

/// What a lockfile leaves open, in the manifest's order. Only an exact version is compared; ranges are the tool's business.
pub fn uncovered<'m>(lockfile: &Lockfile, manifest: &'m Manifest) -> Vec<Uncovered<'m>> {
    let names = by_name(lockfile);
    let versions: BTreeSet<(&str, &str)> =
        names.iter().flat_map(|(name, packages)| packages.iter().map(move |package| (name.as_str(), package.version.as_str()))).collect();
    // What depends on a platform or an extra may be left out of a lockfile, except where the format always has it.
    let may_be_absent = |dependency: &Dependency| dependency.optional && lockfile.tool != "Cargo";
    let needed = manifest.dependencies.iter().filter(|one| !one.local && !one.inherited && !may_be_absent(one));
    let open = needed.filter_map(|dependency| {
        let Some((name, locked)) = names.get_key_value(&compared(lockfile.purl_type, &dependency.name)) else {
            return Some(Uncovered::Absent(dependency));
        };
        let wanted = exact(dependency).filter(|exact| !versions.contains(&(name.as_str(), exact.as_str())))?;
        let locked = locked.iter().take(VERSIONS).map(|package| package.version.clone()).collect();
        Some(Uncovered::OtherVersion { dependency, wanted, locked })
    });
    open.collect()
}

/// The one version that a requirement allows, where it is written as plainly as `=1.2.3`, `==1.2.3` or (npm) `1.2.3`.
fn exact(dependency: &Dependency) -> Option<String> {
    let text = dependency.requirement.as_deref()?.trim();
    let version = text.trim_start_matches('=').trim();
    let marked = text.starts_with('=') || dependency.requirement_is_exact;
    let plain = version.split('.').count() == 3 && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
    (marked && plain && version.starts_with(|c: char| c.is_ascii_digit())).then(|| version.to_owned())
}
