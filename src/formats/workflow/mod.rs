//! CI workflows: GitHub Actions ("Workflow syntax for GitHub Actions") and GitLab CI ("CI/CD YAML syntax reference") as one model.
//!
//! What is kept is what decides whether a job runs and whether its failure counts. Expressions are kept as texts, and evaluated
//! for an event as far as the file and the event tell.

mod environment;
mod event;
pub mod github;
pub mod gitlab;
pub mod shell;

use std::ops::Range;

pub use environment::{named_in, steers};
pub use event::{Event, Hindrance, Runs, Setting, What};

use super::tree::{self, BadDocument, Node, Syntax};
use github::matrix::Matrix;

/// Whose syntax it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// GitHub Actions; Forgejo and Gitea read it too.
    GitHub,
    /// GitLab CI.
    GitLab,
}

/// When jobs run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trigger {
    /// Whether it is there at all.
    pub present: bool,
    /// Branch patterns that it is limited to, in order; none is every branch.
    pub branches: Option<Vec<String>>,
    /// Branch patterns that it leaves out.
    pub not_branches: Vec<String>,
    /// Whether it depends on which files changed, and where that stands.
    pub by_path: Option<Range<usize>>,
    /// Whether it is limited to tags.
    pub only_tags: bool,
    /// What may happen to a pull request without it, and where that stands.
    pub by_type: Option<(&'static str, Range<usize>)>,
}

impl Trigger {
    /// Whether it takes a branch: one that is pushed to, or one that a pull request would go into.
    pub fn takes_branch(&self, name: &str) -> bool {
        let taken = self.branches.as_ref().is_none_or(|patterns| github::filters::takes(patterns, name));
        self.present && !self.only_tags && taken && !github::filters::takes(&self.not_branches, name)
    }
}

/// A workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// Whose syntax it is.
    pub host: Host,
    /// Runs on pull or merge requests, on the change itself.
    pub pull_request: Trigger,
    /// Runs on pushes.
    pub push: Trigger,
    /// Runs in the target's context on a pull request from anywhere (`pull_request_target`, `workflow_run`), where it is named.
    pub privileged: Option<(String, Range<usize>)>,
    /// Runs at set times.
    pub scheduled: bool,
    /// Is called by other workflows.
    pub callable: bool,
    /// `permissions` of the whole, if it has them.
    pub permissions: Option<Permissions>,
    /// GitLab: the rules by which a pipeline is started at all.
    pub pipeline: Option<Vec<gitlab::Rule>>,
    /// GitLab: whether it takes in other files.
    pub includes: bool,
    /// Why GitHub refuses the whole file, in words that follow "GitHub refuses it: ", and where that stands.
    pub refused: Option<(String, Range<usize>)>,
    /// In the file's order.
    pub jobs: Vec<Job>,
}

/// Names that a default branch goes by: which one it is does not stand in the file.
const DEFAULT_BRANCHES: &[&str] = &["main", "master", "trunk", "develop", "dev"];

impl Workflow {
    /// Names that the default branch may have: of the usual ones those that filters and conditions name, or all where none is named.
    pub fn branch_names(&self) -> Vec<&'static str> {
        let filters =
            [&self.pull_request, &self.push].into_iter().flat_map(|trigger| trigger.branches.iter().flatten().chain(&trigger.not_branches));
        let conditions = self.jobs.iter().filter_map(|job| job.condition.as_ref()).map(|(text, _)| text);
        let rules = self.pipeline.iter().flatten().flat_map(gitlab::Rule::texts).chain(self.jobs.iter().flat_map(|job| job.plan.texts()));
        let mut texts: Vec<&str> = filters.chain(conditions).map(String::as_str).collect();
        texts.extend(rules);
        let named = |name: &&&str| texts.iter().any(|text| words(text).any(|word| word == **name));
        let found: Vec<&'static str> = DEFAULT_BRANCHES.iter().filter(named).copied().collect();
        if found.is_empty() { DEFAULT_BRANCHES.to_vec() } else { found }
    }
}

/// The names in a filter or condition.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.'))
}

/// What a token may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// `write-all`.
    pub all: bool,
    /// Where it stands.
    pub at: Range<usize>,
}

