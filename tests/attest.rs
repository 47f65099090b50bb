//! `portcullis attest`: what it writes, what it leaves alone, what it refuses, and what it says that it comes to.

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

use common::{Fixture, Run};

const DECLARATION: &str = "version = 1\n[product]\nname = \"Ledger\"\n";
const FRAMEWORK: &str = "# Framework\n\nWe follow the SSDF, in these steps and with these owners.\n";

const ATTESTATIONS: &str = r#"# Ours
version = 1

# the framework
[[attestation]]
provision = "software-security/1.1-c1"   # named by a claim
status = "planned"      # soon
statement = ""
owner = "security@ledger.example"
reviewed = 2025-11-01

[[attestation.evidence]]
kind = "document"
path = "docs/framework.md"
sections = ["Framework"]
pin = "git:4b825dc642cb6eb9a060e54bf8d69288fbee4904"   # long ago

# the end
"#;

fn repository() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.write("attestations.toml", ATTESTATIONS);
    fixture.write("docs/framework.md", FRAMEWORK);
    fixture.commit();
    fixture
}

fn attest(fixture: &Fixture, arguments: &[&str]) -> Run {
    let mut all = vec!["attest", "--today", "2026-11-22"];
    all.extend(arguments);
    fixture.run(&all)
}

fn file(fixture: &Fixture) -> String {
    fs::read_to_string(fixture.path().join("attestations.toml")).unwrap()
}

fn pin_of(text: &str) -> String {
    let id = git2::Oid::hash_object(git2::ObjectType::Blob, text.as_bytes()).unwrap();
    format!("git:{id}")
}

