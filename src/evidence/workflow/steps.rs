//! Whether what is cited runs what it must, and whether its failure counts.

use std::ops::Range;

use super::runs::RUN_ALWAYS;
use super::{Cited, Reading};
use crate::evidence::Gap;
use crate::formats::workflow::github::{expression, value::Value};
use crate::formats::workflow::{Event, Setting, Step, shell};
use crate::text::one_line;

/// A line of a script, with its place.
type Line = (String, Range<usize>);

/// What was found of one step, or of a workflow that the job calls.
#[derive(Default)]
struct Course {
    gaps: Vec<Gap>,
    doubts: Vec<String>,
    asides: Vec<String>,
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

impl Cited<'_> {
    /// That it runs what is expected, and that this can fail.
    pub(super) fn does(&self, branch: &str, reading: &mut Reading) {
        let expected = self.ask.evidence.text("expect").filter(|_| !self.on_schedule());
        let cells = self.job.matrix.cells();
        // Of a matrix one job that holds is enough. With no cell there is no job, which has been told.
        let best = |step: Option<&Step>, lines: &[&Line]| {
            cells.iter().map(|cell| self.course(step, lines, cell, branch)).min_by_key(Course::weight).unwrap_or_default()
        };
        let steps = self.job.steps.iter().filter(|step| self.step.is_none_or(|named| named.at == step.at));
        if cells.contains(&Value::Unknown) {
            reading.asides.push("its matrix is computed, which was not followed".to_owned());
        }
        let mut courses: Vec<Course> = steps
            .filter_map(|step| {
                let lines = self.matching(step);
                let by_action = step.uses.as_ref().is_some_and(|(action, _)| self.fits(action));
                (by_action || !lines.is_empty()).then(|| best(Some(step), &lines))
            })
            .collect();
        if self.job.uses.as_ref().is_some_and(|(action, _)| self.fits(action)) {
            courses.push(best(None, &[]));
        }
        if courses.is_empty() {
            reading.gaps.push(self.runs_nothing());
            return;
        }
        if courses.iter().any(|course| !course.is_left_out()) {
            courses.retain(|course| !course.is_left_out());
        }
        // Where nothing is expected, steps beside the point may throw their failure away.
        if expected.is_none() {
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

    fn fits(&self, text: &str) -> bool {
        let expected = self.ask.evidence.text("expect").filter(|_| !self.on_schedule());
        expected.is_none_or(|wanted| text.contains(&wanted.value))
    }

    /// The lines of a step that are what is expected.
    fn matching<'s>(&self, step: &'s Step) -> Vec<&'s Line> {
        let lines = step.run.iter().filter(|(line, _)| !shell::is_idle(line) && self.fits(shell::without_comment(line)));
        lines.collect()
    }

    /// What becomes of a step in one job of the matrix.
    fn course(&self, step: Option<&Step>, lines: &[&Line], cell: &Value, branch: &str) -> Course {
        let mut course = Course::default();
        let plain = Setting { event: Event::PullRequest, branch, matrix: cell, os: None, fuel: self.fuel };
        let os = self.runner_os(&plain);
        for event in self.events() {
            let setting = Setting { event: *event, os, ..plain };
            self.at_event(step, lines, &setting, &mut course);
        }
        self.script(step, lines, &mut course);
        course
    }

    /// What becomes of the failure of commands in their script.
    fn script(&self, step: Option<&Step>, lines: &[&Line], course: &mut Course) {
        let is_expected = self.ask.evidence.text("expect").is_some() && !self.on_schedule();
        let lost = |line: &&&Line| shell::swallows_failure(&line.0);
        let all_lost = !lines.is_empty() && lines.iter().all(|line| lost(&line));
        if let Some((line, at)) = lines.iter().find(lost).filter(|_| all_lost || is_expected) {
            let says = format!("throws the failure of `{}` away", one_line(line, 100));
            course.gaps.push(self.gap(at.clone(), "swallowed", says, "let the command fail the job"));
        }
        let script = step.into_iter().flat_map(|step| &step.run).map(|(line, _)| line.as_str());
        if is_expected && !lines.is_empty() && !shell::is_plain(script) {
            course.asides.push("its script is more than one command after the other, which was not followed".to_owned());
        }
    }

    fn at_event(&self, step: Option<&Step>, lines: &[&Line], setting: &Setting<'_>, course: &mut Course) {
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
            match (expression::value(text, setting).is_yes(), lines.first().filter(|_| self.step.is_none() && !of_job)) {
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
    fn runner_os(&self, setting: &Setting<'_>) -> Option<&'static str> {
        self.job.runner.iter().find_map(|label| {
            let Value::Text(label) = expression::value(label, setting) else { return None };
            let label = label.to_ascii_lowercase();
            [("windows", "Windows"), ("macos", "macOS"), ("ubuntu", "Linux"), ("linux", "Linux")]
                .iter()
                .find_map(|(part, os)| label.contains(part).then_some(*os))
        })
    }
}
