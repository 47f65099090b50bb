//! Evaluations of the OSPS Baseline: a Gemara `EvaluationLog` (<https://gemara.openssf.org>), or what Privateer's plugins write, which holds
//! such logs in suites. Both in YAML or JSON; older writers put the control's id where newer ones refer to it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{placed, repository, start};
use crate::formats::fault::Fault;
use crate::formats::slug::Slug;
use crate::formats::subject::Subject;
use crate::formats::tree::{BadDocument, Node};
use crate::text::one_line;

const RESULTS: &[&str] = &["Passed", "Failed", "Needs Review", "Not Run", "Not Applicable", "Unknown"];

/// What was evaluated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Controls with their results.
    pub controls: Vec<Control>,
    /// What it is about.
    pub about: Vec<Subject>,
    /// Every time that it names.
    pub dates: Vec<(String, Range<usize>)>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// One control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// `OSPS-AC-01`.
    pub id: String,
    /// One of the format's results.
    pub result: &'static str,
    /// What was said of it.
    pub message: String,
    /// Where its result stands.
    pub at: Range<usize>,
}

impl Evaluation {
    /// How many controls came to this result; none where there is no such result. Words are apart by a hyphen, in lower case.
    pub fn count(&self, name: &str) -> Option<usize> {
        let result = RESULTS.iter().find(|result| result.to_ascii_lowercase().replace(' ', "-") == name)?;
        Some(self.controls.iter().filter(|control| control.result == *result).count())
    }
}

/// Reads an evaluation.
///
/// # Errors
/// What is none.
pub fn read(root: &Node<'_>) -> Result<Evaluation, BadDocument> {
    let mut evaluation = Evaluation::default();
    if root.get("evaluations").is_some() {
        log(root, &mut evaluation);
    } else if let Some(suites) = root.get("evaluation-suites") {
        let at_github = root.word("plugin-name").is_some_and(|plugin| plugin.contains("github"));
        evaluation.about.extend(placed(root, "service-name").map(|(name, at)| {
            let slug = if at_github { Slug::at("github", &name) } else { None };
            let subject = repository(&name, at);
            Subject { slugs: slug.into_iter().chain(subject.slugs).collect(), ..subject }
        }));
        let named = root.at(&["payload", "config", "vars"]);
        if let (Some((owner, _)), Some((name, at))) = (placed(named, "owner"), placed(named, "repo")) {
            let path = format!("{owner}/{name}");
            let slugs = Slug::at("github", &path).into_iter().collect();
            evaluation.about.push(Subject { slugs, ..repository(&path, at) });
        }
        suites.items().iter().for_each(|suite| of_suite(suite, &mut evaluation));
    } else if root.get("control-evaluations").is_some() {
        of_suite(root, &mut evaluation);
    } else {
        let message = "it is neither a Gemara evaluation log (`evaluations`) nor Privateer's results (`evaluation-suites`)";
        return Err(BadDocument::new(message, None));
    }
    Ok(evaluation)
}

fn of_suite(suite: &Node<'_>, evaluation: &mut Evaluation) {
    evaluation.dates.extend(["start-time", "end-time"].iter().filter_map(|key| placed(suite, key)));
    if let Some(state) = suite.get("corrupted-state").filter(|state| state.boolean() == Some(true)) {
        let message = "says that the evaluation left what it evaluated in a corrupted state";
        evaluation.faults.push(Fault::new("corrupted", state.range(), message, "restore it, and evaluate it again"));
    }
    let held = suite.at(&["control-evaluations"]);
    if held.is_list() {
        controls(held, evaluation);
    } else {
        log(held, evaluation);
    }
}

fn log(node: &Node<'_>, evaluation: &mut Evaluation) {
    evaluation.dates.extend(placed(node.at(&["metadata"]), "date"));
    let target = node.at(&["target"]);
    for key in ["uri", "name", "id"] {
        evaluation.about.extend(placed(target, key).map(|(text, at)| repository(&text, at)));
    }
    controls(node.at(&["evaluations"]), evaluation);
}

/// The controls of one list. Lists of several suites may judge a control each by assessments of its own; within one it has one result.
fn controls(list: &Node<'_>, evaluation: &mut Evaluation) {
    let mut results = BTreeMap::new();
    for node in list.items() {
        let Some(found) = control(node, evaluation) else { continue };
        let catalog = node.at(&["control"]).word("reference-id").unwrap_or_default();
        match results.insert((catalog, found.id.to_ascii_uppercase()), found.result) {
            // Told twice alike, it is still one control.
            Some(before) if before == found.result => {}
            Some(before) => {
                let message = format!("has {} twice, with the results {before} and {}", one_line(&found.id, 60), found.result);
                evaluation.faults.push(Fault::new("twice", found.at, message, "evaluate it again, and keep one result of each control"));
            }
            None => evaluation.controls.push(found),
        }
    }
}

fn control(node: &Node<'_>, evaluation: &mut Evaluation) -> Option<Control> {
    let own = node.at(&["control"]);
    let id = own.word("entry-id").or_else(|| node.word("control-id")).or_else(|| own.word("reference-id")).or_else(|| node.word("name"));
    let Some(id) = id else {
        evaluation.faults.push(Fault::new("field", start(node), "has an evaluation that names no control", super::FIX));
        return None;
    };
    let result = result(node, id, &mut evaluation.faults)?;
    let at = node.get("result").map_or_else(|| start(node), Node::range);
    for list in ["assessment-logs", "assessments", "assessment-results"] {
        for one in node.at(&[list]).items() {
            evaluation.dates.extend(["start", "end"].iter().filter_map(|key| placed(one, key)));
            if result == "Passed" && failed(one) {
                let message = format!("says that {} passed, and that an assessment of it failed", one_line(id, 60));
                evaluation.faults.push(Fault::new("contradictory", at.clone(), message, "evaluate it again"));
            }
        }
    }
    let message = node.word("message").unwrap_or_default().to_owned();
    Some(Control { id: id.to_owned(), result, message, at })
}

/// Whether an assessment failed, or a step of it that has a result of its own.
fn failed(assessment: &Node<'_>) -> bool {
    let own = |node: &Node<'_>| node.word("result").is_some_and(|result| result.trim().eq_ignore_ascii_case("failed"));
    own(assessment) || assessment.at(&["steps"]).items().iter().any(own)
}

fn result(node: &Node<'_>, id: &str, faults: &mut Vec<Fault>) -> Option<&'static str> {
    let written = node.get("result").and_then(Node::text).unwrap_or_default();
    // Some writers leave the blank out.
    let found = RESULTS.iter().copied().find(|known| *known == written || known.replace(' ', "") == written);
    if found.is_none() {
        let at = node.get("result").map_or_else(|| start(node), Node::range);
        let shown = if written.is_empty() { "none".to_owned() } else { one_line(written, 40) };
        let message = format!("has the result {shown} for {}, which is none of {}", one_line(id, 60), RESULTS.join(", "));
        faults.push(Fault::new("unknown-word", at, message, "let the evaluator write it anew"));
    }
    found
}
