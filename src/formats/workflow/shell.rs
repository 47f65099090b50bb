//! What can be told of a line of shell without running it.

/// Whether a command's failure is thrown away on that line: `… || true`, `… || :`, `… || exit 0`, `…; true`.
pub fn swallows_failure(line: &str) -> bool {
    let line = without_comment(line).trim_end_matches(['"', '\'']).trim_end();
    let Some((command, last)) = split_last(line) else { return false };
    !command.trim().is_empty() && matches!(last.trim(), "true" | ":" | "exit 0" | "/bin/true")
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

#[cfg(test)]
mod tests {
    use super::*;

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
