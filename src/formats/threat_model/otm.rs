//! Open Threat Model: threats and mitigations are defined once and stand, by id, at components and data flows.

use std::collections::{BTreeMap, BTreeSet};

use super::super::tree::Node;
use super::state::{self, State, is_undone};
use super::{Answer, Threat, ThreatModel, is_blank, named};
use crate::text::one_line;

/// The mitigations that are defined, and whether each can do anything.
type Defined<'n> = BTreeMap<&'n str, bool>;

pub(super) fn read(root: &Node<'_>) -> ThreatModel {
    let defined = root.at(&["threats"]).items().iter();
    let names: BTreeMap<&str, &str> = defined.filter_map(|threat| Some((threat.word("id")?, threat.word("name")?))).collect();
    let mitigations = root.at(&["mitigations"]).items().iter();
    let mitigations: Defined<'_> = mitigations.filter_map(|one| Some((one.word("id")?, is_of_use(one)))).collect();
    let places = ["components", "dataflows"].into_iter().flat_map(|key| root.at(&[key]).items());
    let mut threats = Vec::new();
    let mut placed = BTreeSet::new();
    for place in places {
        let where_ = one_line(place.word("name").or(place.word("id")).unwrap_or("an element"), 60);
        for threat in place.at(&["threats"]).items() {
            let id = threat.word("threat").unwrap_or("a threat without an id");
            placed.insert(id);
            let name = format!("{} at {where_}", one_line(names.get(id).copied().unwrap_or(id), 80));
            threats.push(Threat { name, answer: answer(threat, &mitigations) });
        }
    }
    for threat in root.at(&["threats"]).items() {
        let id = threat.word("id").unwrap_or_default();
        if !placed.contains(id) {
            let name = one_line(threat.word("name").unwrap_or(id), 80);
            let why = "stands at no component and no data flow, so nothing is decided about it".to_owned();
            threats.push(Threat { name, answer: Answer::Open(why, threat.range()) });
        }
    }
    ThreatModel { format: "Open Threat Model", about: named(root, &["project", "name"]), dated: None, threats }
}

/// Whether a mitigation says what it is and takes something off a risk.
fn is_of_use(mitigation: &Node<'_>) -> bool {
    let said = ["name", "description"].iter().any(|key| mitigation.word(key).is_some_and(|text| !is_undone(text)));
    let reduction = mitigation.at(&["riskReduction"]);
    let none = reduction.scalar().is_some_and(|text| text.trim().parse::<f64>().is_ok_and(|number| number <= 0.0));
    said && !none
}

fn answer(threat: &Node<'_>, defined: &Defined<'_>) -> Answer {
    let state_of = |node: &Node<'_>| state::of(node.word("state").unwrap_or_default());
    let state = threat.at(&["state"]);
    let at = if state.is_null() { threat.range() } else { state.range() };
    let own = threat.at(&["mitigations"]).items();
    let done = own.iter().filter(|one| state_of(one) == State::Handled);
    let holds = |one: &Node<'_>| one.word("mitigation").and_then(|id| defined.get(id)).copied();
    if done.clone().any(|one| holds(one) == Some(true)) || own.is_empty() && state_of(threat) == State::Handled {
        return Answer::Mitigated;
    }
    if let Some(unmet) = done.into_iter().next() {
        let id = one_line(unmet.word("mitigation").unwrap_or("nothing"), 60);
        let why = match holds(unmet) {
            None => format!("is said to be mitigated by {id}, which is not among the mitigations"),
            Some(_) => format!("is said to be mitigated by {id}, which does nothing about it"),
        };
        return Answer::Open(why, unmet.range());
    }
    match state_of(threat) {
        State::Accepted => {
            let said =
                |key: &&str| [threat.word(key), threat.at(&["attributes"]).word(key)].into_iter().flatten().any(|text| !is_blank(text));
            match ["justification", "reason", "rationale"].iter().any(said) {
                true => Answer::Accepted,
                false => Answer::Open("is accepted without a reason (`attributes.justification`)".to_owned(), at),
            }
        }
        State::Unknown => Answer::Unclear(one_line(state.text().unwrap_or_default(), 40), at),
        State::Unsaid => Answer::Open("has no state and has no mitigation that is implemented".to_owned(), at),
        State::Handled | State::Open => {
            let shown = one_line(state.text().unwrap_or_default(), 40);
            Answer::Open(format!("is {shown} and has no mitigation that is implemented"), at)
        }
    }
}
