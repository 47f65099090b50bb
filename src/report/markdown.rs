//! `markdown`: for the step summary of a CI job and for a comment on a change. The verdict first, counts in words, then
//! what is new, then every finding with the line to change.
//!
//! Invariants: text from the repository is never markup, a link, a mention or a reference; there is no HTML in the whole
//! text; it is at most `MOST_BYTES` long, and what found no room is counted.

use std::cmp::Reverse;
use std::io;

use super::tally::{COLUMNS, Tally, on_whose_word};
use super::words::{count, ids, judged_at, levels, short, verdict};
use super::{ProductReport, Report, address};
use crate::error::Fault;
use crate::finding::{Baseline, Finding};
use crate::model::outcome::{OutcomeName, Verdict};
use crate::source::Place;
use crate::text::one_line;

/// Longest text, in bytes: GitHub takes 65,536 characters in a comment and 1 MiB in a step summary.
const MOST_BYTES: usize = 65_000;
/// Kept for what is said of what found no room, in bytes.
const REST_BYTES: usize = 600;
/// Longest message in a row, in characters.
const MESSAGE_CHARS: usize = 500;
/// Longest remedy in a row, in characters.
const REMEDY_CHARS: usize = 300;
/// Longest name and path, in characters.
const NAME_CHARS: usize = 120;
/// Most groups of waivers that are listed.
const WAIVERS: usize = 20;

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let (standing, why) = verdict(report);
    let mut text = format!("## Portcullis {standing} {why}\n\nJudged at {}.", judged_at(report));
    text.push_str(&report.base.as_deref().map(|base| format!(" Compared with the base {}.", short(base))).unwrap_or_default());
    for overlay in &report.overlays {
        let path = escaped(&overlay.path, NAME_CHARS);
        text.push_str(&format!(" Overlay {}: {path}, sha256 {}\u{2026}.", overlay.name, short(&overlay.sha256)));
    }
    text.push_str("\n\n");
    if report.verdict == Verdict::CouldNotAssess {
        text.push_str(&faults(report));
    } else {
        text.push_str(&products(report, MOST_BYTES.saturating_sub(text.len() + REST_BYTES)));
        text.push_str("This is a record of what is attested and evidenced; it is no legal advice.\n");
    }
    out.write_all(text.as_bytes())
}

/// The products within so many bytes; each leaves what it does not need to those after it.
fn products(report: &Report<'_>, bytes: usize) -> String {
    let mut out = String::new();
    for (at, product) in report.products.iter().enumerate() {
        let room = bytes.saturating_sub(out.len() + REST_BYTES);
        let share = room / (report.products.len() - at);
        let head = head(report, product);
        if head.len() > room {
            let rest = report.products.get(at..).unwrap_or_default();
            let found: Vec<&Finding> = rest.iter().flat_map(|product| &product.findings).collect();
            let standing = if found.is_empty() { "no findings".to_owned() } else { levels(found) };
            out.push_str(&format!("… and {}: {standing}.\n\n", count(rest.len(), "more product")));
            break;
        }
        let left = share.saturating_sub(head.len());
        out.push_str(&head);
        out.push_str(&findings(report, product, left));
    }
    out
}

