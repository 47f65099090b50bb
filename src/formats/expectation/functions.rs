//! Operators and functions.

use std::cmp::Ordering;
use std::rc::Rc;

use cel::common::ast::operators as op;

use super::evaluate::{Fault, Scope};
use super::value::{Number, Val};
use crate::clock::Today;
use crate::formats::moment;
use crate::limits;
use crate::text::one_line;

type Answer<'t> = Result<Val<'t>, Fault>;

const KNOWN: &[&str] = &[
    op::CONDITIONAL,
    op::LOGICAL_AND,
    op::LOGICAL_OR,
    op::LOGICAL_NOT,
    op::NOT_STRICTLY_FALSE,
    op::SUBSTRACT,
    op::ADD,
    op::MULTIPLY,
    op::DIVIDE,
    op::MODULO,
    op::EQUALS,
    op::NOT_EQUALS,
    op::GREATER_EQUALS,
    op::LESS_EQUALS,
    op::GREATER,
    op::LESS,
    op::NEGATE,
    op::INDEX,
    op::IN,
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "int",
    "double",
    "string",
    "daysSince",
];

pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// Calls an operator or function on values; a method's target is the first of them.
pub(super) fn call<'t>(scope: &mut Scope<'t, '_>, name: &str, values: &[Val<'t>]) -> Answer<'t> {
    match (name, values) {
        (op::EQUALS, [left, right]) => scope.equal(left, right).map(Val::Bool),
        (op::NOT_EQUALS, [left, right]) => scope.equal(left, right).map(|same| Val::Bool(!same)),
        (op::LESS, [left, right]) => Ok(Val::Bool(scope.order(left, right)? == Some(Ordering::Less))),
        (op::GREATER, [left, right]) => Ok(Val::Bool(scope.order(left, right)? == Some(Ordering::Greater))),
        (op::LESS_EQUALS, [left, right]) => Ok(Val::Bool(matches!(scope.order(left, right)?, Some(Ordering::Less | Ordering::Equal)))),
        (op::GREATER_EQUALS, [left, right]) => {
            Ok(Val::Bool(matches!(scope.order(left, right)?, Some(Ordering::Greater | Ordering::Equal))))
        }
        (op::ADD, [left, right]) => added(scope, left.clone(), right.clone()),
        (op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO, [left, right]) => arithmetic(name, left, right),
        (op::NEGATE, [inner]) => match inner.number() {
            Some(Number::Int(number)) => number.checked_neg().map(Val::Int).ok_or_else(overflow),
            Some(Number::Double(number)) => Ok(Val::Double(-number)),
            None => Err(unusable("-", inner)),
        },
        (op::IN, [item, whole]) => is_in(scope, item, whole),
        ("size", [whole]) => size(scope, whole),
        ("contains" | "startsWith" | "endsWith" | "matches", [whole, part]) => search(scope, name, whole, part),
        ("daysSince", [inner]) => days_since(scope, inner),
        ("int" | "double" | "string", [inner]) => converted(scope, name, inner),
        _ => Err(Fault::Type(format!("`{name}` is called with {} values", values.len()))),
    }
}

fn overflow() -> Fault {
    Fault::Type("a number grows past what is computed with".to_owned())
}

fn unusable(name: &str, value: &Val<'_>) -> Fault {
    Fault::Type(format!("`{}` cannot be used on {}", one_line(name.trim_matches('_'), 20), value.what()))
}

/// The sum of numbers; texts and lists one after the other.
pub(super) fn added<'t>(scope: &mut Scope<'t, '_>, left: Val<'t>, right: Val<'t>) -> Answer<'t> {
    if left.is_list() && right.is_list() {
        let mut items = match left {
            Val::List(items) => Rc::try_unwrap(items).or_else(|shared| {
                scope.step(shared.len())?;
                Ok(shared.as_ref().clone())
            })?,
            other => {
                scope.step(other.length().unwrap_or(0))?;
                (0..other.length().unwrap_or(0)).filter_map(|at| other.item(at)).collect()
            }
        };
        scope.step(right.length().unwrap_or(0))?;
        items.extend((0..right.length().unwrap_or(0)).filter_map(|at| right.item(at)));
        return Ok(Val::List(Rc::new(items)));
    }
    if let (Some(a), Some(b)) = (left.text(), right.text()) {
        scope.step((a.len() + b.len()) / 16)?;
        return Ok(Val::Text([a, b].concat().into()));
    }
    arithmetic(op::ADD, &left, &right)
}

