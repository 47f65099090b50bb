//! Commands that bear the name of a test run and run no test: they build the tests, list them, or pick none of them.

/// A tool: the word that names it, words of which one must follow, and switches with which it runs no test.
struct Tool {
    names: &'static [&'static str],
    then: &'static [&'static str],
    switches: &'static [&'static str],
}

const TOOLS: &[Tool] = &[
    Tool { names: &["cargo"], then: &["test", "t"], switches: &["--no-run", "--list", "--help", "-h", "--version"] },
    Tool { names: &["cargo", "cargo-nextest"], then: &["nextest", "run"], switches: &["--no-run", "list", "--help", "-h", "--version"] },
    Tool {
        names: &["pytest", "py.test"],
        then: &[],
        switches: &[
            "--collect-only",
            "--co",
            "--collectonly",
            "--setup-plan",
            "--setup-only",
            "--fixtures",
            "--fixtures-per-test",
            "--markers",
            "--help",
            "-h",
            "--version",
            "-V",
        ],
    },
    Tool { names: &["go"], then: &["test"], switches: &["-c", "-n", "-list", "-test.list", "--list"] },
    Tool {
        names: &["npm", "pnpm", "yarn", "bun"],
        then: &["test", "t", "run", "jest", "vitest"],
        switches: &["--listTests", "--showConfig"],
    },
    Tool { names: &["jest", "vitest", "mocha", "ava"], then: &[], switches: &["--listTests", "--showConfig", "--dry-run"] },
    Tool { names: &["vitest", "playwright"], then: &[], switches: &["list", "--list"] },
    Tool { names: &["ctest"], then: &[], switches: &["-N", "--show-only", "--help", "--version"] },
    Tool { names: &["dotnet"], then: &["test"], switches: &["--list-tests", "-t", "--help"] },
    Tool {
        names: &["mvn", "mvnw"],
        then: &[],
        switches: &["-DskipTests", "-DskipTests=true", "-Dmaven.test.skip", "-Dmaven.test.skip=true"],
    },
    Tool { names: &["gradle", "gradlew"], then: &[], switches: &["--dry-run", "-m", "--test-dry-run"] },
    Tool {
        names: &["make", "gmake", "just", "task", "ninja"],
        then: &[],
        switches: &["-n", "--dry-run", "--just-print", "--recon", "-q", "--question"],
    },
    Tool { names: &["rspec"], then: &[], switches: &["--dry-run", "--version", "--help"] },
    Tool { names: &["phpunit"], then: &[], switches: &["--list-tests", "--list-suites", "--list-groups", "--version", "--help"] },
    Tool { names: &["tox"], then: &[], switches: &["--notest", "-n", "-l", "--listenvs", "--list", "list", "--version"] },
    Tool { names: &["nox"], then: &[], switches: &["-l", "--list", "--list-sessions", "--install-only"] },
    Tool { names: &["swift"], then: &["test"], switches: &["list", "-l", "--list-tests"] },
    Tool { names: &["deno"], then: &["test"], switches: &["--no-run"] },
    Tool { names: &["zig"], then: &["test"], switches: &["--test-no-exec"] },
    Tool { names: &["meson"], then: &["test"], switches: &["--list"] },
    Tool { names: &["stack"], then: &["test"], switches: &["--no-run-tests"] },
    Tool { names: &["bazel", "bazelisk"], then: &["test"], switches: &["--nobuild", "--build_only"] },
];

/// Patterns that no test is called by.
const NOTHING: &[&str] = &["^$", "$^", "XXX", "^XXX$", "NONE", "^NONE$", "none", "^none$", "NoTests", "^NoTests$", "^#"];

/// Switches with which a tool passes where it finds no test.
const EMPTY_PASSES: &[&str] =
    &["--passWithNoTests", "--pass-with-no-tests", "--if-present", "--no-tests=pass", "--no-tests=ignore", "--no-tests=warn"];

