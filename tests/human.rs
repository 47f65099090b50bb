//! The human output against the numbers: what is folded or left out is counted, and nothing from the repository reaches
//! the terminal as a command.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "what a test sets up may fail it"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::Fixture;
use portcullis::app::{self, Request};
use portcullis::clock::Today;
use portcullis::error::Fault;
use portcullis::input::catalogue::Catalogue;
use portcullis::input::snapshot::At;
use portcullis::model::outcome::Verdict;
use portcullis::report::{Detail, Report, human, json};
use portcullis::source::SourceMap;
use proptest::prelude::*;
use serde_json::Value;

const ALL_CODES: &str = r#"version = 1

[product]
name = "Ledger"
types = ["software", "ai", "consumer-iot", "app", "app-store"]

[organisation]
codes = ["cyber-governance", "cyber-essentials"]
"#;

fn case(name: &str) -> Fixture {
    let fixture = Fixture::new();
    fixture.copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).join("repo"));
    fixture.commit();
    fixture
}

fn every_case() -> Vec<(String, Fixture)> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let names = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut all: Vec<(String, Fixture)> = names.filter(|name| name.starts_with("human-")).map(|name| (name.clone(), case(&name))).collect();
    let first = Fixture::new();
    first.write("portcullis.toml", ALL_CODES);
    first.commit();
    all.push(("every code at once".into(), first));
    all.push(("each unit partly met".into(), partly_met()));
    assert!(all.len() >= 8);
    all
}

/// A repository in which every unit has an attestation of its own that says `partial`.
fn partly_met() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", ALL_CODES);
    let catalogue = Catalogue::built_in();
    let mut text = String::from("version = 1\n");
    let mut units = 0;
    for header in catalogue.headers() {
        let policy = catalogue.policy(&header.code, None).unwrap();
        for unit in &policy.units {
            units += 1;
            text.push_str(&format!(
                "\n[[attestation]]\nprovision = \"{}\"\nstatus = \"partial\"\nstatement = \"Part {units} of this is done.\"\n\
                 owner = \"security@ledger.example\"\nreviewed = 2026-10-01\n",
                unit.id
            ));
        }
    }
    assert!(units > 300, "{units}");
    fixture.write("attestations.toml", text);
    fixture.commit();
    fixture
}

struct Written {
    human: String,
    json: Value,
}

fn written(fixture: &Fixture, detail: Detail) -> Written {
    let (catalogue, sources) = (Catalogue::built_in(), SourceMap::default());
    let request = Request::new(fixture.path(), At::Worktree, Today("2026-11-22".parse().unwrap()));
    let mut report = app::check(&request, &catalogue, &sources);
    report.detail = detail;
    Written { human: text(&report), json: json::document(&report) }
}

