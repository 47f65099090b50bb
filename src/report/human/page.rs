//! What every part of the output draws with: the report, the width, and colours that vanish where none are wanted.

use annotate_snippets::renderer::Renderer;
use anstyle::{AnsiColor, Style};

use crate::model::outcome::Level;
use crate::report::Report;

/// Taken for the terminal's width where it is unknown.
const WIDTH: usize = 100;
/// Narrower than this, nothing can be laid out.
const LEAST_WIDTH: usize = 60;

/// The page that a report is written on.
pub(super) struct Page<'r> {
    /// The report.
    pub(super) report: &'r Report<'r>,
    /// Columns.
    pub(super) width: usize,
    /// Everything is said, whatever its length.
    pub(super) verbose: bool,
    /// Draws snippets.
    pub(super) renderer: Renderer,
    colour: bool,
}

impl<'r> Page<'r> {
    /// A page as the report's detail asks for.
    pub(super) fn new(report: &'r Report<'r>) -> Self {
        let detail = report.detail;
        let width = if detail.width == 0 { WIDTH } else { detail.width.max(LEAST_WIDTH) };
        let renderer = if detail.colour { Renderer::styled() } else { Renderer::plain() };
        Self { report, width, verbose: detail.verbose, renderer: renderer.term_width(width), colour: detail.colour }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Headings.
    pub(super) fn bold(&self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// What matters less.
    pub(super) fn dim(&self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// Good news.
    pub(super) fn green(&self, text: &str) -> String {
        self.paint(AnsiColor::Green.on_default().bold(), text)
    }

    /// Bad news.
    pub(super) fn red(&self, text: &str) -> String {
        self.paint(AnsiColor::BrightRed.on_default().bold(), text)
    }

    /// A text in the colour of a level.
    pub(super) fn level(&self, level: Level, text: &str) -> String {
        use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, DEFAULT_NOTE_STYLE, DEFAULT_WARNING_STYLE};
        let style = match level {
            Level::Error => DEFAULT_ERROR_STYLE,
            Level::Warning => DEFAULT_WARNING_STYLE,
            Level::Note => DEFAULT_NOTE_STYLE,
        };
        self.paint(style, text)
    }
}
