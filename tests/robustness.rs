//! Whatever the inputs hold, a check ends with a report, never opens the gate by mistake, and names its findings stably.

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

use std::collections::{BTreeMap, BTreeSet};

use common::Fixture;
use portcullis::app::{Request, check};
use portcullis::clock::Today;
use portcullis::input::catalogue::Catalogue;
use portcullis::input::snapshot::At;
use portcullis::model::outcome::Verdict;
use portcullis::report::{Report, json};
use portcullis::source::SourceMap;
use proptest::prelude::*;

const DECLARATION: &str = r#"version = 1

[product]
name = "Ledger"
types = ["software", "ai"]
roles = ["developer", "distributor"]
senior-responsible-owner = { name = "Chief Technology Officer", assured-on = 2026-10-05 }
paths = ["."]

[product.traits]
third-party-components = true
trains-models = false

[organisation]
codes = ["cyber-governance"]

[gate]
fail-on = "error"
assurance = "evidenced"
max-age-days = 365
"#;

const ATTESTATIONS: &str = r#"version = 1

[[attestation]]
provision = ["software-security/1.2", "Claim 1.1.3", "software-security/1.1"]
status = "met"
statement = "Every release ships an inventory of its parts."
owner = "platform@ledger.example"
reviewed = 2026-10-01

[[attestation.evidence]]
kind = "file"
path = "docs/gone.md"
pin = "git:4b825dc642cb6eb9a060e54bf8d69288fbee4904"

[[attestation.evidence]]
kind = "url"
url = "https://ledger.example/security"

[[attestation]]
provision = "software-security/3.1"
status = "not-applicable"
statement = "n/a"
owner = "TODO"
reviewed = 2020-01-01

[[attestation]]
provision = "consumer-iot/5.2-1"
status = "met"
statement = "TODO"
owner = "platform@ledger.example"
reviewed = 2026-10-01

[[waiver]]
provision = "software-security/2.2"
reason = "The runner estate moves in the first quarter."
approved-by = "ciso@ledger.example"
expires = 2027-03-31

[[waiver]]
provision = ["software-security/2.1", "ai/1.1"]
reason = "The runner estate moves in the first quarter."
approved-by = "ciso@ledger.example"
expires = 2026-03-31
"#;

/// Checks a fixture whose two inputs hold these bytes.
fn checked<T>(fixture: &Fixture, declaration: &[u8], attestations: &[u8], look: impl FnOnce(&Report<'_>) -> T) -> T {
    fixture.write("portcullis.toml", declaration);
    fixture.write("attestations.toml", attestations);
    let (catalogue, sources) = (Catalogue::built_in(), SourceMap::default());
    let request = Request::new(fixture.path(), At::Worktree, Today(jiff::civil::date(2026, 11, 22)));
    look(&check(&request, &catalogue, &sources))
}

fn fixture() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.write("attestations.toml", ATTESTATIONS);
    fixture.commit();
    fixture
}

/// What every report keeps to, whatever was read.
fn keeps_its_word(report: &Report<'_>) -> Result<(), TestCaseError> {
    match report.verdict {
        Verdict::CouldNotAssess => {
            prop_assert!(!report.errors.is_empty());
            prop_assert!(report.products.is_empty());
        }
        _ => prop_assert!(report.errors.is_empty() && !report.products.is_empty()),
    }
    for product in &report.products {
        let units: usize = product.codes.iter().map(|code| code.policy.units.len()).sum();
        prop_assert_eq!(product.assessments.len(), units, "one outcome for each unit");
        let prints: BTreeSet<&str> = product.findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
        prop_assert_eq!(prints.len(), product.findings.len(), "fingerprints are unique");
        prop_assert!(product.findings.iter().all(|finding| finding.message.chars().count() <= 1_000 && !finding.message.contains('\n')));
    }
    let written = serde_json::to_string(&json::document(report)).unwrap();
    prop_assert!(written.len() > 100);
    Ok(())
}

/// A change of a text: a stretch cut out, doubled, or written over.
fn changed(text: &str, at: usize, length: usize, with: &str, how: u8) -> String {
    let chars: Vec<char> = text.chars().collect();
    let start = at % (chars.len() + 1);
    let end = (start + length).min(chars.len());
    let (head, part, tail): (String, String, String) =
        (chars[..start].iter().collect(), chars[start..end].iter().collect(), chars[end..].iter().collect());
    match how % 3 {
        0 => format!("{head}{with}{tail}"),
        1 => format!("{head}{part}{with}{part}{tail}"),
        _ => format!("{head}{tail}"),
    }
}

