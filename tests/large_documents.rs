//! Documents at and past the bound on their size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "a test may panic")]

mod common;

use std::time::{Duration, Instant};

use common::Fixture;
use portcullis::limits::{
    COLUMNS, DOCUMENT_BYTES, JUDGING_STEPS, POLICY_BYTES, READ_TOTAL_BYTES, SECTIONS, TABLE_ROWS, WORKFLOW_BYTES, XML_ATTRIBUTES,
};

/// The outcome of a claim whose evidence is this document, and its reason.
fn judged(document: &str, sections: &[String]) -> (String, String) {
    judged_as("document", document, &format!("sections = {sections:?}\n"))
}

/// The same for evidence of a kind with more keys.
fn judged_as(kind: &str, document: &str, keys: &str) -> (String, String) {
    judged_file(kind, "plan.md", document, keys)
}

/// The same for a file of another name.
fn judged_file(kind: &str, name: &str, document: &str, keys: &str) -> (String, String) {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n[product]\nname = \"Ledger\"\n");
    let attestation = "version = 1\n[[attestation]]\nprovision = \"software-security/3.3-c2\"\nstatus = \"met\"\n\
                       statement = \"The plan ranks by severity.\"\nowner = \"security@ledger.example\"\nreviewed = 2026-10-01\n\
                       [[attestation.evidence]]\n";
    fixture.write("attestations.toml", format!("{attestation}path = \"{name}\"\nkind = \"{kind}\"\n{keys}"));
    fixture.write(name, document);
    fixture.commit();
    let report = fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]).json();
    let assessments = report["products"][0]["assessments"].as_array().unwrap();
    let unit = assessments.iter().find(|unit| unit["provision"] == "software-security/3.3-c2").unwrap();
    (unit["outcome"].as_str().unwrap().to_owned(), unit["reason"].as_str().unwrap().to_owned())
}

#[test]
fn a_document_past_the_bound_is_doubtful_and_one_at_it_is_read() {
    let words = "words ".repeat(DOCUMENT_BYTES / 6 + 1);
    let (outcome, reason) = judged(&words, &[]);
    assert_eq!(outcome, "doubtful");
    assert!(reason.contains("plan.md is larger than 4194304 bytes"), "{reason}");
    assert_eq!(judged(words.get(..DOCUMENT_BYTES).unwrap(), &[]).0, "met");
}

#[test]
fn a_million_empty_headings_are_searched_in_bounded_time() {
    let document = format!("text\n{}", "# a\n".repeat(DOCUMENT_BYTES / 4 - 2));
    let sections: Vec<String> = (0..SECTIONS).map(|at| format!("{at} a")).collect();
    let begun = Instant::now();
    let (outcome, reason) = judged(&document, &sections);
    assert_eq!(outcome, "evidence-failed");
    assert!(reason.contains("plan.md has the section `a` and no text under it"), "{reason}");
    assert!(begun.elapsed() < Duration::from_secs(120));
}

#[test]
fn a_security_policy_past_the_bound_is_doubtful_and_one_at_it_is_read() {
    let policy =
        format!("Only the latest release is supported. Write to security@ledger.example.\n\n{}", "words ".repeat(POLICY_BYTES / 6));
    let (outcome, reason) = judged_as("security-policy", &policy, "");
    assert_eq!(outcome, "doubtful");
    assert!(reason.contains("plan.md is larger than 1048576 bytes"), "{reason}");
    // The claim takes other kinds, so a proof of this one leaves it under-assured.
    assert_eq!(judged_as("security-policy", policy.get(..POLICY_BYTES).unwrap(), "").0, "under-assured");
}

#[test]
fn an_element_with_20_000_attributes_is_told_by_every_kind_of_xml() {
    let attributes: String = (0..20_000).map(|at| format!(" a{at}=\"\"")).collect();
    for (kind, name, root) in [
        ("junit", "results.xml", "testsuites"),
        ("coverage", "coverage.xml", "coverage"),
        ("sbom", "bom.xml", "bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\""),
        ("android-manifest", "AndroidManifest.xml", "manifest"),
        ("apple-plist", "Info.plist", "plist"),
    ] {
        let (outcome, reason) = judged_file(kind, name, &format!("<?xml version=\"1.0\"?>\n<{root}><x{attributes}/></{root}>"), "");
        assert_eq!(outcome, "evidence-failed", "{kind}: {reason}");
        assert!(reason.contains(&format!("an element has more than {XML_ATTRIBUTES} attributes")), "{kind}: {reason}");
    }
}

