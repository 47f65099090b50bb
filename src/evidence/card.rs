//! What model cards and dataset cards have in common.

use super::{Ask, Gap, Verified, document};
use crate::formats::card as format;
use crate::formats::prose::{Heading, Prose, RunKind};
use crate::formats::tree::Node;
use crate::limits;
use crate::text::one_line;

/// Something that a card has to say: under a heading with one of these words, or in its metadata.
pub(super) struct Topic {
    pub(super) what: &'static str,
    pub(super) headings: &'static [&'static str],
    pub(super) keys: &'static [&'static str],
}

/// A card, read.
pub(super) struct Card<'a> {
    ask: &'a Ask<'a>,
    pub(super) path: String,
    prose: Prose<'a>,
    pub(super) metadata: Option<Node<'a>>,
    /// Where the text of the metadata begins.
    start: usize,
    document: Vec<Gap>,
}

impl<'a> Card<'a> {
    /// Reads the cited file and judges it as a document.
    ///
    /// # Errors
    /// What keeps it from being read.
    pub(super) fn read(ask: &'a Ask<'a>) -> Result<Self, Verified> {
        let file = ask.cited()?;
        let path = file.path.to_string();
        if file.bytes.len() > limits::DOCUMENT_BYTES {
            let message = format!("{path} is larger than {} bytes, the most that is read of a document", limits::DOCUMENT_BYTES);
            return Err(Verified::doubt(message, "cite a shorter document: move data and pictures out of it"));
        }
        let document = document::examined(ask, file, ask.text()?)?;
        let prose = ask.prose(file, ask.text()?)?;
        let metadata = format::metadata(ask.text()?).map_err(|bad| ask.malformed(&bad))?;
        let (metadata, start) = metadata.map_or((None, 0), |(node, start)| (Some(node), start));
        Ok(Self { ask, path, prose, metadata, start, document })
    }

    /// The filled values of a key of the metadata.
    pub(super) fn values(&self, key: &str) -> Vec<String> {
        self.metadata.as_ref().and_then(|data| data.get(key)).map(format::filled).unwrap_or_default()
    }

    /// What it lacks as a document and of what it has to say.
    pub(super) fn gaps(&self, topics: &[Topic]) -> Vec<Gap> {
        let mut gaps = self.document.clone();
        if let Some(at) = format::unfilled(&self.prose) {
            let message = format!("{} is a template that was not filled in: it still says that more information is needed", self.path);
            gaps.push(self.ask.gap_at(at, "unfilled", message, "say what is true here, or take the section out"));
        }
        for topic in topics {
            let in_metadata = topic.keys.iter().any(|key| !self.values(key).is_empty());
            if !in_metadata && format::section(&self.prose, topic.headings).is_none() {
                let message = format!("{} does not say {}", self.path, topic.what);
                let words = topic.headings.iter().take(3).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
                gaps.push(Gap::failed("topic-missing", message, format!("write it under a heading with one of the words {words}")));
            }
        }
        gaps
    }

    /// That the metadata names a licence; `other` needs a name of its own.
    pub(super) fn licence(&self) -> Option<Gap> {
        let named = self.values("license");
        let at = self.metadata.as_ref().and_then(|data| data.entry("license")).map(|entry| entry.key_range());
        let at = at.map_or(0..0, |at| at.start + self.start..at.end + self.start);
        let remedy = "set `license` to an identifier, or to `other` with `license_name` and `license_link`";
        if named.is_empty() {
            return Some(self.ask.gap_at(at, "no-licence", format!("the metadata of {} names no licence", self.path), remedy));
        }
        let own = ["license_name", "license_link", "license_details"].iter().any(|key| !self.values(key).is_empty());
        let unclear = named.iter().any(|name| matches!(name.to_lowercase().as_str(), "other" | "unknown")) && !own;
        unclear.then(|| {
            let message = format!("the metadata of {} has the licence {}, which says none", self.path, one_line(&named.join(", "), 60));
            self.ask.gap_at(at, "no-licence", message, remedy)
        })
    }

