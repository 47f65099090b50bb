//! Whether a job of GitLab runs in a pipeline: the pipeline's rules, its own, and the jobs that it needs.

use std::collections::{HashMap, HashSet};

use super::plan::{self, Planned};
use crate::formats::workflow::{Event, Hindrance, Job, Runs, What, Workflow};
use crate::text::one_line;

/// Most jobs in a row, each waiting for the next, that are followed.
const DEPTH: usize = 64;
/// Most jobs that are looked at for one.
const JOBS: usize = 5_000;

/// What comes of a job at an event.
pub fn planned(workflow: &Workflow, job: &Job, event: Event, branch: &str) -> Planned {
    let mut waiting = vec![(job, 0_usize, None::<(String, std::ops::Range<usize>)>)];
    let mut seen: HashSet<&str> = HashSet::from([job.id.as_str()]);
    let jobs: HashMap<&str, &Job> = workflow.jobs.iter().map(|job| (job.id.as_str(), job)).collect();
    let mut own = None;
    let mut looked_at = 0;
    while let Some((next, depth, by)) = waiting.pop() {
        looked_at += 1;
        let planned = by_itself(workflow, next, event, branch);
        match (&by, planned.runs) {
            (None, runs @ Runs::No(_)) => return Planned { runs, may_fail: planned.may_fail },
            (None, runs) => own = Some(Planned { runs, may_fail: planned.may_fail }),
            (Some((name, at)), Runs::No(hindrance)) => {
                let what = What::Needs(one_line(name, 60), Box::new(hindrance.what));
                return Runs::No(Hindrance { what, at: at.clone() }).into();
            }
            // The job that waits runs or not as the one that it waits for does.
            (Some(_), _) => {}
        }
        if depth > DEPTH || looked_at > JOBS {
            return Runs::Unknown("more jobs wait for each other than were followed".to_owned()).into();
        }
        for (name, at) in &next.needs {
            let by = by.clone().unwrap_or_else(|| (name.clone(), at.clone()));
            match jobs.get(name.as_str()).copied() {
                Some(needed) if needed.id == job.id => {
                    return Runs::No(Hindrance { what: What::NeedsItself, at: at.clone() }).into();
                }
                Some(needed) if !seen.insert(&needed.id) => {}
                Some(needed) => {
                    waiting.push((needed, depth + 1, Some(by)));
                }
                // It may stand in another file.
                None if workflow.includes => {}
                None => return Runs::No(Hindrance { what: What::NeedsAbsent(one_line(name, 60)), at: at.clone() }).into(),
            }
        }
    }
    own.unwrap_or_else(|| Runs::Yes.into())
}

fn by_itself(workflow: &Workflow, job: &Job, event: Event, branch: &str) -> Planned {
    let pipeline = workflow.pipeline.as_ref().map(|rules| plan::first(rules, None, event, branch, &job.at).runs);
    let own = job.plan.at(event, branch, pipeline.is_some() || event != Event::PullRequest);
    match (pipeline, own.runs) {
        (Some(runs @ Runs::No(_)), _) | (Some(runs @ Runs::Unknown(_)), Runs::Yes) => Planned { runs, may_fail: own.may_fail },
        (_, runs) => Planned { runs, may_fail: own.may_fail },
    }
}
