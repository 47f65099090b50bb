//! Provisions and claims.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Entry, Page, Part, entry};
use crate::evidence::verifier;
use crate::input::catalogue::Catalogue;
use crate::model::kind::{KindEntry, Points};
use crate::model::policy::{Condition, Confidence, Policy, Provision, Strength, Unit};
use crate::model::probe::probe;

/// The pages of the provisions and claims of that name; an alias may mean several.
pub(super) fn pages(catalogue: &Catalogue, name: &str, today: Date) -> Vec<Page> {
    let Some((policy, local)) = catalogue.split(name) else { return Vec::new() };
    let id = format!("{}/{local}", policy.code);
    let mut pages = Vec::new();
    for provision in &policy.provisions {
        if provision.id == id || provision.aliases.iter().any(|alias| alias == local) {
            pages.push(of_provision(policy, provision, today));
        }
        for unit in policy.units_of(provision).iter().filter(|unit| unit.id != provision.id) {
            if unit.id == id || unit.aliases.iter().any(|alias| alias == local) {
                pages.push(of_claim(policy, provision, unit, today));
            }
        }
    }
    pages
}

/// A requirement of another framework that provisions point to.
pub(super) fn pointed_at(catalogue: &Catalogue, name: &str) -> Option<Page> {
    let points = |related: &[String]| related.iter().any(|other| other == name);
    let mut pointing = Vec::new();
    for policy in catalogue.policies() {
        for provision in &policy.provisions {
            if points(&provision.related) {
                pointing.push(entry(&provision.id, &provision.title, ""));
            }
            let claims = policy.units_of(provision).iter().filter(|unit| unit.id != provision.id && points(&unit.related));
            pointing.extend(claims.map(|unit| entry(&unit.id, &unit.title, "")));
        }
    }
    (!pointing.is_empty()).then(|| Page {
        id: name.to_owned(),
        what: "requirement of another framework",
        title: "Provisions point to it as related. A pointer is never an equivalence: meeting one is not meeting the other.".to_owned(),
        parts: vec![Part::entries("provisions", "Provisions that point to it", pointing)],
        licence: None,
    })
}

/// The line that says under which licence names are quoted.
pub(super) fn licence(policy: &Policy) -> Option<String> {
    Some(match policy.licence.as_str() {
        "OGL-UK-3.0" => {
            "Contains public sector information licensed under the Open Government Licence v3.0. Summaries and remedies are our own words."
                .to_owned()
        }
        other => format!("{other}."),
    })
}

/// What a strength means, and what a gap is then.
pub(super) fn strength_text(strength: Strength, confidence: Confidence) -> String {
    let (means, level) = match strength {
        Strength::Shall => ("a requirement", "an error"),
        Strength::Should => ("a recommendation", "a warning"),
        Strength::May => ("a possibility", "a note"),
    };
    let level = if confidence == Confidence::Recalled { "a note" } else { level };
    format!("{strength}: {means}; a gap is {level}")
}

fn confidence_text(confidence: Confidence) -> String {
    let meaning = match confidence {
        Confidence::Official => "checked against the official text or a faithful copy of it",
        Confidence::Secondary => "taken from secondary sources that agree; the official text was not seen",
        Confidence::Recalled => "from memory alone, so a gap is never more than a note",
    };
    format!("{confidence}: {meaning}")
}

fn head(policy: &Policy, provision: &Provision, strength: Strength, confidence: Confidence) -> Vec<Part> {
    let code = format!("{}, edition {} ({})", policy.title, policy.edition, policy.status);
    let heading = policy.headings.iter().find(|heading| heading.id == provision.heading);
    let heading = heading.map_or(String::new(), |heading| heading.title.clone());
    let actors: Vec<&str> = provision.actors.iter().map(|role| role.name()).collect();
    let advised: Vec<&str> = policy.advisory_actors.iter().map(|role| role.name()).collect();
    let binds = match (actors.is_empty(), advised.is_empty()) {
        (true, _) => "the organisation".to_owned(),
        (false, true) => actors.join(", "),
        (false, false) => format!("{}; advice for {}", actors.join(", "), advised.join(", ")),
    };
    vec![
        Part::said("code", "code", policy.code.as_str(), code),
        Part::said("edition", "", policy.edition.as_str(), ""),
        Part::said("heading", "heading", format!("{}/{}", policy.code, provision.heading), heading),
        Part::said("strength", "strength", strength.name(), strength_text(strength, confidence)),
        Part::said("actors", "binds", json!(actors), binds),
        Part::said("advisory-actors", "", json!(advised), ""),
    ]
}

