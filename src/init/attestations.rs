//! The text of the attestations: every provision once, under its code and heading, with what it asks and what would count.

use std::fmt::Write as _;

use jiff::civil::Date;
use toml::Value;

use super::comment::{comment, item};
use super::evidence::{Good, Shelf};
use super::plan::Decided;
use crate::applicability::{Applicability, Decision};
use crate::attest::{Keys, block, date};
use crate::evidence::verifier;
use crate::model::kind::KindEntry;
use crate::model::policy::{Policy, Provision, Unit};
use crate::text::one_line;

/// Longest account of what a piece lacks, in characters.
const LACKS_CHARS: usize = 240;

/// What can be told of one provision: its decisions, in the order of its units.
struct Row<'d, 'a> {
    provision: &'a Provision,
    decisions: Vec<&'d Decision<'a>>,
}

/// The whole text.
pub(super) fn write(decided: &Decided<'_>, shelf: &Shelf, owner: &str, today: Date) -> String {
    let mut out = comment(&format!(
        "Written by `portcullis init` on {today}: every provision that applies, once. Nothing is attested yet, and the gate stays closed \
         until it is."
    ));
    out.push_str(&comment(
        "For each: see what it asks (`portcullis explain ID`), say in `statement` what is done, cite what shows it, and set `status` to met, \
         partial, not-met or not-applicable (with the reason). `portcullis attest ID --status met --owner … --statement … --evidence KIND:PATH` \
         does it in place. What is cited below was found here and holds today; whether it shows what the provision asks is yours to judge.",
    ));
    out.push_str("version = 1\n");
    for code in &decided.selected {
        push_code(&mut out, code.policy, &code.reason, decided, shelf, owner, today);
    }
    out
}

fn rule(out: &mut String, text: &str) {
    out.push('\n');
    out.push_str("# ");
    out.push_str(&"=".repeat(116));
    out.push('\n');
    out.push_str(&comment(text));
    out.push_str("# ");
    out.push_str(&"=".repeat(116));
    out.push('\n');
}

fn push_code(out: &mut String, policy: &Policy, reason: &str, decided: &Decided<'_>, shelf: &Shelf, owner: &str, today: Date) {
    let mut rows: Vec<Row<'_, '_>> = Vec::new();
    for decision in decided.decisions.iter().filter(|decision| decision.policy.code == policy.code) {
        match rows.last_mut().filter(|row| row.provision.id == decision.provision.id) {
            Some(row) => row.decisions.push(decision),
            None => rows.push(Row { provision: decision.provision, decisions: vec![decision] }),
        }
    }
    let (shown, excluded): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| !row.is_excluded());
    rule(out, &format!("{} ({} {}, {}): {reason}", policy.title, policy.code, policy.edition, policy.publisher));
    let mut heading = "";
    for row in &shown {
        let own = row.provision.heading.as_str();
        if own != heading {
            heading = own;
            let title = policy.headings.iter().find(|known| known.id == own).map_or(own, |known| known.title.as_str());
            out.push('\n');
            out.push_str(&comment(&format!("---- {title}")));
        }
        row.push(out, shelf, owner, today);
    }
    if !excluded.is_empty() {
        out.push('\n');
        let ids: Vec<&str> = excluded.iter().map(|row| row.provision.id.as_str()).collect();
        out.push_str(&comment(&format!(
            "Not applicable by what the declaration says (`portcullis list --applicable` gives each reason): {}.",
            ids.join(", ")
        )));
    }
}

impl Row<'_, '_> {
    fn is_excluded(&self) -> bool {
        self.decisions.iter().all(|decision| matches!(decision.applicability, Applicability::Excluded(_)))
    }

    fn applies(&self) -> bool {
        self.decisions.iter().any(|decision| decision.applicability == Applicability::Applies)
    }

