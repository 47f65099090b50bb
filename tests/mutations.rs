//! One change for the worse, and what was met is a gap that names it: a component taken out of an SBOM, a package out of a
//! lockfile, a byte of a signature, a date moved past its window. Each is done in every place where it can be.

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

use std::fs;
use std::path::Path;

use common::Fixture;
use portcullis::app::{Request, check};
use portcullis::clock::Today;
use portcullis::input::catalogue::Catalogue;
use portcullis::input::signature::verify;
use portcullis::input::snapshot::At;
use portcullis::source::SourceMap;
use serde_json::{Value, json};

const COUNT: usize = 12;

/// The outcome of a unit, how well it is backed, and why.
fn judged(fixture: &Fixture, catalogue: &Catalogue, unit: &str) -> (String, String, String) {
    let request = Request::new(fixture.path(), At::Worktree, Today(jiff::civil::date(2026, 11, 22)));
    let sources = SourceMap::default();
    let report = check(&request, catalogue, &sources);
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    let found = report.products[0].assessments.iter().find(|found| found.unit.id == unit).unwrap();
    let assurance = found.assurance.map(|assurance| assurance.to_string()).unwrap_or_default();
    (found.outcome.to_string(), assurance, found.reason.clone())
}

fn name(at: usize) -> String {
    // No name is the beginning of another.
    format!("pack-{at:02}")
}

fn version(at: usize) -> String {
    format!("1.{at}.0")
}

/// A product whose only evidence is this file.
fn product(fixture: &Fixture, unit: &str, kind: &str, path: &str) {
    fixture.write("portcullis.toml", "version = 1\n\n[product]\nname = \"Ledger\"\n[product.traits]\nthird-party-components = true\n");
    let text = format!(
        "version = 1\n\n[[attestation]]\nprovision = \"{unit}\"\nstatus = \"met\"\nstatement = \"It is made anew for every release.\"\n\
         owner = \"platform@ledger.example\"\nreviewed = 2026-10-01\n\n[[attestation.evidence]]\nkind = \"{kind}\"\npath = \"{path}\"\n"
    );
    fixture.write("attestations.toml", text);
}

// ---- lockfiles: a chain in which each package needs the next, and the manifest the first ----

/// A lockfile without the packages that are left out.
type Lock = fn(&dyn Fn(usize) -> bool) -> String;

const LOCKFILES: &[(&str, &str, &str, &str, Lock)] = &[
    ("Cargo.lock", "Cargo.toml", "[package]\nname = \"ledger\"\nversion = \"1.0.0\"\n[dependencies]\npack-00 = \"1\"\n", "cargo", cargo),
    (
        "package-lock.json",
        "package.json",
        "{\"name\":\"ledger\",\"version\":\"1.0.0\",\"dependencies\":{\"pack-00\":\"^1.0.0\"}}",
        "npm",
        npm,
    ),
    (
        "pnpm-lock.yaml",
        "package.json",
        "{\"name\":\"ledger\",\"version\":\"1.0.0\",\"dependencies\":{\"pack-00\":\"^1.0.0\"}}",
        "npm",
        pnpm,
    ),
    ("uv.lock", "pyproject.toml", "[project]\nname = \"ledger\"\nversion = \"1.0.0\"\ndependencies = [\"pack-00>=1\"]\n", "pypi", uv),
];

const SRI: &str = "sha512-O7Eu2jwpjbXeJVl/VNkk8uF+eKJq2JU+2CGO5oLwu76QIeLzAJ0VLJEb8fJexoOpAnFBZnZ6+9jlvQ+wEk7Lig==";

fn kept(is_kept: &dyn Fn(usize) -> bool) -> impl Iterator<Item = (usize, Option<usize>)> {
    (0..COUNT).filter(move |at| is_kept(*at)).map(|at| (at, (at + 1 < COUNT).then_some(at + 1)))
}

fn cargo(is_kept: &dyn Fn(usize) -> bool) -> String {
    let mut text = "version = 4\n\n[[package]]\nname = \"ledger\"\nversion = \"1.0.0\"\ndependencies = [\n \"pack-00\",\n]\n".to_owned();
    for (at, next) in kept(is_kept) {
        let needs = next.map(|next| format!("dependencies = [\n \"{}\",\n]\n", name(next))).unwrap_or_default();
        text.push_str(&format!(
            "\n[[package]]\nname = \"{}\"\nversion = \"{}\"\nsource = \"registry+https://registry.example.invalid/index\"\nchecksum = \"{:064x}\"\n{needs}",
            name(at),
            version(at),
            at + 1
        ));
    }
    text
}

