//! What the parser would take more than linear time or memory for, counted before it sees the text.
//!
//! It compares every attribute of an element with each before it, copies the names of namespaces in force to every element that
//! declares one more, and resolves as many references to entities as a text has room for.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::formats::tree::BadDocument;
use crate::limits;

/// # Errors
/// What is past a bound, with its place.
pub(super) fn check(text: &str) -> Result<(), BadDocument> {
    entities(text)?;
    // A comment's mark may stand in a quoted text of a DOCTYPE, so that nothing is passed over where there is one.
    let has_doctype = text.contains("<!DOCTYPE");
    let mut prefixes: BTreeSet<&str> = BTreeSet::new();
    let mut declarations = 0_usize;
    let mut at = 0;
    while let Some((start, rest)) = next_mark(text, at) {
        if let Some(length) = passed_over(rest).filter(|_| !has_doctype) {
            at = start + length;
            continue;
        }
        at = start + 1;
        if !rest.chars().nth(1).is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | ':')) {
            continue;
        }
        let mut count = 0_usize;
        for name in attributes(rest.get(1..).unwrap_or_default()) {
            count += 1;
            if let Some(prefix) = name.strip_prefix("xmlns") {
                declarations += 1;
                prefixes.insert(prefix);
            }
            if count > limits::XML_ATTRIBUTES {
                return Err(past(format!("an element has more than {} attributes", limits::XML_ATTRIBUTES), start..start + 1));
            }
        }
        if declarations.saturating_mul(prefixes.len()).saturating_mul(prefixes.len()) > limits::XML_NAMESPACE_STEPS {
            return Err(past("it declares namespaces too often".to_owned(), start..start + 1));
        }
    }
    Ok(())
}

fn past(message: String, at: Range<usize>) -> BadDocument {
    BadDocument::new(message, Some(at))
}

fn next_mark(text: &str, from: usize) -> Option<(usize, &str)> {
    let start = from + text.get(from..)?.find('<')?;
    Some((start, text.get(start..)?))
}

/// The length of the comment, the CDATA section or the processing instruction that begins here.
fn passed_over(rest: &str) -> Option<usize> {
    let marks = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
    let (open, close) = marks.into_iter().find(|(open, _)| rest.starts_with(open))?;
    let length = rest.get(open.len()..)?.find(close).map(|at| open.len() + at + close.len());
    Some(length.unwrap_or(rest.len()))
}

/// The names of the attributes of a tag whose text begins here, without its `<`.
fn attributes(tag: &str) -> impl Iterator<Item = &str> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let at = rest.find(['"', '\'', '>', '<'])?;
        let (name, quoted) = rest.split_at_checked(at)?;
        let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = quoted.get(1..)?;
        let end = value.find([quote, '<'])?;
        rest = value.get(end + 1..).filter(|_| value.get(end..).is_some_and(|end| end.starts_with(quote))).unwrap_or_default();
        Some(name.trim().trim_end_matches('=').trim_end().rsplit(char::is_whitespace).next().unwrap_or_default())
    })
}

/// Entities may hold text, and no more of it than fits the bound on a file when each is put in its references' places.
fn entities(text: &str) -> Result<(), BadDocument> {
    let (mut bytes, mut nested) = (0_usize, 1_usize);
    let mut declared = false;
    for (start, mark) in text.match_indices("<!ENTITY") {
        declared = true;
        let rest = text.get(start + mark.len()..).unwrap_or_default();
        let Some(quote) = rest.find(['"', '\'']) else { continue };
        let quoted = rest.get(quote..).unwrap_or_default();
        let close = quoted.chars().next().unwrap_or('"');
        let value = quoted.get(1..).and_then(|value| value.split(close).next()).unwrap_or_default();
        if value.contains('<') {
            return Err(past("it declares an entity with markup in it".to_owned(), start..start + mark.len()));
        }
        bytes = bytes.saturating_add(value.len());
        if value.contains('&') {
            nested = ENTITY_REFERENCES;
        }
    }
    let references = if declared { text.bytes().filter(|byte| *byte == b'&').count() } else { 0 };
    match bytes.saturating_mul(references).saturating_mul(nested) > limits::EVIDENCE_BYTES {
        true => Err(BadDocument::new(format!("its entities may make it larger than {} bytes", limits::EVIDENCE_BYTES), None)),
        false => Ok(()),
    }
}

/// How often one reference may lead to another (`roxmltree`).
const ENTITY_REFERENCES: usize = 255;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(text: &str) -> String {
        check(text).unwrap_err().message
    }

    fn tag(count: usize) -> String {
        let attributes: String = (0..count).map(|at| format!(" a{at}='>'")).collect();
        format!("<x{attributes}/>")
    }

    #[test]
    fn the_attributes_of_one_element_are_bounded() {
        assert!(check(&tag(limits::XML_ATTRIBUTES)).is_ok());
        let text = format!("<?xml version=\"1.0\"?>\n<r>{}</r>", tag(limits::XML_ATTRIBUTES + 1));
        assert_eq!(said(&text), format!("an element has more than {} attributes", limits::XML_ATTRIBUTES));
        assert_eq!(check(&text).unwrap_err().at, Some(25..26));
    }

    #[test]
    fn what_only_looks_like_a_tag_is_passed_over() {
        let many = tag(limits::XML_ATTRIBUTES + 1);
        for text in [format!("<r><!--{many}--></r>"), format!("<r><![CDATA[{many}]]></r>"), format!("<?p {many}?><r/>")] {
            assert!(check(&text).is_ok(), "{text}");
        }
        assert!(check(&format!("<r>{}</r>", "=\"\"".repeat(10_000))).is_ok());
    }

    #[test]
    fn no_comment_hides_a_tag() {
        let many = tag(limits::XML_ATTRIBUTES + 1);
        assert!(check(&format!("<!DOCTYPE a SYSTEM '<!--'><r>{many}<!-- --></r>")).is_err());
        assert!(check(&format!("<r>'<!-- -->{many}</r>")).is_err());
        assert!(check(&format!("<r a='<!--'>{many}</r>")).is_ok(), "which is not well-formed");
    }

    #[test]
    fn namespaces_are_bounded_by_what_they_cost() {
        let own: String = (0..100).map(|at| format!("<a xmlns:p{at}='u'/>")).collect();
        assert!(check(&format!("<r xmlns='u'>{own}</r>")).is_ok());
        assert!(check(&"<a xmlns='u'/>".repeat(100_000)).is_ok());
        assert_eq!(said(&format!("<r>{own}{}</r>", "<a xmlns=''/>".repeat(20_000))), "it declares namespaces too often");
    }

    #[test]
    fn entities_hold_text_and_only_so_much() {
        assert!(check("<!DOCTYPE r [<!ENTITY name \"Ledger\">]><r>&name; &amp; &name;</r>").is_ok());
        assert_eq!(said("<!DOCTYPE r [<!ENTITY e '<a/>'>]><r>&e;</r>"), "it declares an entity with markup in it");
        let long = format!("<!DOCTYPE r [<!ENTITY e '{}'>]><r>{}</r>", "x".repeat(10_000), "&e;".repeat(10_000));
        assert!(said(&long).contains("its entities may make it larger than"));
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "[<>!?a\\-\\[\\]='\" xmlnsé&;E]{0,80}") {
            let _ = check(&text);
        }
    }
}
