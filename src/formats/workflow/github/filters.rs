//! Filters of branches and files ("Filter pattern cheat sheet" of the syntax of GitHub's workflows).

use regex_lite::RegexBuilder;

/// Longest pattern that is followed, in bytes.
const BYTES: usize = 200;
/// Most patterns of one filter that are followed.
const PATTERNS: usize = 500;

/// Whether a list takes a name: the last pattern that fits decides, and `!` before it takes the name back.
pub(in crate::formats::workflow) fn takes(patterns: &[String], name: &str) -> bool {
    let last = patterns.iter().take(PATTERNS).rfind(|pattern| matches(pattern.strip_prefix('!').unwrap_or(pattern), name));
    last.is_some_and(|pattern| !pattern.starts_with('!'))
}

/// Whether a list of files takes every file.
pub(super) fn takes_everything(patterns: &[&str]) -> bool {
    // A `!` after it takes some back; one before it takes nothing.
    let last = patterns.iter().rposition(|pattern| matches!(*pattern, "**" | "**/*"));
    last.is_some_and(|at| patterns.iter().skip(at).all(|pattern| !pattern.starts_with('!')))
}

/// Whether a pattern fits the whole of a name. One that cannot be read fits nothing, which is how the host has it too.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    if pattern.len() > BYTES {
        return false;
    }
    let mut expression = String::from("^(?:");
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '*' if letters.next_if_eq(&'*').is_some() => expression.push_str(".*"),
            '*' => expression.push_str("[^/]*"),
            // As the host has them: of what stands before.
            '?' | '+' | '[' | ']' | '-' => expression.push(letter),
            '\\' => expression.push_str(&regex_lite::escape(&letters.next().unwrap_or('\\').to_string())),
            _ => expression.push_str(&regex_lite::escape(&letter.to_string())),
        }
    }
    expression.push_str(")$");
    RegexBuilder::new(&expression).size_limit(64 * 1_024).build().is_ok_and(|regex| regex.is_match(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_fit_as_the_host_has_them() {
        for (pattern, name) in [
            ("main", "main"),
            ("*", "main"),
            ("**", "releases/1"),
            ("ma[i-k]n", "main"),
            ("mains?", "main"),
            ("v[12].[0-9]+", "v1.27"),
            ("releases/**", "releases/a/b"),
            ("ma*", "master"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*", "a/b"), ("mai", "main"), ("main.", "mainx"), ("?", "a"), ("[", "["), ("feature/**", "main")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn the_last_pattern_that_fits_decides() {
        let takes = |patterns: &[&str]| takes(&patterns.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>(), "main");
        assert!(takes(&["**"]) && takes(&["!main", "**"]) && takes(&["**", "!release/**"]));
        assert!(!takes(&["**", "!main"]) && !takes(&["!main"]) && !takes(&[]) && !takes(&["**", "!**"]));
    }

    #[test]
    fn only_a_list_that_leaves_nothing_out_takes_every_file() {
        assert!(takes_everything(&["**"]) && takes_everything(&["src/**", "**/*"]) && takes_everything(&["!docs/**", "**"]));
        assert!(!takes_everything(&["*"]) && !takes_everything(&["**", "!docs/**"]) && !takes_everything(&["src/**"]));
    }

    proptest! {
        #[test]
        fn any_pattern_fits_or_not(pattern in ".{0,40}", name in ".{0,20}") {
            let _ = matches(&pattern, &name);
        }
    }
}
