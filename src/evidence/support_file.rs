//! `support-period` with a path: a file that says until when which version is supported.

use super::calendar::days;
use super::support_period::{self, Told};
use super::{Ask, Gap, Verified};
use crate::formats::support_statement::{self as format, Line, Statement};
use crate::formats::version_range::{Version, VersionRange};
use crate::text::one_line;

/// The line that speaks for a version: the narrowest that covers it; where none names versions, or none is known, the latest end.
pub(super) fn decisive<'s>(statement: &'s Statement, version: Option<&str>) -> Option<&'s Line> {
    let whole = statement.lines.iter().filter(|line| line.version.is_none()).max_by_key(|line| line.ends);
    let wanted = version.and_then(Version::parse);
    let Some(wanted) = wanted else { return whole.or_else(|| statement.lines.iter().max_by_key(|line| line.ends)) };
    let covering = statement.lines.iter().filter_map(|line| {
        let range = VersionRange::parse(line.version.as_deref()?)?;
        range.covers(&wanted).then(|| (range.narrowness(), line))
    });
    covering.max_by_key(|(narrowness, _)| *narrowness).map(|(_, line)| line).or(whole)
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
    let version = ask.product.version.as_deref();
    let Some(line) = decisive(&statement, version) else {
        let message = format!("{path} does not say until when version {} is supported", one_line(version.unwrap_or_default(), 40));
        let first = statement.lines.first().map_or(0..0, |line| line.at.clone());
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
    let open = statement.lines.iter().filter(|line| line.ends.is_none() && !line.over);
    open.map(|line| {
        let written = if line.written.is_empty() { "nothing".to_owned() } else { line.written.clone() };
        let message = format!("{path} has {written} as the end of support{}, which is no date", of(line));
        ask.gap_at(line.at.clone(), "no-end", message, "write the last day of support as YYYY-MM-DD")
    })
    .collect()
}
