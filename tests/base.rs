//! `--base`: what is new, unchanged and gone; whose settings are in force; and where a change lowers its own bar.

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

use common::{Fixture, Run};
use serde_json::Value;

const DECLARATION: &str = r#"version = 1
[product]
name = "Ledger"
types = ["ai"]
roles = ["developer", "distributor", "system-operator"]
[product.traits]
third-party-components = true
[gate]
fail-on = "warning"
max-age-days = 200
"#;

const ATTESTATIONS: &str = r#"version = 1
[[attestation]]
provision = "software-security/3.3"
status = "met"
statement = "The plan ranks by severity."
owner = "security@ledger.example"
reviewed = 2026-10-01
[[attestation.evidence]]
kind = "document"
path = "docs/plan.md"
sections = ["Plan"]
[[waiver]]
provision = "software-security/2.2"
reason = "The runner estate moves in spring."
approved-by = "ciso@ledger.example"
expires = 2027-03-31
"#;

/// A repository whose first commit is the base; its id.
fn repository() -> (Fixture, String) {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.write("attestations.toml", ATTESTATIONS);
    fixture.write("docs/plan.md", "# Plan\n\nCritical in one day, the others in thirty.\n");
    let base = fixture.commit();
    (fixture, base)
}

fn check(fixture: &Fixture, arguments: &[&str]) -> Run {
    let mut all = vec!["check", "--today", "2026-11-22", "--format", "json"];
    all.extend(arguments);
    fixture.run(&all)
}

fn findings(run: &Run) -> Vec<Value> {
    let report = run.json();
    assert_eq!(report["errors"], serde_json::json!([]), "{report:#}");
    report["products"].as_array().unwrap().iter().flat_map(|product| product["findings"].as_array().unwrap().clone()).collect()
}

fn weakened(run: &Run) -> Vec<String> {
    let found = findings(run);
    let own = found.iter().filter(|finding| finding["id"] == "portcullis/gate-weakened");
    own.map(|finding| format!("{}:{} {}", finding["file"].as_str().unwrap(), finding["line"], finding["message"].as_str().unwrap()))
        .collect()
}

fn states(run: &Run) -> (usize, usize, usize) {
    let found = findings(run);
    let count = |state: &str| found.iter().filter(|finding| finding["baseline"] == state).count();
    (count("new"), count("unchanged"), count("absent"))
}

#[test]
fn a_change_that_changes_nothing_has_only_unchanged_findings() {
    let (fixture, base) = repository();
    fixture.write("README.md", "# Ledger\n");
    fixture.commit();
    let run = check(&fixture, &["--base", &base]);
    let (new, unchanged, absent) = states(&run);
    assert_eq!((new, absent, run.code), (0, 0, 1));
    assert!(unchanged > 10);
    assert_eq!(check(&fixture, &["--base", &base, "--new-only"]).code, 0);
    let shown = fixture.run(&["check", "--today", "2026-11-22", "--base", &base, "--new-only"]).stdout;
    assert!(shown.contains("gate: open (fail-on: warning, of what is new; no findings)"), "{shown}");
    assert!(findings(&check(&fixture, &[])).iter().all(|finding| finding["baseline"].is_null()));
}

#[test]
fn what_a_change_breaks_is_new_and_what_it_mends_is_absent() {
    let (fixture, base) = repository();
    fixture.write("docs/plan.md", "# Aims\n\nCritical in one day, the others in thirty.\n");
    let more = ATTESTATIONS.replace("software-security/3.3\"\nstatus", "software-security/3.3\"  # here\nstatus");
    let one = "[[attestation]]\nprovision = \"software-security/4.3\"\nstatus = \"met\"\nstatement = \"We have a plan.\"\nowner = \"a@ledger.example\"\nreviewed = 2026-10-01\n[[attestation.evidence]]\nkind = \"document\"\npath = \"docs/incidents.md\"\nsections = [\"Plan\"]\n";
    fixture.write("attestations.toml", format!("{more}{one}"));
    fixture.write("docs/incidents.md", "# Plan\n\nWho does what, in which order.\n");
    fixture.commit();
    let run = check(&fixture, &["--base", &base, "--new-only"]);
    let found = findings(&run);
    let with = |state: &str| -> Vec<&str> {
        found.iter().filter(|finding| finding["baseline"] == state).map(|finding| finding["id"].as_str().unwrap()).collect()
    };
    assert!(with("new").iter().all(|id| id.starts_with("software-security/3.3-c")) && !with("new").is_empty(), "{:?}", with("new"));
    assert_eq!(with("absent"), ["software-security/4.3"]);
    assert_eq!(run.code, 1);
    let counts = &run.json()["products"][0]["counts"];
    let told = counts["error"].as_u64().unwrap() + counts["warning"].as_u64().unwrap() + counts["note"].as_u64().unwrap();
    assert_eq!(told as usize, found.len() - 1, "what is gone is not counted");
}

