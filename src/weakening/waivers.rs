//! Waivers that the base has and the change gives another reason or another approver.
//!
//! Whoever approved a waiver approved it for its reason. Whether the new one accepts more cannot be told; one that also runs longer is
//! told as such.

use std::collections::BTreeMap;

use super::{Weakening, names};
use crate::finding::Finding;
use crate::input::reader::quoted;
use crate::model::attestation::Waiver;
use crate::model::outcome::Level;
use crate::text::some_ids;

impl Weakening<'_> {
    pub(super) fn of_swapped_waivers(&self) -> Vec<Finding> {
        let mut before: BTreeMap<&str, Vec<&Waiver>> = BTreeMap::new();
        for waiver in self.base.books.iter().flat_map(|book| &book.waivers) {
            waiver.units.iter().for_each(|covered| before.entry(&covered.unit).or_default().push(waiver));
        }
        let mut found = Vec::new();
        for now in self.head.books.iter().flat_map(|book| &book.waivers) {
            let mut swapped: Vec<(&Waiver, Vec<&str>)> = Vec::new();
            for covered in &now.units {
                let Some(was) = before.get(covered.unit.as_str()).and_then(|before| swapped_from(now, before)) else { continue };
                match swapped.iter_mut().find(|(known, _)| std::ptr::eq(*known, was)) {
                    Some((_, units)) => units.push(&covered.unit),
                    None => swapped.push((was, vec![&covered.unit])),
                }
            }
            found.extend(swapped.iter().flat_map(|(was, units)| self.swaps(now, was, units)));
        }
        found
    }

    fn swaps(&self, now: &Waiver, was: &Waiver, units: &[&str]) -> Vec<Finding> {
        let named = some_ids(units);
        let mut found = Vec::new();
        if !same(&was.reason.value, &now.reason.value) {
            let what = format!(
                "the waiver for {named} has another reason, {} in place of {}",
                quoted(&now.reason.value),
                quoted(&was.reason.value)
            );
            found.push(self.told_at(Level::Warning, now.reason.span, what, was.reason.span, format!("waiver reason {}", names(units))));
        }
        if !same(&was.approved_by.value, &now.approved_by.value) {
            let (is, had) = (quoted(&now.approved_by.value), quoted(&was.approved_by.value));
            let what = format!("the waiver for {named} is approved by {is} in place of {had}");
            let key = format!("waiver approver {}", names(units));
            found.push(self.told_at(Level::Warning, now.approved_by.span, what, was.approved_by.span, key));
        }
        found
    }
}

/// The base's waiver of a unit, the longest of several, where none of them has what this one says and it runs no longer.
fn swapped_from<'w>(now: &Waiver, before: &[&'w Waiver]) -> Option<&'w Waiver> {
    let last = before.iter().copied().max_by_key(|was| was.expires.value)?;
    let is_same = |was: &&Waiver| same(&was.reason.value, &now.reason.value) && same(&was.approved_by.value, &now.approved_by.value);
    (now.expires.value <= last.expires.value && !before.iter().any(is_same)).then_some(last)
}

/// Whether two texts say the same, whatever their case, blanks and the sign at their end.
fn same(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    words(one).trim_end_matches('.') == words(other).trim_end_matches('.')
}
