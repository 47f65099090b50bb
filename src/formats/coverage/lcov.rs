//! LCOV tracefiles, as geninfo(1) describes them: a section of records for each source file, `SF` to `end_of_record`.

use std::ops::Range;

use super::{Coverage, MAKE, Reach, Seen, disagrees};
use crate::formats::fault::Fault;
use crate::formats::tree::BadDocument;
use crate::limits;
use crate::text::one_line;

/// What stands between `SF` and `end_of_record`.
struct Section<'t> {
    source: &'t str,
    at: Range<usize>,
    /// As they come: some writers state a line more than once.
    lines: Vec<(u64, bool)>,
    branches: Vec<((u64, &'t str), bool)>,
    records: Reach,
    named: bool,
    functions: usize,
    found: Option<(&'t str, Range<usize>)>,
    hit: Option<(&'t str, Range<usize>)>,
}

pub(super) fn read(text: &str) -> Result<Coverage, BadDocument> {
    let mut seen = Seen::default();
    let mut faults = Vec::new();
    let mut open: Option<Section<'_>> = None;
    let mut start = 0;
    let (mut first, mut named) = (true, false);
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_start_matches('\u{feff}').trim();
        let at = start..start + whole.trim_end().len().max(1);
        start += whole.len();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, rest) = line.split_once(':').unwrap_or((line, ""));
        let is_record = line == "end_of_record" || !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase()) && line != name;
        if first && (!is_record || line == "end_of_record") {
            let message = "it is neither an LCOV tracefile, which begins with `TN:` or `SF:`, nor Cobertura XML";
            return Err(BadDocument::new(message, Some(at)));
        }
        first = false;
        named |= name == "TN";
        if !is_record {
            faults.push(Fault::new("record", at, format!("has a line that is no LCOV record: {}", one_line(line, 60)), MAKE));
        } else {
            record(name, rest, at, &mut open, &mut seen, &mut faults);
        }
        if faults.len() >= limits::FAULTS_HELD {
            return Ok(seen.report("LCOV", faults));
        }
        if let Some(section) = open.as_mut().filter(|_| name == "SF") {
            section.named = named;
        }
    }
    if let Some(section) = open {
        let message = format!("breaks off in the section on {}: it has no end_of_record", one_line(section.source, 80));
        faults.push(Fault::new("breaks-off", section.at, message, MAKE));
    }
    Ok(seen.report("LCOV", faults))
}

fn record<'t>(name: &str, rest: &'t str, at: Range<usize>, open: &mut Option<Section<'t>>, seen: &mut Seen<'t>, faults: &mut Vec<Fault>) {
    let mut fault = |name, message: String| faults.push(Fault::new(name, at.clone(), message, MAKE));
    match (name, open.as_mut()) {
        ("TN" | "VER", _) => {}
        ("SF", Some(section)) => {
            let message = format!("begins a section inside the one on {}", one_line(section.source, 80));
            fault("breaks-off", message);
        }
        ("SF", None) => {
            let (lines, branches, records) = (Vec::new(), Vec::new(), Reach::default());
            *open = Some(Section { source: rest.trim(), at, lines, branches, records, named: false, functions: 0, found: None, hit: None });
        }
        (_, None) => fault("record", format!("has a record {name} outside of a section: no `SF:` stands before it")),
        ("end_of_record", Some(_)) => {
            if let Some(section) = open.take() {
                end(section, seen, faults);
            }
        }
        ("DA", Some(section)) => match executed(rest) {
            Some((line, hit)) => {
                section.lines.push((line, hit));
                section.records.add(hit);
            }
            None => fault("record", format!("has the record DA:{}, which is no line and count", one_line(rest, 60))),
        },
        ("BRDA", Some(section)) => match branch(rest) {
            Some((line, branch, hit)) => section.branches.push(((line, branch), hit)),
            None => fault("record", format!("has the record BRDA:{}, which is no branch", one_line(rest, 60))),
        },
        ("FN", Some(section)) => section.functions += usize::from(section.lines.is_empty()),
        ("LF", Some(section)) => section.found = Some((rest.trim(), at)),
        ("LH", Some(section)) => section.hit = Some((rest.trim(), at)),
        _ => {}
    }
}

/// `line,count[,checksum]`.
fn executed(rest: &str) -> Option<(u64, bool)> {
    let mut parts = rest.split(',').map(str::trim);
    let (line, count) = (parts.next()?.parse::<u64>().ok()?, parts.next()?);
    let hit = count.parse::<u128>().map(|count| count > 0).ok();
    // Some writers use a real number where the count is large.
    let hit = hit.or_else(|| count.parse::<f64>().ok().filter(|count| count.is_finite() && *count >= 0.0).map(|count| count > 0.0));
    (line > 0 && parts.count() <= 1).then_some(())?;
    Some((line, hit?))
}

/// `line,block,branch,taken`, where a dash says that the line never ran. LCOV 2 names branches by expressions, which may hold commas.
fn branch(rest: &str) -> Option<(u64, &str, bool)> {
    let (line, rest) = rest.split_once(',')?;
    let (branch, taken) = rest.rsplit_once(',')?;
    branch.contains(',').then_some(())?;
    let hit = match taken.trim() {
        "-" => false,
        count => count.parse::<u128>().ok()? > 0,
    };
    Some((line.trim().parse().ok()?, branch, hit))
}

fn end<'t>(mut section: Section<'t>, seen: &mut Seen<'t>, faults: &mut Vec<Fault>) {
    once(&mut section.lines);
    once(&mut section.branches);
    let mut counted = Reach::default();
    section.lines.iter().for_each(|(_, hit)| counted.add(*hit));
    faults.extend(totals(&section, counted));
    seen.file(section.source).add(section.lines, section.branches);
}

/// Each key once, in order; hit if it was hit anywhere.
fn once<K: Ord>(hits: &mut Vec<(K, bool)>) {
    hits.sort_unstable();
    hits.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        kept.1 |= same && later.1;
        same
    });
}

/// Held against the lines, or against the records where a writer counts a line as often as it stands there. llvm-cov, which names no test
/// and lists functions first, counts a line once for each function that it lies in: where there are several, its totals may be larger than
/// its lines, and what is reported is the lines.
fn totals(section: &Section<'_>, counted: Reach) -> Option<Fault> {
    let number = |stated: &Option<(&str, Range<usize>)>| stated.as_ref().map(|(text, _)| text.parse::<u64>().unwrap_or(u64::MAX));
    let (found, hit) = (number(&section.found), number(&section.hit));
    let is = |way: Reach| found.is_none_or(|found| found == way.found) && hit.is_none_or(|hit| hit == way.covered);
    let more = found.filter(|found| *found < u64::MAX).and_then(|found| found.checked_sub(counted.found));
    let overlaps = !section.named
        && section.functions > 1
        && more.is_some_and(|more| more > 0 && hit.is_some_and(|hit| hit <= counted.covered + more));
    if is(counted) || is(section.records) || overlaps {
        return None;
    }
    let wrong = if found.is_some_and(|found| found != counted.found) { &section.found } else { &section.hit };
    let name = if wrong == &section.found { "LF" } else { "LH" };
    let (text, at) = wrong.as_ref()?;
    Some(disagrees(at.clone(), &format!("{name}:{text} for {}", one_line(section.source, 60)), counted))
}
