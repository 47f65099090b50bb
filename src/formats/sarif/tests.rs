use super::*;
use proptest::prelude::*;

#[test]
fn levels_come_from_the_rule_where_the_result_has_none() {
    let text = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t", "rules": [{"id": "a", "defaultConfiguration": {"level": "error"}}, {"id": "b"}]}},
        "results": [{"ruleId": "a"}, {"ruleId": "b"}, {"ruleId": "a", "level": "note"}, {"ruleId": "a", "kind": "pass"},
                    {"ruleId": "a", "suppressions": [{"kind": "external", "justification": "Only in tests."}]}, {"ruleId": "a", "suppressions": [{"kind": "inSource"}]},
                    {"ruleId": "a", "suppressions": [{"kind": "external", "status": "underReview"}]}]}]}"#;
    let runs = read(text).unwrap();
    let found: Vec<_> = runs[0].results.iter().map(|one| (one.is_error, one.suppressed)).collect();
    assert_eq!(found, [(true, None), (false, None), (false, None), (true, Some(true)), (true, Some(false)), (true, None)]);
    assert_eq!(runs[0].rules, 2);
}

#[test]
fn no_way_of_writing_an_error_hides_it() {
    let of = |rules: &str, more: &str, result: &str| {
        let text = format!(
            r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "t", "rules": [{rules}]}}}}, {more} "results": [{result}]}}]}}"#
        );
        read(&text).unwrap()[0].results.iter().map(|one| (one.is_error, one.suppressed)).collect::<Vec<_>>()
    };
    let error = r#"{"id": "r1", "defaultConfiguration": {"level": "error"}}"#;
    let overridden =
        r#""invocations": [{"ruleConfigurationOverrides": [{"descriptor": {"id": "r1"}, "configuration": {"level": "error"}}]}],"#;
    for (rules, more, result) in [
        (error, "", r#"{"ruleId": "r1/sub"}"#),
        (error, "", r#"{"rule": {"index": 0}}"#),
        (error, "", r#"{"ruleIndex": 0}"#),
        (r#"{"id": "r1"}"#, overridden, r#"{"ruleId": "r1"}"#),
        ("", "", r#"{"level": "Error"}"#),
        ("", "", r#"{"level": "error", "kind": "bogus"}"#),
        ("", "", r#"{"level": "error", "kind": "open"}"#),
        (
            r#"{"id": "r1", "defaultConfiguration": {"level": "note"}}"#,
            r#""invocations": [{"ruleConfigurationOverrides": [{"descriptor": {"index": 0}, "configuration": {"level": "error"}}]}],"#,
            r#"{"ruleId": "r1"}"#,
        ),
        (r#"{"id": "r1", "guid": "0A", "defaultConfiguration": {"level": "error"}}"#, "", r#"{"rule": {"guid": "0a"}}"#),
        ("", "", r#"{"level": "error", "suppressions": [{"kind": "waved", "justification": "Only in tests, which nobody ships."}]}"#),
    ] {
        assert_eq!(of(rules, more, result), [(true, None)], "{result}");
    }
    assert_eq!(of("", "", r#"{"level": "error", "suppressions": [{"justification": "TODO"}]}"#), [(true, Some(false))]);
}

#[test]
fn a_rule_below_more_rules_than_are_followed_is_an_error() {
    let of = |id: &str| {
        let text = format!(
            r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "t", "rules": [{{"id": "r"}}]}}}}, "results": [{{"ruleId": "{id}"}}]}}]}}"#
        );
        read(&text).unwrap()[0].results[0].is_error
    };
    assert!(!of("r/a/b"));
    assert!(of(&"r/".repeat(1_000_000)));
}

#[test]
fn results_that_are_not_there_are_told() {
    for (run, elsewhere) in [
        (r#""results": []"#, false),
        (r#""results": null"#, true),
        (r#""language": "en""#, true),
        (r#""results": [], "externalPropertyFileReferences": {"results": [{"location": {"uri": "r.json"}}]}"#, true),
    ] {
        let text = format!(r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "t"}}}}, {run}}}]}}"#);
        assert_eq!(read(&text).unwrap()[0].elsewhere.is_some(), elsewhere, "{run}");
    }
}

#[test]
fn a_rule_that_is_switched_off_looked_for_nothing() {
    let text = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t", "rules": [{"id": "a", "defaultConfiguration": {"enabled": false}}]}}, "results": []}]}"#;
    assert_eq!(read(text).unwrap()[0].rules, 0);
}

#[test]
fn what_is_no_sarif_is_refused() {
    for text in
        ["{}", "[]", "{\"version\": \"2.0.0\"}", "{\"version\": \"2.1.0\", \"runs\": []}", "{\"version\": \"2.1.0\", \"runs\": [{}]}"]
    {
        assert!(read(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "[\\[\\]{}:,\"a-z0-9. ]{0,80}") {
        let _ = read(&text);
        let _ = read(&format!("{{\"version\": \"2.1.0\", \"runs\": [{text}]}}"));
    }
}

#[test]
fn a_tool_that_did_not_get_to_its_end_failed() {
    let of = |invocation: &str, results: &str| {
        let text = format!(
            r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "t", "notifications": [{{"id": "n", "defaultConfiguration": {{"level": "error"}}}}]}}}},
                "invocations": [{{"executionSuccessful": true, {invocation}}}], "results": [{results}]}}]}}"#
        );
        let run = read(&text).unwrap().remove(0);
        run.failed_at.is_some() || !run.errors.is_empty()
    };
    let notification = |rest: &str| format!(r#""toolExecutionNotifications": [{{{rest}}}]"#);
    for invocation in [
        r#""exitCode": 2"#,
        r#""exitSignalName": "SIGKILL""#,
        &notification(r#""level": "Error""#),
        &notification(r#""descriptor": {"id": "n"}"#),
        &notification(r#""descriptor": {"index": 0}"#),
        &notification(r#""level": "note", "exception": {"kind": "IOError"}"#),
    ] {
        assert!(of(invocation, ""), "{invocation}");
    }
    assert!(of(r#""exitSignalName": "SIGKILL""#, r#"{"ruleId": "a"}"#));
    assert!(!of(r#""exitCode": 1"#, r#"{"ruleId": "a"}"#), "it found something");
    for invocation in [
        r#""exitCode": 0"#,
        r#""exitCode": null, "exitSignalName": null"#,
        &notification(r#""level": "warning", "descriptor": {"id": "n"}"#),
        &notification(r#""descriptor": {"id": "m"}"#),
    ] {
        assert!(!of(invocation, ""), "{invocation}");
    }
}

#[test]
fn a_rule_without_an_id_is_none() {
    let text = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t", "rules": [{}]}}, "results": []}]}"#;
    assert_eq!(read(text).unwrap()[0].rules, 0);
}

#[test]
fn what_stands_beside_the_runs_is_refused() {
    let of = |inline: &str| {
        format!(
            r#"{{"version": "2.1.0", "inlineExternalProperties": [{inline}], "runs": [{{"tool": {{"driver": {{"name": "t"}}}}, "results": []}}]}}"#
        )
    };
    assert!(read(&of(r#"{"results": [{"level": "error"}]}"#)).is_err());
    assert!(read(&of("")).is_ok());
}