#[test]
fn a_table_of_two_million_rows_is_told_and_not_held() {
    for (kind, head) in [("register", "system,date\n"), ("conformance-table", "provision,answer\n"), ("ixit", "item,field\n")] {
        let table = format!("{head}{}", "a,b\n".repeat(2_000_000));
        let (outcome, reason) = judged_file(kind, "table.csv", &table, "");
        assert_eq!(outcome, "evidence-failed", "{kind}: {reason}");
        assert!(reason.contains(&format!("it has more than {TABLE_ROWS} rows")), "{kind}: {reason}");
    }
}

#[test]
fn coverage_of_two_million_lines_is_counted_in_bounded_time() {
    let lines: String = (1..=2_000_000).map(|line| format!("DA:{line},1\n")).collect();
    let begun = Instant::now();
    let (outcome, reason) = judged_file("coverage", "lcov.info", &format!("TN:\nSF:src/a.rs\n{lines}LF:1\nLH:1\nend_of_record\n"), "");
    assert_eq!(outcome, "evidence-failed", "{reason}");
    assert!(reason.contains("its lines come to 2000000 of 2000000"), "{reason}");
    assert!(begun.elapsed() < Duration::from_secs(120));
}

#[test]
fn a_report_of_nothing_but_broken_lines_is_told_in_bounded_memory() {
    let (outcome, reason) = judged_file("coverage", "lcov.info", &format!("TN:\n{}", "DA\n".repeat(2_000_000)), "");
    assert_eq!(outcome, "evidence-failed", "{reason}");
    assert!(reason.contains("lcov.info has a line that is no LCOV record: DA"), "{reason}");
}

/// The outcome of an attestation that cites these files so often in turn, and all findings.
fn cited_in_turn(kind: &str, names: &[&str], content: &str, keys: &str, times: usize) -> (String, String) {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n[product]\nname = \"Ledger\"\n");
    let mut attestations = String::from(
        "version = 1\n[[attestation]]\nprovision = \"software-security/3.3-c2\"\nstatus = \"met\"\nowner = \"security@ledger.example\"\n\
         statement = \"The plan ranks by severity.\"\nreviewed = 2026-10-01\n",
    );
    for name in names.iter().cycle().take(times) {
        attestations.push_str(&format!("[[attestation.evidence]]\npath = \"{name}\"\nkind = \"{kind}\"\n{keys}"));
    }
    fixture.write("attestations.toml", attestations);
    names.iter().for_each(|name| fixture.write(name, content));
    fixture.commit();
    let report = fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]).json();
    let assessments = report["products"][0]["assessments"].as_array().unwrap();
    let unit = assessments.iter().find(|unit| unit["provision"] == "software-security/3.3-c2").unwrap();
    (unit["outcome"].as_str().unwrap().to_owned(), report["products"][0]["findings"].to_string())
}

const SPENT: &str = "what was read of the evidence before it adds up to more than 67108864 bytes";

#[test]
fn what_is_cited_time_and_again_is_read_once_whatever_its_kind() {
    let pad = " ".repeat(READ_TOTAL_BYTES / 7);
    let few = " ".repeat(WORKFLOW_BYTES - 1_000);
    for (kind, name, content, keys) in [
        ("junit", "r.xml", format!("<testsuite><testcase name='a'/>{pad}</testsuite>"), ""),
        ("coverage", "lcov.info", format!("TN:{pad}\nSF:a\nDA:1,1\nend_of_record\n"), ""),
        (
            "sarif",
            "s.sarif",
            format!("{{\"version\": \"2.1.0\", {pad} \"runs\": [{{\"tool\": {{\"driver\": {{\"name\": \"t\"}}}}}}]}}"),
            "",
        ),
        ("sbom", "b.json", format!("{{\"bomFormat\": \"CycloneDX\", {pad} \"specVersion\": \"1.6\"}}"), ""),
        ("ml-bom", "b.json", format!("{{\"bomFormat\": \"CycloneDX\", {pad} \"specVersion\": \"1.6\"}}"), ""),
        ("vex", "v.json", format!("{{\"@context\": \"https://openvex.dev/ns/v0.2.0\"{pad}}}"), ""),
        ("value", "v.json", format!("{{\"a\": 1{pad}}}"), "expect = \"doc.a == 1\"\n"),
        ("value", "v.yaml", format!("a: 1 #{pad}\n"), "expect = \"doc.a == 1\"\n"),
        ("evaluation", "v.toml", format!("model = \"Ledger\"\n#{pad}\n"), ""),
        ("register", "r.csv", format!("owner,\"{pad}\"\nCTO,b\n"), ""),
        ("lockfile", "Cargo.lock", format!("version = 4\n#{pad}\n"), ""),
        ("workflow", ".github/workflows/ci.yml", format!("on: push\njobs: {{test: {{steps: [{{run: a}}]}}}} #{few}\n"), "job = \"test\"\n"),
    ] {
        let (_, reasons) = cited_in_turn(kind, &[name], &content, keys, if kind == "workflow" { 40 } else { 9 });
        assert!(!reasons.contains("was not judged"), "{kind}: {reasons:.1000}");
    }
}

