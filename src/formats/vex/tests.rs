use proptest::prelude::*;

use super::*;

fn faults(text: &str) -> Vec<&'static str> {
    let vex = read(text).unwrap_or_else(|why| panic!("{why:?} in {text}"));
    vex.faults.iter().map(|fault| fault.name).collect()
}

fn openvex(statement: &str) -> String {
    format!(
        "{{\"@context\": \"https://openvex.dev/ns/v0.2.0\", \"@id\": \"https://ledger.example/vex/1\", \"author\": \"Ledger Ltd\", \
         \"timestamp\": \"2026-11-01T00:00:00Z\", \"version\": 1, \"statements\": [{{{statement}}}]}}"
    )
}

const NAMED: &str = "\"vulnerability\": {\"name\": \"CVE-2026-12345\"}, \"products\": [{\"@id\": \"pkg:npm/ledger@1.0.0\"}]";

#[test]
fn a_statement_explains_its_status() {
    for (rest, wanted) in [
        ("\"status\": \"fixed\"", vec![]),
        ("\"status\": \"under_investigation\"", vec![]),
        ("\"status\": \"not_affected\", \"justification\": \"component_not_present\"", vec![]),
        ("\"status\": \"not_affected\", \"impact_statement\": \"The code is never called with input from outside.\"", vec![]),
        ("\"status\": \"not_affected\"", vec!["unjustified"]),
        ("\"status\": \"not_affected\", \"impact_statement\": \"TODO\"", vec!["unjustified"]),
        ("\"status\": \"not_affected\", \"justification\": \"trust_me\"", vec!["unknown-word"]),
        ("\"status\": \"fixed\", \"justification\": \"component_not_present\"", vec!["contradictory"]),
        ("\"status\": \"affected\"", vec!["no-action"]),
        ("\"status\": \"affected\", \"action_statement\": \"Update to 1.0.1 as soon as you can.\"", vec![]),
        ("\"status\": \"fine\"", vec!["unknown-word"]),
    ] {
        assert_eq!(faults(&openvex(&format!("{NAMED}, {rest}"))), wanted, "{rest}");
    }
}

#[test]
fn the_first_version_has_plain_strings() {
    let text = openvex("\"vulnerability\": \"CVE-2026-12345\", \"products\": [\"pkg:npm/ledger@1.0.0\"], \"subcomponents\": [\"pkg:npm/a@1\"], \"status\": \"fixed\"")
        .replace("/v0.2.0", "")
        .replace("\"version\": 1", "\"version\": \"1\"");
    let vex = read(&text).unwrap();
    assert_eq!((vex.format.as_str(), vex.faults.len()), ("OpenVEX 0.0.1", 0));
    assert_eq!(vex.statements[0].components[0].0, "pkg:npm/a@1");
}

#[test]
fn samples_are_read_as_their_validators_read_them() {
    assert_eq!(faults(include_str!("../../../tests/samples/vex/openvex.json")), Vec::<&str>::new());
    assert_eq!(faults(include_str!("../../../tests/samples/vex/csaf-vex-valid.json")), Vec::<&str>::new());
    let bad = faults(include_str!("../../../tests/samples/vex/csaf-vex-invalid.json"));
    assert_eq!(bad, ["csaf-version", "undefined-product", "unjustified"]);
    let Err(NotRead::Bad(bad)) = read(include_str!("../../../tests/samples/vex/openvex-nonconformant.json")) else { panic!() };
    assert!(bad.message.contains("`@context`"), "{}", bad.message);
}

#[test]
fn a_reference_of_cyclonedx_leads_somewhere() {
    let text = |reference: &str| {
        format!(
            "{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"metadata\": {{\"component\": {{\"name\": \"ledger\", \"bom-ref\": \"own\"}}}}, \
             \"vulnerabilities\": [{{\"id\": \"CVE-2026-12345\", \"analysis\": {{\"state\": \"in_triage\"}}, \"affects\": [{{\"ref\": \"{reference}\"}}]}}, {{\"id\": \"GHSA-2qrg-x229-3v8q\"}}]}}"
        )
    };
    let vex = read(&text("own")).unwrap();
    assert_eq!((vex.faults.len(), vex.unstated, vex.statements.len()), (0, 1, 1));
    assert_eq!(faults(&text("other")), ["undefined-product"]);
    assert!(faults(&text("urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#ledger")).is_empty());
}

proptest! {
    #[test]
    fn any_document_is_read(inner in "[\\[\\]{}:,\"a-z0-9. ]{0,60}") {
        let _ = read(&inner);
        let _ = read(&openvex(&inner));
        let _ = read(&format!("{{\"document\": {{\"csaf_version\": \"2.0\", \"tracking\": {{{inner}}}}}, \"vulnerabilities\": [{inner}]}}"));
        let _ = read(&format!("{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"vulnerabilities\": [{{{inner}}}]}}"));
    }
}

/// The valid sample with this many products more, and with what `change` makes of it.
fn csaf(products: usize, change: impl Fn(&mut serde_json::Value, serde_json::Value)) -> Vec<&'static str> {
    let mut text: serde_json::Value = serde_json::from_str(include_str!("../../../tests/samples/vex/csaf-vex-valid.json")).unwrap();
    let ids: Vec<String> = (0..products).map(|number| format!("P{number}")).collect();
    let full = text["product_tree"]["full_product_names"].as_array_mut().unwrap();
    full.extend(ids.iter().map(|id| serde_json::json!({"product_id": id, "name": "widget-rs"})));
    text["product_tree"]["product_groups"] = serde_json::json!([{"group_id": "G", "product_ids": ids}]);
    change(&mut text, serde_json::json!(ids));
    faults(&text.to_string())
}

