//! An evaluation log of Gemara (evaluationlog.cue): `evaluations`, each with a `control` and `assessment-logs`, as tools write it for the
//! OpenSSF Baseline; on its own or within `evaluation-suites`.

use super::{Proposal, related};
use crate::formats::tree::Node;
use crate::input::catalogue::Catalogue;

/// The evaluations of controls, wherever the log keeps them.
pub(super) fn controls<'n, 't>(root: &'n Node<'t>) -> Vec<&'n Node<'t>> {
    let suites = root.at(&["evaluation-suites"]).items().iter();
    let logs = std::iter::once(root).chain(suites);
    let lists = logs.flat_map(|log| ["evaluations", "control-evaluations"].map(|key| log.at(&[key])));
    lists.flat_map(|list| list.items()).filter(|one| !id(one).is_empty()).collect()
}

/// The control's id: `control.reference-id`, or `control-id` as earlier versions had it.
fn id<'n>(evaluation: &'n Node<'_>) -> &'n str {
    let entry = evaluation.at(&["control"]).word("reference-id").or_else(|| evaluation.at(&["control"]).word("entry-id"));
    entry.or_else(|| evaluation.word("control-id")).unwrap_or_default()
}

pub(super) fn take(root: &Node<'_>, name: &str, catalogue: &Catalogue, proposal: &mut Proposal) {
    for evaluation in controls(root) {
        let control = id(evaluation);
        let provisions = related(catalogue, control);
        if provisions.is_empty() {
            proposal.not_used(format!("{name}: {control}, to which no provision points"));
        }
        let result = evaluation.word("result").unwrap_or("no result");
        let mut messages: Vec<&str> = Vec::new();
        let logs = evaluation.at(&["assessment-logs"]).items().iter().chain(evaluation.at(&["assessments"]).items());
        for text in logs.filter_map(|log| log.word("message")).chain(evaluation.word("message")) {
            if !text.trim().is_empty() && !messages.contains(&text.trim()) {
                messages.push(text.trim());
            }
        }
        for provision in provisions {
            proposal.draft(&provision, format!("{name} has {control}, which is related, as {result}: {}", messages.join("; ")));
        }
    }
}
