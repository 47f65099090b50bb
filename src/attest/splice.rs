//! Ranges of a text replaced by other texts, all counted in the original text.

use std::ops::Range;

/// One replacement; an empty range inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    /// Byte range in the original text.
    pub(super) at: Range<usize>,
    /// What stands there afterwards.
    pub(super) text: String,
}

/// The text with every splice made; splices at one place keep their order. None where two overlap or one lies outside of
/// the text or within a character.
pub(super) fn splice(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|one| (one.at.start, one.at.end));
    let mut out = String::with_capacity(text.len() + splices.iter().map(|one| one.text.len()).sum::<usize>());
    let mut done = 0;
    for one in &splices {
        out.push_str(text.get(done..one.at.start)?);
        out.push_str(&one.text);
        done = one.at.end.max(one.at.start);
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

/// How the text ends its lines.
pub(super) fn line_end(text: &str) -> &'static str {
    let all = text.bytes().filter(|byte| *byte == b'\n').count();
    if all > 0 && text.matches("\r\n").count() * 2 > all { "\r\n" } else { "\n" }
}

/// Where the line that holds a place ends, before its line break.
pub(super) fn end_of_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let length =
        rest.find('\n').map_or(rest.len(), |end| if rest.get(..end).is_some_and(|line| line.ends_with('\r')) { end - 1 } else { end });
    at + length
}

/// The blanks that begin the line that holds a place.
pub(super) fn indent(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let line = text.get(start..).unwrap_or_default();
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn put(at: Range<usize>, text: &str) -> Splice {
        Splice { at, text: text.to_owned() }
    }

    #[test]
    fn splices_are_counted_in_the_original_text() {
        let made = splice("abcdef", vec![put(4..5, "E"), put(0..0, ">"), put(1..3, "--"), put(6..6, "1"), put(6..6, "2")]);
        assert_eq!(made.unwrap(), ">a--dEf12");
    }

    #[test]
    fn what_overlaps_or_lies_outside_is_refused() {
        assert_eq!(splice("abc", vec![put(0..2, "x"), put(1..3, "y")]), None);
        assert_eq!(splice("abc", vec![put(9..9, "x")]), None);
        assert_eq!(splice("é", vec![put(1..1, "x")]), None);
    }

    #[test]
    fn lines_end_as_most_of_them_do() {
        assert_eq!(line_end("a\r\nb\r\nc\n"), "\r\n");
        assert_eq!(line_end("a\nb\r\nc\n"), "\n");
        assert_eq!(line_end(""), "\n");
        assert_eq!(end_of_line("ab\r\ncd", 1), 2);
        assert_eq!(end_of_line("ab\r\ncd", 4), 6);
        assert_eq!(indent("a\n \t b", 5), " \t ");
    }

    proptest! {
        #[test]
        fn what_is_not_spliced_stays(text in "[a-zé\r\n]{0,40}", at in 0usize..60, put_in in "[a-z]{0,5}") {
            let whole = splice(&text, vec![put(at..at, &put_in)]);
            match text.is_char_boundary(at) {
                true => {
                    let whole = whole.unwrap();
                    let (head, tail) = text.split_at(at);
                    prop_assert!(whole.starts_with(head) && whole.ends_with(tail));
                    prop_assert_eq!(whole.len(), text.len() + put_in.len());
                }
                false => prop_assert_eq!(whole, None),
            }
        }
    }
}
