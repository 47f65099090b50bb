//! What a lockfile takes for the project's own, held against the tree: leaving out where a package comes from makes it no one's,
//! and only a tracked manifest or file shows that it is the project's.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ask, effort};
use crate::formats::lockfile::{Claim, Lockfile, Place};
use crate::formats::manifest;
use crate::formats::sbom::compared;
use crate::limits;
use crate::repo_path::RepoPath;
use crate::text::one_line;

const UNREAD: &str = "some manifests here could not be read";

/// What the tree does not show.
#[derive(Default)]
pub(super) struct Unshown<'l> {
    /// What is claimed and not here, with what was looked for.
    pub(super) claims: Vec<(&'l Claim, String)>,
    /// Why that cannot be said for certain, if it cannot.
    pub(super) doubt: Option<&'static str>,
}

/// Holds the claims of a lockfile against the tracked files.
pub(super) fn unshown<'l>(ask: &Ask<'_>, path: &RepoPath, lockfile: &'l Lockfile) -> Unshown<'l> {
    let folder = path.parent().unwrap_or_default();
    ask.memo.effort.take(lockfile.claims.len().saturating_mul(effort::PACKAGE));
    let mut found = Unshown::default();
    let mut named: BTreeMap<&'static str, Vec<(&Claim, &str)>> = BTreeMap::new();
    for claim in &lockfile.claims {
        match &claim.place {
            Place::Named { file, package } => named.entry(file).or_default().push((claim, package)),
            Place::At { path, manifest, of_package } => {
                let place = below(&folder, path).filter(|place| stands(ask, place, *manifest));
                let other = place.as_ref().zip(*of_package).and_then(|(place, file)| other_name(ask, place, file, claim, lockfile));
                match place {
                    None => found.claims.push((claim, told(path, *manifest))),
                    Some(_) => found.claims.extend(other.map(|other| (claim, other))),
                }
            }
            Place::Project => {
                if let Some(is_sure) = without_project(ask, claim) {
                    found.claims.push((claim, "no project file that is tracked here is called so".to_owned()));
                    found.doubt = found.doubt.or((!is_sure).then_some(UNREAD));
                }
            }
        }
    }
    for (file, claims) in named {
        let wanted = claims.iter().map(|(_, package)| *package).collect();
        let (missing, is_sure) = without_manifest(ask, &folder, file, wanted);
        let open = claims.into_iter().filter(|(_, package)| missing.contains(package));
        let before = found.claims.len();
        found.claims.extend(open.map(|(claim, _)| (claim, format!("no {file} that is tracked here is of that package"))));
        if found.claims.len() > before && !is_sure {
            found.doubt = Some(UNREAD);
        }
    }
    if !found.claims.is_empty() && ask.view.all_tracked().iter().any(|entry| entry.path.as_str() == ".gitmodules") {
        found.doubt = Some("what lies in a submodule is not looked at");
    }
    found
}

/// That the manifest of a folder is of another package than the one that is said to stand there.
fn other_name(ask: &Ask<'_>, place: &RepoPath, file: &str, claim: &Claim, lockfile: &Lockfile) -> Option<String> {
    let path = place.join(&file.parse().ok()?);
    let opened = ask.view.open(&path).ok()?;
    ask.memo.effort.take(opened.bytes.len());
    let name = manifest::name(&path, opened.text()?)?;
    let is_it = compared(lockfile.purl_type, &name) == compared(lockfile.purl_type, &claim.name);
    (!is_it).then(|| format!("{path} is of {}", one_line(&name, 80)))
}

/// Whether it is sure that no project of .NET is called so: by its file's name, its assembly's or its package's. None where one is.
fn without_project(ask: &Ask<'_>, claim: &Claim) -> Option<bool> {
    let wanted = claim.name.to_lowercase();
    let is_project = |path: &RepoPath| [".csproj", ".fsproj", ".vbproj"].iter().any(|end| path.file_name().ends_with(end));
    let all: Vec<_> = ask.view.all_tracked().iter().filter(|found| found.regular && is_project(&found.path)).collect();
    ask.memo.effort.take(all.len());
    let stem = |path: &RepoPath| path.file_name().rsplit_once('.').map_or(String::new(), |(stem, _)| stem.to_lowercase());
    if all.iter().any(|found| stem(&found.path) == wanted) {
        return None;
    }
    let mut is_sure = all.len() <= limits::OWN_MANIFESTS;
    for found in all.iter().take(limits::OWN_MANIFESTS) {
        match ask.view.open(&found.path) {
            Ok(opened) => {
                ask.memo.effort.take(opened.bytes.len());
                if opened.text().is_some_and(|text| text.to_lowercase().contains(&format!(">{wanted}<"))) {
                    return None;
                }
            }
            Err(refusal) => is_sure &= !refusal.is_doubt(),
        }
    }
    Some(is_sure)
}

