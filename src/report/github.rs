//! `github`: workflow commands, which a runner of GitHub Actions makes into annotations on the lines to change.
//!
//! Invariants: each line is one command or a line of our own words; no text can end a command, add a property or start
//! another line; at most `SHOWN` of a kind, since a host shows no more of one step, and the last line counts the rest.

use std::cmp::Reverse;
use std::io;

use super::words::{clean, count, judged_at, levels, list, verdict};
use super::{ProductReport, Report};
use crate::finding::{Baseline, Finding};
use crate::model::outcome::Level;
use crate::source::Place;

/// Most annotations of one kind (a host shows ten of each kind per step).
const SHOWN: usize = 10;
/// Longest message, in characters.
const MESSAGE_CHARS: usize = 2_000;
/// Longest title, in characters.
const TITLE_CHARS: usize = 200;

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let (standing, why) = verdict(report);
    writeln!(out, "{standing} {why}, judged at {}", judged_at(report))?;
    for fault in report.errors.iter().take(SHOWN) {
        let place = fault.span.map(|span| report.sources.place(span));
        let message = message(&fault.message, fault.help.as_deref().unwrap_or_default());
        // The runner finds no file outside of the repository, so there the message names it.
        let (place, message) = match place {
            Some(place) if place.outside => (None, format!("{}:{}: {message}", clean(&place.file, TITLE_CHARS), place.line)),
            place => (place, message),
        };
        writeln!(out, "{}", command(Level::Error, place.as_ref(), "Portcullis could not assess", &message))?;
    }
    let mut hidden: Vec<String> =
        report.errors.len().checked_sub(SHOWN).filter(|more| *more > 0).map(|more| count(more, "fault")).into_iter().collect();
    let mut found: Vec<(&ProductReport<'_>, &Finding)> =
        report.products.iter().flat_map(|product| product.findings.iter().map(move |finding| (product, finding))).collect();
    // What the change brings comes before what was there.
    found.sort_by_key(|(_, finding)| (Reverse(finding.level), finding.baseline == Some(Baseline::Unchanged)));
    let mut rest = Vec::new();
    for level in Level::ALL.iter().rev() {
        let own = || found.iter().filter(|(_, finding)| finding.level == *level);
        for (product, finding) in own().take(SHOWN) {
            writeln!(out, "{}", annotation(report, product, finding))?;
        }
        rest.extend(own().skip(SHOWN).map(|(_, finding)| *finding));
    }
    if !rest.is_empty() {
        hidden.push(levels(rest));
    }
    if !hidden.is_empty() {
        writeln!(out, "not shown above: {}; the formats human, markdown, sarif and json tell all", list(&hidden))?;
    }
    Ok(())
}

fn annotation(report: &Report<'_>, product: &ProductReport<'_>, finding: &Finding) -> String {
    let of = if report.products.len() > 1 { format!(" ({})", product.name) } else { String::new() };
    let state = finding.baseline.map(|state| format!(", {}", state.name())).unwrap_or_default();
    let title = format!("{}{of}{state}", finding.id);
    command(finding.level, Some(&report.sources.place(finding.span)), &title, &message(&finding.message, &finding.remedy))
}

fn message(what: &str, remedy: &str) -> String {
    let what = clean(what, MESSAGE_CHARS);
    if remedy.trim().is_empty() { what } else { format!("{what}\nRemedy: {}", clean(remedy, MESSAGE_CHARS)) }
}

/// A command as the runner reads it: `::name key=value,key=value::message`.
fn command(level: Level, place: Option<&Place>, title: &str, message: &str) -> String {
    let name = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let place = place
        .filter(|place| !place.file.is_empty())
        .map(|place| format!("file={},line={},endLine={},col={},", property(&place.file), place.line, place.end_line, place.column));
    format!("::{name} {}title={}::{}", place.unwrap_or_default(), property(&clean(title, TITLE_CHARS)), data(message))
}

/// The value of a property: the runner ends it at `,` and `:`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A message: the runner ends it with its line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a runner makes of a command (actions/runner, `ActionCommand.TryParseV2`): name, properties, message.
    fn read(line: &str) -> (String, Vec<(String, String)>, String) {
        let rest = line.strip_prefix("::").unwrap();
        let (head, message) = rest.split_once("::").unwrap();
        let (name, properties) = head.split_once(' ').unwrap();
        let unescape =
            |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
        let pairs = properties.split(',').map(|pair| pair.split_once('=').unwrap());
        (name.to_owned(), pairs.map(|(key, value)| (key.to_owned(), unescape(value))).collect(), unescape(message))
    }

    proptest! {
        #[test]
        fn a_command_is_read_back_as_it_was_meant(file in "[a-c:,%=\n\r ]{1,20}", title in "[a-c:,%=:]{1,20}", message in "[a-c:%,\n\r:]{0,30}") {
            let place = Place { file: file.clone(), outside: false, line: 3, column: 5, end_line: 4, end_column: 1 };
            let line = command(Level::Note, Some(&place), &title, &message);
            prop_assert!(!line.contains(['\n', '\r']));
            let (name, properties, read) = read(&line);
            prop_assert_eq!(name, "notice");
            let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
            prop_assert_eq!(properties, [pair("file", &file), pair("line", "3"), pair("endLine", "4"), pair("col", "5"), pair("title", &title)]);
            prop_assert_eq!(read, message);
        }
    }
}
