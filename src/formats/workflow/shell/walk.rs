//! The way of a failure through a script: from the command that failed to what the script then comes to.

use super::IDLE;
use super::fate::{Why, statement_commands};
use super::interpreter::Options;
use super::syntax::{Command, Link, Pipe, Simple, Statement};

/// What becomes of a list, a pipe or a command once the target in it has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// The script has ended as failed.
    Fails,
    /// It comes to a failure, which ends the script unless it is `exempt`.
    Status {
        exempt: bool,
    },
    Lost(Why),
    Unclear,
}

pub(super) struct Walk<'w> {
    pub(super) target: usize,
    pub(super) commands: &'w [&'w Simple],
}

impl Walk<'_> {
    /// None where the target is not in the list. Switches are followed up to it.
    pub(super) fn list(&self, list: &[Statement], options: &mut Options, obeys: bool) -> Option<Course> {
        let mut statements = list.iter();
        while let Some(statement) = statements.next() {
            if let Some(course) = self.statement(statement, options, obeys) {
                let Course::Status { exempt } = course else { return Some(course) };
                if options.errexit && obeys && !exempt {
                    return Some(Course::Fails);
                }
                let rest = statements.as_slice();
                if rest.is_empty() {
                    return Some(course);
                }
                return Some(match exempt {
                    // What is asked for right after it may well be acted upon.
                    _ if asks_status(rest) => Course::Unclear,
                    true => Course::Lost(Why::And),
                    false => Course::Lost(Why::GoesOn),
                });
            }
            match only(statement) {
                Some(simple) if simple.program() == "set" => options.set(simple.own_words().iter().skip(1).map(String::as_str)),
                Some(simple) if matches!(simple.program(), "exit" | "return") && self.is_in(statements.as_slice()) => {
                    return Some(Course::Lost(Why::Before));
                }
                _ => {}
            }
        }
        None
    }

    /// Whether the target stands in statements.
    fn is_in(&self, list: &[Statement]) -> bool {
        let mut commands = Vec::new();
        list.iter().for_each(|statement| statement_commands(statement, &mut commands));
        commands.iter().any(|simple| simple.at.start == self.target)
    }

    fn statement(&self, statement: &Statement, options: &mut Options, obeys: bool) -> Option<Course> {
        let last = statement.pipes.len().saturating_sub(1);
        for (index, (_, pipe)) in statement.pipes.iter().enumerate() {
            let Some(course) = self.pipe(pipe, options, obeys && index == last && !pipe.is_negated) else { continue };
            if statement.is_background {
                let waits = |simple: &&&Simple| simple.program() == "wait" && simple.own_words().len() > 1;
                let waited = self.commands.iter().any(|simple| waits(&simple));
                return Some(if waited { Course::Unclear } else { Course::Lost(Why::Background) });
            }
            let Course::Status { exempt } = course else { return Some(course) };
            if !surely_reached(statement, index) {
                return Some(Course::Unclear);
            }
            return Some(joined(statement.pipes.get(index + 1..).unwrap_or_default(), exempt));
        }
        None
    }

    fn pipe(&self, pipe: &Pipe, options: &mut Options, obeys: bool) -> Option<Course> {
        let last = pipe.commands.len().saturating_sub(1);
        for (index, command) in pipe.commands.iter().enumerate() {
            let Some(course) = self.command(command, options, obeys) else { continue };
            // Each part of a pipe is a shell of its own.
            let course = if last > 0 && course == Course::Fails { Course::Status { exempt: false } } else { course };
            let Course::Status { .. } = course else { return Some(course) };
            if pipe.is_negated {
                return Some(Course::Lost(Why::Negated));
            }
            if index == last {
                return Some(course);
            }
            let passes_on = |command: &Command| matches!(command, Command::Simple(simple) if FILTERS.contains(&simple.program()));
            return Some(match options.pipefail {
                Some(true) => Course::Status { exempt: false },
                Some(false) if pipe.commands.iter().skip(index + 1).all(passes_on) => Course::Lost(Why::Pipe),
                _ => Course::Unclear,
            });
        }
        None
    }

    fn command(&self, command: &Command, options: &mut Options, obeys: bool) -> Option<Course> {
        match command {
            Command::Simple(simple) => (simple.at.start == self.target).then_some(Course::Status { exempt: false }),
            Command::Group { list, is_subshell: true } => {
                let course = self.list(list, &mut options.clone(), obeys)?;
                Some(if matches!(course, Course::Fails | Course::Status { .. }) { Course::Status { exempt: false } } else { course })
            }
            Command::Group { list, is_subshell: false } => self.list(list, options, obeys),
            Command::If(conditions, branches) => {
                if conditions.iter().any(|list| self.list(list, &mut options.clone(), false).is_some()) {
                    return Some(if self.fails_after() { Course::Unclear } else { Course::Lost(Why::Condition) });
                }
                branches.iter().find_map(|list| self.within(list, options, obeys))
            }
            Command::Loop(condition, body) => {
                if condition.as_ref().is_some_and(|list| self.list(list, &mut options.clone(), false).is_some()) {
                    return Some(if self.fails_after() { Course::Unclear } else { Course::Lost(Why::Condition) });
                }
                self.within(body, options, obeys)
            }
            Command::Function(..) | Command::Other(_) => None,
        }
    }

    /// In a branch or a body: whether that runs is not known, but what is lost is lost.
    fn within(&self, list: &[Statement], options: &Options, obeys: bool) -> Option<Course> {
        match self.list(list, &mut options.clone(), obeys)? {
            Course::Lost(why) if why != Why::GoesOn => Some(Course::Lost(why)),
            _ => Some(Course::Unclear),
        }
    }

    /// Whether anything after the target may fail the script.
    fn fails_after(&self) -> bool {
        let after = self.commands.iter().filter(|simple| simple.at.start > self.target);
        after.into_iter().any(|simple| {
            let ends_well = simple.own_words().get(1).is_some_and(|word| word == "0");
            !IDLE.contains(&simple.program()) || (simple.program() == "exit" && !ends_well)
        })
    }
}

