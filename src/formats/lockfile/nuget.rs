//! NuGet's `packages.lock.json`: dependencies by target framework, direct, transitive or of the solution.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;

use super::{Claim, Integrity, Lockfile, Need, Origin, Package, Place, Scope, digest};
use crate::formats::tree::{self, BadDocument, Node, Syntax};

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    if !matches!(root.get("version").and_then(Node::integer), Some(1 | 2)) {
        return Err(BadDocument::new("it has no version that is known (1 or 2)", root.get("version").map(Node::range)));
    }
    let mut packages: Vec<Package> = Vec::new();
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for entry in root.at(&["dependencies"]).entries().iter().flat_map(|framework| framework.node.entries()) {
        let node = &entry.node;
        let local = node.word("type") == Some("Project");
        let version = node.word("resolved").unwrap_or_default().to_owned();
        if version.is_empty() && !local {
            return Err(super::lacks("resolved version", entry.key_range()));
        }
        let (origin, integrity) = match local {
            true => (Origin::Local, Integrity::NotExpected),
            false => (Origin::Registry, Integrity::of_node(node.get("contentHash"), digest::content_hash)),
        };
        // The same package stands once for each framework.
        match seen.entry((entry.key.to_lowercase(), version.clone())) {
            MapEntry::Vacant(place) => place.insert(packages.len()),
            MapEntry::Occupied(place) => {
                let earlier = packages.get_mut(*place.get());
                if let Some(earlier) = earlier.filter(|earlier| integrity.is_open() && !earlier.integrity.is_open()) {
                    earlier.integrity = integrity;
                }
                continue;
            }
        };
        let needs = node.at(&["dependencies"]).entries().iter().map(|need| Need { name: need.key.to_string(), version: None }).collect();
        let name = entry.key.to_string();
        packages.push(Package { namespace: None, name, version, scope: Scope::Unknown, origin, integrity, needs, at: entry.key_range() });
    }
    let own = packages.iter().filter(|package| package.origin == Origin::Local);
    let claims = own.map(|package| Claim::of(package, Place::Project)).collect();
    Ok(Lockfile { claims, ..Lockfile::new("NuGet", "nuget", packages) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::formats::lockfile::digest::example::SHA512_BASE64;

    #[test]
    fn each_package_is_read_once() {
        let text = r#"{"version": 1, "dependencies": {"net8.0": {"Serilog": {"type": "Direct", "requested": "[3.1.1, )", "resolved": "3.1.1", "contentHash": "x"}, "own": {"type": "Project"}},
                       "net6.0": {"Serilog": {"type": "Direct", "resolved": "3.1.1", "contentHash": "x"}, "Bare": {"type": "Transitive", "resolved": "1.0.0"}}}}"#
            .replace("\"x\"", &format!("\"{SHA512_BASE64}\""));
        let found: Vec<_> = read(&text).unwrap().packages.into_iter().map(|one| (one.name, one.origin, one.integrity)).collect();
        assert_eq!(
            found,
            [
                ("Serilog".to_owned(), Origin::Registry, Integrity::Bound),
                ("own".to_owned(), Origin::Local, Integrity::NotExpected),
                ("Bare".to_owned(), Origin::Registry, Integrity::Missing),
            ]
        );
        assert!(read("{}").is_err());
    }
}
