//! CycloneDX 1.4 to 1.7 (JSON), whose vulnerabilities carry an analysis.

use std::collections::HashMap;

use super::{NotRead, Statement, Status, Vex, one_of};
use crate::formats::affected_range::{AffectedRange, ReadVersion};
use crate::formats::fault::Fault;
use crate::formats::subject::{Copies, Subject};
use crate::formats::tree::Node;
use crate::formats::vulnerability_id;
use crate::model::attestation::is_placeholder;
use crate::text::one_line;

const STATES: &[&str] = &["resolved", "resolved_with_pedigree", "exploitable", "in_triage", "false_positive", "not_affected"];
const JUSTIFICATIONS: &[&str] = &[
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
    "protected_by_mitigating_control",
];
const RESPONSES: &[&str] = &["can_not_fix", "will_not_fix", "update", "rollback", "workaround_available"];

/// What the document lists, by its reference.
#[derive(Default)]
struct Listed<'t> {
    nodes: HashMap<&'t str, &'t Node<'t>>,
    copies: Copies,
}

pub(super) fn read(root: &Node<'_>) -> Result<Vex, NotRead> {
    let version = root.word("specVersion").unwrap_or_default();
    if !matches!(version, "1.4" | "1.5" | "1.6" | "1.7") {
        return Err(NotRead::Unknown(format!("CycloneDX {}", one_line(version, 20))));
    }
    let mut vex = Vex { format: format!("CycloneDX {version}"), ..Vex::default() };
    let metadata = root.at(&["metadata"]);
    vex.dates.extend(metadata.get("timestamp").and_then(|node| Some((node.text()?.to_owned(), node.range()))));
    let mut listed = Listed::default();
    let own = metadata.get("component");
    own.into_iter().for_each(|node| collect(node, &mut listed));
    for list in ["components", "services"] {
        root.at(&[list]).items().iter().for_each(|node| collect(node, &mut listed));
    }
    for node in root.at(&["vulnerabilities"]).items() {
        if let Some(statement) = statement(node, own, &listed, &mut vex) {
            vex.statements.push(statement);
        }
    }
    Ok(vex)
}

/// Nesting is bounded by the tree's own depth.
fn collect<'t>(node: &'t Node<'t>, listed: &mut Listed<'t>) {
    if let Some(reference) = node.word("bom-ref") {
        listed.nodes.insert(reference, node);
    }
    node.at(&["components"]).items().iter().for_each(|inner| collect(inner, listed));
}

/// How much a component is called.
fn named(node: &Node<'_>) -> usize {
    size_of::<Subject>()
        + ["name", "group", "purl", "cpe", "version"].iter().filter_map(|key| node.word(key)).map(|text| 3 * text.len()).sum::<usize>()
}

fn subject(node: &Node<'_>) -> Subject {
    let name = node.word("name").unwrap_or("a component without a name");
    let mut subject = Subject::new(name, node.get("name").map_or(node.range(), Node::range));
    subject.names.extend(node.word("group").map(|group| format!("{group}/{name}")));
    ["purl", "cpe"].iter().filter_map(|key| node.word(key)).for_each(|text| subject.identify(text));
    subject.versions.extend(node.word("version").map(str::to_owned));
    subject
}

fn statement(node: &Node<'_>, own: Option<&Node<'_>>, listed: &Listed<'_>, vex: &mut Vex) -> Option<Statement> {
    let start = node.range().start..node.range().start + 1;
    let name = node.get("id").and_then(Node::text).filter(|text| !text.trim().is_empty());
    match (name, node.get("id")) {
        (Some(name), Some(at)) => {
            vex.faults.extend(vulnerability_id::fault(name, at.range()));
            vex.named.push((name.to_owned(), at.range()));
        }
        _ => vex.faults.push(Fault::new("no-vulnerability", start.clone(), "has a vulnerability without an id", "name it")),
    }
    let name = name.unwrap_or("a vulnerability without an id");
    let analysis = node.at(&["analysis"]);
    let Some(state) = analysis.get("state") else {
        vex.unstated += 1;
        return None;
    };
    let status = match one_of(state.text().unwrap_or_default(), STATES, "state", state.range(), &mut vex.faults)? {
        "resolved" | "resolved_with_pedigree" => Status::Fixed,
        "exploitable" => Status::Affected,
        "in_triage" => Status::UnderInvestigation,
        _ => Status::NotAffected,
    };
    reasons(node, analysis, name, status, vex);
    let (products, components) = affected(node, own, listed, &mut vex.faults);
    let stamps: Vec<_> = ["lastUpdated", "firstIssued"].iter().filter_map(|key| analysis.get(key)).collect();
    vex.dates.extend(stamps.iter().filter_map(|stamp| Some((stamp.text()?.to_owned(), stamp.range()))));
    let stamp = stamps.first().and_then(|stamp| stamp.text()).or(vex.dates.first().map(|(text, _)| text.as_str())).unwrap_or_default();
    if node.at(&["affects"]).items().is_empty() {
        let message = format!("does not say what {} affects", one_line(name, 60));
        vex.faults.push(Fault::new("no-product", start, message, "name in `affects` the reference of what it is about"));
    }
    let stamp = stamp.to_owned();
    let aliases = node.at(&["references"]).items().iter().filter_map(|one| one.word("id")).map(str::to_owned).collect();
    match status {
        Status::NotAffected => vex.faults.extend(versions(node, name)),
        Status::Fixed => vex.faults.extend(own.and_then(|own| unfixed(node, own, name))),
        _ => {}
    }
    Some(Statement { vulnerability: name.to_owned(), aliases, status, products, stamp, not_present: false, components, at: state.range() })
}

