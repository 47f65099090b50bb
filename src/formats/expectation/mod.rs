//! An expectation about a document, in the Common Expression Language (<https://github.com/google/cel-spec>).
//!
//! The syntax is read by the crate `cel`. Its evaluator knows no bound, and a short expression of nested loops can keep it busy
//! for ever; so the tree that it reads is evaluated here, with a budget of steps that the document's size sets. What is known here is a part of
//! CEL: no bytes, timestamps, durations, messages and optional values.

mod evaluate;
mod functions;
#[cfg(test)]
mod tests;
mod vacuous;
mod value;

use std::cell::Cell;

use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use cel::parser::PrattParser;

use super::tree::Node;
use crate::limits;
pub use evaluate::Fault;
use evaluate::Scope;
use value::Val;

/// An expectation that was read.
pub struct Expectation {
    tree: IdedExpr,
    taken: Cell<usize>,
}

/// What a name in an expectation stands for.
#[derive(Debug, Clone, Copy)]
pub enum Bound<'t> {
    /// A document or a part of one.
    Node(&'t Node<'t>),
    /// A text.
    Text(&'t str),
}

/// A value that an expectation reads.
#[derive(Debug, PartialEq)]
pub struct Reading<'t> {
    /// As CEL writes the way to it.
    pub way: String,
    /// What stands there; none where nothing does.
    pub node: Option<&'t Node<'t>>,
}

/// Names with what they stand for.
pub type Names<'t> = [(&'static str, Bound<'t>)];

impl Expectation {
    /// Reads an expectation that may use these names.
    ///
    /// # Errors
    /// What is no CEL, is longer or deeper than is read, or uses a name or function that is not known here; in words.
    pub fn read(source: &str, names: &[&str]) -> Result<Self, String> {
        if source.len() > limits::EXPECTATION_BYTES {
            return Err(format!("it is longer than {} bytes", limits::EXPECTATION_BYTES));
        }
        let parser = PrattParser::new().max_recursion_depth(limits::EXPECTATION_DEPTH as u16).enable_ident_escape_syntax(true);
        let tree = parser.parse(source).map_err(|errors| {
            let first = errors.errors.first();
            first.map_or_else(|| "it is no expression".to_owned(), |error| format!("at column {}: {}", error.pos.1.max(1), error.msg))
        })?;
        known(&tree, &mut names.to_vec(), 0)?;
        Ok(Self { tree, taken: Cell::new(0) })
    }

    /// Whether it holds, within a budget for a document of this many bytes.
    ///
    /// # Errors
    /// Why it could not be told.
    pub fn holds(&self, names: &Names<'_>, bytes: usize) -> Result<bool, Fault> {
        let mut scope = Scope::new(names, bytes);
        let value = scope.value(&self.tree);
        self.count(&scope);
        match value?.boolean() {
            Some(held) => Ok(held),
            None => Err(Fault::NotBoolean),
        }
    }

    fn count(&self, scope: &Scope<'_, '_>) {
        self.taken.set(self.taken.get().saturating_add(scope.taken()));
    }

    /// Steps that it took so far, whatever it was asked.
    pub fn taken(&self) -> usize {
        self.taken.get()
    }

    /// Whether what the document holds can make a difference: an expectation that comes to the same without it looks at nothing.
    pub fn looks(&self) -> bool {
        let mut scope = Scope::blind();
        let value = scope.value(&self.tree);
        self.count(&scope);
        matches!(value, Err(Fault::Unseen | Fault::Spent))
    }

    /// The values that it reads by a way from a name, in the order of the text.
    pub fn readings<'t>(&self, names: &Names<'t>) -> Vec<Reading<'t>> {
        let mut ways = Vec::new();
        collect(&self.tree, &mut ways);
        let mut found: Vec<Reading<'t>> = Vec::new();
        for way in ways {
            let mut scope = Scope::new(names, 0);
            let written = written(way);
            if found.iter().any(|known| known.way == written) {
                continue;
            }
            let value = scope.value(way);
            self.count(&scope);
            match value {
                Ok(Val::Node(node)) => found.push(Reading { way: written, node: Some(node) }),
                Err(Fault::Missing(_)) => found.push(Reading { way: written, node: None }),
                _ => {}
            }
        }
        found
    }
}

