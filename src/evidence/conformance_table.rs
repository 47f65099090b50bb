//! `conformance-table`: the answer to each provision of EN 303 645, one row per provision, as the standard's Annex B has it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::register::few_columns;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::affirmation::{denies_yes, gives_reason};
use crate::formats::markdown_rows;
use crate::formats::records::{self, Cell, Record};
use crate::formats::tree::Syntax;
use crate::limits;
use crate::model::attestation::Status;
use crate::model::outcome::Assurance;
use crate::model::policy::{Policy, Unit};
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct ConformanceTable;

/// The code whose provisions a table answers.
const CODE: &str = "consumer-iot";
const IDS: &[&str] = &["provision", "reference", "id", "provision-id", "provision-number", "ref"];
/// Where the answer stands, the surest first: Annex B calls the provision's own strength its status.
const ANSWERS: &[&str] =
    &["support", "supported", "answer", "implemented", "fulfilled", "conformance", "compliance", "met", "result", "status"];
const REASONS: &[&str] = &[
    "reason",
    "detail",
    "details",
    "justification",
    "rationale",
    "why",
    "explanation",
    "comment",
    "comments",
    "remark",
    "remarks",
    "note",
    "notes",
];
/// Columns and keys that name what the table is about.
const PRODUCTS: &[&str] = &["product", "product-name", "product-type", "device", "device-name"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    NotApplicable,
}

impl Verifier for ConformanceTable {
    fn kind(&self) -> &'static str {
        "conformance-table"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a CSV file, tables of Markdown, or an array of tables in TOML, YAML or JSON, with a column for the provision and one for the answer.",
            "Every provision of the edition that is assessed has one row, and no row is for a provision that the edition does not have.",
            "Every answer is yes, no or not applicable, and a no or not applicable has a reason of at least three words, a yes none that takes it back.",
            "Where the attested provision rests on provisions of the standard, those are answered yes; or not applicable where their trait is answered no.",
            "Where a column, a key or the heading names a product, it is this one.",
            "No answer says the opposite of what is attested of the same provision.",
            "It has every column that `columns` names, and no row that leaves one empty.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the answers are true cannot be seen. A table for an older edition is a doubt, since its provisions are not known here."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"conformance-table\"\npath = \"docs/conformance.csv\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let path = file.path.to_string();
    let name = file.path.file_name();
    let text = ask.text()?;
    let read = |text: &str| match name.to_ascii_lowercase().ends_with(".md") {
        true => Some(markdown_rows::rows(text).map(Rc::new)),
        false => records::read(name, text).map(|read| read.map(Rc::new)),
    };
    let Some(read) = ask.reading(read)? else {
        let message = format!("{path} is no table that is read: it is neither CSV nor Markdown, TOML, YAML or JSON");
        return Err(Verified::gap(Gap::failed("no-table", message, "keep the table as CSV, TOML or Markdown")));
    };
    let rows = read.map_err(|bad| ask.malformed(&bad))?;
    let rows: Vec<Row<'_>> = rows.iter().filter_map(Row::of).collect();
    if rows.is_empty() {
        let message = format!("{path} has no row with a column for the provision");
        return Err(Verified::gap(Gap::failed("no-rows", message, "give it the columns provision, answer and reason")));
    }
    let Some(policy) = ask.codes.iter().find(|policy| policy.code == CODE) else {
        let remedy = "declare the product as consumer-iot";
        return Err(Verified::doubt(format!("{path} answers {CODE}, which is not assessed for this product"), remedy));
    };
    if text.contains("2.1.1") && !text.contains("3.1") {
        let message = format!("{path} is for EN 303 645 V2.1.1, whose provisions are not known to this version");
        return Err(Verified::doubt(message, "cite it as a register or document beside a table for the edition that is assessed"));
    }
    few_columns(ask, &path)?;
    let mut gaps: Vec<Gap> = other_product(ask, &rows, text, &path)?.into_iter().collect();
    gaps.extend(relied(ask, &rows, policy, &path));
    gaps.extend(answers(ask, &rows, &path));
    gaps.extend(against(ask, &rows, policy, &path));
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    Ok(Verified::from_gaps(super::at_most(gaps), || proof(&rows, policy, &path)))
}

struct Row<'r> {
    id: String,
    record: &'r Record,
    answer: Option<&'r Cell>,
}

impl<'r> Row<'r> {
    fn of(record: &'r Record) -> Option<Self> {
        let id = IDS.iter().find_map(|column| record.cell(column))?.text.trim();
        let id = id.strip_prefix("Provision ").or_else(|| id.strip_prefix("provision ")).unwrap_or(id).trim();
        let answer = ANSWERS.iter().find_map(|column| record.cell(column));
        (!id.is_empty()).then(|| Self { id: id.to_owned(), record, answer })
    }

    fn means(&self) -> Option<Answer> {
        meant(self.answer?)
    }

