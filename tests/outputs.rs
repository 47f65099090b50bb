//! The outputs for CI servers, spreadsheets and comments, read back by other programs' rules: over every case's
//! repository, and over one whose every text is an attack.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

mod common;
#[path = "outputs/reading.rs"]
mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::Fixture;
use reading::{Annotation, Read, case, case_names, changed, hostile, read};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Every case, read once.
fn all() -> &'static [(String, Read)] {
    static ALL: LazyLock<Vec<(String, Read)>> = LazyLock::new(|| {
        let next = AtomicUsize::new(0);
        let cases = case_names();
        let read_some = || {
            let mut own = Vec::new();
            while let Some(name) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                own.push((name.clone(), read(&case(name), &[])));
            }
            own
        };
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        std::thread::scope(|scope| {
            let readers: Vec<_> = (0..threads).map(|_| scope.spawn(read_some)).collect();
            readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect()
        })
    });
    &ALL
}

fn findings(json: &Value) -> Vec<&Value> {
    let all = |key: &str| json["products"].as_array().unwrap().iter().flat_map(|one| one[key].as_array().unwrap()).collect::<Vec<_>>();
    all("findings").into_iter().filter(|finding| finding["baseline"] != "absent").collect()
}

fn units(json: &Value) -> Vec<&Value> {
    json["products"].as_array().unwrap().iter().flat_map(|one| one["assessments"].as_array().unwrap()).collect()
}

fn level_count(json: &Value, level: &str) -> usize {
    findings(json).iter().filter(|finding| finding["level"] == level).count()
}

#[test]
fn annotations_are_at_most_ten_of_a_kind_and_the_rest_is_counted() {
    for (name, read) in all() {
        let kinds = [("error", "error"), ("warning", "warning"), ("notice", "note")];
        let mut hidden = 0;
        for (kind, level) in kinds {
            let shown = read.annotations.iter().filter(|one| one.kind == kind).count();
            let faults = if kind == "error" { read.json["errors"].as_array().unwrap().len() } else { 0 };
            let there = level_count(&read.json, level) + faults;
            assert_eq!(shown, there.min(10), "{name}: {kind}");
            hidden += there - shown;
        }
        let told: usize = read.github_plain.iter().filter_map(|line| line.strip_prefix("not shown above: ")).map(reading::numbers).sum();
        assert_eq!(told, hidden, "{name}: {:?}", read.github_plain);
        assert!(read.github_plain[0].starts_with("gate: ") || read.github_plain[0].starts_with("could not assess: "), "{name}");
    }
}

#[test]
fn an_annotation_stands_where_its_finding_stands() {
    for (name, read) in all() {
        let places: BTreeSet<(String, u64)> =
            findings(&read.json).iter().map(|one| (one["file"].as_str().unwrap().to_owned(), one["line"].as_u64().unwrap())).collect();
        for Annotation { file, line, title, .. } in read.annotations.iter().filter(|one| one.title != "Portcullis could not assess") {
            assert!(places.contains(&(file.clone(), *line)), "{name}: {title} at {file}:{line}");
        }
    }
}

#[test]
fn a_test_case_stands_for_each_unit_and_only_what_is_met_passes() {
    for (name, read) in all() {
        let mut ends: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (case, end, _) in &read.cases {
            ends.entry(case.split(' ').next().unwrap().to_owned()).or_default().push(end);
        }
        let fails = read.json["verdict"] == "closed";
        for unit in units(&read.json) {
            let id = unit["provision"].as_str().unwrap();
            let outcome = unit["outcome"].as_str().unwrap();
            let end = ends.get(id).unwrap_or_else(|| panic!("{name}: no test case for {id}"));
            let wanted: &[&str] = match outcome {
                "met" => &["passed"],
                "excluded" | "waived" | "unanswered" => &["skipped"],
                _ if fails => &["failure", "skipped"],
                _ => &["skipped"],
            };
            assert!(end.iter().any(|end| wanted.contains(end)), "{name}: {id} is {outcome} and {end:?}");
        }
        let failed = read.cases.iter().filter(|(_, end, _)| *end == "failure").count();
        assert_eq!(failed > 0, fails, "{name}: {failed} failures");
        let errors = read.cases.iter().filter(|(_, end, _)| *end == "error").count();
        assert_eq!(errors, read.json["errors"].as_array().unwrap().len(), "{name}");
    }
}

