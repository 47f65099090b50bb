//! `register`: a table that somebody keeps (access reviews, training, risks, assets, incidents), with owners and dates.
//!
//! Whether the rows are true cannot be seen. What can: that there are rows, that each has an owner, and that nothing in it was left
//! to lapse.

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::civil::Date;

use super::told::Told;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::affirmation::doubts;
use crate::formats::moment;
use crate::formats::records::{self, Cell, Record};
use crate::limits;
use crate::model::attestation::{is_nobody, is_placeholder};
use crate::model::outcome::Assurance;
use crate::text::{is_unprintable, latin, one_line};

/// See the module's documentation.
pub(super) struct Register;

/// Columns that say who answers for a row.
const OWNERS: &[&str] = &[
    "owner",
    "risk-owner",
    "asset-owner",
    "system-owner",
    "responsible",
    "responsible-person",
    "accountable",
    "assignee",
    "assigned-to",
    "reviewer",
    "reviewed-by",
    "approver",
    "approved-by",
    "decided-by",
    "lead",
    "handler",
    "custodian",
    "role",
    "person",
    "who",
];
/// Columns whose date must be recent.
const RECENT: &[&str] = &[
    "reviewed",
    "reviewed-on",
    "review-date",
    "last-review",
    "last-reviewed",
    "completed",
    "completed-on",
    "last-completed",
    "checked",
    "checked-on",
    "last-checked",
    "trained-on",
    "last-trained",
    "verified-on",
    "last-verified",
    "last-tested",
    "reviewed-at",
    "date-reviewed",
    "date-of-review",
    "last-access-review",
    "last-reviewed-on",
    "last-checked-on",
    "last-audited",
    "audited-on",
    "audit-date",
    "completed-at",
    "date-completed",
    "completion-date",
    "date-of-completion",
    "training-date",
    "date-of-training",
    "date-trained",
    "trained-at",
    "attended-on",
    "checked-at",
    "date-checked",
    "verified-at",
    "tested-on",
    "tested-at",
    "date-tested",
];
/// Columns whose date must not be past.
const DUE: &[&str] = &[
    "due",
    "due-date",
    "due-by",
    "next-review",
    "next-review-date",
    "review-by",
    "expires",
    "expires-on",
    "expiry",
    "valid-until",
    "until",
    "deadline",
    "target-date",
    "review-due",
    "next-review-due",
    "next-due",
    "due-on",
    "date-due",
    "complete-by",
    "valid-to",
    "end-date",
    "ends-on",
    "renew-by",
    "renewal-date",
    "renewal-due",
    "expires-at",
    "expiry-date",
    "expiration-date",
    "expiration",
];
/// Columns whose date may be of any time past.
const PAST: &[&str] = &[
    "date",
    "raised",
    "raised-on",
    "opened",
    "opened-on",
    "reported",
    "reported-on",
    "resolved",
    "resolved-on",
    "closed",
    "closed-on",
    "decided-on",
    "noticed",
];
/// Columns that say how a row stands.
const STATES: &[&str] = &["status", "state"];
/// What it takes to hold a cell's column against the names that are known.
const CELL: usize = 50;
/// States of a row that nothing is due for any more.
const SETTLED: &[&str] = &[
    "closed",
    "done",
    "resolved",
    "complete",
    "completed",
    "retired",
    "withdrawn",
    "removed",
    "revoked",
    "fixed",
    "mitigated",
    "accepted",
    "cancelled",
    "canceled",
    "superseded",
    "finished",
    "obsolete",
    "decommissioned",
];
/// Columns that say who did what a bare `date` is the day of.
const DOERS: &[&str] = &["reviewer", "reviewed-by", "checked-by", "verified-by", "tested-by", "audited-by"];

