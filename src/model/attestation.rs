//! What `attestations.toml` attests.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::kind::{KindEntry, Points};
use super::named;
pub use super::placeholder::{is_nobody, is_placeholder, is_reason, says_nothing};
use super::policy::Unit;
pub use super::unwritten::{is_stub, is_unwritten, repeats};
use crate::repo_path::RepoPath;
use crate::source::{Located, Span};

named! {
    /// What the vendor says of a provision.
    Status {
        /// It is met.
        Met = "met",
        /// It is met in part.
        Partial = "partial",
        /// It will be met.
        Planned = "planned",
        /// It is not met.
        NotMet = "not-met",
        /// It does not apply; the statement is the reason.
        NotApplicable = "not-applicable",
    }
}

/// The digest of a piece of evidence when it was reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// A git blob id.
    Git(String),
    /// A sha256 of the bytes.
    Sha256(String),
}

impl FromStr for Pin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = |digits: &str, length| digits.len() == length && digits.bytes().all(|b| b.is_ascii_hexdigit());
        match text.split_once(':') {
            Some(("git", id)) if hex(id, 40) => Ok(Self::Git(id.to_ascii_lowercase())),
            Some(("sha256", digest)) if hex(digest, 64) => Ok(Self::Sha256(digest.to_ascii_lowercase())),
            _ => Err("a pin is `git:` and the 40 hex digits of a blob id, or `sha256:` and 64 hex digits"),
        }
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Git(id) => write!(f, "git:{id}"),
            Self::Sha256(digest) => write!(f, "sha256:{digest}"),
        }
    }
}

/// A key of an evidence kind's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// A string.
    Text(Located<String>),
    /// An array of strings.
    Texts(Vec<Located<String>>),
    /// A whole number.
    Count(Located<i64>),
    /// A calendar day.
    Date(Located<Date>),
}

/// What a piece of evidence points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A tracked file, from the declaration's folder.
    Path(Located<RepoPath>),
    /// An address; recorded, never fetched.
    Url(Located<String>),
    /// An identifier, such as a certificate's number.
    Id(Located<String>),
    /// The declaration (`[product.support]`), or the entry's own keys (a certificate's particulars).
    Inline,
}

/// One pointer to something checkable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Picks the verifier.
    pub kind: Located<&'static KindEntry>,
    /// What it points at.
    pub target: Target,
    /// Its digest at the review.
    pub pin: Option<Located<Pin>>,
    /// Tightens the kind's freshness.
    pub max_age_days: Option<Located<i64>>,
    /// How the artefact calls this product.
    pub names: Vec<Located<String>>,
    /// Keys of the kind's own.
    pub details: BTreeMap<&'static str, Detail>,
    /// The place to show: the target, else the table.
    pub span: Span,
}

impl Evidence {
    /// `document docs/x.md` or `certificate Cyber Essentials`, for messages and fingerprints.
    pub fn label(&self) -> String {
        let target = match &self.target {
            Target::Path(path) => path.value.to_string(),
            Target::Url(url) => url.value.clone(),
            Target::Id(id) => id.value.clone(),
            Target::Inline if self.kind.value.points == Points::AtIdOrInline => "in the history".to_owned(),
            Target::Inline => self.text("level").map_or("in the declaration", |level| &level.value).to_owned(),
        };
        format!("{} {target}", self.kind.value.name)
    }

    /// A string detail.
    pub fn text(&self, key: &str) -> Option<&Located<String>> {
        match self.details.get(key) {
            Some(Detail::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A detail that is an array of strings; empty where it is not given.
    pub fn texts(&self, key: &str) -> &[Located<String>] {
        match self.details.get(key) {
            Some(Detail::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// A date detail.
    pub fn date(&self, key: &str) -> Option<&Located<Date>> {
        match self.details.get(key) {
            Some(Detail::Date(date)) => Some(date),
            _ => None,
        }
    }
}

/// A unit that an attestation or waiver speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// `code/id` of the unit.
    pub unit: String,
    /// Where it is named.
    pub span: Span,
    /// Named itself, not through its principle or an alias of several.
    pub specific: bool,
}

/// The vendor's statement on one or more provisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// What it speaks of, as written.
    pub provisions: Vec<Located<String>>,
    /// The units that means.
    pub units: Vec<Coverage>,
    /// What it says.
    pub status: Located<Status>,
    /// Why.
    pub statement: Located<String>,
    /// Who answers for it.
    pub owner: Located<String>,
    /// When it was last reviewed.
    pub reviewed: Located<Date>,
    /// What backs it.
    pub evidence: Vec<Evidence>,
}

impl Attestation {
    /// Whether it cites evidence of a kind that counts for a unit, whether or not it holds.
    pub fn cites_for(&self, unit: &Unit) -> bool {
        let counts = |piece: &Evidence| unit.verified_by.iter().chain(&unit.evidenced_by).any(|kind| *kind == piece.kind.value);
        self.evidence.iter().any(counts)
    }
}

/// An accepted gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// What it waives, as written.
    pub provisions: Vec<Located<String>>,
    /// The units that means.
    pub units: Vec<Coverage>,
    /// Why the gap is accepted.
    pub reason: Located<String>,
    /// Who accepted it.
    pub approved_by: Located<String>,
    /// The last day it holds.
    pub expires: Located<Date>,
}

/// One attestations file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attestations {
    /// In the file's order.
    pub attestations: Vec<Attestation>,
    /// In the file's order.
    pub waivers: Vec<Waiver>,
    /// The file, where there is one.
    pub span: Option<Span>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_whole_digests() {
        assert!(format!("git:{}", "a".repeat(40)).parse::<Pin>().is_ok());
        assert!(format!("sha256:{}", "A".repeat(64)).parse::<Pin>().is_ok());
        for bad in ["git:abc", "md5:abc", "abc", "sha256:", "git:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"] {
            assert!(bad.parse::<Pin>().is_err(), "{bad}");
        }
    }
}
