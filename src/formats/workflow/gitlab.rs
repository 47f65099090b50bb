//! GitLab CI.

use super::{Host, Job, Rules, Step, Trigger, Workflow, script_lines};
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
    let whole = root.at(&["workflow"]).get("rules").map(rules);
    // Without rules every push to a branch starts a pipeline, and merge requests start none of their own.
    let (pull_request, push, by_path) =
        whole.map_or((false, true, None), |rules| (rules.merge_requests, rules.default_branch, rules.by_path));
    let trigger = |present| Trigger { present, by_path: by_path.clone(), ..Trigger::default() };
    let jobs = root.entries().iter().filter(|entry| !GLOBAL.contains(&entry.key.as_ref()) && !entry.key.starts_with('.'));
    let jobs = jobs.filter(|entry| ["script", "trigger", "extends", "run"].iter().any(|key| entry.node.get(key).is_some()));
    Workflow {
        host: Host::GitLab,
        pull_request: trigger(pull_request),
        push: trigger(push),
        privileged: None,
        scheduled: text.contains("\"schedule\"") || text.contains("'schedule'"),
        callable: false,
        permissions: None,
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
    }
    None
}

fn job(root: &Node<'_>, entry: &Entry<'_>, text: &str) -> Job {
    let node = &entry.node;
    let find = |key: &str| inherited(root, node, key);
    let scripts = ["before_script", "script"].iter().filter_map(|key| find(key));
    let run = scripts.flat_map(|script| script_lines(text, script)).collect();
    let may_fail = find("allow_failure").filter(|found| found.boolean() == Some(true)).map(|found| ("true".to_owned(), found.range()));
    let own_rules = find("rules").map(rules).or_else(|| find("only").map(|only| limits(only, true)));
    let manual = find("when").and_then(Node::text) == Some("manual");
    let rules = match (own_rules, manual) {
        (Some(rules), manual) => Some(Rules { manual: rules.manual || manual, ..rules }),
        (None, true) => Some(Rules { manual: true, merge_requests: true, default_branch: true, by_path: None }),
        (None, false) => None,
    };
    Job {
        id: entry.key.to_string(),
        rules,
        may_fail,
        steps: vec![Step { run, at: node.range(), ..Step::default() }],
        at: entry.key_range(),
        ..Job::default()
    }
}

/// `rules:`: each in turn, the first that fits counts.
fn rules(node: &Node<'_>) -> Rules {
    let mut found = Rules { manual: true, ..Rules::default() };
    for rule in node.items() {
        let never = rule.word("when") == Some("never");
        let text = rule.word("if").unwrap_or_default();
        let merge = text.contains("merge_request_event") || text.contains("CI_MERGE_REQUEST");
        let branch = text.contains("CI_DEFAULT_BRANCH") || text.contains("CI_COMMIT_BRANCH") || text.contains("\"push\"");
        if let Some(changes) = rule.entry("changes").or(rule.entry("exists")) {
            found.by_path = Some(changes.key_range());
            continue;
        }
        if never {
            if text.is_empty() {
                break;
            }
            continue;
        }
        found.manual &= rule.word("when") == Some("manual");
        let negated = text.contains("!=");
        found.merge_requests |= text.is_empty() || (merge && !negated);
        found.default_branch |= text.is_empty() || branch;
        if text.is_empty() {
            break;
        }
    }
    if found.merge_requests && found.default_branch {
        found.by_path = None;
    }
    found
}

/// `only:` of old, a list of references or a table.
fn limits(only: &Node<'_>, merge_needed: bool) -> Rules {
    let refs: Vec<&str> = only.get("refs").unwrap_or(only).one_or_more().iter().filter_map(Node::text).collect();
    let default = |name: &&str| matches!(*name, "branches" | "main" | "master" | "pushes" | "$CI_DEFAULT_BRANCH");
    Rules {
        merge_requests: merge_needed && refs.contains(&"merge_requests"),
        default_branch: refs.iter().any(default),
        manual: false,
        by_path: only.entry("changes").map(Entry::key_range),
    }
}
