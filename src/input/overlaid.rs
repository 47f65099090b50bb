//! Puts overlays in force on a policy: first what they add, then what they change.
//!
//! Between overlays the strictest word holds, so their order does not matter. What an overlay of a change that is not
//! accepted yet would loosen stays as it is.

use crate::model::kind::KindEntry;
use crate::model::outcome::Assurance;
use crate::model::overlay::{Alteration, Change, Overlay, Overlays};
use crate::model::policy::{Policy, Strength, Unit};
use crate::source::{Located, Span};

/// Adds to a policy and changes it, as the overlays say.
pub(super) fn apply(policy: &mut Policy, overlays: &Overlays) {
    for overlay in overlays.all() {
        for added in overlay.additions.iter().chain(&overlay.codes) {
            if added.code == policy.code {
                add(policy, added);
            }
        }
    }
    let accepted: Vec<&Overlay> = overlays.accepted.iter().map(AsRef::as_ref).collect();
    let proposed: Vec<&Overlay> = overlays.proposed.iter().map(AsRef::as_ref).collect();
    for unit in &mut policy.units {
        change(unit, &accepted, true);
        change(unit, &proposed, false);
        keep_floors(unit, overlays);
    }
    for provision in &mut policy.provisions {
        let named = |overlay: &&Overlay| overlay.changes.iter().any(|change| change.provisions.contains(&provision.id));
        if accepted.iter().any(named) || proposed.iter().any(named) {
            let units = policy.units.get(provision.units.clone()).unwrap_or_default();
            provision.strength = units.iter().map(|unit| unit.strength).max().unwrap_or(provision.strength);
        }
    }
}

/// Adds headings and provisions that the policy has not; where two add the same id, the first holds.
fn add(policy: &mut Policy, added: &Policy) {
    for heading in &added.headings {
        if policy.headings.iter().all(|own| own.id != heading.id) {
            policy.headings.push(heading.clone());
        }
    }
    for provision in &added.provisions {
        if policy.provisions.iter().any(|own| own.id == provision.id) {
            continue;
        }
        let (index, first) = (policy.provisions.len(), policy.units.len());
        policy.units.extend(added.units_of(provision).iter().map(|unit| Unit { provision: index, ..unit.clone() }));
        let mut provision = provision.clone();
        provision.units = first..policy.units.len();
        policy.provisions.push(provision);
    }
}

/// One setting of one unit as an overlay has it.
struct Word<'o, T> {
    overlay: &'o Overlay,
    value: T,
    span: Span,
}

fn words<'o, T: Clone>(asked: &[(&'o Overlay, &'o Change)], pick: impl Fn(&Change) -> Option<&Located<T>>) -> Vec<Word<'o, T>> {
    let word = |(overlay, change): &(&'o Overlay, &'o Change)| {
        pick(change).map(|located| Word { overlay, value: located.value.clone(), span: located.span })
    };
    asked.iter().filter_map(word).collect()
}

