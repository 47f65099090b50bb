//! Version ranges as people write them in a table: `5.1.x`, `>= 4.0`, `< 4.0`, `1.x and later`, `1.0 - 1.4`, `2.0.3`.
//!
//! A cell that is not understood to its last word is no range at all: a guess would be worse than to say so. A version
//! with fewer parts stands for all under it (`5.1` covers 5.1.7); what follows `-` or `+` in the product's own version
//! is left aside, so a pre-release belongs to the line that it leads to.

/// A product's version: its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(Vec<u64>);

impl Version {
    /// Reads `1.2.3`, `v1.2`, `1.2.3-rc.1+build`; nothing where it does not begin with two or more numbers.
    pub fn parse(text: &str) -> Option<Self> {
        let bare = text.trim().trim_start_matches(['v', 'V']);
        let core = bare.split(['-', '+']).next()?;
        let parts: Option<Vec<u64>> = core.split('.').map(number).collect();
        parts.filter(|parts| (2..=4).contains(&parts.len())).map(Self)
    }
}

/// A set of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRange {
    bounds: Vec<Bound>,
    /// Every bound must hold, not just one.
    all: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Bound {
    Line(Vec<u64>),
    AtLeast(Vec<u64>),
    Above(Vec<u64>),
    AtMost(Vec<u64>),
    Below(Vec<u64>),
    Between(Vec<u64>, Vec<u64>),
}

impl VersionRange {
    /// Reads a cell; nothing where any of it is not understood or it names no version.
    pub fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let mut rest = tokens.as_slice();
        let mut bounds = Vec::new();
        while let Some((first, tail)) = rest.split_first() {
            rest = match first {
                Token::Separator => tail,
                Token::Word(word) if NOISE.contains(&word.as_str()) => tail,
                _ => {
                    let (bound, tail) = bound(rest)?;
                    bounds.push(bound);
                    tail
                }
            };
        }
        let open = |bound: &Bound| matches!(bound, Bound::AtLeast(_) | Bound::Above(_) | Bound::AtMost(_) | Bound::Below(_));
        let all = bounds.len() > 1 && bounds.iter().all(open);
        (!bounds.is_empty()).then_some(Self { bounds, all })
    }

    /// Whether a version is in the set.
    pub fn covers(&self, version: &Version) -> bool {
        let holds = |bound: &Bound| bound.covers(&version.0);
        if self.all { self.bounds.iter().all(holds) } else { self.bounds.iter().any(holds) }
    }

    /// Whether a version is in the set however a bound is read: `<= 1.4` may end at 1.4.0 or take in 1.4.7.
    pub fn surely_covers(&self, version: &Version) -> bool {
        let holds = |bound: &Bound| match bound {
            Bound::AtMost(most) | Bound::Between(_, most) => bound.covers(&version.0) && padded(&version.0) <= padded(most),
            _ => bound.covers(&version.0),
        };
        if self.all { self.bounds.iter().all(holds) } else { self.bounds.iter().any(holds) }
    }

    /// How narrowly it names the version: the parts of its longest line, 0 for open ranges. Where two rows cover one
    /// version, the narrower one speaks for it.
    pub fn narrowness(&self) -> usize {
        let parts = |bound: &Bound| match bound {
            Bound::Line(parts) => parts.len(),
            _ => 0,
        };
        self.bounds.iter().map(parts).max().unwrap_or(0)
    }
}

impl Bound {
    fn covers(&self, version: &[u64]) -> bool {
        match self {
            Self::Line(line) => cut(version, line.len()) == *line,
            Self::AtLeast(least) => padded(version) >= padded(least),
            Self::Above(bound) => padded(version) > padded(bound),
            Self::AtMost(most) => cut(version, most.len()) <= *most,
            Self::Below(bound) => padded(version) < padded(bound),
            Self::Between(least, most) => padded(version) >= padded(least) && cut(version, most.len()) <= *most,
        }
    }
}

/// As many parts as asked for, with zeros behind.
fn cut(parts: &[u64], length: usize) -> Vec<u64> {
    parts.iter().copied().chain(std::iter::repeat(0)).take(length).collect()
}

fn padded(parts: &[u64]) -> Vec<u64> {
    cut(parts, PARTS)
}

const PARTS: usize = 8;
const NOISE: &[&str] =
    &["version", "versions", "release", "releases", "branch", "series", "line", "lts", "stable", "current", "latest", "eol", "all"];
const UPWARDS: &[&str] = &["later", "above", "newer", "higher", "up", "greater", "onward", "onwards", "upward", "upwards"];
const DOWNWARDS: &[&str] = &["earlier", "below", "older", "lower", "prior", "before", "under", "less"];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Numbers(Vec<u64>),
    Word(String),
    Sign(&'static str),
    Dash,
    Plus,
    Separator,
}

