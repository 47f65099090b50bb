#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
//! What every reader says of a package that is bound, that is not, and that has something else where its digest belongs.

use super::digest::example::*;
use super::*;

const COMMIT: &str = SHA1;

struct Sample {
    file: &'static str,
    /// One package from elsewhere, with `DIGEST` where its digest stands.
    text: &'static str,
    digest: String,
}

fn sample(file: &'static str, text: &'static str, digest: impl Into<String>) -> Sample {
    Sample { file, text, digest: digest.into() }
}

fn samples() -> Vec<Sample> {
    let (sri, sha256) = (format!("sha512-{SHA512_BASE64}"), format!("sha256:{SHA256}"));
    let cargo = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"DIGEST\"\n";
    let cargo_1 = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\n[metadata]\n\"checksum a 1.0.0 (registry+x)\" = \"DIGEST\"\n";
    let cargo_git = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"git+https://example.invalid/a#DIGEST\"\n";
    let npm = r#"{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0", "integrity": "DIGEST"}}}"#;
    let npm_git = r#"{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0", "resolved": "git+ssh://example.invalid/a.git#DIGEST"}}}"#;
    let pnpm = "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {integrity: 'DIGEST'}\n";
    let pnpm_git = "lockfileVersion: '9.0'\npackages:\n  a@https://example.invalid/a:\n    version: 1.0.0\n    resolution: {commit: 'DIGEST', type: git}\n";
    let yarn =
        "# yarn lockfile v1\n\na@^1.0.0:\n  version \"1.0.0\"\n  resolved \"https://example.invalid/a.tgz#fff\"\n  integrity \"DIGEST\"\n";
    let yarn_old = "# yarn lockfile v1\n\na@^1.0.0:\n  version \"1.0.0\"\n  resolved \"https://example.invalid/a.tgz#DIGEST\"\n";
    let berry = "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n  checksum: 'DIGEST'\n";
    let berry_git =
        "__metadata:\n  version: 8\n\n\"a@git\":\n  version: 1.0.0\n  resolution: \"a@https://example.invalid/a.git#commit=DIGEST\"\n";
    let poetry = "[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [{file = \"a.whl\", hash = \"DIGEST\"}]\n";
    let poetry_old = "[[package]]\nname = \"a\"\nversion = \"1\"\n\n[metadata.files]\na = [{file = \"a.whl\", hash = \"DIGEST\"}]\n";
    let poetry_git = "[[package]]\nname = \"a\"\nversion = \"1\"\n[package.source]\ntype = \"git\"\nresolved_reference = \"DIGEST\"\n";
    let uv = "version = 1\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { registry = \"x\" }\nwheels = [{ url = \"x\", hash = \"DIGEST\" }]\n";
    let uv_git = "version = 1\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { git = \"https://example.invalid/a?rev=1#DIGEST\" }\n";
    let pylock =
        "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\nsdist = { url = \"x\", hashes = {sha256 = \"DIGEST\"} }\n";
    let pylock_git = "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nvcs = { type = \"git\", url = \"x\", commit-id = \"DIGEST\" }\n";
    let pipfile = r#"{"_meta": {}, "default": {"a": {"hashes": ["DIGEST"], "version": "==1"}}}"#;
    let pipfile_git = r#"{"_meta": {}, "default": {"a": {"git": "https://example.invalid/a", "ref": "DIGEST"}}}"#;
    let gems = "GEM\n  remote: x\n  specs:\n    a (1.0)\n\nCHECKSUMS\n  a (1.0) DIGEST\n";
    let gems_git = "GIT\n  remote: x\n  revision: DIGEST\n  specs:\n    a (1.0)\n";
    let composer = r#"{"packages": [{"name": "a/b", "version": "1", "dist": {"type": "zip", "shasum": "DIGEST", "reference": "1"}}]}"#;
    let composer_git = r#"{"packages": [{"name": "a/b", "version": "1", "source": {"type": "git", "reference": "DIGEST"}}]}"#;
    let nuget = r#"{"version": 1, "dependencies": {"net8.0": {"A": {"type": "Direct", "resolved": "1.0.0", "contentHash": "DIGEST"}}}}"#;
    let dart = "packages:\n  a:\n    description: {name: a, sha256: 'DIGEST'}\n    source: hosted\n    version: '1.0.0'\n";
    let dart_git = "packages:\n  a:\n    description: {resolved-ref: 'DIGEST', url: x}\n    source: git\n    version: '1.0.0'\n";
    let swift = r#"{"version": 2, "pins": [{"identity": "a", "kind": "remoteSourceControl", "location": "https://example.invalid/a/b", "state": {"revision": "DIGEST"}}]}"#;
    vec![
        sample("Cargo.lock", cargo, SHA256),
        sample("Cargo.lock", cargo_1, SHA256),
        sample("Cargo.lock", cargo_git, COMMIT),
        sample("package-lock.json", npm, &sri),
        sample("package-lock.json", npm, format!("sha1-{SHA1_BASE64}")),
        sample("npm-shrinkwrap.json", npm_git, COMMIT),
        sample("pnpm-lock.yaml", pnpm, &sri),
        sample("pnpm-lock.yaml", pnpm_git, COMMIT),
        sample("yarn.lock", yarn, format!("sha1-{SHA1_BASE64} {sri}")),
        sample("yarn.lock", yarn_old, SHA1),
        sample("yarn.lock", berry, format!("10c0/{SHA512}")),
        sample("yarn.lock", berry, SHA512),
        sample("yarn.lock", berry_git, COMMIT),
        sample("poetry.lock", poetry, &sha256),
        sample("poetry.lock", poetry_old, &sha256),
        sample("poetry.lock", poetry_git, COMMIT),
        sample("pdm.lock", poetry, &sha256),
        sample("uv.lock", uv, &sha256),
        sample("uv.lock", uv_git, COMMIT),
        sample("pylock.toml", pylock, SHA256),
        sample("pylock.toml", pylock_git, COMMIT),
        sample("Pipfile.lock", pipfile, &sha256),
        sample("Pipfile.lock", pipfile_git, COMMIT),
        sample("go.sum", "a.invalid/a v1.0.0 h1:DIGEST\n", SHA256_BASE64),
        sample("Gemfile.lock", gems, format!("sha256={SHA256}")),
        sample("Gemfile.lock", gems_git, COMMIT),
        sample("composer.lock", composer, SHA1),
        sample("composer.lock", composer_git, COMMIT),
        sample("packages.lock.json", nuget, SHA512_BASE64),
        sample("pubspec.lock", dart, SHA256),
        sample("pubspec.lock", dart_git, COMMIT),
        sample("Package.resolved", swift, COMMIT),
    ]
}