#[test]
fn code_quality_has_each_finding_once_under_a_fingerprint_of_its_own() {
    for (name, read) in all() {
        let entries = read.quality.as_array().unwrap();
        assert_eq!(entries.len(), findings(&read.json).len() + read.json["errors"].as_array().unwrap().len(), "{name}");
        let prints: BTreeSet<&str> = entries.iter().map(|one| one["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(prints.len(), entries.len(), "{name}: two entries have one fingerprint");
        for one in entries {
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&one["severity"].as_str().unwrap()), "{name}");
            let path = one["location"]["path"].as_str().unwrap();
            assert!(!path.is_empty() && !path.starts_with(['/', '.']), "{name}: {path}");
            assert!(one["location"]["lines"]["begin"].as_u64().unwrap() >= 1, "{name}");
        }
        assert_eq!(entries.is_empty(), findings(&read.json).is_empty() && read.json["verdict"] != "could-not-assess", "{name}");
    }
}

#[test]
fn the_table_has_a_row_per_unit_with_its_outcome() {
    for (name, read) in all() {
        let told: Vec<(&str, &str)> = read.rows.iter().map(|row| (row["provision"].as_str(), row["outcome"].as_str())).collect();
        let wanted: Vec<(&str, &str)> =
            units(&read.json).iter().map(|one| (one["provision"].as_str().unwrap(), one["outcome"].as_str().unwrap())).collect();
        match wanted.as_slice() {
            [] => assert!(told.iter().all(|row| *row == ("", "could-not-assess")) && !told.is_empty(), "{name}: {told:?}"),
            _ => assert_eq!(told, wanted, "{name}"),
        }
        let calculates = |cell: &String| cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']);
        assert!(!read.rows.iter().any(|row| row.values().any(calculates)), "{name}");
    }
}

#[test]
fn the_comment_says_the_verdict_first_and_every_finding_or_how_many_are_left() {
    for (name, read) in all() {
        let comment = &read.comment;
        let verdict = read.json["verdict"].as_str().unwrap();
        let heading = match verdict {
            "could-not-assess" => "Portcullis could not assess: ".to_owned(),
            standing => format!("Portcullis gate: {standing} "),
        };
        assert!(comment.headings[0].starts_with(&heading), "{name}: {:?}", comment.headings);
        assert!(comment.source.len() <= 65_536, "{name}: {}", comment.source.len());
        let left: usize = comment
            .text
            .split("… and ")
            .skip(1)
            .filter(|rest| rest.contains(" more finding"))
            .map(|rest| reading::numbers(rest.split(' ').next().unwrap()))
            .sum();
        let rows = comment.rows.iter().filter(|row| ["error", "warning", "note"].contains(&row[0].as_str())).count();
        if verdict != "could-not-assess" {
            assert_eq!(rows + left, findings(&read.json).len(), "{name}");
            assert!(!comment.source.contains('%') || comment.source.contains("%2"), "{name}: no score");
        }
        let counted: u64 = comment.rows.iter().filter(|row| row.len() == 8).filter_map(|row| row[1].parse::<u64>().ok()).sum();
        assert_eq!(counted, units(&read.json).len() as u64, "{name}");
    }
}

