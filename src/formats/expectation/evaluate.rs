//! Evaluation within a budget of steps.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use cel::common::ast::operators as op;
use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, MapExpr, SelectExpr};

use super::value::{Number, Val, compare, equal};
use super::{Bound, Names, functions, written};
use crate::limits;
use crate::text::one_line;

pub(super) use cel::common::ast::operators::INDEX;

/// Why an expectation could not be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Something that it reads is not there; the way to it.
    Missing(String),
    /// Something is not of a type that it can be used as; in words.
    Type(String),
    /// It comes to something other than true or false.
    NotBoolean,
    /// It takes more steps than a document of this size is given.
    Spent,
    /// The document was not shown.
    Unseen,
}

/// What names stand for, and what is left to spend.
pub(super) struct Scope<'t, 'e> {
    names: Vec<(&'e str, Result<Val<'t>, Fault>)>,
    most: usize,
    left: usize,
    pub(super) patterns: BTreeMap<String, Rc<regex_lite::Regex>>,
}

type Answer<'t> = Result<Val<'t>, Fault>;

impl<'t, 'e> Scope<'t, 'e> {
    pub(super) fn new(names: &Names<'t>, bytes: usize) -> Self {
        let left = bytes.saturating_mul(limits::EXPECTATION_STEPS_PER_BYTE).saturating_add(limits::EXPECTATION_STEPS);
        Self::within(names, left.min(limits::EXPECTATION_STEPS_MOST))
    }

