//! Which tags name releases, and in what order: names that end in a version, as `v1.2.0`, `release-2.1` or `ledger@3.0.0-rc.1`.

use std::cmp::Ordering;

/// The version that a tag names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// What stands before the version, without separators and a lone `v`, in lower case; empty for `v1.2.0`.
    pub prefix: String,
    numbers: Vec<u64>,
    before: Vec<String>,
}

impl Release {
    /// The release that a tag names; none where it ends in no version of at least two numbers.
    pub fn of(tag: &str) -> Option<Self> {
        let starts = tag.char_indices().filter(|(at, c)| {
            let before = tag.get(..*at).and_then(|head| head.chars().next_back());
            c.is_ascii_digit() && before.is_none_or(|c| !c.is_ascii_digit() && c != '.')
        });
        let (prefix, version) = starts.filter_map(|(at, _)| tag.split_at_checked(at)).find(|(_, rest)| is_version(rest))?;
        let letters = prefix.chars().next_back().is_some_and(char::is_alphanumeric);
        let bare = prefix.strip_suffix(['v', 'V']).filter(|rest| rest.chars().next_back().is_none_or(|c| !c.is_alphanumeric()));
        if letters && bare.is_none() && !prefix.to_ascii_lowercase().ends_with("release") {
            return None;
        }
        let version = version.split('+').next().unwrap_or_default();
        let (numbers, before) = version.split_once('-').unwrap_or((version, ""));
        let own = bare.unwrap_or(prefix).trim_end_matches(|c: char| !c.is_alphanumeric());
        Some(Self {
            prefix: own.trim_start_matches("refs/").to_ascii_lowercase(),
            numbers: numbers.split('.').map(str::parse).collect::<Result<_, _>>().ok()?,
            before: before.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        })
    }

    /// How many numbers it has: a tag with fewer (`v1.2`) may move along with the releases under it.
    pub fn parts(&self) -> usize {
        self.numbers.len()
    }

    /// Whether it says that it comes before its release (`-rc.1`).
    pub fn is_early(&self) -> bool {
        !self.before.is_empty()
    }
}

fn is_version(text: &str) -> bool {
    let bare = text.split('+').next().unwrap_or_default();
    let (numbers, before) = bare.split_once('-').unwrap_or((bare, "x"));
    let parts: Vec<&str> = numbers.split('.').collect();
    (2..=6).contains(&parts.len())
        && parts.iter().all(|part| !part.is_empty() && part.len() < 16 && part.bytes().all(|byte| byte.is_ascii_digit()))
        && !before.is_empty()
        && before.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
}

impl Ord for Release {
    fn cmp(&self, other: &Self) -> Ordering {
        let longest = self.numbers.len().max(other.numbers.len());
        let at = |release: &Self, index: usize| release.numbers.get(index).copied().unwrap_or(0);
        let numbers = (0..longest).map(|index| at(self, index).cmp(&at(other, index))).find(|order| order.is_ne());
        numbers.unwrap_or_else(|| match (self.before.is_empty(), other.before.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare(&self.before, &other.before),
        })
    }
}

impl PartialOrd for Release {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// SemVer 2.0.0, item 11.4.
fn compare(a: &[String], b: &[String]) -> Ordering {
    let part = |a: &String, b: &String| match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    };
    let first = a.iter().zip(b).map(|(a, b)| part(a, b)).find(|order| order.is_ne());
    first.unwrap_or_else(|| a.len().cmp(&b.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_end_in_a_version_are_releases() {
        for (tag, prefix) in [
            ("v1.0.0", ""),
            ("1.0", ""),
            ("V2.1", ""),
            ("release-2.1.0", "release"),
            ("release2.1", "release"),
            ("ledger@3.0.0-rc.1", "ledger"),
            ("ledger/v1.2.3+build.5", "ledger"),
            ("ledger2/v1.2.3", "ledger2"),
            ("my-app-v1.2.3", "my-app"),
        ] {
            assert_eq!(Release::of(tag).map(|release| release.prefix).as_deref(), Some(prefix), "{tag}");
        }
        for tag in ["nightly", "2026", "build-17", "v1", "deploy-2026-01-05", "abc1.2", "v1.0.0-", "1.0.x"] {
            assert_eq!(Release::of(tag), None, "{tag}");
        }
    }

    #[test]
    fn releases_are_ordered_by_number_and_early_ones_come_before() {
        let order = ["v0.9.9", "v1.0.0-alpha", "v1.0.0-alpha.1", "v1.0.0-rc.2", "v1.0.0-rc.11", "v1.0.0", "v1.0.1", "v1.10", "v2.0"];
        for pair in order.windows(2) {
            assert!(Release::of(pair[0]) < Release::of(pair[1]), "{pair:?}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_read_without_a_panic(name in any::<String>()) {
            let _ = Release::of(&name);
        }
    }
}
