//! The little of HTML that prose in Markdown uses: what a reader sees, and where its links lead.

/// What a stretch of HTML shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Visible {
    /// Its text without tags and comments, blanks folded.
    pub(super) text: String,
    /// The targets of its `a` elements, in order.
    pub(super) links: Vec<String>,
}

/// Reads a stretch; a comment or tag that does not end hides the rest, as it does in a browser.
pub(super) fn visible(raw: &str) -> Visible {
    let mut out = Visible::default();
    let mut text = String::new();
    let mut rest = raw;
    while let Some((before, tail)) = rest.split_once('<') {
        text.push_str(before);
        let end = if tail.starts_with("!--") { "-->" } else { ">" };
        let Some((tag, tail)) = tail.split_once(end) else {
            rest = "";
            break;
        };
        out.links.extend(link_target(tag));
        rest = tail;
    }
    text.push_str(rest);
    out.text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    out
}

/// The `href` of an opening `a` tag.
fn link_target(tag: &str) -> Option<String> {
    let mut words = tag.split_whitespace();
    words.next().filter(|name| name.eq_ignore_ascii_case("a"))?;
    let at = tag.to_ascii_lowercase().find("href")?;
    let value = tag.get(at..)?.split_once('=')?.1.trim_start();
    let quoted = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.split(quote).next());
    let target = quoted.or_else(|| value.split_whitespace().next())?.trim();
    (!target.is_empty()).then(|| target.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_and_comments_are_not_seen() {
        let seen = visible("<p>Write <b>to</b>\n<A class=x HREF='mailto:a@ledger.example'>us</A><!-- <a href=\"b\"> --> now</p>");
        assert_eq!((seen.text.as_str(), seen.links), ("Write to us now", vec!["mailto:a@ledger.example".to_owned()]));
        assert_eq!(visible("a <!-- open <a href=x>b</a>").text, "a");
        assert_eq!(visible("<abbr href=x><a href=https://ledger.example>").links, ["https://ledger.example"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "([<>!\"'=a -]|href|<a |<!--|-->|é){0,40}") {
            let seen = visible(&text);
            prop_assert!(seen.links.iter().all(|link| text.contains(link.as_str())));
        }
    }
}
