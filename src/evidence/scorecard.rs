//! `scorecard`: what OpenSSF Scorecard found in this repository. It corroborates, and proves nothing by itself.

use super::comparison::{self, Comparison};
use super::{Ask, Gap, Proof, Verified, Verifier, about};
use crate::formats::openssf::scorecard as format;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct ScorecardResults;

impl Verifier for ScorecardResults {
    fn kind(&self) -> &'static str {
        "scorecard"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is JSON as OpenSSF Scorecard writes it, with a date, the repository, and checks with scores from 0 to 10, one for each.",
            "At least one check came to a score.",
            "The repository is this product's and of its owner, and a commit that it names belongs to this history.",
            "It ran at most 90 days ago and not in the future.",
            "Where `expect` is given, its comparisons hold of the score or of checks by name.",
        ]
    }

    fn limits(&self) -> &'static str {
        "The checks are not run again, and that the file was not edited by hand cannot be seen. Without `expect` any score will do."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"scorecard\"\npath = \"reports/scorecard.json\"\nexpect = \"score >= 7 && Branch-Protection >= 8\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let (path, results) = about::opened(ask, format::read)?;
    let mut gaps = about::first_gaps(ask, &results.faults, results.about.as_slice(), &path);
    if let Some((commit, at)) = results.commit.as_ref().filter(|(commit, _)| ask.view.is_in_history(commit) == Some(false)) {
        let message = format!("{path} is about the commit {}, which is not in this history", one_line(commit, 70));
        gaps.push(ask.gap_at(at.clone(), "other-commit", message, "run Scorecard on this repository"));
    }
    gaps.extend(about::dated(ask, results.date.as_slice(), &path));
    if gaps.is_empty() && results.checks.iter().all(|check| check.score.is_none()) {
        let message = format!("{path} has no check that came to a score");
        gaps.push(Gap { at: ask.line(1), ..Gap::failed("no-score", message, "run Scorecard anew with the checks that matter") });
    }
    if gaps.is_empty() {
        gaps.extend(expected(ask, &results, &path));
    }
    Ok(Verified::from_gaps(super::at_most(gaps), || proof(ask, &results, &path)))
}

/// What `expect` says, one gap for each comparison that does not hold.
fn expected(ask: &Ask<'_>, results: &format::Scorecard, path: &str) -> Vec<Gap> {
    let Some(expect) = ask.evidence.text("expect") else { return Vec::new() };
    let Some(comparisons) = comparison::read(&expect.value, |_| true) else {
        let remedy = "write comparisons of score or of a check's name with a number, such as `score >= 7 && Branch-Protection >= 8`";
        return comparison::unread(ask, remedy).into_iter().collect();
    };
    comparisons.iter().filter_map(|one| unmet(ask, one, results, path)).collect()
}

fn unmet(ask: &Ask<'_>, one: &Comparison, results: &format::Scorecard, path: &str) -> Option<Gap> {
    let remedy = "mend what the check shows and run Scorecard again, or correct `expect`";
    let name = one_line(&one.name, 60);
    if one.name == "score" {
        let tenths = results.tenths.unwrap_or_default();
        let holds = results.tenths.is_some() && one.holds(tenths.into(), 10);
        let message = format!("{path} does not have the score that `expect` asks for: it is {}.{}", tenths / 10, tenths % 10);
        return (!holds).then(|| Gap { at: ask.line(1), ..Gap::failed("unexpected", message, remedy) });
    }
    let Some(check) = results.checks.iter().find(|check| check.name.eq_ignore_ascii_case(&one.name)) else {
        let message = format!("{path} has no check {name}, of which `expect` asks something");
        return Some(Gap { at: ask.line(1), ..Gap::failed("no-check", message, "run that check, too, or correct `expect`") });
    };
    let reason = one_line(&check.reason, 200);
    let message = match check.score {
        None => format!("{path} came to no conclusion on {name}: {reason}"),
        Some(score) if !one.holds(score.into(), 1) => format!("{path} has {score} for {name}: {reason}"),
        Some(_) => return None,
    };
    Some(ask.gap_at(check.at.clone(), "unexpected", message, remedy))
}

fn proof(ask: &Ask<'_>, results: &format::Scorecard, path: &str) -> Proof {
    let scored = results.checks.iter().filter(|check| check.score.is_some()).count();
    let mut says = format!("{path} (OpenSSF Scorecard {}) scored {scored} checks", one_line(&results.version, 40));
    if let Some(tenths) = results.tenths {
        says.push_str(&format!(", {}.{} in all", tenths / 10, tenths % 10));
    }
    match ask.evidence.text("expect") {
        Some(expect) => says.push_str(&format!("; {} holds", one_line(&expect.value, limits::QUOTED_CHARS))),
        None => says.push_str("; the entry asks for no score"),
    }
    Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
}
