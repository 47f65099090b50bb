//! Places shown as snippets with carets.
//!
//! The renderer is given the marked lines only, each unprintable character replaced by one visible character, so that
//! carets stay where they belong and nothing from the repository reaches the terminal as a command. Long lines and long
//! underlines are cut; a place beyond [`COLUMNS`] is named without its line.

use annotate_snippets::{AnnotationKind, Element, Group, Level as Shown, Origin, Snippet};

use super::page::Page;
use super::wording::{clean, hanging, wrap};
use crate::model::outcome::Level;
use crate::source::{Place, SourceFile, SourceId, Span};
use crate::text::is_unprintable;

/// Characters of a line that the renderer is given.
const COLUMNS: usize = 1_000;
/// Marks of one file at most this many lines apart stand in one snippet.
const NEAR_LINES: usize = 6;
/// Longest path that is shown, in characters.
const PATH_CHARS: usize = 200;
/// Columns that the gutter of a snippet takes, its line numbers included.
const GUTTER: usize = 12;
/// Columns before the text of a remark, beside the digits of line numbers: ` = help: `.
const FOOTER: usize = 9;

/// A place with what is said of it.
pub(super) struct Mark {
    /// Where.
    pub(super) span: Span,
    /// What is there; may be empty.
    pub(super) label: String,
}

/// A diagnostic: what is wrong, where, and what is to be said under it.
pub(super) struct Diagnostic<'d> {
    /// Its level.
    pub(super) level: Level,
    /// What stands in brackets after the level.
    pub(super) id: Option<&'d str>,
    /// What is wrong.
    pub(super) message: &'d str,
    /// The places, the one to act on first.
    pub(super) marks: Vec<Mark>,
    /// What is said under the snippet.
    pub(super) footers: Vec<Footer>,
}

/// A remark under a snippet.
pub(super) enum Footer {
    /// What to do.
    Help(String),
    /// What else to know.
    Note(String),
    /// Lines as they are.
    Lines(Vec<String>),
}

/// How the renderer calls a level.
pub(super) fn shown(level: Level) -> Shown<'static> {
    match level {
        Level::Error => Shown::ERROR,
        Level::Warning => Shown::WARNING,
        Level::Note => Shown::NOTE,
    }
}

/// Draws a diagnostic, without a line break at its end.
pub(super) fn draw(page: &Page<'_>, diagnostic: Diagnostic<'_>) -> String {
    let label = diagnostic.level.name().len() + diagnostic.id.map_or(0, |id| id.chars().count() + 2) + 2;
    let title = wrap(&clean(diagnostic.message, usize::MAX), page.width.saturating_sub(label).max(30)).join("\n");
    let mut title = shown(diagnostic.level).primary_title(title);
    if let Some(id) = diagnostic.id {
        title = title.id(id.to_owned());
    }
    let last = diagnostic.marks.iter().map(|mark| page.report.sources.place(mark.span).line).max().unwrap_or(0);
    let digits = last.to_string().len();
    let (elements, unlabelled) = places(page, diagnostic.marks);
    let mut group = Group::with_title(title).elements(elements);
    for footer in unlabelled.into_iter().map(Footer::Note).chain(diagnostic.footers) {
        group = group.element(message(footer, page.width.saturating_sub(FOOTER + digits)));
    }
    let drawn = page.renderer.render(&[group]);
    drawn.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn message(footer: Footer, width: usize) -> Element<'static> {
    match footer {
        Footer::Help(text) => Shown::HELP.message(wrapped(&text, width)).into(),
        Footer::Note(text) => Shown::NOTE.message(wrapped(&text, width)).into(),
        Footer::Lines(lines) => Shown::NOTE.no_name().message(lines.join("\n")).into(),
    }
}

fn wrapped(text: &str, width: usize) -> String {
    hanging(&clean(text, usize::MAX), 0, width)
}

/// Snippets for the marks, and what is too long to stand beside a caret.
fn places(page: &Page<'_>, marks: Vec<Mark>) -> (Vec<Element<'static>>, Vec<String>) {
    let mut elements = Vec::new();
    let mut remarks = Vec::new();
    for window in windows(page, marks, &mut remarks) {
        let file = page.report.sources.file(window.source);
        let path = clean(&file.path, PATH_CHARS);
        let Some(first) = window.marks.first() else { continue };
        if first.place.column > COLUMNS {
            elements.push(Origin::path(path).line(first.place.line).char_column(first.place.column).into());
            remarks.push(format!("line {} is too long to be shown", first.place.line));
            remarks.extend(window.marks.iter().filter_map(Placed::remark));
            continue;
        }
        let text = window_text(&file, &window);
        let mut snippet = Snippet::source(text.source.clone()).line_start(window.first).path(path);
        for (at, mark) in window.marks.iter().enumerate() {
            let kind = if elements.is_empty() && at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let Some(range) = text.range(&mark.place, window.first, page.width) else {
                remarks.extend(mark.remark());
                continue;
            };
            snippet = snippet.annotation(kind.span(range).label(Some(mark.label.clone()).filter(|label| !label.is_empty())));
        }
        elements.push(snippet.into());
    }
    (elements, remarks)
}

