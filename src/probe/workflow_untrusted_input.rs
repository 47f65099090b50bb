//! `workflow-untrusted-input`: a script of a workflow has a text that anyone can write pasted into it before the shell reads
//! it, so that the text can be a command.

use super::{Probe, Scene, Sighting, ci};
use crate::formats::workflow::Host;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct WorkflowUntrustedInput;

/// Contexts whose text a stranger chooses ("Security hardening for GitHub Actions").
const UNTRUSTED: &[&str] = &[
    "github.event.issue.title",
    "github.event.issue.body",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.label",
    "github.event.pull_request.head.repo.default_branch",
    "github.event.comment.body",
    "github.event.review.body",
    "github.event.review_comment.body",
    "github.event.discussion.title",
    "github.event.discussion.body",
    "github.event.head_commit.message",
    "github.event.head_commit.author.email",
    "github.event.head_commit.author.name",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.head_commit.message",
    "github.event.pages",
    "github.head_ref",
];

impl Probe for WorkflowUntrustedInput {
    fn name(&self) -> &'static str {
        "workflow-untrusted-input"
    }

    fn looks_at(&self) -> &'static str {
        "Scripts (`run:`, and `script:` of actions/github-script) in the product's GitHub workflows, for `${{ … }}` with a text that a stranger chooses."
    }

    fn limits(&self) -> &'static str {
        "Texts that reach a script through a step's output are not followed. One that is handed over by `env:` is fine."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for found in ci::workflows(scene, Some(Host::GitHub)) {
            for step in found.workflow.jobs.iter().flat_map(|job| &job.steps) {
                let is_script = step.uses.as_ref().is_some_and(|(action, _)| action.starts_with("actions/github-script@"));
                let scripts = step.with.iter().filter(|(key, ..)| is_script && key == "script").map(|(_, text, at)| (text, at));
                for (line, at) in step.run.iter().map(|(line, at)| (line, at)).chain(scripts) {
                    if let Some(context) = pasted(line) {
                        let message = format!("{} pastes {} into a script", found.path(), one_line(context, 80));
                        seen.extend(scene.sighting(&found.file, at.clone(), message));
                    }
                }
            }
        }
        seen
    }
}

/// The untrusted context that an expression in this text names.
fn pasted(text: &str) -> Option<&'static str> {
    let expressions = text.split("${{").skip(1).filter_map(|rest| rest.split("}}").next());
    let found = expressions.flat_map(|expression| UNTRUSTED.iter().filter(move |context| names(expression, context)));
    found.copied().next()
}

/// Whether an expression takes that context's text itself, and not only compares it.
fn names(expression: &str, context: &str) -> bool {
    let compares =
        expression.contains("==") || expression.contains("!=") || expression.contains("contains(") || expression.contains("startsWith(");
    expression.contains(context) && !compares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_that_a_stranger_chooses_are_told() {
        assert_eq!(pasted("echo \"${{ github.event.issue.title }}\""), Some("github.event.issue.title"));
        assert_eq!(pasted("git switch ${{ github.head_ref }}"), Some("github.head_ref"));
        for line in ["echo ${{ github.sha }}", "echo $TITLE", "echo github.head_ref", "x ${{ github.head_ref == 'main' }}"] {
            assert_eq!(pasted(line), None, "{line}");
        }
    }
}
