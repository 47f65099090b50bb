//! Renovate. By default it looks for everything that it knows, so what counts is what a configuration switches off.

use std::ops::Range;

use super::super::glob;
use super::super::tree::Node;
use super::{Cover, Ecosystem, Fault, Need};
use crate::text::one_line;

/// Beginnings of the presets that come with Renovate; what any other one does stands elsewhere.
const BUILT_IN: &[&str] = &[
    "config:",
    ":",
    "schedule:",
    "group:",
    "helpers:",
    "docker:",
    "default:",
    "monorepo:",
    "packages:",
    "preview:",
    "replacements:",
    "security:",
    "workarounds:",
    "mergeConfidence:",
    "customManagers:",
    "regexManagers:",
    "npm:",
    "abandonments:",
    "compatibility:",
    "global:",
    "followTag:",
];
/// Built-in presets that switch something off altogether.
const OFF: &[(&str, &[&str])] = &[("docker:disable", &["dockerfile"]), (":onlyNpm", &["dockerfile"])];

/// A configuration.
#[derive(Debug, Default)]
pub struct Renovate {
    /// See [`super::UpdateConfig::faults`].
    pub faults: Vec<Fault>,
    /// See [`super::UpdateConfig::unknown`].
    pub unknown: Vec<String>,
    /// `enabledManagers`, where it limits them.
    managers: Option<(Vec<String>, Range<usize>)>,
    /// Managers that are switched off by a block of their own or a preset.
    off: Vec<(String, Range<usize>)>,
    ignored: Vec<(String, Range<usize>)>,
    included: Option<(Vec<String>, Range<usize>)>,
    rules: Vec<Rule>,
}

/// A rule that switches whole managers, files or all on or off.
#[derive(Debug)]
struct Rule {
    on: bool,
    managers: Option<Vec<String>>,
    files: Option<Vec<String>>,
    /// It has a condition that is not followed.
    unsure: bool,
    at: Range<usize>,
}

pub(super) fn read(root: &Node<'_>) -> Renovate {
    let mut config = Renovate::default();
    if !root.is_table() {
        config.faults.push(Fault::new(
            "no-table",
            root.range(),
            format!("is {}, where Renovate expects an object", root.what()),
            "write an object",
        ));
        return config;
    }
    types(root, &mut config);
    if root.at(&["enabled"]).boolean() == Some(false) {
        let at = root.at(&["enabled"]).range();
        config.faults.push(Fault::new("disabled", at, "says `enabled: false`, so Renovate does nothing", "leave `enabled` out"));
    }
    if let Some(mode) = root.get("mode").filter(|mode| mode.text() == Some("silent")) {
        let says = "says `\"mode\": \"silent\"`, so Renovate opens no pull request";
        config.faults.push(Fault::new("disabled", mode.range(), says, "leave `mode` out"));
    }
    presets(root, &mut config);
    let enabled = root.at(&["enabledManagers"]);
    if !enabled.items().is_empty() {
        config.managers = Some((texts(enabled), enabled.range()));
    }
    for entry in root.entries() {
        if entry.node.at(&["enabled"]).boolean() == Some(false) {
            config.off.push((entry.key.to_string(), entry.node.at(&["enabled"]).range()));
        }
    }
    config.ignored = root.at(&["ignorePaths"]).items().iter().filter_map(|path| Some((path.text()?.to_owned(), path.range()))).collect();
    let included = root.at(&["includePaths"]);
    if !included.items().is_empty() {
        config.included = Some((texts(included), included.range()));
    }
    config.rules = root.at(&["packageRules"]).items().iter().filter_map(rule).collect();
    config
}

/// Keys whose type decides whether Renovate takes the file at all.
fn types(root: &Node<'_>, config: &mut Renovate) {
    let mut wrong = |node: &Node<'_>, key: &str, wanted: &str| {
        let says = format!("has {} as `{key}`, where Renovate expects {wanted}", node.what());
        config.faults.push(Fault::new("wrong-type", node.range(), says, "correct it: Renovate stops at an invalid configuration"));
    };
    for key in ["enabledManagers", "ignorePaths", "includePaths", "packageRules"] {
        if let Some(node) = root.get(key).filter(|node| !node.is_list()) {
            wrong(node, key, "a list");
        }
    }
    if let Some(node) = root.get("enabled").filter(|node| node.boolean().is_none()) {
        wrong(node, "enabled", "a boolean");
    }
    let extends = root.get("extends").filter(|node| !node.is_list() && node.text().is_none());
    if let Some(node) = extends {
        wrong(node, "extends", "a list of presets");
    }
    let items = |key: &'static str| root.at(&[key]).items().iter().map(move |node| (key, node));
    let lists = ["extends", "enabledManagers", "ignorePaths", "includePaths"].into_iter().flat_map(items);
    for (key, node) in lists.filter(|(_, node)| node.text().is_none()) {
        wrong(node, key, "strings in the list");
    }
    for (_, node) in items("packageRules").filter(|(_, node)| !node.is_table()) {
        wrong(node, "packageRules", "objects in the list");
    }
}

