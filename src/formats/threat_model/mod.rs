//! Threat models: Open Threat Model 0.1 and 0.2 (JSON or YAML), OWASP Threat Dragon 1 and 2, Threagile, and Markdown with a table or
//! sections. Of each, what matters is whether every threat has an answer.

mod dragon;
mod markdown;
mod otm;
mod state;
mod threagile;

use std::ops::Range;

use super::tree::{self, BadDocument, Node, Syntax};

/// What was decided about a threat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Something was done about it.
    Mitigated,
    /// It was accepted, or found not to apply, and it says why.
    Accepted,
    /// Neither: why, and where that stands.
    Open(String, Range<usize>),
    /// What it says is not known to mean either: the word, and where it stands.
    Unclear(String, Range<usize>),
}

/// A threat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threat {
    /// Its title or id.
    pub name: String,
    /// What was decided.
    pub answer: Answer,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreatModel {
    /// The format's name.
    pub format: &'static str,
    /// What it is a model of, where it says so.
    pub about: Option<(String, Range<usize>)>,
    /// Its date as written, where it has one.
    pub dated: Option<(String, Range<usize>)>,
    /// In the file's order.
    pub threats: Vec<Threat>,
}

/// Reads a model whose format the file's name and content tell; none where the name is neither JSON's nor YAML's.
pub fn read_data(file_name: &str, text: &str) -> Option<Result<ThreatModel, BadDocument>> {
    let syntax = if file_name.ends_with(".otm") { Syntax::Yaml } else { Syntax::of(file_name)? };
    Some(tree::read(syntax, text).and_then(|root| model(&root)))
}

/// Reads the threats of a Markdown text.
pub fn read_markdown(text: &str) -> ThreatModel {
    ThreatModel { format: "Markdown", about: None, dated: None, threats: markdown::threats(text) }
}

fn model(root: &Node<'_>) -> Result<ThreatModel, BadDocument> {
    if root.get("otmVersion").is_some() {
        Ok(otm::read(root))
    } else if root.at(&["detail", "diagrams"]).is_list() {
        Ok(dragon::read(root))
    } else if root.get("threagile_version").is_some() {
        Ok(threagile::read(root))
    } else {
        let message = "it is no threat model that is known: Open Threat Model has `otmVersion`, Threat Dragon `detail.diagrams`, Threagile `threagile_version`";
        Err(BadDocument::new(message, Some(root.range())))
    }
}

fn named(root: &Node<'_>, keys: &[&str]) -> Option<(String, Range<usize>)> {
    let node = root.at(keys);
    node.text().map(|text| (text.trim().to_owned(), node.range())).filter(|(text, _)| !text.is_empty())
}

/// Whether a text says nothing: blank, or a word that holds a place.
fn is_blank(text: &str) -> bool {
    const NOTHING: &[&str] = &[
        "",
        "none",
        "no",
        "tbd",
        "tbc",
        "todo",
        "to do",
        "n/a",
        "na",
        "fixme",
        "open",
        "unknown",
        "unmitigated",
        "pending",
        "planned",
        "later",
        "xxx",
    ];
    let plain = text.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    NOTHING.contains(&plain.as_str())
}

#[cfg(test)]
mod tests;
