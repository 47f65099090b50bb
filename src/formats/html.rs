//! HTML inside Markdown: what of it a reader sees.

use std::ops::Range;

use super::hidden_html::{Hidden, name};

/// A part of a stretch of HTML. Comments and what is hidden are no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Text between tags.
    Text,
    /// Text inside `code`, `pre`, `samp` or `kbd`.
    Code,
    /// Text of a heading or of a table's head, which says what follows and nothing by itself.
    Title,
    /// A tag.
    Tag,
}

const COMMENT: &str = "<!--";
const CODE: &[&str] = &["code", "pre", "samp", "kbd"];
const TITLES: &[&str] = &["h1", "h2", "h3", "h4", "h5", "h6", "th", "caption"];

/// Cuts HTML into its parts, in one pass. `at` is where it stands in the document.
pub(super) fn parts(html: &str, at: usize, hidden: &mut Hidden<'_>) -> Vec<(Range<usize>, Part)> {
    let mut out = Vec::new();
    let (mut code, mut title) = (false, false);
    let base = at;
    let mut at = 0;
    while let Some(rest) = html.get(at..).filter(|rest| !rest.is_empty()) {
        let said = match (code, title) {
            (_, true) => Part::Title,
            (true, false) => Part::Code,
            (false, false) => Part::Text,
        };
        let (length, part) = if rest.starts_with(COMMENT) {
            (rest.find("-->").map_or(rest.len(), |end| end + 3), None)
        } else if opens_tag(rest) {
            match rest.find('>') {
                Some(end) => (end + 1, Some(Part::Tag)),
                None => (rest.len(), Some(said)),
            }
        } else {
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let next = rest.get(first..).and_then(|more| more.find('<'));
            (next.map_or(rest.len(), |next| first + next), Some(said))
        };
        let was_hidden = hidden.is_open();
        if part == Some(Part::Tag) {
            let tag = rest.get(..length).unwrap_or_default();
            code = inside(tag, CODE, code);
            title = inside(tag, TITLES, title);
            hidden.pass(tag, base + at);
        }
        if let Some(part) = part.filter(|_| !was_hidden && !hidden.is_open()) {
            out.push((at..at + length, part));
        }
        at += length;
    }
    hidden.end_paragraph();
    out
}

fn opens_tag(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('<') && chars.next().is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
}

/// Whether text after this tag is code.
pub(super) fn code_after(tag: &str, before: bool) -> bool {
    inside(tag, CODE, before)
}

/// Whether text after this tag is inside one of these elements.
fn inside(tag: &str, elements: &[&str], before: bool) -> bool {
    let (closes, name) = name(tag);
    if elements.contains(&name.as_str()) { !closes } else { before }
}

/// The text without character references, which may stand for blanks.
pub(super) fn without_references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split('&').enumerate() {
        let reference = part.split_once(';').filter(|(name, _)| {
            index > 0 && (1..=31).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#')
        });
        out.push_str(reference.map_or(part, |(_, after)| after));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(html: &str) -> Vec<(&str, Part)> {
        parts(html, 0, &mut Hidden::new(html)).into_iter().map(|(range, part)| (html.get(range).unwrap(), part)).collect()
    }

    #[test]
    fn comments_are_no_part_and_code_is_told_from_text() {
        assert_eq!(
            cut("<p>a<!-- TODO <b> --> 1 < 2 <code>{{ x }}</code></p>"),
            [
                ("<p>", Part::Tag),
                ("a", Part::Text),
                (" 1 ", Part::Text),
                ("< 2 ", Part::Text),
                ("<code>", Part::Tag),
                ("{{ x }}", Part::Code),
                ("</code>", Part::Tag),
                ("</p>", Part::Tag),
            ]
        );
        assert_eq!(cut("a <!-- never closed"), [("a ", Part::Text)]);
        assert_eq!(cut("<b never closed"), [("<b never closed", Part::Text)]);
        assert_eq!(cut("<h2>a</h2>b"), [("<h2>", Part::Tag), ("a", Part::Title), ("</h2>", Part::Tag), ("b", Part::Text)]);
    }

    #[test]
    fn references_are_not_words() {
        assert_eq!(without_references("&nbsp;&#160; a & b; AT&T"), " a  b; ATT");
    }

    proptest! {
        #[test]
        fn parts_lie_in_order_in_the_text(html in "[<>!/\\-abé code&;]{0,60}") {
            let mut last = 0;
            for (range, _) in parts(&html, 0, &mut Hidden::new(&html)) {
                prop_assert!(range.start >= last && range.start < range.end);
                prop_assert!(html.get(range.clone()).is_some());
                last = range.end;
            }
        }
    }
}
