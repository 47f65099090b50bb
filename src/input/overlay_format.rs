//! What an overlay file may hold, for the reader and for the schema.

use super::policy::{APPLIES_TO, CONFIDENCES, DAYS, EXCLUSIONS, HEADING, KINDS, STATUSES, STRENGTHS, TEXTS};
use super::provision_keys;
use crate::spec::{Key, Shape, TableSpec, Vocabulary};

const FAIL_ON: Vocabulary =
    Vocabulary::Fixed(&[("error", "A requirement is not met"), ("warning", "A recommendation is not met"), ("note", "Anything at all")]);
const ASSURANCE: Vocabulary = Vocabulary::Fixed(&[
    ("asserted", "Somebody says so"),
    ("evidenced", "The cited document stands, is current and is about this"),
    ("verified", "The gate checked the thing itself"),
]);

static GATE: TableSpec = TableSpec {
    name: "[gate]",
    about: "Floors: a declaration may ask for more than these, and gets no less.",
    keys: &[
        Key::optional(
            "fail-on",
            Shape::Choice(FAIL_ON),
            "The gate closes at this level at the latest, whatever the declaration or --fail-on says.",
        ),
        Key::optional("assurance", Shape::Choice(ASSURANCE), "At least this much counts as met."),
        provision_keys::MAX_AGE_DAYS,
    ],
    keys_by: None,
};

static WAIVERS: TableSpec = TableSpec {
    name: "[waivers]",
    about: "Bounds on waivers.",
    keys: &[
        Key::optional("max-days", Shape::Count(1, 366), "Longest life of a waiver from the day of the check, in days."),
        Key::optional("never", Shape::List(&Shape::Choice(Vocabulary::Provisions)), "Provisions and claims that nobody may waive."),
    ],
    keys_by: None,
};

static CHANGE: TableSpec = TableSpec {
    name: "[[change]]",
    about: "What is asked of provisions that stand already.",
    keys: &[
        Key::required(
            "provision",
            Shape::OneOrMany(&Shape::Choice(Vocabulary::Provisions)),
            "What it speaks of; a provision speaks for its claims.",
        ),
        Key::optional("strength", Shape::Choice(STRENGTHS), "The verb in place of the code's."),
        Key::optional("assurance", Shape::Choice(ASSURANCE), "The least assurance that counts as met, in place of the gate's."),
        REQUIRE,
        Key::optional("max-age-days", DAYS, "Reviews older than this are stale, in place of the code's own bound."),
        Key::optional("evidenced-by", KINDS, "Kinds that lift it to evidenced, in place of the code's."),
        Key::optional("verified-by", KINDS, "Kinds whose content check lifts it to verified, in place of the code's."),
    ],
    keys_by: None,
};

/// What a provision of an organisation's own says, in a published code or in one of its own.
const WORDS: [Key; 18] = [
    Key::required("title", Shape::Text, "A short name."),
    Key::required("strength", Shape::Choice(STRENGTHS), "Its verb."),
    Key::optional("actors", Shape::List(&Shape::Text), "The roles it binds; left out: every role."),
    provision_keys::WHEN,
    Key::required("summary", Shape::Text, "What it asks."),
    provision_keys::REMEDY,
    Key::optional("source", Shape::Text, "Where it is written; left out: the overlay's source."),
    provision_keys::EVIDENCED_BY,
    provision_keys::VERIFIED_BY,
    Key::optional("assurance", Shape::Choice(ASSURANCE), "The least assurance that counts as met, if that is more than the gate asks."),
    REQUIRE,
    provision_keys::BY_PROBES,
    provision_keys::RELATED,
    Key::optional("confidence", Shape::Choice(CONFIDENCES), "How sure the organisation is; left out: official."),
    provision_keys::MAX_AGE_DAYS,
    provision_keys::NOTICE_MONTHS,
    provision_keys::NOTE,
    provision_keys::CLAIMS,
];
const REQUIRE: Key = Key::optional("require", KINDS, "Kinds of evidence: one piece of each must be cited and hold.");

/// How a provision is called, then its words.
const fn with_words<const NAMES: usize, const ALL: usize>(names: [Key; NAMES]) -> [Key; ALL] {
    let mut all = [provision_keys::NOTE; ALL];
    let (first, rest) = all.split_at_mut(NAMES);
    first.copy_from_slice(&names);
    rest.copy_from_slice(&WORDS);
    all
}

