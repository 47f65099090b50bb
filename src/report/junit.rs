//! `junit`: the JUnit XML that CI servers show as test results. A suite per product and code, and one for the gate's own
//! findings; a test case per judged unit, and per kind of own finding.
//!
//! Invariants: only what is met passes. A gap that closes the gate is a failure; a gap below `fail-on`, one that the base
//! has too where only what is new counts, a waived, an excluded or an unanswered unit is skipped, each with its reason;
//! a fault is an error. Every character is one that XML 1.0 allows.

use std::io;

use super::words::because;
use super::{ProductReport, Report, UnitReport};
use crate::finding::{Finding, OWN};
use crate::limits::MESSAGE_CHARS;
use crate::model::outcome::{Assurance, OutcomeName};
use crate::text::one_line;

/// What became of a test case.
enum End {
    Passed(String),
    Skipped(String),
    Failed { kind: &'static str, message: String, text: String },
    Errored { message: String, text: String },
}

struct Case {
    name: String,
    end: End,
}

struct Suite {
    name: String,
    class: String,
    cases: Vec<Case>,
}

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut suites: Vec<Suite> = report.products.iter().flat_map(|product| of_product(report, product)).collect();
    if !report.errors.is_empty() {
        suites.push(faults(report));
    }
    let all = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"portcullis\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
        all(|suite| suite.cases.len()),
        all(Suite::failures),
        all(Suite::errors)
    );
    for suite in &suites {
        suite.write(report, &mut text);
    }
    text.push_str("</testsuites>\n");
    out.write_all(text.as_bytes())
}

impl Suite {
    fn ended(&self, wanted: fn(&End) -> bool) -> usize {
        self.cases.iter().filter(|case| wanted(&case.end)).count()
    }

    fn failures(&self) -> usize {
        self.ended(|end| matches!(end, End::Failed { .. }))
    }

    fn errors(&self) -> usize {
        self.ended(|end| matches!(end, End::Errored { .. }))
    }

