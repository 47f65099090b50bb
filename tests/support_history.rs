//! Notice of the end of support is held to the commits behind the declaration.

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

use common::Fixture;

fn declare(fixture: &Fixture, support: &str) {
    let product = "version = 1\n[product]\nname = \"Ledger\"\ntypes = [\"software\"]\n[product.support]\n";
    fixture.write("portcullis.toml", format!("{product}{support}"));
    let attestation = |provision: &str| {
        format!(
            "[[attestation]]\nprovision = \"{provision}\"\nstatus = \"met\"\nstatement = \"Customers know the end of support.\"\n\
             owner = \"security@ledger.example\"\nreviewed = 2026-10-01\n[[attestation.evidence]]\nkind = \"support-period\"\n"
        )
    };
    let both = format!("version = 1\n{}{}", attestation("software-security/4.1-c1"), attestation("software-security/4.2-c1"));
    fixture.write("attestations.toml", both);
    fixture.commit();
}

/// Outcome, assurance and reason of a provision. The commits of a fixture are of 21 September 2026.
fn judged(fixture: &Fixture, provision: &str) -> (String, String, String) {
    let report = fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]).json();
    let units = report["products"][0]["assessments"].as_array().unwrap().clone();
    let unit = units.iter().find(|one| one["provision"] == provision).unwrap();
    let word = |key: &str| unit[key].as_str().unwrap_or_default().to_owned();
    (word("outcome"), word("assurance"), word("reason"))
}

#[test]
fn an_end_that_was_brought_forward_leaves_the_notice_from_that_commit() {
    let fixture = Fixture::new();
    declare(&fixture, "until = 2029-12-31\nannounced = 2026-01-01\n");
    declare(&fixture, "until = 2027-03-31\nannounced = 2026-01-01\n");
    let (outcome, _, reason) = judged(&fixture, "software-security/4.2-c1");
    assert_eq!(outcome, "evidence-failed", "{reason}");
    assert!(reason.contains("was brought forward from 2029-12-31 to 2027-03-31 on 2026-09-21"), "{reason}");
    assert!(reason.contains("it may end on 2027-09-21 at the earliest"), "{reason}");
    assert_eq!(judged(&fixture, "software-security/4.1-c1").0, "met", "the end date alone is not held to the notice");
}

#[test]
fn an_end_that_was_put_off_harms_nobody() {
    let fixture = Fixture::new();
    declare(&fixture, "until = 2027-01-31\nannounced = 2026-01-01\n");
    declare(&fixture, "until = 2027-03-31\nannounced = 2026-01-01\n");
    assert_eq!(judged(&fixture, "software-security/4.2-c1").0, "met");
}

#[test]
fn where_nothing_is_announced_the_first_commit_that_says_so_counts() {
    let fixture = Fixture::new();
    declare(&fixture, "until = 2029-12-31\n");
    fixture.write("README.md", "Ledger\n");
    fixture.commit();
    let (outcome, assurance, reason) = judged(&fixture, "software-security/4.2-c1");
    assert_eq!((outcome.as_str(), assurance.as_str()), ("met", "evidenced"), "{reason}");
    assert!(reason.contains("portcullis.toml has said so since 2026-09-21"), "{reason}");
    declare(&fixture, "until = 2027-06-30\n");
    assert_eq!(judged(&fixture, "software-security/4.2-c1").0, "evidence-failed");
}

#[test]
fn a_shallow_clone_is_in_doubt_where_notice_is_asked_for() {
    let fixture = Fixture::new();
    declare(&fixture, "until = 2029-12-31\nannounced = 2026-10-01\n");
    let head = fixture.repository.head().unwrap().peel_to_commit().unwrap().id();
    std::fs::write(fixture.path().join(".git/shallow"), format!("{head}\n")).unwrap();
    let (outcome, _, reason) = judged(&fixture, "software-security/4.2-c1");
    assert_eq!(outcome, "doubtful", "{reason}");
    assert!(reason.contains("this clone is shallow"), "{reason}");
    assert_eq!(judged(&fixture, "software-security/4.1-c1").0, "met", "no history is asked for");
}
