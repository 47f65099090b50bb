//! Evidence that is there already, by kind: what an attestation could cite. Where it lies is data ([`super::table::EVIDENCE`]).

use std::collections::BTreeMap;

use super::table::{Evidence, Stands};
use super::walk::Walked;
use crate::formats::{lockfile, store_listing};
use crate::input::shipped::is_muted;
use crate::input::view::View;
use crate::limits;
use crate::repo_path::RepoPath;

/// A file that could be cited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// The kind of evidence.
    pub kind: &'static str,
    /// From the git repository's root.
    pub path: RepoPath,
    /// Why it is taken for that.
    pub reason: &'static str,
}

/// What could be cited below the given folders, in order of kind and path. Whether it holds, its verifier says.
pub fn artefacts(view: &View<'_>, walked: &Walked<'_>, folders: &[RepoPath]) -> Vec<Artefact> {
    let (mut found, mut opened) = (Vec::new(), BTreeMap::new());
    for fit in &walked.fits {
        let path = &fit.tracked.path;
        let rows = fit.evidence.iter().copied().filter(|row| stands(row, path, folders));
        let mut wanted: Vec<&Evidence> = rows.filter(|row| is_the_shipped_one(row.kind, path, &fit.lower, view)).collect();
        let mut text = None;
        wanted.retain(|row| row.holds.is_empty() || holds(row, text.get_or_insert_with(|| read(view, path, &mut opened))));
        found.extend(wanted.iter().map(|row| Artefact { kind: row.kind, path: path.clone(), reason: row.reason }));
    }
    found.sort_by(|a: &Artefact, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    found.dedup_by(|a, b| (a.kind, &a.path) == (b.kind, &b.path));
    one_language(&mut found);
    found
}

fn stands(row: &Evidence, path: &RepoPath, folders: &[RepoPath]) -> bool {
    let below = |muted: fn(&RepoPath, &RepoPath) -> bool| folders.iter().any(|folder| path.is_under(folder) && !muted(path, folder));
    match row.stands {
        Stands::Shipped => below(is_muted),
        Stands::Written => below(is_muted_beside_docs),
        Stands::Host => {
            let own =
                |folder: &RepoPath| below_folder(path, folder).is_some_and(|path| row.kind == "codeowners" || is_where_hosts_look(&path));
            is_where_hosts_look(path) || folders.iter().any(own)
        }
        Stands::Policy => is_where_policies_stand(path, folders),
    }
}

/// What belongs to the whole repository stands where its host looks.
fn is_where_hosts_look(path: &RepoPath) -> bool {
    let folder = path.parent().unwrap_or_default();
    matches!(folder.as_str(), "" | ".github" | ".github/workflows" | ".gitlab" | "docs" | ".forgejo/workflows" | ".gitea/workflows")
}

fn below_folder(path: &RepoPath, folder: &RepoPath) -> Option<RepoPath> {
    if folder.is_root() {
        return Some(path.clone());
    }
    path.as_str().strip_prefix(folder.as_str())?.strip_prefix('/')?.parse().ok()
}

/// Whether hosts show a file as the repository's security policy, or would where a product's folder is a repository of its own: beside
/// the code or in the host's own folder whatever the case, in `docs` only in capitals, since `docs/security.md` is a chapter as often.
fn is_where_policies_stand(path: &RepoPath, folders: &[RepoPath]) -> bool {
    let parent = path.parent().unwrap_or_default();
    let capitals = path.file_name().starts_with("SECURITY.");
    let stands = |folder: &RepoPath| {
        let of_host = ["", ".github", ".gitlab"].iter().any(|below| parent.as_str() == under(folder, below));
        of_host || capitals && parent.as_str() == under(folder, "docs")
    };
    stands(&RepoPath::root()) || folders.iter().any(stands)
}

fn under(folder: &RepoPath, below: &str) -> String {
    [folder.as_str(), below].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("/")
}

/// As [`is_muted`], but documentation counts.
fn is_muted_beside_docs(path: &RepoPath, folder: &RepoPath) -> bool {
    let below = path.as_str().strip_prefix(folder.as_str()).unwrap_or(path.as_str());
    let kept: Vec<&str> =
        below.split('/').filter(|part| !["", "doc", "docs", "documentation"].contains(&part.to_ascii_lowercase().as_str())).collect();
    kept.join("/").parse().is_ok_and(|path| is_muted(&path, &RepoPath::root()))
}

/// Of files that a build makes variants of, the one that is shipped; of names in any case, those that tools read.
fn is_the_shipped_one(kind: &str, path: &RepoPath, lower: &str, view: &View<'_>) -> bool {
    match kind {
        "lockfile" => lockfile::is_lockfile(path.file_name()),
        "android-manifest" => lower.rsplit_once("src/").is_none_or(|(_, variant)| variant.starts_with("main/")),
        "signature" => !lower.ends_with("attestations.toml.sig"),
        "store-listing" => {
            let name = |(store, folder): (store_listing::Store, &str)| {
                let field = if store == store_listing::Store::Play { "title" } else { "name" };
                format!("{folder}/{field}.txt").parse().is_ok_and(|path| view.find(&path).is_some())
            };
            store_listing::place(path.as_str()).is_some_and(name)
        }
        _ => true,
    }
}

/// A file's text in lower case; nothing where it cannot be read, or once enough has been opened.
fn read(view: &View<'_>, path: &RepoPath, opened: &mut BTreeMap<String, usize>) -> String {
    let of_name = opened.entry(path.file_name().to_ascii_lowercase()).or_default();
    *of_name += 1;
    let all: usize = opened.values().sum();
    if opened.get(&path.file_name().to_ascii_lowercase()).is_some_and(|count| *count > limits::SEEN_OF_ONE_NAME) || all > limits::SEEN_FILES
    {
        return String::new();
    }
    let file = view.read(path, limits::DETECTED_FILE_BYTES).ok();
    file.as_ref().and_then(|file| file.text()).map(str::to_ascii_lowercase).unwrap_or_default()
}

fn holds(row: &Evidence, text: &str) -> bool {
    let searched = if row.in_metadata { metadata(text) } else { text };
    row.holds.iter().any(|all| all.iter().all(|word| searched.contains(word)))
}

/// The metadata that a text begins with.
fn metadata(text: &str) -> &str {
    let inside = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---"));
    inside.map_or("", |(inside, _)| inside)
}

/// Of a store's listing in many languages one is enough to begin with: British English, else any English, else the first.
fn one_language(found: &mut Vec<Artefact>) {
    let folders = |one: &Artefact| {
        let language = one.path.parent()?;
        Some((language.parent()?, language.file_name().to_ascii_lowercase()))
    };
    let rank = |language: &str| match language {
        "en-gb" => 0,
        "en-us" => 1,
        "en" => 2,
        _ if language.starts_with("en") => 3,
        _ => 4,
    };
    let mut best: BTreeMap<RepoPath, (usize, RepoPath)> = BTreeMap::new();
    for one in found.iter().filter(|one| one.kind == "store-listing") {
        let Some((listings, language)) = folders(one) else { continue };
        let this = (rank(&language), one.path.clone());
        let kept = best.entry(listings).or_insert_with(|| this.clone());
        if this < *kept {
            *kept = this;
        }
    }
    found.retain(|one| one.kind != "store-listing" || best.values().any(|(_, path)| *path == one.path));
}
