//! What hosts and readers of SARIF need and the validators do not check: `.ci/sarif` runs those. Every case's repository
//! is read back with the crate's types.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test may fail"
)]

mod common;
#[path = "sarif/fixes.rs"]
mod fixes;
#[path = "sarif/reading.rs"]
mod reading;

use std::collections::BTreeSet;
use std::fs;

use common::Fixture;
use proptest::prelude::*;
use reading::{PROFILES, by_rule, case, case_folders, check, cut, cut_from, fingerprint, place, property, results, sarif, small, taxon};
use serde_json::Value;
use serde_sarif::sarif::{Result, ResultKind, ResultLevel, Run as SarifRun};

fn check_rules(run: &SarifRun) {
    let driver = &run.tool.driver;
    assert_eq!((driver.name.as_str(), driver.version.as_deref()), ("Portcullis", Some(env!("CARGO_PKG_VERSION"))));
    let rules = driver.rules.as_ref().unwrap();
    assert!(!rules.is_empty());
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), rules.len(), "a rule is told twice");
    for rule in rules {
        let text = |part: &Option<serde_sarif::sarif::MultiformatMessageString>| part.as_ref().unwrap().text.clone();
        assert!((1..=255).contains(&rule.name.as_ref().unwrap().chars().count()), "{}", rule.id);
        for short in [text(&rule.short_description), text(&rule.full_description)] {
            assert!((1..=1_024).contains(&short.chars().count()), "{}: {short}", rule.id);
        }
        assert!(!text(&rule.help).is_empty() && rule.help.as_ref().unwrap().markdown.is_some(), "{}", rule.id);
        let own = rule.id.starts_with("portcullis/");
        assert!(own || rule.help_uri.as_ref().is_some_and(|uri| uri.starts_with("https://") && uri.len() <= 2_048), "{}", rule.id);
        let level = rule.default_configuration.as_ref().unwrap().level.as_ref().unwrap();
        assert!(["error", "warning", "note"].contains(&level.as_str().unwrap()), "{}", rule.id);
        let properties = rule.properties.as_ref().unwrap();
        let tags = properties.tags.as_ref().unwrap();
        assert!((1..=10).contains(&tags.len()) && tags.contains(&"security".to_owned()), "{}: {tags:?}", rule.id);
        assert!(!tags.iter().any(|tag| tag.to_lowercase().contains("cwe")), "{}: {tags:?}", rule.id);
        let severity: f64 = properties.additional_properties["security-severity"].as_str().unwrap().parse().unwrap();
        assert!(severity > 0.0 && severity <= 10.0, "{}: {severity}", rule.id);
        let precision = properties.additional_properties["precision"].as_str().unwrap();
        assert!(["very-high", "high", "medium", "low"].contains(&precision), "{}: {precision}", rule.id);
        for relation in rule.relationships.iter().flatten() {
            assert_eq!(taxon(run, &relation.target), rule.id);
        }
        assert_eq!(rule.relationships.is_none(), rule.id.starts_with("portcullis/"), "{}", rule.id);
    }
    let named: Vec<_> = driver.supported_taxonomies.iter().flatten().map(|one| (one.index.unwrap(), one.name.clone().unwrap())).collect();
    let told: Vec<_> = (0..).zip(run.taxonomies.iter().flatten().map(|one| one.name.clone())).collect();
    assert_eq!(named, told);
}

