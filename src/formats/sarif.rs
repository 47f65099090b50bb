//! SARIF 2.1.0 (OASIS) as scanners write it: which tool ran, whether it succeeded, and what it left open.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::slug::Slug;
use super::tree::{self, BadDocument, Node, Syntax};
use crate::model::attestation::says_nothing;

/// One run of one tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// `tool.driver.name`.
    pub tool: String,
    /// Where that stands.
    pub at: Range<usize>,
    /// How many rules the tool and its extensions name.
    pub rules: usize,
    /// Whether an invocation says that it succeeded; none where nothing says it.
    pub succeeded: Option<bool>,
    /// Where an invocation says that it did not.
    pub failed_at: Option<Range<usize>>,
    /// Notifications at level error, with their places.
    pub errors: Vec<(String, Range<usize>)>,
    /// When it ended, or began.
    pub date: Option<(String, Range<usize>)>,
    /// The commit that it names.
    pub revision: Option<(String, Range<usize>)>,
    /// The repositories that it names, as far as their addresses tell whose they are.
    pub repositories: Vec<(Slug, Range<usize>)>,
    /// Its results.
    pub results: Vec<Finding>,
    /// Why its results are not (all) in this file, and where that shows.
    pub elsewhere: Option<(&'static str, Range<usize>)>,
}

/// A result that is a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// Whether it is as grave as an error: by its level, its `security-severity`, or as a secret that was found.
    pub is_error: bool,
    /// Whether it is suppressed, and by an accepted suppression with a reason that is no placeholder.
    pub suppressed: Option<bool>,
    /// `file:line` as far as it says.
    pub place: String,
    /// Where the result stands.
    pub at: Range<usize>,
}

/// Reads the runs.
///
/// # Errors
/// What is not JSON, not SARIF, or of another version.
pub fn read(text: &str) -> Result<Vec<Run>, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    match root.word("version") {
        Some("2.1.0") => {}
        Some(other) => {
            let message = format!("it is SARIF {}, where 2.1.0 is read", crate::text::one_line(other, 20));
            return Err(BadDocument::new(message, root.get("version").map(Node::range)));
        }
        None => return Err(BadDocument::new("it has no version, so it is no SARIF", None)),
    }
    let runs = root.at(&["runs"]);
    if runs.items().is_empty() {
        return Err(BadDocument::new("it holds no run", root.get("runs").map(Node::range)));
    }
    if let Some(inline) = root.get("inlineExternalProperties").filter(|inline| !inline.items().is_empty()) {
        let message = "it keeps part of its runs in `inlineExternalProperties`, which is not read";
        return Err(BadDocument::new(message, Some(inline.range())));
    }
    let told = runs.items().iter().any(|run| !run.at(&["results"]).items().is_empty());
    runs.items().iter().map(|one| run(one, told)).collect()
}

fn located(node: &Node<'_>) -> Option<(String, Range<usize>)> {
    Some((node.text()?.to_owned(), node.range()))
}

fn repository(node: &Node<'_>) -> Option<(Slug, Range<usize>)> {
    Some((Slug::of_address(node.text()?)?, node.range()))
}

fn run(node: &Node<'_>, told: bool) -> Result<Run, BadDocument> {
    let driver = node.at(&["tool", "driver"]);
    let Some(tool) = driver.word("name") else { return Err(BadDocument::new("a run names no tool", Some(node.range()))) };
    let levels = Levels::of(node, driver);
    let (rules, notifications) = (levels.rules, Levels::of_list(node, driver, "notifications"));
    let mut found = Run { tool: tool.to_owned(), at: driver.get("name").map_or(driver.range(), Node::range), rules, ..Run::default() };
    for invocation in node.at(&["invocations"]).items() {
        if let Some(success) = invocation.get("executionSuccessful") {
            let success_value = success.boolean() == Some(true);
            found.succeeded = Some(found.succeeded.unwrap_or(true) && success_value);
            if !success_value {
                found.failed_at = Some(success.range());
            }
        }
        found.failed_at = stopped(invocation, told).or(found.failed_at);
        found.errors.extend(errors(invocation, &notifications));
        let stamps = ["endTimeUtc", "startTimeUtc"].iter().find_map(|key| invocation.get(key).and_then(located));
        found.date = stamps.or(found.date);
    }
    let provenance = node.at(&["versionControlProvenance"]).items();
    found.revision = provenance.iter().find_map(|one| one.get("revisionId").and_then(located));
    found.repositories = provenance.iter().filter_map(|one| repository(one.get("repositoryUri")?)).collect();
    found.results = node.at(&["results"]).items().iter().filter_map(|one| result(one, &levels, finds_secrets(tool))).collect();
    let outside = node.at(&["externalPropertyFileReferences"]).get("results");
    found.elsewhere = match (node.get("results"), outside) {
        (_, Some(outside)) => Some(("keeps results in another file", outside.range())),
        (Some(list), _) if list.is_list() => None,
        (Some(other), _) => Some(("has no list of results, which is how SARIF says that nothing was looked at", other.range())),
        (None, _) => Some(("has no list of results, which is how SARIF says that nothing was looked at", found.at.clone())),
    };
    Ok(found)
}

