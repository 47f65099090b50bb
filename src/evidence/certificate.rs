//! `certificate`.

use super::{Ask, Verified, Verifier};

/// See the module's documentation.
pub(super) struct Certificate;

impl Verifier for Certificate {
    fn kind(&self) -> &'static str {
        "certificate"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[]
    }

    fn limits(&self) -> &'static str {
        ""
    }

    fn example(&self) -> &'static str {
        ""
    }

    fn verify(&self, _ask: &Ask<'_>) -> Verified {
        Verified::doubt("not yet", "")
    }
}
