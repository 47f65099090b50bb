//! `portcullis/worse-than-base`: what gets worse with no finding of its own: met on less, waived for a graver gap, or contradicted
//! by more than it was.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Weakening, names, spoken};
use crate::finding::Finding;
use crate::model::attestation::{Attestations, Waiver};
use crate::model::outcome::{Assurance, Level, OutcomeName};
use crate::source::Span;
use crate::text::some_ids;

const ID: &str = "portcullis/worse-than-base";

/// What contradicts a unit that did not before, and whether a waiver accepts that something does.
type Objections<'u> = (Vec<&'u str>, bool);

/// Units of which the same is told.
#[derive(Default)]
struct Units<'u> {
    /// Where the base speaks of them.
    before: Option<Span>,
    ids: Vec<&'u str>,
}

impl Weakening<'_> {
    /// Units that are met on less than at the base, and those that a waiver covers for a graver gap.
    pub fn of_standings(&self) -> Vec<Finding> {
        let mut found = self.of_fallen();
        found.extend(self.of_waived());
        found.extend(self.of_contradicted());
        found.extend(self.of_revived());
        found
    }

    /// Waivers that the base has, where they do nothing because they run for too long, and that hold now that they end sooner.
    fn of_revived(&self) -> Vec<Finding> {
        let (now, before) = (waived(&self.head.books), waived(&self.base.books));
        let (ends, ended) = (last_days(&self.head.books), last_days(&self.base.books));
        let mut revived: BTreeMap<(Span, Span), Vec<&str>> = BTreeMap::new();
        for (unit, was) in &self.base.standings {
            let holds = self.head.standings.get(unit).is_some_and(|is| is.waived);
            let is_gap = !was.waived && !matches!(was.outcome, OutcomeName::Met | OutcomeName::Excluded);
            let sooner = ends.get(unit.as_str()) <= ended.get(unit.as_str());
            if let (true, Some((at, was))) = (holds && is_gap && sooner, now.get(unit.as_str()).zip(before.get(unit.as_str()))) {
                revived.entry((*at, *was)).or_default().push(unit);
            }
        }
        let told = revived.into_iter().map(|((at, was), units)| {
            let what = format!("a waiver for {} takes effect, which did nothing", some_ids(&units));
            self.told(at, what, Some(was), format!("revived {}", names(&units)))
        });
        told.collect()
    }

    /// One finding for all units that the same things contradict. It is an error where no waiver accepts that there are some.
    fn of_contradicted(&self) -> Vec<Finding> {
        let now = spoken(&self.head.books);
        let mut further: BTreeMap<Objections<'_>, (Span, Vec<&str>)> = BTreeMap::new();
        for (unit, was) in &self.base.standings {
            let Some(is) = self.head.standings.get(unit) else { continue };
            let (objections, Some((entry, _))) = (is.further_objections(was), now.get(unit.as_str())) else { continue };
            if !objections.is_empty() {
                further.entry((objections, is.waived)).or_insert_with(|| (entry.status.span, Vec::new())).1.push(unit);
            }
        }
        let told = further.into_iter().filter_map(|((objections, waived), (at, units))| {
            let (first, others) = objections.split_first()?;
            let more = if others.is_empty() { String::new() } else { format!("; and {} more", others.len()) };
            let under = if waived { ", under a waiver" } else { "" };
            let message = format!("the change adds to what contradicts {}{under}: {first}{more}", some_ids(&units));
            let remedy = "undo what the change adds; what contradicted it before is no licence for more";
            let level = if waived { Level::Warning } else { Level::Error };
            Some(Finding::own(ID, message, remedy, at, format!("contradicted {}", names(&units))).level(level))
        });
        told.collect()
    }

    fn of_fallen(&self) -> Vec<Finding> {
        let (now, before) = (spoken(&self.head.books), spoken(&self.base.books));
        let mut fallen: BTreeMap<(Span, Assurance, Assurance), Units<'_>> = BTreeMap::new();
        for (unit, was) in &self.base.standings {
            let Some((was, is)) = self.head.standings.get(unit).and_then(|is| is.fallen_from(was)) else { continue };
            let Some((entry, _)) = now.get(unit.as_str()) else { continue };
            let told = fallen.entry((entry.status.span, was, is)).or_default();
            told.before = told.before.or(before.get(unit.as_str()).map(|(entry, _)| entry.status.span));
            told.ids.push(unit);
        }
        let told = fallen.into_iter().map(|((at, was, is), Units { before, ids: units })| {
            let verb = if units.len() == 1 { "is" } else { "are" };
            let message = format!("{} {verb} only {is} now, {}", some_ids(&units), self.where_it_was(was.name(), before));
            let remedy = "see what the change did to the evidence, and cite what shows as much as before; what is accepted needs no more than that a reviewer saw it";
            Finding::own(ID, message, remedy, at, format!("assurance {is} {}", names(&units)))
        });
        told.collect()
    }

    fn of_waived(&self) -> Vec<Finding> {
        let (now, before) = (waived(&self.head.books), waived(&self.base.books));
        let mut graver: BTreeMap<(Span, OutcomeName, OutcomeName), Units<'_>> = BTreeMap::new();
        for (unit, was) in &self.base.standings {
            let Some(is) = self.head.standings.get(unit).filter(|is| is.is_waived_for_worse_than(was)) else { continue };
            // A waiver that the change adds is told as such.
            let Some((at, before)) = now.get(unit.as_str()).zip(before.get(unit.as_str())) else { continue };
            let told = graver.entry((*at, was.outcome, is.outcome)).or_default();
            told.before = told.before.or(Some(*before));
            told.ids.push(unit);
        }
        let told = graver.into_iter().map(|((at, was, is), Units { before, ids: units })| {
            let message = format!(
                "the waiver for {} covers a graver gap than it did: {is} now, {}",
                some_ids(&units),
                self.where_it_was(was.name(), before)
            );
            let remedy = "close the gap, or have whoever approved the waiver say that it is meant to cover this too";
            Finding::own(ID, message, remedy, at, format!("waived {is} {}", names(&units)))
        });
        told.collect()
    }

    fn where_it_was(&self, was: &str, before: Option<Span>) -> String {
        let place = before.map(|span| format!(" ({})", (self.place)(span))).unwrap_or_default();
        format!("where it was {was} at the base{place}")
    }
}

/// The last day on which a waiver of each unit ends.
fn last_days<'b>(books: &[&'b Attestations]) -> BTreeMap<&'b str, Date> {
    let mut days: BTreeMap<&str, Date> = BTreeMap::new();
    for waiver in books.iter().flat_map(|book| &book.waivers) {
        for covered in &waiver.units {
            let known = days.entry(&covered.unit).or_insert(waiver.expires.value);
            *known = (*known).max(waiver.expires.value);
        }
    }
    days
}

/// Where a waiver names each unit: the one that runs longest.
fn waived<'b>(books: &[&'b Attestations]) -> BTreeMap<&'b str, Span> {
    let mut all: Vec<&Waiver> = books.iter().flat_map(|book| &book.waivers).collect();
    all.sort_by_key(|waiver| waiver.expires.value);
    all.into_iter().flat_map(|waiver| &waiver.units).map(|covered| (covered.unit.as_str(), covered.span)).collect()
}
