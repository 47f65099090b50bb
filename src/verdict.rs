//! The verdict: a pure function of the findings' levels and `fail-on`.

use crate::finding::Finding;
use crate::model::outcome::{Level, Verdict};

/// Closed when any finding is at or above `fail_on`; `None` is `never`.
pub fn verdict<'a>(findings: impl IntoIterator<Item = &'a Finding>, fail_on: Option<Level>) -> Verdict {
    let closed = fail_on.is_some_and(|least| findings.into_iter().any(|finding| finding.level >= least));
    if closed { Verdict::Closed } else { Verdict::Open }
}
