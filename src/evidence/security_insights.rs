//! `security-insights`: what a project says of its own security. It corroborates, and proves nothing by itself.

use super::{Ask, Gap, Proof, Verified, Verifier, about};
use crate::formats::moment;
use crate::formats::openssf::security_insights as format;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct SecurityInsights;

impl Verifier for SecurityInsights {
    fn kind(&self) -> &'static str {
        "security-insights"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is Security Insights 1.0.0 or 2.x (YAML) and has the fields that its schema requires, each with what belongs there.",
            "Its project, or one of its repositories, is this product, and of its owner.",
            "It takes reports of vulnerabilities and says where they go: a contact or a security policy.",
            "It was last reviewed or updated at most 366 days ago, not in the future, and has not expired.",
        ]
    }

    fn limits(&self) -> &'static str {
        "What it says of practices is the project's own word; its addresses are not fetched, so neither is a file that it inherits from."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"security-insights\"\npath = \".github/security-insights.yml\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let (path, insights) = about::opened(ask, |root| Ok(format::read(root)))?;
    let mut gaps = about::first_gaps(ask, &insights.faults, &insights.about, &path);
    if let Some((false, at)) = &insights.takes_reports {
        let message = format!("{path} says that no reports of vulnerabilities are taken");
        gaps.push(ask.gap_at(at.clone(), "no-reports", message, "take them, and say where they go"));
    }
    let inherits = insights.inherited.is_some() && insights.takes_reports.is_none();
    if insights.contacts == 0 && !inherits && gaps.is_empty() {
        let gap = Gap::failed("no-contact", format!("{path} does not say where reports go"), "add a contact, or the address of the policy");
        gaps.push(Gap { at: ask.line(1), ..gap });
    }
    gaps.extend(about::dated(ask, &insights.dates, &path));
    if insights.dates.is_empty() && gaps.is_empty() {
        gaps.extend(ask.review_too_old(&format!("the review of {path}, which does not say when it was reviewed,")));
    }
    let expires = insights.expires.as_ref().and_then(|(text, at)| Some((moment::day(text)?, at.clone())));
    if let Some((day, at)) = expires.as_ref().filter(|(day, _)| ask.today.days_since(*day) > 0) {
        let gap = Gap::stale("expired", format!("{path} expired on {day}"), "review it, and renew its expiration-date");
        gaps.push(Gap { at: ask.range(at.clone()), ..gap });
    }
    Ok(Verified::from_gaps(super::at_most(gaps), || {
        let reviewed = insights.dates.first().and_then(|(text, _)| moment::day(text));
        let mut says = format!("{path} (Security Insights {})", one_line(&insights.version, 20));
        says.push_str(&reviewed.map_or_else(String::new, |day| format!(" was last reviewed on {day}")));
        says.push_str(if inherits {
            "; where reports go is left to another file, which is not read"
        } else {
            "; it says where reports go"
        });
        let proof = Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS));
        match expires.and_then(|(day, at)| Some((day, ask.range(at)?))) {
            Some((day, span)) => proof.until(day, span),
            None => proof,
        }
    }))
}