/// A mark with its place resolved.
struct Placed {
    span: Span,
    place: Place,
    label: String,
}

impl Placed {
    /// Its label with its place, for when it cannot be drawn.
    fn remark(&self) -> Option<String> {
        (!self.label.is_empty()).then(|| format!("{}:{}: {}", self.place.file, self.place.line, self.label))
    }

    /// Whether its label fits beside its caret.
    fn fits(&self, width: usize) -> bool {
        let end = if self.place.end_line == self.place.line { self.place.end_column } else { width };
        end + self.label.chars().count() + GUTTER <= width
    }
}

/// Marks of one file that stand close together.
struct Window {
    source: SourceId,
    marks: Vec<Placed>,
    first: usize,
    last: usize,
}

/// Gathers the marks. A place whose label has no room becomes a remark, and is drawn only where it is the one to act on.
fn windows(page: &Page<'_>, marks: Vec<Mark>, remarks: &mut Vec<String>) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for mark in marks {
        let (source, place) = (mark.span.source(), page.report.sources.place(mark.span));
        let line = place.line;
        let mut placed = Placed { span: mark.span, place, label: clean(&mark.label, usize::MAX) };
        if !placed.fits(page.width) {
            remarks.extend(placed.remark());
            placed.label.clear();
            if !windows.is_empty() {
                continue;
            }
        }
        let near = |window: &&mut Window| window.source == source && line + NEAR_LINES >= window.last && line <= window.first + NEAR_LINES;
        match windows.iter_mut().find(near) {
            None => windows.push(Window { source, marks: vec![placed], first: line, last: line }),
            Some(window) => {
                window.first = window.first.min(line);
                window.last = window.last.max(line);
                if !window.marks.iter().any(|known| known.span == placed.span && known.label == placed.label) {
                    window.marks.push(placed);
                }
            }
        }
    }
    windows
}

/// The lines of a window as the renderer gets them.
struct WindowText {
    source: String,
    starts: Vec<usize>,
}

fn window_text(file: &SourceFile, window: &Window) -> WindowText {
    let start = window.marks.first().map_or(0, |mark| mark.span.range().start);
    let lines = lines_around(&file.text, start, window.marks.first().map_or(1, |mark| mark.place.line), window.first);
    let mut source = String::new();
    let mut starts = Vec::new();
    for line in lines.split('\n').take(window.last.saturating_sub(window.first) + 1) {
        starts.push(source.len());
        printable(line.strip_suffix('\r').unwrap_or(line), &mut source);
        source.push('\n');
    }
    source.pop();
    WindowText { source, starts }
}

/// The text from the start of line `first` on, where `offset` lies in line `line`.
fn lines_around(text: &str, offset: usize, line: usize, first: usize) -> &str {
    let mut start = line_start(text, offset);
    for _ in first..line {
        start = line_start(text, start.saturating_sub(1));
    }
    text.get(start..).unwrap_or_default()
}

fn line_start(text: &str, offset: usize) -> usize {
    text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

/// One character for one: a control character that moves or hides others is replaced.
fn printable(line: &str, out: &mut String) {
    let mut recent = ('\0', '\0');
    for (at, c) in line.chars().enumerate() {
        if at == COLUMNS {
            out.push('…');
            return;
        }
        let command = c == '[' && (recent == ('#', '#') || out.ends_with("##vso"));
        out.push(if command || (is_unprintable(c) && c != '\t') { '\u{fffd}' } else { c });
        recent = (recent.1, c);
    }
}

impl WindowText {
    /// The byte range of a place's first line, cut to the width; none where the line was cut before it.
    fn range(&self, place: &Place, first: usize, width: usize) -> Option<std::ops::Range<usize>> {
        let start = *self.starts.get(place.line.checked_sub(first)?)?;
        let line = self.source.get(start..)?.split('\n').next()?;
        let length = line.chars().count();
        let from = place.column.checked_sub(1).filter(|from| *from <= length)?;
        let whole = if place.end_line == place.line { place.end_column.saturating_sub(1) } else { length };
        let to = whole.min(length).min(from + width.saturating_sub(GUTTER * 2)).max(from);
        let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
        Some(start + byte(from)..start + byte(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_replaced_by_one() {
        let mut out = String::new();
        printable("a\u{1b}[31m\u{202e}é\t##[error]", &mut out);
        assert_eq!(out, "a\u{fffd}[31m\u{fffd}é\t##\u{fffd}error]");
    }

    #[test]
    fn a_long_line_is_cut() {
        let mut out = String::new();
        printable(&"x".repeat(100_000), &mut out);
        assert_eq!(out.chars().count(), COLUMNS + 1);
    }

    #[test]
    fn the_lines_before_a_place_are_found() {
        let text = "one\ntwo\nthree\n";
        assert_eq!(lines_around(text, 9, 3, 2), "two\nthree\n");
        assert_eq!(lines_around(text, 0, 1, 1), text);
    }
}
