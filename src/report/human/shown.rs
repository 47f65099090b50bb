//! One block of findings, drawn.

use super::block::{Block, Shape};
use super::lists;
use super::page::Page;
use super::snippet::{Diagnostic, Footer, Mark, draw};
use super::wording::{clean, count, hanging, ids, levels};
use crate::finding::Finding;
use crate::model::outcome::{Level, OutcomeName};
use crate::model::policy::Confidence;
use crate::report::units::{Units, caution, noun};

/// What the label of a related place says that only repeats why a code applies.
pub(super) const APPLIES: &str = "applies because of this";
/// Most first steps that one block spells out.
const REMEDIES: usize = 2;
/// Columns that the breaks of a brief entry cost.
const BRIEF_SLACK: usize = 24;
/// Columns before and after the titles of a block's ids.
const ROW_MARGIN: usize = 8;

/// Draws a block; a list of at most `rows` lines of rows.
pub(super) fn block(page: &Page<'_>, units: &Units<'_>, block: &Block<'_>, rows: usize) -> String {
    match (block.shape, block.first()) {
        (_, None) => String::new(),
        (Shape::Single, Some(finding)) => single(page, units, finding),
        (Shape::Same, Some(finding)) => same(page, units, block, finding),
        (Shape::Unattested, Some(finding)) => lists::unattested(page, units, block, finding, rows),
        (Shape::Questions, Some(finding)) => lists::questions(page, block, finding, rows),
    }
}

/// A block in one or two lines, for when there is no room to show it.
pub(super) fn brief(page: &Page<'_>, units: &Units<'_>, block: &Block<'_>) -> String {
    let Some(finding) = block.first() else { return String::new() };
    let place = page.report.sources.place(finding.span);
    let stands = if block.findings.len() == 1 { String::new() } else { format!("{}: ", count(block.findings.len(), "finding")) };
    let id = if block.shape == Shape::Single { finding.id.clone() } else { common_id(block) };
    let outcome = finding.outcome.map(|outcome| format!("{outcome}: ")).unwrap_or_default();
    let head = format!("{}[{id}]", block.level());
    let text = format!("{}:{}: {stands}{outcome}{}", clean(&place.file, 100), place.line, units.reason(finding));
    let room = page.width.saturating_sub(2);
    let limit = (2 * room).saturating_sub(head.chars().count() + BRIEF_SLACK).max(40);
    let whole = hanging(&format!("{head} {}", clean(&text, limit)), 4, room);
    let rest = whole.strip_prefix(head.as_str()).unwrap_or_default();
    format!("  {}{rest}\n", page.level(block.level(), &head))
}

fn single(page: &Page<'_>, units: &Units<'_>, finding: &Finding) -> String {
    let mut footers = vec![Footer::Help(finding.remedy.clone())];
    footers.extend(official(units, finding));
    let marks = marks(&[finding], primary_label(finding));
    draw(page, Diagnostic { level: finding.level, id: Some(&finding.id), message: &finding.message, marks, footers })
}

/// What is missing is shown at the line that made its code apply.
fn primary_label(finding: &Finding) -> String {
    match finding.outcome {
        Some(OutcomeName::Missing) if finding.related.is_empty() => format!("{} {APPLIES}", code_of(&finding.id)),
        _ => String::new(),
    }
}

/// The code that an id belongs to.
pub(super) fn code_of(id: &str) -> &str {
    id.split_once('/').map_or(id, |(code, _)| code)
}

/// The note with the code's own words, and the caution where they were not read in the official text.
fn official(units: &Units<'_>, finding: &Finding) -> Vec<Footer> {
    let words = units.official_words(&finding.id).map(Footer::Note);
    let caution = units.subject(&finding.id).and_then(|subject| caution(subject.confidence));
    words.into_iter().chain(caution.map(|text| Footer::Note(text.to_owned()))).collect()
}

fn marks(findings: &[&Finding], label: String) -> Vec<Mark> {
    let Some(first) = findings.first() else { return Vec::new() };
    let mut marks = vec![Mark { span: first.span, label }];
    for related in findings.iter().flat_map(|finding| &finding.related) {
        let told = marks.iter().any(|mark| mark.span == related.span && mark.label == related.message);
        if !told && !related.message.ends_with(APPLIES) {
            marks.push(Mark { span: related.span, label: related.message.clone() });
        }
    }
    marks
}

/// The principle that all stand under, else their code.
fn common_id(block: &Block<'_>) -> String {
    let stem = |finding: &Finding| finding.id.rsplit_once("-c").map_or(finding.id.clone(), |(stem, _)| stem.to_owned());
    let Some(first) = block.first() else { return String::new() };
    match block.shape {
        Shape::Questions => first.id.clone(),
        Shape::Same if block.findings.iter().all(|finding| stem(finding) == stem(first)) => stem(first),
        _ => code_of(&first.id).to_owned(),
    }
}

