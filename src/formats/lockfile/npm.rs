//! `package-lock.json` and `npm-shrinkwrap.json`, versions 2 and 3: the map `packages`, by folder.

use std::collections::{BTreeMap, BTreeSet};

use super::{Claim, Integrity, Lockfile, Need, Origin, Package, Place, Scope, digest, split_name};
use crate::formats::tree::{self, BadDocument, Entry, Node, Syntax};

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    let version = root.get("lockfileVersion");
    match version.and_then(Node::integer) {
        Some(2 | 3) => {}
        Some(1) => {
            let message =
                "it is of lockfile version 1, which npm 7 and later replace: run `npm install --package-lock-only` with a current npm";
            return Err(BadDocument::new(message, version.map(Node::range)));
        }
        _ => return Err(BadDocument::new("it has no lockfileVersion that is known (2 or 3)", version.map(Node::range))),
    }
    let entries = root.at(&["packages"]).entries();
    let installed = installed(entries);
    let bundlers = bundlers(entries);
    let packages = entries.iter().filter_map(|entry| package(entry, &installed, &bundlers).transpose()).collect::<Result<_, _>>()?;
    let claims = entries.iter().filter_map(claim).collect();
    Ok(Lockfile { claims, ..Lockfile::new("npm", "npm", packages) })
}

/// The packages by the name of the folder that they are installed in, which an alias or a workspace makes another than their own.
fn installed<'n>(entries: &'n [Entry<'_>]) -> BTreeMap<&'n str, &'n str> {
    let own: BTreeMap<&str, &str> = entries.iter().filter_map(|entry| Some((entry.key.as_ref(), entry.node.word("name")?))).collect();
    let folders = entries.iter().filter_map(|entry| Some((entry, entry.key.rsplit_once("node_modules/")?.1)));
    let named = folders.map(|(entry, folder)| {
        let link = entry.node.word("resolved").filter(|_| entry.node.get("link").and_then(Node::boolean) == Some(true));
        let name = match link {
            Some(to) => own.get(to).copied().unwrap_or_else(|| name_of_folder(to)),
            None => entry.node.word("name").unwrap_or(folder),
        };
        (folder, name)
    });
    named.collect()
}

/// The name of a package in a folder, which npm leaves out where it is the folder's own: with the folder above where that is a scope.
fn name_of_folder(path: &str) -> &str {
    let mut separators = path.match_indices('/').map(|(at, _)| at + 1).rev();
    let last = separators.next().unwrap_or_default();
    let above = path.get(separators.next().unwrap_or_default()..).unwrap_or_default();
    if last > 0 && above.starts_with('@') { above } else { path.get(last..).unwrap_or_default() }
}

/// The packages that bring others along and are bound to their bytes, by their folders.
fn bundlers<'n>(entries: &'n [Entry<'_>]) -> BTreeSet<&'n str> {
    let brings = |node: &Node<'_>| {
        let list = node.get("bundleDependencies").or(node.get("bundledDependencies"));
        list.is_some_and(|list| list.boolean() == Some(true) || !list.items().is_empty())
    };
    let bound = |node: &Node<'_>| Integrity::of_node(node.get("integrity"), digest::subresource) == Integrity::Bound;
    entries.iter().filter(|entry| brings(&entry.node) && bound(&entry.node)).map(|entry| entry.key.as_ref()).collect()
}

/// Whether a package stands below one that brings it along.
fn is_brought(folder: &str, bundlers: &BTreeSet<&str>) -> bool {
    let above = folder.match_indices("/node_modules/").filter_map(|(at, _)| folder.get(..at));
    above.into_iter().any(|above| bundlers.contains(above))
}

/// What only the tree can show: a workspace, what a link leads to, and what is packed from a folder or an archive.
fn claim(entry: &Entry<'_>) -> Option<Claim> {
    let (node, folder) = (&entry.node, entry.key.as_ref());
    let resolved = node.word("resolved").unwrap_or_default();
    let is_link = node.get("link").and_then(Node::boolean) == Some(true);
    let is_installed = folder.contains("node_modules/");
    let path = match resolved.strip_prefix("file:") {
        _ if is_link => resolved.strip_prefix("file:").unwrap_or(resolved),
        // An archive that has a digest may come from anywhere.
        Some(path) if is_installed && node.get("integrity").is_none_or(Node::is_null) => path,
        _ if !is_installed && !folder.is_empty() => folder,
        _ => return None,
    };
    let name =
        node.word("name").unwrap_or_else(|| folder.rsplit_once("node_modules/").map_or_else(|| name_of_folder(folder), |(_, name)| name));
    let what = format!("{name} {}", node.word("version").unwrap_or_default()).trim_end().to_owned();
    Some(Claim { name: name.to_owned(), what, place: Place::of_javascript(path), at: entry.key_range() })
}

