//! The vulnerabilities of CSAF (tests 6.1.1, 6.1.6, 6.1.23, 6.1.27.5 to 6.1.27.10, 6.1.29, 6.1.32 and 6.1.33).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::identity::Identities;
use super::products::{Named, Products};
use super::{Vulnerability, moment_of, notes, required, start, texts, word_of};
use crate::formats::fault::{Fault, Faults};
use crate::formats::tree::Node;
use crate::formats::vex::Status;
use crate::formats::vulnerability_id;
use crate::model::attestation::is_placeholder;
use crate::text::one_line;

/// The lists of `product_status` and what they say; none says nothing of how the product stands.
const LISTS: &[(&str, Option<Status>)] = &[
    ("first_affected", Some(Status::Affected)),
    ("known_affected", Some(Status::Affected)),
    ("last_affected", Some(Status::Affected)),
    ("known_not_affected", Some(Status::NotAffected)),
    ("first_fixed", Some(Status::Fixed)),
    ("fixed", Some(Status::Fixed)),
    ("under_investigation", Some(Status::UnderInvestigation)),
    ("recommended", None),
];
const REMEDIES: &[&str] = &["mitigation", "no_fix_planned", "none_available", "vendor_fix", "workaround"];

pub(super) fn read(root: &Node<'_>, category: &str, products: &Products, faults: &mut Faults) -> Vec<Vulnerability> {
    let mut cves = BTreeSet::new();
    let mut found = Vec::new();
    let mut identities = Identities::of(products);
    for node in root.at(&["vulnerabilities"]).items() {
        let names = names(node, category, faults);
        if let Some(cve) = node.word("cve").filter(|cve| !cves.insert((*cve).to_owned())) {
            let message = format!("has two vulnerabilities with the id {}", one_line(cve, 60));
            faults.push(Fault::new("vulnerability-twice", start(node), message, "write what concerns one vulnerability in one place"));
        }
        let name = names.first().map_or("a vulnerability", String::as_str).to_owned();
        if matches!(category, "csaf_security_advisory" | "csaf_vex") && node.at(&["notes"]).items().is_empty() {
            let message = format!("has no note on {}", one_line(&name, 60));
            faults.push(Fault::new("profile", start(node), message, "say in a note what the vulnerability is"));
        }
        notes(node.at(&["notes"]), "vulnerability", faults);
        moment_of(node, "discovery_date", "vulnerability", faults);
        moment_of(node, "release_date", "vulnerability", faults);
        for score in node.at(&["scores"]).items() {
            products_exist(score.at(&["products"]), products, faults);
        }
        let lists = lists(node, products, faults);
        contradictions(&lists, &name, faults);
        identities.contradictions(&lists, &name, faults);
        explained(node, category, &lists, products, &name, faults);
        let remediations = || node.at(&["remediations"]).items().iter().filter_map(|one| one.word("category"));
        let fixes = remediations().filter(|category| *category == "vendor_fix").count();
        let others = remediations().filter(|category| matches!(*category, "mitigation" | "workaround")).count();
        let interim = fixes == 0 && others > 0;
        found.push(Vulnerability { names, by_status: by_status(lists), remedies: fixes + others, interim, at: start(node) });
    }
    found
}

fn names(node: &Node<'_>, category: &str, faults: &mut Faults) -> Vec<String> {
    let mut names = Vec::new();
    if let Some(cve) = node.get("cve") {
        let text = cve.text().unwrap_or_default();
        let fault = vulnerability_id::fault(text, cve.range());
        let other = (fault.is_none() && !text.starts_with("CVE-")).then(|| {
            Fault::new("vulnerability-id", cve.range(), format!("has {} for a CVE id", one_line(text, 60)), "write other ids under `ids`")
        });
        faults.extend(fault.or(other));
        names.push(text.to_owned());
    }
    for id in node.at(&["ids"]).items() {
        required(id, &["system_name", "text"], "vulnerability's id", faults);
        names.extend(id.word("text").map(str::to_owned));
    }
    if names.is_empty() && category == "csaf_vex" {
        faults.push(Fault::new("no-vulnerability", start(node), "has a vulnerability without an id", "name it in `cve` or `ids`"));
    }
    names
}

