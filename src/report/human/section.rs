//! The findings of one code, or the gate's own, within a number of lines that a person reads.
//!
//! Invariant: what is not shown is counted. First come snippets, then short entries, then a count.

use super::block::{Block, fold};
use super::page::Page;
use super::shown;
use super::wording::{clean, count, hanging, hanging_after, levels};
use crate::finding::Finding;
use crate::model::outcome::{Assurance, OutcomeName};
use crate::report::units::{Units, whose_words};
use crate::report::{ProductReport, UnitReport};

/// Lines per code, headings aside, unless everything is asked for.
const LINES: usize = 60;
/// Lines of a list's own, beside its rows.
const LIST_FRAME: usize = 13;
/// Lines kept for lists while there is more to show before them.
const LEAST_LIST: usize = 18;
/// Lines kept for what is weaker than a list before it.
const LATER: usize = 12;
/// Longest reason of a unit that is met or excluded, in characters.
const REASON_CHARS: usize = 400;

/// Every section of a product, a blank line after each.
pub(super) fn all(page: &Page<'_>, product: &ProductReport<'_>, units: &Units<'_>) -> String {
    let mut out = String::new();
    for code in &product.codes {
        let policy = code.policy;
        let own: Vec<&Finding> = product.findings.iter().filter(|finding| in_code(&finding.id, &policy.code)).collect();
        if own.is_empty() && !page.verbose {
            continue;
        }
        out.push_str(&headed(page, &format!("{} {}: {}", policy.code, policy.edition, clean(&policy.title, 200)), &own));
        let published = hanging(&format!("{}: {}", clean(&policy.publisher, 200), policy.source), 0, page.width);
        out.push_str(&format!("{}\n", page.dim(&published)));
        out.extend(whose_words(policy).map(|words| format!("{}\n", page.dim(&hanging(&words, 0, page.width)))));
        out.push('\n');
        out.push_str(&blocks(page, units, &own));
        if page.verbose {
            out.push_str(&settled(page, units, &policy.code));
        }
    }
    let own: Vec<&Finding> = product.findings.iter().filter(|finding| in_code(&finding.id, "portcullis")).collect();
    if !own.is_empty() {
        out.push_str(&headed(page, "The gate's own findings", &own));
        out.push('\n');
        out.push_str(&blocks(page, units, &own));
    }
    out
}

fn in_code(id: &str, code: &str) -> bool {
    id.split_once('/').is_some_and(|(own, _)| own == code)
}

fn headed(page: &Page<'_>, heading: &str, findings: &[&Finding]) -> String {
    let counted = match findings {
        [] => "no findings".to_owned(),
        _ => format!("{}: {}", count(findings.len(), "finding"), levels(findings.iter().copied())),
    };
    format!("{}\n{counted}\n", page.bold(&hanging(&format!("== {heading} =="), 3, page.width)))
}

/// The strongest come first. Lists take what the snippets leave, and at least a few rows where both want more.
fn blocks(page: &Page<'_>, units: &Units<'_>, findings: &[&Finding]) -> String {
    let blocks = fold(findings, units);
    let draw = |block: &Block<'_>, rows| format!("{}\n\n", shown::block(page, units, block, rows));
    if page.verbose {
        return blocks.iter().map(|block| draw(block, usize::MAX)).collect();
    }
    let (lists, details): (Vec<Block<'_>>, Vec<Block<'_>>) = blocks.into_iter().partition(|block| block.shape.is_list());
    let strongest = lists.iter().map(Block::level).max();
    let (before, after): (Vec<Block<'_>>, Vec<Block<'_>>) =
        details.into_iter().partition(|block| strongest.is_none_or(|strongest| block.level() >= strongest));
    let whole: Vec<String> = lists.iter().map(|block| draw(block, usize::MAX)).collect();
    let wanted: usize = whole.iter().map(|text| height(text)).sum();
    let mut out = limited(page, units, &before, LINES.saturating_sub(wanted.min(LEAST_LIST)));
    let later = if after.is_empty() { 0 } else { LATER };
    let mut left = lists.len();
    for (block, whole) in lists.iter().zip(whole) {
        let share = LINES.saturating_sub(height(&out) + later) / left.max(1);
        out.push_str(&if height(&whole) <= share { whole } else { draw(block, share.saturating_sub(LIST_FRAME)) });
        left -= 1;
    }
    let room = LINES.saturating_sub(height(&out));
    out.push_str(&limited(page, units, &after, room));
    out
}

