//! The command line: clap types, and one file per command.

mod attest;
mod check;
mod completions;
mod day;
mod detect;
mod explain;
mod hook;
mod init;
mod list;
mod man;
mod schema;
mod terminal;

use std::ffi::OsString;

use clap::{CommandFactory, Parser, Subcommand};

const LONG_VERSION: &str =
    concat!(env!("CARGO_PKG_VERSION"), "\ncommit: ", env!("PORTCULLIS_BUILT_FROM"), "\npolicies: ", env!("PORTCULLIS_POLICIES"));

/// A gate for the UK cyber security codes of practice.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, long_version = LONG_VERSION, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// When to use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    color: terminal::Colour,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a repository against the codes that apply to it
    Check(check::Arguments),
    /// Write a first declaration and attestations file for a repository
    Init(init::Arguments),
    /// Add or renew attestations and waivers in place
    Attest(attest::Arguments),
    /// Say what a repository looks like, and why
    Detect(detect::Arguments),
    /// List codes, their provisions, or what applies to a repository
    List(list::Arguments),
    /// Explain any id or word that an output prints
    Explain(explain::Arguments),
    /// Judge what is pushed, before it is pushed
    Hook(hook::Arguments),
    /// Print the JSON Schemas of the file formats
    Schema(schema::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
    /// Print a manual page
    Man(man::Arguments),
}

/// Runs a command line; the answer is the process's exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let parsed = match Arguments::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return code;
        }
    };
    parsed.color.apply();
    match parsed.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Attest(arguments) => attest::run(&arguments),
        Command::Detect(arguments) => detect::run(&arguments),
        Command::List(arguments) => list::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Hook(arguments) => hook::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
        Command::Man(arguments) => man::run(&arguments, Arguments::command()),
    }
}
