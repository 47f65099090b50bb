//! Runs every case under `tests/cases/`: `repo/` is committed to a new repository, the program is run in it, and
//! `case.toml` says what must come out. `CONTRIBUTING.md` describes the keys. `human.txt`, where a case has one, holds
//! the wording of the human output; `PORTCULLIS_BLESS=1 cargo test --test cases` writes it anew.
//! `PORTCULLIS_CASES=evidence-sbom cargo test --test cases` runs only the cases whose names begin so.

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
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Fixture, Run, history};
use portcullis::report::WRITERS;
use serde_json::Value;

const KEYS: &[&str] = &[
    "about",
    "args",
    "date",
    "exit",
    "untracked",
    "change",
    "symlinks",
    "bundle",
    "history",
    "shallow",
    "remote",
    "signers",
    "overlay",
    "expect",
    "principle",
    "finding",
    "findings",
    "error",
    "errors",
    "counts",
    "absent",
    "verdict",
    "dirty",
];
/// Cases of one kind of evidence or one probe, which differ in what is judged and not in how it is told: they are written in
/// these formats only.
const OF_ONE_KIND: &[&str] = &["evidence-", "probe-"];
const ENOUGH: &[&str] = &["human", "json", "sarif-full"];
/// Cases that are also printed in every format. Of the others the human output is.
const PRINTED: &[&str] = &["human-", "sarif-", "judging-", "invalid-products-"];

#[test]
fn every_case_comes_out_as_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    if let Ok(start) = std::env::var("PORTCULLIS_CASES") {
        cases.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with(&start));
    }
    cases.sort();
    assert!(!cases.is_empty());
    let next = AtomicUsize::new(0);
    let judge_some = || {
        let mut failures = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            failures.extend(judge(case));
        }
        failures
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut failures: Vec<String> = std::thread::scope(|scope| {
        let judges: Vec<_> = (0..threads).map(|_| scope.spawn(judge_some)).collect();
        judges.into_iter().flat_map(|judge| judge.join().unwrap()).collect()
    });
    failures.sort();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

fn judge(folder: &Path) -> Vec<String> {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let case: toml::Table = fs::read_to_string(folder.join("case.toml")).unwrap().parse().unwrap_or_else(|error| panic!("{name}: {error}"));
    for key in case.keys() {
        assert!(KEYS.contains(&key.as_str()), "{name}: unknown key {key}");
    }
    assert!(case.get("about").and_then(toml::Value::as_str).is_some_and(|about| about.len() > 10), "{name}: say what it is about");
    let fixture = set_up(folder, &case);
    let mut failures = Vec::new();
    let mut fail = |what: String| failures.push(format!("{name}: {what}"));

    let date = case.get("date").and_then(toml::Value::as_str).unwrap_or("2026-11-22");
    let own: Vec<&str> = texts(&case, "args");
    let mut args = if own.is_empty() { vec!["check"] } else { own };
    let signers = fixture.outside().join("signers").display().to_string();
    if let Some(text) = case.get("signers").and_then(toml::Value::as_str) {
        fs::write(&signers, text).unwrap();
        args.extend(["--allowed-signers", &signers]);
    }
    let overlay = Path::new("..").join("overlay.toml").display().to_string();
    if let Some(text) = case.get("overlay").and_then(toml::Value::as_str) {
        fs::write(fixture.outside().join("overlay.toml"), text).unwrap();
        args.extend(["--overlay", &overlay]);
    }
    args.extend(["--today", date, "--format", "json"]);
    let is_one_of = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    let formats: Vec<&str> =
        WRITERS.iter().map(|writer| writer.name).filter(|format| !is_one_of(OF_ONE_KIND) || ENOUGH.contains(format)).collect();
    let run = run_with_outputs(&fixture, &args, "first", &formats);
    let exit = case.get("exit").and_then(toml::Value::as_integer).unwrap_or_else(|| panic!("{name}: exit?"));
    if i64::from(run.code) != exit {
        fail(format!("exit code {} instead of {exit}\n{}{}", run.code, run.stdout, run.stderr));
    }
    check_formats(&fixture, &args, exit, &formats, is_one_of(PRINTED), &mut fail);
    let report = run.json();
    check_report(&case, &report, &mut fail);
    check_wording(folder, &fixture, &args, &mut fail);
    failures
}

