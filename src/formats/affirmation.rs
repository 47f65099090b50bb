//! Whether a text affirms what it names: a sentence that denies it, doubts it or puts it off does not, and a field that says
//! that there is nothing to put in it is as good as blank.

use super::wording::{has_phrase, words};
use crate::model::attestation::{is_placeholder, is_reason};

/// Words that deny what their sentence says, doubt it, narrow it or put it off.
const DOUBTS: &[&str] = &[
    "not",
    "never",
    "neither",
    "nor",
    "none",
    "nobody",
    "nothing",
    "cannot",
    "unable",
    "unclear",
    "unknown",
    "undecided",
    "undetermined",
    "unfinished",
    "untrue",
    "false",
    "doubt",
    "doubts",
    "doubtful",
    "whether",
    "unless",
    "except",
    "partial",
    "partially",
    "partly",
    "incompletely",
    "mostly",
    "largely",
    "almost",
    "nearly",
    "hardly",
    "some",
    "fails",
    "failed",
    "fail",
    "lacks",
    "refuses",
    "denies",
    "non",
    "noncompliant",
    "noncompliance",
    "will",
    "would",
    "should",
    "could",
    "might",
    "shall",
    "intends",
    "intend",
    "plans",
    "planned",
    "aims",
    "hopes",
    "expects",
    "expected",
    "eventually",
    "pending",
    "awaiting",
    "yet",
    "draft",
    "template",
    "specimen",
    "sample",
    "unsigned",
    "withdrawn",
    "revoked",
    "void",
    "cancelled",
    "canceled",
    "superseded",
    "tbd",
    "tbc",
    "tba",
    "todo",
];
/// Words that leave a field without what belongs in it, where it has few others.
const VOID: &[&str] = &[
    "not",
    "none",
    "never",
    "nobody",
    "nothing",
    "noone",
    "unsigned",
    "unknown",
    "unnamed",
    "unassigned",
    "unavailable",
    "undecided",
    "undated",
    "vacant",
    "pending",
    "awaiting",
    "awaited",
    "missing",
    "omitted",
    "withheld",
    "tbd",
    "tbc",
    "tba",
    "todo",
    "ditto",
];
/// What a `no` of a field can be of. It is a name, too.
const NO: &[&str] = &["signature", "signatory", "name", "function", "place", "date", "address", "one", "batch", "batches", "person"];
/// Most words of a field that says that there is nothing to put in it.
const VOID_WORDS: usize = 8;
/// Words before a full stop that ends no sentence.
const SHORT: &[&str] = &[
    "ltd", "inc", "co", "corp", "plc", "no", "nos", "para", "paras", "reg", "regs", "sch", "art", "mr", "mrs", "ms", "dr", "st", "e.g",
    "i.e",
];

