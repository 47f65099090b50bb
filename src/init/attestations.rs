//! The text of the attestations: every provision once, under its code and heading, with what it asks and what would count.

use std::fmt::Write as _;

use jiff::civil::Date;
use toml::Value;

use super::comment::{comment, item};
use super::evidence::Shelf;
use super::import::Proposal;
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

/// All that the text is written from.
pub(super) struct Page<'p, 'a> {
    pub(super) decided: &'p Decided<'a>,
    pub(super) shelf: &'p Shelf,
    pub(super) proposal: &'p Proposal,
    /// Who answers, where no earlier attestation says so.
    pub(super) owner: &'p str,
    pub(super) today: Date,
}

/// The whole text.
pub(super) fn write(page: &Page<'_, '_>) -> String {
    let mut out = comment(&format!(
        "Written by `portcullis init` on {}: every provision that applies, once. Nothing is attested yet, and the gate stays closed \
         until it is.",
        page.today
    ));
    out.push_str(&comment(
        "For each: see what it asks (`portcullis explain ID`), say in `statement` what is done, cite what shows it, and set `status` to met, \
         partial, not-met or not-applicable (with the reason). `portcullis attest ID --status met --owner … --statement … --evidence KIND:PATH` \
         does it in place. What is cited below was found here and holds today; whether it shows what the provision asks is yours to judge.",
    ));
    out.push_str("version = 1\n");
    for code in &page.decided.selected {
        push_code(&mut out, code.policy, &code.reason, page);
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

fn push_code(out: &mut String, policy: &Policy, reason: &str, page: &Page<'_, '_>) {
    let mut rows: Vec<Row<'_, '_>> = Vec::new();
    for decision in page.decided.decisions.iter().filter(|decision| decision.policy.code == policy.code) {
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
        row.push(out, page);
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

    fn push(&self, out: &mut String, page: &Page<'_, '_>) {
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
        for draft in page.proposal.drafts.get(&provision.id).into_iter().flatten() {
            out.push_str(&item(&format!("Draft: {draft}")));
        }
        for poor in page.shelf.poor.iter().filter(|poor| self.is_for(poor.kind, poor.only.as_deref())) {
            out.push_str(&item(&format!("There, but it does not hold yet ({}): {}", poor.kind.name, one_line(&poor.says(), LACKS_CHARS))));
        }
        let earlier = page.proposal.earlier.get(&provision.id).cloned().unwrap_or_default();
        let keys: Keys = vec![
            ("provision", Value::String(provision.id.clone())),
            ("status", Value::String("planned".into())),
            ("statement", Value::String(earlier.statement.unwrap_or_default())),
            ("owner", Value::String(earlier.owner.unwrap_or_else(|| page.owner.to_owned()))),
            ("reviewed", date(page.today)),
        ];
        let mut text = block("attestation", &keys);
        for good in page.shelf.good.iter().filter(|good| self.is_for(good.piece.kind, good.only.as_deref())) {
            text.push('\n');
            let shown = self.shown_by(good.piece.kind).into_iter().map(local).collect::<Vec<_>>().join(", ");
            let lead = if shown.is_empty() { "Cited earlier".to_owned() } else { format!("For {shown}") };
            text.push_str(&comment(&format!("{lead}: {}", one_line(&good.says, LACKS_CHARS))));
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

    /// Whether a kind is proposed for it.
    fn takes(&self, kind: &KindEntry) -> bool {
        self.units().any(|decision| proposes(decision.unit, kind))
    }

    /// The units that evidence of a kind is proposed for.
    fn shown_by(&self, kind: &KindEntry) -> Vec<&str> {
        self.units().map(|decision| decision.unit).filter(|unit| proposes(unit, kind)).map(|unit| unit.id.as_str()).collect()
    }

    /// Whether a piece is proposed for it: one that is for this provision, or one whose kind counts for it.
    fn is_for(&self, kind: &KindEntry, only: Option<&str>) -> bool {
        only.map_or_else(|| self.takes(kind), |id| id == self.provision.id)
    }
}

/// An id without its code.
fn local(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, local)| local)
}

/// Kinds that stand for each other: which of them there is hangs on the platform, or on where a project writes it.
const ALIKE: &[&[&str]] =
    &[&["android-manifest", "apple-plist"], &["security-policy", "security-txt", "security-insights"], &["sbom", "lockfile", "ml-bom"]];

/// Whether evidence that was merely found is proposed for a unit: where it can verify it, or where nothing that the policy
/// names would speak of it more directly. A job that runs tests is proposed only for what tests show.
fn proposes(unit: &Unit, kind: &KindEntry) -> bool {
    let alike = |one: &KindEntry| one.name == kind.name || ALIKE.iter().any(|of| of.contains(&one.name) && of.contains(&kind.name));
    let named = unit.evidenced_by.iter().any(|one| one.name == kind.name);
    let first = || unit.evidenced_by.iter().take_while(|one| one.name != kind.name).all(|one| alike(one));
    unit.verified_by.iter().any(|one| one.name == kind.name) || kind.name != "workflow" && named && first()
}
