//! What a status or a text of an answer comes to. A status is taken for an answer only where it is known to mean one.

use super::super::affirmation::{denies_yes, doubts, sentences};
use super::super::wording::words;
use super::is_blank;
use crate::model::attestation::says_nothing;

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Something was done about the threat.
    Handled,
    /// It was accepted, passed on or found not to apply; that needs a reason.
    Accepted,
    /// Neither.
    Open,
    /// A word that is not known.
    Unknown,
    /// Nothing is said.
    Unsaid,
}

const HANDLED: &[&str] = &[
    "mitigated",
    "fully mitigated",
    "mitigation in place",
    "mitigations in place",
    "mitigation implemented",
    "mitigate",
    "done",
    "implemented",
    "fully implemented",
    "resolved",
    "closed",
    "fixed",
    "complete",
    "completed",
    "finished",
    "in place",
    "verified",
    "tested",
    "addressed",
    "remediated",
    "prevented",
    "eliminated",
    "controlled",
    "covered",
    "deployed",
    "enforced",
    "handled",
    "solved",
    "avoided",
    "treated",
    "shipped",
    "released",
    "designed out",
    "yes",
    "ok",
];
const ACCEPTED: &[&str] = &[
    "accepted",
    "accept",
    "acceptable",
    "risk accepted",
    "accepted risk",
    "transferred",
    "transfer",
    "risk transferred",
    "not applicable",
    "notapplicable",
    "n a",
    "na",
    "out of scope",
    "false positive",
    "won't fix",
    "wont fix",
    "wontfix",
    "tolerated",
    "retained",
];
const OPEN: &[&str] = &[
    "open",
    "reopened",
    "todo",
    "to do",
    "to be",
    "will be",
    "in progress",
    "inprogress",
    "ongoing",
    "started",
    "unmitigated",
    "unresolved",
    "not",
    "no",
    "none",
    "planned",
    "pending",
    "proposed",
    "in discussion",
    "under review",
    "unchecked",
    "new",
    "rejected",
    "wip",
    "backlog",
    "ignored",
    "exposed",
    "unknown",
    "tbd",
    "tbc",
    "deferred",
    "partial",
    "partially",
    "partly",
    "identified",
    "draft",
    "required",
    "recommended",
    "future",
];

/// What a status means, in any case and with the usual marks.
pub(super) fn of(text: &str) -> State {
    let ticked = text.contains(['✅', '✔', '✓', '☑']) || text.to_lowercase().contains("[x]") || text.contains(":white_check_mark:");
    let crossed = text.contains(['❌', '✗', '✘', '☐', '⏳', '🚧', '🔴']) || text.contains("[ ]");
    let said = words(&text.to_lowercase().replace(":white_check_mark:", " ").replace("[x]", " "));
    let opens = |list: &[&str]| {
        let begin =
            |phrase: &&str| phrase.split(' ').count() <= said.len() && phrase.split(' ').zip(&said).all(|(want, have)| want == have);
        list.iter().filter(|phrase| begin(phrase)).map(|phrase| phrase.split(' ').count()).max()
    };
    let rest = |known: usize| said.get(known..).unwrap_or_default().join(" ");
    match (opens(HANDLED), opens(ACCEPTED), opens(OPEN)) {
        _ if crossed => State::Open,
        (_, _, Some(open)) if opens(ACCEPTED).is_none_or(|known| known < open) => State::Open,
        (Some(known), None, _) if text.contains('?') || puts_off(&rest(known)) => State::Unknown,
        (Some(_), None, _) => State::Handled,
        (_, Some(_), _) => State::Accepted,
        _ if said.is_empty() && ticked => State::Handled,
        _ if text.trim().trim_matches(['-', '–', '—', '.', ' ']).is_empty() => State::Unsaid,
        _ => State::Unknown,
    }
}

/// Whether what follows a status takes it back, or says that it comes later.
fn puts_off(rest: &str) -> bool {
    const LATER: &[&str] = &["next", "upcoming", "soon", "later", "future", "roadmap"];
    doubts(rest) || words(rest).iter().any(|word| LATER.contains(&word.as_str()))
}

/// Texts that tools put where the answer belongs.
const DEFAULTS: &[&str] = &[
    "provide remediation for this threat or a reason if status is n a",
    "provide remediation for this threat or a reason if status is n/a",
    "mitigation or prevention for the threat",
    "mitigation or prevention for this threat",
    "describe the mitigation",
    "describe the mitigation here",
    "describe your mitigation here",
    "mitigation goes here",
    "mitigation here",
];
/// What nothing is of.
const MEASURES: &[&str] = &[
    "mitigation",
    "mitigations",
    "action",
    "actions",
    "control",
    "controls",
    "countermeasure",
    "countermeasures",
    "measure",
    "measures",
    "plan",
    "plans",
    "remediation",
];
/// Whether a text speaks of what is done about a threat.
pub(super) fn is_of_measures(text: &str) -> bool {
    words(text).iter().any(|word| MEASURES.contains(&word.as_str()))
}

