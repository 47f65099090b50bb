//! Open Threat Model: threats and mitigations are defined once and stand, by id, at components and data flows.

use std::collections::BTreeMap;

use super::super::tree::Node;
use super::{Answer, Threat, ThreatModel, is_blank, named};
use crate::text::one_line;

const DONE: &[&str] = &["mitigated", "implemented", "verified", "tested", "done", "resolved", "closed", "fixed"];
const ACCEPTED: &[&str] = &["accepted", "accept", "not-applicable", "not applicable", "false-positive"];

pub(super) fn read(root: &Node<'_>) -> ThreatModel {
    let defined = root.at(&["threats"]).items().iter();
    let names: BTreeMap<&str, &str> = defined.filter_map(|threat| Some((threat.word("id")?, threat.word("name")?))).collect();
    let places = ["components", "dataflows"].into_iter().flat_map(|key| root.at(&[key]).items());
    let mut threats = Vec::new();
    for place in places {
        let where_ = one_line(place.word("name").or(place.word("id")).unwrap_or("an element"), 60);
        for threat in place.at(&["threats"]).items() {
            let id = threat.word("threat").unwrap_or("a threat without an id");
            let name = format!("{} at {where_}", one_line(names.get(id).copied().unwrap_or(id), 80));
            threats.push(Threat { name, answer: answer(threat) });
        }
    }
    ThreatModel { format: "Open Threat Model", about: named(root, &["project", "name"]), dated: None, threats }
}

fn answer(threat: &Node<'_>) -> Answer {
    let says =
        |node: &Node<'_>, words: &[&str]| node.word("state").is_some_and(|state| words.contains(&state.trim().to_lowercase().as_str()));
    let state = threat.at(&["state"]);
    if says(threat, DONE) || threat.at(&["mitigations"]).items().iter().any(|one| says(one, DONE)) {
        return Answer::Mitigated;
    }
    let at = if state.is_null() { threat.range() } else { state.range() };
    if says(threat, ACCEPTED) {
        let reason = ["justification", "reason", "rationale"]
            .iter()
            .any(|key| [threat.word(key), threat.at(&["attributes"]).word(key)].into_iter().flatten().any(|text| !is_blank(text)));
        return if reason {
            Answer::Accepted
        } else {
            Answer::Open("is accepted without a reason (`attributes.justification`)".to_owned(), at)
        };
    }
    let shown = state.text().map_or("has no state".to_owned(), |word| format!("is {}", one_line(word, 40)));
    Answer::Open(format!("{shown} and has no mitigation that is implemented"), at)
}
