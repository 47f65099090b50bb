//! One change of an attestations file: what it means, and how the text shows it.

use toml::{Table, Value};
use toml_writer::{ToTomlValue as _, TomlStringBuilder};

use super::place::Places;
use super::splice::{Splice, end_of_line, indent, line_end, splice};
use crate::formats::tree::Node;

/// Keys with their values, in the order in which they are written.
pub type Keys = Vec<(&'static str, Value)>;

/// A table of the file, counted from 0 in the file's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// `[[attestation]]`.
    Attestation(usize),
    /// `[[attestation.evidence]]`: the attestation's number and its own.
    Evidence(usize, usize),
    /// `[[waiver]]`.
    Waiver(usize),
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A key gets a value; one that is not there is written after the first of `after` that is.
    Set {
        /// The table.
        target: Target,
        /// The key.
        key: &'static str,
        /// The value.
        value: Value,
        /// The keys that it follows, best first.
        after: &'static [&'static str],
    },
    /// A piece of evidence is added under an attestation.
    AddEvidence(usize, Keys),
    /// An attestation is added behind the last one.
    AddAttestation(Keys, Vec<Keys>),
    /// A waiver is added behind the last one.
    AddWaiver(Keys),
}

/// Why an edit was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The text is not TOML.
    #[error("it is not valid TOML: {0}")]
    Syntax(String),
    /// The text is TOML of a form in which the change cannot be made without touching what is around it.
    #[error("it is written in a form that cannot be changed in place without touching what is around it")]
    Form,
}

/// Makes the edits; every byte that is not their subject stays.
///
/// # Errors
/// When the text is no TOML, or when the result would not mean what the text meant with just these changes.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, Refused> {
    let syntax = |message: String| Refused::Syntax(message);
    let (bom, text) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let places = Places::read(text).map_err(|bad| syntax(bad.message))?;
    let mut wanted: Table = text.parse().map_err(|error: toml::de::Error| syntax(error.message().to_owned()))?;
    let mut splices = Vec::new();
    for edit in edits {
        mean(&mut wanted, edit).ok_or(Refused::Form)?;
        splices.push(write(text, &places, edit).ok_or(Refused::Form)?);
    }
    let made = splice(text, splices).ok_or(Refused::Form)?;
    match made.parse::<Table>() {
        Ok(read) if read == wanted => Ok(format!("{bom}{made}")),
        _ => Err(Refused::Form),
    }
}

/// What the edit means.
fn mean(document: &mut Table, edit: &Edit) -> Option<()> {
    match edit {
        Edit::Set { target, key, value, .. } => {
            let table = match target {
                Target::Attestation(at) => nth(document, "attestation", *at),
                Target::Waiver(at) => nth(document, "waiver", *at),
                Target::Evidence(at, piece) => nth(document, "attestation", *at).and_then(|table| nth(table, "evidence", *piece)),
            };
            table?.insert((*key).to_owned(), value.clone());
        }
        Edit::AddEvidence(at, keys) => push(nth(document, "attestation", *at)?, "evidence", table_of(keys))?,
        Edit::AddAttestation(keys, evidence) => {
            let mut table = table_of(keys);
            for piece in evidence {
                push(&mut table, "evidence", table_of(piece))?;
            }
            push(document, "attestation", table)?;
        }
        Edit::AddWaiver(keys) => push(document, "waiver", table_of(keys))?,
    }
    Some(())
}

fn nth<'t>(table: &'t mut Table, name: &str, at: usize) -> Option<&'t mut Table> {
    table.get_mut(name)?.as_array_mut()?.get_mut(at)?.as_table_mut()
}

fn push(table: &mut Table, name: &str, entry: Table) -> Option<()> {
    let list = table.entry(name.to_owned()).or_insert_with(|| Value::Array(Vec::new()));
    list.as_array_mut()?.push(Value::Table(entry));
    Some(())
}

fn table_of(keys: &Keys) -> Table {
    keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
}

