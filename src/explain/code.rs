//! Codes and their headings.

use serde_json::json;

use super::provision::licence;
use super::{Page, Part, entry};
use crate::input::catalogue::Catalogue;
use crate::model::policy::{Heading, Policy, Strength};

/// The pages of the code or heading of that name.
pub(super) fn pages(catalogue: &Catalogue, name: &str) -> Vec<Page> {
    let whole = catalogue.code(name).and_then(|code| catalogue.policy(code, None)).map(|policy| of_code(catalogue, policy));
    let heading = name.split_once('/').and_then(|(code, id)| {
        let policy = catalogue.policy(catalogue.code(code)?, None)?;
        policy.headings.iter().find(|heading| heading.id == id).map(|heading| of_heading(policy, heading))
    });
    whole.into_iter().chain(heading).collect()
}

/// `9 shall, 3 should, 2 may`, without those that are none.
pub(crate) fn strengths(policy: &Policy) -> String {
    let count = |strength| policy.provisions.iter().filter(|provision| provision.strength == strength).count();
    let counted = [Strength::Shall, Strength::Should, Strength::May].map(|strength| (count(strength), strength));
    let parts: Vec<String> =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, strength)| format!("{count} {strength}")).collect();
    parts.join(", ")
}

/// How many claims its provisions have.
pub(crate) fn claims(policy: &Policy) -> usize {
    policy.provisions.iter().flat_map(|provision| policy.units_of(provision).iter().filter(|unit| unit.id != provision.id)).count()
}

fn selects(policy: &Policy) -> String {
    let mut ways: Vec<String> = Vec::new();
    if !policy.applies_to.types.is_empty() {
        let types: Vec<&str> = policy.applies_to.types.iter().map(|kind| kind.name()).collect();
        ways.push(match types.as_slice() {
            ["software"] => "every product".to_owned(),
            _ => format!("products of type {}", types.join(" or ")),
        });
    }
    if policy.applies_to.organisation {
        ways.push("[organisation] codes".to_owned());
    }
    let when = &policy.applies_to.when;
    if !when.is_empty() {
        ways.push(format!("where the traits say: {}", when.words()));
    }
    ways.join(", ")
}

fn of_code(catalogue: &Catalogue, policy: &Policy) -> Page {
    let provisions = policy.provisions.len();
    let counted = match claims(policy) {
        0 => format!("{provisions} provisions: {}", strengths(policy)),
        claims => format!("{provisions} provisions: {}; {claims} claims are judged", strengths(policy)),
    };
    let editions = catalogue.editions_of(&policy.code);
    let mut parts = vec![
        Part::fact("edition", "edition", &policy.edition),
        Part::said("editions", "built in", json!(editions), if editions.len() > 1 { editions.join(", ") } else { String::new() }),
        Part::said("status", "status", policy.status.name(), policy.status.meaning()),
        Part::fact("publisher", "publisher", &policy.publisher),
        Part::fact("published", "published", policy.published.to_string()),
        Part::said("aliases", "also called", json!(policy.aliases), policy.aliases.join(", ")),
        Part::fact("selected-by", "selected by", selects(policy)),
        Part::said("provisions", "holds", provisions, counted),
        Part::said("claims", "", claims(policy), ""),
        Part::fact("source", "source", &policy.source),
        Part::fact("sha256", "sha256", &policy.sha256),
    ];
    let headings = policy.headings.iter().map(|heading| entry(format!("{}/{}", policy.code, heading.id), &heading.title, ""));
    parts.push(Part::entries("headings", "Headings", headings.collect()));
    parts.push(Part::items("unverified", "What could not be checked against the official text", policy.unverified.clone()));
    parts.push(Part::fact("list", "its ids", format!("portcullis list --code {}", policy.code)));
    Page { id: policy.code.clone(), what: "code", title: policy.title.clone(), parts, licence: licence(policy) }
}

fn of_heading(policy: &Policy, heading: &Heading) -> Page {
    let under: Vec<&Heading> = policy.headings.iter().filter(|other| other.parent.as_ref() == Some(&heading.id)).collect();
    let provisions = policy.provisions.iter().filter(|provision| provision.heading == heading.id);
    let id = |local: &str| format!("{}/{local}", policy.code);
    let parent = heading.parent.as_deref();
    let parts = vec![
        Part::said("code", "code", policy.code.as_str(), format!("{}, edition {}", policy.title, policy.edition)),
        Part::fact("parent", "under", parent.map_or(String::new(), id)),
        Part::text("summary", "What it is about", heading.summary.clone().unwrap_or_default()),
        Part::entries("headings", "Headings under it", under.iter().map(|other| entry(id(&other.id), &other.title, "")).collect()),
        Part::entries("provisions", "Provisions", provisions.map(|provision| entry(&provision.id, &provision.title, "")).collect()),
    ];
    Page { id: id(&heading.id), what: "heading", title: heading.title.clone(), parts, licence: licence(policy) }
}
