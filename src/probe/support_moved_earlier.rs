//! `support-moved-earlier`: the end of the support period was once declared to be later than it is now.

use super::{Probe, Scene, Sighting};
use crate::input::stated_support::{Stated, ends};

/// See the module's documentation.
pub(super) struct SupportMovedEarlier;

impl Probe for SupportMovedEarlier {
    fn name(&self) -> &'static str {
        "support-moved-earlier"
    }

    fn looks_at(&self) -> &'static str {
        "`until` under [product.support] in the declaration, now and in every earlier commit by first parents, for the product of the same name."
    }

    fn limits(&self) -> &'static str {
        "A shallow clone, a history that cannot be read whole, a declaration that lay elsewhere and a product that was called otherwise tell nothing. What other files say of the period is not read."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let Some(support) = &scene.product.support else { return Vec::new() };
        let own = |stated: &Stated| stated.product.as_deref() == Some(scene.product.name.value.as_str());
        let read = |text: &str| ends(text, scene.declaration.file_name()).into_iter().filter(own).filter_map(|stated| stated.until).max();
        let latest = scene.view.history().latest(scene.declaration, &read).ok().flatten();
        let told = latest.filter(|(until, _)| *until > support.until.value).map(|(until, commit)| {
            let short: String = commit.chars().take(12).collect();
            Sighting::new(format!("support ends on {}, and commit {short} said {until}", support.until.value), support.until.span)
        });
        told.into_iter().collect()
    }
}
