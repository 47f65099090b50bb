//! Where detection does not look: beyond what is not shipped, folders whose name says that they hold a trial, a template
//! or what a build made.

use crate::input::shipped::{is_muted, words};
use crate::repo_path::RepoPath;

/// Folders that hold what a tool made or copied, what a template fills in, or what somebody tries out.
const FOLDERS: &[&str] = &[
    "build",
    "dist",
    "out",
    "target",
    "deriveddata",
    ".gradle",
    ".dart_tool",
    ".next",
    ".venv",
    "venv",
    ".pio",
    "managed_components",
    "generated",
    "gen",
    "deps",
    "dependencies",
    "submodules",
    "extern",
    "contrib",
    "cookbook",
    "cookbooks",
    "recipes_test",
    "notebooks",
    "notebook",
    "experiments",
    "experimental",
    "research",
    "course",
    "courses",
    "lesson",
    "lessons",
    "workshop",
    "workshops",
    "blog",
    "website",
    "storybook",
    "stubs",
    "typings",
    ".vscode",
    ".idea",
    ".cursor",
    ".claude",
    "evals",
    "benchmarking",
    "profiling",
    "prototypes",
    "prototype",
    "getting_started",
    "quickstart",
];

/// Words that say so in a folder's name of several, beside those of what is not shipped.
const WORDS: &[&str] = &["tester", "template", "templates", "boilerplate", "scaffold", "cookiecutter", "simulator", "docs", "doc"];

/// Whether a file tells nothing of the product that lies in `folder`.
pub(super) fn is_quiet(path: &RepoPath, folder: &RepoPath) -> bool {
    if is_muted(path, folder) {
        return true;
    }
    let below = path.as_str().strip_prefix(folder.as_str()).unwrap_or(path.as_str());
    let mut parts: Vec<&str> = below.split('/').filter(|part| !part.is_empty()).collect();
    parts.pop();
    parts.iter().any(|part| says_so(part))
}

fn says_so(folder: &str) -> bool {
    let lower = folder.to_ascii_lowercase();
    FOLDERS.contains(&lower.as_str()) || words(folder).iter().any(|word| WORDS.contains(&word.as_str()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn trials_templates_and_builds_are_quiet() {
        for path in [
            "dev/integration_tests/ui/pubspec.yaml",
            "demo-app/a",
            "templates/app/a",
            "ExampleApp/a",
            "build/x",
            "iOSTests/a",
            "{{cookiecutter.name}}/a",
        ] {
            assert!(is_quiet(&path.parse().unwrap(), &RepoPath::root()), "{path}");
        }
        for path in ["app/src/main/AndroidManifest.xml", "mobile/pubspec.yaml", "contest/a", "latest/a", "src/Attestation/a"] {
            assert!(!is_quiet(&path.parse().unwrap(), &RepoPath::root()), "{path}");
        }
    }
}
