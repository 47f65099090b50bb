//! What GitHub refuses in a workflow's file, so that nothing of it runs ("Workflow syntax for GitHub Actions", and the schema that the
//! runner reads it by).

use std::ops::Range;

use crate::formats::tree::{Entry, Node};

/// Why the whole is refused, in words that follow "GitHub refuses it: ", and where that stands; none where nothing is known against it.
pub(super) fn refused(root: &Node<'_>, on: &Node<'_>) -> Option<(String, Range<usize>)> {
    let jobs = root.at(&["jobs"]).entries();
    on.entries().iter().find_map(event).or_else(|| jobs.iter().find_map(|entry| job(entry, jobs)))
}

/// The place of a merge key, which GitHub does not read.
pub(super) fn merge_key(node: &Node<'_>) -> Option<Range<usize>> {
    let of_entry = |entry: &Entry<'_>| if entry.key == "<<" { Some(entry.key_range()) } else { merge_key(&entry.node) };
    node.entries().iter().find_map(of_entry).or_else(|| node.items().iter().find_map(merge_key))
}

fn event(entry: &Entry<'_>) -> Option<(String, Range<usize>)> {
    ["branches", "paths", "tags"].iter().find_map(|filter| {
        let other = entry.node.entry(&format!("{filter}-ignore"))?;
        entry.node.entry(filter)?;
        Some((format!("`{}` has both `{filter}` and `{filter}-ignore`", entry.key), other.key_range()))
    })
}

fn job(entry: &Entry<'_>, jobs: &[Entry<'_>]) -> Option<(String, Range<usize>)> {
    let node = &entry.node;
    let says = |what: &str, at: Range<usize>| Some((format!("the job `{}` {what}", entry.key), at));
    let well_named = entry.key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && entry.key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !well_named {
        return says("has a name with other signs than letters, digits, `-` and `_`", entry.key_range());
    }
    match (node.entry("uses"), node.entry("steps"), node.entry("runs-on")) {
        (Some(_), Some(steps), _) => return says("has both `uses` and `steps`", steps.key_range()),
        (Some(_), None, Some(runs_on)) => return says("has both `uses` and `runs-on`", runs_on.key_range()),
        (None, None, _) => return says("has neither `steps` nor `uses`", entry.key_range()),
        (None, Some(_), None) => return says("has no `runs-on`", entry.key_range()),
        _ => {}
    }
    let needs = node.at(&["needs"]).one_or_more().iter();
    let absent = needs.filter_map(|need| Some((need.text()?, need.range()))).find(|(need, _)| !jobs.iter().any(|job| job.key == *need));
    if let Some((need, at)) = absent {
        return says(&format!("needs `{need}`, and there is no such job"), at);
    }
    let steps = node.at(&["steps"]).items();
    steps.iter().find_map(|step| of_step(step).and_then(|(what, at)| says(&format!("has a step {what}"), at)))
}

fn of_step(step: &Node<'_>) -> Option<(&'static str, Range<usize>)> {
    let key = |name: &str| step.entry(name).map(Entry::key_range);
    match (key("run"), key("uses")) {
        (Some(_), Some(at)) => Some(("with both `run` and `uses`", at)),
        (None, None) => Some(("with neither `run` nor `uses`", step.range())),
        (Some(_), None) => Some(("with both `run` and `with`", key("with")?)),
        (None, Some(_)) => Some(("with both `uses` and `shell`", key("shell")?)),
    }
}
