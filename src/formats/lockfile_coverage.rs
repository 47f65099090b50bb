//! Whether a lockfile locks what a manifest needs directly.

use std::collections::{BTreeMap, BTreeSet};

use semver::{Version, VersionReq};

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

/// What a lockfile leaves open, in the manifest's order. An exact version is compared, and a range where it is plain: Cargo's, and npm's of one
/// `^` or `~` with a whole version. Others are the tool's business.
pub fn uncovered<'m>(lockfile: &Lockfile, manifest: &'m Manifest) -> Vec<Uncovered<'m>> {
    let names = by_name(lockfile);
    let versions: BTreeSet<(&str, &str)> =
        names.iter().flat_map(|(name, packages)| packages.iter().map(move |package| (name.as_str(), package.version.as_str()))).collect();
    // What depends on a platform or an extra may be left out of a lockfile, except where the format always has it.
    let may_be_absent = |dependency: &Dependency| dependency.optional && lockfile.tool != "Cargo";
    let overridden = manifest.overrides || lockfile.overridden;
    let needed = manifest.dependencies.iter().filter(|one| !one.local && !one.inherited && !may_be_absent(one));
    let open = needed.filter_map(|dependency| {
        let Some((name, locked)) = names.get_key_value(&compared(lockfile.purl_type, &dependency.name)) else {
            return Some(Uncovered::Absent(dependency));
        };
        let wanted = exact(dependency).filter(|exact| !versions.contains(&(name.as_str(), exact.as_str())));
        let wanted = wanted.or_else(|| {
            let range = range(dependency, lockfile.tool).filter(|_| !overridden)?;
            fits_none(&range, locked).then(|| dependency.requirement.clone()).flatten()
        })?;
        let locked = locked.iter().take(VERSIONS).map(|package| package.version.clone()).collect();
        Some(Uncovered::OtherVersion { dependency, wanted, locked })
    });
    open.collect()
}

/// The versions that a requirement allows, where it is a range that means the same to everyone.
fn range(dependency: &Dependency, tool: &str) -> Option<VersionReq> {
    let text = dependency.requirement.as_deref()?.trim();
    let is_plain = match tool {
        "Cargo" => true,
        "npm" | "pnpm" | "Yarn" => {
            text.strip_prefix(['^', '~']).is_some_and(|version| Version::parse(version).is_ok_and(|version| version.build.is_empty()))
        }
        _ => false,
    };
    is_plain.then(|| VersionReq::parse(text).ok()).flatten()
}

/// Whether all locked versions can be read, and none of them is one of these.
fn fits_none(range: &VersionReq, locked: &[&Package]) -> bool {
    locked.iter().take(VERSIONS).all(|package| Version::parse(&package.version).is_ok_and(|version| !range.matches(&version)))
        && locked.len() <= VERSIONS
}

/// The one version that a requirement allows, where it is written as plainly as `=1.2.3`, `==1.2.3` or (npm) `1.2.3`.
fn exact(dependency: &Dependency) -> Option<String> {
    let text = dependency.requirement.as_deref()?.trim();
    let version = text.trim_start_matches('=').trim();
    let marked = text.starts_with('=') || dependency.requirement_is_exact;
    let plain = version.split('.').count() == 3 && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
    (marked && plain && version.starts_with(|c: char| c.is_ascii_digit())).then(|| version.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::formats::{lockfile, manifest_dependencies};

    /// What is open of a manifest of Cargo or npm that needs `a` in these versions, of which some are locked.
    fn open(file: &str, wanted: &str, locked: &[&str]) -> Vec<String> {
        let is_cargo = file == "Cargo.lock";
        let entries = locked.iter().enumerate().map(|(at, version)| match is_cargo {
            true => format!("[[package]]\nname = \"a\"\nversion = \"{version}\"\nsource = \"registry+x\"\n"),
            false => format!("\"{}node_modules/a\": {{\"version\": \"{version}\"}}", "node_modules/b/".repeat(at)),
        });
        let entries: Vec<String> = entries.collect();
        let (manifest, text) = match is_cargo {
            true => (format!("[dependencies]\na = \"{wanted}\"\n"), format!("version = 4\n{}", entries.concat())),
            false => (
                format!("{{\"dependencies\": {{\"a\": \"{wanted}\"}}}}"),
                format!("{{\"lockfileVersion\": 3, \"packages\": {{{}}}}}", entries.join(", ")),
            ),
        };
        let name = if is_cargo { "Cargo.toml" } else { "package.json" };
        let manifest = manifest_dependencies::read(name, &manifest).unwrap().unwrap();
        let lockfile = lockfile::read(file, &text, |_| None).unwrap().unwrap();
        uncovered(&lockfile, &manifest)
            .into_iter()
            .map(|one| match one {
                Uncovered::Absent(_) => "absent".to_owned(),
                Uncovered::OtherVersion { wanted, locked, .. } => format!("{wanted}: {}", locked.join(", ")),
            })
            .collect()
    }

    #[test]
    fn a_plain_range_is_held_against_what_is_locked() {
        for (file, wanted, locked, told) in [
            ("package-lock.json", "^3.0.0", vec!["2.1.3"], Some("^3.0.0: 2.1.3")),
            ("package-lock.json", "~2.2.0", vec!["2.1.3"], Some("~2.2.0: 2.1.3")),
            ("package-lock.json", "^2.1.0", vec!["2.1.3"], None),
            ("package-lock.json", "^3.0.0", vec!["2.1.3", "3.4.5"], None),
            ("package-lock.json", ">=3 || 1.x", vec!["2.1.3"], None),
            ("package-lock.json", "latest", vec!["2.1.3"], None),
            ("Cargo.lock", "2", vec!["1.0.9"], Some("2: 1.0.9")),
            ("Cargo.lock", ">=1.2, <1.5", vec!["1.6.0"], Some(">=1.2, <1.5: 1.6.0")),
            ("Cargo.lock", "0.8", vec!["0.8.6", "0.9.1"], None),
            ("Cargo.lock", "*", vec!["0.8.6"], None),
            ("Cargo.lock", "1.0.0-rc.1", vec!["1.0.0"], None),
        ] {
            assert_eq!(open(file, wanted, &locked), told.into_iter().collect::<Vec<_>>(), "{wanted} {locked:?}");
        }
    }

    #[test]
    fn where_versions_are_overridden_ranges_are_left_alone() {
        let manifest = "{\"overrides\": {\"a\": \"2.1.3\"}, \"dependencies\": {\"a\": \"^3.0.0\"}}";
        let manifest = manifest_dependencies::read("package.json", manifest).unwrap().unwrap();
        let text = "{\"lockfileVersion\": 3, \"packages\": {\"node_modules/a\": {\"version\": \"2.1.3\"}}}";
        let npm = lockfile::read("package-lock.json", text, |_| None).unwrap().unwrap();
        assert_eq!(uncovered(&npm, &manifest), []);
        let manifest = manifest_dependencies::read("package.json", "{\"dependencies\": {\"a\": \"^3.0.0\"}}").unwrap().unwrap();
        let text = "lockfileVersion: '9.0'\noverrides:\n  a: 2.1.3\nimporters: {}\npackages:\n  a@2.1.3:\n    resolution: {}\n";
        let pnpm = lockfile::read("pnpm-lock.yaml", text, |_| None).unwrap().unwrap();
        assert_eq!(uncovered(&pnpm, &manifest), []);
    }
}