impl Verifier for Register {
    fn kind(&self) -> &'static str {
        "register"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a CSV file, or an array of tables in TOML, YAML or JSON, with at least one row.",
            "It has a column for who answers for a row (owner, responsible, reviewer and the like), and no row without.",
            "No column is named with letters that only look like those of a name that is checked.",
            "It has every column that `columns` names, and no row that leaves one empty or holds its place.",
            "Dates of reviews and completions are dates, not in the future, and no older than 366 days or `max-age-days`.",
            "No row leaves the day of its review or completion empty, unless it is settled or has a day on which it is due.",
            "Due and expiry dates are dates and not past, except in rows whose status says that they are settled.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the rows are true, and whether any are missing, cannot be seen."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"register\"\npath = \"registers/access-reviews.csv\"\ncolumns = [\"system\", \"reviewed-by\", \"reviewed-on\"]\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.clone();
    let Some(read) = ask.reading(|text| records::read(path.file_name(), text).map(|read| read.map(Rc::new)))? else {
        let message = format!("{path} is no table that is read: it is neither CSV nor TOML, YAML or JSON");
        return Err(Verified::gap(Gap::failed("no-table", message, "keep the register as CSV, TOML or YAML, or cite it as a document")));
    };
    let rows = read.map_err(|bad| ask.malformed(&bad))?;
    let path = path.to_string();
    few_columns(ask, &path)?;
    let cells: usize = rows.iter().map(|row| row.cells.len()).sum();
    ask.memo.effort.take(cells.saturating_mul(CELL));
    if rows.is_empty() {
        return Err(Verified::gap(Gap::failed("no-rows", format!("{path} has no row"), "record what was done, or stop citing it")));
    }
    let disguised = disguised(ask, &rows, &path);
    if !disguised.is_empty() {
        return Ok(Verified::Gaps(super::at_most(disguised)));
    }
    let mut gaps = Told::default();
    columns(ask, &rows, &path, &mut gaps);
    owners(ask, &rows, &path, &mut gaps);
    let mut oldest = None;
    for row in rows.iter() {
        dates(ask, row, &path, &mut oldest, &mut gaps);
    }
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    Ok(gaps.or_proof(|| proof(&rows, &path, oldest)))
}

/// The doubt of an entry that names more columns than are looked for.
pub(super) fn few_columns(ask: &Ask<'_>, path: &str) -> Result<(), Verified> {
    if ask.evidence.texts("columns").len() > limits::COLUMNS {
        let message = format!("{path} is cited for more than {} columns, the most that are looked for", limits::COLUMNS);
        return Err(Verified::doubt(message, "name only the columns that show what is attested"));
    }
    Ok(())
}

/// Columns whose names only look like ones that are judged: nothing would be checked in them.
fn disguised(ask: &Ask<'_>, rows: &[Record], path: &str) -> Vec<Gap> {
    let asked: BTreeSet<String> = ask.evidence.texts("columns").iter().map(|wanted| records::column(&wanted.value)).collect();
    let judged = |name: &str| {
        let lists = [OWNERS, RECENT, DUE, PAST, STATES];
        lists.iter().any(|list| list.contains(&name)) || asked.contains(name)
    };
    let mut seen = BTreeSet::new();
    let mut gaps = Vec::new();
    for cell in rows.iter().flat_map(|row| &row.cells).filter(|cell| seen.insert(cell.column.as_str())) {
        let shown: String = cell.column.chars().filter(|c| !is_unprintable(*c)).map(latin).collect();
        if shown == cell.column || judged(&cell.column) || !judged(&shown) {
            continue;
        }
        let other = cell.column.chars().find(|c| is_unprintable(*c) || latin(*c) != *c).map_or(0, u32::from);
        let message = format!("{path} has a column that looks like {shown} and is another: U+{other:04X} stands in its name");
        gaps.push(ask.gap_at(cell.at.clone(), "disguised-column", message, format!("write the column's name as {shown}")));
    }
    gaps
}

