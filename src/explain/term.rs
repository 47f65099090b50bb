//! Words that outputs and pages use in a sense of their own and that are no name of anything.

use super::{Page, Part};

/// A term, what it means, and where to read on: a name to explain, or a command.
const TERMS: &[(&str, &str, &str)] = &[
    ("code", "A code of practice, a standard or a law, as data: its provisions with the codes' own numbers and titles.", "portcullis list"),
    (
        "provision",
        "One numbered requirement of a code. Where the code breaks it into claims, the claims are judged.",
        "portcullis list --code CODE",
    ),
    (
        "principle",
        "A provision that has claims, as the 14 principles of the Software Security Code have.",
        "portcullis list --code software-security",
    ),
    (
        "claim",
        "A part of a principle that can be true or untrue by itself, and is judged by itself.",
        "portcullis list --code software-security",
    ),
    ("unit", "What is judged and counted: a claim, or a provision that has no claims.", "portcullis list --applicable"),
    (
        "attestation",
        "The vendor's statement on one or more units, with an owner, a review date and evidence.",
        "portcullis explain attestations.toml",
    ),
    (
        "evidence",
        "What an attestation cites: a tracked file, or what a kind reads from the history or from the entry itself.",
        "portcullis list --kinds",
    ),
    ("waiver", "A gap that somebody with the authority accepts until a day, with the reason.", "portcullis attest --help"),
    (
        "trait",
        "A yes-or-no question about a product on which provisions hang; one that is not answered is a finding.",
        "portcullis list --applicable",
    ),
    ("probe", "A look for what contradicts an attestation, whatever it cites.", "portcullis list --probes"),
    ("finding", "What a report tells of: a gap of a unit, or something about the inputs themselves.", "portcullis check --verbose"),
    ("overlay", "An organisation's own file that tightens what is judged, and never loosens it.", "portcullis schema overlay"),
    ("pin", "The digest of what was read at the review; once the file differs, the attestation is stale.", "portcullis attest --renew"),
    ("base", "The commit that a change is held against; the settings of the branch it names stay in force.", "portcullis check --help"),
    ("decisive", "Of a sign that detection sees: enough to contradict a declaration.", "portcullis detect"),
    ("probable", "Of a sign that detection sees: enough to ask.", "portcullis detect"),
    ("weak", "Of a sign that detection sees: nothing by itself; it never speaks in a check.", "portcullis detect"),
];

/// The page of a term, in the singular or the plural.
pub(super) fn page(name: &str) -> Option<Page> {
    let singular = name.strip_suffix('s').unwrap_or(name);
    let (term, meaning, more) = TERMS.iter().find(|(term, ..)| *term == name || *term == singular)?;
    let parts = vec![Part::text("more", "More", format!("`{more}`"))];
    Some(Page { id: (*term).to_owned(), what: "term", title: (*meaning).to_owned(), parts, licence: None })
}

/// Every term.
pub(super) fn names() -> impl Iterator<Item = String> {
    TERMS.iter().map(|(term, ..)| (*term).to_owned())
}
