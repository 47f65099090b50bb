//! What becomes of the failure of a command: whether it fails the script, as shells have it (bash, "The Set Builtin", `-e` and
//! `pipefail`).

use std::ops::Range;

use super::IDLE;
use super::interpreter::Options;
use super::lexer::{self, Lexed};
use super::no_tests;
use super::syntax::{self, Command, List, Simple, Statement};
use super::walk::{Course, Walk};

/// Longest script that is followed, in bytes.
const BYTES: usize = 64 * 1_024;
/// Most places of one script that are followed.
const PLACES: usize = 50;
/// Deepest `sh -c '…'` in `sh -c '…'`.
const DEPTH: usize = 3;

/// What becomes of a command's failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It fails the script.
    Counts,
    /// It is lost.
    Lost(Why),
    /// It was not followed.
    Unclear,
}

/// Why a failure is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// `|| true` or something else that cannot fail.
    Or,
    /// `!` before it.
    Negated,
    /// Something that passes on what it reads ends the pipe.
    Pipe,
    /// It runs in the background.
    Background,
    /// The script goes on after it.
    GoesOn,
    /// It stands before `&&`, and the script goes on.
    And,
    /// The script ends before it.
    Before,
    /// It is a condition, and nothing after it fails.
    Condition,
    /// It runs inside of the words of another command.
    Substitution,
}

impl Why {
    /// In words that follow "throws the failure of X away".
    pub fn says(self) -> &'static str {
        match self {
            Self::Or => "",
            Self::Negated => ": `!` turns it around",
            Self::Pipe => ": without `pipefail` only the last command of a pipe counts",
            Self::Background => ": it runs in the background, and nobody asks how it went",
            Self::GoesOn => ": its script goes on after a failure",
            Self::And => ": before `&&` a failure does not end the script, and more commands follow",
            Self::Before => ": the script ends before it",
            Self::Condition => ": it decides a condition only, and nothing after it can fail",
            Self::Substitution => ": the command that it stands in takes its output only",
        }
    }
}

/// A place in a script, and what becomes of the failure of what runs there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where the command begins.
    pub at: usize,
    /// Whether the command begins with the text, and does not only have it among its arguments.
    pub leads: bool,
    /// What becomes of it.
    pub fate: Fate,
    /// Whether it bears the name of a test run and runs no test.
    pub runs_no_test: bool,
}

/// What becomes of the commands that have a text, or of all that do more than print and set up. None where the script is more than
/// is understood here.
pub fn fates(script: &str, options: Options, wanted: Option<&str>) -> Option<Vec<Found>> {
    followed(script, options, wanted, 0)
}

fn followed(script: &str, options: Options, wanted: Option<&str>, depth: usize) -> Option<Vec<Found>> {
    if script.len() > BYTES || depth > DEPTH {
        return None;
    }
    let lexed = lexer::lex(script)?;
    let list = syntax::parse(&lexed)?;
    let mut commands = Vec::new();
    list_commands(&list, &mut commands);
    let script = Script { text: script, lexed: &lexed, list: &list, options, depth };
    let mut found: Vec<Found> = Vec::new();
    for place in script.places(&commands, wanted) {
        let runs_no_test = matches!(place, Place::Command(simple, _) if no_tests::runs_none(simple.own_words().iter().map(String::as_str)));
        let (at, leads, fate) = match place {
            Place::Command(simple, leads) => (simple.at.start, leads, script.of(simple, &commands, wanted)),
            // Only an assignment comes to what its substitution came to.
            Place::Inside(simple) if IDLE.contains(&simple.program()) && !simple.program().is_empty() => {
                (simple.at.start, false, Fate::Lost(Why::Substitution))
            }
            Place::Inside(simple) => (simple.at.start, false, Fate::Unclear),
            Place::Elsewhere(at) => (at, false, Fate::Unclear),
        };
        if !found.iter().any(|own| own.at == at) {
            found.push(Found { at, leads, fate, runs_no_test });
        }
    }
    if wanted.is_none() && found.is_empty() && has_other(script.list) {
        found.push(Found { at: 0, leads: false, fate: Fate::Unclear, runs_no_test: false });
    }
    Some(found)
}

/// Where a text was found.
enum Place<'s> {
    Command(&'s Simple, bool),
    /// In a command within a command's words.
    Inside(&'s Simple),
    /// In what is not followed.
    Elsewhere(usize),
}

struct Script<'s> {
    text: &'s str,
    lexed: &'s Lexed,
    list: &'s List,
    options: Options,
    depth: usize,
}

