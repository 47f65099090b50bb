//! What a first-time reader is told at the end: what was written, what was found, what waits, and what to run next.

use anstyle::{Reset, Style};

use super::NOBODY;
use super::choices::Choices;
use super::declaration::shown_by;
use super::ground::Ground;
use super::import::Proposal;
use super::plan::Plan;
use crate::detect::{Seen, Strength};
use crate::input::root::{ATTESTATIONS, DECLARATION};
use crate::limits;
use crate::model::declaration::ProductType;
use crate::text::{count, one_line, wrap};

const BOLD: Style = Style::new().bold();
/// Things that were not used and are shown.
const UNUSED: usize = 40;
/// Questions that are shown.
const QUESTIONS: usize = 6;
/// Longest account of what a piece lacks, and of what to do, in characters.
const LACKS_CHARS: usize = 300;
/// Pieces that are there and do not hold, and are shown.
const POOR: usize = 6;

/// How the program was called, for the commands to run next.
pub struct Invocation<'i> {
    /// The folder, as typed.
    pub path: &'i str,
    /// Columns to set text in.
    pub width: usize,
}

impl Invocation<'_> {
    /// The option that names the folder, where it is not the current one.
    fn folder(&self, option: &str) -> String {
        if self.path == "." {
            return String::new();
        }
        let plain = self.path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c)) && !self.path.starts_with('-');
        let path = if plain { self.path.to_owned() } else { format!("'{}'", self.path.replace('\'', "'\\''")) };
        format!(" {option}{}", one_line(&path, limits::PATH_BYTES))
    }
}

/// The account.
pub fn told(plan: &Plan<'_>, choices: &Choices, proposal: &Proposal, ground: &Ground<'_>, call: &Invocation<'_>) -> String {
    let item = |text: &str| wrap(text, call.width, "  ", "      ");
    let mut out = format!("Wrote {DECLARATION} and {ATTESTATIONS}. They attest nothing yet, so the gate is closed.\n");
    out.push_str(&format!("\n{BOLD}What it is{Reset}\n"));
    let from = choices.name_from.as_ref().map_or(String::new(), |from| format!(" ({from})"));
    out.push_str(&item(&format!("{}{from}", one_line(&choices.name, limits::QUOTED_CHARS))));
    for seen in ground.detection.types.iter().filter(|seen| seen.strength > Strength::Weak) {
        out.push_str(&item(&one_line(&of_type(seen, choices, ground), limits::MESSAGE_CHARS)));
    }
    for kind in choices.types.iter().filter(|kind| ground.detection.of(**kind).is_none_or(|seen| seen.strength == Strength::Weak)) {
        out.push_str(&item(&format!("{kind}: as you say; no file shows it")));
    }
    push_proposal(&mut out, proposal, call);
    push_waits(&mut out, plan, call);
    push_questions(&mut out, plan, call);
    push_poor(&mut out, plan, call);
    push_next(&mut out, plan, call);
    out
}