#[test]
fn a_long_report_stays_within_a_comment() {
    let fixture = Fixture::new();
    let products: String = (0..60)
        .map(|at| format!("[[product]]\nname = \"Product {at}\"\ntypes = [\"ai\", \"consumer-iot\", \"app\"]\nroles = [\"developer\", \"manufacturer\", \"app-developer\"]\n\n"))
        .collect();
    fixture.write("portcullis.toml", format!("version = 1\n\n{products}"));
    fixture.commit();
    let read = read(&fixture, &[]);
    assert!(findings(&read.json).len() > 2_000, "{}", findings(&read.json).len());
    assert!((40_000..=65_536).contains(&read.comment.source.len()), "{}", read.comment.source.len());
    let left: Vec<&str> = read.comment.text.lines().filter(|line| line.contains(" more products: ")).collect();
    assert_eq!(left.len(), 1, "{}", read.comment.text);
}

#[test]
fn a_hostile_repository_is_data_in_every_output() {
    let fixture = hostile();
    let read = read(&fixture, &[]);
    assert_eq!(read.json["verdict"], "closed");
    for (format, text) in &read.sources {
        assert!(!text.chars().any(|c| portcullis::text::is_unprintable(c) && !"\n\r\t".contains(c)), "{format}");
        assert!(text.contains("owned"), "{format}: the attack was not told at all");
        assert!(!["html", "junit"].contains(&format.as_str()) || !text.contains("<script") && !text.contains("<img"), "{format}");
    }
    assert!(read.comment.links.iter().all(|link| link.split('#').next().unwrap().ends_with(".toml")), "{:?}", read.comment.links);
    assert!(read.comment.html.is_empty(), "{:?}", read.comment.html);
    assert!(!read.comment.source.contains("@octocat") && !read.comment.source.contains("#1 "), "a mention: {}", read.comment.source);
    assert!(read.github_plain.iter().all(|line| !line.contains("owned")), "{:?}", read.github_plain);
    assert!(read.annotations.iter().any(|one| one.message.contains("::error file=x::owned")));
}

#[test]
fn what_a_change_brings_is_told_apart_and_what_is_gone_is_no_entry() {
    let (fixture, base) = changed();
    let read = read(&fixture, &["--base", &base]);
    let states =
        |state: &str| read.json["products"][0]["findings"].as_array().unwrap().iter().filter(|one| one["baseline"] == state).count();
    let (new, unchanged, absent) = (states("new"), states("unchanged"), states("absent"));
    assert!(new > 0 && unchanged > 0 && absent > 0, "{new} {unchanged} {absent}");
    assert_eq!(read.quality.as_array().unwrap().len(), new + unchanged);
    assert!(read.annotations[0].title.ends_with(", new"), "{:?}", read.annotations[0].title);
    let headings: Vec<&str> = read.comment.headings.iter().map(String::as_str).collect();
    assert!(headings.iter().any(|heading| heading.starts_with("New findings: ")), "{headings:?}");
    assert!(headings.iter().any(|heading| heading.starts_with("Unchanged findings: ")), "{headings:?}");
    assert!(read.rows.iter().any(|row| row["baseline"] == "new") && read.rows.iter().any(|row| row["baseline"] == "unchanged"));

    let only_new = reading::read(&fixture, &["--base", &base, "--new-only"]);
    let failed = |read: &Read| read.cases.iter().filter(|(_, end, _)| *end == "failure").count();
    assert!(failed(&only_new) > 0 && failed(&only_new) < failed(&read), "{} of {}", failed(&only_new), failed(&read));
}

#[test]
fn the_page_loads_nothing_and_tells_every_finding_and_unit() {
    for (name, read) in all() {
        let page = &read.sources["html"];
        assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"), "{name}");
        for loading in [" src=", "<link", "<script", "@import", "url(", " style=", "http-equiv=\"refresh", " on"] {
            let tags = page.split('<').skip(1).filter_map(|rest| rest.split('>').next());
            assert!(!tags.into_iter().any(|tag| format!("<{tag}").contains(loading)), "{name}: {loading}");
        }
        let (told, rows) = (page.matches("<article").count(), page.matches("<tr><th scope=\"row\" class=\"id\"").count());
        assert_eq!((told, rows), (findings(&read.json).len(), units(&read.json).len()), "{name}");
        let verdict = read.json["verdict"].as_str().unwrap();
        let standing = if verdict == "could-not-assess" { "could not assess:".to_owned() } else { format!("gate: {verdict}") };
        assert!(page.contains(&format!("<strong>{standing}</strong>")), "{name}");
    }
}

