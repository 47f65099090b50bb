//! Markers that show that a template was copied and not filled in.
//!
//! Five forms: `{{ … }}` and `<% … %>`; a slot in square or angle brackets, `[INSERT …]`, `<Company Name>`; the same in capitals
//! without brackets, `INSERT DATE`; and lorem ipsum. A backslash before a marker, and a dollar sign before braces, make it
//! ordinary text, and so do Hugo's `{{< … >}}` and `{{% … %}}`, which name content.

use std::ops::Range;

use super::prose::{Format, Prose, RunKind};

/// Longest marker, in bytes.
const MARKER_BYTES: usize = 120;
/// Most words in a slot.
const SLOT_WORDS: usize = 8;
/// Words that alone, with or without more, ask to be replaced.
const OPEN: &[&str] = &["todo", "tba", "tbc", "tbd", "fixme", "placeholder"];
/// Words that ask for what follows them.
const ASK: &[&str] = &["insert", "enter", "your", "specify"];
/// Whose particulars a template asks for: however they are written.
const PARTY: &[&str] = &["company", "organisation", "organization", "business", "vendor", "supplier", "client", "customer"];
/// Whose particulars a template asks for: as a title, `<Product Name>`; `<product-name>` may be the syntax of a path.
const THING: &[&str] = &["product", "project", "software", "application", "system", "team", "department", "service", "author", "owner"];
/// The same, where a word alone may be a label: `[APP]`.
const LABEL: &[&str] = &["app", "developer", "site", "website"];
/// The particulars.
const PARTICULAR: &[&str] = &["name", "address", "email", "number", "date", "title", "url", "website", "version", "contact", "here"];

/// Where the unresolved markers of a document stand, in its order; code is left out.
pub fn unresolved(prose: &Prose<'_>) -> Vec<Range<usize>> {
    let braces = prose.format != Format::Mdx;
    let mut out = Vec::new();
    for run in prose.runs() {
        let source = prose.source(run);
        match run.kind {
            RunKind::Code => {}
            RunKind::Tag => {
                let inner = source.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
                if inner.is_some_and(is_slot) {
                    out.push(run.range.clone());
                }
            }
            RunKind::Text | RunKind::Heading => {
                let before = prose.slice(&(0..run.range.start)).chars().next_back().unwrap_or(' ');
                markers(source, before, braces, |found| out.push(run.range.start + found.start..run.range.start + found.end));
            }
        }
    }
    out
}

/// Finds the markers of a text that follows the character `before`.
fn markers(text: &str, mut before: char, braces: bool, mut found: impl FnMut(Range<usize>)) {
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let previous = std::mem::replace(&mut before, c);
        if at < from || previous == '\\' {
            continue;
        }
        let length = match c {
            '{' if braces && previous != '$' => braced(window(text, at)),
            '<' => enclosed(window(text, at), "<%", "%>").or_else(|| slot(window(text, at), '<', '>')),
            '[' => slot(window(text, at), '[', ']'),
            'l' | 'L' => filler(window(text, at)),
            'I' if previous.is_whitespace() || "(|*_:".contains(previous) => bare(window(text, at)),
            _ => None,
        };
        if let Some(length) = length {
            from = at + length;
            found(at..from);
        }
    }
}

