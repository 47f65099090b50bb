//! `github-output`: what a step of GitHub Actions answers to later steps, as the runner reads `$GITHUB_OUTPUT`.
//!
//! Invariant: a line a key, and nothing in it that the repository wrote, so that no text can set an output of its own.

use std::io;

use serde_json::json;

use super::{Counts, Report};

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "verdict={}", report.verdict.name())?;
    writeln!(out, "exit-code={}", report.verdict.exit_code())?;
    let sum = |of: fn(&Counts) -> usize| report.products.iter().map(|product| of(&product.counts)).sum::<usize>();
    let counts = json!({
        "verified": sum(|counts| counts.verified),
        "evidenced": sum(|counts| counts.evidenced),
        "asserted": sum(|counts| counts.asserted),
        "waived": sum(|counts| counts.waived),
        "excluded": sum(|counts| counts.excluded),
        "error": sum(|counts| counts.error),
        "warning": sum(|counts| counts.warning),
        "note": sum(|counts| counts.note),
    });
    writeln!(out, "counts={counts}")
}
