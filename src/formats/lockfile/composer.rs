//! `composer.lock`.

use super::{Claim, Integrity, Lockfile, Need, Origin, Package, Place, Scope, digest, split_name};
use crate::formats::tree::{self, BadDocument, Node, Syntax};

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    if !root.at(&["packages"]).is_list() {
        return Err(BadDocument::new("it has no list `packages`, as a composer.lock has", None));
    }
    let groups = [("packages", Scope::Runtime), ("packages-dev", Scope::Development)];
    let entries = groups.iter().flat_map(|(group, scope)| root.at(&[group]).items().iter().map(|entry| (entry, *scope)));
    let packages = entries.clone().map(|(entry, scope)| package(entry, scope)).collect::<Result<Vec<_>, _>>()?;
    let own = packages.iter().zip(entries).filter(|(package, _)| package.origin == Origin::Local);
    let claims = own.map(|(package, (entry, _))| {
        let path = entry.at(&["dist"]).word("url").unwrap_or_default();
        Claim::of(package, Place::of_manifest(path, "composer.json"))
    });
    let claims = claims.collect();
    Ok(Lockfile { claims, ..Lockfile::new("Composer", "composer", packages) })
}

fn package(entry: &Node<'_>, scope: Scope) -> Result<Package, BadDocument> {
    let Some(full) = entry.word("name") else { return Err(super::lacks("name", entry.range())) };
    let Some(version) = entry.word("version") else { return Err(super::lacks("version", entry.range())) };
    let dist = entry.at(&["dist"]);
    let (origin, integrity) = match dist.word("type") {
        Some("path") => (Origin::Local, Integrity::NotExpected),
        // Most registries' archives have no digest; the commit they were made from binds them.
        _ => (Origin::Registry, Integrity::of_node(dist.get("shasum"), digest::sha1).or_else(|| by_commit(entry))),
    };
    let is_package = |name: &str| name.contains('/');
    let needs = entry.at(&["require"]).entries().iter().filter(|need| is_package(&need.key));
    let needs = needs.map(|need| Need { name: need.key.to_string(), version: None }).collect();
    let (namespace, name) = split_name(full);
    let at = entry.get("name").map_or(entry.range(), Node::range);
    Ok(Package { namespace, name, version: version.trim_start_matches('v').to_owned(), scope, origin, integrity, needs, at })
}

/// A reference may also be a revision of another tool, or a tag: only git's must be a commit id.
fn by_commit(entry: &Node<'_>) -> Integrity {
    let (dist, source) = (entry.at(&["dist"]), entry.at(&["source"]));
    let is_commit = |from: &Node<'_>| from.word("reference").is_some_and(|reference| digest::commit(reference).is_ok());
    match [dist, source].iter().any(|from| is_commit(from)) {
        true => Integrity::Bound,
        false if source.word("type") == Some("git") => Integrity::of_node(source.get("reference"), digest::commit),
        false => Integrity::Missing,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn both_groups_are_read() {
        let text = r#"{"packages": [{"name": "monolog/monolog", "version": "v3.5.0", "dist": {"type": "zip", "reference": "c3499c2729730a7f807efb8676a92dcb6f8a3f8f", "shasum": ""}}],
                       "packages-dev": [{"name": "a/b", "version": "1.0", "dist": {"type": "zip", "shasum": ""}}]}"#;
        let found: Vec<_> =
            read(text).unwrap().packages.into_iter().map(|one| (one.full_name(), one.version, one.scope, one.integrity)).collect();
        assert_eq!(
            found,
            [
                ("monolog/monolog".to_owned(), "3.5.0".to_owned(), Scope::Runtime, Integrity::Bound),
                ("a/b".to_owned(), "1.0".to_owned(), Scope::Development, Integrity::Missing),
            ]
        );
        assert!(read("{}").is_err());
    }
}
