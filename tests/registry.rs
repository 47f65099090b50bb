//! Every verifier has what a user needs of it: a kind that is known, a page, an example that can be pasted, and cases
//! that show it pass and fail.

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

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use common::Fixture;
use portcullis::evidence::{VERIFIERS, Verifier};
use portcullis::input::catalogue::Catalogue;
use portcullis::model::kind::{KINDS, kind};
use portcullis::model::probe;
use portcullis::probe::PROBES;

/// The sections of a kind's page, in this order.
const SECTIONS: &[&str] = &["What to write", "What is checked", "What is not checked", "When it fails"];

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs a check on every verifier and fails with all that it found.
fn every_verifier(check: impl Fn(&dyn Verifier) -> Result<(), String>) {
    let failures: Vec<String> = VERIFIERS.iter().filter_map(|one| check(*one).err().map(|why| format!("{}: {why}", one.kind()))).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn sure(holds: bool, otherwise: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

#[test]
fn every_verifier_judges_a_kind_of_its_own() {
    let kinds: BTreeSet<&str> = VERIFIERS.iter().map(|one| one.kind()).collect();
    assert_eq!(kinds.len(), VERIFIERS.len());
    every_verifier(|one| sure(kind(one.kind()).is_some(), "it is not in KINDS"));
}

#[test]
fn every_verifier_says_what_it_checks_and_what_not() {
    every_verifier(|one| {
        sure(!one.checks().is_empty(), "it lists no checks")?;
        for text in one.checks().iter().copied().chain([one.limits()]) {
            sure(text.ends_with('.') && text.len() > 20, format!("not a sentence: {text:?}"))?;
        }
        Ok(())
    });
}

#[test]
fn every_example_can_be_pasted_under_an_attestation() {
    every_verifier(|one| {
        let table: toml::Table = one.example().parse().map_err(|error| format!("its example is not TOML: {error}"))?;
        let named = table.get("attestation").and_then(|found| found.get("evidence")).and_then(|found| found.get(0));
        let written = named.and_then(|found| found.get("kind")).and_then(toml::Value::as_str);
        sure(written == Some(one.kind()), format!("its example is of kind {written:?}"))?;
        let report = checked(one.example());
        sure(report["errors"] == serde_json::json!([]), format!("its example is refused: {}", report["errors"]))
    });
}

/// The report on a repository whose only attestation has this evidence.
fn checked(evidence: &str) -> serde_json::Value {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n[product]\nname = \"Ledger\"\n[product.support]\nuntil = 2029-12-31\n");
    let attestation = "version = 1\n[[attestation]]\nprovision = \"software-security/3.3-c2\"\nstatus = \"met\"\n\
                       statement = \"The plan ranks by severity.\"\nowner = \"security@ledger.example\"\nreviewed = 2026-10-01\n";
    fixture.write("attestations.toml", format!("{attestation}{evidence}"));
    fixture.commit();
    fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]).json()
}

#[test]
fn every_verifier_has_a_page_of_the_fixed_shape() {
    every_verifier(|one| {
        let path = format!("docs/evidence/{}.md", one.kind());
        let page = fs::read_to_string(folder(&path)).map_err(|error| format!("{path}: {error}"))?;
        sure(page.starts_with(&format!("# `{}`\n", one.kind())), format!("{path} begins with its kind as title"))?;
        let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        sure(sections == SECTIONS, format!("{path} has the sections {sections:?}"))?;
        let block = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
        sure(block.contains(&format!("kind = \"{}\"", one.kind())), format!("{path} does not show how to cite it"))?;
        sure(block.parse::<toml::Table>().is_ok(), format!("{path} shows what is not TOML"))?;
        let last = page.split("## When it fails\n").nth(1).unwrap_or_default();
        sure(last.contains("| what it says | what to do |\n"), format!("{path} has no table of what to do"))
    });
}

#[test]
fn the_index_lists_every_kind_and_links_to_the_page_of_those_that_are_judged() {
    let index = fs::read_to_string(folder("docs/evidence/README.md")).unwrap();
    let judged: BTreeSet<&str> = VERIFIERS.iter().map(|one| one.kind()).collect();
    for entry in KINDS {
        let name = entry.name;
        let row = match judged.contains(name) {
            true => format!("| [`{name}`]({name}.md) | {} |\n", entry.about),
            false => format!("| `{name}` | {} |\n", entry.about),
        };
        assert_eq!(index.matches(&row).count(), 1, "docs/evidence/README.md lacks the row\n{row}");
    }
}

/// Every case by name.
fn cases() -> Vec<(String, toml::Table)> {
    fs::read_dir(folder("tests/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| {
            let case = fs::read_to_string(path.join("case.toml")).unwrap().parse().unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), case)
        })
        .collect()
}

#[test]
fn every_verifier_has_a_case_that_passes_and_one_that_fails() {
    let cases = cases();
    every_verifier(|one| {
        let prefix = format!("evidence-{}-", one.kind());
        let own: Vec<bool> = cases.iter().filter(|(name, _)| name.starts_with(&prefix)).map(|(_, case)| expects(case, "met")).collect();
        sure(own.contains(&true), format!("no case {prefix}… expects the outcome met"))?;
        sure(own.contains(&false), format!("no case {prefix}… fails"))
    });
}

fn expects(case: &toml::Table, outcome: &str) -> bool {
    let expected = case.get("expect").and_then(toml::Value::as_array);
    expected.into_iter().flatten().any(|one| one.get("outcome").and_then(toml::Value::as_str) == Some(outcome))
}

#[test]
fn every_probe_is_named_once_and_looks_once() {
    let names: Vec<&str> = probe::PROBES.iter().map(|entry| entry.name).collect();
    let looks: Vec<&str> = PROBES.iter().map(|probe| probe.name()).collect();
    assert_eq!(names, looks, "the two lists have the same order");
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

/// Runs a check on every probe and fails with all that it found.
fn every_probe(check: impl Fn(&str) -> Result<(), String>) {
    let failures: Vec<String> =
        PROBES.iter().filter_map(|one| check(one.name()).err().map(|why| format!("{}: {why}", one.name()))).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn every_probe_says_where_it_looks_and_bears_on_a_provision() {
    let catalogue = Catalogue::built_in();
    let borne: BTreeSet<&str> =
        catalogue.policies().flat_map(|policy| &policy.units).flat_map(|unit| &unit.probes).map(String::as_str).collect();
    for one in PROBES {
        for text in [one.looks_at(), one.limits()] {
            assert!(text.ends_with('.') && text.len() > 20, "{}: not a sentence: {text:?}", one.name());
        }
    }
    every_probe(|name| sure(borne.contains(name), "no policy names it"));
}

#[test]
fn every_probe_has_a_section_and_cases_that_fire_and_stay_silent() {
    let page = fs::read_to_string(folder("docs/probes.md")).unwrap();
    let cases = cases();
    every_probe(|name| {
        let section = page.split(&format!("### `{name}`\n")).nth(1).and_then(|rest| rest.split("\n### ").next()).unwrap_or_default();
        sure(section.contains("**What to do:**"), "docs/probes.md lacks its section, or what to do there")?;
        let prefix = format!("probe-{name}-");
        let own: Vec<&toml::Table> = cases.iter().filter(|(case, _)| case.starts_with(&prefix)).map(|(_, case)| case).collect();
        sure(own.iter().any(|case| expects(case, "contradicted")), format!("no case {prefix}… expects the outcome contradicted"))?;
        sure(own.iter().any(|case| expects(case, "met")), format!("no case {prefix}… expects the outcome met"))
    });
}
