//! CSAF 2.0 (ISO/IEC 20153:2025): the fields that its schema requires, and those of its mandatory tests (section 6.1) that need neither
//! another document, a calculator of scores nor the list of weaknesses.

mod identity;
mod products;
mod revisions;
mod vulnerabilities;

use std::ops::Range;

use super::fault::{Fault, Faults};
use super::moment;
use super::subject::Subject;
use super::tree::Node;
use super::vex::{NotRead, Status};
use crate::model::attestation::is_placeholder;
use crate::text::one_line;

const MAKE: &str = "let the tool that writes it write it anew";
const CATEGORIES: &[&str] =
    &["csaf_base", "csaf_informational_advisory", "csaf_security_advisory", "csaf_security_incident_response", "csaf_vex"];
const NOTES: &[&str] = &["description", "details", "faq", "general", "legal_disclaimer", "other", "summary"];

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csaf {
    /// `document.category` and its place.
    pub category: (String, Range<usize>),
    /// The tracking id.
    pub id: String,
    /// Where its status says that it is not published yet.
    pub draft: Option<Range<usize>>,
    /// Dates that may not lie in the future, as written; the first is that of the current release.
    pub dates: Vec<(String, Range<usize>)>,
    /// Every id of a vulnerability in it, with its place.
    pub named: Vec<(String, Range<usize>)>,
    /// Its vulnerabilities.
    pub vulnerabilities: Vec<Vulnerability>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// One vulnerability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vulnerability {
    /// The CVE id, then others.
    pub names: Vec<String>,
    /// The products by how they stand to it.
    pub by_status: Vec<(Status, Vec<Subject>)>,
    /// How many remediations it lists that help.
    pub remedies: usize,
    /// Whether those are for as long as there is no fix.
    pub interim: bool,
    /// Where it stands.
    pub at: Range<usize>,
}

/// Reads a document.
///
/// # Errors
/// A version that is not read.
pub fn read(root: &Node<'_>) -> Result<Csaf, NotRead> {
    let document = root.at(&["document"]);
    let version = document.get("csaf_version");
    let mut faults = Faults::default();
    match version.and_then(Node::text).unwrap_or_default() {
        "2.0" => {}
        "2.1" => return Err(NotRead::Unknown("CSAF 2.1".to_owned())),
        other => {
            let message = format!("has the csaf_version {}, which is none of CSAF's (2.0)", one_line(other, 20));
            faults.push(Fault::new("csaf-version", version.map_or(0..1, Node::range), message, MAKE));
        }
    }
    let place = |key: &str| document.get(key).map_or_else(|| start(document), Node::range);
    let category = (document.word("category").unwrap_or_default().to_owned(), place("category"));
    let tracking = document.at(&["tracking"]);
    required(document, &["category", "title", "publisher", "tracking"], "document", &mut faults);
    if let Some(title) = document.get("title").filter(|title| title.text().is_some_and(is_placeholder)) {
        faults.push(Fault::new("placeholder", title.range(), "has a placeholder for a title", "say what it is about"));
    }
    of_category(&category, &mut faults);
    publisher(document.at(&["publisher"]), &mut faults);
    revisions::check(tracking, &mut faults);
    notes(document.at(&["notes"]), "document", &mut faults);
    let products = products::read(root.at(&["product_tree"]), &mut faults);
    profile(root, &category.0, &mut faults);
    let vulnerabilities = vulnerabilities::read(root, &category.0, &products, &mut faults);
    let named = vulnerabilities::named(root);
    let dates: Vec<_> = ["current_release_date", "initial_release_date"]
        .iter()
        .filter_map(|key| tracking.get(key))
        .filter_map(|node| Some((node.text()?.to_owned(), node.range())))
        .collect();
    let faults = faults.into_vec();
    let draft = tracking.get("status").filter(|status| status.text() == Some("draft")).map(Node::range);
    Ok(Csaf { category, id: tracking.word("id").unwrap_or_default().to_owned(), draft, dates, named, vulnerabilities, faults })
}

fn start(node: &Node<'_>) -> Range<usize> {
    node.range().start..node.range().start + 1
}

