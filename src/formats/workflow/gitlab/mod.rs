//! GitLab CI.

mod condition;
mod included;
mod needs;
mod plan;

use std::ops::Range;

pub use included::Included;
pub use needs::planned;
pub use plan::{Plan, Planned, Rule};

use super::environment::steering;
use super::{Host, Job, Step, Trigger, Workflow, script_lines};
use crate::formats::tree::{Entry, Node};

/// Top-level keys that are no jobs.
const GLOBAL: &[&str] = &[
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
    "types",
];

pub(super) fn read(root: &Node<'_>, text: &str) -> Workflow {
    let pipeline = root.at(&["workflow"]).get("rules").map(|node| plan::rules(root, node));
    let jobs = root.entries().iter().filter(|entry| !GLOBAL.contains(&entry.key.as_ref()) && !entry.key.starts_with('.'));
    let jobs = jobs.filter(|entry| ["script", "trigger", "extends", "run", "<<"].iter().any(|key| entry.node.get(key).is_some()));
    Workflow {
        host: Host::GitLab,
        pull_request: Trigger::default(),
        push: Trigger::default(),
        privileged: None,
        scheduled: mentions_schedule(root, false),
        callable: false,
        permissions: None,
        pipeline,
        includes: root.get("include").is_some(),
        refused: None,
        jobs: jobs.map(|entry| job(root, entry, text)).collect(),
    }
}

/// The value of a key of a job, or of the templates that it extends, nearest first.
fn inherited<'n, 't>(root: &'n Node<'t>, node: &'n Node<'t>, key: &str) -> Option<&'n Node<'t>> {
    let mut waiting = vec![node];
    // A chain of templates is short; the bound is for one that extends itself.
    for _ in 0..50 {
        let here = waiting.pop()?;
        if let Some(found) = here.get(key) {
            return Some(found);
        }
        let names = here.get("extends").map(Node::one_or_more).unwrap_or_default();
        waiting.extend(names.iter().filter_map(|name| root.get(name.text()?)));
        // What YAML merges in stands nearer; of several the first is.
        waiting.extend(here.get("<<").map(Node::one_or_more).unwrap_or_default().iter().rev());
    }
    None
}

/// Whether a rule speaks of schedules: whether there is one stands in the project's settings.
fn mentions_schedule(node: &Node<'_>, of_rules: bool) -> bool {
    let named = |key: &str| of_rules || matches!(key, "rules" | "only");
    (of_rules && node.text().is_some_and(|text| text.contains("schedule")))
        || node.items().iter().any(|item| mentions_schedule(item, of_rules))
        || node.entries().iter().any(|entry| mentions_schedule(&entry.node, named(&entry.key)))
}

fn job(root: &Node<'_>, entry: &Entry<'_>, text: &str) -> Job {
    let node = &entry.node;
    let find = |key: &str| inherited(root, node, key);
    let before = find("before_script").or_else(|| root.at(&["default"]).get("before_script")).or_else(|| root.get("before_script"));
    let mut run = Vec::new();
    before.into_iter().chain(find("script")).for_each(|script| lines(root, script, text, 0, &mut run));
    Job {
        id: entry.key.to_string(),
        plan: Plan::of(root, find, entry.key_range()),
        may_fail: find("allow_failure").and_then(allowed),
        needs: find("needs").map(Node::one_or_more).unwrap_or_default().iter().filter_map(needed).collect(),
        included: Included::of(root, node),
        steering: variables(root, &find),
        steps: vec![Step { run, at: node.range(), ..Step::default() }],
        at: entry.key_range(),
        ..Job::default()
    }
}

/// The variables that steer a shell: the pipeline's, the job's, and those that rules set.
fn variables<'n, 't: 'n>(root: &'n Node<'t>, find: &impl Fn(&str) -> Option<&'n Node<'t>>) -> Vec<String> {
    let of_rules = |rules: Option<&'n Node<'t>>| rules.map(Node::items).unwrap_or_default().iter().map(|rule| rule.at(&["variables"]));
    let own = [root.get("variables"), root.at(&["default"]).get("variables"), find("variables")].into_iter().flatten();
    steering(own.chain(of_rules(root.at(&["workflow"]).get("rules"))).chain(of_rules(find("rules"))))
}

/// Exit codes by which tests say that some failed: most runners, make, ctest, cargo.
const TESTS_FAILED: &[i64] = &[1, 2, 8, 101];

/// Whether a failure is allowed, and where that stands.
fn allowed(node: &Node<'_>) -> Option<(String, Range<usize>)> {
    let codes = node.at(&["exit_codes"]).one_or_more();
    let by_code = codes.iter().filter_map(Node::integer).any(|code| TESTS_FAILED.contains(&code));
    (node.boolean() == Some(true) || by_code).then(|| ("true".to_owned(), node.range()))
}

/// A job of the same pipeline that must be there.
fn needed(node: &Node<'_>) -> Option<(String, Range<usize>)> {
    if let Some(name) = node.text() {
        return Some((name.to_owned(), node.range()));
    }
    let elsewhere = ["pipeline", "project"].iter().any(|key| node.get(key).is_some());
    let optional = node.get("optional").and_then(Node::boolean) == Some(true);
    node.word("job").filter(|_| !elsewhere && !optional).map(|name| (name.to_owned(), node.range()))
}

/// The lines of a script, those that it refers to with them.
fn lines(root: &Node<'_>, node: &Node<'_>, text: &str, depth: usize, into: &mut Vec<(String, Range<usize>)>) {
    // The host has ten, too.
    if depth > 10 {
        return;
    }
    for item in node.one_or_more() {
        match plan::reference(item).map(|keys| (plan::referred(root, &keys), keys)) {
            Some((Some(found), _)) if !std::ptr::eq(found, node) => lines(root, found, text, depth + 1, into),
            // What it means stands in another file.
            Some((None, keys)) if keys.first().is_some_and(|key| key.starts_with('.')) => {}
            _ if item.is_list() => lines(root, item, text, depth + 1, into),
            _ => into.extend(script_lines(text, item)),
        }
    }
}
