//! What the columns of a register mean, by their names.
//!
//! The names that are usual are listed, and their cells have to be right. Others are known by their words, as `Action due by` is;
//! there a cell is judged only where it holds a date, since such a name may mean something else.

/// Columns that say who answers for a row.
pub(super) const OWNERS: &[&str] = &[
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
pub(super) const RECENT: &[&str] = &[
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
pub(super) const DUE: &[&str] = &[
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
pub(super) const PAST: &[&str] = &[
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
pub(super) const STATES: &[&str] = &["status", "state"];
/// States of a row that nothing is due for any more.
pub(super) const SETTLED: &[&str] = &[
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
pub(super) const DOERS: &[&str] = &["reviewer", "reviewed-by", "checked-by", "verified-by", "tested-by", "audited-by"];
/// Columns whose day may be the last or the next one: a day ahead is when it is due, unless the row says who did it.
const EITHER: &[&str] = &["review-date", "date-of-review", "audit-date"];
/// What is done again and again.
const ACTS: &[&str] = &[
    "review",
    "reviewed",
    "audit",
    "audited",
    "check",
    "checked",
    "test",
    "tested",
    "assessment",
    "assessed",
    "certified",
    "verified",
    "trained",
    "training",
    "completed",
];
const EXPIRY: &[&str] = &["expiry", "expires", "expiration"];
/// Words of columns whose days may well be past: what stood before, and what ends without anything being left undone.
const SPENT: &[&str] = &[
    "original",
    "initial",
    "previous",
    "prior",
    "old",
    "former",
    "baseline",
    "first",
    "missed",
    "actual",
    "warranty",
    "depreciation",
    "lease",
    "purchase",
    "embargo",
    "disclosure",
    "notification",
    "notify",
    "report",
    "reporting",
    "response",
    "statutory",
];
/// Words of columns that say when a thing was finished.
const FINISHED: &[&str] = &["completed", "completion", "closed", "resolved", "done", "actual", "finished"];

/// A longer name is a sentence, and is split for each row of the table.
const LONGEST_NAME: usize = 60;

fn words(column: &str) -> impl Iterator<Item = &str> {
    let column = if column.len() > LONGEST_NAME { "" } else { column };
    column.split('-').filter(|word| !word.is_empty())
}

/// What the day in a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// When it was last done: to be recent.
    Done,
    /// When it is due: not to be past.
    Due,
    /// When it runs out: not to be past, whatever was finished.
    Expiry,
    /// Of any time past.
    Past,
}

impl Day {
    /// Of a column that is listed.
    pub(super) fn listed(column: &str) -> Option<Self> {
        match column {
            _ if RECENT.contains(&column) => Some(Self::Done),
            _ if DUE.contains(&column) => Some(Self::Due),
            _ if PAST.contains(&column) => Some(Self::Past),
            _ => None,
        }
    }

    /// Of a column that is not listed, by the words of its name.
    pub(super) fn by_words(column: &str) -> Option<Self> {
        let words: Vec<&str> = words(column).collect();
        let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
        if words.len() < 2 || has(SPENT) {
            return None;
        }
        let at = words.iter().position(|word| *word == "due");
        let due = at.is_some_and(|at| words.get(at + 1).is_none_or(|next| ["by", "date", "on", "for"].contains(next)));
        match () {
            () if has(EXPIRY) => Some(Self::Expiry),
            () if due || has(&["deadline"]) => Some(Self::Due),
            () if has(&["target", "planned"]) && has(&["date", "completion"]) => Some(Self::Due),
            () if has(&["next"]) && has(ACTS) => Some(Self::Due),
            () if has(&["last", "latest"]) && has(ACTS) => Some(Self::Done),
            () => None,
        }
    }

    /// Of any column.
    pub(super) fn of(column: &str) -> Option<Self> {
        Self::listed(column).or_else(|| Self::by_words(column))
    }

    /// Whether nothing may be past that day.
    pub(super) fn is_ahead(self) -> bool {
        matches!(self, Self::Due | Self::Expiry)
    }
}

/// Whether a day ahead in this column can be the day of the next review.
pub(super) fn may_be_next(column: &str) -> bool {
    EITHER.contains(&column)
}

/// Whether a column says when a thing was finished.
pub(super) fn is_finish(column: &str) -> bool {
    let finished = |word: &str| FINISHED.contains(&word);
    words(column).any(finished) && !Day::of(column).is_some_and(Day::is_ahead)
}

/// Whether a column says how a row stands: `status`, `Action status`.
pub(super) fn is_state(column: &str) -> bool {
    words(column).last().is_some_and(|last| STATES.contains(&last))
}

/// Whether a column names what somebody is trained in.
pub(super) fn is_course(column: &str) -> bool {
    words(column).any(|word| matches!(word, "course" | "training"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::records;

    #[test]
    fn dates_go_by_many_names() {
        for name in ["completed_at", "reviewed-at", "Date Reviewed", "completion date", "last access review", "completedOn"] {
            assert_eq!(Day::listed(&records::column(name)), Some(Day::Done), "{name}");
        }
        for name in ["dueDate", "deadline", "target date", "review-due", "valid to", "end date", "renew by", "Due"] {
            assert_eq!(Day::listed(&records::column(name)), Some(Day::Due), "{name}");
        }
    }

    #[test]
    fn other_names_are_known_by_their_words() {
        for name in
            ["Action due by", "Target completion date", "Action deadline", "Planned completion", "Refresher due", "Next access review date"]
        {
            assert_eq!(Day::by_words(&records::column(name)), Some(Day::Due), "{name}");
        }
        assert_eq!(Day::by_words("certificate-expiry"), Some(Day::Expiry));
        for name in ["Date of last review", "Last review date", "Last assessed"] {
            assert_eq!(Day::by_words(&records::column(name)), Some(Day::Done), "{name}");
        }
    }

    #[test]
    fn days_that_may_well_be_past_are_let_be() {
        for name in [
            "Original due date",
            "Warranty end date",
            "Warranty expiry",
            "Due diligence date",
            "Days overdue",
            "Notification deadline",
            "Last updated",
            "Last login",
            "Target system",
            "Purchase date",
            "due to",
        ] {
            assert_eq!(Day::by_words(&records::column(name)), None, "{name}");
        }
    }
}
