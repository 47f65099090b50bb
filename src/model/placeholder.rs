//! Texts that hold the place of a statement, a reason or a name and are none.
//!
//! What a reader takes for `TODO` is one: characters that show nothing are passed over, and letters of other scripts that look
//! like Latin ones are read as those. A word written in one other script is read as it stands, beside Latin ones too.

use std::borrow::Cow;

use super::unwritten::is_unwritten;
use crate::text::{is_unprintable, latin};

/// Texts that are placeholders where nothing else is said.
const WHOLE: &[&str] = &[
    "todo",
    "tba",
    "tbc",
    "tbd",
    "fixme",
    "xxx",
    "n a",
    "na",
    "none",
    "placeholder",
    "to do",
    "to be added",
    "to be announced",
    "to be completed",
    "to be confirmed",
    "to be decided",
    "to be done",
    "to be filled in",
    "to be written",
    "fill in",
    "fill me in",
    "fill this in",
    "insert here",
    "change me",
    "changeme",
    "replace me",
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
    "see above",
    "see below",
    "as above",
    "same as above",
    "ditto",
    "unknown",
    "noassertion",
    "no assertion",
    "not known",
    "more info needed",
    "more information needed",
    "to be determined",
    "to be defined",
    "to be provided",
];
/// Words that make a placeholder of what they open.
const OPENING: &[&str] = &["todo", "tba", "tbc", "tbd", "fixme", "xxx"];
/// Answers to a question that a statement is not asked.
const BARE: &[&str] = &["yes", "no", "ok", "okay", "done", "met", "true", "false", "fine", "xx"];
/// Words for whoever it may be.
const NOBODY: &[&str] = &[
    "nobody",
    "no one",
    "noone",
    "someone",
    "somebody",
    "anyone",
    "anybody",
    "me",
    "myself",
    "us",
    "unknown",
    "unassigned",
    "yes",
    "your name",
    "vacant",
    "unfilled",
    "no owner",
    "not assigned",
    "not yet assigned",
    "to be assigned",
    "to be appointed",
    "awaiting appointment",
];
/// Words that name nobody, where what follows only says so again.
const NOBODY_OPENS: &[&[&str]] = &[&["nobody"], &["no", "one"], &["none"], &["no", "owner"]];
/// What may follow them.
const FOR_NOW: &[&str] =
    &["currently", "at", "present", "the", "moment", "now", "for", "as", "of", "yet", "is", "assigned", "named", "appointed", "identified"];
/// What stands in brackets after a name whose bearer cannot be asked any more.
const GONE: &[&str] = &["left", "has left", "left the company", "left the business", "leaver", "no longer here", "resigned", "departed"];
/// Mailboxes at a domain for examples that stand for whoever it may be.
const ANY_MAILBOX: &[&str] =
    &["owner", "name", "your name", "yourname", "your email", "email", "user", "someone", "you", "me", "firstname lastname"];

/// Whether a text only holds the place of one: empty, `TODO`, `TBC`, `lorem ipsum`, template markers, or what `init` wrote.
pub fn is_placeholder(text: &str) -> bool {
    let text: &str = &seen(text);
    let folded = text.to_lowercase();
    let words = words(text);
    words.is_empty()
        || WHOLE.contains(&in_latin(text).as_str())
        || words.first().is_some_and(|first| OPENING.contains(&first.as_str()))
        || words.windows(2).any(|pair| matches!(pair, [lorem, ipsum] if lorem == "lorem" && ipsum == "ipsum"))
        || text.contains("{{")
        || text.contains("<%")
        || text.contains("${")
        || is_slot(text.trim())
        || folded.contains("describe here how this provision is met")
}

/// Whether a text in place of a statement or a reason states nothing: a placeholder, that it is still to be written, a bare `yes`
/// or `ok`, no word at all, or one letter however often.
pub fn says_nothing(text: &str) -> bool {
    let shown = seen(text);
    let held = is_placeholder(text) || is_unwritten(text, "");
    held || BARE.contains(&in_latin(&shown).as_str()) || !shown.chars().any(char::is_alphabetic) || is_one_letter(&shown)
}

