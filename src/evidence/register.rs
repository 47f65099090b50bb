//! `register`: a table that somebody keeps (access reviews, training, risks, assets, incidents), with owners and dates.
//!
//! Whether the rows are true cannot be seen. What can: that there are rows, that each has an owner, and that nothing in it was left
//! to lapse.

mod columns;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::civil::Date;

use self::columns::{DOERS, DUE, Day, OWNERS, PAST, RECENT, SETTLED, STATES, is_course, is_finish, is_state, may_be_next};
use super::told::Told;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::affirmation::doubts;
use crate::formats::records::{self, Cell, Record};
use crate::formats::{markdown_rows, moment, spoken_date};
use crate::limits;
use crate::model::attestation::{is_nobody, is_placeholder};
use crate::model::outcome::Assurance;
use crate::text::{is_unprintable, latin, one_line};

/// See the module's documentation.
pub(super) struct Register;

/// What it takes to hold a cell's column against the names that are known.
const CELL: usize = 50;
/// Answers to when a thing is due that leave it to no day.
const NO_DAY: &[&str] =
    &["ongoing", "on-going", "continuous", "continual", "rolling", "n/a", "na", "none", "never", "no expiry", "not applicable"];
/// How a training stands that was not had.
const UNTRAINED: &[&str] =
    &["not started", "not yet started", "not completed", "not complete", "not done", "not taken", "not attended", "incomplete", "failed"];

impl Verifier for Register {
    fn kind(&self) -> &'static str {
        "register"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a CSV file, tables of Markdown, or an array of tables in TOML, YAML or JSON, with at least one row.",
            "It has a column for who answers for a row (owner, responsible, reviewer and the like), and no row without.",
            "No column is named with letters that only look like those of a name that is checked.",
            "It has every column that `columns` names, and no row that leaves one empty or holds its place.",
            "Dates of reviews and completions are dates, not in the future, and no older than 366 days or `max-age-days`.",
            "No row leaves the day of its review or completion empty, unless it is settled or has a day on which it is due.",
            "Due and expiry dates are dates and not past, except in rows whose status says that they are settled.",
            "No status is overdue, and none of a training without a day on which it is due says that it was not had.",
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
    let is_markdown = path.file_name().to_ascii_lowercase().ends_with(".md");
    let read = |text: &str| match is_markdown {
        true => Some(markdown_rows::rows(text).map(Rc::new)),
        false => records::read(path.file_name(), text).map(|read| read.map(Rc::new)),
    };
    let Some(read) = ask.reading(read)? else {
        let message = format!("{path} is no table that is read: it is neither CSV nor Markdown, TOML, YAML or JSON");
        return Err(Verified::gap(Gap::failed("no-table", message, "keep it as CSV, Markdown or TOML, or cite it as a document")));
    };
    let read = read.map_err(|bad| ask.malformed(&bad))?;
    let rows = if is_markdown { owned(&read) } else { Cow::Borrowed(read.as_slice()) };
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

/// The rows of a document's tables that say who answers for them, where any does: the others explain the register.
fn owned(rows: &[Record]) -> Cow<'_, [Record]> {
    let kept: Vec<Record> = rows.iter().filter(|row| owner(row).is_some()).cloned().collect();
    if kept.is_empty() { Cow::Borrowed(rows) } else { Cow::Owned(kept) }
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

/// Whether a cell says that a thing is due on no day: it is done all the time, or never again.
fn is_no_day(text: &str) -> bool {
    text.len() <= 20 && NO_DAY.contains(&text.to_lowercase().trim_end_matches('.'))
}

/// The day that a cell holds and nothing beside it.
fn day_in(text: &str) -> Option<Date> {
    let may_be = text.bytes().take(40).any(|byte| byte.is_ascii_digit());
    may_be.then(|| moment::day(text).or_else(|| spoken_date::alone(text))).flatten()
}

/// The empty cell of a row in which the day should stand on which it was last done; none where another day stands in its place.
fn undated(row: &Record, date_of_review: bool) -> Option<&Cell> {
    let recent = |cell: &&Cell| RECENT.contains(&cell.column.as_str()) || date_of_review && cell.column == "date";
    let due = |cell: &Cell| Day::of(&cell.column).is_some_and(Day::is_ahead) && !is_no_day(&cell.text);
    let filled = row.cells.iter().any(|cell| !cell.text.is_empty() && (recent(&cell) || due(cell)));
    row.cells.iter().find(recent).filter(|cell| !filled && cell.text.is_empty())
}

/// What the days of a row are held against.
struct Standing {
    /// Nothing is due for it any more.
    settled: bool,
    /// It is settled by a column like `Action status`, or has the day on which it was finished.
    seems_settled: bool,
    finished: bool,
    /// It says who did it, so that a day ahead is none on which it was done.
    done_by: bool,
    /// A bare `date` is the day of its review.
    date_of_review: bool,
}

impl Standing {
    fn of(row: &Record) -> Self {
        let has = |names: &[&str]| row.cells.iter().any(|cell| names.contains(&cell.column.as_str()));
        Self {
            settled: STATES.iter().find_map(|column| row.cell(column)).is_some_and(|cell| is_settled(&cell.text)),
            seems_settled: row.cells.iter().any(|cell| is_state(&cell.column) && is_settled(&cell.text)),
            finished: row.cells.iter().any(|cell| day_in(&cell.text).is_some() && is_finish(&cell.column)),
            done_by: row.cells.iter().any(|cell| DOERS.contains(&cell.column.as_str()) && cell.column.ends_with("-by")),
            date_of_review: has(DOERS) && !has(RECENT),
        }
    }

