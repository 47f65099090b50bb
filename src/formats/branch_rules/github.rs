//! GitHub: rulesets, the rules of a branch, and classic branch protection.

use std::collections::BTreeSet;

use super::super::tree::{BadDocument, Node};
use super::{Branch, Protection, Repositories, head};
use crate::text::one_line;

pub(super) fn read(root: &Node<'_>, branch: &Branch<'_>) -> Result<Vec<Protection>, BadDocument> {
    let lists = root.at(&["rulesets"]).one_or_more().iter().chain(root.items());
    let items: Vec<&Node<'_>> = lists.chain([root, root.at(&["branch_protection"])]).filter(|node| node.is_table()).collect();
    let mut found = Vec::new();
    for item in &items {
        if item.word("enforcement").is_some() {
            if !item.at(&["rules"]).is_list() {
                let message = "it lists rulesets without their `rules`: export each by its id (GET /repos/OWNER/NAME/rulesets/ID)";
                return Err(BadDocument::new(message, Some(head(item))));
            }
            found.push(ruleset(item, branch));
        } else if is_classic(item) {
            found.push(classic(item, branch));
        }
    }
    let rules: Vec<&Node<'_>> =
        root.items().iter().filter(|item| item.get("ruleset_id").is_some() && item.word("type").is_some()).collect();
    if let Some(first) = rules.first() {
        // GET /repos/OWNER/NAME/rules/branches/BRANCH: the rules in force for a branch, which the answer does not name.
        let mut all = Protection::new("the rules of the branch".to_owned(), head(first));
        all.source = first.word("ruleset_source").filter(|source| source.contains('/')).map(str::to_owned);
        rules.iter().for_each(|item| rule(item, &mut all));
        found.push(all);
    }
    Ok(found)
}

fn ruleset(item: &Node<'_>, branch: &Branch<'_>) -> Protection {
    let name = item.word("name").map_or("without a name".to_owned(), |name| one_line(name, 60));
    let mut found = Protection::new(format!("the ruleset {name}"), head(item));
    found.source = item.word("source").filter(|source| source.contains('/')).map(str::to_owned);
    found.idle = idle(item, branch);
    found.branches = branch.by_name(item.at(&["conditions", "ref_name", "include"]).items().iter().filter_map(Node::text));
    found.repositories = repositories(item);
    item.at(&["rules"]).items().iter().for_each(|one| rule(one, &mut found));
    let actors = item.at(&["bypass_actors"]);
    found.bypass = actors.is_list().then(|| actors.items().iter().map(actor).collect());
    found.updated = item.word("updated_at").map(|word| (word.to_owned(), item.at(&["updated_at"]).range()));
    found
}

/// Why a ruleset has no effect on the default branch.
fn idle(item: &Node<'_>, branch: &Branch<'_>) -> Option<(String, std::ops::Range<usize>)> {
    let enforcement = item.at(&["enforcement"]);
    if enforcement.text() != Some("active") {
        return Some((format!("its enforcement is {}", one_line(enforcement.text().unwrap_or_default(), 40)), enforcement.range()));
    }
    if let Some(target) = item.word("target").filter(|target| *target != "branch") {
        return Some((format!("it is for a {}", one_line(target, 40)), item.at(&["target"]).range()));
    }
    let names = item.at(&["conditions", "ref_name"]);
    // What is not understood takes nothing in, and leaves the branch out.
    let meant = |key: &str, otherwise: bool| {
        let mut names = names.at(&[key]).items().iter().filter_map(Node::text);
        names.any(|name| matches!(name, "~ALL" | "~DEFAULT_BRANCH") || branch.is_meant(name).unwrap_or(otherwise))
    };
    let at = item.entry("conditions").map_or(item.range(), super::super::tree::Entry::key_range);
    match (meant("include", false), meant("exclude", true)) {
        (true, false) => None,
        (true, true) => Some(("it leaves the default branch out".to_owned(), at)),
        (false, _) => Some(("it does not take the default branch in".to_owned(), at)),
    }
}

/// The repositories that a ruleset of an organisation names.
fn repositories(item: &Node<'_>) -> Option<Repositories> {
    let conditions = item.at(&["conditions"]);
    let names = conditions.at(&["repository_name"]);
    let texts = |key: &str| names.at(&[key]).items().iter().filter_map(|name| name.text().map(str::to_owned)).collect();
    names.is_table().then(|| Repositories { included: texts("include"), excluded: texts("exclude"), at: names.range() })
}