    /// One with so many steps.
    pub(super) fn within(names: &Names<'t>, left: usize) -> Self {
        let bound = |bound: &Bound<'t>| match bound {
            Bound::Node(node) => Val::Node(node),
            Bound::Text(text) => Val::Text((*text).into()),
        };
        let names = names.iter().map(|(name, value)| (*name, Ok(bound(value)))).collect();
        Self::with(names, left)
    }

    /// One in which no document can be seen.
    pub(super) fn blind() -> Self {
        Self::with(Vec::new(), limits::EXPECTATION_STEPS)
    }

    fn with(names: Vec<(&'e str, Result<Val<'t>, Fault>)>, most: usize) -> Self {
        Self { names, most, left: most, patterns: BTreeMap::new() }
    }

    /// The steps that were taken.
    pub(super) fn taken(&self) -> usize {
        self.most.saturating_sub(self.left)
    }

    /// Takes so many steps.
    pub(super) fn step(&mut self, steps: usize) -> Result<(), Fault> {
        self.left = self.left.checked_sub(steps).ok_or(Fault::Spent)?;
        Ok(())
    }

    pub(super) fn value(&mut self, tree: &'e IdedExpr) -> Answer<'t> {
        self.step(1)?;
        match &tree.expr {
            Expr::Literal(value) => literal(value).ok_or_else(|| Fault::Type("bytes are not known here".to_owned())),
            Expr::Ident(name) => self.named(name),
            Expr::Select(select) => self.select(tree, select),
            Expr::Call(call) => self.call(tree, call),
            Expr::List(list) => {
                let items = list.elements.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?;
                Ok(Val::List(Rc::new(items)))
            }
            Expr::Map(map) => self.map(map),
            Expr::Comprehension(loops) => self.loops(loops),
            Expr::Struct(_) | Expr::Unspecified => Err(Fault::Type("messages are not known here".to_owned())),
        }
    }

    fn select(&mut self, tree: &'e IdedExpr, select: &'e SelectExpr) -> Answer<'t> {
        let whole = self.value(&select.operand)?;
        if !whole.is_map() {
            return Err(Fault::Type(format!(
                "{} is {}, which has no `{}`",
                way(&select.operand),
                whole.what(),
                one_line(&select.field, 60)
            )));
        }
        self.step(whole.length().unwrap_or(0) / 4)?;
        let found = whole.field(&Val::Text(select.field.as_str().into()));
        match (select.test, found) {
            (true, found) => Ok(Val::Bool(found.is_some())),
            (false, Some(value)) => Ok(value),
            (false, None) => Err(Fault::Missing(way(tree))),
        }
    }

    fn map(&mut self, map: &'e MapExpr) -> Answer<'t> {
        let mut entries = Vec::with_capacity(map.entries.len());
        for entry in &map.entries {
            let EntryExpr::MapEntry(pair) = &entry.expr else { continue };
            let key = self.value(&pair.key)?;
            let made = Val::Map(Rc::new(entries));
            if made.field(&key).is_some() {
                return Err(Fault::Type("a key stands twice in one map".to_owned()));
            }
            entries = match made {
                Val::Map(entries) => Rc::try_unwrap(entries).unwrap_or_default(),
                _ => Vec::new(),
            };
            entries.push((key, self.value(&pair.value)?));
        }
        Ok(Val::Map(Rc::new(entries)))
    }

    fn call(&mut self, tree: &'e IdedExpr, call: &'e CallExpr) -> Answer<'t> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (op::LOGICAL_AND, [left, right]) => self.logical(left, right, false),
            (op::LOGICAL_OR, [left, right]) => self.logical(left, right, true),
            (op::CONDITIONAL, [condition, yes, no]) => {
                let chosen = if self.boolean(condition)? { yes } else { no };
                self.value(chosen)
            }
            (op::LOGICAL_NOT, [inner]) => Ok(Val::Bool(!self.boolean(inner)?)),
            (op::NOT_STRICTLY_FALSE, [inner]) => match self.boolean(inner) {
                Err(Fault::Spent) => Err(Fault::Spent),
                Ok(value) => Ok(Val::Bool(value)),
                Err(_) => Ok(Val::Bool(true)),
            },
            (op::INDEX, [whole, index]) => {
                let (whole, index) = (self.value(whole)?, self.value(index)?);
                self.index(tree, &whole, &index)
            }
            (op::EQUALS | op::LESS_EQUALS | op::GREATER_EQUALS, [left, right]) if is_same(left, right) => {
                Err(Fault::Type(format!("it compares {} with itself", way(left))))
            }
            (op::LESS | op::LESS_EQUALS, [days, most]) | (op::GREATER | op::GREATER_EQUALS, [most, days]) if is_age(days, most) => {
                let (age, most) = (self.value(days)?, self.value(most)?);
                if matches!(age.number(), Some(Number::Int(days)) if days < 0) {
                    return Err(Fault::Type(format!("{} is below nought: the date lies in the future", way(days))));
                }
                let (left, right) = if is_days_since(call.args.first()) { (age, most) } else { (most, age) };
                functions::call(self, &call.func_name, &[left, right])
            }
            _ => {
                let target = call.target.as_deref().map(|target| self.value(target)).transpose()?;
                let mut all: Vec<Val<'t>> = target.into_iter().collect();
                for arg in &call.args {
                    all.push(self.value(arg)?);
                }
                functions::call(self, &call.func_name, &all)
            }
        }
    }

    /// What a name stands for.
    pub(super) fn named(&self, name: &str) -> Answer<'t> {
        let known = self.names.iter().rev().find(|(known, _)| *known == name);
        known.map_or(Err(Fault::Unseen), |(_, value)| value.clone())
    }

    pub(super) fn boolean(&mut self, tree: &'e IdedExpr) -> Result<bool, Fault> {
        let value = self.value(tree)?;
        value.boolean().ok_or_else(|| Fault::Type(format!("{} is {}, where true or false is needed", way(tree), value.what())))
    }

    /// `&&` and `||`: what one side decides, the other's fault does not undo.
    fn logical(&mut self, left: &'e IdedExpr, right: &'e IdedExpr, decisive: bool) -> Answer<'t> {
        let first = self.boolean(left);
        if first == Ok(decisive) || first == Err(Fault::Spent) {
            return first.map(Val::Bool);
        }
        let second = self.boolean(right);
        if second == Ok(decisive) || second == Err(Fault::Spent) {
            return second.map(Val::Bool);
        }
        // That the document was not seen outweighs other faults: with it, those might not be.
        match (first, second) {
            (_, Err(Fault::Unseen)) => Err(Fault::Unseen),
            (Err(fault), _) => Err(fault),
            (Ok(_), second) => second.map(Val::Bool),
        }
    }

    fn index(&mut self, tree: &IdedExpr, whole: &Val<'t>, index: &Val<'t>) -> Answer<'t> {
        let missing = || Fault::Missing(way(tree));
        if whole.is_map() {
            self.step(whole.length().unwrap_or(0) / 4)?;
            return whole.field(index).ok_or_else(missing);
        }
        match (whole.is_list(), index.number()) {
            (true, Some(Number::Int(at))) => usize::try_from(at).ok().and_then(|at| whole.item(at)).ok_or_else(missing),
            (true, Some(Number::Double(at))) if at.fract() == 0.0 && at >= 0.0 => whole.item(at as usize).ok_or_else(missing),
            _ => Err(Fault::Type(format!("{} is {}, which cannot be indexed by {}", way(tree), whole.what(), index.what()))),
        }
    }

    /// What the macros (`all`, `exists`, `map` and the like) come to.
    fn loops(&mut self, loops: &'e ComprehensionExpr) -> Answer<'t> {
        let range = self.value(&loops.iter_range)?;
        let Some(length) = range.length() else {
            return Err(Fault::Type(format!("{} is {}, which has no items", way(&loops.iter_range), range.what())));
        };
        let outer = self.names.len();
        let result = self.rounds(loops, &range, length);
        self.names.truncate(outer);
        result
    }

    fn rounds(&mut self, loops: &'e ComprehensionExpr, range: &Val<'t>, length: usize) -> Answer<'t> {
        let mut result = self.value(&loops.accu_init);
        for at in 0..length {
            self.step(1)?;
            let Some(item) = range.item(at) else { break };
            let outer = self.names.len();
            // Where the step only adds to the result, it need not be copied: the condition of such loops is `true`.
            let goes_on = if matches!(loops.loop_cond.expr, Expr::Literal(_)) {
                Ok(true)
            } else {
                self.names.push((&loops.accu_var, result.clone()));
                let goes_on = self.boolean(&loops.loop_cond);
                self.names.truncate(outer);
                goes_on
            };
            if !goes_on? {
                break;
            }
            self.names.push((&loops.iter_var, Ok(item)));
            result = self.grown(&loops.loop_step, &loops.accu_var, result);
            self.names.truncate(outer);
            if matches!(result, Err(Fault::Spent)) {
                return result;
            }
        }
        self.names.push((&loops.accu_var, result));
        self.value(&loops.result)
    }

    /// The result after one more round.
    fn grown(&mut self, step: &'e IdedExpr, name: &'e str, result: Answer<'t>) -> Answer<'t> {
        self.step(1)?;
        let is_result = |tree: &IdedExpr| matches!(&tree.expr, Expr::Ident(ident) if ident == name);
        if is_result(step) {
            return result;
        }
        if let Expr::Call(call) = &step.expr {
            match (call.func_name.as_str(), call.args.as_slice()) {
                (op::CONDITIONAL, [condition, yes, no]) => {
                    let chosen = if self.boolean(condition)? { yes } else { no };
                    return self.grown(chosen, name, result);
                }
                (op::ADD, [left, right]) if is_result(left) => {
                    let more = self.value(right)?;
                    return functions::added(self, result?, more);
                }
                _ => {}
            }
        }
        self.names.push((name, result));
        self.value(step)
    }

    /// Compares numbers, texts and booleans.
    pub(super) fn order(&mut self, left: &Val<'t>, right: &Val<'t>) -> Result<Option<Ordering>, Fault> {
        self.step(2)?;
        if let (Some(a), Some(b)) = (left.number(), right.number()) {
            return Ok(compare(a, b));
        }
        if let (Some(a), Some(b)) = (left.text(), right.text()) {
            self.step(a.len().min(b.len()) / 16)?;
            return Ok(Some(a.cmp(b)));
        }
        if let (Some(a), Some(b)) = (left.boolean(), right.boolean()) {
            return Ok(Some(a.cmp(&b)));
        }
        Err(Fault::Type(format!("{} cannot be compared with {}", left.what(), right.what())))
    }

    pub(super) fn equal(&mut self, left: &Val<'t>, right: &Val<'t>) -> Result<bool, Fault> {
        equal(left, right, &mut |steps| self.step(steps))
    }
}

