//! Whether what is cited runs what it must, and whether its failure counts.

use std::ops::Range;

use super::runs::RUN_ALWAYS;
use super::{Cited, Reading};
use crate::evidence::Gap;
use crate::formats::workflow::github::{expression, value::Value};
use crate::formats::workflow::{Event, Setting, Step};
use crate::repo_path::RepoPath;
use crate::source::Located;
use crate::text::one_line;

/// Most courses of steps in jobs of a matrix that are looked at.
const COURSES: usize = 20_000;

/// What it takes to look at a line of a script.
const LINE: usize = 20;

/// A line of a script, with its place.
pub(super) type Line = (String, Range<usize>);

/// What was found of one step, or of a workflow that the job calls.
#[derive(Default)]
pub(super) struct Course {
    pub(super) gaps: Vec<Gap>,
    pub(super) doubts: Vec<String>,
    pub(super) asides: Vec<String>,
    /// Whether a command begins with what is expected.
    pub(super) leads: bool,
}

impl Course {
    fn weight(&self) -> (usize, usize, usize) {
        (self.gaps.len(), self.doubts.len(), self.asides.len())
    }

    /// Whether it is left out for some events, rather than run in a way that shows nothing.
    fn is_left_out(&self) -> bool {
        self.gaps.iter().any(|gap| gap.fault == "conditional")
    }
}

/// Tools that build, fetch, test and more, as their arguments say.
const TOOLS: &[&str] = &[
    "bun",
    "bundle",
    "cargo",
    "composer",
    "docker",
    "dotnet",
    "go",
    "gradle",
    "gradlew",
    "./gradlew",
    "just",
    "make",
    "mvn",
    "mvnw",
    "./mvnw",
    "node",
    "npm",
    "npx",
    "pip",
    "pnpm",
    "poetry",
    "python",
    "python3",
    "rake",
    "run",
    "sh",
    "bash",
    "swift",
    "task",
    "uv",
    "yarn",
];