fn check_result(run: &SarifRun, result: &Result) {
    let id = result.rule_id.as_deref().unwrap();
    let rules = run.tool.driver.rules.as_ref().unwrap();
    assert_eq!(rules[usize::try_from(result.rule_index.unwrap()).unwrap()].id, id);
    let taxa: Vec<String> = result.taxa.iter().flatten().map(|reference| taxon(run, reference)).collect();
    assert_eq!(taxa, if id.starts_with("portcullis/") { vec![] } else { vec![id.to_owned()] });
    let text = result.message.text.as_deref().unwrap();
    assert!(!text.is_empty() && text.chars().count() < 1_024 && text.encode_utf16().count() < 1_024, "{text}");
    let fails = result.kind == Some(ResultKind::Fail);
    assert_eq!(fails, result.level != Some(ResultLevel::None), "3.27.10: only a failure has a level: {id}");
    place(result);
    for (at, related) in (1..).zip(result.related_locations.iter().flatten()) {
        assert_eq!(related.id, Some(at));
        assert!(related.message.is_some() && related.physical_location.as_ref().unwrap().region.is_some());
    }
    assert!(property(result, "product").is_some());
}

#[test]
fn every_case_gives_a_file_that_hosts_take() {
    for folder in case_folders() {
        let fixture = case(folder.file_name().unwrap().to_str().unwrap());
        let json = check(&fixture, "json");
        for profile in PROFILES {
            let run = sarif(&fixture, profile);
            check_rules(&run);
            let prints: BTreeSet<&str> = results(&run).iter().map(fingerprint).collect();
            assert_eq!(prints.len(), results(&run).len(), "{folder:?}: a fingerprint twice");
            for result in results(&run) {
                check_result(&run, result);
                let host = profile == "sarif";
                assert_eq!(result.suppressions.is_none(), host, "3.27.23: all or none");
                assert!(!host || result.kind == Some(ResultKind::Fail));
            }
            let invocation = &run.invocations.as_ref().unwrap()[0];
            assert_eq!(invocation.exit_code, Some(i64::from(json.code)));
            assert_eq!(invocation.execution_successful, json.code != 2);
        }
    }
}

#[test]
fn the_host_profile_holds_exactly_the_findings_at_their_places() {
    for folder in case_folders() {
        let fixture = case(folder.file_name().unwrap().to_str().unwrap());
        let json = check(&fixture, "json").json();
        let products = json["products"].as_array().unwrap();
        let findings: Vec<&Value> = products.iter().flat_map(|product| product["findings"].as_array().unwrap()).collect();
        let run = sarif(&fixture, "sarif");
        assert_eq!(results(&run).len(), findings.len());
        for (result, finding) in results(&run).iter().zip(findings) {
            assert_eq!(Value::from(fingerprint(result)), finding["fingerprint"]);
            assert_eq!(Value::from(result.rule_id.as_deref().unwrap()), finding["id"]);
            assert_eq!(serde_json::to_value(result.level).unwrap(), finding["level"]);
            assert_eq!(property(result, "outcome"), finding["outcome"].as_str());
            let (path, region) = place(result);
            assert_eq!(Value::from(path), finding["file"]);
            let numbers = [region.start_line, region.start_column, region.end_line, region.end_column].map(Value::from);
            assert_eq!(numbers, ["line", "column", "end-line", "end-column"].map(|key| finding[key].clone()));
            assert!(!cut_from(&fixture, result).trim().is_empty());
        }
    }
}

