//! `go.sum`, with the `go.mod` beside it: the digests of every module that was considered, and which modules are needed.

use std::collections::BTreeMap;

use super::{Integrity, Lockfile, Origin, Package, Scope, digest, split_name};
use crate::formats::go_mod;
use crate::formats::tree::BadDocument;

pub(super) fn read(text: &str, module: Option<&str>) -> Result<Lockfile, BadDocument> {
    let mut digests: BTreeMap<(&str, &str), Integrity> = BTreeMap::new();
    let mut first = None;
    for (at, line) in super::lines(text).filter(|(_, line)| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, version, digest] = words.as_slice() else {
            return Err(BadDocument::new("a line is not a module, a version and a digest", Some(at)));
        };
        if !digest.starts_with("h1:") {
            return Err(BadDocument::new("a digest does not begin with h1:", Some(at)));
        }
        first.get_or_insert(at.clone());
        let told = Integrity::of(digest, at, digest::go);
        let before = digests.remove(&(*name, *version));
        digests.insert((name, version), Integrity::of_each(before.into_iter().chain([told])));
    }
    let required = module.map(go_mod::read).unwrap_or_default().required;
    let at = first.unwrap_or(0..0);
    let packages = required.into_iter().map(|module| {
        let of = |version: &str| digests.get(&(module.path.as_str(), version)).cloned();
        let manifest = of(&format!("{}/go.mod", module.version)).into_iter();
        let integrity = of(&module.version).map_or(Integrity::Missing, |files| Integrity::of_each(manifest.chain([files])));
        let (namespace, name) = split_name(&module.path);
        let (scope, origin) = (Scope::Unknown, Origin::Registry);
        Package { namespace, name, version: module.version, scope, origin, integrity, needs: Vec::new(), at: at.clone() }
    });
    Ok(Lockfile::new("Go", "golang", packages.collect()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::formats::lockfile::digest::example::SHA256_BASE64;

    #[test]
    fn what_go_mod_requires_is_bound_by_go_sum() {
        let module = "module example.invalid/own\n\nrequire (\n\texample.invalid/a v1.2.3\n\texample.invalid/b/v2 v2.0.0 // indirect\n)\n";
        let sum = "example.invalid/a v1.2.3 h1:\nexample.invalid/a v1.2.3/go.mod h1:\nexample.invalid/b/v2 v2.0.0/go.mod h1:\n";
        let sum = sum.replace("h1:", &format!("h1:{SHA256_BASE64}"));
        let found: Vec<_> =
            read(&sum, Some(module)).unwrap().packages.into_iter().map(|one| (one.full_name(), one.version, one.integrity)).collect();
        assert_eq!(
            found,
            [
                ("example.invalid/a".to_owned(), "v1.2.3".to_owned(), Integrity::Bound),
                ("example.invalid/b/v2".to_owned(), "v2.0.0".to_owned(), Integrity::Missing),
            ]
        );
        assert!(read("a b\n", None).is_err());
    }
}
