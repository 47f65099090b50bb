//! `pnpm-lock.yaml`, versions 6 to 9. Version 6 marks what is for development; version 9 tells it by the importers.

use std::collections::{BTreeSet, HashMap};

use super::{Claim, Integrity, Lockfile, Need, Origin, Package, Place, Scope, digest, split_name};
use crate::formats::tree::{self, BadDocument, Entry, Node};

/// Reads every document of the file: since pnpm 11, what the package manager itself is made of stands in one before the project's.
pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let mut whole = Lockfile::new("pnpm", "npm", Vec::new());
    let documents: Vec<Node<'_>> = tree::read_stream(text)?.into_iter().filter(|document| !document.is_null()).collect();
    if documents.is_empty() {
        return Err(BadDocument::new("it has no lockfileVersion that is known (6 to 9)", None));
    }
    for document in &documents {
        whole.overridden |= document.get("overrides").is_some();
        let (packages, claims) = of_document(document)?;
        whole.packages.extend(packages);
        whole.claims.extend(claims);
    }
    Ok(whole)
}

fn of_document(root: &Node<'_>) -> Result<(Vec<Package>, Vec<Claim>), BadDocument> {
    let version = root.get("lockfileVersion").and_then(Node::scalar).unwrap_or_default();
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if !matches!(major, Some(6..=9)) {
        let at = root.get("lockfileVersion").map(Node::range);
        return Err(BadDocument::new("it has no lockfileVersion that is known (6 to 9)", at));
    }
    let snapshots = root.at(&["snapshots"]).by_key();
    let shipped = (major == Some(9)).then(|| shipped(root, &snapshots));
    let entries = root.at(&["packages"]).entries().iter();
    let packages = entries.clone().map(|entry| package(&snapshots, entry, shipped.as_ref())).collect::<Result<Vec<_>, _>>()?;
    let claims = packages.iter().zip(entries).filter_map(|(package, entry)| {
        let path = path_of(plain(&entry.key))?;
        // An archive that has a digest may come from anywhere.
        let open = entry.node.at(&["resolution"]).get("integrity").is_none();
        (open && package.origin == Origin::Local).then(|| Claim::of(package, Place::of_javascript(path)))
    });
    let claims = claims.collect();
    Ok((packages, claims))
}

/// `/name@1.0.0(peer@2)` or `name@1.0.0`: the key without what its peers add.
fn plain(key: &str) -> &str {
    key.trim_start_matches('/').split('(').next().unwrap_or_default()
}

/// The folder or archive behind `name@file:../own`, or `file:../own` as version 6 writes it.
fn path_of(key: &str) -> Option<&str> {
    ["file:", "link:"].iter().find_map(|kind| match key.split_once(kind) {
        Some((before, path)) if before.is_empty() || before.ends_with('@') => Some(path),
        _ => None,
    })
}

/// Name and version of `@scope/name@1.0.0`.
fn parts(key: &str) -> Option<(&str, &str)> {
    let (name, version) = key.rsplit_once('@')?;
    (!name.is_empty()).then_some((name, version))
}

/// What packages need, by their keys with what their peers add.
type Snapshots<'n> = HashMap<&'n str, &'n Node<'n>>;

/// What the importers' dependencies reach, development dependencies aside.
fn shipped(root: &Node<'_>, snapshots: &Snapshots<'_>) -> BTreeSet<String> {
    let named = |name: &str, version: &str| if snapshots.contains_key(version) { version.to_owned() } else { format!("{name}@{version}") };
    let kinds = ["dependencies", "optionalDependencies"];
    let mut waiting: Vec<String> = Vec::new();
    for importer in root.at(&["importers"]).entries() {
        for entry in kinds.iter().flat_map(|kind| importer.node.at(&[kind]).entries()) {
            waiting.extend(entry.node.word("version").map(|version| named(&entry.key, version)));
        }
    }
    let mut reached: BTreeSet<String> = BTreeSet::new();
    while let Some(key) = waiting.pop() {
        if !reached.insert(key.clone()) {
            continue;
        }
        let Some(node) = snapshots.get(key.as_str()) else { continue };
        for entry in kinds.iter().flat_map(|kind| node.at(&[kind]).entries()) {
            waiting.extend(entry.node.text().map(|version| named(&entry.key, version)));
        }
    }
    reached.iter().map(|key| plain(key).to_owned()).collect()
}