    /// Another column that answers otherwise; what is called status beside an answer is the provision's own strength.
    fn contradicted(&self) -> Option<&'r Cell> {
        let own = self.means()?;
        let others = self.record.cells.iter().filter(|cell| ANSWERS.contains(&cell.column.as_str()) && cell.column != "status");
        others.into_iter().find(|cell| meant(cell).is_some_and(|other| other != own))
    }

    fn reason(&self) -> &'r str {
        let cells = REASONS.iter().filter_map(|column| self.record.cell(column));
        cells.map(|cell| cell.text.as_str()).find(|text| !text.is_empty()).unwrap_or_default()
    }
}

fn meant(cell: &Cell) -> Option<Answer> {
    let text = cell.text.to_lowercase();
    match text.trim().trim_end_matches('.') {
        "y" | "yes" | "supported" | "met" | "true" | "pass" | "implemented" | "fulfilled" | "✓" | "✅" => Some(Answer::Yes),
        "n" | "no" | "not supported" | "not met" | "not-met" | "false" | "fail" | "partial" | "partly" | "planned" | "not implemented" => {
            Some(Answer::No)
        }
        "n/a" | "na" | "not applicable" | "not-applicable" => Some(Answer::NotApplicable),
        _ => None,
    }
}

/// What each row lacks in itself.
fn answers(ask: &Ask<'_>, rows: &[Row<'_>], path: &str) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for wanted in ask.evidence.texts("columns") {
        let name = records::column(&wanted.value);
        if let Some(row) = rows.iter().find(|row| row.record.cell(&name).is_none_or(|cell| cell.text.is_empty())) {
            let message = format!("{path} has nothing in {} for {}", one_line(&name, 60), one_line(&row.id, 40));
            gaps.push(Gap {
                cited: Some(wanted.span),
                ..ask.gap_at(row.record.at.clone(), "blank", message, "fill the cell in, or correct `columns`")
            });
        }
    }
    for row in rows {
        let id = one_line(&row.id, 40);
        let Some(answer) = row.means() else {
            let written = row.answer.map_or("nothing", |cell| cell.text.as_str());
            let message = format!("{path} answers {id} with {}", one_line(if written.is_empty() { "nothing" } else { written }, 40));
            gaps.push(ask.gap_at(row.record.at.clone(), "no-answer", message, "answer yes, no or n/a"));
            continue;
        };
        if let Some(other) = row.contradicted() {
            let message = format!("{path} answers {id} in two ways: {} has {}", one_line(&other.column, 40), one_line(&other.text, 40));
            gaps.push(ask.gap_at(row.record.at.clone(), "two-answers", message, "keep one column for the answer"));
        }
        let reason = row.reason();
        if answer == Answer::Yes && denies_yes(reason) {
            let message = format!("{path} answers {id} with yes and takes it back: {}", one_line(reason, 80));
            gaps.push(ask.gap_at(row.record.at.clone(), "taken-back", message, "correct whichever is wrong"));
        }
        if answer != Answer::Yes && !gives_reason(reason) {
            let word = if answer == Answer::No { "no" } else { "not applicable" };
            let message = format!("{path} answers {id} with {word} and gives no reason");
            gaps.push(ask.gap_at(row.record.at.clone(), "no-reason", message, "say why in a column `reason`"));
        }
    }
    gaps
}

/// The gap of a table that is about another product, where it says what it is about.
fn other_product(ask: &Ask<'_>, rows: &[Row<'_>], text: &str, path: &str) -> Result<Option<Gap>, Verified> {
    let cells = rows.iter().flat_map(|row| PRODUCTS.iter().filter_map(|column| row.record.cell(column)));
    let column = cells.filter(|cell| !cell.text.is_empty()).find(|cell| !ask.speaks_of(&cell.text));
    let mut other = column.map(|cell| (cell.text.clone(), cell.at.clone()));
    let name = ask.cited()?.path.file_name();
    if let (None, Some(syntax)) = (&other, Syntax::of(name)) {
        let root = ask.tree(syntax)?;
        let keys = root.entries().iter().filter(|entry| PRODUCTS.contains(&records::column(&entry.key).as_str()));
        let named = keys.filter_map(|entry| {
            let text = entry.node.text().or_else(|| entry.node.word("name"))?;
            Some((text.to_owned(), entry.node.range()))
        });
        other = named.into_iter().find(|(text, _)| !ask.speaks_of(text));
    } else if let (None, true) = (&other, name.to_ascii_lowercase().ends_with(".md")) {
        other = titled(text).filter(|(title, _)| !ask.speaks_of(title));
    }
    Ok(other.map(|(named, at)| {
        let message = format!("{path} is about {}, not about {}", one_line(&named, 80), ask.names());
        ask.gap_at(at, "other-product", message, "cite this product's table, or say in `names` how it calls the product")
    }))
}