/// Keys that must be there with something in them.
fn required(node: &Node<'_>, keys: &[&str], what: &str, faults: &mut Faults) {
    for key in keys {
        let there = node.get(key).is_some_and(|found| match found.text() {
            Some(text) => !text.trim().is_empty(),
            None => !found.items().is_empty() || !found.entries().is_empty(),
        });
        if !there {
            let at = node.get(key).map_or_else(|| start(node), Node::range);
            faults.push(Fault::new("field", at, format!("has a {what} without {key}, which CSAF requires"), MAKE));
        }
    }
}

/// A word of a fixed list under a key, if the key is there.
fn word_of(node: &Node<'_>, key: &str, known: &[&str], what: &str, faults: &mut Faults) {
    let Some(found) = node.get(key) else { return };
    let word = found.text().unwrap_or_default();
    if !known.contains(&word) {
        let message = format!("has a {what} with the {key} {}, which is none of {}", one_line(word, 60), known.join(", "));
        faults.push(Fault::new("unknown-word", found.range(), message, "write one of those"));
    }
}

/// Test 6.1.26: a category that is not one of CSAF's may not look like one.
fn of_category((category, at): &(String, Range<usize>), faults: &mut Faults) {
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '_' && *c != '-').collect::<String>().to_lowercase();
    let looks = |one: &str| plain(one) == plain(category) || plain(one).strip_prefix("csaf") == Some(&plain(category));
    if !CATEGORIES.contains(&category.as_str()) && CATEGORIES.iter().skip(1).any(|one| looks(one)) {
        let message = format!("has the category {}, which only looks like one of CSAF's", one_line(category, 40));
        faults.push(Fault::new("category", at.clone(), message, "write it as CSAF does, such as csaf_security_advisory"));
    }
}

fn publisher(node: &Node<'_>, faults: &mut Faults) {
    if node.is_table() {
        required(node, &["category", "name", "namespace"], "publisher", faults);
        word_of(node, "category", &["coordinator", "discoverer", "other", "translator", "user", "vendor"], "publisher", faults);
    }
}

fn notes(list: &Node<'_>, what: &str, faults: &mut Faults) {
    for note in list.items() {
        required(note, &["category", "text"], &format!("{what}'s note"), faults);
        word_of(note, "category", NOTES, "note", faults);
    }
}

/// What a category asks for beyond the schema (tests 6.1.27.1 to 6.1.27.4 and 6.1.27.11).
fn profile(root: &Node<'_>, category: &str, faults: &mut Faults) {
    let document = root.at(&["document"]);
    let mut lacks = |holds: bool, what: &str| {
        if !holds {
            let message = format!("is of the category {category} and has no {what}");
            faults.push(Fault::new("profile", start(document), message, "add it, or correct the category"));
        }
    };
    if matches!(category, "csaf_security_advisory" | "csaf_vex") {
        lacks(root.get("product_tree").is_some(), "product_tree");
        lacks(root.get("vulnerabilities").is_some(), "vulnerabilities");
    }
    if matches!(category, "csaf_informational_advisory" | "csaf_security_incident_response") {
        let told = |note: &Node<'_>| matches!(note.word("category"), Some("description" | "details" | "general" | "summary"));
        lacks(document.at(&["notes"]).items().iter().any(told), "note that says what happened");
        let outside = |one: &Node<'_>| one.word("category") == Some("external");
        lacks(document.at(&["references"]).items().iter().any(outside), "external reference");
    }
    if category == "csaf_informational_advisory"
        && let Some(found) = root.get("vulnerabilities")
    {
        let message = "is an informational advisory and has vulnerabilities";
        faults.push(Fault::new("profile", start(found), message, "write it as csaf_security_advisory"));
    }
}

/// A moment as CSAF asks for it: date and time with a zone.
fn moment_of(node: &Node<'_>, key: &str, what: &str, faults: &mut Faults) -> Option<jiff::Timestamp> {
    let found = node.get(key)?;
    let text = found.text().unwrap_or_default();
    let read = text.trim().parse().ok().or_else(|| moment::instant(text).filter(|_| text.ends_with('Z')));
    if read.is_none() {
        let message = format!("has a {what} with the {key} {}, which is no date and time with a zone", one_line(text, 40));
        faults.push(Fault::new("timestamp", found.range(), message, MAKE));
    }
    read
}

/// The texts of a list with their places.
fn texts<'n>(list: &'n Node<'_>) -> impl Iterator<Item = (&'n str, Range<usize>)> {
    list.items().iter().filter_map(|item| Some((item.text()?, item.range())))
}
