//! Model cards and dataset cards: Markdown with metadata of Hugging Face's kind as front matter
//! (<https://huggingface.co/docs/hub/model-cards>, <https://huggingface.co/docs/hub/datasets-cards>).

use std::ops::Range;

use super::prose::{Heading, Prose, RunKind};
use super::tree::{self, BadDocument, Node, Syntax};
use crate::model::attestation::is_placeholder;

/// The YAML between two lines of `---` at the head of a text, and where it begins; none where there is none.
pub fn front_matter(text: &str) -> Option<(&str, usize)> {
    let lead = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut at = lead;
    let mut start = None;
    for line in text.get(lead..)?.split_inclusive('\n') {
        let (here, bare) = (at, line.trim_end());
        at += line.len();
        match start {
            None if bare == "---" => start = Some(at),
            None => return None,
            Some(begun) if bare == "---" || bare == "..." => return text.get(begun..here).map(|block| (block, begun)),
            Some(_) => {}
        }
    }
    None
}

/// The metadata, and where its text begins.
///
/// # Errors
/// A block that is no YAML.
pub fn metadata(text: &str) -> Result<Option<(Node<'_>, usize)>, BadDocument> {
    let Some((block, start)) = front_matter(text) else { return Ok(None) };
    let moved = |bad: BadDocument| BadDocument { at: bad.at.map(|at| at.start + start..at.end + start), ..bad };
    tree::read(Syntax::Yaml, block).map(|node| Some((node, start))).map_err(moved)
}

/// What stands under a key that was filled in: a text that is no placeholder and no slot of the template, or the texts of a list.
pub fn filled(node: &Node<'_>) -> Vec<String> {
    let texts = node.one_or_more().iter().filter_map(Node::scalar);
    texts.map(|text| text.trim().to_owned()).filter(|text| !is_placeholder(text) && !is_unfilled(text)).collect()
}

/// Words that the templates leave where nothing was filled in.
pub fn is_unfilled(text: &str) -> bool {
    let plain = text.trim().trim_matches(['[', ']', '*', '_', '.', ' ']).to_lowercase();
    matches!(
        plain.as_str(),
        "more information needed" | "more info needed" | "needs more information" | "information needed" | "needs more info" | "optional"
    )
}

/// Where the text says that more information is needed, outside of code.
pub fn unfilled(prose: &Prose<'_>) -> Option<Range<usize>> {
    const MARKS: &[&str] = &["more information needed", "more info needed", "needs more information", "needs more info"];
    prose.runs().iter().filter(|run| run.kind == RunKind::Text).find_map(|run| {
        let source = prose.source(run).to_ascii_lowercase();
        MARKS.iter().find_map(|mark| source.find(mark).map(|at| run.range.start + at..run.range.start + at + mark.len()))
    })
}

/// The first heading with one of these words in it and text under it that is more than a place.
pub fn section<'p>(prose: &'p Prose<'_>, words: &[&str]) -> Option<&'p Heading> {
    prose.headings.iter().find(|heading| {
        let text = heading.text.to_lowercase();
        let under = prose.under(heading);
        words.iter().any(|word| text.contains(word)) && Prose::says_something(under) && !prose.holds_a_place(under)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn metadata_is_read_with_its_place() {
        let text = "---\nlicense: mit\ndatasets:\n  - a\n  - {b}\n---\n# X\n";
        let (node, start) = metadata(text).unwrap().unwrap();
        let at = node.get("license").unwrap().range();
        assert_eq!(text.get(at.start + start..at.end + start), Some("mit"));
        assert_eq!(filled(node.at(&["datasets"])), ["a"]);
        assert_eq!(filled(node.at(&["license"])), ["mit"]);
        let (unknown, _) = metadata("---\nlicense: unknown\ndatasets: [TBD, NOASSERTION]\n---\n").unwrap().unwrap();
        assert!(filled(unknown.at(&["license"])).is_empty() && filled(unknown.at(&["datasets"])).is_empty());
        assert!(metadata("# X\n---\na: b\n---\n").unwrap().is_none());
        assert!(metadata("---\na: b\n").unwrap().is_none());
        assert!(metadata("---\na: b\na: c\n---\n").unwrap_err().at.is_some());
    }

    #[test]
    fn what_the_template_left_is_not_filled() {
        for text in ["[More Information Needed]", "**[Needs More Information]**", "[optional]"] {
            assert!(is_unfilled(text), "{text}");
        }
        assert!(!is_unfilled("mit") && !is_unfilled("More information about data"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\u{feff})?(---\n)?[a-z:{}\\[\\] \n-]{0,60}(---\n)?") {
            if let Ok(Some((node, start))) = metadata(&text) {
                prop_assert!(start + node.range().end <= text.len() + 1);
            }
        }
    }
}
