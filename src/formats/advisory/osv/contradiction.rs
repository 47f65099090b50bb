//! Versions that an advisory calls fixed and affected both: by name, or by a range of the same package that they lie in.

use std::collections::{BTreeMap, BTreeSet};

use super::{Affected, order};
use crate::formats::fault::Fault;
use crate::formats::release_tag::Release;
use crate::formats::tree::Node;
use crate::limits;
use crate::text::one_line;

/// One fault for each such version. Past the bound nothing more is compared: a contradiction that is told once is enough.
pub(super) fn check(packages: &[Node<'_>], affected: &[Affected], faults: &mut Vec<Fault>) {
    let mut same: BTreeMap<_, Vec<(&Node<'_>, &Affected)>> = BTreeMap::new();
    for pair in packages.iter().zip(affected) {
        same.entry(package(pair.0)).or_default().push(pair);
    }
    // That a range begins with its fix was said already.
    let told: BTreeSet<usize> = faults.iter().map(|fault| fault.at.start).collect();
    let mut left = limits::ADVISORY_COMPARISONS;
    for (node, one) in packages.iter().zip(affected) {
        let others = same.get(&package(node)).map(Vec::as_slice).unwrap_or_default();
        for (version, at) in one.fixed.iter().filter(|(_, at)| !told.contains(&at.start)) {
            let is_called = others.iter().any(|(other, called)| {
                left = left.saturating_sub(size(other, called));
                left > 0 && (called.called.iter().any(|name| plain(name) == plain(version)) || lies_in(other, version))
            });
            if is_called {
                let message = format!("calls {} affected, and names it as the fix", one_line(version, 60));
                faults.push(Fault::new("fixed-and-affected", at.clone(), message, "correct the versions that are affected, or the fix"));
            }
        }
    }
}

/// How much there is to compare with.
fn size(node: &Node<'_>, affected: &Affected) -> usize {
    let events: usize = node.at(&["ranges"]).items().iter().map(|range| range.at(&["events"]).items().len()).sum();
    affected.called.len() + events + 1
}

fn package<'n>(node: &'n Node<'_>) -> (Option<&'n str>, Option<&'n str>) {
    let package = node.at(&["package"]);
    (package.word("ecosystem"), package.word("name"))
}

fn plain(version: &str) -> &str {
    version.trim().trim_start_matches(['v', 'V'])
}

/// Whether a version lies in one of the ranges, as the OSV schema evaluates them.
fn lies_in(node: &Node<'_>, version: &str) -> bool {
    node.at(&["ranges"]).items().iter().any(|range| evaluated(range, version) == Some(true))
}

/// None where versions of the range cannot be compared here.
fn evaluated(range: &Node<'_>, version: &str) -> Option<bool> {
    let kind = range.word("type")?;
    let own = order(kind, version)?;
    let mut events: Vec<(Option<Release>, &str)> = Vec::new();
    for event in range.at(&["events"]).items() {
        let [entry] = event.entries() else { return None };
        let (name, text) = (entry.key.as_ref(), entry.node.text()?);
        match (name, text) {
            ("introduced", "0") => events.push((None, "introduced")),
            ("introduced" | "fixed" | "last_affected", _) => events.push((Some(order(kind, text)?), name)),
            _ => return None,
        }
    }
    // Of two at one version the beginning comes last: what is introduced again is affected.
    events.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| (a.1 == "introduced").cmp(&(b.1 == "introduced"))));
    let mut is_affected = false;
    for (at, name) in events {
        let reached = at.as_ref().is_none_or(|at| *at <= own);
        let passed = at.as_ref().is_none_or(|at| *at < own);
        match name {
            "introduced" if reached => is_affected = true,
            "fixed" if reached => is_affected = false,
            "last_affected" if passed => is_affected = false,
            _ => {}
        }
    }
    Some(is_affected)
}
