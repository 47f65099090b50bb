//! `portcullis check`.

use std::io::Write as _;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::app::{self, Request};
use crate::clock::Today;
use crate::error::Error;
use crate::input::catalogue::Catalogue;
use crate::input::signature::read_signers;
use crate::input::snapshot::{At, work_tree};
use crate::report::writer;
use crate::source::SourceMap;
use crate::text::visible;

/// Check a repository.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A folder in the repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Judge on this day instead of the machine's
    #[arg(long)]
    today: Option<Date>,
    /// Require signed attestations, by the signers in this OpenSSH allowed signers file outside the repository
    #[arg(long, value_name = "FILE")]
    allowed_signers: Option<PathBuf>,
    /// Output format
    #[arg(long, default_value = "human")]
    format: String,
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let catalogue = Catalogue::built_in();
    let sources = SourceMap::default();
    let signers = arguments.allowed_signers.as_deref().map(|file| read_signers(file, work_tree(&arguments.path).as_deref()));
    let signers = match signers.transpose() {
        Ok(signers) => signers,
        Err(error) => return refuse(&error),
    };
    let request = Request {
        path: arguments.path.clone(),
        at: At::Worktree,
        today: arguments.today.map_or_else(Today::from_system, Today),
        fail_on: None,
        product: None,
        signers,
    };
    let report = app::check(&request, &catalogue, &sources);
    let mut bytes = Vec::new();
    if let Some(writer) = writer(&arguments.format) {
        let _ = (writer.write)(&report, &mut bytes);
    }
    let _ = std::io::stdout().write_all(&bytes);
    report.verdict.exit_code()
}

fn refuse(error: &Error) -> u8 {
    for fault in error.faults() {
        let help = fault.help.map_or_else(String::new, |help| format!(": {help}"));
        let _ = writeln!(std::io::stderr(), "error: {}", visible(&format!("{}{help}", fault.message)));
    }
    2
}
