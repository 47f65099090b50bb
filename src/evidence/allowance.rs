//! How much may be taken to judge the evidence of one product, and of all products of a run together: a declaration may have many
//! products, and each is judged for itself.

use std::cell::Cell;
use std::rc::Rc;

use crate::limits;

/// What a run took so far, of everything that is bounded.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    cited: Rc<Cell<usize>>,
    read: Rc<Cell<usize>>,
    hashed: Rc<Cell<usize>>,
    steps: Rc<Cell<usize>>,
}

impl Taken {
    /// For bytes of cited files, each counted as often as it is cited.
    pub(super) fn cited(&self) -> Allowance {
        Allowance::new(limits::EVIDENCE_TOTAL_BYTES, &self.cited)
    }

    /// For bytes that are read as something.
    pub(super) fn read(&self) -> Allowance {
        Allowance::new(limits::READ_TOTAL_BYTES, &self.read)
    }

    /// For bytes that are digested, or looked at to tell what they are.
    pub(super) fn hashed(&self) -> Allowance {
        Allowance::new(limits::HASHED_TOTAL_BYTES, &self.hashed)
    }

    /// For steps of judging.
    pub(super) fn steps(&self) -> Allowance {
        Allowance::new(limits::JUDGING_STEPS, &self.steps)
    }
}

/// What may be taken of one thing for one product.
#[derive(Debug)]
pub(super) struct Allowance {
    limit: usize,
    own: Cell<usize>,
    of_run: Rc<Cell<usize>>,
}

impl Allowance {
    fn new(limit: usize, of_run: &Rc<Cell<usize>>) -> Self {
        Self { limit, own: Cell::new(0), of_run: Rc::clone(of_run) }
    }

    fn run_limit(&self) -> usize {
        self.limit.saturating_mul(limits::PRODUCTS_IN_FULL)
    }

    /// Counts what is taken.
    pub(super) fn take(&self, much: usize) {
        for taken in [&self.own, self.of_run.as_ref()] {
            taken.set(taken.get().saturating_add(much));
        }
    }

    /// The bound that is passed, if one is: that of a product, or that of a run.
    pub(super) fn passed(&self) -> Option<usize> {
        let bounds = [(self.own.get(), self.limit), (self.of_run.get(), self.run_limit())];
        bounds.into_iter().find(|(taken, limit)| taken > limit).map(|(_, limit)| limit)
    }

    /// What is left.
    pub(super) fn left(&self) -> usize {
        let own = self.limit.saturating_sub(self.own.get());
        own.min(self.run_limit().saturating_sub(self.of_run.get()))
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        self.own.get()
    }

    #[cfg(test)]
    pub(super) fn forget(&self) {
        self.own.set(0);
        self.of_run.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_may_take_what_one_may_and_all_together_what_some_may() {
        let taken = Taken::default();
        let limit = limits::JUDGING_STEPS;
        let mut products = Vec::new();
        for _ in 0..limits::PRODUCTS_IN_FULL {
            let steps = taken.steps();
            steps.take(limit);
            assert_eq!((steps.passed(), steps.left()), (None, 0));
            products.push(steps);
        }
        products.first().unwrap().take(1);
        assert_eq!(products.first().unwrap().passed(), Some(limit));
        let next = taken.steps();
        assert_eq!((next.passed(), next.left()), (Some(limit * limits::PRODUCTS_IN_FULL), 0));
        assert_eq!((taken.read().passed(), taken.read().left()), (None, limits::READ_TOTAL_BYTES));
        next.take(usize::MAX);
        assert_eq!(next.passed(), Some(limit));
    }
}
