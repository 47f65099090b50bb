//! What becomes of the failure of the commands that are meant, in the script that they stand in.

use super::Cited;
use super::steps::{Course, Line};
use crate::evidence::Gap;
use crate::formats::workflow::github::{expression, value::Value};
use crate::formats::workflow::shell::{self, Fate, Interpreter, Options, Why};
use crate::formats::workflow::{self as format, Host, Setting, Step};
use crate::text::one_line;

/// The remedy of a failure that is lost.
const LET_IT_FAIL: &str = "let the command fail the job";
/// Why a script is evidence and no proof.
const NOT_FOLLOWED: &str = "its script is more than one command after the other, which was not followed";

/// What a script takes of the fuel beside its length.
const SCRIPT_COST: usize = 200;

impl Cited<'_> {
    /// What becomes of what is meant in the step's script, and its first line; none where nothing in it is meant.
    pub(super) fn script<'s>(&self, step: &'s Step, setting: &Setting<'_>) -> Option<(Course, &'s Line)> {
        let said = step.shell.as_ref().or(self.job.shell.as_ref());
        let shell = said.map(|(text, _)| expression::value(text, setting));
        let interpreter = match &shell {
            _ if self.workflow.host == Host::GitLab => shell::GITLAB,
            None => Interpreter::of(None, setting.os == Some("Windows")),
            Some(Value::Text(text)) => Interpreter::of(Some(text), false),
            Some(_) => Interpreter::Other,
        };
        let shown = said.map(|(text, _)| one_line(text, 60)).unwrap_or_default();
        let steered = self.steered(step, said.map_or("", |(text, _)| text)).filter(|_| interpreter != Interpreter::LastProgram);
        let (mut course, line) = self.by_interpreter(step, interpreter, &shown)?;
        if let Some(name) = steered {
            let name = one_line(name, 60);
            course.asides.push(format!("its environment sets {name}, which can change what a shell does before it reads its script"));
        }
        Some((course, line))
    }

    /// The variable that steers the step's shell: of its environment, or one that a script up to its own names.
    fn steered<'s>(&'s self, step: &'s Step, shell: &str) -> Option<&'s str> {
        let by_environment = [&step.steering, &self.job.steering].into_iter().find_map(|names| format::steers(names, shell));
        let before = self.job.steps.iter().take_while(|own| own.at != step.at).chain([step]);
        by_environment.or_else(|| before.flat_map(|own| &own.run).find_map(|(line, _)| format::named_in(line)))
    }

    fn by_interpreter<'s>(&self, step: &'s Step, interpreter: Interpreter, shown: &str) -> Option<(Course, &'s Line)> {
        match interpreter {
            Interpreter::Shell(options) => self.by_shell(step, options),
            Interpreter::LastProgram => self.by_last_program(step),
            Interpreter::Other => {
                let (mut course, line) = self.by_line(step)?;
                course.asides.push(format!("how its shell `{shown}` runs the script was not followed"));
                Some((course, line))
            }
            Interpreter::Unknown => {
                let (mut course, line) = self.by_line(step)?;
                course.doubts.push(format!("hands its script to `{shown}`, which does not tell that it is run"));
                Some((course, line))
            }
        }
    }

    fn by_shell<'s>(&self, step: &'s Step, options: Options) -> Option<(Course, &'s Line)> {
        let script = step.run.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>().join("\n");
        let wanted = self.expected().map(|wanted| wanted.value.as_str());
        let left = self.fuel.get().checked_sub(script.len() + SCRIPT_COST);
        self.fuel.set(left.unwrap_or(0));
        let Some(mut found) = left.and_then(|_| shell::fates(&script, options, wanted)) else { return self.by_line(step) };
        let leads = found.iter().any(|found| found.leads);
        if leads {
            found.retain(|found| found.leads);
        }
        let line = |at: usize| {
            let before = script.get(..at).unwrap_or_default();
            step.run.get(before.matches('\n').count())
        };
        if found.iter().all(|found| found.runs_no_test) {
            let first = found.first().and_then(|found| line(found.at))?;
            return Some((Course { leads, gaps: vec![self.runs_no_test(first)], ..Course::default() }, first));
        }
        found.retain(|found| !found.runs_no_test);
        let first = found.first().and_then(|found| line(found.at))?;
        let counts = found.iter().any(|found| found.fate == Fate::Counts);
        // What is meant to count and is thrown away on purpose is told though it counts elsewhere.
        let on_purpose = |why: Why| wanted.is_some() && matches!(why, Why::Or | Why::Negated | Why::Pipe | Why::Background);
        let all_lost = found.iter().all(|found| matches!(found.fate, Fate::Lost(_)));
        let lost = found.iter().find_map(|found| match found.fate {
            Fate::Lost(why) if all_lost || on_purpose(why) => Some((line(found.at).unwrap_or(first), why)),
            _ => None,
        });
        let mut course = Course { leads, ..Course::default() };
        // Of several runs one that fails where there is no test is enough.
        if let Some(switch) = found.iter().filter_map(|found| line(found.at)).map(|(line, _)| shell::passes_without(line)).min().flatten() {
            course.asides.push(format!("with `{switch}` it passes where it finds no test"));
        }
        if let Some(((line, at), why)) = lost {
            let says = format!("throws the failure of `{}` away{}", one_line(line, 100), why.says());
            course.gaps.push(self.gap(at.clone(), "swallowed", says, LET_IT_FAIL));
        } else if !counts || (wanted.is_some() && found.iter().any(|found| found.fate == Fate::Unclear)) {
            course.asides.push(NOT_FOLLOWED.to_owned());
        }
        Some((course, first))
    }

    fn runs_no_test(&self, (line, at): &Line) -> Gap {
        let says = format!("runs no test: `{}` builds, lists or leaves out the tests", one_line(line, 100));
        self.gap(at.clone(), "no-test", says, "let it run the tests")
    }

    /// PowerShell and cmd go on after a program that failed; what the last one came to counts.
    fn by_last_program<'s>(&self, step: &'s Step) -> Option<(Course, &'s Line)> {
        let (mut course, first) = self.by_line(step)?;
        let last = step.run.iter().rposition(|(line, _)| !shell::is_idle(line) && self.fits(shell::without_comment(line)))?;
        let rest = step.run.get(last + 1..).unwrap_or_default();
        let Some((line, at)) = step.run.get(last) else { return Some((course, first)) };
        if rest.is_empty() && !line.replace("&&", "").contains(['|', ';', '&', '`', '{', '}']) {
            course.asides.clear();
        } else if rest.iter().any(|(line, _)| shell::runs_known_program(line)) && course.gaps.is_empty() {
            let says =
                format!("throws the failure of `{}` away: PowerShell and cmd go on after a program that failed", one_line(line, 100));
            course.gaps.push(self.gap(at.clone(), "swallowed", says, "let it be the last command, or set `shell: bash`"));
        }
        Some((course, first))
    }

    /// Line by line, where the script as a whole is not followed.
    fn by_line<'s>(&self, step: &'s Step) -> Option<(Course, &'s Line)> {
        let all = || step.run.iter().filter(|(line, _)| !shell::is_idle(line) && self.fits(shell::without_comment(line)));
        let meant = || all().filter(|(line, _)| !shell::runs_no_test(line));
        let Some(first) = meant().next() else {
            let first = all().next()?;
            return Some((Course { leads: true, gaps: vec![self.runs_no_test(first)], ..Course::default() }, first));
        };
        let mut course = Course { leads: true, ..Course::default() };
        let lost = |line: &&Line| shell::swallows_failure(&line.0);
        let all_lost = meant().all(|line| lost(&line));
        match meant().find(lost).filter(|_| all_lost || self.expected().is_some()) {
            Some((line, at)) => {
                let says = format!("throws the failure of `{}` away", one_line(line, 100));
                course.gaps.push(self.gap(at.clone(), "swallowed", says, LET_IT_FAIL));
            }
            None => course.asides.push(NOT_FOLLOWED.to_owned()),
        }
        Some((course, first))
    }
}
