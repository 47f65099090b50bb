//! `pull-request-target-checkout`: a workflow that runs with the repository's own rights on pull requests from anywhere
//! checks out what the pull request brings, so that a stranger's code runs beside the secrets.

use super::{Probe, Scene, Sighting, ci};
use crate::formats::workflow::Host;

/// See the module's documentation.
pub(super) struct PullRequestTargetCheckout;

/// What names the head of a pull request from anywhere: its repository, its commit, and the references that the host keeps for it.
const HEADS: &[&str] = &[
    "github.event.pull_request.head.repo",
    "github.event.pull_request.head.sha",
    "github.event.workflow_run.head_repository",
    "github.event.workflow_run.head_sha",
    "github.event.workflow_run.head_commit",
    "refs/pull/",
    "github.event.pull_request.merge_commit_sha",
];

impl Probe for PullRequestTargetCheckout {
    fn name(&self) -> &'static str {
        "pull-request-target-checkout"
    }

    fn looks_at(&self) -> &'static str {
        "Steps that use actions/checkout in the product's GitHub workflows that `pull_request_target` or `workflow_run` starts."
    }

    fn limits(&self) -> &'static str {
        "A checkout by a command, and what is done with the files afterwards, are not seen; a checkout whose `ref` names no head of a pull request is fine, and so is a branch's name alone, which is looked up in this repository and not in the stranger's."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for found in ci::workflows(scene, Some(Host::GitHub)) {
            let Some((event, _)) = &found.workflow.privileged else { continue };
            for step in found.workflow.jobs.iter().flat_map(|job| &job.steps) {
                let checks_out = step.uses.as_ref().is_some_and(|(action, _)| action.starts_with("actions/checkout@"));
                let head = step
                    .with
                    .iter()
                    .find(|(key, value, _)| matches!(key.as_str(), "ref" | "repository") && HEADS.iter().any(|head| value.contains(head)));
                if let Some((_, _, at)) = head.filter(|_| checks_out) {
                    let message = format!("{} runs on {event} and checks out what the pull request brings", found.path());
                    seen.extend(scene.sighting(&found.file, at.clone(), message));
                }
            }
        }
        seen
    }
}
