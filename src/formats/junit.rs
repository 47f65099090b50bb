//! JUnit XML: what ran, and how the totals that it states compare with the test cases that it lists.
//!
//! The format has no standard. What every common writer agrees on is read: a root `testsuites` or `testsuite`, suites in
//! suites, `testcase` with `failure`, `error` or `skipped`, and totals in attributes of the same names. Beside it count what
//! Maven Surefire and cargo-nextest say of reruns ("Rerun Failing Tests": `rerunFailure` beside `failure`, `flakyFailure` where a
//! later run passed), the `status` and `result` that GoogleTest, CTest and behave write, and the `success` and `executed` of what
//! NUnit's results are turned into. Names are read whatever their case.

mod ending;

use std::ops::Range;

use roxmltree::{Document, Node};

use super::tree::BadDocument;
use super::xml;
use ending::{attribute, is_named};

/// How many tests there were of each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Test cases, skipped ones too.
    pub tests: u64,
    /// Test cases that failed.
    pub failures: u64,
    /// Test cases that ended in an error.
    pub errors: u64,
    /// Test cases that are listed as skipped.
    pub skipped: u64,
    /// Test cases that did not run, skipped ones too.
    pub idle: u64,
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
            idle: self.idle + other.idle,
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
    /// Test cases that passed only when they were run again.
    pub flaky: u64,
    /// What failed, in the file's order.
    pub problems: Vec<Problem>,
    /// Words for how a test ended that are not known, with the test's name.
    pub unknown: Vec<(String, String)>,
    /// Totals that do not fit.
    pub disagreements: Vec<Disagreement>,
    /// Timestamps of suites as written, and where those stand.
    pub timestamps: Vec<(String, Range<usize>)>,
}

/// What a document turned out to be.
#[derive(Debug)]
pub enum Read {
    /// A report.
    Report(Report),
    /// Something else: the root is neither `testsuites` nor `testsuite`. Its name, and where it begins.
    OtherRoot(String, Range<usize>),
}

/// Reads a report.
///
/// # Errors
/// What is not well-formed, and what is past the bounds on XML.
pub fn read(text: &str) -> Result<Read, BadDocument> {
    let document = xml::read(text)?;
    let root = document.root_element();
    Ok(match is_suite(root) {
        true => Read::Report(report(&document)),
        false => Read::OtherRoot(root.tag_name().name().to_owned(), root.range().start..root.range().start + 1),
    })
}