/// Whether a text in place of a name, a role or a mailbox names nobody who could be asked.
pub fn is_nobody(text: &str) -> bool {
    let shown = seen(text);
    let held = is_placeholder(text) || NOBODY.contains(&in_latin(&shown).as_str()) || is_one_letter(&shown) || is_any_mailbox(&shown);
    held || is_nobody_for_now(&shown) || is_gone(&shown)
}

/// `Nobody currently`, `no owner assigned`.
fn is_nobody_for_now(text: &str) -> bool {
    let words = words(text);
    let opens = |open: &&&[&str]| words.len() > open.len() && words.iter().zip(**open).all(|(word, named)| word == named);
    let open = NOBODY_OPENS.iter().find(opens);
    open.is_some_and(|open| words.iter().skip(open.len()).all(|word| FOR_NOW.contains(&word.as_str())))
}

/// `Jane Smith (left)`; of several names only one may be of somebody who left.
fn is_gone(text: &str) -> bool {
    let Some((name, note)) = text.trim().strip_suffix(')').and_then(|text| text.rsplit_once('(')) else { return false };
    let several = name.contains([',', ';', '/', '&', '+']) || words(name).iter().any(|word| matches!(word.as_str(), "and" | "or" | "then"));
    !several && GONE.contains(&in_latin(note).as_str())
}

/// `owner@example.com`.
fn is_any_mailbox(text: &str) -> bool {
    let Some((name, domain)) = text.trim().rsplit_once('@') else { return false };
    let domain = domain.to_lowercase();
    let example = ["example.com", "example.org", "example.net"].contains(&domain.as_str());
    example && ANY_MAILBOX.contains(&in_latin(name).as_str())
}

/// Whether a text can be a reason: no placeholder, not still to be written, and at least three different words.
pub fn is_reason(text: &str) -> bool {
    let lower = seen(text).to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2);
    !is_placeholder(text) && !is_unwritten(text, "") && words.collect::<std::collections::BTreeSet<_>>().len() >= 3
}

/// The text as a reader sees it: characters that show nothing are gone, so that none can stand for a statement or hide in one, and
/// those of other widths and styles are the plain ones. What is struck out (`~~…~~`) is not said.
pub(super) fn seen(text: &str) -> String {
    let text = &without_struck(text);
    let blank = |c: char| matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}');
    let kept = text.chars().filter(|c| !blank(*c) && (c.is_whitespace() || !is_unprintable(*c)));
    kept.map(|c| if c < '\u{2000}' { c } else { latin(c) }).collect()
}

/// The text without what stands between pairs of `~~`; three and more of them fence code.
fn without_struck(text: &str) -> Cow<'_, str> {
    let parts: Vec<&str> = text.split("~~").collect();
    let paired = parts.len() > 1 && parts.len() % 2 == 1 && !text.contains("~~~");
    let struck = |part: &&str| !part.trim().is_empty() && part.trim() == *part;
    if !paired || !parts.iter().skip(1).step_by(2).all(struck) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(parts.into_iter().step_by(2).collect::<Vec<_>>().join(" "))
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The words in lower case. One that mixes Latin letters with those of another script is read as Latin; one that does not is a
/// word of its own language, whatever it looks like.
pub(super) fn words(text: &str) -> Vec<String> {
    let read = |word: &str| match word.contains(|c: char| c.is_ascii_alphabetic()) {
        true => word.chars().map(latin).collect::<String>().to_lowercase(),
        false => word.to_lowercase(),
    };
    split(text).map(read).collect()
}

/// The whole text in lower case, every letter read as the Latin one that it looks like.
fn in_latin(text: &str) -> String {
    let words: Vec<String> = split(text).map(|word| word.chars().map(latin).collect::<String>().to_lowercase()).collect();
    words.join(" ")
}

