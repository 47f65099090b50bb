//! YAML. Plain scalars are resolved by the core schema of YAML 1.2: `on` and `yes` are strings.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};

use super::{BadDocument, Builder, Node, Value, not_a_key};

pub(super) fn read(text: &str) -> Result<Node<'_>, BadDocument> {
    let mut documents = read_all(text)?;
    match (documents.len(), documents.pop()) {
        (1, Some(document)) => Ok(document),
        (0, _) => Ok(Node::new(0..0, Value::Null)),
        (_, Some(second)) => Err(BadDocument::new("it holds several documents, where one is expected", Some(second.range()))),
        (_, None) => Ok(Node::new(0..0, Value::Null)),
    }
}

pub(super) fn read_all(text: &str) -> Result<Vec<Node<'_>>, BadDocument> {
    let mut builder = Builder::new();
    let mut anchors = Anchors::default();
    let mut documents = Vec::new();
    for step in Parser::new_from_str(text) {
        let (event, span) = step.map_err(|error| {
            let at = error.marker().byte_offset().map(|at| at..at + 1);
            BadDocument::new(format!("it is not valid YAML: {}", error.info()), at)
        })?;
        let range = span.byte_range().unwrap_or(0..0);
        let node = match event {
            Event::SequenceStart(_, anchor, _) => {
                anchors.open(&mut builder, range, false, anchor)?;
                continue;
            }
            Event::MappingStart(_, anchor, _) => {
                anchors.open(&mut builder, range, true, anchor)?;
                continue;
            }
            // Where a block ends, the parser stands at what follows it.
            Event::SequenceEnd | Event::MappingEnd => {
                let node = builder.close((!range.is_empty()).then_some(range.end))?;
                let anchor = anchors.open.pop().unwrap_or(0);
                anchors.keep(&mut builder, anchor, &node)?;
                node
            }
            Event::Scalar(word, style, anchor, _) => {
                let node = Node::new(range, scalar(word, style));
                anchors.keep(&mut builder, anchor, &node)?;
                node
            }
            Event::Alias(id) => {
                let copy = anchors.known.get(&id).cloned();
                let copy = copy.ok_or_else(|| BadDocument::new("an alias stands inside of what it names", Some(range.clone())))?;
                builder.count(size(&copy), &range)?;
                copy
            }
            Event::DocumentEnd => {
                anchors = Anchors::default();
                continue;
            }
            _ => continue,
        };
        documents.extend(place(&mut builder, node, text)?);
    }
    Ok(documents)
}

/// Puts a node in as key or value.
fn place<'t>(builder: &mut Builder<'t>, node: Node<'t>, text: &str) -> Result<Option<Node<'t>>, BadDocument> {
    if !builder.wants_key() {
        return builder.put(node);
    }
    let range = node.range();
    let key: Cow<'t, str> = match node.value {
        Value::Text(key) => key,
        Value::Null | Value::Boolean(_) | Value::Number(_) => Cow::Owned(text.get(range.clone()).unwrap_or_default().to_owned()),
        Value::List(_) | Value::Table(_) => return Err(not_a_key(range)),
    };
    builder.key(key, range);
    Ok(None)
}

/// What has been named by `&anchor` in this document; 0 is no anchor.
#[derive(Default)]
struct Anchors<'t> {
    known: BTreeMap<usize, Node<'t>>,
    open: Vec<usize>,
}

impl<'t> Anchors<'t> {
    fn open(&mut self, builder: &mut Builder<'t>, range: Range<usize>, table: bool, anchor: usize) -> Result<(), BadDocument> {
        if builder.wants_key() {
            return Err(not_a_key(range));
        }
        self.open.push(anchor);
        builder.begin(range.start, table)
    }

    /// Keeps a copy of what is named, which counts like any other: names may stand in each other.
    fn keep(&mut self, builder: &mut Builder<'t>, anchor: usize, node: &Node<'t>) -> Result<(), BadDocument> {
        if anchor != 0 {
            builder.count(size(node), &node.range())?;
            self.known.insert(anchor, node.clone());
        }
        Ok(())
    }
}

fn size(node: &Node<'_>) -> usize {
    1 + node.items().iter().map(size).sum::<usize>() + node.entries().iter().map(|entry| size(&entry.node)).sum::<usize>()
}

fn scalar(word: Cow<'_, str>, style: ScalarStyle) -> Value<'_> {
    if style != ScalarStyle::Plain {
        return Value::Text(word);
    }
    match word.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Boolean(true),
        "false" | "False" | "FALSE" => Value::Boolean(false),
        other if is_number(other) => Value::Number(word),
        _ => Value::Text(word),
    }
}

/// The core schema's decimal integers and floats.
fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    let starts = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && digits.contains(|c: char| c.is_ascii_digit());
    starts && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+')) && word.parse::<f64>().is_ok()
}
