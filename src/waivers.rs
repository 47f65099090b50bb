//! Applies waivers: a gap under a waiver in date is accepted, and the outcome it would have had is kept.

use crate::assess::{Assessment, Outcome};
use crate::clock::Today;
use crate::model::attestation::Waiver;
use crate::model::outcome::OutcomeName;
use crate::model::overlay::WaiverLimits;

/// What became of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaiverUse {
    /// It accepts at least one gap.
    Used,
    /// It is in date and there is nothing for it to accept.
    Unused,
    /// Its last day has passed.
    Expired,
    /// It runs for longer than a waiver may.
    TooLong,
    /// An overlay lets nobody waive anything that it names.
    Refused,
}

/// Applies the waivers; one that is expired or too long does nothing, so the gap under it speaks for itself.
pub fn waive<'s>(
    assessments: &mut [Assessment<'_, 's>],
    waivers: &'s [Waiver],
    organisation: Option<bool>,
    limits: &WaiverLimits,
    today: Today,
) -> Vec<WaiverUse> {
    let mut uses = Vec::with_capacity(waivers.len());
    for waiver in waivers {
        let mut used = standing(waiver, limits, today);
        if used != WaiverUse::Unused {
            uses.push(used);
            continue;
        }
        for found in assessments.iter_mut() {
            let own = organisation.is_none_or(|wanted| found.decision.policy.applies_to.organisation == wanted);
            let unit = &found.decision.unit.id;
            let covered = own && !limits.never.contains_key(unit) && waiver.units.iter().any(|covered| covered.unit == *unit);
            let last_day = waiver.expires.value;
            let (instead, until) = match &found.outcome {
                Outcome::Gap(name) => (*name, last_day),
                Outcome::Unanswered { .. } => (OutcomeName::Unanswered, last_day),
                Outcome::Waived { instead, until } => (*instead, last_day.max(*until)),
                Outcome::Excluded { .. } | Outcome::Met(_) => continue,
            };
            if covered {
                if until == last_day {
                    found.waiver = Some(waiver);
                }
                found.outcome = Outcome::Waived { instead, until };
                used = WaiverUse::Used;
            }
        }
        uses.push(used);
    }
    uses
}

/// What the dates and the bounds say of a waiver: expired, too long, refused, or so far unused.
fn standing(waiver: &Waiver, limits: &WaiverLimits, today: Today) -> WaiverUse {
    match today.days_until(waiver.expires.value) {
        ..0 => WaiverUse::Expired,
        days if days > limits.days => WaiverUse::TooLong,
        _ if waiver.units.iter().all(|covered| limits.never.contains_key(&covered.unit)) => WaiverUse::Refused,
        _ => WaiverUse::Unused,
    }
}

/// The units that the waivers in date name.
pub fn in_force<'w>(waivers: &'w [Waiver], limits: &'w WaiverLimits, today: Today) -> impl Iterator<Item = &'w str> {
    let holding = waivers.iter().filter(move |waiver| standing(waiver, limits, today) == WaiverUse::Unused);
    let units = holding.flat_map(|waiver| waiver.units.iter().map(|covered| covered.unit.as_str()));
    units.filter(|unit| !limits.never.contains_key(*unit))
}
