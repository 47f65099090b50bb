//! `portcullis check`: runs the gate, writes every output, answers with the exit code.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use jiff::civil::Date;

use super::day::day;
use super::terminal;
use crate::app::{self, Request};
use crate::clock::Today;
use crate::input::catalogue::Catalogue;
use crate::input::snapshot::At;
use crate::model::outcome::{Assurance, Level, Verdict};
use crate::report::{Detail, Report, WRITERS, writer};
use crate::source::SourceMap;

/// Check a repository against the codes that apply to it.
///
/// Exit codes: 0 the gate is open; 1 closed by findings at or above --fail-on; 2 could not assess. They never depend on the output format.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A folder in the repository; the nearest declaration at or above it is judged
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Which state to judge: `worktree`, `staged`, or a commit, branch or tag
    #[arg(long, default_value = "worktree", value_name = "STATE")]
    at: String,
    /// Format of standard output
    #[arg(long, default_value = "human", value_parser = formats())]
    format: String,
    /// Also write a format to a file; may be given any number of times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output)]
    output: Vec<OutputFile>,
    /// The least level that closes the gate, instead of the declaration's
    #[arg(long, value_name = "LEVEL", value_parser = ["error", "warning", "note", "never"])]
    fail_on: Option<String>,
    /// The least assurance that counts as met, instead of the declaration's
    #[arg(long, value_name = "ASSURANCE", value_parser = ["asserted", "evidenced", "verified"])]
    assurance: Option<String>,
    /// Judge on this day (UTC), so that runs repeat; by default the machine's
    #[arg(long, value_name = "DATE", value_parser = day)]
    today: Option<Date>,
    /// Only the product of this name; may be given any number of times
    #[arg(long, value_name = "NAME")]
    product: Vec<String>,
    /// Ask for attestations signed by a key in this file (OpenSSH allowed signers), which must lie outside the repository
    #[arg(long, value_name = "FILE")]
    allowed_signers: Option<PathBuf>,
    /// Also put an organisation's overlay in force, beside those that the declaration names; may be given several times
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// Let the machine's own cargo resolve the dependency graph of each Cargo.lock, offline and outside of the repository
    #[arg(long)]
    cargo: bool,
    /// Compare with the commit from which this state parted from REV: findings are new, unchanged or absent, what lowers the bar is a
    /// finding, and the base's settings stay in force
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// With --base: let only new findings close the gate
    #[arg(long, requires = "base")]
    new_only: bool,
    /// With --base: judge by the change's own settings; what lowers the bar is then a note
    #[arg(long, requires = "base")]
    trust_head: bool,
    /// List also what is met and what is excluded, and every finding in full
    #[arg(long, short)]
    verbose: bool,
}

#[derive(Debug, Clone)]
struct OutputFile {
    writer: &'static str,
    file: PathBuf,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(WRITERS.iter().map(|writer| clap::builder::PossibleValue::new(writer.name).help(writer.about)))
}

fn output(text: &str) -> Result<OutputFile, String> {
    let names = || WRITERS.iter().map(|writer| writer.name).collect::<Vec<_>>().join(", ");
    let Some((format, file)) = text.split_once('=') else {
        return Err(format!("write FORMAT=FILE, e.g. sarif=portcullis.sarif; formats: {}", names()));
    };
    let Some(found) = writer(format) else { return Err(format!("no format {format:?}; formats: {}", names())) };
    if file.is_empty() || file == "-" {
        return Err(format!("{format}= needs a file; standard output takes --format {format}"));
    }
    Ok(OutputFile { writer: found.name, file: PathBuf::from(file) })
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    if let Some(twice) = written_twice(&arguments.output) {
        return fail(&format!("two outputs would be written to {}", twice.display()), "give each a file of its own");
    }
    let catalogue = Catalogue::built_in();
    let sources = SourceMap::default();
    let mut report = app::check(&request(arguments), &catalogue, &sources);
    for output in &arguments.output {
        if let Err(error) = write_file(output, &report) {
            return fail(
                &format!("{} could not be written: {error}", output.file.display()),
                "name a file in a folder that can be written",
            );
        }
    }
    report.detail = Detail { colour: true, width: terminal::width(), verbose: arguments.verbose };
    let mut bytes = Vec::new();
    let written = writer(&arguments.format).map_or(Ok(()), |writer| (writer.write)(&report, &mut bytes));
    if let Err(error) = written {
        return fail(&format!("the report could not be written: {error}"), "try another --format");
    }
    if terminal::print(&String::from_utf8_lossy(&bytes)) != 0 {
        return Verdict::CouldNotAssess.exit_code();
    }
    if report.verdict == Verdict::CouldNotAssess && arguments.format != "human" {
        terminal::complain_all(&report.errors, &sources);
    }
    report.verdict.exit_code()
}