fn set_up(folder: &Path, case: &toml::Table) -> Fixture {
    let fixture = Fixture::new();
    if let Some(bundle) = case.get("bundle").and_then(toml::Value::as_str) {
        history::unbundle(&fixture, &fs::read(folder.join(bundle)).unwrap());
    }
    if let Some(address) = case.get("remote").and_then(toml::Value::as_str) {
        fixture.repository.remote("origin", address).unwrap();
    }
    fixture.copy(&folder.join("repo"));
    for pair in case.get("symlinks").and_then(toml::Value::as_array).into_iter().flatten() {
        let [link, target] = [0, 1].map(|at| pair[at].as_str().unwrap());
        #[cfg(unix)]
        std::os::unix::fs::symlink(target, fixture.path().join(link)).unwrap();
    }
    let hidden: Vec<(String, Vec<u8>)> = texts(case, "untracked")
        .into_iter()
        .map(|path| {
            let whole = fixture.path().join(path);
            let bytes = fs::read(&whole).unwrap();
            fs::remove_file(&whole).unwrap();
            (path.to_owned(), bytes)
        })
        .collect();
    fixture.commit();
    for (path, bytes) in hidden {
        fixture.write(&path, bytes);
    }
    for (at, step) in case.get("history").and_then(toml::Value::as_array).into_iter().flatten().enumerate() {
        history::add(&fixture, at, step.as_table().unwrap());
    }
    if case.get("shallow").and_then(toml::Value::as_bool) == Some(true) {
        history::make_shallow(&fixture);
    }
    for change in case.get("change").and_then(toml::Value::as_array).into_iter().flatten() {
        let path = change["path"].as_str().unwrap();
        match change.get("text").and_then(toml::Value::as_str) {
            Some(text) => fixture.write(path, text),
            None => fs::remove_file(fixture.path().join(path)).unwrap(),
        }
    }
    fixture
}

fn texts<'c>(case: &'c toml::Table, key: &str) -> Vec<&'c str> {
    case.get(key).and_then(toml::Value::as_array).into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

/// A run that also writes each format to a file of its own.
fn run_with_outputs(fixture: &Fixture, args: &[&str], folder: &str, formats: &[&str]) -> Run {
    let folder = fixture.outside().join(folder);
    fs::create_dir(&folder).unwrap();
    let options: Vec<String> = formats.iter().map(|format| format!("{format}={}", folder.join(format).display())).collect();
    let mut all = args.to_vec();
    all.extend(options.iter().flat_map(|option| ["--output", option.as_str()]));
    fixture.run(&all)
}

/// Every format gives the same bytes in a second run and, where it is printed, on standard output, and the same exit code.
fn check_formats(fixture: &Fixture, args: &[&str], exit: i64, formats: &[&str], all_printed: bool, fail: &mut impl FnMut(String)) {
    run_with_outputs(fixture, args, "second", formats);
    for format in formats.iter().copied() {
        let [first, second] =
            ["first", "second"].map(|run| fs::read_to_string(fixture.outside().join(run).join(format)).unwrap_or_default());
        if first != second || first.is_empty() {
            fail(format!("{format} is empty or differs between two runs"));
        }
        if !all_printed && format != "human" {
            continue;
        }
        let mut own = args.to_vec();
        *own.last_mut().unwrap() = format;
        let run = fixture.run(&own);
        if i64::from(run.code) != exit {
            fail(format!("exit code {} under --format {format}", run.code));
        }
        if run.stdout != first {
            fail(format!("--format {format} differs from --output {format}"));
        }
    }
}

