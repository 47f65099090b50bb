//! OSV 1.x (<https://ossf.github.io/osv-schema/>): what its JSON Schema asks for, and that ranges lead from an older to a newer version.
//!
//! Keys that are not known are left alone, since later minor versions add some; so are databases' prefixes, which grow in number.

mod contradiction;

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Advisory, Affected, Commits, Vulnerability};
use crate::formats::affected_range::AffectedRange;
use crate::formats::fault::Fault;
use crate::formats::release_tag::Release;
use crate::formats::sbom::Purl;
use crate::formats::slug::Slug;
use crate::formats::subject::{Subject, is_purl};
use crate::formats::tree::Node;
use crate::formats::vulnerability_id;
use crate::model::attestation::is_placeholder;
use crate::text::one_line;

const MAKE: &str = "write it as the OSV schema says";
const RANGES: &[&str] = &["GIT", "SEMVER", "ECOSYSTEM"];
const EVENTS: &[&str] = &["introduced", "fixed", "last_affected", "limit"];
const REFERENCES: &[&str] =
    &["ADVISORY", "ARTICLE", "DETECTION", "DISCUSSION", "REPORT", "FIX", "INTRODUCED", "GIT", "PACKAGE", "EVIDENCE", "WEB"];
const CREDITS: &[&str] = &[
    "FINDER",
    "REPORTER",
    "ANALYST",
    "COORDINATOR",
    "REMEDIATION_DEVELOPER",
    "REMEDIATION_REVIEWER",
    "REMEDIATION_VERIFIER",
    "TOOL",
    "SPONSOR",
    "OTHER",
];
/// What an event of a range says, of which version or commit, and where.
type Event<'t> = (&'t str, &'t str, Range<usize>);
/// How a score begins that is of each type.
const SEVERITIES: &[(&str, &[&str])] = &[
    ("CVSS_V2", &["AV:", "AC:", "Au:"]),
    ("CVSS_V3", &["CVSS:3.0/", "CVSS:3.1/"]),
    ("CVSS_V4", &["CVSS:4.0/"]),
    ("Ubuntu", &["negligible", "low", "medium", "high", "critical"]),
];

pub(super) fn read(root: &Node<'_>) -> Advisory {
    let mut faults = Vec::new();
    let id = own_id(root, &mut faults);
    let mut names = vec![id.clone()];
    let mut named: Vec<_> = root.get("id").map(|node| (id.clone(), node.range())).into_iter().collect();
    for alias in list(root, "aliases", &mut faults) {
        match alias.text() {
            Some(text) => {
                faults.extend(vulnerability_id::fault(text, alias.range()));
                named.push((text.to_owned(), alias.range()));
                names.push(text.to_owned());
            }
            None => faults.push(wrong(alias, "aliases", "a string")),
        }
    }
    let mut dates = Vec::new();
    for key in ["modified", "published"] {
        dates.extend(stamp(root, key, &mut faults));
    }
    if let Some(withdrawn) = root.get("withdrawn").filter(|found| !found.is_null()) {
        let _ = stamp(root, "withdrawn", &mut faults);
        let message = "is withdrawn, so it tells nobody of anything";
        faults.push(Fault::new("withdrawn", withdrawn.range(), message, "cite an advisory that stands"));
    }
    told(root, &mut faults);
    severity(root, &mut faults);
    let fixes = references(root, &mut faults);
    words(root, "credits", "name", CREDITS, &mut faults);
    let packages = list(root, "affected", &mut faults);
    let affected: Vec<Affected> = packages.iter().map(|one| affected(one, root, &mut faults)).collect();
    contradiction::check(packages, &affected, &mut faults);
    if affected.is_empty() {
        faults.push(Fault::new(
            "no-product",
            start(root),
            "does not say what is affected",
            "add `affected` with the package and its versions",
        ));
    }
    let remedied = fixes || affected.iter().any(|one| !one.fixed.is_empty() || one.commits.iter().any(|range| !range.fixed.is_empty()));
    let at = root.get("id").map_or_else(|| start(root), Node::range);
    Advisory {
        format: "OSV",
        id,
        named,
        vulnerabilities: vec![Vulnerability { names, affected, remedied, interim: false, at }],
        dates,
        faults,
    }
}

