//! Answers to the criteria of the OpenSSF Best Practices badge and the OSPS Baseline, as `.bestpractices.json` has them:
//! `X_status` is `Met`, `Unmet`, `N/A` or `?`, and `X_justification` says why.

use std::ops::Range;

use super::{placed, repository};
use crate::formats::fault::Fault;
use crate::formats::subject::Subject;
use crate::formats::tree::{BadDocument, Node};
use crate::model::attestation::is_placeholder;
use crate::text::one_line;

/// What is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Criteria that are met.
    pub met: usize,
    /// Those of them that say why.
    pub justified: usize,
    /// Criteria that are not met, by name.
    pub unmet: Vec<String>,
    /// Criteria that do not apply.
    pub not_applicable: usize,
    /// Criteria without an answer.
    pub unknown: usize,
    /// What it is about, where it says so.
    pub about: Vec<Subject>,
    /// When it was last changed, where it says so.
    pub updated: Option<(String, Range<usize>)>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// Reads answers.
///
/// # Errors
/// What holds no answer at all.
pub fn read(root: &Node<'_>) -> Result<Answers, BadDocument> {
    let mut answers = Answers::default();
    let mut statuses = 0_usize;
    for entry in root.entries() {
        if let Some(name) = entry.key.strip_suffix("_status").filter(|name| !name.is_empty() && *name != "badge") {
            statuses += 1;
            status(root, name, &entry.node, &mut answers);
        } else if entry.key.ends_with("_justification") {
            justification(&entry.node, &entry.key, &mut answers.faults);
        }
    }
    if statuses == 0 {
        return Err(BadDocument::new("it holds no answers to the criteria of OpenSSF Best Practices (`…_status`)", None));
    }
    answers.about.extend(placed(root, "repo_url").map(|(url, at)| repository(&url, at)));
    answers.about.extend(placed(root, "name").map(|(name, at)| Subject::new(&name, at)));
    answers.updated = placed(root, "updated_at");
    Ok(answers)
}

fn status(root: &Node<'_>, name: &str, node: &Node<'_>, answers: &mut Answers) {
    let written = node.text().unwrap_or_default().trim().to_ascii_lowercase();
    let why = root.word(&format!("{name}_justification")).is_some_and(|text| !is_placeholder(text));
    match written.as_str() {
        "met" => {
            answers.met += 1;
            answers.justified += usize::from(why);
        }
        "unmet" => answers.unmet.push(name.to_owned()),
        "n/a" => answers.not_applicable += 1,
        "?" | "unknown" | "" if node.text().is_some() || node.is_null() => answers.unknown += 1,
        _ => {
            let shown = node.scalar().map_or_else(|| node.what().to_owned(), |text| one_line(&text, 40));
            let message = format!("answers {}_status with {shown}, which is none of Met, Unmet, N/A, ?", one_line(name, 60));
            answers.faults.push(Fault::new("unknown-word", node.range(), message, "write one of those"));
        }
    }
}

fn justification(node: &Node<'_>, key: &str, faults: &mut Vec<Fault>) {
    let key = one_line(key, 80);
    match node.text() {
        None if !node.is_null() => {
            let message = format!("has {} as {key}, where a text is expected", node.what());
            faults.push(Fault::new("field", node.range(), message, "say in words why"));
        }
        Some(text) if !text.trim().is_empty() && is_placeholder(text) => {
            let message = format!("has the placeholder {} as {key}", one_line(text, 40));
            faults.push(Fault::new("placeholder", node.range(), message, "say in words why, or leave it empty"));
        }
        _ => {}
    }
}