fn text(report: &Report<'_>) -> String {
    let mut bytes = Vec::new();
    human::write(report, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn findings(json: &Value) -> Vec<&Value> {
    json["products"].as_array().unwrap().iter().flat_map(|product| product["findings"].as_array().unwrap()).collect()
}

fn plain() -> Detail {
    Detail::default()
}

fn verbose() -> Detail {
    Detail { verbose: true, ..plain() }
}

/// The number before a word: `… and 12 findings more`.
fn number_before(line: &str, word: &str) -> Option<usize> {
    line.split_once(word)?.0.split_whitespace().last()?.parse().ok()
}

/// Adds up what the blocks, the brief entries and the remainders of an output say they stand for.
fn stood_for(output: &str) -> usize {
    let starts = |line: &str| ["error[", "warning[", "note["].iter().any(|level| line.starts_with(level));
    let mut total = 0;
    for line in output.lines() {
        let entry = line.strip_prefix("  ").is_some_and(starts);
        if starts(line) {
            total += 1;
        } else if entry {
            total += number_before(line, " findings: ").unwrap_or(1);
        } else if line.trim_start().starts_with("= note: stands for ") {
            total += number_before(line, " finding").unwrap() - 1;
        } else if line.starts_with("  \u{2026} and ") && line.contains("--verbose") && line.contains("finding") {
            total += number_before(line, " finding").unwrap();
        }
    }
    total
}

#[test]
fn blocks_entries_and_remainders_stand_for_every_finding_of_the_json() {
    for (name, fixture) in every_case() {
        for detail in [plain(), verbose(), Detail { width: 140, ..plain() }] {
            let written = written(&fixture, detail);
            assert_eq!(stood_for(&written.human), findings(&written.json).len(), "{name} with {detail:?}\n{}", written.human);
        }
    }
}

#[test]
fn the_counts_at_the_headings_and_the_verdict_are_those_of_the_json() {
    for (name, fixture) in every_case() {
        let written = written(&fixture, plain());
        let headed: usize = written
            .human
            .lines()
            .filter(|line| line.contains(" finding: ") || line.contains(" findings: "))
            .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
            .map(|line| number_before(line, " finding").unwrap())
            .sum();
        assert_eq!(headed, findings(&written.json).len(), "{name}");
        let errors = findings(&written.json).iter().filter(|finding| finding["level"] == "error").count();
        let verdict = written.human.lines().rev().find(|line| line.starts_with("gate:") || line.starts_with("could not assess:")).unwrap();
        match written.json["verdict"].as_str().unwrap() {
            "closed" => assert!(verdict.starts_with(&format!("gate: closed by {errors} error")), "{name}: {verdict}"),
            "open" => assert!(verdict.starts_with("gate: open") && errors == 0, "{name}: {verdict}"),
            _ => assert!(verdict.starts_with("could not assess: "), "{name}: {verdict}"),
        }
    }
}

#[test]
fn the_summary_gives_each_unit_once_and_no_score() {
    for (name, fixture) in every_case() {
        let written = written(&fixture, plain());
        let units: usize =
            written.json["products"].as_array().unwrap().iter().map(|one| one["assessments"].as_array().unwrap().len()).sum();
        let rows: Vec<Vec<usize>> = written
            .human
            .lines()
            .filter(|line| line.starts_with("  "))
            .map(|line| line.split_whitespace().skip(1).map(str::parse).collect::<Result<Vec<usize>, _>>())
            .filter_map(|row| row.ok().filter(|row| row.len() == 7))
            .collect();
        assert_eq!(rows.iter().map(|row| row[0]).sum::<usize>(), units, "{name}");
        for row in rows {
            assert_eq!(row[0], row[1..].iter().sum::<usize>(), "{name}: {row:?}");
        }
        assert!(!written.human.contains('%') && !written.human.contains("score"), "{name}");
    }
}

#[test]
fn every_id_stands_in_the_verbose_output() {
    for (name, fixture) in every_case() {
        let written = written(&fixture, verbose());
        let words: BTreeSet<&str> = written.human.split(|c: char| c.is_whitespace() || "[],;:()`".contains(c)).collect();
        for finding in findings(&written.json) {
            let id = finding["id"].as_str().unwrap();
            assert!(words.contains(id), "{name}: {id}");
        }
        assert!(!written.human.contains("--verbose"), "{name}: the verbose output leaves nothing out");
    }
}

#[test]
fn met_and_excluded_units_stand_in_the_verbose_output_only() {
    let fixture = case("human-open");
    let (short, long) = (written(&fixture, plain()), written(&fixture, verbose()));
    assert!(long.human.contains("met: 40\n"), "{}", long.human);
    assert!(long.human.contains("software-security/1.1-c1  evidenced  "), "{}", long.human);
    assert!(!short.human.contains("1.1-c1"));
    let library = written(&case("human-two-products"), verbose());
    assert!(library.human.contains("excluded: 5\n"), "{}", library.human);
}

#[test]
fn a_first_run_keeps_to_some_sixty_lines_per_code() {
    for (name, fixture) in every_case() {
        let written = written(&fixture, plain());
        let mut lengths = Vec::new();
        for line in written.human.lines() {
            if line.starts_with("== ") {
                lengths.push((line.to_owned(), 0));
            }
            if let Some((_, length)) = lengths.last_mut() {
                *length += 1;
            }
        }
        for (heading, length) in lengths {
            assert!(length <= 68, "{name}: {length} lines under {heading}");
        }
    }
}

#[test]
fn lines_keep_to_the_width_but_for_addresses() {
    for (name, fixture) in every_case().into_iter().filter(|(name, _)| name != "human-hostile") {
        for width in [80, 100] {
            for detail in [Detail { width, ..plain() }, Detail { width, ..verbose() }] {
                let written = written(&fixture, detail);
                let long = |line: &&str| line.chars().count() > width && !line.contains("https://") && !line.contains("types = [");
                let over: Vec<&str> = written.human.lines().filter(long).collect();
                assert!(over.is_empty(), "{name} at {width}: {over:#?}");
            }
        }
    }
}

fn without_styles(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        let (codes, after) = after.split_once('m').expect("an escape is a style");
        assert!(codes.chars().all(|c| c.is_ascii_digit() || c == ';'), "{codes:?} is no style");
        rest = after;
    }
    out.push_str(rest);
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn colour_adds_styles_and_nothing_else() {
    for (name, fixture) in every_case() {
        let colour = written(&fixture, Detail { colour: true, ..plain() }).human;
        let plain = written(&fixture, plain()).human;
        assert!(!plain.contains('\u{1b}'), "{name}");
        assert!(colour.contains('\u{1b}'), "{name}");
        assert_eq!(without_styles(&colour), plain.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"), "{name}");
    }
}

#[test]
fn a_hostile_repository_reaches_the_terminal_as_data() {
    let fixture = case("human-hostile");
    for detail in [plain(), verbose(), Detail { width: 60, ..verbose() }] {
        let output = written(&fixture, detail).human;
        assert!(output.contains("Product: ::error::Led\\u{1b}[31mger\\u{202e}"), "{output}");
        for line in output.lines() {
            let start = line.trim_start();
            assert!(!start.starts_with("::") || start.starts_with("::: "), "{line}");
            assert!(!line.contains("##["), "{line}");
            assert!(line.chars().count() < 700, "{} characters: {line:.80}", line.chars().count());
            assert!(!line.chars().any(portcullis::text::is_unprintable), "{line:?}");
        }
        assert!(output.len() < 40_000, "{}", output.len());
    }
}

#[test]
fn without_a_declaration_the_command_that_writes_one_is_named_and_does() {
    let fixture = case("human-no-declaration");
    let output = written(&fixture, plain()).human;
    assert!(output.contains("`portcullis init`"), "{output}");
    assert_eq!(fixture.run(&["init", "--non-interactive", "--product", "Ledger"]).code, 0);
    fixture.commit();
    assert_eq!(fixture.run(&["check", "--today", "2026-11-22"]).code, 1);
}

#[test]
fn hundreds_of_findings_are_written_quickly() {
    let (catalogue, sources) = (Catalogue::built_in(), SourceMap::default());
    let fixture = partly_met();
    let request = Request::new(fixture.path(), At::Worktree, Today("2026-11-22".parse().unwrap()));
    let mut report = app::check(&request, &catalogue, &sources);
    for detail in [plain(), verbose()] {
        report.detail = detail;
        let start = Instant::now();
        let length = text(&report).lines().count();
        let took = start.elapsed();
        println!("{length} lines in {took:?}");
        assert!(took < Duration::from_secs(20), "{length} lines took {took:?} without optimisation");
    }
}

fn fault_report(sources: &SourceMap, text: &str, range: std::ops::Range<usize>, width: usize) -> String {
    let id = sources.add("a/b.toml", text);
    let errors = vec![Fault::at(sources.span(id, range), "it is wrong").help("write it anew")];
    let report = Report {
        overlays: Vec::new(),
        verdict: Verdict::CouldNotAssess,
        fail_on: None,
        date: "2026-11-22".parse().unwrap(),
        commit: None,
        base: None,
        new_only: false,
        origin: None,
        dirty: false,
        errors,
        products: Vec::new(),
        sources,
        detail: Detail { width, ..plain() },
    };
    self::text(&report)
}

proptest! {
    #[test]
    fn a_caret_stands_under_its_character(before in "[a-z\u{e9}\u{1b}\u{202e}]{0,60}", marked in "[A-Z\u{7}]", after in "[a-z\u{1b}]{0,60}") {
        let sources = SourceMap::default();
        let text = format!("first = 1\n{before}{marked}{after}\nlast = 1\n");
        let start = 10 + before.len();
        let output = fault_report(&sources, &text, start..start + marked.len(), 200);
        let lines: Vec<Vec<char>> = output.lines().map(|line| line.chars().collect()).collect();
        let caret = lines.iter().position(|line| line.contains(&'^')).unwrap();
        let column = lines[caret].iter().position(|c| *c == '^').unwrap();
        let wanted = marked.chars().next().filter(|c| !c.is_control()).unwrap_or('\u{fffd}');
        prop_assert_eq!(lines[caret - 1][column], wanted);
        let column = before.chars().count() + 1;
        prop_assert!(output.contains(&format!("a/b.toml:2:{}\n", column)), "{}", output);
    }

    #[test]
    fn any_text_can_be_shown(text in "[ab\t\r\n\u{1b}\u{1F600}\u{301}\u{e9}]{0,200}", a in 0usize..400, b in 0usize..400, width in 0usize..200) {
        let sources = SourceMap::default();
        let output = fault_report(&sources, &text, a.min(b)..a.max(b), width);
        let inert = !output.chars().any(|c| matches!(c, '\u{1b}' | '\r'));
        prop_assert!(inert, "{}", output);
        prop_assert!(output.ends_with("could not assess: 1 fault in a/b.toml\n"));
    }

    #[test]
    fn a_place_far_out_in_a_long_line_keeps_its_column(column in 1usize..5_000) {
        let sources = SourceMap::default();
        let text = "x".repeat(100_000);
        let output = fault_report(&sources, &text, column - 1..50_000, 100);
        prop_assert!(output.contains(&format!("a/b.toml:1:{}\n", column)), "{}", output);
        prop_assert!(output.lines().all(|line| line.chars().count() <= 130), "{}", output);
    }
}