fn npm(is_kept: &dyn Fn(usize) -> bool) -> String {
    let mut packages = serde_json::Map::new();
    packages.insert(String::new(), json!({"name": "ledger", "version": "1.0.0", "dependencies": {"pack-00": "^1.0.0"}}));
    for (at, next) in kept(is_kept) {
        let mut entry = json!({"version": version(at), "resolved": "https://registry.example.invalid/x.tgz", "integrity": SRI});
        if let Some(next) = next {
            entry["dependencies"] = json!({name(next): "^1.0.0"});
        }
        packages.insert(format!("node_modules/{}", name(at)), entry);
    }
    serde_json::to_string_pretty(&json!({"name": "ledger", "version": "1.0.0", "lockfileVersion": 3, "packages": packages})).unwrap()
}

fn pnpm(is_kept: &dyn Fn(usize) -> bool) -> String {
    let (mut packages, mut snapshots) = (String::new(), String::new());
    for (at, next) in kept(is_kept) {
        packages.push_str(&format!("  {}@{}:\n    resolution: {{integrity: {SRI}}}\n", name(at), version(at)));
        let needs = next.map(|next| format!("\n    dependencies:\n      {}: {}\n", name(next), version(next)));
        snapshots.push_str(&format!("  {}@{}:{}", name(at), version(at), needs.unwrap_or_else(|| " {}\n".to_owned())));
    }
    format!(
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      pack-00:\n        specifier: ^1.0.0\n        version: 1.0.0\n\
         packages:\n{packages}snapshots:\n{snapshots}"
    )
}

fn uv(is_kept: &dyn Fn(usize) -> bool) -> String {
    let mut text =
        "version = 1\n[[package]]\nname = \"ledger\"\nversion = \"1.0.0\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"pack-00\" }]\n".to_owned();
    for (at, next) in kept(is_kept) {
        let needs = next.map(|next| format!("dependencies = [{{ name = \"{}\" }}]\n", name(next))).unwrap_or_default();
        text.push_str(&format!(
            "\n[[package]]\nname = \"{}\"\nversion = \"{}\"\nsource = {{ registry = \"https://registry.example.invalid/simple\" }}\n{needs}\
             sdist = {{ url = \"x\", hash = \"sha256:{:064x}\" }}\n",
            name(at),
            version(at),
            at + 1
        ));
    }
    text
}

/// The names of packages that a text speaks of.
fn named(text: &str) -> Vec<usize> {
    (0..COUNT).filter(|at| text.contains(&name(*at))).collect()
}

#[test]
fn every_package_that_is_deleted_from_a_lockfile_is_named() {
    let catalogue = Catalogue::built_in();
    for (lockfile, manifest, text, _, write) in LOCKFILES {
        let fixture = Fixture::new();
        product(&fixture, "software-security/1.2-c1", "lockfile", lockfile);
        fixture.write(manifest, text);
        fixture.write(lockfile, write(&|_| true));
        fixture.commit();
        let (outcome, _, why) = judged(&fixture, &catalogue, "software-security/1.2-c1");
        assert_eq!(outcome, "met", "{lockfile}: {why}");
        for deleted in 0..COUNT {
            fixture.write(lockfile, write(&|at| at != deleted));
            let (outcome, _, why) = judged(&fixture, &catalogue, "software-security/1.2-c1");
            assert_eq!(outcome, "evidence-failed", "{lockfile} without {}: {why}", name(deleted));
            assert!(why.contains(&format!("{lockfile} does not lock {}, which ", name(deleted))), "{why}");
            let needing: Vec<usize> = [deleted.checked_sub(1), Some(deleted)].into_iter().flatten().collect();
            assert!(named(&why).iter().all(|at| needing.contains(at)), "{lockfile} without {} speaks of others: {why}", name(deleted));
        }
    }
}

// ---- SBOMs ----

fn cyclonedx(kind: &str, is_kept: &dyn Fn(usize) -> bool) -> Value {
    let components: Vec<Value> = kept(is_kept)
        .map(|(at, _)| {
            let purl = format!("pkg:{kind}/{}@{}", name(at), version(at));
            json!({"type": "library", "bom-ref": purl, "name": name(at), "version": version(at), "purl": purl})
        })
        .collect();
    let all: Vec<&Value> = components.iter().map(|component| &component["bom-ref"]).collect();
    json!({"bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {"timestamp": "2026-11-01T00:00:00Z", "tools": {"components": [{"type": "application", "name": "maker"}]},
            "component": {"type": "application", "bom-ref": "own", "name": "ledger", "version": "1.0.0"}},
        "components": components, "dependencies": [{"ref": "own", "dependsOn": all}]})
}

