//! Text as SARIF wants it. A message is data: braces are doubled, since they would be placeholders (section 3.11.5), and
//! no text of a repository's becomes a link (section 3.11.6).

use serde_sarif::sarif::MultiformatMessageString;

use crate::text::one_line;

/// Longest message, in characters: hosts drop a result above 1,024.
pub(super) const LONG: usize = 1_000;
/// Longest name of a rule, in characters.
pub(super) const NAME: usize = 255;
/// Room kept for the remedy in a message, in characters.
const REMEDY: usize = 400;

/// One line of at most `limit` characters, escaped.
pub(super) fn plain(text: &str, limit: usize) -> String {
    let folded = one_line(text, usize::MAX);
    let mut out = String::with_capacity(folded.len());
    let mut length = 0;
    let mut rest = folded.chars().peekable();
    while let Some(c) = rest.next() {
        let width = match c {
            '{' | '}' => 2,
            ']' if rest.peek() == Some(&'(') => 2,
            _ => 1,
        };
        if length + width + usize::from(rest.peek().is_some()) > limit {
            out.push('…');
            break;
        }
        length += width;
        out.push(c);
        match (width, c) {
            (2, ']') => out.push(' '),
            (2, brace) => out.push(brace),
            _ => {}
        }
    }
    out
}

/// The text with a full stop, unless it ends as a sentence already.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() || text.ends_with(['.', '?', '!', '…']) { text.to_owned() } else { format!("{text}.") }
}

/// What is wrong and what to do about it; where both are long, the remedy keeps its room.
pub(super) fn with_remedy(message: &str, remedy: &str) -> String {
    if remedy.trim().is_empty() {
        return sentence(message);
    }
    let remedy = format!("Remedy: {}", sentence(&one_line(remedy, REMEDY)));
    let room = LONG.saturating_sub(remedy.chars().count() + 2);
    format!("{} {remedy}", sentence(&one_line(message, room)))
}

/// A plain text of a rule or taxon.
pub(super) fn message(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(plain(text, LONG)).build()
}

/// A help text of labelled parts, plain and in Markdown.
pub(super) fn help(parts: &[(&str, String)]) -> MultiformatMessageString {
    let text: Vec<String> = parts.iter().map(|(label, body)| format!("{label}: {}", sentence(&plain(body, LONG)))).collect();
    let markdown: Vec<String> =
        parts.iter().map(|(label, body)| format!("**{label}:** {}", sentence(&marked(&plain(body, LONG))))).collect();
    MultiformatMessageString::builder().text(text.join("\n")).markdown(markdown.join("\n\n")).build()
}

/// Plain text inside Markdown: nothing in it is markup, but addresses stay clickable.
fn marked(text: &str) -> String {
    let words = text.split(' ').map(|word| match web_address(word.trim_end_matches(['.', ',', ';'])) {
        Some(address) => format!("<{address}>{}", word.strip_prefix(address).unwrap_or_default()),
        None => escaped(word),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn escaped(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if "\\`*_[]<>#|~&!$@".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The text, where it is an address that a SARIF `uri` may hold.
pub(super) fn web_address(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let safe = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}[]".contains(&byte);
    (!rest.is_empty() && text.len() <= 2_048 && text.bytes().all(safe)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn braces_are_doubled_and_links_are_broken() {
        assert_eq!(plain("a {0} b", 100), "a {{0}} b");
        assert_eq!(plain("see [this](https://evil.example)", 100), "see [this] (https://evil.example)");
        assert_eq!(plain("[a] [b] (c)", 100), "[a] [b] (c)");
    }

    #[test]
    fn a_long_message_leaves_room_for_its_remedy() {
        let text = with_remedy(&"x".repeat(2_000), "commit it");
        assert!(text.ends_with("… Remedy: commit it."), "{text}");
        assert!(text.chars().count() <= LONG);
        assert_eq!(with_remedy("it is gone", ""), "it is gone.");
    }

    #[test]
    fn markdown_is_escaped_but_addresses_stay() {
        assert_eq!(marked("a_b <b> at https://www.gov.uk/x_y."), "a\\_b \\<b\\> at <https://www.gov.uk/x_y>.");
    }

    proptest! {
        #[test]
        fn a_plain_text_is_bounded_and_holds_no_placeholder_or_link(text in "[a{}\\[\\]() \n\u{202e}\u{e9}]{0,80}", limit in 1usize..60) {
            let plain = plain(&text, limit);
            prop_assert!(plain.chars().count() <= limit, "{plain:?}");
            let bare = plain.replace("{{", "").replace("}}", "");
            prop_assert!(!bare.contains(['{', '}']), "{plain:?}");
            let linked = plain.contains("](");
            prop_assert!(!linked && !plain.contains(['\n', '\u{202e}']), "{plain:?}");
        }
    }
}
