//! Fixes: what they insert, and where there is none.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use serde_sarif::sarif::Result;

use crate::common::Fixture;
use crate::reading::{by_rule, case, check, decoded, property, results, sarif};

/// What a fix inserts, and the file with it applied.
fn applied(fixture: &Fixture, result: &Result) -> Option<(String, String, String)> {
    let fixes = result.fixes.as_ref()?;
    assert_eq!((fixes.len(), fixes[0].artifact_changes.len()), (1, 1));
    let change = &fixes[0].artifact_changes[0];
    let path = decoded(change.artifact_location.uri.as_deref().unwrap());
    let region = &change.replacements[0].deleted_region;
    assert_eq!((region.start_line, region.start_column), (region.end_line, region.end_column), "nothing is deleted");
    let text = fs::read_to_string(fixture.path().join(&path)).unwrap();
    let (line, column) = (region.start_line.unwrap() as usize, region.start_column.unwrap() as usize);
    let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let at = before + text[before..].chars().take(column - 1).map(char::len_utf8).sum::<usize>();
    let inserted = change.replacements[0].inserted_content.as_ref().unwrap().text.clone().unwrap();
    Some((path, format!("{}{inserted}{}", &text[..at], &text[at..]), inserted))
}

#[test]
fn applying_a_fix_never_opens_the_gate_and_answers_its_finding() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for name in ["sarif-outcomes", "sarif-many-codes"] {
        let fixture = case(name);
        let run = sarif(&fixture, "sarif");
        for result in results(&run) {
            let Some((path, text, inserted)) = applied(&fixture, result) else { continue };
            let count = seen.entry(path.clone()).or_default();
            *count += 1;
            if *count > 4 {
                continue;
            }
            assert_eq!(property(result, "outcome"), Some("missing"));
            let original = fs::read_to_string(fixture.path().join(&path)).unwrap();
            assert_eq!(inserted.contains("\r\n"), original.contains("\r\n"), "line ends stay as they are");
            fixture.write(&path, &text);
            let after = check(&fixture, "json");
            fixture.write(&path, &original);
            assert_eq!(after.code, 1, "{}", after.stdout);
            let json = after.json();
            let product =
                json["products"].as_array().unwrap().iter().find(|one| one["name"] == property(result, "product").unwrap()).unwrap();
            let id = result.rule_id.as_deref().unwrap();
            let found: Vec<&Value> = product["assessments"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one["provision"] == id || one["provision"].as_str().unwrap().starts_with(&format!("{id}-c")))
                .collect();
            let says = |part: &str| found.iter().filter(|one| one["reason"].as_str().unwrap().contains(part)).count();
            assert!(says("nothing is attested for it yet: it is planned") > 0, "{id}: {found:?}");
            assert_eq!(says("nothing is attested for it: "), 0, "{id}: {found:?}");
            assert!(found.iter().all(|one| one["outcome"] != "met"), "{id}: {found:?}");
        }
    }
    let files: Vec<&str> = seen.keys().map(String::as_str).collect();
    assert_eq!(files, ["hub.toml", "organisation.toml", "services/café app/attestations.toml"]);
}

#[test]
fn there_is_no_fix_where_none_would_be_right() {
    let fixture = case("sarif-outcomes");
    let run = sarif(&fixture, "sarif");
    assert!(by_rule(&run, "software-security/1.1-c5")[0].fixes.is_some());
    assert!(by_rule(&run, "software-security/1.1-c6")[0].fixes.is_none(), "it has an attestation; a second one is an error");
    assert!(by_rule(&run, "software-security/1.1-c3")[0].fixes.is_none(), "it is attested");
    let run = sarif(&case("software-missing"), "sarif");
    assert!(results(&run).iter().all(|result| result.fixes.is_none()), "there is no file to write into");
    let run = sarif(&case("sarif-many-codes"), "sarif");
    let library = results(&run).iter().filter(|result| property(result, "product") == Some("Ledger Library"));
    let own: Vec<&Result> = library.filter(|result| result.rule_id.as_deref().unwrap().starts_with("software-security/")).collect();
    assert!(!own.is_empty() && own.iter().all(|result| result.fixes.is_none()), "an inline array takes no table");
}
