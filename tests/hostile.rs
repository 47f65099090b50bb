//! What the author of a pull request may try against the machine that runs the gate. Each was once possible.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "a test may panic")]

mod common;

use std::fs;

use common::Fixture;

const DECLARATION: &str =
    "version = 1\n\n[product]\nname = \"Ledger\"\nroles = [\"open-source\"]\n[product.traits]\nthird-party-components = true\n";

fn open_gate() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.commit();
    assert_eq!(fixture.run(&["check", "--today", "2026-11-22"]).code, 0);
    fixture
}

#[cfg(unix)]
#[test]
fn an_output_follows_no_link_that_the_tree_brings() {
    let fixture = open_gate();
    let victim = fixture.outside().join("victim");
    fs::write(&victim, "untouched").unwrap();
    std::os::unix::fs::symlink(&victim, fixture.path().join("report.json")).unwrap();
    std::os::unix::fs::symlink(fixture.outside(), fixture.path().join("out")).unwrap();
    for output in ["json=report.json", "json=out/report.json"] {
        let run = fixture.run(&["check", "--today", "2026-11-22", "--output", output]);
        assert_eq!(run.code, 2, "{output}: {}", run.stderr);
    }
    assert_eq!(fs::read_to_string(&victim).unwrap(), "untouched");
    assert!(!fixture.outside().join("report.json").exists());
}

#[test]
fn an_output_replaces_no_folder_and_no_device() {
    let fixture = open_gate();
    fs::create_dir(fixture.path().join("folder")).unwrap();
    for output in ["json=folder", "json=/dev/null"] {
        assert_eq!(fixture.run(&["check", "--today", "2026-11-22", "--output", output]).code, 2, "{output}");
    }
    let written = fixture.run(&["check", "--today", "2026-11-22", "--output", "json=report.json", "--output", "sarif=report.sarif"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(fs::read_to_string(fixture.path().join("report.json")).unwrap().starts_with('{'));
}

#[test]
fn a_work_tree_that_the_settings_put_elsewhere_is_not_judged() {
    let fixture = open_gate();
    let elsewhere = fixture.outside().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("portcullis.toml"), DECLARATION).unwrap();
    fixture.repository.config().unwrap().set_str("core.worktree", elsewhere.to_str().unwrap()).unwrap();
    let run = fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.json()["errors"][0]["message"].as_str().unwrap().contains("put its work tree at"), "{}", run.stdout);
}

#[test]
fn a_bare_repository_inside_the_work_tree_is_not_judged() {
    let fixture = open_gate();
    let inner = fixture.path().join("inner");
    git2::Repository::init_bare(&inner).unwrap();
    let run = fixture.run_in(&inner, &["check", "--at", "HEAD", "--today", "2026-11-22", "--format", "json"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    let message = run.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("inside another repository's work tree"), "{message}");
}

#[test]
fn trees_that_name_each_other_over_and_over_end_the_run() {
    let fixture = Fixture::new();
    fixture.write("a", "x\n");
    fixture.commit();
    let repository = &fixture.repository;
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    let mut tree = head.tree().unwrap().id();
    for _ in 0..12 {
        let mut level = repository.treebuilder(None).unwrap();
        for name in 0..10 {
            level.insert(name.to_string(), tree, 0o040_000).unwrap();
        }
        tree = level.write().unwrap();
    }
    let author = git2::Signature::new("A", "a@ledger.example", &git2::Time::new(1_700_000_000, 0)).unwrap();
    let bomb = repository.commit(None, &author, &author, "Bomb", &repository.find_tree(tree).unwrap(), &[&head]).unwrap();
    let run = fixture.run(&["check", "--at", &bomb.to_string(), "--today", "2026-11-22"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("names more than 2000000 files and folders"), "{}", run.stdout);
}
