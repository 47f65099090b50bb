//! A code of practice in one edition: headings, provisions, and the units that are judged.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::declaration::{ProductType, Role};
use super::kind::KindEntry;
use super::named;
use super::outcome::Assurance;
use super::overlay::{Alteration, Origin};

named! {
    /// A provision's own verb.
    Strength {
        /// A possibility.
        May = "may",
        /// A recommendation.
        Should = "should",
        /// A requirement.
        Shall = "shall",
    }
}

named! {
    /// How sure we are that the requirement stands as the policy says.
    Confidence {
        /// From memory; never above a note.
        Recalled = "recalled",
        /// From agreeing secondary sources.
        Secondary = "secondary",
        /// From the official text or a faithful copy of it.
        Official = "official",
    }
}

named! {
    /// How far a repository can show that a claim holds.
    Provable {
        /// The thing itself can be recomputed or cross-checked.
        Content = "content",
        /// Presence, form, freshness and consistency can be checked; truth cannot.
        Corroborate = "corroborate",
        /// Only a document can be checked.
        Document = "document",
        /// It lives outside the repository.
        External = "external",
    }
}

named! {
    /// What kind of text a code is.
    Status {
        /// A voluntary code.
        Voluntary = "voluntary",
        /// Law.
        Law = "law",
        /// A certification scheme.
        Scheme = "scheme",
    }
}

/// The answer that a condition gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not; the trait that says so, and that trait's answer.
    False(String, bool),
    /// These traits are unanswered.
    Unknown(Vec<String>),
}

/// A condition on traits. Every part that is not empty must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// All of these are true.
    pub all: Vec<String>,
    /// At least one of these is true.
    pub any: Vec<String>,
    /// None of these is true.
    pub not: Vec<String>,
}

impl Condition {
    /// Whether the condition asks nothing.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty() && self.not.is_empty()
    }

    /// Three-valued: a trait that decides wins over one that is unanswered.
    pub fn judge(&self, answer: impl Fn(&str) -> Option<bool>) -> Truth {
        let wanted = self.all.iter().map(|id| (id, true)).chain(self.not.iter().map(|id| (id, false)));
        let mut unknown = Vec::new();
        for (id, want) in wanted {
            match answer(id) {
                Some(got) if got != want => return Truth::False(id.clone(), got),
                Some(_) => {}
                None => unknown.push(id.clone()),
            }
        }
        if !self.any.is_empty() && !self.any.iter().any(|id| answer(id) == Some(true)) {
            let open: Vec<_> = self.any.iter().filter(|id| answer(id).is_none()).cloned().collect();
            match (open.is_empty(), self.any.first()) {
                (true, Some(first)) => return Truth::False(first.clone(), false),
                _ => unknown.extend(open),
            }
        }
        if unknown.is_empty() { Truth::True } else { Truth::Unknown(unknown) }
    }

    /// Every trait that the condition names.
    pub fn traits(&self) -> impl Iterator<Item = &String> {
        self.all.iter().chain(&self.any).chain(&self.not)
    }

    /// In words, for people.
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        if !self.all.is_empty() {
            parts.push(self.all.join(" and "));
        }
        if !self.any.is_empty() {
            parts.push(format!("any of {}", self.any.join(", ")));
        }
        if !self.not.is_empty() {
            parts.push(format!("not {}", self.not.join(" and not ")));
        }
        parts.join("; ")
    }
}

/// A question that a condition may ask (`policies/traits.toml`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trait {
    /// Its name in `[product.traits]`.
    pub id: String,
    /// Answerable by yes or no.
    pub question: String,
    /// What hangs on the answer.
    pub why: String,
}

/// What selects a code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppliesTo {
    /// By declared product type.
    pub types: Vec<ProductType>,
    /// By `[organisation] codes`.
    pub organisation: bool,
    /// Only where this holds.
    pub when: Condition,
}

