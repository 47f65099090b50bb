//! GitHub Actions.

use std::ops::Range;

use super::{Host, Job, Permissions, Step, Trigger, Workflow, script_lines};
use crate::formats::tree::{BadDocument, Entry, Node};

pub(super) fn read(root: &Node<'_>, text: &str) -> Result<Workflow, BadDocument> {
    let Some(on) = root.entry("on") else { return Err(BadDocument::new("it has no `on`, so it is no workflow", None)) };
    if !root.at(&["jobs"]).is_table() {
        return Err(BadDocument::new("it has no `jobs`, so it is no workflow", None));
    }
    let event = |name: &str| event(&on.node, name);
    let privileged = ["pull_request_target", "workflow_run"].iter().find_map(|name| event(name).map(|(_, at)| ((*name).to_owned(), at)));
    Ok(Workflow {
        host: Host::GitHub,
        pull_request: ["pull_request", "pull_request_target", "merge_group"]
            .iter()
            .find_map(|name| event(name))
            .map_or_else(Trigger::default, |(node, _)| trigger(node)),
        push: event("push").map_or_else(Trigger::default, |(node, _)| trigger(node)),
        privileged,
        scheduled: event("schedule").is_some(),
        callable: event("workflow_call").is_some(),
        permissions: root.entry("permissions").map(permissions),
        jobs: root.at(&["jobs"]).entries().iter().map(|entry| job(entry, text)).collect(),
    })
}

/// The settings of an event, which may be named alone, in a list, or as a key; and where it is named.
fn event<'n, 't>(on: &'n Node<'t>, name: &str) -> Option<(Option<&'n Node<'t>>, Range<usize>)> {
    if let Some(entry) = on.entry(name) {
        return Some((Some(&entry.node), entry.key_range()));
    }
    on.one_or_more().iter().find(|one| one.text() == Some(name)).map(|one| (None, one.range()))
}

fn trigger(node: Option<&Node<'_>>) -> Trigger {
    let texts = |key: &str| -> Vec<String> {
        let list = node.map(|node| node.at(&[key]).one_or_more()).unwrap_or_default();
        list.iter().filter_map(Node::text).map(str::to_owned).collect()
    };
    let by_path = ["paths", "paths-ignore"].iter().find_map(|key| {
        let entry = node?.entry(key)?;
        let everything = *key == "paths" && entry.node.items().iter().any(|item| matches!(item.text(), Some("**" | "*" | "**/*")));
        (!everything).then(|| entry.key_range())
    });
    let branches: Vec<String> = texts("branches");
    let only_tags = branches.is_empty() && node.is_some_and(|node| node.get("tags").is_some() && node.get("branches-ignore").is_none());
    // `!pattern` takes back what came before.
    let (not, taken): (Vec<String>, Vec<String>) = branches.into_iter().partition(|pattern| pattern.starts_with('!'));
    let mut not_branches: Vec<String> = not.iter().map(|pattern| pattern.trim_start_matches('!').to_owned()).collect();
    not_branches.extend(texts("branches-ignore"));
    Trigger { present: true, branches: taken, not_branches, by_path, only_tags }
}

fn permissions(entry: &Entry<'_>) -> Permissions {
    Permissions { all: entry.node.text() == Some("write-all"), at: entry.key_range() }
}

fn condition(node: &Node<'_>) -> Option<(String, Range<usize>)> {
    let found = node.get("if")?;
    Some((found.scalar()?.into_owned(), found.range()))
}

fn may_fail(node: &Node<'_>) -> Option<Range<usize>> {
    let entry = node.entry("continue-on-error")?;
    // An expression may be false; only a plain yes is sure.
    (entry.node.boolean() == Some(true)).then(|| entry.key_range())
}

fn uses(node: &Node<'_>) -> Option<(String, Range<usize>)> {
    let found = node.get("uses")?;
    Some((found.text()?.to_owned(), found.range()))
}

fn job(entry: &Entry<'_>, text: &str) -> Job {
    let node = &entry.node;
    Job {
        id: entry.key.to_string(),
        name: node.word("name").map(str::to_owned),
        uses: uses(node),
        condition: condition(node),
        may_fail: may_fail(node),
        permissions: node.entry("permissions").map(permissions),
        rules: None,
        steps: node.at(&["steps"]).items().iter().map(|node| step(node, text)).collect(),
        at: entry.key_range(),
    }
}

pub(super) fn step(node: &Node<'_>, text: &str) -> Step {
    let with = node.at(&["with"]).entries().iter();
    Step {
        names: ["name", "id"].iter().filter_map(|key| node.word(key)).map(str::to_owned).collect(),
        uses: uses(node),
        with: with.filter_map(|entry| Some((entry.key.to_string(), entry.node.scalar()?.into_owned(), entry.node.range()))).collect(),
        run: node.get("run").map(|run| script_lines(text, run.range())).unwrap_or_default(),
        condition: condition(node),
        may_fail: may_fail(node),
        at: node.range(),
    }
}
