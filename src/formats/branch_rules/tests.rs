#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn only(text: &str) -> Protection {
    let mut read = read(text).unwrap();
    assert_eq!(read.protections.len(), 1, "{text}");
    read.protections.remove(0)
}

fn ruleset(more: &str) -> String {
    format!("{{\"name\": \"main\", \"target\": \"branch\", \"enforcement\": \"active\", {more}, \"rules\": [{{\"type\": \"deletion\"}}]}}")
}

#[test]
fn conditions_decide_which_branch_is_meant() {
    for (include, exclude, wanted) in [
        ("~DEFAULT_BRANCH", "", true),
        ("~ALL", "", true),
        ("refs/heads/main", "", true),
        ("refs/heads/m*", "", true),
        ("refs/heads/release/*", "", false),
        ("~ALL", "refs/heads/main", false),
        ("~ALL", "refs/heads/dev/*", true),
        ("refs/heads/[m]ain", "", false),
        ("refs/**/*", "", true),
        ("~DEFAULT_BRANCH", "refs/**/*", false),
        ("~DEFAULT_BRANCH", "refs/heads/[m]ain", false),
        ("~DEFAULT_BRANCH", "refs/heads/{main,dev}", false),
    ] {
        let text = ruleset(&format!("\"conditions\": {{\"ref_name\": {{\"include\": [\"{include}\"], \"exclude\": [\"{exclude}\"]}}}}"));
        assert_eq!(only(&text).idle.is_none(), wanted, "{include} {exclude}");
    }
}

#[test]
fn the_branches_that_are_named_are_told() {
    for (include, wanted) in [
        ("\"~DEFAULT_BRANCH\"", None),
        ("\"refs/**/*\"", None),
        ("\"refs/heads/main\", \"~ALL\"", None),
        ("\"refs/heads/m*\"", Some(vec!["main", "master"])),
        ("\"refs/heads/trunk\", \"refs/heads/x\"", Some(vec!["trunk"])),
    ] {
        let text = ruleset(&format!("\"conditions\": {{\"ref_name\": {{\"include\": [{include}], \"exclude\": []}}}}"));
        assert_eq!(only(&text).branches, wanted, "{include}");
        let envelope = format!("{{\"default_branch\": \"trunk\", \"rulesets\": [{text}]}}");
        assert_eq!(only(&envelope).branches, None, "{include}");
    }
}

#[test]
fn a_ruleset_of_an_organisation_is_for_the_repositories_that_it_names() {
    for (names, wanted) in [
        ("{\"include\": [\"~ALL\"], \"exclude\": []}", Some(true)),
        ("{\"include\": [\"ledger\"]}", Some(true)),
        ("{\"include\": [\"other\"]}", Some(false)),
        ("{\"include\": [\"~ALL\"], \"exclude\": [\"ledger\"]}", Some(false)),
        ("{\"include\": [\"~ALL\"], \"exclude\": [\"led*\"]}", None),
        ("{\"include\": [\"led*\"]}", None),
    ] {
        let text = ruleset(&format!("\"conditions\": {{\"ref_name\": {{\"include\": [\"~ALL\"]}}, \"repository_name\": {names}}}"));
        assert_eq!(only(&text).repositories.unwrap().take_in(|name| name == "ledger"), wanted, "{names}");
    }
}

#[test]
fn the_default_branch_of_an_envelope_counts() {
    let inner = ruleset("\"conditions\": {\"ref_name\": {\"include\": [\"refs/heads/main\"], \"exclude\": []}}");
    let text = format!("{{\"default_branch\": \"release\", \"exported_at\": \"2026-11-01\", \"rulesets\": [{inner}]}}");
    assert!(only(&text).idle.is_some());
    assert_eq!(read(&text).unwrap().exported.unwrap().0, "2026-11-01");
}

#[test]
fn classic_protection_is_read_as_get_and_put_write_it() {
    for (admins, pushes) in [("{\"enabled\": true}", "{\"enabled\": false}"), ("true", "false")] {
        let text = format!(
            "{{\"url\": \"https://api.github.com/repos/ledger-example/ledger/branches/main/protection\", \"required_status_checks\": {{\"contexts\": [\"gate\"]}}, \"enforce_admins\": {admins}, \"allow_force_pushes\": {pushes}, \"required_pull_request_reviews\": {{\"required_approving_review_count\": 2, \"require_code_owner_reviews\": true}}}}"
        );
        let read = only(&text);
        assert_eq!(read.source.as_deref(), Some("ledger-example/ledger"));
        assert_eq!((read.reviews.unwrap().0, read.code_owners, read.bypass.unwrap().len()), (2, true, 0));
        assert_eq!(read.checks, ["gate"]);
        assert!(read.no_force_push && read.no_deletion && read.pull_request);
    }
}

#[test]
fn a_protected_branch_of_gitlab_takes_its_approvals_from_the_rules() {
    let text = "{\"protected_branches\": [{\"name\": \"main\", \"push_access_levels\": [{\"access_level\": 0}], \"allow_force_push\": false}], \"approval_rules\": [{\"approvals_required\": 2, \"protected_branches\": []}, {\"approvals_required\": 5, \"protected_branches\": [{\"name\": \"x\"}]}], \"project\": {\"default_branch\": \"main\", \"only_allow_merge_if_pipeline_succeeds\": true}}";
    let read = only(text);
    assert_eq!(read.reviews.unwrap().0, 2);
    assert!(read.pull_request && read.direct.is_none());
    assert_eq!(read.checks, ["the pipeline"]);
}

#[test]
fn what_is_no_export_is_refused() {
    for text in ["", "{}", "[]", "7", "{\"rulesets\": []}", "[{\"enforcement\": \"active\", \"name\": \"x\"}]"] {
        assert!(read(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_json_is_read_or_refused(text in "(\\{|\\}|\\[|\\]|,|:|1|true|\"(enforcement|rules|name|type|push_access_levels|ruleset_id)\"){0,30}") {
        let _ = read(&text);
    }
}
