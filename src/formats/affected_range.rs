//! Ranges of versions that an advisory calls affected, and whether a version lies in one.
//!
//! How an ecosystem orders its versions is its own business: what is compared is plain numbers and SemVer, and of anything else it is
//! not told whether it is affected.

use std::ops::Range;

use crate::formats::release_tag::Release;
use crate::formats::version_range::{Version, VersionRange};
use crate::text::one_line;

/// Longest range that a message repeats, in characters.
const WRITTEN: usize = 80;

/// A range of versions that are affected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AffectedRange {
    /// As the advisory has it, for messages.
    pub written: String,
    /// Where it stands.
    pub at: Range<usize>,
    scope: Scope,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    /// Events in their order, and what the range is cut off by (OSV).
    Events(Vec<(Option<Release>, Event)>, Vec<Release>),
    /// Constraints in the order of their versions (VERS).
    Constraints(Vec<(Sign, Release)>),
    /// As people write it.
    Words(VersionRange),
    All,
    /// Its versions cannot be compared.
    Unknown,
}

/// What happens at a version, in the order in which that counts at one version: what is introduced again is affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Fixed,
    LastAffected,
    Introduced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Is,
    IsNot,
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl AffectedRange {
    /// A range of OSV: what happens at which version, each read as its type compares it.
    pub fn of_events<'e>(
        events: impl Iterator<Item = (&'e str, &'e str)> + Clone,
        at: Range<usize>,
        order: impl Fn(&str) -> Option<Release>,
    ) -> Self {
        let words: Vec<String> = events.clone().take(8).map(|(name, version)| format!("{} {version}", name.replace('_', " "))).collect();
        let (mut ends, mut limits) = (Vec::new(), Vec::new());
        let is_read = events.into_iter().all(|(name, version)| {
            let event = match (name, version) {
                ("introduced", "0") => {
                    ends.push((None, Event::Introduced));
                    return true;
                }
                ("limit", "*") => return true,
                ("limit", _) => None,
                ("introduced", _) => Some(Event::Introduced),
                ("fixed", _) => Some(Event::Fixed),
                _ => Some(Event::LastAffected),
            };
            let release = order(version);
            match (event, release) {
                (_, None) => false,
                (Some(event), release) => {
                    ends.push((release, event));
                    true
                }
                (None, Some(release)) => {
                    limits.push(release);
                    true
                }
            }
        });
        ends.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
        let scope = if is_read { Scope::Events(ends, limits) } else { Scope::Unknown };
        Self { written: one_line(&words.join(", "), WRITTEN), at, scope }
    }

    /// A range of CSAF: `vers:npm/>=1.0.0|<1.2.1`, or as people write it.
    pub fn of_text(text: &str, at: Range<usize>) -> Self {
        let scope = match text.trim().strip_prefix("vers:") {
            Some(rest) => vers(rest).unwrap_or(Scope::Unknown),
            None => words(text).map_or(Scope::Unknown, Scope::Words),
        };
        Self { written: one_line(text, WRITTEN), at, scope }
    }

    /// Whether a version lies in it; none where that cannot be told. One that comes before its release (`1.2.1-rc.1`) does where its
    /// release does as well, since it may have everything that the release has.
    pub fn holds(&self, version: &ReadVersion) -> Option<bool> {
        let ReadVersion { own, core, plain } = version;
        let is_in = |own: &Release| match &self.scope {
            Scope::Events(events, limits) => Some(evaluated(events, own) && (limits.is_empty() || limits.iter().any(|limit| own < limit))),
            Scope::Constraints(constraints) => Some(constrained(constraints, own)),
            Scope::Words(range) => plain.as_ref().map(|version| range.surely_covers(version)),
            Scope::All => Some(true),
            Scope::Unknown => None,
        };
        Some(is_in(own)? && core.as_ref().is_none_or(|core| is_in(core) == Some(true)))
    }

    /// How much there is to compare with.
    pub fn size(&self) -> usize {
        match &self.scope {
            Scope::Events(_, limits) => 1 + limits.len(),
            Scope::Constraints(constraints) => constraints.len(),
            _ => 1,
        }
    }
}

