//! Which commands run tests, by their words.

use super::{commands, no_tests};

/// Commands that run tests, by their first words; switches may stand between them.
const TESTS: &[&str] = &[
    "cargo test",
    "cargo nextest run",
    "cargo hack test",
    "cargo llvm-cov",
    "npm test",
    "npm run test",
    "npm run test:unit",
    "npm run test:ci",
    "npm t",
    "yarn test",
    "yarn test:unit",
    "yarn test:ci",
    "yarn run test",
    "pnpm test",
    "pnpm test:unit",
    "pnpm test:ci",
    "pnpm run test",
    "bun test",
    "bun run test",
    "deno test",
    "pytest",
    "python -m pytest",
    "python3 -m pytest",
    "python -m unittest",
    "python3 -m unittest",
    "coverage run -m pytest",
    "uv run pytest",
    "uv run -m pytest",
    "poetry run pytest",
    "pdm run pytest",
    "hatch test",
    "tox",
    "nox",
    "go test",
    "gotestsum",
    "mvn test",
    "mvn verify",
    "./mvnw test",
    "./mvnw verify",
    "gradle test",
    "gradle check",
    "./gradlew test",
    "./gradlew check",
    "sbt test",
    "dotnet test",
    "make test",
    "make check",
    "just test",
    "ctest",
    "meson test",
    "bazel test",
    "bazelisk test",
    "bundle exec rspec",
    "rspec",
    "rake test",
    "bundle exec rake test",
    "bin/rails test",
    "bundle exec rails test",
    "phpunit",
    "vendor/bin/phpunit",
    "vendor/bin/pest",
    "composer test",
    "php artisan test",
    "flutter test",
    "dart test",
    "swift test",
    "xcodebuild test",
    "mix test",
    "cabal test",
    "stack test",
    "zig build test",
    "npx jest",
    "npx vitest",
    "jest",
    "vitest",
];

/// Commands that build and run the tests on the way, unless they are told not to: Gradle's `build` depends on `check` ("The Java Plugin"),
/// and Maven's phases come after `test` ("Introduction to the Build Lifecycle").
const BUILDS: &[&str] = &[
    "gradle build",
    "./gradlew build",
    "gradle clean build",
    "./gradlew clean build",
    "mvn package",
    "mvn install",
    "mvn clean verify",
    "mvn clean install",
    "mvn clean package",
    "./mvnw package",
    "./mvnw install",
    "./mvnw clean verify",
    "./mvnw clean install",
    "./mvnw clean package",
];

/// The words of the command that plainly runs tests on that line, if one does.
pub fn test_command(line: &str) -> Option<&str> {
    of_tests(line, TESTS)
}

/// As [`test_command`], or those of a build that runs the tests on the way.
pub fn testing_command(line: &str) -> Option<&str> {
    test_command(line).or_else(|| of_tests(line, BUILDS))
}

fn of_tests<'l>(line: &'l str, known: &[&str]) -> Option<&'l str> {
    let running = commands(line).filter(|command| !no_tests::runs_none([*command]));
    running.filter_map(|command| known.iter().find_map(|words| begins(command, words))).next()
}

/// The beginning of a command up to the last of these words, where it begins with them; what sets a variable before it, and switches between,
/// are passed over.
fn begins<'c>(command: &'c str, words: &str) -> Option<&'c str> {
    let mut wanted = words.split(' ').peekable();
    let (mut from, mut at) = (None, 0);
    for word in command.split(' ') {
        let end = at + word.len();
        if wanted.peek() == Some(&word) {
            wanted.next();
            let from = *from.get_or_insert(at);
            if wanted.peek().is_none() {
                return command.get(from..end);
            }
        } else if !(word.is_empty() || (from.is_some() && word.starts_with(['-', '+'])) || (from.is_none() && sets_a_variable(word))) {
            return None;
        }
        at = end + 1;
    }
    None
}

fn sets_a_variable(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_test_commands_count() {
        for (line, found) in [
            ("cargo test --locked || true", "cargo test"),
            ("cargo +nightly test", "cargo +nightly test"),
            ("cd x && npm test", "npm test"),
            ("pytest -q | tee log", "pytest"),
            ("CI=1 RUST_BACKTRACE=1 uv run --frozen pytest -q", "uv run --frozen pytest"),
            ("mvn -B --no-transfer-progress verify", "mvn -B --no-transfer-progress verify"),
            ("npm run test:ci -- --coverage", "npm run test:ci"),
        ] {
            assert_eq!(test_command(line), Some(found), "{line}");
        }
        for line in
            ["cargo testing", "echo cargo test", "npm tools", "make tests-docs", "make -C x test", "./gradlew build", "--x cargo test"]
        {
            assert_eq!(test_command(line), None, "{line}");
        }
    }

    #[test]
    fn a_build_that_tests_on_the_way_counts_unless_it_leaves_them_out() {
        for (line, found) in [
            ("./gradlew --no-daemon build", "./gradlew --no-daemon build"),
            ("mvn -B clean install", "mvn -B clean install"),
            ("cargo test", "cargo test"),
        ] {
            assert_eq!(testing_command(line), Some(found), "{line}");
        }
        for line in
            ["./gradlew assemble", "./gradlew build -x test", "mvn install -DskipTests", "mvn -Dmaven.test.skip=true package", "make"]
        {
            assert_eq!(testing_command(line), None, "{line}");
        }
    }
}
