//! `yarn.lock`: the grammar of version 1, and the YAML of later versions ("berry"). Neither says what is for development.

use super::{Claim, Integrity, Lockfile, Need, Origin, Package, Place, Scope, digest, split_name};
use crate::formats::tree::{self, BadDocument, Entry, Node, Syntax};

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let berry = text.lines().any(|line| line.starts_with("__metadata:"));
    let packages = if berry { berry_packages(text)? } else { classic_packages(text)? };
    let own = packages.iter().filter(|(package, _)| package.origin == Origin::Local);
    let claims = own.map(|(package, path)| Claim::of(package, Place::of_javascript(path))).collect();
    let packages = packages.into_iter().map(|(package, _)| package).collect();
    Ok(Lockfile { claims, ..Lockfile::new("Yarn", "npm", packages) })
}

/// What a descriptor leads to in the project: a workspace, a folder or an archive. What berry binds it to follows behind `::`.
fn path_of(descriptor: &str) -> Option<&str> {
    let kinds = ["@workspace:", "@link:", "@portal:", "@file:"];
    let path = kinds.iter().find_map(|kind| descriptor.split_once(kind)).map(|(_, path)| path)?;
    path.split(['#', '?']).next()?.split("::").next()
}

/// The name in `@scope/name@npm:^1.0.0` or `name@^1.0.0`.
fn name_of(descriptor: &str) -> &str {
    let from = usize::from(descriptor.starts_with('@'));
    match descriptor.get(from..).and_then(|rest| rest.find('@')) {
        Some(at) => descriptor.get(..from + at).unwrap_or(descriptor),
        None => descriptor,
    }
}

/// A package, and where it stands if it is the project's own.
type Placed = (Package, String);

fn berry_packages(text: &str) -> Result<Vec<Placed>, BadDocument> {
    let root = tree::read(Syntax::Yaml, text)?;
    root.entries().iter().filter(|entry| entry.key != "__metadata").map(berry).collect()
}

fn berry(entry: &Entry<'_>) -> Result<Placed, BadDocument> {
    let node = &entry.node;
    let version = node.get("version").and_then(Node::scalar).ok_or_else(|| super::lacks("version", entry.key_range()))?;
    let resolution = node.word("resolution").unwrap_or(&entry.key);
    let origin = match resolution {
        _ if resolution.contains("@workspace:") || resolution.contains("@link:") || resolution.contains("@portal:") => Origin::Local,
        _ if resolution.contains("@npm:") || resolution.contains("@patch:") => Origin::Registry,
        _ => Origin::Remote,
    };
    let at = || node.get("resolution").map_or(entry.key_range(), Node::range);
    let commit = resolution.rsplit_once("commit=").map(|(_, commit)| commit.split(['&', ':']).next().unwrap_or_default());
    let integrity = match origin {
        Origin::Local => Integrity::NotExpected,
        _ => Integrity::of_node(node.get("checksum"), digest::yarn_cache).or_else(|| match commit {
            // What only another platform needs was not fetched, so its checksum is not known.
            _ if node.get("conditions").is_some() => Integrity::NotExpected,
            Some(commit) => Integrity::of(commit, at(), digest::commit),
            None => Integrity::Missing,
        }),
    };
    let needs = node.at(&["dependencies"]).entries().iter().map(|need| Need { name: need.key.to_string(), version: None }).collect();
    let (namespace, name) = split_name(name_of(resolution));
    let (version, at) = (version.into_owned(), entry.key_range());
    let package = Package { namespace, name, version, scope: Scope::Unknown, origin, integrity, needs, at };
    Ok((package, path_of(resolution).unwrap_or_default().to_owned()))
}

