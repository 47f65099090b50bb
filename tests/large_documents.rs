//! Documents at and past the bound on their size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::time::{Duration, Instant};

use common::Fixture;
use portcullis::limits::{DOCUMENT_BYTES, POLICY_BYTES, SECTIONS};

/// The outcome of a claim whose evidence is this document, and its reason.
fn judged(document: &str, sections: &[String]) -> (String, String) {
    judged_as("document", document, &format!("sections = {sections:?}\n"))
}

/// The same for evidence of a kind with more keys.
fn judged_as(kind: &str, document: &str, keys: &str) -> (String, String) {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n[product]\nname = \"Ledger\"\n");
    let attestation = "version = 1\n[[attestation]]\nprovision = \"software-security/3.3-c2\"\nstatus = \"met\"\n\
                       statement = \"The plan ranks by severity.\"\nowner = \"security@ledger.example\"\nreviewed = 2026-10-01\n\
                       [[attestation.evidence]]\npath = \"plan.md\"\n";
    fixture.write("attestations.toml", format!("{attestation}kind = \"{kind}\"\n{keys}"));
    fixture.write("plan.md", document);
    fixture.commit();
    let report = fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]).json();
    let assessments = report["products"][0]["assessments"].as_array().unwrap();
    let unit = assessments.iter().find(|unit| unit["provision"] == "software-security/3.3-c2").unwrap();
    (unit["outcome"].as_str().unwrap().to_owned(), unit["reason"].as_str().unwrap().to_owned())
}

#[test]
fn a_document_past_the_bound_is_doubtful_and_one_at_it_is_read() {
    let words = "words ".repeat(DOCUMENT_BYTES / 6 + 1);
    let (outcome, reason) = judged(&words, &[]);
    assert_eq!(outcome, "doubtful");
    assert!(reason.contains("plan.md is larger than 4194304 bytes"), "{reason}");
    assert_eq!(judged(words.get(..DOCUMENT_BYTES).unwrap(), &[]).0, "met");
}

#[test]
fn a_million_empty_headings_are_searched_in_bounded_time() {
    let document = format!("text\n{}", "# a\n".repeat(DOCUMENT_BYTES / 4 - 2));
    let sections: Vec<String> = (0..SECTIONS).map(|at| format!("{at} a")).collect();
    let begun = Instant::now();
    let (outcome, reason) = judged(&document, &sections);
    assert_eq!(outcome, "evidence-failed");
    assert!(reason.contains("plan.md has the section `a` and no text under it"), "{reason}");
    assert!(begun.elapsed() < Duration::from_secs(120));
}

#[test]
fn a_security_policy_past_the_bound_is_doubtful_and_one_at_it_is_read() {
    let policy =
        format!("Only the latest release is supported. Write to security@ledger.example.\n\n{}", "words ".repeat(POLICY_BYTES / 6));
    let (outcome, reason) = judged_as("security-policy", &policy, "");
    assert_eq!(outcome, "doubtful");
    assert!(reason.contains("plan.md is larger than 1048576 bytes"), "{reason}");
    // The claim takes other kinds, so a proof of this one leaves it under-assured.
    assert_eq!(judged_as("security-policy", policy.get(..POLICY_BYTES).unwrap(), "").0, "under-assured");
}
