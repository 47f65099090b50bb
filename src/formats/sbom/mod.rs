//! Software bills of materials: CycloneDX 1.2 to 1.7 (JSON, XML) and SPDX 2.2 and 2.3 (JSON, tag-value) as one model.
//!
//! Only what is asked of an SBOM is kept: what it is about, who made it when, which components it lists, and how they hang
//! together. Sources: ECMA-424 (CycloneDX), ISO/IEC 5962:2021 and SPDX 2.3.

mod cyclonedx;
mod cyclonedx_xml;
mod spdx;
mod spdx_tag_value;

use std::ops::Range;
use std::str::FromStr as _;

use packageurl::PackageUrl;

use super::lockfile::python_name;
use super::slug::Slug;
use super::tree::{self, BadDocument, Syntax};

/// A document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sbom {
    /// `CycloneDX 1.6` or `SPDX 2.3`.
    pub format: String,
    /// What it is about.
    pub subject: Option<Component>,
    /// Whose the subject is, by its package URL and by where its source is said to be kept.
    pub slugs: Vec<Slug>,
    /// The name of the document itself, which SPDX requires.
    pub document_name: Option<String>,
    /// When it was made, as written, and where that stands.
    pub created: Option<(String, Range<usize>)>,
    /// Whether it names who or what made it.
    pub has_author: bool,
    /// What it lists, at every depth; the subject and what is first-party to it apart.
    pub components: Vec<Component>,
    /// How many relations between components it states.
    pub relations: usize,
    /// References in relations that lead to nothing that is listed, each with its place.
    pub dangling: Vec<(String, Range<usize>)>,
}

/// Something that an SBOM lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// The group, namespace or scope before its name.
    pub group: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its package URL, if it has one that can be read.
    pub purl: Option<Purl>,
    /// Whether it has a package URL, a CPE or a SWID tag.
    pub identified: bool,
    /// Whether it is a file, folder, data or the like, which has no version of its own.
    pub is_file: bool,
    /// Whether it names a supplier.
    pub supplied: bool,
    /// Byte range of its name, or of the entry.
    pub at: Range<usize>,
}

impl Component {
    /// Group and name together.
    pub fn full_name(&self) -> String {
        match &self.group {
            Some(group) if !group.is_empty() => format!("{group}/{}", self.name),
            _ => self.name.clone(),
        }
    }
}

/// A package URL (purl-spec), its parts as the ecosystem compares them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purl {
    /// `cargo`, `npm`, …
    pub kind: String,
    /// Namespace and name together.
    pub full_name: String,
    /// The version.
    pub version: Option<String>,
}

impl Purl {
    /// Reads a package URL; qualifiers and subpath are left out, since they do not name another package.
    pub fn read(text: &str) -> Option<Self> {
        let parsed = PackageUrl::from_str(text).ok()?;
        let full = parsed.namespace().map_or_else(|| parsed.name().to_owned(), |namespace| format!("{namespace}/{}", parsed.name()));
        Some(Self { full_name: compared(parsed.ty(), &full), kind: parsed.ty().to_owned(), version: parsed.version().map(str::to_owned) })
    }
}

/// A full name as the ecosystem of that type of package URL compares it.
pub fn compared(kind: &str, full_name: &str) -> String {
    match kind {
        "pypi" => python_name(full_name),
        "nuget" | "composer" | "golang" | "swift" | "gem" => full_name.to_lowercase(),
        _ => full_name.to_owned(),
    }
}

/// Why a text is no SBOM that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRead {
    /// It is broken.
    Bad(BadDocument),
    /// It is an SBOM of a kind or version that this program cannot read; what it is.
    Unknown(String),
}

impl From<BadDocument> for NotRead {
    fn from(bad: BadDocument) -> Self {
        Self::Bad(bad)
    }
}

/// Reads an SBOM, whose format its contents tell.
///
/// # Errors
/// What is broken, and what this version does not read.
pub fn read(text: &str) -> Result<Sbom, NotRead> {
    let mut sbom = read_any(text)?;
    let purl = sbom.subject.as_ref().and_then(|subject| subject.purl.as_ref());
    sbom.slugs.extend(purl.and_then(Slug::of_purl));
    Ok(sbom)
}

fn read_any(text: &str) -> Result<Sbom, NotRead> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('<') {
        return cyclonedx_xml::read(text);
    }
    if start.starts_with('{') || start.starts_with('[') {
        let root = tree::read(Syntax::Json, text)?;
        return match (root.word("bomFormat"), root.word("spdxVersion")) {
            (Some("CycloneDX"), _) => cyclonedx::read(&root),
            (_, Some(version)) => spdx::read(&root, version),
            _ if root.get("@context").is_some() => Err(NotRead::Unknown("SPDX 3 (JSON-LD)".to_owned())),
            _ => Err(BadDocument::new("it is neither CycloneDX (`bomFormat`) nor SPDX (`spdxVersion`)", None).into()),
        };
    }
    if text.lines().any(|line| line.starts_with("SPDXVersion:")) {
        return spdx_tag_value::read(text);
    }
    Err(BadDocument::new("it is neither JSON, XML nor SPDX tag-value", None).into())
}

/// Checks a version of CycloneDX.
fn cyclonedx_version(version: &str, at: Option<Range<usize>>) -> Result<String, NotRead> {
    match version {
        "1.2" | "1.3" | "1.4" | "1.5" | "1.6" | "1.7" => Ok(format!("CycloneDX {version}")),
        "" => Err(BadDocument::new("it has no specVersion", at).into()),
        other => Err(NotRead::Unknown(format!("CycloneDX {}", crate::text::one_line(other, 20)))),
    }
}

/// Checks a version of SPDX.
fn spdx_version(version: &str) -> Result<String, NotRead> {
    match version {
        "SPDX-2.2" | "SPDX-2.3" => Ok(version.replace('-', " ")),
        other => Err(NotRead::Unknown(crate::text::one_line(other, 20))),
    }
}

/// Whether a value of SPDX says something.
fn said(text: &str) -> bool {
    !text.trim().is_empty() && text != "NOASSERTION" && text != "NONE"
}

#[cfg(test)]
mod tests;
