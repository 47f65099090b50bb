//! `osps`: an evaluation against the OSPS Baseline by a program or a person. It corroborates, and proves nothing by itself.

use super::comparison::{self, Comparison};
use super::{Ask, Gap, Proof, Verified, Verifier, about};
use crate::formats::moment;
use crate::formats::openssf::evaluation as format;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct BaselineEvaluation;

impl Verifier for BaselineEvaluation {
    fn kind(&self) -> &'static str {
        "osps"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a Gemara evaluation log or Privateer's results (YAML or JSON), with a result for each control.",
            "It evaluates controls of the OSPS Baseline, and at least one passed.",
            "No control failed, unless `expect` says how many may; none passed with an assessment that failed, and none has two results in one list.",
            "What it evaluated is this product or its repository, and of its owner.",
            "It was made at most 90 days ago, by the oldest time in it, and not in the future.",
        ]
    }

    fn limits(&self) -> &'static str {
        "The assessments are not made again, and that the file was not edited by hand cannot be seen; nor whether every control of the Baseline is in it."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"osps\"\npath = \"reports/osps-baseline.yaml\"\nexpect = \"failed == 0 && passed >= 20\"   # optional\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

const AGAIN: &str = "evaluate it again and commit the results anew";

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let (path, evaluation) = about::opened(ask, format::read)?;
    let mut gaps: Vec<Gap> = evaluation.faults.iter().map(|fault| about::fault(ask, fault, &path)).collect();
    gaps.extend(of_baseline(ask, &evaluation, &path));
    gaps.extend(about::of_one_project(ask, &evaluation.about, &path));
    gaps.extend(aged(ask, &evaluation, &path));
    match ask.evidence.text("expect") {
        Some(_) if !gaps.is_empty() => {}
        Some(_) => gaps.extend(expected(ask, &evaluation, &path)),
        None => gaps.extend(failed(ask, &evaluation, &path)),
    }
    Ok(Verified::from_gaps(super::at_most(gaps), || {
        let says = format!("{path} evaluates the OSPS Baseline: {}", said(&evaluation));
        Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
    }))
}

fn of_baseline(ask: &Ask<'_>, evaluation: &format::Evaluation, path: &str) -> Option<Gap> {
    let first = |fault, message: String, remedy: &str| Some(Gap { at: ask.line(1), ..Gap::failed(fault, message, remedy) });
    if !evaluation.controls.iter().any(|control| control.id.to_ascii_uppercase().starts_with("OSPS-")) {
        if !evaluation.faults.is_empty() {
            return None;
        }
        let message = format!("{path} evaluates no control of the OSPS Baseline, whose ids begin with OSPS-");
        return first("other-catalog", message, "cite an evaluation of the Baseline");
    }
    if evaluation.count("passed") == Some(0) {
        return first("nothing-passed", format!("{path} has no control that passed"), AGAIN);
    }
    None
}

fn failed(ask: &Ask<'_>, evaluation: &format::Evaluation, path: &str) -> Vec<Gap> {
    let gap = |control: &format::Control| {
        let (id, why) = (one_line(&control.id, 60), one_line(&control.message, 200));
        let remedy = "mend it and evaluate it again, or say in `expect` how many may fail";
        ask.gap_at(control.at.clone(), "control-failed", format!("{path}: {id} failed: {why}"), remedy)
    };
    evaluation.controls.iter().filter(|control| control.result == "Failed").map(gap).collect()
}

/// The gap of the oldest time; of the review where there is none.
fn aged(ask: &Ask<'_>, evaluation: &format::Evaluation, path: &str) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut days = Vec::new();
    for (stamp, at) in &evaluation.dates {
        match moment::day(stamp) {
            Some(day) => days.push((day, at)),
            None => {
                let message = format!("{path} has the time {}, which is none", one_line(stamp, 40));
                gaps.push(ask.gap_at(at.clone(), "timestamp", message, AGAIN));
            }
        }
    }
    let ends = [days.iter().min_by_key(|(day, _)| *day), days.iter().max_by_key(|(day, _)| *day)];
    gaps.extend(ends.into_iter().flatten().find_map(|(day, at)| {
        let old = ask.too_old(*day, path)?;
        Some(Gap { at: ask.range((*at).clone()), remedy: AGAIN.to_owned(), ..old })
    }));
    if evaluation.dates.is_empty() {
        gaps.extend(ask.review_too_old(&format!("the review of {path}, which has no time of its own,")));
    }
    gaps
}

fn expected(ask: &Ask<'_>, evaluation: &format::Evaluation, path: &str) -> Option<Gap> {
    let expect = ask.evidence.text("expect")?;
    let comparisons = comparison::read(&expect.value, |name| evaluation.count(name).is_some());
    let Some(comparisons) = comparisons.filter(|all| all.iter().all(Comparison::is_whole)) else {
        let remedy = "write comparisons of passed, failed, needs-review, not-run, not-applicable or unknown with a whole number";
        return comparison::unread(ask, remedy);
    };
    let holds = |one: &Comparison| evaluation.count(&one.name).is_some_and(|have| one.holds(have as u128, 1));
    if comparisons.iter().all(holds) {
        return None;
    }
    let message = format!("{path} does not have {}: {}", one_line(&expect.value, limits::QUOTED_CHARS), said(evaluation));
    Some(Gap { at: ask.line(1), ..Gap::failed("unexpected", message, "mend what failed and evaluate it again, or correct `expect`") })
}

fn said(evaluation: &format::Evaluation) -> String {
    let counts = ["passed", "failed", "needs-review", "not-run", "not-applicable", "unknown"];
    let told = |name: &&str| evaluation.count(name).filter(|count| *count > 0).map(|count| format!("{count} {}", name.replace('-', " ")));
    format!("of {} controls {}", evaluation.controls.len(), counts.iter().filter_map(told).collect::<Vec<_>>().join(", "))
}
