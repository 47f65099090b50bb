//! SARIF 2.1.0 (OASIS) as scanners write it: which tool ran, whether it succeeded, and what it left open.

use std::collections::BTreeMap;
use std::ops::Range;

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
    /// Whether its level is error.
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
    runs.items().iter().map(run).collect()
}

fn located(node: &Node<'_>) -> Option<(String, Range<usize>)> {
    Some((node.text()?.to_owned(), node.range()))
}

fn run(node: &Node<'_>) -> Result<Run, BadDocument> {
    let driver = node.at(&["tool", "driver"]);
    let Some(tool) = driver.word("name") else { return Err(BadDocument::new("a run names no tool", Some(node.range()))) };
    let levels = Levels::of(node, driver);
    let rules = levels.rules;
    let mut found = Run { tool: tool.to_owned(), at: driver.get("name").map_or(driver.range(), Node::range), rules, ..Run::default() };
    for invocation in node.at(&["invocations"]).items() {
        if let Some(success) = invocation.get("executionSuccessful") {
            let success_value = success.boolean() == Some(true);
            found.succeeded = Some(found.succeeded.unwrap_or(true) && success_value);
            if !success_value {
                found.failed_at = Some(success.range());
            }
        }
        if let Some(failure) = invocation.get("processStartFailureMessage").filter(|failure| !failure.is_null()) {
            found.failed_at = Some(failure.range());
        }
        for list in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
            let errors = invocation.at(&[list]).items().iter().filter(|one| one.word("level") == Some("error"));
            found.errors.extend(errors.map(|one| (one.at(&["message"]).word("text").unwrap_or("no message").to_owned(), one.range())));
        }
        let stamps = ["endTimeUtc", "startTimeUtc"].iter().find_map(|key| invocation.get(key).and_then(located));
        found.date = stamps.or(found.date);
    }
    let provenance = node.at(&["versionControlProvenance"]).items();
    found.revision = provenance.iter().find_map(|one| one.get("revisionId").and_then(located));
    found.results = node.at(&["results"]).items().iter().filter_map(|one| result(one, &levels)).collect();
    let outside = node.at(&["externalPropertyFileReferences"]).get("results");
    found.elsewhere = match (node.get("results"), outside) {
        (_, Some(outside)) => Some(("keeps results in another file", outside.range())),
        (Some(list), _) if list.is_list() => None,
        (Some(other), _) => Some(("has no list of results, which is how SARIF says that nothing was looked at", other.range())),
        (None, _) => Some(("has no list of results, which is how SARIF says that nothing was looked at", found.at.clone())),
    };
    Ok(found)
}

/// How deep sub-rules may stand in each other; what is deeper counts as an error.
const SUB_RULES: usize = 32;

/// At which level a rule's results stand where they do not say (3.27.10): as an invocation overrides it, as the rule is configured,
/// else `warning`.
struct Levels<'n> {
    /// Rules that were not switched off.
    rules: usize,
    by_id: BTreeMap<&'n str, &'n str>,
    /// The driver's own rules in order.
    by_index: Vec<Option<&'n str>>,
}

impl<'n> Levels<'n> {
    fn of(run: &'n Node<'_>, driver: &'n Node<'_>) -> Self {
        let mut own = Self { rules: 0, by_id: BTreeMap::new(), by_index: Vec::new() };
        let extensions = run.at(&["tool", "extensions"]).items();
        for (number, component) in std::iter::once(driver).chain(extensions).enumerate() {
            for rule in component.at(&["rules"]).items() {
                let configured = rule.at(&["defaultConfiguration"]);
                own.rules += usize::from(configured.at(&["enabled"]).boolean() != Some(false));
                let level = configured.word("level");
                if let (Some(id), Some(level)) = (rule.word("id"), level) {
                    own.by_id.insert(id, level);
                }
                if number == 0 {
                    own.by_index.push(level);
                }
            }
        }
        let invocations = run.at(&["invocations"]).items();
        for change in invocations.iter().flat_map(|invocation| invocation.at(&["ruleConfigurationOverrides"]).items()) {
            let (rule, level) = (change.at(&["descriptor"]), change.at(&["configuration"]).word("level"));
            if let (Some(id), Some(level)) = (rule.word("id"), level) {
                own.by_id.insert(id, level);
            }
            if let (Some(place), Some(level)) = (place(rule).and_then(|at| own.by_index.get_mut(at)), level) {
                *place = Some(level);
            }
        }
        own
    }

