//! The codes that are built in, and what one of them holds.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Reset, Style};
use serde_json::{Value, json};

use super::{MARKS, Table, mark};
use crate::explain::{claims, strengths};
use crate::input::catalogue::Catalogue;
use crate::model::policy::{Condition, Confidence, Heading, Policy, Provision, Strength, Unit};
use crate::text::wrap;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ID: Style = AnsiColor::Cyan.on_default();

/// Every code, one row each.
pub fn overview(catalogue: &Catalogue) -> Table {
    let mut table = Table::new(&["code", "edition", "status", "shall", "should", "may", "claims", "title"]);
    for policy in catalogue.policies() {
        let [shall, should, may] = [Strength::Shall, Strength::Should, Strength::May].map(|strength| count(policy, strength).to_string());
        let [code, edition, status] = [policy.code.clone(), policy.edition.clone(), policy.status.to_string()];
        table.push([code, edition, status, shall, should, may, claims(policy).to_string(), policy.title.clone()]);
    }
    table
}

fn count(policy: &Policy, strength: Strength) -> usize {
    policy.provisions.iter().filter(|provision| provision.strength == strength).count()
}

/// One code's provisions and claims, one row each.
pub fn provisions(policy: &Policy) -> Table {
    let mut table = Table::new(&["id", "kind", "strength", "confidence", "heading", "condition", "title"]);
    for provision in &policy.provisions {
        let words = |conditions: &[Condition]| conditions.iter().map(Condition::words).collect::<Vec<_>>().join("; and ");
        let mut row = |id: &str, kind: &str, confidence: Confidence, condition: String, title: &str| {
            let heading = format!("{}/{}", policy.code, provision.heading);
            let strength = provision.strength.to_string();
            table.push([id.to_owned(), kind.to_owned(), strength, confidence.to_string(), heading, condition, title.to_owned()]);
        };
        row(&provision.id, "provision", provision.confidence, provision.when.words(), &provision.title);
        for unit in own_claims(policy, provision) {
            row(&unit.id, "claim", unit.confidence, words(&unit.conditions), &unit.title);
        }
    }
    table
}

fn own_claims<'a>(policy: &'a Policy, provision: &'a Provision) -> impl Iterator<Item = &'a Unit> {
    policy.units_of(provision).iter().filter(|unit| unit.id != provision.id)
}

/// One code for people: provisions under their headings, claims under their provision.
pub fn tree(policy: &Policy, width: usize) -> String {
    let mut out = format!("{BOLD}{}{Reset} {} ({})\n", policy.code, policy.edition, policy.status);
    out.push_str(&wrap(&policy.title, width, "", ""));
    let _ = writeln!(out, "{DIM}{}{Reset}", counted(policy));
    for heading in &policy.headings {
        let depth = if heading.parent.is_some() { "  " } else { "" };
        let _ = writeln!(out, "\n{BOLD}{}{Reset}", wrap(&heading.title, width, depth, depth).trim_end());
        for provision in policy.provisions.iter().filter(|provision| provision.heading == heading.id) {
            push(&mut out, width, depth, &provision.id, Some(provision.strength), provision.confidence, &provision.title);
            let own = policy.units_of(provision).iter().find(|unit| unit.id == provision.id);
            push_overlay(&mut out, width, depth, &[provision.origin_words(), own.map(Unit::altered_words).unwrap_or_default()]);
            for unit in own_claims(policy, provision) {
                push(&mut out, width, &format!("{depth}  "), &unit.id, None, unit.confidence, &unit.title);
                push_overlay(&mut out, width, &format!("{depth}  "), &[unit.altered_words()]);
            }
        }
    }
    let marked = policy.units.iter().any(|unit| unit.confidence != Confidence::Official);
    if marked {
        let _ = writeln!(out, "\n{DIM}{}{Reset}", wrap(MARKS, width, "", "").trim_end());
    }
    let unverified = policy.unverified.len();
    if unverified > 0 {
        let what = if unverified == 1 { "point was" } else { "points were" };
        let line = format!("{unverified} {what} not checked against the official text: `portcullis explain {}` lists them.", policy.code);
        let _ = write!(out, "\n{}", wrap(&line, width, "", ""));
    }
    out
}

