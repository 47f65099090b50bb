//! Values: nodes of the document as they stand, and what is computed from them.

use std::cmp::Ordering;
use std::rc::Rc;

use super::super::tree::{Node, Value};
use super::evaluate::Fault;

/// A value; cheap to copy.
#[derive(Debug, Clone)]
pub(super) enum Val<'t> {
    Node(&'t Node<'t>),
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Rc<str>),
    List(Rc<Vec<Val<'t>>>),
    Map(Rc<Vec<(Val<'t>, Val<'t>)>>),
}

/// A number of either type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Double(f64),
}

impl<'t> Val<'t> {
    pub(super) fn boolean(&self) -> Option<bool> {
        match self {
            Val::Bool(value) => Some(*value),
            Val::Node(node) => node.boolean(),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Val::Text(text) => Some(text),
            Val::Node(node) => node.text(),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<Number> {
        match self {
            Val::Int(number) => Some(Number::Int(*number)),
            Val::Double(number) => Some(Number::Double(*number)),
            Val::Node(node) => node.integer().map(Number::Int).or_else(|| node.number().map(Number::Double)),
            _ => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Val::Null) || matches!(self, Val::Node(node) if node.is_null())
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self, Val::List(_)) || matches!(self, Val::Node(node) if node.is_list())
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self, Val::Map(_)) || matches!(self, Val::Node(node) if node.is_table())
    }

    /// How many items or entries it has; none for what is no list or map.
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Val::List(items) => Some(items.len()),
            Val::Map(entries) => Some(entries.len()),
            Val::Node(node) => match &node.value {
                Value::List(items) => Some(items.len()),
                Value::Table(entries) => Some(entries.len()),
                _ => None,
            },
            _ => None,
        }
    }

    /// An item of a list, or a key of a map in its order.
    pub(super) fn item(&self, at: usize) -> Option<Val<'t>> {
        match self {
            Val::List(items) => items.get(at).cloned(),
            Val::Map(entries) => entries.get(at).map(|(key, _)| key.clone()),
            Val::Node(node) if node.is_list() => node.items().get(at).map(Val::Node),
            Val::Node(node) => node.entries().get(at).map(|entry| Val::Text(entry.key.as_ref().into())),
            _ => None,
        }
    }

    /// The value of a key of a map.
    pub(super) fn field(&self, key: &Val<'t>) -> Option<Val<'t>> {
        match self {
            Val::Map(entries) => entries.iter().find(|(known, _)| same_key(known, key)).map(|(_, value)| value.clone()),
            Val::Node(node) => node.get(key.text()?).map(Val::Node),
            _ => None,
        }
    }

    /// What it is, for messages.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Val::Node(node) => node.what(),
            Val::Null => "null",
            Val::Bool(_) => "a boolean",
            Val::Int(_) | Val::Double(_) => "a number",
            Val::Text(_) => "a string",
            Val::List(_) => "a list",
            Val::Map(_) => "a table",
        }
    }

    /// As CEL writes it, for scalars.
    pub(super) fn shown(&self) -> String {
        match self {
            Val::Text(text) => format!("{text:?}"),
            Val::Int(number) => number.to_string(),
            Val::Double(number) => number.to_string(),
            Val::Bool(value) => value.to_string(),
            other => other.what().to_owned(),
        }
    }
}

fn same_key(a: &Val<'_>, b: &Val<'_>) -> bool {
    match (a.text(), b.text()) {
        (Some(a), Some(b)) => a == b,
        (None, None) => match (a.number(), b.number()) {
            (Some(a), Some(b)) => compare(a, b) == Some(Ordering::Equal),
            _ => a.boolean().is_some() && a.boolean() == b.boolean(),
        },
        _ => false,
    }
}

/// Compares numbers of either type by their value; none where one is not a number.
pub(super) fn compare(a: Number, b: Number) -> Option<Ordering> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
        (Number::Double(a), Number::Double(b)) => a.partial_cmp(&b),
        (Number::Int(a), Number::Double(b)) => mixed(a, b),
        (Number::Double(a), Number::Int(b)) => mixed(b, a).map(Ordering::reverse),
    }
}

/// A double holds integers beyond 2^53 no longer exactly, so the fraction is compared apart.
fn mixed(a: i64, b: f64) -> Option<Ordering> {
    const LEAST: f64 = i64::MIN as f64;
    if b.is_nan() {
        return None;
    }
    if b >= -LEAST {
        return Some(Ordering::Less);
    }
    if b < LEAST {
        return Some(Ordering::Greater);
    }
    let whole = a.cmp(&(b.trunc() as i64));
    Some(whole.then(0.0_f64.partial_cmp(&b.fract()).unwrap_or(Ordering::Equal)))
}

/// Whether two values are equal; values of different types are not. `step` is asked at each pair.
pub(super) fn equal<'t>(a: &Val<'t>, b: &Val<'t>, step: &mut dyn FnMut(usize) -> Result<(), Fault>) -> Result<bool, Fault> {
    // A number is read from its digits each time.
    step(4)?;
    if let (Some(a), Some(b)) = (a.text(), b.text()) {
        step(a.len().min(b.len()) / 16)?;
        return Ok(a == b);
    }
    if let (Some(a), Some(b)) = (a.number(), b.number()) {
        return Ok(compare(a, b) == Some(Ordering::Equal));
    }
    if let (Some(a), Some(b)) = (a.boolean(), b.boolean()) {
        return Ok(a == b);
    }
    if a.is_null() && b.is_null() {
        return Ok(true);
    }
    let same_type = (a.is_list() && b.is_list()) || (a.is_map() && b.is_map());
    if !same_type || a.length() != b.length() {
        return Ok(false);
    }
    for at in 0..a.length().unwrap_or(0) {
        let (Some(item), Some(other)) = (a.item(at), b.item(at)) else { return Ok(false) };
        let pair = if a.is_list() {
            Some((item, other))
        } else {
            step(b.length().unwrap_or(0) / 4)?;
            a.field(&item).zip(b.field(&item))
        };
        match pair {
            Some((left, right)) if equal(&left, &right, step)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}