fn spdx(kind: &str, is_kept: &dyn Fn(usize) -> bool) -> Value {
    let mut packages = vec![json!({"SPDXID": "SPDXRef-own", "name": "ledger", "versionInfo": "1.0.0", "downloadLocation": "NOASSERTION"})];
    let mut relations =
        vec![json!({"spdxElementId": "SPDXRef-DOCUMENT", "relatedSpdxElement": "SPDXRef-own", "relationshipType": "DESCRIBES"})];
    for (at, _) in kept(is_kept) {
        let id = format!("SPDXRef-{}", name(at));
        packages.push(json!({"SPDXID": id, "name": name(at), "versionInfo": version(at), "downloadLocation": "NOASSERTION", "supplier": "NOASSERTION",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": format!("pkg:{kind}/{}@{}", name(at), version(at))}]}));
        relations.push(json!({"spdxElementId": "SPDXRef-own", "relatedSpdxElement": id, "relationshipType": "DEPENDS_ON"}));
    }
    json!({"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "ledger", "documentNamespace": "https://ledger.example/sbom",
        "creationInfo": {"created": "2026-11-01T00:00:00Z", "creators": ["Tool: maker"]}, "packages": packages, "relationships": relations})
}

/// An SBOM for one ecosystem without the components that are left out.
type Sbom = fn(&str, &dyn Fn(usize) -> bool) -> Value;

#[test]
fn every_component_that_is_deleted_from_an_sbom_is_named() {
    let catalogue = Catalogue::built_in();
    let formats: [(&str, Sbom); 2] = [("sbom.cdx.json", cyclonedx), ("sbom.spdx.json", spdx)];
    // Cargo's lockfile alone does not say what ships beyond the first step: see `tests/cargo.rs`.
    for (lockfile, manifest, text, kind, lock) in LOCKFILES.iter().filter(|(_, _, _, kind, _)| *kind != "cargo") {
        for (path, write) in formats {
            let fixture = Fixture::new();
            product(&fixture, "software-security/1.2-c1", "sbom", path);
            fixture.write(manifest, text);
            fixture.write(lockfile, lock(&|_| true));
            fixture.write(path, write(kind, &|_| true).to_string());
            fixture.commit();
            let (outcome, assurance, why) = judged(&fixture, &catalogue, "software-security/1.2-c1");
            assert_eq!((outcome.as_str(), assurance.as_str()), ("met", "verified"), "{path} {lockfile}: {why}");
            for deleted in 0..COUNT {
                fixture.write(path, write(kind, &|at| at != deleted).to_string());
                let (outcome, _, why) = judged(&fixture, &catalogue, "software-security/1.2-c1");
                assert_eq!(outcome, "evidence-failed", "{path} without {}: {why}", name(deleted));
                let told = format!("{path} does not list {} {}, which {lockfile} locks", name(deleted), version(deleted));
                assert!(why.contains(&told), "{told}: {why}");
                assert_eq!(named(&why), [deleted], "{why}");
            }
        }
    }
}

// ---- signatures ----

const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn decoded(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte));
    let bits: Vec<usize> = digits.collect();
    let groups = bits.chunks(4).flat_map(|group| {
        let whole = group.iter().enumerate().fold(0, |whole, (at, digit)| whole | digit << (18 - 6 * at));
        (0..group.len() - 1).map(move |at| u8::try_from(whole >> (16 - 8 * at) & 0xff).unwrap())
    });
    groups.collect()
}

fn armoured(bytes: &[u8]) -> String {
    let text: String = bytes
        .chunks(3)
        .flat_map(|group| {
            let whole = group.iter().enumerate().fold(0usize, |whole, (at, byte)| whole | usize::from(*byte) << (16 - 8 * at));
            (0..4).map(move |at| if at <= group.len() { char::from(DIGITS[whole >> (18 - 6 * at) & 63]) } else { '=' })
        })
        .collect();
    let lines: Vec<&str> = text.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"))
}

#[test]
fn every_byte_of_a_signature_counts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/signatures");
    let message = fs::read(folder.join("attestations.toml")).unwrap();
    let today = Today(jiff::civil::date(2026, 11, 22));
    for key in ["ed25519", "ecdsa-256", "rsa-3072", "fido-ed25519"] {
        let signers = format!("{key}@ledger.example {}", fs::read_to_string(folder.join(format!("keys/{key}.pub"))).unwrap());
        let text = fs::read_to_string(folder.join(format!("{key}.sig"))).unwrap();
        let body = text.lines().filter(|line| !line.starts_with("-----")).collect::<String>();
        let bytes = decoded(&body);
        assert_eq!(bytes.get(..6), Some(b"SSHSIG".as_slice()));
        verify(&message, armoured(&bytes).as_bytes(), &signers, today).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(verify(&message, armoured(&changed).as_bytes(), &signers, today).is_err(), "{key}: byte {at} of {}", bytes.len());
            if at % 16 != 0 {
                continue;
            }
            changed.remove(at);
            assert!(verify(&message, armoured(&changed).as_bytes(), &signers, today).is_err(), "{key}: without byte {at}");
        }
    }
}

