//! GitHub Actions.

pub mod expression;
pub mod filters;
pub mod matrix;
mod needs;
mod refused;
mod token;
pub mod value;

use std::ops::Range;

pub use needs::runs;

use super::environment::steering;
use super::{Host, Job, Permissions, Step, Trigger, Workflow, script_lines};
use crate::formats::tree::{BadDocument, Entry, Node};

pub(super) fn read(mut root: Node<'_>, text: &str) -> Result<Workflow, BadDocument> {
    let merge_key = refused::merge_key(&root);
    // Forgejo and Gitea read them.
    root.merge();
    let root = &root;
    let Some(on) = root.entry("on") else { return Err(BadDocument::new("it has no `on`, so it is no workflow", None)) };
    if !root.at(&["jobs"]).is_table() {
        return Err(BadDocument::new("it has no `jobs`, so it is no workflow", None));
    }
    let event = |name: &str| event(&on.node, name);
    let privileged = ["pull_request_target", "workflow_run"].iter().find_map(|name| event(name).map(|(_, at)| ((*name).to_owned(), at)));
    let shell = said(root.at(&["defaults", "run"]), "shell");
    let refused = merge_key.map(|at| ("it does not read the merge key `<<`".to_owned(), at));
    Ok(Workflow {
        host: Host::GitHub,
        // `pull_request_target` runs what the target branch holds, and a merge queue comes after the pull request.
        pull_request: event("pull_request").map_or_else(Trigger::default, |(node, _)| trigger(node)),
        push: event("push").map_or_else(Trigger::default, |(node, _)| trigger(node)),
        privileged,
        scheduled: event("schedule").is_some(),
        callable: event("workflow_call").is_some(),
        pipeline: None,
        includes: false,
        refused: refused.or_else(|| refused::refused(root, &on.node)),
        permissions: root.entry("permissions").map(permissions),
        jobs: root.at(&["jobs"]).entries().iter().map(|entry| job(entry, root, shell.as_ref(), text)).collect(),
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
    let entry = |key: &str| node?.entry(key);
    let texts = |key: &str| -> Option<Vec<String>> {
        let list = entry(key)?.node.one_or_more();
        Some(list.iter().filter_map(Node::scalar).map(std::borrow::Cow::into_owned).collect())
    };
    let by_path = ["paths", "paths-ignore"].iter().find_map(|key| {
        let entry = entry(key)?;
        let patterns: Vec<&str> = entry.node.one_or_more().iter().filter_map(Node::text).collect();
        let everything = if *key == "paths" { filters::takes_everything(&patterns) } else { patterns.is_empty() };
        (!everything).then(|| entry.key_range())
    });
    let branches = texts("branches");
    let only_tags =
        branches.is_none() && entry("branches-ignore").is_none() && ["tags", "tags-ignore"].iter().any(|key| entry(key).is_some());
    let by_type = texts("types").and_then(|types| {
        let lacks = [("opened", "opened"), ("synchronize", "pushed to")].iter().find(|(name, _)| !types.iter().any(|own| own == name));
        Some((lacks?.1, entry("types")?.key_range()))
    });
    Trigger { present: true, branches, not_branches: texts("branches-ignore").unwrap_or_default(), by_path, only_tags, by_type }
}

fn permissions(entry: &Entry<'_>) -> Permissions {
    Permissions { all: entry.node.text() == Some("write-all"), at: entry.key_range() }
}

/// What a key says, as written, and where.
fn said(node: &Node<'_>, key: &str) -> Option<(String, Range<usize>)> {
    let found = node.get(key)?;
    Some((found.scalar()?.into_owned(), found.range()))
}

fn uses(node: &Node<'_>) -> Option<(String, Range<usize>)> {
    let found = node.get("uses")?;
    Some((found.text()?.to_owned(), found.range()))
}

fn job(entry: &Entry<'_>, root: &Node<'_>, shell: Option<&(String, Range<usize>)>, text: &str) -> Job {
    let node = &entry.node;
    let words =
        |node: &Node<'_>| node.one_or_more().iter().filter_map(|one| Some((one.scalar()?.into_owned(), one.range()))).collect::<Vec<_>>();
    let labels = node.at(&["runs-on"]);
    let labels = if labels.is_table() { labels.at(&["labels"]) } else { labels };
    Job {
        id: entry.key.to_string(),
        name: node.word("name").map(str::to_owned),
        uses: uses(node),
        condition: said(node, "if"),
        may_fail: said(node, "continue-on-error"),
        needs: words(node.at(&["needs"])),
        matrix: matrix::Matrix::of(node.get("strategy")),
        runner: words(labels).into_iter().map(|(label, _)| label).collect(),
        shell: said(node.at(&["defaults", "run"]), "shell").or_else(|| shell.cloned()),
        steering: steering([root.at(&["env"]), node.at(&["env"]), node.at(&["container", "env"])]),
        permissions: node.entry("permissions").map(permissions),
        plan: super::gitlab::Plan::default(),
        included: super::gitlab::Included::default(),
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
        folder: node.word("working-directory").map(str::to_owned),
        run: node.get("run").map(|run| script_lines(text, run)).unwrap_or_default(),
        condition: said(node, "if"),
        may_fail: said(node, "continue-on-error"),
        shell: said(node, "shell"),
        steering: steering([node.at(&["env"])]),
        at: node.range(),
    }
}