fn start(node: &Node<'_>) -> Range<usize> {
    node.range().start..node.range().start + 1
}

fn wrong(node: &Node<'_>, key: &str, what: &str) -> Fault {
    Fault::new("field", node.range(), format!("has {} in `{key}`, where {what} is expected", node.what()), MAKE)
}

/// The items under a key; a fault where something else than a list or null stands there.
fn list<'n, 't>(node: &'n Node<'t>, key: &str, faults: &mut Vec<Fault>) -> &'n [Node<'t>] {
    match node.get(key) {
        Some(found) if !found.is_list() && !found.is_null() => faults.push(wrong(found, key, "a list")),
        _ => {}
    }
    node.at(&[key]).items()
}

/// A text that must be there.
fn required<'n>(node: &'n Node<'_>, key: &str, what: &str, faults: &mut Vec<Fault>) -> Option<(&'n str, Range<usize>)> {
    let found = node.word(key).zip(node.get(key)).map(|(text, found)| (text, found.range()));
    if found.is_none() {
        let at = node.get(key).map_or_else(|| start(node), Node::range);
        faults.push(Fault::new("field", at, format!("has {what} without `{key}`, which OSV requires"), MAKE));
    }
    found
}

/// `<DB>-<ENTRYID>`, or `x_` and what a database of one's own calls it.
fn own_id(root: &Node<'_>, faults: &mut Vec<Fault>) -> String {
    let Some((id, at)) = required(root, "id", "an advisory", faults) else { return String::new() };
    let local = id.strip_prefix("x_").is_some_and(|rest| !rest.is_empty());
    let database = id.split_once('-').map(|(database, entry)| (database, !entry.is_empty()));
    let shaped = database.is_some_and(|(name, entry)| entry && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if id.contains(char::is_whitespace) || !local && !shaped {
        let message = format!("has the id {}, which is no id of OSV (a database's prefix, a hyphen, the entry)", one_line(id, 60));
        faults.push(Fault::new("vulnerability-id", at, message, "write the id under which it is published, or begin it with `x_`"));
    } else if !local {
        faults.extend(vulnerability_id::fault(id, at));
    }
    id.to_owned()
}

/// A date and time in UTC, as `2026-11-22T10:00:00Z`.
fn stamp(root: &Node<'_>, key: &str, faults: &mut Vec<Fault>) -> Option<(String, Range<usize>)> {
    let Some(found) = root.get(key) else {
        if key == "modified" {
            faults.push(Fault::new("field", start(root), "has an advisory without `modified`, which OSV requires", MAKE));
        }
        return None;
    };
    let text = found.text().unwrap_or_default();
    let is_stamp = text.ends_with('Z') && text.contains('T') && text.parse::<jiff::Timestamp>().is_ok();
    if !is_stamp {
        let message = format!("has {} in `{key}`, which is no date and time in UTC", one_line(text, 40));
        faults.push(Fault::new("timestamp", found.range(), message, "write it as 2026-11-22T10:00:00Z"));
        return None;
    }
    Some((text.to_owned(), found.range()))
}

/// That it says what the matter is.
fn told(root: &Node<'_>, faults: &mut Vec<Fault>) {
    for key in ["summary", "details", "schema_version"] {
        if let Some(found) = root.get(key).filter(|found| found.text().is_none()) {
            faults.push(wrong(found, key, "a string"));
        }
    }
    if let Some((found, text)) = root.get("schema_version").and_then(|found| Some((found, found.text()?)))
        && !text.starts_with("1.")
    {
        let message = format!("has the schema_version {}, where 1.x is read", one_line(text, 20));
        faults.push(Fault::new("field", found.range(), message, MAKE));
    }
    if !["summary", "details"].iter().filter_map(|key| root.word(key)).any(|text| !is_placeholder(text)) {
        faults.push(Fault::new("no-text", start(root), "does not say what the matter is", "write it into `summary` or `details`"));
    }
}

fn severity(node: &Node<'_>, faults: &mut Vec<Fault>) {
    for one in list(node, "severity", faults) {
        let kind = required(one, "type", "a severity", faults);
        let score = required(one, "score", "a severity", faults);
        let (Some((kind, at)), Some((score, score_at))) = (kind, score) else { continue };
        match SEVERITIES.iter().find(|(name, _)| *name == kind) {
            None => {
                let message = format!("has the severity type {}, which is none of CVSS_V2, CVSS_V3, CVSS_V4, Ubuntu", one_line(kind, 40));
                faults.push(Fault::new("unknown-word", at, message, "write one of those"));
            }
            Some((_, begins)) if !begins.iter().any(|head| score.starts_with(head)) => {
                let message = format!("has the score {}, which is none of {kind}", one_line(score, 60));
                faults.push(Fault::new("severity", score_at, message, MAKE));
            }
            Some(_) => {}
        }
    }
}

/// Whether a reference leads to the fix.
fn references(root: &Node<'_>, faults: &mut Vec<Fault>) -> bool {
    words(root, "references", "url", REFERENCES, faults);
    for one in root.at(&["references"]).items().iter().filter(|one| one.get("type").is_none()) {
        faults.push(Fault::new("field", start(one), "has a reference without `type`, which OSV requires", MAKE));
    }
    root.at(&["references"])
        .items()
        .iter()
        .any(|one| one.word("type") == Some("FIX") && one.word("url").is_some_and(|url| !is_placeholder(url)))
}

/// The entries of a list: each has this key, and a type of these if it has one.
fn words(root: &Node<'_>, key: &str, needs: &str, known: &[&str], faults: &mut Vec<Fault>) {
    for one in list(root, key, faults) {
        required(one, needs, &format!("an entry of `{key}`"), faults);
        let Some(kind) = one.get("type") else { continue };
        let word = kind.text().unwrap_or_default();
        if !known.contains(&word) {
            let message = format!("has the type {} in `{key}`, which is none of {}", one_line(word, 40), known.join(", "));
            faults.push(Fault::new("unknown-word", kind.range(), message, "write one of those"));
        }
    }
}

fn affected(node: &Node<'_>, root: &Node<'_>, faults: &mut Vec<Fault>) -> Affected {
    let package = node.at(&["package"]);
    let name = package.word("name").or_else(|| package.word("purl"));
    let mut subject = Subject::new(name.unwrap_or("a package without a name"), start(node));
    if node.get("package").is_some() {
        required(package, "ecosystem", "a package", faults);
        required(package, "name", "a package", faults);
        subject.at = package.get("name").map_or_else(|| start(package), Node::range);
    }
    let segment = |text: &str| text.rsplit(['/', ':']).next().unwrap_or_default().trim_end_matches(".git").to_owned();
    subject.names.extend(name.map(segment));
    subject.slugs.extend(name.and_then(|name| match package.word("ecosystem") {
        Some("Go" | "SwiftURL") => Slug::of_address(name),
        Some("npm") => Slug::of_package("npm", name),
        Some("Packagist") => Slug::of_package("composer", name),
        _ => None,
    }));
    if let Some(purl) = package.get("purl") {
        let text = purl.text().unwrap_or_default();
        if is_purl(text) {
            subject.identify(text);
            faults.extend(apart(package, text, purl.range()));
        } else {
            let message = format!("names the package {}, which is no package URL", one_line(text, 80));
            faults.push(Fault::new("purl", purl.range(), message, "write it as the package URL specification says"));
        }
    }
    if root.at(&["severity"]).is_list() && node.get("severity").is_some_and(|found| !found.is_null()) {
        let at = node.get("severity").map_or_else(|| start(node), Node::range);
        faults.push(Fault::new("severity", at, "has a severity as a whole and one of a package beside it", "keep one of them"));
    }
    severity(node, faults);
    let mut one = Affected {
        subject,
        is_affected: true,
        fixed: Vec::new(),
        called: Vec::new(),
        ranges: Vec::new(),
        ecosystem: package.word("ecosystem").map(|text| text.split(':').next().unwrap_or(text).to_owned()),
        open: None,
        commits: Vec::new(),
    };
    let ranges = list(node, "ranges", faults);
    for range in ranges {
        if let Some(repo) = range.word("repo") {
            one.subject.names.push(segment(repo.trim_end_matches('/')));
            one.subject.slugs.extend(Slug::of_address(repo));
            one.subject.joined = true;
        }
        read_range(range, &mut one, faults);
    }
    let versions = list(node, "versions", faults);
    faults.extend(versions.iter().filter(|one| one.text().is_none()).map(|one| wrong(one, "versions", "a string")));
    one.called.extend(versions.iter().filter_map(|version| Some((version.text()?.to_owned(), version.range()))));
    if ranges.is_empty() && versions.is_empty() {
        let message = format!("does not say which versions of {} are affected", one_line(&one.subject.label, 80));
        faults.push(Fault::new("no-range", start(node), message, "add `ranges` or `versions`"));
    }
    one.subject.versions.clear();
    one
}

/// A package whose name and package URL are those of two.
fn apart(package: &Node<'_>, purl: &str, at: Range<usize>) -> Option<Fault> {
    let is_major =
        |part: &str| part.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let last = |text: &str| {
        let found = text.trim_end_matches(".git").rsplit(['/', ':']).find(|part| !part.is_empty() && !is_major(part))?;
        Some(found.to_lowercase().replace(['_', '.'], "-"))
    };
    let name = package.word("name")?;
    (last(name)? != last(&Purl::read(purl)?.full_name)?).then(|| {
        let message = format!("calls one package {} and {}", one_line(name, 80), one_line(purl, 80));
        Fault::new("contradictory-names", at, message, "name one package by its own name and package URL")
    })
}

fn read_range(range: &Node<'_>, affected: &mut Affected, faults: &mut Vec<Fault>) {
    let kind = required(range, "type", "a range", faults);
    let Some((kind, at)) = kind else { return };
    if !RANGES.contains(&kind) {
        let message = format!("has a range of the type {}, which is none of {}", one_line(kind, 40), RANGES.join(", "));
        faults.push(Fault::new("unknown-word", at, message, "write one of those"));
        return;
    }
    if kind == "GIT" {
        required(range, "repo", "a range of commits", faults);
    }
    let mut events: Vec<Event<'_>> = Vec::new();
    for event in list(range, "events", faults) {
        let known: Vec<_> = EVENTS.iter().filter(|name| event.get(name).is_some()).collect();
        let found = known.first().copied().and_then(|name| Some((*name, event.get(name)?)));
        match (known.len(), found.and_then(|(name, node)| Some((name, node.text()?, node.range())))) {
            (1, Some(event)) => events.push(event),
            _ => {
                let message = format!("has an event that is not exactly one of {}", EVENTS.join(", "));
                faults.push(Fault::new("range", start(event), message, "write each event as its own entry"));
            }
        }
    }
    bounded(range, &events, faults);
    let mut commits = Commits::default();
    for (name, version, at) in events.iter().filter(|(name, version, _)| kind != "GIT" || *version != "0" || *name != "introduced") {
        let is_commit = matches!(version.len(), 40 | 64) && version.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if kind == "ECOSYSTEM" && is_placeholder(version) {
            let message = format!("has {} in a range of versions, which only holds the place of one", one_line(version, 60));
            faults.push(Fault::new("range", at.clone(), message, "name the version"));
        }
        if kind == "GIT" && !is_commit {
            let message = format!("has {} in a range of commits, which is no commit in full", one_line(version, 80));
            faults.push(Fault::new("range", at.clone(), message, "write all 40 or 64 digits"));
        }
        match (*name, kind) {
            ("introduced", "GIT") if is_commit => commits.introduced.push((*version).to_owned()),
            ("fixed", "GIT") if is_commit => commits.fixed.push(((*version).to_owned(), at.clone())),
            ("fixed", "SEMVER" | "ECOSYSTEM") => affected.fixed.push(((*version).to_owned(), at.clone())),
            ("last_affected", "SEMVER" | "ECOSYSTEM") => affected.called.push(((*version).to_owned(), at.clone())),
            ("introduced", "SEMVER" | "ECOSYSTEM") if *version != "0" => affected.called.push(((*version).to_owned(), at.clone())),
            _ => {}
        }
    }
    affected.commits.push(commits);
    if kind != "GIT" {
        let place = events.first().map_or_else(|| start(range), |(_, _, at)| at.clone());
        affected
            .ranges
            .push(AffectedRange::of_events(events.iter().map(|event| (event.0, event.1)), place, |version| order(kind, version)));
    }
    if kind == "SEMVER" {
        let unread = events.iter().filter(|event| !is_open(event) && order(kind, event.1).is_none());
        faults.extend(unread.map(|(_, version, at)| {
            let message = format!("has {} in a range of the type SEMVER, which is no version of SemVer 2.0.0", one_line(version, 60));
            Fault::new("range", at.clone(), message, "write the version in full, or use the type ECOSYSTEM")
        }));
    }
    affected.open = affected.open.take().or_else(|| left_open(kind, &events));
    forwards(kind, &events, faults);
}

/// Where a range of versions begins for the last time, if nothing ends it after that. Where versions cannot be compared, the order
/// counts in which they stand.
fn left_open(kind: &str, events: &[Event<'_>]) -> Option<Range<usize>> {
    let ends: Vec<&Event<'_>> = events.iter().filter(|event| kind != "GIT" && !(event.0 == "limit" && is_open(event))).collect();
    let compared = ends.iter().map(|event| if is_open(event) { Some(None) } else { order(kind, event.1).map(Some) });
    let last = match compared.collect::<Option<Vec<Option<Release>>>>() {
        Some(releases) => releases.into_iter().zip(&ends).max_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, event)| *event),
        None => ends.last().copied(),
    };
    last.filter(|event| event.0 == "introduced").map(|event| event.2.clone())
}