fn counted(policy: &Policy) -> String {
    match claims(policy) {
        0 => format!("{} provisions: {}", policy.provisions.len(), strengths(policy)),
        claims => format!("{} provisions: {}; {claims} claims, which are what is judged", policy.provisions.len(), strengths(policy)),
    }
}

fn push(out: &mut String, width: usize, depth: &str, id: &str, strength: Option<Strength>, confidence: Confidence, title: &str) {
    let strength = strength.map_or("", Strength::name);
    let before = format!("{depth}  {strength:6}  ");
    let lead = format!("{before}{id}  ");
    let said = format!("{} {title}", mark(confidence));
    let set = wrap(said.trim_start(), width, &lead, &" ".repeat(before.len() + 4));
    let rest = set.strip_prefix(&lead).unwrap_or(&set);
    let _ = write!(out, "{before}{ID}{id}{Reset}  {rest}");
}

/// What overlays have to do with the line before.
fn push_overlay(out: &mut String, width: usize, depth: &str, said: &[String]) {
    let hang = format!("{depth}            ");
    said.iter().filter(|said| !said.is_empty()).for_each(|said| out.push_str(&wrap(said, width, &hang, &hang)));
}

/// A code for programs. `whole` adds its headings and provisions, which are null otherwise.
pub fn document(catalogue: &Catalogue, policy: &Policy, whole: bool) -> Value {
    let listed = whole.then(|| policy.provisions.iter().map(|provision| self::provision(policy, provision)).collect::<Vec<_>>());
    json!({
        "code": policy.code,
        "edition": policy.edition,
        "editions": catalogue.editions_of(&policy.code),
        "aliases": policy.aliases,
        "title": policy.title,
        "publisher": policy.publisher,
        "published": policy.published.to_string(),
        "status": policy.status.name(),
        "source": policy.source,
        "licence": policy.licence,
        "sha256": policy.sha256,
        "types": policy.applies_to.types.iter().map(|kind| kind.name()).collect::<Vec<_>>(),
        "organisation": policy.applies_to.organisation,
        "counts": {
            "provisions": policy.provisions.len(),
            "claims": claims(policy),
            "units": policy.units.len(),
            "shall": count(policy, Strength::Shall),
            "should": count(policy, Strength::Should),
            "may": count(policy, Strength::May),
        },
        "unverified": policy.unverified,
        "headings": whole.then(|| policy.headings.iter().map(|heading| self::heading(policy, heading)).collect::<Vec<_>>()),
        "provisions": listed,
    })
}

fn heading(policy: &Policy, heading: &Heading) -> Value {
    let whole = |id: &String| format!("{}/{id}", policy.code);
    json!({"id": whole(&heading.id), "title": heading.title, "parent": heading.parent.as_ref().map(whole), "summary": heading.summary})
}

fn altered(unit: &Unit) -> Vec<Value> {
    unit.altered.iter().map(|one| json!({"overlay": one.overlay, "key": one.key, "value": one.now})).collect()
}

fn condition(condition: &Condition) -> Value {
    json!({"all": condition.all, "any": condition.any, "not": condition.not})
}

fn provision(policy: &Policy, provision: &Provision) -> Value {
    let claim = |unit: &Unit| {
        json!({
            "id": unit.id,
            "aliases": unit.aliases,
            "title": unit.title,
            "confidence": unit.confidence.name(),
            "strength": unit.strength.name(),
            "altered": altered(unit),
            "provable": unit.provable.map(|how| how.name()),
            "conditions": unit.conditions.iter().map(condition).collect::<Vec<_>>(),
        })
    };
    json!({
        "id": provision.id,
        "aliases": provision.aliases,
        "title": provision.title,
        "title-official": provision.title_official,
        "id-official": provision.id_official,
        "heading": format!("{}/{}", policy.code, provision.heading),
        "strength": provision.strength.name(),
        "confidence": provision.confidence.name(),
        "actors": provision.actors.iter().map(|role| role.name()).collect::<Vec<_>>(),
        "condition": condition(&provision.when),
        "overlay": provision.origin.as_ref().map(|origin| &origin.overlay),
        "altered": policy.units_of(provision).iter().find(|unit| unit.id == provision.id).map_or_else(Vec::new, altered),
        "claims": own_claims(policy, provision).map(claim).collect::<Vec<_>>(),
    })
}