/// What binds the one package of a sample whose digest is this, and the text.
fn judged(sample: &Sample, digest: &str) -> (Integrity, String) {
    let text = sample.text.replace("DIGEST", digest);
    let module = |_: &str| Some("module own.invalid\n\nrequire a.invalid/a v1.0.0\n".to_owned());
    let packages = read(sample.file, &text, module).unwrap().unwrap().packages;
    let [package] = packages.try_into().unwrap();
    (package.integrity, text)
}

#[test]
fn a_digest_of_the_right_form_binds() {
    for sample in samples() {
        let (integrity, text) = judged(&sample, &sample.digest);
        assert_eq!(integrity, Integrity::Bound, "{text}");
    }
}

#[test]
fn what_is_not_recorded_is_missing() {
    for sample in samples().iter().filter(|sample| sample.file != "go.sum") {
        let (integrity, text) = judged(sample, "");
        assert_eq!(integrity, Integrity::Missing, "{text}");
    }
    let none = samples().swap_remove(1);
    assert_eq!(judged(&none, "<none>").0, Integrity::Missing, "Cargo's word for no digest");
}

#[test]
fn what_is_no_digest_is_told_with_its_place() {
    for sample in samples() {
        let one_less: String = sample.digest.chars().take(sample.digest.len() - 1).collect();
        for bad in ["x", "main", "sha512-AAAA", one_less.as_str()] {
            let (integrity, text) = judged(&sample, bad);
            let Integrity::Malformed(malformed) = integrity else { panic!("{integrity:?} of\n{text}") };
            assert!(malformed.text.ends_with(bad), "{malformed:?}");
            assert!(text.get(malformed.at.clone()).unwrap().contains(bad), "{malformed:?} of\n{text}");
        }
    }
}

#[test]
fn zeros_are_told_as_zeros() {
    let zeros =
        [(0, "0".repeat(64)), (2, "0".repeat(40)), (3, format!("sha512-{}==", "A".repeat(86))), (10, format!("10c0/{}", "0".repeat(128)))];
    for (at, zeros) in zeros {
        let (integrity, text) = judged(&samples()[at], &zeros);
        assert!(matches!(integrity, Integrity::Malformed(Malformed { why: NoDigest::Zeros, .. })), "{text}");
    }
}

