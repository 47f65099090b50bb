//! Blocks that are lists: what nothing is attested for, and the questions that nobody answered.

use std::collections::BTreeSet;

use super::block::Block;
use super::page::Page;
use super::shown::{APPLIES, code_of, stands_for};
use super::snippet::{Diagnostic, Footer, Mark, draw};
use super::wording::{count, hanging, ids, levels, list};
use crate::finding::Finding;
use crate::model::policy::Confidence;
use crate::report::units::{Units, caution, noun};

/// Columns that the renderer puts before the rows of a list.
const GUTTER: usize = 8;
/// Columns of a level's name and the blanks after it.
const LEVEL: usize = 9;

/// Rows that fit into so many lines; what is left out is counted, with its levels.
fn fitting(rows: Vec<(String, &Finding)>, most: usize) -> Vec<String> {
    let height = |row: &str| row.lines().count();
    let whole: usize = rows.iter().map(|(row, _)| height(row)).sum();
    if whole <= most {
        return rows.into_iter().map(|(row, _)| row).collect();
    }
    let mut room = most.saturating_sub(1).max(3);
    let mut out = Vec::new();
    let mut left: Vec<&Finding> = Vec::new();
    for (row, finding) in rows {
        match room.checked_sub(height(&row)).filter(|_| left.is_empty()) {
            Some(rest) => {
                room = rest;
                out.push(row);
            }
            None => left.push(finding),
        }
    }
    out.push(format!("\u{2026} and {} more (--verbose lists them): {}", left.len(), levels(left)));
    out
}

/// The level's name before a row, where levels differ.
fn level_column(block: &Block<'_>, finding: &Finding) -> (String, usize) {
    let mixed = block.findings.iter().any(|other| other.level != block.level());
    if mixed { (format!("{:LEVEL$}", finding.level.name()), LEVEL) } else { (String::new(), 0) }
}

/// What is said of provisions for which nothing is attested.
pub(super) fn unattested_message(units: &Units<'_>, block: &Block<'_>) -> String {
    let principles = block.findings.iter().filter(|finding| units.is_principle(&finding.id)).count();
    let single = block.findings.len() - principles;
    let noun = block.first().and_then(|finding| units.policy(&finding.id)).map_or("provision", noun);
    let parts = [(principles, "principle"), (single, noun)].into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, noun)| count(number, noun)).collect();
    let open: usize = block.findings.iter().map(|finding| units.open(finding)).sum();
    let all = if principles == 0 { String::new() } else { format!(", {} in all", count(open, "claim")) };
    format!("{} (missing): nothing is attested for them{all}", list(&parts))
}

/// Provisions for which nothing is attested, at the line that made their code apply.
pub(super) fn unattested(page: &Page<'_>, units: &Units<'_>, block: &Block<'_>, finding: &Finding, most: usize) -> String {
    let own = |id: &str| if page.verbose { id.to_owned() } else { id.split_once('/').map_or(id, |(_, own)| own).to_owned() };
    let widest = block.findings.iter().map(|finding| own(&finding.id).chars().count()).max().unwrap_or(0);
    let principles = block.findings.iter().any(|finding| units.is_principle(&finding.id));
    let rows = block.findings.iter().map(|finding| {
        let (level, mut indent) = level_column(block, finding);
        let mut lead = format!("{level}{:widest$}  ", own(&finding.id));
        indent += widest + 2;
        if principles {
            let open = if units.is_principle(&finding.id) { count(units.open(finding), "claim") } else { String::new() };
            lead.push_str(&format!("{open:8}  "));
            indent += 10;
        }
        let subject = units.subject(&finding.id);
        let doubt = subject.as_ref().map(|subject| subject.confidence).filter(|confidence| *confidence != Confidence::Official);
        let doubt = doubt.map(|confidence| format!(" ({confidence})")).unwrap_or_default();
        let title = subject.map_or("", |subject| subject.title);
        (format!("{lead}{}", hanging(&format!("{title}{doubt}"), indent, page.width.saturating_sub(GUTTER))), *finding)
    });
    let mut footers = vec![stands_for(block, None), Footer::Lines(fitting(rows.collect(), most))];
    let begin = format!("begin with {}: {}", own(&finding.id), finding.remedy.trim_end_matches('.'));
    footers.push(Footer::Help(format!("{begin}. `portcullis explain {}` says what it asks and what counts as evidence.", finding.id)));
    let confidences: BTreeSet<Confidence> =
        block.findings.iter().filter_map(|finding| units.subject(&finding.id)).map(|subject| subject.confidence).collect();
    footers.extend(confidences.into_iter().filter_map(caution).map(|text| Footer::Note(text.to_owned())));
    let code = code_of(&finding.id);
    let marks = vec![Mark { span: finding.span, label: format!("{code} {APPLIES}") }];
    let message = unattested_message(units, block);
    draw(page, Diagnostic { level: block.level(), id: Some(code), message: &message, marks, footers })
}

/// What is said of traits that nobody answered.
pub(super) fn questions_message(block: &Block<'_>) -> String {
    let questions = block.findings.iter().filter_map(|finding| finding.question.as_ref());
    let waiting: BTreeSet<&str> = questions.flat_map(|question| &question.waiting).map(String::as_str).collect();
    let (wait, them) = (if waiting.len() == 1 { "waits" } else { "wait" }, count(waiting.len(), "provision"));
    match block.findings.len() {
        1 => format!("1 trait is unanswered, and {them} {wait} for it"),
        traits => format!("{traits} traits are unanswered, and {them} {wait} for them"),
    }
}

/// Traits that nobody answered, where the answers belong; those that most hangs on come first.
pub(super) fn questions(page: &Page<'_>, block: &Block<'_>, finding: &Finding, lines: usize) -> String {
    let asked = || block.findings.iter().filter_map(|finding| Some((finding, finding.question.as_ref()?)));
    let most = asked().map(|(_, question)| question.waiting.len()).max().unwrap_or(0).to_string().len();
    let rows = asked().map(|(finding, question)| {
        let (level, indent) = level_column(block, finding);
        let waiting: Vec<&str> = question.waiting.iter().map(String::as_str).collect();
        let waits = if page.verbose { format!(" (waiting: {})", ids(&waiting)) } else { String::new() };
        let text = format!("{}: {}{waits}", question.id, question.text);
        let lead = format!("{level}{:>most$} wait  ", waiting.len());
        (format!("{lead}{}", hanging(&text, indent + most + 7, page.width.saturating_sub(GUTTER))), *finding)
    });
    let first = asked().next().map_or("", |(_, question)| question.id.as_str());
    let help = match block.findings.len() {
        1 => finding.remedy.clone(),
        _ => {
            format!("add `{first} = true` or `{first} = false`, and so on, under [product.traits]; an unanswered question is never a pass")
        }
    };
    let footers = vec![stands_for(block, None), Footer::Lines(fitting(rows.collect(), lines)), Footer::Help(help)];
    let marks = vec![Mark { span: finding.span, label: "answer here".to_owned() }];
    let message = questions_message(block);
    draw(page, Diagnostic { level: block.level(), id: Some(&finding.id), message: &message, marks, footers })
}
