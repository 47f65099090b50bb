use super::*;
use crate::model::kind::KINDS;

/// Keys that record facts, or without which a piece fails: they ask for nothing that a change could loosen.
const FACTS: &[&str] =
    &["number", "legal-entity", "certification-body", "issued", "expires", "scope", "requirements-version", "basic-issued"];

#[test]
fn every_key_of_every_kind_is_a_demand_or_a_fact() {
    for kind in KINDS {
        for key in kind.details {
            let rows = DEMANDS.iter().filter(|demand| demand.key == *key && demand.covers(kind.name)).count();
            let signed_file = kind.name == "signature" && *key == "subject";
            assert_eq!(rows, usize::from(!FACTS.contains(key) && !signed_file), "{} {key}", kind.name);
        }
    }
}
