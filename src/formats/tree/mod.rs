//! A document of JSON, YAML or TOML as one kind of tree, with the place of everything in it.
//!
//! Verifiers and probes read every such format through it, so that each complaint can name its line. What the formats
//! leave open is settled strictly: a key that stands twice is a fault (readers differ in which one they take), an alias
//! is a copy and counts as one, and depth and size have bounds.

mod json;
mod json5;
mod toml;
mod yaml;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::limits;

/// Which format a text is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// RFC 8259.
    Json,
    /// JSON with what people add to it by hand: comments, commas at the end, names without quotes (JSON5).
    Json5,
    /// YAML 1.2 with the core schema.
    Yaml,
    /// TOML 1.1.
    Toml,
}

impl Syntax {
    /// The format that a file's name tells.
    pub fn of(file_name: &str) -> Option<Self> {
        let (_, extension) = file_name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "json" | "sarif" | "jsonld" | "webmanifest" => Some(Self::Json),
            "json5" | "jsonc" => Some(Self::Json5),
            "yaml" | "yml" | "cff" => Some(Self::Yaml),
            "toml" | "lock" => Some(Self::Toml),
            _ => None,
        }
    }

    /// Its name, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Json5 => "JSON5",
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
        }
    }
}

/// Why a text is not a document of its format, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadDocument {
    /// In words, beginning in lower case.
    pub message: String,
    /// Byte range in the text, where it is known.
    pub at: Option<Range<usize>>,
}