/// What a Markdown heading says that the table is of: `# Conformance of X`; the standard and "the product" are no names.
fn titled(text: &str) -> Option<(String, std::ops::Range<usize>)> {
    const HEAD: usize = 100;
    let mut start = 0;
    for line in text.split_inclusive('\n').take(HEAD) {
        let at = start..start + line.trim_end().len();
        start += line.len();
        let title = line.strip_prefix('#').map(|rest| rest.trim_matches(['#', ' ', '\n', '\r', '*']).to_lowercase());
        let Some(title) = title.filter(|title| title.contains("conformance") || title.contains("compliance")) else { continue };
        let of = [" of ", " for "].iter().filter_map(|word| title.split_once(word)).min_by_key(|(before, _)| before.len());
        let plain = |named: &str| {
            ["303 645", "303645", "etsi", "annex", "provision", "guideline", "conformance"].iter().any(|word| named.contains(word))
                || ["the ", "our ", "this "].iter().any(|word| named.starts_with(word))
        };
        if let Some((_, named)) = of.filter(|(_, named)| !plain(named)) {
            return Some((named.to_owned(), at));
        }
    }
    None
}

/// The provisions that the attested one rests on and that are not answered with yes.
fn relied(ask: &Ask<'_>, rows: &[Row<'_>], policy: &Policy, path: &str) -> Vec<Gap> {
    let denied = |unit: &Unit| {
        let asked = unit.conditions.iter().flat_map(|condition| &condition.all);
        asked.into_iter().any(|name| ask.product.product.traits.get(name.as_str()).is_some_and(|answer| !answer.value))
    };
    let of = |id: &str| {
        let local = id.rsplit('/').next().unwrap_or_default();
        let row = rows.iter().find(|row| row.id == local)?;
        let excused = || policy.units.iter().any(|unit| unit.id == id && denied(unit));
        match row.means() {
            None | Some(Answer::Yes) => None,
            Some(Answer::NotApplicable) if excused() => None,
            Some(_) => {
                let written = row.answer.map_or("", |cell| cell.text.as_str());
                let message = format!("{path} answers {local} with {}, and what is attested rests on it", one_line(written, 20));
                Some(ask.gap_at(row.record.at.clone(), "not-met", message, "meet the provision, or do not rely on the standard for this"))
            }
        }
    };
    ask.asked.relied.iter().filter_map(|id| of(id)).collect()
}

/// The rows against the edition's provisions and against what is attested.
fn against(ask: &Ask<'_>, rows: &[Row<'_>], policy: &Policy, path: &str) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut by_id: BTreeMap<&str, &Row<'_>> = BTreeMap::new();
    for row in rows {
        let id = one_line(&row.id, 40);
        if by_id.insert(&row.id, row).is_some() {
            gaps.push(ask.gap_at(
                row.record.at.clone(),
                "twice",
                format!("{path} has a second row for {id}"),
                "keep one row for each provision",
            ));
        }
    }
    let local = |id: &str| id.rsplit('/').next().unwrap_or_default().to_owned();
    let mut missing = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for unit in &policy.units {
        let id = local(&unit.id);
        known.insert(id.clone());
        let Some(row) = by_id.get(id.as_str()) else {
            missing.push(id);
            continue;
        };
        let (Some(answer), Some(status)) = (row.means(), ask.attested.get(unit.id.as_str())) else { continue };
        let agrees = match answer {
            Answer::Yes => matches!(status, Status::Met),
            Answer::No => !matches!(status, Status::Met | Status::NotApplicable),
            Answer::NotApplicable => matches!(status, Status::NotApplicable),
        };
        if !agrees {
            let written = row.answer.map_or("", |cell| cell.text.as_str());
            let message = format!("{path} answers {id} with {}, and it is attested as {}", one_line(written, 20), status.name());
            gaps.push(ask.gap_at(row.record.at.clone(), "contradicts", message, "correct whichever is wrong"));
        }
    }
    for row in rows.iter().filter(|row| !known.contains(&row.id)) {
        let message = format!("{path} has a row for {}, which {} {} does not have", one_line(&row.id, 40), policy.code, policy.edition);
        gaps.push(ask.gap_at(row.record.at.clone(), "unknown", message, "correct the number, or take the row out"));
    }
    if !missing.is_empty() {
        let message = format!("{path} has no row for {}", one_line(&missing.join(", "), 300));
        gaps.push(Gap::failed("missing", message, "answer each provision: yes, no or n/a, the last two with a reason"));
    }
    gaps
}

fn proof(rows: &[Row<'_>], policy: &Policy, path: &str) -> Proof {
    let count = |answer| rows.iter().filter(|row| row.means() == Some(answer)).count();
    let [yes, no, other] = [Answer::Yes, Answer::No, Answer::NotApplicable].map(count);
    let says = format!(
        "{path} answers all {} provisions of {}: {yes} yes, {no} no and {other} not applicable, each of those with a reason",
        policy.units.len(),
        policy.edition
    );
    Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
}
