//! Whether an expectation can fail: it is tried on documents that it was not written for.
//!
//! Every one has something at the ways that the expectation names, one of them or nothing at all: values of every type, at both ends of
//! their range, and what the expectation itself compares with. One that fails nowhere asks nothing of a document.

use cel::common::ast::{Expr, IdedExpr, LiteralValue};
use serde_json::{Map, Value as Json, json};

use super::evaluate::{self, Scope};
use super::{Bound, Expectation, Fault, Names, parts};
use crate::formats::tree::{self, Node, Syntax};

/// Most texts, numbers, fields and ways of an expectation that documents are made of.
const TAKEN: usize = 20;
/// Longest text or list that is made for a number.
const LENGTH: i64 = 1_000;
/// Steps that all documents together may take, and what one takes beside the expectation's own and its length.
const STEPS: usize = 2_000_000;
const COST: usize = 100;
/// Plain values that are tried at each way by itself.
const FEW: usize = 14;

/// A step of a way.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Field(String),
    Item(usize),
}

/// A way from a name.
#[derive(Debug, Clone, PartialEq)]
struct Way {
    name: String,
    steps: Vec<Step>,
}

/// What an expectation is made of.
#[derive(Default)]
struct Matter {
    texts: Vec<String>,
    numbers: Vec<i64>,
    fields: Vec<String>,
    ways: Vec<Way>,
    /// It looks for a pattern, and what fits none cannot be made.
    has_pattern: bool,
}

impl Expectation {
    /// Whether there is a document of which it does not hold; none where that takes too long to find out.
    pub fn can_fail(&self, names: &Names<'_>) -> Option<bool> {
        let mut matter = Matter::default();
        matter.take(&self.tree);
        if matter.has_pattern {
            return Some(true);
        }
        let mut trial = Trial { tree: &self.tree, names, held: 0, left: STEPS };
        let can_fail = matter.fails_somewhere(&mut trial);
        self.taken.set(self.taken.get().saturating_add(STEPS - trial.left));
        can_fail
    }
}

impl Matter {
    fn fails_somewhere(&self, trial: &mut Trial<'_>) -> Option<bool> {
        let (plain, all) = self.values();
        let whole = |value: &Json| (value.clone(), value.clone());
        let made = |ways: &[Way], value: &Json| (made("doc", ways, value), made("value", ways, value));
        let few = plain.iter().take(FEW);
        let apart = self.ways.iter().flat_map(|way| few.clone().map(|value| made(std::slice::from_ref(way), value)));
        let together = all.iter().map(|value| made(&self.ways, value));
        for (doc, value) in all.iter().map(whole).chain(together).chain(apart) {
            if trial.fails(&doc, &value)? {
                return Some(true);
            }
        }
        // Of one that holds of hardly anything it cannot be said that it holds of everything.
        Some(trial.held < 2)
    }
}

/// An expectation that is tried on one document after the other.
struct Trial<'e> {
    tree: &'e IdedExpr,
    names: &'e Names<'e>,
    /// Of how many it held.
    held: usize,
    left: usize,
}

impl Trial<'_> {
    /// Whether it does not hold of this document; none once too much was tried.
    fn fails(&mut self, doc: &Json, value: &Json) -> Option<bool> {
        let (doc, value) = (doc.to_string(), value.to_string());
        let read = |text| tree::read(Syntax::Json, text).unwrap_or(Node::NULL);
        let nodes = (read(&doc), read(&value));
        let mut bound: Vec<(&'static str, Bound<'_>)> = Vec::new();
        for (name, known) in self.names {
            let stands_for = match (*name, known) {
                ("doc", _) => Bound::Node(&nodes.0),
                (_, Bound::Text(text)) => Bound::Text(text),
                (_, Bound::Node(_)) => Bound::Node(&nodes.1),
            };
            bound.push((*name, stands_for));
        }
        self.left = self.left.checked_sub(COST + doc.len() + value.len())?;
        let mut scope = Scope::within(&bound, self.left);
        let answer = scope.value(self.tree);
        let held = answer.as_ref().ok().and_then(|value| value.boolean());
        self.left = self.left.saturating_sub(scope.taken());
        match answer {
            Err(Fault::Spent) => None,
            Err(Fault::Missing(_)) => Some(true),
            // It asks for another type of value, of which there are others.
            Err(_) => Some(false),
            Ok(_) => {
                self.held += usize::from(held == Some(true));
                Some(held == Some(false))
            }
        }
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if list.len() < TAKEN && !list.contains(&one) {
        list.push(one);
    }
}