impl BadDocument {
    pub(crate) fn new(message: impl Into<String>, at: Option<Range<usize>>) -> Self {
        Self { message: message.into(), at }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'t> {
    start: u32,
    end: u32,
    /// What it holds.
    pub value: Value<'t>,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'t> {
    /// `null`, or nothing where YAML allows it.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number as written.
    Number(Cow<'t, str>),
    /// A string; a date of TOML or YAML too.
    Text(Cow<'t, str>),
    /// An array.
    List(Vec<Node<'t>>),
    /// An object, mapping or table; no key twice.
    Table(Vec<Entry<'t>>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'t> {
    /// The key.
    pub key: Cow<'t, str>,
    key_start: u32,
    key_end: u32,
    /// The value.
    pub node: Node<'t>,
}

impl Entry<'_> {
    fn into_owned(self) -> Entry<'static> {
        let key = Cow::Owned(self.key.into_owned());
        Entry { key, key_start: self.key_start, key_end: self.key_end, node: self.node.into_owned() }
    }

    /// Byte range of the key.
    pub fn key_range(&self) -> Range<usize> {
        self.key_start as usize..self.key_end as usize
    }
}

static NULL_NODE: Node<'static> = Node::NULL;

impl<'t> Node<'t> {
    /// A null that stands nowhere.
    pub const NULL: Self = Self { start: 0, end: 0, value: Value::Null };

    fn new(range: Range<usize>, value: Value<'t>) -> Self {
        Self { start: range.start as u32, end: range.end as u32, value }
    }

    /// The same without the text, to be kept.
    pub fn into_owned(self) -> Node<'static> {
        let owned = |text: Cow<'t, str>| Cow::Owned(text.into_owned());
        let value = match self.value {
            Value::Null => Value::Null,
            Value::Boolean(value) => Value::Boolean(value),
            Value::Number(text) => Value::Number(owned(text)),
            Value::Text(text) => Value::Text(owned(text)),
            Value::List(items) => Value::List(items.into_iter().map(Node::into_owned).collect()),
            Value::Table(entries) => Value::Table(entries.into_iter().map(Entry::into_owned).collect()),
        };
        Node { start: self.start, end: self.end, value }
    }

    /// Byte range in the text.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Puts what YAML's merge key `<<` names in its place: what a table says itself goes before it, and of several the first.
    pub fn merge(&mut self) {
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(Self::merge),
            Value::Table(entries) => {
                entries.iter_mut().for_each(|entry| entry.node.merge());
                let Some(at) = entries.iter().position(|entry| entry.key == "<<") else { return };
                let named = match entries.remove(at).node.value {
                    Value::List(items) => items.into_iter().map(|item| item.value).collect(),
                    one => vec![one],
                };
                let mut known: HashSet<Cow<'t, str>> = entries.iter().map(|entry| entry.key.clone()).collect();
                for table in named {
                    if let Value::Table(more) = table {
                        entries.extend(more.into_iter().filter(|entry| known.insert(entry.key.clone())));
                    }
                }
            }
            _ => {}
        }
    }

    /// The value of a key, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node<'t>> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The entry of a key, if this is a table that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value under keys one below the other; a null where there is none.
    pub fn at(&self, keys: &[&str]) -> &Node<'t> {
        let mut here = self;
        for key in keys {
            match here.get(key) {
                Some(next) => here = next,
                None => return &NULL_NODE,
            }
        }
        here
    }

    /// The entries of a table in the text's order; none of anything else.
    pub fn entries(&self) -> &[Entry<'t>] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The values of a table by key, where many keys are looked up.
    pub fn by_key(&self) -> HashMap<&str, &Node<'t>> {
        self.entries().iter().map(|entry| (entry.key.as_ref(), &entry.node)).collect()
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Node<'t>] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The items of a list, or the one value that stands in its place; none of a null.
    pub fn one_or_more(&self) -> &[Node<'t>] {
        match &self.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The string, if this is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The string of a key, if it has one that is not blank.
    pub fn word(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text).filter(|text| !text.trim().is_empty())
    }

    /// A string, number or boolean as written; for formats that quote as they like.
    pub fn scalar(&self) -> Option<Cow<'_, str>> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(Cow::Borrowed(text.as_ref())),
            Value::Boolean(true) => Some(Cow::Borrowed("true")),
            Value::Boolean(false) => Some(Cow::Borrowed("false")),
            _ => None,
        }
    }

    /// The boolean, if this is one.
    pub fn boolean(&self) -> Option<bool> {
        match self.value {
            Value::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// The whole number, if this is one.
    pub fn integer(&self) -> Option<i64> {
        match &self.value {
            Value::Number(text) => text.replace('_', "").parse().ok(),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn number(&self) -> Option<f64> {
        match &self.value {
            Value::Number(text) => text.replace('_', "").parse().ok(),
            _ => None,
        }
    }

    /// Whether this is a null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Whether this is a table.
    pub fn is_table(&self) -> bool {
        matches!(self.value, Value::Table(_))
    }

    /// Whether this is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// What it is, for messages: `a string`.
    pub fn what(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Boolean(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// Reads one document.
///
/// # Errors
/// A text that is not of the format, with the place; one past the bounds on depth and size.
pub fn read(syntax: Syntax, text: &str) -> Result<Node<'_>, BadDocument> {
    if text.len() > u32::MAX as usize {
        return Err(BadDocument::new("it is larger than 4 GiB", None));
    }
    match syntax {
        Syntax::Json => json::read(text),
        Syntax::Json5 => json5::read(text),
        Syntax::Yaml => yaml::read(text),
        Syntax::Toml => toml::read(text),
    }
}

/// Reads every document of a YAML stream.
///
/// # Errors
/// As [`read`].
pub fn read_stream(text: &str) -> Result<Vec<Node<'_>>, BadDocument> {
    if text.len() > u32::MAX as usize {
        return Err(BadDocument::new("it is larger than 4 GiB", None));
    }
    yaml::read_all(text)
}

/// What is still open while a document is read, and how much of it there may be.
struct Builder<'t> {
    open: Vec<Open<'t>>,
    nodes: usize,
}

struct Open<'t> {
    start: usize,
    inside: Inside<'t>,
}

enum Inside<'t> {
    List(Vec<Node<'t>>),
    Table(Vec<Entry<'t>>, Option<(Cow<'t, str>, Range<usize>)>),
}

impl<'t> Builder<'t> {
    fn new() -> Self {
        Self { open: Vec::new(), nodes: 0 }
    }

    fn count(&mut self, more: usize, at: &Range<usize>) -> Result<(), BadDocument> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > limits::TREE_NODES {
            return Err(BadDocument::new(
                format!("it holds more than {} values, the most that are read", limits::TREE_NODES),
                Some(at.clone()),
            ));
        }
        Ok(())
    }

    fn begin(&mut self, start: usize, table: bool) -> Result<(), BadDocument> {
        if self.open.len() >= limits::TREE_DEPTH {
            return Err(BadDocument::new(format!("it is nested more than {} deep", limits::TREE_DEPTH), Some(start..start + 1)));
        }
        let inside = if table { Inside::Table(Vec::new(), None) } else { Inside::List(Vec::new()) };
        self.open.push(Open { start, inside });
        Ok(())
    }

    /// Closes the innermost list or table; without an end it ends where its last value does.
    fn close(&mut self, end: Option<usize>) -> Result<Node<'t>, BadDocument> {
        let Some(open) = self.open.pop() else {
            return Err(BadDocument::new("something is closed that was not open", end.map(|end| end.saturating_sub(1)..end)));
        };
        let (last, value) = match open.inside {
            Inside::List(items) => (items.last().map(|item| item.end), Value::List(items)),
            Inside::Table(entries, _) => {
                no_key_twice(&entries)?;
                (entries.last().map(|entry| entry.key_end.max(entry.node.end)), Value::Table(entries))
            }
        };
        let end = end.or(last.map(|end| end as usize)).unwrap_or(open.start).max(open.start);
        Ok(Node::new(open.start..end, value))
    }

    /// Whether the next scalar is a key.
    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { inside: Inside::Table(_, None), .. }))
    }

    fn key(&mut self, key: Cow<'t, str>, range: Range<usize>) {
        if let Some(Open { inside: Inside::Table(_, waiting), .. }) = self.open.last_mut() {
            *waiting = Some((key, range));
        }
    }

    /// Puts a value where it belongs; gives it back where nothing is open: it is the document.
    fn put(&mut self, node: Node<'t>) -> Result<Option<Node<'t>>, BadDocument> {
        self.count(1, &node.range())?;
        match self.open.last_mut().map(|open| &mut open.inside) {
            None => return Ok(Some(node)),
            Some(Inside::List(items)) => items.push(node),
            Some(Inside::Table(entries, waiting)) => match waiting.take() {
                Some((key, range)) => entries.push(Entry { key, key_start: range.start as u32, key_end: range.end as u32, node }),
                None => return Err(not_a_key(node.range())),
            },
        }
        Ok(None)
    }
}

fn not_a_key(at: Range<usize>) -> BadDocument {
    BadDocument::new("a key is not a string", Some(at))
}

fn no_key_twice(entries: &[Entry<'_>]) -> Result<(), BadDocument> {
    let mut seen = HashSet::with_capacity(entries.len());
    match entries.iter().find(|entry| !seen.insert(entry.key.as_ref())) {
        Some(entry) => Err(BadDocument::new(
            format!("the key {} stands twice in one table", crate::text::one_line(&entry.key, 60)),
            Some(entry.key_range()),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
