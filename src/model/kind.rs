//! The evidence kinds: their names, what they point at, their own keys and how long they stay fresh.
//!
//! A kind is known as soon as it is in [`KINDS`]; it can be judged once `evidence::VERIFIERS` has a verifier for it.

use crate::limits::DOCUMENT_DAYS;
use crate::spec::{Key, Shape};

/// What a piece of evidence of a kind may point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Points {
    /// A tracked file: `path` is required.
    AtFile,
    /// A tracked file if `path` is given; else the entry itself.
    AtFileOrInline,
    /// An address: `url` is required.
    AtUrl,
    /// Something that `id` names if it is given; else what the kind means by itself.
    AtIdOrInline,
}

/// One evidence kind.
#[derive(Debug, PartialEq, Eq)]
pub struct KindEntry {
    /// Its name.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub about: &'static str,
    /// What it points at.
    pub points: Points,
    /// How old it may be, in days, unless the entry tightens it; none where the format has its own expiry or no age.
    pub fresh_days: Option<i32>,
    /// The names of its own keys.
    pub details: &'static [&'static str],
}

impl KindEntry {
    /// Whether an artefact of this kind may name the product, so that it can name another one.
    pub fn names_product(&self) -> bool {
        !matches!(
            self.name,
            "document"
                | "file"
                | "lockfile"
                | "junit"
                | "coverage"
                | "workflow"
                | "register"
                | "sarif"
                | "update-config"
                | "codeowners"
                | "security-txt"
                | "security-policy"
                | "support-period"
                | "conformance-table"
                | "ixit"
                | "certificate"
                | "url"
                | "privacy-manifest"
                | "provenance"
                | "signature"
                | "signed-tags"
                | "signed-commits"
                | "model-manifest"
                | "value"
                | "dataset-record"
        )
    }
}

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static KindEntry> {
    KINDS.iter().find(|entry| entry.name == name)
}

/// How each detail key is written.
pub const DETAIL_KEYS: &[Key] = &[
    Key::optional("sections", Shape::List(&Shape::Text), "Headings that must stand in the document with text under them."),
    Key::optional("job", Shape::Text, "The job or step that the evidence speaks of."),
    Key::optional("tool", Shape::Text, "The tool that produced the evidence."),
    Key::optional("key", Shape::Text, "The name of a public key in `[product.keys]`; for `value`, the key in the document."),
    Key::optional("identity", Shape::Text, "Who must have signed."),
    Key::optional(
        "issuer",
        Shape::Text,
        "Whose word it is that `identity` signed: the OpenID Connect provider that the certificate of a Sigstore bundle names.",
    ),
    Key::optional("subject", Shape::Text, "The artefact that the evidence speaks of."),
    Key::optional("columns", Shape::List(&Shape::Text), "Columns that the table must have."),
    Key::optional("expect", Shape::Text, "What the value must be."),
    Key::optional("number", Shape::Text, "The certificate's number."),
    Key::optional("level", Shape::Text, "The certificate's level: `Cyber Essentials` or `Cyber Essentials Plus`."),
    Key::optional("legal-entity", Shape::Text, "The legal entity that the certificate names."),
    Key::optional("certification-body", Shape::Text, "The certification body that issued the certificate."),
    Key::optional("issued", Shape::Date, "The day on which the certificate was issued."),
    Key::optional("expires", Shape::Date, "The last day of the certificate."),
    Key::optional("scope", Shape::Text, "What the certificate covers: the whole organisation, or which part."),
    Key::optional("requirements-version", Shape::Text, "The edition of the requirements, e.g. `3.3` or `Danzell`."),
    Key::optional("basic-issued", Shape::Date, "For a Plus certificate: the day on which the basic certificate under it was issued."),
];

const fn entry(
    name: &'static str,
    about: &'static str,
    points: Points,
    fresh_days: Option<i32>,
    details: &'static [&'static str],
) -> KindEntry {
    KindEntry { name, about, points, fresh_days, details }
}

const SCAN_DAYS: Option<i32> = Some(90);
const PAPER_DAYS: Option<i32> = Some(DOCUMENT_DAYS);
use Points::{AtFile, AtFileOrInline, AtIdOrInline, AtUrl};