fn package(entry: &Entry<'_>, installed: &BTreeMap<&str, &str>, bundlers: &BTreeSet<&str>) -> Result<Option<Package>, BadDocument> {
    let node = &entry.node;
    let flag = |key: &str| node.get(key).and_then(Node::boolean) == Some(true);
    // A link only points at the workspace member that has an entry of its own; what lies in the modules of a folder outside of
    // the lockfile's is installed there, by that folder's own lockfile.
    if flag("link") || (entry.key.starts_with("../") && entry.key.contains("node_modules/")) {
        return Ok(None);
    }
    let folder = entry.key.rsplit_once("node_modules/").map(|(_, name)| name);
    let local = folder.is_none();
    let Some(full) = node.word("name").or(folder).or(local.then(|| name_of_folder(&entry.key))).filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    let version = node.word("version").unwrap_or_default().to_owned();
    if version.is_empty() && !local {
        return Err(super::lacks("version", entry.key_range()));
    }
    let resolved = node.word("resolved").unwrap_or_default();
    let origin = match resolved {
        _ if local || resolved.starts_with("file:") => Origin::Local,
        _ if resolved.starts_with("git") || resolved.contains("codeload.") => Origin::Remote,
        _ => Origin::Registry,
    };
    let integrity = match origin {
        Origin::Local => Integrity::of_node(node.get("integrity"), digest::subresource).or_else(|| Integrity::NotExpected),
        _ => Integrity::of_node(node.get("integrity"), digest::subresource).or_else(|| match origin {
            // The package that brings it along is bound with it.
            _ if flag("inBundle") && is_brought(&entry.key, bundlers) => Integrity::Bound,
            Origin::Remote => Integrity::of_fragment(resolved, node.at(&["resolved"]).range(), digest::commit),
            _ => Integrity::Missing,
        }),
    };
    let scope = if flag("dev") || flag("devOptional") { Scope::Development } else { Scope::Runtime };
    // Optional ones may be left out, on any platform.
    let optional = node.at(&["optionalDependencies"]).by_key();
    let needs = node.at(&["dependencies"]).entries().iter().filter(|need| !optional.contains_key(need.key.as_ref()));
    let needs = needs.map(|need| {
        let name = installed.get(need.key.as_ref()).copied().unwrap_or(need.key.as_ref());
        Need { name: name.to_owned(), version: None }
    });
    let (namespace, name) = split_name(full);
    Ok(Some(Package { namespace, name, version, scope, origin, integrity, needs: needs.collect(), at: entry.key_range() }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::formats::lockfile::digest::example::SHA512_BASE64;

    const SAMPLE: &str = r#"{
  "name": "widget", "version": "1.0.0", "lockfileVersion": 3,
  "packages": {
    "": { "name": "widget", "version": "1.0.0", "dependencies": { "@acme/a": "^1.0.0" } },
    "node_modules/@acme/a": { "version": "1.0.1", "resolved": "https://registry.example.invalid/a.tgz", "integrity": "sha512-O7Eu2jwpjbXeJVl/VNkk8uF+eKJq2JU+2CGO5oLwu76QIeLzAJ0VLJEb8fJexoOpAnFBZnZ6+9jlvQ+wEk7Lig==" },
    "node_modules/@acme/a/node_modules/b": { "version": "2.0.0", "resolved": "https://registry.example.invalid/b.tgz", "dev": true },
    "node_modules/ws": { "resolved": "packages/ws", "link": true },
    "../lib/node_modules/c": { "version": "3.0.0" },
    "packages/ws": { "version": "0.1.0" }
  }
}"#;

    #[test]
    fn packages_have_scope_origin_and_digest() {
        let lockfile = read(SAMPLE).unwrap();
        let found: Vec<_> = lockfile
            .packages
            .iter()
            .map(|one| (one.full_name(), one.version.as_str(), one.scope, one.origin, one.integrity.clone()))
            .collect();
        assert_eq!(found[1], ("@acme/a".to_owned(), "1.0.1", Scope::Runtime, Origin::Registry, Integrity::Bound));
        assert_eq!(found[2], ("b".to_owned(), "2.0.0", Scope::Development, Origin::Registry, Integrity::Missing));
        assert_eq!(found[3], ("ws".to_owned(), "0.1.0", Scope::Runtime, Origin::Local, Integrity::NotExpected));
        assert_eq!(found.len(), 4);
        assert_eq!(SAMPLE.get(lockfile.packages[1].at.clone()), Some("\"node_modules/@acme/a\""));
    }

    #[test]
    fn as_many_optional_dependencies_as_a_file_may_hold_are_looked_up() {
        let names = |from: usize| (from..from + 40_000).map(|at| format!("\"n{at}\": \"1\"")).collect::<Vec<_>>().join(", ");
        let text = format!(
            r#"{{"lockfileVersion": 3, "packages": {{"": {{"name": "own", "dependencies": {{{}}}, "optionalDependencies": {{{}}}}}}}}}"#,
            names(0),
            names(20_000)
        );
        assert_eq!(read(&text).unwrap().packages[0].needs.len(), 20_000);
    }

    #[test]
    fn what_is_brought_along_is_bound_with_a_package_that_is() {
        let judged = |bundler: &str, path: &str| {
            let text = format!(
                r#"{{"lockfileVersion": 3, "packages": {{"node_modules/a": {{"version": "1.0.0", {bundler}}}, "{path}": {{"version": "2.0.0", "inBundle": true}}}}}}"#
            )
            .replace("DIGEST", &format!("sha512-{SHA512_BASE64}"));
            read(&text).unwrap().packages[1].integrity.clone()
        };
        let good = r#""integrity": "DIGEST", "bundleDependencies": ["b"]"#;
        assert_eq!(judged(good, "node_modules/a/node_modules/b"), Integrity::Bound);
        assert_eq!(judged(good, "node_modules/a/node_modules/b/node_modules/@c/d"), Integrity::Bound);
        for (bundler, path) in [
            (good, "node_modules/b"),
            (good, "node_modules/ab/node_modules/b"),
            (r#""integrity": "DIGEST""#, "node_modules/a/node_modules/b"),
            (r#""bundleDependencies": ["b"]"#, "node_modules/a/node_modules/b"),
        ] {
            assert_eq!(judged(bundler, path), Integrity::Missing, "{bundler} {path}");
        }
    }

    #[test]
    fn what_lies_in_the_tree_is_claimed_with_its_place() {
        let text = r#"{"lockfileVersion": 3, "packages": {
            "": {"name": "own", "version": "1.0.0"},
            "node_modules/ws": {"resolved": "packages/ws", "link": true},
            "packages/ws": {"version": "0.1.0"},
            "node_modules/packed": {"version": "1.0.0", "resolved": "file:vendor/packed.tgz"},
            "node_modules/bound": {"version": "1.0.0", "resolved": "file:vendor/bound.tgz", "integrity": "DIGEST"}}}"#
            .replace("DIGEST", &format!("sha512-{SHA512_BASE64}"));
        let lockfile = read(&text).unwrap();
        let claims: Vec<_> = lockfile.claims.iter().map(|claim| (claim.what.as_str(), claim.place.clone())).collect();
        let at = Place::of_javascript;
        assert_eq!(claims, [("ws", at("packages/ws")), ("ws 0.1.0", at("packages/ws")), ("packed 1.0.0", at("vendor/packed.tgz"))]);
        assert_eq!(lockfile.packages.last().unwrap().integrity, Integrity::Bound);
    }

    #[test]
    fn a_folder_gives_its_name_and_its_scope() {
        for (path, name) in
            [("packages/ws", "ws"), ("ws", "ws"), ("packages/@acme/ws", "@acme/ws"), ("@acme/ws", "@acme/ws"), ("../lib", "lib")]
        {
            assert_eq!(name_of_folder(path), name, "{path}");
        }
    }

    #[test]
    fn version_1_is_refused_by_name() {
        assert!(read(r#"{"lockfileVersion": 1, "dependencies": {}}"#).unwrap_err().message.contains("version 1"));
    }

    #[test]
    fn a_need_has_the_name_of_what_is_installed_for_it() {
        let text = r#"{"lockfileVersion": 3, "packages": {
            "": {"name": "own", "dependencies": {"alias": "npm:real@1", "member": "*", "gone": "1"}, "optionalDependencies": {"maybe": "1"}},
            "node_modules/alias": {"name": "real", "version": "1.0.0", "integrity": "sha1-AA=="},
            "node_modules/member": {"resolved": "packages/member", "link": true},
            "packages/member": {"name": "@own/member", "version": "1.0.0"}}}"#;
        let needs: Vec<_> = read(text).unwrap().packages[0].needs.iter().map(|need| need.name.clone()).collect();
        assert_eq!(needs, ["real", "@own/member", "gone"]);
    }
}