/// Programs that pass on what they read, whatever it says.
const FILTERS: &[&str] = &["tee", "cat", "head", "tail", "sort", "sed", "awk", "tr", "cut", "ts", "fold", "uniq", "wc", "column", "nl"];

/// What becomes of a failure by what is joined to it with `&&` and `||`.
fn joined(rest: &[(Link, Pipe)], exempt: bool) -> Course {
    let (mut failed, mut exempt) = (true, exempt);
    for (link, pipe) in rest {
        let runs = (*link == Link::Or) == failed;
        if !runs {
            exempt |= failed;
            continue;
        }
        match ends(pipe) {
            End::Well => failed = false,
            End::Badly => (failed, exempt) = (true, false),
            End::Exits(true) => return Course::Lost(Why::Or),
            End::Exits(false) => return Course::Fails,
            End::Unknown => return Course::Unclear,
        }
    }
    if failed { Course::Status { exempt } } else { Course::Lost(Why::Or) }
}

/// Whether a pipe of a statement runs where what stands before it goes as it should.
fn surely_reached(statement: &Statement, index: usize) -> bool {
    let asks = |pipe: &Pipe| {
        pipe.is_negated
            || pipe.commands.iter().any(|command| match command {
                Command::Simple(simple) => matches!(simple.program(), "[" | "test" | "false" | "/bin/false"),
                _ => true,
            })
    };
    let joined_by_or = index > 0 && statement.pipes.get(index).is_some_and(|(link, _)| *link == Link::Or);
    !joined_by_or && !statement.pipes.iter().take(index).any(|(_, pipe)| asks(pipe))
}

/// How something ends that runs after a failure.
enum End {
    Well,
    Badly,
    /// The script, as passed or not.
    Exits(bool),
    Unknown,
}

fn ends(pipe: &Pipe) -> End {
    let [command] = pipe.commands.as_slice() else { return End::Unknown };
    match command {
        _ if pipe.is_negated => End::Unknown,
        Command::Simple(simple) => match (simple.program(), simple.own_words().get(1).map(String::as_str)) {
            ("exit" | "return", None | Some("$?")) => End::Exits(false),
            ("exit" | "return", Some(code)) => code.parse::<u8>().map_or(End::Unknown, |code| End::Exits(code == 0)),
            ("false" | "/bin/false", _) => End::Badly,
            ("true" | "/bin/true" | ":" | "echo" | "printf" | "sleep" | "date" | "pwd", _) => End::Well,
            _ => End::Unknown,
        },
        Command::Group { list, is_subshell } => {
            let mut last = End::Well;
            for (link, pipe) in list.iter().flat_map(|statement| &statement.pipes) {
                // After `&&` only what went well goes on, and what is joined by `||` is not followed.
                if *link == Link::Or || matches!(last, End::Badly) {
                    return End::Unknown;
                }
                last = ends(pipe);
                match last {
                    // A subshell ends by itself only.
                    End::Exits(well) if *is_subshell => return if well { End::Well } else { End::Badly },
                    End::Exits(_) | End::Unknown => return last,
                    End::Well | End::Badly => {}
                }
            }
            last
        }
        _ => End::Unknown,
    }
}

/// The command of a statement that is one command and nothing more.
fn only(statement: &Statement) -> Option<&Simple> {
    match statement.pipes.as_slice() {
        [(_, Pipe { is_negated: false, commands })] if !statement.is_background => match commands.as_slice() {
            [Command::Simple(simple)] => Some(simple),
            _ => None,
        },
        _ => None,
    }
}

/// Whether statements ask how the command before them went.
fn asks_status(list: &[Statement]) -> bool {
    let mut commands = Vec::new();
    list.iter().for_each(|statement| statement_commands(statement, &mut commands));
    commands
        .iter()
        .any(|simple| simple.words.iter().any(|word| ["$?", "${?}", "PIPESTATUS", "LASTEXITCODE"].iter().any(|asks| word.contains(asks))))
}