/// Where an invocation shows that the tool did not get to its end, whatever it says of its success. A scanner that found something may
/// exit with another number than 0, for each of its runs; where no run tells a result, that had another reason.
fn stopped(invocation: &Node<'_>, told: bool) -> Option<Range<usize>> {
    let ended = ["processStartFailureMessage", "exitSignalName"].iter().find_map(|key| invocation.get(key).filter(|why| !why.is_null()));
    let unexplained = || {
        let code = invocation.get("exitCode").filter(|code| !code.is_null() && code.integer() != Some(0));
        code.filter(|_| !told)
    };
    ended.or_else(unexplained).map(Node::range)
}

/// Notifications that the tool met an error: at that level or at none that SARIF has, or with an exception.
fn errors(invocation: &Node<'_>, descriptors: &Levels<'_>) -> Vec<(String, Range<usize>)> {
    let lists = ["toolExecutionNotifications", "toolConfigurationNotifications"];
    let met_error = |one: &&Node<'_>| {
        let descriptor = one.at(&["descriptor"]);
        let level = one.word("level").unwrap_or_else(|| descriptors.of_reference(descriptor, descriptor.word("id").unwrap_or_default()));
        is_error(level) || one.get("exception").is_some_and(|exception| !exception.is_null())
    };
    let all = lists.iter().flat_map(|list| invocation.at(&[list]).items());
    all.filter(met_error).map(|one| (one.at(&["message"]).word("text").unwrap_or("no message").to_owned(), one.range())).collect()
}

/// A word that SARIF does not have means nothing good.
fn is_error(level: &str) -> bool {
    !matches!(level, "warning" | "note" | "none")
}

/// How deep sub-rules may stand in each other; what is deeper counts as an error.
const SUB_RULES: usize = 32;

/// At which level a rule's results stand where they do not say (3.27.10): as an invocation overrides it, as the rule is configured,
/// else `warning`.
struct Levels<'n> {
    /// Rules that were not switched off.
    rules: usize,
    by_id: BTreeMap<&'n str, &'n str>,
    by_guid: BTreeMap<String, &'n str>,
    /// The driver's own rules in order.
    by_index: Vec<Option<&'n str>>,
    grave: Grave<'n>,
}

impl<'n> Levels<'n> {
    fn of(run: &'n Node<'_>, driver: &'n Node<'_>) -> Self {
        let mut own = Self::of_list(run, driver, "rules");
        own.overridden(run);
        own
    }

    /// As the descriptors of this list are configured: rules or notifications. One without an id or a guid describes nothing.
    fn of_list(run: &'n Node<'_>, driver: &'n Node<'_>, list: &str) -> Self {
        let mut own = Self { rules: 0, by_id: BTreeMap::new(), by_guid: BTreeMap::new(), by_index: Vec::new(), grave: Grave::default() };
        let extensions = run.at(&["tool", "extensions"]).items();
        for (number, component) in std::iter::once(driver).chain(extensions).enumerate() {
            for rule in component.at(&[list]).items() {
                let configured = rule.at(&["defaultConfiguration"]);
                let is_named = rule.word("id").or(rule.word("guid")).is_some();
                own.rules += usize::from(is_named && configured.at(&["enabled"]).boolean() != Some(false));
                let level = configured.word("level");
                own.configure(rule, level);
                if is_grave(rule) == Some(true) {
                    own.grave.by_id.extend(rule.word("id"));
                    own.grave.by_index.extend((number == 0).then_some(own.by_index.len()));
                }
                if number == 0 {
                    own.by_index.push(level);
                }
            }
        }
        own
    }

    fn configure(&mut self, rule: &'n Node<'_>, level: Option<&'n str>) {
        let Some(level) = level else { return };
        self.by_id.extend(rule.word("id").map(|id| (id, level)));
        self.by_guid.extend(rule.word("guid").map(|guid| (guid.to_ascii_lowercase(), level)));
    }

    fn overridden(&mut self, run: &'n Node<'_>) {
        let invocations = run.at(&["invocations"]).items();
        for change in invocations.iter().flat_map(|invocation| invocation.at(&["ruleConfigurationOverrides"]).items()) {
            let (rule, level) = (change.at(&["descriptor"]), change.at(&["configuration"]).word("level"));
            self.configure(rule, level);
            let (Some(at), Some(level)) = (place(rule), level) else { continue };
            if let Some(known) = self.by_index.get_mut(at) {
                *known = Some(level);
            }
            if let Some(known) = run.at(&["tool", "driver", "rules"]).items().get(at) {
                self.configure(known, Some(level));
            }
        }
    }

