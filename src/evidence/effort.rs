//! How much was done to judge the evidence of one product.
//!
//! A piece of evidence may be small and yet be held against every tracked file, every locked package or the whole history. Verifiers
//! count what they take in steps, roughly twenty to a microsecond, and past a bound nothing more is judged.

use super::Verified;
use super::allowance::Allowance;

/// What was taken so far.
#[derive(Debug)]
pub(super) struct Effort(Allowance);

/// What it takes to walk through the history once.
pub(super) const HISTORY: usize = 1_000_000;
/// What it takes to find where a tag leads, in most histories.
pub(super) const LEAD: usize = 100_000;
/// What it takes to verify a signature.
pub(super) const SIGNATURE: usize = 20_000;
/// Bytes of a file that are digested in a step.
pub(super) const DIGESTED: usize = 16;
/// What it takes to hold a package against others.
pub(super) const PACKAGE: usize = 20;

impl Effort {
    pub(super) fn within(steps: Allowance) -> Self {
        Self(steps)
    }

    /// Counts steps.
    pub(super) fn take(&self, steps: usize) {
        self.0.take(steps);
    }

    /// The doubt of a piece that comes after too many of them.
    pub(super) fn spent(&self, what: &str) -> Option<Verified> {
        self.0.passed().map(|limit| {
            let message = format!("{what} was not judged: judging the evidence before it took more than {limit} steps");
            Verified::doubt(message, "cite less often what is held against the whole tree, its lockfiles or its history")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::allowance::Taken;
    use crate::limits;

    #[test]
    fn what_comes_after_too_many_steps_is_doubtful() {
        let effort = Effort::within(Taken::default().steps());
        effort.take(limits::JUDGING_STEPS);
        assert_eq!(effort.spent("a.json"), None);
        effort.take(1);
        assert!(matches!(effort.spent("a.json"), Some(Verified::Doubt(doubt)) if doubt.message.starts_with("a.json was not judged")));
        effort.take(usize::MAX);
        assert!(effort.spent("a.json").is_some());
    }
}