fn condition_part(policy: &Policy, own: &[Condition]) -> Part {
    let whole = Some(&policy.applies_to.when).filter(|when| !when.is_empty());
    let conditions: Vec<String> = whole.into_iter().chain(own).map(Condition::words).collect();
    let traits: Vec<&String> = whole.into_iter().chain(own).flat_map(Condition::traits).collect();
    let said = match conditions.is_empty() {
        true => String::new(),
        false => format!("only where the declaration's traits say: {}", conditions.join("; and ")),
    };
    Part::said("traits", "condition", json!(traits), said)
}

fn of_provision(policy: &Policy, provision: &Provision, today: Date) -> Page {
    let units = policy.units_of(provision);
    let own = units.iter().find(|unit| unit.id == provision.id);
    let claims = units.iter().filter(|unit| unit.id != provision.id);
    let conditions: Vec<Condition> = Some(provision.when.clone()).into_iter().filter(|when| !when.is_empty()).collect();
    let mut parts = head(policy, provision, provision.strength, provision.confidence);
    parts.push(condition_part(policy, &conditions));
    parts.push(Part::said("confidence", "confidence", provision.confidence.name(), confidence_text(provision.confidence)));
    parts.push(origin(provision));
    parts.push(overlaid(provision, own));
    parts.push(Part::said("aliases", "also called", json!(provision.aliases), provision.aliases.join(", ")));
    parts.extend(own.map(age));
    parts.push(Part::fact("source", "source", &provision.source));
    parts.push(Part::text("summary", "What it asks", &provision.summary));
    parts.push(Part::text("remedy", "What to do first", &provision.remedy));
    parts.push(Part::entries(
        "claims",
        "Claims: what its assurance document says must be shown, and what is judged",
        claims.clone().map(|unit| entry(&unit.id, &unit.title, provable(unit))).collect(),
    ));
    parts.push(Part::text("note", "Caution", provision.note.clone().unwrap_or_default()));
    parts.extend(own.into_iter().flat_map(evidence));
    let kinds = |pick: fn(&Unit) -> &Vec<&'static KindEntry>| units.iter().flat_map(pick).copied().collect::<Vec<_>>();
    let block = paste(&provision.id, &kinds(|unit| &unit.verified_by), &kinds(|unit| &unit.evidenced_by), today);
    parts.push(Part::block("attestation", "To paste into attestations.toml", block));
    parts.push(related(&provision.related));
    Page { id: provision.id.clone(), what: "provision", title: provision.title.clone(), parts, licence: licence(policy) }
}

fn of_claim(policy: &Policy, provision: &Provision, unit: &Unit, today: Date) -> Page {
    let mut parts = head(policy, provision, unit.strength, unit.confidence);
    parts.insert(1, Part::said("provision", "provision", provision.id.as_str(), format!("{} {}", provision.id, provision.title)));
    parts.push(condition_part(policy, &unit.conditions));
    parts.push(Part::said("confidence", "confidence", unit.confidence.name(), confidence_text(unit.confidence)));
    let ours = "the title is ours; the id is built from the provision's and the claim's place in the list";
    parts.push(Part::said("naming", "naming", json!({"id-official": false, "title-official": false}), ours));
    parts.push(overlaid(provision, Some(unit)));
    parts.push(Part::said("aliases", "also called", json!(unit.aliases), unit.aliases.join(", ")));
    parts.push(age(unit));
    parts.push(Part::fact("source", "source", &provision.source));
    parts.push(Part::text("summary", "What it asks", &unit.summary));
    parts.push(Part::text("remedy", "What to do first", &unit.remedy));
    parts.push(Part::text("note", "Caution", unit.note.clone().unwrap_or_default()));
    parts.extend(evidence(unit));
    parts.push(Part::block(
        "attestation",
        "To paste into attestations.toml",
        paste(&unit.id, &unit.verified_by, &unit.evidenced_by, today),
    ));
    parts.push(related(&unit.related));
    Page { id: unit.id.clone(), what: "claim", title: unit.title.clone(), parts, licence: licence(policy) }
}

/// What overlays have to do with it.
fn overlaid(provision: &Provision, unit: Option<&Unit>) -> Part {
    let altered = unit.map_or(&[][..], |unit| &unit.altered);
    let rows: Vec<Value> = altered.iter().map(|one| json!({"overlay": one.overlay, "key": one.key, "value": one.now})).collect();
    let value = json!({"added-by": provision.origin.as_ref().map(|origin| &origin.overlay), "altered": rows});
    let said = [provision.origin_words(), unit.map(Unit::altered_words).unwrap_or_default()];
    let said: Vec<&str> = said.iter().map(String::as_str).filter(|said| !said.is_empty()).collect();
    Part::said("overlay", "overlay", value, said.join("; "))
}

