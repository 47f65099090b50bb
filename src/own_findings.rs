//! The gate's own findings about the inputs: waivers, expiry, owners, documents that carry too much.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::applicability::Selected;
use crate::assess::{Assessment, Demands, Outcome, review_bound};
use crate::clock::Today;
use crate::detect::{Detection, Strength};
use crate::evidence::Verified;
use crate::finding::Finding;
use crate::formats::lockfile::is_lockfile;
use crate::input::catalogue::Catalogue;
use crate::limits;
use crate::model::attestation::{Attestations, Evidence, Target, Waiver, is_nobody};
use crate::model::declaration::{Declaration, Product, Role};
use crate::model::outcome::{Assurance, Level};
use crate::model::overlay::WaiverLimits;
use crate::source::{Located, Span};
use crate::waivers::WaiverUse;

/// Most units that one finding names.
const UNITS_NAMED: usize = 8;

fn names(provisions: &[Located<String>]) -> String {
    provisions.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(", ")
}

fn in_days(days: i32) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        _ => format!("in {days} days"),
    }
}

/// Waivers that do nothing.
pub fn of_waivers(waivers: &[Waiver], uses: &[WaiverUse], bounds: &WaiverLimits, today: Today) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (waiver, used) in waivers.iter().zip(uses) {
        findings.extend(refused_waiver(waiver, *used, bounds));
        let expires = waiver.expires.value;
        let waived = names(&waiver.provisions);
        let at = |id, message: String, remedy, span| Finding::own(id, message, remedy, span, &waived);
        findings.extend(match used {
            WaiverUse::Used | WaiverUse::Refused => None,
            WaiverUse::Unused => {
                let span = waiver.provisions.first().map_or(waiver.reason.span, |name| name.span);
                Some(at("portcullis/unused-waiver", format!("the waiver for {waived} accepts no gap"), "remove it", span))
            }
            WaiverUse::Expired => {
                let message =
                    format!("the waiver for {waived} expired on {expires}, {} ago", crate::text::count(today.days_since(expires), "day"));
                Some(at(
                    "portcullis/expired-waiver",
                    message,
                    "close the gap, or have a new waiver approved with a new reason and date",
                    waiver.expires.span,
                ))
            }
            WaiverUse::TooLong => {
                let by = bounds.days_by.as_ref().map_or(String::new(), |overlay| format!(" by the overlay {overlay}"));
                let message = format!(
                    "the waiver for {waived} runs until {expires}, {} days ahead; at most {} are allowed{by}",
                    today.days_until(expires),
                    bounds.days
                );
                let remedy = format!("set `expires` to a day within {} days and review it then", bounds.days);
                Some(Finding::own("portcullis/waiver-too-long", message, remedy, waiver.expires.span, &waived))
            }
        });
    }
    findings
}

/// A waiver in date that names what an overlay lets nobody waive.
fn refused_waiver(waiver: &Waiver, used: WaiverUse, bounds: &WaiverLimits) -> Option<Finding> {
    if matches!(used, WaiverUse::Expired | WaiverUse::TooLong) {
        return None;
    }
    let mut refused = waiver.units.iter().filter_map(|covered| Some((covered, bounds.never.get(&covered.unit)?)));
    let (first, overlay) = refused.next()?;
    let units: Vec<&str> = std::iter::once(first).chain(refused.map(|(covered, _)| covered)).map(|covered| covered.unit.as_str()).collect();
    let message = format!("the overlay {overlay} lets nobody waive {}, so this waiver does nothing there", units.join(", "));
    let remedy = "close the gap, and take the provision out of the waiver";
    Some(Finding::own("portcullis/waiver-refused", message, remedy, first.span, units.join(" ")))
}

