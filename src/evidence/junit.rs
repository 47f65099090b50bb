//! `junit`: a test report in JUnit XML, recounted from its own elements.

use super::comparison::{self, Comparison};
use super::told::Told;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::junit::{self, Read, Report, Totals};
use crate::formats::moment;
use crate::input::reader::quoted;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct Junit;

impl Verifier for Junit {
    fn kind(&self) -> &'static str {
        "junit"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "The file is well-formed XML with the root testsuites or testsuite.",
            "At least one test ran; skipped ones, and those that are said not to have run, do not count.",
            "No test failed, ended in an error or was broken off, by its elements or by attributes such as `status`, `result` and `success`; one that passed when it was run again passed. A word for it that is not known is a doubt.",
            "Totals in attributes are those of the test cases listed.",
            "The oldest timestamp, or the review where there is none, is at most 90 days old, and none is in the future.",
            "Where `expect` is given, its comparisons hold.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Which commit was tested, and that the report was not written by hand, cannot be seen; the format names no product."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"junit\"\npath = \"reports/junit.xml\"\nexpect = \"tests >= 100\"   # optional\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verdict) | Err(verdict) => verdict,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = &ask.cited()?.path;
    let read = ask.content(junit::read)?;
    let report = match &*read {
        Read::Report(report) => report,
        Read::OtherRoot(name, at) => {
            let message = format!("{path} has the root {}, which is no JUnit report", one_line(name, limits::QUOTED_CHARS));
            return Ok(Verified::gap(ask.gap_at(at.clone(), "no-junit", message, "cite the JUnit XML that the test runner writes")));
        }
    };
    let mut gaps = Told::default();
    problems(ask, report, &mut gaps);
    disagreements(ask, report, &mut gaps);
    let totals = report.totals;
    let ran = totals.tests.saturating_sub(totals.idle);
    if ran == 0 {
        let message = format!("{path} has no test that ran ({} skipped)", totals.idle);
        gaps.add(|| Gap { at: ask.line(1), ..Gap::failed("no-tests", message, "run the tests and commit the report anew") });
    }
    aged(ask, report, &mut gaps);
    gaps.extend(expected(ask, totals));
    if let Some((word, name)) = report.unknown.first().filter(|_| gaps.is_empty()) {
        let (word, name) = (quoted(word), one_line(name, limits::QUOTED_CHARS));
        let message = format!("{path}: how {name} ended is called {word}, which is not known here");
        return Ok(Verified::doubt(message, "let the test runner write `passed`, `failed` or `skipped`, or leave the status out"));
    }
    let flaky = if report.flaky == 0 { String::new() } else { format!(" ({} only when run again)", report.flaky) };
    let says = format!("{path} lists {} test cases, of which {ran} ran and passed{flaky} and {} did not run", totals.tests, totals.idle);
    Ok(gaps.or_proof(|| Proof::new(Assurance::Evidenced, says)))
}

fn path(ask: &Ask<'_>) -> String {
    ask.file.as_ref().map(|file| file.path.to_string()).unwrap_or_default()
}

fn problems(ask: &Ask<'_>, report: &Report, gaps: &mut Told) {
    gaps.each(&report.problems, |one: &junit::Problem| {
        let message = format!("{}: {} {}", path(ask), one_line(&one.name, limits::QUOTED_CHARS), one.how);
        ask.gap_at(one.at.clone(), "test-failed", message, "mend what the test shows, then run the tests and commit the report anew")
    });
}

fn disagreements(ask: &Ask<'_>, report: &Report, gaps: &mut Told) {
    gaps.each(&report.disagreements, |one: &junit::Disagreement| {
        let stated = one_line(&one.stated, limits::QUOTED_CHARS);
        let message = format!("{} states {}=\"{stated}\", and its test cases come to {}", path(ask), one.name, one.counted);
        ask.gap_at(one.at.clone(), "totals", message, "commit the report as the test runner wrote it")
    });
}

/// The gaps of timestamps; of the review where there is none.
fn aged(ask: &Ask<'_>, report: &Report, gaps: &mut Told) {
    let mut days = Vec::new();
    for (stamp, at) in &report.timestamps {
        match moment::day(stamp) {
            Some(day) => days.push((day, at)),
            None => gaps.add(|| {
                let message = format!("{} has the timestamp {}, which is no date", path(ask), one_line(stamp, limits::QUOTED_CHARS));
                ask.gap_at(at.clone(), "timestamp", message, "commit the report as the test runner wrote it")
            }),
        }
    }
    let ends = [days.iter().min_by_key(|(day, _)| *day), days.iter().max_by_key(|(day, _)| *day)];
    let too_old = ends.into_iter().flatten().find_map(|(day, at)| {
        let gap = ask.too_old(*day, &path(ask))?;
        Some(Gap { at: ask.range((*at).clone()), remedy: "run the tests and commit the report anew".to_owned(), ..gap })
    });
    gaps.extend(too_old);
    if report.timestamps.is_empty() {
        gaps.extend(ask.review_too_old(&format!("the review of {}", path(ask))));
    }
}

fn expected(ask: &Ask<'_>, totals: Totals) -> Option<Gap> {
    let expect = ask.evidence.text("expect")?;
    let figure = |name: &str| totals.named().into_iter().find(|(known, _)| *known == name).map(|(_, count)| count);
    let comparisons = comparison::read(&expect.value, |name| figure(name).is_some()).filter(|all| all.iter().all(Comparison::is_whole));
    let Some(comparisons) = comparisons else {
        let remedy = "write comparisons of tests, failures, errors or skipped with a whole number, such as `tests >= 100 && skipped <= 5`";
        return comparison::unread(ask, remedy);
    };
    let holds = |one: &Comparison| figure(&one.name).is_some_and(|have| one.holds(have.into(), 1));
    if comparisons.iter().all(holds) {
        return None;
    }
    let have: Vec<String> = totals.named().iter().map(|(name, count)| format!("{name} {count}")).collect();
    let message = format!("{} does not have {}: {}", path(ask), one_line(&expect.value, limits::QUOTED_CHARS), have.join(", "));
    Some(Gap { at: ask.line(1), ..Gap::failed("unexpected", message, "run the whole suite, or correct `expect`") })
}
