//! `portcullis init`: what it writes, that it attests nothing and cites only what holds, and what it leaves alone.

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

use common::{Fixture, Run};
use serde_json::Value;

const POLICY: &str = "# Security policy\n\nReport what you find to security@ledger.example, and only there; we answer within three working days.\n\n\
                      ## Supported versions\n\n| Version | Supported |\n| --- | --- |\n| 2.x | yes |\n| 1.x | no |\n";

fn init(fixture: &Fixture, arguments: &[&str]) -> Run {
    let mut all = vec!["init", "--non-interactive", "--today", "2026-11-22"];
    all.extend(arguments);
    fixture.run(&all)
}

fn check(fixture: &Fixture, arguments: &[&str]) -> (i32, Value) {
    let mut all = vec!["check", "--today", "2026-11-22", "--format", "json"];
    all.extend(arguments);
    let run = fixture.run(&all);
    (run.code, serde_json::from_str(&run.stdout).unwrap())
}

fn text(fixture: &Fixture, name: &str) -> String {
    fs::read_to_string(fixture.path().join(name)).unwrap()
}

fn table(fixture: &Fixture, name: &str) -> toml::Table {
    text(fixture, name).parse().unwrap()
}

fn written(fixture: &Fixture) -> Vec<String> {
    let file = table(fixture, "attestations.toml");
    let entries = file.get("attestation").and_then(|found| found.as_array()).cloned().unwrap_or_default();
    entries.iter().map(|entry| entry["provision"].as_str().unwrap().to_owned()).collect()
}

