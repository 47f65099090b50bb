//! What `attestations.toml` attests.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::kind::{KindEntry, Points};
use super::named;
use super::policy::Unit;
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

/// Whether a text only holds the place of one: empty, `TODO`, `TBC`, `lorem ipsum`, template markers, or what `init` wrote.
pub fn is_placeholder(text: &str) -> bool {
    let text: &str = &seen(text);
    let folded = text.trim().trim_matches(|c: char| c.is_ascii_punctuation() || c.is_whitespace()).to_lowercase();
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    const WHOLE: &[&str] = &[
        "todo",
        "tbc",
        "tbd",
        "fixme",
        "xxx",
        "n a",
        "na",
        "none",
        "placeholder",
        "to do",
        "to be confirmed",
        "to be done",
        "to be decided",
        "to be completed",
        "t o d o",
        "t b c",
        "t b d",
        "xxxx",
        "wip",
        "pending",
        "coming soon",
        "null",
        "test",
        "asdf",
        "foo",
        "who",
        "what is done",
    ];
    const OPENING: &[&str] = &["todo", "tbc", "tbd", "fixme", "xxx"];
    words.is_empty()
        || WHOLE.contains(&words.join(" ").as_str())
        || words.first().is_some_and(|first| OPENING.contains(first))
        || folded.contains("lorem ipsum")
        || text.contains("{{")
        || text.contains("<%")
        || text.contains("${")
        || is_slot(text.trim())
        || folded.contains("describe here how this provision is met")
}

/// The text as a reader sees it: characters that show nothing are gone, so that none can stand for a statement or hide in one.
fn seen(text: &str) -> String {
    let blank = |c: char| matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}');
    text.chars().filter(|c| !blank(*c) && (c.is_whitespace() || !crate::text::is_unprintable(*c))).collect()
}

/// `<statement>` or `[insert statement here]`: a slot and nothing else.
fn is_slot(text: &str) -> bool {
    let inner = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    inner
        .or_else(|| text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')))
        .is_some_and(|inner| !inner.contains(['<', '>', '[', ']']))
}

/// Whether a text can be a reason: no placeholder, and at least three different words.
pub fn is_reason(text: &str) -> bool {
    let text = seen(text).to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2);
    !is_placeholder(&text) && words.collect::<std::collections::BTreeSet<_>>().len() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_statements() {
        for text in [
            "",
            "  ",
            "...",
            "TODO",
            "todo: write",
            "TBC.",
            "N/A",
            "Lorem ipsum dolor",
            "{{ siro_name }}",
            "[TBD]",
            "XXX",
            "\u{3164}\u{3164}",
            "T\u{200b}ODO",
            "<statement>",
            "[insert statement here]",
            "${STATEMENT}",
            "wip",
            "WHO",
            "WHAT IS DONE",
            "<TEXT>",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "What is done about reports stands in SECURITY.md.",
            "Every release ships an SBOM.",
            "We keep a TODO list of fixes under review.",
            "Not sold to consumers: no consumer can buy it.",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn a_reason_has_three_different_words() {
        for text in ["\u{3164} \u{3164} \u{3164}", "N/A N/A N/A", "x x x", "1 2 3", "not applicable", "TODO write a reason"] {
            assert!(!is_reason(text), "{text}");
        }
        assert!(is_reason("No passwords exist."));
    }

    #[test]
    fn pins_are_whole_digests() {
        assert!(format!("git:{}", "a".repeat(40)).parse::<Pin>().is_ok());
        assert!(format!("sha256:{}", "A".repeat(64)).parse::<Pin>().is_ok());
        for bad in ["git:abc", "md5:abc", "abc", "sha256:", "git:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"] {
            assert!(bad.parse::<Pin>().is_err(), "{bad}");
        }
    }
}
