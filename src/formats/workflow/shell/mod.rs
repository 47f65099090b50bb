//! What can be told of a shell's script without running it.

mod fate;
#[cfg(test)]
mod fate_tests;
mod interpreter;
mod lexer;
mod no_tests;
mod syntax;
mod tests_run;
mod walk;

pub use fate::{Fate, Found, Why, fates};
pub use interpreter::{GITLAB, Interpreter, Options};
pub use no_tests::passes_without;
pub use tests_run::{test_command, testing_command};

/// Whether a command's failure is thrown away on that line: `… || true`, `… || :`, `… || exit 0`, `…; true`.
pub fn swallows_failure(line: &str) -> bool {
    let line = without_comment(line).trim_end_matches(['"', '\'']).trim_end();
    let Some((command, last)) = split_last(line) else { return false };
    !command.trim().is_empty() && matches!(last.trim(), "true" | ":" | "exit 0" | "/bin/true")
}

/// Whether a line has a command that bears the name of a test run and runs no test.
pub fn runs_no_test(line: &str) -> bool {
    commands(line).any(|command| no_tests::runs_none([command]))
}

/// What stands before and after the last `||` or `;`.
fn split_last(line: &str) -> Option<(&str, &str)> {
    let or = line.rfind("||").map(|at| (at, 2));
    let semicolon = line.rfind(';').map(|at| (at, 1));
    let (at, width) = or.max(semicolon)?;
    Some((line.get(..at)?, line.get(at + width..)?))
}

/// The line without a comment at its end.
pub fn without_comment(line: &str) -> &str {
    match line.find(" #") {
        Some(at) => line.get(..at).unwrap_or(line).trim_end(),
        None if line.starts_with('#') => "",
        None => line.trim_end(),
    }
}

/// Commands of a line, split where the shell would, quotes aside.
pub fn commands(line: &str) -> impl Iterator<Item = &str> {
    without_comment(line).split("&&").flat_map(|part| part.split("||")).flat_map(|part| part.split([';', '|'])).map(str::trim)
}

/// Commands that print, wait or set something up, and can show nothing by themselves.
const IDLE: &[&str] = &["", "echo", "printf", "true", "/bin/true", ":", "exit", "sleep", "set", "cd", "pwd", "export", "ls", "date"];

/// Whether a line only prints, waits or sets something up. Of a line that cannot be told the answer is no.
pub fn is_idle(line: &str) -> bool {
    // What is printed into another command is that command's business.
    let is_idle = |command: &str| IDLE.contains(&command.split_whitespace().next().unwrap_or_default());
    !without_comment(line).contains(['`', '$', '>']) && commands(line).all(is_idle)
}

/// Programs that are known to be none of PowerShell's own words.
const PROGRAMS: &[&str] = &[
    "cargo", "npm", "npx", "pnpm", "yarn", "node", "git", "python", "python3", "pip", "uv", "poetry", "go", "dotnet", "cmake", "ctest",
    "make", "mvn", "gradle", "ruby", "bundle", "rustup", "gh", "curl", "docker",
];

/// Whether a line begins with a program, and is not a word of PowerShell or cmd.
pub fn runs_known_program(line: &str) -> bool {
    PROGRAMS.contains(&line.split_whitespace().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_and_setting_up_is_idle() {
        for line in ["echo cargo test", "true", "set -e; cd app && echo done", "", "# cargo test", "sleep 5 # wait"] {
            assert!(is_idle(line), "{line}");
        }
        for line in ["cargo test", "cd app && cargo test", "echo y | ./install", "echo $(cargo test)", "echo `make check`", "./echo"] {
            assert!(!is_idle(line), "{line}");
        }
    }

    #[test]
    fn a_failure_that_is_thrown_away_is_seen() {
        for line in ["cargo test || true", "npm test || :", "pytest || exit 0 # flaky", "make test; true", "sh -c 'make test || true'"] {
            assert!(swallows_failure(line), "{line}");
        }
        for line in ["cargo test", "true", "# cargo test || true", "a || exit 1", "grep -q x || echo none", "test -f x || false"] {
            assert!(!swallows_failure(line), "{line}");
        }
    }

    #[test]
    fn commands_are_split_where_the_shell_splits() {
        assert_eq!(commands("cd a && npm ci; npm test | tee x # y").collect::<Vec<_>>(), ["cd a", "npm ci", "npm test", "tee x"]);
    }
}