/// A version as ranges compare it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadVersion {
    own: Release,
    /// The release that it comes before.
    core: Option<Release>,
    /// As it is held against ranges in words.
    plain: Option<Version>,
}

impl ReadVersion {
    /// Reads plain numbers or a version of SemVer.
    pub fn of(version: &str) -> Option<Self> {
        let own = compared(version)?;
        let core = version.split(['-', '+']).next().and_then(compared).filter(|_| own.is_early());
        Some(Self { own, core, plain: Version::parse(version) })
    }
}

/// What a version compares by: plain numbers, or a version of SemVer.
pub fn compared(version: &str) -> Option<Release> {
    let bare = version.trim().trim_start_matches(['v', 'V']);
    let core = bare.split(['-', '+']).next().unwrap_or_default();
    let is_plain = core.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    match (is_plain, core.split('.').count()) {
        (false, _) => None,
        (_, 1) if core == bare => Release::of(&format!("{bare}.0")),
        (_, 3) => Release::of(bare),
        _ => Release::of(bare).filter(|_| core == bare),
    }
}

/// As the OSV schema evaluates it: by the last event that is reached, since the events are in order.
fn evaluated(events: &[(Option<Release>, Event)], own: &Release) -> bool {
    let reached = events.partition_point(|(at, _)| at.as_ref().is_none_or(|at| at <= own));
    let is_last = |(at, event): &&(Option<Release>, Event)| *event == Event::LastAffected && at.as_ref() == Some(own);
    let counts = events.iter().take(reached).rev().find(|event| !is_last(event));
    counts.is_some_and(|(_, event)| *event == Event::Introduced)
}

fn vers(text: &str) -> Option<Scope> {
    let (_, constraints) = text.split_once('/')?;
    if constraints.trim() == "*" {
        return Some(Scope::All);
    }
    const SIGNS: &[(&str, Sign)] =
        &[(">=", Sign::AtLeast), ("<=", Sign::AtMost), ("!=", Sign::IsNot), (">", Sign::Above), ("<", Sign::Below), ("=", Sign::Is)];
    let read = |constraint: &str| {
        let constraint = constraint.trim();
        let sign = SIGNS.iter().find_map(|(written, sign)| Some((*sign, constraint.strip_prefix(written)?)));
        let (sign, version) = sign.unwrap_or((Sign::Is, constraint));
        Some((sign, compared(version)?))
    };
    let mut read: Vec<(Sign, Release)> = constraints.split('|').map(read).collect::<Option<_>>()?;
    read.sort_by(|a, b| a.1.cmp(&b.1));
    Some(Scope::Constraints(read))
}

/// As VERS evaluates it: equal to a version that is named in, else between two that lead there.
fn constrained(constraints: &[(Sign, Release)], own: &Release) -> bool {
    if let Some((sign, _)) = constraints.iter().find(|(_, version)| version.cmp(own).is_eq()) {
        return matches!(sign, Sign::Is | Sign::AtMost | Sign::AtLeast);
    }
    let ends: Vec<&(Sign, Release)> = constraints.iter().filter(|(sign, _)| !matches!(sign, Sign::Is | Sign::IsNot)).collect();
    let after = ends.partition_point(|(_, version)| version < own);
    let before = after.checked_sub(1).and_then(|at| ends.get(at));
    let goes_up = before.is_none_or(|(sign, _)| matches!(sign, Sign::Above | Sign::AtLeast));
    let goes_down = ends.get(after).is_none_or(|(sign, _)| matches!(sign, Sign::Below | Sign::AtMost));
    !ends.is_empty() && goes_up && goes_down
}

