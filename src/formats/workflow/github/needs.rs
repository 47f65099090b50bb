//! Whether a job runs at an event: its condition, its matrix, and the jobs that it waits for.

use std::cell::Cell;
use std::collections::HashMap;

use super::expression;
use super::value::Value;
use crate::formats::workflow::{Event, Hindrance, Job, Runs, Setting, What, Workflow};
use crate::text::one_line;

/// Most jobs in a row, each waiting for the next, that are followed.
const DEPTH: usize = 64;

/// Whether a job runs at an event that starts its workflow.
pub fn runs(workflow: &Workflow, job: &Job, event: Event, branch: &str, fuel: &Cell<usize>) -> Runs {
    let jobs = workflow.jobs.iter().map(|job| (job.id.as_str(), job)).collect();
    let mut course = Course { jobs, known: HashMap::new(), event, branch, fuel };
    course.runs(job, 0)
}

/// What a matrix takes of the fuel.
const MATRIX_COST: usize = 10_000;

struct Course<'w> {
    jobs: HashMap<&'w str, &'w Job>,
    known: HashMap<&'w str, Runs>,
    event: Event,
    branch: &'w str,
    fuel: &'w Cell<usize>,
}

impl<'w> Course<'w> {
    fn runs(&mut self, job: &'w Job, depth: usize) -> Runs {
        if let Some(known) = self.known.get(job.id.as_str()) {
            return known.clone();
        }
        if depth > DEPTH {
            return Runs::Unknown(format!("more than {DEPTH} jobs wait for each other in a row, which was not followed"));
        }
        // Whoever meets it while it is being answered has come in a circle.
        self.known.insert(&job.id, Runs::No(Hindrance { what: What::NeedsItself, at: job.at.clone() }));
        let runs = self.by_needs(job, depth);
        let runs = match self.by_itself(job) {
            Runs::Yes => runs,
            Runs::Unknown(_) if matches!(runs, Runs::No(_)) => runs,
            own => own,
        };
        self.known.insert(&job.id, runs.clone());
        runs
    }

    fn by_itself(&self, job: &Job) -> Runs {
        let left = self.fuel.get().saturating_sub(if job.matrix.is_there() { MATRIX_COST } else { 0 });
        self.fuel.set(left);
        if left > 0 && job.matrix.cells().is_empty() {
            return Runs::No(Hindrance { what: What::EmptyMatrix, at: job.at.clone() });
        }
        let Some((text, at)) = &job.condition else { return Runs::Yes };
        let matrix = Value::Unknown;
        let setting = Setting { event: self.event, branch: self.branch, matrix: &matrix, os: None, fuel: self.fuel };
        match expression::condition(text, &setting) {
            Some(true) => Runs::Yes,
            Some(false) => Runs::No(Hindrance { what: What::Condition(one_line(text, 100)), at: at.clone() }),
            None => Runs::Unknown(format!("the condition {} was not evaluated", one_line(text, 80))),
        }
    }

    fn by_needs(&mut self, job: &'w Job, depth: usize) -> Runs {
        let asks_status = job.condition.as_ref().is_some_and(|(text, _)| expression::asks_status(text));
        let mut runs = Runs::Yes;
        for (name, at) in &job.needs {
            let Some(needed) = self.jobs.get(name.as_str()).copied() else {
                return Runs::No(Hindrance { what: What::NeedsAbsent(one_line(name, 60)), at: at.clone() });
            };
            match self.runs(needed, depth + 1) {
                Runs::No(hindrance) if !asks_status || hindrance.what.is_refused() => {
                    let what = What::Needs(one_line(name, 60), Box::new(hindrance.what));
                    return Runs::No(Hindrance { what, at: at.clone() });
                }
                Runs::Unknown(why) if !asks_status => runs = Runs::Unknown(one_line(&format!("it waits for {name}, of which {why}"), 300)),
                _ => {}
            }
        }
        runs
    }
}