fn names(kinds: &[&'static KindEntry]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn altered<T>(word: &Word<'_, T>, key: &'static str, was: String, now: String, weaker: bool) -> Alteration {
    Alteration { overlay: word.overlay.name.clone(), key, was, now, weaker, span: word.span }
}

fn change(unit: &mut Unit, overlays: &[&Overlay], may_loosen: bool) {
    let speaks = |change: &&Change| change.units.contains(&unit.id);
    let asked: Vec<(&Overlay, &Change)> =
        overlays.iter().flat_map(|overlay| overlay.changes.iter().filter(speaks).map(|change| (*overlay, change))).collect();
    if asked.is_empty() {
        return;
    }
    strength(unit, words(&asked, |change| change.strength.as_ref()), may_loosen);
    age(unit, words(&asked, |change| change.max_age_days.as_ref()), may_loosen);
    assurance(unit, words(&asked, |change| change.assurance.as_ref()), may_loosen);
    let verified_by = unit.verified_by.clone();
    kinds(unit, words(&asked, |change| change.verified_by.as_ref()), Lift::Verified, &[], may_loosen);
    kinds(unit, words(&asked, |change| change.evidenced_by.as_ref()), Lift::Evidenced, &verified_by, may_loosen);
    for (overlay, change) in asked {
        for kind in &change.require {
            if !unit.requires.contains(&kind.value) {
                unit.requires.push(kind.value);
                let word = Word { overlay, value: (), span: kind.span };
                unit.altered.push(altered(&word, "require", String::new(), kind.value.name.to_owned(), false));
            }
        }
    }
}

fn strength(unit: &mut Unit, words: Vec<Word<'_, Strength>>, may_loosen: bool) {
    let Some(word) = words.into_iter().max_by_key(|word| word.value) else { return };
    let was = unit.strength;
    if word.value == was || (word.value < was && !may_loosen) {
        return;
    }
    unit.strength = word.value;
    unit.altered.push(altered(&word, "strength", was.to_string(), word.value.to_string(), word.value < was));
}

fn age(unit: &mut Unit, words: Vec<Word<'_, i32>>, may_loosen: bool) {
    let Some(word) = words.into_iter().min_by_key(|word| word.value) else { return };
    let was = unit.max_age_days;
    let weaker = was.is_some_and(|was| word.value > was);
    if was == Some(word.value) || (weaker && !may_loosen) {
        return;
    }
    unit.max_age_days = Some(word.value);
    let was = was.map(|days| format!("{days} days")).unwrap_or_default();
    unit.altered.push(altered(&word, "max-age-days", was, format!("{} days", word.value), weaker));
}

/// Whether it asks for less than the gate is known with the gate's setting; of a change that is not accepted it can only ask
/// for more.
fn assurance(unit: &mut Unit, words: Vec<Word<'_, Assurance>>, may_loosen: bool) {
    let Some(word) = words.into_iter().max_by_key(|word| word.value) else { return };
    match may_loosen {
        true => unit.assurance = Some(word.value),
        false => unit.at_least = unit.at_least.max(Some(word.value)),
    }
    unit.altered.push(altered(&word, "assurance", String::new(), word.value.to_string(), false));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lift {
    Evidenced,
    Verified,
}

/// A kind that lifts now and did not before asks for less; what lifts to more (`above`) lifts to this as well.
fn kinds(unit: &mut Unit, words: Vec<Word<'_, Vec<&'static KindEntry>>>, lift: Lift, above: &[&'static KindEntry], may_loosen: bool) {
    let Some((first, others)) = words.split_first() else { return };
    let mut now: Vec<&'static KindEntry> = first.value.clone();
    now.retain(|kind| others.iter().all(|other| other.value.contains(kind)));
    let (was, key) = match lift {
        Lift::Evidenced => (unit.evidenced_by.clone(), "evidenced-by"),
        Lift::Verified => (unit.verified_by.clone(), "verified-by"),
    };
    let counted = |kind: &&'static KindEntry| was.contains(kind) || above.contains(kind);
    if !may_loosen {
        now.retain(counted);
    }
    let weaker = !now.iter().all(counted);
    if now.len() == was.len() && now.iter().all(|kind| was.contains(kind)) {
        return;
    }
    let told = altered(first, key, names(&was), names(&now), weaker);
    match lift {
        Lift::Evidenced => unit.evidenced_by = now,
        Lift::Verified => unit.verified_by = now,
    }
    unit.altered.push(told);
}

/// An assurance that one overlay asks in place of the gate's does not undercut the floor of another.
fn keep_floors(unit: &mut Unit, overlays: &Overlays) {
    if unit.assurance.is_none() {
        return;
    }
    for overlay in overlays.all() {
        let names_it = overlay.changes.iter().any(|change| change.assurance.is_some() && change.units.contains(&unit.id));
        if let Some(floor) = overlay.floors.assurance.as_ref().filter(|_| !names_it) {
            unit.at_least = unit.at_least.max(Some(floor.value));
        }
    }
}
