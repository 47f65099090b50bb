//! Codes of practice as taxonomies, and references into them.

use serde_json::json;
use serde_sarif::sarif::{ReportingDescriptor, ReportingDescriptorReference, ToolComponent, ToolComponentReference};

use super::rules::{Rules, Subject};
use super::wording::{NAME, message, plain, sentence, web_address};
use super::{bag, rules};
use crate::model::policy::Policy;

/// One taxonomy per code, in the order of output.
pub(super) fn of(rules: &Rules<'_>) -> Vec<ToolComponent> {
    rules.codes().iter().map(|policy| taxonomy(policy)).collect()
}

fn taxonomy(policy: &Policy) -> ToolComponent {
    let taxa = rules::subjects(policy).iter().map(|subject| taxon(policy, subject)).collect::<Vec<_>>();
    let mut component = ToolComponent::builder()
        .name(plain(&policy.code, NAME))
        .version(plain(&policy.edition, NAME))
        .release_date_utc(policy.published.to_string())
        .organization(plain(&policy.publisher, NAME))
        .short_description(message(&sentence(&policy.title)))
        .taxa(taxa)
        .properties(bag([
            ("licence", json!(policy.licence)),
            ("sha256", json!(policy.sha256)),
            ("status", json!(policy.status.name())),
            ("unverified", json!(policy.unverified)),
        ]))
        .build();
    component.information_uri = web_address(&policy.source).map(str::to_owned);
    component
}

fn taxon(policy: &Policy, subject: &Subject<'_>) -> ReportingDescriptor {
    ReportingDescriptor::builder()
        .id(local(policy, subject.id()))
        .name(plain(subject.title(), NAME))
        .short_description(message(&sentence(subject.title())))
        .build()
}

/// The id as the code has it, without the code's name.
fn local<'i>(policy: &Policy, id: &'i str) -> &'i str {
    id.strip_prefix(policy.code.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(id)
}

/// Every taxonomy by name and index.
pub(super) fn references(rules: &Rules<'_>) -> Vec<ToolComponentReference> {
    rules.codes().iter().enumerate().map(|(index, policy)| component(index, policy)).collect()
}

fn component(index: usize, policy: &Policy) -> ToolComponentReference {
    ToolComponentReference::builder().name(plain(&policy.code, NAME)).index(index as i64).build()
}

/// A reference to the taxon of an id.
pub(super) fn reference(code: usize, taxon: usize, policy: &Policy, id: &str) -> ReportingDescriptorReference {
    ReportingDescriptorReference::builder().id(local(policy, id)).index(taxon as i64).tool_component(component(code, policy)).build()
}