/// The bound that begins here, and what follows it.
fn bound(tokens: &[Token]) -> Option<(Bound, &[Token])> {
    use Token::{Dash, Numbers, Plus, Sign, Word};
    match tokens {
        [Sign(sign), Numbers(parts), tail @ ..] => Some((signed(sign, parts.clone()), tail)),
        [Numbers(parts), Plus, tail @ ..] => Some((Bound::AtLeast(parts.clone()), tail)),
        [Numbers(low), Dash, Numbers(high), tail @ ..] => Some((Bound::Between(low.clone(), high.clone()), tail)),
        [Numbers(low), Word(to), Numbers(high), tail @ ..] if matches!(to.as_str(), "to" | "through") => {
            Some((Bound::Between(low.clone(), high.clone()), tail))
        }
        [Numbers(parts), Word(joint), Word(way), tail @ ..] if matches!(joint.as_str(), "and" | "or") => {
            let bound = directed(way, parts.clone())?;
            Some((bound, tail))
        }
        [Numbers(parts), tail @ ..] => Some((Bound::Line(parts.clone()), tail)),
        [Word(way), Word(than), tail @ ..] if matches!(than.as_str(), "than" | "to") => {
            let [Numbers(parts), tail @ ..] = tail else { return None };
            Some((strictly(way, parts.clone())?, tail))
        }
        [Word(way), Numbers(parts), tail @ ..] => Some((strictly(way, parts.clone())?, tail)),
        _ => None,
    }
}

fn signed(sign: &str, parts: Vec<u64>) -> Bound {
    match sign {
        ">=" => Bound::AtLeast(parts),
        ">" => Bound::Above(parts),
        "<=" => Bound::AtMost(parts),
        "<" => Bound::Below(parts),
        _ => Bound::Line(parts),
    }
}

/// `4.0 and later`.
fn directed(way: &str, parts: Vec<u64>) -> Option<Bound> {
    if UPWARDS.contains(&way) {
        return Some(Bound::AtLeast(parts));
    }
    DOWNWARDS.contains(&way).then_some(Bound::AtMost(parts))
}

/// `before 4.0`, `older than 4.0`, `from 4.0`, `up to 4.0`.
fn strictly(way: &str, parts: Vec<u64>) -> Option<Bound> {
    match way {
        "from" | "since" => Some(Bound::AtLeast(parts)),
        "up" | "through" => Some(Bound::AtMost(parts)),
        "after" | "above" | "newer" | "later" | "higher" | "greater" => Some(Bound::Above(parts)),
        _ => DOWNWARDS.contains(&way).then_some(Bound::Below(parts)),
    }
}

fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let text = text.to_lowercase();
    let mut rest = text.trim_start();
    let mut out = Vec::new();
    while let Some(c) = rest.chars().next() {
        let (token, tail) = if let Some((sign, tail)) = sign(rest) {
            (Some(Token::Sign(sign)), tail)
        } else if c.is_ascii_digit() || c == 'v' && rest.chars().nth(1).is_some_and(|next| next.is_ascii_digit()) {
            let (parts, tail) = version(rest.trim_start_matches('v'))?;
            (Some(Token::Numbers(parts)), tail)
        } else if c.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let (word, tail) = rest.split_at_checked(end)?;
            (Some(Token::Word(word.to_owned())), tail)
        } else {
            let token = match c {
                '-' | '–' | '—' => Some(Token::Dash),
                '+' => Some(Token::Plus),
                ',' | ';' | '/' | '|' | '&' => Some(Token::Separator),
                '(' | ')' | '`' | '*' | '.' | ':' => None,
                _ => return None,
            };
            (token, rest.strip_prefix(c)?)
        };
        out.extend(token);
        rest = tail.trim_start();
    }
    Some(join_alternatives(out))
}

/// `1.2 and 1.3` separates; `1.2 and later` does not.
fn join_alternatives(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let joint = matches!(out.last(), Some(Token::Word(word)) if matches!(word.as_str(), "and" | "or"));
        if joint && matches!(token, Token::Numbers(_) | Token::Sign(_)) {
            out.pop();
            out.push(Token::Separator);
        }
        out.push(token);
    }
    out
}

fn sign(text: &str) -> Option<(&'static str, &str)> {
    const SIGNS: &[(&str, &str)] = &[
        (">=", ">="),
        ("=>", ">="),
        ("≥", ">="),
        ("<=", "<="),
        ("=<", "<="),
        ("≤", "<="),
        ("==", "="),
        (">", ">"),
        ("<", "<"),
        ("=", "="),
    ];
    SIGNS.iter().find_map(|(written, means)| Some((*means, text.strip_prefix(written)?)))
}