/// What overlays ask less of than the codes or the gate do, each with its place: the overlay's line where that is a file of the state
/// under test, else `elsewhere` with the place in words.
pub fn of_overlays(
    catalogue: &Catalogue,
    gate: Assurance,
    is_here: impl Fn(Span) -> bool,
    elsewhere: Span,
    place: impl Fn(Span) -> String,
) -> Vec<Finding> {
    let mut lowered: BTreeMap<(Span, &str, &str, &str, &str), Vec<&str>> = BTreeMap::new();
    let units = catalogue.policies().flat_map(|policy| &policy.units).filter(|unit| !unit.altered.is_empty());
    for unit in units {
        for one in &unit.altered {
            let under_gate = one.key == "assurance" && unit.asks(gate) < gate;
            if one.weaker || under_gate {
                let was = if under_gate { gate.name() } else { one.was.as_str() };
                lowered.entry((one.span, &one.overlay, one.key, was, &one.now)).or_default().push(&unit.id);
            }
        }
    }
    let told = lowered.into_iter().map(|((span, overlay, key, was, now), units)| {
        let here = is_here(span);
        let at = if here { String::new() } else { format!(" ({})", place(span)) };
        let shown = crate::text::some(&units, UNITS_NAMED, "unit");
        let message =
            format!("the overlay {overlay} asks for less than the codes and the gate do{at}: {key} goes from {was} to {now} for {shown}");
        let remedy =
            "have whoever answers for the overlay confirm it, or take it out; a gap that is accepted for a while belongs in a waiver";
        let key = format!("{overlay} {key} {}", units.join(" "));
        Finding::own("portcullis/overlay-weakens", message, remedy, if here { span } else { elsewhere }, key)
    });
    told.collect()
}

/// One note per day on which something expires within the window.
pub fn of_expiry(
    assessments: &[Assessment<'_, '_>],
    waivers: &[(&Waiver, WaiverUse)],
    judged: &[(&Evidence, &Verified)],
    demands: Demands,
) -> Vec<Finding> {
    let mut due: BTreeMap<(Date, &'static str), BTreeMap<Span, String>> = BTreeMap::new();
    let mut add = |date: Date, what: &'static str, at: Span, label: String| {
        if (0..=limits::EXPIRES_SOON_DAYS).contains(&demands.today.days_until(date)) {
            due.entry((date, what)).or_default().insert(at, label);
        }
    };
    for found in assessments.iter().filter(|found| matches!(found.outcome, Outcome::Met(_) | Outcome::Excluded { .. })) {
        let Some(attestation) = found.attestation else { continue };
        let bound = review_bound(&found.decision, demands);
        if let Ok(last) = attestation.reviewed.value.checked_add(jiff::Span::new().days(bound)) {
            add(last, "review", attestation.reviewed.span, names(&attestation.provisions));
        }
    }
    for (waiver, _) in waivers.iter().filter(|(_, used)| *used == WaiverUse::Used) {
        add(waiver.expires.value, "waiver", waiver.expires.span, names(&waiver.provisions));
    }
    for (piece, verified) in judged {
        let Verified::Proof(proof) = verified else { continue };
        if let Some((date, _)) = proof.expires() {
            add(date, "evidence", piece.span, piece.label());
        }
    }
    let mut findings = Vec::new();
    for ((date, what), places) in due {
        let labels: Vec<&str> = places.values().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect();
        let Some((first, _)) = places.first_key_value() else { continue };
        let when = in_days(demands.today.days_until(date));
        let message = format!("the {what} of {} holds until {date}, {when}", labels.join("; "));
        let remedy = match what {
            "review" => "review the statement and its evidence again, then set `reviewed` to that day",
            "waiver" => "close the gap, or have a new waiver approved",
            _ => "renew the evidence before it expires",
        };
        let mut finding = Finding::own("portcullis/expires-soon", message, remedy, *first, format!("{what} {date}"));
        for (at, label) in places.iter().skip(1).take(10) {
            finding = finding.related(*at, label);
        }
        findings.push(finding);
    }
    findings
}

