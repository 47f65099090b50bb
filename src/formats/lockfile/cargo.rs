//! `Cargo.lock`, versions 1 to 4. It does not say what is for development only.

use super::{Integrity, Lockfile, Need, Origin, Package, Scope, digest};
use crate::formats::tree::{self, BadDocument, Node, Syntax};

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    let packages = root.at(&["package"]).items().iter().map(|entry| package(&root, entry)).collect::<Result<_, _>>()?;
    Ok(Lockfile { tool: "Cargo", purl_type: "cargo", packages })
}

fn package(root: &Node<'_>, entry: &Node<'_>) -> Result<Package, BadDocument> {
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
    let old = || root.at(&["metadata"]).get(&format!("checksum {name} {version} ({source})")).filter(|node| node.text() != Some("<none>"));
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
                    source = \"git+https://example.invalid/g#0123456789012345678901234567890123456789\"\n"
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
    fn a_package_without_a_version_is_refused() {
        assert!(read("[[package]]\nname = \"x\"\n").is_err());
    }
}