fn way(tree: &IdedExpr) -> String {
    one_line(&written(tree), limits::QUOTED_CHARS)
}

/// The value of a literal; none of bytes.
pub(super) fn literal<'t>(value: &LiteralValue) -> Option<Val<'t>> {
    Some(match value {
        LiteralValue::Boolean(value) => Val::Bool(*value.inner()),
        LiteralValue::Double(number) => Val::Double(*number.inner()),
        LiteralValue::Int(number) => Val::Int(*number.inner()),
        LiteralValue::Null => Val::Null,
        LiteralValue::String(text) => Val::Text(text.inner().into()),
        LiteralValue::UInt(number) => i64::try_from(*number.inner()).map_or(Val::Double(*number.inner() as f64), Val::Int),
        LiteralValue::Bytes(_) => return None,
    })
}
/// Whether two parts of an expectation are the same way to a value.
fn is_same(one: &IdedExpr, other: &IdedExpr) -> bool {
    match (&one.expr, &other.expr) {
        (Expr::Ident(one), Expr::Ident(other)) => one == other,
        (Expr::Select(one), Expr::Select(other)) => one.field == other.field && is_same(&one.operand, &other.operand),
        (Expr::Call(one), Expr::Call(other)) => {
            let same_args =
                one.args.len() == other.args.len() && one.args.iter().zip(&other.args).all(|(a, b)| is_same(a, b) || a.expr == b.expr);
            let same_target = match (&one.target, &other.target) {
                (Some(one), Some(other)) => is_same(one, other),
                (None, None) => true,
                _ => false,
            };
            one.func_name == other.func_name && same_target && same_args
        }
        _ => false,
    }
}

fn is_days_since(tree: Option<&IdedExpr>) -> bool {
    tree.is_some_and(|tree| matches!(&tree.expr, Expr::Call(call) if call.func_name == "daysSince"))
}

/// Whether days since a date are held to a number of them that is not below nought: that asks for an age, which what lies ahead has not.
fn is_age(days: &IdedExpr, most: &IdedExpr) -> bool {
    let not_below = matches!(&most.expr, Expr::Literal(value) if literal(value).is_some_and(|value| matches!(value.number(), Some(Number::Int(number)) if number > 0)));
    is_days_since(Some(days)) && not_below
}
