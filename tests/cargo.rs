//! `check --cargo`: a real cargo resolves what ships, and what it cannot resolve is exit code 2.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::disallowed_methods, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;

use common::rust::{cargo_home, check, lockfile, toolchain, workspace};
use common::{Fixture, Run};

const ALL_TARGETS: &[&str] = &["always", "inner", "win"];

fn unit(run: &Run) -> serde_json::Value {
    let report = run.json();
    let units = report["products"][0]["assessments"].as_array().unwrap_or_else(|| panic!("{report}"));
    units.iter().find(|unit| unit["provision"] == "software-security/1.2-c1").unwrap().clone()
}

/// The message and the help of the only error of a run that could not assess.
fn refused(run: &Run) -> String {
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    let errors = run.json()["errors"].clone();
    assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
    assert!(!run.stderr.is_empty());
    format!("{}\n{}", errors[0]["message"].as_str().unwrap(), run.stderr)
}

#[test]
fn an_sbom_is_verified_where_the_manifests_alone_leave_it_evidenced() {
    let fixture = workspace(ALL_TARGETS);
    let plain = unit(&check(&fixture, &[], &[]));
    assert_eq!((&plain["outcome"], &plain["assurance"]), (&"met".into(), &"evidenced".into()), "{plain}");
    for at in ["worktree", "staged", "HEAD"] {
        let found = unit(&check(&fixture, &["--cargo", "--at", at], &[]));
        assert_eq!((&found["outcome"], &found["assurance"]), (&"met".into(), &"verified".into()), "{at}: {found}");
        assert!(found["reason"].as_str().unwrap().contains("as cargo resolves it, with default features"), "{found}");
    }
}

#[test]
fn a_package_that_a_dependency_always_needs_must_be_listed() {
    let fixture = workspace(&["always", "win"]);
    assert_eq!(unit(&check(&fixture, &[], &[]))["outcome"], "met");
    let found = unit(&check(&fixture, &["--cargo"], &[]));
    assert_eq!(found["outcome"], "evidence-failed", "{found}");
    assert!(found["reason"].as_str().unwrap().contains("does not list inner 1.0.0, which Cargo.lock locks"), "{found}");
}

#[test]
fn a_package_for_one_platform_is_told_and_keeps_it_at_evidenced() {
    let fixture = workspace(&["always", "inner"]);
    let found = unit(&check(&fixture, &["--cargo"], &[]));
    assert_eq!((&found["outcome"], &found["assurance"]), (&"met".into(), &"evidenced".into()), "{found}");
    assert!(found["reason"].as_str().unwrap().contains("nothing says whether they ship: win 1.0.0"), "{found}");
}

#[test]
fn each_state_is_resolved_with_its_own_manifests() {
    let fixture = workspace(ALL_TARGETS);
    fixture.write("Cargo.toml", common::rust::MANIFEST.replace("check = \"1\"", "check = \"2\""));
    assert!(refused(&check(&fixture, &["--cargo"], &[])).contains("cargo cannot resolve Cargo.lock"));
    for at in ["staged", "HEAD"] {
        assert_eq!(unit(&check(&fixture, &["--cargo", "--at", at], &[]))["assurance"], "verified", "{at}");
    }
}

#[test]
fn nothing_is_left_behind() {
    let fixture = workspace(ALL_TARGETS);
    check(&fixture, &["--cargo"], &[]);
    assert_eq!(fs::read_dir(fixture.outside().join("tmp")).unwrap().count(), 0);
    assert!(!fixture.path().join("target").exists());
}

#[test]
fn a_member_elsewhere_in_the_repository_is_followed() {
    let fixture = workspace(ALL_TARGETS);
    fixture.write("shared/Cargo.toml", "[package]\nname = \"shared\"\nversion = \"0.1.0\"\n[[bin]]\nname = \"tool\"\n");
    fixture.write("shared/src/bin/tool/main.rs", "");
    fixture.write(
        "Cargo.toml",
        format!(
            "{}\n[build-dependencies]\nshared = {{ path = \"shared\" }}\n\n[workspace]\nmembers = [\"sha*\"]\n",
            common::rust::MANIFEST
        ),
    );
    let own = "\n[[package]]\nname = \"shared\"\nversion = \"0.1.0\"\n";
    let lock = lockfile().replace(" \"chosen\",\n", " \"chosen\",\n \"shared\",\n");
    let (before, after) = lock.split_at(lock.find("\n[[package]]\nname = \"tool\"").unwrap());
    fixture.write("Cargo.lock", format!("{before}{own}{after}"));
    fixture.commit();
    let run = check(&fixture, &["--cargo"], &[]);
    assert_eq!(unit(&run)["assurance"], "verified", "{}", run.stdout);
}