fn window(text: &str, at: usize) -> &str {
    let mut end = text.len().min(at + MARKER_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(at..end).unwrap_or_default()
}

fn enclosed(text: &str, open: &str, close: &str) -> Option<usize> {
    let inner = text.strip_prefix(open)?;
    let end = inner.find(close)?;
    let said = inner.get(..end)?.trim();
    (!said.is_empty()).then_some(open.len() + end + close.len())
}

fn braced(text: &str) -> Option<usize> {
    let shortcode = text.starts_with("{{<") || text.starts_with("{{%");
    enclosed(text, "{{", "}}").filter(|_| !shortcode)
}

fn slot(text: &str, open: char, close: char) -> Option<usize> {
    let inner = text.strip_prefix(open)?;
    let end = inner.find(close)?;
    is_slot(inner.get(..end)?).then_some(end + 2)
}

fn filler(text: &str) -> Option<usize> {
    const FILLER: &str = "lorem ipsum";
    text.get(..FILLER.len()).filter(|head| head.eq_ignore_ascii_case(FILLER)).map(str::len)
}

/// `INSERT DATE`, without brackets. `INSERT INTO` is SQL.
fn bare(text: &str) -> Option<usize> {
    const ASKS: &str = "INSERT ";
    let rest = text.strip_prefix(ASKS)?;
    let end = rest.find(|c: char| !c.is_ascii_uppercase() && c != ' ').unwrap_or(rest.len());
    // A word that goes on in small letters is none of these.
    let shouted = rest.get(..end)?;
    let shouted = match rest.get(end..)?.starts_with(char::is_alphanumeric) {
        true => shouted.rsplit_once(' ').map_or("", |(whole, _)| whole),
        false => shouted,
    }
    .trim_end();
    let words: Vec<String> = shouted.split(' ').map(str::to_lowercase).take(SLOT_WORDS + 1).collect();
    let asks = words.len() <= SLOT_WORDS && words.first().is_some_and(|first| first != "into");
    (asks && words.last().is_some_and(|last| PARTICULAR.contains(&last.as_str()))).then_some(ASKS.len() + shouted.len())
}

/// Whether the text between brackets asks to be replaced.
fn is_slot(inner: &str) -> bool {
    if inner.contains(['=', '<', '[', '"', '\n']) || inner.starts_with('/') || inner.ends_with('/') {
        return false;
    }
    let folded = inner.chars().map(crate::text::latin).collect::<String>().to_lowercase();
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(SLOT_WORDS + 1).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let several = (2..=SLOT_WORDS).contains(&words.len());
    let titled = inner.contains(' ') && inner.starts_with(char::is_uppercase);
    let shouted = inner.chars().all(|c| c.is_ascii_uppercase());
    OPEN.contains(first)
        || several && ASK.contains(first)
        || several && PARTICULAR.contains(last) && (PARTY.contains(first) || titled && (THING.contains(first) || LABEL.contains(first)))
        || shouted && (PARTY.contains(first) || THING.contains(first) || PARTICULAR.contains(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::prose;

    fn found(name: &str, text: &str) -> Vec<String> {
        let prose = prose::read(&name.parse().unwrap(), text);
        unresolved(&prose).into_iter().map(|range| text.get(range).unwrap().to_owned()).collect()
    }

    #[test]
    fn every_form_of_marker_is_found_in_text_and_headings() {
        for (text, marker) in [
            ("# {{ company }} policy\n", "{{ company }}"),
            ("We at {{company_name}} care.", "{{company_name}}"),
            ("Owner: <%= owner %>", "<%= owner %>"),
            ("Contact [INSERT EMAIL ADDRESS] first.", "[INSERT EMAIL ADDRESS]"),
            ("[Your organisation] reviews it.", "[Your organisation]"),
            ("Due [TBC]", "[TBC]"),
            ("Due [T\u{412}C]", "[T\u{412}C]"),
            ("Signed <Company Name> today", "<Company Name>"),
            ("<Company Name>\n", "<Company Name>"),
            ("<Insert the date (dd/mm/yyyy)>", "<Insert the date (dd/mm/yyyy)>"),
            ("Mail [DATE] to us", "[DATE]"),
            ("The [Product Name] team", "[Product Name]"),
            ("Run by company-name: <company-name>", "<company-name>"),
            ("[App Name] stores nothing", "[App Name]"),
            ("Data of [Website URL]", "[Website URL]"),
            ("Welcome to <your app>, which", "<your app>"),
            ("Last updated: INSERT DATE", "INSERT DATE"),
            ("Made by INSERT COMPANY NAME, Leeds", "INSERT COMPANY NAME"),
            ("Write to INSERT YOUR EMAIL ADDRESS HERE.", "INSERT YOUR EMAIL ADDRESS HERE"),
            ("<https://ledger.example/{{x}}>", "{{x}}"),
            ("> Lorem Ipsum dolor", "Lorem Ipsum"),
            ("| a | b |\n|---|---|\n| {{ x }} | y |\n", "{{ x }}"),
        ] {
            assert_eq!(found("a.md", text), [marker], "{text}");
        }
        for name in ["a.txt", "a.adoc", "a.rst"] {
            assert_eq!(found(name, "We at {{ company }} and [INSERT NAME]\n"), ["{{ company }}", "[INSERT NAME]"], "{name}");
        }
    }

    #[test]
    fn templating_that_is_shown_or_resolved_is_no_marker() {
        for text in [
            "Write `{{ name }}` or ``<Company Name>``.",
            "```yaml\nrun: {{ x }}\n```\n",
            "    {{ indented }}\n",
            "<pre>{{ x }}</pre>\n",
            "Use <code>{{ x }}</code> there.",
            "<!-- [INSERT NAME] {{ x }} -->\n",
            "Set ${{ secrets.TOKEN }} in CI",
            "\\{{ x }} and \\[INSERT NAME]",
            "{{< figure src=\"a.png\" >}} and {{% note %}}",
            "[Insert mode](vim.md) and [Enter]",
            "[ ] open, [x] done, [1], [RFC 9116]",
            "Press <Enter> in <project-name>/src",
            "<details><summary>More</summary>text</details>\n",
            "Brackets {{}}, {{ alone, <name=\"x\">",
            "A lorem and an ipsum",
            "The company name is Ledger.",
            "INSERT INTO names VALUES (1), or INSERT NAMES",
            "INSERT date and REINSERT DATE",
            "[APP] starts, [SITE] follows",
            "[app-name] and [website](https://ledger.example)",
        ] {
            assert_eq!(found("a.md", text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(found("a.mdx", "<p style={{color: 'red'}}>a</p> {{ x }}\n"), Vec::<String>::new());
        assert_eq!(found("a.txt", "Write `{{ name }}` so\n"), Vec::<String>::new());
        assert_eq!(found("a.adoc", "----\n{{ x }}\n----\n"), Vec::<String>::new());
        assert_eq!(found("a.rst", "So::\n\n  {{ x }}\n\nand\n"), Vec::<String>::new());
    }
}
