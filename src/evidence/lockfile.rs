//! `lockfile`: what a package manager resolved, held against the manifest that it was resolved from.
//!
//! A lockfile that does not cover its manifest, or does not bind packages to their bytes, locks nothing: the next build may
//! take something else.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::own_packages::{self, Unshown};
use super::told::Told;
use super::{Ask, Gap, Proof, Verified, Verifier, dependencies, effort};
use crate::formats::lockfile::{self as format, Integrity, Lockfile, Malformed, Origin, Package};
use crate::formats::lockfile_coverage::{self, Uncovered};
use crate::formats::manifest_dependencies::{self, Manifest};
use crate::formats::sbom::compared;
use crate::input::reader::quoted;
use crate::input::view::OpenFile;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct DependencyLockfile;

impl Verifier for DependencyLockfile {
    fn kind(&self) -> &'static str {
        "lockfile"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a lockfile of a format that is read, told by its name.",
            "It locks every package that the manifest beside it needs directly.",
            "Every package that comes from elsewhere is bound to its bytes by a digest of its ecosystem's form or a full commit id, where the format has a place for one.",
            "What has no digest since it is the project's own is in the tree: a manifest of that package, or the folder or archive that it is taken from.",
            "Every package that a locked one needs is locked, where the format says what needs what.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether builds use it cannot be seen here: cite the workflow for that. Manifests that are programs (build.gradle, Package.swift, setup.py) are not read, and formats without digests (Gradle, Bundler without checksums) bind nothing to its bytes: both keep it at evidenced."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"lockfile\"\npath = \"Cargo.lock\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let Some(read) = ask.reading(|text| dependencies::read(ask, &file.path, text).map(|read| read.map(Rc::new)))? else {
        let message = format!("{} is no lockfile that is read: {} is not one of their names", file.path, file.path.file_name());
        let remedy = format!("cite one of {}", format::NAMES.join(", "));
        return Err(Verified::gap(Gap::failed("unknown", message, remedy)));
    };
    let lockfile = read.map_err(|bad| ask.malformed(&bad))?;
    let path = file.path.to_string();
    let mut gaps = Told::default();
    gaps.extend(ask.review_too_old(&format!("the review of {path}")).filter(|_| ask.evidence.max_age_days.is_some()));
    if lockfile.packages.iter().all(|package| package.origin == Origin::Local) {
        let message = format!("{path} locks no package");
        gaps.add(|| Gap::failed("empty-lockfile", message, "a product without third parties' packages needs no lockfile as evidence"));
    }
    unbound(ask, &lockfile, &path, &mut gaps);
    ask.memo.effort.take(lockfile.packages.len().saturating_mul(effort::PACKAGE));
    let unshown = own_packages::unshown(ask, &file.path, &lockfile);
    if let (true, Some(why)) = (gaps.is_empty(), unshown.doubt) {
        return Err(doubtful(&unshown, &path, why));
    }
    gaps.extend(not_here(ask, &unshown, &lockfile, &path));
    let manifest = manifest(ask, file);
    let open = manifest.as_ref().map(|(_, manifest)| lockfile_coverage::uncovered(&lockfile, manifest)).unwrap_or_default();
    unlocked_needs(ask, &lockfile, &path, &open, &mut gaps);
    if let Some((manifest_file, _)) = &manifest {
        gaps.extend(uncovered(ask, &lockfile, &path, manifest_file, open));
    }
    let manifest = manifest.map(|(file, _)| file.path.to_string());
    Ok(gaps.or_proof(|| proof(&lockfile, &path, manifest.as_deref())))
}

/// The manifest beside the lockfile, if it is one that is read.
fn manifest(ask: &Ask<'_>, file: &OpenFile) -> Option<(Rc<OpenFile>, Manifest)> {
    let names = manifest_dependencies::manifests_of(file.path.file_name()).iter().copied();
    let dotnet: Vec<String> = match file.path.file_name() {
        "packages.lock.json" => {
            let folder = file.path.parent().unwrap_or_default();
            let beside = ask.all_tracked().iter().filter(|found| found.path.parent().as_ref() == Some(&folder));
            let projects = beside.filter(|found| [".csproj", ".fsproj", ".vbproj"].iter().any(|end| found.path.file_name().ends_with(end)));
            projects.map(|found| found.path.file_name().to_owned()).collect()
        }
        _ => Vec::new(),
    };
    names.chain(dotnet.iter().map(String::as_str)).find_map(|name| {
        let opened = dependencies::beside(ask, &file.path, name)?;
        let manifest = manifest_dependencies::read(name, opened.text()?)?.ok()?;
        Some((opened, manifest))
    })
}

