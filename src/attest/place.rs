//! Where the tables of an attestations file stand in its text.

use std::ops::Range;

use crate::formats::tree::{BadDocument, Node, Syntax, Value, read};

/// An attestations file as a tree with places.
pub(super) struct Places<'t> {
    text: &'t str,
    root: Node<'t>,
}

impl<'t> Places<'t> {
    pub(super) fn read(text: &'t str) -> Result<Self, BadDocument> {
        Ok(Self { text, root: read(Syntax::Toml, text)? })
    }

    /// The tables of an array of tables at the top.
    pub(super) fn tables(&self, name: &str) -> &[Node<'t>] {
        self.root.get(name).map(Node::items).unwrap_or_default()
    }

    pub(super) fn evidence<'n>(&self, attestation: &'n Node<'t>) -> &'n [Node<'t>] {
        attestation.get("evidence").map(Node::items).unwrap_or_default()
    }

    /// Whether a table or array is written between braces or brackets.
    pub(super) fn is_inline(&self, node: &Node<'_>) -> bool {
        let start = self.text.get(node.range().start..).unwrap_or_default();
        start.starts_with('{') || (start.starts_with('[') && node.is_list())
    }

    /// Where the last thing in a table ends, sub-tables included.
    pub(super) fn end(&self, node: &Node<'_>) -> usize {
        last(node)
    }

    /// The range of a key's value.
    pub(super) fn value(&self, table: &Node<'_>, key: &str) -> Option<Range<usize>> {
        table.get(key).map(Node::range)
    }
}

/// Bounded by the depth of trees, see `limits::TREE_DEPTH` and TOML's own reader.
fn last(node: &Node<'_>) -> usize {
    let inner = match &node.value {
        Value::Table(entries) => entries.iter().map(|entry| last(&entry.node).max(entry.key_range().end)).max(),
        Value::List(items) => items.iter().map(last).max(),
        _ => None,
    };
    node.range().end.max(inner.unwrap_or(0))
}
