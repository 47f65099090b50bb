//! `security-policy-public-only`: the security policy sends whoever found a vulnerability to a place that everybody reads.

use super::{Probe, Scene, Sighting};
use crate::formats::{reporting_channel, security_policy};
use crate::limits;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct SecurityPolicyPublicOnly;

impl Probe for SecurityPolicyPublicOnly {
    fn name(&self) -> &'static str {
        "security-policy-public-only"
    }

    fn looks_at(&self) -> &'static str {
        "SECURITY.md in the declaration's folder, in .github, .gitlab or docs: it names the public tracker and no private channel."
    }

    fn limits(&self) -> &'static str {
        "A policy that names no channel at all, and one on a web page, are left alone."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let folder = scene.view.folder();
        let named = scene.files().filter(|found| {
            let above = found.path.parent().unwrap_or_default();
            let known = above == *folder
                || (above.parent().as_ref() == Some(folder) && matches!(above.file_name(), ".github" | ".gitlab" | "docs"));
            known && found.path.file_name().eq_ignore_ascii_case("SECURITY.md")
        });
        let told = named.filter_map(|found| {
            let file = scene.open(&found.path).filter(|file| file.bytes.len() <= limits::POLICY_BYTES)?;
            let channels = reporting_channel::find(&security_policy::read(file.text()?));
            let (address, at) = channels.public.first().filter(|_| channels.private.is_empty())?;
            let message = format!("{} takes reports only where everybody reads them: {}", found.path, one_line(address, 100));
            scene.sighting(&file, at.clone(), message)
        });
        told.collect()
    }
}