impl Matter {
    fn take(&mut self, tree: &IdedExpr) {
        if let Some(way) = way(tree) {
            add(&mut self.ways, way);
        }
        match &tree.expr {
            Expr::Literal(LiteralValue::String(text)) => add(&mut self.texts, text.inner().to_owned()),
            Expr::Literal(LiteralValue::Int(number)) => add(&mut self.numbers, *number.inner()),
            Expr::Literal(LiteralValue::UInt(number)) => add(&mut self.numbers, i64::try_from(*number.inner()).unwrap_or(i64::MAX)),
            Expr::Literal(LiteralValue::Double(number)) => add(&mut self.numbers, *number.inner() as i64),
            Expr::Select(select) => add(&mut self.fields, select.field.clone()),
            Expr::Call(call) => self.has_pattern |= call.func_name == "matches",
            _ => {}
        }
        parts(tree).into_iter().for_each(|part| self.take(part));
    }

    /// Values of every type, and what the expectation compares with: those without parts, and all.
    fn values(&self) -> (Vec<Json>, Vec<Json>) {
        const FAR: i64 = 1_000_000_000_000_000;
        let mut plain =
            vec![json!(null), json!(true), json!(false), json!(""), json!("\u{17f}other"), json!("0001-01-01"), json!("9999-12-31")];
        plain.extend([0, 1, -1, FAR, -FAR].map(Json::from));
        let mut all = vec![json!({}), json!([]), json!([{}]), json!(self.texts)];
        plain.extend(self.numbers.iter().flat_map(|number| [number.saturating_sub(1), *number, number.saturating_add(1)]).map(Json::from));
        plain.extend(self.texts.iter().map(|text| json!(text)));
        plain.push(json!(self.texts.concat()));
        all.push(Json::Object(self.texts.iter().map(|text| (text.clone(), Json::Null)).collect()));
        for value in &plain {
            let fields: Map<String, Json> = self.fields.iter().map(|field| (field.clone(), value.clone())).collect();
            let texts: Map<String, Json> = self.texts.iter().map(|text| (text.clone(), value.clone())).collect();
            all.extend([
                json!([value]),
                json!({"other": value}),
                json!([fields]),
                json!({"other": fields}),
                Json::Object(fields),
                json!(texts),
            ]);
        }
        all.extend(self.lengths().map(|length| json!("x".repeat(length))));
        all.extend(self.lengths().map(|length| json!(vec![Json::Null; length])));
        let every = plain.iter().cloned().chain(all).collect();
        (plain, every)
    }

    fn lengths(&self) -> impl Iterator<Item = usize> {
        let near = self.numbers.iter().flat_map(|number| [*number, number.saturating_add(1)]);
        near.filter(|length| (0..=LENGTH).contains(length)).filter_map(|length| usize::try_from(length).ok())
    }
}

/// What a name stands for where this value stands at the end of each of its ways.
fn made(name: &str, ways: &[Way], value: &Json) -> Json {
    let mut own: Vec<&Way> = ways.iter().filter(|way| way.name == name).collect();
    own.sort_by_key(|way| way.steps.len());
    let mut made = json!({});
    for way in own {
        put(&mut made, &way.steps, value);
    }
    made
}

fn put(into: &mut Json, steps: &[Step], value: &Json) {
    match steps.split_first() {
        None => *into = value.clone(),
        Some((Step::Field(field), rest)) => {
            if !into.is_object() {
                *into = json!({});
            }
            if let Json::Object(table) = into {
                put(table.entry(field.clone()).or_insert(Json::Null), rest, value);
            }
        }
        Some((Step::Item(at), rest)) => {
            if !into.is_array() {
                *into = json!([]);
            }
            if let Json::Array(list) = into {
                list.resize(list.len().max(at + 1), Json::Null);
                if let Some(item) = list.get_mut(*at) {
                    put(item, rest, value);
                }
            }
        }
    }
}

