//! `workflow`: a job or step of CI that runs on every change, and whose failure stops something.
//!
//! A workflow file is the thing itself and not a paper about it: what it says is what the host does. It does not show that the
//! job passed, nor that its passing is required.

mod runs;
mod script;
mod steps;

use std::cell::Cell;
use std::ops::Range;

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::workflow::{self as format, Event, Host, Job, Step, Workflow};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct CiWorkflow;

impl Verifier for CiWorkflow {
    fn kind(&self) -> &'static str {
        "workflow"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a workflow of GitHub Actions or a configuration of GitLab CI, told by its path, where the host looks for one and does not refuse it.",
            "The job that `job` names is there, or the step that `job/step` names.",
            "It runs on pull or merge requests and on pushes to the default branch, whichever files change; or, with `expect = \"schedule\"`, at set times.",
            "No condition leaves one of these out, nor does a job that it needs; its matrix, if any, is not empty.",
            "Its failure counts: no `continue-on-error`, no `allow_failure`, and no script or shell that goes on after it.",
            "It runs something besides printing and setting up, and besides tests that are only built or listed; with `expect`, a command or an action that has that text.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the job passes, and whether the host requires it before a merge, does not stand in the file: cite results and branch rules for that. Expressions are evaluated only as far as the file and the event tell, the default branch is taken to be called main, master, trunk, develop or dev, and workflows of other repositories are not followed."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"workflow\"\npath = \".github/workflows/ci.yml\"\njob = \"test\"\nexpect = \"cargo test\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

/// How much may be evaluated of a hostile file, in bytes of expressions.
const FUEL: usize = 20_000_000;

/// What is cited of a workflow.
struct Cited<'w> {
    ask: &'w Ask<'w>,
    path: String,
    workflow: &'w Workflow,
    job: &'w Job,
    /// The step, where one is named.
    step: Option<&'w Step>,
    name: String,
    fuel: &'w Cell<usize>,
}

/// What was found of it, with the default branch called by one of its names.
#[derive(Default)]
struct Reading {
    gaps: Vec<Gap>,
    /// What would have to be known to tell whether it holds.
    doubts: Vec<String>,
    /// What was not followed.
    asides: Vec<String>,
}