fn unbound(ask: &Ask<'_>, lockfile: &Lockfile, path: &str, gaps: &mut Told) {
    let anew = format!("let {} write the lockfile anew, with digests", lockfile.tool);
    for package in &lockfile.packages {
        match &package.integrity {
            Integrity::Bound | Integrity::NotExpected => {}
            Integrity::Missing => gaps.add(|| {
                let message = format!("{path} locks {} without a digest, so another file could take its place", shown(package));
                ask.gap_at(package.at.clone(), "unbound", message, anew.clone())
            }),
            Integrity::Malformed(Malformed { text, why, at }) => gaps.add(|| {
                let message = format!("{path} locks {} with {} where its digest belongs: {why}", shown(package), quoted(text));
                ask.gap_at(at.clone(), "no-digest", message, anew.clone())
            }),
        }
    }
}

/// What is claimed to be the project's own and is not in the tree.
fn not_here(ask: &Ask<'_>, unshown: &Unshown<'_>, lockfile: &Lockfile, path: &str) -> Vec<Gap> {
    let remedy = format!("track it, or let {} write the lockfile anew with where the package comes from", lockfile.tool);
    let told = unshown.claims.iter().map(|(claim, why)| {
        let message =
            format!("{path} locks {} without a digest, as a part of the project: {}", one_line(&claim.what, 100), one_line(why, 200));
        ask.gap_at(claim.at.clone(), "not-here", message, remedy.clone())
    });
    told.collect()
}

fn doubtful(unshown: &Unshown<'_>, path: &str, why: &str) -> Verified {
    let what = unshown.claims.first().map(|(claim, why)| format!("{}: {}", one_line(&claim.what, 100), one_line(why, 200)));
    let message = format!("{path} locks a part of the project that was not found, {}; {why}", what.unwrap_or_default());
    Verified::doubt(message, "keep what is built from folders in the repository itself, as regular files")
}

fn shown(package: &Package) -> String {
    one_line(&format!("{} {}", package.full_name(), package.version), 100)
}

/// What a locked package needs and nothing locks. Only of formats that write no edges but to what they lock: elsewhere an edge
/// may lead to what an extra, a platform or a replacement leaves out.
/// What the manifest needs itself is told of the manifest.
fn unlocked_needs(ask: &Ask<'_>, lockfile: &Lockfile, path: &str, open: &[Uncovered<'_>], gaps: &mut Told) {
    if !matches!(lockfile.tool, "Cargo" | "npm" | "pnpm" | "uv") {
        return;
    }
    let names = lockfile_coverage::by_name(lockfile);
    let mut told: BTreeSet<String> = open.iter().map(|open| open.dependency().name.clone()).collect();
    for package in &lockfile.packages {
        for need in package.needs.iter().filter(|need| !names.contains_key(&compared(lockfile.purl_type, &need.name))) {
            if told.insert(need.name.clone()) {
                gaps.add(|| {
                    let message = format!("{path} does not lock {}, which {} needs", one_line(&need.name, 100), shown(package));
                    ask.gap_at(package.at.clone(), "unlocked", message, format!("let {} write the lockfile anew", lockfile.tool))
                });
            }
        }
    }
}

/// What the manifest needs directly and nothing locks.
fn uncovered(ask: &Ask<'_>, lockfile: &Lockfile, path: &str, file: &OpenFile, open: Vec<Uncovered<'_>>) -> Vec<Gap> {
    let anew = format!("let {} write the lockfile anew", lockfile.tool);
    let told = open.into_iter().map(|open| match open {
        Uncovered::Absent(dependency) => {
            let message = format!("{path} does not lock {}, which {} needs", one_line(&dependency.name, 100), file.path);
            Gap { at: ask.view.range(file, dependency.at.clone()), ..Gap::failed("uncovered", message, anew.clone()) }
        }
        Uncovered::OtherVersion { dependency, wanted, locked } => {
            let name = one_line(&dependency.name, 80);
            let locked = one_line(&locked.join(" and "), 200);
            let message = format!("{path} locks {name} {locked}, where {} asks for {wanted}", file.path);
            Gap { at: ask.view.range(file, dependency.at.clone()), ..Gap::failed("other-version", message, anew.clone()) }
        }
    });
    told.collect()
}

fn proof(lockfile: &Lockfile, path: &str, manifest: Option<&str>) -> Proof {
    let foreign = || lockfile.packages.iter().filter(|package| package.origin != Origin::Local);
    let count = crate::text::count(i64::try_from(foreign().count()).unwrap_or(i64::MAX), "package");
    let mut says = format!("{path} ({}) locks {count}", lockfile.tool);
    match foreign().filter(|package| package.integrity != Integrity::Bound).count() {
        0 => says.push_str(", each bound to its bytes"),
        open if open == foreign().count() => says.push_str("; the format has no digests, so none is bound to its bytes"),
        open => says
            .push_str(&format!("; {open} of them have no digest, which the format allows there, and the others are bound to their bytes")),
    }
    match manifest {
        Some(manifest) => says.push_str(&format!(", and covers {manifest}")),
        None => says.push_str("; no manifest beside it could be read, so what it must cover was not checked"),
    }
    let bound = foreign().all(|package| package.integrity == Integrity::Bound);
    let assurance = if bound && manifest.is_some() { Assurance::Verified } else { Assurance::Evidenced };
    Proof::new(assurance, one_line(&says, limits::MESSAGE_CHARS))
}
