//! The tracking of CSAF: its version, status and revision history (tests 6.1.14 and 6.1.16 to 6.1.22, 6.1.30).

use std::ops::Range;

use jiff::Timestamp;

use super::{moment_of, required, start, word_of};
use crate::formats::fault::{Fault, Faults};
use crate::formats::tree::Node;
use crate::text::one_line;

const FIX: &str = "correct the version or the revision history";

/// A version: a whole number, or three of semantic versioning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    numbers: Vec<u64>,
    pre_release: bool,
}

impl Version {
    fn read(text: &str) -> Option<Self> {
        let core = text.split('+').next().unwrap_or_default();
        let (core, pre) = core.split_once('-').map_or((core, None), |(core, pre)| (core, Some(pre)));
        let numbers = core.split('.').map(number).collect::<Option<Vec<_>>>()?;
        let is_plain = numbers.len() == 1 && core.len() == text.len();
        (is_plain || numbers.len() == 3 && pre != Some("")).then_some(Self { numbers, pre_release: pre.is_some() })
    }

    fn is_integer(&self) -> bool {
        self.numbers.len() == 1
    }

    fn is_before_release(&self) -> bool {
        self.numbers.first() == Some(&0)
    }
}

/// Digits without a zero in front.
fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

struct Revision {
    at: Range<usize>,
    date: Option<Timestamp>,
    version: Version,
}

pub(super) fn check(tracking: &Node<'_>, faults: &mut Faults) {
    if !tracking.is_table() {
        return;
    }
    required(
        tracking,
        &["id", "status", "version", "initial_release_date", "current_release_date", "revision_history"],
        "tracking",
        faults,
    );
    word_of(tracking, "status", &["draft", "final", "interim"], "tracking", faults);
    for key in ["initial_release_date", "current_release_date"] {
        moment_of(tracking, key, "tracking", faults);
    }
    let version = version_of(tracking, "version", faults);
    let mut history: Vec<Revision> = tracking.at(&["revision_history"]).items().iter().filter_map(|node| revision(node, faults)).collect();
    let draft = tracking.word("status") == Some("draft");
    if let Some(version) = version {
        let at = tracking.get("version").map_or_else(|| start(tracking), Node::range);
        of_status(&version, &history, draft, &at, faults);
        in_order(&version, &mut history, draft, &at, faults);
    }
}

fn version_of(node: &Node<'_>, key: &str, faults: &mut Faults) -> Option<Version> {
    let found = node.get(key)?;
    let text = found.text().unwrap_or_default();
    let version = Version::read(text);
    if version.is_none() {
        let message = format!("has the {key} {}, which is neither a whole number nor a semantic version", one_line(text, 40));
        faults.push(Fault::new("version", found.range(), message, FIX));
    }
    version
}

fn revision(node: &Node<'_>, faults: &mut Faults) -> Option<Revision> {
    required(node, &["date", "number", "summary"], "revision", faults);
    let date = moment_of(node, "date", "revision", faults);
    Some(Revision { at: node.range(), date, version: version_of(node, "number", faults)? })
}

/// 6.1.17 to 6.1.20: what is before a release is a draft, and what is released has no drafts in its history.
fn of_status(version: &Version, history: &[Revision], draft: bool, at: &Range<usize>, faults: &mut Faults) {
    if !draft && (version.is_before_release() || version.pre_release) {
        faults.push(Fault::new("version", at.clone(), "has a version before the first release, and is no draft", FIX));
    }
    for one in history {
        if one.version.pre_release || !draft && one.version.is_before_release() {
            let message = "has a revision before the first release in its history, and is no draft";
            let message = if one.version.pre_release { "has a pre-release in its revision history" } else { message };
            faults.push(Fault::new("version", one.at.clone(), message, FIX));
        }
    }
}

/// 6.1.14, 6.1.16, 6.1.21, 6.1.22 and 6.1.30: one way of numbering, in the order of dates, none twice, none left out, the last one the
/// document's own.
fn in_order(version: &Version, history: &mut [Revision], draft: bool, at: &Range<usize>, faults: &mut Faults) {
    if let Some(other) = history.iter().find(|one| one.version.is_integer() != version.is_integer()) {
        faults.push(Fault::new("version", other.at.clone(), "mixes whole numbers with semantic versions", FIX));
        return;
    }
    history.sort_by(|a, b| (a.date, &a.version.numbers).cmp(&(b.date, &b.version.numbers)));
    for (before, after) in history.iter().zip(history.iter().skip(1)) {
        let (earlier, later) = (&before.version.numbers, &after.version.numbers);
        let skips = || later.first() > earlier.first().map(|number| number.saturating_add(1)).as_ref();
        let message = match later.cmp(earlier) {
            std::cmp::Ordering::Equal => "has one number twice in its revision history",
            std::cmp::Ordering::Less => "has a revision history whose numbers do not follow its dates",
            std::cmp::Ordering::Greater if skips() => "leaves a number out in its revision history",
            std::cmp::Ordering::Greater => continue,
        };
        faults.push(Fault::new("revision-history", after.at.clone(), message, FIX));
    }
    if let Some(first) = history.first().filter(|one| one.version.numbers.first().is_some_and(|number| *number > 1)) {
        faults.push(Fault::new("revision-history", first.at.clone(), "has a revision history that does not begin with 0 or 1", FIX));
    }
    let fits = |last: &Revision| last.version.numbers == version.numbers && (draft || last.version.pre_release == version.pre_release);
    if history.last().is_some_and(|last| !fits(last)) {
        faults.push(Fault::new("revision-history", at.clone(), "has a version that is not the last one of its revision history", FIX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_whole_numbers_or_semantic() {
        for good in ["0", "1", "10", "1.0.0", "1.2.3-rc.1", "1.0.0+build.5", "0.1.0-a+b"] {
            assert!(Version::read(good).is_some(), "{good}");
        }
        for bad in ["", "01", "1.0", "v1", "1.0.0-", "1-rc", "1.0.0.0", "one", "-1"] {
            assert!(Version::read(bad).is_none(), "{bad}");
        }
    }
}
