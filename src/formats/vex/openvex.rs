//! OpenVEX 0.0.1, where a vulnerability and a product are plain strings, and 0.2.0, where they are tables.

use std::ops::Range;

use super::{NotRead, Statement, Status, Vex, one_of};
use crate::formats::fault::Fault;
use crate::formats::sbom::Purl;
use crate::formats::subject::{Subject, is_purl};
use crate::formats::tree::{BadDocument, Node};
use crate::formats::vulnerability_id;
use crate::model::attestation::is_placeholder;
use crate::text::one_line;

/// What every OpenVEX context begins with.
pub(super) const CONTEXT: &str = "https://openvex.dev/ns";

const STATUSES: &[&str] = &["not_affected", "affected", "fixed", "under_investigation"];
/// Why a vulnerability does not touch a product; CSAF has the same words.
pub const JUSTIFICATIONS: &[&str] = &[
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];
const MAKE: &str = "let the tool that writes it write it anew";

pub(super) fn read(root: &Node<'_>, context: &Node<'_>) -> Result<Vex, NotRead> {
    let version = context.text().unwrap_or_default().trim_start_matches(CONTEXT).trim_matches('/');
    let (format, plain) = match version {
        "" | "v0.0.1" | "v0.0.2" => ("OpenVEX 0.0.1", true),
        "v0.2.0" => ("OpenVEX 0.2.0", false),
        other => return Err(NotRead::Unknown(format!("OpenVEX {}", one_line(other, 20)))),
    };
    let mut vex = Vex { format: format.to_owned(), ..Vex::default() };
    for key in ["@id", "author", "timestamp"] {
        if root.word(key).is_none() {
            let at = root.get(key).map_or(root.range().start..root.range().start + 1, Node::range);
            vex.faults.push(Fault::new("field", at, format!("has no {key}, which OpenVEX requires"), MAKE));
        }
    }
    document_version(root, plain, &mut vex.faults);
    for key in ["last_updated", "timestamp"] {
        vex.dates.extend(root.get(key).and_then(|node| Some((node.text()?.to_owned(), node.range()))));
    }
    if let Some(author) = root.get("author").filter(|node| node.text().is_some_and(is_placeholder)) {
        vex.faults.push(Fault::new("placeholder", author.range(), "has a placeholder as its author", "name who makes the statements"));
    }
    let statements = root.at(&["statements"]);
    if !statements.is_list() {
        return Err(BadDocument::new("it has no list of statements", root.get("statements").map(Node::range)).into());
    }
    let stamp = root.word("timestamp").unwrap_or_default();
    for node in statements.items() {
        if let Some(statement) = statement(node, stamp, &mut vex) {
            vex.statements.push(statement);
        }
    }
    Ok(vex)
}

fn document_version(root: &Node<'_>, plain: bool, faults: &mut Vec<Fault>) {
    let node = root.get("version").unwrap_or(&Node::NULL);
    let number = if plain { node.scalar().and_then(|text| text.parse::<i64>().ok()) } else { node.integer() };
    if number.is_none_or(|number| number < 1) {
        let at = root.get("version").map_or(root.range().start..root.range().start + 1, Node::range);
        faults.push(Fault::new("field", at, "has no version that is a whole number from 1", MAKE));
    }
}

fn statement(node: &Node<'_>, stamp: &str, vex: &mut Vex) -> Option<Statement> {
    let faults = &mut vex.faults;
    let start = node.range().start..node.range().start + 1;
    let named = vulnerability(node);
    let Some((vulnerability, at)) = named else {
        faults.push(Fault::new("no-vulnerability", start, "has a statement that names no vulnerability", "name it"));
        return None;
    };
    faults.extend(vulnerability_id::fault(&vulnerability, at.clone()));
    vex.named.push((vulnerability.clone(), at));
    let aliases = node.at(&["vulnerability", "aliases"]).items();
    vex.named.extend(aliases.iter().filter_map(|alias| Some((alias.text()?.to_owned(), alias.range()))));
    let products = products(node, &vulnerability, faults);
    if products.is_empty() {
        let message = format!("does not say which product {} is about", one_line(&vulnerability, 60));
        faults.push(Fault::new("no-product", start.clone(), message, "name the product in the statement, by its package URL"));
    }
    let word = node.word("status").unwrap_or_default();
    let place = node.get("status").map_or(start, Node::range);
    let status = match one_of(word, STATUSES, "status", place.clone(), faults)? {
        "not_affected" => Status::NotAffected,
        "affected" => Status::Affected,
        "fixed" => Status::Fixed,
        _ => Status::UnderInvestigation,
    };
    let aliases = aliases.iter().filter_map(Node::text).map(str::to_owned).collect();
    let justification = reasons(node, &vulnerability, status, &place, faults);
    for key in ["last_updated", "timestamp", "action_statement_timestamp"] {
        vex.dates.extend(node.get(key).and_then(|node| Some((node.text()?.to_owned(), node.range()))));
    }
    let own = ["last_updated", "timestamp"].iter().find_map(|key| node.word(key)).unwrap_or(stamp);
    let mut statement = Statement {
        vulnerability,
        aliases,
        status,
        products,
        stamp: own.to_owned(),
        not_present: justification == Some("component_not_present"),
        components: Vec::new(),
        at: place,
    };
    components(node, &mut statement);
    Some(statement)
}

