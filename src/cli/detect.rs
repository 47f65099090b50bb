//! `portcullis detect`.

use std::path::PathBuf;

use clap::ValueEnum;
use jiff::civil::Date;

use super::terminal;
use crate::app;
use crate::clock::Today;
use crate::listing::detected::{self, Detected};
use crate::probe::Reach;
use crate::source::SourceMap;

/// Say what the repository looks like, and why: types, roles, traits, evidence that is there, probes that fire.
///
/// No declaration is needed, and none is changed. Exit codes: 0 looked; 2 could not look.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis detect
  portcullis detect firmware --format json
  portcullis detect --all-sources
  portcullis detect --at HEAD")]
pub(super) struct Arguments {
    /// A folder in the repository; what lies below it is looked at
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Which state to look at: `worktree`, `staged`, or a commit, branch or tag
    #[arg(long, default_value = "worktree", value_name = "STATE")]
    at: String,
    /// Search every source for keys, tokens and code that comes with models, as `check` does; otherwise, where there are more than 2,000
    /// sources, only files that are named after secrets
    #[arg(long)]
    all_sources: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Look on this day (UTC), so that runs repeat; by default the machine's
    #[arg(long, value_name = "DATE", value_parser = super::day::day)]
    today: Option<Date>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading in a terminal
    #[default]
    Human,
    /// For other programs
    Json,
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let sources = SourceMap::default();
    let today = arguments.today.map_or_else(Today::from_system, Today);
    let print_document = |found: &Detected, faults: &[crate::error::Fault]| {
        let document = detected::document(found, faults, &sources);
        terminal::print(&format!("{}\n", serde_json::to_string_pretty(&document).unwrap_or_default()))
    };
    let reach = if arguments.all_sources { Reach::Everything } else { Reach::FirstLook };
    match app::detect(&arguments.path, &super::check::state(&arguments.at), today, reach, &sources) {
        Ok(found) => match arguments.format {
            Format::Human => terminal::print(&detected::human(&found, &sources, terminal::width())),
            Format::Json => print_document(&found, &[]),
        },
        Err(error) => {
            let faults = error.faults();
            if arguments.format == Format::Json {
                print_document(&Detected::default(), &faults);
            }
            terminal::complain_all(&faults, &sources);
            2
        }
    }
}