fn report(document: &Document<'_>) -> Report {
    let root = document.root_element();
    let nodes: Vec<Node<'_, '_>> = document.descendants().collect();
    let mut report = Report::default();
    let mut sums = vec![Totals::default(); nodes.len()];
    // Some runners count only the cases that stand directly in a suite.
    let mut direct = vec![Totals::default(); nodes.len()];
    // A suite that did not run ran none of its cases.
    let mut idle = vec![false; nodes.len()];
    for node in &nodes {
        let above = node.parent().and_then(|parent| idle.get(parent.id().get_usize()).copied()).unwrap_or_default();
        let own = above || (is_suite(*node) || is_case(*node)) && ending::of(*node).idle;
        if let Some(idle) = idle.get_mut(node.id().get_usize()) {
            *idle = own;
        }
    }
    // Children come behind their parents, so that one pass from the end sums up every suite.
    for node in nodes.iter().rev() {
        if is_case(*node) {
            let one = outcome(*node, idle.get(node.id().get_usize()).copied().unwrap_or_default());
            add(&mut sums, *node, one);
            if let Some(parent) = node.parent() {
                add(&mut direct, parent, one);
            }
        } else if is_suite(*node) {
            // A suite can fail by itself, where its set-up does.
            let own = Totals { tests: 0, ..outcome(*node, false) };
            add(&mut sums, *node, own);
            add(&mut direct, *node, own);
        }
        let own = sums.get(node.id().get_usize()).copied().unwrap_or_default();
        if let Some(parent) = node.parent() {
            add(&mut sums, parent, own);
        }
    }
    report.totals = sums.get(root.id().get_usize()).copied().unwrap_or_default();
    for node in nodes.into_iter().filter(|node| is_suite(*node) || is_case(*node)) {
        if is_suite(node) {
            let counted = |list: &[Totals]| list.get(node.id().get_usize()).copied().unwrap_or_default();
            suite(&mut report, node, counted(&sums), counted(&direct));
        }
        let ending = ending::of(node);
        report.flaky += u64::from(is_case(node) && ending.flaky);
        report.unknown.extend(ending.unknown.map(|word| (word.to_owned(), name_of(node))));
        report.problems.extend(ending.failed.map(|(how, _)| Problem { name: name_of(node), how, at: beginning(node) }));
    }
    report
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

/// What a test case, or a suite by itself, adds to the totals.
fn outcome(node: Node<'_, '_>, idle: bool) -> Totals {
    let ending = ending::of(node);
    let (failure, error, skipped) = ending.elements;
    let (mut failures, mut errors) = (u64::from(failure), u64::from(error));
    if let Some((_, is_error)) = ending.failed.filter(|_| failures + errors == 0) {
        (failures, errors) = (u64::from(!is_error), u64::from(is_error));
    }
    Totals { tests: 1, failures, errors, skipped: u64::from(skipped), idle: u64::from(idle) }
}

/// Other names under which suites state how many of their tests failed.
const FAILING: &[&str] = &["failed", "failure", "failing", "broken", "crashed", "timeouts", "aborted"];
/// Those under which they state how many ran or passed.
const RAN: &[&str] = &["executed", "run", "ran", "passed", "successful"];

fn suite(report: &mut Report, node: Node<'_, '_>, sum: Totals, direct: Totals) {
    let at = beginning(node);
    if let Some(stamp) = attribute(node, "timestamp") {
        report.timestamps.push((stamp.to_owned(), at.clone()));
    }
    let mut disagree = |name: &'static str, stated: &str, counted: u64| {
        report.disagreements.push(Disagreement { name, stated: stated.to_owned(), counted, at: at.clone() });
    };
    for ((name, counted), (_, directly)) in sum.named().into_iter().zip(direct.named()) {
        let Some(stated) = attribute(node, name) else { continue };
        let number = stated.trim().parse();
        // Not every runner counts a test as skipped that its status alone calls so.
        let idle = name == "skipped" && number.as_ref().is_ok_and(|number| (counted..=sum.idle).contains(number));
        if number != Ok(counted) && number != Ok(directly) && !idle {
            disagree(name, stated, counted);
        }
    }
    let stated = |name: &str| attribute(node, name).and_then(|stated| Some((stated, stated.trim().parse::<u64>().ok()?)));
    let failing = |totals: Totals| totals.failures + totals.errors;
    for name in FAILING {
        if let Some((stated, _)) = stated(name).filter(|(_, number)| *number > failing(sum)) {
            disagree(name, stated, failing(sum));
        }
    }
    let passed = |totals: Totals| totals.tests.saturating_sub(totals.idle).saturating_sub(failing(totals));
    for name in RAN {
        if let Some((stated, _)) = stated(name).filter(|(_, number)| *number < passed(sum) && *number < passed(direct).max(1)) {
            disagree(name, stated, passed(sum));
        }
    }
}

fn beginning(node: Node<'_, '_>) -> Range<usize> {
    node.range().start..node.range().start + 1
}