fn same_message(units: &Units<'_>, block: &Block<'_>, finding: &Finding) -> String {
    match block.shape {
        Shape::Unattested => lists::unattested_message(units, block),
        Shape::Questions => lists::questions_message(block),
        _ => {
            let what = count(block.findings.len(), units.policy(&finding.id).map_or("provision", noun));
            let outcome = finding.outcome.map_or("", |outcome| outcome.name());
            format!("{what} ({outcome}): {}", units.reason(finding))
        }
    }
}

fn same(page: &Page<'_>, units: &Units<'_>, block: &Block<'_>, finding: &Finding) -> String {
    let mut footers = vec![stands_for(block, Some(leveled_ids(block)))];
    if page.verbose {
        footers.push(Footer::Lines(block.findings.iter().map(|finding| titled(page, units, finding)).collect()));
    }
    footers.extend(remedies(page, block));
    footers.extend(official_of_all(units, block));
    let marks = marks(&block.findings, String::new());
    let message = same_message(units, block, finding);
    draw(page, Diagnostic { level: block.level(), id: Some(&common_id(block)), message: &message, marks, footers })
}

/// How many findings a block stands for, and which; without ids, at which levels.
pub(super) fn stands_for(block: &Block<'_>, ids: Option<String>) -> Footer {
    let which = ids.unwrap_or_else(|| levels(block.findings.iter().copied()));
    Footer::Note(format!("stands for {}: {which}", count(block.findings.len(), "finding")))
}

/// The ids; by level where the levels differ.
fn leveled_ids(block: &Block<'_>) -> String {
    let of = |level: Level| block.findings.iter().filter(move |finding| finding.level == level).map(|finding| finding.id.as_str());
    let parts: Vec<(Level, Vec<&str>)> =
        Level::ALL.iter().rev().map(|level| (*level, of(*level).collect::<Vec<_>>())).filter(|(_, own)| !own.is_empty()).collect();
    match parts.as_slice() {
        [(_, only)] => ids(only),
        _ => parts.iter().map(|(level, own)| format!("{level} {}", ids(own))).collect::<Vec<_>>().join("; "),
    }
}

fn titled(page: &Page<'_>, units: &Units<'_>, finding: &Finding) -> String {
    let title = units.subject(&finding.id).map_or("", |subject| subject.title);
    hanging(&format!("{}  {title}", finding.id), 4, page.width.saturating_sub(ROW_MARGIN))
}

/// The first steps; where they differ, each with the ids that it helps.
fn remedies(page: &Page<'_>, block: &Block<'_>) -> Vec<Footer> {
    let mut distinct: Vec<(&str, Vec<&str>)> = Vec::new();
    for finding in &block.findings {
        match distinct.iter_mut().find(|(remedy, _)| *remedy == finding.remedy) {
            Some((_, known)) => known.push(&finding.id),
            None => distinct.push((&finding.remedy, vec![&finding.id])),
        }
    }
    if let [(only, _)] = distinct.as_slice() {
        return vec![Footer::Help((*only).to_owned())];
    }
    let most = if page.verbose { distinct.len() } else { REMEDIES };
    let mut out: Vec<Footer> = distinct.iter().take(most).map(|(remedy, own)| Footer::Help(format!("{}: {remedy}", ids(own)))).collect();
    if let Some(rest) = distinct.len().checked_sub(most).filter(|rest| *rest > 0) {
        out.push(Footer::Help(format!("\u{2026} and {} for the others (--verbose lists them)", count(rest, "other first step"))));
    }
    out
}

fn official_of_all(units: &Units<'_>, block: &Block<'_>) -> Vec<Footer> {
    let mut words: Vec<String> = Vec::new();
    for subject in block.findings.iter().filter_map(|finding| units.subject(&finding.id)) {
        let id = &subject.provision.id;
        let official = match subject.unit.is_some_and(|unit| unit.id != *id) {
            true => Some(format!("principle {}: {}", id.split_once('/').map_or(id.as_str(), |(_, own)| own), subject.provision.title)),
            false => units.official_words(id),
        };
        words.extend(official.filter(|text| !words.contains(text)));
    }
    let more = words.len().saturating_sub(3);
    words.truncate(3);
    if more > 0 {
        words.push(format!("\u{2026} and {} (--verbose names each)", count(more, "other requirement")));
    }
    for confidence in Confidence::ALL {
        let Some(caution) = caution(*confidence) else { continue };
        let own = block.findings.iter().map(|finding| finding.id.as_str());
        let own: Vec<&str> = own.filter(|id| units.subject(id).is_some_and(|subject| subject.confidence == *confidence)).collect();
        let verb = if own.len() == 1 { "is" } else { "are" };
        words.extend((!own.is_empty()).then(|| format!("{} {verb} {caution}", ids(&own))));
    }
    words.into_iter().map(Footer::Note).collect()
}
