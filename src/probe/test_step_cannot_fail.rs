//! `test-step-cannot-fail`: a step of CI runs tests and throws their failure away.

use super::{Probe, Scene, Sighting, ci};
use crate::formats::workflow::shell;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct TestStepCannotFail;

/// Commands that run tests, by their first words.
const TESTS: &[&str] = &[
    "cargo test",
    "cargo nextest run",
    "npm test",
    "npm run test",
    "npm t",
    "yarn test",
    "yarn run test",
    "pnpm test",
    "pnpm run test",
    "pytest",
    "python -m pytest",
    "python3 -m pytest",
    "python -m unittest",
    "python3 -m unittest",
    "tox",
    "nox",
    "go test",
    "mvn test",
    "mvn verify",
    "./mvnw test",
    "./mvnw verify",
    "gradle test",
    "./gradlew test",
    "./gradlew check",
    "dotnet test",
    "make test",
    "make check",
    "ctest",
    "bundle exec rspec",
    "rspec",
    "rake test",
    "bundle exec rake test",
    "phpunit",
    "vendor/bin/phpunit",
    "composer test",
    "flutter test",
    "dart test",
    "swift test",
    "mix test",
    "uv run pytest",
    "poetry run pytest",
    "npx jest",
    "npx vitest",
    "jest",
    "vitest",
];

impl Probe for TestStepCannotFail {
    fn name(&self) -> &'static str {
        "test-step-cannot-fail"
    }

    fn looks_at(&self) -> &'static str {
        "Commands of the product's GitHub workflows and GitLab configuration that plainly run tests (`cargo test`, `npm test`, `pytest` and their like)."
    }

    fn limits(&self) -> &'static str {
        "Tests behind a script of the product's own, and a failure that is lost inside of it, are not seen. A job that may fail as a whole is told only where all of a matrix may."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for found in ci::workflows(scene, None) {
            for job in &found.workflow.jobs {
                for step in &job.steps {
                    let tests = step.run.iter().filter(|(line, _)| runs_tests(line));
                    for (line, at) in tests {
                        let lost = if shell::swallows_failure(line) { Some(at) } else { step.may_fail.as_ref().or(job.may_fail.as_ref()) };
                        let Some(place) = lost else { continue };
                        let message = format!("{} runs `{}` and throws its failure away", found.path(), one_line(line, 100));
                        seen.extend(scene.sighting(&found.file, place.clone(), message));
                    }
                }
            }
        }
        seen
    }
}

fn runs_tests(line: &str) -> bool {
    shell::commands(line)
        .any(|command| TESTS.iter().any(|test| command.strip_prefix(test).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_test_commands_count() {
        for line in ["cargo test --locked || true", "cd x && npm test", "pytest -q | tee log"] {
            assert!(runs_tests(line), "{line}");
        }
        for line in ["cargo testing", "echo cargo test", "npm tools", "make tests-docs"] {
            assert!(!runs_tests(line), "{line}");
        }
    }
}
