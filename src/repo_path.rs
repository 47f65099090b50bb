//! Paths as users write them in declarations and attestations: relative, `/`-separated, never out of the tree.

use std::fmt;
use std::str::FromStr;

use crate::limits;

/// A relative path inside the tree under test. `FromStr` is the only way in, so no `RepoPath` holds an absolute path,
/// a `..`, a `.git` component, a backslash or a control character. The empty path is the folder itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RepoPath {
    text: String,
    /// Where the last component begins.
    name_at: usize,
}

/// Why a text is not a path inside the tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPath {
    /// Nothing there.
    #[error("the path is empty: name a file, or `.` for the folder itself")]
    Empty,
    /// `/…` or `C:…`.
    #[error("the path is absolute: write it from the declaration's folder")]
    Absolute,
    /// `..` anywhere.
    #[error("the path has `..` in it: evidence must lie inside the tree under test")]
    Parent,
    /// `\`.
    #[error("the path has a backslash: separate folders with `/`")]
    Backslash,
    /// `.git` anywhere.
    #[error("the path leads into `.git`, which is not part of the tree under test")]
    Git,
    /// Control characters.
    #[error("the path has a control character in it")]
    Control,
    /// Longer than [`limits::PATH_BYTES`].
    #[error("the path is longer than {} bytes", limits::PATH_BYTES)]
    Long,
}

impl RepoPath {
    /// The folder itself.
    pub fn root() -> Self {
        Self::default()
    }

    fn new(text: String) -> Self {
        let name_at = text.rfind('/').map_or(0, |at| at + 1);
        Self { text, name_at }
    }

    /// The path as text; empty for the folder itself.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this is the folder itself.
    pub fn is_root(&self) -> bool {
        self.text.is_empty()
    }

    /// `self/other`.
    pub fn join(&self, other: &RepoPath) -> RepoPath {
        match (self.is_root(), other.is_root()) {
            (true, _) => other.clone(),
            (_, true) => self.clone(),
            _ => Self::new(format!("{}/{}", self.text, other.text)),
        }
    }

    /// The folder above, if there is one.
    pub fn parent(&self) -> Option<RepoPath> {
        if self.is_root() {
            return None;
        }
        Some(Self::new(self.text.rsplit_once('/').map_or(String::new(), |(head, _)| head.to_owned())))
    }

    /// The last component; empty for the folder itself.
    pub fn file_name(&self) -> &str {
        self.text.get(self.name_at..).unwrap_or_default()
    }

    /// The components, outermost first.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.text.split('/').filter(|part| !part.is_empty())
    }

    /// Whether `self` is `folder` or lies under it.
    pub fn is_under(&self, folder: &RepoPath) -> bool {
        folder.is_root() || self == folder || self.text.strip_prefix(&folder.text).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl FromStr for RepoPath {
    type Err = BadPath;

    fn from_str(text: &str) -> Result<Self, BadPath> {
        if text.is_empty() {
            return Err(BadPath::Empty);
        }
        if text.len() > limits::PATH_BYTES {
            return Err(BadPath::Long);
        }
        if is_plain(text) {
            return Ok(Self::new(text.to_owned()));
        }
        if text.chars().any(char::is_control) {
            return Err(BadPath::Control);
        }
        if text.contains('\\') {
            return Err(BadPath::Backslash);
        }
        if text.starts_with('/') {
            return Err(BadPath::Absolute);
        }
        let mut parts = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => return Err(BadPath::Parent),
                _ if part.eq_ignore_ascii_case(".git") => return Err(BadPath::Git),
                _ if parts.is_empty() && begins_with_drive(part) => return Err(BadPath::Absolute),
                _ => parts.push(part),
            }
        }
        Ok(Self::new(parts.join("/")))
    }
}

/// Whether a path is surely one inside the tree and written in the shortest way, as all that git lists are: no component is empty or begins
/// with a dot, and no byte asks for a closer look.
fn is_plain(text: &str) -> bool {
    let mut before = b'/';
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => {}
            b'.' | b'/' if before != b'/' => {}
            _ => return false,
        }
        before = byte;
    }
    before != b'/'
}

/// Whether a path that begins so leads to a drive of Windows, also after `./`.
fn begins_with_drive(part: &str) -> bool {
    let mut bytes = part.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic()) && bytes.next() == Some(b':')
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_root() { "." } else { &self.text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_out_of_the_tree_are_refused() {
        for (text, why) in [
            ("", BadPath::Empty),
            ("/etc/passwd", BadPath::Absolute),
            ("C:/x", BadPath::Absolute),
            ("./c:/x", BadPath::Absolute),
            (".//./c:", BadPath::Absolute),
            ("a/../../b", BadPath::Parent),
            ("..", BadPath::Parent),
            ("a\\b", BadPath::Backslash),
            (".git/config", BadPath::Git),
            ("sub/.GIT/config", BadPath::Git),
            ("a\u{1b}[31m", BadPath::Control),
        ] {
            assert_eq!(text.parse::<RepoPath>(), Err(why), "{text}");
        }
    }

    #[test]
    fn dots_and_double_slashes_fold_away() {
        assert_eq!("./a//b/.".parse::<RepoPath>().unwrap().as_str(), "a/b");
        assert!(".".parse::<RepoPath>().unwrap().is_root());
    }

    #[test]
    fn under_compares_whole_components() {
        let path = |text: &str| text.parse::<RepoPath>().unwrap();
        assert!(path("a/b").is_under(&path("a")));
        assert!(!path("ab").is_under(&path("a")));
        assert!(path("a").is_under(&RepoPath::root()));
    }

    proptest! {
        #[test]
        fn whatever_parses_stays_inside_and_parses_again(text in "[a-z./\\\\: \u{e9}]{0,24}") {
            if let Ok(path) = text.parse::<RepoPath>() {
                prop_assert!(!path.as_str().starts_with('/'));
                prop_assert!(path.components().all(|part| part != ".." && part != "."));
                if !path.is_root() {
                    prop_assert_eq!(path.as_str().parse::<RepoPath>().unwrap(), path);
                }
            }
        }
    }
}
