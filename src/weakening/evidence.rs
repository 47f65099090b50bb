//! Where a change asks for less of the evidence that it cites, or cites less of it.
//!
//! Pieces are compared between the attestations that speak for the same units, so that one that is split, joined or moved to another
//! file loses nothing. Only what both attest as met is compared: everything else tells its own gap.

use std::collections::{BTreeMap, BTreeSet};

use super::strictness::{DEMANDS, written};
use super::{Weakening, names, spoken};
use crate::finding::Finding;
use crate::model::attestation::{Attestation, Evidence, Status};
use crate::model::kind::{KindEntry, Points};
use crate::model::outcome::Assurance;
use crate::model::policy::Unit;
use crate::source::Span;
use crate::text::some_ids;

/// An attestation of the base, and one that speaks for some of its units now: what a claim's own attestation asks less is
/// told, though the others keep what they had.
struct Pair<'b> {
    was: &'b Attestation,
    now: &'b Attestation,
    /// All that speak for units of the base's attestation now: what one of them asks of a piece that it shares is asked.
    beside: Vec<&'b Attestation>,
    units: Vec<&'b str>,
}

/// What stands in the place of a piece.
enum Place<'b> {
    /// Pieces of its kind that point at the same, or one that points elsewhere.
    Taken(Vec<&'b Evidence>),
    /// A piece of another kind that counts for no less.
    Replaced,
    /// Nothing.
    Gone,
}

impl Weakening<'_> {
    /// What is asked no more of the evidence, and which pieces are gone.
    pub(super) fn of_evidence(&self) -> Vec<Finding> {
        let cited: BTreeSet<String> =
            self.head.books.iter().flat_map(|book| &book.attestations).flat_map(|entry| &entry.evidence).map(Evidence::label).collect();
        let mut found = Vec::new();
        for pair in self.pairs() {
            let mut gone = Vec::new();
            for (was, place) in pair.was.evidence.iter().zip(self.places(&pair)) {
                match place {
                    Place::Taken(now) => found.extend(self.of_piece(&pair, was, &now)),
                    Place::Gone if was.kind.value.points != Points::AtUrl && !cited.contains(&was.label()) => gone.push(was),
                    Place::Replaced | Place::Gone => {}
                }
            }
            found.extend(self.of_gone(&pair, &gone));
        }
        found
    }

    fn pairs(&self) -> Vec<Pair<'_>> {
        let (now, before) = (spoken(&self.head.books), spoken(&self.base.books));
        let is_met = |entry: &Attestation| entry.status.value == Status::Met;
        let mut pairs: BTreeMap<(Span, Span), Pair<'_>> = BTreeMap::new();
        for (unit, (was, _)) in before.into_iter().filter(|(_, (was, _))| is_met(was)) {
            let Some((is, _)) = now.get(unit).filter(|(is, _)| is_met(is)) else { continue };
            let key = (was.status.span, is.status.span);
            pairs.entry(key).or_insert_with(|| Pair { was, now: is, beside: Vec::new(), units: Vec::new() }).units.push(unit);
        }
        let both: Vec<(Span, &Attestation)> = pairs.iter().map(|((was, _), pair)| (*was, pair.now)).collect();
        for ((was, _), pair) in &mut pairs {
            pair.beside = both.iter().filter(|(of, _)| of == was).map(|(_, now)| *now).collect();
        }
        pairs.into_values().collect()
    }

    /// What stands in the place of each piece of the base's attestation, in its order.
    fn places<'p>(&self, pair: &Pair<'p>) -> Vec<Place<'p>> {
        let labels: BTreeSet<String> = pair.was.evidence.iter().map(Evidence::label).collect();
        let mut same: BTreeMap<String, Vec<&Evidence>> = BTreeMap::new();
        let mut free: Vec<&Evidence> = Vec::new();
        let own: BTreeSet<String> = pair.now.evidence.iter().map(Evidence::label).collect();
        free.extend(pair.now.evidence.iter().filter(|piece| !labels.contains(&piece.label())));
        for piece in pair.beside.iter().flat_map(|entry| &entry.evidence) {
            if let Some(label) = labels.get(&piece.label()).filter(|label| own.contains(*label)) {
                same.entry(label.clone()).or_default().push(piece);
            }
        }
        let mut places: Vec<Option<Place<'_>>> = Vec::new();
        for was in &pair.was.evidence {
            places.push(match same.get(&was.label()) {
                Some(pieces) => Some(Place::Taken(pieces.clone())),
                None => {
                    let moved = free.iter().position(|piece| piece.kind.value == was.kind.value);
                    moved.map(|at| Place::Taken(vec![free.remove(at)]))
                }
            });
        }
        let open = places.into_iter().zip(&pair.was.evidence);
        let settle = |(place, was): (Option<Place<'p>>, &Evidence)| {
            place.unwrap_or_else(|| match free.iter().position(|piece| self.counts_as_much(pair, piece.kind.value, was.kind.value)) {
                Some(at) => {
                    free.remove(at);
                    Place::Replaced
                }
                None => Place::Gone,
            })
        };
        open.map(settle).collect()
    }

    /// Whether the one kind can lift each of the units as far as the other.
    fn counts_as_much(&self, pair: &Pair<'_>, one: &'static KindEntry, other: &'static KindEntry) -> bool {
        let lifts = |unit: &Unit, kind: &'static KindEntry| match unit.verified_by.contains(&kind) {
            true => Assurance::Verified,
            false if unit.evidenced_by.contains(&kind) => Assurance::Evidenced,
            false => Assurance::Asserted,
        };
        pair.units.iter().filter_map(|unit| self.head.unit(unit)).all(|unit| lifts(unit, one) >= lifts(unit, other))
    }

    fn of_piece(&self, pair: &Pair<'_>, was: &Evidence, now: &[&Evidence]) -> Vec<Finding> {
        let Some(first) = now.first() else { return Vec::new() };
        let lost = DEMANDS.iter().filter(|demand| demand.is_about(was));
        let told = lost.filter_map(|demand| {
            let less = (demand.less)(demand.key, was, now)?;
            let (at, before) = (written(first, demand.key).unwrap_or(first.span), written(was, demand.key).unwrap_or(was.span));
            let what = format!("{}, cited for {}: {}", first.label(), some_ids(&pair.units), less.what);
            let key = format!("evidence {} {} {}", first.label(), demand.key, names(&pair.units));
            Some(self.told_at(less.level, at, what, before, key))
        });
        told.collect()
    }

    fn of_gone(&self, pair: &Pair<'_>, gone: &[&Evidence]) -> Option<Finding> {
        let at = pair.now.status.span;
        let before = gone.first()?.span;
        let labels: Vec<String> = gone.iter().map(|piece| piece.label()).collect();
        let verb = if labels.len() == 1 { "is" } else { "are" };
        let what = format!(
            "{} {verb} cited no more for {}, and nothing that counts as much is in its place",
            labels.join(", "),
            some_ids(&pair.units)
        );
        Some(self.told(at, what, before, format!("evidence {} {}", labels.join(" "), names(&pair.units))))
    }
}
