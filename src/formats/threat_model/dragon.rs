//! OWASP Threat Dragon: version 2 keeps threats in the `data` of a cell, version 1 in the cells of `diagramJson`.

use super::super::tree::Node;
use super::state::{self, State, is_undone};
use super::{Answer, Threat, ThreatModel, named};
use crate::text::one_line;

pub(super) fn read(root: &Node<'_>) -> ThreatModel {
    let mut threats = Vec::new();
    for diagram in root.at(&["detail", "diagrams"]).items() {
        for cell in diagram.at(&["cells"]).items() {
            element(cell.at(&["data"]), cell.at(&["data", "name"]), &mut threats);
        }
        for cell in diagram.at(&["diagramJson", "cells"]).items() {
            element(cell, cell.at(&["attrs", "text", "text"]), &mut threats);
        }
    }
    ThreatModel { format: "Threat Dragon", about: named(root, &["summary", "title"]), dated: None, threats }
}

fn element(element: &Node<'_>, name: &Node<'_>, threats: &mut Vec<Threat>) {
    let shown = one_line(name.text().filter(|name| !name.trim().is_empty()).unwrap_or("an element"), 60);
    let excused =
        element.at(&["outOfScope"]).boolean() == Some(true) && element.word("reasonOutOfScope").is_some_and(|why| !is_undone(why));
    for threat in element.at(&["threats"]).items() {
        let title = one_line(threat.word("title").or(threat.word("id")).unwrap_or("a threat without a title"), 80);
        threats.push(Threat { name: format!("{title} at {shown}"), answer: answer(threat, excused) });
    }
}

fn answer(threat: &Node<'_>, excused: bool) -> Answer {
    let status = threat.at(&["status"]);
    let said = threat.word("mitigation").is_some_and(|text| !is_undone(text));
    let at = if status.is_null() { threat.range() } else { status.range() };
    let word = status.text().unwrap_or_default();
    match state::of(word) {
        State::Handled if said => Answer::Mitigated,
        State::Accepted if said => Answer::Accepted,
        _ if excused => Answer::Accepted,
        State::Handled => Answer::Open("is said to be mitigated and does not say how (`mitigation`)".to_owned(), at),
        State::Accepted => Answer::Open("is set aside without a reason (`mitigation`)".to_owned(), at),
        State::Open => Answer::Open(format!("is {}", one_line(&word.to_lowercase(), 40)), at),
        State::Unknown => Answer::Unclear(one_line(word, 40), at),
        State::Unsaid => Answer::Open("has no status".to_owned(), at),
    }
}