#[test]
fn what_the_vendor_attests_stands_in_the_page_the_table_and_the_json() {
    let mut told = 0;
    for (name, read) in all() {
        for (unit, row) in units(&read.json).into_iter().zip(&read.rows) {
            let said = &unit["attestation"];
            let words = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
            assert_eq!((&row["status"], &row["reviewed"]), (&words("status"), &words("reviewed")), "{name}");
            let plain = |text: &str| {
                text.starts_with(|c: char| c.is_ascii_alphanumeric())
                    && text.chars().all(|c| c.is_ascii_alphanumeric() || " .,@-".contains(c))
            };
            if plain(&words("statement")) && plain(&words("owner")) && words("statement").len() < 200 {
                assert_eq!((&row["statement"], &row["owner"]), (&words("statement"), &words("owner")), "{name}");
                let sentence = format!(
                    "{} attests {}, reviewed {}: <q>{}</q>",
                    words("owner"),
                    words("status"),
                    words("reviewed"),
                    words("statement")
                );
                assert!(read.sources["html"].contains(&sentence), "{name}: {sentence}");
                told += 1;
            }
        }
    }
    assert!(told > 500, "{told}");
}

#[test]
fn a_statement_is_about_the_commit_or_else_about_the_report() {
    let (fixture, _) = changed();
    let clean = read(&fixture, &[]);
    let statement: Value = serde_json::from_str(&clean.sources["in-toto"]).unwrap();
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicate"], clean.json);
    assert_eq!(statement["subject"][0]["digest"], serde_json::json!({"gitCommit": clean.json["commit"]}));

    fixture.write("attestations.toml", "version = 1\n");
    let dirty = read(&fixture, &[]);
    assert_eq!(dirty.json["dirty"], true);
    let statement: Value = serde_json::from_str(&dirty.sources["in-toto"]).unwrap();
    let digest: String = Sha256::digest(dirty.sources["json"].as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(statement["subject"][0]["digest"], serde_json::json!({"sha256": digest}));
}

#[test]
fn a_unit_is_claimed_just_where_it_is_met_and_nothing_has_a_score() {
    for (name, read) in all() {
        let document: Value = serde_json::from_str(&read.sources["cyclonedx"]).unwrap();
        let attestations = document["declarations"]["attestations"].as_array().unwrap();
        let entries: Vec<&Value> = attestations.iter().flat_map(|one| one["map"].as_array().unwrap()).collect();
        let units = units(&read.json);
        assert_eq!(entries.len(), units.len(), "{name}");
        for (entry, unit) in entries.into_iter().zip(units) {
            assert_eq!(entry["requirement"], unit["provision"], "{name}");
            assert_eq!(entry.get("claims").is_some(), unit["outcome"] == "met", "{name}: {entry}");
            let against = unit["outcome"] != "met" && unit["outcome"] != "excluded";
            assert_eq!(entry.get("counterClaims").is_some(), against, "{name}: {entry}");
            assert!(entry["conformance"].get("score").is_none(), "{name}: {entry}");
        }
    }
}

/// A list that may be left out.
fn list<'v>(of: &'v Value, key: &str) -> &'v [Value] {
    let found = of.get(key).map(|list| list.as_array().unwrap().as_slice());
    assert!(found.is_none_or(|list| !list.is_empty()), "OSCAL has no empty {key}");
    found.unwrap_or_default()
}

