//! From signs to types: one family counts once, two weak ones ask together, a device must connect to speak, and what lies
//! in a library's folders shows less.

use std::collections::{BTreeMap, BTreeSet};

use super::finder::{Found, Raw};
use super::table::Part;
use super::{Detection, Seen, Strength, Told};
use crate::model::declaration::{ProductType, Role};
use crate::repo_path::RepoPath;

pub(super) fn weigh(found: Found) -> Detection {
    let mut detection = Detection::default();
    let Found { mut raw, manifest, packages } = found;
    let denials: Vec<(ProductType, RepoPath)> = raw.iter().filter_map(denied).collect();
    for one in raw.iter_mut().filter(|one| one.part == Part::Shows) {
        if denials.iter().any(|(kind, folder)| *kind == one.kind && one.sign.path.is_under(folder)) {
            one.sign.strength = one.sign.strength.lower();
            one.sign.reason.push_str(", in a folder that publishes a library or an add-on");
        }
    }
    if let Some((path, at)) = manifest {
        let told = |value| Told { value, path: path.clone(), at, reason: "is the manifest of software that is written here".to_owned() };
        detection.types.push(software(&told(Role::Developer)));
        detection.roles.push(told(Role::Developer));
    }
    for kind in ProductType::ALL.iter().copied().filter(|kind| *kind != ProductType::Software) {
        let own: Vec<&Raw> = raw.iter().filter(|one| one.kind == kind).collect();
        let Some(strength) = strength(kind, &own) else { continue };
        if strength > Strength::Weak {
            let shown = own.iter().filter(|one| one.part == Part::Shows).max_by_key(|one| one.sign.strength);
            for one in own.iter().filter(|one| one.part == Part::Shows && Some(one.sign.strength) == shown.map(|shown| shown.sign.strength))
            {
                let Some(role) = one.role.filter(|role| !detection.roles.iter().any(|told| told.value == *role)) else { continue };
                detection.roles.push(Told { value: role, path: one.sign.path.clone(), at: one.sign.at, reason: one.sign.reason.clone() });
            }
        }
        let mut signs: Vec<_> = own.iter().filter(|one| !matches!(one.part, Part::Denies(_))).map(|one| one.sign.clone()).collect();
        signs.sort_by(|a, b| (b.strength, a.family, &a.path, a.at).cmp(&(a.strength, b.family, &b.path, b.at)));
        signs.dedup_by(|a, b| a.family == b.family && a.path == b.path && a.at == b.at);
        detection.types.push(Seen { kind, strength, signs });
    }
    detection.roles.sort_by_key(|told| told.value.name());
    if let Some((path, at, reason)) = packages {
        detection.traits.insert("third-party-components", Told { value: true, path, at, reason });
    }
    if let Some(one) = raw.iter().find(|one| one.sign.family == "training" && one.sign.strength > Strength::Weak) {
        let told = Told { value: true, path: one.sign.path.clone(), at: one.sign.at, reason: one.sign.reason.clone() };
        detection.traits.insert("trains-models", told);
    }
    detection
}

fn software(told: &Told<Role>) -> Seen {
    let sign =
        super::Sign { family: "manifest", path: told.path.clone(), at: told.at, strength: Strength::Decisive, reason: told.reason.clone() };
    Seen { kind: ProductType::Software, strength: Strength::Decisive, signs: vec![sign] }
}

/// The folder in which a denial holds.
fn denied(one: &Raw) -> Option<(ProductType, RepoPath)> {
    let Part::Denies(beside) = one.part else { return None };
    let folder = one.sign.path.parent().unwrap_or_default();
    let folder = if beside { folder.parent().unwrap_or_default() } else { folder };
    Some((one.kind, folder))
}

/// All that is shown of a type; none where nothing is.
fn strength(kind: ProductType, own: &[&Raw]) -> Option<Strength> {
    let shows = || own.iter().filter(|one| one.part == Part::Shows);
    let mut best: BTreeMap<&str, Strength> = BTreeMap::new();
    for one in shows() {
        let family = best.entry(one.sign.family).or_insert(Strength::Weak);
        *family = (*family).max(one.sign.strength);
    }
    let mut strength = best.values().copied().max()?;
    let counted: BTreeSet<&str> = shows().filter(|one| one.counts).map(|one| one.sign.family).collect();
    if strength == Strength::Weak && counted.len() >= 2 {
        strength = Strength::Probable;
    }
    let confirmed = own.iter().any(|one| one.part == Part::Confirms);
    match kind {
        ProductType::ConsumerIot if !confirmed => Some(Strength::Weak),
        ProductType::App if confirmed && strength == Strength::Probable && best.values().any(|one| *one == Strength::Probable) => {
            Some(Strength::Decisive)
        }
        _ => Some(strength),
    }
}
