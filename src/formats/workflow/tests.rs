#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

#[test]
fn triggers_are_read_in_every_form() {
    let jobs = "jobs:\n  a:\n    steps: []\n";
    let workflow = |on: &str| read(Host::GitHub, &format!("on: {on}\n{jobs}")).unwrap();
    for on in ["push", "[push, pull_request]", "{push: , pull_request: }"] {
        assert!(workflow(on).push.takes_branch("main"), "{on}");
    }
    assert!(!workflow("pull_request").push.present);
    assert!(workflow("{push: {branches: [main]}}").push.takes_branch("main"));
    for on in [
        "{push: {branches: ['release/**']}}",
        "{push: {tags: ['v*']}}",
        "{push: {branches-ignore: ['**']}}",
        "{push: {branches: ['**', '!main']}}",
        "{push: {branches: []}}",
    ] {
        assert!(!workflow(on).push.takes_branch("main"), "{on}");
    }
    assert!(workflow("{pull_request: {paths: ['src/**']}}").pull_request.by_path.is_some());
    assert!(workflow("{pull_request: {paths: ['**']}}").pull_request.by_path.is_none());
    assert!(workflow("{schedule: [{cron: '0 6 * * 1'}]}").scheduled);
    assert!(workflow("{pull_request: {paths: ['**', '!docs/**']}}").pull_request.by_path.is_some());
    assert!(workflow("{pull_request: {paths-ignore: ['**']}}").pull_request.by_path.is_some());
    let target = workflow("pull_request_target");
    assert!(target.privileged.is_some() && !target.pull_request.present);
    assert!(!workflow("merge_group").pull_request.present);
    for types in ["[closed]", "labeled", "[opened, reopened]", "[synchronize]"] {
        assert!(workflow(&format!("{{pull_request: {{types: {types}}}}}")).pull_request.by_type.is_some(), "{types}");
    }
    assert!(workflow("{pull_request: {types: [opened, synchronize, ready_for_review]}}").pull_request.by_type.is_none());
}

#[test]
fn script_lines_know_their_place() {
    let text =
        "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          cargo build\n          cargo test || true\n      - run: one line\n";
    let job = &read(Host::GitHub, text).unwrap().jobs[0];
    let lines: Vec<&str> = job
        .steps
        .iter()
        .flat_map(|step| &step.run)
        .map(|(line, at)| {
            assert_eq!(text.get(at.clone()), Some(line.as_str()));
            line.as_str()
        })
        .collect();
    assert_eq!(lines, ["cargo build", "cargo test || true", "one line"]);
}

#[test]
fn gitlab_rules_and_templates_are_followed() {
    let text = "stages: [test]\n.base:\n  allow_failure: true\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n\
                test:\n  extends: .base\n  script:\n    - make test\nmanual:\n  script: [make]\n  when: manual\nplain:\n  script: [make]\nlimited:\n  script: [make]\n  only: [tags]\n";
    let workflow = read(Host::GitLab, text).unwrap();
    let job = |id: &str| workflow.jobs.iter().find(|job| job.id == id).unwrap();
    let runs = |id: &str, event| gitlab::planned(&workflow, job(id), event, "main").runs;
    let what = |id: &str, event| match runs(id, event) {
        Runs::No(hindrance) => Some(hindrance.what),
        _ => None,
    };
    assert_eq!((runs("test", Event::PullRequest), runs("test", Event::Push)), (Runs::Yes, Runs::Yes));
    assert!(job("test").may_fail.is_some());
    assert_eq!(job("test").steps[0].run[0].0, "make test");
    assert_eq!(what("manual", Event::Push), Some(What::Manual));
    // Without rules a job is in the pipelines of branches, and in none of a merge request's own.
    assert_eq!((runs("plain", Event::Push), runs("plain", Event::Branch)), (Runs::Yes, Runs::Yes));
    assert_eq!(what("plain", Event::PullRequest), Some(What::NoRule));
    assert_eq!(what("limited", Event::Push), Some(What::NoRule));
}

#[test]
fn what_yaml_merges_in_is_a_jobs_own() {
    let workflow =
        read(Host::GitLab, ".base: &base\n  script: [make test]\n  when: manual\ntest:\n  <<: *base\n  when: on_success\n").unwrap();
    assert_eq!(workflow.jobs.len(), 1);
    assert_eq!(workflow.jobs[0].steps[0].run[0].0, "make test");
    assert_eq!(gitlab::planned(&workflow, &workflow.jobs[0], Event::Push, "main").runs, Runs::Yes);
}

#[test]
fn a_default_branch_is_one_that_filters_and_conditions_name() {
    let names = |text: &str| read(Host::GitHub, text).unwrap().branch_names();
    let jobs = "jobs:\n  a:\n    if: github.ref != 'refs/heads/trunk-2'\n    steps: []\n";
    assert_eq!(names(&format!("on: push\n{jobs}")), ["main", "master", "trunk", "develop", "dev"]);
    assert_eq!(names(&format!("on: {{push: {{branches: ['**', '!main']}}}}\n{jobs}")), ["main"]);
    let gitlab =
        read(Host::GitLab, "a:\n  script: [x]\n  except: [master]\nb:\n  script: [x]\n  rules: [{if: $CI_COMMIT_BRANCH == 'develop'}]\n")
            .unwrap();
    assert_eq!(gitlab.branch_names(), ["master", "develop"]);
}

#[test]
fn a_template_that_extends_itself_ends() {
    assert!(read(Host::GitLab, "a:\n  extends: a\nb:\n  extends: [b, a]\n").is_ok());
}

#[test]
fn paths_tell_the_host() {
    assert_eq!(host_of(".github/workflows/ci.yml"), Some(Host::GitHub));
    assert_eq!(host_of("sub/.github/workflows/ci.yaml"), Some(Host::GitHub));
    assert_eq!(host_of(".gitlab-ci.yml"), Some(Host::GitLab));
    assert_eq!(host_of("ci/x.gitlab-ci.yml"), Some(Host::GitLab));
    assert_eq!(host_of("workflows/ci.yml"), None);
    assert_eq!(host_of(".github/dependabot.yml"), None);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "[ a-z:\\-\\[\\]{}|\n\"'$]{0,120}") {
        let _ = read(Host::GitHub, &format!("on: push\njobs:\n{text}"));
        let _ = read(Host::GitLab, &text);
    }
}
