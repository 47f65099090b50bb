//! An organisation's overlay: what it adds to the codes, and what it asks beyond them.
//!
//! Between overlays the strictest word holds, in whatever order they are given; what lowers the codes' own bar is kept with
//! its place, so that every report can tell it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::declaration::Gate;
use super::kind::KindEntry;
use super::outcome::{Assurance, Level};
use super::policy::{Policy, Strength};
use crate::limits;
use crate::source::{Located, Span};

/// Settings of the gate that a declaration may exceed and not fall below.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Floors {
    /// The gate closes at this level at the latest.
    pub fail_on: Option<Located<Level>>,
    /// At least this much counts as met.
    pub assurance: Option<Located<Assurance>>,
    /// Reviews older than this are stale.
    pub max_age_days: Option<Located<i32>>,
}

/// Bounds on waivers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaiverRules {
    /// Longest life from the day of the check, in days.
    pub max_days: Option<Located<i32>>,
    /// Units that nobody may waive, each with the place that says so.
    pub never: BTreeMap<String, Span>,
}

/// What an overlay asks of provisions that stand already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The provisions that it names whole: `code/id`.
    pub provisions: BTreeSet<String>,
    /// Every unit that it speaks of: `code/id`.
    pub units: BTreeSet<String>,
    /// The verb in place of the code's.
    pub strength: Option<Located<Strength>>,
    /// The least assurance, in place of the gate's.
    pub assurance: Option<Located<Assurance>>,
    /// Reviews older than this are stale, in place of the code's own bound.
    pub max_age_days: Option<Located<i32>>,
    /// Kinds of which one piece each must be cited and hold.
    pub require: Vec<Located<&'static KindEntry>>,
    /// Kinds that lift it to evidenced, in place of the code's.
    pub evidenced_by: Option<Located<Vec<&'static KindEntry>>>,
    /// Kinds that lift it to verified, in place of the code's.
    pub verified_by: Option<Located<Vec<&'static KindEntry>>>,
    /// Where it stands.
    pub span: Span,
}

/// One overlay file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// The organisation's short name, with which its ids begin.
    pub name: String,
    /// What it is.
    pub title: String,
    /// Whose it is.
    pub publisher: String,
    /// From the git repository's root; of a file outside of it, as it was named, without the folders of an absolute path.
    pub path: String,
    /// Of the file's bytes, in lower-case hex.
    pub sha256: String,
    /// It lies outside of the tree under test, where a change to the repository cannot reach it.
    pub outside: bool,
    /// It lies in the work tree and git does not track it.
    pub untracked: bool,
    /// Floors of the gate's settings.
    pub floors: Floors,
    /// Bounds on waivers.
    pub waivers: WaiverRules,
    /// Public keys by name.
    pub keys: BTreeMap<String, Located<String>>,
    /// What it asks of provisions that stand already.
    pub changes: Vec<Change>,
    /// Codes of its own.
    pub codes: Vec<Policy>,
    /// What it adds to other codes: each holds nothing but the added headings, provisions and units.
    pub additions: Vec<Policy>,
    /// Its first line.
    pub span: Span,
}

/// Where a provision comes from that no published code has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The overlay's name.
    pub overlay: String,
    /// Its title.
    pub title: String,
    /// Where the provision stands in it.
    pub span: Span,
}

/// What an overlay changed in a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alteration {
    /// The overlay's name.
    pub overlay: String,
    /// The key of the change.
    pub key: &'static str,
    /// What the code says.
    pub was: String,
    /// What holds instead.
    pub now: String,
    /// It asks for less than the code does. Of `assurance` that is only known with the gate's setting.
    pub weaker: bool,
    /// Where the overlay says so.
    pub span: Span,
}

impl Alteration {
    /// In words: `strength should → shall`.
    pub fn words(&self) -> String {
        match self.was.is_empty() {
            true => format!("{} {}", self.key, self.now),
            false => format!("{} {} instead of {}", self.key, self.now, self.was),
        }
    }
}

