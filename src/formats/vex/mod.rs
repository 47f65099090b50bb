//! Statements on vulnerabilities: OpenVEX, CSAF 2.0 and CycloneDX as one model.
//!
//! Sources: OpenVEX 0.0.1 and 0.2.0; CSAF 2.0 (ISO/IEC 20153:2025); ECMA-424 (CycloneDX); what a statement must say comes from CISA,
//! Minimum Requirements for VEX (April 2023).

mod cyclonedx;
mod openvex;

pub use openvex::JUSTIFICATIONS;

use std::ops::Range;

use super::csaf;
use super::fault::Fault;
use super::subject::Subject;
use super::tree::{self, BadDocument, Syntax};
use crate::text::one_line;

/// How a product stands to a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// The vulnerability does not touch it.
    NotAffected,
    /// It does.
    Affected,
    /// It did.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

impl Status {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotAffected => "not affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under investigation",
        }
    }
}

/// What is said of one vulnerability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The vulnerability's name.
    pub vulnerability: String,
    /// What else it is called.
    pub aliases: Vec<String>,
    /// How the products stand to it.
    pub status: Status,
    /// The products.
    pub products: Vec<Subject>,
    /// When that was so, as written; the document's time where the statement has none.
    pub stamp: String,
    /// Whether it says that the component is not there.
    pub not_present: bool,
    /// The package URLs of the components that the vulnerability is in, with their places.
    pub components: Vec<(String, Range<usize>)>,
    /// Where it stands.
    pub at: Range<usize>,
}

/// A document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vex {
    /// `OpenVEX 0.2.0`.
    pub format: String,
    /// Every id of a vulnerability in it, with its place.
    pub named: Vec<(String, Range<usize>)>,
    /// What it says.
    pub statements: Vec<Statement>,
    /// Every date in it that may not lie in the future, as written; the first is the document's own last one.
    pub dates: Vec<(String, Range<usize>)>,
    /// Vulnerabilities that it lists without a word on how the product stands to them.
    pub unstated: usize,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// Why a text is no such document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRead {
    /// It is broken.
    Bad(BadDocument),
    /// It is of a version that this program cannot read; what it is.
    Unknown(String),
}

impl From<BadDocument> for NotRead {
    fn from(bad: BadDocument) -> Self {
        Self::Bad(bad)
    }
}

/// Reads a document, whose format its contents tell.
///
/// # Errors
/// What is broken, and what this version does not read.
pub fn read(text: &str) -> Result<Vex, NotRead> {
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return Err(NotRead::Unknown("XML".to_owned()));
    }
    let root = tree::read(Syntax::Json, text)?;
    if root.word("bomFormat") == Some("CycloneDX") {
        return cyclonedx::read(&root);
    }
    if root.at(&["document"]).get("csaf_version").is_some() {
        return of_csaf(csaf::read(&root)?);
    }
    match root.get("@context") {
        Some(context) if context.text().is_some_and(|text| text.starts_with(openvex::CONTEXT)) => openvex::read(&root, context),
        _ if root.word("context").is_some_and(|text| text.starts_with(openvex::CONTEXT)) => {
            let at = root.entry("context").map(tree::Entry::key_range);
            let message = "it has `context` and `id` where OpenVEX has `@context` and `@id`, so no reader takes it for OpenVEX";
            Err(BadDocument::new(message, at).into())
        }
        _ => {
            Err(BadDocument::new("it is neither OpenVEX (`@context`), CSAF (`document.csaf_version`) nor CycloneDX (`bomFormat`)", None)
                .into())
        }
    }
}

fn of_csaf(document: csaf::Csaf) -> Result<Vex, NotRead> {
    let mut vex =
        Vex { format: "CSAF 2.0".to_owned(), named: document.named, dates: document.dates, faults: document.faults, ..Vex::default() };
    if document.category.0 != "csaf_vex" {
        let message =
            format!("it is of the category {}, where csaf_vex is what says how a product stands", one_line(&document.category.0, 40));
        return Err(BadDocument::new(message, Some(document.category.1)).into());
    }
    let stamp = vex.dates.first().map(|(stamp, _)| stamp.clone()).unwrap_or_default();
    for vulnerability in document.vulnerabilities {
        for (status, products) in vulnerability.by_status {
            vex.statements.push(Statement {
                vulnerability: vulnerability.names.first().cloned().unwrap_or_default(),
                aliases: Vec::new(),
                status,
                products,
                stamp: stamp.clone(),
                not_present: false,
                components: Vec::new(),
                at: vulnerability.at.clone(),
            });
        }
    }
    Ok(vex)
}

/// Which of these words it is; a fault where it is none.
fn one_of<'a>(word: &str, known: &[&'a str], what: &str, at: Range<usize>, faults: &mut Vec<Fault>) -> Option<&'a str> {
    let found = known.iter().copied().find(|one| *one == word);
    if found.is_none() {
        let message = format!("has the {what} {}, which is none of {}", one_line(word, 60), known.join(", "));
        faults.push(Fault::new("unknown-word", at, message, "write one of those"));
    }
    found
}

#[cfg(test)]
mod tests;