/// The columns that the entry asks for: there, and filled in every row.
fn columns(ask: &Ask<'_>, rows: &[Record], path: &str, gaps: &mut Told) {
    for wanted in ask.evidence.texts("columns") {
        let name = records::column(&wanted.value);
        if rows.iter().all(|row| row.cell(&name).is_none()) {
            let known: Vec<&str> = rows.first().map(|row| row.cells.iter().map(|cell| cell.column.as_str()).collect()).unwrap_or_default();
            let message = format!("{path} has no column {}; it has {}", one_line(&name, 60), one_line(&known.join(", "), 300));
            gaps.add(|| Gap { cited: Some(wanted.span), ..Gap::failed("no-column", message, "add the column, or correct `columns`") });
            continue;
        }
        for row in rows {
            let cell = row.cell(&name);
            if cell.is_none_or(|cell| is_blank(&cell.text)) {
                let at = cell.map_or(row.at.clone(), |cell| cell.at.clone());
                gaps.add(|| {
                    let message = format!("{path} has a row with nothing in {}", one_line(&name, 60));
                    ask.gap_at(at, "blank", message, "fill the cell in")
                });
            }
        }
    }
}

/// Whether a cell is empty or only holds a place. That there is none of something is an answer.
fn is_blank(text: &str) -> bool {
    let none = matches!(text.to_lowercase().trim_matches(['-', '.', ' ']), "none" | "n/a" | "na" | "no");
    text.is_empty() || (is_placeholder(text) && !none)
}

fn owner(row: &Record) -> Option<&Cell> {
    OWNERS.iter().find_map(|column| row.cell(column))
}

fn owners(ask: &Ask<'_>, rows: &[Record], path: &str, gaps: &mut Told) {
    if rows.iter().all(|row| owner(row).is_none()) {
        let message = format!("{path} has no column that says who answers for a row");
        gaps.add(|| Gap::failed("no-owner-column", message, "add a column `owner` (or responsible, reviewed-by, approved-by)"));
        return;
    }
    let without = rows.iter().filter(|row| owner(row).is_none_or(|cell| is_nobody(&cell.text)));
    let gap = |row: &Record| {
        let at = owner(row).map_or(row.at.clone(), |cell| cell.at.clone());
        ask.gap_at(at, "no-owner", format!("{path} has a row that nobody answers for"), "name the person, role or team")
    };
    gaps.each(without, gap);
}

/// Whether a status says that nothing is due any more.
fn is_settled(status: &str) -> bool {
    let lower = status.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.next().is_some_and(|first| SETTLED.contains(&first)) && !doubts(&words.collect::<Vec<_>>().join(" "))
}

/// The empty cell of a row in which the day should stand on which it was last done; none where another day stands in its place.
fn undated(row: &Record, date_of_review: bool) -> Option<&Cell> {
    let recent = |cell: &&Cell| RECENT.contains(&cell.column.as_str()) || date_of_review && cell.column == "date";
    let due = |cell: &Cell| DUE.contains(&cell.column.as_str());
    let filled = row.cells.iter().any(|cell| (recent(&cell) || due(cell)) && !cell.text.is_empty());
    row.cells.iter().find(recent).filter(|cell| !filled && cell.text.is_empty())
}

