//! Where evidence lies, as data: by kind, the paths that it usually has and what must stand in the file. A row only proposes; whether
//! a file holds, its verifier says. Kinds that a path cannot tell (`document`, `file`, `value`, `register`) or that are no file are not here.

use crate::formats::lockfile;

/// Where in a repository a kind of evidence is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// With what is shipped, below the product's folders.
    Shipped,
    /// With what is shipped, or in documentation.
    Written,
    /// Where the host of the repository looks, for the repository as a whole.
    Host,
    /// Where hosts show a security policy.
    Policy,
}

/// A row.
#[derive(Debug)]
pub struct Evidence {
    /// The kind of evidence.
    pub kind: &'static str,
    /// Path patterns, as for signals.
    pub paths: &'static [&'static str],
    /// Where.
    pub stands: Stands,
    /// Alternatives, each a list of what must all stand in the text, in lower case; none where the path is enough.
    pub holds: &'static [&'static [&'static str]],
    /// Whether it must stand in the metadata that the text begins with.
    pub in_metadata: bool,
    /// What is there, as a sentence about the file.
    pub reason: &'static str,
}

const fn row(
    kind: &'static str,
    stands: Stands,
    paths: &'static [&'static str],
    holds: &'static [&'static [&'static str]],
    reason: &'static str,
) -> Evidence {
    Evidence { kind, paths, stands, holds, in_metadata: false, reason }
}

const fn card(kind: &'static str, holds: &'static [&'static [&'static str]], reason: &'static str) -> Evidence {
    Evidence { kind, paths: &["readme.md"], stands: Stands::Shipped, holds, in_metadata: true, reason }
}

use Stands::{Host, Policy, Shipped, Written};

/// Bills of materials of both kinds lie in the same files.
const BOMS: &[&str] = &["bom.json", "sbom.json", "bom.xml", "*.cdx.json", "*.cdx.xml", "*.spdx.json", "*.spdx"];