    /// Of a result: by its rule's id, by the id that a sub-rule's begins with (3.27.5), by the rule's index.
    fn of_result(&self, result: &Node<'_>, rule: &str) -> &'n str {
        let mut id = Some(rule);
        for _ in 0..SUB_RULES {
            let Some(name) = id else { break };
            if let Some(level) = self.by_id.get(name) {
                return level;
            }
            id = name.rsplit_once('/').map(|(parent, _)| parent);
        }
        if id.is_some() {
            return "error";
        }
        let index = result.at(&["ruleIndex"]).integer().and_then(|at| usize::try_from(at).ok()).or_else(|| place(result.at(&["rule"])));
        index.and_then(|at| self.by_index.get(at).copied().flatten()).unwrap_or("warning")
    }
}

/// The index of a rule of the driver that is referred to.
fn place(reference: &Node<'_>) -> Option<usize> {
    let is_extension = reference.get("toolComponent").is_some();
    reference.at(&["index"]).integer().and_then(|at| usize::try_from(at).ok()).filter(|_| !is_extension)
}

fn result(node: &Node<'_>, levels: &Levels<'_>) -> Option<Finding> {
    // A word that SARIF does not have means nothing good.
    let is_other = matches!(node.word("kind"), Some("pass" | "open" | "informational" | "notApplicable" | "review"));
    if is_other || node.word("baselineState") == Some("absent") {
        return None;
    }
    let rule = node.word("ruleId").or(node.at(&["rule"]).word("id")).unwrap_or("a rule without an id");
    let level = node.word("level").unwrap_or_else(|| levels.of_result(node, rule));
    let is_error = !matches!(level, "warning" | "note" | "none");
    let suppressions = node.at(&["suppressions"]).items();
    let accepted = |one: &Node<'_>| matches!(one.word("status"), None | Some("accepted"));
    let suppressed = (!suppressions.is_empty() && suppressions.iter().all(accepted))
        .then(|| suppressions.iter().any(|one| one.word("justification").is_some_and(|why| !says_nothing(why))));
    let physical = node.at(&["locations"]).items().first().map_or(&Node::NULL, |location| location.at(&["physicalLocation"]));
    let file = physical.at(&["artifactLocation"]).word("uri").unwrap_or("no file");
    let line = physical.at(&["region", "startLine"]).integer().map_or(String::new(), |line| format!(":{line}"));
    Some(Finding { rule: rule.to_owned(), is_error, suppressed, place: format!("{file}{line}"), at: node.range() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn levels_come_from_the_rule_where_the_result_has_none() {
        let text = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t", "rules": [{"id": "a", "defaultConfiguration": {"level": "error"}}, {"id": "b"}]}},
            "results": [{"ruleId": "a"}, {"ruleId": "b"}, {"ruleId": "a", "level": "note"}, {"ruleId": "a", "kind": "pass"},
                        {"ruleId": "a", "suppressions": [{"kind": "external", "justification": "Only in tests."}]}, {"ruleId": "a", "suppressions": [{"kind": "inSource"}]},
                        {"ruleId": "a", "suppressions": [{"kind": "external", "status": "underReview"}]}]}]}"#;
        let runs = read(text).unwrap();
        let found: Vec<_> = runs[0].results.iter().map(|one| (one.is_error, one.suppressed)).collect();
        assert_eq!(found, [(true, None), (false, None), (false, None), (true, Some(true)), (true, Some(false)), (true, None)]);
        assert_eq!(runs[0].rules, 2);
    }

    #[test]
    fn no_way_of_writing_an_error_hides_it() {
        let of = |rules: &str, more: &str, result: &str| {
            let text = format!(
                r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "t", "rules": [{rules}]}}}}, {more} "results": [{result}]}}]}}"#
            );
            read(&text).unwrap()[0].results.iter().map(|one| (one.is_error, one.suppressed)).collect::<Vec<_>>()
        };
        let error = r#"{"id": "r1", "defaultConfiguration": {"level": "error"}}"#;
        let overridden =
            r#""invocations": [{"ruleConfigurationOverrides": [{"descriptor": {"id": "r1"}, "configuration": {"level": "error"}}]}],"#;
        for (rules, more, result) in [
            (error, "", r#"{"ruleId": "r1/sub"}"#),
            (error, "", r#"{"rule": {"index": 0}}"#),
            (error, "", r#"{"ruleIndex": 0}"#),
            (r#"{"id": "r1"}"#, overridden, r#"{"ruleId": "r1"}"#),
            ("", "", r#"{"level": "Error"}"#),
            ("", "", r#"{"level": "error", "kind": "bogus"}"#),
        ] {
            assert_eq!(of(rules, more, result), [(true, None)], "{result}");
        }
        assert_eq!(of("", "", r#"{"level": "error", "suppressions": [{"justification": "TODO"}]}"#), [(true, Some(false))]);
    }

    #[test]
    fn a_rule_below_more_rules_than_are_followed_is_an_error() {
        let of = |id: &str| {
            let text = format!(
                r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "t", "rules": [{{"id": "r"}}]}}}}, "results": [{{"ruleId": "{id}"}}]}}]}}"#
            );
            read(&text).unwrap()[0].results[0].is_error
        };
        assert!(!of("r/a/b"));
        assert!(of(&"r/".repeat(1_000_000)));
    }

    #[test]
    fn results_that_are_not_there_are_told() {
        for (run, elsewhere) in [
            (r#""results": []"#, false),
            (r#""results": null"#, true),
            (r#""language": "en""#, true),
            (r#""results": [], "externalPropertyFileReferences": {"results": [{"location": {"uri": "r.json"}}]}"#, true),
        ] {
            let text = format!(r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "t"}}}}, {run}}}]}}"#);
            assert_eq!(read(&text).unwrap()[0].elsewhere.is_some(), elsewhere, "{run}");
        }
    }

    #[test]
    fn a_rule_that_is_switched_off_looked_for_nothing() {
        let text = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t", "rules": [{"id": "a", "defaultConfiguration": {"enabled": false}}]}}, "results": []}]}"#;
        assert_eq!(read(text).unwrap()[0].rules, 0);
    }

    #[test]
    fn what_is_no_sarif_is_refused() {
        for text in
            ["{}", "[]", "{\"version\": \"2.0.0\"}", "{\"version\": \"2.1.0\", \"runs\": []}", "{\"version\": \"2.1.0\", \"runs\": [{}]}"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[\\[\\]{}:,\"a-z0-9. ]{0,80}") {
            let _ = read(&text);
            let _ = read(&format!("{{\"version\": \"2.1.0\", \"runs\": [{text}]}}"));
        }
    }
}