#[test]
fn every_way_of_lowering_the_bar_is_told_with_both_lines() {
    let (fixture, base) = repository();
    let lowered = DECLARATION
        .replace("types = [\"ai\"]", "types = []")
        .replace(", \"system-operator\"", "")
        .replace("third-party-components = true", "third-party-components = false")
        .replace("fail-on = \"warning\"", "fail-on = \"never\"\nassurance = \"asserted\"")
        .replace("max-age-days = 200", "max-age-days = 900");
    fixture.write("portcullis.toml", lowered);
    let waiver = "[[waiver]]\nprovision = \"software-security/1.1\"\nreason = \"We will get to it.\"\napproved-by = \"dev@ledger.example\"\nexpires = 2027-03-31\n";
    let excluded = "[[attestation]]\nprovision = \"software-security/4.2\"\nstatus = \"not-applicable\"\nstatement = \"Nobody is told of anything here.\"\nowner = \"a@ledger.example\"\nreviewed = 2026-10-01\n";
    fixture.write(
        "attestations.toml",
        format!("version = 1\n{excluded}{waiver}{}", waiver.replace("1.1", "2.2").replace("2027-03-31", "2027-06-30")),
    );
    fixture.commit();
    let run = check(&fixture, &["--base", &base]);
    let short: String = base.chars().take(12).collect();
    let told = weakened(&run);
    for wanted in [
        format!("portcullis.toml:9 this change lowers its own bar: `fail-on` goes from warning to never (portcullis.toml:9 in {short})"),
        "portcullis.toml:10 this change lowers its own bar: `assurance` goes from the default, evidenced, to asserted".to_owned(),
        format!("portcullis.toml:11 this change lowers its own bar: `max-age-days` goes from 200 to 900 (portcullis.toml:10 in {short})"),
        format!("portcullis.toml:2 this change lowers its own bar: the type ai is dropped (portcullis.toml:4 in {short})"),
        format!("portcullis.toml:2 this change lowers its own bar: the role system-operator is dropped (portcullis.toml:5 in {short})"),
        format!(
            "portcullis.toml:7 this change lowers its own bar: the trait third-party-components goes from true to false (portcullis.toml:7 in {short})"
        ),
        format!(
            "attestations.toml:1 this change lowers its own bar: the attestation of software-security/3.3-c1, -c2 is removed (attestations.toml:3 in {short})"
        ),
        "attestations.toml:3 this change lowers its own bar: software-security/4.2-c1 is newly attested as not applicable".to_owned(),
    ] {
        assert!(told.contains(&wanted), "{wanted}\n\n{}", told.join("\n"));
    }
    assert!(
        told.iter().any(|one| one.contains("a waiver for software-security/1.1-c1") && one.starts_with("attestations.toml:9 ")),
        "{told:#?}"
    );
    assert!(told.iter().any(|one| one.contains("is extended from 2027-03-31 to 2027-06-30 (attestations.toml:16 in")), "{told:#?}");
    assert_eq!((told.len(), run.code), (10, 1));
    let shown = fixture.run(&["check", "--today", "2026-11-22", "--base", &base]).stdout;
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("== What to do next == 1. 10 changes lower the bar: undo them"), "{shown}");
    assert!(words.contains("portcullis/gate-weakened ×10"), "{shown}");
}

#[test]
fn a_role_that_several_types_bring_is_dropped_once() {
    let fixture = Fixture::new();
    let base = "version = 1\n[product]\nname = \"Ledger\"\ntypes = [\"ai\", \"app\"]\n";
    fixture.write("portcullis.toml", base);
    let commit = fixture.commit();
    fixture.write("portcullis.toml", format!("{base}roles = [\"open-source\"]\n"));
    fixture.commit();
    let told = weakened(&check(&fixture, &["--base", &commit]));
    assert_eq!(told.iter().filter(|one| one.contains("the role developer is dropped")).count(), 1, "{told:#?}");
}

