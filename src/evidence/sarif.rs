//! `sarif`: a scanner's results. That a scan found nothing is worth something only where it is known which tool looked, that it
//! got to its end, and when.

use super::told::Told;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::moment;
use crate::formats::sarif::{self as format, Finding, Run};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// How the gate calls itself in SARIF.
const OWN_NAME: &str = "Portcullis";

/// See the module's documentation.
pub(super) struct ScannerResults;

impl Verifier for ScannerResults {
    fn kind(&self) -> &'static str {
        "sarif"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is SARIF 2.1.0 with at least one run, and one of the tool that `tool` names.",
            "It is no run of this gate.",
            "The run did not fail, and told no error of its own.",
            "Its results are in the file.",
            "It names rules, or says that it succeeded: else nothing shows that it looked for anything.",
            "No result at level error, of a `security-severity` of 7 and more, or of a scanner for secrets is open: each is resolved, or suppressed by an accepted suppression with a justification.",
            "A commit that it names belongs to this history, and the repository that it names is this one.",
            "Its own date, or the attestation's review, is no older than 90 days or `max-age-days`.",
        ]
    }

    fn limits(&self) -> &'static str {
        "What the tool looked at, with which rules switched on, and whether the file was edited by hand, cannot be seen. Say the tool in `tool`: any other that ran would do otherwise."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"sarif\"\npath = \"reports/semgrep.sarif\"\ntool = \"Semgrep OSS\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.to_string();
    let runs = ask.content(format::read)?;
    let wanted = ask.evidence.text("tool");
    let (chosen, others): (Vec<&Run>, Vec<&Run>) =
        runs.iter().partition(|run| wanted.is_none_or(|tool| tool.value.trim().eq_ignore_ascii_case(run.tool.trim())));
    if let Some(tool) = wanted.filter(|_| chosen.is_empty()) {
        let names: Vec<&str> = runs.iter().map(|run| run.tool.as_str()).collect();
        let message = format!("{path} has no run of {}; it has one of {}", one_line(&tool.value, 60), one_line(&names.join(", "), 200));
        let gap = Gap { cited: Some(tool.span), ..Gap::failed("other-tool", message, "correct `tool`, or cite that tool's results") };
        return Err(Verified::gap(gap));
    }
    if let Some(run) = chosen.iter().find(|run| run.tool.trim().eq_ignore_ascii_case(OWN_NAME)) {
        let message = format!("{path} holds results of this gate, which judges what is attested and is no evidence for it");
        return Err(Verified::gap(ask.gap_at(
            run.at.clone(),
            "itself",
            message,
            "cite the results of the scanner that looks for these faults",
        )));
    }
    let mut gaps = Told::default();
    for run in &chosen {
        ended(ask, run, &path, &mut gaps);
        open(ask, run, &path, &mut gaps);
        gaps.extend(dated(ask, run, &path));
        gaps.extend(of_this_history(ask, run, &path));
        gaps.extend(of_this_repository(ask, run, &path));
    }
    Ok(gaps.or_proof(|| proof(&chosen, &others, &path, wanted.is_some())))
}

/// That it ran to its end.
fn ended(ask: &Ask<'_>, run: &Run, path: &str, gaps: &mut Told) {
    let tool = one_line(&run.tool, 60);
    gaps.each(&run.failed_at, |at| {
        ask.gap_at(at.clone(), "failed", format!("{path} says that the run of {tool} failed"), "mend the scan and run it again")
    });
    gaps.each(&run.errors, |(text, at)| {
        let message = format!("{path} says that {tool} met an error: {}", one_line(text, 200));
        ask.gap_at(at.clone(), "tool-error", message, "mend the scan and run it again")
    });
    if let Some((why, at)) = &run.elsewhere {
        let message = format!("{path}: the run of {tool} {why}");
        gaps.add(|| ask.gap_at(at.clone(), "no-results", message, "cite the file that the scan itself wrote, with its results in it"));
    }
    if run.rules == 0 && run.results.is_empty() && run.succeeded.is_none() {
        let message = format!("{path} names no rule of {tool}, no result and no success, so nothing shows that it looked for anything");
        gaps.add(|| ask.gap_at(run.at.clone(), "no-rules", message, "let the tool write its rules or its invocation"));
    }
}