impl Script<'_> {
    fn places<'c>(&self, commands: &[&'c Simple], wanted: Option<&str>) -> Vec<Place<'c>> {
        let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
            return commands
                .iter()
                .copied()
                .filter(|simple| !is_idle(simple))
                .take(PLACES)
                .map(|simple| Place::Command(simple, true))
                .collect();
        };
        let covers = |ranges: &[Range<usize>], at: usize| ranges.iter().any(|range| range.contains(&at));
        let mut places = Vec::new();
        for (start, _) in self.text.match_indices(wanted).take(PLACES) {
            let end = start + wanted.len();
            let overlapping = || commands.iter().copied().filter(|simple| simple.at.start < end && start < simple.at.end);
            if covers(&self.lexed.documents, start) {
                // A text is only printed by what prints, and run by who knows what.
                let owner = commands.iter().copied().rfind(|simple| simple.at.start <= start);
                if owner.is_none_or(|owner| !matches!(owner.program(), "cat" | "tee") && !IDLE.contains(&owner.program())) {
                    places.push(Place::Elsewhere(start));
                }
            } else if covers(&self.lexed.substitutions, start) {
                places.push(overlapping().next_back().map_or(Place::Elsewhere(start), Place::Inside));
            } else if let Some(simple) = overlapping().rfind(|simple| !IDLE.contains(&simple.program())) {
                places.push(Place::Command(simple, self.leads(simple, start)));
            } else if overlapping().next().is_none() && self.is_code(start) {
                places.push(Place::Elsewhere(start));
            }
        }
        places
    }

    /// Whether a text that begins there is what the command begins with, assignments aside.
    fn leads(&self, simple: &Simple, start: usize) -> bool {
        let before = self.text.get(simple.at.start..start).unwrap_or_default();
        start <= simple.at.start || before.split_whitespace().all(|word| word.contains('='))
    }

    /// Whether a place is in a word, and not in a comment.
    fn is_code(&self, at: usize) -> bool {
        self.lexed.tokens.iter().any(|token| token.at.contains(&at))
    }

    /// What becomes of one command.
    fn of(&self, target: &Simple, commands: &[&Simple], wanted: Option<&str>) -> Fate {
        let inner = self.inner(target, wanted);
        if let Some(Fate::Lost(why)) = inner {
            return Fate::Lost(why);
        }
        let walk = Walk { target: target.at.start, commands };
        let fate = match walk.list(self.list, &mut self.options.clone(), true) {
            Some(Course::Fails | Course::Status { .. }) => Fate::Counts,
            Some(Course::Lost(why)) => Fate::Lost(why),
            Some(Course::Unclear) | None => Fate::Unclear,
        };
        match (fate, inner) {
            (Fate::Counts, Some(inner)) => inner,
            (Fate::Counts, None) if self.is_murky(target, commands) || wanted.is_some_and(|wanted| hands_on(target, wanted)) => {
                Fate::Unclear
            }
            (fate, _) => fate,
        }
    }

    /// What becomes of it in a script that is handed over as a word: `sh -c '…'`.
    fn inner(&self, target: &Simple, wanted: Option<&str>) -> Option<Fate> {
        let is_shell = |word: &str| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "dash" | "zsh" | "ksh" | "ash"));
        let words = target.own_words();
        let shell = words.iter().position(|word| is_shell(word))?;
        let after = words.get(shell + 1..)?;
        let flags = after.iter().take_while(|word| word.starts_with(['-', '+']) || *word == "pipefail" || *word == "errexit").count();
        let flags = after.get(..flags)?;
        let is_command = |word: &String| word.starts_with('-') && !word.starts_with("--") && word.ends_with('c');
        if !flags.iter().any(is_command) {
            return None;
        }
        let script = after.get(flags.len())?;
        let mut options = Options { errexit: false, pipefail: Some(false) };
        options.set(flags.iter().map(String::as_str));
        let Some(found) = followed(script, options, wanted, self.depth + 1) else { return Some(Fate::Unclear) };
        let lost = found.iter().map(|found| found.fate).find(|fate| matches!(fate, Fate::Lost(_)));
        let counts = found.iter().any(|found| found.fate == Fate::Counts);
        let fate = if counts && (wanted.is_none() || lost.is_none()) { Fate::Counts } else { lost.unwrap_or(Fate::Unclear) };
        Some(fate)
    }

    /// Whether something before it may change what becomes of it, in a way that is not followed.
    fn is_murky(&self, target: &Simple, commands: &[&Simple]) -> bool {
        let functions = functions(self.list);
        let mut before = commands.iter().take_while(|simple| simple.at.start < target.at.start);
        let changes = |simple: &Simple| match simple.program() {
            "trap" | "eval" | "exec" | "alias" | "builtin" | "command" | "shopt" | "coproc" | "." | "source" | "hash" | "enable" => true,
            program if program.contains('$') || program.starts_with('`') => true,
            // What ends the script as failed is no way around the target.
            "exit" | "return" => simple.own_words().get(1).is_none_or(|code| code.parse::<u8>().map_or(code != "$?", |code| code == 0)),
            program if functions.contains(&program) => true,
            // Beside a plain `set`, which is followed: one that is a condition, or whose switches are not told.
            _ => simple.own_words().iter().any(|word| word == "set") && switches_off(simple, self.list),
        };
        let begins = |at: &Range<usize>, word: &str| self.text.get(at.clone()).is_some_and(|text| text.trim_start().starts_with(word));
        let is_case = |command: &Command| matches!(command, Command::Other(at) if begins(at, "case") || begins(at, "select"));
        let has_case = self.list.iter().any(|statement| statement.pipes.iter().any(|(_, pipe)| pipe.commands.iter().any(is_case)));
        let runs_builtin = matches!(target.program(), "eval" | "builtin" | "command" | "exec" | "coproc");
        runs_builtin || before.any(|simple| changes(simple)) || has_case || functions.contains(&target.program())
    }
}

