//! `support-ended`: the support period that the declaration itself states is over.

use super::{Probe, Scene, Sighting};

/// See the module's documentation.
pub(super) struct SupportEnded;

impl Probe for SupportEnded {
    fn name(&self) -> &'static str {
        "support-ended"
    }

    fn looks_at(&self) -> &'static str {
        "`until` under [product.support] in the declaration."
    }

    fn limits(&self) -> &'static str {
        "What a document or another file says of the support period is not read."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let ended = scene.product.support.iter().filter(|support| scene.today.days_since(support.until.value) > 0);
        ended.map(|support| Sighting::new(format!("support ended on {}", support.until.value), support.until.span)).collect()
    }
}
