//! XML as a tree with places, by `roxmltree`: no external entity is fetched, and internal ones are bounded.

mod bounds;

use std::ops::Range;

use roxmltree::{Document, Node, ParsingOptions};

use super::tree::BadDocument;
use crate::limits;

/// Reads a document.
///
/// # Errors
/// What is not well-formed, with its place; what is past the bounds on size, depth, attributes, namespaces and entities.
pub fn read(text: &str) -> Result<Document<'_>, BadDocument> {
    bounds::check(text)?;
    let options = ParsingOptions { allow_dtd: true, nodes_limit: limits::XML_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let place = error.pos();
        let line: usize = text.split_inclusive('\n').take((place.row as usize).saturating_sub(1)).map(str::len).sum();
        let rest = text.get(line..).unwrap_or_default();
        let column = rest.char_indices().nth((place.col as usize).saturating_sub(1)).map_or(rest.len(), |(at, _)| at);
        BadDocument::new(format!("it is not well-formed XML: {error}"), Some(line + column..line + column + 1))
    })?;
    match too_deep(&document) {
        Some(at) => Err(BadDocument::new(format!("it is nested more than {} deep", limits::XML_DEPTH), Some(at))),
        None => Ok(document),
    }
}

/// The first element that is nested too deep. Parents come before their children, so one pass is enough.
fn too_deep(document: &Document<'_>) -> Option<Range<usize>> {
    let mut depths: Vec<usize> = Vec::new();
    for node in document.descendants() {
        let above = node.parent().and_then(|parent| depths.get(parent.id().get_usize()).copied());
        let depth = above.map_or(0, |above| above + 1);
        if depth > limits::XML_DEPTH {
            return Some(node.range());
        }
        depths.push(depth);
    }
    None
}

/// The child elements of that local name, whatever their namespace.
pub fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The first child element of that local name.
pub fn child<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// The text of the first child element of that local name, trimmed; none where it is blank.
pub fn child_text<'a>(node: Node<'a, '_>, name: &'static str) -> Option<&'a str> {
    child(node, name).and_then(|child| child.text()).map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_know_their_place() {
        let text = "<?xml version=\"1.0\"?>\n<a xmlns=\"urn:x\"><b> t </b></a>";
        let document = read(text).unwrap();
        let b = child(document.root_element(), "b").unwrap();
        assert_eq!(text.get(b.range()), Some("<b> t </b>"));
        assert_eq!(child_text(document.root_element(), "b"), Some("t"));
    }

    #[test]
    fn broken_and_hostile_documents_are_refused() {
        assert_eq!(read("<a>\n<b></a>").unwrap_err().at.unwrap().start, 7);
        let deep = "<a b=\"/>\">".repeat(100_000) + &"</a>".repeat(100_000);
        assert!(read(&deep).unwrap_err().message.contains("nested"));
        assert!(read(&"<a>".repeat(100_000)).is_err());
        let mut bomb = String::from("<!DOCTYPE a [<!ENTITY e0 \"xxxxxxxxxx\">");
        for level in 1..12 {
            bomb += &format!("<!ENTITY e{level} \"{}\">", format!("&e{};", level - 1).repeat(10));
        }
        bomb += "]><a>&e11;</a>";
        assert!(read(&bomb).is_err());
    }

    #[test]
    fn a_doctype_of_a_property_list_is_read_and_not_fetched() {
        let text = "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://x.invalid/a.dtd\">\n<plist><dict/></plist>";
        assert!(read(text).is_ok());
    }
}
