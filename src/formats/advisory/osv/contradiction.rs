//! Versions that an advisory calls fixed and affected both: by name, or by a range of the same package that they lie in.

use std::collections::{BTreeMap, HashSet};

use super::Affected;
use crate::formats::affected_range::{AffectedRange, ReadVersion};
use crate::formats::fault::Fault;
use crate::formats::tree::Node;
use crate::limits;
use crate::text::one_line;

/// What is called affected of one package.
#[derive(Default)]
struct Package<'a> {
    called: HashSet<&'a str>,
    ranges: Vec<&'a AffectedRange>,
    size: usize,
}

/// One fault for each such version. Past the bound that is a fault, too, since what is not compared may contradict.
pub(super) fn check(packages: &[Node<'_>], affected: &[Affected], faults: &mut Vec<Fault>) {
    let mut same: BTreeMap<_, Package<'_>> = BTreeMap::new();
    for (node, one) in packages.iter().zip(affected) {
        let own = same.entry(package(node)).or_default();
        own.called.extend(one.called.iter().map(|(version, _)| plain(version)));
        own.ranges.extend(&one.ranges);
        own.size += one.ranges.iter().map(AffectedRange::size).sum::<usize>();
    }
    // That a range begins with its fix was said already.
    let told: HashSet<usize> = faults.iter().map(|fault| fault.at.start).collect();
    let mut left = limits::ADVISORY_COMPARISONS;
    for (node, one) in packages.iter().zip(affected) {
        let Some(own) = same.get(&package(node)) else { continue };
        for (version, at) in one.fixed.iter().filter(|(_, at)| !told.contains(&at.start)) {
            let Some(rest) = left.checked_sub(own.size) else {
                let message = format!(
                    "has so many fixes and affected ranges of one package that more than {} comparisons would be needed",
                    limits::ADVISORY_COMPARISONS
                );
                return faults.push(Fault::new("too-large", at.clone(), message, "join the ranges, or split it into smaller advisories"));
            };
            left = rest;
            let read = ReadVersion::of(version);
            let is_in = |range: &&AffectedRange| read.as_ref().and_then(|read| range.holds(read)) == Some(true);
            if own.called.contains(plain(version)) || own.ranges.iter().any(is_in) {
                let message = format!("calls {} affected, and names it as the fix", one_line(version, 60));
                faults.push(Fault::new("fixed-and-affected", at.clone(), message, "correct the versions that are affected, or the fix"));
            }
        }
    }
}

fn package<'n>(node: &'n Node<'_>) -> (Option<&'n str>, Option<&'n str>) {
    let package = node.at(&["package"]);
    (package.word("ecosystem"), package.word("name"))
}

fn plain(version: &str) -> &str {
    version.trim().trim_start_matches(['v', 'V'])
}
