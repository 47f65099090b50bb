#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

const CYCLONEDX: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"timestamp": "2026-11-22T10:00:00Z",
  "tools": {"components": [{"type": "application", "name": "t"}]}, "component": {"type": "application", "bom-ref": "own", "name": "widget", "version": "1.0.0"}},
  "components": [{"type": "library", "bom-ref": "a", "group": "@acme", "name": "a", "version": "1.0.0", "purl": "pkg:npm/%40acme/a@1.0.0",
    "components": [{"type": "library", "bom-ref": "b", "name": "b", "version": "2.0.0"}]}],
  "dependencies": [{"ref": "own", "dependsOn": ["a", "gone"]}]}"#;

const XML: &str = r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata><timestamp>2026-11-22T10:00:00Z</timestamp>
  <tools><tool><name>t</name></tool></tools><component type="application" bom-ref="own"><name>widget</name><version>1.0.0</version></component></metadata>
  <components><component type="library" bom-ref="a"><group>@acme</group><name>a</name><version>1.0.0</version><purl>pkg:npm/%40acme/a@1.0.0</purl>
    <components><component type="library" bom-ref="b"><name>b</name><version>2.0.0</version></component></components></component></components>
  <dependencies><dependency ref="own"><dependency ref="a"/><dependency ref="gone"/></dependency></dependencies></bom>"#;

const SPDX: &str = r#"{"spdxVersion": "SPDX-2.3", "name": "widget-1.0.0", "creationInfo": {"created": "2026-11-22T10:00:00Z", "creators": ["Tool: t"]},
  "packages": [{"SPDXID": "SPDXRef-own", "name": "widget", "versionInfo": "1.0.0"},
    {"SPDXID": "SPDXRef-a", "name": "@acme/a", "versionInfo": "1.0.0", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/%40acme/a@1.0.0"}]},
    {"SPDXID": "SPDXRef-b", "name": "b", "versionInfo": "2.0.0"}],
  "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-own"},
    {"spdxElementId": "SPDXRef-own", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-a"},
    {"spdxElementId": "SPDXRef-own", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-gone"}]}"#;

const TAG_VALUE: &str = "SPDXVersion: SPDX-2.3\nDocumentName: widget-1.0.0\nCreator: Tool: t\nCreated: 2026-11-22T10:00:00Z\n\nPackageName: widget\nSPDXID: SPDXRef-own\nPackageVersion: 1.0.0\n\n\
PackageName: @acme/a\nSPDXID: SPDXRef-a\nPackageVersion: 1.0.0\nPackageComment: <text>PackageName: not one\nPackageName: nor this</text>\nExternalRef: PACKAGE-MANAGER purl pkg:npm/%40acme/a@1.0.0\n\n\
PackageName: b\nSPDXID: SPDXRef-b\nPackageVersion: 2.0.0\n\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-own\nRelationship: SPDXRef-own DEPENDS_ON SPDXRef-a\nRelationship: SPDXRef-own DEPENDS_ON SPDXRef-gone\n";

#[test]
fn every_form_gives_the_same() {
    for text in [CYCLONEDX, XML, SPDX, TAG_VALUE] {
        let sbom = read(text).unwrap();
        let subject = sbom.subject.unwrap();
        assert_eq!((subject.name.as_str(), subject.version.as_deref()), ("widget", Some("1.0.0")), "{text}");
        assert_eq!(sbom.created.as_ref().unwrap().0, "2026-11-22T10:00:00Z");
        assert!(sbom.has_author);
        assert_eq!(sbom.components.len(), 2, "{text}");
        let first = &sbom.components[0];
        let purl = first.purl.as_ref().unwrap();
        assert_eq!((purl.kind.as_str(), purl.full_name.as_str(), purl.version.as_deref()), ("npm", "@acme/a", Some("1.0.0")));
        assert_eq!(first.full_name(), "@acme/a");
        assert_eq!(sbom.components[1].name, "b");
        assert!(!sbom.components[1].identified);
        assert_eq!(sbom.dangling.len(), 1, "{text}");
        assert!(sbom.dangling[0].0.ends_with("gone"));
        assert!(text.get(first.at.clone()).unwrap().contains('a'));
    }
}

#[test]
fn what_cannot_be_read_says_what_it_is() {
    let unknown = |text: &str| match read(text) {
        Err(NotRead::Unknown(what)) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(unknown("{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\"}"), "SPDX 3 (JSON-LD)");
    assert_eq!(unknown("{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"2.0\"}"), "CycloneDX 2.0");
    assert_eq!(unknown("{\"spdxVersion\": \"SPDX-2.1\"}"), "SPDX-2.1");
    for text in [
        "",
        "{}",
        "[]",
        "<a/>",
        "hello",
        "{\"bomFormat\": \"CycloneDX\"}",
        "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{}]}",
    ] {
        assert!(matches!(read(text), Err(NotRead::Bad(_))), "{text}");
    }
}

#[test]
fn package_urls_are_compared_as_their_ecosystems_do() {
    let name = |text: &str| Purl::read(text).unwrap().full_name;
    assert_eq!(name("pkg:pypi/Typing_Extensions@4"), "typing-extensions");
    assert_eq!(name("pkg:npm/%40acme/a@1"), "@acme/a");
    assert_eq!(name("pkg:maven/org.a/b@1?type=jar"), "org.a/b");
    assert_eq!(name("pkg:golang/example.invalid/X/y@v1#sub"), "example.invalid/x/y");
    assert_eq!(Purl::read("not a purl"), None);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,60}", tag in "(PackageName|SPDXID|Relationship|SPDXVersion|FileName): ?[a-z <>/]{0,20}\n") {
        let _ = read(&text);
        let _ = read(&format!("SPDXVersion: SPDX-2.3\n{tag}{text}\n{tag}"));
    }
}

#[test]
fn a_document_may_describe_many_things_that_it_does_not_list() {
    let ids: String = (0..100_000).map(|at| format!("\"SPDXRef-x{at}\", ")).collect();
    let packages: String = (0..100_000).map(|at| format!("{{\"SPDXID\": \"SPDXRef-{at}\", \"name\": \"n{at}\"}}, ")).collect();
    let text = format!(
        "{{\"spdxVersion\": \"SPDX-2.3\", \"documentDescribes\": [{ids}\"SPDXRef-7\"], \"packages\": [{packages}{{\"name\": \"last\"}}]}}"
    );
    let sbom = read(&text).unwrap();
    assert_eq!((sbom.subject.unwrap().name.as_str(), sbom.components.len()), ("n7", 100_000));
}
