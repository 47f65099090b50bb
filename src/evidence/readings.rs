//! Cited files as they were read, each once for all the pieces of evidence that cite it.

use std::any::Any;
#[cfg(test)]
use std::cell::Cell;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use super::Verified;
use super::allowance::Allowance;
use crate::input::view::OpenFile;
use crate::limits;
use crate::repo_path::RepoPath;

/// A path, the blob id of its bytes, and as what they were read: a kind of evidence or a syntax.
type Key = (RepoPath, String, &'static str);

/// What was read, until newer readings need its room.
pub(super) struct Readings {
    kept: RefCell<Kept>,
    /// Bytes that were read.
    spent: Allowance,
    /// How many times a file was read.
    #[cfg(test)]
    times: Cell<usize>,
}

#[derive(Default)]
struct Kept {
    known: BTreeMap<Key, Box<dyn Any>>,
    /// In the order in which they were read, each with the bytes that it counts.
    order: VecDeque<(Key, usize)>,
    bytes: usize,
}

/// As many bytes were read as may be, which is this many; nothing more is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spent(usize);

impl Readings {
    pub(super) fn within(spent: Allowance) -> Self {
        Self {
            kept: RefCell::default(),
            spent,
            #[cfg(test)]
            times: Cell::new(0),
        }
    }

    /// What a file says under a form; `read` is asked where that is not kept.
    pub(super) fn of<T: Clone + 'static>(&self, file: &OpenFile, form: &'static str, read: impl FnOnce() -> T) -> Result<T, Spent> {
        self.reading((file.path.clone(), file.oid.clone(), form), file.bytes.len(), read)
    }

    fn reading<T: Clone + 'static>(&self, key: Key, bytes: usize, read: impl FnOnce() -> T) -> Result<T, Spent> {
        if let Some(known) = self.kept.borrow().known.get(&key).and_then(|known| known.downcast_ref::<T>()) {
            return Ok(known.clone());
        }
        self.spend(bytes)?;
        #[cfg(test)]
        self.times.set(self.times.get() + 1);
        let reading = read();
        self.kept.borrow_mut().keep(key, bytes, Box::new(reading.clone()));
        Ok(reading)
    }

    /// Counts bytes that are read, kept or not.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Spent> {
        self.spent.take(bytes);
        self.spent.passed().map_or(Ok(()), |limit| Err(Spent(limit)))
    }
}

impl Spent {
    pub(super) fn doubt(&self, path: &RepoPath) -> Verified {
        let message = format!("{path} was not judged: what was read of the evidence before it adds up to more than {} bytes", self.0);
        Verified::doubt(message, "cite fewer large files, and attest what one file shows one after the other, so that it is read once")
    }
}

impl Kept {
    /// Keeps a reading, and gives up the oldest ones until the others fit; the newest is kept whatever its size.
    fn keep(&mut self, key: Key, bytes: usize, reading: Box<dyn Any>) {
        let bytes = bytes.saturating_add(READING_BYTES);
        self.bytes = self.bytes.saturating_add(bytes);
        while self.bytes > limits::READ_KEPT_BYTES {
            let Some((oldest, freed)) = self.order.pop_front() else { break };
            self.known.remove(&oldest);
            self.bytes = self.bytes.saturating_sub(freed);
        }
        self.order.push_back((key.clone(), bytes));
        self.known.insert(key, reading);
    }
}

/// What a reading counts beside its file's bytes, for those of many small files.
const READING_BYTES: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::allowance::Taken;

    fn key(path: &str, oid: &str, form: &'static str) -> Key {
        (path.parse().unwrap(), oid.to_owned(), form)
    }

    #[test]
    fn a_file_is_read_once_for_all_that_cite_it_as_the_same() {
        let readings = Readings::within(Taken::default().read());
        for _ in 0..5_000 {
            assert_eq!(readings.reading(key("a.xml", "1", "junit"), limits::EVIDENCE_BYTES, || 7), Ok(7));
        }
        assert_eq!((readings.times.get(), readings.spent.taken()), (1, limits::EVIDENCE_BYTES));
        for (path, oid, form) in [("a.xml", "2", "junit"), ("b.xml", "1", "junit"), ("a.xml", "1", "sbom")] {
            assert_eq!(readings.reading(key(path, oid, form), 1, || 8), Ok(8));
        }
        assert_eq!(readings.times.get(), 4);
    }

    #[test]
    fn the_oldest_is_given_up_first_and_the_newest_kept_whatever_its_size() {
        let readings = Readings::within(Taken::default().read());
        let read = |path: &str, bytes: usize| {
            let before = readings.times.get();
            readings.spent.forget();
            readings.reading(key(path, "1", "value"), bytes, || ()).unwrap();
            readings.times.get() > before
        };
        let third = limits::READ_KEPT_BYTES / 3 - READING_BYTES;
        assert!(read("a", third) && read("b", third) && read("c", third));
        assert!(!read("a", third) && !read("b", third) && !read("c", third));
        assert!(read("d", third) && !read("b", third) && read("a", third) && !read("d", third));
        assert!(read("large", limits::READ_KEPT_BYTES * 2) && !read("large", limits::READ_KEPT_BYTES * 2));
        assert_eq!(readings.kept.borrow().known.len(), 1);
        assert!(read("a", third) && readings.kept.borrow().bytes <= limits::READ_KEPT_BYTES);
    }

    #[test]
    fn many_small_files_are_kept_within_the_bound_too() {
        let readings = Readings::within(Taken::default().read());
        for at in 0..limits::READ_KEPT_BYTES / READING_BYTES * 2 {
            readings.reading(key(&at.to_string(), "1", "value"), 1, || ()).unwrap();
        }
        let kept = readings.kept.borrow();
        assert_eq!(kept.known.len(), kept.order.len());
        assert!(kept.bytes <= limits::READ_KEPT_BYTES && kept.known.len() <= limits::READ_KEPT_BYTES / READING_BYTES);
    }

    #[test]
    fn past_the_bound_nothing_more_is_read_and_what_is_kept_is_still_told() {
        let readings = Readings::within(Taken::default().read());
        let read = |path: &str, bytes: usize| readings.reading(key(path, "1", "value"), bytes, || ());
        assert_eq!(read("large", limits::READ_TOTAL_BYTES), Ok(()));
        assert_eq!(read("small", 1), Err(Spent(limits::READ_TOTAL_BYTES)));
        assert_eq!(read("large", limits::READ_TOTAL_BYTES), Ok(()));
    }
}