fn of_type(seen: &Seen, choices: &Choices, ground: &Ground<'_>) -> String {
    let verdict = match seen.strength {
        _ if choices.types.contains(&seen.kind) || seen.kind == ProductType::Software => "",
        _ if choices.not.contains_key(&seen.kind) => "not so, as you say: ",
        Strength::Decisive => "left out on purpose, which check will contradict: ",
        _ => "not taken, since it only asks; answer it in portcullis.toml: ",
    };
    format!("{}: {verdict}{}", seen.kind, shown_by(seen, ground))
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn push_waits(out: &mut String, plan: &Plan<'_>, call: &Invocation<'_>) {
    let item = |text: &str| wrap(text, call.width, "  ", "      ");
    out.push_str(&format!("\n{BOLD}What waits{Reset}\n"));
    for code in &plan.decided.selected {
        let own = plan.written.iter().filter(|one| one.id.split_once('/').is_some_and(|(own, _)| own == code.policy.code));
        let (all, cited) = own.fold((0, 0), |(all, cited), one| (all + 1, cited + usize::from(one.pieces > 0)));
        let with = match cited {
            0 => String::new(),
            cited => format!(", {cited} of them with evidence that is here already"),
        };
        let waiting = plan.decided.waiting(&code.policy.code);
        let waiting = if waiting == 0 { String::new() } else { format!("; {waiting} more if the answers below make them apply") };
        let code = format!("{} {}", code.policy.code, code.policy.edition);
        out.push_str(&item(&format!("{code}: {} to attest{with}{waiting}", count(number(all), "provision"))));
    }
}

fn push_proposal(out: &mut String, proposal: &Proposal, call: &Invocation<'_>) {
    if proposal.read.is_empty() {
        return;
    }
    out.push_str(&format!("\n{BOLD}What was proposed, and asserts nothing{Reset}\n"));
    for read in &proposal.read {
        out.push_str(&wrap(read, call.width, "  ", "      "));
    }
    if proposal.unused.is_empty() {
        return;
    }
    out.push_str(&format!("\n{BOLD}Not used{Reset}\n"));
    for unused in proposal.unused.iter().take(UNUSED) {
        out.push_str(&wrap(unused, call.width, "  ", "      "));
    }
    if proposal.unused.len() > UNUSED {
        out.push_str(&format!("  and {} more\n", proposal.unused.len() - UNUSED));
    }
}

fn push_questions(out: &mut String, plan: &Plan<'_>, call: &Invocation<'_>) {
    let open = &plan.decided.open;
    if open.is_empty() {
        return;
    }
    out.push_str(&format!("\n{BOLD}To answer under [product.traits] in {DECLARATION}{Reset}\n"));
    for question in open.iter().take(QUESTIONS) {
        let text = format!("{}: {} ({})", question.asked.id, question.asked.question, question.waiting_in_words());
        out.push_str(&wrap(&text, call.width, "  ", "      "));
    }
    if open.len() > QUESTIONS {
        out.push_str(&format!("  and {} more, each a line there\n", open.len() - QUESTIONS));
    }
}

fn push_poor(out: &mut String, plan: &Plan<'_>, call: &Invocation<'_>) {
    let poor = &plan.shelf.poor;
    if poor.is_empty() {
        return;
    }
    out.push_str(&format!("\n{BOLD}There, but not good enough to cite yet{Reset}\n"));
    for one in poor.iter().take(POOR) {
        let text = format!("{}: {}; to do: {}", one.kind.name, one_line(&one.says(), LACKS_CHARS), one_line(&one.remedy, LACKS_CHARS));
        out.push_str(&wrap(&text, call.width, "  ", "      "));
    }
    if poor.len() > POOR {
        out.push_str(&format!("  and {} more, each beside its provisions\n", poor.len() - POOR));
    }
}

fn push_next(out: &mut String, plan: &Plan<'_>, call: &Invocation<'_>) {
    // What is half done already is the best to begin with.
    let Some(first) = plan.written.iter().rev().max_by_key(|one| (one.level, one.share)).map(|one| &one.id) else { return };
    out.push_str(&format!("\n{BOLD}Next{Reset}\n"));
    let commands = [
        (format!("portcullis check{}", call.folder("")), "where it stands, and what closes the gate"),
        (format!("portcullis explain {first}"), "what a provision asks, and what counts for it"),
        (
            format!("portcullis attest {first}{} --status met --owner \"{NOBODY}\" --statement \"TODO: what is done\"", call.folder("-C ")),
            "attest it, with your words where TODO stands; --evidence KIND:PATH cites more",
        ),
    ];
    for (command, what) in commands {
        out.push_str(&format!("  {command}\n      {what}\n"));
    }
    out.push_str(&wrap(&format!("Commit {DECLARATION} and {ATTESTATIONS} when they read right."), call.width, "", ""));
}
