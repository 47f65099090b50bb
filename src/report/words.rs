//! The small words that the outputs for people share: counts, levels, ids, the verdict.
//!
//! Invariant: what leaves [`clean`] is one line in which nothing moves a cursor or hides text, and that no CI runner takes
//! for a command.

use super::Report;
use crate::finding::{Baseline, Finding};
use crate::model::outcome::{Level, Verdict};
use crate::text::one_line;

/// Digits of a commit's id.
const COMMIT_DIGITS: usize = 12;

/// At most `limit` characters of text from the repository, on one line.
pub(in crate::report) fn clean(text: &str, limit: usize) -> String {
    one_line(text, limit).replace("##[", "## [").replace("##vso[", "## vso[")
}

/// Enough digits of a commit's id.
pub(in crate::report) fn short(commit: &str) -> String {
    commit.chars().take(COMMIT_DIGITS).collect()
}

/// What was judged: the commit, whether the tree differs from it, the day.
pub(in crate::report) fn judged_at(report: &Report<'_>) -> String {
    let commit = report.commit.as_deref().map_or("no commit yet".to_owned(), short);
    let changes = if report.dirty { " + changes" } else { "" };
    format!("{commit}{changes} on {}", report.date)
}

/// The gate's standing, and what made it so.
pub(in crate::report) fn verdict(report: &Report<'_>) -> (&'static str, String) {
    let counted = |finding: &&Finding| !report.new_only || finding.baseline == Some(Baseline::New);
    let findings = || report.products.iter().flat_map(|product| &product.findings).filter(counted);
    let of_what = if report.new_only { ", of what is new" } else { "" };
    let none = findings().next().is_none();
    match (report.verdict, report.fail_on) {
        (Verdict::CouldNotAssess, _) => ("could not assess:", count(report.errors.len(), "fault")),
        (Verdict::Closed, Some(least)) => {
            let closing = levels(findings().filter(|finding| report.closes(finding)));
            ("gate: closed", format!("by {closing} (fail-on: {least}{of_what})"))
        }
        (_, Some(least)) if none => ("gate: open", format!("(fail-on: {least}{of_what}; no findings)")),
        (_, Some(least)) => ("gate: open", format!("(fail-on: {least}{of_what}; below it: {})", levels(findings()))),
        (_, None) if none => ("gate: open", "whatever is found (fail-on: never; no findings)".to_owned()),
        (_, None) => ("gate: open", format!("whatever is found (fail-on: never; {} would count)", levels(findings()))),
    }
}

/// `1 error`, `2 errors`.
pub(in crate::report) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `a`, `a and b`, `a, b and c`.
pub(in crate::report) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `12 errors, 3 warnings and 1 note`; levels that nothing has are left out.
pub(in crate::report) fn levels<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> String {
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
pub(in crate::report) fn ids(ids: &[&str]) -> String {
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
    fn no_text_is_a_command_of_azure_pipelines() {
        assert_eq!(clean("a ##[error]b ##vso[task]", 99), "a ## [error]b ## vso[task]");
    }

    #[test]
    fn ids_are_shortened_without_losing_any() {
        assert_eq!(ids(&["a/1.1-c1", "a/1.1-c2", "a/1.1-c3"]), "a/1.1-c1, -c2, -c3");
        assert_eq!(ids(&["a/1.1-c1", "a/1.1-c2", "a/1.1-c3", "a/1.1-c4", "a/1.2-c1"]), "a/1.1-c1 … -c4, 1.2-c1");
        assert_eq!(ids(&["a/1.1-c1", "a/1.1-c3", "b/1.1-c4"]), "a/1.1-c1, -c3, b/1.1-c4");
        assert_eq!(ids(&["ai/5.1", "ai/5.2.1"]), "ai/5.1, 5.2.1");
        assert_eq!(ids(&["a/1-c9", "a/1-c10", "a/1-c11", "a/1-c12"]), "a/1-c9 … -c12");
    }

    #[test]
    fn counts_agree_with_their_nouns() {
        assert_eq!((count(1, "error"), count(0, "note")), ("1 error".to_owned(), "0 notes".to_owned()));
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
