//! Holds an entry's `expect` against a document.

use super::{Ask, Gap, Verified};
use crate::formats::expectation::{Bound, Expectation, Fault, Reading};
use crate::formats::tree::{Node, Value};
use crate::limits;
use crate::source::Located;
use crate::text::one_line;

/// Most values that a message shows.
const SHOWN: usize = 3;

/// What it takes to read an expectation.
const EXPECTATION: usize = 2_000;

/// Holds an expectation over `doc`, `today` and, where the entry names one, `value` with its key.
///
/// # Errors
/// The gap of an expectation that is not read, looks at nothing or does not hold; the doubt of one that takes too long.
pub(super) fn hold(
    ask: &Ask<'_>,
    expect: &Located<String>,
    doc: &Node<'_>,
    value: Option<(&Node<'_>, &str)>,
    path: &str,
) -> Result<(), Verified> {
    let today = ask.today.0.to_string();
    let mut names = vec![("doc", Bound::Node(doc)), ("today", Bound::Text(&today))];
    names.extend(value.map(|(node, _)| ("value", Bound::Node(node))));
    let source = expect.value.trim();
    let quoted = one_line(source, 300);
    let cited =
        |fault, message: String, remedy: &str| Verified::gap(Gap { cited: Some(expect.span), ..Gap::failed(fault, message, remedy) });
    let usable: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    let expectation = Expectation::read(source, &usable).map_err(|why| {
        let remedy = "correct `expect`: an expression in CEL that comes to true or false";
        cited("expectation", format!("the expectation `{quoted}` is not read: {}", one_line(&why, 300)), remedy)
    })?;
    let told = verdict(ask, expect, &expectation, &names, value, path);
    ask.memo.effort.take(expectation.taken().saturating_add(EXPECTATION));
    told
}

fn verdict(
    ask: &Ask<'_>,
    expect: &Located<String>,
    expectation: &Expectation,
    names: &[(&'static str, Bound<'_>)],
    value: Option<(&Node<'_>, &str)>,
    path: &str,
) -> Result<(), Verified> {
    let quoted = one_line(expect.value.trim(), 300);
    let cited =
        |fault, message: String, remedy: &str| Verified::gap(Gap { cited: Some(expect.span), ..Gap::failed(fault, message, remedy) });
    let bytes = ask.file.as_ref().map_or(0, |file| file.bytes.len());
    let readings = || expectation.readings(names);
    let place = |found: &[Reading<'_>]| {
        let read = found.iter().find(|one| one.way != "doc").and_then(|one| one.node);
        read.or(value.map(|(node, _)| node)).and_then(|node| ask.range(node.range()))
    };
    let asks = |held: &Result<bool, Fault>| match held {
        Ok(true) if !expectation.looks() => Some(false),
        Ok(true) => expectation.can_fail(names),
        _ => Some(true),
    };
    let held = expectation.holds(names, bytes);
    match asks(&held).map_or(Err(Fault::Spent), |asks| held.map(|held| (held, asks))) {
        Ok((true, true)) => Ok(()),
        Ok((true, false)) => {
            let message = match expectation.looks() {
                true => format!("the expectation `{quoted}` asks nothing of the file: it is true of every other that was tried"),
                false => format!("the expectation `{quoted}` does not look at the file: it is true whatever stands there"),
            };
            Err(cited("looks-at-nothing", message, "write what the file must say, over `doc` or, with `key`, over `value`"))
        }
        Ok((false, _)) => {
            let found = readings();
            let message = format!("{path} does not hold `{quoted}`{}", told(&found, value));
            Err(Verified::gap(Gap { at: place(&found), ..Gap::failed("other-value", message, "set it as expected, or correct `expect`") }))
        }
        Err(Fault::Spent) => Err(Verified::doubt(
            format!("the expectation `{quoted}` takes longer than a file of this size is given"),
            "write it with fewer loops in loops, or point `key` at the part that matters",
        )),
        Err(fault) => {
            let why = match fault {
                Fault::Missing(way) => format!("there is no {way}"),
                Fault::Type(why) => why,
                _ => "it comes to something other than true or false".to_owned(),
            };
            let message = format!("`{quoted}` cannot be told of {path}: {}", one_line(&why, 300));
            let gap = Gap { at: place(&readings()), ..Gap::failed("not-told", message, "set what is missing, or correct `expect`") };
            Err(Verified::gap(Gap { cited: Some(expect.span), ..gap }))
        }
    }
}

/// The values that it read, for a message.
fn told(found: &[Reading<'_>], value: Option<(&Node<'_>, &str)>) -> String {
    let named = |way: &str| match (way.strip_prefix("value"), value) {
        (Some(rest), Some((_, key))) if rest.is_empty() || rest.starts_with(['.', '[']) => format!("{key}{rest}"),
        _ => way.to_owned(),
    };
    let told = |one: &Reading<'_>| match one.node {
        Some(node) => format!("{} is {}", one_line(&named(&one.way), 120), shown(node)),
        None => format!("there is no {}", one_line(&named(&one.way), 120)),
    };
    let parts: Vec<String> = found.iter().filter(|one| one.way != "doc").take(SHOWN).map(told).collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

/// A value for a message.
pub(super) fn shown(node: &Node<'_>) -> String {
    match &node.value {
        Value::Text(text) => format!("\"{}\"", one_line(text, limits::QUOTED_CHARS)),
        Value::Number(digits) => one_line(digits, 40),
        Value::Boolean(value) => value.to_string(),
        Value::Null => "null".to_owned(),
        Value::List(items) => format!("a list of {}", items.len()),
        Value::Table(entries) => format!("a table of {}", entries.len()),
    }
}
