//! OpenSSF Scorecard's JSON (its `json.v2` schema): a date, the repository and commit, and checks with scores from 0 to 10.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Holds, placed, repository, required};
use crate::formats::fault::Fault;
use crate::formats::subject::Subject;
use crate::formats::tree::{BadDocument, Node};
use crate::text::one_line;

/// The results of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scorecard {
    /// When it ran.
    pub date: Option<(String, Range<usize>)>,
    /// The repository.
    pub about: Option<Subject>,
    /// The commit that was scanned, in full.
    pub commit: Option<(String, Range<usize>)>,
    /// Scorecard's version.
    pub version: String,
    /// The score of the whole, in tenths; none where nothing was scored.
    pub tenths: Option<u32>,
    /// The checks.
    pub checks: Vec<Check>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// `Branch-Protection`.
    pub name: String,
    /// From 0 to 10; none where it came to no conclusion.
    pub score: Option<u32>,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub at: Range<usize>,
}

/// Reads results.
///
/// # Errors
/// What are no results of Scorecard.
pub fn read(root: &Node<'_>) -> Result<Scorecard, BadDocument> {
    if root.get("scorecard").is_none() || root.get("checks").is_none() {
        let message = "it is no JSON of OpenSSF Scorecard: it has no `scorecard` and `checks` (`scorecard --format json` writes them)";
        return Err(BadDocument::new(message, None));
    }
    let mut faults = Vec::new();
    required(root, "the results", &[("date", Holds::Day), ("repo", Holds::Table), ("checks", Holds::List)], &mut faults);
    required(root.at(&["repo"]), "repo", &[("name", Holds::Text)], &mut faults);
    required(root.at(&["scorecard"]), "scorecard", &[("version", Holds::Text)], &mut faults);
    let tenths = root.get("score").and_then(|score| tenths(score, &mut faults));
    if root.get("score").is_none() {
        faults.push(Fault::new("field", super::start(root), "has no `score`", super::FIX));
    }
    let checks: Vec<Check> = root.at(&["checks"]).items().iter().map(|node| check(node, &mut faults)).collect();
    faults.extend(twice(&checks));
    let commit = placed(root.at(&["repo"]), "commit");
    let is_commit = |text: &str| matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    Ok(Scorecard {
        date: placed(root, "date"),
        about: placed(root.at(&["repo"]), "name").map(|(name, at)| repository(&name, at)),
        commit: commit.filter(|(text, _)| is_commit(text)),
        version: root.at(&["scorecard"]).word("version").unwrap_or_default().to_owned(),
        tenths,
        checks,
        faults,
    })
}

/// Checks that are told again with another score.
fn twice(checks: &[Check]) -> Vec<Fault> {
    let shown = |check: &Check| check.score.map_or("-1".to_owned(), |score| score.to_string());
    let mut seen: BTreeMap<String, &Check> = BTreeMap::new();
    let mut faults = Vec::new();
    for check in checks.iter().filter(|check| !check.name.is_empty()) {
        let first = *seen.entry(check.name.to_ascii_lowercase()).or_insert(check);
        if first.score != check.score {
            let message =
                format!("has the check {} twice, with the scores {} and {}", one_line(&check.name, 60), shown(first), shown(check));
            faults.push(Fault::new("twice", check.at.clone(), message, "let Scorecard write it anew"));
        }
    }
    faults
}

/// From -1.0 (nothing scored) to 10.0 with one digit after the point.
fn tenths(score: &Node<'_>, faults: &mut Vec<Fault>) -> Option<u32> {
    let number = score.number().filter(|number| (-1.0..=10.0).contains(number));
    if number.is_none() {
        let written = score.scalar().map_or_else(|| score.what().to_owned(), |text| one_line(&text, 40));
        let message = format!("has the score {written}, which is none from -1 to 10");
        faults.push(Fault::new("score", score.range(), message, "let Scorecard write it anew"));
    }
    number.filter(|number| *number >= 0.0).map(|number| (number * 10.0).round() as u32)
}

fn check(node: &Node<'_>, faults: &mut Vec<Fault>) -> Check {
    required(node, "a check", &[("name", Holds::Text), ("score", Holds::Text), ("reason", Holds::Text)], faults);
    let score = node.get("score").and_then(Node::integer);
    if let Some(found) = node.get("score").filter(|_| !score.is_some_and(|score| (-1..=10).contains(&score))) {
        let written = found.scalar().map_or_else(|| found.what().to_owned(), |text| one_line(&text, 40));
        let message = format!("has a check with the score {written}, which is no whole number from -1 to 10");
        faults.push(Fault::new("score", found.range(), message, "let Scorecard write it anew"));
    }
    Check {
        name: node.word("name").unwrap_or_default().to_owned(),
        score: score.and_then(|score| u32::try_from(score).ok()),
        reason: node.word("reason").unwrap_or_default().to_owned(),
        at: node.get("score").map_or_else(|| super::start(node), Node::range),
    }
}
