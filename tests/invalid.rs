//! What cannot be assessed and needs more than a folder of files to show: repositories of other kinds, bounds, and
//! inputs made to hang or crash whoever reads them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may panic"
)]

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{Fixture, Run, git};
use serde_json::Value;

const DECLARATION: &str = "version = 1\n\n[product]\nname = \"Ledger\"\nsenior-responsible-owner = { name = \"CTO\", assured-on = 2026-10-05 }\n\n[product.traits]\nthird-party-components = true\n\n[gate]\nassurance = \"asserted\"\n";

fn attestations() -> String {
    let principles = ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "3.1", "3.2", "3.3", "3.4", "3.5", "4.1", "4.2", "4.3"];
    let names: Vec<String> = principles.iter().map(|id| format!("\"software-security/{id}\"")).collect();
    format!(
        "version = 1\n\n[[attestation]]\nprovision = [{}]\nstatus = \"met\"\nstatement = \"The team does this for every release.\"\nowner = \"platform@ledger.example\"\nreviewed = 2026-10-01\n",
        names.join(", ")
    )
}

/// A repository in which everything is attested.
fn ledger() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.write("attestations.toml", attestations());
    fixture.commit();
    fixture
}

const CHECK: &[&str] = &["check", "--today", "2026-11-22", "--format", "json"];

fn check(fixture: &Fixture) -> Run {
    fixture.run(CHECK)
}

fn check_in(fixture: &Fixture, folder: &Path) -> Run {
    fixture.run_in(folder, CHECK)
}

/// The messages of a run that could not assess.
fn errors(run: &Run) -> Vec<String> {
    let report = run.json();
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert_eq!(report["verdict"], "could-not-assess");
    assert_eq!(report["products"].as_array().unwrap().len(), 0);
    report["errors"].as_array().unwrap().iter().map(|error| error["message"].as_str().unwrap().to_owned()).collect()
}

fn refused(run: &Run, says: &[&str]) {
    let errors = errors(run);
    assert_eq!(errors.len(), 1, "{errors:?}");
    for part in says {
        assert!(errors[0].contains(part), "{part:?} does not stand in {errors:?}");
    }
}

fn open(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    run.json()
}

#[test]
fn a_folder_outside_every_repository_is_refused() {
    let fixture = Fixture::new();
    refused(&check_in(&fixture, fixture.outside()), &["no git repository at or above", "run portcullis inside a git work tree"]);
}

#[test]
fn a_path_that_is_no_folder_is_refused() {
    let fixture = ledger();
    for (path, says) in [("nowhere", "cannot be read"), ("portcullis.toml", "is not a folder"), (".git", "leads into `.git`")] {
        let run = fixture.run(&["check", path, "--today", "2026-11-22", "--format", "json"]);
        refused(&run, &[says]);
    }
}

#[test]
fn a_bare_repository_needs_a_revision() {
    let fixture = ledger();
    let bare = fixture.outside().join("bare.git");
    git2::build::RepoBuilder::new().bare(true).clone(fixture.path().to_str().unwrap(), &bare).unwrap();
    refused(&check_in(&fixture, &bare), &["is a bare repository", "--at HEAD"]);
}

#[test]
fn a_repository_in_the_sha_256_format_is_refused_by_that_name() {
    let fixture = Fixture::new();
    let folder = fixture.outside().join("sha256");
    fs::create_dir(&folder).unwrap();
    if git(&folder, &["init", "-q", "--object-format=sha256"]).is_none() {
        return;
    }
    refused(&check_in(&fixture, &folder), &["uses SHA-256 object ids", "SHA-1 object format"]);
}

#[test]
fn a_repository_with_reftables_is_refused_by_that_name() {
    let fixture = Fixture::new();
    let folder = fixture.outside().join("reftable");
    fs::create_dir(&folder).unwrap();
    if git(&folder, &["init", "-q", "--ref-format=reftable"]).is_none() {
        return;
    }
    refused(&check_in(&fixture, &folder), &["stores its references as reftable", "git refs migrate --ref-format=files"]);
}

#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_is_refused_with_the_remedy() {
    let fixture = ledger();
    let repository = fixture.path();
    // Only the superuser can give files away.
    if std::os::unix::fs::chown(&repository, Some(54_321), Some(54_321)).is_err() {
        return;
    }
    std::os::unix::fs::chown(repository.join(".git"), Some(54_321), Some(54_321)).unwrap();
    let run = check(&fixture);
    refused(&run, &["belongs to another user", &format!("git config --global --add safe.directory {}", repository.display())]);
    fs::write(fixture.outside().join(".gitconfig"), format!("[safe]\n\tdirectory = {}\n", repository.display())).unwrap();
    open(&check(&fixture));
}

#[test]
fn a_repository_without_a_commit_is_judged_by_what_is_staged_and_on_disk() {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.write("attestations.toml", attestations());
    let report = open(&check(&fixture));
    assert_eq!((&report["commit"], &report["dirty"]), (&Value::Null, &Value::Bool(true)));
    assert_eq!(report["products"][0]["counts"]["note"], 2, "both inputs are untracked");
    fixture.stage();
    let report = open(&check(&fixture));
    assert_eq!(report["products"][0]["counts"]["note"], 0);
    assert_eq!(report["dirty"], true);
}

#[test]
fn a_detached_head_is_judged_like_any_other() {
    let fixture = ledger();
    let head = fixture.repository.head().unwrap().target().unwrap();
    fixture.repository.set_head_detached(head).unwrap();
    let report = open(&check(&fixture));
    assert_eq!((report["commit"].as_str(), report["dirty"].as_bool()), (Some(head.to_string().as_str()), Some(false)));
}