impl Cited<'_> {
    /// That it runs what is expected, and that this can fail.
    pub(super) fn does(&self, branch: &str, reading: &mut Reading) {
        let cells = self.job.matrix.cells();
        if cells.contains(&Value::Unknown) {
            reading.asides.push("its matrix is computed, which was not followed".to_owned());
        }
        reading.asides.extend(self.checks_out_another());
        reading.asides.extend(self.names_a_tool_alone());
        // Of a matrix one job that holds is enough. With no cell there is no job, which has been told.
        let none = [Value::Null];
        let cells = if cells.is_empty() { none.as_slice() } else { cells.as_slice() };
        let few = (COURSES / self.job.steps.len().max(1)).max(1);
        let best =
            |step: Option<&Step>| cells.iter().take(few).filter_map(|cell| self.course(step, cell, branch)).min_by_key(Course::weight);
        let steps = self.job.steps.iter().filter(|step| self.step.is_none_or(|named| named.at == step.at));
        let called = self.job.uses.as_ref().filter(|(action, _)| self.fits(action)).and_then(|_| best(None));
        let mut courses: Vec<Course> = steps.filter_map(|step| best(Some(step))).chain(called).collect();
        if courses.is_empty() && self.job.included.template.is_some() {
            return;
        }
        if courses.is_empty() {
            reading.gaps.push(self.runs_nothing());
            return;
        }
        // What never runs, or only has the text among its arguments, is not what is meant where something else fits better.
        for is_meant in [|course: &Course| !course.is_left_out(), |course: &Course| course.leads] {
            if courses.iter().any(is_meant) {
                courses.retain(is_meant);
            }
        }
        // Where nothing is expected, steps beside the point may throw their failure away.
        if self.expected().is_none() {
            courses = courses.into_iter().min_by_key(Course::weight).into_iter().collect();
        }
        for course in courses {
            for gap in course.gaps {
                if !reading.gaps.contains(&gap) {
                    reading.gaps.push(gap);
                }
            }
            reading.doubts.extend(course.doubts);
            reading.asides.extend(course.asides);
        }
    }

    /// That the job checks out a state that it names, in place of the one that it runs for. What stands in a folder of its own is beside it.
    fn checks_out_another(&self) -> Option<String> {
        let is_checkout = |step: &&Step| step.uses.as_ref().is_some_and(|(action, _)| action.starts_with("actions/checkout@"));
        let input = |step: &Step, wanted: &str| {
            let found = step.with.iter().find(|(name, ..)| name == wanted).map(|(_, text, _)| text.trim().to_owned());
            found.filter(|text| !text.is_empty())
        };
        let own = self.job.steps.iter().filter(is_checkout).filter(|step| input(step, "path").is_none());
        let mut named =
            own.filter_map(|step| input(step, "repository").or_else(|| input(step, "ref"))).filter(|text| !text.contains("${{"));
        named.next().map(|state| format!("it checks out {}, which may be another state than the change", one_line(&state, 80)))
    }

    /// That `expect` names a tool that does many things, and none of them.
    fn names_a_tool_alone(&self) -> Option<String> {
        let wanted = self.expected()?.value.trim();
        TOOLS.contains(&wanted).then(|| format!("`expect` names {wanted}, and not what it does"))
    }

    /// The text of what must run, if one is told.
    pub(super) fn expected(&self) -> Option<&Located<String>> {
        self.ask.evidence.text("expect").filter(|_| !self.on_schedule())
    }

    /// The gap of a job, or step, that does nothing that counts.
    fn runs_nothing(&self) -> Gap {
        let at = self.job.at.clone();
        match self.ask.evidence.text("expect").filter(|_| !self.on_schedule()) {
            Some(wanted) => {
                let says = format!("runs nothing that has the text {}", one_line(&wanted.value, 80));
                Gap { cited: Some(wanted.span), ..self.gap(at, "not-run", says, "correct `expect`, or name the job that runs it") }
            }
            None => self.gap(at, "runs-nothing", "runs nothing that could show anything", "cite a job that does"),
        }
    }

    pub(super) fn fits(&self, text: &str) -> bool {
        self.expected().is_none_or(|wanted| text.contains(&wanted.value))
    }

    /// What becomes of a step, or of a workflow that the job calls, in one job of the matrix; none where it is not what is meant.
    fn course(&self, step: Option<&Step>, cell: &Value, branch: &str) -> Option<Course> {
        let lines = step.map_or(0, |step| step.run.len());
        self.ask.memo.effort.take((lines + 1).saturating_mul(LINE));
        let plain = Setting { event: Event::PullRequest, branch, matrix: cell, os: None, fuel: self.fuel };
        let os = self.runner_os(&plain);
        let by_action = step.is_none_or(|step| step.uses.as_ref().is_some_and(|(action, _)| self.fits(action)));
        let scripted = step.filter(|_| !by_action).map(|step| self.script(step, &Setting { os, ..plain }));
        let (mut course, line) = match scripted {
            Some(found) => found.map(|(course, line)| (course, Some(line)))?,
            None if by_action => (self.by_action(step), None),
            None => return None,
        };
        for event in self.events() {
            self.at_event(step, line, &Setting { event: *event, os, ..plain }, &mut course);
        }
        Some(course)
    }

    /// A step that uses an action. One of this repository could be followed, and is not, so that it proves nothing.
    fn by_action(&self, step: Option<&Step>) -> Course {
        let mut course = Course { leads: true, ..Course::default() };
        let Some((action, _)) = step.and_then(|step| step.uses.as_ref()).filter(|(action, _)| action.starts_with("./")) else {
            return course;
        };
        let name = one_line(action, 80);
        let folder = action.trim_start_matches("./").trim_end_matches('/');
        let has = |file: &&str| {
            let path = if folder.is_empty() { (*file).to_owned() } else { format!("{folder}/{file}") };
            path.parse().is_ok_and(|path: RepoPath| self.ask.view.find(&path).is_some())
        };
        // A checkout may put other files there.
        let absent = if ["action.yml", "action.yaml", "Dockerfile"].iter().any(has) { "" } else { ", and no action is tracked there" };
        course.asides.push(format!("what {name} does was not followed{absent}"));
        course
    }

    fn at_event(&self, step: Option<&Step>, line: Option<&Line>, setting: &Setting<'_>, course: &mut Course) {
        let once = |gaps: &mut Vec<Gap>, gap: Gap| {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        };
        if let Some((text, at)) = step.and_then(|step| step.condition.as_ref()) {
            match expression::condition(text, setting) {
                Some(true) => {}
                Some(false) => {
                    let says = format!("runs only if {}, which leaves changes out", one_line(text, 100));
                    once(&mut course.gaps, self.gap(at.clone(), "conditional", says, RUN_ALWAYS));
                }
                None => course.asides.push(format!("the condition {} was not evaluated", one_line(text, 80))),
            }
        }
        for (text, at) in self.job.may_fail.iter().chain(step.and_then(|step| step.may_fail.as_ref())) {
            let of_job = self.job.may_fail.as_ref().is_some_and(|(_, own)| own == at);
            match (expression::value(text, setting).is_yes(), line.filter(|_| self.step.is_none() && !of_job)) {
                (Some(false), _) => {}
                (Some(true), Some((line, _))) => {
                    let says = format!("throws the failure of `{}` away", one_line(line, 100));
                    once(&mut course.gaps, self.gap(at.clone(), "swallowed", says, "let the command fail the job"));
                }
                (Some(true), None) => {
                    let remedy = "leave continue-on-error or allow_failure out";
                    once(&mut course.gaps, self.gap(at.clone(), "may-fail", "may fail without stopping anything", remedy));
                }
                (None, _) => {
                    let text = one_line(text, 80);
                    course.doubts.push(format!("may fail without stopping anything where {text} is true, which the file does not tell"));
                }
            }
        }
    }

    /// The system of the runner, by its labels.
    pub(super) fn runner_os(&self, setting: &Setting<'_>) -> Option<&'static str> {
        self.job.runner.iter().find_map(|label| {
            let Value::Text(label) = expression::value(label, setting) else { return None };
            let label = label.to_ascii_lowercase();
            [("windows", "Windows"), ("macos", "macOS"), ("ubuntu", "Linux"), ("linux", "Linux")]
                .iter()
                .find_map(|(part, os)| label.contains(part).then_some(*os))
        })
    }
}