fn told(path: &str, manifest: Option<&str>) -> String {
    match manifest {
        Some(manifest) => format!("{path} is neither a tracked file nor a folder with a tracked {manifest}"),
        None => format!("{path} is neither a tracked file nor a folder with one"),
    }
}

/// A path as a lockfile writes it, from the git repository's root; none where it leads out of the repository.
fn below(folder: &RepoPath, path: &str) -> Option<RepoPath> {
    let mut parts: Vec<&str> = folder.components().collect();
    let bare = path.trim_end_matches('/');
    if bare.starts_with('/') {
        return None;
    }
    for part in bare.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            other => parts.push(other),
        }
    }
    if parts.is_empty() { Some(RepoPath::root()) } else { parts.join("/").parse().ok() }
}

/// Whether a tracked file stands there, or a folder that has what is asked for.
fn stands(ask: &Ask<'_>, place: &RepoPath, manifest: Option<&str>) -> bool {
    let is_file = |path: &RepoPath| ask.view.find(path).is_some_and(|found| found.regular);
    let folder_has = match manifest {
        Some(manifest) => manifest.parse().is_ok_and(|name: RepoPath| is_file(&place.join(&name))),
        None => {
            let all = ask.view.all_tracked();
            let from = all.partition_point(|found| found.path.as_str() < place.as_str());
            // What sorts between a folder's name and its files (`a-b` between `a` and `a/c`) shares its beginning.
            let near = all.get(from..).unwrap_or_default().iter().take_while(|found| found.path.as_str().starts_with(place.as_str()));
            near.into_iter().any(|found| found.regular && found.path.is_under(place))
        }
    };
    folder_has || is_file(place)
}

/// The packages of which no tracked manifest is, and whether all manifests could be read. Those below the lockfile come first.
fn without_manifest<'n>(ask: &Ask<'_>, folder: &RepoPath, file: &str, mut wanted: BTreeSet<&'n str>) -> (BTreeSet<&'n str>, bool) {
    let all = ask.view.all_tracked().iter().filter(|found| found.regular && found.path.file_name() == file);
    let (near, far): (Vec<_>, Vec<_>) = all.partition(|found| found.path.is_under(folder));
    let mut is_sure = near.len() + far.len() <= limits::OWN_MANIFESTS;
    for found in near.into_iter().chain(far).take(limits::OWN_MANIFESTS) {
        if wanted.is_empty() {
            break;
        }
        match ask.view.open(&found.path) {
            Ok(opened) => {
                ask.memo.effort.take(opened.bytes.len());
                if let Some(name) = opened.text().and_then(|text| manifest::name(&found.path, text)) {
                    wanted.remove(name.as_str());
                }
            }
            Err(refusal) => is_sure &= !refusal.is_doubt(),
        }
    }
    (wanted, is_sure)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_lockfiles_path_starts_from_its_folder_and_stays_in_the_repository() {
        let from = |folder: &str, path: &str| {
            let folder = if folder.is_empty() { RepoPath::root() } else { folder.parse().unwrap() };
            below(&folder, path).map(|found| found.as_str().to_owned())
        };
        for (folder, path, found) in [
            ("", "packages/a", Some("packages/a")),
            ("", "./packages/a/", Some("packages/a")),
            ("web", "../lib", Some("lib")),
            ("web", "..", Some("")),
            ("", ".", Some("")),
            ("web", "../../lib", None),
            ("", "/srv/lib", None),
            ("", "a\\b", None),
        ] {
            assert_eq!(from(folder, path).as_deref(), found, "{folder} {path}");
        }
    }
}
