//! The traits that a declaration may answer, the kinds of evidence that an attestation may cite, and the probes.

use serde_json::{Value, json};

use super::Table;
use crate::evidence::verifier;
use crate::input::catalogue::Catalogue;
use crate::model::kind::KINDS;
use crate::model::probe::PROBES;

/// Every trait, one row each.
pub fn traits(catalogue: &Catalogue) -> Table {
    let mut table = Table::new(&["trait", "question"]);
    catalogue.traits().iter().for_each(|known| table.push([known.id.clone(), known.question.clone()]));
    table
}

/// Every trait for programs.
pub fn traits_document(catalogue: &Catalogue) -> Value {
    let rows = catalogue.traits().iter().map(|known| json!({"id": known.id, "question": known.question, "why": known.why}));
    json!({"version": 1, "traits": rows.collect::<Vec<_>>()})
}

/// Every evidence kind, one row each.
pub fn kinds() -> Table {
    let mut table = Table::new(&["kind", "judged", "about"]);
    for kind in KINDS {
        let judged = if verifier(kind.name).is_some() { "yes" } else { "doubtful" };
        table.push([kind.name.to_owned(), judged.to_owned(), kind.about.to_owned()]);
    }
    table
}

/// Every evidence kind for programs.
pub fn kinds_document() -> Value {
    let rows = KINDS.iter().map(|kind| {
        let judged = verifier(kind.name).is_some();
        json!({"kind": kind.name, "about": kind.about, "judged": judged, "fresh-days": kind.fresh_days, "keys": kind.details})
    });
    json!({"version": 1, "kinds": rows.collect::<Vec<_>>()})
}

/// Every probe, one row each.
pub fn probes() -> Table {
    let mut table = Table::new(&["probe", "about"]);
    PROBES.iter().for_each(|probe| table.push([probe.name.to_owned(), probe.about.to_owned()]));
    table
}

/// Every probe for programs.
pub fn probes_document() -> Value {
    let rows = PROBES.iter().map(|probe| json!({"probe": probe.name, "about": probe.about, "remedy": probe.remedy}));
    json!({"version": 1, "probes": rows.collect::<Vec<_>>()})
}