fn package(snapshots: &Snapshots<'_>, entry: &Entry<'_>, shipped: Option<&BTreeSet<String>>) -> Result<Package, BadDocument> {
    let key = plain(&entry.key);
    let bare = if key.starts_with("file:") { entry.node.word("name").map(|name| (name, key)) } else { None };
    let Some((full, version)) = bare.or_else(|| parts(key)) else {
        return Err(BadDocument::new("a package's key is not a name, `@` and a version", Some(entry.key_range())));
    };
    let resolution = entry.node.at(&["resolution"]);
    let full = entry.node.word("name").unwrap_or(full);
    let origin = if path_of(key).is_some() {
        Origin::Local
    } else if resolution.word("tarball").is_some() || resolution.word("commit").is_some() || version.contains("://") {
        Origin::Remote
    } else {
        Origin::Registry
    };
    let version = entry.node.word("version").unwrap_or(version);
    let integrity = match origin {
        Origin::Local => integrity(resolution).or_else(|| Integrity::NotExpected),
        _ => integrity(resolution),
    };
    let scope = match (shipped, entry.node.get("dev").and_then(Node::boolean)) {
        (Some(shipped), _) if shipped.contains(key) => Scope::Runtime,
        (Some(_), _) | (None, Some(true)) => Scope::Development,
        (None, Some(false)) => Scope::Runtime,
        (None, None) => Scope::Unknown,
    };
    let snapshot = snapshots.get(entry.key.as_ref()).copied().unwrap_or(&entry.node);
    // What only optional dependencies need may be left out with all that it needs itself, and pnpm installs without it.
    let is_optional = snapshot.get("optional").and_then(Node::boolean) == Some(true);
    let needs = snapshot.at(&["dependencies"]).entries().iter().filter(|_| !is_optional).filter_map(need).collect();
    let (namespace, name) = split_name(full);
    Ok(Package { namespace, name, version: version.to_owned(), scope, origin, integrity, needs, at: entry.key_range() })
}

/// What binds a package; a runtime such as Node.js has an archive for each platform (`type: variations`).
fn integrity(resolution: &Node<'_>) -> Integrity {
    let of_one = |one: &Node<'_>| {
        Integrity::of_node(one.get("integrity"), digest::subresource).or_else(|| Integrity::of_node(one.get("commit"), digest::commit))
    };
    let variants = resolution.at(&["variants"]).items();
    if variants.is_empty() { of_one(resolution) } else { Integrity::of_each(variants.iter().map(|one| of_one(one.at(&["resolution"])))) }
}

