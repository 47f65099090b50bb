//! What a change makes of the findings: what is new, what is absent.

use super::page::Page;
use super::wording::{hanging, ids, levels};
use crate::finding::{Baseline, Finding};
use crate::report::ProductReport;
use crate::report::words::short;

/// The section of a product; nothing where no base is given.
pub(super) fn against_the_base(page: &Page<'_>, product: &ProductReport<'_>) -> String {
    let Some(base) = &page.report.base else { return String::new() };
    let with = |state| product.findings.iter().filter(move |finding| finding.baseline == Some(state));
    let mut out = format!("{}\n", page.bold(&format!("== Against the base {} ==", short(base))));
    let mut row = |name: &str, found: Vec<&Finding>, listed: bool| {
        let counted = match found.as_slice() {
            [] => "none".to_owned(),
            some => levels(some.iter().copied()),
        };
        let named: Vec<&str> = found.iter().map(|finding| finding.id.as_str()).collect();
        let row = if listed && !named.is_empty() { format!("{name} {counted}: {}", ids(&named)) } else { format!("{name} {counted}") };
        out.push_str(&format!("  {}\n", hanging(&row, 4, page.width.saturating_sub(2))));
    };
    row("new:", with(Baseline::New).collect(), true);
    row("absent:", product.gone.iter().collect(), true);
    row("unchanged:", with(Baseline::Unchanged).collect(), false);
    out.push('\n');
    out
}