/// The ids of vulnerabilities with their places.
pub(super) fn named(root: &Node<'_>) -> Vec<(String, Range<usize>)> {
    let each = root.at(&["vulnerabilities"]).items().iter();
    let ids = each.flat_map(|node| node.get("cve").into_iter().chain(node.at(&["ids"]).items().iter().filter_map(|id| id.get("text"))));
    ids.filter_map(|id| Some((id.text()?.to_owned(), id.range()))).collect()
}

fn products_exist(list: &Node<'_>, products: &Products, faults: &mut Faults) {
    for (id, at) in texts(list) {
        products.exists(id, at, faults);
    }
}

/// A product in one of the lists.
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) status: Status,
    subject: Option<crate::formats::subject::Subject>,
    pub(super) at: Range<usize>,
}

fn lists(node: &Node<'_>, products: &Products, faults: &mut Faults) -> Vec<Listed> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in node.at(&["product_status"]).entries() {
        let Some((_, status)) = LISTS.iter().find(|(name, _)| *name == entry.key) else {
            let known: Vec<&str> = LISTS.iter().map(|(name, _)| *name).collect();
            let message = format!("has the product status {}, which is none of {}", one_line(&entry.key, 40), known.join(", "));
            faults.push(Fault::new("unknown-word", entry.key_range(), message, "write one of those"));
            continue;
        };
        for (id, at) in texts(&entry.node) {
            products.exists(id, at.clone(), faults);
            // What is listed over again adds nothing.
            if let Some(status) = status.filter(|status| seen.insert((id, status.words()))) {
                found.push(Listed { id: id.to_owned(), status, subject: products.product(id, at.clone(), faults), at });
            }
        }
    }
    found
}

/// 6.1.6: one product may stand in one way only.
fn contradictions(lists: &[Listed], name: &str, faults: &mut Faults) {
    let mut first: BTreeMap<&str, Status> = BTreeMap::new();
    for one in lists {
        let before = *first.entry(&one.id).or_insert(one.status);
        if before != one.status {
            let (id, name) = (one_line(&one.id, 60), one_line(name, 60));
            let message = format!("says that {id} is {} and {} to {name}", before.words(), one.status.words());
            faults.push(Fault::new("contradictory", one.at.clone(), message, "list the product once"));
        }
    }
}

/// What each category asks to be said of each product, and that flags, threats and remediations say which product they are about.
fn explained(node: &Node<'_>, category: &str, lists: &[Listed], products: &Products, name: &str, faults: &mut Faults) {
    let name = one_line(name, 60);
    let flagged = about(node, "flags", products, faults);
    let threats = about(node, "threats", products, faults);
    let remedied = all(about(node, "remediations", products, faults).into_iter().map(|(_, named)| named), products);
    let impacts = threats.into_iter().filter(|(threat, _)| threat.word("category") == Some("impact"));
    let mut justified = all(impacts.map(|(_, named)| named), products);
    justified.extend(justified_once(&flagged, products, &name, faults));
    if category == "csaf_security_advisory" && node.at(&["product_status"]).entries().is_empty()
        || category == "csaf_vex" && lists.is_empty()
    {
        faults.push(Fault::new("profile", start(node), format!("does not say how any product stands to {name}"), "add product_status"));
    }
    for one in lists.iter().filter(|_| category == "csaf_vex") {
        let id = one_line(&one.id, 60);
        if one.status == Status::NotAffected && !justified.contains(one.id.as_str()) {
            let message = format!("says that {name} does not affect {id}, without a justification");
            faults.push(Fault::new("unjustified", one.at.clone(), message, "give a flag, or a threat of the category impact"));
        }
        if one.status == Status::Affected && !remedied.contains(one.id.as_str()) {
            let message = format!("says that {name} affects {id}, and not what to do about it");
            faults.push(Fault::new("no-action", one.at.clone(), message, "add a remediation for the product"));
        }
    }
}