const ADDED: [Key; 22] = with_words([
    Key::required("code", Shape::Choice(Vocabulary::Codes), "The code that it is added to, and is selected with."),
    Key::required("id", Shape::Text, "The overlay's name, a colon and letters, digits, `.` or `-`."),
    Key::optional("heading", Shape::Text, "The id of the code's heading that it stands under; left out: one of the overlay's own."),
    Key::optional("aliases", TEXTS, "Other ids that mean it, with the same prefix."),
]);

static ADDITION: TableSpec = TableSpec {
    name: "[[provision]]",
    about: "A provision of the organisation's own, added to a published code.",
    keys: &ADDED,
    keys_by: None,
};

const OWN: [Key; 21] = with_words([
    Key::required("id", Shape::Text, "Its id within the code."),
    Key::required("heading", Shape::Text, "The id of its heading."),
    provision_keys::ALIASES,
]);

static OWN_PROVISION: TableSpec =
    TableSpec { name: "[[code.provision]]", about: "A requirement of the organisation's own code.", keys: &OWN, keys_by: None };

static CODE: TableSpec = TableSpec {
    name: "[[code]]",
    about: "A code of the organisation's own, as a policy file has it.",
    keys: &[
        Key::required("code", Shape::Text, "The overlay's name, or that with a hyphen and a word."),
        Key::required("edition", Shape::Text, "Which version of it."),
        Key::required("title", Shape::Text, "What it is called."),
        Key::required("published", Shape::Date, "When."),
        Key::optional("publisher", Shape::Text, "Left out: the overlay's."),
        Key::optional("source", Shape::Text, "Left out: the overlay's."),
        Key::optional("licence", Shape::Text, "Under which its words may be quoted."),
        Key::optional("aliases", TEXTS, "Other names that users may write."),
        Key::required("status", Shape::Choice(STATUSES), "What kind of text it is."),
        Key::required("applies-to", Shape::Table(&APPLIES_TO), "What selects it."),
        Key::optional("advisory-actors", Shape::List(&Shape::Choice(Vocabulary::Roles)), "Roles for which it is advice."),
        Key::optional("not-applicable", Shape::Choice(EXCLUSIONS), "What may be attested not-applicable."),
        provision_keys::MAX_AGE_DAYS,
        Key::optional("unverified", TEXTS, "What could not be checked."),
        Key::required("heading", Shape::Tables(&HEADING), "Its grouping."),
        Key::required("provision", Shape::Tables(&OWN_PROVISION), "Its provisions, in order."),
    ],
    keys_by: None,
};

/// An overlay file.
pub static OVERLAY: TableSpec = TableSpec {
    name: "the overlay",
    about: "What an organisation adds to the codes, and what it asks beyond them.",
    keys: &[
        Key::required("version", Shape::Count(1, 1), "The format's version: 1."),
        Key::required(
            "name",
            Shape::Text,
            "The organisation's short name, with which its ids begin: lower-case letters, digits and hyphens.",
        ),
        Key::required("title", Shape::Text, "What the overlay is, for people."),
        Key::required("publisher", Shape::Text, "Who answers for it."),
        Key::required("source", Shape::Text, "Where people can read it: an address or a document's name."),
        Key::optional("gate", Shape::Table(&GATE), "Floors of the gate's settings."),
        Key::optional("waivers", Shape::Table(&WAIVERS), "Bounds on waivers."),
        Key::optional(
            "keys",
            Shape::Named(&Shape::Text),
            "Public keys that signatures are checked with, each under a name: a minisign key, an OpenSSH public key or a PEM public key.",
        ),
        Key::optional("change", Shape::Tables(&CHANGE), "What is asked of provisions that stand already."),
        Key::optional("provision", Shape::Tables(&ADDITION), "Provisions added to published codes."),
        Key::optional("code", Shape::Tables(&CODE), "Codes of its own."),
    ],
    keys_by: None,
};

/// Whether a text can be the name of an overlay or of its code.
pub(super) fn is_name(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    plain && (2..=32).contains(&text.len()) && text.starts_with(|c: char| c.is_ascii_lowercase()) && !text.ends_with('-')
}
