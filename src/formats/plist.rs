//! Apple property lists in XML (`plist(5)`, the DTD PropertyList-1.0), as a view over the XML tree with places.

use std::ops::Range;

use roxmltree::{Document, Node};

use super::tree::BadDocument;
use super::xml::{self, children};

/// A binary property list begins so.
pub const BINARY: &[u8] = b"bplist";

/// Reads a property list.
///
/// # Errors
/// What is not XML, or is no property list of one dictionary.
pub fn read(text: &str) -> Result<Document<'_>, BadDocument> {
    let document = xml::read(text)?;
    match root(&document) {
        Some(_) => Ok(document),
        None => {
            let at = document.root_element().range().start;
            Err(BadDocument::new("it is no property list of a dictionary (`plist`, in it `dict`)", Some(at..at + 1)))
        }
    }
}

/// The dictionary of a property list.
pub fn root<'a, 'i>(document: &'a Document<'i>) -> Option<Value<'a, 'i>> {
    let plist = document.root_element();
    let is_dict = |node: &Node<'_, '_>| node.tag_name().name() == "dict";
    let first = plist.children().find(Node::is_element).filter(is_dict);
    first.filter(|_| plist.tag_name().name() == "plist").map(Value)
}

/// A value of a property list.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a, 'i>(Node<'a, 'i>);

/// A key, where it stands, and its value if one follows.
#[derive(Debug, Clone)]
pub struct Entry<'a, 'i> {
    /// The key, trimmed.
    pub key: &'a str,
    /// Bytes of the key.
    pub at: Range<usize>,
    /// What follows it.
    pub value: Option<Value<'a, 'i>>,
}

impl<'a, 'i> Value<'a, 'i> {
    /// The entries of a dictionary, in order; none where it is no dictionary.
    pub fn entries(self) -> impl Iterator<Item = Entry<'a, 'i>> {
        let keys = self.is("dict").then_some(self.0).into_iter().flat_map(|dict| children(dict, "key"));
        keys.map(|key| {
            let next = key.next_siblings().skip(1).find(Node::is_element);
            let value = next.filter(|node| node.tag_name().name() != "key").map(Value);
            Entry { key: key.text().unwrap_or_default().trim(), at: key.range(), value }
        })
    }

    /// The entry of a dictionary under a key.
    pub fn entry(self, key: &str) -> Option<Entry<'a, 'i>> {
        self.entries().find(|entry| entry.key == key)
    }

    /// The value of a dictionary under a key.
    pub fn get(self, key: &str) -> Option<Value<'a, 'i>> {
        self.entry(key)?.value
    }

    /// The values of an array; none where it is no array.
    pub fn items(self) -> impl Iterator<Item = Value<'a, 'i>> {
        self.is("array").then_some(self.0).into_iter().flat_map(|array| array.children()).filter(Node::is_element).map(Value)
    }

    /// Whether it is an element of that name: `dict`, `array`, `string`, `true` …
    pub fn is(self, name: &str) -> bool {
        self.0.tag_name().name() == name
    }

    /// As a boolean.
    pub fn boolean(self) -> Option<bool> {
        match self.0.tag_name().name() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// As a string, trimmed.
    pub fn string(self) -> Option<&'a str> {
        self.is("string").then(|| self.0.text().unwrap_or_default().trim())
    }

    /// What is written in it as a string or a number, trimmed; empty where it is neither.
    pub fn written(self) -> &'a str {
        if ["string", "integer", "real"].iter().any(|name| self.is(name)) { self.0.text().unwrap_or_default().trim() } else { "" }
    }

    /// Bytes of its beginning, so that a place is a line and not the whole of a dictionary.
    pub fn at(self) -> Range<usize> {
        let range = self.0.range();
        if self.is("dict") || self.is("array") { range.start..range.end.min(range.start + 1) } else { range }
    }
}

/// Whether Xcode fills in a part of a value (`$(NAME)`, `${NAME}`).
pub fn is_build_setting(text: &str) -> bool {
    text.contains("$(") || text.contains("${")
}

/// What of App Transport Security is in force from iOS 10 and macOS 10.12 on: beside one of these keys `NSAllowsArbitraryLoads` is
/// ignored ("NSAllowsArbitraryLoads", Apple's documentation of bundle resources).
const OVERRIDING: &[&str] = &["NSAllowsArbitraryLoadsInWebContent", "NSAllowsArbitraryLoadsForMedia", "NSAllowsLocalNetworking"];

/// The place at which everything may be loaded from everywhere without TLS.
pub fn arbitrary_loads(transport: Value<'_, '_>) -> Option<Range<usize>> {
    let allows = transport.get("NSAllowsArbitraryLoads").filter(|value| value.boolean() == Some(true))?;
    let ignored = transport.entries().any(|entry| OVERRIDING.contains(&entry.key));
    (!ignored).then(|| allows.at())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_have_the_value_that_follows() {
        let text = "<plist><dict><key>a</key><key>b</key><!-- c --><true/><key> d </key><array><string> x </string><false/></array></dict></plist>";
        let document = read(text).unwrap();
        let dict = root(&document).unwrap();
        assert!(dict.get("a").is_none());
        assert_eq!(dict.get("b").and_then(Value::boolean), Some(true));
        let items: Vec<_> = dict.get("d").into_iter().flat_map(Value::items).map(|item| (item.string(), item.boolean())).collect();
        assert_eq!(items, [(Some("x"), None), (None, Some(false))]);
    }

    #[test]
    fn arbitrary_loads_are_ignored_beside_narrower_keys() {
        let of = |keys: &str| {
            let text = format!("<plist><dict><key>NSAllowsArbitraryLoads</key><true/>{keys}</dict></plist>");
            arbitrary_loads(root(&read(&text).unwrap()).unwrap()).is_some()
        };
        assert!(of(""));
        assert!(!of("<key>NSAllowsLocalNetworking</key><true/>"));
    }

    #[test]
    fn other_xml_is_no_property_list() {
        for text in ["<dict/>", "<plist/>", "<plist><array/></plist>", "<manifest/>"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "(<plist>|</plist>|<dict>|</dict>|<key>a</key>|<true/>|<array>|é|</array>){0,20}") {
            if let Ok(document) = read(&text) {
                let dict = root(&document).unwrap();
                for entry in dict.entries() {
                    prop_assert!(text.get(entry.at).is_some());
                }
            }
        }
    }
}