/// A job.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Job {
    /// Its key.
    pub id: String,
    /// Its `name`.
    pub name: Option<String>,
    /// A workflow that it calls.
    pub uses: Option<(String, Range<usize>)>,
    /// Its condition (`if`), as written.
    pub condition: Option<(String, Range<usize>)>,
    /// Whether its failure does not count (`continue-on-error`, `allow_failure`), as written.
    pub may_fail: Option<(String, Range<usize>)>,
    /// The jobs that it waits for (`needs`), each with its place.
    pub needs: Vec<(String, Range<usize>)>,
    /// GitHub: the jobs that are made of it.
    pub matrix: Matrix,
    /// GitHub: the labels of its runner (`runs-on`), as written.
    pub runner: Vec<String>,
    /// GitHub: the shell of its scripts (`defaults.run.shell`, the workflow's where it has none).
    pub shell: Option<(String, Range<usize>)>,
    /// The variables of its environment that steer a shell.
    pub steering: Vec<String>,
    /// Its `permissions`.
    pub permissions: Option<Permissions>,
    /// GitLab: when it runs in a pipeline.
    pub plan: gitlab::Plan,
    /// GitLab: what files that are included may say of it.
    pub included: gitlab::Included,
    /// In order.
    pub steps: Vec<Step>,
    /// Byte range of its key.
    pub at: Range<usize>,
}

/// A step; a GitLab job has one for all its scripts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// Its `name` or `id`.
    pub names: Vec<String>,
    /// The action that it uses.
    pub uses: Option<(String, Range<usize>)>,
    /// What it hands to the action, text by text.
    pub with: Vec<(String, String, Range<usize>)>,
    /// The script that it runs, each line with its place.
    pub run: Vec<(String, Range<usize>)>,
    /// The folder that it works in, as written.
    pub folder: Option<String>,
    /// Its condition, as written.
    pub condition: Option<(String, Range<usize>)>,
    /// Whether its failure does not count, as written.
    pub may_fail: Option<(String, Range<usize>)>,
    /// GitHub: its shell, as written.
    pub shell: Option<(String, Range<usize>)>,
    /// The variables of its own environment that steer a shell.
    pub steering: Vec<String>,
    /// Byte range of the step.
    pub at: Range<usize>,
}

/// Whose workflow a path is, if it is one's.
pub fn host_of(path: &str) -> Option<Host> {
    let yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    let name = path.rsplit('/').next().unwrap_or_default();
    let in_folder =
        |folder: &str| path.rsplit_once('/').is_some_and(|(above, _)| above == folder || above.ends_with(&format!("/{folder}")));
    if yaml && [".github/workflows", ".forgejo/workflows", ".gitea/workflows"].iter().any(|folder| in_folder(folder)) {
        Some(Host::GitHub)
    } else if name.ends_with(".gitlab-ci.yml") || (yaml && in_folder(".gitlab/ci")) {
        Some(Host::GitLab)
    } else {
        None
    }
}

/// Reads a workflow.
///
/// # Errors
/// What is not YAML, and what is no workflow.
pub fn read(host: Host, text: &str) -> Result<Workflow, BadDocument> {
    match host {
        Host::GitHub => github::read(tree::read(Syntax::Yaml, text)?, text),
        Host::GitLab => {
            let documents = tree::read_stream(text)?;
            // A component has its inputs in a document of its own before the configuration.
            let Some(root) = documents.last() else { return Err(BadDocument::new("it is empty", None)) };
            Ok(gitlab::read(root, text))
        }
    }
}

/// Whether a setting (`continue-on-error`, `allow_failure`) is on in every run.
pub fn is_always(said: Option<&(String, Range<usize>)>) -> Option<&Range<usize>> {
    said.filter(|(text, _)| github::expression::is_always(text)).map(|(_, at)| at)
}

/// The lines of a script, each with its place in the text; of a list, all of its items'.
fn script_lines(text: &str, node: &Node<'_>) -> Vec<(String, Range<usize>)> {
    if node.is_list() {
        return node.items().iter().flat_map(|item| script_lines(text, item)).collect();
    }
    let whole = node.range();
    let raw = text.get(whole.clone()).unwrap_or_default();
    let mut start = whole.start;
    let mut written = Vec::new();
    for line in raw.split_inclusive('\n') {
        let content = line.trim();
        let lead = line.len() - line.trim_start().len();
        if !content.is_empty() {
            written.push((content.to_owned(), start + lead..start + lead + content.len()));
        }
        start += line.len();
    }
    let value = node.scalar().unwrap_or_default();
    let held: Vec<&str> = value.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // A block begins with its sign. Where quotes, escapes or folding stand between the two, the place is that of the whole.
    let block = written.len().saturating_sub(held.len());
    let same = block <= 1 && written.iter().skip(block).map(|(line, _)| line.as_str()).eq(held.iter().copied());
    if same {
        return written.into_iter().skip(block).collect();
    }
    let place = written.get(usize::from(raw.starts_with(['>', '|']))).or(written.first()).map_or(whole, |(_, at)| at.clone());
    held.into_iter().map(|line| (line.to_owned(), place.clone())).collect()
}

#[cfg(test)]
mod tests;