#[test]
fn more_large_files_than_can_be_read_are_doubtful() {
    let text = format!("{{\"a\": 1{}}}", " ".repeat(READ_TOTAL_BYTES / 7));
    let names = ["1.json", "2.json", "3.json", "4.json", "5.json", "6.json", "7.json"];
    let (outcome, reasons) = cited_in_turn("value", &names, &text, "expect = \"doc.a == 1\"\n", 7);
    assert_eq!(outcome, "doubtful");
    assert!(reasons.contains(SPENT) && reasons.contains("7.json was not judged") && !reasons.contains("6.json"), "{reasons:.1000}");
}

#[test]
fn what_comes_after_too_many_steps_of_judging_is_doubtful() {
    // Each walks through the history, which counts the same however short it is.
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n[product]\nname = \"Ledger\"\n");
    let mut attestations = String::from("version = 1\n");
    for provision in ["1.1-c1", "3.3-c2"] {
        attestations.push_str(&format!(
            "[[attestation]]\nprovision = \"software-security/{provision}\"\nstatus = \"met\"\nowner = \"security@ledger.example\"\n\
             statement = \"The plan ranks by severity.\"\nreviewed = 2026-10-01\n"
        ));
        attestations.push_str(&"[[attestation.evidence]]\nkind = \"signed-commits\"\n".repeat(60));
    }
    fixture.write("attestations.toml", attestations);
    fixture.commit();
    let report = fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]).json();
    let findings = report["products"][0]["findings"].as_array().unwrap();
    let reasons = |unit: &str| findings.iter().filter(|found| found["id"] == unit).map(ToString::to_string).collect::<String>();
    let doubt =
        format!("evidence of kind signed-commits was not judged: judging the evidence before it took more than {JUDGING_STEPS} steps");
    assert!(!reasons("software-security/1.1-c1").contains("was not judged"));
    assert!(reasons("software-security/3.3-c2").contains(&doubt), "{}", reasons("software-security/3.3-c2"));
}

#[test]
fn many_products_together_take_no_more_than_some_do_in_full() {
    use portcullis::limits::PRODUCTS_IN_FULL;
    let fixture = Fixture::new();
    let products: Vec<String> = (1..=PRODUCTS_IN_FULL + 2).map(|at| format!("Ledger {at}")).collect();
    let mut declaration = String::from("version = 1\n");
    for (at, name) in products.iter().enumerate() {
        declaration.push_str(&format!("[[product]]\nname = \"{name}\"\nattestations = \"{at}.toml\"\n"));
        let mut attestations = String::from(
            "version = 1\n[[attestation]]\nprovision = \"software-security/1.1-c1\"\nstatus = \"met\"\nowner = \"security@ledger.example\"\n\
             statement = \"The plan ranks by severity.\"\nreviewed = 2026-10-01\n",
        );
        attestations.push_str(&"[[attestation.evidence]]\nkind = \"signed-commits\"\n".repeat(90));
        fixture.write(&format!("{at}.toml"), attestations);
    }
    fixture.write("portcullis.toml", declaration);
    fixture.commit();
    let report = fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]).json();
    let limit = PRODUCTS_IN_FULL * JUDGING_STEPS;
    let doubted = |product: &serde_json::Value| product.to_string().contains(&format!("took more than {limit} steps"));
    let found: Vec<bool> = report["products"].as_array().unwrap().iter().map(doubted).collect();
    assert_eq!(found, [false, false, false, false, true, true], "{:.600}", report["products"][4].to_string());
}

#[test]
fn a_workflow_past_the_bound_is_doubtful_and_one_at_it_is_read() {
    let path = ".github/workflows/ci.yml";
    let workflow = format!("on: push\njobs: {{test: {{steps: [{{run: a}}]}}}} #{}", " ".repeat(WORKFLOW_BYTES));
    let keys = "job = \"test\"\n";
    let (outcome, reason) = judged_file("workflow", path, &workflow, keys);
    assert_eq!(outcome, "doubtful");
    assert!(reason.contains("is larger than 2097152 bytes"), "{reason}");
    assert_eq!(judged_file("workflow", path, workflow.get(..WORKFLOW_BYTES).unwrap(), keys).0, "evidence-failed");
}