    /// Its units that are not excluded.
    fn units(&self) -> impl Iterator<Item = &Decision<'_>> {
        self.decisions.iter().copied().filter(|decision| !matches!(decision.applicability, Applicability::Excluded(_)))
    }

    fn push(&self, out: &mut String, shelf: &Shelf, owner: &str, today: Date) {
        let provision = self.provision;
        out.push('\n');
        out.push_str(&comment(&format!("{} ({}) {}", provision.id, self.strength(), provision.title)));
        out.push_str(&item(&format!("Asks: {}", provision.summary)));
        let claims: Vec<&str> =
            self.units().map(|decision| decision.unit).filter(|unit| unit.id != provision.id).map(|unit| local(&unit.id)).collect();
        if !claims.is_empty() {
            out.push_str(&item(&format!(
                "Judged claim by claim: {}. This entry speaks for all of them; one with an entry of its own speaks for itself.",
                claims.join(", ")
            )));
        }
        out.push_str(&item(&self.counts()));
        for poor in shelf.poor.iter().filter(|poor| self.takes(poor.kind)) {
            out.push_str(&item(&format!("There, but it does not hold yet ({}): {}", poor.kind.name, one_line(&poor.says(), LACKS_CHARS))));
        }
        let keys: Keys = vec![
            ("provision", Value::String(provision.id.clone())),
            ("status", Value::String("planned".into())),
            ("statement", Value::String(String::new())),
            ("owner", Value::String(owner.to_owned())),
            ("reviewed", date(today)),
        ];
        let mut text = block("attestation", &keys);
        for good in self.cited(shelf) {
            text.push('\n');
            let shown = self.shown_by(good.piece.kind).into_iter().map(local).collect::<Vec<_>>().join(", ");
            text.push_str(&comment(&format!("For {shown}: {}", one_line(&good.says, LACKS_CHARS))));
            text.push_str(&block("attestation.evidence", &good.piece.keys(good.pin.clone())));
        }
        if self.applies() {
            out.push_str(&text);
            return;
        }
        let asked = self.waits_for();
        out.push_str(&item(&format!(
            "Waits for {} in portcullis.toml. Once the answer makes it apply, take the marks off the lines below.",
            asked.join(", ")
        )));
        for line in text.lines() {
            let _ = writeln!(out, "{}", format!("# {line}").trim_end());
        }
    }

    fn strength(&self) -> String {
        let advisory = self.decisions.iter().all(|decision| decision.advisory);
        let strength = self.provision.strength;
        if advisory { format!("{strength}, here as advice") } else { strength.to_string() }
    }

    fn waits_for(&self) -> Vec<&str> {
        let mut asked: Vec<&str> = Vec::new();
        for decision in &self.decisions {
            let Applicability::Waits(ids) = &decision.applicability else { continue };
            asked.extend(ids.iter().map(String::as_str));
        }
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    /// The kinds that this version judges: those that can verify it, and those that can only be evidence.
    fn kinds(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let named = |of: &dyn Fn(&Unit) -> Vec<&'static KindEntry>| {
            let mut kinds: Vec<&'static str> = Vec::new();
            for kind in self.units().flat_map(|decision| of(decision.unit)).map(|kind| kind.name) {
                if verifier(kind).is_some() && !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            kinds
        };
        let verifying = named(&|unit| unit.verified_by.clone());
        let mut others = named(&|unit| unit.evidenced_by.clone());
        others.retain(|kind| !verifying.contains(kind));
        (verifying, others)
    }

    fn counts(&self) -> String {
        let (verifying, others) = self.kinds();
        match (verifying.is_empty(), others.is_empty()) {
            (true, true) => "Would count: nothing that this version can judge; a statement stays asserted.".to_owned(),
            (true, false) => format!("Would count: {}.", others.join(", ")),
            (false, true) => format!("Would count: {} (can verify it).", verifying.join(", ")),
            (false, false) => format!("Would count: {} (can verify it); {}.", verifying.join(", "), others.join(", ")),
        }
    }

    /// Whether a kind is proposed for it. A job that runs tests shows only what tests show.
    fn takes(&self, kind: &KindEntry) -> bool {
        let (verifying, others) = self.kinds();
        verifying.contains(&kind.name) || kind.name != "workflow" && others.contains(&kind.name)
    }

    /// The units that evidence of a kind counts for.
    fn shown_by(&self, kind: &KindEntry) -> Vec<&str> {
        let counts = |unit: &Unit| unit.verified_by.iter().chain(&unit.evidenced_by).any(|own| own.name == kind.name);
        self.units().map(|decision| decision.unit).filter(|unit| counts(unit)).map(|unit| unit.id.as_str()).collect()
    }

    fn cited<'s>(&self, shelf: &'s Shelf) -> impl Iterator<Item = &'s Good> {
        shelf.good.iter().filter(|good| self.takes(good.piece.kind))
    }
}

/// An id without its code.
fn local(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, local)| local)
}
