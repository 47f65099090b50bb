//! GitLab: a protected branch, the approval rules, and the project's demand that the pipeline passes.

use super::super::tree::Node;
use super::{Branch, Protection, head};
use crate::text::one_line;

/// Whether it is an answer of GitLab, or an envelope with one.
pub(super) fn is_one(root: &Node<'_>) -> bool {
    let is_branch = |node: &Node<'_>| node.get("push_access_levels").is_some() && node.get("name").is_some();
    is_branch(root) || root.items().iter().any(is_branch) || root.at(&["protected_branches"]).one_or_more().iter().any(is_branch)
}

pub(super) fn read(root: &Node<'_>, branch: &Branch<'_>) -> Vec<Protection> {
    let lists = root.at(&["protected_branches"]).one_or_more().iter().chain(root.items()).chain([root]);
    let branches = lists.filter(|node| node.get("push_access_levels").is_some());
    branches.map(|item| protected(item, root, branch)).collect()
}

fn protected(item: &Node<'_>, root: &Node<'_>, branch: &Branch<'_>) -> Protection {
    let name = item.word("name").unwrap_or_default();
    let mut found = Protection::new(format!("the protected branch {}", one_line(name, 60)), head(item));
    let project = root.at(&["project"]);
    found.source = project.word("path_with_namespace").map(str::to_owned);
    found.branches = branch.by_name(std::iter::once(name));
    if branch.is_meant(name) != Some(true) {
        found.idle = Some(("it is not the default branch".to_owned(), item.at(&["name"]).range()));
    }
    // Access level 0 is "No access"; without a level it is a user, a group or a deploy key.
    let pushing = item.at(&["push_access_levels"]).items().iter().find(|level| level.at(&["access_level"]).integer() != Some(0));
    found.direct = pushing.map(|level| (one_line(level.word("access_level_description").unwrap_or("somebody"), 60), head(level)));
    found.pull_request = pushing.is_none();
    found.no_force_push = item.at(&["allow_force_push"]).boolean() != Some(true);
    found.no_deletion = true;
    found.code_owners = item.at(&["code_owner_approval_required"]).boolean() == Some(true);
    found.reviews = approvals(root, name);
    if project.at(&["only_allow_merge_if_pipeline_succeeds"]).boolean() == Some(true) {
        found.checks = vec!["the pipeline".to_owned()];
    }
    found
}

/// The most that one rule demands of changes of that branch.
fn approvals(root: &Node<'_>, name: &str) -> Option<(i64, std::ops::Range<usize>)> {
    let for_branch = |rule: &&Node<'_>| {
        let branches = rule.at(&["protected_branches"]).items();
        branches.is_empty() || branches.iter().any(|branch| branch.word("name") == Some(name))
    };
    let rules = root.at(&["approval_rules"]).items().iter().filter(for_branch);
    let counts = rules.map(|rule| rule.at(&["approvals_required"]));
    counts.filter_map(|count| Some((count.integer()?, count.range()))).max_by_key(|(count, _)| *count)
}