/// Every kind, in the order in which documentation lists them.
pub static KINDS: &[KindEntry] = &[
    entry("document", "A tracked prose document that is reviewed and has the sections it is cited for.", AtFile, PAPER_DAYS, &["sections"]),
    entry("file", "A tracked file, bound to its bytes by a digest.", AtFile, None, &[]),
    entry("security-txt", "A security.txt (RFC 9116) with a contact and an expiry in the future.", AtFile, None, &[]),
    entry("security-policy", "A SECURITY.md that names a private channel and the supported versions.", AtFile, PAPER_DAYS, &[]),
    entry("support-period", "The dates until which the product is supported and when customers were told.", AtFileOrInline, None, &[]),
    entry(
        "certificate",
        "A Cyber Essentials certificate's particulars; genuineness can only be checked online.",
        AtFileOrInline,
        None,
        &["number", "level", "legal-entity", "certification-body", "issued", "expires", "scope", "requirements-version", "basic-issued"],
    ),
    entry("url", "An address, recorded and never fetched; it never lifts an attestation above asserted.", AtUrl, None, &[]),
    entry("sbom", "A software bill of materials (CycloneDX or SPDX).", AtFile, None, &[]),
    entry("lockfile", "A dependency lockfile.", AtFile, None, &[]),
    entry("junit", "A JUnit test report.", AtFile, SCAN_DAYS, &["expect"]),
    entry("coverage", "A test coverage report (LCOV, Cobertura).", AtFile, SCAN_DAYS, &["expect"]),
    entry("sarif", "A scanner's SARIF 2.1.0 results.", AtFile, SCAN_DAYS, &["tool"]),
    entry("vex", "Statements on vulnerabilities (OpenVEX, CSAF, CycloneDX VEX).", AtFile, None, &[]),
    entry("advisories", "Published security advisories (CSAF, OSV).", AtFile, None, &[]),
    entry(
        "provenance",
        "Build provenance (in-toto, SLSA, DSSE, Sigstore bundle).",
        AtFile,
        None,
        &["key", "identity", "issuer", "subject", "expect"],
    ),
    entry("signature", "A signature over a release artefact.", AtFile, None, &["key", "identity", "issuer", "subject"]),
    entry("signed-tags", "Signed release tags in the history.", AtIdOrInline, None, &["key", "identity"]),
    entry("signed-commits", "Signed commits in the history.", AtIdOrInline, None, &["key", "identity"]),
    entry("workflow", "A job in a CI workflow.", AtFile, None, &["job", "expect"]),
    entry("update-config", "The configuration of a dependency update bot.", AtFile, None, &[]),
    entry("codeowners", "A CODEOWNERS file.", AtFile, None, &["expect"]),
    entry("branch-rules", "Exported branch protection rules.", AtFile, SCAN_DAYS, &["expect"]),
    entry("threat-model", "A threat model.", AtFile, PAPER_DAYS, &["sections"]),
    entry("security-insights", "An OpenSSF Security Insights file.", AtFile, PAPER_DAYS, &[]),
    entry("best-practices", "OpenSSF Best Practices answers.", AtFile, PAPER_DAYS, &["expect"]),
    entry("scorecard", "OpenSSF Scorecard results.", AtFile, SCAN_DAYS, &["expect"]),
    entry("osps", "OpenSSF Baseline evaluation results.", AtFile, SCAN_DAYS, &["expect"]),
    entry("model-card", "A model card.", AtFile, PAPER_DAYS, &["sections"]),
    entry("ml-bom", "A machine learning bill of materials.", AtFile, None, &[]),
    entry("model-manifest", "Digests or signatures of the model files.", AtFile, None, &["key", "identity"]),
    entry("evaluation", "Evaluation results of a model.", AtFile, SCAN_DAYS, &["expect"]),
    entry("dataset-record", "The record of a dataset.", AtFile, PAPER_DAYS, &["sections"]),
    entry("android-manifest", "An Android manifest.", AtFile, None, &["expect"]),
    entry("apple-plist", "An Apple Info.plist.", AtFile, None, &["expect"]),
    entry("privacy-manifest", "An Apple privacy manifest.", AtFile, None, &["expect"]),
    entry("store-listing", "An app's store listing.", AtFile, None, &["expect"]),
    entry("privacy-policy", "A privacy policy.", AtFile, PAPER_DAYS, &["sections"]),
    entry("mud", "A Manufacturer Usage Description (RFC 8520).", AtFile, None, &[]),
    entry("ixit", "Implementation extra information for testing (ETSI TS 103 701).", AtFile, PAPER_DAYS, &["columns"]),
    entry("conformance-table", "A conformance table, one row per provision.", AtFile, PAPER_DAYS, &["columns"]),
    entry("statement-of-compliance", "A PSTI statement of compliance.", AtFile, None, &[]),
    entry(
        "register",
        "A table with owners and dates: access reviews, training, risks, assets, incidents.",
        AtFile,
        PAPER_DAYS,
        &["columns"],
    ),
    entry("value", "An expectation about a value in a JSON, YAML or TOML file.", AtFile, None, &["key", "expect"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_names_and_details_are_unique_and_known() {
        let mut names: Vec<_> = KINDS.iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KINDS.len());
        for entry in KINDS {
            for detail in entry.details {
                assert!(DETAIL_KEYS.iter().any(|key| key.name == *detail), "{} {detail}", entry.name);
            }
        }
    }
}
