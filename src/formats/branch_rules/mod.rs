//! What a host demands before a branch changes, as it is exported: rulesets and branch protection of GitHub ("REST API endpoints
//! for rules", "… for protected branches"), protected branches and approval rules of GitLab ("Protected branches API", "Merge request
//! approvals API").

mod github;
mod gitlab;

use std::ops::Range;

use super::glob;
use super::tree::{self, BadDocument, Node, Syntax};

/// Something that is in force, with its place.
pub type Place = Range<usize>;

/// One ruleset or protected branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// What to call it: `ruleset main`.
    pub label: String,
    /// The repository, `owner/name`, where the export says it.
    pub source: Option<String>,
    /// The repositories that it is for, where it names them.
    pub repositories: Option<Repositories>,
    /// Those of [`DEFAULTS`] that it takes in by their names; none where it is for the default branch, whichever that is.
    pub branches: Option<Vec<&'static str>>,
    /// Why it has no effect on the default branch, if it has none.
    pub idle: Option<(String, Place)>,
    /// Changes must come by pull or merge request.
    pub pull_request: bool,
    /// Who may change the branch without one, where that is so.
    pub direct: Option<(String, Place)>,
    /// How many approvals a change needs, where it says so.
    pub reviews: Option<(i64, Place)>,
    /// Code owners must approve.
    pub code_owners: bool,
    /// Checks that must pass; GitLab knows the pipeline as a whole.
    pub checks: Vec<String>,
    /// Nobody may rewrite the branch.
    pub no_force_push: bool,
    /// Nobody may delete the branch.
    pub no_deletion: bool,
    /// Who may go past it; none where the export does not say.
    pub bypass: Option<Vec<String>>,
    /// When it was last changed, as written.
    pub updated: Option<(String, Place)>,
    /// Its place.
    pub at: Place,
}

impl Protection {
    fn new(label: String, at: Place) -> Self {
        Self {
            label,
            source: None,
            repositories: None,
            branches: None,
            idle: None,
            pull_request: false,
            direct: None,
            reviews: None,
            code_owners: false,
            checks: Vec::new(),
            no_force_push: false,
            no_deletion: false,
            bypass: None,
            updated: None,
            at,
        }
    }
}

/// The repositories of an organisation that a ruleset names, by their names or patterns; `~ALL` stands for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repositories {
    /// Those that it is for.
    pub included: Vec<String>,
    /// Those that it leaves out.
    pub excluded: Vec<String>,
    /// Where.
    pub at: Place,
}

impl Repositories {
    /// Whether it is for the repository of which `is_own` tells the name; none where patterns decide.
    pub fn take_in(&self, is_own: impl Fn(&str) -> bool) -> Option<bool> {
        let is_pattern = |name: &String| name.contains(['*', '?', '[', '{']);
        if self.excluded.iter().any(|name| is_own(name)) {
            return Some(false);
        }
        if self.excluded.iter().any(is_pattern) {
            return None;
        }
        match self.included.iter().any(|name| name == "~ALL" || is_own(name)) {
            true => Some(true),
            false => (!self.included.iter().any(is_pattern)).then_some(false),
        }
    }
}

/// An export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchRules {
    /// Whether it is GitLab's; else GitHub's.
    pub is_gitlab: bool,
    /// In the file's order.
    pub protections: Vec<Protection>,
    /// `exported_at` of an envelope, as written.
    pub exported: Option<(String, Place)>,
}

/// Names of a default branch, where the export does not say which it is.
pub const DEFAULTS: &[&str] = &["main", "master", "trunk", "develop"];

/// What is known of the default branch.
struct Branch<'n>(Option<&'n str>);

fn fits(pattern: &str, name: &str) -> Option<bool> {
    match pattern.strip_prefix("refs/") {
        _ if pattern == name => Some(true),
        Some(_) => glob::path_matches(pattern, &format!("refs/heads/{name}")),
        None => glob::path_matches(pattern, name),
    }
}

impl Branch<'_> {
    /// Whether a name or a pattern (`release/*`, `refs/heads/main`, `refs/**/*`) takes it; none of a pattern that is not understood.
    fn is_meant(&self, pattern: &str) -> Option<bool> {
        match self.0 {
            Some(name) => fits(pattern, name),
            None => DEFAULTS.iter().try_fold(false, |any, name| Some(any | fits(pattern, name)?)),
        }
    }

    /// Which of [`DEFAULTS`] these patterns take in; none where the export says which branch is the default, or all are taken in.
    fn by_name<'p>(&self, patterns: impl Iterator<Item = &'p str> + Clone) -> Option<Vec<&'static str>> {
        let is_any = |pattern: &str| matches!(pattern, "~ALL" | "~DEFAULT_BRANCH");
        if self.0.is_some() || patterns.clone().any(is_any) {
            return None;
        }
        let taken = DEFAULTS.iter().copied().filter(|name| patterns.clone().any(|pattern| fits(pattern, name) == Some(true)));
        Some(taken.collect()).filter(|taken: &Vec<&str>| taken.len() < DEFAULTS.len())
    }
}

/// Reads an export: what an endpoint gives, a list of that, or an envelope whose keys say what is what (`exported_at`,
/// `default_branch`, `rulesets`, `branch_protection`, `protected_branches`, `approval_rules`, `project`).
///
/// # Errors
/// What is not JSON, and what is none of these.
pub fn read(text: &str) -> Result<BranchRules, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    let named = root.word("default_branch").or_else(|| root.at(&["project"]).word("default_branch"));
    let branch = Branch(named);
    let is_gitlab = gitlab::is_one(&root);
    let protections = if is_gitlab { gitlab::read(&root, &branch) } else { github::read(&root, &branch)? };
    if protections.is_empty() {
        return Err(BadDocument::new("it holds no ruleset, no branch protection and no protected branch", Some(root.range())));
    }
    let exported = root.word("exported_at").map(|word| (word.to_owned(), root.at(&["exported_at"]).range()));
    Ok(BranchRules { is_gitlab, protections, exported })
}

/// Where a reader looks for a table: its first key.
fn head(node: &Node<'_>) -> Place {
    node.entries().first().map_or(node.range(), |first| first.key_range().start..first.node.range().end)
}

#[cfg(test)]
mod tests;
