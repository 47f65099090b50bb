//! Elements of HTML in Markdown that a reader does not see, and those that strike their text out.

use std::collections::BTreeMap;

/// Elements that never show their text, and those that strike it out.
const NEVER: &[&str] = &["script", "style", "template", "title", "head", "del", "s", "strike"];
/// Elements without an end.
const VOID: &[&str] = &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements that the end of the one around them ends too.
const LOOSE: &[&str] = &["li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "option"];
/// Ends of what stands around those.
const AROUND: &[&str] = &["ul", "ol", "dl", "table", "tr", "tbody", "thead", "select"];
/// Styles that leave nothing to see, without blanks and quotes.
const UNSEEN: &[&str] = &["display:none", "visibility:hidden"];
/// Longest tag that is read for its attributes, in bytes.
const TAG_BYTES: usize = 4_000;

/// What is hidden while a document is read from its beginning to its end.
pub(super) struct Hidden<'t> {
    text: &'t str,
    /// The hidden element that is open, and how many of its name are inside each other.
    open: Option<(String, usize)>,
    /// Where the last end of each element stands.
    ends: BTreeMap<String, Option<usize>>,
}

impl<'t> Hidden<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, open: None, ends: BTreeMap::new() }
    }

    /// Whether text here is hidden.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Takes the tag that stands at `at`.
    pub(super) fn pass(&mut self, tag: &str, at: usize) {
        let (closes, name) = name(tag);
        if let Some((open, depth)) = &mut self.open {
            let loose = LOOSE.contains(&open.as_str());
            if closes && (*open == name || loose && AROUND.contains(&name.as_str())) {
                *depth -= 1;
            } else if !closes && *open == name {
                *depth = if loose || name == "p" { 0 } else { depth.saturating_add(1) };
            }
            if *depth > 0 {
                return;
            }
            self.open = None;
        }
        if closes || name.is_empty() || VOID.contains(&name.as_str()) {
            return;
        }
        // Many a text names such an element as it is: `<s>` alone strikes nothing out where no end follows.
        let never = NEVER.contains(&name.as_str()) && self.ends_behind(&name, at);
        if never || is_hidden(tag) || name == "dialog" && !attributes(tag).any(|own| own == "open") && self.ends_behind(&name, at) {
            self.open = Some((name, 1));
        }
    }

    /// The end of a paragraph or of a stretch of HTML, which ends a `p`.
    pub(super) fn end_paragraph(&mut self) {
        if self.open.as_ref().is_some_and(|(name, _)| name == "p") {
            self.open = None;
        }
    }

    fn ends_behind(&mut self, name: &str, at: usize) -> bool {
        let text = self.text;
        let last = self.ends.entry(name.to_owned()).or_insert_with(|| last_end(text, name));
        last.is_some_and(|last| last > at)
    }
}

fn last_end(text: &str, name: &str) -> Option<usize> {
    let named = |at: &usize| text.get(at + 2..at + 2 + name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name));
    text.rmatch_indices("</").map(|(at, _)| at).find(named)
}

/// Whether a tag ends an element, and the element's name in lower case.
pub(super) fn name(tag: &str) -> (bool, String) {
    let inner = tag.trim_start_matches('<');
    let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    (closes, inner.chars().take_while(char::is_ascii_alphanumeric).take(12).collect::<String>().to_ascii_lowercase())
}

/// Whether the attributes of a tag keep its element from being seen.
fn is_hidden(tag: &str) -> bool {
    let tag = tag.get(..TAG_BYTES).unwrap_or(tag);
    attributes(tag).any(|own| own == "hidden") || {
        // In MDX a style is an object, whose values are quoted.
        let bare: String = tag.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '"')).collect();
        let bare = bare.to_ascii_lowercase();
        bare.contains("style=") && UNSEEN.iter().any(|style| bare.contains(style))
    }
}

/// The names of a tag's attributes in lower case.
fn attributes(tag: &str) -> impl Iterator<Item = String> {
    enum At {
        Name,
        BeforeValue,
        Value(Option<char>),
    }
    let mut names = vec![String::new()];
    let mut at = At::Name;
    for c in tag.trim_matches(['<', '>', '/']).chars().take(TAG_BYTES) {
        at = match (at, c) {
            (At::Value(Some(quote)), _) if c == quote => At::Name,
            (At::Value(None), _) if c.is_whitespace() => {
                names.push(String::new());
                At::Name
            }
            (At::BeforeValue, '"' | '\'') => At::Value(Some(c)),
            (At::BeforeValue, _) if c.is_whitespace() => At::BeforeValue,
            (At::BeforeValue, _) => At::Value(None),
            (At::Name, '=') => {
                names.push(String::new());
                At::BeforeValue
            }
            (At::Name, _) if c.is_whitespace() || c == '/' => {
                names.push(String::new());
                At::Name
            }
            (At::Name, _) => {
                if let Some(name) = names.last_mut() {
                    name.extend(c.to_lowercase());
                }
                At::Name
            }
            (value @ At::Value(_), _) => value,
        };
    }
    names.into_iter().skip(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hidden_elements_are_told_by_their_attributes() {
        for tag in [
            "<div hidden>",
            "<DIV HIDDEN>",
            "<p class=\"a\" hidden>",
            "<p class=\"a\"hidden>",
            "<p hidden=\"\">",
            "<p hidden = until-found class=x>",
            "<span style=\"color: red; display : NONE\">",
            "<span style={{display: 'none'}}>",
            "<div style='visibility:hidden'>",
        ] {
            assert!(is_hidden(tag), "{tag}");
        }
        for tag in
            ["<div>", "<div class=hidden>", "<div class=\"a hidden b\">", "<hidden>", "<div title='hidden'>", "<a title=\"display:none\">"]
        {
            assert!(!is_hidden(tag), "{tag}");
        }
    }

    fn seen(html: &str) -> String {
        let mut hidden = Hidden::new(html);
        let parts = super::super::html::parts(html, 0, &mut hidden);
        parts.into_iter().filter(|(_, part)| *part != super::super::html::Part::Tag).filter_map(|(range, _)| html.get(range)).collect()
    }

    #[test]
    fn what_is_hidden_ends_where_its_element_does() {
        for (html, shown) in [
            ("<div hidden>a<div>b</div>c</div>d", "d"),
            ("<ul><li hidden>a<li>b</ul>c", "bc"),
            ("<ul><li hidden>a</ul>c", "c"),
            ("<p hidden>a<p>b", "b"),
            ("<div hidden>never closed", ""),
            ("a<s>b</s>c<del>d</del>e", "ace"),
            ("a <s> b", "a  b"),
            ("<script>a</script>b<style>c</style>", "b"),
            ("<dialog>a</dialog><dialog open>b</dialog>", "b"),
            ("<br hidden>a<img hidden>b", "ab"),
        ] {
            assert_eq!(seen(html), shown, "{html}");
        }
    }

    proptest! {
        #[test]
        fn any_tags_are_read(html in "(<[/]?(div|p|li|s|ul|é)( hidden| style=\"display:none\"|=|'|\")?>|a){0,20}") {
            prop_assert!(seen(&html).len() <= html.len());
        }
    }
}
