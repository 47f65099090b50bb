//! `Package.resolved` of the Swift Package Manager, versions 1 to 3. A pin's commit binds its source.

use super::{Integrity, Lockfile, Origin, Package, Scope, digest, split_name};
use crate::formats::tree::{self, BadDocument, Node, Syntax};

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    let pins = match root.get("version").and_then(Node::integer) {
        Some(1) => root.at(&["object", "pins"]),
        Some(2 | 3) => root.at(&["pins"]),
        _ => return Err(BadDocument::new("it has no version that is known (1 to 3)", root.get("version").map(Node::range))),
    };
    let packages = pins.items().iter().map(package).collect::<Result<_, _>>()?;
    Ok(Lockfile::new("SwiftPM", "swift", packages))
}

fn package(pin: &Node<'_>) -> Result<Package, BadDocument> {
    let Some(address) = pin.word("location").or(pin.word("repositoryURL")) else { return Err(super::lacks("location", pin.range())) };
    let state = pin.at(&["state"]);
    let commit = state.word("revision");
    let version = state.word("version").or(commit).unwrap_or_default().to_owned();
    let (origin, integrity) = match pin.word("kind") {
        // What is on the same machine is bound by its commit, too.
        Some("localSourceControl" | "fileSystem") => (Origin::Remote, Integrity::of_node(state.get("revision"), digest::commit)),
        // A registry's package is bound by the fingerprint that the tool keeps elsewhere.
        Some("registry") => (Origin::Registry, Integrity::NotExpected),
        _ => (Origin::Registry, Integrity::of_node(state.get("revision"), digest::commit)),
    };
    // A package URL of type swift is the address without its scheme: host, owner, name.
    let full = address.split_once("://").map_or(address, |(_, rest)| rest).trim_start_matches("git@").replace(':', "/");
    let (namespace, name) = split_name(full.trim_end_matches('/').trim_end_matches(".git"));
    Ok(Package { namespace, name, version, scope: Scope::Unknown, origin, integrity, needs: Vec::new(), at: pin.range() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_version_gives_the_same() {
        let state = r#""state": {"revision": "c3499c2729730a7f807efb8676a92dcb6f8a3f8f", "version": "1.2.3"}"#;
        let one = format!(
            r#"{{"version": 1, "object": {{"pins": [{{"package": "log", "repositoryURL": "https://example.invalid/apple/log.git", {state}}}]}}}}"#
        );
        let two = format!(
            r#"{{"version": 2, "pins": [{{"identity": "log", "kind": "remoteSourceControl", "location": "https://example.invalid/apple/log.git", {state}}}]}}"#
        );
        for text in [one, two] {
            let lockfile = read(&text).unwrap();
            let package = lockfile.packages.first().unwrap();
            assert_eq!((package.full_name().as_str(), package.version.as_str()), ("example.invalid/apple/log", "1.2.3"));
            assert_eq!(package.integrity, Integrity::Bound);
        }
        assert!(read("{\"version\": 9}").is_err());
    }
}