fn classic_packages(text: &str) -> Result<Vec<Placed>, BadDocument> {
    let mut packages: Vec<Placed> = Vec::new();
    let mut inside = "";
    let mut by_integrity = false;
    for (at, line) in super::lines(text) {
        let content = line.trim();
        let depth = line.len() - line.trim_start().len();
        let value = |key: &str| content.strip_prefix(key).map(|rest| rest.trim().trim_matches('"').to_owned());
        match (depth, packages.last_mut().map(|(package, _)| package)) {
            _ if content.is_empty() || content.starts_with('#') => {}
            (0, _) => {
                let first = content.trim_end_matches(':').split(',').next().unwrap_or_default().trim().trim_matches('"');
                let (namespace, name) = split_name(name_of(first));
                let local = ["@file:", "@link:"].iter().any(|mark| first.contains(mark));
                let origin = if local { Origin::Local } else { Origin::Registry };
                let integrity = if local { Integrity::NotExpected } else { Integrity::Missing };
                inside = "";
                by_integrity = false;
                let (version, needs) = (String::new(), Vec::new());
                let package = Package { namespace, name, version, scope: Scope::Unknown, origin, integrity, needs, at };
                packages.push((package, path_of(first).unwrap_or_default().to_owned()));
            }
            (_, None) => return Err(BadDocument::new("a line belongs to no package", Some(at))),
            (2, Some(package)) => {
                inside = content.trim_end_matches(':');
                if let Some(version) = value("version ") {
                    package.version = version;
                } else if package.origin == Origin::Local {
                    continue;
                } else if let Some(recorded) = value("integrity ") {
                    (package.integrity, by_integrity) = (Integrity::of(&recorded, at, digest::subresource), true);
                } else if let Some(resolved) = value("resolved ") {
                    if resolved.starts_with("git") || resolved.contains("codeload.") {
                        package.origin = Origin::Remote;
                    }
                    // Before integrity lines came, the address carried the digest.
                    let is_git = package.origin == Origin::Remote || resolved.contains(".git#");
                    let form = if is_git { digest::commit } else { digest::sha1 };
                    if !by_integrity {
                        package.integrity = Integrity::of_fragment(&resolved, at, form);
                    }
                }
            }
            (_, Some(package)) if inside == "dependencies" || inside == "optionalDependencies" => {
                let name = content.split_once(' ').map_or(content, |(name, _)| name).trim_matches('"');
                package.needs.push(Need { name: name.to_owned(), version: None });
            }
            _ => {}
        }
    }
    match packages.iter().find(|(package, _)| package.version.is_empty()) {
        Some((package, _)) => Err(super::lacks("version", package.at.clone())),
        None => Ok(packages),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::formats::lockfile::digest::example::{SHA512, SHA512_BASE64};

    fn found(text: &str) -> Vec<(String, String, Origin, Integrity)> {
        read(text).unwrap().packages.into_iter().map(|one| (one.full_name(), one.version, one.origin, one.integrity)).collect()
    }

    #[test]
    fn the_classic_grammar_is_read() {
        let text = "# yarn lockfile v1\n\n\n\"@babel/core@^7.0.0\", \"@babel/core@^7.1.0\":\n  version \"7.1.2\"\n  resolved \"https://registry.example.invalid/core.tgz#abc\"\n\
                    \u{20} integrity sha512-x\n  dependencies:\n    left-pad \"^1.0.0\"\n\nleft-pad@^1.0.0:\n  version \"1.3.0\"\n  resolved \"https://registry.example.invalid/l.tgz#5b8a3a7765dfe001261dde915589e782f8c94d1e\"\n\nbare@1:\n  version \"1.0.0\"\n"
            .replace("sha512-x", &format!("sha512-{SHA512_BASE64}"));
        assert_eq!(
            found(&text),
            [
                ("@babel/core".to_owned(), "7.1.2".to_owned(), Origin::Registry, Integrity::Bound),
                ("left-pad".to_owned(), "1.3.0".to_owned(), Origin::Registry, Integrity::Bound),
                ("bare".to_owned(), "1.0.0".to_owned(), Origin::Registry, Integrity::Missing),
            ]
        );
        assert_eq!(read(&text).unwrap().packages.first().unwrap().needs.first().unwrap().name, "left-pad");
    }

    #[test]
    fn berry_is_read() {
        let text = "__metadata:\n  version: 8\n\n\"@a/b@npm:^1.0.0\":\n  version: 1.0.2\n  resolution: \"@a/b@npm:1.0.2\"\n  checksum: 10c0/ab\n\n\
                    \"@e/aix@npm:1.0.0\":\n  version: 1.0.0\n  resolution: \"@e/aix@npm:1.0.0\"\n  conditions: os=aix & cpu=ppc64\n\n\
                    \"own@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"own@workspace:.\"\n"
            .replace("10c0/ab", &format!("10c0/{SHA512}"));
        assert_eq!(
            found(&text),
            [
                ("@a/b".to_owned(), "1.0.2".to_owned(), Origin::Registry, Integrity::Bound),
                ("@e/aix".to_owned(), "1.0.0".to_owned(), Origin::Registry, Integrity::NotExpected),
                ("own".to_owned(), "0.0.0-use.local".to_owned(), Origin::Local, Integrity::NotExpected),
            ]
        );
    }

    #[test]
    fn a_package_without_a_version_is_refused() {
        assert!(read("a@1:\n  resolved \"x\"\n").is_err());
        assert!(read("  version \"1\"\n").is_err());
    }
}
