//! Threagile: the risks that its rules find are not in the file; what is, is how each was followed up.

use super::super::tree::Node;
use super::{Answer, Threat, ThreatModel, is_blank, named};
use crate::text::one_line;

pub(super) fn read(root: &Node<'_>) -> ThreatModel {
    let tracked = root.at(&["risk_tracking"]).entries().iter();
    let threats = tracked.map(|entry| Threat { name: one_line(&entry.key, 120), answer: answer(&entry.node, entry.key_range()) });
    ThreatModel { format: "Threagile", about: named(root, &["title"]), dated: named(root, &["date"]), threats: threats.collect() }
}

fn answer(risk: &Node<'_>, key: std::ops::Range<usize>) -> Answer {
    let status = risk.at(&["status"]);
    let said = |key: &str| risk.word(key).is_some_and(|text| !is_blank(text));
    let reason = said("justification");
    let at = if status.is_null() { key } else { status.range() };
    match status.text() {
        Some("mitigated") if reason || said("ticket") => Answer::Mitigated,
        Some("mitigated") => Answer::Open("is mitigated without a `justification` or a `ticket`".to_owned(), at),
        Some("accepted" | "false-positive") if reason => Answer::Accepted,
        Some(word @ ("accepted" | "false-positive")) => Answer::Open(format!("is {word} without a `justification`"), at),
        Some(other) => Answer::Open(format!("is {}", one_line(other, 40)), at),
        None => Answer::Open("has no status".to_owned(), at),
    }
}
