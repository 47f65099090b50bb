//! Heading names as people cite them: without regard to case, blanks, typographic quotes and dashes, and numbering.

use std::collections::BTreeMap;

use super::prose::Heading;
use crate::text::is_unprintable;

/// The name with lower-case letters, single blanks, plain quotes and dashes, and no closing colon or full stop.
pub fn folded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            _ if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => out.push('-'),
            '`' => {}
            _ if is_unprintable(c) => {}
            _ => out.extend(c.to_lowercase()),
        }
    }
    let length = out.trim_end_matches([' ', ':', '.']).len();
    out.truncate(length);
    out
}

/// A folded name without a number before it: `3.2 intake`, `3) intake` and `3. intake` are `intake`.
pub fn without_number(folded: &str) -> &str {
    let rest = folded.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if rest.len() == folded.len() || !folded.starts_with(|c: char| c.is_ascii_digit()) {
        return folded;
    }
    let rest = rest.strip_prefix([')', ':']).unwrap_or(rest);
    match rest.strip_prefix(' ') {
        Some(name) if !name.is_empty() => name.strip_prefix("- ").unwrap_or(name),
        _ => folded,
    }
}

/// The headings of a document by name.
#[derive(Debug)]
pub struct Index {
    whole: BTreeMap<String, Vec<usize>>,
    unnumbered: BTreeMap<String, Vec<usize>>,
}

impl Index {
    /// Of these headings.
    pub fn new(headings: &[Heading]) -> Self {
        let mut index = Self { whole: BTreeMap::new(), unnumbered: BTreeMap::new() };
        for (at, heading) in headings.iter().enumerate() {
            let name = folded(&heading.text);
            index.unnumbered.entry(without_number(&name).to_owned()).or_default().push(at);
            index.whole.entry(name).or_default().push(at);
        }
        index
    }

    /// Places of the headings of that name, else of that name but for the numbering.
    pub fn named(&self, name: &str) -> &[usize] {
        let name = folded(name);
        if name.is_empty() {
            return &[];
        }
        let found = self.whole.get(&name).or_else(|| self.unnumbered.get(without_number(&name)));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_fold_case_blanks_quotes_dashes_and_ends() {
        assert_eq!(folded("  The\u{a0}Vendor\u{2019}s  \u{201c}Intake\u{201d} \u{2013} Review:"), "the vendor's \"intake\" - review");
        assert_eq!(folded("\u{200b}`pin`s."), "pins");
    }

    #[test]
    fn numbering_is_told_from_numbers() {
        for (name, plain) in [
            ("3.2 intake", "intake"),
            ("3. intake", "intake"),
            ("12) intake", "intake"),
            ("3: intake", "intake"),
            ("1 - scope", "scope"),
            ("2026", "2026"),
            ("3d printing", "3d printing"),
            (".net", ".net"),
            ("", ""),
        ] {
            assert_eq!(without_number(name), plain, "{name}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(name in "[ a-z.:\u{2013}\u{2019}`\u{200b}É3)]{0,20}") {
            let once = folded(&name);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
