//! Dependabot, version 2 of its configuration.

use std::ops::Range;

use super::super::glob;
use super::super::tree::Node;
use super::{Cover, Fault, Need};
use crate::text::one_line;

const TOP: &[&str] = &["version", "enable-beta-ecosystems", "updates", "registries", "multi-ecosystem-groups"];
const KEYS: &[&str] = &[
    "allow",
    "assignees",
    "commit-message",
    "cooldown",
    "directories",
    "directory",
    "exclude-paths",
    "groups",
    "ignore",
    "insecure-external-code-execution",
    "labels",
    "milestone",
    "multi-ecosystem-group",
    "name",
    "open-pull-requests-limit",
    "package-ecosystem",
    "patterns",
    "pull-request-branch-name",
    "rebase-strategy",
    "registries",
    "reviewers",
    "schedule",
    "target-branch",
    "vendor",
    "versioning-strategy",
];
const INTERVALS: &[&str] = &["daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "cron"];

/// A configuration.
#[derive(Debug, Default)]
pub struct Dependabot {
    /// See [`super::UpdateConfig::faults`].
    pub faults: Vec<Fault>,
    /// See [`super::UpdateConfig::unknown`].
    pub unknown: Vec<String>,
    updates: Vec<Update>,
    at: Range<usize>,
}

/// An item of `updates`.
#[derive(Debug)]
struct Update {
    ecosystem: String,
    folders: Vec<Folder>,
    excluded: Vec<String>,
    /// Why it updates nothing.
    off: Option<(String, Range<usize>)>,
    at: Range<usize>,
}

#[derive(Debug)]
struct Folder {
    path: String,
    is_pattern: bool,
}

pub(super) fn read(root: &Node<'_>) -> Dependabot {
    let mut config = Dependabot { at: root.range(), ..Dependabot::default() };
    if root.at(&["version"]).integer() != Some(2) {
        let at = root.entry("version").map_or(root.range(), |entry| entry.node.range());
        config.faults.push(Fault::new("version", at, "does not say `version: 2`, so the host refuses it", "add `version: 2`"));
    }
    let groups = root.at(&["multi-ecosystem-groups"]);
    let updates = root.at(&["updates"]);
    if updates.is_null() || !updates.is_list() || updates.items().is_empty() {
        let at = root.entry("updates").map_or(root.range(), super::super::tree::Entry::key_range);
        let remedy = "add an item for each ecosystem, or stop citing it";
        config.faults.push(Fault::new("no-updates", at, "has no list `updates`, so nothing is updated", remedy));
    }
    if let Some(entry) = root.entry("updates") {
        config.at = entry.key_range();
    }
    config.unknown.extend(root.entries().iter().filter(|entry| !TOP.contains(&entry.key.as_ref())).map(|entry| one_line(&entry.key, 40)));
    for item in updates.items() {
        read_update(item, groups, &mut config);
    }
    config
}

fn read_update(item: &Node<'_>, groups: &Node<'_>, config: &mut Dependabot) {
    // The block of an item can be long; its first key is where a reader looks.
    let at = item.entries().first().map_or(item.range(), super::super::tree::Entry::key_range);
    let fault = |name, says: String, remedy| Fault::new(name, at.clone(), says, remedy);
    let Some(ecosystem) = item.word("package-ecosystem") else {
        let says = "has an item under `updates` without `package-ecosystem`, so the host refuses the file".to_owned();
        config.faults.push(fault("no-ecosystem", says, "add `package-ecosystem`"));
        return;
    };
    let shown = one_line(ecosystem, 40);
    let unknown = item.entries().iter().filter(|entry| !KEYS.contains(&entry.key.as_ref()));
    config.unknown.extend(unknown.map(|entry| one_line(&entry.key, 40)));
    let folders = folders(item);
    if folders.is_empty() || (item.get("directory").is_some() && item.get("directories").is_some()) {
        let says = format!("has an item for {shown} without one of `directory` and `directories`, so the host refuses the file");
        config.faults.push(fault("no-directory", says, "say in which folders it looks, by one of the two"));
    }
    let group = item.word("multi-ecosystem-group").and_then(|name| groups.get(name));
    let interval = item.at(&["schedule", "interval"]).text().or_else(|| group.and_then(|group| group.at(&["schedule", "interval"]).text()));
    if !interval.is_some_and(|word| INTERVALS.contains(&word)) {
        let says = format!("has an item for {shown} without a `schedule.interval` that the host knows, so it refuses the file");
        config.faults.push(fault("no-interval", says, "write daily, weekly, monthly, quarterly, semiannually, yearly or cron"));
    }
    let excluded = item.at(&["exclude-paths"]).items().iter().filter_map(|path| path.text().map(str::to_owned)).collect();
    config.updates.push(Update { ecosystem: ecosystem.to_owned(), folders, excluded, off: off(item), at });
}

fn folders(item: &Node<'_>) -> Vec<Folder> {
    let clean = |path: &str| path.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/");
    let one = item.word("directory").map(|path| Folder { path: clean(path), is_pattern: false });
    let many = item.at(&["directories"]).items().iter().filter_map(Node::text);
    one.into_iter().chain(many.map(|path| Folder { path: clean(path), is_pattern: path.contains('*') })).collect()
}

/// Why an item opens no pull request for a new version.
fn off(item: &Node<'_>) -> Option<(String, Range<usize>)> {
    let limit = item.at(&["open-pull-requests-limit"]);
    if limit.integer() == Some(0) {
        return Some(("`open-pull-requests-limit: 0` switches version updates off".to_owned(), limit.range()));
    }
    let all = |rule: &&Node<'_>| {
        let every_type = ["major", "minor", "patch"].iter().all(|part| {
            let wanted = format!("version-update:semver-{part}");
            rule.at(&["update-types"]).items().iter().any(|word| word.text() == Some(wanted.as_str()))
        });
        rule.word("dependency-name") == Some("*") && rule.get("versions").is_none() && (rule.get("update-types").is_none() || every_type)
    };
    let ignored = item.at(&["ignore"]).items().iter().find(all)?;
    Some(("`ignore` leaves every dependency out".to_owned(), ignored.range()))
}

