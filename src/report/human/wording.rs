//! Text made fit for a terminal and for the log of a CI runner, and the small words around counts.
//!
//! Invariant: what leaves [`clean`] is one line in which nothing moves a cursor or hides text, and [`wrap`] starts no
//! continuation line with `::`; runners take a line that starts so, and `##[` anywhere, for a command.

use crate::finding::Finding;
use crate::model::outcome::Level;
use crate::text::one_line;

/// At most `limit` characters of text from the repository, on one line.
pub(super) fn clean(text: &str, limit: usize) -> String {
    one_line(text, limit).replace("##[", "## [").replace("##vso[", "## vso[")
}

/// The text broken into lines of at most `width` characters; a word that is longer stands alone and whole.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    wrap_after(text, 0, width)
}

/// The same, where `taken` columns of the first line are taken.
fn wrap_after(text: &str, taken: usize, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let mut length = taken;
    for word in text.split_whitespace() {
        let own = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.is_empty() && (length + own <= width || taken == 0) => {
                line.push_str(word);
                length += own;
            }
            Some(line) if length + 1 + own <= width || word.starts_with("::") => {
                line.push(' ');
                line.push_str(word);
                length += 1 + own;
            }
            _ => {
                lines.push(word.to_owned());
                length = own;
            }
        }
    }
    lines
}

/// The text wrapped, its lines after the first led by `indent` blanks.
pub(super) fn hanging(text: &str, indent: usize, width: usize) -> String {
    let between = format!("\n{}", " ".repeat(indent));
    wrap(text, width.saturating_sub(indent).max(20)).join(&between)
}

/// The text wrapped where `taken` columns stand before it, its lines after the first led by `indent` blanks.
pub(super) fn hanging_after(text: &str, taken: usize, indent: usize, width: usize) -> String {
    let between = format!("\n{}", " ".repeat(indent));
    wrap_after(text, taken.saturating_sub(indent), width.saturating_sub(indent).max(20)).join(&between)
}

/// `1 error`, `2 errors`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `12 errors, 3 warnings and 1 note`; levels that nothing has are left out.
pub(super) fn levels<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> String {
    let levels: Vec<Level> = findings.into_iter().map(|finding| finding.level).collect();
    let parts: Vec<String> = Level::ALL
        .iter()
        .rev()
        .map(|level| (level, levels.iter().filter(|found| *found == level).count()))
        .filter(|(_, number)| *number > 0)
        .map(|(level, number)| count(number, level.name()))
        .collect();
    list(&parts)
}

/// Ids of one code, shortened: `software-security/1.1-c1, -c2, 1.2-c1`; four or more claims in a row become `-c1 … -c6`.
pub(super) fn ids(ids: &[&str]) -> String {
    let mut out = String::new();
    let mut last: Option<(&str, &str)> = None;
    let mut rest = ids;
    while let Some((id, others)) = rest.split_first() {
        let (code, own) = id.split_once('/').unwrap_or(("", id));
        let stem = own.rsplit_once("-c").map_or(own, |(stem, _)| stem);
        let same_code = last.is_some_and(|(known, _)| known == code);
        let shown = match last {
            Some(_) if !same_code => *id,
            Some((_, known)) if known == stem && own.len() > stem.len() => own.get(stem.len()..).unwrap_or(own),
            Some(_) => own,
            None => *id,
        };
        if last.is_some() {
            out.push_str(", ");
        }
        out.push_str(shown);
        last = Some((code, stem));
        rest = others;
        let run = run_of(id, others);
        if let Some((end, after)) = run.checked_sub(1).filter(|at| *at >= 2).and_then(|at| Some((others.get(at)?, others.get(run..)?))) {
            let end = end.split_once('/').map_or(*end, |(_, own)| own);
            out.push_str(" … ");
            out.push_str(end.get(stem.len()..).unwrap_or(end));
            rest = after;
        }
    }
    out
}

/// How many ids at the front of `others` go on counting the claims where `id` stands.
fn run_of(id: &str, others: &[&str]) -> usize {
    let parts = |id: &str| id.rsplit_once("-c").and_then(|(stem, number)| Some((stem.to_owned(), number.parse::<usize>().ok()?)));
    let Some((stem, first)) = parts(id) else { return 0 };
    others.iter().zip(first + 1..).take_while(|(other, number)| parts(other).is_some_and(|found| found == (stem.clone(), *number))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shortened_without_losing_any() {
        assert_eq!(ids(&["a/1.1-c1", "a/1.1-c2", "a/1.1-c3"]), "a/1.1-c1, -c2, -c3");
        assert_eq!(ids(&["a/1.1-c1", "a/1.1-c2", "a/1.1-c3", "a/1.1-c4", "a/1.2-c1"]), "a/1.1-c1 … -c4, 1.2-c1");
        assert_eq!(ids(&["a/1.1-c1", "a/1.1-c3", "b/1.1-c4"]), "a/1.1-c1, -c3, b/1.1-c4");
        assert_eq!(ids(&["ai/5.1", "ai/5.2.1"]), "ai/5.1, 5.2.1");
        assert_eq!(ids(&["a/1-c9", "a/1-c10", "a/1-c11", "a/1-c12"]), "a/1-c9 … -c12");
    }

    #[test]
    fn no_wrapped_line_starts_as_a_workflow_command() {
        let lines = wrap("one two ::error file=x::three ::stop-commands::y", 8);
        assert_eq!(lines, ["one two ::error", "file=x::three ::stop-commands::y"]);
        assert_eq!(clean("a ##[error]b ##vso[task]", 99), "a ## [error]b ## vso[task]");
    }

    #[test]
    fn wrapped_lines_keep_to_the_width() {
        assert_eq!(wrap("aa bb ccc", 5), ["aa bb", "ccc"]);
        assert_eq!(wrap("aaaaaaaa b", 5), ["aaaaaaaa", "b"]);
        assert_eq!(hanging("alpha beta gamma delta epsilon", 2, 24), "alpha beta gamma delta\n  epsilon");
    }

    #[test]
    fn counts_agree_with_their_nouns() {
        assert_eq!((count(1, "error"), count(0, "note")), ("1 error".to_owned(), "0 notes".to_owned()));
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
