//! Every bound on what is read, in one table. The repository under test is hostile: past a bound is a doubt (evidence)
//! or an invalid file (declaration, attestations), never a hang or a panic.

/// Longest path that a declaration or attestation may name, in bytes.
pub const PATH_BYTES: usize = 1_024;
/// Largest `portcullis.toml`, `Cargo.toml`, `pyproject.toml`, attestations file or overlay, in bytes.
pub const INPUT_BYTES: usize = 2 * 1_024 * 1_024;
/// Largest piece of evidence that is read, in bytes.
pub const EVIDENCE_BYTES: usize = 32 * 1_024 * 1_024;
/// Largest security policy that is read as Markdown, in bytes.
pub const POLICY_BYTES: usize = 1_024 * 1_024;
/// Most faults that one invalid file reports.
pub const FAULTS: usize = 50;
/// Most faults that are looked for in one file before the first of them are told.
pub const FAULTS_HELD: usize = 500;
/// Most overlays of one check.
pub const OVERLAYS: usize = 16;
/// Most changes in one overlay.
pub const OVERLAY_CHANGES: usize = 1_000;
/// Most provisions that one overlay adds to published codes, and most of one code of its own.
pub const OVERLAY_PROVISIONS: usize = 1_000;
/// Longest text in an overlay, in characters.
pub const OVERLAY_TEXT_CHARS: usize = 2_000;
/// Most remotes of a repository that are looked at.
pub const REMOTES: usize = 64;
/// Most products in one declaration.
pub const PRODUCTS: usize = 64;
/// Most attestations, and most waivers, in one file.
pub const ATTESTATIONS: usize = 5_000;
/// Most pieces of evidence under one attestation.
pub const EVIDENCE_PER_ATTESTATION: usize = 100;
/// Of what is bounded for the evidence of one product, a run with many of them may take as much as this many together.
pub const PRODUCTS_IN_FULL: usize = 4;
/// Most bytes of cited files that are read for one product, a file counted each time that it is cited.
pub const EVIDENCE_TOTAL_BYTES: usize = 256 * 1_024 * 1_024;
/// Most steps that are taken to judge the evidence of one product.
pub const JUDGING_STEPS: usize = 100_000_000;
/// Longest text taken over from the repository into a message, in characters.
pub const QUOTED_CHARS: usize = 120;
/// Longest message of a finding, in characters (GitLab drops a result above 1,024).
pub const MESSAGE_CHARS: usize = 1_000;
/// Most claims that one document backs before a note asks for diversity (research note on the Code, section 3.3).
pub const CLAIMS_PER_DOCUMENT: usize = 5;
/// Days ahead at which something that expires is announced.
pub const EXPIRES_SOON_DAYS: i32 = 30;
/// Longest life of a waiver from the day of the check, in days.
pub const WAIVER_DAYS: i32 = 366;
/// How old a document or register may be when cited, in days.
pub const DOCUMENT_DAYS: i32 = 366;
/// Largest prose document that is read, in bytes: its structure takes many times its size in memory.
pub const DOCUMENT_BYTES: usize = 4 * 1_024 * 1_024;
/// Most bytes of evidence that is kept as it was read for the next piece that cites it; what was read last is kept whatever its size.
pub const READ_KEPT_BYTES: usize = 32 * 1_024 * 1_024;
/// Most bytes of evidence that is read for one product, a file counted each time that it has to be read anew.
pub const READ_TOTAL_BYTES: usize = 64 * 1_024 * 1_024;
/// Most sections that one piece of evidence names.
pub const SECTIONS: usize = 100;
/// Largest allowed signers file, in bytes.
pub const SIGNERS_BYTES: usize = 1_024 * 1_024;
/// Largest signature file, in bytes; one by an RSA key of 4,096 bits has about 1,600.
pub const SIGNATURE_BYTES: usize = 16 * 1_024;
/// Deepest nesting of a JSON, YAML or TOML document that is read (`serde_json` itself stops at 128).
pub const TREE_DEPTH: usize = 100;
/// Most values of one JSON, YAML or TOML document; a YAML alias counts as all that it copies.
pub const TREE_NODES: usize = 4_000_000;
/// Longest expectation, in bytes.
pub const EXPECTATION_BYTES: usize = 2_000;
/// Deepest nesting of an expectation.
pub const EXPECTATION_DEPTH: usize = 64;
/// Steps that an expectation may take whatever it looks at.
pub const EXPECTATION_STEPS: usize = 200_000;
/// Further steps that it may take for each byte of the document.
pub const EXPECTATION_STEPS_PER_BYTE: usize = 10;
/// Most steps that an expectation may take.
pub const EXPECTATION_STEPS_MOST: usize = 5_000_000;
/// Most bytes that the compiled pattern of `matches` in an expectation may take.
pub const PATTERN_BYTES: usize = 16 * 1_024;
/// Deepest nesting of an XML document.
pub const XML_DEPTH: usize = 200;
/// Most nodes of one XML document.
pub const XML_NODES: u32 = 2_000_000;
/// Most attributes of one XML element, whose names are compared with each other.
pub const XML_ATTRIBUTES: usize = 128;
/// Most of what the namespaces of an XML document may cost: declarations, times the square of the prefixes that they declare.
pub const XML_NAMESPACE_STEPS: usize = 10_000_000;
/// Most rows of a register, a conformance table or another table of records.
pub const TABLE_ROWS: usize = 100_000;
/// Most cells of one.
pub const TABLE_CELLS: usize = 1_000_000;
/// Most bytes of tracked files that are opened for one product beside what it cites; each file counts once.
pub const OPENED_TOTAL_BYTES: usize = 256 * 1_024 * 1_024;
/// Most bytes of tracked files whose digests are computed for one product; each file counts once.
pub const HASHED_TOTAL_BYTES: usize = 512 * 1_024 * 1_024;
/// Most files and folders that a commit may name, each path counted.
pub const TREE_ENTRIES: usize = 2_000_000;
/// Largest CI workflow that is read as evidence, in bytes; GitLab's own bound by default.
pub const WORKFLOW_BYTES: usize = 2 * 1_024 * 1_024;
/// Most bytes of products that one document refers to time and again, each counted as often as it is referred to.
pub const REFERRED_BYTES: usize = 128 * 1_024 * 1_024;
/// Most columns that one piece of evidence names.
pub const COLUMNS: usize = 100;
/// Most files that a manifest of digests may list.
pub const MANIFEST_FILES: usize = 5_000;
/// Most commits that are walked for one question about the history.
pub const HISTORY_COMMITS: usize = 100_000;
/// Most bytes of one file's earlier versions that are read for one question about the history.
pub const HISTORY_BYTES: usize = 64 * 1_024 * 1_024;
/// Most commits of which it is asked whether they are in the history.
pub const HISTORY_QUESTIONS: usize = 100;
/// Most places that one probe tells.
pub const SIGHTINGS: usize = 200;
/// Most further places that a finding shows of one probe.
pub const SIGHTINGS_SHOWN: usize = 9;
/// Most gaps that one piece of evidence tells.
pub const GAPS: usize = 20;
/// Largest source that probes search, in bytes.
pub const PROBED_FILE_BYTES: usize = 256 * 1_024;
/// Most bytes of sources, and of models, that probes search.
pub const PROBED_BYTES: usize = 256 * 1_024 * 1_024;
/// Most sources that the first look of `detect` searches for secrets; where there are more, it opens only files that are named after them.
pub const FIRST_LOOK_SOURCES: usize = 2_000;
/// Longest block of a private key, in bytes.
pub const KEY_BLOCK_BYTES: usize = 16 * 1_024;
/// Most lockfiles that cargo resolves in one check.
pub const CARGO_LOCKFILES: usize = 20;
/// Most manifests that cargo gets to see.
pub const CARGO_MANIFESTS: usize = 5_000;
/// Most empty sources that cargo gets to see.
pub const CARGO_TARGETS: usize = 20_000;
/// Longest that cargo may take for one lockfile, in seconds.
pub const CARGO_SECONDS: u64 = 60;
/// Most bytes that cargo may write about one lockfile.
pub const CARGO_OUTPUT_BYTES: u64 = 64 * 1_024 * 1_024;
/// Most bytes of cargo's own words that are read when it fails.
pub const CARGO_SAID_BYTES: u64 = 16 * 1_024;
/// Longest text of cargo's in a message, in characters.
pub const CARGO_SAID_CHARS: usize = 500;
/// Most tags that are read.
pub const TAGS: usize = 50_000;
/// Most references that are looked through for branches; past it the branches are not known.
pub const REFERENCES: usize = 50_000;
/// Most tags of tags on the way to what a tag leads to.
pub const TAG_DEPTH: usize = 8;
/// Most manifests that are read for the packages that a lockfile takes for the project's own.
pub const OWN_MANIFESTS: usize = 5_000;
/// Most comparisons of fixed with affected versions in one advisory.
pub const ADVISORY_COMPARISONS: usize = 1_000_000;
/// Most versions of an advisory whose release tags are compared.
pub const ADVISORY_VERSIONS: usize = 100;
/// Most fixes of an advisory, and most commits at either end of its ranges, that are looked up in the history.
pub const ADVISORY_COMMITS: usize = 10;
/// Most comparisons of products of one CSAF document by what they are called, over all its vulnerabilities.
pub const CSAF_COMPARED: usize = 4_000_000;
/// Most names, and most versions, of one product in CSAF: its own, and those of what it is part of.
pub const CSAF_NAMES: usize = 64;
/// Most release tags that are passed over, since they share no history with the commit under test.
pub const STRANGE_TAGS: usize = 20;
/// Largest commit or tag object whose signature is read, in bytes.
pub const SIGNED_OBJECT_BYTES: usize = 1_024 * 1_024;
/// Most commits whose signatures are verified for one piece of evidence.
pub const SIGNED_COMMITS: usize = 5_000;
/// Most comparisons of an update bot's configuration with the tree: its bytes times the folders that need updates.
pub const UPDATE_COMPARISONS: usize = 10_000_000;
/// Most comparisons of a file of code owners with the paths that must have owners: letters of patterns, letters of paths, folders.
pub const OWNER_COMPARISONS: usize = 500_000_000;
/// Most signatures of one envelope.
pub const ENVELOPE_SIGNATURES: usize = 20;
/// Largest Sigstore bundle, in bytes; most have about 12,000.
pub const BUNDLE_BYTES: usize = 2 * 1_024 * 1_024;
/// Most log entries, timestamps or certificates of one Sigstore bundle.
pub const BUNDLE_ITEMS: usize = 8;
/// Longest identity of a signer in a message, in characters.
pub const IDENTITY_CHARS: usize = 300;
/// Most documents of one file of provenance with a document on each line.
pub const PROVENANCE_LINES: usize = 100;
/// Most subjects of provenance that are held against tracked files.
pub const PROVENANCE_SUBJECTS: usize = 1_000;
/// Most sources of one statement of provenance whose commits are looked for in the history.
pub const PROVENANCE_SOURCES: usize = 10;
/// Largest text that detection opens, in bytes.
pub const DETECTED_FILE_BYTES: usize = 4 * 1_024 * 1_024;
/// Largest file that detection takes for a model by its contents, in bytes; a larger one counts by its name.
pub const DETECTED_MODEL_BYTES: usize = 8 * 1_024 * 1_024;
/// Most bytes that one detection opens.
pub const DETECTED_BYTES: usize = 96 * 1_024 * 1_024;
/// Most files that the look for evidence opens.
pub const SEEN_FILES: usize = 1_000;
/// Most files of one name that the look for evidence opens.
pub const SEEN_OF_ONE_NAME: usize = 100;
/// Most sources that detection searches for the use of a package, in each ecosystem.
pub const DETECTED_SOURCES: usize = 2_000;
/// Most places of one family of signals at one strength.
pub const SIGNS_PER_FAMILY: usize = 50;
/// Most refs of one push.
pub const PUSHED_REFS: usize = 10_000;
/// Most bytes that git may say of one push.
pub const PUSHED_BYTES: u64 = 8 * 1_024 * 1_024;