/// That every name and function in it is known, and that it is not too deep.
fn known<'e>(tree: &'e IdedExpr, names: &mut Vec<&'e str>, depth: usize) -> Result<(), String> {
    if depth > limits::EXPECTATION_DEPTH {
        return Err(format!("it is nested more than {} deep", limits::EXPECTATION_DEPTH));
    }
    match &tree.expr {
        Expr::Ident(name) if names.contains(&name.as_str()) => Ok(()),
        Expr::Ident(name) => {
            let usable: Vec<&str> = names.iter().copied().filter(|name| !name.starts_with('@')).collect();
            Err(format!("it uses the name `{name}`, where only {} can be used", usable.join(", ")))
        }
        Expr::Call(call) if !functions::is_known(&call.func_name) => Err(format!("it calls `{}`, which is not known here", call.func_name)),
        Expr::Comprehension(loops) => {
            known(&loops.iter_range, names, depth + 1)?;
            known(&loops.accu_init, names, depth + 1)?;
            let outer = names.len();
            names.extend([loops.iter_var.as_str(), loops.accu_var.as_str()]);
            let inner = [&loops.loop_cond, &loops.loop_step, &loops.result];
            let inside = inner.iter().try_for_each(|part| known(part, names, depth + 1));
            names.truncate(outer);
            inside
        }
        Expr::Struct(_) | Expr::Unspecified => Err("it makes a message, which is not known here".to_owned()),
        _ => parts(tree).into_iter().try_for_each(|part| known(part, names, depth + 1)),
    }
}

/// The expressions directly below one.
fn parts(tree: &IdedExpr) -> Vec<&IdedExpr> {
    match &tree.expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::Comprehension(loops) => vec![&loops.iter_range, &loops.accu_init, &loops.loop_cond, &loops.loop_step, &loops.result],
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map.entries.iter().flat_map(|entry| entry_parts(&entry.expr)).collect(),
        Expr::Struct(made) => made.entries.iter().flat_map(|entry| entry_parts(&entry.expr)).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Vec::new(),
    }
}

fn entry_parts(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::MapEntry(pair) => vec![&pair.key, &pair.value],
        EntryExpr::StructField(field) => vec![&field.value],
    }
}

/// The longest ways (names, fields and indexes by a literal) in it.
fn collect<'e>(tree: &'e IdedExpr, ways: &mut Vec<&'e IdedExpr>) {
    if is_way(tree) {
        ways.push(tree);
    } else {
        parts(tree).into_iter().for_each(|part| collect(part, ways));
    }
}

fn is_way(tree: &IdedExpr) -> bool {
    match &tree.expr {
        Expr::Ident(name) => !name.starts_with('@'),
        Expr::Select(select) => is_way(&select.operand),
        Expr::Call(call) => match call.args.as_slice() {
            [whole, index] => call.func_name == evaluate::INDEX && is_way(whole) && matches!(index.expr, Expr::Literal(_)),
            _ => false,
        },
        _ => false,
    }
}

/// A way as CEL writes it; something short for what is none.
fn written(tree: &IdedExpr) -> String {
    match &tree.expr {
        Expr::Ident(name) => name.clone(),
        Expr::Select(select) => format!("{}.{}", written(&select.operand), select.field),
        Expr::Call(call) => match call.args.as_slice() {
            [whole, index] if call.func_name == evaluate::INDEX => format!("{}[{}]", written(whole), written(index)),
            _ => format!("{}(…)", call.func_name),
        },
        Expr::Literal(literal) => evaluate::literal(literal).map_or_else(|| "…".to_owned(), |value| value.shown()),
        _ => "…".to_owned(),
    }
}