/// Results as grave as errors that nobody settled.
fn open(ask: &Ask<'_>, run: &Run, path: &str, gaps: &mut Told) {
    let told = |finding: &Finding| {
        let what = format!("{} at {}", one_line(&finding.rule, 80), one_line(&finding.place, 120));
        let (fault, message, remedy) = match finding.suppressed {
            None => ("open", format!("{path} has {what} open"), "resolve it, or suppress it with a justification in the tool's own way"),
            Some(_) => (
                "unjustified",
                format!("{path} has {what} suppressed without a justification"),
                "write into the suppression why it is accepted",
            ),
        };
        ask.gap_at(finding.at.clone(), fault, message, remedy)
    };
    gaps.each(run.results.iter().filter(|finding| finding.is_error && finding.suppressed != Some(true)), told);
}

fn dated(ask: &Ask<'_>, run: &Run, path: &str) -> Option<Gap> {
    let Some((stamp, at)) = &run.date else { return ask.review_too_old(&format!("the review of {path}, which has no date of its own,")) };
    let Some(day) = moment::day(stamp) else {
        let message = format!("{path} was made at {}, which is no timestamp", one_line(stamp, 40));
        return Some(ask.gap_at(at.clone(), "timestamp", message, "run the scan again"));
    };
    let old = ask.too_old(day, path)?;
    Some(Gap { at: ask.range(at.clone()), remedy: "run the scan again".to_owned(), ..old })
}

fn of_this_history(ask: &Ask<'_>, run: &Run, path: &str) -> Option<Gap> {
    let (commit, at) = run.revision.as_ref()?;
    (ask.view.is_in_history(commit) == Some(false)).then(|| {
        let message = format!("{path} is about the commit {}, which is not in this history", one_line(commit, 60));
        ask.gap_at(at.clone(), "other-commit", message, "run the scan on this repository")
    })
}

/// A run may name several repositories; one of them is to be this one, where it is known which that is.
fn of_this_repository(ask: &Ask<'_>, run: &Run, path: &str) -> Option<Gap> {
    if run.repositories.iter().any(|(slug, _)| ask.home_beside(slug).is_none()) {
        return None;
    }
    let (theirs, at) = run.repositories.first()?;
    let message = format!("{path} is about {theirs}, and this repository is {}", ask.home_beside(theirs)?);
    Some(ask.gap_at(
        at.clone(),
        "other-repository",
        message,
        "run the scan on this repository; in a clone of a fork, add a remote for what it was forked from",
    ))
}

fn proof(runs: &[&Run], others: &[&Run], path: &str, named: bool) -> Proof {
    let tools: Vec<String> = runs.iter().map(|run| one_line(&run.tool, 60)).collect();
    let results: usize = runs.iter().map(|run| run.results.len()).sum();
    let suppressed =
        runs.iter().flat_map(|run| &run.results).filter(|finding| finding.is_error && finding.suppressed == Some(true)).count();
    let count = crate::text::count(i64::try_from(results).unwrap_or(i64::MAX), "result");
    let mut says = format!("{path}: {} ran with {count} and none open at level error or of high severity", tools.join(", "));
    if suppressed > 0 {
        says.push_str(&format!(", {suppressed} suppressed with a justification"));
    }
    let ruled = runs.iter().all(|run| run.rules > 0);
    if !ruled {
        says.push_str("; it does not say which rules were looked for");
    }
    if !named {
        says.push_str("; the entry asks for no tool by name");
    }
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().map(|run| run.tool.as_str()).collect();
        says.push_str(&format!("; not judged is what {} says in it", one_line(&names.join(", "), 200)));
    }
    let assurance = if ruled && named { Assurance::Verified } else { Assurance::Evidenced };
    Proof::new(assurance, one_line(&says, limits::MESSAGE_CHARS))
}