#[test]
fn an_attestation_is_brought_up_to_date_and_every_other_byte_stays() {
    let fixture = repository();
    let run = attest(&fixture, &["Claim 1.1.1", "--status", "met", "--statement", "We follow the SSDF."]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected = ATTESTATIONS
        .replace("\"planned\"", "\"met\"")
        .replace("statement = \"\"", "statement = \"We follow the SSDF.\"")
        .replace("2025-11-01", "2026-11-22")
        .replace("git:4b825dc642cb6eb9a060e54bf8d69288fbee4904", &pin_of(FRAMEWORK));
    assert_eq!(file(&fixture), expected);
    assert!(run.stdout.contains("moved since 2025-11-01: document docs/framework.md (was git:4b825dc6"), "{}", run.stdout);
    assert!(run.stdout.contains("software-security/1.1-c1: met (evidenced): "), "{}", run.stdout);
}

#[test]
fn a_new_attestation_is_written_behind_the_last_with_its_evidence_pinned() {
    let fixture = repository();
    let evidence = "document:docs/framework.md#Framework";
    let arguments = [
        "software-security/2.1",
        "--status",
        "met",
        "--owner",
        "build@ledger.example",
        "--statement",
        "It is guarded.",
        "--evidence",
        evidence,
    ];
    let run = attest(&fixture, &arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let block = format!(
        "# long ago\n\n[[attestation]]\nprovision = \"software-security/2.1\"\nstatus = \"met\"\nstatement = \"It is guarded.\"\n\
         owner = \"build@ledger.example\"\nreviewed = 2026-11-22\n\n[[attestation.evidence]]\nkind = \"document\"\n\
         path = \"docs/framework.md\"\nsections = [\"Framework\"]\npin = \"{}\"\n\n# the end",
        pin_of(FRAMEWORK)
    );
    assert_eq!(file(&fixture), ATTESTATIONS.replace("# long ago\n\n# the end", &block));
    assert!(run.stdout.starts_with("software-security/2.1-c1 … -c6: met (evidenced): "), "{}", run.stdout);
}

#[test]
fn what_no_product_is_asked_for_is_written_and_said_to_count_for_nothing() {
    let fixture = repository();
    let run = attest(&fixture, &["ai/1.1", "software-security/2.1", "--status", "planned", "--owner", "cto@ledger.example"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("ai/1.1: written, and counts for nothing: "), "{}", run.stdout);
    assert!(!run.stdout.contains("software-security/2.1: written"), "{}", run.stdout);
}

#[test]
fn a_file_that_is_not_there_is_begun() {
    let fixture = repository();
    fs::remove_file(fixture.path().join("attestations.toml")).unwrap();
    fixture.commit();
    let run = attest(&fixture, &["software-security/1.1", "software-security/1.3", "--status", "planned", "--owner", "cto@ledger.example"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        file(&fixture).starts_with("version = 1\n\n[[attestation]]\nprovision = [\"software-security/1.1\", \"software-security/1.3\"]\n")
    );
    assert!(run.stdout.contains("software-security/1.3-c1"), "{}", run.stdout);
}

#[test]
fn a_waiver_is_recorded_and_extended() {
    let fixture = repository();
    let waive = |until: &str| {
        let reason = "The runner estate moves in spring.";
        attest(
            &fixture,
            &["software-security/2.2", "--waive", "--reason", reason, "--approved-by", "ciso@ledger.example", "--expires", until],
        )
    };
    let run = waive("2027-03-31");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("software-security/2.2-c1: waived until 2027-03-31: missing: nothing"), "{}", run.stdout);
    assert_eq!(waive("2027-06-30").code, 0);
    let written = file(&fixture);
    assert_eq!((written.matches("[[waiver]]").count(), written.contains("expires = 2027-06-30")), (1, true), "{written}");
    let run = waive("2028-06-30");
    assert_eq!((run.code, file(&fixture)), (2, written));
    assert!(run.stderr.contains("would do nothing"), "{}", run.stderr);
}

#[test]
fn a_waiver_of_what_is_met_is_refused_and_one_of_what_is_partly_met_is_not() {
    let fixture = repository();
    let says = ["--status", "met", "--statement", "We follow the SSDF."];
    assert_eq!(attest(&fixture, &[&["software-security/1.1-c1"], &says[..]].concat()).code, 0);
    let before = file(&fixture);
    let reason = ["--reason", "The runner estate moves in spring.", "--approved-by", "ciso@ledger.example", "--expires", "2027-03-31"];
    let waive = |name: &str| attest(&fixture, &[&[name, "--waive"], &reason[..]].concat());
    let run = waive("software-security/1.1-c1");
    assert_eq!((run.code, file(&fixture)), (2, before));
    assert!(run.stderr.contains("software-security/1.1-c1 is met already"), "{}", run.stderr);
    let run = waive("software-security/1.1");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("software-security/1.1-c1: met (evidenced): "), "{}", run.stdout);
}

#[test]
fn what_provisions_come_to_is_said_once() {
    let fixture = repository();
    let planned = ["software-security/2.1", "--status", "planned", "--owner", "build@ledger.example"];
    let run = attest(&fixture, &planned);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    assert!(run.stdout.starts_with("software-security/2.1-c1 … -c6: not-met: "), "{}", run.stdout);
    assert!(!run.stdout.contains("not-met: not-met"), "{}", run.stdout);
    let says = ["software-security/2.1", "--status", "met", "--statement", "It is guarded."];
    let run = attest(&fixture, &says);
    assert!(run.stdout.contains("-c6: under-assured: ") && !run.stdout.contains("under-assured: under-assured"), "{}", run.stdout);
}

#[test]
fn a_renewal_shows_evidence_that_fails_before_it_asks() {
    let fixture = repository();
    let pinned = ATTESTATIONS.replace("git:4b825dc642cb6eb9a060e54bf8d69288fbee4904", &pin_of(FRAMEWORK));
    let heading = pinned.replace("[\"Framework\"]", "[\"Owners\"]");
    fixture.write("attestations.toml", heading.replace("\"planned\"", "\"met\"").replace("\"\"", "\"We follow the SSDF.\""));
    fixture.commit();
    for arguments in [&["--renew"][..], &["--renew", "--yes"]] {
        let run = attest(&fixture, arguments);
        let failing = "  does not hold today: software-security/1.1-c1: evidence-failed: ";
        assert!(run.stdout.contains(failing), "{arguments:?}: {}", run.stdout);
    }
}

#[test]
fn a_renewal_asks_again_and_without_an_answer_writes_nothing() {
    let fixture = repository();
    fixture.write("attestations.toml", ATTESTATIONS.replace("\"planned\"", "\"met\"").replace("\"\"", "\"We follow the SSDF.\""));
    fixture.commit();
    let before = file(&fixture);
    let run = attest(&fixture, &["--renew"]);
    assert_eq!((run.code, file(&fixture)), (2, before));
    assert!(run.stdout.contains("software-security/1.1-c1: met, reviewed 2025-11-01 by security@ledger.example"), "{}", run.stdout);
    assert!(run.stdout.contains("moved since 2025-11-01: document docs/framework.md"), "{}", run.stdout);
    let run = attest(&fixture, &["--renew", "--yes"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(file(&fixture).contains("reviewed = 2026-11-22") && file(&fixture).contains(&pin_of(FRAMEWORK)));
    assert!(run.stdout.contains("moved since 2025-11-01: document docs/framework.md"), "{}", run.stdout);
    assert!(run.stdout.contains("software-security/1.1-c1: met (evidenced)"), "{}", run.stdout);
    let run = attest(&fixture, &["--renew"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "attestations.toml: nothing is stale, moved or expires soon\n"));
}

#[test]
fn what_would_be_no_attestation_is_refused_in_words_and_nothing_is_written() {
    let fixture = repository();
    fixture.write("untracked.md", "# Text\n\nSome.\n");
    let one = "software-security/1.3";
    let cases: &[(&[&str], &str)] = &[
        (&["software-security/9.9", "--status", "met"], "there is no provision `software-security/9.9`"),
        (&["1.3", "--status", "met"], "did you mean software-security/1.3?"),
        (&[one, "--status", "planned", "--owner", "WHO"], "`WHO` is a placeholder"),
        (&[one, "--status", "met", "--owner", "a@b.example", "--statement", "WHAT IS DONE"], "`WHAT IS DONE` is a placeholder"),
        (&[one, "--status", "met"], "it needs --owner"),
        (&[one, "--status", "met", "--owner", "a@b.example"], "it needs --statement"),
        (&[one, "--status", "met", "--owner", "a@b.example", "--statement", "TODO"], "is a placeholder"),
        (&[one, "--status", "not-applicable", "--owner", "a@b.example", "--statement", "n/a here"], "needs a reason"),
        (&["software-security/1.1-c1", "--status", "met"], "needs --statement"),
        (&[one, "--status", "planned", "--owner", "a@b.example", "--evidence", "document:untracked.md"], "is not tracked by git"),
        (&[one, "--status", "planned", "--owner", "a@b.example", "--evidence", "documnet:docs/framework.md"], "did you mean document?"),
        (&["--renew", "software-security/4.1"], "is not attested in attestations.toml"),
        (&[one, "--waive", "--reason", "tbc", "--approved-by", "x", "--expires", "2027-01-01"], "--reason `tbc` does not say why"),
        (
            &[one, "--waive", "--reason", "Moved to the next release", "--approved-by", "TODO", "--expires", "2027-01-01"],
            "--approved-by `TODO` is a placeholder",
        ),
        (&[], "required"),
    ];
    for (arguments, says) in cases {
        let run = attest(&fixture, arguments);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.stderr.contains(says), "{arguments:?}: {}", run.stderr);
        assert_eq!(file(&fixture), ATTESTATIONS, "{arguments:?}");
    }
}

#[test]
fn a_file_that_cannot_be_written_or_read_loses_nothing() {
    let fixture = repository();
    let path = fixture.path().join("attestations.toml");
    let mut rights = fs::metadata(&path).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(&path, rights).unwrap();
    let run = attest(&fixture, &["software-security/1.1-c1", "--status", "met", "--statement", "We follow the SSDF."]);
    assert_eq!((run.code, file(&fixture).as_str()), (2, ATTESTATIONS));
    assert!(run.stderr.contains("was not written: it is read-only"), "{}", run.stderr);
    let broken = repository();
    broken.write("attestations.toml", "version = 1\n[[attestation]\n");
    let run = attest(&broken, &["software-security/1.1-c1", "--status", "met"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("attestations.toml:2"), "{}", run.stderr);
}

#[test]
fn a_dry_run_prints_the_file_and_writes_nothing() {
    let fixture = repository();
    let run = attest(&fixture, &["software-security/1.1-c1", "--status", "met", "--statement", "We follow the SSDF.", "--dry-run"]);
    assert_eq!((run.code, file(&fixture).as_str()), (0, ATTESTATIONS));
    assert!(run.stdout.contains("statement = \"We follow the SSDF.\"\n"), "{}", run.stdout);
}

#[test]
fn a_file_as_windows_writes_it_stays_one() {
    let fixture = repository();
    let windows = format!("\u{feff}{}", ATTESTATIONS.replace('\n', "\r\n"));
    fixture.write("attestations.toml", &windows);
    fixture.commit();
    let run = attest(&fixture, &["software-security/1.1-c1", "--status", "met", "--statement", "We follow\nthe SSDF."]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected = windows
        .replace("\"planned\"", "\"met\"")
        .replace("statement = \"\"", "statement = \"We follow\\nthe SSDF.\"")
        .replace("2025-11-01", "2026-11-22")
        .replace("git:4b825dc642cb6eb9a060e54bf8d69288fbee4904", &pin_of(FRAMEWORK));
    assert_eq!(file(&fixture), expected);
}
