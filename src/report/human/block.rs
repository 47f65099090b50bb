//! Findings folded into blocks, so that one cause is shown once.
//!
//! Invariant: every finding stands in exactly one block. What shares place, outcome and reason is one block; what is
//! missing at one line of the declaration, and the questions that nobody answered, are one list each.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::finding::Finding;
use crate::model::outcome::{Level, OutcomeName};
use crate::report::units::Units;
use crate::source::Span;

/// How a block is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    /// One finding.
    Single,
    /// Several with one place, outcome and reason.
    Same,
    /// Provisions for which nothing is attested.
    Unattested,
    /// Traits that nobody answered.
    Questions,
}

impl Shape {
    /// Whether its findings are rows of a list that may be cut.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::Unattested | Self::Questions)
    }
}

/// Findings shown together.
pub(super) struct Block<'r> {
    /// How.
    pub(super) shape: Shape,
    /// At least one, in the report's order; in a list the strongest first, and of questions those that most hangs on.
    pub(super) findings: Vec<&'r Finding>,
}

impl<'r> Block<'r> {
    /// The strongest of its levels.
    pub(super) fn level(&self) -> Level {
        self.findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Note)
    }

    /// The finding that stands for the others.
    pub(super) fn first(&self) -> Option<&'r Finding> {
        self.findings.first().copied()
    }
}

/// Folds the findings of one code, or the gate's own. The strongest come first, lists after what has a place of its own.
pub(super) fn fold<'r>(findings: &[&'r Finding], units: &Units<'r>) -> Vec<Block<'r>> {
    let mut blocks: Vec<Block<'r>> = Vec::new();
    let mut known: HashMap<(Option<OutcomeName>, Span, &str), usize> = HashMap::new();
    for finding in findings {
        let key = (finding.outcome, finding.span, units.reason(finding));
        match known.get(&key).and_then(|at| blocks.get_mut(*at)).filter(|_| finding.outcome.is_some()) {
            Some(block) => {
                block.shape = Shape::Same;
                block.findings.push(finding);
            }
            None => {
                known.insert(key, blocks.len());
                blocks.push(Block { shape: Shape::Single, findings: vec![finding] });
            }
        }
    }
    let mut blocks = gather(blocks);
    blocks.sort_by_key(|block| (Reverse(block.level()), block.shape.is_list()));
    blocks
}

/// Gathers single findings that belong in a list.
fn gather(blocks: Vec<Block<'_>>) -> Vec<Block<'_>> {
    let list_of = |block: &Block<'_>| {
        let finding = block.first().filter(|_| block.shape == Shape::Single)?;
        let shape = match (finding.outcome, &finding.question) {
            (Some(OutcomeName::Missing), _) => Shape::Unattested,
            (None, Some(_)) => Shape::Questions,
            _ => return None,
        };
        Some((shape, finding.span))
    };
    let mut sizes: HashMap<(Shape, Span), usize> = HashMap::new();
    for key in blocks.iter().filter_map(list_of) {
        *sizes.entry(key).or_default() += 1;
    }
    let mut out: Vec<Block<'_>> = Vec::new();
    let mut lists: HashMap<(Shape, Span), usize> = HashMap::new();
    for block in blocks {
        let Some(key) = list_of(&block).filter(|key| key.0 == Shape::Questions || sizes.get(key).is_some_and(|size| *size > 1)) else {
            out.push(block);
            continue;
        };
        match lists.get(&key).and_then(|at| out.get_mut(*at)) {
            Some(list) => list.findings.extend(block.findings),
            None => {
                lists.insert(key, out.len());
                out.push(Block { shape: key.0, ..block });
            }
        }
    }
    for list in out.iter_mut().filter(|block| block.shape.is_list()) {
        let waiting = |finding: &Finding| finding.question.as_ref().map_or(0, |question| question.waiting.len());
        list.findings.sort_by_key(|finding| Reverse((finding.level, waiting(finding))));
    }
    out
}
