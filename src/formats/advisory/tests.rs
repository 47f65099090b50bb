use proptest::prelude::*;

use super::*;

fn osv(rest: &str) -> String {
    format!(
        "{{\"schema_version\": \"1.7.0\", \"id\": \"GHSA-2qrg-x229-3v8q\", \"modified\": \"2026-11-02T10:00:00Z\", \"published\": \"2026-11-01T10:00:00Z\", \
         \"aliases\": [\"CVE-2026-12345\"], \"summary\": \"Postings of one book can be read from another.\", {rest}}}"
    )
}

fn range(events: &str) -> String {
    osv(&format!("\"affected\": [{{\"package\": {{\"ecosystem\": \"npm\", \"name\": \"@acme/ledger\"}}, \"ranges\": [{{{events}}}]}}]"))
}

const EVENTS: &str = "\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"1.0.0\"}, {\"fixed\": \"1.2.1\"}]";

fn faults(text: &str) -> Vec<&'static str> {
    let advisory = read(text).unwrap_or_else(|why| panic!("{why:?} in {text}"));
    advisory.faults.iter().map(|fault| fault.name).collect()
}

#[test]
fn an_osv_advisory_names_its_package_and_fix() {
    let advisory = read(&range(EVENTS)).unwrap();
    assert_eq!(advisory.faults, []);
    let one = &advisory.vulnerabilities[0];
    assert_eq!(one.names, ["GHSA-2qrg-x229-3v8q", "CVE-2026-12345"]);
    assert!(one.remedied && one.affected[0].subject.names.iter().any(|name| name == "ledger"));
    assert_eq!(one.affected[0].fixed[0].0, "1.2.1");
}

#[test]
fn ranges_of_osv_are_well_formed() {
    for (events, wanted) in [
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"1.2.1\"}]", vec![]),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"2.0.0\"}, {\"fixed\": \"1.2.1\"}]", vec!["range"]),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"1.2.1\"}, {\"fixed\": \"1.2.1\"}]", vec!["range"]),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"1.2.1\"}, {\"last_affected\": \"1.2.1\"}]", vec![]),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"1.0.0-rc.1\"}, {\"fixed\": \"1.0.0\"}]", vec![]),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"1.2\"}]", vec!["range"]),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"v1.2.0\"}]", vec!["range"]),
        ("\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"2026a\"}]", vec![]),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"0\"}]", vec!["range", "range"]),
        ("\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"2.0\"}, {\"fixed\": \"1.10\"}]", vec!["range"]),
        ("\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"1.9\"}, {\"fixed\": \"1.10\"}]", vec![]),
        ("\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"9\"}, {\"fixed\": \"8\"}]", vec!["range"]),
        ("\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"2026b\"}, {\"fixed\": \"2026a\"}]", vec![]),
        ("\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"2026a\"}, {\"fixed\": \"2026a\"}]", vec!["range"]),
        ("\"type\": \"SEMVER\", \"events\": [{\"fixed\": \"1.2.1\"}]", vec!["range"]),
        ("\"type\": \"SEMVER\", \"events\": []", vec!["range"]),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\", \"fixed\": \"1.2.1\"}]", vec!["range", "range"]),
        ("\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"2\"}, {\"last_affected\": \"1\"}]", vec!["range"]),
        ("\"type\": \"GIT\", \"events\": [{\"introduced\": \"0\"}]", vec!["field"]),
        ("\"type\": \"GIT\", \"repo\": \"https://ledger.example/ledger.git\", \"events\": [{\"introduced\": \"abc\"}]", vec!["range"]),
        ("\"type\": \"DATE\", \"events\": [{\"introduced\": \"0\"}]", vec!["unknown-word"]),
        ("\"events\": [{\"introduced\": \"0\"}]", vec!["field"]),
    ] {
        assert_eq!(faults(&range(events)), wanted, "{events}");
    }
}