/// Documents that back more units than a reader will believe.
pub fn of_documents(assessments: &[Assessment<'_, '_>]) -> Vec<Finding> {
    let mut backs: BTreeMap<&str, (Span, BTreeSet<&str>)> = BTreeMap::new();
    for found in assessments.iter().filter(|found| matches!(found.outcome, Outcome::Met(_))) {
        for piece in found.attestation.iter().flat_map(|attestation| &attestation.evidence) {
            let Target::Path(path) = &piece.target else { continue };
            if matches!(piece.kind.value.name, "document" | "file") {
                let entry = backs.entry(path.value.as_str()).or_insert((piece.span, BTreeSet::new()));
                entry.1.insert(&found.decision.unit.id);
            }
        }
    }
    let many = backs.into_iter().filter(|(_, (_, units))| units.len() > limits::CLAIMS_PER_DOCUMENT);
    many.map(|(path, (span, units))| {
        let message = format!("{path} alone is the document behind {} claims", units.len());
        Finding::own("portcullis/one-document-for-many", message, "cite for each claim the section or artefact that shows it", span, path)
    })
    .collect()
}

/// Attestations that speak of nothing that they are asked about.
pub fn of_unused<'f, 'a: 'f, 's: 'f>(attestations: &Attestations, asked: impl Iterator<Item = &'f Assessment<'a, 's>>) -> Vec<Finding> {
    let judged: BTreeSet<&str> = asked.map(|found| found.decision.unit.id.as_str()).collect();
    let idle = attestations.attestations.iter().filter(|attestation| {
        !attestation.units.is_empty() && !attestation.units.iter().any(|covered| judged.contains(covered.unit.as_str()))
    });
    idle.filter_map(|attestation| {
        let span = attestation.provisions.first()?.span;
        let said = names(&attestation.provisions);
        let message = format!("nothing in the declaration selects {said}, so this attestation is not judged");
        Some(Finding::own(
            "portcullis/unused-attestation",
            message,
            "declare the product type or opt in to the code, or remove the attestation",
            span,
            said,
        ))
    })
    .collect()
}

/// The record of the Senior Responsible Owner, where the Software Security Code binds the product.
pub fn of_senior_responsible_owner(product: &Product, demands: Demands) -> Vec<Finding> {
    if product.roles.iter().all(|role| role.value == Role::OpenSource) {
        return Vec::new();
    }
    let id = "portcullis/senior-responsible-owner";
    let remedy = format!(
        "record who was assured and when, in [product]: senior-responsible-owner = {{ name = \"TODO: who was assured\", assured-on = {} }}",
        demands.today.0
    );
    let Some(owner) = &product.senior_responsible_owner else {
        return vec![Finding::own(
            id,
            format!("{} records no Senior Responsible Owner", product.name.value),
            remedy,
            product.name.span,
            "none",
        )];
    };
    let age = demands.today.days_since(owner.assured_on.value);
    let (message, span) = if is_nobody(&owner.name.value) {
        ("the Senior Responsible Owner's name only holds the place of one".to_owned(), owner.name.span)
    } else if age < 0 {
        (
            format!("the Senior Responsible Owner is said to be assured on {}, which is in the future", owner.assured_on.value),
            owner.assured_on.span,
        )
    } else if age > demands.max_age_days {
        let message = format!(
            "the Senior Responsible Owner was last assured on {}, {age} days ago, where {} are allowed",
            owner.assured_on.value, demands.max_age_days
        );
        (message, owner.assured_on.span)
    } else {
        return Vec::new();
    };
    vec![Finding::own(id, message, remedy, span, "record")]
}

