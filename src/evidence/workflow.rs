//! `workflow`: a job or step of CI that runs on every change, and whose failure stops something.
//!
//! A workflow file is the thing itself and not a paper about it: what it says is what the host does. It does not show that the
//! job passed, nor that its passing is required.

use std::ops::Range;

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::workflow::{self as format, Host, Job, Rules, Step, Workflow, shell};
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
            "It is a workflow of GitHub Actions or a configuration of GitLab CI, told by its path.",
            "The job that `job` names is there, or the step that `job/step` names.",
            "It runs on pull or merge requests and on pushes to the default branch, whichever files change; or, with `expect = \"schedule\"`, at set times.",
            "Its failure counts: no `continue-on-error`, no `allow_failure`, no `|| true`.",
            "It runs something besides printing and setting up; with `expect`, a command or an action that has that text.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the job passes, and whether the host requires it before a merge, does not stand in the file: cite results and branch rules for that. Conditions are read as text and not evaluated, the default branch is taken to be called main, master, trunk or develop, and workflows of other repositories are not followed."
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

/// What is cited of a workflow.
struct Cited<'w> {
    ask: &'w Ask<'w>,
    path: String,
    workflow: &'w Workflow,
    job: &'w Job,
    /// The step, where one is named; else all of the job's.
    steps: Vec<&'w Step>,
    name: String,
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let path = file.path.to_string();
    let Some(host) = format::host_of(&path) else {
        let message = format!("{path} is no workflow: those of GitHub lie in .github/workflows, those of GitLab are called .gitlab-ci.yml");
        return Err(Verified::gap(Gap::failed("no-workflow", message, "cite the workflow itself")));
    };
    let workflow = format::read(host, ask.text()?).map_err(|bad| ask.malformed(&bad))?;
    let (job, step) = found(ask, &workflow, &path).map_err(Verified::gap)?;
    let name = step.and_then(|step| step.names.first()).map_or_else(|| job.id.clone(), |step| format!("{}/{step}", job.id));
    let steps = step.map_or_else(|| job.steps.iter().collect(), |step| vec![step]);
    let cited = Cited { ask, path, workflow: &workflow, job, steps, name: one_line(&name, 80) };
    let mut gaps = cited.runs();
    gaps.extend(cited.counts());
    gaps.extend(cited.does());
    gaps.extend(ask.review_too_old(&format!("the review of {}", cited.path)));
    Ok(Verified::from_gaps(super::at_most(gaps), || cited.proof()))
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

    /// That it runs when it must.
    fn runs(&self) -> Vec<Gap> {
        if self.on_schedule() {
            let remedy = "add a schedule (`on: schedule`, or a rule on `$CI_PIPELINE_SOURCE == \"schedule\"`)";
            let gap = || self.gap(self.job.at.clone(), "unscheduled", "does not run at set times", remedy);
            return if self.workflow.scheduled { Vec::new() } else { vec![gap()] };
        }
        let mut gaps = match (self.workflow.host, &self.job.rules) {
            (Host::GitLab, Some(rules)) => self.by_rules(rules),
            _ => self.by_trigger(),
        };
        let conditions =
            self.job.condition.iter().chain(self.steps.iter().filter_map(|step| step.condition.as_ref()).filter(|_| self.steps.len() == 1));
        for (text, at) in conditions.filter(|(text, _)| leaves_out(text)) {
            let says = format!("runs only if {}, which leaves changes out", one_line(text, 100));
            gaps.push(self.gap(at.clone(), "conditional", says, "let it run on every pull request and on the default branch"));
        }
        gaps
    }

    fn by_trigger(&self) -> Vec<Gap> {
        let workflow = self.workflow;
        let mut gaps = Vec::new();
        if !workflow.pull_request.present {
            let says = if workflow.callable { "runs only where another workflow calls it" } else { "does not run on pull requests" };
            let remedy = if workflow.callable {
                "cite the workflow that calls it, by its job"
            } else {
                "add `pull_request` to `on`, or a rule for merge requests"
            };
            gaps.push(self.gap(self.job.at.clone(), "no-pull-request", says, remedy));
        }
        if !workflow.push.takes_default_branch() && !workflow.callable {
            gaps.push(self.gap(
                self.job.at.clone(),
                "no-push",
                "does not run on pushes to the default branch",
                "add `push` with the default branch to `on`",
            ));
        }
        for at in [&workflow.pull_request.by_path, &workflow.push.by_path].into_iter().flatten() {
            gaps.push(self.gap(
                at.clone(),
                "by-path",
                "runs only when certain files change",
                "leave the path filter out, or move what it saves into the job",
            ));
        }
        gaps
    }

    fn by_rules(&self, rules: &Rules) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let at = || self.job.at.clone();
        if rules.manual {
            gaps.push(self.gap(at(), "manual", "waits for somebody to start it", "leave `when: manual` out"));
        }
        if let Some(place) = &rules.by_path {
            gaps.push(self.gap(place.clone(), "by-path", "runs only when certain files change", "add a rule without `changes`"));
        } else if !rules.merge_requests {
            gaps.push(self.gap(
                at(),
                "no-pull-request",
                "does not run on merge requests",
                "add a rule on `$CI_PIPELINE_SOURCE == \"merge_request_event\"`",
            ));
        }
        if !rules.default_branch && rules.by_path.is_none() {
            gaps.push(self.gap(
                at(),
                "no-push",
                "does not run on the default branch",
                "add a rule on `$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`",
            ));
        }
        gaps
    }

    /// That its failure counts.
    fn counts(&self) -> Vec<Gap> {
        let steps = self.steps.iter().filter(|_| self.steps.len() == 1).filter_map(|step| step.may_fail.as_ref());
        let all = self.job.may_fail.iter().chain(steps);
        all.map(|at| self.gap(at.clone(), "may-fail", "may fail without stopping anything", "leave continue-on-error or allow_failure out"))
            .collect()
    }

    /// That it runs what is expected, and that this can fail.
    fn does(&self) -> Vec<Gap> {
        let expected = self.ask.evidence.text("expect").filter(|_| !self.on_schedule());
        let fits = |text: &str| expected.is_none_or(|wanted| text.contains(&wanted.value));
        let scripts = self.steps.iter().flat_map(|step| step.run.iter().map(move |(line, at)| (*step, line, at)));
        let matching: Vec<_> = scripts.filter(|(_, line, _)| !shell::is_idle(line) && fits(shell::without_comment(line))).collect();
        let uses = self.steps.iter().filter_map(|step| step.uses.as_ref()).chain(self.job.uses.as_ref());
        let by_action = uses.filter(|(action, _)| fits(action)).count();
        if matching.is_empty() && by_action == 0 {
            return match expected {
                Some(wanted) => {
                    let says = format!("runs nothing that has the text {}", one_line(&wanted.value, 80));
                    let gap = self.gap(self.job.at.clone(), "not-run", says, "correct `expect`, or name the job that runs it");
                    vec![Gap { cited: Some(wanted.span), ..gap }]
                }
                None => {
                    vec![self.gap(self.job.at.clone(), "runs-nothing", "runs nothing that could show anything", "cite a job that does")]
                }
            };
        }
        // One command that counts is enough; where nothing is expected, lines beside the point may throw their failure away.
        let lost = |(step, line, _): &&(&Step, &String, &Range<usize>)| shell::swallows_failure(line) || step.may_fail.is_some();
        let all_lost = by_action == 0 && matching.iter().all(|one| lost(&one));
        let first = matching.iter().find(lost).filter(|_| all_lost || expected.is_some());
        first.map_or_else(Vec::new, |(step, line, at)| {
            let says = format!("throws the failure of `{}` away", one_line(line, 100));
            let at = step.may_fail.as_ref().filter(|_| !shell::swallows_failure(line)).unwrap_or(at);
            vec![self.gap(at.clone(), "swallowed", says, "let the command fail the job")]
        })
    }

    /// What of the way to the expected command the gate did not follow.
    fn unfollowed(&self) -> Option<String> {
        let expected = self.ask.evidence.text("expect").filter(|_| !self.on_schedule())?;
        let runs_it = |step: &&&Step| step.run.iter().any(|(line, _)| line.contains(&expected.value));
        let steps: Vec<&&Step> = self.steps.iter().filter(runs_it).collect();
        let conditions = self.job.condition.iter().chain(steps.iter().filter_map(|step| step.condition.as_ref()));
        if let Some((condition, _)) = conditions.into_iter().next() {
            return Some(format!("the condition {} was not evaluated", one_line(condition, 80)));
        }
        let plain = steps.iter().all(|step| shell::is_plain(step.run.iter().map(|(line, _)| line.as_str())));
        (!plain).then(|| "its script is more than one command after the other, which was not followed".to_owned())
    }

    fn proof(&self) -> Proof {
        let what = match self.ask.evidence.text("expect") {
            Some(_) if self.on_schedule() => " runs at set times".to_owned(),
            Some(wanted) => format!(" runs {} on every pull request and on the default branch", one_line(&wanted.value, 80)),
            None => " runs on every pull request and on the default branch (no `expect` says what it must run)".to_owned(),
        };
        let fails = if self.on_schedule() { "" } else { ", and its failure stops it" };
        let elsewhere = match &self.job.uses {
            Some((action, _)) => format!("; what {} does was not followed", one_line(action, 80)),
            None => String::new(),
        };
        let unfollowed = self.unfollowed();
        let aside = unfollowed.as_ref().map(|why| format!("; {why}")).unwrap_or_default();
        let says = format!("{} of {}{what}{fails}{elsewhere}{aside}", self.name, self.path);
        let is_told = self.ask.evidence.text("expect").is_some();
        let assurance = if is_told && elsewhere.is_empty() && unfollowed.is_none() { Assurance::Verified } else { Assurance::Evidenced };
        Proof::new(assurance, one_line(&says, limits::MESSAGE_CHARS))
    }
}

/// Whether a condition plainly leaves pull requests or the default branch out. What is not plain is let pass.
fn leaves_out(condition: &str) -> bool {
    let plain: String = condition.replace("${{", "").replace("}}", "").split_whitespace().collect::<String>().replace('"', "'");
    plain == "false"
        || plain.contains("event_name=='push'")
        || plain.contains("event_name!='pull_request'")
        || plain.contains("event_name=='schedule'")
        || plain.contains("event_name=='workflow_dispatch'")
        || plain.contains("event_name=='release'")
        || plain.contains("github.ref=='refs/heads/")
        || plain.contains("startsWith(github.ref,'refs/tags/")
}
