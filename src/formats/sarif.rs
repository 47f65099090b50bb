//! SARIF 2.1.0 (OASIS) as scanners write it: which tool ran, whether it succeeded, and what it left open.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tree::{self, BadDocument, Node, Syntax};

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
}

/// A result that is a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// Whether its level is error.
    pub is_error: bool,
    /// Whether it is suppressed, and by an accepted suppression with a reason.
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
    let extensions = node.at(&["tool", "extensions"]).items();
    let mut levels: BTreeMap<&str, &str> = BTreeMap::new();
    let mut rules = 0;
    for rule in std::iter::once(driver).chain(extensions).flat_map(|component| component.at(&["rules"]).items()) {
        rules += 1;
        if let (Some(id), Some(level)) = (rule.word("id"), rule.at(&["defaultConfiguration"]).word("level")) {
            levels.insert(id, level);
        }
    }
    let mut found = Run { tool: tool.to_owned(), at: driver.get("name").map_or(driver.range(), Node::range), rules, ..Run::default() };
    for invocation in node.at(&["invocations"]).items() {
        if let Some(success) = invocation.get("executionSuccessful") {
            let success_value = success.boolean() == Some(true);
            found.succeeded = Some(found.succeeded.unwrap_or(true) && success_value);
            if !success_value {
                found.failed_at = Some(success.range());
            }
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
    Ok(found)
}

fn result(node: &Node<'_>, levels: &BTreeMap<&str, &str>) -> Option<Finding> {
    let kind = node.word("kind").unwrap_or("fail");
    if kind != "fail" || node.word("baselineState") == Some("absent") {
        return None;
    }
    let rule = node.word("ruleId").or(node.at(&["rule"]).word("id")).unwrap_or("a rule without an id");
    let level = node.word("level").or_else(|| levels.get(rule).copied()).unwrap_or("warning");
    let suppressions = node.at(&["suppressions"]).items();
    let accepted = |one: &Node<'_>| matches!(one.word("status"), None | Some("accepted"));
    let suppressed = (!suppressions.is_empty() && suppressions.iter().all(accepted))
        .then(|| suppressions.iter().any(|one| one.word("justification").is_some()));
    let physical = node.at(&["locations"]).items().first().map_or(&Node::NULL, |location| location.at(&["physicalLocation"]));
    let file = physical.at(&["artifactLocation"]).word("uri").unwrap_or("no file");
    let line = physical.at(&["region", "startLine"]).integer().map_or(String::new(), |line| format!(":{line}"));
    Some(Finding { rule: rule.to_owned(), is_error: level == "error", suppressed, place: format!("{file}{line}"), at: node.range() })
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
                        {"ruleId": "a", "suppressions": [{"kind": "external", "justification": "x"}]}, {"ruleId": "a", "suppressions": [{"kind": "inSource"}]},
                        {"ruleId": "a", "suppressions": [{"kind": "external", "status": "underReview"}]}]}]}"#;
        let runs = read(text).unwrap();
        let found: Vec<_> = runs[0].results.iter().map(|one| (one.is_error, one.suppressed)).collect();
        assert_eq!(found, [(true, None), (false, None), (false, None), (true, Some(true)), (true, Some(false)), (true, None)]);
        assert_eq!(runs[0].rules, 2);
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
