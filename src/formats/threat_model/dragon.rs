//! OWASP Threat Dragon: version 2 keeps threats in the `data` of a cell, version 1 in the cells of `diagramJson`.

use super::super::tree::Node;
use super::{Answer, Threat, ThreatModel, is_blank, named};
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
    let excused = element.at(&["outOfScope"]).boolean() == Some(true) && element.word("reasonOutOfScope").is_some_and(|why| !is_blank(why));
    for threat in element.at(&["threats"]).items() {
        let title = one_line(threat.word("title").or(threat.word("id")).unwrap_or("a threat without a title"), 80);
        threats.push(Threat { name: format!("{title} at {shown}"), answer: answer(threat, excused) });
    }
}

fn answer(threat: &Node<'_>, excused: bool) -> Answer {
    let status = threat.at(&["status"]);
    let said = threat.word("mitigation").is_some_and(|text| !is_blank(text));
    let at = if status.is_null() { threat.range() } else { status.range() };
    match status.text().map(str::to_lowercase).as_deref() {
        Some("mitigated") if said => Answer::Mitigated,
        Some("notapplicable" | "not applicable" | "n/a" | "accepted") if said => Answer::Accepted,
        _ if excused => Answer::Accepted,
        Some("mitigated") => Answer::Open("is said to be mitigated and does not say how (`mitigation`)".to_owned(), at),
        Some("notapplicable" | "not applicable" | "n/a" | "accepted") => {
            Answer::Open("is set aside without a reason (`mitigation`)".to_owned(), at)
        }
        Some(other) => Answer::Open(format!("is {}", one_line(other, 40)), at),
        None => Answer::Open("has no status".to_owned(), at),
    }
}