/// Every id that a part of a document has, and every one that it names.
fn oscal_ids<'v>(value: &'v Value, own: &mut Vec<&'v str>, named: &mut Vec<&'v str>) {
    match value {
        Value::Array(inner) => inner.iter().for_each(|one| oscal_ids(one, own, named)),
        Value::Object(inner) => {
            for (key, one) in inner {
                match key.as_str() {
                    "uuid" => own.push(one.as_str().unwrap()),
                    key if key.ends_with("-uuid") => named.push(one.as_str().unwrap()),
                    _ => oscal_ids(one, own, named),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn an_objective_is_satisfied_just_where_its_unit_is_met_and_what_is_excluded_is_not_reviewed() {
    let mut waived = 0;
    for (name, read) in all() {
        let document: Value = serde_json::from_str(&read.sources["oscal"]).unwrap();
        let document = &document["assessment-results"];
        let products = read.json["products"].as_array().unwrap();
        let results = document["results"].as_array().unwrap();
        assert_eq!(results.len(), products.len() + usize::from(read.json["verdict"] == "could-not-assess"), "{name}");
        for (result, product) in results.iter().zip(products) {
            let controls = |key: &str| {
                let all = result["reviewed-controls"]["control-selections"].as_array().unwrap();
                all.iter().flat_map(|one| list(one, key)).map(|one| one["control-id"].as_str().unwrap()).collect::<BTreeSet<_>>()
            };
            let reviewed: BTreeSet<&str> = controls("include-controls").difference(&controls("exclude-controls")).copied().collect();
            let told: BTreeMap<&str, &Value> =
                list(result, "findings").iter().map(|one| (one["target"]["target-id"].as_str().unwrap(), one)).collect();
            for unit in product["assessments"].as_array().unwrap() {
                let token = unit["provision"].as_str().unwrap().replace('/', "_");
                let (finding, excluded) = (told.get(token.as_str()), unit["outcome"] == "excluded");
                assert_eq!((finding.is_none(), !reviewed.contains(token.as_str())), (excluded, excluded), "{name}: {unit}");
                let Some(finding) = finding else { continue };
                let state = if unit["outcome"] == "met" { "satisfied" } else { "not-satisfied" };
                assert_eq!(finding["target"]["status"]["state"], state, "{name}: {unit}");
                assert!(!list(finding, "related-observations").is_empty(), "{name}: {unit}");
                assert_eq!(list(finding, "related-risks").len(), usize::from(unit["outcome"] == "waived"), "{name}: {unit}");
            }
            for risk in list(result, "risks") {
                waived += 1;
                assert_eq!(risk["status"], "deviation-approved", "{name}");
                let until = risk["deadline"].as_str().unwrap();
                assert!(
                    product["assessments"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|unit| { unit["waived-until"].as_str().is_some_and(|date| until.starts_with(date)) }),
                    "{name}: {until}"
                );
            }
        }
        for result in results.iter().skip(products.len()) {
            let states: Vec<&Value> = list(result, "findings").iter().map(|one| &one["target"]["status"]["state"]).collect();
            assert_eq!(states, ["not-satisfied"], "{name}: what could not be assessed is no pass");
            assert_eq!(list(result, "observations").len(), read.json["errors"].as_array().unwrap().len(), "{name}");
        }
        let (mut own, mut named) = (Vec::new(), Vec::new());
        oscal_ids(document, &mut own, &mut named);
        let known: BTreeSet<&str> = own.iter().copied().collect();
        assert_eq!(known.len(), own.len(), "{name}: two parts have one id");
        assert!(named.iter().all(|id| known.contains(id)), "{name}: an id of nothing");
    }
    assert!(waived > 0, "no case has a waiver");
}

#[test]
fn every_output_is_described_in_a_page() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats");
    let pages: String = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    for writer in portcullis::report::WRITERS.iter().filter(|writer| writer.name != "human") {
        let headed = pages.lines().any(|line| line.starts_with("# `--format ") && line.contains(&format!("{}`", writer.name)));
        assert!(headed, "no page in docs/formats is headed `--format {}`", writer.name);
    }
}
