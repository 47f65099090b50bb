//! `url`: an address, recorded and never fetched.

use super::{Ask, Proof, Verified, Verifier};
use crate::model::attestation::Target;
use crate::model::outcome::Assurance;

/// See the module's documentation.
pub(super) struct Url;

impl Verifier for Url {
    fn kind(&self) -> &'static str {
        "url"
    }

    fn checks(&self) -> &'static [&'static str] {
        &["The address is a whole http or https address."]
    }

    fn limits(&self) -> &'static str {
        "The gate never touches the network, so whether the page exists and what it says is not checked: a url never lifts an attestation above asserted."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"url\"\nurl = \"https://ledger.example/security\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        let address = match &ask.evidence.target {
            Target::Url(url) => url.value.as_str(),
            _ => "the address",
        };
        Verified::Proof(Proof::new(Assurance::Asserted, format!("{address} is recorded; it was not fetched")))
    }
}