#[test]
fn what_a_long_waiver_covers_is_told_in_short() {
    let (fixture, base) = repository();
    let waiver = "[[waiver]]\nprovision = [\"software-security/1\", \"software-security/2.1\", \"software-security/3\"]\nreason = \"We will get to it.\"\napproved-by = \"dev@ledger.example\"\nexpires = 2027-03-31\n";
    let waiver = waiver
        .replace("\"software-security/1\"", "\"software-security/1.1\", \"software-security/1.2\"")
        .replace("security/3\"", "security/3.1\"");
    fixture.write("attestations.toml", format!("{ATTESTATIONS}{waiver}"));
    fixture.commit();
    let told = weakened(&check(&fixture, &["--base", &base]));
    assert!(told[0].contains("a waiver for software-security/1.1-c1 … -c") && told[0].ends_with("is added"), "{told:#?}");
}

#[test]
fn the_bases_settings_are_in_force_unless_the_head_is_trusted() {
    let (fixture, base) = repository();
    fixture.write(
        "portcullis.toml",
        DECLARATION.replace("types = [\"ai\"]\n", "").replace(", \"system-operator\"", "").replace("\"warning\"", "\"never\""),
    );
    fixture.commit();
    let run = check(&fixture, &["--base", &base]);
    let report = run.json();
    let codes = |report: &Value| report["products"][0]["codes"].as_array().unwrap().len();
    assert_eq!((run.code, codes(&report)), (1, 2), "the dropped type still counts, and the gate still closes");
    let run = check(&fixture, &["--base", &base, "--trust-head"]);
    assert_eq!((run.code, codes(&run.json()), weakened(&run).len()), (0, 1, 3));
    assert!(findings(&run).iter().filter(|finding| finding["id"] == "portcullis/gate-weakened").all(|finding| finding["level"] == "note"));
}

#[test]
fn what_a_change_adds_counts_at_once() {
    let (fixture, base) = repository();
    fixture.write(
        "portcullis.toml",
        DECLARATION
            .replace("types = [\"ai\"]", "types = [\"ai\", \"app\"]")
            .replace("system-operator\"]", "system-operator\", \"app-developer\"]"),
    );
    fixture.commit();
    let run = check(&fixture, &["--base", &base]);
    let report = run.json();
    let codes: Vec<&str> = report["products"][0]["codes"].as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["software-security", "ai", "apps"]);
    assert_eq!(weakened(&run), Vec::<String>::new());
}

#[test]
fn the_base_is_where_the_two_parted() {
    let (fixture, base) = repository();
    fixture.write("attestations.toml", "version = 1\n");
    let theirs = fixture.commit();
    fixture.repository.set_head_detached(git2::Oid::from_str(&base).unwrap()).unwrap();
    fixture.repository.checkout_head(Some(git2::build::CheckoutBuilder::new().force())).unwrap();
    fixture.write("README.md", "# Ledger\n");
    fixture.commit();
    let run = check(&fixture, &["--base", &theirs]);
    assert_eq!((states(&run).0, states(&run).2), (0, 0), "what the other branch did since is not this change's doing");
}

#[test]
fn a_change_that_parts_from_an_old_commit_is_held_to_the_settings_of_now() {
    for declared in [None, Some(DECLARATION.replace("fail-on = \"warning\"", "fail-on = \"never\""))] {
        let fixture = Fixture::new();
        fixture.write("README.md", "# Ledger\n");
        if let Some(text) = &declared {
            fixture.write("portcullis.toml", text);
        }
        let old = fixture.commit();
        fixture.write("portcullis.toml", DECLARATION);
        let theirs = fixture.commit();
        fixture.repository.set_head_detached(git2::Oid::from_str(&old).unwrap()).unwrap();
        fixture.repository.checkout_head(Some(git2::build::CheckoutBuilder::new().force().remove_untracked(true))).unwrap();
        fixture.write("portcullis.toml", DECLARATION.replace("fail-on = \"warning\"", "fail-on = \"never\""));
        fixture.write("README.md", "# Ledger, anew\n");
        fixture.commit();
        assert_eq!(check(&fixture, &["--base", &theirs]).code, 1, "{declared:?}");
        assert_eq!(check(&fixture, &["--base", &theirs, "--trust-head"]).code, 0, "{declared:?}");
    }
}

