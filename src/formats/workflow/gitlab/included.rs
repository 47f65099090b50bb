//! What files that a configuration includes may say of one of its jobs ("CI/CD YAML syntax reference", `include`): they are merged into it,
//! and what the configuration says itself goes before what they say.

use crate::formats::tree::Node;

/// Deepest templates that extend each other.
const DEPTH: usize = 50;

/// What included files may say of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Included {
    /// A template that it extends and that can only stand there.
    pub template: Option<String>,
    /// Whether there are such files: each may add a key that the job leaves open, such as `allow_failure`, `needs` or `before_script`.
    pub may_add: bool,
}

impl Included {
    pub(super) fn of(root: &Node<'_>, job: &Node<'_>) -> Self {
        match root.get("include") {
            Some(_) => Self { template: unseen(root, job, 0), may_add: true },
            None => Self::default(),
        }
    }
}

/// The first template that a job extends and that is not in the file.
fn unseen(root: &Node<'_>, job: &Node<'_>, depth: usize) -> Option<String> {
    let names = job.get("extends").map(Node::one_or_more).unwrap_or_default().iter().filter_map(Node::text);
    names.filter(|_| depth < DEPTH).take(DEPTH).find_map(|name| match root.get(name) {
        Some(template) if std::ptr::eq(template, job) => None,
        Some(template) => unseen_once(root, template, depth),
        None => Some(name.to_owned()),
    })
}

/// Of a template only the first that it extends is followed on: a chain, and no tree that doubles at each step.
fn unseen_once(root: &Node<'_>, template: &Node<'_>, depth: usize) -> Option<String> {
    let name = template.get("extends").map(Node::one_or_more).unwrap_or_default().first()?.text()?;
    match root.get(name).filter(|_| depth < DEPTH) {
        Some(next) => unseen_once(root, next, depth + 1),
        None if depth < DEPTH => Some(name.to_owned()),
        None => None,
    }
}