fn dates(ask: &Ask<'_>, row: &Record, path: &str, oldest: &mut Option<Date>, gaps: &mut Told) {
    let status = STATES.iter().find_map(|column| row.cell(column));
    let settled = status.is_some_and(|cell| is_settled(&cell.text));
    let has = |names: &[&str]| row.cells.iter().any(|cell| names.contains(&cell.column.as_str()));
    let date_of_review = has(DOERS) && !has(RECENT);
    if let Some(cell) = undated(row, date_of_review).filter(|cell| !(settled || cell.column.contains("complet") && status.is_some())) {
        gaps.add(|| {
            let message = format!("{path} has a row without a day in {}", one_line(&cell.column, 60));
            ask.gap_at(cell.at.clone(), "undated", message, "write the day on which it was done, or the day on which it is due")
        });
    }
    for cell in &row.cells {
        let is = |names: &[&str]| names.contains(&cell.column.as_str());
        let (recent, due) = (is(RECENT) || date_of_review && cell.column == "date", is(DUE));
        if cell.text.is_empty() || !(recent || due || is(PAST)) {
            continue;
        }
        let name = one_line(&cell.column, 60);
        let Some(day) = moment::day(&cell.text) else {
            gaps.add(|| {
                let message = format!("{path} has {} in {name}, which is no date", one_line(&cell.text, 40));
                ask.gap_at(cell.at.clone(), "no-date", message, "write dates as 2026-11-22")
            });
            continue;
        };
        let age = ask.today.days_since(day);
        let gap = |message: String, remedy: &str| Gap { at: ask.range(cell.at.clone()), ..Gap::stale("lapsed", message, remedy) };
        if due && age > 0 && !settled {
            gaps.add(|| gap(format!("{path} has a row whose {name} was {day}"), "do what is due, then set the next date"));
        } else if !due && age < 0 {
            gaps.add(|| gap(format!("{path} has a row whose {name} is {day}, in the future"), "date it on the day it was done"));
        } else if recent && !settled {
            *oldest = Some(oldest.map_or(day, |known: Date| known.min(day)));
            if let Some(limit) = ask.fresh_days().filter(|limit| age > *limit) {
                gaps.add(|| {
                    let message = format!("{path} has a row whose {name} is {day}: {age} days ago, where {limit} are allowed");
                    gap(message, "do it again, then renew the row")
                });
            }
        }
    }
}

fn proof(rows: &[Record], path: &str, oldest: Option<Date>) -> Proof {
    let count = crate::text::count(i64::try_from(rows.len()).unwrap_or(i64::MAX), "row");
    let oldest = oldest.map_or(String::new(), |day| format!("; the oldest review in it is of {day}"));
    let says = format!("{path} has {count}, each with somebody who answers for it{oldest}");
    Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn row(text: &str) -> Record {
        records::read("a.csv", text).unwrap().unwrap().remove(0)
    }

    #[test]
    fn what_is_settled_is_told_from_what_is_not() {
        for status in ["Closed", "done", "Fixed", "mitigated", "Accepted", "Cancelled", "superseded", "Done (2026-10-01)"] {
            assert!(is_settled(status), "{status}");
        }
        for status in ["", "open", "not done", "unresolved", "to be closed", "incomplete", "completed: no", "done, not yet checked"] {
            assert!(!is_settled(status), "{status}");
        }
    }

    #[test]
    fn a_row_without_the_day_of_its_review_is_told() {
        for text in [
            "system,reviewed-by,reviewedOn\nforge,Ann,\n",
            "name;owner;completed_at\nrust;Ann;\n",
            "system,reviewer,last access review\na,b,\n",
        ] {
            assert!(undated(&row(text), false).is_some(), "{text}");
        }
        for text in [
            "system,reviewed-by,reviewed-on\nforge,Ann,2026-10-01\n",
            "system,owner,reviewed-on,next-review\nforge,Ann,,2027-01-01\n",
            "system,owner\nforge,Ann\n",
        ] {
            assert_eq!(undated(&row(text), false), None, "{text}");
        }
        assert!(undated(&row("system,reviewed-by,date\nforge,Ann,\n"), true).is_some());
    }

    #[test]
    fn dates_go_by_many_names() {
        for name in ["completed_at", "reviewed-at", "Date Reviewed", "completion date", "last access review", "completedOn"] {
            assert!(RECENT.contains(&records::column(name).as_str()), "{name}");
        }
        for name in ["dueDate", "deadline", "target date", "review-due", "valid to", "end date", "renew by", "Due"] {
            assert!(DUE.contains(&records::column(name).as_str()), "{name}");
        }
    }
}