/// `5.1.x` without its wildcards, and what follows.
fn version(text: &str) -> Option<(Vec<u64>, &str)> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '.' && c != '*').unwrap_or(text.len());
    let (written, tail) = text.split_at_checked(end)?;
    let mut parts = Vec::new();
    let mut wild = false;
    for part in written.trim_end_matches('.').split('.') {
        if matches!(part, "x" | "*") {
            wild = true;
        } else if wild {
            return None;
        } else {
            parts.push(number(part)?);
        }
    }
    (parts.len() <= PARTS).then_some((parts, tail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn covers(range: &str, version: &str) -> bool {
        VersionRange::parse(range).unwrap_or_else(|| panic!("{range}")).covers(&Version::parse(version).unwrap())
    }

    #[test]
    fn ranges_cover_what_they_say() {
        for (range, inside, outside) in [
            ("5.1.x", "5.1.9", "5.2.0"),
            ("1.x", "1.0.0", "2.0.0"),
            ("v2.*", "2.9", "20.0"),
            ("1.2", "1.2.3", "1.20.0"),
            ("1.2.3", "1.2.3", "1.2.4"),
            (">= 4.0", "4.0.0", "3.9.9"),
            ("≥4.0", "10.0.0", "3.0.0"),
            ("> 4.0", "4.0.1", "4.0.0"),
            ("< 4.0", "3.9.9", "4.0.0"),
            ("<= 4.0", "4.0.7", "4.1.0"),
            (">= 1.0, < 2.0", "1.5.0", "2.0.0"),
            ("1.0 - 1.4", "1.4.9", "1.5.0"),
            ("1.0 to 1.4", "1.0.0", "0.9.0"),
            ("1.2, 1.3", "1.3.1", "1.4.0"),
            ("1.2.x and 1.3.x", "1.3.1", "1.4.0"),
            ("4.0+", "4.2.0", "3.9.0"),
            ("4.0 and later", "5.0.0", "3.9.0"),
            ("4.0 or older", "4.0.2", "4.1.0"),
            ("before 4.0", "3.9.0", "4.0.0"),
            ("older than 4.0", "3.9.0", "4.0.0"),
            ("`2.x` (LTS)", "2.7.0", "3.0.0"),
            ("All versions < 4.0", "3.0.0", "4.0.0"),
        ] {
            assert!(covers(range, inside), "{range} covers {inside}");
            assert!(!covers(range, outside), "{range} does not cover {outside}");
        }
    }

    #[test]
    fn a_bound_of_fewer_parts_surely_covers_what_is_at_it() {
        let surely = |range, version| VersionRange::parse(range).unwrap().surely_covers(&Version::parse(version).unwrap());
        for (range, inside, outside) in [("<= 1.4", "1.4.0", "1.4.1"), ("1.0 - 1.4", "1.3.9", "1.4.1"), ("1.4.x", "1.4.1", "1.5.0")] {
            assert!(surely(range, inside) && !surely(range, outside), "{range}");
        }
    }

    #[test]
    fn a_cell_that_is_not_understood_is_no_range() {
        for text in [
            "latest",
            "",
            "older versions",
            "main",
            "2024a",
            "5.1-beta",
            "5.1 until 2027",
            "x.y",
            "^1.2",
            "1.x.2",
            "99999999999999999999.0",
            "everything else",
        ] {
            assert_eq!(VersionRange::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_longer_line_is_narrower_than_an_open_range() {
        let narrowness = |text| VersionRange::parse(text).unwrap().narrowness();
        assert_eq!([narrowness("5.1.x"), narrowness("5.x"), narrowness(">= 5.0")], [2, 1, 0]);
    }

    #[test]
    fn product_versions_are_numbers_with_an_optional_tail() {
        assert_eq!(Version::parse("v1.2.3-rc.1+5"), Some(Version(vec![1, 2, 3])));
        assert_eq!(Version::parse("2.0"), Some(Version(vec![2, 0])));
        for text in ["", "7", "main", "1.x", "1.2.3.4.5", "2026-11-22"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
        assert!(covers(">= 5.1", "5.1.0-rc.1"));
    }

    proptest! {
        #[test]
        fn any_cell_has_an_answer(text in "[0-9vx.*<>=≥ ,+\\-()a-e]{0,30}|\\PC{0,30}", parts in prop::collection::vec(any::<u64>(), 2..5)) {
            if let Some(range) = VersionRange::parse(&text) {
                let _ = range.covers(&Version(parts));
                prop_assert!(range.narrowness() <= PARTS);
            }
        }

        #[test]
        fn a_version_is_at_least_itself_and_not_below_itself(a in 0u64..50, b in 0u64..50, c in 0u64..50) {
            let text = format!("{a}.{b}.{c}");
            let (at_least, below, line) = (format!(">= {text}"), format!("< {text}"), format!("{a}.{b}.x"));
            prop_assert!(covers(&at_least, &text) && !covers(&below, &text) && covers(&line, &text));
        }
    }
}