    /// What a reader sees of the first line with words under a heading.
    fn first_line(&self, heading: &Heading) -> Option<String> {
        let mut runs = self.prose.under(heading).iter().skip_while(|run| !run.words);
        let first = runs.next().filter(|run| run.kind == RunKind::Text)?;
        let mut line = self.prose.source(first).trim_start().to_owned();
        let (mut end, mut ended) = (first.range.end, line.contains('\n'));
        for run in runs {
            if ended || run.kind != RunKind::Text || self.prose.slice(&(end..run.range.start)).contains('\n') {
                break;
            }
            line.push_str(self.prose.source(run));
            (end, ended) = (run.range.end, self.prose.source(run).contains('\n'));
        }
        line.trim().lines().next().map(|line| line.replace(['*', '_', '`'], " "))
    }

    /// That one of these names, or the first heading, is the product's.
    pub(super) fn about(&self, names: &[String], what: &str) -> Option<Gap> {
        let heading = self.prose.headings.first();
        // A heading that names the kind of document leaves it to what follows to say whose it is.
        let named = heading.filter(|heading| !is_generic(&heading.text));
        let titled = match (heading, named) {
            (_, Some(named)) => self.ask.speaks_of(&named.text),
            (Some(generic), None) => {
                self.first_line(generic).is_some_and(|line| subject(&line).is_some_and(|text| self.ask.speaks_of(text)))
            }
            (None, None) => false,
        };
        if titled || names.iter().any(|name| self.ask.is_named(last(name)) || self.ask.is_named(name)) {
            return None;
        }
        let own = names.first().map(String::as_str).or(named.map(|heading| heading.text.as_str()));
        let message = match own {
            Some(own) => format!("{} is about {}, not about {}", self.path, one_line(own, 80), self.ask.names()),
            None => format!("{} does not say which {what} it is about", self.path),
        };
        let at = heading.map_or(0..0, |heading| heading.range.clone());
        Some(self.ask.gap_at(
            at,
            "other-product",
            message,
            format!("name the product in its first heading, or add the {what}'s name to `names` of this entry"),
        ))
    }
}

/// Headings that say what kind of document it is, and not of which model.
const GENERIC: &[&str] = &[
    "model card",
    "model information",
    "model info",
    "model details",
    "model overview",
    "model description",
    "model summary",
    "card",
    "overview",
    "introduction",
    "summary",
    "about",
    "about this model",
];

fn is_generic(heading: &str) -> bool {
    let words = heading.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    GENERIC.contains(&words.collect::<Vec<_>>().join(" ").to_lowercase().as_str())
}

/// What a line is about: the value of `Model name: …`, or what stands before `is` or `are`.
fn subject(line: &str) -> Option<&str> {
    if let Some((label, value)) = line.split_once(':')
        && ["model name", "name", "model"].contains(&label.trim().to_lowercase().as_str())
    {
        return Some(value);
    }
    [" is ", " are "].iter().filter_map(|verb| line.split_once(verb)).map(|(before, _)| before).min_by_key(|before| before.len())
}

/// The name without its owner: `acme/ledger-7b` is `ledger-7b`.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generic_heading_names_no_model() {
        for text in ["Model Card", "Model Information", "model details:", "Overview"] {
            assert!(is_generic(text), "{text}");
        }
        for text in ["Model card for Abacus", "Ledger", "Model Card: Abacus", ""] {
            assert!(!is_generic(text), "{text}");
        }
    }

    #[test]
    fn a_line_says_what_it_is_about() {
        assert_eq!(subject("Model name: Ledger 2.1").map(str::trim), Some("Ledger 2.1"));
        assert_eq!(subject("Ledger 3.1 is a model that is large."), Some("Ledger 3.1"));
        assert_eq!(subject("GPT-2 is what Ledger is built on"), Some("GPT-2"));
        assert_eq!(subject("Licence: see Ledger"), None);
    }
}