fn head(report: &Report<'_>, product: &ProductReport<'_>) -> String {
    let names = |names: Vec<&str>| names.join(", ");
    let types = names(product.types.iter().map(|kind| kind.name()).collect());
    let roles = names(product.roles.iter().map(|role| role.name()).collect());
    let mut out = format!("### {}\n\nTypes: {types}; roles: {roles}.\n\n", escaped(&product.name, NAME_CHARS));
    for (kind, reason) in &product.not {
        out.push_str(&format!("Not {kind}, as declared: {}\n\n", escaped(reason, REMEDY_CHARS)));
    }
    out.push_str(&format!("| code | {} |\n| --- |{}\n", COLUMNS.join(" | "), " ---: |".repeat(COLUMNS.len())));
    let mut words = String::new();
    for code in &product.codes {
        let tally = Tally::of(product, code.policy);
        let cells = tally.cells.map(|cell| cell.to_string()).join(" | ");
        out.push_str(&format!("| {} {} | {cells} |\n", code.policy.code, code.policy.edition));
        let open = if tally.open.is_empty() { String::new() } else { format!("not met: {}; ", tally.open_words()) };
        words.push_str(&format!("- {}: {open}{}\n", code.policy.code, on_whose_word(product, code.policy)));
    }
    out.push_str(&format!("\n{words}\n{}", waived(product)));
    if report.base.is_some() {
        let of = |state| product.findings.iter().filter(move |finding| finding.baseline == Some(state)).collect::<Vec<_>>();
        let said = |found: Vec<&Finding>| if found.is_empty() { "none".to_owned() } else { levels(found) };
        let gone: Vec<&str> = product.gone.iter().map(|finding| finding.id.as_str()).collect();
        let gone = if gone.is_empty() { "none".to_owned() } else { one_line(&ids(&gone), MESSAGE_CHARS) };
        let (new, unchanged) = (said(of(Baseline::New)), said(of(Baseline::Unchanged)));
        out.push_str(&format!("**New: {new}.** Unchanged: {unchanged}. Absent: {gone}.\n\n"));
    }
    out
}

fn waived(product: &ProductReport<'_>) -> String {
    let mut groups: Vec<(jiff::civil::Date, OutcomeName, Vec<&str>)> = Vec::new();
    for found in &product.assessments {
        let Some((until, outcome)) = found.waived_until.zip(found.waived_outcome) else { continue };
        match groups.iter_mut().find(|(date, known, _)| *date == until && *known == outcome) {
            Some((.., known)) => known.push(&found.unit.id),
            None => groups.push((until, outcome, vec![&found.unit.id])),
        }
    }
    groups.sort_by_key(|(until, ..)| *until);
    let mut out = String::new();
    for (until, outcome, found) in groups.iter().take(WAIVERS) {
        out.push_str(&format!("- waived until {until} ({outcome}): {}\n", one_line(&ids(found), MESSAGE_CHARS)));
    }
    let more: usize = groups.iter().skip(WAIVERS).map(|(.., found)| found.len()).sum();
    if more > 0 {
        out.push_str(&format!("- … and {} waived\n", count(more, "more unit")));
    }
    if out.is_empty() { out } else { format!("{out}\n") }
}

/// The tables of findings, the new ones first where there is a base; each table gets what those before it leave.
fn findings(report: &Report<'_>, product: &ProductReport<'_>, room: usize) -> String {
    let all: Vec<&Finding> = product.findings.iter().collect();
    let parts = match report.base {
        None => vec![("Findings", all)],
        Some(_) => {
            let (new, others) = all.into_iter().partition(|finding| finding.baseline == Some(Baseline::New));
            vec![("New findings", new), ("Unchanged findings", others)]
        }
    };
    let mut out = String::new();
    for (heading, mut found) in parts.into_iter().filter(|(_, found)| !found.is_empty()) {
        found.sort_by_key(|finding| Reverse(finding.level));
        let lead = format!(
            "#### {heading}: {}\n\n| level | finding | where | what and what to do |\n| --- | --- | --- | --- |\n",
            levels(found.iter().copied())
        );
        out.push_str(&table(report, &lead, &found, room.saturating_sub(out.len())));
    }
    out
}

fn table(report: &Report<'_>, lead: &str, findings: &[&Finding], room: usize) -> String {
    let mut out = lead.to_owned();
    for (at, finding) in findings.iter().enumerate() {
        let row = row(report, finding);
        if out.len() + row.len() + 1 > room {
            let rest = findings.get(at..).unwrap_or_default();
            let more = format!("… and {}: {}.\n\n", count(rest.len(), "more finding"), levels(rest.iter().copied()));
            return if at == 0 { more } else { format!("{out}\n{more}") };
        }
        out.push_str(&row);
    }
    out.push('\n');
    out
}

