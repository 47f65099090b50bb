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
        pgp if pgp.starts_with(b"-----BEGIN PGP") => "an OpenPGP signature",
        x509 if x509.starts_with(b"-----BEGIN SIGNED MESSAGE") => "an X.509 signature",
        _ => return Shown::Broken("its signature is of no known form".to_owned()),
    };
    match trust.is_asked() {
        true => Shown::Unjudged(form),
        false => Shown::Present(format!("{form}, present and not verified")),
    }
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
