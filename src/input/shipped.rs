//! Which tracked files are part of what is shipped: tests, fixtures, examples, documentation, development
//! containers and vendored trees show what somebody tried or described, not what the product does, so neither probes nor detection speak of them.

use std::collections::HashSet;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

use super::view::{Tracked, View};
use crate::model::declaration::Product;
use crate::repo_path::RepoPath;

/// Folders whose contents are not shipped, in lower case.
const FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "__tests__",
    "spec",
    "specs",
    "e2e",
    "testdata",
    "test-data",
    "test_data",
    "testfixtures",
    "test-fixtures",
    "fixture",
    "fixtures",
    "__fixtures__",
    "mock",
    "mocks",
    "__mocks__",
    "snapshots",
    "__snapshots__",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "tutorial",
    "tutorials",
    "playground",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "fuzz",
    "doc",
    "docs",
    "documentation",
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "thirdparty",
    "3rdparty",
    "external",
    "externals",
    "node_modules",
    "bower_components",
    "pods",
    "carthage",
    "site-packages",
    "testsuite",
    ".devcontainer",
    "androidtest",
    "unittest",
    "unittests",
];

/// Words that say so in a folder's name of several, such as `tests-integration` or `TestAppHelper`.
const WORDS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "e2e",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "tutorial",
    "tutorials",
    "playground",
    "benchmark",
    "benchmarks",
    "vendored",
];

/// The tracked files of a product: those below its `paths`.
pub fn product_files<'v>(view: &'v View<'_>, product: &Product) -> impl Iterator<Item = &'v Tracked> {
    let folders: Vec<RepoPath> = product.paths.iter().map(|path| view.folder().join(&path.value)).collect();
    view.tracked().filter(move |found| folders.is_empty() || folders.iter().any(|folder| found.path.is_under(folder)))
}

/// Whether a file is not part of what is shipped. Both paths start at the git repository's root; folders at and above the
/// product's own do not count, so that a product that lies in `examples/` is still a product.
pub fn is_muted(path: &RepoPath, product: &RepoPath) -> bool {
    let below = path.as_str().strip_prefix(product.as_str()).unwrap_or(path.as_str());
    let mut parts: Vec<&str> = below.split('/').filter(|part| !part.is_empty()).collect();
    let file = parts.pop().unwrap_or_default().to_ascii_lowercase();
    parts.iter().any(|folder| says_so(folder)) || is_test_file(&file)
}

fn says_so(folder: &str) -> bool {
    static NAMES: OnceLock<HashSet<&str>> = OnceLock::new();
    static PARTS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let lower = folder.to_ascii_lowercase();
    // Most names hold none of the words anywhere, and splitting each would take most of the time of a look.
    let parts = PARTS.get_or_init(|| AhoCorasick::new(WORDS).ok());
    NAMES.get_or_init(|| FOLDERS.iter().copied().collect()).contains(lower.as_str())
        || (parts.as_ref().is_none_or(|parts| parts.is_match(&lower)) && words(folder).iter().any(|word| WORDS.contains(&word.as_str())))
}

/// The words of a name, in lower case: split at what is no letter or digit, where a capital follows a small letter, and
/// before the last of several capitals when a small letter follows (`iOSTests` is `i`, `os`, `tests`).
pub fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut before = ' ';
    let mut letters = name.chars().peekable();
    while let Some(c) = letters.next() {
        let starts_word = c.is_uppercase()
            && (before.is_lowercase() || (before.is_uppercase() && letters.peek().is_some_and(|next| next.is_lowercase())));
        if !c.is_alphanumeric() || starts_word {
            out.push(String::new());
        }
        before = c;
        if let Some(last) = out.last_mut().filter(|_| c.is_alphanumeric()) {
            last.extend(c.to_lowercase());
        }
    }
    out.retain(|word| !word.is_empty());
    out
}

fn is_test_file(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    stem.starts_with("test_")
        || ["_test", "_spec", "-test", "-spec"].iter().any(|end| stem.ends_with(end))
        || name.contains(".test.")
        || name.contains(".spec.")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn muted(path: &str, product: &str) -> bool {
        let product = if product.is_empty() { RepoPath::root() } else { product.parse().unwrap() };
        is_muted(&path.parse().unwrap(), &product)
    }

    #[test]
    fn what_is_not_shipped_is_muted() {
        for path in [
            "tests/a.yml",
            "src/Test/resources/x.xml",
            "docs/ci.yml",
            "a/vendor/b/Dockerfile",
            "src/x.test.ts",
            "test_a.py",
            "a_test.go",
            "tests-integration/Cargo.toml",
            "components/tls/test_apps/key.pem",
            "TestAppHelper/Info.plist",
            "scanning_benchmark/a.py",
            "tests_data/a.js",
        ] {
            assert!(muted(path, ""), "{path}");
        }
        for path in [
            "src/main.rs",
            ".github/workflows/test.yml",
            "latest/a.py",
            "contest/x",
            "Dockerfile",
            "src/testing.rs",
            "src/Attestation/a",
            "democracy/a",
            "samplers/a",
        ] {
            assert!(!muted(path, ""), "{path}");
        }
    }

    #[test]
    fn a_product_in_a_muted_folder_is_still_a_product() {
        assert!(!muted("examples/app/src/main.rs", "examples/app"));
        assert!(muted("examples/app/tests/x.rs", "examples/app"));
    }
}