impl Reading {
    /// How far from good it is.
    fn weight(&self) -> (usize, usize, usize) {
        (self.gaps.len(), self.doubts.len(), self.asides.len())
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let path = file.path.to_string();
    let Some(host) = format::host_of(&path) else {
        let message = format!("{path} is no workflow: those of GitHub lie in .github/workflows, those of GitLab are called .gitlab-ci.yml");
        return Err(Verified::gap(Gap::failed("no-workflow", message, "cite the workflow itself")));
    };
    nowhere_run(host, &path).map_err(Verified::gap)?;
    if file.bytes.len() > limits::WORKFLOW_BYTES {
        let message = format!("{path} is larger than {} bytes, the most that is read of a workflow", limits::WORKFLOW_BYTES);
        return Err(Verified::doubt(message, "split it into workflows that call each other, and cite the one that shows it"));
    }
    let workflow = ask.content(|text| format::read(host, text))?;
    if let Some((why, at)) = workflow.refused.as_ref().filter(|_| path.starts_with(GITHUB)) {
        let message = format!("nothing of {path} runs, for GitHub refuses it: {}", one_line(why, 200));
        return Err(Verified::gap(ask.gap_at(at.clone(), "refused", message, "correct the workflow")));
    }
    let (job, step) = found(ask, &workflow, &path).map_err(Verified::gap)?;
    let name = step.and_then(|step| step.names.first()).map_or_else(|| job.id.clone(), |step| format!("{}/{step}", job.id));
    let fuel = Cell::new(FUEL);
    let cited = Cited { ask, path, workflow: &workflow, job, step, name: one_line(&name, 80), fuel: &fuel };
    let readings = workflow.branch_names().into_iter().map(|branch| cited.read(branch));
    let mut reading = readings.min_by_key(Reading::weight).unwrap_or_default();
    ask.memo.effort.take(FUEL.saturating_sub(fuel.get()));
    reading.gaps.extend(ask.review_too_old(&format!("the review of {}", cited.path)));
    if let Some(doubt) = reading.doubts.first().filter(|_| reading.gaps.is_empty()) {
        return Ok(Verified::doubt(format!("{} of {} {doubt}", cited.name, cited.path), "write it out, or cite a job of which it is told"));
    }
    let proof = cited.proof(&reading);
    Ok(Verified::from_gaps(super::at_most(reading.gaps), || proof))
}

/// Where GitHub reads workflows.
const GITHUB: &str = ".github/workflows/";

/// The gap of a workflow in a folder below the repository's root, where no host looks for one.
fn nowhere_run(host: Host, path: &str) -> Result<(), Gap> {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    if host != Host::GitHub || folders.matches('/').count() == 1 {
        return Ok(());
    }
    let message = format!("no host runs {path}: workflows are read from a folder at the repository's root only");
    Err(Gap::failed("nowhere-run", message, "move it to the root, or cite the workflow there that runs it"))
}

/// The job, and the step where one is named.
fn found<'w>(ask: &Ask<'_>, workflow: &'w Workflow, path: &str) -> Result<(&'w Job, Option<&'w Step>), Gap> {
    let jobs: Vec<&str> = workflow.jobs.iter().map(|job| job.id.as_str()).collect();
    let listed = one_line(&jobs.join(", "), 300);
    let Some(wanted) = ask.evidence.text("job") else {
        let message = format!("{path} is cited without saying which of its jobs shows it: {listed}");
        return Err(Gap::failed("unnamed", message, "add `job = \"…\"`, or `job = \"job/step\"`"));
    };
    let named = |name: &str| workflow.jobs.iter().find(|job| job.id == name || job.name.as_deref() == Some(name));
    if let Some(job) = named(&wanted.value) {
        return Ok((job, None));
    }
    let split = wanted.value.split_once('/').and_then(|(job, step)| Some((named(job)?, step)));
    let step = split.and_then(|(job, name)| Some((job, job.steps.iter().find(|step| step.names.iter().any(|own| own == name))?)));
    match (split, step) {
        (_, Some((job, step))) => Ok((job, Some(step))),
        (Some((job, step)), None) => {
            let message = format!("the job {} of {path} has no step that is called {}", one_line(&job.id, 60), one_line(step, 60));
            Err(Gap { cited: Some(wanted.span), ..ask.gap_at(job.at.clone(), "no-step", message, "correct `job`, or name the step") })
        }
        (None, None) if workflow.includes => {
            let name = one_line(&wanted.value, 60);
            let message = format!("{path} has no job {name} with a script of its own, and files that it includes are not followed");
            let gap = Gap::failed("no-job", message, "cite a job whose script stands in the file, or correct `job`");
            Err(Gap { cited: Some(wanted.span), ..gap })
        }
        (None, None) => {
            let message = format!("{path} has no job {}; its jobs are {listed}", one_line(&wanted.value, 60));
            Err(Gap { cited: Some(wanted.span), ..Gap::failed("no-job", message, "correct `job`") })
        }
    }
}

impl Cited<'_> {
    fn gap(&self, at: Range<usize>, fault: &'static str, says: impl AsRef<str>, remedy: &str) -> Gap {
        self.ask.gap_at(at, fault, format!("{} of {} {}", self.name, self.path, says.as_ref()), remedy)
    }

    fn on_schedule(&self) -> bool {
        self.ask.evidence.text("expect").is_some_and(|wanted| wanted.value == "schedule")
    }

    /// The events at which it must run.
    fn events(&self) -> &'static [Event] {
        if self.on_schedule() { &[Event::Schedule] } else { &[Event::PullRequest, Event::Push] }
    }

    fn read(&self, branch: &str) -> Reading {
        let mut reading = Reading::default();
        self.runs(branch, &mut reading);
        self.does(branch, &mut reading);
        reading
    }

    fn proof(&self, reading: &Reading) -> Proof {
        // What was not followed may leave some of them out, or keep a failure from stopping anything.
        let all = if reading.asides.is_empty() { "every pull request" } else { "pull requests" };
        let what = match self.ask.evidence.text("expect") {
            Some(_) if self.on_schedule() => " runs at set times".to_owned(),
            Some(wanted) => format!(" runs {} on {all} and on the default branch", one_line(&wanted.value, 80)),
            None => format!(" runs on {all} and on the default branch (no `expect` says what it must run)"),
        };
        let fails = if self.on_schedule() || !reading.asides.is_empty() { "" } else { ", and its failure stops it" };
        let elsewhere = match &self.job.uses {
            Some((action, _)) => format!("; what {} does was not followed", one_line(action, 80)),
            None => String::new(),
        };
        let aside = reading.asides.first().map(|why| format!("; evidence and no proof, since {why}")).unwrap_or_default();
        let says = format!("{} of {}{what}{fails}{elsewhere}{aside}", self.name, self.path);
        let is_told = self.ask.evidence.text("expect").is_some();
        let assurance = if is_told && elsewhere.is_empty() && aside.is_empty() { Assurance::Verified } else { Assurance::Evidenced };
        Proof::new(assurance, one_line(&says, limits::MESSAGE_CHARS))
    }
}
