//! `workflow-write-all`: a workflow's token may write to everything, by `permissions: write-all`.
//!
//! A workflow without `permissions` takes the host's default, which since 2023 is to read only and which the repository cannot
//! show: it is left alone.

use super::{Probe, Scene, Sighting, ci};
use crate::formats::workflow::Host;

/// See the module's documentation.
pub(super) struct WorkflowWriteAll;

impl Probe for WorkflowWriteAll {
    fn name(&self) -> &'static str {
        "workflow-write-all"
    }

    fn looks_at(&self) -> &'static str {
        "`permissions` of the product's GitHub workflows and of their jobs."
    }

    fn limits(&self) -> &'static str {
        "A workflow without `permissions` takes the host's default, which does not stand in the repository; and whether each single right is needed cannot be told."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for found in ci::workflows(scene, Some(Host::GitHub)) {
            let all = found.workflow.permissions.iter().chain(found.workflow.jobs.iter().filter_map(|job| job.permissions.as_ref()));
            for permissions in all.filter(|permissions| permissions.all) {
                let message = format!("{} gives its token every right to write", found.path());
                seen.extend(scene.sighting(&found.file, permissions.at.clone(), message));
            }
        }
        seen
    }
}
