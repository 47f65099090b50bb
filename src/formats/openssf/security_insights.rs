//! Security Insights 1.0.0 and 2.x (<https://github.com/ossf/security-insights-spec>): the fields that the schemas require.

use std::ops::Range;

use super::{Holds, optional, placed, repository, required};
use crate::formats::fault::Fault;
use crate::formats::subject::Subject;
use crate::formats::tree::Node;
use crate::model::attestation::is_placeholder;
use crate::text::one_line;

use Holds::{Address, Day, List, Table, Text, Truth};

/// The words of `repository.status` (2.x) and `project-lifecycle.status` (1.0.0), in lower case.
const STATUSES: &[&str] = &["active", "abandoned", "concept", "inactive", "moved", "suspended", "unsupported", "wip"];

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Insights {
    /// The schema's version.
    pub version: String,
    /// When it was last reviewed or updated, the later first.
    pub dates: Vec<(String, Range<usize>)>,
    /// The last day on which it holds, where it says one.
    pub expires: Option<(String, Range<usize>)>,
    /// What it is about.
    pub about: Vec<Subject>,
    /// Where reports of vulnerabilities go: a contact, a policy.
    pub contacts: usize,
    /// Whether it says that reports are taken; none where it leaves the project to another file.
    pub takes_reports: Option<(bool, Range<usize>)>,
    /// Where the project's part stands in another file.
    pub inherited: Option<String>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// Reads a file.
pub fn read(root: &Node<'_>) -> Insights {
    let mut faults = Vec::new();
    let header = root.at(&["header"]);
    if !header.is_table() {
        required(root, "the file", &[("header", Table)], &mut faults);
        return Insights { faults, ..Insights::default() };
    }
    let version = header.get("schema-version").and_then(Node::scalar).map(|text| text.into_owned()).unwrap_or_default();
    let mut insights = Insights { version: version.clone(), ..Insights::default() };
    let plain =
        version.split('.').count() == 3 && version.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    match version.split('.').next() {
        Some("1") if plain => first(root, header, &mut insights, &mut faults),
        Some("2") if plain => second(root, header, &mut insights, &mut faults),
        _ => {
            let at = header.get("schema-version").map_or_else(|| super::start(header), Node::range);
            let message = format!("has the schema-version {}, which is none of Security Insights (1.0.0, 2.x.y)", one_line(&version, 20));
            faults.push(Fault::new("schema-version", at, message, "write the version of the schema that it follows"));
        }
    }
    insights.dates = ["last-reviewed", "last-updated"].iter().filter_map(|key| placed(header, key)).collect();
    insights.dates.sort_by_key(|(text, _)| std::cmp::Reverse(crate::formats::moment::day(text)));
    insights.faults = faults;
    insights
}

fn first(root: &Node<'_>, header: &Node<'_>, insights: &mut Insights, faults: &mut Vec<Fault>) {
    required(header, "header", &[("expiration-date", Day), ("project-url", Address)], faults);
    optional(header, "header", &[("last-updated", Day), ("last-reviewed", Day), ("changelog", Address), ("license", Address)], faults);
    let tables = ["project-lifecycle", "contribution-policy", "vulnerability-reporting"].map(|key| (key, Table));
    required(root, "the file", &tables, faults);
    required(root, "the file", &[("distribution-points", List), ("security-contacts", List)], faults);
    let lifecycle = root.at(&["project-lifecycle"]);
    required(lifecycle, "project-lifecycle", &[("status", Text), ("bug-fixes-only", Truth)], faults);
    status(lifecycle, "project-lifecycle", faults);
    let policy = root.at(&["contribution-policy"]);
    required(policy, "contribution-policy", &[("accepts-pull-requests", Truth), ("accepts-automated-pull-requests", Truth)], faults);
    let reporting = root.at(&["vulnerability-reporting"]);
    required(reporting, "vulnerability-reporting", &[("accepts-vulnerability-reports", Truth)], faults);
    optional(reporting, "vulnerability-reporting", &[("security-policy", Address), ("bug-bounty-url", Address)], faults);
    insights.takes_reports = taken(reporting, "accepts-vulnerability-reports");
    for contact in root.at(&["security-contacts"]).items() {
        required(contact, "a security contact", &[("type", Text), ("value", Text)], faults);
        insights.contacts += usize::from(says(contact, "value"));
    }
    insights.contacts += ["email-contact", "security-policy"].iter().filter(|key| says(reporting, key)).count();
    insights.expires = placed(header, "expiration-date");
    insights.about.extend(placed(header, "project-url").map(|(url, at)| repository(&url, at)));
}

fn second(root: &Node<'_>, header: &Node<'_>, insights: &mut Insights, faults: &mut Vec<Fault>) {
    required(header, "header", &[("last-reviewed", Day), ("last-updated", Day), ("url", Address)], faults);
    optional(header, "header", &[("project-si-source", Address)], faults);
    insights.inherited = header.word("project-si-source").map(str::to_owned);
    if root.get("project").is_none() && root.get("repository").is_none() {
        required(root, "the file", &[("project", Table)], faults);
    }
    if let Some(project) = root.get("project") {
        required(
            project,
            "project",
            &[("name", Text), ("administrators", List), ("repositories", List), ("vulnerability-reporting", Table)],
            faults,
        );
        optional(project, "project", &[("homepage", Address), ("roadmap", Address), ("funding", Address)], faults);
        people(project.at(&["administrators"]), "an administrator", faults);
        for one in project.at(&["repositories"]).items() {
            required(one, "a repository of the project", &[("name", Text), ("url", Address), ("comment", Text)], faults);
            insights.about.extend(placed(one, "url").map(|(url, at)| repository(&url, at)));
        }
        insights.about.extend(placed(project, "name").map(|(name, at)| Subject::new(&name, at)));
        let reporting = project.at(&["vulnerability-reporting"]);
        required(reporting, "vulnerability-reporting", &[("reports-accepted", Truth), ("bug-bounty-available", Truth)], faults);
        optional(
            reporting,
            "vulnerability-reporting",
            &[("security-policy", Address), ("bug-bounty-program", Address), ("contact", Table)],
            faults,
        );
        if let Some(contact) = reporting.get("contact").filter(|contact| contact.is_table()) {
            person(contact, "the contact", faults);
            insights.contacts += usize::from(["email", "social", "name"].iter().any(|key| says(contact, key)));
        }
        insights.contacts += usize::from(says(reporting, "security-policy"));
        insights.takes_reports = taken(reporting, "reports-accepted");
    }
    if let Some(own) = root.get("repository") {
        let truths = ["accepts-change-request", "accepts-automated-change-request"].map(|key| (key, Truth));
        required(own, "repository", &truths, faults);
        required(
            own,
            "repository",
            &[("status", Text), ("url", Address), ("core-team", List), ("license", Table), ("security", Table)],
            faults,
        );
        status(own, "repository", faults);
        people(own.at(&["core-team"]), "a member of the core team", faults);
        required(own.at(&["license"]), "license", &[("url", Address), ("expression", Text)], faults);
        let own_assessment = own.at(&["security", "assessments", "self"]);
        if own.at(&["security"]).is_table() {
            let at = if own_assessment.is_table() { own_assessment } else { own.at(&["security"]) };
            required(at, "security.assessments.self", &[("comment", Text)], faults);
        }
        let documents = own.at(&["documentation"]);
        optional(documents, "repository.documentation", &[("security-policy", Address)], faults);
        insights.contacts += usize::from(says(documents, "security-policy"));
        insights.about.extend(placed(own, "url").map(|(url, at)| repository(&url, at)));
    }
}

fn status(node: &Node<'_>, what: &str, faults: &mut Vec<Fault>) {
    let Some((word, at)) = placed(node, "status") else { return };
    if !STATUSES.contains(&word.to_ascii_lowercase().as_str()) {
        let message = format!("has the status {} in {what}, which is none of {}", one_line(&word, 40), STATUSES.join(", "));
        faults.push(Fault::new("unknown-word", at, message, "write one of those"));
    }
}

fn people(list: &Node<'_>, what: &str, faults: &mut Vec<Fault>) {
    list.items().iter().for_each(|one| person(one, what, faults));
}

fn person(node: &Node<'_>, what: &str, faults: &mut Vec<Fault>) {
    required(node, what, &[("name", Text), ("primary", Truth)], faults);
    if let Some((address, at)) = placed(node, "email")
        && !address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !address.contains(' '))
    {
        let message = format!("has {} as the email of {what}, which is no address", one_line(&address, 60));
        faults.push(Fault::new("field", at, message, "write an email address"));
    }
}

fn says(node: &Node<'_>, key: &str) -> bool {
    node.word(key).is_some_and(|text| !is_placeholder(text))
}

fn taken(node: &Node<'_>, key: &str) -> Option<(bool, Range<usize>)> {
    let found = node.get(key)?;
    Some((found.boolean()?, found.range()))
}
