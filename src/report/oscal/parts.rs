//! The small parts of OSCAL's JSON: tokens, properties, prose.

use serde_json::{Value, json};

use crate::limits::MESSAGE_CHARS;
use crate::report::NAMESPACE;
use crate::text::one_line;

pub(super) fn controls(ids: &[&str]) -> Vec<Value> {
    ids.iter().map(|id| json!({"control-id": token(id)})).collect()
}

/// An id as a token, which has no slash. No id has an underscore, so no two become the same.
pub(super) fn token(id: &str) -> String {
    id.replace('/', "_")
}

/// A property of ours.
pub(super) fn prop(name: &str, value: &str) -> Value {
    json!({"name": name, "ns": format!("{NAMESPACE}/oscal"), "value": value})
}

/// The schema knows no empty list.
pub(super) fn put(object: &mut Value, key: &str, list: Vec<Value>) {
    if let Some(fields) = object.as_object_mut().filter(|_| !list.is_empty()) {
        fields.insert(key.to_owned(), Value::Array(list));
    }
}

pub(super) fn set(object: &mut Value, key: &str, text: &str) {
    if let Some(fields) = object.as_object_mut().filter(|_| !text.is_empty()) {
        fields.insert(key.to_owned(), json!(text));
    }
}

/// One line of OSCAL's Markdown in which nothing is markup. What could open a block is escaped where the line begins.
pub(super) fn prose(text: &str) -> String {
    let line = one_line(text, MESSAGE_CHARS);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mut out = String::with_capacity(line.len());
    for (at, c) in line.char_indices() {
        let opens = at == 0 && "-+=#:".contains(c) || digits > 0 && at == digits && ".)".contains(c);
        if opens || "\\`*_{}[]<>|~&^".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    if out.is_empty() { "\u{2013}".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    proptest! {
        #[test]
        fn prose_is_read_back_as_text(text in "[a-c1@#!|<>&;:/.)\\\\`*_~$\\[\\](){}\"'=+^ w-]{1,60}") {
            let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_SUPERSCRIPT | Options::ENABLE_SUBSCRIPT;
            let mut read = String::new();
            for event in Parser::new_ext(&prose(&text), options) {
                match event {
                    Event::Text(part) => read.push_str(&part),
                    Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                    other => prop_assert!(false, "{other:?} in {text:?}"),
                }
            }
            let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(read, if folded.is_empty() { "\u{2013}".to_owned() } else { folded });
        }
    }
}
