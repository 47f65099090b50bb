//! `security-policy-public-only`: the security policy sends whoever found a vulnerability to a place that everybody reads.

use std::ops::Range;

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
        "A policy is told only where it asks in plain words to open an issue or to report at such a place. One that names no channel at all, has a section on contact, or lies on a web page is left alone."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let folder = scene.view.folder();
        let named = scene.files_with(&["md"], |path| {
            let above = path.parent().unwrap_or_default();
            let known = above == *folder
                || (above.parent().as_ref() == Some(folder) && matches!(above.file_name(), ".github" | ".gitlab" | "docs"));
            path.file_name().eq_ignore_ascii_case("SECURITY.md") && known
        });
        let told = named.filter_map(|found| {
            let file = scene.open(&found.path).filter(|file| file.bytes.len() <= limits::POLICY_BYTES)?;
            let policy = security_policy::read(file.text()?);
            let channels = reporting_channel::find(&policy);
            if !channels.private.is_empty()
                || policy.blocks.iter().any(|block| block.level.is_some() && block.text.to_lowercase().contains("contact"))
            {
                return None;
            }
            let sent = |at: &Range<usize>| policy.blocks.iter().any(|block| block.range.contains(&at.start) && sends_there(&block.text));
            let (address, at) = channels.public.iter().find(|(_, at)| sent(at))?;
            let message = format!("{} takes reports only where everybody reads them: {}", found.path, one_line(address, 100));
            scene.sighting(&file, at.clone(), message)
        });
        told.collect()
    }
}

/// Whether a passage asks to report where its link leads.
fn sends_there(text: &str) -> bool {
    const ASKS: &[&str] = &[
        "open an issue",
        "opening an issue",
        "open a new issue",
        "file an issue",
        "filing an issue",
        "create an issue",
        "creating an issue",
        "raise an issue",
        "raising an issue",
        "submit an issue",
        "open a ticket",
        "report it at",
        "report them at",
        "report vulnerabilities at",
        "report security issues at",
    ];
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let denies = ["do not", "don't", "never", "already", "instead of", "rather than"].iter().any(|word| plain.contains(word));
    !denies && ASKS.iter().any(|ask| plain.contains(ask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_request_counts() {
        assert!(sends_there("Please report vulnerabilities by opening an issue at our tracker."));
        for text in ["Bugs that are already reported on the issue tracker", "Do not open an issue for it.", "The tracker is for bugs."] {
            assert!(!sends_there(text), "{text}");
        }
    }
}
