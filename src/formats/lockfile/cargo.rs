//! `Cargo.lock`, versions 1 to 4. It does not say what is for development only.

use std::collections::HashMap;

use super::{Claim, Integrity, Lockfile, Need, Origin, Package, Place, Scope, digest};
use crate::formats::tree::{self, BadDocument, Node, Syntax};

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    let old = root.at(&["metadata"]).by_key();
    let packages = root.at(&["package"]).items().iter().map(|entry| package(&old, entry)).collect::<Result<Vec<_>, _>>()?;
    let own = packages.iter().filter(|package| package.origin == Origin::Local);
    let claims = own.map(|package| Claim::of(package, Place::Named { file: "Cargo.toml", package: package.name.clone() })).collect();
    Ok(Lockfile { claims, ..Lockfile::new("Cargo", "cargo", packages) })
}

fn package(old: &HashMap<&str, &Node<'_>>, entry: &Node<'_>) -> Result<Package, BadDocument> {
    let word = |key: &str| entry.word(key).map(str::to_owned);
    let (Some(name), Some(version)) = (word("name"), word("version")) else {
        return Err(BadDocument::new("a package has no name or no version", Some(entry.range())));
    };
    let source = entry.word("source").unwrap_or_default();
    let origin = match source {
        "" => Origin::Local,
        _ if source.starts_with("registry+") || source.starts_with("sparse+") => Origin::Registry,
        _ => Origin::Remote,
    };
    // Versions 1 and 2 kept the digests in a table of their own, with `<none>` for what has none.
    let old = || {
        let checksum = old.get(format!("checksum {name} {version} ({source})").as_str()).copied();
        checksum.filter(|node| node.text() != Some("<none>"))
    };
    let integrity = match origin {
        Origin::Local => Integrity::NotExpected,
        Origin::Registry => Integrity::of_node(entry.get("checksum").or_else(old), digest::sha256),
        Origin::Remote => Integrity::of_fragment(source, entry.at(&["source"]).range(), digest::commit),
    };
    let at = entry.get("name").map_or(entry.range(), Node::range);
    let needs = entry.at(&["dependencies"]).items().iter().filter_map(|item| item.text()).map(need).collect();
    Ok(Package { namespace: None, name, version, scope: Scope::Unknown, origin, integrity, needs, at })
}

/// `name`, `name version` or `name version (source)`.
fn need(text: &str) -> Need {
    let mut words = text.split(' ');
    Need { name: words.next().unwrap_or_default().to_owned(), version: words.next().map(str::to_owned) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::formats::lockfile::digest::example::SHA256;

    #[test]
    fn each_source_tells_what_to_expect() {
        let text = format!(
            "version = 4\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.0\"\n\
                    source = \"registry+https://example.invalid/index\"\nchecksum = \"{SHA256}\"\n\n[[package]]\nname = \"bare\"\nversion = \"1.0.0\"\n\
                    source = \"registry+https://example.invalid/index\"\n\n[[package]]\nname = \"g\"\nversion = \"1.0.0\"\n\
                    source = \"git+https://example.invalid/g#c3499c2729730a7f807efb8676a92dcb6f8a3f8f\"\n"
        );
        let lockfile = read(&text).unwrap();
        let found: Vec<_> =
            lockfile.packages.iter().map(|package| (package.name.as_str(), package.origin, package.integrity.clone())).collect();
        assert_eq!(
            found,
            [
                ("own", Origin::Local, Integrity::NotExpected),
                ("serde", Origin::Registry, Integrity::Bound),
                ("bare", Origin::Registry, Integrity::Missing),
                ("g", Origin::Remote, Integrity::Bound),
            ]
        );
        assert_eq!(text.get(lockfile.packages[1].at.clone()), Some("\"serde\""));
    }

    #[test]
    fn as_many_digests_of_version_1_as_a_file_may_hold_are_looked_up() {
        let count = 40_000;
        let packages: String =
            (0..count).map(|at| format!("[[package]]\nname = \"n{at}\"\nversion = \"1.0.0\"\nsource = \"registry+https://x\"\n")).collect();
        let digests: String = (0..count).map(|at| format!("\"checksum n{at} 1.0.0 (registry+https://x)\" = \"{SHA256}\"\n")).collect();
        let lockfile = read(&format!("{packages}[metadata]\n{digests}")).unwrap();
        assert_eq!(lockfile.packages.iter().filter(|package| package.integrity == Integrity::Bound).count(), count);
    }

    #[test]
    fn a_package_without_a_version_is_refused() {
        assert!(read("[[package]]\nname = \"x\"\n").is_err());
    }
}
