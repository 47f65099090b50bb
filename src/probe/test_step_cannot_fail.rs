//! `test-step-cannot-fail`: a step of CI runs tests and throws their failure away.

use super::{Probe, Scene, Sighting, ci};
use crate::formats::workflow::shell::{self, Fate, Interpreter};
use crate::formats::workflow::{self, Host, Job, Step};
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
        "Tests behind a script of the product's own, and a failure that is lost inside of it, are not seen. A job that may fail as a whole is told only where all of a matrix may, and tests that may fail not beside others of the same job by the same program that may not."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for found in ci::workflows(scene, None) {
            for job in &found.workflow.jobs {
                // Tests that run again without their failure counting, for a report or a comparison, leave the others to fail.
                let others = |name: &str| {
                    let counted = |line: &str| shell::test_command(line).is_some_and(|other| program(other) == program(name));
                    let mut steps = job.steps.iter().filter(|step| step.may_fail.is_none() && job.may_fail.is_none());
                    steps.any(|step| {
                        let mut lines = step.run.iter().enumerate();
                        lines.any(|(index, (line, _))| counted(line) && !is_lost(found.workflow.host, job, step, index))
                    })
                };
                for step in &job.steps {
                    let tests = step.run.iter().enumerate();
                    let tests = tests.filter(|(_, (line, _))| shell::test_command(line).is_some_and(|name| !others(name)));
                    for (index, (line, at)) in tests {
                        let may_fail =
                            || workflow::is_always(step.may_fail.as_ref()).or_else(|| workflow::is_always(job.may_fail.as_ref()));
                        let lost = if is_lost(found.workflow.host, job, step, index) { Some(at) } else { may_fail() };
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

/// Whether the failure of the tests that a line of a script runs is surely lost.
fn is_lost(host: Host, job: &Job, step: &Step, index: usize) -> bool {
    let Some((line, _)) = step.run.get(index) else { return false };
    let shell = step.shell.as_ref().or(job.shell.as_ref()).map(|(text, _)| text.as_str());
    let on_windows = job.runner.iter().any(|label| label.to_ascii_lowercase().contains("windows"));
    // Which system a matrix comes to is not followed here, and without a shell that is named it decides.
    let interpreter = match shell {
        _ if host == Host::GitLab => shell::GITLAB,
        Some(shell) if shell.contains("${{") => Interpreter::Unknown,
        shell => Interpreter::of(shell, on_windows),
    };
    let Interpreter::Shell(options) = interpreter else { return shell::swallows_failure(line) };
    let script = step.run.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>().join("\n");
    let Some(found) = shell::fates(&script, options, shell::test_command(line)) else { return shell::swallows_failure(line) };
    let on_line = |at: usize| script.get(..at).unwrap_or_default().matches('\n').count() == index;
    found.iter().any(|found| found.leads && on_line(found.at) && matches!(found.fate, Fate::Lost(_)))
}

/// The program that a test command calls.
fn program(command: &str) -> &str {
    command.split_whitespace().next().unwrap_or_default()
}
