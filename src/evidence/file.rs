//! `file`: a tracked file, bound to its bytes by a digest.

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::model::outcome::Assurance;

/// See the module's documentation.
pub(super) struct File;

impl Verifier for File {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn checks(&self) -> &'static [&'static str] {
        &["The file is a regular tracked file and not empty.", "Its bytes are those that were pinned at the review; a pin is required."]
    }

    fn limits(&self) -> &'static str {
        "What the file says is not read: it counts as a document that somebody reviewed in exactly this state."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"file\"\npath = \"exports/mfa-policy.json\"\npin = \"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"  # as sha256sum prints it\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        let Some(file) = &ask.file else {
            return Verified::doubt("no file was read", "name it with `path`");
        };
        if ask.evidence.pin.is_none() {
            let message = format!("{} is cited as a file without a pin, so nothing binds it to what was reviewed", file.path);
            return Verified::gap(Gap::failed("unpinned", message, format!("after reviewing it add pin = \"git:{}\"", file.oid)));
        }
        Verified::Proof(Proof::new(Assurance::Evidenced, format!("{} is the file that was reviewed", file.path)))
    }
}
