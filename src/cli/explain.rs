//! `portcullis explain`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::json;

use super::terminal;
use crate::clock::Today;
use crate::explain::{self, Page, Unknown};
use crate::input::catalogue::Catalogue;
use crate::input::overlays;
use crate::input::reader::quoted;
use crate::source::SourceMap;

/// Explain any id or word that an output prints.
///
/// Knows provisions, claims, headings and codes by id or alias, the gate's own findings, outcomes, evidence kinds, traits,
/// product types, roles, and the files portcullis.toml and attestations.toml.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis explain software-security/1.2
  portcullis explain \"Claim 3.2.2\" evidence-failed
  portcullis explain portcullis.toml")]
pub(super) struct Arguments {
    /// What to explain
    #[arg(required = true, value_name = "ID")]
    names: Vec<String>,
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
    /// For a page
    Markdown,
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let (built_in, sources) = (Catalogue::built_in(), SourceMap::default());
    let catalogue = match overlays::catalogue_at(Path::new("."), &arguments.overlays, &built_in, &sources) {
        Ok(catalogue) => catalogue,
        Err(error) => {
            terminal::complain_all(&error.faults(), &sources);
            return 2;
        }
    };
    let today = Today::from_system();
    let mut pages: Vec<Page> = Vec::new();
    let mut unknown: Vec<Unknown> = Vec::new();
    for name in &arguments.names {
        match explain::explain(catalogue, name, today.0) {
            Ok(found) => pages.extend(found),
            Err(nothing) => unknown.push(nothing),
        }
    }
    let written =
        if pages.is_empty() && arguments.format != Format::Json { 0 } else { terminal::print(&set(&pages, &unknown, arguments.format)) };
    for nothing in &unknown {
        terminal::complain(&format!("nothing is known under the name {}", quoted(&nothing.name)), Some(&nothing.help));
    }
    if unknown.is_empty() { written } else { 2 }
}

fn set(pages: &[Page], unknown: &[Unknown], format: Format) -> String {
    match format {
        Format::Json => {
            let errors: Vec<_> = unknown.iter().map(|nothing| json!({"name": nothing.name, "help": nothing.help})).collect();
            let document = json!({"version": 1, "pages": pages.iter().map(Page::json).collect::<Vec<_>>(), "unknown": errors});
            let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
            text.push('\n');
            text
        }
        Format::Human => {
            let width = terminal::width();
            let mut text = pages.iter().map(|page| page.human(width)).collect::<Vec<_>>().join("\n\n");
            for line in licences(pages) {
                let _ = write!(text, "\n{}", crate::text::wrap(line, width, "", ""));
            }
            text
        }
        Format::Markdown => {
            let mut text = pages.iter().map(Page::markdown).collect::<Vec<_>>().join("\n");
            for line in licences(pages) {
                let _ = writeln!(text, "\n{line}");
            }
            text
        }
    }
}

/// Each licence line once.
fn licences(pages: &[Page]) -> Vec<&str> {
    let mut lines = Vec::new();
    for line in pages.iter().filter_map(|page| page.licence.as_deref()) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}