/// `name: 1.0.0`, or `other-name: name@1.0.0`; what is linked from a folder is not locked.
fn need(entry: &Entry<'_>) -> Option<Need> {
    let to = plain(entry.node.text()?);
    if to.starts_with("link:") || to.starts_with("file:") {
        return None;
    }
    let (name, version) = parts(to).unwrap_or((entry.key.as_ref(), to));
    Some(Need { name: name.to_owned(), version: Some(version.to_owned()) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::formats::lockfile::digest::example::SHA512_BASE64;

    #[test]
    fn version_9_tells_development_by_what_the_importers_reach() {
        let text = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      '@a/b':\n        specifier: ^1.0.0\n        version: 1.0.0(peer@2.0.0)\n\
                    \u{20}   devDependencies:\n      tool:\n        specifier: ^3.0.0\n        version: 3.0.0\npackages:\n  '@a/b@1.0.0':\n\
                    \u{20}   resolution: {integrity: sha512-x}\n  deep@1.1.1:\n    resolution: {integrity: sha512-x}\n  tool@3.0.0:\n    resolution: {}\n\
                    snapshots:\n  '@a/b@1.0.0(peer@2.0.0)':\n    dependencies:\n      deep: 1.1.1\n  deep@1.1.1: {}\n  tool@3.0.0: {}\n"
            .replace("sha512-x", &format!("sha512-{SHA512_BASE64}"));
        let found: Vec<_> = read(&text).unwrap().packages.iter().map(|one| (one.full_name(), one.scope, one.integrity.clone())).collect();
        assert_eq!(
            found,
            [
                ("@a/b".to_owned(), Scope::Runtime, Integrity::Bound),
                ("deep".to_owned(), Scope::Runtime, Integrity::Bound),
                ("tool".to_owned(), Scope::Development, Integrity::Missing),
            ]
        );
    }

    #[test]
    fn as_many_snapshots_as_a_file_may_hold_are_looked_up() {
        let count = 40_000;
        let each = |what: &str| (0..count).map(|at| format!("  n{at}@1.0.0: {what}\n")).collect::<String>();
        let text = format!(
            "lockfileVersion: '9.0'\nimporters: {{}}\npackages:\n{}snapshots:\n{}",
            each("{resolution: {}}"),
            each("{dependencies: {a: 1.0.0}}")
        );
        assert_eq!(read(&text).unwrap().packages.iter().map(|package| package.needs.len()).sum::<usize>(), count);
    }

    #[test]
    fn a_runtime_is_bound_where_the_archive_of_each_platform_is() {
        let judged = |second: &str| {
            let text = format!(
                "lockfileVersion: '9.0'\nimporters: {{}}\npackages:\n  node@runtime:26.7.0:\n    resolution:\n      type: variations\n      variants:\n\
                 \u{20}       - resolution: {{integrity: sha512-{SHA512_BASE64}, url: x}}\n        - resolution: {{{second}url: y}}\n    version: 26.7.0\n"
            );
            let package = read(&text).unwrap().packages.remove(0);
            assert_eq!((package.name.as_str(), package.version.as_str()), ("node", "26.7.0"));
            package.integrity
        };
        assert_eq!(judged(&format!("integrity: sha512-{SHA512_BASE64}, ")), Integrity::Bound);
        assert_eq!(judged(""), Integrity::Missing);
    }

    #[test]
    fn what_only_optional_dependencies_need_is_not_asked_for() {
        let needs = |more: &str| {
            let text = format!(
                "lockfileVersion: '9.0'\nimporters: {{}}\npackages:\n  a@1.0.0:\n    resolution: {{}}\nsnapshots:\n  a@1.0.0:\n    dependencies:\n      b: 1.0.0\n{more}"
            );
            read(&text).unwrap().packages[0].needs.len()
        };
        assert_eq!((needs(""), needs("    optional: true\n")), (1, 0));
    }

    #[test]
    fn version_6_marks_development() {
        let text = "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0:\n    resolution: {integrity: sha512-x}\n    dev: true\n";
        let lockfile = read(text).unwrap();
        assert_eq!((lockfile.packages[0].name.as_str(), lockfile.packages[0].scope), ("a", Scope::Development));
        assert!(read("lockfileVersion: 5.4\n").is_err());
    }

    #[test]
    fn a_need_has_the_name_of_what_it_leads_to() {
        let text = "lockfileVersion: '9.0'\nimporters: {}\npackages:\n  a@1.0.0:\n    resolution: {integrity: sha512-x}\nsnapshots:\n  a@1.0.0:\n    \
                    dependencies:\n      alias: '@x/real@2.0.0(peer@1.0.0)'\n      plain: 3.0.0\n      own: link:../own\n";
        let needs: Vec<_> = read(text).unwrap().packages[0].needs.iter().map(|need| (need.name.clone(), need.version.clone())).collect();
        assert_eq!(needs, [("@x/real".to_owned(), Some("2.0.0".to_owned())), ("plain".to_owned(), Some("3.0.0".to_owned()))]);
    }
}