/// The sentences of a text: parted where a full stop, `!` or `?` is followed by a blank, unless the word before it is short for another.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, mark) in text.match_indices(['.', '!', '?']) {
        let end = at + mark.len();
        if !text.get(end..).is_some_and(|rest| rest.starts_with(char::is_whitespace)) {
            continue;
        }
        let said = text.get(start..at).unwrap_or_default();
        let last = said.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default().to_lowercase();
        if mark == "." && (SHORT.contains(&last.as_str()) || last.split('.').all(|part| part.chars().count() <= 1)) {
            continue;
        }
        found.push(text.get(start..end).unwrap_or_default().trim());
        start = end;
    }
    found.push(text.get(start..).unwrap_or_default().trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// Whether a sentence denies what it says, doubts it, narrows it or puts it off.
pub fn doubts(sentence: &str) -> bool {
    let said = words(sentence);
    let next = |at: usize| said.get(at + 1).map_or("", String::as_str);
    let before = |at: usize| at.checked_sub(1).and_then(|at| said.get(at)).map_or("", String::as_str);
    let digit = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    said.iter().enumerate().any(|(at, word)| match word.as_str() {
        // "No. 1007", "no earlier than", "not less than".
        "no" | "not" if said.iter().skip(at + 1).take(3).any(|word| is_bound(word)) => false,
        "no" => !digit(next(at)),
        // The month.
        "may" => !digit(before(at)) && !digit(next(at)),
        "if" => !matches!(next(at), "any" | "applicable" | "relevant" | "appropriate"),
        "to" => next(at) == "be" && !matches!(before(at), "considered" | "deemed" | "found" | "held" | "known" | "taken"),
        "subject" => next(at) == "to",
        word => DOUBTS.contains(&word) || word.ends_with("n't"),
    })
}

/// What makes a lower bound of a `not`.
fn is_bound(word: &str) -> bool {
    ["less", "earlier", "sooner", "before", "shorter", "fewer"].contains(&word)
}

/// Whether a field is as good as blank: it only holds the place of a text, or says that there is none.
pub fn is_void(text: &str) -> bool {
    if is_placeholder(text) {
        return true;
    }
    let said = words(text);
    let at = |at: usize| said.get(at).map_or("", String::as_str);
    let opens = matches!(
        (at(0), at(1)),
        ("to" | "will", "be") | ("see" | "as" | "same", "above" | "below" | "elsewhere" | "overleaf" | "as" | "attached")
    );
    let no = said.iter().zip(said.iter().skip(1)).any(|(no, of)| no == "no" && NO.contains(&of.as_str()));
    said.len() <= VOID_WORDS
        && (opens
            || no
            || said.iter().any(|word| VOID.contains(&word.as_str()) || word.ends_with("n't"))
            || matches!(at(0), "no" | "-") && said.len() == 1)
}

/// Most words of what stands in the place of a reason.
const UNREASONED_WORDS: usize = 8;

/// Whether a text in the place of a reason is one: it says more than that there is none, that it stands elsewhere or comes later, or
/// once more what it should explain.
pub fn gives_reason(text: &str) -> bool {
    const NONE: &[&str] = &[
        "no reason",
        "no justification",
        "no explanation",
        "no comment",
        "reason unknown",
        "reason not",
        "not known",
        "see above",
        "see below",
        "see the above",
        "see previous",
        "see the previous",
        "see row",
        "as above",
        "as before",
        "same as",
        "same reason",
        "do not know",
        "don't know",
        "to be determined",
        "to be decided",
        "to be defined",
        "to be confirmed",
        "to be added",
        "to be written",
        "to be provided",
    ];
    const ECHO: &[&str] = &[
        "not",
        "n",
        "a",
        "na",
        "applicable",
        "apply",
        "does",
        "do",
        "is",
        "it",
        "this",
        "to",
        "us",
        "for",
        "the",
        "our",
        "product",
        "device",
        "here",
    ];
    let said = words(text);
    let held = said.len() <= UNREASONED_WORDS && NONE.iter().any(|phrase| has_phrase(&said, phrase));
    is_reason(text) && !held && !said.iter().all(|word| ECHO.contains(&word.as_str()))
}

/// Whether a text beside a yes says that it is none: "This is not supported", "not yet implemented", "to be done".
pub fn denies_yes(text: &str) -> bool {
    const LEAD: &[&str] = &[
        "this",
        "it",
        "that",
        "which",
        "is",
        "are",
        "has",
        "have",
        "been",
        "was",
        "provision",
        "requirement",
        "recommendation",
        "feature",
        "currently",
        "the",
        "still",
        "but",
        "at",
        "present",
        "we",
    ];
    const PUT_OFF: &[&str] = &["unimplemented", "unmet", "pending", "tbd", "tbc", "tba", "todo", "unknown"];
    const DONE: &[&str] = &[
        "implemented",
        "supported",
        "met",
        "fulfilled",
        "done",
        "built",
        "available",
        "place",
        "ready",
        "started",
        "mitigated",
        "addressed",
        "complied",
    ];
    sentences(text).into_iter().any(|sentence| {
        let said = words(sentence);
        let rest: Vec<&str> = said.iter().map(String::as_str).skip_while(|word| LEAD.contains(word)).collect();
        let opens = match rest.as_slice() {
            ["not", "applicable" | "only" | "just", ..] => false,
            ["not", rest @ ..] => rest.iter().take(4).any(|word| DONE.contains(word) || *word == "yet"),
            ["to" | "will", "be", ..] => true,
            ["partially" | "partly" | "incompletely", done] => DONE.contains(done) || *done == "compliant",
            ["in" | "under", "development" | "progress" | "construction" | "planning"] | ["work", "in", "progress"] => true,
            ["no", "support" | "implementation"] | ["no", "support" | "implementation", "yet" | "today" | "now" | "planned", ..] => true,
            ["roadmap"] | ["roadmap", "item", ..] => true,
            ["on", "the", "roadmap"] | ["on", "our", "roadmap"] => true,
            ["planned"] | ["planned", "for" | "in" | "to" | "by" | "later" | "next" | "only", ..] => true,
            [first, ..] => PUT_OFF.contains(first) || ["isn't", "hasn't"].contains(first),
            [] => false,
        };
        let not_yet = said.windows(2).any(|pair| pair == ["not", "yet"]) && said.iter().any(|word| DONE.contains(&word.as_str()));
        opens || not_yet
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reason_says_why() {
        for text in [
            "no reason given",
            "same as above",
            "see above row",
            "see the above row",
            "to be determined later",
            "we do not know why",
            "not applicable to us",
            "TBD",
            "n/a n/a n/a",
        ] {
            assert!(!gives_reason(text), "{text}");
        }
        for text in [
            "the software can be updated",
            "the pads are covered by a seal and not for good",
            "The device has no such interface",
            "we lack the staff",
        ] {
            assert!(gives_reason(text), "{text}");
        }
    }

    #[test]
    fn a_yes_that_is_taken_back_is_none() {
        for text in [
            "This is not supported at all",
            "not implemented",
            "Not yet implemented.",
            "It has not been implemented",
            "Encryption is not yet supported",
            "to be done in 2027",
            "Planned for 2027",
            "TBD",
            "Partially implemented",
            "In development",
            "roadmap item; no support today",
            "No support yet",
        ] {
            assert!(denies_yes(text), "{text}");
        }
        for text in [
            "",
            "as attested",
            "Default passwords are not supported",
            "No passwords exist",
            "Passwords are not shared",
            "Unsupported versions are refused",
            "It is not possible to turn it off",
            "This does not depend on the network",
            "Not only passwords but keys",
            "No support for versions of TLS before 1.2",
            "In progress bars no secrets are shown",
        ] {
            assert!(!denies_yes(text), "{text}");
        }
    }

    #[test]
    fn sentences_end_at_a_full_stop_that_is_not_of_a_short_word() {
        let text = "In the opinion of Ledger Ltd. it complies with S.I. 2023 No. 1007. Signed: A. Smith. Yes! No";
        let found = sentences(text);
        assert_eq!(found, ["In the opinion of Ledger Ltd. it complies with S.I. 2023 No. 1007.", "Signed: A. Smith.", "Yes!", "No"]);
    }

    #[test]
    fn a_denial_a_doubt_and_a_plan_affirm_nothing() {
        for text in [
            "it has not complied with the requirements",
            "it does not comply with any of them",
            "it doesn\u{2019}t comply",
            "it cannot yet say whether it has complied",
            "it has partially complied",
            "it may have complied",
            "it will be met",
            "is a draft template to be prepared by the manufacturer",
            "it has complied with none of them",
            "it has complied with no requirement",
            "it has complied, if the tests pass",
        ] {
            assert!(doubts(text), "{text}");
        }
        for text in [
            "the security requirements of Schedule 1 to S.I. 2023 No. 1007 are met",
            "it complied on 1 May 2025 and in May 2026",
            "support ends no earlier than 2029-12-31",
            "support of not less than five years",
            "the manufacturer and, if any, its representative prepared it",
            "it has complied with the applicable security requirements",
            "it is considered to be compliant",
        ] {
            assert!(!doubts(text), "{text}");
        }
    }

    #[test]
    fn a_field_that_says_that_there_is_none_is_void() {
        for text in [
            "",
            "TBC",
            "not signed yet",
            "unsigned",
            "to be signed",
            "To be signed by the director",
            "vacant",
            "see above",
            "no signature",
            "Unknown.",
            "same as above",
            "None",
        ] {
            assert!(is_void(text), "{text}");
        }
        for text in ["A. Smith", "No Won-il", "Managing Director", "Leeds, United Kingdom", "15 September 2025", "2538 and later"] {
            assert!(!is_void(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn sentences_lose_nothing_but_blanks(text in "[a.!? é(Ltd]{0,60}") {
            let solid = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(solid(&sentences(&text).concat()), solid(&text));
        }

        #[test]
        fn any_text_is_weighed(text in any::<String>()) {
            let _ = (doubts(&text), is_void(&text));
        }
    }
}
