//! What a package manager resolved: the packages of a lockfile, in the terms of a package URL.
//!
//! Every format becomes the same [`Lockfile`], so that an SBOM, a probe and the verifier compare one thing. What a format
//! does not say (whether a package is for development only, say) stays unknown and is never guessed.

mod cargo;

use std::ops::Range;

use super::tree::BadDocument;

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

/// Whether the lockfile binds the package to its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integrity {
    /// By a digest, or a full git commit id.
    Bound,
    /// Not at all, though the format has a place for it.
    Missing,
    /// Nothing is expected: it is local, or the format has no place for digests.
    NotExpected,
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
    /// Byte range of its entry, or of the line that names it.
    pub at: Range<usize>,
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
}

/// Reads a lockfile whose format its name tells; none where the name is no lockfile's.
pub fn read(file_name: &str, text: &str) -> Option<Result<Lockfile, BadDocument>> {
    match file_name {
        "Cargo.lock" => Some(cargo::read(text)),
        _ => None,
    }
}