fn presets(root: &Node<'_>, config: &mut Renovate) {
    let dropped = texts(root.at(&["ignorePresets"]));
    for preset in root.at(&["extends"]).one_or_more() {
        let Some(name) = preset.text().filter(|name| !dropped.iter().any(|gone| gone == name)) else { continue };
        if matches!(name, ":disableRenovate") {
            let says = "extends the preset :disableRenovate, so Renovate does nothing";
            config.faults.push(Fault::new("disabled", preset.range(), says, "leave that preset out"));
        }
        let managers = OFF.iter().filter(|(off, _)| *off == name).flat_map(|(_, managers)| managers.iter());
        config.off.extend(managers.map(|manager| ((*manager).to_owned(), preset.range())));
        let known = BUILT_IN.iter().any(|start| name.starts_with(start));
        if !known {
            config.unknown.push(format!("the preset {}", one_line(name, 80)));
        }
    }
}

fn texts(list: &Node<'_>) -> Vec<String> {
    list.items().iter().filter_map(|word| word.text().map(str::to_owned)).collect()
}

const ALL_PACKAGES: &[&str] = &["*", "**", "/.*/", "/^.*$/", ".*", "^.*$", "/.+/"];

/// A rule that says `enabled` and looks at nothing but managers, files and update types; others leave something in.
fn rule(node: &Node<'_>) -> Option<Rule> {
    let on = node.at(&["enabled"]).boolean()?;
    let (mut managers, mut files, mut unsure) = (None, None, false);
    for entry in node.entries().iter().filter(|entry| entry.key.starts_with("match") || entry.key.starts_with("exclude")) {
        let words = texts(&entry.node);
        let any = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        match entry.key.as_ref() {
            "matchManagers" => managers = Some(words),
            "matchFileNames" | "matchPaths" => files = Some(words),
            "matchPackageNames" | "matchPackagePatterns" | "matchDepNames" | "matchDepPatterns" if any(ALL_PACKAGES) => {}
            // All but the named ones.
            "matchPackageNames" | "matchDepNames" if !words.is_empty() && words.iter().all(|word| word.starts_with('!')) => {}
            "matchUpdateTypes" if ["major", "minor", "patch"].iter().all(|part| any(&[part])) => {}
            // What these come to for a package is known to Renovate alone, and it may be all of them.
            "matchDatasources" | "matchCategories" | "matchBaseBranches" | "matchRepositories" | "matchJsonata" => unsure = true,
            _ => return None,
        }
    }
    Some(Rule { on, managers, files, unsure, at: node.at(&["enabled"]).range() })
}

/// Whether a path is meant; Renovate also takes a part of a path as it stands.
fn names(patterns: &[String], path: &str) -> Option<bool> {
    let mut unsure = false;
    for pattern in patterns {
        match glob::path_matches(pattern, path) {
            Some(true) => return Some(true),
            Some(false) if path.contains(pattern.as_str()) => return Some(true),
            Some(false) => {}
            None => unsure = true,
        }
    }
    (!unsure).then_some(false)
}

fn means(managers: &[String], ecosystem: &Ecosystem) -> bool {
    managers.iter().any(|name| ecosystem.renovate.contains(&name.as_str()))
}

impl Renovate {
    pub(super) fn covers(&self, need: &Need) -> Cover {
        let name = need.ecosystem.renovate.join(" or ");
        if let Some((managers, at)) = self.managers.as_ref().filter(|(managers, _)| !means(managers, need.ecosystem)) {
            return Cover::No(format!("`enabledManagers` names {} and not {name}", one_line(&managers.join(", "), 80)), at.clone());
        }
        let off = |manager: &&str| self.off.iter().find(|(name, _)| name == *manager);
        let on = need.ecosystem.renovate.iter().any(|manager| off(manager).is_none());
        if let Some((manager, at)) = need.ecosystem.renovate.iter().find_map(off).filter(|_| !on) {
            return Cover::No(format!("{} is switched off", one_line(manager, 40)), at.clone());
        }
        let mut unsure = None;
        for (pattern, at) in &self.ignored {
            match names(std::slice::from_ref(pattern), &need.path) {
                Some(true) => return Cover::No(format!("`ignorePaths` leaves it out by {}", one_line(pattern, 80)), at.clone()),
                Some(false) => {}
                None => unsure = Some(pattern),
            }
        }
        if let Some((patterns, at)) = &self.included {
            match names(patterns, &need.path) {
                Some(true) => {}
                Some(false) => return Cover::No("`includePaths` does not take it in".to_owned(), at.clone()),
                None => unsure = patterns.first(),
            }
        }
        match (self.by_rules(need), unsure) {
            (Some(rule), _) if rule.unsure => Cover::Unsure("a rule under `packageRules` may switch it off".to_owned()),
            (Some(rule), _) => Cover::No("a rule under `packageRules` says `enabled: false`".to_owned(), rule.at.clone()),
            (None, Some(pattern)) => Cover::Unsure(format!("the pattern {} is not understood", one_line(pattern, 80))),
            (None, None) => Cover::Yes,
        }
    }

    /// The rule that switches it off, as the last that speaks of it decides.
    fn by_rules(&self, need: &Need) -> Option<&Rule> {
        let speaks = |rule: &&Rule| {
            // One that may not speak of it switches nothing on.
            !(rule.on && rule.unsure)
                && rule.managers.as_ref().is_none_or(|managers| means(managers, need.ecosystem))
                && rule.files.as_ref().is_none_or(|files| names(files, &need.path) == Some(true))
        };
        self.rules.iter().rfind(speaks).filter(|rule| !rule.on)
    }
}