fn origin(provision: &Provision) -> Part {
    let said = match (provision.id_official, provision.title_official) {
        _ if provision.origin.is_some() => "the id and the title are the overlay's",
        (true, true) => "",
        (false, true) => "the id is ours: the code prints none",
        (true, false) => "the title is ours: the code prints none",
        (false, false) => "the id and the title are ours: the code prints neither",
    };
    let value = json!({"id-official": provision.id_official, "title-official": provision.title_official});
    Part::said("naming", "naming", value, said)
}

fn age(unit: &Unit) -> Part {
    let said = unit.max_age_days.map_or(String::new(), |days| format!("reviews of it are stale after {days} days"));
    Part::said("max-age-days", "review", json!(unit.max_age_days), said)
}

fn provable(unit: &Unit) -> String {
    unit.provable.map_or(String::new(), |how| format!("{how}: {}", how.meaning()))
}

fn evidence(unit: &Unit) -> Vec<Part> {
    let row = |kind: &&'static KindEntry| -> Entry {
        let doubtful = if verifier(kind.name).is_none() { "This version cannot judge this kind: citing it is doubtful." } else { "" };
        entry(kind.name, kind.about, doubtful)
    };
    let probes = unit.probes.iter().filter_map(|name| probe(name)).map(|probe| entry(probe.name, probe.about, ""));
    vec![
        Part::said("provable", "", json!(unit.provable.map(|how| how.name())), ""),
        Part::text("provable-in-words", "How far a repository can show it", provable(unit)),
        Part::entries("require", "Evidence that must be cited", unit.requires.iter().map(row).collect()),
        Part::entries("evidenced-by", "Evidence that lifts it to evidenced", unit.evidenced_by.iter().map(row).collect()),
        Part::entries("verified-by", "Evidence that can lift it to verified", unit.verified_by.iter().map(row).collect()),
        Part::entries("probes", "What would contradict it", probes.collect()),
    ]
}

fn related(ids: &[String]) -> Part {
    let said = if ids.is_empty() { String::new() } else { format!("{} (pointers, never equivalences)", ids.join(", ")) };
    Part::said("related", "related", json!(ids), said)
}

/// An attestation to fill in. Its statement is a placeholder, so pasting it alone closes no gap.
fn paste(id: &str, verified_by: &[&'static KindEntry], evidenced_by: &[&'static KindEntry], today: Date) -> String {
    let mut kinds: Vec<&'static KindEntry> = Vec::new();
    for kind in verified_by.iter().chain(evidenced_by) {
        if !kinds.contains(kind) {
            kinds.push(kind);
        }
    }
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
    let judged = kinds.iter().find(|kind| verifier(kind.name).is_some());
    let cited = judged.or(kinds.first()).map_or(String::new(), |kind| format!("\n{}", to_fill_in(kind)));
    format!(
        "[[attestation]]\nprovision = \"{id}\"\nstatus = \"met\"  # met | partial | planned | not-met | not-applicable\n\
         statement = \"TODO: what is done, where, and how anyone can tell\"\nowner = \"TODO: who answers for it\"\nreviewed = {today}\n\n\
         # Any of: {}\n{}",
        names.join(", "),
        cited.trim_start(),
    )
}

/// A citation that nobody can take for a real one: a document or register is named after what must be put in its place.
fn to_fill_in(kind: &KindEntry) -> String {
    match kind.name {
        "document" => "[[attestation.evidence]]\nkind = \"document\"\npath = \"docs/TODO-the-document.md\"\nsections = [\"TODO: the heading that shows it\"]\n".to_owned(),
        "register" => "[[attestation.evidence]]\nkind = \"register\"\npath = \"registers/TODO-the-register.csv\"\ncolumns = [\"TODO: a column that it must have\"]\n".to_owned(),
        _ => citation(kind),
    }
}

/// A piece of evidence of a kind: the verifier's example, else one that names what must be there.
pub(super) fn citation(kind: &KindEntry) -> String {
    let example = verifier(kind.name).map_or("", |verifier| verifier.example());
    if !example.is_empty() {
        return example.to_owned();
    }
    let target = match kind.points {
        Points::AtUrl => "url = \"https://ledger.example/\"\n",
        Points::AtFileOrInline | Points::AtIdOrInline => "",
        Points::AtFile => "path = \"path/to/the/file\"\n",
    };
    format!("[[attestation.evidence]]\nkind = \"{}\"\n{target}", kind.name)
}