#[test]
fn under_a_base_without_a_declaration_all_is_new_and_the_heads_settings_hold() {
    let fixture = Fixture::new();
    fixture.write("README.md", "# Ledger\n");
    let base = fixture.commit();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.write("attestations.toml", ATTESTATIONS);
    fixture.commit();
    let run = check(&fixture, &["--base", &base]);
    let (new, unchanged, absent) = states(&run);
    assert!(new > 10 && unchanged == 0 && absent == 0 && weakened(&run).is_empty());
    assert_eq!(run.code, 1);
}

#[test]
fn moved_files_are_read_where_each_version_has_them() {
    let (fixture, base) = repository();
    std::fs::remove_file(fixture.path().join("attestations.toml")).unwrap();
    std::fs::remove_file(fixture.path().join("portcullis.toml")).unwrap();
    fixture.write("compliance/attested.toml", ATTESTATIONS);
    let table = DECLARATION
        .replace("version = 1\n", "")
        .replace("[product", "[package.metadata.portcullis.product")
        .replace("[gate", "[package.metadata.portcullis.gate");
    let table = table.replace("types =", "attestations = \"compliance/attested.toml\"\ntypes =");
    fixture.write(
        "Cargo.toml",
        format!("[package]\nname = \"ledger\"\nversion = \"1.0.0\"\n[package.metadata.portcullis]\nversion = 1\n{table}"),
    );
    fixture.commit();
    let run = check(&fixture, &["--base", &base]);
    assert_eq!(weakened(&run), Vec::<String>::new());
    assert_eq!((states(&run).0, states(&run).2), (0, 0));
}

#[test]
fn a_base_that_cannot_be_reached_or_read_is_no_ground_to_judge_on() {
    let (fixture, base) = repository();
    let run = check(&fixture, &["--base", "no-such-branch"]);
    assert_eq!(run.code, 2);
    assert!(run.json()["errors"][0]["message"].as_str().unwrap().contains("fetch-depth: 0"), "{}", run.stdout);
    fixture.write("portcullis.toml", "version = 1\n[prodct]\n");
    let broken = fixture.commit();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.commit();
    let run = check(&fixture, &["--base", &broken]);
    assert_eq!(run.code, 2);
    assert!(run.json()["errors"][0]["message"].as_str().unwrap().contains("--trust-head"), "{}", run.stdout);
    assert_eq!(check(&fixture, &["--base", &broken, "--trust-head"]).code, 1);
    assert_eq!(check(&fixture, &["--new-only"]).code, 2);
    assert_eq!(check(&fixture, &["--base", &base]).code, 1);
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let (fixture, base) = repository();
    fixture.write("README.md", "# Ledger\n");
    let head = fixture.commit();
    std::fs::write(fixture.repository.path().join("shallow"), format!("{head}\n")).unwrap();
    let run = check(&fixture, &["--base", &base]);
    assert_eq!(run.code, 2);
    let said = run.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(said.contains("shallow") && said.contains("fetch-depth: 0"), "{said}");
}

