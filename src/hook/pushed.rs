//! What is being pushed: git tells a pre-push hook one line per ref (githooks(5), "pre-push").

use std::collections::BTreeMap;

use crate::input::snapshot::At;
use crate::limits;

/// A state of the repository, and the refs that bring it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// What is judged.
    pub at: At,
    /// What the remote has there now, and the push replaces; none where the ref is new.
    pub base: Option<String>,
    /// The refs as they are called there.
    pub refs: Vec<String>,
}

/// What git says: what is to be judged, and the refs that are only deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Push {
    /// Each state once for each that it replaces, in git's order.
    pub judged: Vec<Pushed>,
    /// Refs that the push deletes.
    pub deleted: Vec<String>,
}

/// Reads the hook's input: `<local ref> <local oid> <remote ref> <remote oid>` per line.
///
/// # Errors
/// The line that is none, with its number, or too many of them.
pub fn read(input: &str) -> Result<Push, String> {
    let mut push = Push::default();
    let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (at, line) in input.lines().enumerate() {
        if at >= limits::PUSHED_REFS {
            return Err(format!("git tells of more than {} refs", limits::PUSHED_REFS));
        }
        // The name of a ref holds no blank; a revision that was named by an expression (`HEAD@{1 day ago}`) may.
        let mut parts = line.rsplitn(4, ' ');
        let (Some(old), Some(there), Some(id), Some(_)) = (parts.next().filter(|id| is_id(id)), parts.next(), parts.next(), parts.next())
        else {
            return Err(format!("line {} is not `<ref> <id> <ref> <id>`", at + 1));
        };
        if !is_id(id) {
            return Err(format!("line {} has no object id in second place", at + 1));
        }
        if is_nothing(id) {
            push.deleted.push(there.to_owned());
            continue;
        }
        match known.get(&(id, old)).and_then(|index| push.judged.get_mut(*index)) {
            Some(same) => same.refs.push(there.to_owned()),
            None => {
                known.insert((id, old), push.judged.len());
                let base = (!is_nothing(old)).then(|| old.to_owned());
                push.judged.push(Pushed { at: At::Revision(id.to_owned()), base, refs: vec![there.to_owned()] });
            }
        }
    }
    Ok(push)
}

/// The id of zeros, by which git says that there is no object.
fn is_nothing(id: &str) -> bool {
    id.bytes().all(|digit| digit == b'0')
}

/// A whole object id, of SHA-1 or SHA-256.
fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn each_commit_is_judged_once_for_what_it_replaces_and_a_deletion_not_at_all() {
        let input = format!(
            "refs/heads/main {A} refs/heads/main {B}\nrefs/heads/main {A} refs/heads/release {B}\nrefs/tags/v1 {A} refs/tags/v1 {ZERO}\n(delete) {ZERO} refs/heads/old {B}\nHEAD@{{1 day ago}} {B} refs/heads/x {ZERO}\n"
        );
        let push = read(&input).unwrap();
        let pushed = |id: &str, base: Option<&str>, refs: &[&str]| Pushed {
            at: At::Revision(id.to_owned()),
            base: base.map(str::to_owned),
            refs: refs.iter().map(|name| (*name).to_owned()).collect(),
        };
        assert_eq!(
            push.judged,
            [
                pushed(A, Some(B), &["refs/heads/main", "refs/heads/release"]),
                pushed(A, None, &["refs/tags/v1"]),
                pushed(B, None, &["refs/heads/x"])
            ]
        );
        assert_eq!(push.deleted, ["refs/heads/old"]);
        assert_eq!(read("").unwrap(), Push::default());
    }

    #[test]
    fn a_line_that_git_would_not_write_is_refused() {
        for line in
            ["", "refs/heads/main", &format!("a {A} b"), &format!("a main b {A}"), &format!("a {A} b {B} c"), &format!("a {A} b HEAD")]
        {
            assert!(read(&format!("{line}\n")).is_err(), "{line:?}");
        }
    }
}
