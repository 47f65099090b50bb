//! Overlays beyond `check`'s own cases: every command knows their ids, every report has their digest, and a symbolic link in the
//! tree leads to none.

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

use common::Fixture;
use sha2::{Digest as _, Sha256};

const OVERLAY: &str = include_str!("../examples/overlay/acme.toml");

/// A repository with a declaration, and an overlay beside it.
fn repository() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n[product]\nname = \"Ledger\"\n");
    fixture.write("docs/plan.md", "# Plan\n\nTwo people read every release.\n");
    fixture.commit();
    std::fs::write(fixture.outside().join("acme.toml"), OVERLAY).unwrap();
    fixture
}

const OUTSIDE: [&str; 2] = ["--overlay", "../acme.toml"];

#[test]
fn list_explain_and_schema_know_the_ids_of_an_overlay() {
    let fixture = repository();
    let run = |arguments: &[&str]| fixture.run(&[arguments, &OUTSIDE].concat());
    let listed = run(&["list", "--applicable", "--format", "json"]).json();
    let units = listed["products"][0]["units"].as_array().unwrap().clone();
    let unit = |id: &str| units.iter().find(|unit| unit["provision"] == id).unwrap_or_else(|| panic!("no {id}")).clone();
    assert_eq!(unit("software-security/acme:two-people")["overlay"], "acme");
    assert_eq!(unit("acme-open-source/1.1")["overlay"], "acme");
    assert_eq!(
        unit("software-security/3.2-c2")["altered"][1],
        serde_json::json!({"overlay": "acme", "key": "require", "value": "security-policy"})
    );
    assert!(unit("software-security/3.2-c1")["overlay"].is_null());
    let explained = run(&["explain", "software-security/acme:two-people"]);
    assert!(explained.stdout.contains("added by the overlay acme"), "{}", explained.stdout);
    let changed = run(&["explain", "software-security/3.2-c2"]);
    assert!(changed.stdout.contains("require security-policy (overlay acme)"), "{}", changed.stdout);
    assert!(run(&["schema", "attestations"]).stdout.contains("software-security/acme:two-people"));
    assert_eq!(fixture.run(&["explain", "software-security/acme:two-people"]).code, 2, "without the overlay it is unknown");
}

#[test]
fn attest_writes_the_ids_of_an_overlay_that_the_declaration_names() {
    let fixture = repository();
    fixture.write("acme.toml", OVERLAY);
    fixture.write("portcullis.toml", "version = 1\n[product]\nname = \"Ledger\"\n[gate]\noverlays = [\"acme.toml\"]\n");
    fixture.commit();
    let arguments = ["attest", "software-security/acme:two-people", "--status", "met", "--statement", "Two people read every release."];
    let run = fixture.run(
        &[&arguments[..], &["--owner", "a@ledger.example", "--evidence", "document:docs/plan.md#Plan", "--today", "2026-11-22"]].concat(),
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("software-security/acme:two-people: met (evidenced)"), "{}", run.stdout);
}

#[test]
fn every_report_has_the_digest_of_each_overlay() {
    let fixture = repository();
    let digest: String = Sha256::digest(OVERLAY.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let check = |format: &str| fixture.run(&[&["check", "--today", "2026-11-22", "--format", format], &OUTSIDE[..]].concat());
    let report = check("json").json();
    let wanted = serde_json::json!([{"name": "acme", "title": "Acme's bar for every product", "path": "../acme.toml", "outside": true, "sha256": digest}]);
    assert_eq!(report["overlays"], wanted);
    let run = &check("sarif").json()["runs"][0];
    assert_eq!(run["properties"]["overlays"], wanted);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == "software-security/acme:two-people").unwrap();
    assert!(rule["help"]["text"].as_str().unwrap().contains("Overlay: added by the overlay acme"), "{rule}");
    for format in ["human", "markdown"] {
        let text = check(format).stdout;
        assert!(text.contains(&digest[..12]) && text.contains("acme"), "{text}");
    }
}

#[test]
fn the_key_of_an_overlay_from_outside_wins_over_the_declarations() {
    let fixture = repository();
    let (own, theirs) = (
        "RWSd1UUOuqeoQlWme+Ceq8gOIB/0orDz26qB4jOFFxN463cmSSHLOggY",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFU9dBx7y5C3nHYWruSneVQI7wBuimbhMvEYfz67czKJ",
    );
    fixture.write("portcullis.toml", format!("version = 1\n[product]\nname = \"Ledger\"\n[product.keys]\nrelease = \"{own}\"\n"));
    fixture.write("a.txt.sig", "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n");
    fixture.write("a.txt", "a\n");
    let attested = "version = 1\n[[attestation]]\nprovision = \"software-security/3.1-c2\"\nstatus = \"met\"\nstatement = \"Releases are signed.\"\nowner = \"a@ledger.example\"\nreviewed = 2026-11-01\n[[attestation.evidence]]\nkind = \"signature\"\npath = \"a.txt.sig\"\nkey = \"release\"\n";
    fixture.write("attestations.toml", attested);
    fixture.commit();
    std::fs::write(fixture.outside().join("acme.toml"), format!("{OVERLAY}\n[keys]\nrelease = \"{theirs}\"\n")).unwrap();
    let reason = |more: &[&str]| {
        let report = fixture.run(&[&["check", "--today", "2026-11-22", "--format", "json"], more].concat()).json();
        let units = report["products"][0]["assessments"].as_array().unwrap().clone();
        units.into_iter().find(|unit| unit["provision"] == "software-security/3.1-c2").unwrap()["reason"].as_str().unwrap().to_owned()
    };
    assert!(reason(&[]).contains("is a minisign key, and an SSH signature needs an OpenSSH key"), "{}", reason(&[]));
    assert!(!reason(&OUTSIDE).contains("minisign"), "{}", reason(&OUTSIDE));
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_in_the_tree_leads_to_no_overlay() {
    let fixture = repository();
    std::os::unix::fs::symlink("../acme.toml", fixture.path().join("link.toml")).unwrap();
    fixture.commit();
    let run = fixture.run(&["check", "--overlay", "link.toml", "--format", "json"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("a symbolic link in the tree under test, leads to the overlay link.toml"), "{}", run.stdout);
    for (name, says) in [
        ("../absent.toml", "cannot be read"),
        ("../repo", "the path is empty"),
        ("..", "is not a regular file"),
        ("absent.toml", "there is no such file"),
    ] {
        let run = fixture.run(&["check", "--overlay", name, "--format", "json"]);
        assert_eq!(run.code, 2, "{name}");
        assert!(run.stdout.contains(says), "{name}: {}", run.stdout);
    }
}
