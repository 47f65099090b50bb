//! `Pipfile.lock`.

use super::{Integrity, Lockfile, Origin, Package, Scope, python_name};
use crate::formats::tree::{self, BadDocument, Syntax};

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    if !root.at(&["_meta"]).is_table() {
        return Err(BadDocument::new("it has no _meta, as a Pipfile.lock has", None));
    }
    let mut packages = Vec::new();
    for (group, scope) in [("default", Scope::Runtime), ("develop", Scope::Development)] {
        for entry in root.at(&[group]).entries() {
            let node = &entry.node;
            let local = node.get("path").is_some() || node.get("file").is_some();
            let commit = node.word("ref").is_some_and(|commit| commit.len() == 40);
            let (origin, bound) = match (local, node.get("git").is_some()) {
                (true, _) => (Origin::Local, true),
                (_, true) => (Origin::Remote, commit),
                _ => (Origin::Registry, !node.at(&["hashes"]).items().is_empty()),
            };
            let version = node.word("version").map(|version| version.trim_start_matches('=').to_owned());
            if version.is_none() && origin == Origin::Registry {
                return Err(super::lacks("version", entry.key_range()));
            }
            let integrity = match (origin, bound) {
                (Origin::Local, _) => Integrity::NotExpected,
                (_, true) => Integrity::Bound,
                (_, false) => Integrity::Missing,
            };
            let version = version.unwrap_or_default();
            let at = entry.key_range();
            packages.push(Package {
                namespace: None,
                name: python_name(&entry.key),
                version,
                scope,
                origin,
                integrity,
                needs: Vec::new(),
                at,
            });
        }
    }
    Ok(Lockfile { tool: "Pipenv", purl_type: "pypi", packages })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn both_groups_are_read() {
        let text = r#"{"_meta": {}, "default": {"Six_x": {"hashes": ["sha256:a"], "version": "==1.16.0"}}, "develop": {"pytest": {"version": "==8.0"}}}"#;
        let found: Vec<_> = read(text).unwrap().packages.into_iter().map(|one| (one.name, one.version, one.scope, one.integrity)).collect();
        assert_eq!(
            found,
            [
                ("six-x".to_owned(), "1.16.0".to_owned(), Scope::Runtime, Integrity::Bound),
                ("pytest".to_owned(), "8.0".to_owned(), Scope::Development, Integrity::Missing),
            ]
        );
    }
}
