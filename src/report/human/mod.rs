//! `human`: for reading in a terminal or in the log of a CI job.
//!
//! It serves four readers: who runs the build and wants to know what to do; who answers for security and wants to know
//! what is proved and what is only said; who keeps the record and quotes the codes' own words and numbers; and who
//! reviews a change and wants the place. One cause is shown once; what is not shown is counted; nothing is scored.

mod block;
mod change;
mod faults;
mod lists;
mod next;
mod page;
mod section;
mod shown;
mod snippet;
mod summary;
mod wording;

use std::io;

use self::page::Page;
use self::wording::{clean, hanging};
use super::{ProductReport, Report, words};
use crate::model::outcome::Verdict;
use crate::report::units::{Units, extent};

/// Longest name of a product, in characters.
const NAME_CHARS: usize = 80;

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let page = Page::new(report);
    let mut text = String::new();
    for (number, product) in report.products.iter().enumerate() {
        text.push_str(&self::product(&page, product, number));
    }
    if report.verdict == Verdict::CouldNotAssess {
        text.push_str(&faults::faults(&page));
    } else {
        text.push_str(&verdict(&page));
        text.push_str("This is a record of what is attested and evidenced; it is no legal advice.\n");
    }
    out.write_all(text.as_bytes())
}

fn product(page: &Page<'_>, product: &ProductReport<'_>, number: usize) -> String {
    let units = Units::new(product);
    let mut out = head(page, product, number);
    out.push_str(&section::all(page, product, &units));
    out.push_str(&summary::summary(page, product));
    out.push_str(&summary::waived(page, product));
    out.push_str(&change::against_the_base(page, product));
    out.push_str(&next::steps(page, product, &units));
    out
}

fn head(page: &Page<'_>, product: &ProductReport<'_>, number: usize) -> String {
    let report = page.report;
    let names = |names: Vec<&str>| names.join(", ");
    let types = names(product.types.iter().map(|kind| kind.name()).collect());
    let roles = names(product.roles.iter().map(|role| role.name()).collect());
    let which =
        if report.products.len() > 1 { format!("Product {} of {}:", number + 1, report.products.len()) } else { "Product:".to_owned() };
    let name = clean(&product.name, NAME_CHARS);
    let shape = format!("(types: {types}; roles: {roles})");
    let mut out =
        format!("{which} {} {}\n", page.bold(&name), hanging(&shape, 2, page.width.saturating_sub(which.len() + name.chars().count() + 2)));
    out.push_str(&format!("judged at {}\n", words::judged_at(report)));
    for (kind, reason) in &product.not {
        out.push_str(&format!("{}\n", hanging(&format!("not {kind}, as declared: {}", clean(reason, 300)), 2, page.width)));
    }
    for overlay in report.overlays.iter().filter(|_| number == 0) {
        let digest = words::short(&overlay.sha256);
        let whose = if overlay.outside { "from outside of the repository" } else { "of this repository" };
        let said = format!(
            "overlay {}: {} ({}, {whose}, sha256 {digest}\u{2026})",
            overlay.name,
            clean(&overlay.title, NAME_CHARS),
            clean(&overlay.path, 200)
        );
        out.push_str(&format!("{}\n", hanging(&said, 2, page.width)));
    }
    let (path, file) = &product.attestations;
    if file.is_none() {
        out.push_str(&format!(
            "{}\n",
            hanging(&format!("attestations: {} does not exist, so nothing is attested", clean(path, 200)), 2, page.width)
        ));
    }
    let rows: Vec<[String; 3]> = product
        .codes
        .iter()
        .map(|code| [format!("{} {}", code.policy.code, code.policy.edition), extent(code.policy), clean(&code.reason, 100)])
        .collect();
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let (first, second) = (widest(0), widest(1));
    for [code, extent, reason] in &rows {
        let lead = format!("  {code:first$}  {extent:second$}");
        let fits = lead.chars().count() + 2 + reason.chars().count() <= page.width;
        let row = if fits { format!("{lead}  {reason}") } else { format!("{}\n    {reason}", lead.trim_end()) };
        out.push_str(&format!("{row}\n"));
    }
    out.push('\n');
    out
}

fn verdict(page: &Page<'_>) -> String {
    let (standing, why) = words::verdict(page.report);
    let painted = if page.report.verdict == Verdict::Closed { page.red(standing) } else { page.green(standing) };
    format!("{painted} {why}\n")
}
