//! The matrix of a job: which jobs it makes of one ("Running variations of jobs in a workflow").

use std::cell::Cell;

use super::expression;
use super::value::Value;
use crate::formats::tree::Node;
use crate::formats::workflow::{Event, Setting};

/// Most jobs that the host makes of one.
const CELLS: usize = 256;
/// Most keys that are followed.
const KEYS: usize = 64;

type Keys = Vec<(String, Value)>;

/// The matrix of a job, as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matrix(Option<Value>);

impl Matrix {
    pub(super) fn of(strategy: Option<&Node<'_>>) -> Self {
        match strategy {
            Some(strategy) if strategy.text().is_some() => Self(Some(Value::Unknown)),
            Some(strategy) => Self(strategy.get("matrix").map(held)),
            None => Self(None),
        }
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// What `matrix` stands for in each job that is made: nothing where there is no matrix, not known where it is computed, and none
    /// at all where the matrix is empty.
    pub fn cells(&self) -> Vec<Value> {
        match &self.0 {
            None => vec![Value::Null],
            Some(Value::Table(keys)) => {
                made(keys).map_or_else(|| vec![Value::Unknown], |cells| cells.into_iter().map(Value::Table).collect())
            }
            Some(_) => vec![Value::Unknown],
        }
    }
}

/// The value of a node, with expressions in it that need nothing from outside of it.
fn held(node: &Node<'_>) -> Value {
    match Value::of(node) {
        Value::Unknown => {
            let (matrix, fuel) = (Value::Unknown, Cell::new(usize::MAX));
            let setting = Setting { event: Event::Push, branch: "", matrix: &matrix, os: None, fuel: &fuel };
            let found = node.text().map_or(Value::Unknown, |text| expression::value(text, &setting));
            // What hangs on the event is not the matrix of every event.
            if node.text().is_some_and(|text| text.to_ascii_lowercase().contains("github.")) { Value::Unknown } else { found }
        }
        Value::Table(_) => Value::Table(node.entries().iter().map(|entry| (entry.key.to_ascii_lowercase(), held(&entry.node))).collect()),
        other => other,
    }
}

/// The jobs of a matrix whose every part is known; none where one is not.
fn made(keys: &[(String, Value)]) -> Option<Vec<Keys>> {
    if keys.len() > KEYS {
        return None;
    }
    let part = |name: &str| keys.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let vectors: Vec<_> = keys.iter().filter(|(key, _)| key != "include" && key != "exclude").collect();
    if part("include").is_none() && vectors.iter().any(|(_, values)| matches!(values, Value::List(items) if items.is_empty())) {
        return Some(Vec::new());
    }
    let mut cells: Vec<Keys> = if vectors.is_empty() { Vec::new() } else { vec![Vec::new()] };
    for (key, values) in &vectors {
        let Value::List(values) = values else { return None };
        if cells.len().saturating_mul(values.len()) > CELLS {
            return None;
        }
        let with = |cell: &Keys, value: &Value| cell.iter().cloned().chain([(key.clone(), value.clone())]).collect();
        cells = cells.iter().flat_map(|cell| values.iter().map(move |value| with(cell, value))).collect();
    }
    for left_out in listed(part("exclude"))? {
        cells.retain(|cell| !fits(left_out, cell, |_| true));
    }
    let originals = cells.len();
    for added in listed(part("include"))? {
        let is_vector = |key: &str| vectors.iter().any(|(own, _)| own == key);
        let mut taken = false;
        for cell in cells.iter_mut().take(originals).filter(|cell| fits(added, cell, is_vector)) {
            taken = true;
            cell.retain(|(key, _)| is_vector(key) || !added.iter().any(|(own, _)| own == key));
            let new: Keys = added.iter().filter(|(key, _)| !is_vector(key)).cloned().collect();
            cell.extend(new);
        }
        if !taken && cells.len() < CELLS {
            cells.push(added.to_vec());
        }
    }
    Some(cells)
}

/// The tables of `include` or `exclude`; none where they are not known.
fn listed(value: Option<&Value>) -> Option<Vec<&[(String, Value)]>> {
    match value {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::List(items)) if items.len() <= CELLS => items
            .iter()
            .map(|item| match item {
                Value::Table(keys) if keys.len() <= KEYS => Some(keys.as_slice()),
                _ => None,
            })
            .collect(),
        Some(_) => None,
    }
}

/// Whether a cell has the values that a table asks for, of the keys that matter.
fn fits(asked: &[(String, Value)], cell: &Keys, matters: impl Fn(&str) -> bool) -> bool {
    asked.iter().filter(|(key, _)| matters(key)).all(|(key, value)| cell.iter().any(|(own, held)| own == key && held == value))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::formats::tree::{self, Syntax};

    fn count(strategy: &str) -> Option<usize> {
        let node = tree::read(Syntax::Yaml, strategy).unwrap();
        let cells = Matrix::of(Some(&node)).cells();
        (!cells.contains(&Value::Unknown)).then_some(cells.len())
    }

    #[test]
    fn a_matrix_makes_its_combinations() {
        assert_eq!(count("{matrix: {os: [a, b], v: [1, 2, 3]}}"), Some(6));
        assert_eq!(count("{matrix: {os: [a, b], exclude: [{os: a}]}}"), Some(1));
        assert_eq!(count("{matrix: {os: [a, b], include: [{os: a, x: 1}, {os: c}]}}"), Some(3));
        assert_eq!(count("{matrix: {include: [{os: a}, {os: b}]}}"), Some(2));
        assert_eq!(count("{fail-fast: false}"), Some(1));
    }

    #[test]
    fn an_empty_matrix_makes_none() {
        for strategy in [
            "{matrix: {os: []}}",
            "{matrix: {include: []}}",
            "{matrix: {}}",
            "{matrix: {os: [a], exclude: [{os: a}]}}",
            "{matrix: {os: \"${{ fromJSON('[]') }}\"}}",
            "{matrix: {os: [], v: \"${{ fromJSON(needs.a.outputs.v) }}\"}}",
        ] {
            assert_eq!(count(strategy), Some(0), "{strategy}");
        }
    }

    #[test]
    fn a_computed_matrix_is_not_known() {
        for strategy in [
            "{matrix: \"${{ fromJSON(needs.a.outputs.m) }}\"}",
            "{matrix: {os: \"${{ fromJSON(needs.a.outputs.os) }}\"}}",
            "{matrix: {os: [a], include: \"${{ fromJSON(needs.a.outputs.more) }}\"}}",
            "\"${{ fromJSON(inputs.strategy) }}\"",
        ] {
            assert_eq!(count(strategy), None, "{strategy}");
        }
    }

    #[test]
    fn what_is_included_is_known_in_its_cells() {
        let node = tree::read(Syntax::Yaml, "{matrix: {v: [1, 2], include: [{v: 2, experimental: true}]}}").unwrap();
        let held: Vec<_> = Matrix::of(Some(&node)).cells().iter().map(|cell| cell.get("experimental")).collect();
        assert_eq!(held, [Value::Null, Value::Boolean(true)]);
    }
}
