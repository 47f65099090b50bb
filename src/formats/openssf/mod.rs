//! What OpenSSF's projects define for a project to say of itself, or to be told by a scan: Security Insights, Best Practices answers,
//! Scorecard results, and evaluations of the OSPS Baseline.

pub mod best_practices;
pub mod evaluation;
pub mod scorecard;
pub mod security_insights;

use std::ops::Range;

use super::fault::Fault;
use super::slug::Slug;
use super::subject::Subject;
use super::tree::{self, BadDocument, Node, Syntax};
use crate::text::one_line;

/// Reads JSON where the text begins as such, else YAML.
///
/// # Errors
/// What is neither.
pub fn tree(text: &str) -> Result<Node<'_>, BadDocument> {
    let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    tree::read(if is_json { Syntax::Json } else { Syntax::Yaml }, text)
}

/// A repository by its address: its name, and its owner's before it.
pub fn repository(address: &str, at: Range<usize>) -> Subject {
    let mut subject = Subject { label: address.to_owned(), names: vec![address.to_owned()], at, ..Subject::default() };
    let bare = address.trim_end_matches('/').trim_end_matches(".git");
    let path = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    let parts: Vec<&str> = path.split('/').collect();
    if let [.., owner, name] = parts.as_slice() {
        subject.names.extend([(*name).to_owned(), format!("{owner}/{name}")]);
    }
    subject.names.extend([bare.to_owned(), path.to_owned()]);
    subject.slugs.extend(Slug::of_address(address));
    subject
}

fn start(node: &Node<'_>) -> Range<usize> {
    node.range().start..node.range().start + 1
}

/// What a key must hold.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    Truth,
    Address,
    Day,
    Table,
    List,
}

impl Holds {
    fn is(self, node: &Node<'_>) -> bool {
        let text = node.text().map(str::trim).unwrap_or_default();
        match self {
            Self::Text => node.scalar().is_some_and(|text| !text.trim().is_empty()),
            Self::Truth => node.boolean().is_some(),
            Self::Address => text.starts_with("https://") || text.starts_with("http://"),
            Self::Day => super::moment::day(text).is_some(),
            Self::Table => !node.entries().is_empty(),
            Self::List => !node.items().is_empty(),
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Truth => "true or false",
            Self::Address => "an http or https address",
            Self::Day => "a date",
            Self::Table => "a table",
            Self::List => "a list with something in it",
        }
    }
}

const FIX: &str = "write the field as the format says";

/// Keys of a table that must be there and hold what they should.
fn required(node: &Node<'_>, what: &str, keys: &[(&str, Holds)], faults: &mut Vec<Fault>) {
    for (key, _) in keys.iter().filter(|(key, _)| node.get(key).is_none_or(Node::is_null)) {
        faults.push(Fault::new("field", start(node), format!("has no `{key}` in {what}"), FIX));
    }
    optional(node, what, keys, faults);
}

/// Keys of a table that hold what they should where they are there.
fn optional(node: &Node<'_>, what: &str, keys: &[(&str, Holds)], faults: &mut Vec<Fault>) {
    for (key, holds) in keys {
        let Some(found) = node.get(key).filter(|found| !found.is_null()) else { continue };
        if !holds.is(found) {
            let written = found.scalar().map_or_else(|| found.what().to_owned(), |text| one_line(&text, 60));
            let message = format!("has {written} as `{key}` in {what}, where {} is expected", holds.what());
            faults.push(Fault::new("field", found.range(), message, FIX));
        }
    }
}

/// A text with its place.
fn placed(node: &Node<'_>, key: &str) -> Option<(String, Range<usize>)> {
    node.word(key).zip(node.get(key)).map(|(text, found)| (text.to_owned(), found.range()))
}

#[cfg(test)]
mod tests;