/// Whether a command is one of tests and runs none of them.
pub(super) fn runs_none<'w>(words: impl IntoIterator<Item = &'w str>) -> bool {
    let words: Vec<&str> = words.into_iter().flat_map(str::split_whitespace).map(|word| word.trim_matches(['\'', '"'])).collect();
    let called = |word: &str, tool: &Tool| tool.names.contains(&word.rsplit('/').next().unwrap_or(word));
    TOOLS.iter().any(|tool| {
        let Some(at) = words.iter().position(|word| called(word, tool)) else { return false };
        let after = words.get(at + 1..).unwrap_or_default();
        let Some(then) = after.iter().position(|word| tool.then.contains(word)).map(|then| then + 1).or(tool.then.is_empty().then_some(0))
        else {
            return false;
        };
        let given = after.get(then..).unwrap_or_default();
        given.iter().any(|word| tool.switches.contains(word)) || tool.names == ["go"] && picks_nothing(given)
    }) || leaves_tests_out(&words)
}

/// Whether `-run` has a pattern that no test is called by.
fn picks_nothing(words: &[&str]) -> bool {
    let is_run = |word: &str| matches!(word, "-run" | "--run" | "-test.run");
    let joined = words.iter().filter_map(|word| word.split_once('=')).filter(|(name, _)| is_run(name)).map(|(_, pattern)| pattern);
    let apart = words.windows(2).filter_map(|pair| match pair {
        [name, pattern] if is_run(name) => Some(*pattern),
        _ => None,
    });
    joined.chain(apart).any(|pattern| NOTHING.contains(&pattern.trim_matches(['\'', '"'])))
}

/// Whether Gradle leaves its task `test` out, where nothing else of tests is asked for.
fn leaves_tests_out(words: &[&str]) -> bool {
    let is_gradle = words.iter().any(|word| matches!(word.rsplit('/').next(), Some("gradle" | "gradlew")));
    is_gradle && words.windows(2).any(|pair| matches!(pair, ["-x" | "--exclude-task", "test" | ":test"]))
}

/// The switch with which a command passes though it found no test.
pub fn passes_without(line: &str) -> Option<&'static str> {
    EMPTY_PASSES.iter().copied().find(|switch| line.split_whitespace().any(|word| word.trim_matches(['\'', '"']) == *switch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_run_no_test_are_told_from_those_that_do() {
        for line in [
            "cargo test --no-run",
            "cargo +nightly test --locked --no-run",
            "cargo test -- --list",
            "cargo nextest list",
            "pytest --collect-only",
            "python -m pytest --co -q",
            "uv run pytest --collect-only",
            "go test -run ^$ ./...",
            "go test -run='^$' -bench . ./...",
            "go test -c ./pkg",
            "npx jest --listTests",
            "ctest -N",
            "dotnet test --list-tests",
            "mvn -DskipTests verify",
            "./mvnw verify -Dmaven.test.skip=true",
            "./gradlew check -x test",
            "gradle test --dry-run",
            "make -n test",
            "tox --notest",
            "rspec --dry-run",
            "sh -c 'cargo test --no-run'",
        ] {
            assert!(runs_none([line]), "{line}");
        }
        for line in [
            "cargo test --locked",
            "cargo test --no-default-features",
            "cargo build --no-run",
            "pytest -q --cov",
            "go test ./... -run TestLedger",
            "go vet -c",
            "npm test",
            "npm publish --dry-run",
            "npm test -- --passWithNoTests",
            "make test",
            "mvn verify -DskipTests=false",
            "./gradlew check -x lint",
            "ctest --output-on-failure",
            "cargo nextest run",
            "tox -e py312",
        ] {
            assert!(!runs_none([line]), "{line}");
        }
        assert_eq!(passes_without("npm test -- --passWithNoTests"), Some("--passWithNoTests"));
        assert_eq!(passes_without("npm run test --if-present"), Some("--if-present"));
        assert_eq!(passes_without("npm test"), None);
    }
}
