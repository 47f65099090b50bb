//! `advisories`: a published security advisory. It is worth something to a customer where it is about this product, names the
//! vulnerability, and says what to do; where the version that fixes it is a release tag here, that part is checked, too.

use super::about::{self, About};
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::advisory::{self as format, Advisory, Affected, Vulnerability};
use crate::formats::moment;
use crate::formats::release_tag::Release;
use crate::formats::vex::NotRead;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct SecurityAdvisories;

impl Verifier for SecurityAdvisories {
    fn kind(&self) -> &'static str {
        "advisories"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is CSAF 2.0 of the category csaf_security_advisory or csaf_vex, or OSV 1.x (JSON), and has what its format requires.",
            "It is published: no draft, not withdrawn; its dates are in order and none lies in the future.",
            "Each vulnerability is named by a well-formed id, and at least one is about this product.",
            "Affected ranges are well-formed: each begins somewhere and ends after that.",
            "What affects this product comes with a version that fixes it, a remediation, or a reference to the fix.",
            "Whether each version that fixes it is a release tag of this repository, which lifts it to verified.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the file was published anywhere and customers read it, whether the fix works, and whether there are vulnerabilities without an advisory, cannot be seen."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"advisories\"\npath = \"advisories/GHSA-2qrg-x229-3v8q.json\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.to_string();
    let advisory = format::read(ask.text()?).map_err(|why| match why {
        NotRead::Bad(bad) => ask.malformed(&bad),
        NotRead::Unknown(what) => {
            Verified::doubt(format!("{path} is {what}, which this version cannot read"), "write it as CSAF 2.0 or OSV in JSON")
        }
    })?;
    let mut gaps: Vec<Gap> = advisory.faults.iter().map(|fault| about::fault(ask, fault, &path)).collect();
    if advisory.vulnerabilities.is_empty() && gaps.is_empty() {
        let gap = Gap::failed("no-vulnerability", format!("{path} tells of no vulnerability"), "name what it is about, or stop citing it");
        gaps.push(Gap { at: ask.line(1), ..gap });
    }
    if gaps.is_empty() && all(&advisory).next().is_none() {
        let gap =
            Gap::failed("no-product", format!("{path} does not say how any product stands"), "say which products are affected or fixed");
        gaps.push(Gap { at: ask.line(1), ..gap });
    }
    gaps.extend(about::gap(ask, all(&advisory).map(|(_, one)| &one.subject), &path));
    gaps.extend(unfixed(ask, &advisory, &path));
    gaps.extend(about::dated(ask, &advisory.dates, &path));
    gaps.extend(backwards(ask, &advisory, &path));
    Ok(Verified::from_gaps(super::at_most(gaps), || proof(ask, &advisory, &path)))
}

fn all(advisory: &Advisory) -> impl Iterator<Item = (&Vulnerability, &Affected)> {
    advisory.vulnerabilities.iter().flat_map(|one| one.affected.iter().map(move |affected| (one, affected)))
}

fn is_ours(ask: &Ask<'_>, affected: &Affected) -> bool {
    about::stands(ask, &affected.subject) == About::Ours
}

/// Vulnerabilities that affect this product and say nothing of what to do.
fn unfixed(ask: &Ask<'_>, advisory: &Advisory, path: &str) -> Vec<Gap> {
    let helps = |one: &Vulnerability| one.remedied || one.affected.iter().any(|affected| !affected.fixed.is_empty());
    let open = advisory
        .vulnerabilities
        .iter()
        .filter(|one| !helps(one))
        .filter(|one| one.affected.iter().any(|affected| affected.is_affected && is_ours(ask, affected)));
    open.map(|one| {
        let name = one_line(one.names.first().map_or("a vulnerability", String::as_str), 60);
        let message = format!("{path} says that {name} affects the product, and names neither a version that fixes it nor what to do");
        ask.gap_at(one.at.clone(), "no-fix", message, "name the version that fixes it, or what users should do until there is one")
    })
    .collect()
}

/// That it was not published after its last change.
fn backwards(ask: &Ask<'_>, advisory: &Advisory, path: &str) -> Option<Gap> {
    let [last, first, ..] = advisory.dates.as_slice() else { return None };
    let is_later = moment::instant(&first.0)? > moment::instant(&last.0)?;
    is_later.then(|| {
        let message =
            format!("{path} was published at {} and last changed before that, at {}", one_line(&first.0, 40), one_line(&last.0, 40));
        ask.gap_at(first.1.clone(), "dates", message, "correct the dates")
    })
}

/// The versions of this product that fix something, each with whether the history shows it.
fn fixes(ask: &Ask<'_>, advisory: &Advisory) -> Vec<(String, bool)> {
    let history = ask.view.history();
    let tags = history.tags().unwrap_or_default();
    let releases: Vec<Release> = tags.iter().filter_map(|tag| Release::of(&tag.name)).collect();
    let is_released = |version: &str| {
        let wanted = Release::of(version.trim());
        wanted.is_some_and(|wanted| releases.iter().any(|release| release.cmp(&wanted).is_eq() && is_own(ask, release)))
    };
    let mut found: Vec<(String, bool)> = Vec::new();
    for (_, affected) in all(advisory).filter(|(_, affected)| is_ours(ask, affected)) {
        found.extend(affected.fixed.iter().map(|(version, _)| (version.clone(), is_released(version))));
        found.extend(affected.commits.iter().map(|commit| (commit.clone(), ask.view.is_in_history(commit) == Some(true))));
    }
    found.sort();
    found.dedup();
    found
}

/// Whether a release tag is one of this product, where tags name several.
fn is_own(ask: &Ask<'_>, release: &Release) -> bool {
    matches!(release.prefix.as_str(), "" | "release" | "releases" | "version" | "rel") || ask.is_named(&release.prefix)
}

fn proof(ask: &Ask<'_>, advisory: &Advisory, path: &str) -> Proof {
    let names: Vec<&str> = advisory.vulnerabilities.iter().filter_map(|one| one.names.first()).map(String::as_str).collect();
    let mut says = format!("{path} ({}) tells of {}", advisory.format, one_line(&names.join(", "), 200));
    let fixes = fixes(ask, advisory);
    let list =
        |shown: bool| fixes.iter().filter(|(_, is)| *is == shown).map(|(version, _)| version.as_str()).collect::<Vec<_>>().join(", ");
    let (released, open) = (one_line(&list(true), 200), one_line(&list(false), 200));
    if !released.is_empty() {
        says.push_str(&format!("; the fix is released here: {released}"));
    }
    if !open.is_empty() {
        says.push_str(&format!("; no release tag or commit of this history shows {open}"));
    }
    let assurance = if !fixes.is_empty() && open.is_empty() { Assurance::Verified } else { Assurance::Evidenced };
    Proof::new(assurance, one_line(&says, limits::MESSAGE_CHARS))
}