fn row(report: &Report<'_>, finding: &Finding) -> String {
    let place = report.sources.place(finding.span);
    let message = escaped(&finding.message, MESSAGE_CHARS);
    let remedy = match finding.remedy.trim() {
        "" => String::new(),
        text => format!(" **Do:** {}", escaped(text, REMEDY_CHARS)),
    };
    format!("| {} | {} | {} | {message}{remedy} |\n", finding.level, finding.id, link(report, &place))
}

/// A link to a line. In a tree that differs from its commit the commit's line may be another, so the link stays in the tree.
fn link(report: &Report<'_>, place: &Place) -> String {
    let commit = report.commit.as_deref().filter(|_| !report.dirty);
    if place.outside {
        return format!("{}:{}", escaped(&place.file, NAME_CHARS), place.line);
    }
    let target = address::line(report.origin.as_deref(), commit, place);
    format!("[{}:{}]({target})", escaped(&place.file, NAME_CHARS), place.line)
}

fn faults(report: &Report<'_>) -> String {
    let row = |fault: &Fault| {
        let at = fault.span.map(|span| link(report, &report.sources.place(span))).unwrap_or_default();
        let help = fault.help.as_deref().map(|help| format!(" **Do:** {}", escaped(help, REMEDY_CHARS))).unwrap_or_default();
        format!("| {at} | {}{help} |\n", escaped(&fault.message, MESSAGE_CHARS))
    };
    let mut out = String::from("| where | what is wrong and what to do |\n| --- | --- |\n");
    for (at, fault) in report.errors.iter().enumerate() {
        let row = row(fault);
        if out.len() + row.len() + 2 * REST_BYTES > MOST_BYTES {
            let rest = report.errors.len() - at;
            out.push_str(&format!("\n… and {}.\n", count(rest, "more fault")));
            return out;
        }
        out.push_str(&row);
    }
    out
}

/// One line of at most `limit` characters in which nothing is markup: each character that could be is escaped, and a
/// joiner, which shows nothing, keeps names and numbers after `@` and `#` from becoming mentions and references.
fn escaped(text: &str, limit: usize) -> String {
    let folded = one_line(text, limit);
    let mut out = String::with_capacity(folded.len());
    let mut rest = folded.chars().peekable();
    while let Some(c) = rest.next() {
        // `://` and `www.` make links, and `:name:` a picture.
        let linking = c == ':' && rest.peek().is_some_and(|next| !next.is_whitespace());
        if linking || "\\`*_{}[]<>#|~&!$@^".contains(c) || c == '.' && out.to_ascii_lowercase().ends_with("www") {
            out.push('\\');
        }
        out.push(c);
        if matches!(c, '@' | '#' | '!') && rest.peek().is_some_and(|next| next.is_alphanumeric()) {
            out.push_str("&#8288;");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    #[test]
    fn nothing_in_a_text_becomes_a_link_or_a_mention() {
        assert_eq!(escaped("see https://evil.example, www.evil.example", 99), "see https\\://evil.example, www\\.evil.example");
        assert_eq!(escaped("@octocat closes #1", 99), "\\@&#8288;octocat closes \\#&#8288;1");
        assert_eq!(escaped("a | b\n<b>", 99), "a \\| b \\<b\\>");
    }

    proptest! {
        #[test]
        fn an_escaped_text_is_read_back_as_text(text in "[a-c1@#!|<>&;:/.\\\\`*_~$\\[\\](){}\"'=+^ w-]{0,60}") {
            let source = format!("| x | {} |\n| --- | --- |\n", escaped(&text, 200));
            let mut read = String::new();
            for event in Parser::new_ext(&source, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
                match event {
                    Event::Text(part) => read.push_str(&part),
                    Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableCell) | Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableCell) => {}
                    other => prop_assert!(false, "{other:?} in {source}"),
                }
            }
            let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(read.replace('\u{2060}', ""), format!("x{folded}"));
        }
    }
}
