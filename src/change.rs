//! A change against its base: whose settings are in force, and what is new.
//!
//! Whoever writes a change writes its declaration too, so the settings that it is judged by are the base's: what a change
//! adds (a type, a role, a code, an answer) counts at once, what it takes away does not until it is accepted.

use std::collections::BTreeSet;

use crate::finding::{Baseline, Finding};
use crate::model::declaration::{Declaration, Organisation, Product};
use crate::model::overlay::Overlays;
use crate::source::{Located, Span};

/// The product of another declaration that is this one: of its name, or the only one where each has one.
pub fn counterpart<'d>(product: &Product, own: &Declaration, other: &'d Declaration) -> Option<&'d Product> {
    let named = other.products.iter().find(|candidate| candidate.name.value == product.name.value);
    let only = match (own.products.as_slice(), other.products.as_slice()) {
        ([_], [only]) => Some(only),
        _ => None,
    };
    named.or(only)
}

/// The settings in force for a change: the base's gate, editions and answers, and the types, roles and codes of both.
/// Every place is one in the change's own files.
pub fn in_force(head: &Declaration, base: &Declaration) -> Declaration {
    let mut merged = head.clone();
    let here = |written: Option<Span>| written.unwrap_or(head.span);
    merged.gate = base.gate.clone();
    merged.gate.written = head.gate.written.clone();
    merged.editions = base
        .editions
        .iter()
        .map(|(code, edition)| {
            let span = here(head.editions.get(code).map(|own| own.span));
            (code.clone(), Located::new(edition.value.clone(), span))
        })
        .collect();
    for product in &mut merged.products {
        if let Some(before) = counterpart(product, head, base) {
            join(product, before);
        }
    }
    if let Some(before) = &base.organisation {
        let attestations = before.attestations.as_ref().map(|path| Located::new(path.value.clone(), head.span));
        let now = merged.organisation.get_or_insert_with(|| Organisation { codes: Vec::new(), attestations });
        join_all(&mut now.codes, &before.codes, head.span);
    }
    merged
}

/// Puts overlays in force on a declaration: the gate's floors, and their keys. A key from outside of the tree wins over one of the
/// same name in it; one of an overlay in the tree only adds to them.
pub fn overlay(declaration: &mut Declaration, overlays: &Overlays) {
    declaration.gate = overlays.gate(&declaration.gate);
    for product in &mut declaration.products {
        for (name, key) in overlays.keys(true) {
            product.keys.insert(name.clone(), key.clone());
        }
        for (name, key) in overlays.keys(false) {
            product.keys.entry(name.clone()).or_insert_with(|| key.clone());
        }
    }
}

fn join(product: &mut Product, before: &Product) {
    let span = product.span;
    join_all(&mut product.types, &before.types, span);
    join_all(&mut product.roles, &before.roles, span);
    let traits_at = product.traits_span.unwrap_or(span);
    for (id, answer) in &before.traits {
        let span = product.traits.get(id).map_or(traits_at, |own| own.span);
        product.traits.insert(id.clone(), Located::new(answer.value, span));
    }
}

fn join_all<T: Clone + PartialEq>(now: &mut Vec<Located<T>>, before: &[Located<T>], span: Span) {
    for one in before {
        if now.iter().all(|own| own.value != one.value) {
            now.push(Located::new(one.value.clone(), span));
        }
    }
}

/// Marks each finding against the base's, and gives what only the base has.
pub fn compare(findings: &mut [Finding], base: Vec<Finding>) -> Vec<Finding> {
    let before: BTreeSet<&str> = base.iter().map(|finding| finding.fingerprint.as_str()).collect();
    for finding in findings.iter_mut() {
        let known = before.contains(finding.fingerprint.as_str());
        finding.baseline = Some(if known { Baseline::Unchanged } else { Baseline::New });
    }
    let now: BTreeSet<String> = findings.iter().map(|finding| finding.fingerprint.clone()).collect();
    let mut gone: Vec<Finding> = base.into_iter().filter(|finding| !now.contains(&finding.fingerprint)).collect();
    for finding in &mut gone {
        finding.baseline = Some(Baseline::Absent);
    }
    gone
}
