//! `portcullis hook`: installs the pre-push hook, and is what the hook runs.

use std::io::{self, Read as _};
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use jiff::civil::Date;

use super::day::day;
use super::terminal;
use crate::app::{self, Request};
use crate::clock::Today;
use crate::error::Error;
use crate::hook::install::{self, Done};
use crate::hook::pushed::{self, Push, Pushed};
use crate::input::catalogue::Catalogue;
use crate::input::snapshot::{At, Snapshot};
use crate::limits;
use crate::model::outcome::Verdict;
use crate::report::{Detail, human};
use crate::source::SourceMap;
use crate::text::{self, one_line};

/// Digits of a commit's id.
const COMMIT_DIGITS: usize = 12;
const OWN_SETTINGS: &str = "the pushed commit is judged by its own settings";

/// Judge what is pushed, before it is pushed.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install the pre-push hook: it judges the commits that are pushed, not the work tree
    ///
    /// A hook that is there already is kept and runs first. core.hooksPath and linked work trees are honoured.
    /// Exit codes: 0 done; 2 not.
    Install(Install),
    /// What a hook runs; exit codes: 0 push, 1 a commit's gate is closed, 2 could not assess
    Run(Run),
}

#[derive(Debug, clap::Args)]
struct Install {
    /// Install also where core.hooksPath serves other repositories, where husky writes the hooks, or over a hook kept from an earlier install
    #[arg(long, conflicts_with = "uninstall")]
    force: bool,
    /// Remove the hook and put back what was there
    #[arg(long, conflicts_with = "allowed_signers")]
    uninstall: bool,
    /// A folder in the repository; the nearest declaration at or above it is what pushes are judged by
    #[arg(long, short = 'C', default_value = ".", value_name = "FOLDER")]
    repository: PathBuf,
    /// The allowed signers file that the hook gives the check
    #[arg(long, value_name = "FILE")]
    allowed_signers: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Run {
    /// Which hook
    #[arg(value_enum)]
    hook: Hook,
    /// Where the pushed refs are told
    #[arg(long, value_enum, default_value = "stdin", value_name = "WHERE")]
    refs_from: RefsFrom,
    /// A folder in the repository; the nearest declaration at or above it is judged
    #[arg(long, short = 'C', default_value = ".", value_name = "FOLDER")]
    repository: PathBuf,
    /// Ask for attestations signed by a key in this file (OpenSSH allowed signers), which must lie outside the repository
    #[arg(long, value_name = "FILE")]
    allowed_signers: Option<PathBuf>,
    /// Judge on this day (UTC); by default the machine's
    #[arg(long, value_name = "DATE", value_parser = day)]
    today: Option<Date>,
    /// What git gives a pre-push hook: the name and the address of the remote, which are not looked at
    #[arg(value_name = "REMOTE", num_args = 0..=2)]
    remote: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Hook {
    PrePush,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RefsFrom {
    /// On standard input, as git tells a pre-push hook
    Stdin,
    /// In the variables of pre-commit and prek; at their manual stage what is staged is judged
    PreCommit,
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    match &arguments.command {
        Command::Install(install) => self::install(install),
        Command::Run(run) => match run.hook {
            Hook::PrePush => pre_push(run),
        },
    }
}

fn install(arguments: &Install) -> u8 {
    let request = install::Request {
        folder: arguments.repository.clone(),
        signers: arguments.allowed_signers.clone(),
        program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("portcullis")),
        force: arguments.force,
    };
    let done = if arguments.uninstall { install::uninstall(&request) } else { install::install(&request) };
    match done {
        Ok(done) => terminal::print(&format!("{}\n", told(&done))),
        Err(error) => fail(&error),
    }
}

fn told(done: &Done) -> String {
    let shown = |path: &PathBuf| one_line(&path.display().to_string(), limits::MESSAGE_CHARS);
    match done {
        Done::Installed { hook, previous: None } => format!("installed {}", shown(hook)),
        Done::Installed { hook, previous: Some(previous) } => {
            format!("installed {}; the hook that was there is now {} and runs first", shown(hook), shown(previous))
        }
        Done::Removed { hook, restored: true } => format!("removed the hook; {} is what it was before", shown(hook)),
        Done::Removed { hook, restored: false } => format!("removed {}", shown(hook)),
        Done::Nothing { hook } => format!("there is no hook at {}, so nothing was removed", shown(hook)),
    }
}

fn fail(error: &Error) -> u8 {
    terminal::complain_all(&error.faults(), &SourceMap::default());
    Verdict::CouldNotAssess.exit_code()
}

/// Judges every commit and answers with the worst of them.
fn pre_push(run: &Run) -> u8 {
    let push = match run.refs_from {
        RefsFrom::Stdin => from_input(),
        RefsFrom::PreCommit => from_variables(|name| std::env::var(name).ok().filter(|value| !value.is_empty())),
    };
    let push = match push {
        Ok(push) => push,
        Err(why) => {
            let help = "a hook of git's own gets it on standard input; see docs/ci/hooks.md for others";
            terminal::complain(&format!("what is pushed is not told: {why}"), Some(help));
            return Verdict::CouldNotAssess.exit_code();
        }
    };
    let catalogue = Catalogue::built_in();
    let mut out: String =
        push.deleted.iter().map(|name| format!("portcullis: {} is deleted, so there is nothing to judge\n", shown(name))).collect();
    let mut worst = 0;
    for pushed in &push.judged {
        let (text, code) = judge(run, pushed, &catalogue);
        out.push_str(&text);
        worst = worst.max(code);
    }
    if worst > 0 {
        out.push_str("portcullis: nothing is pushed; `git push --no-verify` pushes without this check\n");
    }
    worst.max(terminal::print(&out))
}

fn from_input() -> Result<Push, String> {
    let mut input = String::new();
    let most = limits::PUSHED_BYTES;
    io::stdin().lock().take(most + 1).read_to_string(&mut input).map_err(|error| error.to_string())?;
    if input.len() as u64 > most {
        return Err(format!("it is longer than {most} bytes"));
    }
    pushed::read(&input)
}

/// pre-commit tells of one ref: the commit, or on a first push that brings the root commit the name of the local branch.
fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Push, String> {
    let refs = vec![variable("PRE_COMMIT_REMOTE_BRANCH").unwrap_or_else(|| "the pushed commit".to_owned())];
    if let Some(revision) = variable("PRE_COMMIT_TO_REF").or_else(|| variable("PRE_COMMIT_LOCAL_BRANCH")) {
        return Ok(Push {
            judged: vec![Pushed { at: At::Revision(revision), base: variable("PRE_COMMIT_FROM_REF"), refs }],
            deleted: Vec::new(),
        });
    }
    if variable("PRE_COMMIT").is_none() || variable("PRE_COMMIT_REMOTE_NAME").is_some() {
        return Err("neither PRE_COMMIT_TO_REF nor PRE_COMMIT_LOCAL_BRANCH is set".to_owned());
    }
    Ok(Push { judged: vec![Pushed { at: At::Staged, base: None, refs: vec!["what is staged".to_owned()] }], deleted: Vec::new() })
}

/// What became of one commit: a line where its gate is open, the whole report where it is not.
fn judge(run: &Run, pushed: &Pushed, catalogue: &Catalogue) -> (String, u8) {
    let sources = SourceMap::default();
    let today = run.today.map_or_else(Today::from_system, Today);
    // git names the object that the remote has; only after a fetch is it here too.
    let base = pushed.base.clone().filter(|id| Snapshot::open(&run.repository, &At::Revision(id.clone())).is_ok());
    let mut request =
        Request { signers: run.allowed_signers.clone(), base, ..Request::new(run.repository.clone(), pushed.at.clone(), today) };
    let mut report = app::check(&request, catalogue, &sources);
    let mut aside = match (&pushed.base, &request.base) {
        (Some(id), None) => format!("portcullis: what the remote has ({}) is not in this repository: {OWN_SETTINGS}\n", digits(id)),
        _ => String::new(),
    };
    if let (Verdict::CouldNotAssess, Some(id)) = (report.verdict, pushed.base.as_deref().filter(|_| request.base.is_some())) {
        request.forgive_base = true;
        report = app::check(&request, catalogue, &sources);
        if report.verdict != Verdict::CouldNotAssess {
            aside = format!("portcullis: what the remote has ({}) cannot be assessed: {OWN_SETTINGS}\n", digits(id));
        }
    }
    report.detail = Detail { colour: true, width: terminal::width(), verbose: false };
    let mut bytes = Vec::new();
    let written = human::write(&report, &mut bytes);
    let whole = String::from_utf8_lossy(&bytes).into_owned();
    if let Err(error) = written {
        return (format!("portcullis: the report could not be written: {error}\n"), Verdict::CouldNotAssess.exit_code());
    }
    let names: Vec<String> = pushed.refs.iter().map(|name| shown(name)).collect();
    let which = match &pushed.at {
        At::Revision(revision) => format!("{} ({})", names.join(", "), digits(revision)),
        _ => names.join(", "),
    };
    let text = match report.verdict {
        Verdict::Open => {
            let standing = whole.lines().find(|line| line.contains("gate: open")).unwrap_or("gate: open").to_owned();
            format!("portcullis: {which}: {standing}\n")
        }
        _ => format!("portcullis: {which}\n{whole}"),
    };
    (aside + &text, report.verdict.exit_code())
}

fn digits(id: &str) -> String {
    shown(&id.chars().take(COMMIT_DIGITS).collect::<String>())
}

fn shown(name: &str) -> String {
    one_line(&text::visible(name), limits::QUOTED_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frameworks_variables_say_what_is_pushed() {
        let of = |pairs: &'static [(&'static str, &'static str)]| {
            from_variables(move |name| pairs.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned()))
        };
        let at = |push: Result<Push, String>| push.unwrap().judged.into_iter().map(|one| one.at).collect::<Vec<_>>();
        let revision = |name: &str| vec![At::Revision(name.to_owned())];
        assert_eq!(at(of(&[("PRE_COMMIT", "1"), ("PRE_COMMIT_TO_REF", "abc")])), revision("abc"));
        assert_eq!(at(of(&[("PRE_COMMIT", "1"), ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/x")])), revision("refs/heads/x"));
        assert_eq!(at(of(&[("PRE_COMMIT", "1")])), [At::Staged]);
        assert!(of(&[]).is_err());
        assert!(of(&[("PRE_COMMIT", "1"), ("PRE_COMMIT_REMOTE_NAME", "origin")]).is_err());
    }
}
