//! What verifiers share whose documents name products, dates and faults of their own.

use std::ops::Range;
use std::rc::Rc;

use super::{Ask, Gap, Verified};
use crate::formats::fault::Fault;
use crate::formats::sbom::Purl;
use crate::formats::slug::Slug;
use crate::formats::subject::Subject;
use crate::formats::tree::{BadDocument, Node};
use crate::formats::{moment, openssf, vulnerability_id};
use crate::limits;
use crate::text::one_line;

/// Most products of a document that a message names.
const NAMED: usize = 3;
/// Shortest name of a package that tells anything by being part of a longer one, in bytes.
const SHORT: usize = 3;

/// How a product that a document names stands to the one that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// It is the product, in this version as far as that can be told.
    Ours,
    /// It is the product in another version.
    OtherVersion,
    /// It is called like the product, and somebody else's.
    OtherOwner,
    /// It is called like the product, and its package URL is that of a package that is called nothing like it.
    OtherPackage,
    /// It is something else.
    Other,
}

/// How a product that a document names stands to the one that is checked.
pub(super) fn stands(ask: &Ask<'_>, subject: &Subject) -> About {
    if !subject.names.iter().any(|name| ask.is_named(name)) && !subject.slugs.iter().any(|slug| ask.is_home(slug)) {
        return About::Other;
    }
    if ask.stranger(&subject.slugs).is_some() && !is_named_in_full(ask, subject) {
        return About::OtherOwner;
    }
    if other_package(ask, subject).is_some() {
        return About::OtherPackage;
    }
    let other = !subject.versions.is_empty() && subject.versions.iter().all(|version| ask.is_version(version) == Some(false));
    if other { About::OtherVersion } else { About::Ours }
}

/// The gap of a document that is about no product that is this one in this version.
pub(super) fn gap<'s>(ask: &Ask<'_>, subjects: impl Iterator<Item = &'s Subject>, path: &str) -> Option<Gap> {
    let all: Vec<&Subject> = subjects.collect();
    let standing: Vec<About> = all.iter().map(|subject| stands(ask, subject)).collect();
    let first = *all.first()?;
    if standing.contains(&About::Ours) {
        return None;
    }
    if let Some(at) = standing.iter().position(|one| *one == About::OtherVersion) {
        let subject = all.get(at).copied().unwrap_or(first);
        let versions = one_line(&subject.versions.join(", "), 40);
        let own = ask.product.version.as_deref().unwrap_or_default();
        let message = format!("{path} is about version {versions}, and the product's version is {own}");
        return Some(ask.gap_at(subject.at.clone(), "other-version", message, "say how this version stands, too"));
    }
    if let Some(at) = standing.iter().position(|one| *one == About::OtherOwner) {
        let subject = all.get(at).copied().unwrap_or(first);
        return other_owner(ask, &subject.slugs, &subject.at, path);
    }
    let apart = all.iter().zip(&standing).filter(|(_, standing)| **standing == About::OtherPackage);
    if let Some((subject, purl)) = apart.map(|(subject, _)| *subject).find_map(|subject| Some((subject, other_package(ask, subject)?))) {
        let called = subject.names.iter().find(|name| ask.is_named(name)).unwrap_or(&subject.label);
        let (called, purl) = (one_line(called, 80), one_line(purl, 80));
        let message =
            format!("{path} calls a product {called} and gives it the package URL {purl}, which is called nothing like {}", ask.names());
        let remedy = "correct the package URL, or add it to `names` of this entry where it is the product's";
        return Some(ask.gap_at(subject.at.clone(), "other-package", message, remedy));
    }
    let mut labels: Vec<String> = all.iter().map(|subject| one_line(&subject.label, 80)).collect();
    labels.dedup();
    labels.truncate(NAMED);
    let message = format!("{path} is about {}, not about {}", labels.join(", "), ask.names());
    let remedy = "name the product as the declaration does, or add the name that the file uses to `names` of this entry";
    Some(ask.gap_at(first.at.clone(), "other-product", message, remedy))
}

/// The package URL of a subject that is called like the product, where that is called nothing like it. Packages are often called more or
/// less than the product is, so one only counts that has nothing of any of its names; where its manifest's is not known, none does.
fn other_package<'s>(ask: &Ask<'_>, subject: &'s Subject) -> Option<&'s str> {
    let is_told = |name: &String| ask.evidence.names.iter().any(|own| own.value.eq_ignore_ascii_case(name));
    let mut purls = subject.names.iter().map(String::as_str).filter(|name| name.starts_with("pkg:"));
    let first = purls.next()?;
    let is_home = || subject.slugs.iter().any(|slug| ask.is_home(slug));
    if subject.joined || ask.product.manifest_name.is_none() || subject.names.iter().any(is_told) || is_home() {
        return None;
    }
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let own: Vec<(String, String)> =
        ask.product.names(ask.evidence).map(|name| (plain(name), plain(name.rsplit('/').next().unwrap_or(name)))).collect();
    let is_like = |purl: &str| {
        let Some(read) = Purl::read(purl) else { return true };
        let (whole, last) = (plain(purl) + &plain(&read.full_name), plain(read.full_name.rsplit('/').next().unwrap_or_default()));
        own.iter().any(|(full, short)| whole.contains(short.as_str()) || last.len() >= SHORT && full.contains(&last))
    };
    (!is_like(first) && !purls.any(is_like)).then_some(first)
}

