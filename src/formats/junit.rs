//! JUnit XML: what ran, and how the totals that it states compare with the test cases that it lists.
//!
//! The format has no standard. What every common writer agrees on is read: a root `testsuites` or `testsuite`, suites in
//! suites, `testcase` with `failure`, `error` or `skipped`, and totals in attributes of the same names. Beside it count what
//! Maven Surefire and cargo-nextest say of reruns ("Rerun Failing Tests": `rerunFailure` beside `failure`, `flakyFailure` where a
//! later run passed) and the `status` and `result` that GoogleTest, CTest and behave write. Names are read whatever their case.

use std::ops::Range;

use roxmltree::{Document, Node};

/// How many tests there were of each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Test cases, skipped ones too.
    pub tests: u64,
    /// Test cases that failed.
    pub failures: u64,
    /// Test cases that ended in an error.
    pub errors: u64,
    /// Test cases that did not run.
    pub skipped: u64,
}

impl Totals {
    /// The totals by the names of their attributes.
    pub fn named(self) -> [(&'static str, u64); 4] {
        [("tests", self.tests), ("failures", self.failures), ("errors", self.errors), ("skipped", self.skipped)]
    }

    fn plus(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// A total that a suite states and its elements do not bear out.
#[derive(Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The attribute.
    pub name: &'static str,
    /// As written.
    pub stated: String,
    /// What the elements come to.
    pub counted: u64,
    /// Where the suite begins.
    pub at: Range<usize>,
}

/// A test, or a suite as a whole, that failed.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its name.
    pub name: String,
    /// `failed`, `ended in an error` and the like.
    pub how: &'static str,
    /// Where it begins.
    pub at: Range<usize>,
}

/// What a report says.
#[derive(Debug, Default)]
pub struct Report {
    /// What its elements come to.
    pub totals: Totals,
    /// Test cases that did not run, skipped ones too.
    pub idle: u64,
    /// Test cases that passed only when they were run again.
    pub flaky: u64,
    /// What failed, in the file's order.
    pub problems: Vec<Problem>,
    /// Totals that do not fit.
    pub disagreements: Vec<Disagreement>,
    /// Timestamps of suites as written, and where those stand.
    pub timestamps: Vec<(String, Range<usize>)>,
}

/// Reads a report; none where the root is neither `testsuites` nor `testsuite`.
pub fn read(document: &Document<'_>) -> Option<Report> {
    let root = document.root_element();
    if !is_suite(root) {
        return None;
    }
    let nodes: Vec<Node<'_, '_>> = document.descendants().collect();
    let mut report = Report::default();
    let mut sums = vec![Totals::default(); nodes.len()];
    // Some runners count only the cases that stand directly in a suite.
    let mut direct = vec![Totals::default(); nodes.len()];
    // Children come behind their parents, so that one pass from the end sums up every suite.
    for node in nodes.iter().rev() {
        if is_case(*node) {
            add(&mut sums, *node, outcome(*node));
            if let Some(parent) = node.parent() {
                add(&mut direct, parent, outcome(*node));
            }
        } else if is_suite(*node) {
            // A suite can fail by itself, where its set-up does.
            let own = Totals { tests: 0, ..outcome(*node) };
            add(&mut sums, *node, own);
            add(&mut direct, *node, own);
        }
        let own = sums.get(node.id().get_usize()).copied().unwrap_or_default();
        if let Some(parent) = node.parent() {
            add(&mut sums, parent, own);
        }
    }
    report.totals = sums.get(root.id().get_usize()).copied().unwrap_or_default();
    for node in nodes {
        if is_suite(node) {
            let counted = |list: &[Totals]| list.get(node.id().get_usize()).copied().unwrap_or_default();
            suite(&mut report, node, counted(&sums), counted(&direct));
        }
        if is_case(node) {
            report.idle += u64::from(is_idle(node));
            report.flaky += u64::from(FLAKY.iter().any(|name| has(node, name)) && how(node).is_none());
        }
        if is_suite(node) || is_case(node) {
            report.problems.extend(problem(node));
        }
    }
    Some(report)
}

/// Elements of a test case that was run again and failed again; beside them stands how it failed at first.
const RERUN: &[&str] = &["rerunFailure", "rerunError"];
/// Elements of a test case that failed at first and passed when it was run again.
const FLAKY: &[&str] = &["flakyFailure", "flakyError"];
/// What `status` and `result` say of a test that failed.
const FAILED: &[&str] = &["fail", "failed", "failing", "failure", "broken", "timeout", "timedout", "crashed"];
/// What they say of one that ended in an error.
const ERRED: &[&str] = &["error", "errored"];
/// What they say of one that did not run.
const IDLE: &[&str] = &["notrun", "disabled", "suppressed", "skipped", "skip", "ignored", "untested"];

fn is_named(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name().eq_ignore_ascii_case(name)
}

fn is_suite(node: Node<'_, '_>) -> bool {
    is_named(node, "testsuites") || is_named(node, "testsuite")
}

fn is_case(node: Node<'_, '_>) -> bool {
    is_named(node, "testcase")
}

fn add(sums: &mut [Totals], node: Node<'_, '_>, more: Totals) {
    if let Some(sum) = sums.get_mut(node.id().get_usize()) {
        *sum = sum.plus(more);
    }
}

fn has(node: Node<'_, '_>, name: &str) -> bool {
    node.children().any(|child| is_named(child, name))
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name().eq_ignore_ascii_case(name)).map(|attribute| attribute.value())
}