/// Words that make a change more likely to be read.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\n]{0,12}",
        "\\PC{0,6}",
        Just("\n[[attestation]]\n".to_owned()),
        Just("\n[[waiver]]\n".to_owned()),
        Just("\n[product]\n".to_owned()),
        Just("\"software-security/1.1-c1\"".to_owned()),
        Just("not-applicable".to_owned()),
        Just("planned".to_owned()),
        Just("-9999-01-01".to_owned()),
        Just("9999-12-31".to_owned()),
        Just("0000-01-01".to_owned()),
        Just("9223372036854775808".to_owned()),
        Just("[]".to_owned()),
        Just("nan".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("\0".to_owned()),
    ]
}

/// The first unit that nothing was ever attested for.
const SILENT: &str = "software-security/4.2-c1";

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_never_an_open_gate(declaration in proptest::collection::vec(any::<u8>(), 0..400), attestations in "\\PC{0,400}") {
        let fixture = fixture();
        checked(&fixture, &declaration, attestations.as_bytes(), |report| {
            keeps_its_word(report)?;
            prop_assert_ne!(report.verdict, Verdict::Open);
            Ok(())
        })?;
        checked(&fixture, DECLARATION.as_bytes(), attestations.as_bytes(), |report| {
            keeps_its_word(report)?;
            prop_assert_ne!(report.verdict, Verdict::Open);
            Ok(())
        })?;
    }

    #[test]
    fn changed_inputs_never_make_a_silent_unit_met(
        first in (any::<usize>(), 0usize..40, words(), any::<u8>()),
        second in (any::<usize>(), 0usize..40, words(), any::<u8>()),
        third in (any::<usize>(), 0usize..40, words(), any::<u8>()),
    ) {
        let change = |text: &str, with: &(usize, usize, String, u8)| changed(text, with.0, with.1, &with.2, with.3);
        let declaration = change(DECLARATION, &first);
        let attestations = change(&change(ATTESTATIONS, &second), &third);
        checked(&fixture(), declaration.as_bytes(), attestations.as_bytes(), |report| {
            keeps_its_word(report)?;
            if !attestations.contains("4.2") {
                for unit in report.products.iter().flat_map(|product| &product.assessments).filter(|found| found.unit.id == SILENT) {
                    prop_assert_ne!(unit.outcome.name(), "met");
                    prop_assert_ne!(unit.outcome.name(), "waived");
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn lines_inserted_above_move_findings_and_change_no_fingerprint(above in 0usize..6, between in 0usize..6) {
        let prints = |report: &Report<'_>| -> Vec<(String, String)> {
            let findings = report.products.iter().flat_map(|product| &product.findings);
            findings.map(|finding| (finding.id.clone(), finding.fingerprint.clone())).collect()
        };
        let lines = |report: &Report<'_>| -> Vec<(String, usize)> {
            let findings = report.products.iter().flat_map(|product| &product.findings);
            findings.map(|finding| report.sources.place(finding.span)).map(|place| (place.file, place.line)).collect()
        };
        let fixture = fixture();
        let (before, at) = checked(&fixture, DECLARATION.as_bytes(), ATTESTATIONS.as_bytes(), |report| (prints(report), lines(report)));
        prop_assert!(before.len() > 40, "{} findings", before.len());
        let comment = "# a line that says nothing\n";
        let gap = format!("{}[[", comment.repeat(between));
        let declaration = format!("{}{DECLARATION}", comment.repeat(above));
        let attestations = format!("{}{}", comment.repeat(above), ATTESTATIONS.replace("[[", &gap));
        let (after, moved) = checked(&fixture, declaration.as_bytes(), attestations.as_bytes(), |report| (prints(report), lines(report)));
        prop_assert_eq!(before, after);
        for ((file, line), (new_file, new_line)) in at.iter().zip(&moved) {
            prop_assert_eq!(file, new_file);
            prop_assert!(*new_line >= line + above);
        }
    }
}

#[test]
fn fingerprints_are_unique_across_products_and_stable_across_runs() {
    let two = DECLARATION.replace("[product]", "[[product]]") + "\n[[product]]\nname = \"Oracle\"\ntypes = [\"consumer-iot\"]\n";
    let seen = |report: &Report<'_>| {
        let mut prints: BTreeMap<String, String> = BTreeMap::new();
        for product in &report.products {
            for finding in &product.findings {
                let other = prints.insert(finding.fingerprint.clone(), format!("{} {}", product.name, finding.id));
                assert_eq!(other, None, "{} {}", product.name, finding.id);
            }
        }
        assert_eq!(report.products.len(), 2);
        prints
    };
    let fixture = fixture();
    let first = checked(&fixture, two.as_bytes(), ATTESTATIONS.as_bytes(), seen);
    let second = checked(&fixture, two.as_bytes(), ATTESTATIONS.as_bytes(), seen);
    assert!(first.len() > 80, "{}", first.len());
    assert_eq!(first, second);
}