/// Every product that is named, in a group too; each group is looked into once.
fn all<'n>(each: impl Iterator<Item = Named<'n>>, products: &'n Products) -> BTreeSet<&'n str> {
    let (mut found, mut groups) = (BTreeSet::new(), BTreeSet::new());
    for named in each {
        found.extend(named.products);
        groups.extend(named.groups);
    }
    found.extend(groups.into_iter().flat_map(|group| products.members(group)));
    found
}

/// The products of flags (6.1.33): each has one flag only. Each group is looked into once, and named once.
fn justified_once<'n>(flags: &[(&Node<'_>, Named<'n>)], products: &'n Products, name: &str, faults: &mut Faults) -> BTreeSet<&'n str> {
    let (mut by_product, mut by_group) = (BTreeMap::new(), BTreeMap::new());
    let mut twice = |flag: &Node<'_>, what: &str| {
        let message = format!("gives {} two justifications for {name}", one_line(what, 60));
        faults.push(Fault::new("contradictory", start(flag), message, "keep the one that holds"));
    };
    for (number, (flag, named)) in flags.iter().enumerate() {
        let mut groups = Vec::new();
        for group in &named.groups {
            match by_group.insert(*group, number) {
                Some(_) => twice(flag, group),
                None => groups.push(*group),
            }
        }
        for id in named.products.iter().copied().chain(groups.into_iter().flat_map(|group| products.members(group))) {
            if *by_product.entry(id).or_insert(number) != number {
                twice(flag, id);
            }
        }
    }
    by_product.into_keys().collect()
}

/// The entries of a list with the products that each is about.
fn about<'n, 't>(node: &'n Node<'t>, list: &str, products: &Products, faults: &mut Faults) -> Vec<(&'n Node<'t>, Named<'n>)> {
    let mut found = Vec::new();
    for one in node.at(&[list]).items() {
        match list {
            "flags" => {
                required(one, &["label"], "flag", faults);
                word_of(one, "label", crate::formats::vex::JUSTIFICATIONS, "flag", faults);
            }
            "threats" => {
                required(one, &["category", "details"], "threat", faults);
                word_of(one, "category", &["exploit_status", "impact", "target_set"], "threat", faults);
            }
            _ => {
                required(one, &["category", "details"], "remediation", faults);
                word_of(one, "category", REMEDIES, "remediation", faults);
            }
        }
        if let Some(details) = one.get("details").filter(|details| details.text().is_some_and(is_placeholder)) {
            let message = format!("has one of its {list} with a placeholder for details");
            faults.push(Fault::new("placeholder", details.range(), message, "say what users should know"));
        }
        let named = products.named(one, faults);
        if named.is_empty() && list != "threats" {
            let message = format!("has one of its {list} that names no product");
            faults.push(Fault::new("no-product", start(one), message, "say in product_ids or group_ids which products it is about"));
        }
        found.push((one, named));
    }
    found
}

fn by_status(lists: Vec<Listed>) -> Vec<(Status, Vec<crate::formats::subject::Subject>)> {
    let all = [Status::NotAffected, Status::Affected, Status::Fixed, Status::UnderInvestigation];
    let mut found: Vec<(Status, Vec<_>)> = all.into_iter().map(|status| (status, Vec::new())).collect();
    for one in lists {
        if let (Some(subject), Some((_, subjects))) = (one.subject, found.iter_mut().find(|(status, _)| *status == one.status)) {
            subjects.push(subject);
        }
    }
    found.retain(|(_, subjects)| !subjects.is_empty());
    found
}