#[test]
fn each_file_of_a_package_needs_its_digest() {
    let uv = |wheels: &str| {
        let text = format!(
            "version = 1\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ registry = \"x\" }}\nsdist = {{ url = \"x\", hash = \"sha256:{SHA256}\" }}\nwheels = [{wheels}]\n"
        );
        read("uv.lock", &text, |_| None).unwrap().unwrap().packages.remove(0).integrity
    };
    assert_eq!(uv(""), Integrity::Bound);
    assert_eq!(uv("{ url = \"y\" }"), Integrity::Missing);
    assert!(matches!(uv("{ url = \"y\" }, { url = \"z\", hash = \"sha256:aa\" }"), Integrity::Malformed(_)));
}

#[test]
fn a_framework_without_its_digest_is_not_covered_by_another() {
    let entry = |hash: &str| format!(r#"{{"A": {{"type": "Direct", "resolved": "1.0.0", "contentHash": "{hash}"}}}}"#);
    let text = format!(r#"{{"version": 1, "dependencies": {{"net8.0": {}, "net6.0": {}}}}}"#, entry(SHA512_BASE64), entry("x"));
    let packages = read("packages.lock.json", &text, |_| None).unwrap().unwrap().packages;
    assert_eq!(packages.len(), 1);
    assert!(packages[0].integrity.is_open());
}

#[test]
fn go_compares_every_line_of_a_module_and_its_go_mod() {
    let judged = |sum: &str| {
        let sum = sum.replace("GOOD", SHA256_BASE64);
        read("go.sum", &sum, |_| Some("require a v1.0.0\n".to_owned())).unwrap().unwrap().packages.remove(0).integrity
    };
    assert_eq!(judged("a v1.0.0 h1:GOOD\na v1.0.0/go.mod h1:GOOD\n"), Integrity::Bound);
    assert_eq!(judged("a v1.0.0/go.mod h1:GOOD\n"), Integrity::Missing);
    assert!(matches!(judged("a v1.0.0 h1:x\na v1.0.0 h1:GOOD\n"), Integrity::Malformed(_)));
    assert!(matches!(judged("a v1.0.0 h1:GOOD\na v1.0.0/go.mod h1:x\n"), Integrity::Malformed(_)));
}

#[test]
fn an_archive_that_a_host_makes_of_a_commit_is_bound_by_nothing() {
    let archive = format!("https://codeload.github.com/a/a/tar.gz/{COMMIT}");
    for (file, text) in [
        ("package-lock.json", r#"{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0", "resolved": "ARCHIVE"}}}"#),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@ARCHIVE:\n    version: 1.0.0\n    resolution: {tarball: ARCHIVE}\n"),
        ("yarn.lock", "# yarn lockfile v1\n\n\"a@a/a\":\n  version \"1.0.0\"\n  resolved \"ARCHIVE\"\n"),
    ] {
        let packages = read(file, &text.replace("ARCHIVE", &archive), |_| None).unwrap().unwrap().packages;
        assert_eq!((packages[0].origin, packages[0].integrity.clone()), (Origin::Remote, Integrity::Missing), "{file}");
    }
}

#[test]
fn what_is_said_to_be_the_projects_own_is_claimed_with_its_place_in_every_format() {
    let at = |path: &str, manifest, of_package| Place::At { path: path.to_owned(), manifest, of_package };
    let javascript = |path: &str| at(path, Some("package.json"), None);
    let python = |path: &str| at(path, None, Some("pyproject.toml"));
    let rows = [
        (
            "pnpm-lock.yaml",
            "lockfileVersion: '9.0'\npackages:\n  a@file:../own:\n    resolution: {directory: ../own, type: directory}\n",
            "a file:../own",
            javascript("../own"),
        ),
        (
            "pnpm-lock.yaml",
            "lockfileVersion: '6.0'\npackages:\n  file:own(b@1.0.0):\n    resolution: {directory: own, type: directory}\n    name: a\n",
            "a file:own",
            javascript("own"),
        ),
        ("yarn.lock", "# yarn lockfile v1\n\n\"a@file:./own\":\n  version \"1.0.0\"\n", "a 1.0.0", javascript("./own")),
        (
            "yarn.lock",
            "__metadata:\n  version: 8\n\n\"a@workspace:own\":\n  version: 0.0.0-use.local\n  resolution: \"a@workspace:own\"\n",
            "a 0.0.0-use.local",
            javascript("own"),
        ),
        (
            "yarn.lock",
            "__metadata:\n  version: 8\n\n\"a@portal:../own\":\n  version: 0.0.0-use.local\n  resolution: \"a@portal:../own::locator=x%40workspace%3A.\"\n",
            "a 0.0.0-use.local",
            javascript("../own"),
        ),
        (
            "yarn.lock",
            "__metadata:\n  version: 8\n\n\"a@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"a@workspace:.\"\n",
            "a 0.0.0-use.local",
            at(".", Some("package.json"), Some("package.json")),
        ),
        (
            "poetry.lock",
            "[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = []\n[package.source]\ntype = \"directory\"\nurl = \"../own\"\n",
            "a 1",
            python("../own"),
        ),
        ("uv.lock", "version = 1\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { editable = \"own\" }\n", "a 1", python("own")),
        (
            "pdm.lock",
            "[metadata]\nlock_version = \"4.5\"\n[[package]]\nname = \"a\"\nversion = \"1\"\npath = \"./own\"\n",
            "a 1",
            python("./own"),
        ),
        ("pylock.toml", "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\ndirectory = { path = \"own\" }\n", "a", python("own")),
        ("Pipfile.lock", r#"{"_meta": {}, "default": {"a": {"path": "./own", "editable": true}}}"#, "a", python("./own")),
        ("Gemfile.lock", "PATH\n  remote: own\n  specs:\n    a (1.0)\n", "a 1.0", at("own", None, None)),
        (
            "composer.lock",
            r#"{"packages": [{"name": "b/a", "version": "1", "dist": {"type": "path", "url": "own"}}]}"#,
            "b/a 1",
            at("own", Some("composer.json"), Some("composer.json")),
        ),
        ("packages.lock.json", r#"{"version": 1, "dependencies": {"net8.0": {"a": {"type": "Project"}}}}"#, "a", Place::Project),
        (
            "pubspec.lock",
            "packages:\n  a:\n    description: {path: own, relative: true}\n    source: path\n    version: '1.0.0'\n",
            "a 1.0.0",
            at("own", Some("pubspec.yaml"), Some("pubspec.yaml")),
        ),
    ];
    for (file, text, what, place) in rows {
        let lockfile = read(file, text, |_| None).unwrap().unwrap_or_else(|bad| panic!("{file}: {bad:?}"));
        let claims: Vec<_> = lockfile.claims.iter().map(|claim| (claim.what.as_str(), &claim.place)).collect();
        assert_eq!(claims, [(what, &place)], "{file} {text}");
    }
}

#[test]
fn an_archive_with_a_digest_is_bound_to_it_wherever_it_stands() {
    let rows = [
        (
            "pnpm-lock.yaml",
            format!(
                "lockfileVersion: '9.0'\npackages:\n  a@file:a.tgz:\n    resolution: {{integrity: sha512-{SHA512_BASE64}, tarball: file:a.tgz}}\n    version: 1.0.0\n"
            ),
        ),
        (
            "poetry.lock",
            format!(
                "[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [{{file = \"a.whl\", hash = \"sha256:{SHA256}\"}}]\n[package.source]\ntype = \"file\"\nurl = \"a.whl\"\n"
            ),
        ),
    ];
    for (file, text) in rows {
        let lockfile = read(file, &text, |_| None).unwrap().unwrap();
        assert_eq!((&lockfile.packages[0].integrity, lockfile.claims.len()), (&Integrity::Bound, 0), "{file}");
    }
}

#[test]
fn every_document_of_a_pnpm_lockfile_is_read() {
    let own = "---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    packageManagerDependencies:\n      pnpm: {specifier: 11.0.0, version: 11.0.0}\npackages:\n  pnpm@11.0.0:\n    resolution: {}\n";
    let project = "---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a: {specifier: 1.0.0, version: 1.0.0}\npackages:\n  a@1.0.0:\n    resolution: {}\n";
    let read_all = |text: &str| read("pnpm-lock.yaml", text, |_| None).unwrap();
    let found: Vec<_> = read_all(&format!("{own}{project}")).unwrap().packages.iter().map(|one| (one.name.clone(), one.scope)).collect();
    assert_eq!(found, [("pnpm".to_owned(), Scope::Development), ("a".to_owned(), Scope::Runtime)]);
    assert!(read_all(&format!("{own}---\nlockfileVersion: '99.0'\n")).is_err());
    assert!(read_all("---\n").is_err());
}
