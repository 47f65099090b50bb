//! What the codes say of the units that findings name: their official words, and how sure we are of them.

use std::collections::HashMap;

use super::words::{count, list};
use super::{ProductReport, UnitReport};
use crate::finding::Finding;
use crate::model::outcome::OutcomeName;
use crate::model::policy::{Confidence, Policy, Provision, Unit};

/// The judged units of one product by id, and the provisions that have claims.
pub(in crate::report) struct Units<'r> {
    product: &'r ProductReport<'r>,
    units: HashMap<&'r str, &'r UnitReport<'r>>,
    provisions: HashMap<&'r str, &'r Provision>,
}

/// The words of a unit or of a principle with claims.
pub(in crate::report) struct Subject<'r> {
    /// Its title.
    pub(in crate::report) title: &'r str,
    /// What to do first.
    pub(in crate::report) provision: &'r Provision,
    /// The unit; none where the whole principle is meant.
    pub(in crate::report) unit: Option<&'r Unit>,
    /// How sure we are.
    pub(in crate::report) confidence: Confidence,
}

impl<'r> Units<'r> {
    /// Indexes a product's report.
    pub(in crate::report) fn new(product: &'r ProductReport<'r>) -> Self {
        let units = product.assessments.iter().map(|found| (found.unit.id.as_str(), found)).collect();
        let provisions = product.assessments.iter().map(|found| (found.provision.id.as_str(), found.provision)).collect();
        Self { product, units, provisions }
    }

    /// What an id names; none for the gate's own findings.
    pub(in crate::report) fn subject(&self, id: &str) -> Option<Subject<'r>> {
        if let Some(found) = self.units.get(id) {
            let unit = found.unit;
            return Some(Subject { title: &unit.title, provision: found.provision, unit: Some(unit), confidence: unit.confidence });
        }
        let provision = *self.provisions.get(id)?;
        Some(Subject { title: &provision.title, provision, unit: None, confidence: provision.confidence })
    }

    /// The policy that an id belongs to.
    pub(in crate::report) fn policy(&self, id: &str) -> Option<&'r Policy> {
        let code = id.split_once('/').map_or(id, |(code, _)| code);
        self.product.codes.iter().map(|code| code.policy).find(|policy| policy.code == code)
    }

    /// The units of a code.
    pub(in crate::report) fn of_code(&self, code: &str) -> impl Iterator<Item = &'r UnitReport<'r>> + use<'r> {
        let code = code.to_owned();
        self.product.assessments.iter().filter(move |found| found.unit.id.split_once('/').is_some_and(|(own, _)| own == code))
    }

    /// A finding's message without the unit's title and outcome, which [`Finding`] puts before it.
    pub(in crate::report) fn reason(&self, finding: &'r Finding) -> &'r str {
        let whole = finding.message.as_str();
        let Some((outcome, subject)) = finding.outcome.zip(self.subject(&finding.id)) else { return whole };
        let rest = whole.strip_prefix(subject.title.trim_end_matches('.'));
        let rest = rest.and_then(|rest| rest.strip_prefix(" (")).and_then(|rest| rest.strip_prefix(outcome.name()));
        rest.and_then(|rest| rest.strip_prefix("): ")).unwrap_or(whole)
    }

    /// Whether an id names a principle with claims.
    pub(in crate::report) fn is_principle(&self, id: &str) -> bool {
        self.subject(id).is_some_and(|subject| subject.unit.is_none())
    }

    /// How many claims of a principle, or provisions, a finding that something is missing stands for.
    pub(in crate::report) fn open(&self, finding: &Finding) -> usize {
        if !self.is_principle(&finding.id) {
            return 1;
        }
        let open = |found: &&UnitReport<'_>| found.provision.id == finding.id && found.outcome == OutcomeName::Missing;
        self.product.assessments.iter().filter(open).count()
    }

    /// The code's own words around a unit: the principle that a claim shows, or the heading that a provision stands under.
    pub(in crate::report) fn official_words(&self, id: &str) -> Option<String> {
        let subject = self.subject(id)?;
        let policy = self.policy(id)?;
        let provision = subject.provision;
        let own = |id: &'r str| id.split_once('/').map_or(id, |(_, own)| own);
        let source =
            Some(&provision.source).filter(|source| **source != policy.source).map(|source| format!(" <{source}>")).unwrap_or_default();
        if let Some(unit) = subject.unit.filter(|unit| unit.id != provision.id) {
            return Some(format!("{} is a claim of principle {}: {}{source}", own(&unit.id), own(&provision.id), provision.title));
        }
        let heading = policy.headings.iter().find(|heading| heading.id == provision.heading)?;
        Some(format!("{} stands under \u{201c}{}\u{201d}{source}", own(&provision.id), heading.title))
    }
}

/// What a reader must know of a requirement that was not read in the official text.
pub(in crate::report) fn caution(confidence: Confidence) -> Option<&'static str> {
    match confidence {
        Confidence::Official => None,
        Confidence::Secondary => Some("secondary: taken from agreeing secondary sources, not from the official text"),
        Confidence::Recalled => Some("recalled: from memory, not checked against the official text, and therefore never above a note"),
    }
}

/// `45 claims of 14 principles`, `72 provisions`.
pub(in crate::report) fn extent(policy: &Policy) -> String {
    let added = policy.provisions.iter().filter(|provision| provision.origin.is_some() && !policy.is_own());
    let (added, units) = added.fold((0, 0), |(added, units), provision| (added + 1, units + provision.units.len()));
    let own = match has_claims(policy) {
        true => format!("{} of {}", count(policy.units.len() - units, "claim"), count(policy.provisions.len() - added, "principle")),
        false => count(policy.units.len() - units, "provision"),
    };
    if added == 0 { own } else { format!("{own}, {added} more by overlay") }
}

/// Whether a code has claims.
pub(in crate::report) fn has_claims(policy: &Policy) -> bool {
    policy.units.iter().any(|unit| unit.provable.is_some())
}

/// What a code's judged units are called.
pub(in crate::report) fn noun(policy: &Policy) -> &'static str {
    if has_claims(policy) { "claim" } else { "provision" }
}

/// What is worded or numbered by us, for readers who quote the code.
pub(in crate::report) fn whose_words(policy: &Policy) -> Option<String> {
    if policy.is_own() {
        return Some(format!("{} is no published code: an overlay has it", policy.code));
    }
    let published = || policy.provisions.iter().filter(|provision| provision.origin.is_none());
    let ours = |official: fn(&Provision) -> bool| published().filter(|provision| !official(provision)).count();
    let all = published().count();
    let part = |number: usize, what: &str| match number {
        0 => None,
        _ if number == all => Some(format!("the {what}")),
        _ => Some(format!("{number} of the {all} {what}")),
    };
    let titles = part(ours(|provision| provision.title_official), "titles");
    let numbers = part(ours(|provision| provision.id_official), "numbers");
    let claims = has_claims(policy).then(|| "the claims' wording".to_owned());
    let parts: Vec<String> = [titles, numbers, claims].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("in our words, not the code's: {}", list(&parts)))
}
