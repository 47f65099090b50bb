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

/// The ASCII character that a reader takes a character for: of a fullwidth form (U+FF01 to U+FF5E), of a mathematical letter
/// (U+1D400 to U+1D6A3), or of a Cyrillic or Greek letter that is drawn like a Latin one (Unicode Technical Standard 39, section 4).
/// Any other character is itself.
pub fn latin(c: char) -> char {
    /// Each Latin letter with the Greek and Cyrillic ones.
    const DRAWN_ALIKE: &[(char, &str)] = &[
        ('A', "\u{391}\u{410}"),
        ('B', "\u{392}\u{412}"),
        ('C', "\u{421}"),
        ('E', "\u{395}\u{415}"),
        ('H', "\u{397}\u{41d}"),
        ('I', "\u{399}\u{406}"),
        ('J', "\u{408}"),
        ('K', "\u{39a}\u{41a}"),
        ('M', "\u{39c}\u{41c}"),
        ('N', "\u{39d}"),
        ('O', "\u{39f}\u{41e}"),
        ('P', "\u{3a1}\u{420}"),
        ('Q', "\u{51a}"),
        ('S', "\u{405}"),
        ('T', "\u{3a4}\u{422}"),
        ('W', "\u{51c}"),
        ('X', "\u{3a7}\u{425}"),
        ('Y', "\u{3a5}\u{423}"),
        ('Z', "\u{396}"),
        ('a', "\u{3b1}\u{430}"),
        ('c', "\u{441}"),
        ('d', "\u{501}"),
        ('e', "\u{3b5}\u{435}"),
        ('h', "\u{4bb}"),
        ('i', "\u{3b9}\u{456}"),
        ('j', "\u{458}"),
        ('k', "\u{3ba}\u{43a}"),
        ('m', "\u{43c}"),
        ('o', "\u{3bf}\u{43e}"),
        ('p', "\u{3c1}\u{440}"),
        ('q', "\u{51b}"),
        ('s', "\u{455}"),
        ('t', "\u{3c4}\u{442}"),
        ('u', "\u{3c5}"),
        ('v', "\u{3bd}"),
        ('w', "\u{51d}"),
        ('x', "\u{3c7}\u{445}"),
        ('y', "\u{443}"),
    ];
    let code = u32::from(c);
    let plain = match code {
        0xff01..=0xff5e => char::from_u32(code - 0xfee0),
        0x1d400..=0x1d6a3 => match (code - 0x1d400) % 52 {
            at @ 0..26 => char::from_u32(u32::from('A') + at),
            at => char::from_u32(u32::from('a') + at - 26),
        },
        0x370..=0x52f => DRAWN_ALIKE.iter().find(|(_, others)| others.contains(c)).map(|(latin, _)| *latin),
        _ => None,
    };
    plain.unwrap_or(c)
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

/// Ids of one code, shortened: `software-security/1.1-c1, -c2, 1.2-c1`; four or more claims in a row become `-c1 … -c6`, and
/// one that is repeated is told once with its number: `×4`.
pub fn ids(ids: &[&str]) -> String {
    let mut out = String::new();
    let mut last: Option<(&str, &str)> = None;
    let mut rest = ids;
    while let Some((id, others)) = rest.split_first() {
        let (code, own) = id.split_once('/').unwrap_or(("", id));
        let stem = own.rsplit_once("-c").map_or(own, |(stem, _)| stem);
        let same_code = last.is_some_and(|(known, _)| known == code);
        let shown = match last {
            Some(_) if !same_code => *id,
            Some((_, known)) if known == stem && own.len() > stem.len() => own.get(stem.len()..).unwrap_or(own),
            Some(_) => own,
            None => *id,
        };
        if last.is_some() {
            out.push_str(", ");
        }
        out.push_str(shown);
        last = Some((code, stem));
        let repeated = others.iter().take_while(|other| *other == id).count();
        if repeated > 0 {
            out.push_str(&format!(" ×{}", repeated + 1));
        }
        let others = others.get(repeated..).unwrap_or_default();
        rest = others;
        let run = run_of(id, others);
        if let Some((end, after)) = run.checked_sub(1).filter(|at| *at >= 2).and_then(|at| Some((others.get(at)?, others.get(run..)?))) {
            let end = end.split_once('/').map_or(*end, |(_, own)| own);
            out.push_str(" … ");
            out.push_str(end.get(stem.len()..).unwrap_or(end));
            rest = after;
        }
    }
    out
}

/// How many ids at the front of `others` go on counting the claims where `id` stands.
fn run_of(id: &str, others: &[&str]) -> usize {
    let parts = |id: &str| id.rsplit_once("-c").and_then(|(stem, number)| Some((stem.to_owned(), number.parse::<usize>().ok()?)));
    let Some((stem, first)) = parts(id) else { return 0 };
    others.iter().zip(first + 1..).take_while(|(other, number)| parts(other).is_some_and(|found| found == (stem.clone(), *number))).count()
}

/// Longest list of ids in [`some_ids`], in characters.
const IDS_CHARS: usize = 160;

/// The ids, shortened as [`ids`] does, and how many more there are than have room.
pub fn some_ids(names: &[&str]) -> String {
    let fits = |most: &usize| *most == 1 || ids(names.get(..*most).unwrap_or_default()).chars().count() <= IDS_CHARS;
    let most = (1..=names.len()).rev().find(fits).unwrap_or_default();
    let shown = ids(names.get(..most).unwrap_or_default());
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {}", count(i64::try_from(more).unwrap_or(i64::MAX), "more unit")),
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
    fn letters_are_read_as_the_latin_ones_they_are_drawn_like() {
        let read = |text: &str| text.chars().map(latin).collect::<String>();
        assert_eq!(read("\u{422}\u{41e}D\u{41e} \u{ff4f}\u{ff57}n\u{3b5}r \u{1d42d}\u{1d41b}\u{1d41c}"), "TODO owner tbc");
        assert_eq!(read("\u{416}\u{3a9}\u{df}\u{e9}\u{4e2d}\u{ff71}"), "\u{416}\u{3a9}\u{df}\u{e9}\u{4e2d}\u{ff71}");
    }

    #[test]
    fn ids_are_shortened_without_losing_any() {
        assert_eq!(ids(&["a/1.1-c1", "a/1.1-c2", "a/1.1-c3"]), "a/1.1-c1, -c2, -c3");
        assert_eq!(ids(&["a/1.1-c1", "a/1.1-c2", "a/1.1-c3", "a/1.1-c4", "a/1.2-c1"]), "a/1.1-c1 … -c4, 1.2-c1");
        assert_eq!(ids(&["a/1.1-c1", "a/1.1-c3", "b/1.1-c4"]), "a/1.1-c1, -c3, b/1.1-c4");
        assert_eq!(ids(&["ai/5.1", "ai/5.2.1"]), "ai/5.1, 5.2.1");
        assert_eq!(ids(&["a/1-c9", "a/1-c10", "a/1-c11", "a/1-c12"]), "a/1-c9 … -c12");
        assert_eq!(ids(&["p/w", "p/w", "p/w", "p/x", "a/1-c1", "a/1-c1"]), "p/w ×3, x, a/1-c1 ×2");
    }

    #[test]
    fn a_long_list_of_ids_ends_with_how_many_more() {
        let all: Vec<String> = (1..=60).map(|provision| format!("code/{provision}.1")).collect();
        let names: Vec<&str> = all.iter().map(String::as_str).collect();
        let shown = some_ids(&names);
        assert!(shown.starts_with("code/1.1, 2.1, ") && shown.ends_with(" more units") && shown.chars().count() < 180, "{shown}");
        assert_eq!(some_ids(&names[..2]), "code/1.1, 2.1");
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
