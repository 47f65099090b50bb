//! Texts that say of themselves that they are still to be written: "This section is a work in progress.", "Details to follow."
//!
//! One is recognised only where nothing else is said: every word of it belongs to such a remark, or to the name of what is missing.

use super::placeholder::{self, is_placeholder, seen};

/// Most words of such a remark.
const WORDS: usize = 40;
/// What says that a text is not there yet.
const REMARKS: &[&[&str]] = &[
    &["todo"],
    &["to", "do"],
    &["tba"],
    &["tbc"],
    &["tbd"],
    &["fixme"],
    &["xxx"],
    &["wip"],
    &["work", "in", "progress"],
    &["in", "progress"],
    &["in", "preparation"],
    &["under", "construction"],
    &["under", "development"],
    &["coming", "soon"],
    &["to", "follow"],
    &["to", "come"],
    &["will", "follow"],
    &["watch", "this", "space"],
    &["stay", "tuned"],
    &["left", "blank"],
    &["left", "empty"],
    &["goes", "here"],
    &["go", "here"],
    &["text", "here"],
    &["placeholder"],
    &["place", "holder"],
    &["draft"],
    &["stub"],
    &["nothing", "here"],
    &["nothing", "yet"],
    &["nothing", "to", "see"],
    &["no", "content"],
    &["dummy", "text"],
    &["unwritten"],
    &["unfinished"],
    &["incomplete"],
    &["not", "ready"],
    &["not", "available"],
    &["not", "started"],
    &["fill", "in"],
    &["insert", "here"],
];
/// What will be done to a text that is not there yet.
const DONE_LATER: &[&str] = &[
    "added",
    "agreed",
    "announced",
    "completed",
    "confirmed",
    "created",
    "decided",
    "defined",
    "described",
    "detailed",
    "determined",
    "documented",
    "done",
    "drafted",
    "expanded",
    "filled",
    "finished",
    "inserted",
    "populated",
    "prepared",
    "produced",
    "provided",
    "published",
    "specified",
    "started",
    "supplied",
    "updated",
    "written",
];
/// Words that put it off.
const PUT_OFF: &[&str] = &["not", "yet", "soon", "later", "shortly", "hasn", "haven", "isn", "aren", "future"];
/// Those that mean nothing else.
const LATER: &[&str] = &["yet", "soon", "later", "shortly", "future"];
/// Words that may stand around such a remark and say nothing themselves.
const AROUND: &[&str] = &[
    "a",
    "about",
    "an",
    "and",
    "are",
    "as",
    "at",
    "be",
    "been",
    "being",
    "chapter",
    "check",
    "back",
    "content",
    "contents",
    "current",
    "currently",
    "description",
    "detail",
    "details",
    "doc",
    "docs",
    "document",
    "documentation",
    "early",
    "eventually",
    "file",
    "first",
    "for",
    "full",
    "further",
    "has",
    "have",
    "here",
    "in",
    "info",
    "information",
    "initial",
    "intentionally",
    "is",
    "it",
    "its",
    "just",
    "ll",
    "moment",
    "more",
    "need",
    "needs",
    "next",
    "note",
    "now",
    "of",
    "on",
    "only",
    "or",
    "our",
    "page",
    "paragraph",
    "part",
    "please",
    "re",
    "rough",
    "s",
    "section",
    "sections",
    "should",
    "still",
    "t",
    "text",
    "that",
    "the",
    "there",
    "these",
    "they",
    "this",
    "time",
    "to",
    "very",
    "version",
    "was",
    "we",
    "were",
    "will",
    "with",
    "working",
];

/// Whether a text only holds the place of one or says of itself that it is still to be written. `about` names what the text would be
/// about, such as its heading, whose words say nothing more.
pub fn is_stub(text: &str, about: &str) -> bool {
    is_placeholder(text) || is_unwritten(text, about)
}

/// Whether a text says of itself that it is still to be written. Unlike a placeholder, `None.` and `N/A` are answers here.
pub fn is_unwritten(text: &str, about: &str) -> bool {
    let about = words(about);
    let put_off = |text: &str| {
        let said = words(text);
        said.len() <= WORDS && (remarks(&said, &about) || puts_off(&said, &[]) || puts_off(&said, &about))
    };
    let opens = text.split_once([':', '\u{2014}', '\u{2013}']).map(|(before, _)| before);
    put_off(text) || opens.is_some_and(|before| put_off(before) && words(before) != ["in", "progress"] && words(text).len() <= WORDS)
}