fn name_of(node: Node<'_, '_>) -> String {
    let name = attribute(node, "name").unwrap_or("without a name");
    match attribute(node, "classname") {
        Some(class) if !class.is_empty() => format!("{class}: {name}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn report(text: &str) -> Report {
        match read(text).unwrap() {
            Read::Report(report) => report,
            Read::OtherRoot(name, _) => panic!("{name}"),
        }
    }

    #[test]
    fn real_reports_are_counted_as_they_say() {
        let pytest = report(include_str!("../../tests/samples/junit/pytest.junit.xml"));
        assert_eq!(pytest.totals, Totals { tests: 3, failures: 1, errors: 0, skipped: 1, idle: 1 });
        let nextest = report(include_str!("../../tests/samples/junit/cargo-nextest.junit.xml"));
        assert_eq!(nextest.totals, Totals { tests: 2, failures: 1, errors: 0, skipped: 0, idle: 0 });
        for one in [pytest, nextest] {
            assert_eq!(one.disagreements, []);
            assert_eq!(one.problems.len(), 1);
        }
    }

    #[test]
    fn a_suite_may_count_its_own_cases_only_and_may_fail_by_itself() {
        let text = "<testsuites><testsuite tests=\"1\" failures=\"1\"><failure message=\"set-up\"/><testcase name=\"a\"/>\
                    <testsuite tests=\"1\" failures=\"0\"><testcase name=\"b\"/></testsuite></testsuite></testsuites>";
        let report = report(text);
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
            "<failed/>",
            "<timeout/>",
        ] {
            let found = report(&format!("<testsuite><testcase name='a'>{case}</testcase></testsuite>"));
            assert_eq!(found.problems.len(), 1, "{case}");
            assert_eq!(found.totals.failures + found.totals.errors, 1, "{case}");
        }
        for attribute in [
            "status='failed'",
            "status='fail'",
            "Status='FAILED'",
            "result='failure'",
            "status='run' result='error'",
            "status='timed out'",
            "status='Aborted'",
            "result='in-progress'",
            "status='cancelled'",
            "outcome='Failed'",
            "success='false'",
            "SUCCESS='False' result='completed'",
            "executed='true' success='no'",
            "failed='true'",
            "passed='false'",
        ] {
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
        assert_eq!((found.totals.tests, found.totals.skipped, found.totals.idle, found.flaky), (6, 1, 3, 1));
    }

    #[test]
    fn no_way_of_writing_that_a_test_did_not_run_makes_it_one_that_did() {
        for case in [
            "<testcase status='not run'/>",
            "<testcase status='NotRun'/>",
            "<testcase result='Inconclusive'/>",
            "<testcase outcome='NotExecuted'/>",
            "<testcase executed='false' success='false'/>",
            "<testcase executed='False'/>",
            "<testcase skipped='true'/>",
            "<testcase status='aborted'><skipped/></testcase>",
            "<testcase><ignored/></testcase>",
            "<testcase><Disabled/></testcase>",
            "<testsuite executed='false'><testcase/></testsuite>",
            "<testsuite status='skipped'><testsuite><testcase status='passed'/></testsuite></testsuite>",
        ] {
            let found = report(&format!("<testsuite>{case}</testsuite>"));
            assert_eq!((found.totals.tests, found.totals.idle, found.problems.len()), (1, 1, 0), "{case}");
        }
    }

    #[test]
    fn a_word_that_is_not_known_is_told() {
        let words = |text: &str| report(text).unknown.into_iter().map(|(word, _)| word).collect::<Vec<_>>();
        assert_eq!(words("<testsuite><testcase status='Wobbly'/><testcase status=''/><testcase result='OK'/></testsuite>"), ["Wobbly"]);
        assert_eq!(words("<testsuite status='2'><testcase status='wobbly'><failure/></testcase></testsuite>"), ["2"]);
    }

    #[test]
    fn totals_under_other_names_are_held_to_the_cases_too() {
        let told = |text: &str| report(text).disagreements.into_iter().map(|one| (one.name, one.counted)).collect::<Vec<_>>();
        for (text, expected) in [
            ("<testsuite failed='3'><testcase/></testsuite>", vec![("failed", 0)]),
            ("<testsuite failures='1'><testcase/></testsuite>", vec![("failures", 0)]),
            ("<testsuite errors='1'/>", vec![("errors", 0)]),
            ("<testsuite executed='0'><testcase/></testsuite>", vec![("executed", 1)]),
            ("<testsuite passed='1'><testcase/><testcase/></testsuite>", vec![("passed", 2)]),
            ("<testsuite failed='1' passed='1'><testcase/><testcase><error/></testcase></testsuite>", vec![]),
            ("<testsuite executed='2' skipped='1'><testcase/><testcase/><testcase status='skipped'/></testsuite>", vec![]),
            ("<testsuite passed='1'><testcase/><testsuite passed='1'><testcase/></testsuite></testsuite>", vec![]),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
        assert_eq!(report("<testsuite success='false'><testcase/></testsuite>").problems.len(), 1);
    }

    proptest! {
        #[test]
        fn any_elements_are_read(names in proptest::collection::vec("testsuites?|testcase|failure|error|skipped", 0..20)) {
            let open: String = names.iter().map(|name| format!("<{name} tests=\"1\">")).collect();
            let close: String = names.iter().rev().map(|name| format!("</{name}>")).collect();
            let text = format!("<testsuite>{open}{close}</testsuite>");
            prop_assert!(matches!(read(&text), Ok(Read::Report(_))));
        }
    }
}
