//! `support-period` with a path: a file that says until when which version is supported.

use std::collections::BTreeSet;

use super::calendar::days;
use super::support_period::{self, Told};
use super::{Ask, Gap, Verified};
use crate::formats::support_statement::{self as format, Line, Statement};
use crate::formats::version_range::{Version, VersionRange};
use crate::text::one_line;

/// The lines that are about this product: those whose column names it, else those that speak of it, else all.
///
/// A table may list the parts of a product by names of their own, so that names which are not its own leave no line out by themselves.
fn own<'s>(ask: &Ask<'_>, statement: &'s Statement) -> Vec<&'s Line> {
    let by = |is_own: &dyn Fn(&str) -> bool| -> Vec<&'s Line> {
        let has = |line: &&Line| line.of.as_ref().is_some_and(|of| is_own(&of.name));
        if !statement.lines.iter().any(|line| has(&line)) {
            return Vec::new();
        }
        statement.lines.iter().filter(|line| line.of.is_none() || has(line)).collect()
    };
    let mut lines = by(&|name| ask.is_named(name));
    if lines.is_empty() {
        lines = by(&|name| ask.speaks_of(name));
    }
    if lines.is_empty() { statement.lines.iter().collect() } else { lines }
}

/// The line that speaks for the product's version: the narrowest that covers it; where none names versions, or none is known, the latest
/// end.
pub(super) fn decisive<'s>(ask: &Ask<'_>, statement: &'s Statement) -> Option<&'s Line> {
    of_version(&own(ask, statement), ask.product.version.as_deref())
}

fn of_version<'s>(lines: &[&'s Line], version: Option<&str>) -> Option<&'s Line> {
    let whole = lines.iter().filter(|line| line.version.is_none()).max_by_key(|line| line.ends);
    let wanted = version.and_then(Version::parse);
    let Some(wanted) = wanted else { return whole.or_else(|| lines.iter().max_by_key(|line| line.ends)).copied() };
    let covering = lines.iter().filter_map(|line| {
        let range = VersionRange::parse(line.version.as_deref()?)?;
        range.covers(&wanted).then(|| (range.narrowness(), line))
    });
    covering.max_by_key(|(narrowness, _)| *narrowness).map(|(_, line)| line).or(whole).copied()
}

/// Words by which a table tells the parts or editions of one product apart, where its heading names the product.
const PARTS: &[&str] = &[
    "agent",
    "all",
    "api",
    "app",
    "apps",
    "backend",
    "cli",
    "client",
    "cloud",
    "community",
    "core",
    "desktop",
    "edition",
    "enterprise",
    "firmware",
    "frontend",
    "free",
    "library",
    "lts",
    "mobile",
    "plugin",
    "plugins",
    "premium",
    "pro",
    "product",
    "professional",
    "sdk",
    "server",
    "software",
    "standard",
    "the",
    "this",
    "web",
];

/// The gap of a table whose column of products names others and not this one.
fn other_product(ask: &Ask<'_>, path: &str, statement: &Statement) -> Option<Gap> {
    let named = || statement.lines.iter().filter_map(|line| Some((line, line.of.as_ref().filter(|of| of.is_product)?)));
    let is_part = |name: &str| {
        let lower = name.to_lowercase();
        lower.split(|c: char| !c.is_alphanumeric()).all(|word| word.is_empty() || PARTS.contains(&word))
    };
    if statement.lines.len() > named().count()
        || named().any(|(_, of)| ask.speaks_of(&of.name) || ask.is_named(&of.name) || is_part(&of.name))
    {
        return None;
    }
    let (line, of) = named().next()?;
    let message = format!("{path} names {} in its column of products, and not {}", one_line(&of.name, 80), ask.names());
    let remedy = "cite this product's table, or add the name that it uses to `names` of this entry";
    Some(ask.gap_at(line.at.clone(), "other-product", message, remedy))
}

