//! Security advisories, CSAF 2.0 and OSV, as one model: what they are about, and what they tell a customer to do.

mod osv;

use std::ops::Range;

use super::affected_range::AffectedRange;
use super::csaf::{self, Csaf};
use super::fault::Fault;
use super::subject::Subject;
use super::tree::{self, BadDocument, Syntax};
use super::vex::{NotRead, Status};
use crate::text::one_line;

/// An advisory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advisory {
    /// `CSAF 2.0` or `OSV`.
    pub format: &'static str,
    /// Its own id.
    pub id: String,
    /// Every id of a vulnerability in it, with its place.
    pub named: Vec<(String, Range<usize>)>,
    /// The vulnerabilities, or what it calls its one.
    pub vulnerabilities: Vec<Vulnerability>,
    /// Its dates as written: the last change first, then when it was published.
    pub dates: Vec<(String, Range<usize>)>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// What an advisory says of one vulnerability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vulnerability {
    /// Its ids.
    pub names: Vec<String>,
    /// What it says of each product.
    pub affected: Vec<Affected>,
    /// Whether it says what to do about it: a remediation, or where the fix is.
    pub remedied: bool,
    /// Whether what it says to do is for as long as there is no fix.
    pub interim: bool,
    /// Where it stands.
    pub at: Range<usize>,
}

impl Vulnerability {
    /// Whether it names a fix, or says what to do.
    pub fn is_remedied(&self) -> bool {
        self.remedied || self.affected.iter().any(|affected| !affected.fixed.is_empty())
    }
}

/// What an advisory says of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The product. An advisory is about it whatever its version is now, so it names none.
    pub subject: Subject,
    /// Whether any version of it is affected.
    pub is_affected: bool,
    /// Versions that fix it, with their places.
    pub fixed: Vec<(String, Range<usize>)>,
    /// Versions that are called affected by name, with their places.
    pub called: Vec<(String, Range<usize>)>,
    /// Ranges of versions that are affected.
    pub ranges: Vec<AffectedRange>,
    /// The ecosystem of the package, where the format has one.
    pub ecosystem: Option<String>,
    /// Where a range of versions begins that nothing ends.
    pub open: Option<Range<usize>>,
    /// Ranges of commits.
    pub commits: Vec<Commits>,
}

/// A range of commits, each in full.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commits {
    /// Those with which it begins; none where it begins with the first of all.
    pub introduced: Vec<String>,
    /// Those that fix it, with their places.
    pub fixed: Vec<(String, Range<usize>)>,
}

/// Reads a document, whose format its contents tell.
///
/// # Errors
/// What is broken, and what this version does not read.
pub fn read(text: &str) -> Result<Advisory, NotRead> {
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return Err(NotRead::Unknown("XML".to_owned()));
    }
    let root = tree::read(Syntax::Json, text)?;
    if root.at(&["document"]).get("csaf_version").is_some() {
        return of_csaf(csaf::read(&root)?);
    }
    if root.get("id").is_some() && root.get("modified").is_some() || root.get("schema_version").is_some() {
        return Ok(osv::read(&root));
    }
    Err(BadDocument::new("it is neither CSAF (`document.csaf_version`) nor OSV (`id` and `modified`)", None).into())
}

fn of_csaf(document: Csaf) -> Result<Advisory, NotRead> {
    let (category, at) = &document.category;
    if !matches!(category.as_str(), "csaf_security_advisory" | "csaf_vex") {
        let message = format!(
            "it is of the category {}, where csaf_security_advisory or csaf_vex is what tells of vulnerabilities",
            one_line(category, 40)
        );
        return Err(BadDocument::new(message, Some(at.clone())).into());
    }
    let mut faults = document.faults;
    if let Some(at) = document.draft {
        let message = "is a draft: its tracking status says that it is not published";
        faults.push(Fault::new("draft", at, message, "cite it when it is published"));
    }
    let vulnerabilities: Vec<Vulnerability> = document.vulnerabilities.into_iter().map(vulnerability).collect();
    for one in vulnerabilities.iter().filter(|one| one.names.is_empty()) {
        let message = "has a vulnerability without an id";
        faults.push(Fault::new("no-vulnerability", one.at.clone(), message, "name it in `cve` or `ids`"));
    }
    Ok(Advisory { format: "CSAF 2.0", id: document.id, named: document.named, vulnerabilities, dates: document.dates, faults })
}

fn vulnerability(one: csaf::Vulnerability) -> Vulnerability {
    let mut affected: Vec<Affected> = Vec::new();
    for (status, subjects) in one.by_status {
        for subject in subjects {
            let is_fix = status == Status::Fixed;
            let versions: Vec<_> = subject.versions.iter().map(|version| (version.clone(), subject.at.clone())).collect();
            let is_affected = status == Status::Affected;
            let range = subject.range.as_deref().filter(|_| is_affected).map(|text| AffectedRange::of_text(text, subject.at.clone()));
            let called = versions.iter().filter(|_| is_affected).cloned().collect();
            let fixed = if is_fix { versions } else { Vec::new() };
            affected.push(Affected {
                subject: Subject { versions: Vec::new(), ..subject },
                is_affected,
                fixed,
                called,
                ranges: range.into_iter().collect(),
                ecosystem: None,
                open: None,
                commits: Vec::new(),
            });
        }
    }
    let remedied = one.remedies > 0;
    Vulnerability { names: one.names, affected, remedied, interim: one.interim, at: one.at }
}

#[cfg(test)]
mod tests;
