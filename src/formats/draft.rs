//! A document while it is read: runs and headings in the order of the text.

use std::ops::Range;
use std::rc::Rc;

use super::front_matter::Field;
use super::prose::{Format, Heading, Outline, Prose, Run, RunKind};

/// A document while it is read.
pub(super) struct Draft<'t> {
    text: &'t str,
    headings: Vec<Heading>,
    runs: Vec<Run>,
    counted: (usize, usize),
}

impl<'t> Draft<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, headings: Vec::new(), runs: Vec::new(), counted: (0, 1) }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// Adds a run; one that goes on where the last one of its kind ended is joined to it.
    pub(super) fn run(&mut self, range: Range<usize>, kind: RunKind, words: bool) {
        match self.runs.last_mut() {
            Some(last) if last.kind == kind && kind != RunKind::Tag && last.range.end == range.start => {
                last.range.end = range.end;
                last.words |= words;
            }
            _ => self.runs.push(Run { range, kind, words }),
        }
    }

    /// Takes these runs as ones that say nothing by themselves.
    pub(super) fn hush(&mut self, runs: Range<usize>) {
        self.runs.get_mut(runs).unwrap_or_default().iter_mut().for_each(|run| run.words = false);
    }

    /// How many runs there are: where a heading's own begin.
    pub(super) fn mark(&self) -> usize {
        self.runs.len()
    }

    /// Adds a heading whose own runs began at `own`.
    pub(super) fn heading(&mut self, level: u8, text: &str, range: Range<usize>, own: usize) {
        let (mut offset, mut line) = self.counted;
        let between = self.text.as_bytes().get(offset..range.start).unwrap_or_default();
        line += between.iter().filter(|byte| **byte == b'\n').count();
        offset = offset.max(range.start);
        self.counted = (offset, line);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.headings.push(Heading { level, text, range, line, own, body: self.runs.len()..self.runs.len() });
    }

    /// Adds a heading that is one line.
    pub(super) fn heading_line(&mut self, level: u8, text: Range<usize>, range: Range<usize>) {
        let own = self.mark();
        self.run(text.clone(), RunKind::Heading, false);
        self.heading(level, self.slice(text), range, own);
    }

    /// Adds a line of text in which backticks enclose code.
    pub(super) fn line(&mut self, line: Line<'_>) {
        let mut at = line.start;
        let (mut code, mut ticks) = (false, false);
        for (index, part) in line.text.split('`').enumerate() {
            if index > 0 {
                at += 1;
                ticks = true;
            }
            if part.is_empty() {
                continue;
            }
            code ^= std::mem::take(&mut ticks);
            let end = at + part.len();
            let closed = end < line.range().end;
            self.run(at..end, if code && closed { RunKind::Code } else { RunKind::Text }, has_words(part));
            at = end;
        }
    }

    /// Gives every heading the runs up to the next one of its level or a higher one.
    pub(super) fn finish(mut self, format: Format, front_matter: Vec<Field>) -> Prose<'t> {
        let mut open: Vec<usize> = Vec::new();
        for index in 0..self.headings.len() {
            let Some((level, own)) = self.headings.get(index).map(|heading| (heading.level, heading.own)) else { continue };
            while let Some(above) = open.last().copied() {
                let Some(heading) = self.headings.get_mut(above).filter(|heading| heading.level >= level) else { break };
                heading.body.end = own;
                open.pop();
            }
            open.push(index);
        }
        for index in open {
            if let Some(heading) = self.headings.get_mut(index) {
                heading.body.end = self.runs.len();
            }
        }
        Prose::with(self.text, Rc::new(Outline::new(format, front_matter, self.headings, self.runs)))
    }
}

/// A line of the source without its line break.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    pub(super) start: usize,
    pub(super) text: &'t str,
}

impl Line<'_> {
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// The bytes from `from`, counted in the line, to its last visible character.
    pub(super) fn visible_from(&self, from: usize) -> Range<usize> {
        let rest = self.text.get(from..).unwrap_or_default();
        let start = self.start + from + (rest.len() - rest.trim_start().len());
        start..start + rest.trim().len()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    pub(super) fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }
}

/// The lines from a byte on.
pub(super) fn lines(text: &str, from: usize) -> Vec<Line<'_>> {
    let mut start = from;
    let mut out = Vec::new();
    for whole in text.get(from..).unwrap_or_default().split_inclusive('\n') {
        out.push(Line { start, text: whole.trim_end_matches(['\n', '\r']) });
        start += whole.len();
    }
    out
}

/// Whether a reader sees a letter or a digit.
pub(super) fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
