//! Versions that stand in two ways under two ids (what test 6.1.6 finds by the product's id, by what the product is).
//!
//! Two ids are one version where they share a name and a version and nothing tells them apart: no branch such as an architecture or a
//! language, no qualifier of the package URL, no edition or platform of the CPE.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::products::Products;
use super::vulnerabilities::Listed;
use crate::formats::affected_range::{AffectedRange, ReadVersion};
use crate::formats::fault::{Fault, Faults};
use crate::formats::vex::Status;
use crate::limits;
use crate::text::one_line;

/// What a product is called, in numbers: a text that is compared has one.
#[derive(Default)]
struct Called {
    variant: usize,
    names: Vec<usize>,
    versions: Vec<usize>,
    /// Its versions as ranges compare them.
    read: Vec<ReadVersion>,
    range: Option<(usize, AffectedRange)>,
}

/// A range of versions and the product that has it.
type Range<'l> = (&'l AffectedRange, &'l Listed);

/// The products of a document as they are compared.
pub(super) struct Identities<'p> {
    products: &'p Products,
    numbers: HashMap<String, usize>,
    called: HashMap<String, Called>,
    /// How many comparisons are left.
    left: usize,
    told: bool,
}

impl<'p> Identities<'p> {
    pub(super) fn of(products: &'p Products) -> Self {
        Self { products, numbers: HashMap::new(), called: HashMap::new(), left: limits::CSAF_COMPARED, told: false }
    }

    /// One fault for each product of a vulnerability that is the same version as one before it and stands in another way. Past the
    /// bound that is a fault, too, since what is not compared may contradict.
    pub(super) fn contradictions(&mut self, lists: &[Listed], name: &str, faults: &mut Faults) {
        if lists.iter().all(|one| lists.first().is_some_and(|first| first.status == one.status)) {
            return;
        }
        for one in lists {
            self.learn(&one.id);
        }
        let mut told = HashSet::new();
        let within = self.by_version(lists, name, &mut told, faults) && self.by_range(lists, name, &told, faults);
        if let (false, false, Some(first)) = (within, self.told, lists.first()) {
            self.told = true;
            let message =
                format!("lists so many products by so many names that more than {} comparisons would be needed", limits::CSAF_COMPARED);
            faults.push(Fault::new("too-large", first.at.clone(), message, "split it into smaller documents"));
        }
    }

    fn by_version<'l>(&mut self, lists: &'l [Listed], name: &str, told: &mut HashSet<&'l str>, faults: &mut Faults) -> bool {
        let mut first: HashMap<(usize, usize, usize), &Listed> = HashMap::new();
        for one in lists {
            let Some(called) = self.called.get(&one.id) else { continue };
            let Some(left) = self.left.checked_sub(called.names.len() * called.versions.len() + 1) else { return false };
            self.left = left;
            let keys = called.names.iter().flat_map(|name| called.versions.iter().map(|version| (called.variant, *name, *version)));
            let mut other = None;
            for key in keys {
                let before = *first.entry(key).or_insert(one);
                other = other.or(Some(before).filter(|before| before.status != one.status && before.id != one.id));
            }
            if let Some(other) = other {
                told.insert(&one.id);
                faults.push(both(one, other, name));
            }
        }
        true
    }

    /// What is fixed, and lies in a range that is affected.
    fn by_range(&mut self, lists: &[Listed], name: &str, told: &HashSet<&str>, faults: &mut Faults) -> bool {
        let mut ranges: HashMap<(usize, usize), BTreeMap<usize, Range<'_>>> = HashMap::new();
        for one in lists.iter().filter(|one| one.status == Status::Affected) {
            let Some(called) = self.called.get(&one.id) else { continue };
            let Some((number, range)) = &called.range else { continue };
            for name in &called.names {
                ranges.entry((called.variant, *name)).or_default().entry(*number).or_insert((range, one));
            }
        }
        if ranges.is_empty() {
            return true;
        }
        for one in lists.iter().filter(|one| one.status == Status::Fixed && !told.contains(one.id.as_str())) {
            let Some(called) = self.called.get(&one.id) else { continue };
            let mut over = None;
            let near = called.names.iter().filter_map(|name| ranges.get(&(called.variant, *name)));
            for (range, other) in near.flat_map(BTreeMap::values) {
                let Some(left) = self.left.checked_sub(called.read.len() * range.size() + 1) else { return false };
                self.left = left;
                if other.id != one.id && called.read.iter().any(|version| range.holds(version) == Some(true)) {
                    over = Some(*other);
                    break;
                }
            }
            faults.extend(over.map(|other| both(one, other, name)));
        }
        true
    }

    fn learn(&mut self, id: &str) {
        let Some((subject, variant)) = self.products.alone(id).filter(|_| !self.called.contains_key(id)) else { return };
        let called = Called {
            variant: self.number(variant.to_owned()),
            names: self.each(&subject.names),
            versions: self.each(&subject.versions),
            read: subject.versions.iter().filter_map(|version| ReadVersion::of(version)).collect(),
            range: subject.range.as_ref().map(|text| (self.number(text.clone()), AffectedRange::of_text(text, subject.at.clone()))),
        };
        self.called.insert(id.to_owned(), called);
    }

    fn each(&mut self, texts: &[String]) -> Vec<usize> {
        let mut numbers: Vec<usize> =
            texts.iter().map(|text| self.number(text.trim().trim_start_matches(['v', 'V']).to_lowercase())).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn number(&mut self, text: String) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(text).or_insert(next)
    }
}

fn both(one: &Listed, other: &Listed, name: &str) -> Fault {
    let [id, beside, name] = [one.id.as_str(), other.id.as_str(), name].map(|text| one_line(text, 60));
    let message = format!(
        "says of {name} that {id} is {} and {beside} {}, which are one version of one product",
        one.status.words(),
        other.status.words()
    );
    Fault::new("contradictory", one.at.clone(), message, "list the version once")
}