#[test]
fn hosts_get_no_results_of_what_is_gone_and_the_full_profile_does() {
    let (fixture, base) = repository();
    fixture.write("attestations.toml", ATTESTATIONS.replace("software-security/2.2", "software-security/2.1"));
    fixture.commit();
    let states = |format: &str| -> Vec<String> {
        let run = fixture.run(&["check", "--today", "2026-11-22", "--base", &base, "--format", format]);
        let results = run.json()["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().filter_map(|result| result["baselineState"].as_str().map(str::to_owned)).collect()
    };
    let hosts = states("sarif");
    assert!(hosts.contains(&"new".to_owned()) && hosts.contains(&"unchanged".to_owned()) && !hosts.contains(&"absent".to_owned()));
    assert!(states("sarif-full").contains(&"absent".to_owned()));
    let run = fixture.run(&["check", "--today", "2026-11-22", "--base", &base]);
    assert!(run.stdout.contains("== Against the base "), "{}", run.stdout);
    assert!(run.stdout.contains("  absent: 1 error: software-security/2.1\n"), "{}", run.stdout);
}

#[test]
fn a_new_denial_and_a_new_or_changed_key_are_told() {
    let fixture = Fixture::new();
    let minisign = "RWSd1UUOuqeoQlWme+Ceq8gOIB/0orDz26qB4jOFFxN463cmSSHLOggY";
    let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFU9dBx7y5C3nHYWruSneVQI7wBuimbhMvEYfz67czKJ";
    let keys = format!("{DECLARATION}[product.keys]\nrelease = \"{minisign}\"\nsame = \"{ssh}\"\n");
    fixture.write("portcullis.toml", &keys);
    fixture.write("attestations.toml", "version = 1\n");
    let base = fixture.commit();
    let denied = "[product.not]\napp = \"The page is no app; no store carries it.\"\n";
    fixture.write("portcullis.toml", format!("{}added = \"{minisign}\"\n{denied}", keys.replace(minisign, ssh)));
    fixture.commit();
    let short: String = base.chars().take(12).collect();
    let told = weakened(&check(&fixture, &["--base", &base]));
    let own = "this change lowers its own bar: ";
    for wanted in [
        format!(
            "portcullis.toml:12 {own}the key `release` under [product.keys] is changed, and signatures by it count (portcullis.toml:12 in {short})"
        ),
        format!(
            "portcullis.toml:14 {own}the key `added` under [product.keys] is added, and signatures by it count (portcullis.toml:2 in {short})"
        ),
        format!("portcullis.toml:16 {own}that the product is app is newly denied under [product.not] (portcullis.toml:4 in {short})"),
    ] {
        assert!(told.contains(&wanted), "{wanted}\n\n{}", told.join("\n"));
    }
    assert_eq!(told.len(), 3, "{told:#?}");
}

const OVERLAY: &str = r#"version = 1
name = "acme"
title = "Acme's bar"
publisher = "Acme security office"
source = "https://security.acme.example/bar"
[gate]
assurance = "verified"
[waivers]
max-days = 200
never = ["software-security/4.3"]
[[change]]
provision = "software-security/3.3-c2"
require = ["junit"]
max-age-days = 90
[[provision]]
code = "software-security"
id = "acme:1"
title = "Services speak TLS only"
strength = "shall"
summary = "No plain listener."
remedy = "Turn it off."
evidenced-by = ["document"]
"#;

/// A repository whose first commit names an overlay of its own; its id.
fn overlaid() -> (Fixture, String) {
    let (fixture, _) = repository();
    fixture.write("portcullis.toml", format!("{DECLARATION}overlays = [\"policies/acme.toml\"]\n"));
    fixture.write("policies/acme.toml", OVERLAY);
    let base = fixture.commit();
    (fixture, base)
}

fn outcome(run: &Run, unit: &str) -> Value {
    let report = run.json();
    let units = report["products"][0]["assessments"].as_array().unwrap().clone();
    units.into_iter().find(|found| found["provision"] == unit).map_or(Value::Null, |found| found["outcome"].clone())
}

#[test]
fn an_overlay_that_asks_for_less_is_told_line_by_line_and_not_in_force() {
    let (fixture, base) = overlaid();
    let lowered = OVERLAY
        .replace("assurance = \"verified\"", "assurance = \"evidenced\"")
        .replace("max-days = 200", "max-days = 300")
        .replace("never = [\"software-security/4.3\"]", "never = []")
        .replace("require = [\"junit\"]\nmax-age-days = 90", "strength = \"may\"\nmax-age-days = 400")
        .replace("\"shall\"", "\"should\"");
    fixture.write("policies/acme.toml", lowered);
    fixture.commit();
    let run = check(&fixture, &["--base", &base]);
    let short: String = base.chars().take(12).collect();
    let told = weakened(&run);
    let own = "this change lowers its own bar: ";
    for wanted in [
        format!("policies/acme.toml:1 {own}the floor of `assurance` goes from verified to evidenced (policies/acme.toml:7 in {short})"),
        format!("policies/acme.toml:1 {own}the longest life of a waiver goes from 200 to 300 days (policies/acme.toml:9 in {short})"),
        format!(
            "policies/acme.toml:1 {own}waivers are let in for software-security/4.3-c1, software-security/4.3-c2 (policies/acme.toml:10 in {short})"
        ),
        format!("policies/acme.toml:13 {own}`strength` goes from shall to may for software-security/3.3-c2 (portcullis.toml:1 in {short})"),
        format!(
            "policies/acme.toml:14 {own}`max-age-days` goes from 90 days to 400 days for software-security/3.3-c2 (policies/acme.toml:14 in {short})"
        ),
        format!("policies/acme.toml:1 {own}junit is required no more for software-security/3.3-c2 (policies/acme.toml:13 in {short})"),
        format!(
            "policies/acme.toml:1 {own}`strength` goes from shall to should for software-security/acme:1 (policies/acme.toml:17 in {short})"
        ),
    ] {
        assert!(told.contains(&wanted), "{wanted}\n\n{}", told.join("\n"));
    }
    assert_eq!(told.len(), 7, "{told:#?}");
    let unit = |run: &Run, key: &str| {
        let report = run.json();
        let units = report["products"][0]["assessments"].as_array().unwrap().clone();
        units.into_iter().find(|found| found["provision"] == "software-security/3.3-c2").unwrap()[key].clone()
    };
    assert!(unit(&run, "reason").as_str().unwrap().contains("it cites no evidence of kind junit"), "the base's demand is in force");
    assert_eq!(unit(&run, "level"), "error");
    assert_eq!(unit(&check(&fixture, &["--base", &base, "--trust-head"]), "outcome"), "met");
}

#[test]
fn a_dropped_overlay_is_one_finding_and_stays_in_force() {
    let (fixture, base) = overlaid();
    fixture.write("portcullis.toml", DECLARATION);
    std::fs::remove_file(fixture.path().join("policies/acme.toml")).unwrap();
    fixture.commit();
    let run = check(&fixture, &["--base", &base]);
    let told = weakened(&run);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(
        told[0].starts_with("portcullis.toml:1 this change lowers its own bar: the overlay acme is dropped, and with it 7 demands"),
        "{told:#?}"
    );
    assert_eq!(outcome(&run, "software-security/acme:1"), "missing");
    assert_eq!(outcome(&check(&fixture, &["--base", &base, "--trust-head"]), "software-security/acme:1"), Value::Null);
}

#[test]
fn what_a_new_overlay_adds_counts_at_once_and_what_it_loosens_does_not() {
    let (fixture, base) = repository();
    fixture.write("portcullis.toml", format!("{DECLARATION}overlays = [\"policies/acme.toml\"]\n"));
    fixture.write("policies/acme.toml", OVERLAY.replace("require = [\"junit\"]\n", "strength = \"may\"\n"));
    let new = ATTESTATIONS.replace("software-security/3.3\"\nstatus", "software-security/acme:1\"\nstatus");
    fixture.write("attestations.toml", format!("{ATTESTATIONS}{}", new.split("[[waiver]]").next().unwrap().replace("version = 1\n", "")));
    fixture.commit();
    let run = check(&fixture, &["--base", &base]);
    assert_eq!(outcome(&run, "software-security/acme:1"), "under-assured", "the new floor counts: {}", run.stdout);
    let told = weakened(&run);
    assert!(told.len() == 1 && told[0].contains("`strength` goes from shall to may for software-security/3.3-c2"), "{told:#?}");
    let level =
        findings(&run).into_iter().find(|finding| finding["id"] == "software-security/3.3-c2").map(|finding| finding["level"].clone());
    assert_eq!(level, Some(Value::from("error")));
}

#[test]
fn an_overlay_of_the_command_line_that_lies_in_the_tree_is_guarded_like_a_declared_one() {
    let (fixture, _) = repository();
    fixture.write("policies/acme.toml", OVERLAY);
    let base = fixture.commit();
    fixture.write("policies/acme.toml", OVERLAY.replace("require = [\"junit\"]\n", ""));
    fixture.commit();
    let arguments = ["--overlay", "policies/acme.toml", "--base", &base];
    let told = weakened(&check(&fixture, &arguments));
    assert!(told.len() == 1 && told[0].contains("junit is required no more"), "{told:#?}");
    assert_eq!(weakened(&check(&fixture, &["--base", &base])), Vec::<String>::new(), "nothing names it");
}
