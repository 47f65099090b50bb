//! Where a change makes the overlays of the tree ask for less: what holds is compared, not what is written, so that the same demand
//! in another overlay is no loss.

use std::collections::BTreeMap;

use super::{NAMED, Version, Weakening};
use crate::finding::Finding;
use crate::model::declaration::Gate;
use crate::model::outcome::{Assurance, Level};
use crate::model::overlay::Overlays;
use crate::model::policy::{Provision, Unit};
use crate::source::Span;
use crate::text::{count, some};

/// One thing that is asked no more, or less.
struct Loss<'w> {
    /// The base's overlay that asked it, if one did.
    overlay: Option<&'w str>,
    at: Span,
    before: Span,
    what: String,
    /// What it is asked of; nothing where that is said.
    of: Option<&'w str>,
}

impl<'w> Version<'w> {
    /// The overlay of that name, where it can be shown: in the tree.
    fn overlay_span(&self, name: &str) -> Option<Span> {
        self.catalogue.overlays().all().find(|overlay| overlay.name == name && !overlay.outside).map(|overlay| overlay.span)
    }

    /// Where the declaration names overlays, or would.
    fn overlays_at(&self) -> Span {
        self.declaration.gate.written.get("overlays").copied().unwrap_or(self.declaration.span)
    }

    pub(super) fn unit(&self, id: &str) -> Option<&'w Unit> {
        let code = id.split_once('/')?.0;
        self.catalogue.policy(code, None)?.units.iter().find(|unit| unit.id == id)
    }
}

impl<'w> Weakening<'w> {
    /// What concerns overlays.
    pub fn of_overlays(&self) -> Vec<Finding> {
        let (now, before) = (self.head.catalogue.overlays(), self.base.catalogue.overlays());
        let digests =
            |overlays: &Overlays| overlays.all().map(|overlay| (overlay.name.clone(), overlay.sha256.clone())).collect::<Vec<_>>();
        if digests(now) == digests(before) {
            return Vec::new();
        }
        let mut losses = self.of_settings(now, before);
        for policy in self.base.catalogue.policies() {
            for unit in &policy.units {
                let Some(provision) = policy.provision_of(unit) else { continue };
                self.of_unit(unit, provision, &mut losses);
            }
        }
        self.tell(losses, |name| before.all().any(|overlay| overlay.name == name) && now.all().all(|overlay| overlay.name != name))
    }

    /// One finding for each dropped overlay, and one for each other line that asks for less.
    fn tell(&self, losses: Vec<Loss<'w>>, is_dropped: impl Fn(&str) -> bool) -> Vec<Finding> {
        let mut dropped: BTreeMap<&str, i64> = BTreeMap::new();
        let mut lines: BTreeMap<(Span, Span, String), Vec<&str>> = BTreeMap::new();
        for loss in losses {
            match loss.overlay.filter(|name| is_dropped(name)) {
                Some(name) => *dropped.entry(name).or_default() += 1,
                None => lines.entry((loss.at, loss.before, loss.what)).or_default().extend(loss.of),
            }
        }
        let mut found = Vec::new();
        for (name, demands) in dropped {
            let before = self.base.overlay_span(name).unwrap_or_else(|| self.base.overlays_at());
            let what = format!("the overlay {name} is dropped, and with it {}", count(demands, "demand"));
            found.push(self.told(self.head.overlays_at(), what, before, format!("overlay {name}")));
        }
        for ((at, before, what), units) in lines {
            let of = if units.is_empty() { String::new() } else { format!(" for {}", some(&units, NAMED, "unit")) };
            let key = format!("overlay {what}{of}");
            found.push(self.told(at, format!("{what}{of}"), before, key));
        }
        found
    }

