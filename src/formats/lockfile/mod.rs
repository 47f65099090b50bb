//! What a package manager resolved: the packages of a lockfile, in the terms of a package URL.
//!
//! Every format becomes the same [`Lockfile`], so that an SBOM, a probe and the verifier compare one thing. What a format
//! does not say (whether a package is for development only, say) stays unknown and is never guessed.

mod cargo;
mod composer;
mod digest;
mod gems;
mod go;
mod gradle;
mod integrity;
mod npm;
mod nuget;
mod pipfile;
mod pnpm;
mod pub_dev;
mod python;
mod swift;
mod yarn;

use std::ops::Range;

use super::tree::BadDocument;
pub use digest::NoDigest;
pub use integrity::{Integrity, Malformed};

/// Whether a package is part of what is shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Needed to run.
    Runtime,
    /// For development or tests only.
    Development,
    /// The format does not say.
    Unknown,
}

/// Where a package comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A registry of the ecosystem.
    Registry,
    /// A git commit, an archive's address.
    Remote,
    /// The project itself, a workspace member, a folder.
    Local,
}

/// A resolved package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The namespace of a package URL: an npm scope with its `@`, a Maven group, a Composer vendor, a Go path without its last part.
    pub namespace: Option<String>,
    /// Its name as the ecosystem compares it (PyPI: lower case with `-`).
    pub name: String,
    /// Its version as the lockfile writes it.
    pub version: String,
    /// What it is for.
    pub scope: Scope,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether it is bound to its bytes.
    pub integrity: Integrity,
    /// What it needs, where the format says so.
    pub needs: Vec<Need>,
    /// Byte range of its entry, or of the line that names it.
    pub at: Range<usize>,
}

/// A package that another needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// As [`Package::full_name`].
    pub name: String,
    /// The version that was resolved, where the format says it.
    pub version: Option<String>,
}

impl Package {
    /// Namespace and name as the ecosystem writes them together.
    pub fn full_name(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// A lockfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lockfile {
    /// The tool whose format it is: `Cargo`, `npm`.
    pub tool: &'static str,
    /// The type of its packages' URLs: `cargo`, `npm`.
    pub purl_type: &'static str,
    /// Its packages, in the file's order.
    pub packages: Vec<Package>,
    /// What it takes for the project's own, in the file's order.
    pub claims: Vec<Claim>,
    /// Whether it says that other versions are put in place of those that manifests ask for.
    pub overridden: bool,
}

/// A package that has no digest since it is the project's own: whoever leaves out where a package comes from claims as much, so the
/// tree has to show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its name, with its namespace.
    pub name: String,
    /// Its name and version, for messages.
    pub what: String,
    /// What shows it.
    pub place: Place,
    /// Byte range of its entry, or of the line that names it.
    pub at: Range<usize>,
}

/// What shows that a package is the project's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A tracked manifest of the file name `file` whose package has the name `package`, wherever it stands.
    Named {
        /// `Cargo.toml`.
        file: &'static str,
        /// The package's name.
        package: String,
    },
    /// A tracked file, or a folder with a tracked `manifest` in it, or with any tracked file where none is named.
    At {
        /// From the lockfile's folder; it may begin with `..`.
        path: String,
        /// `package.json`.
        manifest: Option<&'static str>,
        /// A manifest that must be of this package, where the folder has it.
        of_package: Option<&'static str>,
    },
    /// A project file of .NET that is called like the package, or that calls its package so.
    Project,
}

impl Claim {
    fn of(package: &Package, place: Place) -> Self {
        let what = format!("{} {}", package.full_name(), package.version).trim_end().to_owned();
        Self { name: package.full_name(), what, place, at: package.at.clone() }
    }
}

impl Place {
    /// A folder with a package.json. Packages may be called otherwise by those that need them, but not the lockfile's own.
    fn of_javascript(path: &str) -> Self {
        let is_own = path.split('/').all(|part| matches!(part, "" | "."));
        Self::At { path: path.to_owned(), manifest: Some("package.json"), of_package: is_own.then_some("package.json") }
    }

    /// A folder of a Python project, whose manifest may be of any kind, or an archive.
    fn of_python(path: &str) -> Self {
        Self::At { path: path.to_owned(), manifest: None, of_package: Some("pyproject.toml") }
    }

    /// A folder with a manifest that names the package.
    fn of_manifest(path: &str, manifest: &'static str) -> Self {
        Self::At { path: path.to_owned(), manifest: Some(manifest), of_package: Some(manifest) }
    }
}

impl Lockfile {
    /// A lockfile that claims nothing.
    fn new(tool: &'static str, purl_type: &'static str, packages: Vec<Package>) -> Self {
        Self { tool, purl_type, packages, claims: Vec::new(), overridden: false }
    }
}

/// The names of lockfiles that are read.
pub const NAMES: &[&str] = &[
    "Cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pylock.toml",
    "Pipfile.lock",
    "go.sum",
    "Gemfile.lock",
    "composer.lock",
    "gradle.lockfile",
    "packages.lock.json",
    "pubspec.lock",
    "Package.resolved",
];

/// Whether a file of that name is a lockfile that is read. PEP 751 also allows `pylock.<name>.toml`.
pub fn is_lockfile(file_name: &str) -> bool {
    NAMES.contains(&file_name) || (file_name.starts_with("pylock.") && file_name.ends_with(".toml"))
}

/// Reads a lockfile whose format its name tells; none where the name is no lockfile's. `beside` gives the text of the file of
/// that name in the same folder: Go keeps what is needed in `go.mod` and the digests in `go.sum`.
pub fn read(file_name: &str, text: &str, beside: impl Fn(&str) -> Option<String>) -> Option<Result<Lockfile, BadDocument>> {
    let read = match file_name {
        "Cargo.lock" => cargo::read(text),
        "package-lock.json" | "npm-shrinkwrap.json" => npm::read(text),
        "pnpm-lock.yaml" => pnpm::read(text),
        "yarn.lock" => yarn::read(text),
        "poetry.lock" => python::poetry(text),
        "uv.lock" => python::uv(text),
        "pdm.lock" => python::pdm(text),
        "Pipfile.lock" => pipfile::read(text),
        "go.sum" => go::read(text, beside("go.mod").as_deref()),
        "Gemfile.lock" => gems::read(text),
        "composer.lock" => composer::read(text),
        "gradle.lockfile" => gradle::read(text),
        "packages.lock.json" => nuget::read(text),
        "pubspec.lock" => pub_dev::read(text),
        "Package.resolved" => swift::read(text),
        other if is_lockfile(other) => python::pylock(text),
        _ => return None,
    };
    Some(read)
}

/// The name of a Python package as PEP 503 compares it.
pub fn python_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            other => out.extend(other.to_lowercase()),
        }
    }
    out
}

/// Namespace and name of a text like `@scope/name` or `group/name`.
fn split_name(full: &str) -> (Option<String>, String) {
    match full.rsplit_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, full.to_owned()),
    }
}

/// Byte ranges of the lines of a text, without their line ends.
fn lines(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let from = start;
        start += line.len();
        let shown = line.trim_end_matches(['\n', '\r']);
        (from..from + shown.len(), shown)
    })
}

fn lacks(what: &str, at: Range<usize>) -> BadDocument {
    BadDocument::new(format!("a package has no {what}"), Some(at))
}

#[cfg(test)]
mod tests;
