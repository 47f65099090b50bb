//! Evidence kinds.

use serde_json::json;

use super::provision::citation;
use super::{Page, Part, entry};
use crate::evidence::verifier;
use crate::input::catalogue::Catalogue;
use crate::model::kind::{DETAIL_KEYS, KindEntry, Points, kind};
use crate::model::policy::Unit;

/// The page of the kind of that name.
pub(super) fn page(catalogue: &Catalogue, name: &str) -> Option<Page> {
    kind(name).map(|kind| of_kind(catalogue, kind))
}

fn points(kind: &KindEntry) -> &'static str {
    match kind.points {
        Points::AtFile => "a tracked file: `path` is required",
        Points::AtFileOrInline => "a tracked file if `path` is given, else the entry or the declaration itself",
        Points::AtUrl => "an address: `url` is required",
        Points::AtIdOrInline => "something in git's history: `id`, or nothing for what its page says",
    }
}

fn of_kind(catalogue: &Catalogue, kind: &'static KindEntry) -> Page {
    let judge = verifier(kind.name);
    let units: Vec<&Unit> = catalogue.policies().flat_map(|policy| &policy.units).collect();
    let lifted = |pick: fn(&Unit) -> &Vec<&'static KindEntry>| {
        let found = units.iter().filter(|unit| pick(unit).iter().any(|other| other.name == kind.name));
        found.map(|unit| entry(&unit.id, &unit.title, "")).collect::<Vec<_>>()
    };
    let fresh = kind.fresh_days.map_or("as long as the format itself says; it has no age of its own".to_owned(), |days| {
        format!("for {days} days, unless `max-age-days` says less")
    });
    let keys = DETAIL_KEYS.iter().filter(|key| kind.details.contains(&key.name));
    let checks = judge.map_or(&[][..], |judge| judge.checks());
    let limits = match judge {
        Some(judge) => judge.limits(),
        None => "This version has no check for this kind. Evidence of it is doubtful, and what cannot be judged counts as not met.",
    };
    let parts = vec![
        Part::fact("points-at", "points at", points(kind)),
        Part::said("fresh-days", "fresh", json!(kind.fresh_days), fresh),
        Part::said("judged", "", judge.is_some(), ""),
        Part::entries("keys", "Keys of its own", keys.map(|key| entry(key.name, key.about, "")).collect()),
        Part::items("checks", "What is checked", checks.iter().map(|check| (*check).to_owned()).collect()),
        Part::text("limits", "What is not", limits),
        Part::block("example", "To paste under an [[attestation]]", citation(kind)),
        Part::entries("verifies", "Lifts to verified", lifted(|unit| &unit.verified_by)),
        Part::entries("evidences", "Lifts to evidenced", lifted(|unit| &unit.evidenced_by)),
    ];
    Page { id: kind.name.to_owned(), what: "evidence kind", title: kind.about.to_owned(), parts, licence: None }
}