#[test]
fn every_unit_is_told_in_the_full_profile_with_the_kind_that_fits() {
    let fixture = case("sarif-outcomes");
    let run = sarif(&fixture, "sarif-full");
    let one = |id: &str| {
        let found = by_rule(&run, id);
        assert_eq!(found.len(), 1, "{id}");
        (found[0].kind.clone().unwrap(), found[0].level.unwrap(), property(found[0], "outcome").unwrap().to_owned())
    };
    for (id, kind, level, outcome) in [
        ("software-security/1.1-c1", ResultKind::Pass, ResultLevel::None, "met"),
        ("software-security/1.1-c2", ResultKind::Review, ResultLevel::None, "met"),
        ("software-security/1.1-c3", ResultKind::Fail, ResultLevel::Error, "evidence-failed"),
        ("software-security/1.1-c4", ResultKind::NotApplicable, ResultLevel::None, "excluded"),
        ("software-security/1.1-c5", ResultKind::Fail, ResultLevel::Error, "missing"),
        ("software-security/1.2-c1", ResultKind::Open, ResultLevel::None, "unanswered"),
        ("software-security/2.1", ResultKind::Fail, ResultLevel::Error, "missing"),
        ("software-security/2.2-c1", ResultKind::Fail, ResultLevel::Error, "waived"),
    ] {
        assert_eq!(one(id), (kind, level, outcome.to_owned()), "{id}");
    }
    assert_eq!(property(by_rule(&run, "software-security/1.1-c1")[0], "assurance"), Some("evidenced"));
    assert_eq!(property(by_rule(&run, "software-security/1.1-c2")[0], "assurance"), Some("asserted"));

    let counts = check(&fixture, "json").json()["products"][0]["counts"].clone();
    let kinds = |wanted: &ResultKind| results(&run).iter().filter(|result| result.kind.as_ref() == Some(wanted)).count() as u64;
    assert_eq!(kinds(&ResultKind::Pass), counts["evidenced"].as_u64().unwrap() + counts["verified"].as_u64().unwrap());
    assert_eq!(kinds(&ResultKind::Review), counts["asserted"].as_u64().unwrap());
    assert_eq!(kinds(&ResultKind::NotApplicable), counts["excluded"].as_u64().unwrap());
    let waived: Vec<&Result> = results(&run).iter().filter(|result| !result.suppressions.as_ref().unwrap().is_empty()).collect();
    assert_eq!(waived.len() as u64, counts["waived"].as_u64().unwrap());
    assert!(!waived.is_empty());
}

#[test]
fn a_waived_result_says_who_accepted_it_why_and_where() {
    let fixture = case("sarif-outcomes");
    let run = sarif(&fixture, "sarif-full");
    let suppression = &by_rule(&run, "software-security/2.2-c1")[0].suppressions.as_ref().unwrap()[0];
    assert_eq!((suppression.kind.as_str(), suppression.status.as_ref().unwrap().as_str()), (Some("external"), Some("accepted")));
    assert_eq!(suppression.justification.as_deref(), Some("Build log retention moves to the new runner estate in Q1."));
    let more = &suppression.properties.as_ref().unwrap().additional_properties;
    assert_eq!((more["approved-by"].as_str(), more["expires"].as_str()), (Some("ciso@ledger.example"), Some("2027-03-31")));
    let at = suppression.location.as_ref().unwrap().physical_location.as_ref().unwrap().region.as_ref().unwrap();
    let text = fs::read_to_string(fixture.path().join("services/café app/attestations.toml")).unwrap();
    assert_eq!(cut(&text, at), "\"software-security/2.2\"");
    assert!(by_rule(&sarif(&fixture, "sarif"), "software-security/2.2-c1").is_empty(), "hosts make an alert of it");
}

