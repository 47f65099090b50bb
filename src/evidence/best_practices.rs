//! `best-practices`: a project's answers to the criteria of OpenSSF Best Practices. They corroborate, and prove nothing by themselves.

use super::comparison::{self, Comparison};
use super::{Ask, Gap, Proof, Verified, Verifier, about};
use crate::formats::openssf::best_practices as format;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// Most unmet criteria that the proof names.
const NAMED: usize = 5;

/// See the module's documentation.
pub(super) struct BestPractices;

impl Verifier for BestPractices {
    fn kind(&self) -> &'static str {
        "best-practices"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It holds answers to criteria: each status is Met, Unmet, N/A or ?, each justification a text.",
            "At least one criterion is met with a justification, and none is justified by a placeholder.",
            "Where it names a project or repository, that is this product, and of its owner.",
            "It was last changed, or the attestation reviewed, at most 366 days ago.",
            "Where `expect` is given, its comparisons hold of the numbers of answers.",
        ]
    }

    fn limits(&self) -> &'static str {
        "The answers are the project's own word. Which criteria there are, and whether a badge was awarded, is known to the badge's site, which is not asked."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"best-practices\"\npath = \".bestpractices.json\"\nexpect = \"unmet == 0\"   # optional\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let (path, answers) = about::opened(ask, format::read)?;
    let mut gaps = about::first_gaps(ask, &answers.faults, answers.about.as_slice(), &path);
    let first = |fault, message: String, remedy: &str| Gap { at: ask.line(1), ..Gap::failed(fault, message, remedy) };
    if answers.met == 0 {
        gaps.push(first("nothing-met", format!("{path} has no criterion that is met"), "answer the criteria, or stop citing it"));
    } else if answers.justified == 0 {
        let message = format!("{path} says of {} criteria that they are met, and of none why", answers.met);
        gaps.push(first("unjustified", message, "say in the justification of each where that can be seen"));
    }
    match &answers.updated {
        Some(updated) => gaps.extend(about::dated(ask, std::slice::from_ref(updated), &path)),
        None => gaps.extend(ask.review_too_old(&format!("the review of {path}, which has no date of its own,"))),
    }
    if gaps.is_empty() {
        gaps.extend(expected(ask, &answers, &path));
    }
    Ok(Verified::from_gaps(super::at_most(gaps), || {
        let says = format!("{path} answers the criteria of OpenSSF Best Practices: {}", said(&answers));
        Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
    }))
}

fn figure(answers: &format::Answers, name: &str) -> Option<usize> {
    match name {
        "met" => Some(answers.met),
        "unmet" => Some(answers.unmet.len()),
        "not-applicable" => Some(answers.not_applicable),
        "unknown" => Some(answers.unknown),
        _ => None,
    }
}

fn expected(ask: &Ask<'_>, answers: &format::Answers, path: &str) -> Option<Gap> {
    let expect = ask.evidence.text("expect")?;
    let comparisons = comparison::read(&expect.value, |name| figure(answers, name).is_some());
    let Some(comparisons) = comparisons.filter(|all| all.iter().all(Comparison::is_whole)) else {
        let remedy = "write comparisons of met, unmet, not-applicable or unknown with a whole number, such as `unmet == 0`";
        return comparison::unread(ask, remedy);
    };
    let holds = |one: &Comparison| figure(answers, &one.name).is_some_and(|have| one.holds(have as u128, 1));
    if comparisons.iter().all(holds) {
        return None;
    }
    let message = format!("{path} does not have {}: {}", one_line(&expect.value, limits::QUOTED_CHARS), said(answers));
    Some(Gap { at: ask.line(1), ..Gap::failed("unexpected", message, "meet the criteria, or correct `expect`") })
}

fn said(answers: &format::Answers) -> String {
    let mut says = format!("{} met, {} of them with a justification", answers.met, answers.justified);
    let named: Vec<String> = answers.unmet.iter().take(NAMED).map(|name| one_line(name, 60)).collect();
    let more = if answers.unmet.len() > NAMED { ", …" } else { "" };
    says.push_str(&format!(", {} unmet", answers.unmet.len()));
    if !named.is_empty() {
        says.push_str(&format!(" ({}{more})", named.join(", ")));
    }
    says.push_str(&format!(", {} not applicable, {} not answered", answers.not_applicable, answers.unknown));
    says
}