pub(super) fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let path = file.path.to_string();
    let statement = ask.content(|text| format::read(file.path.file_name(), text))?;
    let mut gaps: Vec<Gap> = without_end(ask, &path, &statement);
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    if let Some((name, at)) = statement.about.as_ref().filter(|(name, _)| !ask.is_named(name)) {
        let message = format!("{path} is about {}, not about {}", one_line(name, 80), ask.names());
        gaps.push(ask.gap_at(at.clone(), "other-product", message, "cite this product's file"));
    }
    gaps.extend(other_product(ask, &path, &statement));
    let version = ask.product.version.as_deref();
    let Some(line) = decisive(ask, &statement) else {
        let message = format!("{path} does not say until when version {} is supported", one_line(version.unwrap_or_default(), 40));
        let first = own(ask, &statement).first().map_or(0..0, |line| line.at.clone());
        gaps.push(ask.gap_at(first, "not-covered", message, "add a row for it"));
        return Ok(Verified::Gaps(super::at_most(gaps)));
    };
    let Some(until) = line.ends else {
        if gaps.is_empty() {
            gaps.push(over(ask, &path, line, "is said to be over"));
        }
        return Ok(Verified::Gaps(super::at_most(gaps)));
    };
    let past = ask.today.days_since(until);
    if past > 0 || line.over {
        let when = if past > 0 { format!("ended on {until}, {} ago", days(past)) } else { "is said to be over".to_owned() };
        gaps.push(over(ask, &path, line, &when));
    }
    let declared = ask.product.product.support.as_ref();
    if let Some(other) = declared.filter(|declared| declared.until.value != until) {
        let message = format!("{path} says that support{} ends on {until}, where the declaration says {}", of(line), other.until.value);
        gaps.push(ask.gap_at(line.at.clone(), "differs", message, "correct the one that is wrong"));
    }
    let announced = declared.filter(|declared| declared.until.value == until).and_then(|declared| declared.announced.as_ref());
    let told =
        Told { until, at: ask.range(line.at.clone()), announced: announced.map(|day| (day.value, Some(day.span))), path: &file.path };
    let notice = match support_period::notice(ask, &told) {
        Ok(notice) => notice,
        Err(doubt) => return Ok(if gaps.is_empty() { doubt } else { Verified::Gaps(super::at_most(gaps)) }),
    };
    gaps.extend(notice.gap);
    let says = format!("{path} ({}): support{} ends on {until}{}", statement.format, of(line), notice.says);
    Ok(Verified::from_gaps(super::at_most(gaps), || support_period::proved(notice.assurance, says, &told)))
}

fn of(line: &Line) -> String {
    line.version.as_ref().map(|version| format!(" of {version}")).unwrap_or_default()
}

fn over(ask: &Ask<'_>, path: &str, line: &Line, when: &str) -> Gap {
    let message = format!("{path}: support{} {when}", of(line));
    ask.gap_at(line.at.clone(), "ended", message, "extend it if the product is still supported, or stop supplying it")
}

/// Every version that is not said to be over has an end.
fn without_end(ask: &Ask<'_>, path: &str, statement: &Statement) -> Vec<Gap> {
    // A part of the product is one that customers have, too; another product is not.
    let own: BTreeSet<usize> = own(ask, statement).into_iter().map(|line| line.at.start).collect();
    let ours = |line: &&Line| own.contains(&line.at.start) || line.of.as_ref().is_none_or(|of| !of.is_product);
    let open = statement.lines.iter().filter(ours).filter(|line| line.ends.is_none() && !line.over);
    open.map(|line| {
        let written = if line.written.is_empty() { "nothing".to_owned() } else { line.written.clone() };
        let message = format!("{path} has {written} as the end of support{}, which is no date", of(line));
        ask.gap_at(line.at.clone(), "no-end", message, "write the last day of support as YYYY-MM-DD")
    })
    .collect()
}
