//! `security-policy`.

use super::{Ask, Verified, Verifier};

/// See the module's documentation.
pub(super) struct SecurityPolicy;

impl Verifier for SecurityPolicy {
    fn kind(&self) -> &'static str {
        "security-policy"
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