/// A range begins somewhere, and ends in one way only.
fn bounded(range: &Node<'_>, events: &[Event<'_>], faults: &mut Vec<Fault>) {
    let has = |wanted: &str| events.iter().any(|(name, _, _)| *name == wanted);
    if !has("introduced") {
        let message = "has a range that does not say where it begins";
        faults.push(Fault::new("range", start(range), message, "add an `introduced` event; 0 stands for the first version"));
    }
    if has("fixed") && has("last_affected") {
        let message = "has a range with both `fixed` and `last_affected`";
        faults.push(Fault::new("range", start(range), message, "keep `fixed` where there is a fix"));
    }
}

/// Whether an event names no version: the first of all, or no limit.
fn is_open((name, version, _): &Event<'_>) -> bool {
    matches!((*name, *version), ("introduced", "0") | ("limit", "*"))
}

/// What a version compares by. How an ecosystem compares is its own business, except where a version is nothing but numbers.
fn order(kind: &str, version: &str) -> Option<Release> {
    let is_plain = version.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    match kind {
        "SEMVER" => Release::of(version).filter(|_| is_semver(version)),
        "ECOSYSTEM" if is_plain && version.contains('.') => Release::of(version),
        "ECOSYSTEM" if is_plain => Release::of(&format!("{version}.0")),
        _ => None,
    }
}

