//! `package-lock.json` and `npm-shrinkwrap.json`, versions 2 and 3: the map `packages`, by folder.

use std::collections::BTreeMap;

use super::{Integrity, Lockfile, Need, Origin, Package, Scope, digest, split_name};
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
    let packages = entries.iter().filter_map(|entry| package(entry, &installed).transpose()).collect::<Result<_, _>>()?;
    Ok(Lockfile { tool: "npm", purl_type: "npm", packages })
}

/// The packages by the name of the folder that they are installed in, which an alias or a workspace makes another than their own.
fn installed<'n>(entries: &'n [Entry<'_>]) -> BTreeMap<&'n str, &'n str> {
    let own: BTreeMap<&str, &str> = entries.iter().filter_map(|entry| Some((entry.key.as_ref(), entry.node.word("name")?))).collect();
    let folders = entries.iter().filter_map(|entry| Some((entry, entry.key.rsplit_once("node_modules/")?.1)));
    let named = folders.map(|(entry, folder)| {
        let link = entry.node.word("resolved").filter(|_| entry.node.get("link").and_then(Node::boolean) == Some(true));
        let name = match link {
            Some(to) => own.get(to).copied().unwrap_or(to),
            None => entry.node.word("name").unwrap_or(folder),
        };
        (folder, name)
    });
    named.collect()
}

fn package(entry: &Entry<'_>, installed: &BTreeMap<&str, &str>) -> Result<Option<Package>, BadDocument> {
    let node = &entry.node;
    let flag = |key: &str| node.get(key).and_then(Node::boolean) == Some(true);
    // A link only points at the workspace member that has an entry of its own; what lies in the modules of a folder outside of
    // the lockfile's is installed there, by that folder's own lockfile.
    if flag("link") || (entry.key.starts_with("../") && entry.key.contains("node_modules/")) {
        return Ok(None);
    }
    let folder = entry.key.rsplit_once("node_modules/").map(|(_, name)| name);
    let local = folder.is_none();
    let Some(full) = node.word("name").or(folder).or(local.then_some(entry.key.as_ref())).filter(|name| !name.is_empty()) else {
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
        Origin::Local => Integrity::NotExpected,
        _ => Integrity::of_node(node.get("integrity"), digest::subresource).or_else(|| match origin {
            // The package that brings it along is bound with it.
            _ if flag("inBundle") => Integrity::Bound,
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
        assert_eq!(found[3], ("packages/ws".to_owned(), "0.1.0", Scope::Runtime, Origin::Local, Integrity::NotExpected));
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
