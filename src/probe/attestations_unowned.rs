//! `attestations-unowned`: the repository says who must look at which change, and leaves its own attestations out.

use super::{Probe, Scene, Sighting};
use crate::formats::codeowners;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct AttestationsUnowned;

/// Where hosts look, the first that is there counting.
const PLACES: &[&str] = &[".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

impl Probe for AttestationsUnowned {
    fn name(&self) -> &'static str {
        "attestations-unowned"
    }

    fn looks_at(&self) -> &'static str {
        "The repository's CODEOWNERS, for the declaration and the attestations files."
    }

    fn limits(&self) -> &'static str {
        "A repository without a CODEOWNERS file is left alone: its review may be ruled elsewhere."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let Some(file) = PLACES.iter().find_map(|place| scene.open(&place.parse().ok()?)) else { return Vec::new() };
        let owners = codeowners::read(file.text().unwrap_or_default());
        let tracked = scene.attestations.iter().chain([scene.declaration]).filter(|path| scene.view.find(path).is_some());
        let open = tracked.filter(|path| owners.rule_for(path.as_str()).is_none());
        let seen = open.filter_map(|path| match owners.held_for(path.as_str()) {
            Some(rule) => {
                let names = one_line(&rule.owners.join(" "), 120);
                let message = format!("{} gives {path} to {names}, which only holds the place of an owner", file.path);
                scene.sighting(&file, rule.at.clone(), message)
            }
            None => scene.sighting_at_line(&file, 1, format!("{} gives {path} no owner", file.path)),
        });
        seen.collect()
    }
}