#[test]
fn a_group_of_csaf_counts_once_however_often_it_is_named() {
    let begun = std::time::Instant::now();
    let groups = vec!["G"; 20_000];
    for list in ["remediations", "threats"] {
        let found = csaf(5_000, |text, ids| {
            let one = serde_json::json!({"category": "vendor_fix", "details": "Upgrade now.", "group_ids": groups});
            let one = if list == "threats" {
                serde_json::json!({"category": "impact", "details": "Not reachable.", "group_ids": groups})
            } else {
                one
            };
            text["vulnerabilities"][0][list] = serde_json::json!([one]);
            text["vulnerabilities"][0]["product_status"]["fixed"] = ids;
        });
        assert_eq!(found, Vec::<&str>::new(), "{list}");
    }
    let flags = |count: usize| {
        csaf(4_000, |text, ids| {
            let flags = text["vulnerabilities"][0]["flags"].as_array_mut().unwrap();
            flags.extend(vec![serde_json::json!({"label": "component_not_present", "group_ids": ["G"]}); count]);
            let listed = text["vulnerabilities"][0]["product_status"]["known_not_affected"].as_array_mut().unwrap();
            listed.extend(ids.as_array().unwrap().iter().cloned());
        })
    };
    assert_eq!(flags(1), Vec::<&str>::new());
    assert_eq!(flags(2), ["contradictory"]);
    assert_eq!(flags(3_000).len(), crate::limits::FAULTS_HELD);
    assert!(begun.elapsed().as_secs() < 60);
}

#[test]
fn a_chain_of_relationships_in_csaf_takes_in_a_bounded_number_of_names() {
    let chain = |name: &dyn Fn(usize) -> String| {
        csaf(2, |text, _| {
            let id = |number: usize| if number == 0 { "P0".to_owned() } else { format!("R{number}") };
            let relationships: Vec<_> = (1..8_000)
                .map(|number| {
                    serde_json::json!({"category": "default_component_of", "product_reference": "P1",
                        "full_product_name": {"product_id": id(number), "name": name(number)}, "relates_to_product_reference": id(number - 1)})
                })
                .collect();
            text["product_tree"]["relationships"] = serde_json::json!(relationships);
        })
    };
    assert_eq!(chain(&|_| "widget-rs".to_owned()), Vec::<&str>::new());
    let named = chain(&|number| format!("widget-{number}"));
    assert!(named.len() == crate::limits::FAULTS_HELD && named.iter().all(|name| *name == "too-many-names"), "{named:?}");
}

#[test]
fn a_relationship_of_csaf_to_itself_does_not_double_its_names() {
    let found = csaf(2, |text, _| {
        let one = serde_json::json!({"category": "default_component_of", "product_reference": "P1",
            "full_product_name": {"product_id": "R", "name": "widget-rs"}, "relates_to_product_reference": "R"});
        text["product_tree"]["relationships"] = serde_json::json!(vec![one; 64]);
    });
    assert!(found.contains(&"circular"), "{found:?}");
}

#[test]
fn identifiers_of_one_product_name_one_package() {
    let of = |purl: &str| {
        let product = format!("{{\"@id\": \"pkg:cargo/other@9\", \"identifiers\": {{\"purl\": \"{purl}\"}}}}");
        faults(&openvex(&format!("\"vulnerability\": {{\"name\": \"CVE-2026-12345\"}}, \"products\": [{product}], \"status\": \"fixed\"")))
    };
    assert_eq!(of("pkg:cargo/ledger@1.4.2"), ["contradictory-names"]);
    assert_eq!(of("pkg:deb/debian/other@9"), Vec::<&str>::new());
}

#[test]
fn cyclonedx_calls_no_version_affected_beside_not_affected() {
    let of = |status: &str| {
        faults(&format!(
            "{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"metadata\": {{\"component\": {{\"bom-ref\": \"l\", \"name\": \"ledger\"}}}}, \
             \"vulnerabilities\": [{{\"id\": \"CVE-2026-12345\", \"analysis\": {{\"state\": \"not_affected\", \"justification\": \"code_not_present\"}}, \
             \"affects\": [{{\"ref\": \"l\", \"versions\": [{{\"version\": \"1.4.2\", \"status\": \"{status}\"}}]}}]}}]}}"
        ))
    };
    assert_eq!(of("affected"), ["contradictory"]);
    let resolved = |version: &str, said: &str| {
        faults(&format!(
            "{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"metadata\": {{\"component\": {{\"bom-ref\": \"l\", \"name\": \"ledger\", \
             \"version\": \"{version}\"}}}}, \"vulnerabilities\": [{{\"id\": \"CVE-2026-12345\", \"analysis\": {{\"state\": \"resolved\"}}, \
             \"affects\": [{{\"ref\": \"l\", \"versions\": [{{{said}, \"status\": \"affected\"}}]}}]}}]}}"
        ))
    };
    for (version, said, wanted) in [
        ("1.4.2", "\"range\": \"vers:npm/<1.4.3\"", true),
        ("1.4.3", "\"range\": \"vers:npm/<1.4.3\"", false),
        ("1.4.2", "\"version\": \"1.4.2\"", true),
        ("1.4.2", "\"version\": \"1.4.1\"", false),
        ("1.4.2", "\"range\": \"vers:deb/<1:2\"", false),
    ] {
        assert_eq!(resolved(version, said) == ["contradictory"], wanted, "{version} {said}");
    }
    assert_eq!(of("unaffected"), Vec::<&str>::new());
}