/// Whether an attribute says one of these words of how a test ended.
fn says(node: Node<'_, '_>, words: &[&str]) -> bool {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let told = ["status", "result"].iter().filter_map(|name| attribute(node, name)).map(plain);
    told.into_iter().any(|told| words.iter().any(|word| told.eq_ignore_ascii_case(word)))
}

fn is_idle(case: Node<'_, '_>) -> bool {
    has(case, "skipped") || how(case).is_none() && says(case, IDLE)
}

/// How a test, or a suite as a whole, failed; none where it did not.
fn how(node: Node<'_, '_>) -> Option<&'static str> {
    if has(node, "failure") {
        return Some("failed");
    }
    if has(node, "error") {
        return Some("ended in an error");
    }
    if RERUN.iter().any(|name| has(node, name)) {
        return Some("failed when it was run again");
    }
    match () {
        () if says(node, FAILED) => Some("failed, as its status says"),
        () if says(node, ERRED) => Some("ended in an error, as its status says"),
        () => None,
    }
}

fn outcome(case: Node<'_, '_>) -> Totals {
    let one = |name| u64::from(has(case, name));
    let (mut failures, mut errors) = (one("failure"), one("error"));
    if failures + errors == 0 && how(case).is_some() {
        let is_error = has(case, "rerunError") || says(case, ERRED);
        (failures, errors) = (u64::from(!is_error), u64::from(is_error));
    }
    Totals { tests: 1, failures, errors, skipped: one("skipped") }
}

fn suite(report: &mut Report, node: Node<'_, '_>, sum: Totals, direct: Totals) {
    let at = node.range().start..node.range().start + 1;
    if let Some(stamp) = attribute(node, "timestamp") {
        report.timestamps.push((stamp.to_owned(), at.clone()));
    }
    for ((name, counted), (_, directly)) in sum.named().into_iter().zip(direct.named()) {
        let Some(stated) = attribute(node, name) else { continue };
        let number = stated.trim().parse();
        if number != Ok(counted) && number != Ok(directly) {
            report.disagreements.push(Disagreement { name, stated: stated.to_owned(), counted, at: at.clone() });
        }
    }
}