/// How the text shows the edit.
fn write(text: &str, places: &Places<'_>, edit: &Edit) -> Option<Splice> {
    match edit {
        Edit::Set { target, key, value, after } => {
            let table = match target {
                Target::Attestation(at) => places.tables("attestation").get(*at)?,
                Target::Waiver(at) => places.tables("waiver").get(*at)?,
                Target::Evidence(at, piece) => places.evidence(places.tables("attestation").get(*at)?).get(*piece)?,
            };
            set(text, places, table, key, value, after)
        }
        Edit::AddEvidence(at, keys) => add_evidence(text, places, places.tables("attestation").get(*at)?, keys),
        Edit::AddAttestation(keys, evidence) => {
            let mut block = block("attestation", keys);
            for piece in evidence {
                block.push_str(&format!("\n{}", self::block("attestation.evidence", piece)));
            }
            Some(behind(text, places, "attestation", block))
        }
        Edit::AddWaiver(keys) => Some(behind(text, places, "waiver", block("waiver", keys))),
    }
}

fn set(text: &str, places: &Places<'_>, table: &Node<'_>, key: &str, value: &Value, after: &[&str]) -> Option<Splice> {
    let shown = shown(value);
    if let Some(range) = places.value(table, key) {
        return Some(Splice { at: range, text: shown });
    }
    let before = after.iter().find_map(|name| table.entry(name))?;
    let end = before.node.range().end;
    if places.is_inline(table) {
        return Some(Splice { at: end..end, text: format!(", {key} = {shown}") });
    }
    let at = end_of_line(text, end);
    let lead = indent(text, before.key_range().start);
    Some(Splice { at: at..at, text: format!("{}{lead}{key} = {shown}", line_end(text)) })
}

fn add_evidence(text: &str, places: &Places<'_>, attestation: &Node<'_>, keys: &Keys) -> Option<Splice> {
    if places.is_inline(attestation) {
        return None;
    }
    if let Some(list) = attestation.get("evidence").filter(|list| places.is_inline(list) && !header(text, list)) {
        let last = list.items().last()?;
        let end = last.range().end;
        let pairs: Vec<String> = keys.iter().map(|(key, value)| format!("{key} = {}", shown(value))).collect();
        return Some(Splice { at: end..end, text: format!(", {{ {} }}", pairs.join(", ")) });
    }
    let at = end_of_line(text, places.end(attestation));
    let block = in_lines(&format!("\n\n{}", block("attestation.evidence", keys).trim_end()), text);
    Some(Splice { at: at..at, text: block })
}

/// Whether an array is one of tables with headers of their own.
fn header(text: &str, list: &Node<'_>) -> bool {
    let first = list.items().first().and_then(|first| text.get(first.range().start..));
    first.is_some_and(|first| first.starts_with("[["))
}

/// A value on one line, however many its text has: a line break within it would follow the file's.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => TomlStringBuilder::new(text).as_basic().to_toml_value(),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// A table with its header, a line for each key.
pub fn block(header: &str, keys: &Keys) -> String {
    let lines = keys.iter().map(|(key, value)| format!("{key} = {}\n", shown(value)));
    format!("[[{header}]]\n{}", lines.collect::<String>())
}

/// A new table behind the last of its name; at the end of the text where there is none.
fn behind(text: &str, places: &Places<'_>, name: &str, block: String) -> Splice {
    let at = places.tables(name).iter().map(|table| places.end(table)).max().map(|end| end_of_line(text, end));
    match at.filter(|at| *at < text.len()) {
        Some(at) => Splice { at: at..at, text: in_lines(&format!("\n\n{}", block.trim_end()), text) },
        None => {
            let lead = match text {
                "" => "",
                text if text.ends_with('\n') => "\n",
                _ => "\n\n",
            };
            Splice { at: text.len()..text.len(), text: in_lines(&format!("{lead}{block}"), text) }
        }
    }
}

fn in_lines(block: &str, text: &str) -> String {
    match line_end(text) {
        "\n" => block.to_owned(),
        end => block.replace('\n', end),
    }
}

#[cfg(test)]
mod tests;