/// Each end of a range comes after a beginning, and no fix is what it begins with.
fn forwards(kind: &str, events: &[Event<'_>], faults: &mut Vec<Fault>) {
    let starts: BTreeSet<&str> = events.iter().filter(|(name, _, _)| *name == "introduced").map(|(_, version, _)| *version).collect();
    let ordered: Vec<Option<Release>> = starts.iter().map(|start| order(kind, start).filter(|_| *start != "0")).collect();
    // One that begins at nought, or at what cannot be compared, comes before all; else the least of them does.
    let least = ordered.iter().min().and_then(Option::as_ref);
    for event in events.iter().filter(|event| event.0 != "introduced" && !is_open(event)) {
        let (name, version, at) = event;
        let is_later = |own: Release| least.is_some_and(|least| *least > own || *name == "fixed" && *least == own);
        if *name == "fixed" && (starts.contains(version) || *version == "0") {
            let message = format!("has a range that begins with {}, which is also its fix", one_line(version, 80));
            faults.push(Fault::new("range", at.clone(), message, "name what fixes it, which is not affected"));
        } else if order(kind, version).is_some_and(is_later) {
            let message = format!("has a range that ends at {} and begins later", one_line(version, 60));
            faults.push(Fault::new("range", at.clone(), message, "correct the versions of the range"));
        }
    }
}

fn is_semver(text: &str) -> bool {
    let bare = text.split('+').next().unwrap_or_default();
    let numbers = bare.split('-').next().unwrap_or_default();
    text.starts_with(|c: char| c.is_ascii_digit()) && numbers.split('.').count() == 3
}
