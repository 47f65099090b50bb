//! Prose as words and sentences, for looking up what a document states. All lower case, ASCII punctuation aside.

/// The words of a text: runs of letters, digits and apostrophes, in lower case.
pub(super) fn words(text: &str) -> Vec<String> {
    let apart = |c: char| !c.is_alphanumeric() && c != '\'' && c != '’';
    text.split(apart).filter(|word| !word.is_empty()).map(|word| word.replace('’', "'").to_lowercase()).collect()
}

/// The sentences of a text: split behind `.`, `!`, `?`, `:` and `;` where a blank or the end follows, so that `5.1.x`
/// and addresses stay whole.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = rest.get(from..).and_then(|tail| tail.find(['.', '!', '?', ':', ';'])).map(|at| from + at) {
        let next = at + 1;
        match rest.split_at_checked(next) {
            Some((sentence, tail)) if tail.is_empty() || tail.starts_with(char::is_whitespace) => {
                out.push(sentence.trim());
                rest = tail;
                from = 0;
            }
            _ => from = next,
        }
    }
    out.push(rest.trim());
    out.retain(|sentence| !sentence.is_empty());
    out
}

/// Parts of a stretch without commas that a `not` does not reach beyond: split at `and`, `but`, `instead`.
pub(super) fn clauses(words: &[String]) -> impl Iterator<Item = &[String]> {
    words.split(|word| matches!(word.as_str(), "and" | "but" | "instead")).filter(|clause| !clause.is_empty())
}

/// Whether a clause denies what it names.
pub(super) fn denies(clause: &[String]) -> bool {
    const DENIALS: &[&str] =
        &["not", "no", "never", "don't", "doesn't", "isn't", "aren't", "cannot", "can't", "disabled", "unavailable", "without"];
    clause.iter().any(|word| DENIALS.contains(&word.as_str()))
}

/// Whether a phrase, word by word, stands in the text.
pub(super) fn has_phrase(words: &[String], phrase: &str) -> bool {
    let wanted: Vec<&str> = phrase.split(' ').collect();
    words.windows(wanted.len()).any(|window| window.iter().zip(&wanted).all(|(have, want)| have == want))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sentences_keep_versions_and_addresses_whole() {
        let text = "Only 5.1.x is kept. Write to a@b.example; we answer! See https://b.example/x.";
        assert_eq!(sentences(text), ["Only 5.1.x is kept.", "Write to a@b.example;", "we answer!", "See https://b.example/x."]);
        assert_eq!(sentences(" . "), ["."]);
    }

    #[test]
    fn words_are_lower_case_and_phrases_are_found_in_order() {
        let found = words("Please DON’T open a (public) issue");
        assert_eq!(found, ["please", "don't", "open", "a", "public", "issue"]);
        assert!(has_phrase(&found, "public issue") && !has_phrase(&found, "issue public"));
    }

    #[test]
    fn a_denial_reaches_to_the_end_of_its_clause() {
        let found = words("Do not open issues but report privately");
        let denied: Vec<bool> = clauses(&found).map(denies).collect();
        assert_eq!(denied, [true, false]);
    }

    proptest! {
        #[test]
        fn sentences_lose_nothing_but_blanks(text in "[a.!?:; é]{0,60}") {
            let solid = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(solid(&sentences(&text).concat()), solid(&text));
        }
    }
}