/// Whether the letters of a text are one, or one three times and more. Scripts without capitals write words in one character.
fn is_one_letter(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphanumeric());
    let Some(first) = letters.next().filter(|c| c.is_lowercase() || c.is_uppercase()) else { return false };
    let more = letters.clone().count();
    more != 1 && letters.all(|c| c == first)
}

/// `<statement>` or `[insert statement here]`: a slot and nothing else.
fn is_slot(text: &str) -> bool {
    let inner = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    inner
        .or_else(|| text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')))
        .is_some_and(|inner| !inner.contains(['<', '>', '[', ']']))
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
            "See above.",
            "Unknown.",
            "NOASSERTION",
            "More info needed",
            "ditto",
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
    fn look_alikes_of_a_placeholder_are_one() {
        for text in [
            "\u{422}\u{41e}D\u{41e}",
            "T\u{39f}D\u{39f}: write",
            "\u{ff34}\u{ff2f}\u{ff24}\u{ff2f}",
            "\u{ff0e}\u{ff0e}",
            "\u{1d413}\u{1d40e}\u{1d403}\u{1d40e}",
            "T\u{412}\u{421}",
            "\u{425}\u{425}\u{425}",
            "fill in",
            "Fill me in!",
            "TBA",
            "<\u{422}EXT>",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn a_statement_says_more_than_yes() {
        for text in ["x", "X.", "yes", "Yes!", "ok", "n/a", "-", ".", "fill in", "42", "\u{443}es", "aaaa", "\u{445}", "Work in progress."]
        {
            assert!(says_nothing(text), "{text}");
        }
        for text in [
            "See SECURITY.md",
            "SECURITY.md",
            "Signed.",
            "Yes, by the platform team.",
            "Done by cargo-deny in CI.",
            "No passwords exist.",
            "\u{422}\u{412}\u{421} \u{43f}\u{440}\u{43e}\u{432}\u{435}\u{440}\u{44f}\u{435}\u{442}\u{441}\u{44f}.",
            "\u{3b1}\u{3bd}\u{3b1}\u{3c6}\u{3bf}\u{3c1}\u{3ac}",
            "\u{7f72}\u{540d}\u{6e08}\u{307f}",
            "AES-256",
        ] {
            assert!(!says_nothing(text), "{text}");
        }
    }

    #[test]
    fn what_is_struck_out_is_not_said() {
        for text in ["~~Every release ships an SBOM.~~", "~~Signed.~~ TODO", "~~No passwords exist.~~\n"] {
            assert!(says_nothing(text), "{text}");
            assert!(!is_reason(text), "{text}");
        }
        for text in ["~~Signed.~~ Every release ships an SBOM.", "Backups in ~~/x need ~~y", "~~~\nEvery release ships it.\n~~~"] {
            assert!(!says_nothing(text), "{text}");
        }
    }

    #[test]
    fn an_owner_is_somebody() {
        for text in [
            "vacant",
            "see above",
            "owner@example.com",
            "Your.Name@example.org",
            "nobody",
            "No-one",
            "me",
            "M\u{435}",
            "x",
            "N/A",
            "TBC",
            "unassigned",
            "no owner assigned",
            "Nobody currently",
            "No one at present",
            "none at present",
            "Awaiting appointment",
            "Jane Smith (left)",
            "Jane Smith (left the company)",
        ] {
            assert!(is_nobody(text), "{text}");
        }
        for text in [
            "CTO",
            "JJ",
            "Ok Hyun",
            "\u{674e}",
            "\u{41e}\u{43b}\u{44c}\u{433}\u{430}",
            "\u{39d}\u{3af}\u{3ba}\u{3bf}\u{3c2}",
            "me@ledger.example",
            "security@example.com",
            "security",
            "D\u{2019}Arcy",
            "Jane Smith (left), Bob Jones",
            "Jane Smith and Bob Jones (left)",
            "Vacant (acting: CTO)",
            "Jane Smith (Left Bank office)",
            "No. 10 Duty Officer",
            "None at present: the CTO answers",
        ] {
            assert!(!is_nobody(text), "{text}");
        }
    }
}
