//! reStructuredText, read line by line as far as headings and text go: titles by their underline, levels by the order in
//! which underlines first appear, literal and code blocks, comments and targets.

use std::iter::Peekable;
use std::slice::Iter;

use super::draft::{Draft, Line, has_words, lines};
use super::prose::RunKind;

const CODE_DIRECTIVES: &[&str] = &["code", "code-block", "sourcecode", "literalinclude", "parsed-literal", "highlight", "math", "raw"];
const ADMONITIONS: &[&str] = &["note", "warning", "tip", "important", "caution", "danger", "attention", "error", "hint", "admonition"];

type Rest<'l, 't> = Peekable<Iter<'l, Line<'t>>>;

/// Reads the text from a byte on.
pub(super) fn read(draft: &mut Draft<'_>, from: usize) {
    let all = lines(draft.text(), from);
    let mut styles: Vec<(char, bool)> = Vec::new();
    let mut after_blank = true;
    let mut rest = all.iter().peekable();
    while let Some(line) = rest.next() {
        let text = line.text.trim_end();
        if let Some((title, style)) = heading(line, &rest).filter(|_| after_blank) {
            let level = styles.iter().position(|known| *known == style).unwrap_or_else(|| {
                styles.push(style);
                styles.len() - 1
            });
            let level = u8::try_from(level + 1).unwrap_or(u8::MAX);
            draft.heading_line(level, title.visible_from(0), title.visible_from(0));
            for _ in 0..if style.1 { 2 } else { 1 } {
                rest.next();
            }
            after_blank = true;
        } else if let Some(explicit) = text.trim_start().strip_prefix("..").filter(|more| more.is_empty() || more.starts_with(' ')) {
            mark_up(draft, line, explicit.trim(), &mut rest);
            after_blank = true;
        } else {
            draft.line(*line);
            if text.ends_with("::") {
                indented(line.indent(), &mut rest, |line| draft.run(line.range(), RunKind::Code, has_words(line.text)));
            }
            after_blank = line.is_blank() || text.ends_with("::");
        }
    }
}

/// Explicit markup: a directive's text is read on as text or as code; comments and targets are passed over.
fn mark_up(draft: &mut Draft<'_>, line: &Line<'_>, explicit: &str, rest: &mut Rest<'_, '_>) {
    if explicit.starts_with('[') || explicit.starts_with('|') {
        return draft.line(*line);
    }
    let directive = explicit.split_once("::").filter(|(name, _)| !name.trim().contains(char::is_whitespace));
    match directive.map(|(name, _)| name.trim()) {
        Some(name) if CODE_DIRECTIVES.contains(&name) => {
            indented(line.indent(), rest, |line| draft.run(line.range(), RunKind::Code, has_words(line.text)));
        }
        Some(name) if ADMONITIONS.contains(&name) => {
            let said = line.text.find("::").map_or(line.text.len(), |at| at + 2);
            let range = line.visible_from(said);
            draft.run(range.clone(), RunKind::Text, has_words(draft.slice(range)));
        }
        // Sphinx shows it to nobody unless it is told to.
        Some("todo") => indented(line.indent(), rest, |_| {}),
        Some(_) => {}
        None => indented(line.indent(), rest, |_| {}),
    }
}

/// Takes the blank lines and those indented deeper.
fn indented(than: usize, rest: &mut Rest<'_, '_>, mut each: impl FnMut(&Line<'_>)) {
    while let Some(line) = rest.peek().filter(|line| line.is_blank() || line.indent() > than) {
        each(line);
        rest.next();
    }
}

/// The title that begins here, with its underline's character and whether it has an overline.
fn heading<'t>(line: &Line<'t>, rest: &Rest<'_, 't>) -> Option<(Line<'t>, (char, bool))> {
    let mut ahead = rest.clone();
    let next = ahead.next()?;
    let over = adornment(line.text);
    match (over, adornment(next.text)) {
        (Some(mark), None) => {
            let under = ahead.next().and_then(|under| adornment(under.text)).filter(|under| *under == mark)?;
            fits(next.text, line.text).then_some((*next, (under, true)))
        }
        (None, Some(mark)) if line.indent() == 0 => fits(line.text, next.text).then_some((*line, (mark, false))),
        _ => None,
    }
}

fn adornment(text: &str) -> Option<char> {
    let text = text.trim_end();
    let mark = text.chars().next().filter(char::is_ascii_punctuation)?;
    (text.len() >= 2 && text.chars().all(|c| c == mark)).then_some(mark)
}

/// An underline is as long as its title; docutils only warns of a shorter one from four characters on.
fn fits(title: &str, underline: &str) -> bool {
    let length = underline.trim_end().len();
    !title.trim().is_empty() && (length >= title.trim().chars().count() || length >= 4)
}

#[cfg(test)]
mod tests {
    use crate::formats::prose::{self, Prose};

    fn headings(text: &str) -> Vec<(u8, String, usize, bool)> {
        let read = prose::read(&"a.rst".parse().unwrap(), text);
        let said = |heading| Prose::says_something(read.under(heading));
        read.headings.iter().map(|heading| (heading.level, heading.text.clone(), heading.line, said(heading))).collect()
    }

    fn heading(level: u8, text: &str, line: usize, said: bool) -> (u8, String, usize, bool) {
        (level, text.to_owned(), line, said)
    }

    #[test]
    fn levels_follow_the_order_of_the_underlines() {
        let text = "======\nPolicy\n======\n\nIntake\n------\nWe read::\n\n  Not a title\n  -----------\n\nDetail\n~~~~~~\n.. a comment\n   over two lines\n\nReview\n------\n.. note:: Each quarter.\n";
        assert_eq!(
            headings(text),
            [heading(1, "Policy", 2, true), heading(2, "Intake", 5, true), heading(3, "Detail", 12, false), heading(2, "Review", 17, true),]
        );
    }

    #[test]
    fn comments_targets_and_rules_are_no_text() {
        assert_eq!(headings("A\n==\n\n.. todo::\n\n   Say who reads them.\n"), [heading(1, "A", 1, false)]);
        assert_eq!(headings("A\n==\n\n.. _x: https://ledger.example\n\n----\n\n..\n  hidden\n"), [heading(1, "A", 1, false)]);
    }
}