#[test]
fn an_entry_that_names_more_columns_than_are_looked_for_is_doubtful() {
    let columns: Vec<String> = (0..=COLUMNS).map(|at| at.to_string()).collect();
    let (outcome, reason) = judged_file("register", "t.csv", "owner\nCTO\n", &format!("columns = {columns:?}\n"));
    assert_eq!(outcome, "doubtful");
    assert!(reason.contains("t.csv is cited for more than 100 columns"), "{reason}");
    let (outcome, _) = judged_file("register", "t.csv", "owner\nCTO\n", &format!("columns = {:?}\n", &columns[..COLUMNS]));
    assert_eq!(outcome, "evidence-failed");
}

/// The bounds that the pages state, each held to the constant.
#[test]
fn the_pages_state_the_bounds_that_hold() {
    use portcullis::limits::{ADVISORY_COMMITS, OWN_MANIFESTS, STRANGE_TAGS, TABLE_CELLS, XML_DEPTH, XML_NODES};
    use portcullis::limits::{
        BUNDLE_BYTES, EVIDENCE_BYTES, INPUT_BYTES, OVERLAYS, PROBED_BYTES, PROBED_FILE_BYTES, PROVENANCE_SOURCES, SIGNATURE_BYTES,
        SIGNERS_BYTES,
    };
    use portcullis::limits::{EVIDENCE_TOTAL_BYTES, READ_KEPT_BYTES};
    const MIB: usize = 1_024 * 1_024;
    let said = |page: &str, words: String| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
        let text = std::fs::read_to_string(path).unwrap();
        let text: Vec<&str> = text.split_whitespace().collect();
        assert!(text.join(" ").contains(&words), "docs/{page} does not say `{words}`");
    };
    let thousands = |number: usize| {
        let digits = number.to_string();
        let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
        groups.join(",")
    };
    said("judging.md", format!("larger than {} MiB", EVIDENCE_BYTES / MIB));
    said("judging.md", format!("kept in {} MiB", READ_KEPT_BYTES / MIB));
    said("judging.md", format!("more than {} MiB, each counted as often as it is cited", EVIDENCE_TOTAL_BYTES / MIB));
    said("judging.md", format!("{} steps of judging", thousands(JUDGING_STEPS)));
    assert_eq!(portcullis::limits::PRODUCTS_IN_FULL, 4);
    said("judging.md", "four times as much".to_owned());
    said("evidence/workflow.md", format!("larger than {WORKFLOW_BYTES} bytes"));
    for page in ["register", "conformance-table", "ixit"] {
        said(&format!("evidence/{page}.md"), format!("more than {COLUMNS} columns"));
    }
    said("judging.md", format!("had to be read to more than {} MiB", READ_TOTAL_BYTES / MIB));
    said("judging.md", format!("more than {} attributes", thousands(XML_ATTRIBUTES)));
    said("judging.md", format!("{} deep", thousands(XML_DEPTH)));
    said("judging.md", format!("{} nodes", thousands(XML_NODES as usize)));
    said("judging.md", format!("more than {} rows or {} cells", thousands(TABLE_ROWS), thousands(TABLE_CELLS)));
    said("evidence/README.md", format!("at most {} MiB", EVIDENCE_BYTES / MIB));
    said("evidence/document.md", format!("more than {} MiB and entries with more than {SECTIONS} `sections`", DOCUMENT_BYTES / MIB));
    said("evidence/security-policy.md", format!("more than {} MiB", POLICY_BYTES / MIB));
    said("evidence/signature.md", format!("at most {} KiB, a Sigstore bundle at most {} MiB", SIGNATURE_BYTES / 1_024, BUNDLE_BYTES / MIB));
    said("evidence/provenance.md", format!("at most {} MiB and", BUNDLE_BYTES / MIB));
    said("evidence/provenance.md", format!("among its first {PROVENANCE_SOURCES} sources"));
    said("evidence/signed-tags.md", format!("at most {STRANGE_TAGS} such commits"));
    said("evidence/advisories.md", format!("more than {ADVISORY_COMMITS} fixes"));
    said("evidence/lockfile.md", format!("of {} manifests at most", thousands(OWN_MANIFESTS)));
    said("overlays.md", format!("at most {OVERLAYS}. An overlay is a regular file of at most {} MiB", INPUT_BYTES / MIB));
    said("signing.md", format!("at most {} MiB", SIGNERS_BYTES / MIB));
    said("probes.md", format!("up to {} KiB", PROBED_FILE_BYTES / 1_024));
    said("probes.md", format!("the first {} MiB", PROBED_BYTES / MIB));
}
