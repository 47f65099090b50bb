//! What the signature in a commit or a tag shows, and what can stand in the way of a look into the history.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::keys::{Refused, SshTrust};
use super::{Ask, Verified};
use crate::clock::Today;
use crate::input::history::Unknown;
use crate::input::signed_history::Signed;

/// What a signature in the history shows.
pub(super) enum Shown {
    /// There is none.
    Unsigned,
    /// There is one, which nothing vouches for or which cannot be verified: what it is.
    Present(String),
    /// It is by a key that counts: whose.
    By(String),
    /// There is one of a form that cannot be verified, where a particular signer is asked for: what it is.
    Unjudged(&'static str),
    /// It does not hold: why.
    Broken(String),
}

/// The calendar day of a moment in UTC.
pub(super) fn day(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

/// Judges one object. As for git, a key counts if it did on the day that the object gives.
pub(super) fn judge(object: &Signed, trust: &SshTrust<'_>) -> Shown {
    let Some(signature) = &object.signature else { return Shown::Unsigned };
    let form = match signature {
        ssh if ssh.starts_with(b"-----BEGIN SSH") => {
            return match trust.verify(ssh, &object.payload, &["git"], Today(day(object.at))) {
                Ok(who) => Shown::By(who),
                Err(Refused::Unknown(key)) => Shown::Present(format!("an SSH signature by {key}, and nothing says that this key counts")),
                Err(Refused::Wrong(why)) => Shown::Broken(why),
            };
        }
        pgp if pgp.starts_with(b"-----BEGIN PGP") && is_armour(pgp) => "an OpenPGP signature",
        pgp if pgp.starts_with(b"-----BEGIN PGP") => {
            return Shown::Broken("its OpenPGP signature has nothing in it that could be one".to_owned());
        }
        x509 if x509.starts_with(b"-----BEGIN SIGNED MESSAGE") => "an X.509 signature",
        _ => return Shown::Broken("its signature is of no known form".to_owned()),
    };
    match trust.is_asked() {
        true => Shown::Unjudged(form),
        false => Shown::Present(format!("{form}, present and not verified")),
    }
}

/// The least that the packet of a signature with an Ed25519 key takes, in characters of Base64 (RFC 9580, sections 5.2 and 6).
const ARMOUR: usize = 80;

/// Whether an armoured block has its end, and enough Base64 for a signature.
fn is_armour(block: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(block) else { return false };
    // What stands before the empty line are headers; `=` begins the checksum.
    let body = text.lines().skip_while(|line| !line.trim().is_empty()).skip(1).take_while(|line| !line.starts_with(['-', '=']));
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let lines: Vec<&str> = body.map(str::trim).collect();
    let all: usize = lines.iter().map(|line| line.len()).sum();
    all >= ARMOUR && lines.iter().all(|line| line.chars().all(is_base64)) && text.lines().any(|line| line.starts_with("-----END PGP"))
}

/// The doubt of a history that does not answer.
pub(super) fn unknown(why: &Unknown) -> Verified {
    let remedy = match why {
        Unknown::Shallow => "fetch the whole history with its tags: fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 of GitLab",
        Unknown::Unborn => "commit something first",
        _ => "clone the repository anew, whole",
    };
    Verified::doubt(why.to_string(), remedy)
}

/// The doubt of a signature that cannot be held against who must have signed.
pub(super) fn unjudged(what: &str, form: &str) -> Verified {
    let message =
        format!("{what} carries {form}, which this version recognises and cannot hold against the `key` or `identity` that is asked for");
    Verified::doubt(message, "sign by SSH (git config gpg.format ssh), or name neither: the signature then counts as present, not verified")
}

/// A date or a name in `id`.
pub(super) fn id<'a>(ask: &Ask<'a>) -> Option<&'a crate::source::Located<String>> {
    match &ask.evidence.target {
        crate::model::attestation::Target::Id(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_armoured_block_has_enough_base64_and_an_end() {
        let block = |body: &str| format!("-----BEGIN PGP SIGNATURE-----\nVersion: 1\n\n{body}\n=abcd\n-----END PGP SIGNATURE-----\n");
        let line = "iHUEABYKAB0WIQTxxZ3bJc0f9n7r8m0Y1kqX2oV5uQUCZxxxxwAKCRAY1kqX2oV5";
        assert!(is_armour(block(&format!("{line}\n{line}")).as_bytes()));
        for body in ["TODO", "", line, &format!("{line}\n{line}\nnot a signature"), &format!("{line}\u{e9}\n{line}")] {
            assert!(!is_armour(block(body).as_bytes()), "{body}");
        }
        assert!(!is_armour(format!("-----BEGIN PGP SIGNATURE-----\n\n{line}\n{line}\n").as_bytes()));
        assert!(!is_armour(b"-----BEGIN PGP SIGNATURE-----\n\xff\n"));
    }
}
