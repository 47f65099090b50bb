//! `conformance-table`: the answer to each provision of EN 303 645, one row per provision, as the standard's Annex B has it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::register::few_columns;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::markdown_rows;
use crate::formats::records::{self, Cell, Record};
use crate::limits;
use crate::model::attestation::{Status, is_placeholder, is_reason};
use crate::model::outcome::Assurance;
use crate::model::policy::Policy;
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
            "Every answer is yes, no or not applicable, and a no or not applicable has a reason of at least three words.",
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
    let mut gaps = answers(ask, &rows, &path);
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
        let text = self.answer?.text.to_lowercase();
        match text.trim().trim_end_matches('.') {
            "y" | "yes" | "supported" | "met" | "true" | "pass" | "implemented" | "fulfilled" | "✓" | "✅" => Some(Answer::Yes),
            "n" | "no" | "not supported" | "not met" | "not-met" | "false" | "fail" | "partial" | "partly" | "planned"
            | "not implemented" => Some(Answer::No),
            "n/a" | "na" | "not applicable" | "not-applicable" => Some(Answer::NotApplicable),
            _ => None,
        }
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
        let reason = REASONS.iter().find_map(|column| row.record.cell(column)).map(|cell| cell.text.as_str()).unwrap_or_default();
        if answer != Answer::Yes && (is_placeholder(reason) || !is_reason(reason)) {
            let word = if answer == Answer::No { "no" } else { "not applicable" };
            let message = format!("{path} answers {id} with {word} and gives no reason");
            gaps.push(ask.gap_at(row.record.at.clone(), "no-reason", message, "say why in a column `reason`"));
        }
    }
    gaps
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