#[test]
fn fields_of_osv_are_what_the_schema_asks_for() {
    let good = range(EVENTS);
    for (from, to, wanted) in [
        ("GHSA-2qrg-x229-3v8q", "x_LEDGER-2026-1", vec![]),
        ("GHSA-2qrg-x229-3v8q", "GO-2026-1234", vec![]),
        ("GHSA-2qrg-x229-3v8q", "GHSA-2qrg", vec!["vulnerability-id"]),
        ("GHSA-2qrg-x229-3v8q", "heartbleed", vec!["vulnerability-id"]),
        ("CVE-2026-12345", "CVE-2026-1", vec!["vulnerability-id"]),
        ("2026-11-02T10:00:00Z", "2026-11-02T10:00:00+01:00", vec!["timestamp"]),
        ("2026-11-02T10:00:00Z", "2026-11-02", vec!["timestamp"]),
        ("Postings of one book can be read from another.", "TODO", vec!["no-text"]),
        ("\"schema_version\"", "\"withdrawn\": \"2026-11-03T00:00:00Z\", \"schema_version\"", vec!["withdrawn"]),
        ("\"schema_version\"", "\"withdrawn\": null, \"schema_version\"", vec![]),
        ("\"schema_version\"", "\"severity\": [{\"type\": \"CVSS_V3\", \"score\": \"7.5\"}], \"schema_version\"", vec!["severity"]),
        ("\"schema_version\"", "\"severity\": [{\"type\": \"CVSS_V9\", \"score\": \"7\"}], \"schema_version\"", vec!["unknown-word"]),
        ("\"schema_version\"", "\"references\": [{\"url\": \"https://ledger.example\"}], \"schema_version\"", vec!["field"]),
        ("\"schema_version\"", "\"credits\": [{\"type\": \"FRIEND\"}], \"schema_version\"", vec!["field", "unknown-word"]),
        ("\"ecosystem\": \"npm\", ", "", vec!["field"]),
        ("\"ranges\"", "\"versions\": \"1.0.0\", \"ranges\"", vec!["field"]),
        ("\"ranges\"", "\"versions\": [1], \"ranges\"", vec!["field"]),
        ("\"name\": \"@acme/ledger\"", "\"name\": \"l\", \"purl\": \"npm/l\"", vec!["purl"]),
    ] {
        assert_eq!(faults(&good.replacen(from, to, 1)), wanted, "{from} → {to}");
    }
    assert_eq!(faults(&osv("\"affected\": []")), ["no-product"]);
    assert_eq!(faults(&osv("\"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"l\"}}]")), ["no-range"]);
    assert_eq!(faults(&osv("\"affected\": {}")), ["field", "no-product"]);
}

#[test]
fn a_csaf_document_is_an_advisory_where_its_category_says_so() {
    let text = include_str!("../../../tests/samples/vex/csaf-vex-valid.json");
    let advisory = read(text).unwrap();
    assert_eq!((advisory.format, advisory.faults.len(), advisory.vulnerabilities.len()), ("CSAF 2.0", 0, 1));
    assert!(!advisory.vulnerabilities[0].affected[0].is_affected);
    assert_eq!(faults(&text.replace("\"status\":\"final\"", "\"status\":\"draft\"")), ["draft"]);
    let Err(NotRead::Bad(bad)) = read(&text.replace("csaf_vex", "csaf_base")) else { panic!() };
    assert!(bad.message.contains("csaf_base"), "{}", bad.message);
    assert!(matches!(read(&text.replace("\"csaf_version\":\"2.0\"", "\"csaf_version\":\"2.1\"")), Err(NotRead::Unknown(_))));
}

proptest! {
    #[test]
    fn any_document_is_read(inner in "[\\[\\]{}:,\"a-z0-9. ]{0,60}") {
        let _ = read(&inner);
        let _ = read(&osv(&inner));
        let _ = read(&range(&inner));
    }
}

#[test]
fn the_samples_are_read_without_a_fault() {
    for text in [include_str!("../../../tests/samples/advisories/osv.json"), include_str!("../../../tests/samples/advisories/csaf.json")] {
        assert_eq!(faults(text), Vec::<&str>::new());
    }
}

#[test]
fn a_fix_is_not_what_is_affected() {
    let commit = "0123456789012345678901234567890123456789";
    let git = format!(
        "\"type\": \"GIT\", \"repo\": \"https://ledger.example/l\", \"events\": [{{\"introduced\": \"{commit}\"}}, {{\"fixed\": \"{commit}\"}}]"
    );
    assert_eq!(faults(&range(&git)), ["range"]);
    let package = "\"package\": {\"ecosystem\": \"npm\", \"name\": \"@acme/ledger\"}";
    let fixed = format!("{{{package}, \"ranges\": [{{{EVENTS}}}]}}");
    for (other, wanted) in [
        ("\"versions\": [\"1.2.0\"]", vec![]),
        ("\"versions\": [\"1.2.0\", \"v1.2.1\"]", vec!["fixed-and-affected"]),
        ("\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"2.0.0\"}, {\"fixed\": \"2.0.1\"}]}]", vec![]),
        ("\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"2.0.1\"}]}]", vec!["fixed-and-affected"]),
        ("\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"1.1.0\"}]}]", vec!["fixed-and-affected"]),
        ("\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"last_affected\": \"1.2.0\"}]}]", vec![]),
        (
            "\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"last_affected\": \"1.2.1\"}]}]",
            vec!["fixed-and-affected"],
        ),
        ("\"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"later\"}]}]", vec![]),
    ] {
        let both = osv(&format!("\"affected\": [{fixed}, {{{package}, {other}}}]"));
        assert_eq!(faults(&both), wanted, "{other}");
        let elsewhere = both.replacen("\"npm\"", "\"PyPI\"", 1);
        assert_eq!(faults(&elsewhere), Vec::<&str>::new(), "another package: {other}");
    }
}