fn arithmetic<'t>(name: &str, left: &Val<'t>, right: &Val<'t>) -> Answer<'t> {
    let (Some(a), Some(b)) = (left.number(), right.number()) else {
        return Err(unusable(name, if left.number().is_none() { left } else { right }));
    };
    let double = |number: Number| match number {
        Number::Int(number) => number as f64,
        Number::Double(number) => number,
    };
    if let (Number::Int(a), Number::Int(b)) = (a, b) {
        let result = match name {
            op::ADD => a.checked_add(b),
            op::SUBSTRACT => a.checked_sub(b),
            op::MULTIPLY => a.checked_mul(b),
            op::DIVIDE => a.checked_div(b),
            _ => a.checked_rem(b),
        };
        return result.map(Val::Int).ok_or_else(|| if b == 0 { Fault::Type("a number is divided by zero".to_owned()) } else { overflow() });
    }
    let (a, b) = (double(a), double(b));
    Ok(Val::Double(match name {
        op::ADD => a + b,
        op::SUBSTRACT => a - b,
        op::MULTIPLY => a * b,
        op::DIVIDE => a / b,
        _ => return Err(Fault::Type("`%` needs whole numbers".to_owned())),
    }))
}

fn is_in<'t>(scope: &mut Scope<'t, '_>, item: &Val<'t>, whole: &Val<'t>) -> Answer<'t> {
    if whole.is_map() {
        scope.step(whole.length().unwrap_or(0) / 4)?;
        return Ok(Val::Bool(whole.field(item).is_some()));
    }
    if !whole.is_list() {
        return Err(unusable("in", whole));
    }
    for at in 0..whole.length().unwrap_or(0) {
        if let Some(other) = whole.item(at)
            && scope.equal(item, &other)?
        {
            return Ok(Val::Bool(true));
        }
    }
    Ok(Val::Bool(false))
}

fn size<'t>(scope: &mut Scope<'t, '_>, whole: &Val<'t>) -> Answer<'t> {
    let length = match whole.text() {
        Some(text) => {
            scope.step(text.len() / 16)?;
            Some(text.chars().count())
        }
        None => whole.length(),
    };
    let length = length.ok_or_else(|| unusable("size", whole))?;
    Ok(Val::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn search<'t>(scope: &mut Scope<'t, '_>, name: &str, whole: &Val<'t>, part: &Val<'t>) -> Answer<'t> {
    let (Some(text), Some(part)) = (whole.text(), part.text()) else {
        return Err(unusable(name, if whole.text().is_none() { whole } else { part }));
    };
    scope.step(text.len() / 4)?;
    Ok(Val::Bool(match name {
        "contains" => text.contains(part),
        "startsWith" => text.starts_with(part),
        "endsWith" => text.ends_with(part),
        _ => {
            // A character may meet every state of the pattern.
            scope.step(text.len().saturating_mul(32))?;
            pattern(scope, part)?.is_match(text)
        }
    }))
}

/// The days from a date, or the day of a timestamp, to the name `today`; below nought where it lies ahead. Not in the standard.
fn days_since<'t>(scope: &mut Scope<'t, '_>, inner: &Val<'t>) -> Answer<'t> {
    scope.step(10)?;
    let day = inner.text().and_then(|text| moment::day(text.trim()));
    let day = day.ok_or_else(|| Fault::Type(format!("`daysSince` is called with {}, which is no date", inner.shown())))?;
    let today = scope.named("today")?.text().and_then(|text| text.parse().ok()).ok_or(Fault::Unseen)?;
    Ok(Val::Int(Today(today).days_since(day).into()))
}

fn pattern(scope: &mut Scope<'_, '_>, source: &str) -> Result<Rc<regex_lite::Regex>, Fault> {
    if let Some(known) = scope.patterns.get(source) {
        return Ok(Rc::clone(known));
    }
    scope.step(1_000)?;
    let built = regex_lite::RegexBuilder::new(source).size_limit(limits::PATTERN_BYTES).build();
    let built =
        built.map_err(|error| Fault::Type(format!("`matches` has a pattern that is not read: {}", one_line(&error.to_string(), 120))))?;
    let built = Rc::new(built);
    scope.patterns.insert(source.to_owned(), Rc::clone(&built));
    Ok(built)
}

fn converted<'t>(scope: &mut Scope<'t, '_>, name: &str, inner: &Val<'t>) -> Answer<'t> {
    let text = inner.text();
    scope.step(text.map_or(0, str::len) / 16)?;
    let refused = || Fault::Type(format!("{} cannot be made `{name}`", inner.what()));
    match (name, inner.number()) {
        ("int", Some(Number::Int(number))) => Ok(Val::Int(number)),
        ("int", Some(Number::Double(number))) if number.abs() < 9e18 => Ok(Val::Int(number.trunc() as i64)),
        ("int", None) => text.and_then(|text| text.parse().ok()).map(Val::Int).ok_or_else(refused),
        ("double", Some(Number::Int(number))) => Ok(Val::Double(number as f64)),
        ("double", Some(Number::Double(number))) => Ok(Val::Double(number)),
        ("double", None) => text.and_then(|text| text.parse().ok()).map(Val::Double).ok_or_else(refused),
        ("string", Some(Number::Int(number))) => Ok(Val::Text(number.to_string().into())),
        ("string", Some(Number::Double(number))) => Ok(Val::Text(number.to_string().into())),
        ("string", None) => match (text, inner.boolean()) {
            (Some(_), _) => Ok(inner.clone()),
            (None, Some(value)) => Ok(Val::Text(value.to_string().into())),
            _ => Err(refused()),
        },
        _ => Err(refused()),
    }
}