/// Words by which a text that begins with `none` goes on to say why.
const WHY: &[&str] = &["because", "since", "as", "needed", "required", "necessary", "applicable"];

/// Whether a sentence says that what it names is not there, or is to come.
fn is_to_come(sentence: &str) -> bool {
    const UNDONE: &[&str] = &["implemented", "place", "mitigated", "addressed", "done", "started", "deployed", "enforced", "yet"];
    const COMES: &[&str] =
        &["add", "address", "be", "build", "deploy", "do", "enable", "enforce", "fix", "implement", "introduce", "mitigate", "roll"];
    let said = words(sentence);
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    match said.as_slice() {
        [.., "not", last] | [.., "not", "in" | "yet" | "been", last] if UNDONE.contains(last) => true,
        ["will", comes, ..] | ["we", "will", comes, ..] => COMES.contains(comes),
        ["currently" | "still", "unmitigated" | "unaddressed" | "open"] => true,
        [measure, "pending" | "planned" | "outstanding" | "missing" | "needed" | "required"] if MEASURES.contains(measure) => true,
        [.., "planned" | "pending" | "proposed" | "todo" | "tbd" | "tbc"] => said.len() <= 4,
        _ => false,
    }
}

/// Whether a text in the place of an answer says that nothing is done, or nothing at all.
pub(super) fn is_undone(text: &str) -> bool {
    let said = words(text);
    let plain = said.join(" ");
    let at = |at: usize| said.get(at).map_or("", String::as_str);
    let reasoned = said.iter().any(|word| WHY.contains(&word.as_str()));
    let none = match at(0) {
        "none" | "nothing" => true,
        "no" => MEASURES.contains(&at(1)),
        "we" => {
            matches!((at(1), at(2)), ("do" | "did", "nothing") | ("hope", _))
                || (at(1) == "have" && said.iter().any(|word| word == "nothing"))
        }
        "future" => at(1) == "work",
        "ignore" | "ignored" | "unmitigated" => said.len() <= 3,
        "planned" | "proposed" | "pending" => said.len() <= 4,
        _ => false,
    };
    let all = sentences(text);
    is_blank(text)
        || says_nothing(text)
        || DEFAULTS.contains(&plain.as_str())
        || none && !reasoned
        || !all.is_empty() && all.into_iter().all(|own| denies_yes(own) || is_blank(own) || is_to_come(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_means_what_it_is_known_to_mean() {
        for text in
            ["Mitigated", "**Done**", "✅", "✅ Done", "[x]", "In place", "implemented in 2.0", "FIXED (2026-10-01)", "resolved.", "Closed"]
        {
            assert_eq!(of(text), State::Handled, "{text}");
        }
        for text in [
            "Accepted",
            "risk accepted",
            "N/A",
            "Not applicable",
            "transferred to the host",
            "Out of scope",
            "NotApplicable",
            "false-positive",
        ] {
            assert_eq!(of(text), State::Accepted, "{text}");
        }
        for text in [
            "open",
            "In progress",
            "not started",
            "not mitigated",
            "to be done",
            "❌",
            "no",
            "rejected",
            "proposed",
            "not done yet",
            "exposed",
            "[ ] done",
        ] {
            assert_eq!(of(text), State::Open, "{text}");
        }
        for text in [
            "Q3 2027",
            "blue",
            "active",
            "Live",
            "mitigated, but not yet deployed",
            "done, should be checked",
            "Mitigated in next release",
            "Done?",
        ] {
            assert_eq!(of(text), State::Unknown, "{text}");
        }
        for text in ["", " ", "-", "\u{2014}"] {
            assert_eq!(of(text), State::Unsaid, "{text}");
        }
    }

    #[test]
    fn an_answer_that_says_that_nothing_is_done_is_none() {
        for text in [
            "Not yet implemented",
            "none planned",
            "None.",
            "We do nothing about it.",
            "Nothing is done about this",
            "No mitigation is in place",
            "Describe the mitigation here",
            "Provide remediation for this threat or a reason if status is N/A",
            "Will be added next year",
            "To be implemented",
            "Planned",
            "Future work",
            "we hope for the best",
            "no action",
            "[mitigation]",
            "???",
            "yes",
            "Not mitigated",
            "Rate limiting is not implemented",
            "MFA has not been deployed.",
            "Mitigation pending",
            "Currently unmitigated",
            "MFA (planned)",
            "Will implement rate limiting",
            "Partially implemented",
            "In development",
        ] {
            assert!(is_undone(text), "{text}");
        }
        for text in [
            "Tokens are 256 random bits",
            "Accepted: it is public",
            "None needed, because the list is public",
            "No passwords exist",
            "Nothing of the repository is executed, since no process is started",
            "Not stored on the device",
            "Tokens are signed. Revocation is not yet implemented.",
            "Signatures",
            "Untracked files are refused as evidence",
            "Planned outages are announced, and the queue holds what comes in",
            "Manual approval required",
            "Requests that will be replayed carry a nonce",
            "Passwords are not stored",
            "Will not start without TLS",
        ] {
            assert!(!is_undone(text), "{text}");
        }
    }
}