/// Types that the files show and the declaration neither has nor answers.
pub fn of_types(product: &Product, detection: &Detection) -> Vec<Finding> {
    let undeclared = detection.types.iter().filter(|seen| !product.is(seen.kind) && !product.not.contains_key(&seen.kind));
    let told = undeclared.filter_map(|seen| {
        let level = match seen.strength {
            Strength::Decisive => Level::Error,
            Strength::Probable => Level::Warning,
            Strength::Weak => return None,
        };
        let (first, others) = seen.signs.split_first()?;
        let (name, kind) = (&product.name.value, seen.kind);
        let says = match level {
            Level::Error => format!("{name} is not declared as {kind}, and its files show that it is"),
            _ => format!("{name} is not declared as {kind}, and its files ask whether it is"),
        };
        let path = crate::text::one_line(first.path.as_str(), limits::QUOTED_CHARS);
        let message = format!("{says}: {path} {}", first.reason);
        let remedy = format!("add \"{kind}\" to `types`, or answer with the reason: {kind} = \"…\" under [product.not]");
        let at = product.types_span.unwrap_or(product.span);
        let mut finding = Finding::own("portcullis/undeclared-type", message, remedy, at, kind.name()).level(level);
        finding = finding.related(first.at, &first.reason);
        let mut families = vec![first.family];
        for other in others {
            if !families.contains(&other.family) && families.len() < limits::SIGHTINGS_SHOWN {
                families.push(other.family);
                finding = finding.related(other.at, format!("{}: {}", other.strength.name(), other.reason));
            }
        }
        Some(finding)
    });
    told.collect()
}

/// Traits that are answered with no where the files show that they hold. What stands only in a lockfile may be for development.
pub fn of_answers(product: &Product, detection: &Detection) -> Vec<Finding> {
    let denied = detection.traits.iter().filter_map(|(id, told)| Some((*id, told, product.traits.get(*id)?)));
    let refuted = denied.filter(|(_, told, answer)| told.value && !answer.value);
    let told = refuted.map(|(id, told, answer)| {
        let path = crate::text::one_line(told.path.as_str(), limits::QUOTED_CHARS);
        let message = format!("{id} is answered with no, and the files of {} say otherwise: {path} {}", product.name.value, told.reason);
        let remedy = format!("answer {id} = true; where the file is no part of the product, name the product's folders in `paths`");
        let level = if is_lockfile(told.path.file_name()) { Level::Note } else { Level::Warning };
        Finding::own("portcullis/doubted-answer", message, remedy, answer.span, id).level(level).related(told.at, &told.reason)
    });
    told.collect()
}

/// Pinned editions that are not the newest built in.
pub fn of_editions(declaration: &Declaration, selected: &[Selected<'_>], newest: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for code in selected {
        let Some(pin) = declaration.editions.get(&code.policy.code) else { continue };
        let Some(newest) = newest(&code.policy.code).filter(|newest| *newest != pin.value) else { continue };
        let message = format!("{} is pinned to edition {}, and {newest} is built in", code.policy.code, pin.value);
        findings.push(Finding::own(
            "portcullis/superseded-edition",
            message,
            "move to the newer edition and re-review what changed",
            pin.span,
            &code.policy.code,
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applicability::select;
    use crate::model::declaration::{Gate, ProductType};
    use crate::source::SourceMap;

    #[test]
    fn a_pinned_edition_that_is_not_the_newest_is_a_note() {
        let sources = SourceMap::default();
        let id = sources.add("portcullis.toml", "software-security = \"2025-05\"\n");
        let span = sources.line(id, 1);
        let place = |text: &str| Located::new(text.to_owned(), span);
        let product = Product {
            name: place("x"),
            version_from: None,
            types: vec![Located::new(ProductType::Software, span)],
            roles: vec![Located::new(Role::Developer, span)],
            senior_responsible_owner: None,
            paths: Vec::new(),
            attestations: Default::default(),
            attestations_named: None,
            probes: BTreeMap::new(),
            traits: BTreeMap::new(),
            keys: BTreeMap::new(),
            not: BTreeMap::new(),
            types_span: None,
            traits_span: None,
            support: None,
            span,
        };
        let declaration = Declaration {
            path: Default::default(),
            products: vec![product.clone()],
            organisation: None,
            gate: Gate::default(),
            editions: BTreeMap::from([("software-security".to_owned(), place("2025-05"))]),
            span,
        };
        let catalogue = Catalogue::built_in();
        let selected = select(&declaration, &product, &catalogue).unwrap();
        assert!(of_editions(&declaration, &selected, |_| Some("2025-05".into())).is_empty());
        let findings = of_editions(&declaration, &selected, |_| Some("2027-01".into()));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].id, "portcullis/superseded-edition");
        assert_eq!(sources.place(findings[0].span).line, 1);
    }
}