/// A range that is a plain one: with a hyphen it may be anything.
fn words(text: &str) -> Option<VersionRange> {
    VersionRange::parse(text).filter(|_| !text.contains('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holds(range: &AffectedRange, version: &str) -> Option<bool> {
        range.holds(&ReadVersion::of(version)?)
    }

    fn events(events: &[(&str, &str)]) -> AffectedRange {
        AffectedRange::of_events(events.iter().copied(), 0..1, compared)
    }

    #[test]
    fn versions_lie_in_the_ranges_that_take_them_in() {
        let two = [("introduced", "2.0.0"), ("fixed", "2.0.3"), ("introduced", "0"), ("fixed", "1.2.1")];
        for (version, wanted) in
            [("1.2.0", true), ("v1.2.0", true), ("1.2.1", false), ("1.9.0", false), ("2.0.0", true), ("2.0.3", false), ("2", true)]
        {
            assert_eq!(holds(&events(&two), version), Some(wanted), "{version}");
        }
        let last = events(&[("introduced", "1.0.0"), ("last_affected", "1.2.0")]);
        assert_eq!(["0.9.0", "1.2.0", "1.2.1"].map(|version| holds(&last, version)), [Some(false), Some(true), Some(false)]);
        let cut = events(&[("introduced", "0"), ("limit", "1.5.0"), ("limit", "*")]);
        assert_eq!(["1.4.0", "1.5.0"].map(|version| holds(&cut, version)), [Some(true), Some(false)]);
        assert!(events(&two).written.starts_with("introduced 2.0.0, fixed 2.0.3"));
    }

    #[test]
    fn a_version_before_its_release_is_affected_where_both_are() {
        let range = events(&[("introduced", "1.1.0"), ("fixed", "1.2.1")]);
        for (version, wanted) in [("1.2.1-rc.1", false), ("1.2.1-SNAPSHOT", false), ("1.1.0-rc.1", false), ("1.2.0-rc.1", true)] {
            assert_eq!(holds(&range, version), Some(wanted), "{version}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_not_told() {
        let range = events(&[("introduced", "0"), ("fixed", "1.2.1")]);
        for version in ["2026a", "main", "", "1.2.0.post1", "1:1.2.0", "1.2-3"] {
            assert_eq!(holds(&range, version), None, "{version}");
        }
        assert_eq!(holds(&events(&[("introduced", "0"), ("fixed", "later")]), "1.0.0"), None);
        for text in ["vers:npm", "vers:deb/<1:2.0", "vers:npm/<%31", "before the fix", "<1.2.1-rc.1"] {
            assert_eq!(holds(&AffectedRange::of_text(text, 0..1), "1.0.0"), None, "{text}");
        }
    }

    #[test]
    fn ranges_of_csaf_hold_what_they_say() {
        for (text, inside, outside) in [
            ("vers:npm/>=1.0.0|<1.2.1", "1.2.0", "1.2.1"),
            ("vers:npm/<1.2.1", "0.1.0", "1.2.1"),
            ("vers:npm/>=1.0.0|<1.2.1|>=2.0.0|<2.0.3", "2.0.1", "1.5.0"),
            ("vers:npm/<1.2.1|>=2.0.0", "3.0.0", "1.2.1"),
            ("vers:pypi/1.0|1.2", "1.2.0", "1.1"),
            ("vers:npm/>=1.0.0|!=1.1.0|<1.2.1", "1.0.9", "1.1.0"),
            ("vers:npm/>1.0.0|<=1.2", "1.2.0", "1.2.1"),
            ("<1.2.1", "1.2.0", "1.2.1"),
            ("<=1.2", "1.2.0", "1.2.1"),
            (">= 1.0, < 2.0", "1.5.0", "2.0.0"),
            ("1.2.x", "1.2.9", "1.3.0"),
            ("All versions < 4.0", "3.9.0", "4.0.0"),
        ] {
            let range = AffectedRange::of_text(text, 0..1);
            assert_eq!((holds(&range, inside), holds(&range, outside)), (Some(true), Some(false)), "{text}");
        }
        assert_eq!(holds(&AffectedRange::of_text("vers:all/*", 0..1), "1.0.0"), Some(true));
    }

    proptest! {
        #[test]
        fn any_range_has_an_answer(text in "(vers:npm/)?[0-9.|<>=!*v-]{0,30}|\\PC{0,30}", version in "[0-9v.-]{0,12}") {
            let _ = holds(&AffectedRange::of_text(&text, 0..1), &version);
        }
    }
}
