//! What every command writes with: one way to standard output, one way to say on standard error what went wrong.
//!
//! Text carries its styles as escapes; whether they reach the terminal is decided here, by `--color`, `NO_COLOR` and
//! what the stream is. A reader who closes the pipe early (`| head`) is no fault.

use std::io::{self, Write};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

use crate::error::Fault;
use crate::source::SourceMap;
use crate::text::{self, visible};

/// Columns where standard output is no terminal.
const PLAIN_COLUMNS: usize = 100;
/// Prose is not set wider than this, however wide the terminal.
const MOST_COLUMNS: usize = 120;
const FEWEST_COLUMNS: usize = 40;

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Colour {
    /// Puts the choice in force for both streams.
    pub(super) fn apply(self) {
        let choice = match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// The columns to set text in.
pub(super) fn width() -> usize {
    let columns = terminal_size::terminal_size_of(io::stdout()).map_or(PLAIN_COLUMNS, |(columns, _)| usize::from(columns.0));
    columns.clamp(FEWEST_COLUMNS, MOST_COLUMNS)
}

/// Writes to standard output; the answer is the exit code of a command that had nothing else to say.
pub(super) fn print(text: &str) -> u8 {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("standard output cannot be written: {error}"), None);
            2
        }
        _ => 0,
    }
}

/// Writes a message about the run itself to standard error.
pub(super) fn complain(message: &str, help: Option<&str>) {
    complain_of(&Fault { message: message.to_owned(), help: help.map(str::to_owned), span: None }, &SourceMap::default());
}

/// Writes every fault with its place to standard error.
pub(super) fn complain_all(faults: &[Fault], sources: &SourceMap) {
    for fault in faults {
        complain_of(fault, sources);
    }
}

fn complain_of(fault: &Fault, sources: &SourceMap) {
    let (red, bold, off) = (AnsiColor::Red.on_default().bold(), Style::new().bold(), anstyle::Reset);
    let mut text = format!("{red}error{off}{bold}: {}{off}\n", visible(&fault.message));
    if let Some(place) = fault.span.map(|span| sources.place(span)) {
        text.push_str(&format!("  --> {}:{}:{}\n", visible(&place.file), place.line, place.column));
    }
    if let Some(help) = &fault.help {
        text.push_str(&text::wrap(&visible(help), PLAIN_COLUMNS, "  help: ", "        "));
    }
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}
