//! `test-step-cannot-fail`: a step of CI runs tests and throws their failure away.

use super::{Probe, Scene, Sighting, ci};
use crate::formats::workflow::{self, shell};
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct TestStepCannotFail;

impl Probe for TestStepCannotFail {
    fn name(&self) -> &'static str {
        "test-step-cannot-fail"
    }

    fn looks_at(&self) -> &'static str {
        "Commands of the product's GitHub workflows and GitLab configuration that plainly run tests (`cargo test`, `npm test`, `pytest` and their like)."
    }

    fn limits(&self) -> &'static str {
        "Tests behind a script of the product's own, and a failure that is lost inside of it, are not seen. A job that may fail as a whole is told only where all of a matrix may."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for found in ci::workflows(scene, None) {
            for job in &found.workflow.jobs {
                for step in &job.steps {
                    let tests = step.run.iter().filter(|(line, _)| shell::test_command(line).is_some());
                    for (line, at) in tests {
                        let may_fail =
                            || workflow::is_always(step.may_fail.as_ref()).or_else(|| workflow::is_always(job.may_fail.as_ref()));
                        let lost = if shell::swallows_failure(line) { Some(at) } else { may_fail() };
                        let Some(place) = lost else { continue };
                        let message = format!("{} runs `{}` and throws its failure away", found.path(), one_line(line, 100));
                        seen.extend(scene.sighting(&found.file, place.clone(), message));
                    }
                }
            }
        }
        seen
    }
}
