//! JUnit XML: what ran, and how the totals that it states compare with the test cases that it lists.
//!
//! The format has no standard. What every common writer agrees on is read: a root `testsuites` or `testsuite`, suites in
//! suites, `testcase` with `failure`, `error` or `skipped`, and totals in attributes of the same names.

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
    /// `failed` or `ended in an error`.
    pub how: &'static str,
    /// Where it begins.
    pub at: Range<usize>,
}

/// What a report says.
#[derive(Debug, Default)]
pub struct Report {
    /// What its elements come to.
    pub totals: Totals,
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
        if node.is_element() && node.tag_name().name() == "testcase" {
            add(&mut sums, *node, outcome(*node));
            if let Some(parent) = node.parent() {
                add(&mut direct, parent, outcome(*node));
            }
        } else if node.is_element() && is_suite(*node) {
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
    for node in nodes.into_iter().filter(Node::is_element) {
        if is_suite(node) {
            let counted = |list: &[Totals]| list.get(node.id().get_usize()).copied().unwrap_or_default();
            suite(&mut report, node, counted(&sums), counted(&direct));
        }
        if is_suite(node) || node.tag_name().name() == "testcase" {
            report.problems.extend(problem(node));
        }
    }
    Some(report)
}

fn is_suite(node: Node<'_, '_>) -> bool {
    matches!(node.tag_name().name(), "testsuites" | "testsuite")
}

fn add(sums: &mut [Totals], node: Node<'_, '_>, more: Totals) {
    if let Some(sum) = sums.get_mut(node.id().get_usize()) {
        *sum = sum.plus(more);
    }
}

fn has(node: Node<'_, '_>, name: &'static str) -> bool {
    super::xml::child(node, name).is_some()
}

fn outcome(case: Node<'_, '_>) -> Totals {
    let one = |name| u64::from(has(case, name));
    Totals { tests: 1, failures: one("failure"), errors: one("error"), skipped: one("skipped") }
}

fn suite(report: &mut Report, node: Node<'_, '_>, sum: Totals, direct: Totals) {
    let at = node.range().start..node.range().start + 1;
    if let Some(stamp) = node.attribute("timestamp") {
        report.timestamps.push((stamp.to_owned(), at.clone()));
    }
    for ((name, counted), (_, directly)) in sum.named().into_iter().zip(direct.named()) {
        let Some(stated) = node.attribute(name) else { continue };
        let number = stated.trim().parse();
        if number != Ok(counted) && number != Ok(directly) {
            report.disagreements.push(Disagreement { name, stated: stated.to_owned(), counted, at: at.clone() });
        }
    }
}

fn problem(node: Node<'_, '_>) -> Option<Problem> {
    let how = if has(node, "failure") {
        "failed"
    } else if has(node, "error") {
        "ended in an error"
    } else {
        return None;
    };
    let name = node.attribute("name").unwrap_or("without a name");
    let name = match node.attribute("classname") {
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
