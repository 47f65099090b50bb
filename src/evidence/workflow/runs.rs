//! Whether what is cited runs when it must.

use super::{Cited, Reading};
use crate::evidence::Gap;
use crate::formats::workflow::{Host, Rules, Runs, What, github};

/// The remedy of what runs for some changes and not for others.
pub(super) const RUN_ALWAYS: &str = "let it run on every pull request and on the default branch";

impl Cited<'_> {
    pub(super) fn runs(&self, branch: &str, reading: &mut Reading) {
        if self.on_schedule() {
            if !self.workflow.scheduled {
                let remedy = "add a schedule (`on: schedule`, or a rule on `$CI_PIPELINE_SOURCE == \"schedule\"`)";
                reading.gaps.push(self.gap(self.job.at.clone(), "unscheduled", "does not run at set times", remedy));
            }
        } else {
            reading.gaps.extend(match (self.workflow.host, &self.job.rules) {
                (Host::GitLab, Some(rules)) => self.by_rules(rules),
                _ => self.by_trigger(branch),
            });
        }
        for event in self.events() {
            match github::runs(self.workflow, self.job, *event, branch, self.fuel) {
                Runs::Yes => {}
                Runs::Unknown(why) => reading.asides.push(why),
                Runs::No(hindrance) => {
                    let fault = if matches!(hindrance.what, What::Condition(_)) { "conditional" } else { "never-runs" };
                    let gap = self.gap(hindrance.at, fault, says(&hindrance.what), remedy(&hindrance.what));
                    // What stops it at one event may stop it at the other too.
                    if !reading.gaps.contains(&gap) {
                        reading.gaps.push(gap);
                    }
                }
            }
        }
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
}

/// What keeps a job from running, in words that follow its name.
fn says(what: &What) -> String {
    match what {
        What::Condition(text) => format!("runs only if {text}, which leaves changes out"),
        What::EmptyMatrix => "never runs: its matrix holds no combination".to_owned(),
        What::NeedsAbsent(job) => format!("never runs: it needs {job}, and there is no such job"),
        What::NeedsItself => "never runs: it waits for itself".to_owned(),
        What::Needs(job, what) => format!("needs {job}, which {}", says(what)),
    }
}

fn remedy(what: &What) -> &'static str {
    match what {
        What::Condition(_) => RUN_ALWAYS,
        What::EmptyMatrix => "fill the matrix, or leave it out",
        What::NeedsAbsent(_) | What::NeedsItself => "correct `needs`",
        What::Needs(..) => "let what it needs run as often as it must, or need it no longer",
    }
}