/// Versions that are called affected beside an analysis that says that nothing is.
fn versions(node: &Node<'_>, name: &str) -> Option<Fault> {
    let each = node.at(&["affects"]).items().iter().flat_map(|one| one.at(&["versions"]).items());
    let status = each.filter_map(|one| one.get("status")).find(|status| status.text() == Some("affected"))?;
    let message = format!("says that {} does not affect the product, and calls a version of it affected", one_line(name, 60));
    Some(Fault::new("contradictory", status.range(), message, "correct the state, or the version's status"))
}

/// The document's own version that is called affected beside an analysis that says that the vulnerability is resolved.
fn unfixed(node: &Node<'_>, own: &Node<'_>, name: &str) -> Option<Fault> {
    let (reference, version) = (own.word("bom-ref")?, own.word("version")?);
    let read = ReadVersion::of(version);
    let is_own = |one: &&Node<'_>| {
        let lies_in = |text: &str| Some(AffectedRange::of_text(text, 0..1).holds(read.as_ref()?) == Some(true));
        one.word("version") == Some(version) || one.word("range").and_then(lies_in) == Some(true)
    };
    let affects = node.at(&["affects"]).items().iter().filter(|one| one.word("ref") == Some(reference));
    let affected = affects.flat_map(|one| one.at(&["versions"]).items()).filter(|one| one.word("status") == Some("affected"));
    let status = affected.filter(is_own).find_map(|one| one.get("status"))?;
    let message =
        format!("says that {} is resolved, and calls the product's version {} affected", one_line(name, 60), one_line(version, 40));
    Some(Fault::new("contradictory", status.range(), message, "correct the state, or the version's status"))
}

fn reasons(node: &Node<'_>, analysis: &Node<'_>, name: &str, status: Status, vex: &mut Vex) {
    let name = one_line(name, 60);
    let at = analysis.get("state").map_or(node.range(), Node::range);
    let said = |table: &Node<'_>, key: &str| table.word(key).filter(|text| !is_placeholder(text)).is_some();
    if let Some(word) = analysis.get("justification") {
        one_of(word.text().unwrap_or_default(), JUSTIFICATIONS, "justification", word.range(), &mut vex.faults);
        if status != Status::NotAffected {
            let message = format!("justifies that {name} does not affect the product, and says that it is {}", status.words());
            vex.faults.push(Fault::new("contradictory", word.range(), message, "correct the state, or leave the justification out"));
        }
    }
    for word in analysis.at(&["response"]).items() {
        one_of(word.text().unwrap_or_default(), RESPONSES, "response", word.range(), &mut vex.faults);
    }
    match status {
        Status::NotAffected if analysis.word("justification").is_none() && !said(analysis, "detail") => {
            let message = format!("says that {name} does not affect the product, without a justification");
            vex.faults.push(Fault::new("unjustified", at, message, "give a justification, or a detail in words"));
        }
        Status::Affected
            if analysis.at(&["response"]).items().is_empty()
                && !said(analysis, "detail")
                && !said(node, "recommendation")
                && !said(node, "workaround") =>
        {
            let message = format!("says that {name} affects the product, and not what to do about it");
            vex.faults.push(Fault::new(
                "no-action",
                at,
                message,
                "say in `response`, `recommendation` or `workaround` what users should do",
            ));
        }
        _ => {}
    }
}

/// The products that it is about, and the components that the vulnerability is in: a component of a document that names its product
/// is part of that product.
type Affected = (Vec<Subject>, Vec<(String, std::ops::Range<usize>)>);

fn affected(node: &Node<'_>, own: Option<&Node<'_>>, listed: &Listed<'_>, faults: &mut Vec<Fault>) -> Affected {
    let (mut products, mut components) = (Vec::new(), Vec::new());
    for reference in node.at(&["affects"]).items().iter().filter_map(|one| one.get("ref")) {
        let text = reference.text().unwrap_or_default();
        let is_link = text.starts_with("urn:cdx:");
        let inner = text.rsplit_once('#').map_or(text, |(_, inner)| inner);
        let nodes = &listed.nodes;
        match nodes.get(text).or_else(|| nodes.get(inner).filter(|_| is_link)) {
            Some(found) if !listed.copies.allow_bytes(named(found) + own.map_or(0, named), &reference.range(), faults) => {}
            Some(found) => {
                let mut one = Subject { at: reference.range(), ..subject(found) };
                if let Some(own) = own.filter(|own| own.range() != found.range()) {
                    components.extend(found.word("purl").map(|purl| (purl.to_owned(), reference.range())));
                    let label = found.word("version").map_or(one.label.clone(), |version| format!("{} {version}", one.label));
                    one = Subject { at: reference.range(), label, ..subject(own) };
                }
                products.push(one);
            }
            None if is_link => {
                let mut one = Subject::new(text, reference.range());
                one.identify(inner);
                own.into_iter().for_each(|own| one.also(&subject(own)));
                products.push(one);
            }
            None => {
                let message = format!("names {}, which it does not list", one_line(text, 80));
                faults.push(Fault::new("undefined-product", reference.range(), message, "list the component, or correct the reference"));
            }
        }
    }
    (products, components)
}
