//! `support-period`.

use super::{Ask, Verified, Verifier};

/// See the module's documentation.
pub(super) struct SupportPeriod;

impl Verifier for SupportPeriod {
    fn kind(&self) -> &'static str {
        "support-period"
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