    fn loss(&self, overlay: Option<&'w str>, at: Option<Span>, before: Option<Span>, what: String) -> Loss<'w> {
        let here = overlay.and_then(|name| self.head.overlay_span(name));
        let there = overlay.and_then(|name| self.base.overlay_span(name));
        Loss {
            overlay,
            at: at.or(here).unwrap_or_else(|| self.head.overlays_at()),
            before: before.or(there).unwrap_or(self.base.declaration.span),
            what,
            of: None,
        }
    }

    /// Floors, bounds on waivers and keys.
    fn of_settings(&self, now: &'w Overlays, before: &'w Overlays) -> Vec<Loss<'w>> {
        let lowest = Gate { fail_on: None, assurance: Assurance::Asserted, max_age_days: i32::MAX, ..Gate::default() };
        let (gate, was) = (now.gate(&lowest), before.gate(&lowest));
        let mut losses = Vec::new();
        let level = |least: Option<Level>| least.map_or("none", Level::name);
        let rank = |least: Option<Level>| least.map_or(u8::MAX, |level| level as u8);
        for overlay in before.all() {
            let name = Some(overlay.name.as_str());
            let floors = &overlay.floors;
            if let Some(floor) =
                floors.fail_on.as_ref().filter(|floor| Some(floor.value) == was.fail_on && rank(gate.fail_on) > rank(was.fail_on))
            {
                let what = format!("the floor of `fail-on` goes from {} to {}", floor.value, level(gate.fail_on));
                losses.push(self.loss(name, None, Some(floor.span), what));
            }
            if let Some(floor) = floors.assurance.as_ref().filter(|floor| floor.value == was.assurance && gate.assurance < was.assurance) {
                let what = format!("the floor of `assurance` goes from {} to {}", floor.value, gate.assurance);
                losses.push(self.loss(name, None, Some(floor.span), what));
            }
            if let Some(floor) =
                floors.max_age_days.as_ref().filter(|floor| floor.value == was.max_age_days && gate.max_age_days > was.max_age_days)
            {
                let to = if gate.max_age_days == i32::MAX { "none".to_owned() } else { gate.max_age_days.to_string() };
                losses.push(self.loss(
                    name,
                    None,
                    Some(floor.span),
                    format!("the floor of `max-age-days` goes from {} to {to}", floor.value),
                ));
            }
            let (limits, kept) = (now.waiver_limits(), before.waiver_limits());
            if let Some(days) = overlay.waivers.max_days.as_ref().filter(|days| days.value == kept.days && limits.days > kept.days) {
                let what = format!("the longest life of a waiver goes from {} to {} days", days.value, limits.days);
                losses.push(self.loss(name, None, Some(days.span), what));
            }
            for (unit, span) in overlay.waivers.never.iter().filter(|(unit, _)| !limits.never.contains_key(*unit)) {
                losses.push(Loss { of: Some(unit), ..self.loss(name, None, Some(*span), "waivers are let in".to_owned()) });
            }
        }
        let known: BTreeMap<&String, _> = before.keys(false).collect();
        for (name, key) in now.keys(false).filter(|(name, key)| known.get(name).is_none_or(|was| was.value != key.value)) {
            let was = known.get(name).map(|was| was.span);
            let what = format!("the key {name} of an overlay is {}", if was.is_some() { "changed" } else { "added" });
            losses.push(self.loss(None, Some(key.span), was, what));
        }
        losses
    }

    fn of_unit(&self, was: &'w Unit, provision: &'w Provision, losses: &mut Vec<Loss<'w>>) {
        let origin = provision.origin.as_ref();
        let Some(now) = self.head.unit(&was.id) else {
            let by = origin.map(|origin| origin.overlay.as_str());
            let loss = self.loss(by, None, origin.map(|origin| origin.span), "the provision is gone".to_owned());
            losses.push(Loss { of: Some(&was.id), what: "nothing is asked any more".to_owned(), ..loss });
            return;
        };
        let gate = self.base.catalogue.overlays().assurance(self.base.declaration.gate.assurance);
        let days = |unit: &Unit| unit.max_age_days.unwrap_or(i32::MAX);
        let shown = |unit: &Unit| unit.max_age_days.map_or("no bound".to_owned(), |days| format!("{days} days"));
        let lifts = |unit: &Unit| unit.verified_by.iter().chain(&unit.evidenced_by).map(|kind| kind.name).collect::<Vec<_>>();
        let mut found: Vec<(&str, String)> = Vec::new();
        if now.strength < was.strength {
            found.push(("strength", format!("`strength` goes from {} to {}", was.strength, now.strength)));
        }
        if now.asks(gate) < was.asks(gate) {
            found.push(("assurance", format!("`assurance` goes from {} to {}", was.asks(gate), now.asks(gate))));
        }
        if days(now) > days(was) {
            found.push(("max-age-days", format!("`max-age-days` goes from {} to {}", shown(was), shown(now))));
        }
        for kind in was.requires.iter().filter(|kind| !now.requires.contains(kind)) {
            found.push(("require", format!("{} is required no more", kind.name)));
        }
        for kind in now.verified_by.iter().filter(|kind| !was.verified_by.contains(kind)) {
            found.push(("verified-by", format!("{} newly lifts to verified", kind.name)));
        }
        let known = lifts(was);
        for kind in lifts(now).into_iter().filter(|kind| !known.contains(kind)) {
            found.push(("evidenced-by", format!("{kind} newly lifts to evidenced")));
        }
        for (key, what) in found {
            let by = was.altered.iter().find(|one| one.key == key);
            let lowered = now.altered.iter().find(|one| one.key == key);
            let at = lowered.filter(|one| self.head.overlay_span(&one.overlay).is_some()).map(|one| one.span);
            let overlay = by.map(|one| one.overlay.as_str()).or(origin.map(|origin| origin.overlay.as_str()));
            let before = by.map(|one| one.span).or(origin.map(|origin| origin.span));
            losses.push(Loss { of: Some(&was.id), ..self.loss(overlay, at, before, what) });
        }
    }
}