/// Which state of the repository a word names.
pub(super) fn state(word: &str) -> At {
    match word {
        "worktree" => At::Worktree,
        "staged" => At::Staged,
        revision => At::Revision(revision.to_owned()),
    }
}

fn request(arguments: &Arguments) -> Request {
    Request {
        path: arguments.path.clone(),
        at: state(&arguments.at),
        today: arguments.today.map_or_else(Today::from_system, Today),
        fail_on: arguments.fail_on.as_deref().map(Level::from_name),
        assurance: arguments.assurance.as_deref().and_then(Assurance::from_name),
        products: arguments.product.clone(),
        signers: arguments.allowed_signers.clone(),
        cargo: arguments.cargo,
        base: arguments.base.clone(),
        trust_head: arguments.trust_head,
        forgive_base: false,
        new_only: arguments.new_only,
        overlays: arguments.overlays.clone(),
    }
}

fn written_twice(outputs: &[OutputFile]) -> Option<&Path> {
    let repeated = outputs.iter().enumerate().find(|(at, one)| outputs.iter().take(*at).any(|other| other.file == one.file));
    repeated.map(|(_, one)| one.file.as_path())
}

/// Writes beside the file and renames, so that a reader never sees half a report. The tree under test may hold links with
/// any name, so none is followed: not the file, not a folder on a relative way to it, not the file beside it.
fn write_file(output: &OutputFile, report: &Report<'_>) -> io::Result<()> {
    let mut bytes = Vec::new();
    if let Some(writer) = writer(output.writer) {
        (writer.write)(report, &mut bytes)?;
    }
    refuse_links(&output.file)?;
    let mut name = output.file.file_name().ok_or_else(|| io::Error::other("it names no file"))?.to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let beside = output.file.with_file_name(name);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let written = file.write_all(&bytes).and_then(|()| file.sync_all()).and_then(|()| std::fs::rename(&beside, &output.file));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

fn refuse_links(path: &Path) -> io::Result<()> {
    if let Ok(found) = std::fs::symlink_metadata(path)
        && !found.is_file()
    {
        return Err(io::Error::other("it is there already and is not a regular file"));
    }
    let folders = path.ancestors().skip(1).filter(|folder| folder.is_relative() && !folder.as_os_str().is_empty());
    for folder in folders {
        if std::fs::symlink_metadata(folder).is_ok_and(|found| found.is_symlink()) {
            return Err(io::Error::other(format!("the way to it leads through the symbolic link {}", folder.display())));
        }
    }
    Ok(())
}

/// Says on standard error why the run failed; the exit code for it.
fn fail(message: &str, help: &str) -> u8 {
    terminal::complain(message, Some(help));
    Verdict::CouldNotAssess.exit_code()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_needs_a_known_format_and_a_file() {
        assert_eq!(output("json=a=b.json").unwrap().file, PathBuf::from("a=b.json"));
        for bad in ["json", "json=", "json=-", "pdf=x.pdf", "=x"] {
            assert!(output(bad).is_err(), "{bad}");
        }
    }
}
