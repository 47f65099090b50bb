//! `portcullis list`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::{Value, json};

use super::terminal;
use crate::error::Error;
use crate::input::catalogue::Catalogue;
use crate::input::overlays;
use crate::input::reader::{nearest, quoted};
use crate::listing::{Table, applicable, codes, vocabulary};
use crate::model::policy::Policy;
use crate::source::SourceMap;

/// List the codes that are built in, one code's provisions and claims, or what applies to a repository.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis list
  portcullis list --code ai
  portcullis list --applicable --format csv")]
pub(super) struct Arguments {
    /// List one code's headings, provisions and claims
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// List every unit of the codes that the declaration at PATH selects: it applies, waits for a trait, or is excluded
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = ".")]
    applicable: Option<PathBuf>,
    /// List the traits that a declaration may answer
    #[arg(long, conflicts_with_all = ["code", "applicable", "kinds", "probes"])]
    traits: bool,
    /// List the kinds of evidence that an attestation may cite
    #[arg(long, conflicts_with_all = ["code", "applicable"])]
    kinds: bool,
    /// List the probes that may contradict an attestation
    #[arg(long, conflicts_with_all = ["code", "applicable", "kinds"])]
    probes: bool,
    /// Also put an organisation's overlay in force, beside those that the declaration names; may be given several times
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading in a terminal
    #[default]
    Human,
    /// For other programs
    Json,
    /// For spreadsheets
    Csv,
    /// For a page
    Markdown,
}

impl Format {
    fn set(self, human: impl FnOnce(usize) -> String, json: impl FnOnce() -> Value, table: impl FnOnce() -> Table) -> String {
        match self {
            Self::Human => human(terminal::width()),
            Self::Json => format!("{}\n", serde_json::to_string_pretty(&json()).unwrap_or_default()),
            Self::Csv => table().csv(),
            Self::Markdown => table().markdown(),
        }
    }
}

const MORE: &str = "\n`portcullis list --code CODE` lists a code's provisions, `portcullis explain ID` explains one,\n\
                    `portcullis list --applicable` says which apply to this repository.\n";

pub(super) fn run(arguments: &Arguments) -> u8 {
    let (built_in, sources) = (Catalogue::built_in(), SourceMap::default());
    let format = arguments.format;
    let at = arguments.applicable.as_deref().unwrap_or(Path::new("."));
    let catalogue = match overlays::catalogue_at(at, &arguments.overlays, &built_in, &sources) {
        Ok(catalogue) => catalogue,
        Err(error) => return invalid(&error, format, arguments.applicable.is_some(), &sources),
    };
    if arguments.traits {
        let table = || vocabulary::traits(catalogue);
        return terminal::print(&format.set(|width| table().human(width), || vocabulary::traits_document(catalogue), table));
    }
    if arguments.kinds {
        return terminal::print(&format.set(|width| vocabulary::kinds().human(width), vocabulary::kinds_document, vocabulary::kinds));
    }
    if arguments.probes {
        return terminal::print(&format.set(|width| vocabulary::probes().human(width), vocabulary::probes_document, vocabulary::probes));
    }
    let code = match &arguments.code {
        None => None,
        Some(name) => match catalogue.code(name) {
            Some(code) => Some(code.to_owned()),
            None => return unknown_code(catalogue, name),
        },
    };
    match (&arguments.applicable, code.as_deref().and_then(|code| catalogue.policy(code, None))) {
        (Some(path), _) => list_applicable(path, code.as_deref(), catalogue, format, &sources),
        (None, Some(policy)) => list_code(policy, catalogue, format),
        (None, None) => list_codes(catalogue, format),
    }
}

fn unknown_code(catalogue: &Catalogue, name: &str) -> u8 {
    let known: Vec<&str> = catalogue.headers().map(|header| header.code.as_str()).collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("built in: {}", known.join(", ")),
    };
    terminal::complain(&format!("unknown code {}", quoted(name)), Some(&help));
    2
}

fn list_codes(catalogue: &Catalogue, format: Format) -> u8 {
    let human = |width| format!("{}{MORE}", codes::overview(catalogue).human(width));
    let json = || {
        let codes: Vec<Value> = catalogue.policies().map(|policy| codes::document(catalogue, policy, false)).collect();
        json!({"version": 1, "codes": codes})
    };
    terminal::print(&format.set(human, json, || codes::overview(catalogue)))
}

fn list_code(policy: &Policy, catalogue: &Catalogue, format: Format) -> u8 {
    let json = || json!({"version": 1, "codes": [codes::document(catalogue, policy, true)]});
    terminal::print(&format.set(|width| codes::tree(policy, width), json, || codes::provisions(policy)))
}

fn list_applicable(path: &Path, code: Option<&str>, catalogue: &Catalogue, format: Format, sources: &SourceMap) -> u8 {
    match applicable::read(path, code, catalogue, sources) {
        Ok(products) => {
            let json = || applicable::document(&products, &[], sources);
            terminal::print(&format.set(|width| applicable::human(&products, width), json, || applicable::table(&products)))
        }
        Err(error) => invalid(&error, format, true, sources),
    }
}

/// Says what is wrong with the inputs; programs that asked what applies get it as a document too.
fn invalid(error: &Error, format: Format, applicable: bool, sources: &SourceMap) -> u8 {
    let faults = error.faults();
    if format == Format::Json && applicable {
        let document = applicable::document(&[], &faults, sources);
        terminal::print(&format!("{}\n", serde_json::to_string_pretty(&document).unwrap_or_default()));
    }
    terminal::complain_all(&faults, sources);
    2
}
