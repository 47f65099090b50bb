//! TOML.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{BadDocument, Builder, Entry, Node, Value};

pub(super) fn read(text: &str) -> Result<Node<'_>, BadDocument> {
    let parsed =
        DeTable::parse(text).map_err(|error| BadDocument::new(format!("it is not valid TOML: {}", error.message()), error.span()))?;
    let mut counted = Builder::new();
    let range = parsed.span();
    Ok(Node::new(range.start..text.len().max(range.end), table(parsed.into_inner(), &mut counted)?))
}

fn table<'t>(table: DeTable<'t>, counted: &mut Builder<'t>) -> Result<Value<'t>, BadDocument> {
    let mut entries = Vec::with_capacity(table.len());
    for (key, value) in table {
        let place = key.span();
        let node = node(value, counted)?;
        entries.push(Entry { key: key.into_inner(), key_start: place.start as u32, key_end: place.end as u32, node });
    }
    entries.sort_by_key(|entry| entry.key_start);
    Ok(Value::Table(entries))
}

fn node<'t>(value: Spanned<DeValue<'t>>, counted: &mut Builder<'t>) -> Result<Node<'t>, BadDocument> {
    let range: Range<usize> = value.span();
    counted.count(1, &range)?;
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text),
        DeValue::Integer(number) => Value::Number(Cow::Owned(decimal(number.as_str(), number.radix()))),
        DeValue::Float(number) => Value::Number(Cow::Owned(number.as_str().to_owned())),
        DeValue::Boolean(value) => Value::Boolean(value),
        DeValue::Datetime(moment) => Value::Text(Cow::Owned(moment.to_string())),
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| node(item, counted)).collect::<Result<_, _>>()?),
        DeValue::Table(inner) => table(inner, counted)?,
    };
    Ok(Node::new(range, value))
}

fn decimal(digits: &str, radix: u32) -> String {
    match radix {
        10 => digits.to_owned(),
        _ => i64::from_str_radix(digits, radix).map_or_else(|_| digits.to_owned(), |number| number.to_string()),
    }
}