fn vulnerability(node: &Node<'_>) -> Option<(String, Range<usize>)> {
    let table = node.get("vulnerability")?;
    let name = if table.is_table() { table.get("name").or(table.get("@id"))? } else { table };
    let text = name.text().filter(|text| !text.trim().is_empty())?;
    Some((text.to_owned(), name.range()))
}

/// That the status is explained as it must be; the justification that it has.
fn reasons<'t>(node: &'t Node<'_>, vulnerability: &str, status: Status, place: &Range<usize>, faults: &mut Vec<Fault>) -> Option<&'t str> {
    let name = one_line(vulnerability, 60);
    let justification = node.word("justification");
    if let (Some(word), Some(found)) = (justification, node.get("justification")) {
        one_of(word, JUSTIFICATIONS, "justification", found.range(), faults);
        if status != Status::NotAffected {
            let message = format!("justifies that {name} does not affect the product, and says that it is {}", status.words());
            faults.push(Fault::new("contradictory", found.range(), message, "correct the status, or leave the justification out"));
        }
    }
    let said = |key: &str| node.word(key).filter(|text| !is_placeholder(text)).is_some();
    match status {
        Status::NotAffected if justification.is_none() && !said("impact_statement") => {
            let message = format!("says that {name} does not affect the product, without a justification");
            faults.push(Fault::new("unjustified", place.clone(), message, "give a justification, or an impact statement in words"));
        }
        Status::Affected if !said("action_statement") => {
            let message = format!("says that {name} affects the product, and not what to do about it");
            faults.push(Fault::new("no-action", place.clone(), message, "say in action_statement what users should do"));
        }
        _ => {}
    }
    justification
}

fn products(node: &Node<'_>, vulnerability: &str, faults: &mut Vec<Fault>) -> Vec<Subject> {
    let mut found = Vec::new();
    for product in node.at(&["products"]).items() {
        let labels = identifiers(product);
        for (label, at) in labels.iter().filter(|(label, _)| label.starts_with("pkg:") && !is_purl(label)) {
            let message = format!("names the product {}, which is no package URL", one_line(label, 80));
            faults.push(Fault::new("purl", at.clone(), message, "write it as the package URL specification says"));
        }
        faults.extend(apart(&labels));
        let mut labels = labels.into_iter();
        match labels.next() {
            Some((label, at)) => {
                let mut subject = Subject::new(&label, at);
                labels.for_each(|(label, _)| subject.identify(&label));
                found.push(subject);
            }
            None if !product.at(&["hashes"]).entries().is_empty() => {
                found.push(Subject::new("a product with hashes only", product.range()))
            }
            None => {
                let message = format!("names a product of {} by no identifier", one_line(vulnerability, 60));
                faults.push(Fault::new("no-product", product.range(), message, "give its `@id`, a package URL if it has one"));
            }
        }
    }
    found
}

/// A product whose package URLs name different packages. The same package may be in more than one ecosystem.
fn apart(labels: &[(String, Range<usize>)]) -> Option<Fault> {
    let named = |label: &str| Some(Purl::read(label)?.full_name.rsplit('/').next()?.to_lowercase().replace('_', "-"));
    let mut purls = labels.iter().filter_map(|(label, at)| Some((label, named(label)?, at)));
    let (first, name, _) = purls.next()?;
    let (other, _, at) = purls.find(|(_, other, _)| *other != name)?;
    let message = format!("calls one product {} and {}", one_line(first, 80), one_line(other, 80));
    Some(Fault::new("contradictory-names", at.clone(), message, "name one product by the identifiers of that product"))
}

/// Every identifier of a product or component.
fn identifiers(node: &Node<'_>) -> Vec<(String, Range<usize>)> {
    let named = node.at(&["identifiers"]).entries().iter().map(|entry| &entry.node);
    let all = std::iter::once(node).chain(node.get("@id")).chain(named);
    all.filter_map(|one| Some((one.text().filter(|text| !text.trim().is_empty())?.to_owned(), one.range()))).collect()
}

/// The components that the vulnerability is in: per product since 0.2.0, per statement before.
fn components(node: &Node<'_>, statement: &mut Statement) {
    let inner = node.at(&["products"]).items().iter().flat_map(|product| product.at(&["subcomponents"]).items());
    let all = inner.chain(node.at(&["subcomponents"]).items());
    let purls = all.filter_map(|component| identifiers(component).into_iter().find(|(label, _)| label.starts_with("pkg:")));
    statement.components.extend(purls);
}
