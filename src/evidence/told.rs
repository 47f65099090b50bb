//! The gaps of one piece of evidence: the first are put into words, the others counted.
//!
//! A hostile file can have a million faults, and each message takes longer than finding what it is about.

use super::{Gap, Proof, Verified};
use crate::limits;

/// See the module's documentation.
#[derive(Debug, Default)]
pub(super) struct Told {
    gaps: Vec<Gap>,
    more: usize,
}

impl Told {
    /// One more; `gap` is asked only where it is told.
    pub(super) fn add(&mut self, gap: impl FnOnce() -> Gap) {
        if self.gaps.len() < limits::GAPS {
            self.gaps.push(gap());
        } else {
            self.more += 1;
        }
    }

    /// One more for each of these.
    pub(super) fn each<T>(&mut self, of: impl IntoIterator<Item = T>, gap: impl Fn(T) -> Gap) {
        of.into_iter().for_each(|one| self.add(|| gap(one)));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gaps.is_empty()
    }

    /// What was told, with how many more there are.
    pub(super) fn gaps(mut self) -> Vec<Gap> {
        if let Some(last) = self.gaps.last_mut().filter(|_| self.more > 0) {
            last.message = format!("{} (and {} more faults)", last.message, self.more);
        }
        self.gaps
    }

    /// Gaps if there are any, else the proof.
    pub(super) fn or_proof(self, proof: impl FnOnce() -> Proof) -> Verified {
        Verified::from_gaps(self.gaps(), proof)
    }
}

impl Extend<Gap> for Told {
    fn extend<I: IntoIterator<Item = Gap>>(&mut self, gaps: I) {
        gaps.into_iter().for_each(|gap| self.add(|| gap));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_faults_of_many_are_put_into_words() {
        let words = std::cell::Cell::new(0);
        let mut told = Told::default();
        told.each(0..1_000_000, |at| {
            words.set(words.get() + 1);
            Gap::failed("fault", at.to_string(), "")
        });
        assert_eq!(words.get(), limits::GAPS);
        let gaps = told.gaps();
        assert_eq!(gaps.len(), limits::GAPS);
        assert_eq!(gaps.last().unwrap().message, format!("{} (and {} more faults)", limits::GAPS - 1, 1_000_000 - limits::GAPS));
    }
}
