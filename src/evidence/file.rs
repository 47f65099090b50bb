//! `file`: a tracked file of any format, bound to its bytes by a digest.
//!
//! Nothing of its contents is read, so the pin is all that ties it to what was reviewed: a file without one is a gap.

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::model::outcome::Assurance;

/// See the module's documentation.
pub(super) struct File;

impl Verifier for File {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It has a `pin`, and its bytes are still those of the pin: `git:` and a blob id, or `sha256:` and a digest.",
            "Where the entry has `max-age-days`, the attestation was reviewed no longer ago than that.",
        ]
    }

    fn limits(&self) -> &'static str {
        "What the file says is not read, and it may be of any format: all that is shown is that it is the file that was reviewed, byte for byte. It therefore never lifts an attestation above evidenced."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"file\"\npath = \"exports/mfa-policy.json\"\npin = \"sha256:09693b210386a56a43ef5dbb65914ca51a40babc3e6e73229a62b0f352092e3e\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        let Some(file) = &ask.file else {
            return Verified::doubt("no file was read", "name it with `path`");
        };
        if ask.evidence.pin.is_none() {
            let message = format!("{} is cited as a file without a pin, so nothing binds it to what was reviewed", file.path);
            return Verified::gap(Gap::failed("unpinned", message, format!("after reviewing it add pin = \"git:{}\"", file.oid)));
        }
        if let Some(gap) = ask.review_too_old(&format!("the review of {}", file.path)) {
            return Verified::gap(gap);
        }
        Verified::Proof(Proof::new(Assurance::Evidenced, format!("{} is the file that was reviewed", file.path)))
    }
}