    /// Of a result: by what it refers to, else by its rule's index.
    fn of_result(&self, result: &Node<'_>, rule: &str) -> &'n str {
        let index = result.at(&["ruleIndex"]).integer().and_then(|at| usize::try_from(at).ok());
        let by_index = index.and_then(|at| self.by_index.get(at).copied().flatten());
        let referred = self.known(result.at(&["rule"]), rule);
        referred.or(by_index).unwrap_or("warning")
    }

    /// Whether a result is of high or critical severity: by its own word, else by its rule's.
    fn is_grave(&self, result: &Node<'_>, rule: &str) -> bool {
        let index = place(result.at(&["rule"])).or_else(|| result.at(&["ruleIndex"]).integer().and_then(|at| usize::try_from(at).ok()));
        is_grave(result).unwrap_or_else(|| self.grave.by_id.contains(rule) || index.is_some_and(|at| self.grave.by_index.contains(&at)))
    }

    /// Of what a reference leads to.
    fn of_reference(&self, reference: &Node<'_>, id: &str) -> &'n str {
        self.known(reference, id).unwrap_or("warning")
    }

    /// By a rule's id, by the id that a sub-rule's begins with (3.27.5), by its guid, by its index.
    fn known(&self, reference: &Node<'_>, rule: &str) -> Option<&'n str> {
        let mut id = Some(rule);
        for _ in 0..SUB_RULES {
            let Some(name) = id else { break };
            if let Some(level) = self.by_id.get(name) {
                return Some(level);
            }
            id = name.rsplit_once('/').map(|(parent, _)| parent);
        }
        if id.is_some() {
            return Some("error");
        }
        let by_guid = reference.word("guid").and_then(|guid| self.by_guid.get(&guid.to_ascii_lowercase()));
        by_guid.copied().or_else(|| place(reference).and_then(|at| self.by_index.get(at).copied().flatten()))
    }
}

/// Rules of high or critical severity.
#[derive(Default)]
struct Grave<'n> {
    by_id: BTreeSet<&'n str>,
    by_index: BTreeSet<usize>,
}

/// From which `security-severity` on GitHub's code scanning calls a result high ("SARIF support for code scanning").
const HIGH: f64 = 7.0;

/// Whether a rule or a result has a severity that is high or critical, where it has one.
fn is_grave(node: &Node<'_>) -> Option<bool> {
    let severity = node.at(&["properties"]).get("security-severity")?.scalar()?;
    severity.trim().parse::<f64>().ok().map(|severity| severity >= HIGH)
}

/// Scanners that find nothing but secrets: each result is one, whatever level it has.
const SECRET_SCANNERS: &[&str] =
    &["gitleaks", "trufflehog", "ggshield", "detect-secrets", "secretlint", "kingfisher", "nosey parker", "noseyparker"];

fn finds_secrets(tool: &str) -> bool {
    let tool = tool.to_lowercase();
    SECRET_SCANNERS.iter().any(|name| tool.contains(name))
}

/// The index of a rule of the driver that is referred to.
fn place(reference: &Node<'_>) -> Option<usize> {
    let is_extension = reference.get("toolComponent").is_some();
    reference.at(&["index"]).integer().and_then(|at| usize::try_from(at).ok()).filter(|_| !is_extension)
}

fn result(node: &Node<'_>, levels: &Levels<'_>, of_secrets: bool) -> Option<Finding> {
    // What is still open is none of a failure's kinds, and one that says that it is an error all the same is not settled.
    let is_open_error = node.word("kind") == Some("open") && node.word("level").is_some_and(is_error);
    let is_other = matches!(node.word("kind"), Some("pass" | "open" | "informational" | "notApplicable" | "review"));
    if is_other && !is_open_error || node.word("baselineState") == Some("absent") {
        return None;
    }
    let rule = node.word("ruleId").or(node.at(&["rule"]).word("id")).unwrap_or("a rule without an id");
    let is_error =
        of_secrets || levels.is_grave(node, rule) || is_error(node.word("level").unwrap_or_else(|| levels.of_result(node, rule)));
    let suppressions = node.at(&["suppressions"]).items();
    let is_kind = |one: &Node<'_>| one.get("kind").is_none() || matches!(one.word("kind"), Some("inSource" | "external"));
    let accepted = |one: &Node<'_>| is_kind(one) && matches!(one.word("status"), None | Some("accepted"));
    let suppressed = (!suppressions.is_empty() && suppressions.iter().all(accepted))
        .then(|| suppressions.iter().any(|one| one.word("justification").is_some_and(|why| !says_nothing(why))));
    let physical = node.at(&["locations"]).items().first().map_or(&Node::NULL, |location| location.at(&["physicalLocation"]));
    let file = physical.at(&["artifactLocation"]).word("uri").unwrap_or("no file");
    let line = physical.at(&["region", "startLine"]).integer().map_or(String::new(), |line| format!(":{line}"));
    Some(Finding { rule: rule.to_owned(), is_error, suppressed, place: format!("{file}{line}"), at: node.range() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