fn words(text: &str) -> Vec<String> {
    placeholder::words(&seen(text))
}

/// Whether two texts have the same words, but for those that say nothing.
pub fn repeats(text: &str, heading: &str) -> bool {
    let said = |text: &str| words(text).into_iter().filter(|word| !AROUND.contains(&word.as_str())).collect::<Vec<_>>();
    let (said, named) = (said(text), said(heading));
    match named.is_empty() {
        true => words(text) == words(heading),
        false => said.chunks(named.len()).all(|part| part == named) && !said.is_empty(),
    }
}

fn is_around(word: &str, about: &[String]) -> bool {
    let number = word.strip_prefix('v').unwrap_or(word);
    let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    AROUND.contains(&word) || PUT_OFF.contains(&word) || is_number || about.iter().any(|own| own == word)
}

/// Whether the words are a remark, once or more often, and what may stand around it.
fn remarks(said: &[String], about: &[String]) -> bool {
    let mut rest = said;
    let mut found = false;
    while let Some((first, after)) = rest.split_first() {
        let here = |remark: &&&[&str]| rest.len() >= remark.len() && rest.iter().zip(**remark).all(|(word, own)| word == own);
        match REMARKS.iter().filter(here).max_by_key(|remark| remark.len()) {
            Some(remark) => {
                found = true;
                rest = rest.get(remark.len()..).unwrap_or_default();
            }
            None if is_around(first, about) || DONE_LATER.contains(&first.as_str()) => rest = after,
            None => return false,
        }
    }
    found
}

/// Whether the words say that something is to be written later, and nothing else. Of a thing that is named, `not` alone says what is
/// not done with it.
fn puts_off(said: &[String], about: &[String]) -> bool {
    let put_off = if about.is_empty() { PUT_OFF } else { LATER };
    let is = |word: &String, list: &[&str]| list.contains(&word.as_str());
    let to_be = said.iter().position(|word| is(word, &["to", "will"])).is_some_and(|at| said.iter().skip(at).any(|word| word == "be"));
    said.iter().any(|word| is(word, DONE_LATER))
        && (to_be || said.iter().any(|word| is(word, put_off)))
        && said.iter().all(|word| is_around(word, about) || is(word, DONE_LATER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_that_a_text_is_still_to_be_written_are_told_from_text() {
        for text in [
            "Work in progress",
            "This section is a work in progress.",
            "WIP",
            "WIP: the intake of components",
            "Coming soon!",
            "Coming soon. Coming soon.",
            "To be written.",
            "Will be added later.",
            "This has not been written yet.",
            "It hasn't been documented.",
            "Details to follow.",
            "More information will be provided soon.",
            "This page is under construction.",
            "Draft",
            "First draft, version 2.",
            "Draft \u{2014} reviewed by nobody",
            "This page is intentionally left blank.",
            "Content goes here",
            "W\u{406}P",
            "TBC. To be written.",
        ] {
            assert!(is_stub(text, ""), "{text}");
        }
        for text in [
            "We rate each report by CVSS 4.0.",
            "Work in progress is limited to three cases for each analyst.",
            "WIP limits are set by the team.",
            "Drafts are reviewed by the security lead.",
            "Every draft of the policy is approved by the board.",
            "In progress: export of the SBOM",
            "Reports are to be confirmed within three days.",
            "Written procedures exist for each release.",
            "See the wiki.",
            "The documentation is updated with each release.",
            "This document is reviewed each year.",
            "",
            "N/A",
        ] {
            assert!(!is_unwritten(text, ""), "{text}");
        }
    }

    #[test]
    fn the_name_of_what_is_missing_says_nothing_more() {
        assert!(is_stub("The intake process will be described here.", "Intake process"));
        assert!(!is_stub("The intake process will be described here.", "Review"));
        assert!(!is_stub("A callback was not specified.", "Callback missing"));
    }

    #[test]
    fn a_heading_said_again_is_a_repetition() {
        for (text, heading) in [
            ("Intake", "Intake"),
            ("The intake.", "3.2 Intake of the document"),
            ("This section is about our intake process.", "Intake process"),
            ("Intake. Intake.", "Intake"),
            ("Details", "Details"),
        ] {
            let heading = heading.trim_start_matches("3.2 ");
            assert!(repeats(text, heading), "{text}");
        }
        for (text, heading) in [("Intake of parts", "Intake"), ("More here", "Details"), ("", "Intake"), ("Each March.", "Rehearsal")] {
            assert!(!repeats(text, heading), "{text}");
        }
    }
}
