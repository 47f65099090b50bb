//! `portcullis list`, and the commands beside it that print and end: `schema`, `completions`, `man` and `--version`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that panics has failed"
)]

mod common;

use std::io::Read as _;
use std::process::Stdio;

use common::{Fixture, Run, program};
use serde_json::{Value, json};

fn run(arguments: &[&str]) -> Run {
    Run::of(program().args(arguments).output().unwrap())
}

#[test]
fn the_counts_are_those_of_the_codes() {
    let codes = run(&["list", "--format", "json"]).json();
    assert_eq!(codes["version"], 1);
    let found: Vec<Value> = codes["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| {
            json!([
                code["code"],
                code["edition"],
                code["status"],
                code["counts"]["provisions"],
                code["counts"]["claims"],
                code["counts"]["units"]
            ])
        })
        .collect();
    assert_eq!(
        json!(found),
        json!([
            ["software-security", "2025-05", "voluntary", 14, 45, 45],
            ["ai", "2025-01", "voluntary", 72, 0, 72],
            ["consumer-iot", "en-303-645-3.1.3", "voluntary", 78, 0, 78],
            ["psti", "2023", "law", 34, 0, 34],
            ["apps", "2023-10", "voluntary", 37, 0, 37],
            ["cyber-governance", "2025-04", "voluntary", 22, 0, 22],
            ["cyber-essentials", "3.3", "scheme", 63, 0, 63],
        ])
    );
    for code in codes["codes"].as_array().unwrap() {
        let counts = &code["counts"];
        let strengths = ["shall", "should", "may"].map(|strength| counts[strength].as_u64().unwrap());
        assert_eq!(strengths.iter().sum::<u64>(), counts["provisions"].as_u64().unwrap(), "{}", code["code"]);
        assert_eq!(code["provisions"], Value::Null);
    }
    assert_eq!(codes["codes"][1]["counts"], json!({"provisions": 72, "claims": 0, "units": 72, "shall": 49, "should": 23, "may": 0}));
}

#[test]
fn one_code_is_listed_whole_by_id_or_alias() {
    let code = run(&["list", "--code", "software-vendors", "--format", "json"]).json();
    let code = &code["codes"][0];
    assert_eq!(code["code"], "software-security");
    let provisions = code["provisions"].as_array().unwrap();
    assert_eq!(provisions.len(), 14);
    assert_eq!(provisions.iter().map(|provision| provision["claims"].as_array().unwrap().len()).sum::<usize>(), 45);
    assert_eq!(provisions[1]["claims"][2]["id"], "software-security/1.2-c3");
    let headings: Vec<&Value> = code["headings"].as_array().unwrap().iter().map(|heading| &heading["id"]).collect();
    assert!(provisions.iter().all(|provision| headings.contains(&&provision["heading"])));

    let human = run(&["list", "--code", "apps"]).stdout;
    assert!(human.contains("  shall   apps/2.1  ~ Industry-standard encryption\n"), "{human}");
    assert!(human.contains("from memory alone"), "{human}");
    let csv = run(&["list", "--code", "software-security", "--format", "csv"]).stdout;
    assert_eq!(csv.matches("\r\n").count(), 1 + 14 + 45);
    let markdown = run(&["list", "--code", "ai", "--format", "markdown"]).stdout;
    assert_eq!(markdown.lines().count(), 2 + 72);
}

#[test]
fn an_unknown_code_is_exit_2_with_the_nearest_one() {
    let run = run(&["list", "--code", "software-securty"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("did you mean `software-security`?"), "{}", run.stderr);
}

#[test]
fn traits_and_kinds_are_listed() {
    assert_eq!(run(&["list", "--traits", "--format", "json"]).json()["traits"].as_array().unwrap().len(), 63);
    let kinds = run(&["list", "--kinds", "--format", "json"]).json();
    let document = kinds["kinds"].as_array().unwrap().iter().find(|kind| kind["kind"] == "document").unwrap();
    assert_eq!(document["judged"], true);
}

const DECLARATION: &str = r#"version = 1

[product]
name = "=Ledger, the \"app\""
types = ["consumer-iot"]
roles = ["developer", "manufacturer"]

[product.traits]
third-party-components = false
uk-market = true
"#;

fn unit<'a>(product: &'a Value, id: &str) -> &'a Value {
    product["units"].as_array().unwrap().iter().find(|unit| unit["provision"] == id).unwrap_or_else(|| panic!("{id}"))
}

#[test]
fn what_applies_has_one_line_and_one_reason_per_unit() {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.write("src/lib.rs", "");
    fixture.commit();
    // From a folder below, as git itself works.
    let found = fixture.run_in(&fixture.path().join("src"), &["list", "--applicable", "--format", "json"]);
    assert_eq!(found.code, 0, "{}", found.stderr);
    let document = found.json();
    let product = &document["products"][0];
    assert_eq!(product["types"], json!(["software", "consumer-iot"]));
    let units = product["units"].as_array().unwrap();
    assert_eq!(units.len(), 45 + 78 + 34);
    assert!(units.iter().all(|unit| unit["reason"].as_str().is_some_and(|reason| reason.len() > 5)));

    let applies = unit(product, "software-security/1.1-c1");
    assert_eq!((&applies["applicability"], &applies["principle"]), (&json!("applies"), &json!("software-security/1.1")));
    assert_eq!(applies["reason"], "every product is software");
    let by_role = unit(product, "software-security/4.1-c1");
    assert_eq!(by_role["applicability"], "excluded");
    assert_eq!(by_role["reason"], "it binds distributor, reseller; the declared roles are developer, manufacturer");
    let by_trait = unit(product, "software-security/1.2-c3");
    assert_eq!(by_trait["reason"], "its condition does not hold: the declaration answers third-party-components = false");
    let waits = unit(product, "consumer-iot/5.8-1");
    assert_eq!(waits["applicability"], "waits");
    assert_eq!(waits["waits-for"], json!(["personal-data", "sends-personal-data"]));

    let counts = &product["counts"];
    let sum: u64 = ["applies", "waits", "excluded"].iter().map(|name| counts[name].as_u64().unwrap()).sum();
    assert_eq!(sum, 157);
    let left_out: Vec<&Value> = product["not-selected"].as_array().unwrap().iter().map(|code| &code["code"]).collect();
    assert_eq!(json!(left_out), json!(["ai", "apps", "cyber-governance", "cyber-essentials"]));
    let asked = product["unanswered"].as_array().unwrap();
    assert!(asked.iter().any(|open| open["trait"] == "personal-data" && open["units"].as_u64().unwrap() >= 5));
    assert!(asked.iter().all(|open| open["trait"] != "uk-market"));
}

