//! The words of findings and verdicts.

use super::provision::strength_text;
use super::{Page, Part};
use crate::finding::{Baseline, OWN};
use crate::model::attestation;
use crate::model::outcome::{Assurance, Level, OutcomeName, Verdict};
use crate::model::policy::{Confidence, Provable, Status, Strength};

/// The page of the gate's own finding of that id; `portcullis/` may be left out.
pub(super) fn own_finding(name: &str) -> Option<Page> {
    let local = name.strip_prefix("portcullis/").unwrap_or(name);
    let (id, level, about) = OWN.iter().find(|(id, ..)| id.strip_prefix("portcullis/") == Some(local))?;
    let parts = vec![Part::said("level", "level", level.name(), format!("{level}: {}", level.meaning()))];
    Some(Page { id: (*id).to_owned(), what: "finding of the gate's own", title: (*about).to_owned(), parts, licence: None })
}

/// The pages of the words of that name.
pub(super) fn pages(name: &str) -> Vec<Page> {
    let mut pages = Vec::new();
    let mut add = |what, meaning: Option<String>, parts: Vec<Part>| {
        pages.extend(meaning.map(|title| Page { id: name.to_owned(), what, title, parts, licence: None }));
    };
    if let Some(outcome) = OutcomeName::from_name(name) {
        add("outcome", Some(outcome.about().to_owned()), of_outcome(outcome));
    }
    let plain = |meaning: Option<&'static str>| meaning.map(str::to_owned);
    add("level of a finding", plain(Level::from_name(name).map(Level::meaning)), Vec::new());
    add("assurance", plain(Assurance::from_name(name).map(Assurance::meaning)), Vec::new());
    if let Some(verdict) = Verdict::from_name(name) {
        let code = verdict.exit_code();
        add("verdict", plain(Some(verdict.meaning())), vec![Part::said("exit-code", "exit code", code, code.to_string())]);
    }
    add("strength", Strength::from_name(name).map(|word| strength_text(word, Confidence::Official)), Vec::new());
    add("confidence", plain(Confidence::from_name(name).map(Confidence::meaning)), Vec::new());
    add("how far a repository can show a claim", plain(Provable::from_name(name).map(Provable::meaning)), Vec::new());
    add("status of a code", plain(Status::from_name(name).map(Status::meaning)), Vec::new());
    add("status of an attestation", plain(attestation::Status::from_name(name).map(attestation::Status::meaning)), Vec::new());
    let baseline = Baseline::ALL.iter().find(|word| word.name() == name).map(|word| word.meaning());
    add("state of a finding against the base of a change", plain(baseline), Vec::new());
    pages
}

fn of_outcome(outcome: OutcomeName) -> Vec<Part> {
    let (level, remedy) = match outcome {
        OutcomeName::Met => ("none", "Nothing, until the review or a piece of evidence expires."),
        OutcomeName::Excluded => ("none", "Nothing; the reason is reported, so that others can question it."),
        OutcomeName::Waived => ("none; it is still reported", "Close the gap before the waiver's last day."),
        OutcomeName::Contradicted => ("error, whatever the strength", "Correct the repository, or attest what is true."),
        OutcomeName::Unanswered => {
            ("told once per trait, as portcullis/unanswered-trait", "Answer the trait under [product.traits], or attest the provision.")
        }
        OutcomeName::Missing => (BY_STRENGTH, "Attest it: `portcullis explain ID` prints a block to paste."),
        OutcomeName::NotMet => (BY_STRENGTH, "Close the gap and attest it as met, or have a waiver approved."),
        OutcomeName::Unjustified => (BY_STRENGTH, "Write the real reason as the statement, or attest the provision otherwise."),
        OutcomeName::EvidenceFailed => (BY_STRENGTH, "Mend or replace the evidence; a false citation is worse than none."),
        OutcomeName::Doubtful => (BY_STRENGTH, "Remove what stands in the way, or cite evidence that can be judged."),
        OutcomeName::Stale => (BY_STRENGTH, "Read what changed, then renew the review date and the pins."),
        OutcomeName::UnderAssured => (BY_STRENGTH, "Cite evidence of a kind that lifts it: `portcullis explain ID` lists them."),
    };
    vec![Part::fact("level", "level", level), Part::text("remedy", "What to do", remedy)]
}

const BY_STRENGTH: &str =
    "error for shall, warning for should, note for may; never above a note where the confidence is recalled or the code is only advice";

/// Every word that has a page.
pub(super) fn names() -> impl Iterator<Item = String> {
    let all = |names: Vec<&'static str>| names.into_iter().map(str::to_owned);
    all(OutcomeName::ALL.iter().map(|word| word.name()).collect())
        .chain(all(Level::ALL.iter().map(|word| word.name()).collect()))
        .chain(all(Assurance::ALL.iter().map(|word| word.name()).collect()))
        .chain(all(Verdict::ALL.iter().map(|word| word.name()).collect()))
        .chain(all(Strength::ALL.iter().map(|word| word.name()).collect()))
        .chain(all(Confidence::ALL.iter().map(|word| word.name()).collect()))
        .chain(all(Provable::ALL.iter().map(|word| word.name()).collect()))
        .chain(all(Status::ALL.iter().map(|word| word.name()).collect()))
        .chain(all(Baseline::ALL.iter().map(|word| word.name()).collect()))
        .chain(all(attestation::Status::ALL.iter().map(|word| word.name()).collect()))
}
