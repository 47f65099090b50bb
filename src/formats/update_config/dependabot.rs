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
    /// The branch that it updates, where that is said.
    target: Option<String>,
    /// Why it updates nothing, or not all.
    off: Option<(String, Range<usize>)>,
    /// Why it cannot be told whether it updates anything.
    unsure: Option<&'static str>,
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
    let cron = || [Some(item), group].into_iter().flatten().any(|node| node.at(&["schedule", "cronjob"]).text().is_some());
    if interval == Some("cron") && !cron() {
        let says = format!("has an item for {shown} with the interval cron and no `cronjob`, so the host refuses the file");
        config.faults.push(fault("no-cronjob", says, "add `cronjob`, or another interval"));
    }
    if !interval.is_some_and(|word| INTERVALS.contains(&word)) {
        let says = format!("has an item for {shown} without a `schedule.interval` that the host knows, so it refuses the file");
        config.faults.push(fault("no-interval", says, "write daily, weekly, monthly, quarterly, semiannually, yearly or cron"));
    }
    let limit = item.at(&["open-pull-requests-limit"]);
    if !limit.is_null() && limit.integer().is_none_or(|limit| limit < 0) {
        let says = format!("has {} as `open-pull-requests-limit` of {shown}, where the host expects a whole number", limit.what());
        config.faults.push(fault("no-limit", says, "write how many pull requests may be open, without quotes"));
    }
    if let Some(folder) = repeated(item, ecosystem, &folders, &config.updates) {
        let says = format!("has two items for {shown} that look into /{}, so the host refuses the file", one_line(&folder, 80));
        config.faults.push(fault("repeated", says, "join the two"));
    }
    let excluded = item.at(&["exclude-paths"]).items().iter().filter_map(|path| path.text().map(str::to_owned)).collect();
    config.updates.push(Update {
        ecosystem: ecosystem.to_owned(),
        folders,
        excluded,
        off: off(item),
        unsure: unsure(item),
        target: target(item),
        at,
    });
}

fn target(item: &Node<'_>) -> Option<String> {
    item.word("target-branch").map(str::to_owned)
}

/// A folder that an earlier item of the same ecosystem and branch looks into already.
fn repeated(item: &Node<'_>, ecosystem: &str, folders: &[Folder], before: &[Update]) -> Option<String> {
    let same = before.iter().filter(|update| update.ecosystem == ecosystem && update.target == target(item));
    let mut known = same.flat_map(|update| &update.folders);
    known.find(|known| folders.iter().any(|folder| folder.path == known.path)).map(|folder| folder.path.clone())
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
    let rules = item.at(&["ignore"]).items();
    let of_all: Vec<&Node<'_>> = rules.iter().filter(|rule| rule.word("dependency-name").is_some_and(is_every_name)).collect();
    let of_versions = |rule: &Node<'_>| texts(rule.at(&["versions"])).iter().any(|versions| is_every_version(versions));
    let whole = of_all.iter().find(|rule| match (rule.get("versions"), rule.get("update-types")) {
        (None, None) => true,
        (Some(_), _) => of_versions(rule),
        (None, Some(_)) => false,
    });
    let types: Vec<&str> = of_all.iter().flat_map(|rule| texts(rule.at(&["update-types"]))).collect();
    let every_type = ["major", "minor", "patch"].iter().all(|part| types.contains(&format!("version-update:semver-{part}").as_str()));
    if let Some(ignored) = whole.or(of_all.first().filter(|_| every_type)) {
        return Some(("`ignore` leaves every dependency out".to_owned(), ignored.range()));
    }
    only_some(item.at(&["allow"]))
}

/// Why `allow` lets in only some dependencies.
fn only_some(allow: &Node<'_>) -> Option<(String, Range<usize>)> {
    const WHOLE: &[&str] = &["all", "direct", "production"];
    let whole = |rule: &Node<'_>| {
        let names = rule.word("dependency-name").is_none_or(is_every_name);
        names && rule.word("dependency-type").is_none_or(|kind| WHOLE.contains(&kind))
    };
    if allow.items().is_empty() || allow.items().iter().any(whole) {
        return None;
    }
    let named: Vec<&str> = allow.items().iter().filter_map(|rule| rule.word("dependency-name").or(rule.word("dependency-type"))).collect();
    Some((format!("`allow` lets in nothing but {}", one_line(&named.join(", "), 80)), allow.range()))
}

/// What an item rests on that is not followed.
fn unsure(item: &Node<'_>) -> Option<&'static str> {
    let allow = item.get("allow");
    if item.get("<<").is_some() {
        Some("an item of it takes keys over from elsewhere (`<<`)")
    } else if allow.is_some_and(|allow| allow.items().is_empty()) {
        Some("an item of it has an empty `allow`")
    } else {
        None
    }
}

fn texts<'n>(node: &'n Node<'_>) -> Vec<&'n str> {
    node.one_or_more().iter().filter_map(Node::text).collect()
}

fn is_every_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|c| c == b'*')
}

/// Whether a requirement takes every version: `*`, `>= 0`, `>0.0.0`, `[0,)`.
fn is_every_version(versions: &str) -> bool {
    let plain: String = versions.chars().filter(|c| !c.is_whitespace()).collect();
    let from = plain
        .strip_prefix(">=")
        .or_else(|| plain.strip_prefix('>'))
        .or_else(|| plain.strip_prefix('[').and_then(|rest| rest.strip_suffix(",)")));
    is_every_name(&plain) || from.is_some_and(|from| !from.is_empty() && from.chars().all(|c| matches!(c, '0' | '.' | 'a' | '-')))
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
        let (mut unsure, mut doubtful, mut off) = (false, None, None);
        for update in &own {
            match takes(update, need) {
                Some(true) if update.off.is_none() && update.unsure.is_none() => return Cover::Yes,
                Some(true) if update.off.is_none() => doubtful = update.unsure,
                Some(true) => off = update.off.as_ref(),
                Some(false) => {}
                None => unsure = true,
            }
        }
        let name = need.ecosystem.dependabot.first().copied().unwrap_or_default();
        if let Some(why) = doubtful {
            return Cover::Unsure(why.to_owned());
        }
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
