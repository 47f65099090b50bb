//! When a job of GitLab runs: `rules`, `only`, `except`, `when` ("CI/CD YAML syntax reference").

use std::ops::Range;

use super::condition;
use crate::formats::tree::{Entry, Node};
use crate::formats::workflow::{Event, Hindrance, Runs, What};
use crate::text::one_line;

/// Deepest `!reference` in `!reference`, as the host has it.
const DEPTH: usize = 10;
/// Most rules of one list.
const RULES: usize = 500;

/// When a job runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// `rules`; the first that fits counts.
    rules: Option<Vec<Rule>>,
    /// `only` and `except` of old.
    only: Option<Limit>,
    except: Option<Limit>,
    /// `when`.
    when: Option<String>,
    /// A `parallel: matrix` that is empty.
    is_none: bool,
    at: Range<usize>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    condition: Option<String>,
    when: Option<String>,
    changes: Option<Range<usize>>,
    /// What is not told of it: `exists`, or that it stands in another file.
    unread: Option<String>,
    may_fail: Option<Range<usize>>,
}

/// `only` or `except`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Limit {
    refs: Option<Vec<String>>,
    changes: Option<Range<usize>>,
    has_variables: bool,
}

/// What comes of a plan at an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Whether the job runs.
    pub runs: Runs,
    /// The rule that lets it fail.
    pub may_fail: Option<Range<usize>>,
}

impl From<Runs> for Planned {
    fn from(runs: Runs) -> Self {
        Self { runs, may_fail: None }
    }
}

impl Plan {
    /// Reads the keys of a job, each with what it extends.
    pub(super) fn of<'n, 't: 'n>(root: &'n Node<'t>, find: impl Fn(&str) -> Option<&'n Node<'t>>, at: Range<usize>) -> Self {
        let text = |key: &str| find(key).and_then(Node::text).map(str::to_owned);
        let matrix = find("parallel").and_then(|parallel| parallel.get("matrix"));
        Self {
            rules: find("rules").map(|node| rules(root, node)),
            only: find("only").map(limit),
            except: find("except").map(limit),
            when: text("when"),
            is_none: matrix.is_some_and(|matrix| matrix.items().is_empty() && !matrix.is_table()),
            at,
        }
    }

    /// The texts that may name branches.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let limits = [&self.only, &self.except].into_iter().flatten();
        let refs = limits.filter_map(|limit| limit.refs.as_ref()).flatten().map(String::as_str);
        refs.chain(self.rules.iter().flatten().flat_map(Rule::texts))
    }

    /// What comes of it in a pipeline of this event; `by_default` is whether a job without rules is in it.
    pub(super) fn at(&self, event: Event, branch: &str, by_default: bool) -> Planned {
        let no = |what| Planned::from(Runs::No(Hindrance { what, at: self.at.clone() }));
        if self.is_none {
            return no(What::EmptyMatrix);
        }
        if let Some(rules) = &self.rules {
            return first(rules, self.when.as_deref(), event, branch, &self.at);
        }
        let only = match &self.only {
            Some(only) => only.takes(event, branch, &["branches", "tags"]),
            None => Some(by_default),
        };
        let except = self.except.as_ref().map_or(Some(false), |except| except.leaves_out(event, branch));
        let changes = [&self.only, &self.except].into_iter().flatten().find_map(|limit| limit.changes.clone());
        match (only, except, changes) {
            (Some(false), ..) | (_, Some(true), _) => no(What::NoRule),
            (.., Some(at)) => Runs::No(Hindrance { what: What::ByPath, at }).into(),
            (Some(true), Some(false), None) => ran(self.when.as_deref(), &self.at),
            _ => Runs::Unknown("its `only` and `except` hang on what the file does not tell".to_owned()).into(),
        }
    }
}

/// What `when` says of a job that is in the pipeline.
fn ran(when: Option<&str>, at: &Range<usize>) -> Planned {
    let what = match when {
        Some("manual") => What::Manual,
        Some("never") => What::NoRule,
        Some("on_failure") => What::OnFailure,
        _ => return Runs::Yes.into(),
    };
    Runs::No(Hindrance { what, at: at.clone() }).into()
}

/// The first rule that fits; `when` is the job's own, which a rule without one takes.
pub(super) fn first(rules: &[Rule], when: Option<&str>, event: Event, branch: &str, at: &Range<usize>) -> Planned {
    let mut unknown: Vec<(String, Planned)> = Vec::new();
    let mut by_path: Option<(Range<usize>, Planned)> = None;
    let mut end = Planned::from(Runs::No(Hindrance { what: What::NoRule, at: at.clone() }));
    for rule in rules {
        let holds = rule.condition.as_ref().map_or(Some(true), |text| condition::holds(text, event, branch));
        if holds == Some(false) {
            continue;
        }
        let mut planned = ran(rule.when.as_deref().or(when), at);
        planned.may_fail.clone_from(&rule.may_fail);
        if let Some(changes) = &rule.changes {
            by_path = by_path.or(Some((changes.clone(), planned)));
        } else if let Some(why) = &rule.unread {
            unknown.push((why.clone(), planned));
        } else if holds.is_none() {
            let text = rule.condition.as_deref().unwrap_or_default();
            unknown.push((format!("the rule {}", one_line(text, 80)), planned));
        } else {
            end = planned;
            break;
        }
    }
    // Rules of which it is not told whether they fit matter only where they lead elsewhere.
    if let Some((changes, _)) = by_path.filter(|(_, planned)| *planned != end) {
        return Runs::No(Hindrance { what: What::ByPath, at: changes }).into();
    }
    match unknown.into_iter().find(|(_, planned)| *planned != end) {
        Some((why, _)) => Runs::Unknown(format!("{why} was not evaluated")).into(),
        None => end,
    }
}