/// The way that an expression is, if it is one.
fn way(tree: &IdedExpr) -> Option<Way> {
    match &tree.expr {
        Expr::Ident(name) => Some(Way { name: name.clone(), steps: Vec::new() }),
        Expr::Select(select) => {
            let mut way = way(&select.operand)?;
            way.steps.push(Step::Field(select.field.clone()));
            Some(way)
        }
        Expr::Call(call) => match call.args.as_slice() {
            [whole, index] if call.func_name == evaluate::INDEX => {
                let mut way = way(whole)?;
                way.steps.push(match &index.expr {
                    Expr::Literal(LiteralValue::String(field)) => Step::Field(field.inner().to_owned()),
                    Expr::Literal(LiteralValue::Int(at)) => Step::Item(usize::try_from(*at.inner()).ok().filter(|at| *at < TAKEN)?),
                    _ => return None,
                });
                Some(way)
            }
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn can_fail(source: &str) -> bool {
        let names = [("doc", Bound::Node(&Node::NULL)), ("value", Bound::Node(&Node::NULL)), ("today", Bound::Text("2026-11-22"))];
        Expectation::read(source, &["doc", "value", "today"]).unwrap().can_fail(&names).unwrap()
    }

    #[test]
    fn what_holds_of_every_document_asks_nothing() {
        for source in [
            "size(doc) >= 0",
            "doc.size() > -1",
            "size(value) >= 0",
            "has(doc.a) || !has(doc.a)",
            "doc != null || doc == null",
            "value > 0 || value <= 0",
            "value.all(x, true)",
            "!(size(doc) < 0)",
            "value != 'no' || value == 'no'",
            "has(doc.a) ? true : size(doc) >= 0",
        ] {
            assert!(!can_fail(source), "{source}");
        }
    }

    #[test]
    fn what_fails_of_some_document_asks_something() {
        for source in [
            "doc.on",
            "!doc.debug",
            "value >= 12",
            "value <= 0.02",
            "value != 'none'",
            "value == 'forbid'",
            "!(value in ['a', 'b'])",
            "!value.contains('x')",
            "!value.startsWith('http:')",
            "!(value.contains('a') && value.contains('b'))",
            "!value.matches('^http:')",
            "!has(doc.debug)",
            "!has(doc.debug.on)",
            "!('debug' in doc)",
            "!has(doc.a) || has(doc.b)",
            "!has(doc.a) || doc.a <= 5",
            "!has(doc.a) || !('x' in doc.a)",
            "!has(doc.a) || doc.a.all(r, r.b)",
            "!(has(doc.a) && has(doc.b))",
            "doc.roles.all(role, role.max_hours <= 12 && role.owner != '')",
            "value.all(r, r.max_hours <= 12)",
            "value.all(r, r.startsWith('https://'))",
            "!value.exists(r, r == 'root')",
            "!value.exists(r, r.name == 'root')",
            "!value.exists(r, has(r.name) && r.name == 'root')",
            "doc.all(key, key != 'debug')",
            "doc.all(key, doc[key] != 'off')",
            "size(value) == 2",
            "size(value) <= 20",
            "size(value) > 0",
            "size(value) != 3",
            "value % 2 == 0",
            "daysSince(value) <= 90",
            "daysSince(doc.exported_at) <= 90",
            "value <= today",
            "doc.l[0] == 1",
            "doc['a.b'] >= 3",
            "value.filter(r, r.kind == 'x')[0].days >= 30",
            "value.map(r, r.port) == [443, 80]",
            "value == true || value == false",
            "int(value) >= 12",
            "string(value) != 'x'",
        ] {
            assert!(can_fail(source), "{source}");
        }
    }

    #[test]
    fn no_expectation_is_tried_for_long() {
        let names = [("doc", Bound::Node(&Node::NULL)), ("value", Bound::Node(&Node::NULL))];
        let many: String = (960..1_000).map(|number| format!(" || size(value) == {number}")).collect();
        let ways: String = (0..40).map(|number| format!(" || has(doc.a{number}.b)")).collect();
        for source in [
            format!("size(doc) >= 0{many}"),
            format!("size(doc) >= 0{ways}"),
            "value.all(a, value.all(b, value.all(c, 1000 > 0)))".to_owned(),
        ] {
            let begun = std::time::Instant::now();
            let _ = Expectation::read(&source, &["doc", "value"]).unwrap().can_fail(&names);
            assert!(begun.elapsed().as_secs() < 5, "{source}");
        }
    }
}