#[test]
fn a_linked_worktree_is_judged_by_its_own_files() {
    let fixture = ledger();
    let linked = fixture.outside().join("linked");
    fixture.repository.worktree("linked", &linked, None).unwrap();
    open(&check_in(&fixture, &linked));
    fs::write(linked.join("attestations.toml"), "version = 1\n").unwrap();
    assert_eq!(check_in(&fixture, &linked).code, 1);
    open(&check(&fixture));
}

/// A ledger with another ledger as its submodule `part`, checked out.
fn with_submodule() -> Option<(Fixture, Fixture)> {
    let (outer, inner) = (ledger(), ledger());
    let from = inner.path();
    git(&outer.path(), &["-c", "protocol.file.allow=always", "submodule", "add", "-q", from.to_str().unwrap(), "part"])?;
    git(&outer.path(), &["commit", "-q", "-m", "part"])?;
    Some((outer, inner))
}

#[test]
fn a_submodule_is_another_repository() {
    let Some((outer, _inner)) = with_submodule() else { return };
    open(&check(&outer));
    fs::write(outer.path().join("part/attestations.toml"), "version = 1\n").unwrap();
    assert_eq!(check_in(&outer, &outer.path().join("part")).code, 1, "a check that starts in it judges it");
    let named = DECLARATION.replace("name = \"Ledger\"", "name = \"Ledger\"\nattestations = \"part/attestations.toml\"");
    outer.write("portcullis.toml", named);
    let run = check(&outer);
    refused(&run, &["part/attestations.toml: it lies in a submodule"]);
    assert_eq!(run.json()["errors"][0]["line"], 5);
}

#[test]
fn inputs_may_have_two_mebibytes_and_no_more() {
    let fixture = ledger();
    let most = 2 * 1_024 * 1_024;
    for file in ["portcullis.toml", "attestations.toml"] {
        let text = fs::read_to_string(fixture.path().join(file)).unwrap();
        let pad = "#".repeat(most - text.len() - 1) + "\n";
        fixture.write(file, format!("{text}{pad}"));
        open(&check(&fixture));
        fixture.write(file, format!("{text}#{pad}"));
        refused(&check(&fixture), &[file, "it is larger than 2097152 bytes"]);
        fixture.write(file, text);
    }
}

#[test]
fn more_than_five_thousand_attestations_are_refused() {
    let fixture = ledger();
    let one = "[[attestation]]\nprovision = \"ai/1.1\"\nstatus = \"met\"\nstatement = \"Done.\"\nowner = \"a@b.example\"\nreviewed = 2026-10-01\n";
    fixture.write("attestations.toml", format!("version = 1\n{}", one.repeat(5_001)));
    refused(&check(&fixture), &["more than 5000 attestations or waivers in one file"]);
}

#[test]
fn very_many_faults_are_told_up_to_fifty() {
    let fixture = ledger();
    let keys: String = (0..2_000).map(|number| format!("key-{number} = 1\n")).collect();
    fixture.write("portcullis.toml", format!("{keys}{DECLARATION}"));
    let run = check(&fixture);
    let errors = errors(&run);
    assert_eq!(errors.len(), 50);
    assert!(errors[49].starts_with("more faults follow from here"), "{}", errors[49]);
    let lines: Vec<u64> = run.json()["errors"].as_array().unwrap().iter().map(|error| error["line"].as_u64().unwrap()).collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

/// Texts of about two mebibytes that make a careless reader hang or overflow its stack.
fn hostile() -> Vec<(&'static str, String)> {
    let fill = |part: &str| part.repeat(2_000_000 / part.len());
    let attestation = |provisions: &str| {
        format!(
            "version = 1\nattestation = [{{ provision = [{provisions}], status = \"met\", statement = \"Done.\", owner = \"a\", reviewed = 2026-10-01 }}]\n"
        )
    };
    vec![
        ("nested arrays", format!("x = {}", fill("["))),
        ("nested tables", format!("x = {}", fill("{a="))),
        ("a dotted key", format!("{}x = 1\n", fill("a."))),
        ("a dotted header", format!("[{}x]\n", fill("a."))),
        ("headers", fill("[[a]]\n")),
        ("the same key", fill("a=1\n")),
        ("other keys", (0..180_000).map(|number| format!("k{number}=1\n")).collect()),
        ("one line of quotes", fill("\"")),
        ("equal signs", fill("= ")),
        ("one long string", format!("version = \"{}\"\n", fill("x"))),
        ("unknown provisions", attestation(&fill("\"x/1\","))),
        ("the same provision", attestation(&fill("\"software-security/1.1\","))),
        ("combining marks", format!("\"{}\" = 1\n", fill("\u{301}"))),
    ]
}

#[test]
fn hostile_inputs_are_refused_in_time() {
    let fixture = ledger();
    for file in ["portcullis.toml", "attestations.toml"] {
        let good = fs::read(fixture.path().join(file)).unwrap();
        for (name, text) in hostile() {
            fixture.write(file, text);
            let start = Instant::now();
            let run = check(&fixture);
            let taken = start.elapsed();
            assert!(!errors(&run).is_empty(), "{name} in {file}");
            assert!(run.stdout.len() < 200_000, "{name} in {file}: {} bytes of output", run.stdout.len());
            assert!(taken < Duration::from_secs(60), "{name} in {file}: {taken:?}");
        }
        fixture.write(file, good);
    }
}
