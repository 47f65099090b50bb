//! `portcullis/gate-weakened`: where a change lowers its own bar, with the line in both versions; and `portcullis/worse-than-base`.

mod evidence;
mod overlays;
mod standings;
mod strictness;
mod waivers;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::change::counterpart;
use crate::finding::Finding;
use crate::input::catalogue::Catalogue;
use crate::input::reader::quoted;
use crate::model::attestation::{Attestation, Attestations, Status};
use crate::model::declaration::{Declaration, Gate, Product};
use crate::model::outcome::Level;
use crate::source::{Located, Span};
use crate::standing::Standing;
use crate::text::{some, some_ids};

const ID: &str = "portcullis/gate-weakened";
/// Most provisions that one finding's key names.
const NAMED: usize = 8;

/// One version's words and where they stand.
pub struct Version<'v> {
    /// Its declaration.
    pub declaration: &'v Declaration,
    /// Its attestations of one product, with those of the organisation.
    pub books: Vec<&'v Attestations>,
    /// The codes with its overlays.
    pub catalogue: &'v Catalogue,
    /// How each unit of the product stands.
    pub standings: BTreeMap<String, Standing>,
}

/// Compares two versions.
pub struct Weakening<'w> {
    /// The change.
    pub head: Version<'w>,
    /// What it is compared with.
    pub base: Version<'w>,
    /// A place in the base, for messages: `portcullis.toml:3 in 4b825dc642cb`.
    pub place: &'w dyn Fn(Span) -> String,
    /// When an edition of a code was published.
    pub published: &'w dyn Fn(&str, Option<&str>) -> Option<Date>,
}

