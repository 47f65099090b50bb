//! What became of every unit, code by code: counts in words, never a score.

use super::page::Page;
use super::wording::{count, hanging, ids};
use crate::model::outcome::OutcomeName;
use crate::report::ProductReport;
use crate::report::tally::{COLUMNS, Tally, on_whose_word};

/// Most waivers that are listed unless everything is asked for.
const WAIVERS: usize = 8;

/// The table of a product, and under each code what the numbers cannot say.
pub(super) fn summary(page: &Page<'_>, product: &ProductReport<'_>) -> String {
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
        let tally = Tally::of(product, code.policy);
        out.push_str(&format!("  {:widest$}", code.policy.code));
        for (name, cell) in COLUMNS.iter().zip(tally.cells) {
            out.push_str(&format!("{gap}{cell:>width$}", width = name.len()));
        }
        out.push('\n');
        if !tally.open.is_empty() {
            out.push_str(&format!("    {}\n", hanging(&format!("not met: {}", tally.open_words()), 6, page.width)));
        }
        out.push_str(&format!("    {}\n", hanging(&on_whose_word(product, code.policy), 6, page.width)));
    }
    out.push('\n');
    out
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