// ---- dates ----

struct Dated {
    case: &'static str,
    unit: &'static str,
    file: &'static str,
    /// What stands there, and what it becomes on the last day that counts and a day past it.
    moves: &'static [(&'static str, &'static str, &'static str)],
    names: &'static str,
}

const DATED: &[Dated] = &[
    Dated {
        case: "junit-met",
        unit: "software-security/1.3-c2",
        file: "junit.xml",
        moves: &[("2026-11-20T", "2026-08-24T", "2026-08-23T")],
        names: "2026-08-23",
    },
    Dated {
        case: "sarif-clean",
        unit: "software-security/1.4-c3",
        file: "reports/scan.sarif",
        moves: &[("2026-11-01T", "2026-08-24T", "2026-08-23T")],
        names: "2026-08-23",
    },
    Dated {
        case: "sbom-old",
        unit: "software-security/1.2-c1",
        file: "sbom.cdx.json",
        moves: &[("2026-09-01T", "2026-10-23T", "2026-10-22T")],
        names: "2026-10-22",
    },
    Dated {
        case: "register-toml",
        unit: "software-security/2.1-c6",
        file: "registers/access.toml",
        moves: &[("2026-09-01", "2025-11-21", "2025-11-20")],
        names: "2025-11-20",
    },
    Dated {
        case: "document-dated-by-itself",
        unit: "software-security/3.3-c2",
        file: "docs/plan.md",
        moves: &[("2025-11-21", "2025-11-21", "2025-11-20")],
        names: "2025-11-20",
    },
    Dated {
        case: "certificate-met",
        unit: "cyber-essentials/cert-01",
        file: "attestations.toml",
        moves: &[("issued = 2026-05-11", "issued = 2025-11-22", "issued = 2025-11-21"), ("2027-05-11", "2026-11-22", "2026-11-21")],
        names: "2026-11-21",
    },
    Dated {
        case: "security-txt-met",
        unit: "software-security/3.2-c1",
        file: "static/.well-known/security.txt",
        moves: &[("2027-06-30T00:00:00Z", "2026-11-22T23:59:59Z", "2026-11-21T23:59:59Z")],
        names: "2026-11-21",
    },
    Dated {
        case: "support-period-ends-today",
        unit: "software-security/4.1-c1",
        file: "portcullis.toml",
        moves: &[("until = 2026-11-22", "until = 2026-11-22", "until = 2026-11-21")],
        names: "2026-11-21",
    },
    // The review of the attestation itself.
    Dated {
        case: "security-txt-met",
        unit: "software-security/3.2-c1",
        file: "attestations.toml",
        moves: &[("reviewed = 2026-10-01", "reviewed = 2025-11-22", "reviewed = 2025-11-21")],
        names: "2025-11-21",
    },
];

#[test]
fn a_date_moved_past_its_window_is_named() {
    let catalogue = Catalogue::built_in();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    for dated in DATED {
        let fixture = Fixture::new();
        let folder = cases.join(format!("evidence-{}/repo", dated.case));
        fixture.copy(&folder);
        fixture.commit();
        let base = fs::read_to_string(folder.join(dated.file)).unwrap();
        let moved = |last: bool| {
            dated.moves.iter().fold(base.clone(), |text, (from, within, past)| {
                assert!(text.contains(from), "{}: {from}", dated.case);
                text.replace(from, if last { within } else { past })
            })
        };
        fixture.write(dated.file, moved(true));
        let (outcome, _, why) = judged(&fixture, &catalogue, dated.unit);
        assert_eq!(outcome, "met", "{} on the last day: {why}", dated.case);
        fixture.write(dated.file, moved(false));
        let (outcome, _, why) = judged(&fixture, &catalogue, dated.unit);
        assert!(["stale", "evidence-failed"].contains(&outcome.as_str()), "{} a day later: {outcome}: {why}", dated.case);
        assert!(why.contains(dated.names), "{} does not name {}: {why}", dated.case, dated.names);
    }
}