impl Weakening<'_> {
    /// What is lower now, and where the base says what was before; nowhere where it says nothing of it.
    fn told(&self, at: Span, what: String, before: impl Into<Option<Span>>, key: String) -> Finding {
        self.told_at(Level::Error, at, what, before, key)
    }

    /// The same, where it may be lower: below an error.
    fn told_at(&self, level: Level, at: Span, what: String, before: impl Into<Option<Span>>, key: String) -> Finding {
        let before = before.into().map(|span| format!(" ({})", (self.place)(span))).unwrap_or_default();
        let does = if level == Level::Error { "lowers" } else { "may lower" };
        let message = format!("this change {does} its own bar: {what}{before}");
        let remedy = "undo it; if it is meant, have whoever answers for the gate accept it: once it is merged it is in force, and a run with --trust-head judges by it at once";
        Finding::own(ID, message, remedy, at, key).level(level)
    }

    /// What concerns the declaration as a whole.
    pub fn of_declaration(&self) -> Vec<Finding> {
        let (head, base) = (self.head.declaration, self.base.declaration);
        let mut found = self.of_gate(&head.gate, &base.gate);
        for product in &base.products {
            let dropped = counterpart(product, base, head).is_none();
            let name = &product.name;
            found.extend(dropped.then(|| {
                self.told(head.span, format!("the product {} is gone", name.value), name.span, format!("product {}", name.value))
            }));
        }
        let codes = |declaration: &Declaration| declaration.organisation.as_ref().map(|own| own.codes.clone()).unwrap_or_default();
        found.extend(self.dropped("the organisation's code", &codes(head), &codes(base), head.span, |code| code.clone()));
        for code in head.editions.keys().chain(base.editions.keys()).collect::<BTreeSet<_>>() {
            let (now, before) = (head.editions.get(code), base.editions.get(code));
            let edition = |pin: Option<&Located<String>>| (self.published)(code, pin.map(|pin| pin.value.as_str()));
            let name = |pin: Option<&Located<String>>| pin.map_or("the newest", |pin| pin.value.as_str()).to_owned();
            if edition(now) < edition(before) {
                let what = format!("{code} is judged by its edition {} instead of {}", name(now), name(before));
                let at = now.map_or(head.span, |pin| pin.span);
                found.push(self.told(at, what, before.map_or(base.span, |pin| pin.span), format!("edition {code}")));
            }
        }
        found
    }

    fn of_gate(&self, now: &Gate, before: &Gate) -> Vec<Finding> {
        let level = |least: Option<Level>| least.map_or("never", Level::name);
        let rank = |least: Option<Level>| least.map_or(u8::MAX, |level| level as u8);
        let changes = [
            ("fail-on", rank(now.fail_on) > rank(before.fail_on), level(before.fail_on).to_owned(), level(now.fail_on).to_owned()),
            ("assurance", now.assurance < before.assurance, before.assurance.name().to_owned(), now.assurance.name().to_owned()),
            ("max-age-days", now.max_age_days > before.max_age_days, before.max_age_days.to_string(), now.max_age_days.to_string()),
            ("signature", now.signature < before.signature, before.signature.name().to_owned(), now.signature.name().to_owned()),
        ];
        let weaker = changes.into_iter().filter(|(_, weaker, ..)| *weaker);
        weaker
            .map(|(key, _, was, is)| {
                let at = now.written.get(key).copied().unwrap_or(self.head.declaration.span);
                let was_at = before.written.get(key).copied();
                let was = if was_at.is_some() { was } else { format!("the default, {was},") };
                self.told(at, format!("`{key}` goes from {was} to {is}"), was_at, format!("gate {key}"))
            })
            .collect()
    }

    fn dropped<T: PartialEq>(
        &self,
        what: &str,
        now: &[Located<T>],
        before: &[Located<T>],
        at: Span,
        name: impl Fn(&T) -> String,
    ) -> Vec<Finding> {
        let gone = before.iter().enumerate().filter(|(_, one)| now.iter().all(|own| own.value != one.value));
        // Two types may bring the same role.
        let once = gone.filter(|(at, one)| before.iter().take(*at).all(|earlier| earlier.value != one.value));
        once.map(|(_, one)| {
            let name = name(&one.value);
            self.told(at, format!("{what} {name} is dropped"), one.span, format!("{what} {name}"))
        })
        .collect()
    }

    /// What concerns one product.
    pub fn of_product(&self, now: &Product, before: &Product) -> Vec<Finding> {
        let mut found = self.dropped("the type", &now.types, &before.types, now.span, |kind| kind.name().to_owned());
        found.extend(self.dropped("the role", &now.roles, &before.roles, now.span, |role| role.name().to_owned()));
        for (id, was) in before.traits.iter().filter(|(_, was)| was.value) {
            if let Some(is) = now.traits.get(id).filter(|is| !is.value) {
                found.push(self.told(is.span, format!("the trait {id} goes from true to false"), was.span, format!("trait {id}")));
            }
        }
        for (probe, reason) in now.probes.iter().filter(|(probe, _)| !before.probes.contains_key(*probe)) {
            found.push(self.told(reason.span, format!("the probe {probe} is newly answered away"), before.span, format!("probe {probe}")));
        }
        for (kind, reason) in now.not.iter().filter(|(kind, _)| !before.not.contains_key(*kind)) {
            let was = before.types_span.unwrap_or(before.span);
            let what = format!("that the product is {kind} is newly denied under [product.not]");
            found.push(self.told(reason.span, what, was, format!("not {kind}")));
        }
        for (name, key) in &now.keys {
            let was = before.keys.get(name);
            if was.is_none_or(|was| was.value != key.value) {
                let done = if was.is_some() { "changed" } else { "added" };
                let what = format!("the key {} under [product.keys] is {done}, and signatures by it count", quoted(name));
                found.push(self.told(key.span, what, was.map_or(before.span, |was| was.span), format!("key {name}")));
            }
        }
        if let (None, Some(was)) = (&now.version_from, &before.version_from) {
            let what = "`version-from` is dropped, so evidence is bound to no version".to_owned();
            found.push(self.told(now.span, what, was.span, "version-from".to_owned()));
        }
        let covered = |path: &crate::repo_path::RepoPath| now.paths.is_empty() || now.paths.iter().any(|own| path.is_under(&own.value));
        let everything = before.paths.is_empty() && !now.paths.is_empty() && now.paths.iter().all(|own| !own.value.is_root());
        for path in before.paths.iter().filter(|path| !covered(&path.value)) {
            found.push(self.told(
                now.span,
                format!("the folder {} is no longer the product's", path.value),
                path.span,
                format!("path {}", path.value),
            ));
        }
        if everything {
            let at = now.paths.first().map_or(now.span, |path| path.span);
            found.push(self.told(at, "`paths` leaves out what was the product's".to_owned(), before.span, "paths".to_owned()));
        }
        found.extend(self.of_attestations());
        found.extend(self.of_evidence());
        found.extend(self.of_waivers());
        found.extend(self.of_swapped_waivers());
        found.extend(self.of_standings());
        found
    }

    /// Attestations that are gone, and exclusions that are new; each entry once.
    fn of_attestations(&self) -> Vec<Finding> {
        let now = spoken(&self.head.books);
        let before = spoken(&self.base.books);
        let head_at = self.head.books.iter().find_map(|book| book.span).unwrap_or(self.head.declaration.span);
        let mut gone: BTreeMap<Span, Vec<&str>> = BTreeMap::new();
        let counts = |entry: &Attestation| !matches!(entry.status.value, Status::Planned | Status::NotMet);
        for (unit, (_, span)) in before.iter().filter(|(unit, (entry, _))| counts(entry) && !now.contains_key(*unit)) {
            gone.entry(*span).or_default().push(unit);
        }
        let is_excluded = |entry: &Attestation| entry.status.value == Status::NotApplicable;
        let mut excluded: BTreeMap<Span, (Option<Span>, Vec<&str>)> = BTreeMap::new();
        for (unit, (_, span)) in now.iter().filter(|(_, (entry, _))| is_excluded(entry)) {
            let was = before.get(unit);
            if was.is_none_or(|(was, _)| !is_excluded(was)) {
                let entry = excluded.entry(*span).or_insert((None, Vec::new()));
                entry.0 = entry.0.or(was.map(|(_, span)| *span));
                entry.1.push(unit);
            }
        }
        let mut found = Vec::new();
        for (span, units) in gone {
            let what = format!("the attestation of {} is removed", some_ids(&units));
            found.push(self.told(head_at, what, span, format!("attestation {}", names(&units))));
        }
        for (span, (was, units)) in excluded {
            let verb = if units.len() == 1 { "is" } else { "are" };
            let what = format!("{} {verb} newly attested as not applicable", some_ids(&units));
            found.push(self.told(span, what, was, format!("exclusion {}", names(&units))));
        }
        found
    }

    /// Waivers that are new, or run longer than the base's.
    fn of_waivers(&self) -> Vec<Finding> {
        let mut before: BTreeMap<&str, (Date, Span)> = BTreeMap::new();
        for waiver in self.base.books.iter().flat_map(|book| &book.waivers) {
            for covered in &waiver.units {
                let known = before.entry(&covered.unit).or_insert((waiver.expires.value, waiver.expires.span));
                *known = (*known).max((waiver.expires.value, waiver.expires.span));
            }
        }
        let mut found = Vec::new();
        for waiver in self.head.books.iter().flat_map(|book| &book.waivers) {
            let until = waiver.expires.value;
            let longer = waiver.units.iter().filter(|covered| before.get(covered.unit.as_str()).is_none_or(|(was, _)| *was < until));
            let longer: Vec<&str> = longer.map(|covered| covered.unit.as_str()).collect();
            let Some(first) = longer.first() else { continue };
            let named = some_ids(&longer);
            let key = format!("waiver {}", names(&longer));
            found.push(match before.get(first) {
                Some((was, at)) => {
                    self.told(waiver.expires.span, format!("the waiver for {named} is extended from {was} to {until}"), *at, key)
                }
                None => {
                    let at = waiver.provisions.first().map_or(waiver.reason.span, |name| name.span);
                    self.told(at, format!("a waiver for {named} is added"), None, key)
                }
            });
        }
        found
    }
}

/// What is said of each unit, and where; its own entry wins over its principle's.
fn spoken<'b>(books: &[&'b Attestations]) -> BTreeMap<&'b str, (&'b Attestation, Span)> {
    let mut all: BTreeMap<&str, (bool, &Attestation, Span)> = BTreeMap::new();
    for entry in books.iter().flat_map(|book| &book.attestations) {
        for covered in &entry.units {
            let known = all.get(covered.unit.as_str()).is_some_and(|(specific, ..)| *specific >= covered.specific);
            if !known {
                all.insert(&covered.unit, (covered.specific, entry, covered.span));
            }
        }
    }
    all.into_iter().map(|(unit, (_, entry, span))| (unit, (entry, span))).collect()
}

/// The units in a fingerprint's key.
fn names(units: &[&str]) -> String {
    some(units, NAMED, "unit")
}