#[test]
fn a_manifest_that_leads_out_of_the_repository_is_not_given_to_cargo() {
    let fixture = workspace(ALL_TARGETS);
    let beside = fixture.outside().join("beside");
    fs::create_dir_all(beside.join("src")).unwrap();
    fs::write(beside.join("src/lib.rs"), "").unwrap();
    fs::write(beside.join("Cargo.toml"), "[package]\nname = \"beside\"\nversion = \"0.1.0\"\n").unwrap();
    for path in ["../beside".to_owned(), beside.display().to_string()] {
        fixture.write("Cargo.toml", format!("{}\n[build-dependencies]\nbeside = {{ path = {path:?} }}\n", common::rust::MANIFEST));
        let said = refused(&check(&fixture, &["--cargo"], &[]));
        assert!(said.contains("Cargo.toml was not given to cargo: `path` leads out of the repository"), "{said}");
    }
}

#[test]
fn a_base_that_cargo_cannot_resolve_is_read_as_data() {
    let fixture = workspace(ALL_TARGETS);
    fixture.write("Cargo.toml", common::rust::MANIFEST.replace("check = \"1\"", "check = \"2\""));
    fixture.commit();
    fixture.write("Cargo.toml", common::rust::MANIFEST);
    fixture.commit();
    let run = check(&fixture, &["--cargo", "--at", "HEAD", "--base", "HEAD~1"], &[]);
    assert_eq!(unit(&run)["assurance"], "verified", "{}{}", run.stdout, run.stderr);
}

/// Changes something, gives back variables to set.
type Change = fn(&Fixture) -> Vec<(&'static str, std::path::PathBuf)>;

#[test]
fn what_keeps_cargo_from_running_is_exit_code_2_with_the_remedy() {
    let cases: &[(&str, &str, Change)] = &[
        ("no cargo with its rustc is on the PATH", "install Rust", |fixture| vec![("PATH", fixture.outside().join("tmp"))]),
        ("no cargo with its rustc is on the PATH", "install Rust", |fixture| {
            fixture.write("bin/cargo", "");
            fixture.write("bin/rustc", "");
            vec![("PATH", fixture.path().join("bin"))]
        }),
        ("CARGO_HOME is ", "outside of the repository", |fixture| vec![("CARGO_HOME", fixture.path().join(".cargo"))]),
        ("CARGO_HOME is ", "by its whole path", |_| vec![("CARGO_HOME", ".cargo".into())]),
        ("HOME is ", "outside of the repository", |fixture| vec![("HOME", fixture.path())]),
        ("RUSTUP_HOME is ", "outside of the repository", |fixture| vec![("RUSTUP_HOME", fixture.path().join("x"))]),
        ("temporary files lies in the tree", "set TMPDIR", |fixture| {
            fixture.write("tmp/x", "");
            vec![("TMPDIR", fixture.path().join("tmp"))]
        }),
        ("rust-toolchain.toml stands above", "set TMPDIR", |fixture| {
            fs::write(fixture.outside().join("tmp/rust-toolchain.toml"), "").unwrap();
            Vec::new()
        }),
        ("no Cargo.lock is tracked", "track the lockfile", |fixture| {
            fs::remove_file(fixture.path().join("Cargo.lock")).unwrap();
            fixture.commit();
            Vec::new()
        }),
        ("cannot resolve Cargo.lock", "cargo fetch --locked", |fixture| {
            fs::remove_file(cargo_home(fixture).join("config.toml")).unwrap();
            Vec::new()
        }),
        ("cannot resolve Cargo.lock", "commit Cargo.lock with the manifests", |fixture| {
            fixture.write("Cargo.toml", common::rust::MANIFEST.replace("check = \"1\"", ""));
            Vec::new()
        }),
    ];
    for (number, (message, remedy, change)) in cases.iter().enumerate() {
        let fixture = workspace(ALL_TARGETS);
        let variables = change(&fixture);
        let variables: Vec<(&str, &Path)> = variables.iter().map(|(name, path)| (*name, path.as_path())).collect();
        let said = refused(&check(&fixture, &["--cargo"], &variables));
        assert!(said.contains(message) && said.contains(remedy), "{number}: {said}");
        assert!(!said.contains("portcullis-"), "the temporary folder is named: {said}");
    }
    assert!(toolchain().is_absolute());
}