#[test]
fn one_version_of_csaf_is_not_both_under_two_ids() {
    let text = include_str!("../../../tests/samples/advisories/csaf.json");
    let contradicts = |text: &str| faults(text).contains(&"contradictory");
    for (from, to, wanted) in [
        ("\"name\": \"1.2.0\"", "\"name\": \"1.2.1\"", true),
        (
            "\"product_version\",\n                \"name\": \"1.2.0\"",
            "\"product_version_range\",\n                \"name\": \"<1.2.1\"",
            false,
        ),
        (
            "\"product_version\",\n                \"name\": \"1.2.0\"",
            "\"product_version_range\",\n                \"name\": \"vers:npm/>=1.0.0|<=1.2.1\"",
            true,
        ),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert_eq!(contradicts(&changed), wanted, "{to}");
    }
    assert!(!contradicts(text));
}

#[test]
fn a_range_that_nothing_ends_is_told() {
    let open = |events: &str| read(&range(events)).unwrap().vulnerabilities[0].affected[0].open.is_some();
    for (events, wanted) in [
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"1.0.0\"}, {\"introduced\": \"1.1.0\"}]", true),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"1.1.0\"}, {\"introduced\": \"0\"}, {\"fixed\": \"1.0.0\"}]", true),
        ("\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"a\"}, {\"fixed\": \"b\"}, {\"introduced\": \"c\"}]", true),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"limit\": \"*\"}]", true),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"1.0.0\"}]", false),
        ("\"type\": \"SEMVER\", \"events\": [{\"fixed\": \"1.2.0\"}, {\"introduced\": \"0\"}]", false),
        ("\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"last_affected\": \"1.0.0\"}]", false),
    ] {
        assert_eq!(open(events), wanted, "{events}");
    }
}

#[test]
fn what_only_holds_a_place_helps_nobody() {
    let text = range("\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"TODO\"}]");
    assert_eq!(faults(&text), ["range"]);
    let todo = osv(
        "\"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"l\"}, \"versions\": [\"1\"]}], \"references\": [{\"type\": \"FIX\", \"url\": \"TODO\"}]",
    );
    assert!(!read(&todo).unwrap().vulnerabilities[0].remedied);
    assert_eq!(faults(&range(EVENTS).replace("1.7.0", "2.0.0")), ["field"]);
    let text = include_str!("../../../tests/samples/advisories/csaf.json");
    let mut csaf: serde_json::Value = serde_json::from_str(text).unwrap();
    csaf["document"]["title"] = "TODO".into();
    csaf["vulnerabilities"][0]["remediations"][0]["details"] = "TBC".into();
    assert_eq!(faults(&csaf.to_string()), ["placeholder", "placeholder"]);
    csaf["vulnerabilities"][0]["remediations"][0]["category"] = "no_fix_planned".into();
    assert!(!read(&csaf.to_string()).unwrap().vulnerabilities[0].remedied);
}

#[test]
fn a_package_url_is_that_of_the_package() {
    let of = |name: &str, purl: &str| {
        let package = format!("\"ecosystem\": \"npm\", \"name\": \"{name}\", \"purl\": \"{purl}\"");
        faults(&osv(&format!("\"affected\": [{{\"package\": {{{package}}}, \"versions\": [\"1\"]}}]")))
    };
    for (name, purl) in [
        ("@acme/ledger", "pkg:npm/%40acme/ledger"),
        ("com.acme:ledger", "pkg:maven/com.acme/ledger"),
        ("github.com/acme/ledger/v2", "pkg:golang/github.com/acme/ledger/v2"),
        ("Ledger_Core", "pkg:pypi/ledger-core"),
    ] {
        assert_eq!(of(name, purl), Vec::<&str>::new(), "{name}");
    }
    assert_eq!(of("ledger", "pkg:npm/other"), ["contradictory-names"]);
    assert_eq!(of("other", "pkg:npm/ledger"), ["contradictory-names"]);
}