fn height(text: &str) -> usize {
    text.lines().count()
}

fn limited(page: &Page<'_>, units: &Units<'_>, details: &[Block<'_>], lines: usize) -> String {
    let mut room = lines;
    let mut out = String::new();
    let mut rest = details;
    while let Some((block, others)) = rest.split_first() {
        let text = format!("{}\n\n", shown::block(page, units, block, usize::MAX));
        let least = if others.is_empty() { 0 } else { (2 * others.len() + 1).min(lines / 3) };
        match room.checked_sub(height(&text)).filter(|after| *after >= least) {
            Some(after) => room = after,
            None if out.is_empty() && lines > LATER => room = room.saturating_sub(height(&text)),
            None => break,
        }
        out.push_str(&text);
        rest = others;
    }
    out.push_str(&briefly(page, units, rest, room));
    out
}

/// One entry each for what found no room to be shown, then a count of what found none for that either.
fn briefly(page: &Page<'_>, units: &Units<'_>, blocks: &[Block<'_>], lines: usize) -> String {
    if blocks.is_empty() {
        return String::new();
    }
    let mut room = lines.saturating_sub(2);
    let mut out = String::new();
    let mut rest = blocks;
    while let Some((block, others)) = rest.split_first() {
        let text = shown::brief(page, units, block);
        let Some(after) = room.checked_sub(height(&text)) else { break };
        room = after;
        rest = others;
        out.push_str(&text);
    }
    let left: Vec<&Finding> = rest.iter().flat_map(|block| block.findings.iter().copied()).collect();
    if left.is_empty() {
        out.push_str(&format!("  {}\n", hanging("(--verbose shows each of these in full)", 4, page.width)));
    } else {
        let more = format!("\u{2026} and {} more (--verbose lists them): {}", count(left.len(), "finding"), levels(left));
        out.push_str(&format!("  {}\n", hanging(&more, 4, page.width)));
    }
    out.push('\n');
    out
}

/// What is met, with what was shown, and what is excluded, with the reason.
fn settled(page: &Page<'_>, units: &Units<'_>, code: &str) -> String {
    let of = |outcome| units.of_code(code).filter(move |found| found.outcome == outcome).collect::<Vec<_>>();
    let mut out = String::new();
    for (outcome, word) in [(OutcomeName::Met, "met"), (OutcomeName::Excluded, "excluded")] {
        let found = of(outcome);
        if found.is_empty() {
            continue;
        }
        out.push_str(&format!("{}\n", page.bold(&format!("{word}: {}", found.len()))));
        for unit in found {
            out.push_str(&settled_line(page, unit));
        }
        out.push('\n');
    }
    out
}

fn settled_line(page: &Page<'_>, found: &UnitReport<'_>) -> String {
    let place = page.report.sources.place(found.span);
    let at = match found.outcome {
        OutcomeName::Met => format!(" [{}:{}]", clean(&place.file, 100), place.line),
        _ => String::new(),
    };
    let assurance = found.assurance.filter(|_| found.outcome == OutcomeName::Met).map_or("", Assurance::name);
    let lead = [found.unit.id.as_str(), assurance].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ");
    let text = format!("{}: {}{at}", found.unit.title.trim_end_matches('.'), clean(&found.reason, REASON_CHARS));
    format!("  {lead}  {}\n", hanging_after(&text, lead.chars().count() + 4, 6, page.width))
}
