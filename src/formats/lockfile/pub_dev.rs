//! `pubspec.lock` of Dart and Flutter. It names direct development dependencies; what only they need is not marked.

use super::{Claim, Integrity, Lockfile, Origin, Package, Place, Scope, digest};
use crate::formats::tree::{self, BadDocument, Entry, Node, Syntax};

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Yaml, text)?;
    if root.get("packages").is_none() {
        return Err(BadDocument::new("it has no `packages`, as a pubspec.lock has", None));
    }
    let entries = root.at(&["packages"]).entries();
    let packages = entries.iter().map(package).collect::<Result<Vec<_>, _>>()?;
    let own = packages.iter().zip(entries).filter(|(_, entry)| entry.node.word("source") == Some("path"));
    let claims = own.map(|(package, entry)| {
        let path = entry.node.at(&["description"]).word("path").unwrap_or_default();
        Claim::of(package, Place::of_manifest(path, "pubspec.yaml"))
    });
    let claims = claims.collect();
    Ok(Lockfile { claims, ..Lockfile::new("pub", "pub", packages) })
}

fn package(entry: &Entry<'_>) -> Result<Package, BadDocument> {
    let node = &entry.node;
    let version = node.get("version").and_then(Node::scalar).ok_or_else(|| super::lacks("version", entry.key_range()))?.into_owned();
    let description = node.at(&["description"]);
    let (origin, integrity) = match node.word("source") {
        Some("path" | "sdk") => (Origin::Local, Integrity::NotExpected),
        Some("git") => (Origin::Remote, Integrity::of_node(description.get("resolved-ref"), digest::commit)),
        _ => (Origin::Registry, Integrity::of_node(description.get("sha256"), digest::sha256)),
    };
    let scope = match node.word("dependency") {
        Some("direct main" | "direct overridden") => Scope::Runtime,
        Some("direct dev") => Scope::Development,
        _ => Scope::Unknown,
    };
    let name = entry.key.to_string();
    Ok(Package { namespace: None, name, version, scope, origin, integrity, needs: Vec::new(), at: entry.key_range() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::formats::lockfile::digest::example::SHA256;

    #[test]
    fn sources_and_scopes_are_read() {
        let text = "packages:\n  http:\n    dependency: \"direct main\"\n    description:\n      name: http\n      sha256: aa\n    source: hosted\n    version: \"1.1.0\"\n\
                    \u{20} flutter:\n    dependency: \"direct main\"\n    source: sdk\n    version: \"0.0.0\"\n  lints:\n    dependency: \"direct dev\"\n    description: {name: lints}\n    source: hosted\n    version: \"2.1.1\"\n"
            .replace("sha256: aa", &format!("sha256: {SHA256}"));
        let found: Vec<_> = read(&text).unwrap().packages.into_iter().map(|one| (one.name, one.scope, one.origin, one.integrity)).collect();
        assert_eq!(
            found,
            [
                ("http".to_owned(), Scope::Runtime, Origin::Registry, Integrity::Bound),
                ("flutter".to_owned(), Scope::Runtime, Origin::Local, Integrity::NotExpected),
                ("lints".to_owned(), Scope::Development, Origin::Registry, Integrity::Missing),
            ]
        );
        assert!(read("sdks: {}\n").is_err());
    }
}