/// A theme, principle, guideline or section of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its id within the code.
    pub id: String,
    /// Its official title.
    pub title: String,
    /// The heading it stands under.
    pub parent: Option<String>,
    /// In our own words.
    pub summary: Option<String>,
}

/// A requirement with an id of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    /// `code/id`.
    pub id: String,
    /// Its title, official unless `title_official` is false.
    pub title: String,
    /// Whether the title is the code's.
    pub title_official: bool,
    /// Whether the id is the code's.
    pub id_official: bool,
    /// The id of its heading.
    pub heading: String,
    /// Its verb.
    pub strength: Strength,
    /// The roles it binds; empty for an organisation's code.
    pub actors: Vec<Role>,
    /// Its own condition.
    pub when: Condition,
    /// What it asks.
    pub summary: String,
    /// What to do first.
    pub remedy: String,
    /// The official text's address.
    pub source: String,
    /// Other frameworks' ids.
    pub related: Vec<String>,
    /// How sure we are.
    pub confidence: Confidence,
    /// A caution.
    pub note: Option<String>,
    /// Other ids that mean it.
    pub aliases: Vec<String>,
    /// Its claims, or itself: indices into [`Policy::units`].
    pub units: std::ops::Range<usize>,
    /// The overlay that added it, where no published code has it.
    pub origin: Option<Origin>,
}

/// What gets exactly one outcome: a claim, or a provision of a code that has no claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// `code/id`.
    pub id: String,
    /// Other ids that mean it, without the code.
    pub aliases: Vec<String>,
    /// The provision it belongs to, or is: an index into [`Policy::provisions`].
    pub provision: usize,
    /// A short name.
    pub title: String,
    /// What it asks.
    pub summary: String,
    /// What to do first.
    pub remedy: String,
    /// The provision's verb.
    pub strength: Strength,
    /// Conditions of the provision and of the claim; all must hold.
    pub conditions: Vec<Condition>,
    /// Kinds that lift it to evidenced.
    pub evidenced_by: Vec<&'static KindEntry>,
    /// Kinds whose content check lifts it to verified.
    pub verified_by: Vec<&'static KindEntry>,
    /// Probes that bear on it.
    pub probes: Vec<String>,
    /// How far a repository can show it; none for a code without claims.
    pub provable: Option<Provable>,
    /// How sure we are.
    pub confidence: Confidence,
    /// Reviews older than this are stale, whatever the gate says.
    pub max_age_days: Option<i32>,
    /// The notice of the end of support that it asks for, in calendar months.
    pub notice_months: Option<i32>,
    /// The least assurance that counts as met, in place of the gate's.
    pub assurance: Option<Assurance>,
    /// The least assurance that counts as met, whatever else is asked.
    pub at_least: Option<Assurance>,
    /// Kinds of which one piece each must be cited and hold.
    pub requires: Vec<&'static KindEntry>,
    /// What overlays changed in it.
    pub altered: Vec<Alteration>,
    /// The provision asks for a recorded reason for each recommendation not followed.
    pub recorded_reasons: bool,
    /// Other frameworks' ids.
    pub related: Vec<String>,
    /// A caution.
    pub note: Option<String>,
}

impl Unit {
    /// The items of extra information (IXIT) that its test asks for, as ETSI TS 103 701 names them: `1-AuthMech`.
    pub fn ixit_items(&self) -> impl Iterator<Item = &str> {
        self.related.iter().filter_map(|id| id.strip_prefix("ixit/"))
    }
}

/// One edition of one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// e.g. `software-security`.
    pub code: String,
    /// Other names of the code.
    pub aliases: Vec<String>,
    /// e.g. `2025-05`.
    pub edition: String,
    /// The published title.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// When.
    pub published: Date,
    /// The official text's address.
    pub source: String,
    /// Under which licence the names are quoted.
    pub licence: String,
    /// Voluntary, law or scheme.
    pub status: Status,
    /// What selects it.
    pub applies_to: AppliesTo,
    /// Roles for which it is advice.
    pub advisory_actors: Vec<Role>,
    /// Whether only a conditional provision may be attested not-applicable.
    pub exclusion_needs_condition: bool,
    /// What could not be checked.
    pub unverified: Vec<String>,
    /// The code's own grouping, in published order.
    pub headings: Vec<Heading>,
    /// In published order.
    pub provisions: Vec<Provision>,
    /// In published order.
    pub units: Vec<Unit>,
    /// Of the file's bytes, in lower-case hex.
    pub sha256: String,
}

