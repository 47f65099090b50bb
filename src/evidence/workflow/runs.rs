//! Whether what is cited runs when it must.

use super::{Cited, Reading};
use crate::evidence::Gap;
use crate::formats::workflow::{Event, Hindrance, Host, Runs, What, github, gitlab};
use crate::text::one_line;

/// The remedy of what runs for some changes and not for others.
pub(super) const RUN_ALWAYS: &str = "let it run on every pull request and on the default branch";

impl Cited<'_> {
    pub(super) fn runs(&self, branch: &str, reading: &mut Reading) {
        if self.on_schedule() {
            if !self.workflow.scheduled {
                let remedy = "add a schedule (`on: schedule`, or a rule on `$CI_PIPELINE_SOURCE == \"schedule\"`)";
                reading.gaps.push(self.gap(self.job.at.clone(), "unscheduled", "does not run at set times", remedy));
            }
        } else if self.workflow.host == Host::GitHub {
            reading.gaps.extend(self.by_trigger(branch));
        }
        match &self.job.included.template {
            Some(template) => reading.doubts.push(format!("extends {}, which stands in a file that is included", one_line(template, 60))),
            None if self.job.included.may_add => {
                reading.asides.push("what files that are included add to the job was not followed".to_owned());
            }
            None => {}
        }
        for event in self.events() {
            match self.at(*event, branch, reading) {
                Runs::Yes => {}
                // Of GitLab's rules one must fit for the job to be there; a condition of GitHub's leaves it out.
                Runs::Unknown(why) if self.workflow.host == Host::GitLab => {
                    reading.doubts.push(format!("may not run on {}: {why}", place(*event)));
                }
                Runs::Unknown(why) => reading.asides.push(why),
                Runs::No(hindrance) => {
                    let gap = self.hindered(hindrance, *event);
                    // What stops it at one event may stop it at the other too.
                    if !reading.gaps.contains(&gap) {
                        reading.gaps.push(gap);
                    }
                }
            }
        }
    }

    /// Whether it runs at an event, and by which rule of GitLab it may fail.
    fn at(&self, event: Event, branch: &str, reading: &mut Reading) -> Runs {
        if self.workflow.host == Host::GitHub {
            return github::runs(self.workflow, self.job, event, branch, self.fuel);
        }
        let mut planned = gitlab::planned(self.workflow, self.job, event, branch);
        if event == Event::PullRequest && planned.runs != Runs::Yes {
            // Without a pipeline of its own a merge request has that of its branch.
            let of_branch = gitlab::planned(self.workflow, self.job, Event::Branch, branch);
            if of_branch.runs == Runs::Yes {
                planned = of_branch;
            }
        }
        if let Some(at) = planned.may_fail.filter(|_| planned.runs == Runs::Yes) {
            let gap = self.gap(at, "may-fail", "may fail without stopping anything", "leave continue-on-error or allow_failure out");
            if !reading.gaps.contains(&gap) {
                reading.gaps.push(gap);
            }
        }
        planned.runs
    }

    fn hindered(&self, Hindrance { what, at }: Hindrance, event: Event) -> Gap {
        let (fault, says, remedy) = match (&what, event) {
            (What::NoRule, Event::PullRequest | Event::Branch) => (
                "no-pull-request",
                "does not run on merge requests".to_owned(),
                "add a rule on `$CI_PIPELINE_SOURCE == \"merge_request_event\"`",
            ),
            (What::NoRule, Event::Push) => {
                ("no-push", "does not run on the default branch".to_owned(), "add a rule on `$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`")
            }
            (What::NoRule, Event::Schedule) => {
                ("unscheduled", "does not run at set times".to_owned(), "add a rule on `$CI_PIPELINE_SOURCE == \"schedule\"`")
            }
            (What::Condition(_), _) => ("conditional", says(&what), remedy(&what)),
            (What::Manual, _) => ("manual", says(&what), remedy(&what)),
            (What::ByPath, _) => ("by-path", says(&what), remedy(&what)),
            (What::Needs(_, inner), _) if **inner == What::NoRule => {
                ("never-runs", format!("{}{}", says(&what), place(event)), remedy(&what))
            }
            _ => ("never-runs", says(&what), remedy(&what)),
        };
        self.gap(at, fault, says, remedy)
    }

    fn by_trigger(&self, branch: &str) -> Vec<Gap> {
        let workflow = self.workflow;
        let at = || self.job.at.clone();
        let mut gaps = Vec::new();
        let named = match &workflow.privileged {
            Some((name, _)) if name == "pull_request_target" => {
                "does not run on pull requests: `pull_request_target` runs what the branch holds that they would go into, without the change"
            }
            _ => "does not run on pull requests",
        };
        match (&workflow.pull_request, workflow.callable) {
            (trigger, false) if !trigger.present => {
                gaps.push(self.gap(at(), "no-pull-request", named, "add `pull_request` to `on`, or a rule for merge requests"));
            }
            (trigger, true) if !trigger.present => {
                let says = "runs only where another workflow calls it";
                gaps.push(self.gap(at(), "no-pull-request", says, "cite the workflow that calls it, by its job"));
            }
            (trigger, _) if !trigger.takes_branch(branch) => {
                let says = "does not run on pull requests into the default branch";
                gaps.push(self.gap(at(), "no-pull-request", says, "let the `branches` of `pull_request` take the default branch"));
            }
            _ => {}
        }
        if let Some((lacks, at)) = &workflow.pull_request.by_type {
            let says = format!("does not run when a pull request is {lacks}, by the `types` of `pull_request`");
            gaps.push(self.gap(at.clone(), "by-type", says, "leave `types` out, or add `opened` and `synchronize`"));
        }
        if !workflow.push.takes_branch(branch) && !workflow.callable {
            let says = "does not run on pushes to the default branch";
            gaps.push(self.gap(at(), "no-push", says, "add `push` with the default branch to `on`"));
        }
        for at in [&workflow.pull_request.by_path, &workflow.push.by_path].into_iter().flatten() {
            let says = "runs only when certain files change";
            gaps.push(self.gap(at.clone(), "by-path", says, "leave the path filter out, or move what it saves into the job"));
        }
        gaps
    }
}

