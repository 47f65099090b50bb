//! `coverage`: what the tests reached, recounted from the lines that the report lists.

use super::comparison::{self, Comparison};
use super::{Ask, Gap, Proof, Verified, Verifier, about};
use crate::formats::coverage::{self as format, Coverage, Reach};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct TestCoverage;

impl Verifier for TestCoverage {
    fn kind(&self) -> &'static str {
        "coverage"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is an LCOV tracefile or Cobertura XML, whole and well-formed.",
            "At least one line was measured, and the tests reached at least one.",
            "The totals that it states are those of the lines that it lists.",
            "Its timestamp, or the review where it has none, is at most 90 days old and not in the future.",
            "Where `expect` is given, its comparisons hold of the share of lines or branches that the tests reached.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Which commit was measured, which files were left out, and whether the tests assert anything, cannot be seen; the format names no product."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"coverage\"\npath = \"reports/lcov.info\"\nexpect = \"lines >= 80\"   # optional, in percent\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verdict) | Err(verdict) => verdict,
        }
    }
}

const AGAIN: &str = "run the tests with the measurement and commit the report anew";

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.to_string();
    let report = ask.content(format::read)?;
    let mut gaps: Vec<Gap> = report.faults.iter().map(|fault| about::fault(ask, fault, &path)).collect();
    if gaps.is_empty() {
        gaps.extend(reached(ask, report.lines, &path));
    }
    gaps.extend(aged(ask, &report, &path));
    if gaps.is_empty() {
        gaps.extend(expected(ask, &report, &path));
    }
    Ok(Verified::from_gaps(super::at_most(gaps), || proof(&report, &path)))
}

fn reached(ask: &Ask<'_>, lines: Reach, path: &str) -> Option<Gap> {
    let (fault, message) = match lines {
        Reach { found: 0, .. } => ("no-lines", format!("{path} measures no line")),
        Reach { covered: 0, found } => ("no-lines", format!("{path} measures {}, and no test reached any", count(found, "line"))),
        _ => return None,
    };
    Some(Gap { at: ask.line(1), ..Gap::failed(fault, message, AGAIN) })
}

/// The gap of the report's own date; of the review where it has none.
fn aged(ask: &Ask<'_>, report: &Coverage, path: &str) -> Option<Gap> {
    if let Some((day, at)) = &report.made {
        let old = ask.too_old(*day, path)?;
        return Some(Gap { at: ask.range(at.clone()), remedy: AGAIN.to_owned(), ..old });
    }
    ask.review_too_old(&format!("the review of {path}, which has no date of its own,"))
}

fn expected(ask: &Ask<'_>, report: &Coverage, path: &str) -> Option<Gap> {
    let expect = ask.evidence.text("expect")?;
    let figure = |name: &str| match name {
        "lines" => Some(report.lines),
        "branches" => Some(report.branches),
        _ => None,
    };
    let Some(comparisons) = comparison::read(&expect.value, |name| figure(name).is_some()) else {
        return comparison::unread(
            ask,
            "write comparisons of lines or branches with a percentage, such as `lines >= 80 && branches >= 70.5`",
        );
    };
    let holds = |one: &Comparison| figure(&one.name).is_some_and(|reach| one.holds(u128::from(reach.covered) * 100, reach.found.into()));
    if comparisons.iter().all(holds) {
        return None;
    }
    let shown = one_line(&expect.value, limits::QUOTED_CHARS);
    let message = format!("{path} does not have {shown}: {}", said(report));
    Some(Gap { at: ask.line(1), ..Gap::failed("unexpected", message, "test what is not reached, or correct `expect`") })
}

/// `lines 9 of 12 (75.0%), branches not measured`.
fn said(report: &Coverage) -> String {
    let share = |name: &str, reach: Reach| match tenths(reach) {
        Some(tenths) => format!("{name} {} of {} ({}.{}%)", reach.covered, reach.found, tenths / 10, tenths % 10),
        None => format!("{name} not measured"),
    };
    format!("{}, {}", share("lines", report.lines), share("branches", report.branches))
}

/// The share in tenths of a percent, cut down so that it never shows more than there is.
fn tenths(reach: Reach) -> Option<u128> {
    (u128::from(reach.covered) * 1_000).checked_div(reach.found.into())
}

fn count(number: u64, noun: &str) -> String {
    crate::text::count(i64::try_from(number).unwrap_or(i64::MAX), noun)
}

fn proof(report: &Coverage, path: &str) -> Proof {
    let files = count(report.files as u64, "file");
    Proof::new(Assurance::Evidenced, format!("{path} ({}) shows what the tests reached of {files}: {}", report.format, said(report)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_shown_larger_than_it_is() {
        assert_eq!(tenths(Reach { covered: 1_999, found: 2_000 }), Some(999));
        assert_eq!(tenths(Reach { covered: 2, found: 2 }), Some(1_000));
        assert_eq!(tenths(Reach { covered: 0, found: 0 }), None);
    }
}