/// The bounds on waivers that hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverLimits {
    /// Longest life from the day of the check, in days.
    pub days: i32,
    /// The overlay that sets it, if one does.
    pub days_by: Option<String>,
    /// Units that nobody may waive, each with the overlay that says so.
    pub never: BTreeMap<String, String>,
}

/// The overlays of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlays {
    /// Those in force.
    pub accepted: Vec<Rc<Overlay>>,
    /// Those of a change that is not accepted yet: what they add or tighten counts, what they loosen does not.
    pub proposed: Vec<Rc<Overlay>>,
}

impl Overlays {
    /// Overlays that are in force.
    pub fn accepted(list: Vec<Overlay>) -> Self {
        Self { accepted: list.into_iter().map(Rc::new).collect(), proposed: Vec::new() }
    }

    /// These, with those of a change that is not accepted yet; what is the same in both stands once.
    #[must_use]
    pub fn with_proposed(&self, change: &Self) -> Self {
        let new = |overlay: &&Rc<Overlay>| self.accepted.iter().all(|own| own.sha256 != overlay.sha256 || own.name != overlay.name);
        Self { accepted: self.accepted.clone(), proposed: change.accepted.iter().filter(new).cloned().collect() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.accepted.is_empty() && self.proposed.is_empty()
    }

    /// Every one.
    pub fn all(&self) -> impl Iterator<Item = &Overlay> {
        self.accepted.iter().chain(&self.proposed).map(Rc::as_ref)
    }

    /// The settings of the gate, at least at every floor.
    #[must_use]
    pub fn gate(&self, gate: &Gate) -> Gate {
        let mut gate = Gate { assurance: self.assurance(gate.assurance), ..gate.clone() };
        for floors in self.all().map(|overlay| &overlay.floors) {
            gate.fail_on = self::fail_on(gate.fail_on, floors);
            gate.max_age_days = floors.max_age_days.as_ref().map_or(gate.max_age_days, |floor| gate.max_age_days.min(floor.value));
        }
        gate
    }

    /// The level that closes the gate, at least at every floor; none is never.
    pub fn fail_on(&self, asked: Option<Level>) -> Option<Level> {
        self.all().fold(asked, |level, overlay| fail_on(level, &overlay.floors))
    }

    /// The least assurance that counts as met, at least at every floor.
    pub fn assurance(&self, asked: Assurance) -> Assurance {
        let floors = self.all().filter_map(|overlay| overlay.floors.assurance.as_ref());
        floors.fold(asked, |assurance, floor| assurance.max(floor.value))
    }

    /// The bounds on waivers: the shortest life, and everything that any overlay names.
    pub fn waiver_limits(&self) -> WaiverLimits {
        let mut limits = WaiverLimits { days: limits::WAIVER_DAYS, days_by: None, never: BTreeMap::new() };
        for overlay in self.all() {
            if let Some(days) = overlay.waivers.max_days.as_ref().filter(|days| days.value < limits.days) {
                limits.days = days.value;
                limits.days_by = Some(overlay.name.clone());
            }
            for unit in overlay.waivers.never.keys() {
                limits.never.entry(unit.clone()).or_insert_with(|| overlay.name.clone());
            }
        }
        limits
    }

    /// The keys of overlays that lie outside of the tree (`true`) or in it, by name.
    pub fn keys(&self, outside: bool) -> impl Iterator<Item = (&String, &Located<String>)> {
        self.accepted.iter().filter(move |overlay| overlay.outside == outside).flat_map(|overlay| &overlay.keys)
    }
}

fn fail_on(asked: Option<Level>, floors: &Floors) -> Option<Level> {
    let floor = floors.fail_on.as_ref().map(|floor| floor.value);
    match (asked, floor) {
        (Some(level), Some(floor)) => Some(level.min(floor)),
        (level, floor) => level.or(floor),
    }
}
