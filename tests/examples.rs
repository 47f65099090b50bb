//! Runs the gate on every bundled example, as its reader would: in a folder of a repository, on the day that
//! `examples/README.md` names. `expected.toml` beside each declaration says what must come out, finding by finding.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::disallowed_methods, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use common::Fixture;
use serde::Deserialize;
use serde_json::Value;

/// The day that the dates in the examples are set for.
const DAY: &str = "2026-11-22";
const COUNTS: [&str; 8] = ["verified", "evidenced", "asserted", "waived", "excluded", "error", "warning", "note"];

/// What an example's `expected.toml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// The exit code.
    exit: i32,
    /// Every number of the report's `counts`.
    counts: toml::Table,
    /// Every finding, in any order; `outcome` is left out for the gate's own.
    #[serde(default)]
    findings: Vec<Finding>,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Finding {
    id: String,
    outcome: Option<String>,
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// The names of the examples: folders with a declaration.
fn names() -> Vec<String> {
    let entries = fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().join("portcullis.toml").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(["app", "software", "software-with-gaps"].iter().all(|name| names.iter().any(|have| have == name)), "{names:?}");
    names
}

fn expected(name: &str) -> Expected {
    let path = examples().join(name).join("expected.toml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn findings(report: &Value) -> Vec<Finding> {
    let products = report["products"].as_array().unwrap().iter();
    let raised = products.flat_map(|product| product["findings"].as_array().unwrap());
    let text = |found: &Value, key: &str| found[key].as_str().map(str::to_owned);
    let mut all: Vec<Finding> = raised.map(|found| Finding { id: text(found, "id").unwrap(), outcome: text(found, "outcome") }).collect();
    all.sort();
    all
}

fn count(report: &Value, key: &str) -> i64 {
    report["products"].as_array().unwrap().iter().map(|product| product["counts"][key].as_i64().unwrap()).sum()
}

#[test]
fn every_example_comes_out_as_it_says() {
    let fixture = Fixture::new();
    fixture.copy(&examples());
    fixture.commit();
    for name in names() {
        let mut wanted = expected(&name);
        wanted.findings.sort();
        let run = fixture.run(&["check", &name, "--today", DAY, "--format", "json"]);
        let report = run.json();
        assert_eq!(findings(&report), wanted.findings, "{name}: findings");
        assert_eq!(wanted.counts.len(), COUNTS.len(), "{name}: expected.toml gives every count");
        for key in COUNTS {
            assert_eq!(Some(count(&report, key)), wanted.counts[key].as_integer(), "{name}: {key}");
        }
        assert_eq!(run.code, wanted.exit, "{name}: exit code");
        assert_eq!(fixture.run(&["check", &name, "--today", DAY]).code, wanted.exit, "{name}: exit code of the human output");
    }
}

#[test]
fn each_planted_gap_is_marked_where_it_stands() {
    let folder = examples().join("software-with-gaps");
    let marks: usize = ["portcullis.toml", "attestations.toml"]
        .iter()
        .map(|file| fs::read_to_string(folder.join(file)).unwrap().matches("# gap: ").count())
        .sum();
    // The waiver that ends soon is in date, so it is explained without being called a gap. One gap may be told in several findings.
    let raised: BTreeSet<String> = expected("software-with-gaps").findings.into_iter().map(|found| found.id).collect();
    assert_eq!(marks, raised.iter().filter(|id| *id != "portcullis/expires-soon").count());
}

#[test]
fn the_examples_that_open_and_the_one_that_does_not_are_told_apart_in_the_readme() {
    let readme = fs::read_to_string(examples().join("README.md")).unwrap();
    let rows: BTreeSet<(String, i32)> = readme.lines().filter_map(row).collect();
    let wanted: BTreeSet<(String, i32)> = names().into_iter().map(|name| (name.clone(), expected(&name).exit)).collect();
    assert_eq!(rows, wanted);
}

/// The example's name and exit code in a row of the README's table: `| [name](name) | … | open, 0 |`.
fn row(line: &str) -> Option<(String, i32)> {
    let cells: Vec<&str> = line.trim().strip_prefix("| [")?.strip_suffix(" |")?.split(" | ").collect();
    let (verdict, code) = cells.last()?.split_once(", ")?;
    let code = code.parse().ok()?;
    assert_eq!(verdict, if code == 0 { "open" } else { "closed" }, "{line}");
    Some((cells.first()?.split(']').next()?.to_owned(), code))
}
