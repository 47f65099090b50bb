//! `test-step-cannot-fail`: a step of CI runs tests and throws their failure away.

use std::collections::BTreeSet;

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
                let lost: Vec<BTreeSet<usize>> = job.steps.iter().map(|step| lost_lines(found.workflow.host, job, step)).collect();
                // Tests that run again without their failure counting, for a report or a comparison, leave the others to fail.
                let counted: BTreeSet<&str> = if job.may_fail.is_some() {
                    BTreeSet::new()
                } else {
                    let steps = job.steps.iter().zip(&lost).filter(|(step, _)| step.may_fail.is_none());
                    let lines = steps.flat_map(|(step, lost)| {
                        step.run.iter().enumerate().filter(|(index, _)| !lost.contains(index)).map(|(_, (line, _))| line)
                    });
                    lines.filter_map(|line| shell::test_command(line)).map(program).collect()
                };
                for (step, lost) in job.steps.iter().zip(&lost) {
                    let may_fail = workflow::is_always(step.may_fail.as_ref()).or_else(|| workflow::is_always(job.may_fail.as_ref()));
                    let is_alone = |line: &str| shell::test_command(line).is_some_and(|name| !counted.contains(program(name)));
                    for (index, (line, at)) in step.run.iter().enumerate().filter(|(_, (line, _))| is_alone(line)) {
                        let lost = if lost.contains(&index) { Some(at) } else { may_fail };
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

/// The lines of a script that run tests whose failure is surely lost.
fn lost_lines(host: Host, job: &Job, step: &Step) -> BTreeSet<usize> {
    let commands: BTreeSet<&str> = step.run.iter().filter_map(|(line, _)| shell::test_command(line)).collect();
    if commands.is_empty() {
        return BTreeSet::new();
    }
    let shell = step.shell.as_ref().or(job.shell.as_ref()).map(|(text, _)| text.as_str());
    let on_windows = job.runner.iter().any(|label| label.to_ascii_lowercase().contains("windows"));
    // Which shell an expression comes to is not followed here.
    let interpreter = match shell {
        _ if host == Host::GitLab => shell::GITLAB,
        Some(shell) if shell.contains("${{") => Interpreter::Unknown,
        shell => Interpreter::of(shell, on_windows),
    };
    let by_line = || {
        let lines = step.run.iter().enumerate();
        lines.filter(|(_, (line, _))| shell::swallows_failure(line)).map(|(index, _)| index).collect()
    };
    let Interpreter::Shell(options) = interpreter else { return by_line() };
    let script = step.run.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>().join("\n");
    let mut lost = BTreeSet::new();
    for command in commands {
        let Some(found) = shell::fates(&script, options, Some(command)) else { return by_line() };
        let found = found.iter().filter(|found| found.leads && matches!(found.fate, Fate::Lost(_)));
        lost.extend(found.map(|found| script.get(..found.at).unwrap_or_default().matches('\n').count()));
    }
    lost
}

/// The program that a test command calls.
fn program(command: &str) -> &str {
    command.split_whitespace().next().unwrap_or_default()
}
