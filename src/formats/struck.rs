//! Text that its author struck out (`~~…~~`, GitHub Flavored Markdown, section 6.5): it is shown, and not said.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// The text with blanks in place of what is struck out, so that places stay.
pub(super) fn blanked(text: &str) -> Cow<'_, str> {
    if !text.contains('~') {
        return Cow::Borrowed(text);
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let struck = Parser::new_ext(text, options).into_offset_iter();
    let struck: Vec<Range<usize>> =
        struck.filter_map(|(event, range)| matches!(event, Event::Start(Tag::Strikethrough)).then_some(range)).collect();
    if struck.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for range in struck {
        // One inside another is gone with it.
        if range.start < out.len() {
            continue;
        }
        out.push_str(text.get(out.len()..range.start).unwrap_or_default());
        let gone = text.get(range.clone()).unwrap_or_default();
        gone.bytes().for_each(|byte| out.push(if byte == b'\n' { '\n' } else { ' ' }));
    }
    out.push_str(text.get(out.len()..).unwrap_or_default());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_struck_out_becomes_blank_and_places_stay() {
        for (text, left) in [
            ("Kept ~~gone~~ kept", "Kept          kept"),
            ("~~a *b ~~c~~ d* é~~.", "                    ."),
            ("~~a\nb~~ c", "   \n    c"),
            ("`~~code~~` and ~5 days, at most ~10", "`~~code~~` and ~5 days, at most ~10"),
            ("~~~\n~~x~~\n~~~\n", "~~~\n~~x~~\n~~~\n"),
            ("| a | ~~b~~ |\n|---|---|\n", "| a |       |\n|---|---|\n"),
        ] {
            assert_eq!(blanked(text), left, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_length_and_its_lines(text in "[a~ *`\n|é-]{0,60}") {
            let left = blanked(&text);
            prop_assert_eq!(left.len(), text.len());
            prop_assert_eq!(left.matches('\n').count(), text.matches('\n').count());
        }
    }
}