#[test]
fn regions_cut_out_what_the_finding_speaks_of() {
    let fixture = case("sarif-outcomes");
    let run = sarif(&fixture, "sarif");
    for (id, text) in [
        ("software-security/1.1-c3", "\"docs/perdu é.md\""),
        ("software-security/1.1-c5", "\"software\""),
        ("software-security/1.1-c6", "\"TODO {0} [x](https://evil.example)\""),
        ("software-security/2.1", "\"software\""),
    ] {
        assert_eq!(cut_from(&fixture, by_rule(&run, id)[0]), text, "{id}");
    }
    let uri = by_rule(&run, "software-security/1.1-c3")[0].locations.as_ref().unwrap()[0].physical_location.as_ref().unwrap();
    let uri = uri.artifact_location.as_ref().unwrap().uri.as_deref();
    assert_eq!(uri, Some("services/caf%C3%A9%20app/attestations.toml"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_region_cuts_its_text_out_whatever_stands_before_it(
        mark in any::<bool>(),
        newline in prop_oneof![Just("\n"), Just("\r\n")],
        comments in proptest::collection::vec("[a\u{e9}\u{1F600}\u{301} \t]{0,12}", 0..5),
        before in "[a\u{e9}\u{1F600}]{0,8}",
        indent in "[ \t]{0,3}",
        name in "[a\u{e9}\u{1F600} ]{1,8}",
    ) {
        let mut lines: Vec<String> = comments.iter().map(|comment| format!("# {comment}")).collect();
        lines.extend(["version = 1", "", "[[attestation]]", "provision = \"software-security/1.1-c1\"", "status = \"met\""].map(str::to_owned));
        lines.extend(["statement = \"It is written down.\"", "owner = \"dev@ledger.example\"", "reviewed = 2026-10-01"].map(str::to_owned));
        lines.push(format!("{indent}evidence = [{{ sections = [\"{before}\"],\tkind = \"document\", path = \"x{name}.md\" }}] # {before}"));
        let text = format!("{}{}{newline}", if mark { "\u{feff}" } else { "" }, lines.join(newline));
        let fixture = small(&text);
        let run = sarif(&fixture, "sarif");
        let found = by_rule(&run, "software-security/1.1-c1");
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(cut_from(&fixture, found[0]), format!("\"x{name}.md\""));
    }
}

#[test]
fn text_from_the_repository_is_neither_placeholder_nor_link() {
    let fixture = small(
        "version = 1\n\n[[attestation]]\nprovision = \"software-security/1.1-c1\"\nstatus = \"partial\"\nstatement = \"See {0} and [this](https://evil.example).\\n\\u001b[31m\"\nowner = \"dev@ledger.example\"\nreviewed = 2026-10-01\n",
    );
    let run = sarif(&fixture, "sarif");
    let text = by_rule(&run, "software-security/1.1-c1")[0].message.text.clone().unwrap();
    assert!(text.contains("See {{0}} and [this] (https://evil.example). \\u{{1b}}[31m"), "{text}");
}

#[test]
fn fingerprints_outlive_lines_that_move() {
    let fixture = case("sarif-outcomes");
    let before = PROFILES.map(|profile| sarif(&fixture, profile));
    let padding = "# é\n\n".repeat(15);
    for name in ["portcullis.toml", "attestations.toml"] {
        let path = format!("services/café app/{name}");
        let text = fs::read_to_string(fixture.path().join(&path)).unwrap();
        fixture.write(&path, format!("{padding}{text}"));
    }
    fixture.commit();
    for (before, profile) in before.iter().zip(PROFILES) {
        let after = sarif(&fixture, profile);
        assert_eq!(results(before).len(), results(&after).len());
        for (old, new) in results(before).iter().zip(results(&after)) {
            assert_eq!((&old.rule_id, fingerprint(old)), (&new.rule_id, fingerprint(new)));
            assert_eq!(place(old).1.start_line.unwrap() + 30, place(new).1.start_line.unwrap());
        }
    }
}

#[test]
fn an_invalid_declaration_is_a_valid_file_with_located_notifications() {
    let fixture = case("sarif-invalid");
    for profile in PROFILES {
        let run = sarif(&fixture, profile);
        assert!(results(&run).is_empty());
        assert!(run.tool.driver.rules.as_ref().unwrap().iter().all(|rule| rule.id.starts_with("portcullis/")));
        let invocation = &run.invocations.as_ref().unwrap()[0];
        assert!(!invocation.execution_successful);
        let notes = invocation.tool_configuration_notifications.as_ref().unwrap();
        let text = fs::read_to_string(fixture.path().join("portcullis.toml")).unwrap();
        let shown: BTreeSet<String> = notes
            .iter()
            .map(|note| {
                assert_eq!(note.level, Some("error".into()));
                assert!(note.message.text.as_ref().is_some_and(|text| text.len() > 10));
                let physical = note.locations.as_ref().unwrap()[0].physical_location.as_ref().unwrap();
                cut(&text, physical.region.as_ref().unwrap())
            })
            .collect();
        assert_eq!(shown, ["\"é\"", "\"sofware\"", "reviewed"].map(str::to_owned).into());
        assert_eq!(notes.len(), 3);
    }
}

#[test]
fn without_a_declaration_the_file_is_still_valid_and_says_why() {
    let fixture = Fixture::new();
    fixture.write("README.md", "# Ledger\n");
    fixture.commit();
    let run = sarif(&fixture, "sarif");
    let note = &run.invocations.as_ref().unwrap()[0].tool_configuration_notifications.as_ref().unwrap()[0];
    assert!(note.message.text.as_ref().unwrap().contains("no declaration") && note.locations.is_none());
    assert!(results(&run).is_empty());
}

#[test]
fn the_commit_is_told_and_the_origin_only_as_far_as_it_is_public() {
    let fixture = case("software-missing");
    let commit = fixture.repository.head().unwrap().target().unwrap().to_string();
    let run = sarif(&fixture, "sarif");
    assert!(run.version_control_provenance.is_none(), "no address is invented");
    assert_eq!(run.properties.as_ref().unwrap().additional_properties["commit"], commit);

    fixture.repository.remote("origin", "https://bot:s3cret@git.example/acme/ledger.git").unwrap();
    let run = sarif(&fixture, "sarif");
    let details = &run.version_control_provenance.as_ref().unwrap()[0];
    assert_eq!(details.repository_uri, "https://git.example/acme/ledger.git");
    assert_eq!(details.revision_id.as_deref(), Some(commit.as_str()));
    assert_eq!(details.mapped_to.as_ref().unwrap().uri_base_id.as_deref(), Some("SRCROOT"));
    assert!(details.properties.is_none());

    let text = fs::read_to_string(fixture.path().join("portcullis.toml")).unwrap();
    fixture.write("portcullis.toml", format!("{text}\n# changed\n"));
    let run = sarif(&fixture, "sarif");
    let details = &run.version_control_provenance.as_ref().unwrap()[0];
    assert_eq!(details.properties.as_ref().unwrap().additional_properties["dirty"], true);
}

#[test]
fn advice_to_open_source_is_never_above_a_note() {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n\n[product]\nname = \"Ledger\"\ntypes = []\nroles = [\"open-source\"]\n");
    fixture.commit();
    let run = sarif(&fixture, "sarif");
    for rule in run.tool.driver.rules.iter().flatten().filter(|rule| !rule.id.starts_with("portcullis/")) {
        assert_eq!(rule.default_configuration.as_ref().unwrap().level, Some("note".into()), "{}", rule.id);
        assert_eq!(rule.properties.as_ref().unwrap().additional_properties["security-severity"], "1.0", "{}", rule.id);
    }
    let own = by_rule(&run, "software-security/1.1");
    assert_eq!((own.len(), own[0].level), (1, Some(ResultLevel::Note)));
}

#[test]
fn rules_of_every_selected_code_are_told_whether_they_fired_or_not() {
    let run = sarif(&case("sarif-many-codes"), "sarif");
    let told: BTreeSet<&str> = run.tool.driver.rules.as_ref().unwrap().iter().map(|rule| rule.id.as_str()).collect();
    let codes: Vec<String> = run.taxonomies.as_ref().unwrap().iter().map(|one| one.name.clone()).collect();
    assert_eq!(codes, ["software-security", "ai", "consumer-iot", "psti", "apps", "cyber-governance", "cyber-essentials"]);
    let catalogue = portcullis::input::catalogue::Catalogue::built_in();
    let mut wanted: BTreeSet<&str> = portcullis::finding::OWN.iter().map(|(id, ..)| *id).collect();
    for policy in catalogue.policies() {
        wanted.extend(policy.units.iter().map(|unit| unit.id.as_str()));
        wanted.extend(policy.provisions.iter().map(|provision| provision.id.as_str()));
    }
    assert_eq!(told, wanted);
    assert!(results(&run).iter().filter_map(|result| result.rule_id.as_deref()).collect::<BTreeSet<_>>().len() < told.len());
}
