//! `portcullis check`.

use std::io::Write as _;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::app::{self, Request};
use crate::clock::Today;
use crate::input::catalogue::Catalogue;
use crate::input::snapshot::At;
use crate::report::writer;
use crate::source::SourceMap;

/// Check a repository.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A folder in the repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Judge on this day instead of the machine's
    #[arg(long)]
    today: Option<Date>,
    /// Output format
    #[arg(long, default_value = "human")]
    format: String,
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let catalogue = Catalogue::built_in();
    let sources = SourceMap::default();
    let request = Request {
        path: arguments.path.clone(),
        at: At::Worktree,
        today: arguments.today.map_or_else(Today::from_system, Today),
        fail_on: None,
        product: None,
        signers: None,
    };
    let report = app::check(&request, &catalogue, &sources);
    let mut bytes = Vec::new();
    if let Some(writer) = writer(&arguments.format) {
        let _ = (writer.write)(&report, &mut bytes);
    }
    let _ = std::io::stdout().write_all(&bytes);
    report.verdict.exit_code()
}