impl Folder {
    fn takes(&self, folder: &str, takes_in: bool) -> Option<bool> {
        if !self.is_pattern {
            let below = self.path.is_empty() || folder.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.starts_with('/'));
            return Some(folder == self.path || (takes_in && below));
        }
        // The host's patterns take the folder itself for a `*` at the top.
        if folder.is_empty() {
            return Some(matches!(self.path.as_str(), "*" | "**" | "**/*"));
        }
        glob::path_matches(&self.path, folder)
    }
}

impl Dependabot {
    pub(super) fn covers(&self, need: &Need) -> Cover {
        let own: Vec<&Update> =
            self.updates.iter().filter(|update| need.ecosystem.dependabot.contains(&update.ecosystem.as_str())).collect();
        let (mut unsure, mut off) = (false, None);
        for update in &own {
            match takes(update, need) {
                Some(true) if update.off.is_none() => return Cover::Yes,
                Some(true) => off = update.off.as_ref(),
                Some(false) => {}
                None => unsure = true,
            }
        }
        let name = need.ecosystem.dependabot.first().copied().unwrap_or_default();
        if let Some((why, at)) = off {
            return Cover::No(format!("for {name}, {why}"), at.clone());
        }
        if unsure {
            return Cover::Unsure(format!("a pattern of its directories for {name} is not understood"));
        }
        let folder = if need.folder.is_empty() { "/".to_owned() } else { format!("/{}", one_line(&need.folder, 80)) };
        match own.first() {
            Some(update) => Cover::No(format!("no item for {name} looks into {folder}"), update.at.clone()),
            None => Cover::No(format!("`updates` has no item for {name}"), self.at.clone()),
        }
    }
}

fn takes(update: &Update, need: &Need) -> Option<bool> {
    let folder = match need.ecosystem.name {
        // The host looks into .github/workflows when it is told to look into the root.
        "GitHub Actions" if need.folder == ".github/workflows" => "",
        _ => need.folder.as_str(),
    };
    let mut unsure = false;
    let mut taken = false;
    for place in &update.folders {
        match place.takes(folder, need.ecosystem.takes_in).zip(place.takes(&need.folder, false)) {
            Some((a, b)) => taken |= a || b,
            None => unsure = true,
        }
    }
    for pattern in &update.excluded {
        match glob::path_matches(pattern.trim_start_matches('/'), &need.path) {
            Some(true) => return Some(false),
            Some(false) => {}
            None => unsure = true,
        }
    }
    if taken { Some(true) } else { (!unsure).then_some(false) }
}