/// Every row.
pub const EVIDENCE: &[Evidence] = &[
    row("lockfile", Shipped, lockfile::NAMES, &[], "is a package manager's lockfile"),
    row("lockfile", Shipped, &["pylock.*.toml"], &[], "is a package manager's lockfile"),
    row("security-txt", Shipped, &["security.txt"], &[&["contact:"]], "is where RFC 9116 puts the contact"),
    row("security-policy", Policy, &["security.md", "security.rst", "security.adoc"], &[], "is where hosts look for the security policy"),
    row("codeowners", Host, &["codeowners"], &[], "says who owns which paths"),
    row(
        "update-config",
        Host,
        &["dependabot.yml", "dependabot.yaml", "renovate.json", "renovate.json5", ".renovaterc", ".renovaterc.json"],
        &[],
        "keeps dependencies current by a bot",
    ),
    row("workflow", Host, &[".gitlab-ci.yml"], &[], "is GitLab's pipeline"),
    row(
        "workflow",
        Host,
        &[
            ".github/workflows/*.yml",
            ".github/workflows/*.yaml",
            ".forgejo/workflows/*.yml",
            ".forgejo/workflows/*.yaml",
            ".gitea/workflows/*.yml",
            ".gitea/workflows/*.yaml",
        ],
        &[],
        "is a workflow",
    ),
    row(
        "branch-rules",
        Shipped,
        &["*ruleset*.json", "rulesets/*.json", "*branch-protection*.json", "*branch_protection*.json", "*protected-branches*.json"],
        &[&["\"enforcement\"", "\"rules\""], &["\"required_status_checks\""], &["\"allow_force_pushes\""], &["\"push_access_levels\""]],
        "is an export of the rules of branches",
    ),
    row("sbom", Shipped, BOMS, &[&["bomformat"], &["cyclonedx"], &["spdxversion"]], "is a bill of materials"),
    row(
        "ml-bom",
        Shipped,
        &[
            "bom.json",
            "sbom.json",
            "bom.xml",
            "*.cdx.json",
            "*.cdx.xml",
            "aibom*.json",
            "ai-bom*.json",
            "mlbom*.json",
            "ml-bom*.json",
            "*.mlbom.json",
            "*.aibom.json",
        ],
        &[&["cyclonedx", "machine-learning-model"]],
        "is a bill of materials that lists models",
    ),
    row("vex", Shipped, &["*.openvex.json", "*.vex.json", "openvex.json", "vex.json"], &[], "says which vulnerabilities apply"),
    row("vex", Shipped, &[".vex/*.json", "vex/*.json"], &[&["openvex"], &["csaf_vex"]], "says which vulnerabilities apply"),
    row(
        "advisories",
        Shipped,
        &["advisories/*.json", "security/*.json", "csaf/*.json", "*.csaf.json", "*.osv.json", "osv/*.json"],
        &[
            &["\"csaf_version\"", "\"csaf_security_advisory\""],
            &["\"csaf_version\"", "\"security_advisory\""],
            &["\"affected\"", "\"modified\""],
        ],
        "is a published advisory",
    ),
    row("sarif", Shipped, &["*.sarif", "*.sarif.json"], &[], "is a scan's result"),
    row("junit", Shipped, &["junit*.xml", "test-*.xml", "*test-results*.xml", "*test-report*.xml"], &[&["<testsuite"]], "is a test report"),
    row("coverage", Shipped, &["lcov.info", "*.lcov"], &[&["sf:"]], "is a coverage report"),
    row("coverage", Shipped, &["coverage.xml", "*cobertura*.xml"], &[&["<coverage", "line-rate"]], "is a coverage report"),
    row(
        "provenance",
        Shipped,
        &["*.intoto.jsonl", "*.intoto.json", "*provenance*.json", "*provenance*.jsonl", "*.dsse.json", "*.sigstore.json", "*.sigstore"],
        &[&["\"payloadtype\""], &["\"predicatetype\""]],
        "says how an artefact was built",
    ),
    row(
        "signature",
        Shipped,
        &["*.minisig", "*.sig"],
        &[&["untrusted comment:"], &["begin ssh signature"]],
        "is a signature over another file",
    ),
    row(
        "threat-model",
        Written,
        &[
            "*threat-model*.md",
            "*threat_model*.md",
            "*threatmodel*.md",
            "threat-model.y*ml",
            "threat-model.json",
            "*.otm",
            "*threagile*.yaml",
            "threatdragonmodels/*/*.json",
            "*threat-dragon*.json",
            "*threatdragon*.json",
        ],
        &[&["threat"]],
        "is a threat model",
    ),
    row(
        "security-insights",
        Host,
        &["security-insights.yml", "security-insights.yaml"],
        &[&["schema-version"]],
        "says what the project does for its security",
    ),
    row("best-practices", Host, &[".bestpractices.json"], &[], "answers the criteria of OpenSSF Best Practices"),
    row("scorecard", Shipped, &["*scorecard*.json"], &[&["\"scorecard\"", "\"checks\""]], "is a result of OpenSSF Scorecard"),
    row(
        "osps",
        Shipped,
        &["*osps*.yaml", "*osps*.yml", "*osps*.json", "*gemara*.yaml", "*evaluation-log*.yaml", "*evaluation_log*.yaml"],
        &[&["osps-", "evaluations"], &["osps-", "evaluation-suites"], &["osps-", "evaluation_suites"]],
        "is an evaluation against the OSPS Baseline",
    ),
    row(
        "support-period",
        Written,
        &["*openeox*.json", "*.eox.json"],
        &[&["end_of_security_support"], &["end_of_life"]],
        "says until when versions are supported",
    ),
    row("support-period", Written, &["*support-period*.*", "*support_period*.*"], &[], "says until when versions are supported"),
    row(
        "model-card",
        Written,
        &["model_card.md", "model-card.md", "modelcard.md", "*_model_card.md", "*-model-card.md"],
        &[],
        "is a model card",
    ),
    card("model-card", &[&["pipeline_tag:"], &["library_name:"], &["base_model:"], &["model-index:"]], "is a model card, by its metadata"),
    row(
        "model-manifest",
        Shipped,
        &["sha256sums", "sha256sums.txt", "*.sha256", "checksums.txt", "manifest.sha256"],
        &[&[".safetensors"], &[".gguf"], &[".onnx"], &[".tflite"], &[".ckpt"], &[".keras"], &[".pth"], &[".joblib"]],
        "lists the digests of model files",
    ),
    row(
        "model-manifest",
        Shipped,
        &["model*.sig", "model*.sigstore", "model*.sigstore.json", "*model-signing*.json"],
        &[&["\"dsseenvelope\""]],
        "is a signed manifest of a model",
    ),
    row(
        "evaluation",
        Shipped,
        &[
            "evaluation.json",
            "evaluation.yaml",
            "evaluation.yml",
            "evaluation-results.json",
            "evaluation_results.json",
            "eval-results.json",
            "eval_results.json",
        ],
        &[&["results", "model"], &["model-index"]],
        "holds results of an evaluation",
    ),
    row(
        "dataset-record",
        Written,
        &["dataset_card.md", "dataset-card.md", "datasetcard.md", "datasheet.md", "data_card.md", "data-card.md"],
        &[],
        "is the record of a dataset",
    ),
    row(
        "dataset-record",
        Shipped,
        &["croissant.json", "*.croissant.json", "*croissant*.jsonld"],
        &[&["conformsto"]],
        "is the record of a dataset",
    ),
    card("dataset-record", &[&["dataset_info:"], &["task_categories:", "size_categories:"]], "is the record of a dataset, by its metadata"),
    row("android-manifest", Shipped, &["androidmanifest.xml"], &[&["<application"]], "is an app's Android manifest"),
    row(
        "apple-plist",
        Shipped,
        &["info.plist", "*-info.plist", "*_info.plist"],
        &[
            &["<string>appl</string>"],
            &["lsrequiresiphoneos"],
            &["uilaunch"],
            &["uiapplicationscenemanifest"],
            &["nsmainstoryboardfile"],
            &["lsapplicationcategorytype"],
            &["nsapptransportsecurity"],
        ],
        "is an app's property list",
    ),
    row("privacy-manifest", Shipped, &["privacyinfo.xcprivacy"], &[], "is Apple's privacy manifest"),
    row(
        "store-listing",
        Shipped,
        &["metadata/android/*/full_description.txt", "metadata/*/description.txt", "play/listings/*/full-description.txt"],
        &[],
        "is the text of a store's listing",
    ),
    row(
        "privacy-policy",
        Written,
        &["privacy-policy.md", "privacy_policy.md", "privacypolicy.md", "privacy-notice.md", "privacy-policy.txt", "privacy-policy.rst"],
        &[],
        "is a privacy policy",
    ),
    row("privacy-policy", Written, &["privacy.md", "privacy.rst"], &[&["privacy policy"], &["privacy notice"]], "is a privacy policy"),
    row("mud", Shipped, &["*mud*.json"], &[&["ietf-mud:mud"]], "says which traffic a device needs (RFC 8520)"),
    row(
        "ixit",
        Written,
        &["*ixit*.toml", "*ixit*.csv", "*ixit*.yaml", "*ixit*.yml", "*ixit*.json"],
        &[&["authmech"], &["userinfo"], &["vulntypes"], &["softcomp"]],
        "is extra information for a device's tests (ETSI TS 103 701)",
    ),
    row(
        "conformance-table",
        Written,
        &["*conformance*.csv", "*conformance*.md", "*conformance*.toml", "*conformance*.yaml", "*conformance*.yml", "*conformance*.json"],
        &[&["5.1-1", "5.3-"]],
        "answers the provisions of EN 303 645",
    ),
    row(
        "statement-of-compliance",
        Written,
        &["*statement-of-compliance*.*", "*statement_of_compliance*.*", "*psti*.md", "*psti*.txt", "*psti*.toml", "*psti*.yaml"],
        &[&["manufacturer", "support period"], &["manufacturer", "support_period"], &["manufacturer", "support-period"]],
        "is a statement of compliance for a connectable product",
    ),
];
