//! What became of every unit, code by code: counts in words, never a score.

use super::page::Page;
use super::units::{Units, noun};
use super::wording::{count, hanging, ids, list};
use crate::model::outcome::{Assurance, OutcomeName};
use crate::model::policy::Policy;
use crate::report::{ProductReport, UnitReport};

/// Most waivers that are listed unless everything is asked for.
const WAIVERS: usize = 8;

const COLUMNS: [&str; 7] = ["units", "verified", "evidenced", "asserted", "waived", "excluded", "not met"];

/// The table of a product, and under each code what the numbers cannot say.
pub(super) fn summary(page: &Page<'_>, product: &ProductReport<'_>, units: &Units<'_>) -> String {
    let widest = product.codes.iter().map(|code| code.policy.code.len()).max().unwrap_or(0);
    let mut out = format!("{}\n", page.bold("== Summary =="));
    let table: usize = COLUMNS.iter().map(|name| name.len() + 2).sum();
    let gap = if widest + 2 + table > page.width { " " } else { "  " };
    out.push_str(&format!("  {:widest$}", ""));
    for name in COLUMNS {
        out.push_str(&format!("{gap}{name}"));
    }
    out.push('\n');
    for code in &product.codes {
        let found: Vec<&UnitReport<'_>> = units.of_code(&code.policy.code).collect();
        let met = |wanted| found.iter().filter(|unit| unit.outcome == OutcomeName::Met && unit.assurance == Some(wanted)).count();
        let ended = |outcome| found.iter().filter(|unit| unit.outcome == outcome).count();
        let open: Vec<(OutcomeName, usize)> = OutcomeName::ALL
            .iter()
            .filter(|name| is_gap(**name))
            .map(|name| (*name, ended(*name)))
            .filter(|(_, number)| *number > 0)
            .collect();
        let cells = [
            found.len(),
            met(Assurance::Verified),
            met(Assurance::Evidenced),
            met(Assurance::Asserted),
            ended(OutcomeName::Waived),
            ended(OutcomeName::Excluded),
            open.iter().map(|(_, number)| number).sum(),
        ];
        out.push_str(&format!("  {:widest$}", code.policy.code));
        for (name, cell) in COLUMNS.iter().zip(cells) {
            out.push_str(&format!("{gap}{cell:>width$}", width = name.len()));
        }
        out.push('\n');
        if !open.is_empty() {
            let parts: Vec<String> = open.iter().map(|(name, number)| format!("{number} {name}")).collect();
            out.push_str(&format!("    {}\n", hanging(&format!("not met: {}", parts.join(", ")), 6, page.width)));
        }
        out.push_str(&format!("    {}\n", hanging(&on_whose_word(units, code.policy), 6, page.width)));
    }
    out.push('\n');
    out
}

/// Which of the units that are met rest on what.
fn on_whose_word(units: &Units<'_>, policy: &Policy) -> String {
    let provable = policy.units.iter().filter(|unit| !unit.verified_by.is_empty()).count();
    let noun = format!("{}s", noun(policy));
    let met = |wanted: Option<Assurance>| {
        let met = units.of_code(&policy.code).filter(move |found| found.outcome == OutcomeName::Met);
        met.filter(move |found| wanted.is_none_or(|wanted| found.assurance == Some(wanted))).count()
    };
    let most = match provable {
        0 => format!("none of its {} {noun} can be proved from a repository", policy.units.len()),
        _ => format!("at most {provable} of its {} {noun} can be proved from a repository", policy.units.len()),
    };
    let (all, proved) = (met(None), met(Some(Assurance::Verified)));
    let word = all - proved;
    let rests = match (all, word) {
        (0, _) => "nothing is met here yet".to_owned(),
        (_, 0) => format!("here none of the {all} that are met rests on people's word"),
        _ => {
            let parts = [(Assurance::Evidenced, "whose cited documents stand"), (Assurance::Asserted, "that are asserted only")];
            let parts: Vec<String> = parts
                .iter()
                .map(|(level, what)| (met(Some(*level)), what))
                .filter(|(n, _)| *n > 0)
                .map(|(n, what)| format!("{n} {what}"))
                .collect();
            let rest = if word == 1 { "rests" } else { "rest" };
            format!("here {word} of the {all} that are met {rest} on people's word: {}", list(&parts))
        }
    };
    format!("{most}; {rests}")
}

fn is_gap(name: OutcomeName) -> bool {
    !matches!(name, OutcomeName::Excluded | OutcomeName::Waived | OutcomeName::Met)
}

/// Gaps that are accepted, with the last day; the soonest first.
pub(super) fn waived(page: &Page<'_>, product: &ProductReport<'_>) -> String {
    let mut groups: Vec<(jiff::civil::Date, Option<OutcomeName>, Vec<&str>)> = Vec::new();
    for found in &product.assessments {
        let Some(until) = found.waived_until else { continue };
        match groups.iter_mut().find(|(date, outcome, _)| *date == until && *outcome == found.waived_outcome) {
            Some((_, _, known)) => known.push(&found.unit.id),
            None => groups.push((until, found.waived_outcome, vec![&found.unit.id])),
        }
    }
    if groups.is_empty() {
        return String::new();
    }
    groups.sort_by_key(|(until, ..)| *until);
    let all: usize = groups.iter().map(|(.., found)| found.len()).sum();
    let mut out = format!("{}\n", page.bold(&format!("== Waived: {} ==", count(all, "unit"))));
    let most = if page.verbose { groups.len() } else { WAIVERS };
    for (until, outcome, found) in groups.iter().take(most) {
        let instead = outcome.map_or("", OutcomeName::name);
        out.push_str(&format!("  {}\n", hanging(&format!("until {until}: {} ({instead})", ids(found)), 19, page.width.saturating_sub(2))));
    }
    let more: usize = groups.iter().skip(most).map(|(.., found)| found.len()).sum();
    if more > 0 {
        out.push_str(&format!("  \u{2026} and {} more (--verbose lists them)\n", count(more, "unit")));
    }
    out.push('\n');
    out
}
