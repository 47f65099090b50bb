//! The small words that the outputs for people share: counts, levels, ids, the verdict.
//!
//! Invariant: what leaves [`clean`] is one line in which nothing moves a cursor or hides text, and that no CI runner takes
//! for a command.

use super::Report;
use crate::finding::{Baseline, Finding};
use crate::model::outcome::{Level, Verdict};
use crate::text::one_line;

pub(in crate::report) use crate::text::ids;

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

/// An outcome and its reason; the reason of a gap begins with its outcome already.
pub(in crate::report) fn because(outcome: &str, reason: &str) -> String {
    let told = reason.strip_prefix(outcome).is_some_and(|rest| rest.starts_with(": "));
    if told { reason.to_owned() } else { format!("{outcome}: {reason}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_said_once() {
        assert_eq!(because("missing", "missing: nothing is attested"), "missing: nothing is attested");
        assert_eq!(because("waived", "missing, waived until 2027-03-31"), "waived: missing, waived until 2027-03-31");
        assert_eq!(because("missing", "missing-link"), "missing: missing-link");
    }

    #[test]
    fn no_text_is_a_command_of_azure_pipelines() {
        assert_eq!(clean("a ##[error]b ##vso[task]", 99), "a ## [error]b ## vso[task]");
    }

    #[test]
    fn counts_agree_with_their_nouns() {
        assert_eq!((count(1, "error"), count(0, "note")), ("1 error".to_owned(), "0 notes".to_owned()));
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
