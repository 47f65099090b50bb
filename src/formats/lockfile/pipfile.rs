//! `Pipfile.lock`.

use super::{Claim, Integrity, Lockfile, Origin, Package, Place, Scope, digest, python_name};
use crate::formats::tree::{self, BadDocument, Syntax};

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    if !root.at(&["_meta"]).is_table() {
        return Err(BadDocument::new("it has no _meta, as a Pipfile.lock has", None));
    }
    let (mut packages, mut claims) = (Vec::new(), Vec::new());
    for (group, scope) in [("default", Scope::Runtime), ("develop", Scope::Development)] {
        for entry in root.at(&[group]).entries() {
            let node = &entry.node;
            let local = node.get("path").is_some() || node.get("file").is_some();
            let hashes = || node.at(&["hashes"]).items().iter().map(|hash| Integrity::of_node(Some(hash), digest::python));
            let (origin, integrity) = match (local, node.get("git").is_some()) {
                (true, _) => (Origin::Local, Integrity::NotExpected),
                (_, true) => (Origin::Remote, Integrity::of_node(node.get("ref"), digest::commit)),
                _ => (Origin::Registry, Integrity::of_each(hashes())),
            };
            let version = node.word("version").map(|version| version.trim_start_matches('=').to_owned());
            if version.is_none() && origin == Origin::Registry {
                return Err(super::lacks("version", entry.key_range()));
            }
            let version = version.unwrap_or_default();
            let at = entry.key_range();
            let name = python_name(&entry.key);
            let package = Package { namespace: None, name, version, scope, origin, integrity, needs: Vec::new(), at };
            if origin == Origin::Local {
                let path = node.word("path").or_else(|| node.word("file")).unwrap_or_default();
                claims.push(Claim::of(&package, Place::of_python(path)));
            }
            packages.push(package);
        }
    }
    Ok(Lockfile { claims, ..Lockfile::new("Pipenv", "pypi", packages) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::formats::lockfile::digest::example::SHA256;

    #[test]
    fn both_groups_are_read() {
        let text = r#"{"_meta": {}, "default": {"Six_x": {"hashes": ["sha256:a"], "version": "==1.16.0"}}, "develop": {"pytest": {"version": "==8.0"}}}"#
            .replace("sha256:a", &format!("sha256:{SHA256}"));
        let found: Vec<_> =
            read(&text).unwrap().packages.into_iter().map(|one| (one.name, one.version, one.scope, one.integrity)).collect();
        assert_eq!(
            found,
            [
                ("six-x".to_owned(), "1.16.0".to_owned(), Scope::Runtime, Integrity::Bound),
                ("pytest".to_owned(), "8.0".to_owned(), Scope::Development, Integrity::Missing),
            ]
        );
    }
}
