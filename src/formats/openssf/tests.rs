use proptest::prelude::*;

use super::*;

const INSIGHTS: &str = "header:\n  schema-version: 2.0.0\n  last-updated: '2026-09-01'\n  last-reviewed: '2026-10-01'\n  url: https://forge.example/acme/ledger\n\
project:\n  name: Ledger\n  administrators:\n    - name: Security team\n      primary: true\n  repositories:\n    - name: ledger\n      url: https://forge.example/acme/ledger\n      comment: The product.\n  \
vulnerability-reporting:\n    reports-accepted: true\n    bug-bounty-available: false\n    security-policy: https://forge.example/acme/ledger/security\n";

fn insights(text: &str) -> security_insights::Insights {
    security_insights::read(&tree(text).unwrap())
}

fn names(faults: &[Fault]) -> Vec<&'static str> {
    faults.iter().map(|fault| fault.name).collect()
}

#[test]
fn security_insights_has_what_its_schema_requires() {
    let good = insights(INSIGHTS);
    assert_eq!((good.faults.len(), good.contacts, good.dates.len()), (0, 1, 2), "{good:?}");
    assert_eq!(good.dates[0].0, "2026-10-01");
    assert!(good.about.iter().any(|one| one.names.iter().any(|name| name == "acme/ledger")));
    for (from, to) in [
        ("  last-reviewed: '2026-10-01'\n", ""),
        ("'2026-10-01'", "soon"),
        ("    bug-bounty-available: false\n", ""),
        ("reports-accepted: true", "reports-accepted: maybe"),
        ("      primary: true\n", ""),
        ("  name: Ledger\n", ""),
        ("      comment: The product.\n", ""),
        ("https://forge.example/acme/ledger/security", "SECURITY.md"),
    ] {
        assert_eq!(names(&insights(&INSIGHTS.replace(from, to)).faults), ["field"], "{from}");
    }
    assert_eq!(names(&insights(&INSIGHTS.replace("2.0.0", "3.0.0")).faults), ["schema-version"]);
    assert_eq!(names(&insights("a: 1\n").faults), ["field"]);
    let own = "repository:\n  url: https://forge.example/acme/ledger\n  status: active\n  accepts-change-request: true\n  accepts-automated-change-request: true\n  \
               core-team:\n    - {name: Security team, primary: true}\n  license: {url: https://forge.example/l, expression: MIT}\n  \
               documentation: {security-policy: https://forge.example/s}\n  security: {assessments: {self: {comment: Reviewed every year.}}}\n";
    let alone = insights(&format!("{}{own}", INSIGHTS.split("project:").next().unwrap()));
    assert_eq!((alone.faults.len(), alone.contacts), (0, 1), "{alone:?}");
}

#[test]
fn scores_are_read_as_tenths() {
    let text = |score: &str, check: &str| {
        format!(
            "{{\"date\": \"2026-11-01\", \"repo\": {{\"name\": \"github.com/acme/ledger\", \"commit\": \"HEAD\"}}, \"scorecard\": {{\"version\": \"v5.1.1\"}}, \
                 \"score\": {score}, \"checks\": [{{\"name\": \"SAST\", \"score\": {check}, \"reason\": \"all\"}}]}}"
        )
    };
    let read = |text: &str| scorecard::read(&tree(text).unwrap()).unwrap();
    let good = read(&text("7.3", "-1"));
    assert_eq!((good.tenths, good.checks[0].score, good.faults.len()), (Some(73), None, 0));
    assert_eq!(read(&text("-1.0", "10")).tenths, None);
    for (score, check) in [("11", "1"), ("\"7\"", "1"), ("7", "11"), ("7", "1.5")] {
        assert_eq!(names(&read(&text(score, check)).faults), ["score"], "{score} {check}");
    }
    assert!(scorecard::read(&tree("{\"score\": 7}").unwrap()).is_err());
}

#[test]
fn answers_are_counted_by_their_words() {
    let text = "{\"a_status\": \"Met\", \"a_justification\": \"See docs/a.md.\", \"b_status\": \"met\", \"c_status\": \"Unmet\", \"d_status\": \"N/A\", \"e_status\": \"?\", \"f_status\": null}";
    let read = |text: &str| best_practices::read(&tree(text).unwrap()).unwrap();
    let good = read(text);
    assert_eq!((good.met, good.justified, good.unmet.len(), good.not_applicable, good.unknown, good.faults.len()), (2, 1, 1, 1, 2, 0));
    assert_eq!(names(&read(&text.replace("\"Unmet\"", "\"mostly\"")).faults), ["unknown-word"]);
    assert_eq!(names(&read(&text.replace("\"Unmet\"", "true")).faults), ["unknown-word"]);
    assert_eq!(names(&read(&text.replace("See docs/a.md.", "TODO")).faults), ["placeholder"]);
    assert!(best_practices::read(&tree("{\"name\": \"x\"}").unwrap()).is_err());
}

#[test]
fn evaluations_of_both_writers_are_read() {
    let log = "metadata:\n  date: 2026-11-01T10:00:00Z\ntarget:\n  name: acme/ledger\nevaluations:\n  - name: x\n    result: Passed\n    message: ok\n    control: {reference-id: OSPS, entry-id: OSPS-AC-01}\n    \
               assessment-logs:\n      - result: Passed\n        start: 2026-11-01T10:00:00Z\n";
    let suites = "service-name: acme/ledger\nevaluation-suites:\n  - start-time: 2026-11-01T10:00:00Z\n    control-evaluations:\n      - control-id: OSPS-AC-01\n        result: Passed\n";
    for text in [log, suites] {
        let read = evaluation::read(&tree(text).unwrap()).unwrap();
        assert_eq!((read.count("passed"), read.faults.len(), read.controls[0].id.as_str()), (Some(1), 0, "OSPS-AC-01"), "{text}");
        assert!(read.dates.iter().all(|(stamp, _)| crate::formats::moment::day(stamp).is_some()), "{read:?}");
    }
    let vars = suites
        .replace("service-name: acme/ledger", "payload: {config: {vars: {owner: acme, repo: ledger}}}")
        .replace("Passed", "NeedsReview");
    let read = evaluation::read(&tree(&vars).unwrap()).unwrap();
    assert_eq!((read.count("needs-review"), read.about.len()), (Some(1), 1));
    let faults = |text: &str| names(&evaluation::read(&tree(text).unwrap()).unwrap().faults);
    assert_eq!(faults(&log.replacen("- result: Passed", "- result: Failed", 1)), ["contradictory"]);
    assert_eq!(faults(&suites.replace("result: Passed", "result: fine")), ["unknown-word"]);
    assert!(evaluation::read(&tree("a: 1").unwrap()).is_err());
}

proptest! {
    #[test]
    fn any_document_is_read(inner in "[\\[\\]{}:,\"a-z0-9. _-]{0,60}") {
        for text in [inner.clone(), format!("header:\n  schema-version: 1.0.0\n  a: {inner}"), format!("evaluations: [{{{inner}}}]"), format!("{{\"a_status\": \"{inner}\"}}")] {
            if let Ok(root) = tree(&text) {
                let _ = security_insights::read(&root);
                let _ = scorecard::read(&root);
                let _ = best_practices::read(&root);
                let _ = evaluation::read(&root);
            }
        }
    }
}
