//! `advisories`: a published security advisory. It is worth something to a customer where it is about this product, names the
//! vulnerability, and says what to do; where the version that fixes it is a release tag here, that part is checked, too.

mod at_hand;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::about::{self, About};
use super::{Ask, Gap, Proof, Verified, Verifier, effort};
use crate::formats::advisory::{self as format, Advisory, Affected, Vulnerability};
use crate::formats::moment;
use crate::formats::release_tag::Release;
use crate::formats::vex::NotRead;
use crate::input::signed_history::{Lead, Tag};
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
            "Each vulnerability is named by a well-formed id, of no later year than its last change, and at least one is about this product, of its owner where it says whose it is.",
            "The product's version, where the declaration has `version-from`, is none that is called affected and has a fix, unless the history has the fix.",
            "Affected ranges are well-formed: each begins somewhere and ends after that.",
            "No fix is what it fixes: neither a version that is called affected, nor a release tag or commit that is the same as an affected one.",
            "What affects this product comes with a version that fixes it, a remediation that helps, or a reference to the fix; where a fix is named, every range ends.",
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
    let advisory = ask.reading(|text| format::read(text).map(Rc::new))?.map_err(|why| match why {
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
    gaps.extend(left_open(ask, &advisory, &path));
    gaps.extend(about::dated(ask, &advisory.dates, &path));
    gaps.extend(about::before_their_year(ask, &advisory.named, &advisory.dates, &path));
    gaps.extend(backwards(ask, &advisory, &path));
    let releases = releases(ask);
    gaps.extend(unchanged(ask, &advisory, &releases, &path));
    gaps.extend(at_hand::gaps(ask, &advisory, &releases, &path));
    Ok(Verified::from_gaps(super::at_most(gaps), || proof(ask, &advisory, &releases, &path)))
}

fn all(advisory: &Advisory) -> impl Iterator<Item = (&Vulnerability, &Affected)> {
    advisory.vulnerabilities.iter().flat_map(|one| one.affected.iter().map(move |affected| (one, affected)))
}

fn is_ours(ask: &Ask<'_>, affected: &Affected) -> bool {
    about::stands(ask, &affected.subject) == About::Ours
}

/// Vulnerabilities that affect this product and say nothing of what to do.
fn unfixed(ask: &Ask<'_>, advisory: &Advisory, path: &str) -> Vec<Gap> {
    let open = advisory
        .vulnerabilities
        .iter()
        .filter(|one| !one.is_remedied())
        .filter(|one| one.affected.iter().any(|affected| affected.is_affected && is_ours(ask, affected)));
    open.map(|one| {
        let name = one_line(one.names.first().map_or("a vulnerability", String::as_str), 60);
        let message = format!("{path} says that {name} affects the product, and names neither a version that fixes it nor what to do");
        ask.gap_at(one.at.clone(), "no-fix", message, "name the version that fixes it, or what users should do until there is one")
    })
    .collect()
}

/// Ranges of this product that go on, beside a version that is named as the fix.
fn left_open(ask: &Ask<'_>, advisory: &Advisory, path: &str) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for one in &advisory.vulnerabilities {
        let ours: Vec<&Affected> = one.affected.iter().filter(|affected| is_ours(ask, affected)).collect();
        if ours.iter().all(|affected| affected.fixed.is_empty()) {
            continue;
        }
        gaps.extend(ours.iter().filter_map(|affected| affected.open.clone()).map(|at| {
            let message = format!("{path} names a fix, and has a range of affected versions of the product that nothing ends");
            ask.gap_at(at, "no-fix", message, "name in each range the version that fixes it, or the last that is affected")
        }));
    }
    gaps
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

/// The release tags of this product, by version.
fn releases(ask: &Ask<'_>) -> Vec<(Release, Tag)> {
    let tags = ask.view.history().tags().unwrap_or_default();
    ask.memo.effort.take(tags.len() * effort::PACKAGE);
    tags.into_iter().filter_map(|tag| Some((Release::of(&tag.name)?, tag))).filter(|(release, _)| is_own(ask, release)).collect()
}

/// The versions of this product that fix something, each with whether the history shows it.
fn fixes(ask: &Ask<'_>, advisory: &Advisory, releases: &[(Release, Tag)]) -> Vec<(String, bool)> {
    let history = ask.view.history();
    let mut versions: BTreeSet<&str> = BTreeSet::new();
    let mut found: Vec<(String, bool)> = Vec::new();
    for (_, affected) in all(advisory).filter(|(_, affected)| is_ours(ask, affected)) {
        versions.extend(affected.fixed.iter().map(|(version, _)| version.as_str()));
        let commits = affected.commits.iter().flat_map(|range| &range.fixed);
        found.extend(commits.map(|(commit, _)| (commit.clone(), ask.view.is_in_history(commit) == Some(true))));
    }
    ask.memo.effort.take(versions.len().min(limits::ADVISORY_COMMITS) * effort::LEAD);
    for (index, version) in versions.into_iter().enumerate() {
        // A tag that leads elsewhere releases nothing of this history.
        let is_here = |(_, tag): &(Release, Tag)| history.lead(tag) == Ok(Lead::Here);
        let is_released = index < limits::ADVISORY_COMMITS && find(releases, version).is_some_and(is_here);
        found.push((version.to_owned(), is_released));
    }
    found.sort();
    found.dedup();
    found
}

fn find<'r>(releases: &'r [(Release, Tag)], version: &str) -> Option<&'r (Release, Tag)> {
    let wanted = Release::of(version.trim())?;
    releases.iter().find(|(release, _)| release.cmp(&wanted).is_eq())
}