/// The rules of a list, those that it refers to with them.
pub(super) fn rules(root: &Node<'_>, node: &Node<'_>) -> Vec<Rule> {
    let mut found = Vec::new();
    collect(root, node, 0, &mut found);
    found
}

fn collect(root: &Node<'_>, node: &Node<'_>, depth: usize, into: &mut Vec<Rule>) {
    if depth > DEPTH || into.len() > RULES {
        into.push(Rule::unread("a rule that is too deep"));
        return;
    }
    if let Some(reference) = reference(node) {
        match referred(root, &reference) {
            Some(found) => collect(root, found, depth + 1, into),
            None => into.push(Rule::unread(&format!("what `!reference [{}]` means", reference.join(", ")))),
        }
        return;
    }
    for item in node.items() {
        if item.is_list() { collect(root, item, depth + 1, into) } else { into.push(Rule::of(item)) }
    }
}

/// The keys of `!reference [job, key]`, which a list of texts is where none is expected.
pub(super) fn reference(node: &Node<'_>) -> Option<Vec<String>> {
    let keys: Option<Vec<String>> = node.items().iter().map(|item| item.text().map(str::to_owned)).collect();
    keys.filter(|keys| keys.len() >= 2)
}

/// What a reference means in this file.
pub(super) fn referred<'n, 't>(root: &'n Node<'t>, reference: &[String]) -> Option<&'n Node<'t>> {
    reference.iter().try_fold(root, |node, key| node.get(key))
}

impl Rule {
    /// The texts that may name branches.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.condition.as_deref().into_iter()
    }

    fn of(node: &Node<'_>) -> Self {
        Self {
            condition: node.get("if").and_then(Node::scalar).map(std::borrow::Cow::into_owned),
            when: node.word("when").map(str::to_owned),
            changes: node.entry("changes").map(Entry::key_range),
            unread: node.get("exists").map(|_| "a rule on files that exist".to_owned()),
            may_fail: node.entry("allow_failure").filter(|entry| entry.node.boolean() == Some(true)).map(Entry::key_range),
        }
    }

    fn unread(what: &str) -> Self {
        Self { condition: None, when: None, changes: None, unread: Some(one_line(what, 80)), may_fail: None }
    }
}

fn limit(node: &Node<'_>) -> Limit {
    let refs = if node.is_table() { node.get("refs") } else { Some(node) };
    Limit {
        refs: refs.map(|refs| refs.one_or_more().iter().filter_map(Node::scalar).map(std::borrow::Cow::into_owned).collect()),
        changes: node.entry("changes").map(Entry::key_range),
        has_variables: node.get("variables").is_some() || node.get("kubernetes").is_some(),
    }
}

impl Limit {
    /// Whether `only` takes an event; none where that is not told.
    fn takes(&self, event: Event, branch: &str, default: &[&str]) -> Option<bool> {
        let taken = match &self.refs {
            Some(refs) => any(refs.iter().map(String::as_str), event, branch),
            None => any(default.iter().copied(), event, branch),
        };
        if self.has_variables && taken != Some(false) { None } else { taken }
    }

    /// Whether `except` leaves an event out.
    fn leaves_out(&self, event: Event, branch: &str) -> Option<bool> {
        let by_ref = self.refs.as_ref().map_or(Some(false), |refs| any(refs.iter().map(String::as_str), event, branch));
        if self.has_variables && by_ref != Some(true) { None } else { by_ref }
    }
}

fn any<'r>(refs: impl Iterator<Item = &'r str>, event: Event, branch: &str) -> Option<bool> {
    let found: Vec<Option<bool>> = refs.map(|name| takes_ref(name, event, branch)).collect();
    if found.contains(&Some(true)) { Some(true) } else { found.iter().all(Option::is_some).then_some(false) }
}

/// Whether one reference of `only` or `except` means the event.
fn takes_ref(name: &str, event: Event, branch: &str) -> Option<bool> {
    let name = name.split('@').next().unwrap_or_default();
    match (name, event) {
        ("merge_requests", _) => Some(event == Event::PullRequest),
        (_, Event::PullRequest) => Some(false),
        ("branches", _) => Some(true),
        ("pushes", _) => Some(event != Event::Schedule),
        ("schedules", _) => Some(event == Event::Schedule),
        ("tags" | "api" | "web" | "triggers" | "chat" | "external" | "external_pull_requests" | "pipelines", _) => Some(false),
        (pattern, _) if pattern.starts_with('/') => condition::holds(&format!("$CI_COMMIT_BRANCH =~ {pattern}"), event, branch),
        ("$CI_DEFAULT_BRANCH", _) => Some(event != Event::Branch),
        (name, Event::Branch) => {
            if name.starts_with('$') {
                None
            } else {
                Some(false)
            }
        }
        (name, _) => Some(name == branch),
    }
}
