//! `.bestpractices.json` of the OpenSSF Best Practices badge (docs/bestpractices-json.md): `<criterion>_status` with `Met`, `Unmet`, `N/A`
//! or `?`, and `<criterion>_justification`. The criteria of the Baseline carry its ids (`osps_vm_02_01` is OSPS-VM-02.01,
//! criteria/baseline_criteria.yml), to which policies point; for the others no published mapping was found.

use super::{Proposal, related};
use crate::formats::tree::Node;
use crate::input::catalogue::Catalogue;

pub(super) fn take(root: &Node<'_>, name: &str, catalogue: &Catalogue, proposal: &mut Proposal) {
    let mut others = 0_usize;
    for entry in root.entries() {
        let Some(criterion) = entry.key.strip_suffix("_status") else { continue };
        let Some(answer) =
            entry.node.text().map(str::trim).filter(|answer| !matches!(answer.to_lowercase().as_str(), "?" | "unknown" | ""))
        else {
            continue;
        };
        let Some(id) = control(criterion) else {
            others += 1;
            continue;
        };
        let provisions = related(catalogue, &id);
        if provisions.is_empty() {
            proposal.not_used(format!("{name}: {id}, to which no provision points"));
        }
        let why = root.word(&format!("{criterion}_justification")).unwrap_or_default();
        for provision in provisions {
            proposal.draft(&provision, format!("{name} answers {answer} to {id}, which is related: {why}"));
        }
    }
    if let Some(named) = root.word("name").map(str::trim).filter(|named| !named.is_empty()) {
        proposal.name.get_or_insert_with(|| named.to_owned());
    }
    if others > 0 {
        proposal.not_used(format!("{name}: {others} answers to criteria of the badge, for which there is no published mapping to a code"));
    }
}

/// `osps_vm_02_01` as `OSPS-VM-02.01`.
fn control(criterion: &str) -> Option<String> {
    let parts: Vec<&str> = criterion.strip_prefix("osps_")?.split('_').collect();
    match parts.as_slice() {
        [family, control, requirement] => Some(format!("OSPS-{}-{control}.{requirement}", family.to_uppercase())),
        _ => None,
    }
}
