//! The keys of the files that users write, from the description that the reader and the schemas are made from.

use super::{Entry, Page, Part, entry};
use crate::input::attestations::ATTESTATIONS;
use crate::input::declaration::DECLARATION;
use crate::input::overlay_format::OVERLAY;
use crate::model::kind::{DETAIL_KEYS, KINDS};
use crate::spec::{Key, Shape, TableSpec, Vocabulary};

/// The files, each with its outermost table.
const FILES: &[(&str, &TableSpec)] = &[("portcullis.toml", &DECLARATION), ("attestations.toml", &ATTESTATIONS), ("an overlay", &OVERLAY)];

/// A key, with the file and the table that it stands in; the table is empty where it is the outermost.
struct Place {
    file: &'static str,
    table: String,
    key: &'static Key,
}

/// The page of a key or table of that name: `fail-on`, `gate.fail-on` or `gate`.
pub(super) fn page(name: &str) -> Option<Page> {
    let bare = name.trim_matches(|c| matches!(c, '[' | ']'));
    let (table, local) = bare.rsplit_once('.').unwrap_or(("", bare));
    let found: Vec<Place> = places().into_iter().filter(|place| place.key.name == local && place.table.ends_with(table)).collect();
    let first = found.first()?;
    let mut meanings: Vec<(&str, Vec<String>)> = Vec::new();
    for place in &found {
        match meanings.iter_mut().find(|(about, _)| *about == place.key.about) {
            Some((_, places)) => places.push(place.said()),
            None => meanings.push((place.key.about, vec![place.said()])),
        }
    }
    let title = first.key.about.to_owned();
    let entries = meanings.into_iter().map(|(about, places)| entry(places.join("; "), about, "")).collect();
    let values = found.iter().find_map(|place| choices(place.key.shape)).unwrap_or_default();
    let keys = found.iter().find_map(|place| inside(place.key.shape)).map(keys).unwrap_or_default();
    let parts = vec![
        Part::entries("stands", "Where it stands", entries),
        Part::entries("values", "What may be written", values),
        Part::entries("keys", "Its keys", keys),
    ];
    Some(Page { id: bare.to_owned(), what: "key", title, parts, licence: None })
}

/// The name of every key.
pub(super) fn names() -> impl Iterator<Item = String> {
    places().into_iter().map(|place| place.key.name.to_owned())
}

impl Place {
    fn said(&self) -> String {
        let need = if self.key.required { "required" } else { "optional" };
        let table = if self.table.is_empty() { String::new() } else { format!(" under {}", self.table) };
        format!("{}{table}, {need}", self.file)
    }
}

fn places() -> Vec<Place> {
    let mut out = Vec::new();
    for (file, table) in FILES {
        walk(file, "", table, &mut out);
    }
    for key in DETAIL_KEYS {
        let kinds: Vec<&str> = KINDS.iter().filter(|kind| kind.details.contains(&key.name)).map(|kind| kind.name).collect();
        let table = format!("attestation.evidence of kind {}", kinds.join(", "));
        out.push(Place { file: "attestations.toml", table, key });
    }
    out
}

fn walk(file: &'static str, path: &str, table: &'static TableSpec, out: &mut Vec<Place>) {
    for key in table.keys {
        out.push(Place { file, table: path.to_owned(), key });
        if let Some(below) = inside(key.shape) {
            let path = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
            walk(file, &path, below, out);
        }
    }
}

fn inside(shape: Shape) -> Option<&'static TableSpec> {
    match shape {
        Shape::Table(below) | Shape::TableOrTables(below) | Shape::Tables(below) => Some(below),
        _ => None,
    }
}

fn choices(shape: Shape) -> Option<Vec<Entry>> {
    match shape {
        Shape::Choice(Vocabulary::Fixed(all)) => Some(all.iter().map(|(name, meaning)| entry(*name, *meaning, "")).collect()),
        Shape::List(of) | Shape::OneOrMany(of) => choices(*of),
        _ => None,
    }
}

fn keys(table: &TableSpec) -> Vec<Entry> {
    table.keys.iter().map(|key| entry(key.name, key.about, if key.required { "Required." } else { "" })).collect()
}
