//! Cobertura's XML (coverage-04.dtd): packages, classes, and the lines of each class with their hits.

use std::ops::Range;

use jiff::Timestamp;
use roxmltree::{Document, Node};

use super::{Coverage, MAKE, Reach, Seen, disagrees};
use crate::formats::fault::Fault;
use crate::formats::moment;
use crate::formats::tree::BadDocument;
use crate::formats::xml::{child, children};
use crate::text::one_line;

/// From here on a number counts milliseconds: in seconds it would be the year 5138.
const MILLISECONDS: i64 = 100_000_000_000;

pub(super) fn read(document: &Document<'_>) -> Result<Coverage, BadDocument> {
    let root = document.root_element();
    if root.tag_name().name() != "coverage" || child(root, "project").is_some() {
        let what = if root.tag_name().name() == "coverage" { "Clover's".to_owned() } else { one_line(root.tag_name().name(), 60) };
        return Err(BadDocument::new(format!("its root is {what}, which is no Cobertura report"), Some(start(root))));
    }
    let mut seen = Seen::default();
    let mut faults = Vec::new();
    let (mut direct, mut nested) = (Reach::default(), Reach::default());
    for class in root.descendants().filter(|node| node.is_element() && node.tag_name().name() == "class") {
        let Some(name) = class.attribute("filename").filter(|name| !name.is_empty()) else {
            faults.push(Fault::new("field", start(class), "has a class without a filename", MAKE));
            continue;
        };
        let file = seen.file(name);
        for line in class.children().filter(|node| node.tag_name().name() == "lines").flat_map(|lines| children(lines, "line")) {
            let Some((number, hit)) = line_of(line, &mut faults) else { continue };
            direct.add(hit);
            file.line(number, hit);
        }
        for method in class.children().filter(|node| node.tag_name().name() == "methods").flat_map(|methods| children(methods, "method")) {
            for line in children(method, "lines").flat_map(|lines| children(lines, "line")) {
                let Some((number, hit)) = line_of(line, &mut faults) else { continue };
                nested.add(hit);
                file.line(number, hit);
            }
        }
    }
    let mut report = seen.report("Cobertura", faults);
    report.branches = branches(root);
    let both = Reach { covered: direct.covered + nested.covered, found: direct.found + nested.found };
    report.faults.extend(totals(root, &[report.lines, direct, both]));
    match made(root) {
        Ok(made) => report.made = made,
        Err(fault) => report.faults.push(fault),
    }
    Ok(report)
}

fn start(node: Node<'_, '_>) -> Range<usize> {
    node.range().start..node.range().start + 1
}

fn line_of(line: Node<'_, '_>, faults: &mut Vec<Fault>) -> Option<(u64, bool)> {
    let number = |name: &str| line.attribute(name).and_then(|text| text.trim().parse::<u64>().ok());
    let read = number("number").zip(number("hits"));
    if read.is_none() {
        let shown = |name: &str| one_line(line.attribute(name).unwrap_or("missing"), 40);
        let message = format!("has a line with number {} and hits {}, where whole numbers are expected", shown("number"), shown("hits"));
        faults.push(Fault::new("record", start(line), message, MAKE));
    }
    read.map(|(number, hits)| (number, hits > 0))
}

/// `condition-coverage="50% (1/2)"` of the lines of classes.
fn branches(root: Node<'_, '_>) -> Reach {
    let mut sum = Reach::default();
    let lines = root.descendants().filter(|node| node.tag_name().name() == "line");
    for line in lines.filter(|line| line.ancestors().nth(2).is_some_and(|node| node.tag_name().name() == "class")) {
        let pair = line.attribute("condition-coverage").and_then(|text| text.split_once('(')?.1.split_once(')')?.0.split_once('/'));
        let pair = pair.and_then(|(covered, found)| Some((covered.trim().parse::<u32>().ok()?, found.trim().parse::<u32>().ok()?)));
        if let Some((covered, found)) = pair {
            sum.covered += u64::from(covered.min(found));
            sum.found += u64::from(found);
        }
    }
    sum
}

/// Held against each way of counting that writers have: lines of files, lines of classes, and those of methods beside them.
fn totals(root: Node<'_, '_>, ways: &[Reach]) -> Option<Fault> {
    let counted = *ways.first()?;
    let stated = |name: &str| root.attribute(name).map(str::trim);
    let pair = stated("lines-covered").zip(stated("lines-valid"));
    if let Some((covered, valid)) = pair
        && !ways.iter().any(|way| covered.parse() == Ok(way.covered) && valid.parse() == Ok(way.found))
    {
        return Some(disagrees(start(root), &format!("lines-covered=\"{covered}\" and lines-valid=\"{valid}\""), counted));
    }
    let rate = stated("line-rate")?;
    let fits = |way: &Reach| way.found == 0 || is_rate(rate, *way) == Some(true);
    (!ways.iter().any(fits)).then(|| disagrees(start(root), &format!("line-rate=\"{rate}\""), counted))
}

/// Whether a rate is this share, to the digits that it is written with: two at least, since zeros at the end are left out, and four at
/// most, since some writers round to percent before they divide. None of what is no decimal number.
fn is_rate(text: &str, share: Reach) -> Option<bool> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = |text: &str| text.len() <= 30 && text.bytes().all(|byte| byte.is_ascii_digit());
    (plain(whole) && plain(fraction) && !whole.is_empty() && whole.len() <= 3).then_some(())?;
    let digits = fraction.len().clamp(2, 4);
    let scale = 10_i128.pow(u32::try_from(digits).ok()?);
    // A fifth digit takes part, so that what was rounded up is not cut down.
    let padded: String = fraction.chars().chain(std::iter::repeat('0')).take(digits + 1).collect();
    let rate = whole.parse::<i128>().ok()? * scale * 10 + padded.parse::<i128>().ok()?;
    let (covered, found) = (i128::from(share.covered), i128::from(share.found));
    Some((rate * found - covered * scale * 10).abs() < found * 10)
}

/// Seconds or milliseconds since 1970, or a date; nought is none.
fn made(root: Node<'_, '_>) -> Result<Option<(jiff::civil::Date, Range<usize>)>, Fault> {
    let Some(stamp) = root.attribute("timestamp").map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let day = match stamp.parse::<i64>() {
        Ok(0) => return Ok(None),
        Ok(number) if number >= MILLISECONDS => Timestamp::from_millisecond(number).ok().map(moment::utc_date),
        Ok(number) => Timestamp::from_second(number).ok().filter(|_| number > 0).map(moment::utc_date),
        Err(_) => moment::day(stamp),
    };
    let wrong = || {
        let message = format!("has the timestamp {}, which is no date", one_line(stamp, 40));
        Fault::new("timestamp", start(root), message, "commit the report as the tool wrote it")
    };
    day.map(|day| Some((day, start(root)))).ok_or_else(wrong)
}
