//! Whether the version at hand, that of the tree, is one that the advisory calls affected.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{find, is_ours};
use crate::evidence::{Ask, Gap, effort};
use crate::formats::advisory::{Advisory, Affected, Vulnerability};
use crate::formats::affected_range::{ReadVersion, compared};
use crate::formats::release_tag::Release;
use crate::input::signed_history::Tag;
use crate::limits;
use crate::text::one_line;

/// What says that the version is affected, and where.
type Said<'a> = (&'a str, &'a Range<usize>);

/// How the version at hand stands to a vulnerability that is said to affect it.
struct Standing<'a> {
    said: Said<'a>,
    /// The version in which that ends.
    fix: Option<&'a str>,
}

/// Vulnerabilities that affect the version at hand, except where the history has the fix already, and where there is none yet and the
/// advisory says what to do until then.
pub(super) fn gaps(ask: &Ask<'_>, advisory: &Advisory, releases: &[(Release, Tag)], path: &str) -> Vec<Gap> {
    let Some(own) = version(ask) else { return Vec::new() };
    let each = advisory.vulnerabilities.iter().filter_map(|one| Some((one, standing(ask, one, own, releases)?)));
    let left = each.filter(|(one, standing)| standing.fix.is_some() || one.is_remedied() && !one.interim);
    let gap = |(one, standing): (&Vulnerability, Standing<'_>)| {
        let name = one_line(one.names.first().map_or("a vulnerability", String::as_str), 60);
        let id = if name == advisory.id { String::new() } else { format!(" ({})", one_line(&advisory.id, 60)) };
        let ((written, at), own) = (standing.said, one_line(own, 40));
        let message = format!("{path}{id} says that {name} affects the product's version {own} ({})", one_line(written, 80));
        let remedy = match standing.fix {
            Some(fix) => {
                format!(
                    "release {}, and let the product's version say so; if {own} is not affected, correct the advisory",
                    one_line(fix, 60)
                )
            }
            None => "release a fix and name its version, or tell users in a CSAF advisory or in a VEX what to do until then".to_owned(),
        };
        ask.gap_at(at.clone(), "affected", message, remedy)
    };
    left.take(limits::GAPS).map(gap).collect()
}

/// The vulnerabilities that affect the version at hand and have no fix yet.
pub(super) fn open<'a>(ask: &Ask<'_>, advisory: &'a Advisory, releases: &[(Release, Tag)]) -> Vec<&'a str> {
    let Some(own) = version(ask) else { return Vec::new() };
    let each = advisory.vulnerabilities.iter().filter(|one| standing(ask, one, own, releases).is_some());
    each.filter_map(|one| one.names.first()).map(String::as_str).collect()
}

/// The product's version; none where nought holds the place of one, as where it is set when a release is made.
fn version<'a>(ask: &'a Ask<'_>) -> Option<&'a str> {
    let own = ask.product.version.as_deref()?.trim();
    let core = own.trim_start_matches(['v', 'V']).split(['-', '+']).next().unwrap_or_default();
    (!core.chars().all(|c| matches!(c, '0' | '.'))).then_some(own)
}

fn standing<'a>(ask: &Ask<'_>, one: &'a Vulnerability, own: &str, releases: &[(Release, Tag)]) -> Option<Standing<'a>> {
    let ours: Vec<&Affected> = one.affected.iter().filter(|affected| is_ours(ask, affected)).collect();
    let ours = of_the_manifest(ask, ours);
    let size: usize = ours.iter().map(|affected| affected.called.len() + affected.ranges.len() + affected.fixed.len()).sum();
    ask.memo.effort.take(size.saturating_mul(effort::PACKAGE));
    let fixed = || ours.iter().flat_map(|affected| &affected.fixed).map(|(version, _)| version.as_str());
    // What is both is told of the advisory's own words, or is of two variants of one version.
    if fixed().any(|version| is_same(version, own)) {
        return None;
    }
    let told: Vec<(&Affected, Option<Said<'_>>)> = ours.iter().map(|affected| (*affected, said(affected, own))).collect();
    let ecosystems: BTreeSet<&str> = ours.iter().filter_map(|affected| affected.ecosystem.as_deref()).collect();
    // Where one name is that of packages in several ecosystems, each may have versions of its own.
    let is_told =
        |ecosystem: &&str| told.iter().any(|(one, said)| said.is_some() && one.ecosystem.as_deref().is_none_or(|own| own == *ecosystem));
    let said = told.iter().find_map(|(_, said)| *said).filter(|_| ecosystems.iter().all(is_told))?;
    let own = compared(own);
    let later =
        fixed().filter_map(|version| Some((compared(version)?, version))).filter(|(fix, _)| own.as_ref().is_some_and(|own| fix > own));
    let unread = || fixed().find(|version| own.is_none() || compared(version).is_none());
    let fix = later.min_by(|a, b| a.0.cmp(&b.0)).map(|(_, version)| version).or_else(unread);
    (!is_in_history(ask, fix, &ours, releases)).then_some(Standing { said, fix })
}

/// Of packages of several ecosystems, those of the one that the product's manifest is of.
fn of_the_manifest<'a>(ask: &Ask<'_>, ours: Vec<&'a Affected>) -> Vec<&'a Affected> {
    let manifest = ask.product.product.version_from.as_ref().map(|path| path.value.file_name().to_owned());
    let ecosystem = match manifest.as_deref() {
        Some("Cargo.toml") => "crates.io",
        Some("package.json") => "npm",
        Some("pyproject.toml") => "PyPI",
        Some("composer.json") => "Packagist",
        _ => return ours,
    };
    if ours.iter().any(|one| one.ecosystem.as_deref() == Some(ecosystem)) {
        return ours.into_iter().filter(|one| one.ecosystem.as_deref().is_none_or(|own| own == ecosystem)).collect();
    }
    ours
}

fn said<'a>(affected: &'a Affected, own: &str) -> Option<Said<'a>> {
    let named = || affected.called.iter().find(|(version, _)| is_same(version, own));
    let range = || {
        let read = ReadVersion::of(own)?;
        affected.ranges.iter().find(|range| range.holds(&read) == Some(true))
    };
    range().map(|range| (range.written.as_str(), &range.at)).or_else(|| named().map(|(version, at)| (version.as_str(), at)))
}

fn is_same(version: &str, own: &str) -> bool {
    fn plain(text: &str) -> &str {
        text.trim().trim_start_matches(['v', 'V'])
    }
    plain(version) == plain(own)
}

/// Whether the tree has the fix although its version does not say so: the fix's tag or commit comes before it.
fn is_in_history(ask: &Ask<'_>, fix: Option<&str>, ours: &[&Affected], releases: &[(Release, Tag)]) -> bool {
    let tagged = fix.and_then(|fix| find(releases, fix)).and_then(|(_, tag)| ask.view.history().tagged(tag));
    let commits = ours.iter().flat_map(|affected| &affected.commits).flat_map(|range| &range.fixed).map(|(commit, _)| commit);
    tagged.iter().chain(commits).take(limits::ADVISORY_COMMITS).any(|commit| ask.view.is_in_history(commit) == Some(true))
}
