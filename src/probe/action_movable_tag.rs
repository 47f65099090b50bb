//! `action-movable-tag`: a workflow takes an action by a tag or branch, which whoever can push to that repository can move.

use super::{Probe, Scene, Sighting, ci};
use crate::formats::workflow::Host;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct ActionMovableTag;

impl Probe for ActionMovableTag {
    fn name(&self) -> &'static str {
        "action-movable-tag"
    }

    fn looks_at(&self) -> &'static str {
        "Every `uses:` of a job or step in the product's GitHub workflows."
    }

    fn limits(&self) -> &'static str {
        "Actions of the same repository (`./…`) and container images by digest are fine. Whether a commit id is the one of the version in the comment behind it cannot be seen."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for found in ci::workflows(scene, Some(Host::GitHub)) {
            let jobs = found.workflow.jobs.iter();
            let uses = jobs.flat_map(|job| job.uses.iter().chain(job.steps.iter().filter_map(|step| step.uses.as_ref())));
            for (action, at) in uses.filter(|(action, _)| is_movable(action)) {
                let message = format!("{} uses {}, which can be moved to other code", found.path(), one_line(action, 100));
                seen.extend(scene.sighting(&found.file, at.clone(), message));
            }
        }
        seen
    }
}

/// Whether an action is named by something else than a full commit id or an image's digest.
fn is_movable(action: &str) -> bool {
    if action.starts_with("./") || action.starts_with("../") || action.contains("${{") {
        return false;
    }
    if let Some(image) = action.strip_prefix("docker://") {
        return !image.contains("@sha256:");
    }
    let Some((name, reference)) = action.rsplit_once('@') else { return false };
    let is_commit = matches!(reference.len(), 40 | 64) && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.contains('/') && !is_commit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commits_and_digests_cannot_be_moved() {
        for action in ["actions/checkout@v5", "a/b/c@main", "docker://alpine:3", "a/b@08c6903"] {
            assert!(is_movable(action), "{action}");
        }
        for action in [
            "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8",
            "./.github/actions/x",
            "docker://alpine@sha256:aa",
            "${{ matrix.a }}",
        ] {
            assert!(!is_movable(action), "{action}");
        }
    }
}
