//! Text from the repository is data in every output: nothing in it may move a cursor or hide other text.

/// Characters that a terminal or a page may act on instead of showing.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with every unprintable character but line breaks and tabs made visible.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) && c != '\n' && c != '\t' {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// A number with its noun: `1 day`, `3 days`.
pub fn count(number: impl Into<i64>, noun: &str) -> String {
    let number = number.into();
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// At most `most` of the names, and how many more there are.
pub fn some(names: &[&str], most: usize, noun: &str) -> String {
    let shown = names.iter().take(most).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {} more", count(i64::try_from(more).unwrap_or(i64::MAX), noun)),
    }
}

/// At most `limit` characters, on one line, unprintable characters made visible.
pub fn one_line(text: &str, limit: usize) -> String {
    let folded = visible(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    if folded.chars().count() <= limit {
        return folded;
    }
    let mut cut: String = folded.chars().take(limit.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// Sets a text in lines of at most `width` characters, each paragraph's first line after `first`, the others after
/// `rest`. A word that is longer than a line stands on its own and is never broken. Ends with a line break.
pub fn wrap(text: &str, width: usize, first: &str, rest: &str) -> String {
    let mut out = String::new();
    let mut lead = first;
    for paragraph in text.lines() {
        let mut line = lead.to_owned();
        let mut column = line.chars().count();
        let mut empty = true;
        for word in paragraph.split_whitespace() {
            let length = word.chars().count();
            if !empty && column + 1 + length > width {
                out.push_str(line.trim_end());
                out.push('\n');
                rest.clone_into(&mut line);
                column = rest.chars().count();
                empty = true;
            }
            if !empty {
                line.push(' ');
                column += 1;
            }
            line.push_str(word);
            column += length;
            empty = false;
        }
        out.push_str(line.trim_end());
        out.push('\n');
        lead = rest;
    }
    if text.is_empty() {
        out.push_str(first.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_and_bidi_marks_become_visible() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(visible("\u{85}\u{200b}é"), "\\u{85}\\u{200b}é");
    }

    #[test]
    fn one_line_folds_and_cuts() {
        assert_eq!(one_line("a\n  b\tc", 20), "a b c");
        assert_eq!(one_line("abcdef", 4), "abc…");
    }

    #[test]
    fn wrapped_lines_hang_under_the_first() {
        assert_eq!(wrap("aa bb cc\ndd", 7, "- ", "  "), "- aa bb\n  cc\n  dd\n");
        assert_eq!(wrap("aaaaaaaaaa b", 4, "", ""), "aaaaaaaaaa\nb\n");
        assert_eq!(wrap("", 4, "x ", ""), "x\n");
    }

    proptest! {
        #[test]
        fn wrapping_keeps_every_word_and_the_width(text in "[abé ]{0,80}", width in 1usize..30) {
            let set = wrap(&text, width, "", "");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&set), words(&text));
            for line in set.lines() {
                prop_assert!(line.chars().count() <= width || !line.contains(' '), "{line:?}");
            }
        }
    }
}
