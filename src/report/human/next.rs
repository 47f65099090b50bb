//! What to do next: the steps that help most, derived from the findings.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::page::Page;
use super::wording::{clean, count, hanging, list};
use crate::finding::{Baseline, Finding};
use crate::model::outcome::{Level, OutcomeName};
use crate::report::ProductReport;
use crate::report::units::Units;
use crate::source::Span;

/// Most steps that are named in the short output.
const STEPS: usize = 3;

/// The steps of a product; empty where there is nothing to do.
pub(super) fn steps(page: &Page<'_>, product: &ProductReport<'_>, units: &Units<'_>) -> String {
    let mut steps = candidates(page, product, units);
    steps.sort_by_key(|(level, _)| Reverse(*level));
    if steps.is_empty() {
        return String::new();
    }
    let most = if page.verbose { usize::MAX } else { STEPS };
    let mut out = format!("{}\n", page.bold("== What to do next =="));
    for (number, (_, step)) in steps.iter().take(most).enumerate() {
        out.push_str(&format!("  {}. {}\n", number + 1, hanging(&clean(step, usize::MAX), 5, page.width)));
    }
    if let Some(more) = steps.len().checked_sub(most).filter(|more| *more > 0) {
        out.push_str(&format!("  then {} more; --verbose names them\n", count(more, "step")));
    }
    out.push('\n');
    out
}

/// Every step, the one that changes most first; each with the strongest level of what it answers.
fn candidates(page: &Page<'_>, product: &ProductReport<'_>, units: &Units<'_>) -> Vec<(Level, String)> {
    let mut steps = Vec::new();
    let mut add = |findings: Vec<&Finding>, say: &dyn Fn(&[&Finding], &Finding) -> String| {
        if let (Some(level), Some(first)) = (findings.iter().map(|finding| finding.level).max(), findings.first()) {
            steps.push((level, say(&findings, first)));
        }
    };
    // With --new-only what was there before closes nothing, so it is no step.
    let counted = || product.findings.iter().filter(|finding| !page.report.new_only || finding.baseline == Some(Baseline::New));
    let ended = |names: &[OutcomeName]| -> Vec<&Finding> {
        counted().filter(|finding| finding.outcome.is_some_and(|outcome| names.contains(&outcome))).collect()
    };
    let own = |ids: &[&str]| -> Vec<&Finding> { counted().filter(|finding| ids.contains(&finding.id.as_str())).collect() };
    let place = |span: Span| {
        let place = page.report.sources.place(span);
        format!("{}:{}", place.file, place.line)
    };
    let places = |findings: &[&Finding]| {
        let spans: BTreeSet<Span> = findings.iter().map(|finding| finding.span).collect();
        let first = findings.first().map(|finding| place(finding.span)).unwrap_or_default();
        if spans.len() == 1 { format!("at {first}") } else { format!("at {} places, first {first}", spans.len()) }
    };
    let (lower, may_lower) = own(&["portcullis/gate-weakened"]).into_iter().partition(|finding| finding.level == Level::Error);
    add(lower, &|found, _| {
        let (changes, them) =
            if found.len() == 1 { ("1 change lowers", "it") } else { (&*format!("{} changes lower", found.len()), "them") };
        format!("{changes} the bar: undo {them}, or have {them} accepted by whoever answers for the gate, {}", places(found))
    });
    add(may_lower, &|found, _| {
        let changes = count(found.len(), "change");
        format!("see whether what {changes} asks for is less than before, {}", places(found))
    });
    add(counted().filter(|finding| finding.question.is_some()).collect(), &|found, first| {
        let file = page.report.sources.place(first.span).file;
        format!("answer {} under [product.traits] in {file}; until then nobody knows what else applies", count(found.len(), "trait"))
    });
    add(own(&["portcullis/unsigned-attestations"]), &|_, first| first.remedy.clone());
    add(ended(&[OutcomeName::Contradicted]), &|found, _| {
        format!("settle where the repository shows the opposite of what is attested, {}", places(found))
    });
    add(ended(&[OutcomeName::EvidenceFailed, OutcomeName::Doubtful]), &|found, _| {
        format!("repair the evidence that does not hold, {}", places(found))
    });
    add(ended(&[OutcomeName::Stale]), &|found, _| {
        format!("review again what is stale, then renew `reviewed` and the pins, {}", places(found))
    });
    add(own(&["portcullis/worse-than-base"]), &|found, _| {
        format!("see what still passes and is worse than at the base, {}", places(found))
    });
    add(own(&["portcullis/expired-waiver", "portcullis/waiver-too-long"]), &|found, _| {
        format!("close the gap or have a new waiver approved, {}", places(found))
    });
    add(ended(&[OutcomeName::UnderAssured]), &|found, first| {
        if found.len() == 1 {
            return format!("for {}: {}, {}", first.id, first.remedy, places(found));
        }
        let others = count(found.len() - 1, "other");
        format!(
            "for {} and {others}, cite evidence of a kind that counts for it, which `portcullis explain ID` lists, {}",
            first.id,
            places(found)
        )
    });
    add(ended(&[OutcomeName::Missing]), &|found, first| missing(product, units, found, first));
    add(ended(&[OutcomeName::NotMet, OutcomeName::Unjustified]), &|found, _| {
        format!(
            "close what is attested as not met or wrongly as not applicable, or record a waiver with reason, approver and expiry, {}",
            places(found)
        )
    });
    add(own(&["portcullis/doubted-answer"]), &|found, first| format!("{}, {}", first.remedy, places(found)));
    add(own(&["portcullis/senior-responsible-owner"]), &|_, first| first.remedy.clone());
    add(own(&["portcullis/expires-soon"]), &|found, _| format!("renew what expires soon, {}", places(found)));
    add(own(&["portcullis/unused-waiver"]), &|found, _| format!("remove waivers that accept nothing, {}", places(found)));
    steps
}