/// Programs that run what follows as it stands, and end as it ends.
const WRAPPERS: &[&str] = &[
    "sudo",
    "env",
    "time",
    "timeout",
    "nice",
    "xvfb-run",
    "uv",
    "uvx",
    "poetry",
    "pipenv",
    "pdm",
    "hatch",
    "rye",
    "npx",
    "bunx",
    "pnpm",
    "yarn",
    "npm",
    "bun",
    "bundle",
    "dotnet",
    "python",
    "python3",
    "py",
    "coverage",
    "make",
    "cargo",
    "go",
    "tox",
    "nox",
    "mvn",
    "gradle",
    "./gradlew",
    "./mvnw",
    "php",
    "composer",
    "ruby",
    "rake",
    "mix",
    "swift",
    "flutter",
    "dart",
    "deno",
    "node",
    "cross",
    "meson",
    "cmake",
    "ctest",
    "bazel",
    "bazelisk",
    "just",
    "task",
    "conda",
    "micromamba",
    "opam",
    "stack",
    "cabal",
];

/// Words before which the text is what is put in place, and not what is run.
const PUT_IN_PLACE: &[&str] = &["install", "add", "i", "remove", "uninstall"];

/// Whether a command only has the text among the words that it hands to something else, and it is not known to run it as it stands.
/// The program's own folder is no part of what it is called.
fn hands_on(target: &Simple, wanted: &str) -> bool {
    let words = target.own_words();
    let own = words.join(" ");
    let program = target.program();
    let called = program.rsplit('/').next().unwrap_or(program);
    if own.starts_with(wanted) || own.strip_prefix(program).is_some_and(|rest| format!("{called}{rest}").starts_with(wanted)) {
        return false;
    }
    let quoted = words.iter().any(|word| word.contains(char::is_whitespace));
    quoted || !WRAPPERS.contains(&program) || words.iter().any(|word| PUT_IN_PLACE.contains(&word.as_str()))
}

/// Whether a `set` may switch off that a failure ends the script, or that anything is run, in a way that is not followed.
fn switches_off(simple: &Simple, list: &[Statement]) -> bool {
    let words = simple.own_words();
    let is_plain = words.first().is_some_and(|word| word == "set");
    let stands_alone = |command: &Command| matches!(command, Command::Simple(own) if own.at == simple.at);
    let alone = list.iter().any(|statement| {
        statement.pipes.len() == 1
            && statement
                .pipes
                .iter()
                .any(|(_, pipe)| !pipe.is_negated && pipe.commands.len() == 1 && pipe.commands.iter().any(stands_alone))
    });
    let switches = || words.iter().skip(1).filter(|word| word.starts_with(['-', '+']));
    let told = !words.iter().any(|word| word.contains('$') || word == "noexec")
        && !switches().any(|word| word.starts_with('-') && word.contains('n'));
    let off = words.iter().any(|word| word.starts_with('+') && word.contains(['e', 'o']));
    !told || off && !(is_plain && alone)
}

/// Whether a command only prints, waits or sets something up.
fn is_idle(simple: &Simple) -> bool {
    let substitutes = simple.words.iter().any(|word| word.contains("$(") || word.contains('`'));
    IDLE.contains(&simple.program()) && !substitutes
}

fn list_commands<'l>(list: &'l [Statement], into: &mut Vec<&'l Simple>) {
    list.iter().for_each(|statement| statement_commands(statement, into));
}

pub(super) fn statement_commands<'l>(statement: &'l Statement, into: &mut Vec<&'l Simple>) {
    for command in statement.pipes.iter().flat_map(|(_, pipe)| &pipe.commands) {
        match command {
            Command::Simple(simple) => into.push(simple),
            Command::Group { list, .. } => list_commands(list, into),
            Command::If(conditions, branches) => {
                // In the script's order: each condition before its branch.
                for (index, branch) in branches.iter().enumerate() {
                    if let Some(condition) = conditions.get(index) {
                        list_commands(condition, into);
                    }
                    list_commands(branch, into);
                }
            }
            Command::Loop(condition, body) => {
                if let Some(condition) = condition {
                    list_commands(condition, into);
                }
                list_commands(body, into);
            }
            Command::Function(..) | Command::Other(_) => {}
        }
    }
}

/// The names of functions that a script defines at its top.
fn functions(list: &[Statement]) -> Vec<&str> {
    let commands = list.iter().flat_map(|statement| &statement.pipes).flat_map(|(_, pipe)| &pipe.commands);
    let names = commands.filter_map(|command| match command {
        Command::Function(name, _) => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}

/// Whether a script has what is not followed.
fn has_other(list: &[Statement]) -> bool {
    let mut commands = list.iter().flat_map(|statement| &statement.pipes).flat_map(|(_, pipe)| &pipe.commands);
    commands.any(|command| matches!(command, Command::Other(_) | Command::If(..) | Command::Loop(..)))
}