const NAME_THE_FIX: &str = "name the version or commit in which it is fixed";

/// Fixes of this product that are what is affected, by the history.
fn unchanged(ask: &Ask<'_>, advisory: &Advisory, releases: &[(Release, Tag)], path: &str) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for one in &advisory.vulnerabilities {
        let ours: Vec<&Affected> = one.affected.iter().filter(|affected| is_ours(ask, affected)).collect();
        gaps.extend(same_commit(ask, &ours, releases, path));
        let commits = ours.iter().flat_map(|affected| &affected.commits);
        let pairs = commits.flat_map(|range| range.fixed.iter().map(move |fixed| (fixed, &range.introduced)));
        for ((fixed, at), introduced) in pairs.take(limits::ADVISORY_COMMITS) {
            let starts = introduced.iter().take(limits::ADVISORY_COMMITS);
            let later = starts.filter(|start| ask.view.history().precedes(fixed, start) == Some(true)).count();
            if later > 0 && later == introduced.len() {
                let message = format!("{path} has a range of commits that ends at {fixed} and begins later");
                gaps.push(ask.gap_at(at.clone(), "range", message, NAME_THE_FIX));
            }
        }
    }
    gaps
}

/// Fixing versions whose tag is the commit of a version that is called affected, or of a release before it.
fn same_commit(ask: &Ask<'_>, ours: &[&Affected], releases: &[(Release, Tag)], path: &str) -> Vec<Gap> {
    let history = ask.view.history();
    let fixed: BTreeMap<_, _> = ours.iter().flat_map(|affected| &affected.fixed).map(|(version, at)| (version, at)).collect();
    let fixed = fixed.into_iter().take(limits::ADVISORY_VERSIONS);
    let fixed: Vec<_> = fixed.filter_map(|(version, at)| Some((version, at, find(releases, version)?))).collect();
    if fixed.is_empty() {
        return Vec::new();
    }
    let mut by_commit: BTreeMap<String, Vec<&(Release, Tag)>> = BTreeMap::new();
    for one in releases {
        by_commit.entry(history.tagged(&one.1).unwrap_or_default()).or_default().push(one);
    }
    let sorted = |mut releases: Vec<Release>| {
        releases.sort();
        releases
    };
    let called = ours.iter().flat_map(|affected| &affected.called).take(limits::ADVISORY_VERSIONS);
    let called = sorted(called.filter_map(|(version, _)| Release::of(version.trim())).collect());
    let fixes = sorted(fixed.iter().map(|(_, _, (fix, _))| fix.clone()).collect());
    let is_among = |releases: &[Release], release: &Release| releases.binary_search_by(|other| other.cmp(release)).is_ok();
    // An early version often is the commit that is released, and a tag of fewer numbers moves along with the releases.
    let is_affected = |release: &Release, fix: &Release| {
        let is_before = release < fix && !release.is_early() && !is_among(&fixes, release);
        release.cmp(fix).is_ne() && release.parts() == fix.parts() && (is_before || is_among(&called, release))
    };
    let mut gaps = Vec::new();
    for (version, at, (fix, tag)) in &fixed {
        let Some(commit) = history.tagged(tag) else { continue };
        let beside = by_commit.get(&commit).into_iter().flatten();
        if let Some((_, other)) = beside.copied().find(|(release, _)| is_affected(release, fix)) {
            let (version, other) = (one_line(version, 60), one_line(&other.name, 60));
            let message = format!("{path} calls {version} the fix, and its tag is the commit {commit}, which is {other} as well");
            gaps.push(ask.gap_at((*at).clone(), "same-commit", message, NAME_THE_FIX));
        }
    }
    gaps
}

/// Whether a release tag is one of this product, where tags name several.
fn is_own(ask: &Ask<'_>, release: &Release) -> bool {
    matches!(release.prefix.as_str(), "" | "release" | "releases" | "version" | "rel") || ask.is_named(&release.prefix)
}

fn proof(ask: &Ask<'_>, advisory: &Advisory, releases: &[(Release, Tag)], path: &str) -> Proof {
    let names: Vec<&str> = advisory.vulnerabilities.iter().filter_map(|one| one.names.first()).map(String::as_str).collect();
    let mut says = format!("{path} ({}) tells of {}", advisory.format, one_line(&names.join(", "), 200));
    let fixes = fixes(ask, advisory, releases);
    let list =
        |shown: bool| fixes.iter().filter(|(_, is)| *is == shown).map(|(version, _)| version.as_str()).collect::<Vec<_>>().join(", ");
    let (released, open) = (one_line(&list(true), 200), one_line(&list(false), 200));
    if !released.is_empty() {
        says.push_str(&format!("; the fix is released here: {released}"));
    }
    if !open.is_empty() {
        says.push_str(&format!("; no release tag or commit of this history shows {open}"));
    }
    let unfixed = one_line(&at_hand::open(ask, advisory, releases).join(", "), 200);
    if !unfixed.is_empty() {
        says.push_str(&format!("; the product's version is affected by {unfixed}, and no fix is named yet"));
    }
    let assurance = if !fixes.is_empty() && open.is_empty() { Assurance::Verified } else { Assurance::Evidenced };
    Proof::new(assurance, one_line(&says, limits::MESSAGE_CHARS))
}