    /// What the day in a column is, where the column's name is one that is known.
    fn listed(&self, column: &str) -> Option<Day> {
        if self.date_of_review && column == "date" { Some(Day::Done) } else { Day::listed(column) }
    }

    /// Whether nothing is due by the day in a column, known by its words alone where it is not listed.
    fn is_settled(&self, means: Day, listed: bool) -> bool {
        self.settled || !listed && (self.seems_settled || means == Day::Due && self.finished)
    }
}

fn dates(ask: &Ask<'_>, row: &Record, path: &str, oldest: &mut Option<Date>, gaps: &mut Told) {
    let standing = Standing::of(row);
    let has_status = STATES.iter().any(|column| row.cell(column).is_some());
    let excused = |cell: &Cell| standing.settled || cell.column.contains("complet") && has_status;
    if let Some(cell) = undated(row, standing.date_of_review).filter(|cell| !excused(cell)) {
        gaps.add(|| {
            let message = format!("{path} has a row without a day in {}", one_line(&cell.column, 60));
            ask.gap_at(cell.at.clone(), "undated", message, "write the day on which it was done, or the day on which it is due")
        });
    }
    let (mut lapsed, mut awaited) = (false, false);
    for cell in row.cells.iter().filter(|cell| !cell.text.is_empty()) {
        let (listed, day) = (standing.listed(&cell.column), day_in(&cell.text));
        let Some(means) = listed.or_else(|| day.and_then(|_| Day::by_words(&cell.column))) else { continue };
        let name = one_line(&cell.column, 60);
        let Some(day) = day else {
            if !(means.is_ahead() && is_no_day(&cell.text)) {
                gaps.add(|| {
                    let message = format!("{path} has {} in {name}, which is no date", one_line(&cell.text, 40));
                    ask.gap_at(cell.at.clone(), "no-date", message, "write dates as 2026-11-22")
                });
            }
            continue;
        };
        let age = ask.today.days_since(day);
        let due = means.is_ahead() || age < 0 && may_be_next(&cell.column) && !standing.done_by;
        let settled = standing.is_settled(means, listed.is_some());
        awaited |= due && age <= 0;
        let gap = |message: String, remedy: &str| Gap { at: ask.range(cell.at.clone()), ..Gap::stale("lapsed", message, remedy) };
        if due && age > 0 && !settled {
            lapsed = true;
            gaps.add(|| gap(format!("{path} has a row whose {name} was {day}"), "do what is due, then set the next date"));
        } else if !due && age < 0 {
            gaps.add(|| gap(format!("{path} has a row whose {name} is {day}, in the future"), "date it on the day it was done"));
        } else if means == Day::Done && !due && !settled {
            *oldest = Some(oldest.map_or(day, |known: Date| known.min(day)));
            if let Some(limit) = ask.fresh_days().filter(|limit| age > *limit) {
                gaps.add(|| {
                    let message = format!("{path} has a row whose {name} is {day}: {age} days ago, where {limit} are allowed");
                    gap(message, "do it again, then renew the row")
                });
            }
        }
    }
    if !lapsed {
        undone(ask, row, path, awaited, gaps);
    }
}

/// A row that says itself that what is due was not done, or a training that nobody had and that is due on no day.
fn undone(ask: &Ask<'_>, row: &Record, path: &str, awaited: bool, gaps: &mut Told) {
    let Some(cell) = row.cells.iter().find(|cell| is_state(&cell.column)) else { return };
    let said = cell.text.get(..40).unwrap_or(&cell.text).to_lowercase();
    let overdue = said.split(|c: char| !c.is_alphanumeric()).next() == Some("overdue");
    let is_training = || row.cells.iter().any(|cell| is_course(&cell.column));
    let untrained = || UNTRAINED.contains(&said.replace('-', " ").trim_end_matches('.')) && is_training();
    if overdue || !awaited && untrained() {
        gaps.add(|| {
            let message = format!("{path} has a row whose {} is {}", one_line(&cell.column, 60), one_line(&cell.text, 40));
            let remedy = if overdue {
                "do what is due, then set how the row stands"
            } else {
                "do it, or add `due` with the day by which it is done"
            };
            Gap { at: ask.range(cell.at.clone()), ..Gap::stale("undone", message, remedy) }
        });
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
    fn a_cell_is_a_date_as_people_write_it_or_none() {
        for text in ["2026-09-01", "01/09/2026", "1 September 2026", "1 Sep 2026", "2026-09-01T10:00:00Z"] {
            assert_eq!(day_in(text), Some(jiff::civil::date(2026, 9, 1)), "{text}");
        }
        for text in ["", "Ongoing", "45900", "1 Sep 2026, then each year", "9/31/2026", "Q1 2027", "March 2027"] {
            assert_eq!(day_in(text), None, "{text}");
        }
    }

    #[test]
    fn ongoing_is_due_on_no_day_and_to_be_confirmed_is_no_answer() {
        for text in ["Ongoing", "ongoing.", "N/A", "Rolling"] {
            assert!(is_no_day(text), "{text}");
        }
        for text in ["", "TBC", "soon", "Q1 2027"] {
            assert!(!is_no_day(text), "{text}");
        }
        assert!(undated(&row("system,owner,reviewed-on,next-review\nforge,Ann,,Ongoing\n"), false).is_some());
    }
}