fn rule(item: &Node<'_>, found: &mut Protection) {
    let parameters = item.at(&["parameters"]);
    match item.word("type").unwrap_or_default() {
        "pull_request" => {
            found.pull_request = true;
            let count = parameters.at(&["required_approving_review_count"]);
            let number = count.integer().unwrap_or(0);
            if found.reviews.as_ref().is_none_or(|(own, _)| *own < number) {
                found.reviews = Some((number, if count.is_null() { head(item) } else { count.range() }));
            }
            found.code_owners |= parameters.at(&["require_code_owner_review"]).boolean() == Some(true);
        }
        "required_status_checks" => {
            let checks = parameters.at(&["required_status_checks"]).items().iter();
            found.checks.extend(checks.filter_map(|check| check.word("context").map(str::to_owned)));
        }
        // A required workflow is a check too; its path is its name.
        "workflows" => {
            let workflows = parameters.at(&["workflows"]).items().iter();
            found.checks.extend(workflows.filter_map(|workflow| workflow.word("path").map(str::to_owned)));
        }
        "non_fast_forward" => found.no_force_push = true,
        "deletion" => found.no_deletion = true,
        _ => {}
    }
}

fn actor(item: &Node<'_>) -> String {
    let kind = item.word("actor_type").unwrap_or("somebody");
    let number = item.at(&["actor_id"]).integer().map(|id| format!(" {id}")).unwrap_or_default();
    let mode = item.word("bypass_mode").map(|mode| format!(" ({mode})")).unwrap_or_default();
    one_line(&format!("{kind}{number}{mode}"), 80)
}

fn is_classic(item: &Node<'_>) -> bool {
    ["required_pull_request_reviews", "required_status_checks", "enforce_admins", "allow_force_pushes"]
        .iter()
        .any(|key| item.get(key).is_some())
}

/// `{"enabled": true}`, as GET gives it, or the boolean alone, as PUT takes it.
fn enabled(item: &Node<'_>, key: &str) -> Option<bool> {
    let node = item.at(&[key]);
    node.boolean().or_else(|| node.at(&["enabled"]).boolean())
}

fn classic(item: &Node<'_>, branch: &Branch<'_>) -> Protection {
    let url = item.word("url").unwrap_or_default();
    let named = url.split_once("/branches/").and_then(|(_, rest)| rest.strip_suffix("/protection"));
    let label = named.map_or("the branch protection".to_owned(), |name| format!("the protection of {}", one_line(name, 60)));
    let mut found = Protection::new(label, head(item));
    found.source = url.split_once("/repos/").and_then(|(_, rest)| rest.split_once("/branches/")).map(|(source, _)| source.to_owned());
    found.branches = named.and_then(|name| branch.by_name(std::iter::once(name)));
    if let Some(name) = named.filter(|name| branch.is_meant(name) != Some(true)) {
        found.idle = Some((format!("it is for the branch {}", one_line(name, 60)), item.at(&["url"]).range()));
    }
    let reviews = item.at(&["required_pull_request_reviews"]);
    found.pull_request = reviews.is_table();
    found.code_owners = reviews.at(&["require_code_owner_reviews"]).boolean() == Some(true);
    let count = reviews.at(&["required_approving_review_count"]);
    found.reviews =
        reviews.is_table().then(|| (count.integer().unwrap_or(0), if count.is_null() { reviews.range() } else { count.range() }));
    let checks = item.at(&["required_status_checks"]);
    let mut names: BTreeSet<String> = checks.at(&["contexts"]).items().iter().filter_map(|name| name.text().map(str::to_owned)).collect();
    names.extend(checks.at(&["checks"]).items().iter().filter_map(|check| check.word("context").map(str::to_owned)));
    found.checks = names.into_iter().collect();
    found.no_force_push = enabled(item, "allow_force_pushes") != Some(true);
    found.no_deletion = enabled(item, "allow_deletions") != Some(true);
    let admins = (enabled(item, "enforce_admins") != Some(true)).then(|| "administrators".to_owned());
    let allowances = reviews.at(&["bypass_pull_request_allowances"]);
    let allowed = ["users", "teams", "apps"].into_iter().flat_map(|key| allowances.at(&[key]).items());
    let allowed = allowed.map(|who| one_line(who.word("login").or(who.word("slug")).or(who.text()).unwrap_or("somebody"), 60));
    found.bypass = Some(admins.into_iter().chain(allowed).collect());
    found
}