/// A product with this id and version, in a branch around the version where one is given.
fn version(id: &str, category: &str, version: &str, around: Option<&str>) -> serde_json::Value {
    let inner = serde_json::json!({"category": category, "name": version, "product": {"name": format!("{id} of it"), "product_id": id}});
    let inner = around.map_or(inner.clone(), |name| serde_json::json!({"category": "architecture", "name": name, "branches": [inner]}));
    serde_json::json!({"category": "product_name", "name": "Ledger", "branches": [inner]})
}

/// The sample with these products more and with these lists.
fn csaf_with(products: Vec<serde_json::Value>, lists: serde_json::Value) -> String {
    let mut csaf: serde_json::Value = serde_json::from_str(include_str!("../../../tests/samples/advisories/csaf.json")).unwrap();
    csaf["product_tree"]["branches"][0]["branches"].as_array_mut().unwrap().extend(products);
    csaf["vulnerabilities"][0]["product_status"] = lists;
    csaf.to_string()
}

#[test]
fn any_two_ids_of_one_version_in_csaf_stand_in_one_way() {
    for (around, list, wanted) in [
        (None, "known_affected", true),
        (None, "known_not_affected", true),
        (None, "under_investigation", true),
        (None, "first_fixed", false),
        (Some("arm64"), "known_affected", false),
    ] {
        let both = vec![version("A", "product_version", "3.0.0", None), version("B", "product_version", "v3.0.0", around)];
        let text = csaf_with(both, serde_json::json!({"fixed": ["A"], list: ["B"]}));
        assert_eq!(faults(&text).contains(&"contradictory"), wanted, "{around:?} {list}");
    }
}

#[test]
fn what_stands_behind_many_products_of_csaf_is_compared_too() {
    let begun = std::time::Instant::now();
    let numbered = |from: usize| (from..from + 15_000).map(|number| format!("1.{number}.0"));
    for (category, name) in [("product_version", "3.0.0"), ("product_version_range", ">=2.0.0")] {
        let mut products: Vec<_> = numbered(0).chain(numbered(20_000)).map(|id| version(&id, "product_version", &id, None)).collect();
        products.extend([version("A", category, name, None), version("B", "product_version", "3.0.0", None)]);
        let of = |from: usize, last: &str| numbered(from).chain([last.to_owned()]).collect::<Vec<_>>();
        let text = csaf_with(products, serde_json::json!({"known_affected": of(0, "A"), "fixed": of(20_000, "B")}));
        assert_eq!(faults(&text), ["contradictory"], "{category}");
    }
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn more_products_of_csaf_than_are_compared_are_told() {
    let ids = |kind: char| (0..2_500).map(|number| format!("{kind}{number}")).collect::<Vec<_>>();
    let mut products: Vec<_> =
        ids('A').iter().enumerate().map(|(at, id)| version(id, "product_version_range", &format!("<1.{at}.0"), None)).collect();
    products.extend(ids('F').iter().map(|id| version(id, "product_version", "2.0.0", None)));
    let text = csaf_with(products, serde_json::json!({"known_affected": ids('A'), "fixed": ids('F')}));
    assert_eq!(faults(&text), ["too-large"]);
}

#[test]
fn a_fix_that_is_affected_is_found_behind_many_others() {
    let package = "\"package\": {\"ecosystem\": \"npm\", \"name\": \"@acme/ledger\"}";
    let event = |number: usize| format!("{{\"introduced\": \"{number}.0.0\"}}, {{\"fixed\": \"{number}.0.1\"}}");
    let events: Vec<String> = (1..2_000).map(event).collect();
    let versions: Vec<String> = (1..1_000).map(|number| format!("\"0.0.{number}\"")).chain(["\"1999.0.1\"".to_owned()]).collect();
    let text = osv(&format!(
        "\"affected\": [{{{package}, \"versions\": [{}], \"ranges\": [{{\"type\": \"SEMVER\", \"events\": [{}]}}]}}]",
        versions.join(", "),
        events.join(", ")
    ));
    assert_eq!(faults(&text), ["fixed-and-affected"]);
    let ranges: Vec<String> = events.iter().map(|events| format!("{{\"type\": \"SEMVER\", \"events\": [{events}]}}")).collect();
    let many = osv(&format!("\"affected\": [{{{package}, \"ranges\": [{}]}}]", ranges.join(", ")));
    assert_eq!(faults(&many), ["too-large"]);
}