impl Provision {
    /// That no published code has it, in words; empty for one that a code has.
    pub fn origin_words(&self) -> String {
        let words = |origin: &Origin| format!("added by the overlay {} ({}); no published code has it", origin.overlay, origin.title);
        self.origin.as_ref().map(words).unwrap_or_default()
    }
}

impl Unit {
    /// What overlays changed in it, in words; empty where nothing is.
    pub fn altered_words(&self) -> String {
        let words = self.altered.iter().map(|one| format!("{} (overlay {})", one.words(), one.overlay));
        words.collect::<Vec<_>>().join("; ")
    }

    /// The least assurance that counts as met, where the gate asks for this much.
    pub fn asks(&self, gate: Assurance) -> Assurance {
        let own = self.assurance.unwrap_or(gate);
        self.at_least.map_or(own, |least| least.max(own))
    }
}

impl Policy {
    /// Whether every provision of it comes from an overlay.
    pub fn is_own(&self) -> bool {
        self.provisions.iter().all(|provision| provision.origin.is_some())
    }

    /// A provision's units.
    pub fn units_of<'a>(&'a self, provision: &Provision) -> &'a [Unit] {
        self.units.get(provision.units.clone()).unwrap_or_default()
    }

    /// The provision that a unit belongs to or is.
    pub fn provision_of(&self, unit: &Unit) -> Option<&Provision> {
        self.provisions.get(unit.provision)
    }

    /// Every name that an attestation may use, without the code, with the indices of the units it means.
    pub fn names(&self) -> BTreeMap<&str, Vec<usize>> {
        let mut names: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let prefix = self.code.len() + 1;
        for provision in &self.provisions {
            let own = provision.id.get(prefix..).unwrap_or_default();
            for name in std::iter::once(own).chain(provision.aliases.iter().map(String::as_str)) {
                names.entry(name).or_default().extend(provision.units.clone());
            }
        }
        for (index, unit) in self.units.iter().enumerate() {
            let own = unit.id.get(prefix..).unwrap_or_default();
            for name in std::iter::once(own).chain(unit.aliases.iter().map(String::as_str)) {
                let indices = names.entry(name).or_default();
                if !indices.contains(&index) {
                    indices.push(index);
                }
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(all: &[&str], any: &[&str], not: &[&str]) -> Condition {
        let own = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Condition { all: own(all), any: own(any), not: own(not) }
    }

    #[test]
    fn a_deciding_trait_wins_over_an_unanswered_one() {
        let both = condition(&["a", "b"], &[], &[]);
        assert_eq!(both.judge(|id| (id == "b").then_some(false)), Truth::False("b".into(), false));
        assert_eq!(both.judge(|id| (id == "b").then_some(true)), Truth::Unknown(vec!["a".into()]));
        let any = condition(&[], &["a", "b"], &[]);
        assert_eq!(any.judge(|id| (id == "a").then_some(true)), Truth::True);
        assert_eq!(any.judge(|_| Some(false)), Truth::False("a".into(), false));
        assert_eq!(any.judge(|id| (id == "a").then_some(false)), Truth::Unknown(vec!["b".into()]));
    }

    #[test]
    fn not_holds_only_when_answered_no() {
        let not = condition(&[], &[], &["a"]);
        assert_eq!(not.judge(|_| None), Truth::Unknown(vec!["a".into()]));
        assert_eq!(not.judge(|_| Some(true)), Truth::False("a".into(), true));
        assert_eq!(not.judge(|_| Some(false)), Truth::True);
    }
}
