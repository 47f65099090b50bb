//! Evidence that is there already, by kind: what an attestation could cite.

use crate::formats::{lockfile, sbom};
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
pub fn artefacts(view: &View<'_>, folders: &[RepoPath]) -> Vec<Artefact> {
    let mut found = Vec::new();
    for tracked in view.all_tracked().iter().filter(|tracked| tracked.regular) {
        let Some((kind, reason, must_read)) = guess(&tracked.path) else { continue };
        let counts = |folder: &RepoPath| {
            tracked.path.is_under(folder) && kind != "security-policy" && (kind == "codeowners" || !is_muted(&tracked.path, folder))
        };
        let whole = matches!(kind, "workflow" | "codeowners" | "update-config");
        let hosted = kind == "security-policy" && is_where_policies_stand(&tracked.path, folders);
        if !(hosted || whole && !is_muted_elsewhere(&tracked.path) || folders.iter().any(counts)) {
            continue;
        }
        if must_read && !holds(view, kind, &tracked.path) {
            continue;
        }
        found.push(Artefact { kind, path: tracked.path.clone(), reason });
    }
    found.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    found
}

/// What belongs to the whole repository stands where its host looks.
fn is_muted_elsewhere(path: &RepoPath) -> bool {
    let folder = path.parent().unwrap_or_default();
    !matches!(folder.as_str(), "" | ".github" | ".github/workflows" | ".gitlab" | "docs" | ".forgejo/workflows" | ".gitea/workflows")
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

/// The kind that a path speaks of, and whether the contents must bear it out.
fn guess(path: &RepoPath) -> Option<(&'static str, &'static str, bool)> {
    let name = path.file_name();
    if lockfile::NAMES.contains(&name) {
        return Some(("lockfile", "is a package manager's lockfile", false));
    }
    let lower = path.as_str().to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let yaml = ends(&[".yml", ".yaml"]);
    Some(match name {
        "security.txt" => ("security-txt", "is where RFC 9116 puts the contact", true),
        "security.md" | "security.rst" | "security.adoc" => ("security-policy", "is where hosts look for the security policy", false),
        "codeowners" => ("codeowners", "says who owns which paths", false),
        "dependabot.yml" | "dependabot.yaml" | "renovate.json" | "renovate.json5" | ".renovaterc" | ".renovaterc.json" => {
            ("update-config", "keeps dependencies current by a bot", false)
        }
        ".gitlab-ci.yml" => ("workflow", "is GitLab's pipeline", false),
        _ if yaml && ["github", "forgejo", "gitea"].iter().any(|host| lower.starts_with(&format!(".{host}/workflows/"))) => {
            ("workflow", "is a workflow", false)
        }
        "bom.json" | "sbom.json" | "bom.xml" => ("sbom", "is a bill of materials", true),
        _ if ends(&[".cdx.json", ".cdx.xml", ".spdx.json", ".spdx"]) => ("sbom", "is a bill of materials", true),
        _ if ends(&[".openvex.json", ".vex.json"]) => ("vex", "says which vulnerabilities apply", false),
        _ if ends(&[".sarif", ".sarif.json"]) => ("sarif", "is a scan's result", false),
        _ => return None,
    })
}

fn holds(view: &View<'_>, kind: &str, path: &RepoPath) -> bool {
    let Ok(file) = view.read(path, limits::DETECTED_FILE_BYTES) else { return false };
    let Some(text) = file.text() else { return false };
    match kind {
        "sbom" => sbom::read(text).is_ok(),
        _ => text.lines().any(|line| line.trim_start().to_ascii_lowercase().starts_with("contact:")),
    }
}