#[test]
fn a_products_name_cannot_be_a_formula_or_break_its_cell() {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.commit();
    let csv = fixture.run(&["list", "--applicable", "--code", "psti", "--format", "csv"]).stdout;
    assert_eq!(csv.lines().count(), 1 + 34);
    assert!(csv.lines().skip(1).all(|line| line.starts_with("\"'=Ledger, the \"\"app\"\"\",psti/")), "{csv}");
}

#[test]
fn an_invalid_declaration_is_exit_2_with_every_fault_at_its_line() {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n\n[product]\nname = \"Ledger\"\ntypes = [\"robot\"]\ncolour = 1\n");
    fixture.commit();
    let found = fixture.run(&["list", "--applicable", "--format", "json"]);
    assert_eq!(found.code, 2);
    let document = found.json();
    let lines: Vec<&Value> = document["errors"].as_array().unwrap().iter().map(|error| &error["line"]).collect();
    assert_eq!(lines, [&json!(5), &json!(6)]);
    assert_eq!(document["products"], json!([]));
    assert!(found.stderr.contains("portcullis.toml:5:10"), "{}", found.stderr);

    let none = Fixture::new();
    none.write("a", "");
    none.commit();
    let found = none.run(&["list", "--applicable"]);
    assert_eq!((found.code, found.stdout.as_str()), (2, ""));
    assert!(found.stderr.contains("no declaration"), "{}", found.stderr);
}

#[test]
fn roles_that_leave_nothing_of_a_declared_type_are_exit_2() {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n\n[product]\nname = \"Ledger\"\ntypes = [\"app-store\"]\nroles = [\"developer\"]\n");
    fixture.commit();
    let found = fixture.run(&["list", "--applicable"]);
    assert_eq!(found.code, 2);
    assert!(found.stderr.contains("leave nothing of apps to assess"), "{}", found.stderr);
}

#[test]
fn a_reader_that_closes_the_pipe_early_is_no_fault() {
    let mut child =
        program().args(["list", "--code", "ai", "--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn schemas_are_printed_or_written() {
    let printed = run(&["schema", "attestations"]).stdout;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("a/b");
    let written = run(&["schema", "--output-dir", target.to_str().unwrap()]);
    assert_eq!((written.code, written.stdout.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(target.join("attestations.schema.json")).unwrap(), printed);
    assert_eq!(std::fs::read_dir(&target).unwrap().count(), 4);
    assert_eq!(run(&["schema"]).json()["title"], "Portcullis declaration (portcullis.toml)");

    std::fs::write(folder.path().join("file"), "").unwrap();
    let refused = run(&["schema", "--output-dir", folder.path().join("file").to_str().unwrap()]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("cannot be written"), "{}", refused.stderr);
}

#[test]
fn every_shell_has_completions_that_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]);
        assert_eq!(script.code, 0, "{shell}");
        for command in ["check", "list", "explain", "schema", "completions"] {
            assert!(script.stdout.contains(command), "{shell} {command}");
        }
    }
    assert_eq!(run(&["completions", "tcsh"]).code, 2);
}

#[test]
fn every_command_has_a_manual_page_of_its_own() {
    let top = run(&["man"]);
    assert_eq!(top.code, 0);
    for command in ["check", "init", "attest", "detect", "list", "explain", "hook", "schema", "completions"] {
        assert!(top.stdout.contains(&format!("portcullis\\-{command}(1)")), "{command} is not in the program's page");
        let page = run(&["man", command]);
        assert_eq!(page.code, 0);
        assert!(page.stdout.contains(&format!(".TH portcullis-{command} 1")), "{command}");
    }
    assert!(run(&["man", "check"]).stdout.contains("\\-\\-allowed\\-signers"));
    let unknown = run(&["man", "chek"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("no command `chek`") && unknown.stderr.contains("check, init, attest"), "{}", unknown.stderr);
}

#[test]
fn the_version_says_which_policies_and_what_it_was_built_from() {
    let short = run(&["-V"]);
    assert_eq!(short.stdout, format!("portcullis {}\n", env!("CARGO_PKG_VERSION")));
    let long = run(&["--version"]).stdout;
    let lines: Vec<&str> = long.lines().collect();
    assert_eq!(lines.first().copied(), Some(short.stdout.trim_end()));
    assert!(lines.iter().any(|line| line.strip_prefix("commit: ").is_some_and(|it| it == "not recorded" || it.len() >= 40)), "{long}");
    let policies = lines.iter().find_map(|line| line.strip_prefix("policies: ")).unwrap();
    let catalogue = portcullis::input::catalogue::Catalogue::built_in();
    for policy in catalogue.policies() {
        assert!(
            policies.split(", ").any(|one| one == format!("{} {}", policy.code, policy.edition)),
            "{} is not in {policies}",
            policy.code
        );
    }
}