fn missing(product: &ProductReport<'_>, units: &Units<'_>, found: &[&Finding], first: &Finding) -> String {
    let (mut principles, mut claims, mut provisions) = (0, 0, 0);
    for subject in found.iter().filter_map(|finding| units.subject(&finding.id)) {
        match subject.unit {
            None => principles += 1,
            Some(unit) if unit.provable.is_some() => claims += 1,
            Some(_) => provisions += 1,
        }
    }
    let parts: Vec<String> = [(principles, "principle"), (claims, "claim"), (provisions, "provision")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    let first = first_step(product, units, found).unwrap_or(&first.id);
    let file = &product.attestations.0;
    let start = if product.attestations.1.is_none() { format!("write {file} and attest") } else { format!("attest in {file}") };
    format!("{start} the {} for which nothing is attested; begin with `portcullis explain {first}`", list(&parts))
}

/// Of the strongest, what has most of its evidence already, as `init` has it; the principle where more than one of its claims is open.
fn first_step<'r>(product: &ProductReport<'_>, units: &Units<'r>, found: &'r [&'r Finding]) -> Option<&'r str> {
    let principle = |finding: &Finding| units.subject(&finding.id).map(|subject| subject.provision.id.as_str());
    let share = |finding: &Finding| {
        let provision = principle(finding)?;
        let of = product.assessments.iter().filter(|unit| unit.provision.id == provision && unit.outcome != OutcomeName::Excluded);
        let (all, cited) = of.fold((0, 0), |(all, cited), unit| (all + 1, cited + usize::from(unit.cited)));
        (cited * 100_usize).checked_div(all)
    };
    let best = found.iter().rev().max_by_key(|finding| (finding.level, share(finding)))?;
    let own = principle(best);
    let open = found.iter().filter(|finding| principle(finding) == own).count();
    own.filter(|_| open > 1).or(Some(&best.id))
}