/// Where a job runs at an event.
fn place(event: Event) -> &'static str {
    match event {
        Event::PullRequest | Event::Branch => "merge requests",
        Event::Push => "the default branch",
        Event::Schedule => "schedules",
    }
}

/// What keeps a job from running, in words that follow its name.
fn says(what: &What) -> String {
    match what {
        What::Condition(text) => format!("runs only if {text}, which leaves changes out"),
        What::EmptyMatrix => "never runs: its matrix holds no combination".to_owned(),
        What::NeedsAbsent(job) => format!("never runs: it needs {job}, and there is no such job"),
        What::NeedsItself => "never runs: it waits for itself".to_owned(),
        What::NoRule => "does not run on ".to_owned(),
        What::ByPath => "runs only when certain files change".to_owned(),
        What::Manual => "waits for somebody to start it".to_owned(),
        What::OnFailure => "runs only after another job has failed".to_owned(),
        What::Needs(job, what) => format!("needs {job}, which {}", says(what)),
    }
}

fn remedy(what: &What) -> &'static str {
    match what {
        What::Condition(_) => RUN_ALWAYS,
        What::EmptyMatrix => "fill the matrix, or leave it out",
        What::NoRule => RUN_ALWAYS,
        What::ByPath => "add a rule without `changes`",
        What::Manual => "leave `when: manual` out",
        What::OnFailure => "leave `when: on_failure` out",
        What::NeedsAbsent(_) | What::NeedsItself => "correct `needs`",
        What::Needs(..) => "let what it needs run as often as it must, or need it no longer",
    }
}