fn problem(node: Node<'_, '_>) -> Option<Problem> {
    let how = how(node)?;
    let name = attribute(node, "name").unwrap_or("without a name");
    let name = match attribute(node, "classname") {
        Some(class) if !class.is_empty() => format!("{class}: {name}"),
        _ => name.to_owned(),
    };
    Some(Problem { name, how, at: node.range().start..node.range().start + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::xml;
    use proptest::prelude::*;

    fn report(text: &str) -> Report {
        read(&xml::read(text).unwrap()).unwrap()
    }

    #[test]
    fn real_reports_are_counted_as_they_say() {
        let pytest = report(include_str!("../../tests/samples/junit/pytest.junit.xml"));
        assert_eq!(pytest.totals, Totals { tests: 3, failures: 1, errors: 0, skipped: 1 });
        let nextest = report(include_str!("../../tests/samples/junit/cargo-nextest.junit.xml"));
        assert_eq!(nextest.totals, Totals { tests: 2, failures: 1, errors: 0, skipped: 0 });
        for one in [pytest, nextest] {
            assert_eq!(one.disagreements, []);
            assert_eq!(one.problems.len(), 1);
        }
    }

    #[test]
    fn a_suite_may_count_its_own_cases_only_and_may_fail_by_itself() {
        let text = "<testsuites><testsuite tests=\"1\" failures=\"1\"><failure message=\"set-up\"/><testcase name=\"a\"/>\
                    <testsuite tests=\"1\" failures=\"0\"><testcase name=\"b\"/></testsuite></testsuite></testsuites>";
        let document = xml::read(text).unwrap();
        let report = super::read(&document).unwrap();
        assert!(report.disagreements.is_empty(), "{:?}", report.disagreements);
        assert_eq!(report.problems.len(), 1);
        assert_eq!(report.totals.tests, 2);
    }

    #[test]
    fn removing_one_test_is_told_of_each_total_that_it_changes() {
        let text = include_str!("../../tests/samples/junit/pytest.junit.xml");
        let text = text.replace("<testcase classname=\"test_app\" name=\"test_digest\" time=\"0.000\" />", "");
        let found = report(&text).disagreements;
        assert_eq!(found.iter().map(|one| (one.name, one.counted)).collect::<Vec<_>>(), [("tests", 2)]);
    }

    #[test]
    fn no_way_of_writing_a_failure_hides_it() {
        for case in [
            "<failure/>",
            "<Failure/>",
            "<ERROR/>",
            "<x:failure xmlns:x='urn:x'/>",
            "<failure/><rerunFailure/>",
            "<rerunFailure/>",
            "<rerunError/>",
        ] {
            let found = report(&format!("<testsuite><testcase name='a'>{case}</testcase></testsuite>"));
            assert_eq!(found.problems.len(), 1, "{case}");
            assert_eq!(found.totals.failures + found.totals.errors, 1, "{case}");
        }
        for attribute in
            ["status='failed'", "status='fail'", "Status='FAILED'", "result='failure'", "status='run' result='error'", "status='timed out'"]
        {
            let found = report(&format!("<TestSuite><testCase name='a' {attribute}/></TestSuite>"));
            assert_eq!(found.problems.len(), 1, "{attribute}");
            assert_eq!(found.totals.tests, 1, "{attribute}");
        }
    }

    #[test]
    fn a_test_that_passed_in_the_end_or_did_not_run_is_no_failure() {
        let found = report(
            "<testsuite tests='6' failures='0' errors='0' skipped='1' disabled='2'>\
             <testcase name='a'><flakyFailure/><flakyError/></testcase>\
             <testcase name='b' status='run' result='completed'/><testcase name='c' status='4'/>\
             <testcase name='d' status='notrun' result='suppressed'/><testcase name='e' status='disabled'><disabled/></testcase>\
             <testcase name='f' status='run' result='skipped'><skipped/></testcase></testsuite>",
        );
        assert_eq!((found.problems, found.disagreements), (vec![], vec![]));
        assert_eq!((found.totals.tests, found.totals.skipped, found.idle, found.flaky), (6, 1, 3, 1));
    }

    proptest! {
        #[test]
        fn any_elements_are_read(names in proptest::collection::vec("testsuites?|testcase|failure|error|skipped", 0..20)) {
            let open: String = names.iter().map(|name| format!("<{name} tests=\"1\">")).collect();
            let close: String = names.iter().rev().map(|name| format!("</{name}>")).collect();
            let text = format!("<testsuite>{open}{close}</testsuite>");
            prop_assert!(read(&xml::read(&text).unwrap()).is_some());
        }
    }
}
