//! What model cards and dataset cards have in common.

use super::{Ask, Gap, Verified, document};
use crate::formats::card as format;
use crate::formats::prose::Prose;
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

    /// That one of these names, or the first heading, is the product's.
    pub(super) fn about(&self, names: &[String], what: &str) -> Option<Gap> {
        let heading = self.prose.headings.first();
        let titled = heading.is_some_and(|heading| self.ask.speaks_of(&heading.text));
        if titled || names.iter().any(|name| self.ask.is_named(last(name)) || self.ask.is_named(name)) {
            return None;
        }
        let own = names.first().map(String::as_str).or(heading.map(|heading| heading.text.as_str()));
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

/// The name without its owner: `acme/ledger-7b` is `ledger-7b`.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
