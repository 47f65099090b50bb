//! The commits that an advisory names are held to the history of the product.

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

/// A product and three commits of it, the oldest first.
fn history() -> (Fixture, [String; 3]) {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n[product]\nname = \"Ledger\"\n");
    fixture.write(
        "attestations.toml",
        "version = 1\n[[attestation]]\nprovision = \"software-security/3.4-c2\"\nstatus = \"met\"\n\
         statement = \"Every vulnerability that is fixed has an advisory.\"\nowner = \"security@ledger.example\"\nreviewed = 2026-10-01\n\
         [[attestation.evidence]]\nkind = \"advisories\"\npath = \"advisory.json\"\n",
    );
    let commits = ["one", "two", "three"].map(|text| {
        fixture.write("README.md", text);
        fixture.commit()
    });
    (fixture, commits)
}

/// Outcome, assurance and reason where the advisory's range of commits has these ends.
fn judged(fixture: &Fixture, introduced: &[&str], fixed: &str) -> (String, String, String) {
    let starts: String = introduced.iter().map(|commit| format!("{{\"introduced\": \"{commit}\"}}, ")).collect();
    fixture.write(
        "advisory.json",
        format!(
            "{{\"id\": \"x_LEDGER-2026-1\", \"modified\": \"2026-11-02T10:00:00Z\", \"summary\": \"Postings can be read.\", \"affected\": [{{\"ranges\": [{{\
             \"type\": \"GIT\", \"repo\": \"https://forge.example/ledger.git\", \"events\": [{starts}{{\"fixed\": \"{fixed}\"}}]}}]}}]}}"
        ),
    );
    fixture.commit();
    let report = fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]).json();
    let units = report["products"][0]["assessments"].as_array().unwrap().clone();
    let unit = units.iter().find(|one| one["provision"] == "software-security/3.4-c2").unwrap();
    let word = |key: &str| unit[key].as_str().unwrap_or_default().to_owned();
    (word("outcome"), word("assurance"), word("reason"))
}

#[test]
fn a_range_of_commits_ends_after_it_begins() {
    let (fixture, [one, two, three]) = history();
    for (introduced, fixed) in [(vec!["0"], &one), (vec![one.as_str()], &three), (vec![one.as_str(), three.as_str()], &two)] {
        let (outcome, assurance, reason) = judged(&fixture, &introduced, fixed);
        assert_eq!((outcome.as_str(), assurance.as_str()), ("met", "verified"), "{reason}");
    }
    for introduced in [vec![two.as_str()], vec![two.as_str(), three.as_str()]] {
        let (outcome, _, reason) = judged(&fixture, &introduced, &one);
        assert_eq!(outcome, "evidence-failed", "{reason}");
        assert!(reason.contains(&format!("has a range of commits that ends at {one} and begins later")), "{reason}");
    }
}