    fn write(&self, report: &Report<'_>, out: &mut String) {
        let skipped = self.ended(|end| matches!(end, End::Skipped(_)));
        out.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{skipped}\" timestamp=\"{}T00:00:00\">\n",
            safe(&self.name),
            self.cases.len(),
            self.failures(),
            self.errors(),
            report.date
        ));
        let given = [("commit", report.commit.as_deref()), ("base", report.base.as_deref())];
        let given: String = given
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| format!("<property name=\"{name}\" value=\"{}\"/>", safe(value))))
            .collect();
        if !given.is_empty() {
            out.push_str(&format!("    <properties>{given}</properties>\n"));
        }
        for case in &self.cases {
            out.push_str(&format!("    <testcase classname=\"{}\" name=\"{}\">", safe(&self.class), safe(&case.name)));
            out.push_str(&match &case.end {
                End::Passed(text) => format!("<system-out>{}</system-out>", safe(text)),
                End::Skipped(message) => format!("<skipped message=\"{}\"/>", safe(message)),
                End::Failed { kind, message, text } => {
                    format!("<failure type=\"{kind}\" message=\"{}\">{}</failure>", safe(message), safe(text))
                }
                End::Errored { message, text } => {
                    format!("<error type=\"could-not-assess\" message=\"{}\">{}</error>", safe(message), safe(text))
                }
            });
            out.push_str("</testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
}

fn of_product(report: &Report<'_>, product: &ProductReport<'_>) -> Vec<Suite> {
    let name = one_line(&product.name, MESSAGE_CHARS);
    // A dot would be read as the end of a package.
    let class = |code: &str| format!("{}.{code}", name.replace('.', "_"));
    let mut suites: Vec<Suite> = product
        .codes
        .iter()
        .map(|code| {
            let code = code.policy;
            let own = product.assessments.iter().filter(|found| found.unit.id.split_once('/').is_some_and(|(own, _)| own == code.code));
            Suite {
                name: format!("{name}: {} {}", code.code, code.edition),
                class: class(&code.code),
                cases: own.map(|found| of_unit(report, product, found)).collect(),
            }
        })
        .collect();
    let cases = OWN.iter().map(|(id, _, about)| of_own(report, product, id, about)).collect();
    suites.push(Suite { name: format!("{name}: the gate's own findings"), class: class("portcullis"), cases });
    suites
}

fn of_unit(report: &Report<'_>, product: &ProductReport<'_>, found: &UnitReport<'_>) -> Case {
    let whole = |finding: &Finding| finding.id == found.provision.id && found.outcome == OutcomeName::Missing;
    let spoken: Vec<&Finding> = product.findings.iter().filter(|finding| finding.id == found.unit.id || whole(finding)).collect();
    let reason = one_line(&found.reason, MESSAGE_CHARS);
    let end = match found.outcome {
        OutcomeName::Met => End::Passed(format!("{}: {reason}", found.assurance.map_or("", Assurance::name))),
        OutcomeName::Excluded | OutcomeName::Unanswered | OutcomeName::Waived => End::Skipped(because(found.outcome.name(), &reason)),
        gap => of_findings(report, gap.name(), &reason, &spoken),
    };
    Case { name: format!("{} {}", found.unit.id, found.unit.title), end }
}

fn of_own(report: &Report<'_>, product: &ProductReport<'_>, id: &str, about: &str) -> Case {
    let own: Vec<&Finding> = product.findings.iter().filter(|finding| finding.id == id).collect();
    let end = match own.first() {
        None => End::Passed(format!("none: {about}")),
        Some(first) => of_findings(report, "own-finding", &first.message, &own),
    };
    Case { name: id.to_owned(), end }
}

/// A failure where one of the findings closes the gate.
fn of_findings(report: &Report<'_>, kind: &'static str, reason: &str, found: &[&Finding]) -> End {
    let strongest = found.iter().map(|finding| finding.level).max();
    let Some(level) = strongest else { return End::Failed { kind, message: reason.to_owned(), text: String::new() } };
    if !found.iter().any(|finding| report.closes(finding)) {
        return End::Skipped(format!("not met and does not close the gate: {level}: {}", because(kind, reason)));
    }
    End::Failed { kind, message: reason.to_owned(), text: found.iter().map(|finding| told(report, finding)).collect() }
}

fn told(report: &Report<'_>, finding: &Finding) -> String {
    let place = report.sources.place(finding.span);
    let state = finding.baseline.map(|state| format!(" ({})", state.name())).unwrap_or_default();
    let remedy =
        if finding.remedy.trim().is_empty() { String::new() } else { format!("\nRemedy: {}", one_line(&finding.remedy, MESSAGE_CHARS)) };
    format!("{}:{}:{}: {}{state}: {}{remedy}\n", place.file, place.line, place.column, finding.level, finding.message)
}

fn faults(report: &Report<'_>) -> Suite {
    let cases = report.errors.iter().enumerate().map(|(at, fault)| {
        let place = fault.span.map(|span| report.sources.place(span));
        let lead = place.map(|place| format!("{}:{}:{}: ", place.file, place.line, place.column)).unwrap_or_default();
        let text = format!("{lead}{}", one_line(fault.help.as_deref().unwrap_or_default(), MESSAGE_CHARS));
        Case { name: format!("fault {}", at + 1), end: End::Errored { message: one_line(&fault.message, MESSAGE_CHARS), text } }
    });
    Suite { name: "could not assess".to_owned(), class: "portcullis".to_owned(), cases: cases.collect() }
}

/// Text for an element or a quoted attribute. Of what XML 1.0 forbids, `one_line` leaves only the two last code points.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_default()),
            _ if crate::text::is_unprintable(c) => out.extend(c.escape_default()),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_can_stand_in_an_element_and_an_attribute(text in "[\\x00-\\x1fa<>&\"'\\]\u{fffe}\u{ffff}\u{fdd0}\u{1F600}]{0,40}") {
            let document = format!("<a b=\"{0}\">{0}</a>", safe(&text));
            let read = roxmltree::Document::parse(&document);
            prop_assert!(read.is_ok(), "{document:?}: {read:?}");
        }
    }
}
