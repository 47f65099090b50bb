//! The documentation against the program: what an output can print, the documentation explains.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may panic"
)]

use std::collections::BTreeSet;

use portcullis::finding::OWN;
use portcullis::model::outcome::{Level, OutcomeName};

const FINDINGS: &str = include_str!("../docs/findings.md");

/// Each section under a heading of the third level: what its heading names in backticks, and its text.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    FINDINGS.split("\n### ").skip(1).map(|section| {
        let (heading, text) = section.split_once('\n').unwrap_or((section, ""));
        (heading.trim_matches('`'), text.split("\n## ").next().unwrap_or_default())
    })
}

#[test]
fn every_finding_and_outcome_has_a_heading_and_no_heading_is_left_over() {
    let documented: Vec<&str> = sections().map(|(name, _)| name).collect();
    let known = || OutcomeName::ALL.iter().map(|outcome| outcome.name()).chain(OWN.iter().map(|(id, ..)| *id));
    assert_eq!(documented.len(), known().count(), "a heading stands twice or is missing");
    assert_eq!(documented.into_iter().collect::<BTreeSet<_>>(), known().collect());
}

#[test]
fn every_section_says_what_it_means_shows_a_message_and_says_what_to_do() {
    for (name, text) in sections() {
        let (meaning, rest) = text.split_once("```text\n").unwrap_or_else(|| panic!("{name} shows no message"));
        let (example, remedy) = rest.split_once("\n```\n").unwrap_or_else(|| panic!("{name}: its example has no end"));
        assert!(meaning.trim().len() > 20, "{name} says nothing of what it means");
        assert!(!example.trim().is_empty(), "{name} shows no message");
        assert!(remedy.trim().starts_with("**What to do:** "), "{name} does not say what to do");
    }
}

#[test]
fn the_level_of_an_own_finding_is_the_documented_one() {
    for (id, level, _) in OWN.iter().filter(|(id, ..)| *id != "portcullis/unanswered-trait") {
        let opening = match level {
            Level::Error => "An error.",
            Level::Warning => "A warning.",
            Level::Note => "A note.",
        };
        let text = sections().find(|(name, _)| name == id).map(|(_, text)| text.trim_start());
        assert!(text.is_some_and(|text| text.starts_with(opening)), "{id} begins with `{opening}`");
    }
}

#[test]
fn links_lead_to_headings_that_stand_there() {
    let judging = include_str!("../docs/judging.md");
    let anchor = |heading: &str| -> String {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        kept.chars().filter(|c| c.is_alphanumeric() || *c == '-' || *c == ' ').map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    for text in [judging, FINDINGS] {
        let anchors: BTreeSet<String> = text.lines().filter(|line| line.starts_with('#')).map(anchor).collect();
        for link in text.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(anchors.contains(link), "there is no heading #{link}");
        }
    }
}

#[test]
fn the_readme_counts_what_the_program_has() {
    let readme = include_str!("../README.md");
    let changes = include_str!("../CHANGELOG.md");
    let (kinds, probes) = (portcullis::model::kind::KINDS.len(), portcullis::model::probe::PROBES.len());
    for (text, wanted) in [
        (readme, format!("[{kinds} kinds](docs/evidence/README.md)")),
        (readme, format!("{probes} [probes](docs/probes.md)")),
        (changes, format!("- {probes} probes and")),
    ] {
        assert!(text.contains(&wanted), "`{wanted}` is not there");
    }
    for kind in portcullis::model::kind::KINDS {
        assert!(changes.contains(&format!("`{}`", kind.name)), "CHANGELOG.md does not name the kind {}", kind.name);
    }
}