fn check_report(case: &toml::Table, report: &Value, fail: &mut impl FnMut(String)) {
    let products = report["products"].as_array().unwrap();
    let all = |key: &str| products.iter().flat_map(|product| product[key].as_array().unwrap()).collect::<Vec<_>>();
    let (assessments, findings, principles) = (all("assessments"), all("findings"), all("principles"));
    let errors: Vec<&Value> = report["errors"].as_array().unwrap().iter().collect();
    for (key, have) in [("expect", &assessments), ("principle", &principles), ("finding", &findings), ("error", &errors)] {
        for wanted in case.get(key).and_then(toml::Value::as_array).into_iter().flatten() {
            if !have.iter().any(|found| matches(wanted, found)) {
                let near: Vec<String> = have.iter().filter(|found| same_subject(wanted, found)).map(|found| found.to_string()).collect();
                fail(format!("no {key} like {wanted}; near: {}", near.join("\n      ")));
            }
        }
    }
    for unwanted in case.get("absent").and_then(toml::Value::as_array).into_iter().flatten() {
        if let Some(found) = findings.iter().find(|found| matches(unwanted, found)) {
            fail(format!("there is a finding like {unwanted}: {found}"));
        }
    }
    for (key, have) in [("findings", findings.len()), ("errors", errors.len())] {
        if let Some(count) = case.get(key).and_then(toml::Value::as_integer).filter(|count| *count != have as i64) {
            fail(format!("{have} {key} instead of {count}"));
        }
    }
    for (key, wanted) in case.get("counts").and_then(toml::Value::as_table).into_iter().flatten() {
        let have: i64 = products.iter().map(|product| product["counts"][key].as_i64().unwrap()).sum();
        if Some(have) != wanted.as_integer() {
            fail(format!("count {key} is {have} instead of {wanted}"));
        }
    }
    for key in ["verdict", "dirty"] {
        if case.get(key).is_some_and(|wanted| !equal(wanted, &report[key])) {
            fail(format!("{key} is {}", report[key]));
        }
    }
}

fn equal(wanted: &toml::Value, have: &Value) -> bool {
    match wanted {
        toml::Value::String(text) => have.as_str() == Some(text),
        toml::Value::Integer(number) => have.as_i64() == Some(*number),
        toml::Value::Boolean(answer) => have.as_bool() == Some(*answer),
        other => panic!("cannot compare {other}"),
    }
}

/// Every key is equal; `says` must stand in the message or reason, `no-X = true` asks for null, `shown = "file:line"` and
/// `related-line` stand among the other places that the finding shows.
fn matches(wanted: &toml::Value, found: &Value) -> bool {
    wanted.as_table().unwrap().iter().all(|(key, value)| match key.as_str() {
        "says" => ["message", "reason", "remedy"]
            .iter()
            .any(|part| found[*part].as_str().is_some_and(|text| text.contains(value.as_str().unwrap()))),
        "related-line" => found["related"].as_array().is_some_and(|related| related.iter().any(|place| equal(value, &place["line"]))),
        "shown" => found["related"].as_array().unwrap().iter().any(|place| {
            let shown = format!("{}:{}", place["file"].as_str().unwrap(), place["line"]);
            value.as_str() == Some(&shown)
        }),
        _ => match key.strip_prefix("no-") {
            Some(null) => found[null].is_null(),
            None => equal(value, &found[key.as_str()]),
        },
    })
}

fn same_subject(wanted: &toml::Value, found: &Value) -> bool {
    ["provision", "id", "file"].iter().any(|key| wanted.get(key).is_some_and(|text| equal(text, &found[*key])))
        || found.get("id").is_none() && found.get("provision").is_none()
}

fn check_wording(folder: &Path, fixture: &Fixture, args: &[&str], fail: &mut impl FnMut(String)) {
    let file = folder.join("human.txt");
    if !file.exists() {
        return;
    }
    let mut own = args.to_vec();
    *own.last_mut().unwrap() = "human";
    let run = fixture.run(&own);
    if std::env::var_os("PORTCULLIS_BLESS").is_some() {
        fs::write(&file, &run.stdout).unwrap();
    }
    let wanted = fs::read_to_string(&file).unwrap();
    if wanted != run.stdout {
        fail(format!("the human output is worded otherwise\n--- human.txt\n{wanted}\n--- now\n{}", run.stdout));
    }
}

#[test]
fn the_key_that_signs_histories_is_the_one_that_cases_name() {
    assert_eq!(history::public_key(), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs");
}
