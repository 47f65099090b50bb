//! Settings that a build bakes in: C headers' string macros and Kconfig's strings, each with the place of its name.

use std::ops::Range;

/// A name with a string.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Setting<'t> {
    pub(super) name: &'t str,
    pub(super) value: &'t str,
    /// The byte range of the name; the value is never part of it.
    pub(super) at: Range<usize>,
}

/// Whether the words of a name, parted by anything but letters and digits, hold one of these.
pub(super) fn speaks_of(name: &str, words: &[&str]) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
}

/// Whether a path says that it is not for release.
pub(super) fn is_for_development(path: &str) -> bool {
    const WORDS: &[&str] = &[
        "dev",
        "devel",
        "develop",
        "development",
        "debug",
        "test",
        "testing",
        "local",
        "localhost",
        "ci",
        "override",
        "example",
        "examples",
        "sample",
        "demo",
        "e2e",
        "build",
        "template",
        "tpl",
        "dist",
        "mock",
        "staging",
        "sandbox",
        "bench",
    ];
    speaks_of(path, WORDS)
}

/// `#define NAME "text"` outside of comments and of conditions that speak of debugging, testing or nothing at all.
pub(super) fn defines(text: &str) -> Vec<Setting<'_>> {
    let (mut found, mut start, mut in_comment) = (Vec::new(), 0, false);
    let mut aside: Vec<bool> = Vec::new();
    for whole in text.split_inclusive('\n') {
        let from = start;
        start += whole.len();
        let was_in_comment = in_comment;
        in_comment = stays_in_comment(whole, in_comment);
        let line = whole.trim();
        let Some(directive) = line.strip_prefix('#').map(str::trim_start).filter(|_| !was_in_comment) else { continue };
        if let Some(condition) = directive.strip_prefix("if") {
            aside.push(
                condition.trim() == "0" || speaks_of(&condition.replace('_', " "), &["debug", "test", "testing", "dev", "simulator"]),
            );
        } else if directive.starts_with("endif") {
            aside.pop();
        } else if let Some(rest) = directive.strip_prefix("define").filter(|_| !aside.contains(&true)) {
            found.extend(string(rest).map(|(name, value)| setting(whole, from, name, value)));
        }
    }
    found
}

/// Lines `CONFIG_NAME="text"` of Kconfig.
pub(super) fn kconfig(text: &str) -> Vec<Setting<'_>> {
    let (mut found, mut start) = (Vec::new(), 0);
    for whole in text.split_inclusive('\n') {
        let from = start;
        start += whole.len();
        let pair = whole.trim().split_once('=').filter(|(name, _)| name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_'));
        if let Some((name, value)) = pair {
            let quoted = value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
            found.extend(quoted.map(|value| setting(whole, from, name, value)));
        }
    }
    found
}

fn setting<'t>(line: &'t str, from: usize, name: &'t str, value: &'t str) -> Setting<'t> {
    let at = from + line.find(name).unwrap_or_default();
    Setting { name, value, at: at..at + name.len() }
}

/// The name and the one string literal of a macro.
fn string(rest: &str) -> Option<(&str, &str)> {
    let (name, value) = rest.trim_start().split_once(char::is_whitespace)?;
    let value = value.trim();
    let inner = value.strip_prefix('"').or_else(|| value.strip_prefix("(\""))?;
    let (text, behind) = inner.split_once('"')?;
    let behind = if value.starts_with('(') { behind.strip_prefix(')')? } else { behind };
    let behind = behind.trim();
    (behind.is_empty() || behind.starts_with("//") || behind.starts_with("/*")).then_some((name, text))
}

/// Whether a comment is open behind the line. A `/*` in a string may be taken for one, which only makes it quieter.
fn stays_in_comment(line: &str, open: bool) -> bool {
    match (line.rfind("/*"), line.rfind("*/")) {
        (Some(begin), Some(end)) => begin > end,
        (Some(_), None) => open || !line.trim_start().starts_with("//"),
        (None, Some(_)) => false,
        (None, None) => open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_outside_of_comments_and_debug_conditions_are_read() {
        let text = "#pragma once\n#  define A_URL \"x\" // why\n/* #define B \"y\"\n#define C \"z\"\n*/\n#ifdef APP_DEBUG\n#define D \"d\"\n#endif\n// #define E \"e\"\n#define F 1\n#define G \"a\" \"b\"\n#if 0\n#define H \"h\"\n#endif\n#ifndef I\n#define I \"i\"\n#endif\n#define J (\"j\") // why\n#define K (\"k\" A)\n";
        let found = defines(text);
        let names: Vec<_> = found.iter().map(|found| (found.name, found.value)).collect();
        assert_eq!(names, [("A_URL", "x"), ("I", "i"), ("J", "j")]);
        assert_eq!(found.first().and_then(|found| text.get(found.at.clone())), Some("A_URL"));
    }

    #[test]
    fn kconfig_strings_are_read() {
        let text = "# CONFIG_A=\"a\"\nCONFIG_B=\"b\"\nCONFIG_C=y\n";
        let found = kconfig(text);
        assert_eq!(found.iter().map(|found| (found.name, found.value)).collect::<Vec<_>>(), [("CONFIG_B", "b")]);
        assert_eq!(found.first().and_then(|found| text.get(found.at.clone())), Some("CONFIG_B"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(#define A \"|/\\*|\\*/|#if|#endif|\n|é|=|\"){0,30}") {
            for found in defines(&text).iter().chain(&kconfig(&text)) {
                proptest::prop_assert_eq!(text.get(found.at.clone()), Some(found.name));
            }
        }
    }
}