fn left(fixture: &Fixture) -> BTreeSet<String> {
    fs::read_dir(fixture.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Repositories of every type, by what is in them and the types that are taken.
fn repositories() -> Vec<(Fixture, Vec<&'static str>)> {
    let with = |files: &[(&str, &str)]| {
        let fixture = Fixture::new();
        files.iter().for_each(|(path, text)| fixture.write(path, text));
        fixture.commit();
        fixture
    };
    let lock = "version = 4\n\n[[package]]\nname = \"ledger\"\nversion = \"2.0.0\"\ndependencies = [\"itoa\"]\n\n[[package]]\nname = \"itoa\"\nversion = \"1.0.0\"\n\
                source = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"50d858e0985ecc7f60418aaf0cc5ab587f42c2570a884095a9e8ccacd0f6545c\"\n";
    vec![
        (with(&[("README.md", "# Ledger\n")]), vec!["software"]),
        (
            with(&[
                ("Cargo.toml", "[package]\nname = \"ledger\"\nversion = \"2.0.0\"\n\n[dependencies]\nitoa = \"1\"\n"),
                ("Cargo.lock", lock),
                ("SECURITY.md", POLICY),
                (
                    ".github/workflows/ci.yml",
                    "on: [push, pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo test --locked\n",
                ),
            ]),
            vec!["software"],
        ),
        (
            with(&[
                ("pyproject.toml", "[project]\nname = \"reply\"\nversion = \"1.0\"\ndependencies = [\"openai>=1\"]\n"),
                ("reply/main.py", "from openai import OpenAI\n\nclient = OpenAI()\n"),
            ]),
            vec!["software", "ai"],
        ),
        (
            with(&[
                (
                    "app/build.gradle",
                    "plugins { id 'com.android.application' }\nandroid { defaultConfig { applicationId 'uk.example.ledger' } }\n",
                ),
                (
                    "app/src/main/AndroidManifest.xml",
                    "<manifest xmlns:android=\"http://schemas.android.com/apk/res/android\"><application><activity android:name=\".Main\" android:exported=\"true\"><intent-filter><action android:name=\"android.intent.action.MAIN\"/><category android:name=\"android.intent.category.LAUNCHER\"/></intent-filter></activity></application></manifest>",
                ),
                ("fastlane/metadata/android/en-GB/title.txt", "Ledger\n"),
            ]),
            vec!["software", "app"],
        ),
        (
            with(&[
                (
                    "CMakeLists.txt",
                    "cmake_minimum_required(VERSION 3.16)\ninclude($ENV{IDF_PATH}/tools/cmake/project.cmake)\nproject(lamp)\n",
                ),
                ("main/CMakeLists.txt", "idf_component_register(SRCS \"main.c\" REQUIRES esp_wifi)\n"),
                ("main/main.c", "#include \"esp_wifi.h\"\nvoid app_main(void) { esp_wifi_start(); }\n"),
            ]),
            vec!["software", "consumer-iot"],
        ),
    ]
}

#[test]
fn what_it_writes_keeps_the_gate_closed_and_cites_nothing_that_fails() {
    for (fixture, types) in repositories() {
        let run = init(&fixture, &[]);
        assert_eq!(run.code, 0, "{types:?}: {}", run.stderr);
        let declared: Vec<String> = table(&fixture, "portcullis.toml")["product"]["types"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap().to_owned())
            .collect();
        assert_eq!(declared, types);
        for more in [&[][..], &["--fail-on", "error"]] {
            let (code, report) = check(&fixture, more);
            assert_eq!((code, report["verdict"].as_str()), (1, Some("closed")), "{types:?}");
            for unit in report["products"][0]["assessments"].as_array().unwrap() {
                let outcome = unit["outcome"].as_str().unwrap();
                assert!(matches!(outcome, "missing" | "unanswered" | "excluded"), "{types:?}: {unit}");
                // All reasons are listed, the worst first: a citation that fails would stand behind what is missing.
                let reason = unit["reason"].as_str().unwrap();
                assert!(["evidence-failed:", "stale:", "doubtful:"].iter().all(|gap| !reason.contains(gap)), "{types:?}: {unit}");
            }
        }
    }
}

#[test]
fn every_provision_that_applies_is_written_exactly_once() {
    let beside = ["ai", "consumer-iot", "app", "app-store"];
    for roles in [&[][..], &["--role", "open-source"], &["--role", "reseller"], &["--role", "developer,manufacturer,app-developer"]] {
        for chosen in 0..16_usize {
            let types: Vec<&str> = (0..4).filter(|at| chosen >> at & 1 == 1).map(|at| beside[at]).chain(["software"]).collect();
            let fixture = Fixture::new();
            let named = types.join(",");
            let mut arguments = vec!["--types", named.as_str()];
            arguments.extend(roles);
            let run = init(&fixture, &arguments);
            if run.code == 2 {
                // A code that binds none of these roles: the reason is said, and nothing is written.
                assert!(run.stderr.contains("leave nothing of"), "{types:?} {roles:?}: {}", run.stderr);
                assert_eq!(left(&fixture), BTreeSet::from([".git".to_owned()]));
                assert!(!roles.is_empty(), "{types:?}");
                continue;
            }
            assert_eq!(run.code, 0, "{types:?} {roles:?}: {}", run.stderr);
            let listed = fixture.run(&["list", "--applicable", "--format", "json"]);
            let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
            let mut wanted: Vec<String> = Vec::new();
            for unit in listed["products"][0]["units"].as_array().unwrap().iter().filter(|unit| unit["applicability"] == "applies") {
                let id = unit["principle"].as_str().or(unit["provision"].as_str()).unwrap();
                if wanted.last().is_none_or(|last| last != id) {
                    wanted.push(id.to_owned());
                }
            }
            assert_eq!(written(&fixture), wanted, "{types:?} {roles:?}");
            let whole = text(&fixture, "attestations.toml");
            let waits = listed["products"][0]["units"].as_array().unwrap().iter().filter(|unit| unit["applicability"] == "waits");
            for id in waits
                .map(|unit| unit["principle"].as_str().or(unit["provision"].as_str()).unwrap())
                .filter(|id| !wanted.iter().any(|own| own == id))
            {
                assert_eq!(whole.matches(&format!("\n# provision = \"{id}\"\n")).count(), 1, "{id}");
            }
            let (code, report) = check(&fixture, &[]);
            assert_eq!((code, report["verdict"].as_str()), (1, Some("closed")), "{types:?} {roles:?}");
        }
    }
}

#[test]
fn evidence_that_holds_is_cited_pinned_and_told_and_what_does_not_is_only_told() {
    let (fixture, _) = repositories().swap_remove(1);
    let run = init(&fixture, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let file = text(&fixture, "attestations.toml");
    let pin = git2::Oid::hash_object(git2::ObjectType::Blob, POLICY.as_bytes()).unwrap();
    assert!(file.contains(&format!("kind = \"security-policy\"\npath = \"SECURITY.md\"\npin = \"git:{pin}\"\n")), "{file}");
    assert!(file.contains("kind = \"lockfile\"\npath = \"Cargo.lock\"\n"), "{file}");
    assert!(file.contains("kind = \"workflow\"\npath = \".github/workflows/ci.yml\"\njob = \"test\"\nexpect = \"cargo test\"\n"), "{file}");
    assert!(run.stdout.contains("ledger (taken from Cargo.toml)") && run.stdout.contains("Cargo.toml:1 is the manifest"), "{}", run.stdout);
    fixture.write("SECURITY.md", "# Security policy\n\nOpen an issue.\n");
    fixture.commit();
    let run = init(&fixture, &["--force"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!text(&fixture, "attestations.toml").contains("path = \"SECURITY.md\""));
    assert!(run.stdout.contains("security-policy: SECURITY.md "), "{}", run.stdout);
}

/// A command line as a shell splits it; enough for what `init` prints.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

#[test]
fn what_is_printed_to_run_next_attests_nothing_when_it_is_pasted_as_it_stands() {
    let (fixture, _) = repositories().swap_remove(1);
    let run = init(&fixture, &[]);
    let line = run.stdout.lines().find(|line| line.contains("portcullis attest ")).unwrap();
    let before = text(&fixture, "attestations.toml");
    let pasted = words(line);
    let arguments: Vec<&str> = pasted.iter().skip(1).map(String::as_str).collect();
    let run = fixture.run(&arguments);
    assert_eq!((run.code, text(&fixture, "attestations.toml")), (2, before), "{line}: {}", run.stdout);
    assert!(run.stderr.contains("is a placeholder"), "{}", run.stderr);
}

#[test]
fn init_and_check_begin_with_the_same_provision() {
    let first = |out: &str| {
        let flowing = out.split_whitespace().collect::<Vec<_>>().join(" ");
        flowing.rsplit("portcullis explain ").next().map(|rest| words(rest)[0].trim_end_matches('`').to_owned())
    };
    for (fixture, _) in repositories() {
        let init = first(&init(&fixture, &[]).stdout);
        let check = fixture.run(&["check", "--today", "2026-11-22"]);
        assert!(init.as_ref().is_some_and(|id| id.contains('/')));
        assert_eq!(init, first(&check.stdout), "{}", check.stdout);
    }
}

#[test]
fn a_name_for_the_workspace_alone_is_not_the_products() {
    let fixture = Fixture::new();
    fixture.write("pubspec.yaml", "name: _workspace\npublish_to: none\n");
    fixture.commit();
    assert_eq!(init(&fixture, &[]).code, 0);
    assert_ne!(table(&fixture, "portcullis.toml")["product"]["name"].as_str(), Some("_workspace"));
}

#[test]
fn an_attestation_of_what_is_cited_is_met() {
    let (fixture, _) = repositories().swap_remove(1);
    assert_eq!(init(&fixture, &[]).code, 0);
    let statement = "SECURITY.md names a private mailbox and what we support.";
    let run = fixture.run(&[
        "attest",
        "software-security/3.2",
        "--today",
        "2026-11-22",
        "--status",
        "met",
        "--owner",
        "security@ledger.example",
        "--statement",
        statement,
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("software-security/3.2-c1, -c2: met (evidenced): "), "{}", run.stdout);
    let (code, report) = check(&fixture, &[]);
    let principle = report["products"][0]["principles"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["provision"] == "software-security/3.2")
        .unwrap()
        .clone();
    assert_eq!((code, principle["outcome"].as_str()), (1, Some("met")));
}

#[test]
fn what_is_there_is_left_alone_unless_it_is_forced() {
    for name in ["portcullis.toml", "attestations.toml"] {
        let fixture = Fixture::new();
        fixture.write(name, "# ours\n");
        let before = left(&fixture);
        let run = init(&fixture, &[]);
        assert_eq!((run.code, text(&fixture, name).as_str()), (2, "# ours\n"));
        assert_eq!(left(&fixture), before);
        assert!(run.stderr.contains(&format!("there is a {name} already")) && run.stderr.contains("--force"), "{}", run.stderr);
        let run = init(&fixture, &["--force"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(check(&fixture, &[]).0, 1);
        assert_eq!(left(&fixture), BTreeSet::from([".git".into(), "portcullis.toml".into(), "attestations.toml".into()]));
    }
}

#[test]
fn a_declaration_in_a_manifest_or_further_up_counts() {
    let fixture = Fixture::new();
    fixture.write(
        "Cargo.toml",
        "[package]\nname = \"ledger\"\nversion = \"1.0.0\"\n\n[package.metadata.portcullis]\nversion = 1\nproduct.name = \"Ledger\"\n",
    );
    fixture.write("firmware/main.c", "int main(void) { return 0; }\n");
    fixture.commit();
    for arguments in [&[][..], &["--force"]] {
        let run = init(&fixture, arguments);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("Cargo.toml has a declaration already: [package.metadata.portcullis]"), "{}", run.stderr);
    }
    let run = init(&fixture, &["firmware"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("Cargo.toml already speaks for this folder"), "{}", run.stderr);
    let run = init(&fixture, &["firmware", "--force"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("portcullis check firmware\n") && run.stdout.contains(" -C firmware "), "{}", run.stdout);
    assert_eq!(fixture.run(&["check", "firmware"]).code, 1);
    assert!(!fixture.path().join("portcullis.toml").exists());
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_and_both_files_are_written_or_none() {
    let fixture = Fixture::new();
    let outside = fixture.outside().join("outside.toml");
    fs::write(&outside, "# outside\n").unwrap();
    for name in ["portcullis.toml", "attestations.toml"] {
        let link = fixture.path().join(name);
        for target in [outside.clone(), fixture.outside().join("absent.toml")] {
            std::os::unix::fs::symlink(target, &link).unwrap();
            for arguments in [&[][..], &["--force"]] {
                let run = init(&fixture, arguments);
                assert_eq!(run.code, 2, "{}", run.stdout);
            }
            fs::remove_file(&link).unwrap();
        }
        fs::create_dir(&link).unwrap();
        assert_eq!(init(&fixture, &["--force"]).code, 2);
        fs::remove_dir(&link).unwrap();
        assert_eq!(left(&fixture), BTreeSet::from([".git".to_owned()]));
    }
    assert_eq!(fs::read_to_string(&outside).unwrap(), "# outside\n");
    assert!(!fixture.outside().join("absent.toml").exists());
}

#[test]
fn a_read_only_file_keeps_both_as_they_were() {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "# one\n");
    fixture.write("attestations.toml", "# two\n");
    let path = fixture.path().join("attestations.toml");
    let mut rights = fs::metadata(&path).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(&path, rights).unwrap();
    let before = left(&fixture);
    let run = init(&fixture, &["--force"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("nothing was written: it is read-only"), "{}", run.stderr);
    assert_eq!(
        (text(&fixture, "portcullis.toml").as_str(), text(&fixture, "attestations.toml").as_str(), left(&fixture)),
        ("# one\n", "# two\n", before)
    );
}

#[test]
fn names_from_the_repository_are_data() {
    let names = ["\\\"]\\n[gate]\\nfail-on = \\\"never", "a\\u001b[2Jb", "x\\\"\\\"\\\"y", "ünïcode ''' #", "  ", "\u{202e}gnp.exe"];
    for name in names {
        let fixture = Fixture::new();
        fixture.write("package.json", format!("{{\"name\": \"{name}\", \"version\": \"1.0.0\"}}"));
        fixture.write("a\"b = 'c/go.sum", "github.com/a/b v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
        fixture.write("a\"b = 'c/go.mod", "module a\n\nrequire github.com/a/b v1.0.0\n");
        fixture.commit();
        let run = init(&fixture, &[]);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        assert!(run.stdout.chars().all(|c| c == '\n' || !c.is_control()), "{}", run.stdout);
        let declared = table(&fixture, "portcullis.toml");
        assert!(declared.get("gate").is_none(), "{name}");
        let read: Value = serde_json::from_str(&fs::read_to_string(fixture.path().join("package.json")).unwrap()).unwrap();
        let taken = declared["product"]["name"].as_str().unwrap();
        assert!(taken == read["name"].as_str().unwrap() || taken == "repo", "{taken}");
        assert!(text(&fixture, "attestations.toml").contains("path = \"a\\\"b = 'c/go.sum\"\n"));
        assert_eq!(check(&fixture, &[]).0, 1);
    }
    let fixture = Fixture::new();
    assert_eq!(init(&fixture, &["--product", "A \"quoted\" ''' name\\"]).code, 0);
    assert_eq!(table(&fixture, "portcullis.toml")["product"]["name"].as_str(), Some("A \"quoted\" ''' name\\"));
    for bad in ["", " ", "a\nb", "a\u{1b}[31m"] {
        let run = init(&fixture, &["--force", "--product", bad]);
        assert_eq!(run.code, 2, "{bad:?}");
        assert!(run.stderr.contains("is no name"), "{}", run.stderr);
    }
}

#[test]
fn what_no_file_tells_is_left_open_and_said() {
    let fixture = Fixture::new();
    let run = init(&fixture, &["--types", "consumer-iot"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let declaration = text(&fixture, "portcullis.toml");
    let (_, report) = check(&fixture, &[]);
    let findings = report["products"][0]["findings"].as_array().unwrap();
    let open: Vec<&Value> = findings.iter().filter(|finding| finding["id"] == "portcullis/unanswered-trait").collect();
    assert!(open.len() > 20, "{}", open.len());
    for finding in open {
        let id = finding["message"].as_str().unwrap().strip_prefix("the trait ").unwrap().split(' ').next().unwrap();
        assert!(declaration.contains(&format!("\n# {id} = true  # or false\n")), "{id}");
    }
    assert!(run.stdout.contains("consumer-iot: as you say; no file shows it"), "{}", run.stdout);
}

#[test]
fn a_type_that_the_files_only_suggest_is_left_to_people() {
    let fixture = Fixture::new();
    fixture.write("pyproject.toml", "[project]\nname = \"reply\"\nversion = \"1.0\"\ndependencies = [\"openai>=1\"]\n");
    fixture.commit();
    let run = init(&fixture, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("ai: not taken, since it only asks; answer it in portcullis.toml: pyproject.toml:4 needs openai"),
        "{}",
        run.stdout
    );
    let declaration = text(&fixture, "portcullis.toml");
    assert!(
        declaration.contains("types = [\"software\"]") && declaration.contains("\n# ai = \"TODO: why it is none, in a sentence\"\n"),
        "{declaration}"
    );
    let (_, report) = check(&fixture, &[]);
    assert!(report["products"][0]["findings"].as_array().unwrap().iter().any(|finding| finding["id"] == "portcullis/undeclared-type"));
}

#[test]
fn a_check_without_a_declaration_names_it() {
    let fixture = Fixture::new();
    let run = fixture.run(&["check"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("portcullis init") || run.stderr.contains("portcullis init"), "{}{}", run.stdout, run.stderr);
}

const INSIGHTS: &str = "header:\n  schema-version: 2.0.0\nproject:\n  name: Ledger\n  vulnerability-reporting:\n    reports-accepted: true\n    contact:\n      name: Security\n      email: psirt@ledger.example\n    security-policy: https://git.example/acme/ledger/blob/main/SECURITY.md\n  documentation:\n    support-policy: https://elsewhere.example/support\n";
const INSIGHTS_1: &str = "header:\n  schema-version: 1.0.0\nvulnerability-reporting:\n  accepts-vulnerability-reports: true\n  email-contact: psirt@ledger.example\n  security-policy: https://git.example/acme/ledger/blob/main/SECURITY.md\nsecurity-artifacts:\n  threat-model:\n    threat-model-created: true\n    evidence-url:\n      - https://git.example/acme/ledger/blob/main/docs/threats.md\n";

fn with_policy() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("SECURITY.md", POLICY);
    fixture.repository.remote("origin", "https://git.example/acme/ledger.git").unwrap();
    fixture.commit();
    fixture
}

fn from(fixture: &Fixture, name: &str, contents: &str, kind: &str) -> Run {
    let path = fixture.outside().join(name);
    fs::write(&path, contents).unwrap();
    let source = format!("{kind}{}", path.display());
    init(fixture, &["--force", "--from", &source])
}

#[test]
fn security_insights_give_the_name_the_contact_and_what_they_link_to() {
    for (contents, name) in [(INSIGHTS, "Ledger"), (INSIGHTS_1, "ledger")] {
        let fixture = with_policy();
        for kind in ["", "security-insights:"] {
            let run = from(&fixture, "SECURITY-INSIGHTS.yml", contents, kind);
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert_eq!(table(&fixture, "portcullis.toml")["product"]["name"].as_str(), Some(name));
            let file = text(&fixture, "attestations.toml");
            assert!(file.contains("owner = \"psirt@ledger.example\"") && !file.contains("TODO: who"), "{file}");
            assert_eq!(file.matches("kind = \"security-policy\"").count(), file.matches("path = \"SECURITY.md\"").count());
            let says = if name == "Ledger" { "which is no file of this repository" } else { "docs/threats.md" };
            assert!(run.stdout.contains(says), "{}", run.stdout);
            assert_eq!(check(&fixture, &[]).0, 1);
        }
    }
}

#[test]
fn answers_and_evaluations_become_drafts_beside_what_they_are_related_to() {
    let badge = "{\"name\": \"Ledger\", \"osps_vm_02_01_status\": \"Met\", \"osps_vm_02_01_justification\": \"SECURITY.md \\u001b[2J names us\", \
                 \"osps_vm_01_01_status\": \"?\", \"contribution_status\": \"Met\"}";
    let log = "metadata:\n  type: EvaluationLog\nresult: Failed\nevaluations:\n  - name: Contacts\n    result: Passed\n    message: \"\"\n    control:\n      reference-id: OSPS-VM-02\n    assessment-logs:\n      - requirement:\n          reference-id: OSPS-VM-02.01\n        result: Passed\n        message: Security contacts were found\n  - name: Other\n    result: Passed\n    control:\n      reference-id: ACME-01\n";
    let old = "{\"evaluation-suites\": [{\"control-evaluations\": [{\"control-id\": \"OSPS-VM-02\", \"result\": \"Passed\", \"message\": \"Security contacts were found\"}]}]}";
    for (name, contents, kind, draft, unused) in [
        (
            ".bestpractices.json",
            badge,
            "",
            "answers Met to OSPS-VM-02.01, which is related: SECURITY.md \\u{1b}[2J names us",
            "1 answers to criteria",
        ),
        ("log.yaml", log, "", "has OSPS-VM-02, which is related, as Passed: Security contacts were found", "ACME-01"),
        ("log.json", old, "osps:", "has OSPS-VM-02, which is related, as Passed: Security contacts were found", ""),
    ] {
        let fixture = with_policy();
        let run = from(&fixture, name, contents, kind);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        let file = text(&fixture, "attestations.toml");
        let joined = file.replace("\n#     ", " ");
        assert!(joined.contains(draft), "{name}: {file}");
        assert!(!file.contains("status = \"met\"") && run.stdout.contains(unused), "{name}: {}", run.stdout);
        let (code, report) = check(&fixture, &[]);
        let outcomes = report["products"][0]["assessments"].as_array().unwrap();
        assert!(
            code == 1 && outcomes.iter().all(|unit| matches!(unit["outcome"].as_str().unwrap(), "missing" | "unanswered" | "excluded")),
            "{name}"
        );
    }
}

#[test]
fn earlier_attestations_come_back_as_planned_with_what_they_said() {
    let earlier = format!(
        "version = 1\n\n[[attestation]]\nprovision = \"software-security/3.2\"\nstatus = \"met\"\nstatement = \"SECURITY.md names our mailbox.\"\n\
         owner = \"old@ledger.example\"\nreviewed = 2025-03-01\n\n[[attestation.evidence]]\nkind = \"security-policy\"\npath = \"SECURITY.md\"\npin = \"git:{}\"\n\n\
         [[attestation.evidence]]\nkind = \"document\"\npath = \"docs/gone.md\"\n\n\
         [[attestation]]\nprovision = [\"Claim 1.1.2\", \"software-security/9.9\"]\nstatus = \"met\"\nstatement = \"Everybody is trained.\"\nowner = \"a@b.example\"\nreviewed = 2025-03-01\n\n\
         [[waiver]]\nprovision = \"software-security/2.2\"\nreason = \"The estate moves.\"\napproved-by = \"ciso@ledger.example\"\nexpires = 2027-03-31\n",
        "0".repeat(40)
    );
    let fixture = with_policy();
    fixture.write("attestations.toml", &earlier);
    let path = fixture.path().join("attestations.toml");
    let run = init(&fixture, &["--force", "--from", &path.display().to_string()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let file = text(&fixture, "attestations.toml");
    assert!(
        file.contains(
            "status = \"planned\"\nstatement = \"SECURITY.md names our mailbox.\"\nowner = \"old@ledger.example\"\nreviewed = 2026-11-22\n"
        ),
        "{file}"
    );
    let joined = file.replace("\n#     ", " ");
    assert!(
        joined.contains("had it as Claim 1.1.2 as met, reviewed 2025-03-01. Read it again before you say so. Everybody is trained."),
        "{file}"
    );
    assert!(file.contains("docs/gone.md: there is no such file") && !file.contains("path = \"docs/gone.md\""), "{file}");
    assert!(!file.contains(&"0".repeat(40)) && !file.contains("[[waiver]]") && !file.contains("status = \"met\""));
    for unused in ["software-security/9.9, which no code that is built in has", "the waiver of software-security/2.2"] {
        assert!(run.stdout.replace("\n      ", " ").contains(unused), "{}", run.stdout);
    }
    let (code, report) = check(&fixture, &[]);
    let met = report["products"][0]["assessments"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|unit| unit["outcome"] == "met" || unit["outcome"] == "waived")
        .count();
    assert_eq!((code, met), (1, 0));
}

#[test]
fn what_cannot_be_taken_from_is_refused_and_nothing_is_written() {
    let fixture = Fixture::new();
    for (name, contents, kind, says) in [
        ("x.yml", "a: 1\n", "", "its contents tell no kind"),
        ("x.json", "{", "", "x.json"),
        ("x.toml", "version = 1\n", "", "has no [[attestation]]"),
        ("x.json", "{\"a_status\": \"Met\"}", "attestations:", "not valid TOML"),
    ] {
        let run = from(&fixture, name, contents, kind);
        assert_eq!(run.code, 2, "{name}");
        assert!(run.stderr.contains(says), "{name}: {}", run.stderr);
        assert_eq!(left(&fixture), BTreeSet::from([".git".to_owned()]));
    }
    let run = init(&fixture, &["--from", "absent.yml"]);
    assert!(run.code == 2 && run.stderr.contains("absent.yml"), "{}", run.stderr);
}