/// Whether the entry's `names` have a subject's name with its owner in it, which settles whose it is.
fn is_named_in_full(ask: &Ask<'_>, subject: &Subject) -> bool {
    let with_owner = |name: &&String| name.contains(['/', ':']);
    let told = |name: &String| ask.evidence.names.iter().any(|own| own.value.eq_ignore_ascii_case(name));
    subject.names.iter().filter(with_owner).any(told)
}

/// The gap of a document about what somebody else calls by the product's name.
pub(super) fn other_owner(ask: &Ask<'_>, slugs: &[Slug], at: &Range<usize>, path: &str) -> Option<Gap> {
    let (theirs, ours) = ask.stranger(slugs)?;
    let message = format!("{path} is about {theirs}, and this product is {ours}: both are called so, and they are not of one owner");
    let remedy = "cite the document about this product; if that is where it is as well, add the address to `names` of this entry; in a clone of a fork, add a remote for what it was forked from";
    Some(ask.gap_at(at.clone(), "other-owner", message, remedy))
}

/// The gap of a document whose subjects are one project, its name beside its repositories: one called like the product is somebody
/// else's, and none is at home here.
fn of_another_owner(ask: &Ask<'_>, subjects: &[Subject], path: &str) -> Option<Gap> {
    let owned = || subjects.iter().filter(|subject| !subject.slugs.is_empty());
    if owned().any(|subject| ask.stranger(&subject.slugs).is_none()) {
        return None;
    }
    let other = owned().find(|subject| stands(ask, subject) == About::OtherOwner)?;
    other_owner(ask, &other.slugs, &other.at, path)
}

/// A cited file of one of OpenSSF's formats, with its path.
pub(super) fn opened<T: 'static>(
    ask: &Ask<'_>,
    read: impl FnOnce(&Node<'_>) -> Result<T, BadDocument>,
) -> Result<(String, Rc<T>), Verified> {
    let content = ask.content(|text| read(&openssf::tree(text)?))?;
    Ok((ask.cited()?.path.to_string(), content))
}

/// The gap of a document whose subjects are one project: it is another one, or somebody else's.
pub(super) fn of_one_project(ask: &Ask<'_>, subjects: &[Subject], path: &str) -> Option<Gap> {
    gap(ask, subjects.iter(), path).or_else(|| of_another_owner(ask, subjects, path))
}

/// What is wrong with a document by its own format, and that it is about something else.
pub(super) fn first_gaps(ask: &Ask<'_>, faults: &[Fault], subjects: &[Subject], path: &str) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = faults.iter().map(|one| fault(ask, one, path)).collect();
    gaps.extend(of_one_project(ask, subjects, path));
    gaps
}

/// The gap of a format's own fault.
pub(super) fn fault(ask: &Ask<'_>, fault: &Fault, path: &str) -> Gap {
    ask.gap_at(fault.at.clone(), fault.name, format!("{path} {}", fault.message), fault.remedy)
}

/// The gaps of CVE ids of a later year than the document's last date, or of the check's where it has none: they cannot have been
/// assigned yet.
pub(super) fn before_their_year(ask: &Ask<'_>, named: &[(String, Range<usize>)], dates: &[(String, Range<usize>)], path: &str) -> Vec<Gap> {
    let (last, why) = match dates.iter().filter_map(|(stamp, _)| moment::day(stamp)).max() {
        Some(day) => (day, "and was last changed before that year"),
        None => (ask.today.0, "whose year has not come"),
    };
    let limit = vulnerability_id::last_year(last);
    let late = named.iter().filter(|(name, _)| vulnerability_id::year(name).is_some_and(|year| year > limit));
    let gap = |(name, at): &(String, Range<usize>)| {
        let message = format!("{path} names {}, {why}", one_line(name, 60));
        ask.gap_at(at.clone(), "vulnerability-id", message, "correct the id, or the date")
    };
    late.take(limits::GAPS).map(gap).collect()
}

/// The gaps of dates: each can be read and none lies in the future; the first is no older than the evidence may be.
pub(super) fn dated(ask: &Ask<'_>, dates: &[(String, Range<usize>)], path: &str) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (index, (stamp, at)) in dates.iter().enumerate() {
        let Some(day) = moment::day(stamp) else {
            let message = format!("{path} has the date {}, which is none", one_line(stamp, 40));
            gaps.push(ask.gap_at(at.clone(), "timestamp", message, "let the tool that writes it write it anew"));
            continue;
        };
        if index == 0 || ask.today.days_since(day) < 0 {
            gaps.extend(ask.too_old(day, path).map(|old| Gap { at: ask.range(at.clone()), ..old }));
        }
    }
    if let (Some(limit), true) = (&ask.evidence.max_age_days, dates.is_empty()) {
        let message = format!("{path} does not say when it was made, where {} days are allowed", limit.value);
        let gap = Gap::failed("undated", message, "let the tool write a timestamp");
        gaps.push(Gap { cited: Some(limit.span), ..gap });
    }
    gaps
}
