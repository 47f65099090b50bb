//! `Gemfile.lock`. Digests stand in it only where `bundle lock --add-checksums` wrote a CHECKSUMS section.

use std::collections::BTreeMap;

use super::{Claim, Integrity, Lockfile, Need, Origin, Package, Place, Scope, digest};
use crate::formats::tree::BadDocument;

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let mut section = String::new();
    let mut packages: Vec<Package> = Vec::new();
    let mut digests: Option<BTreeMap<&str, Integrity>> = None;
    let mut revision = Integrity::Missing;
    let (mut folder, mut claims) = (String::new(), Vec::new());
    for (at, line) in super::lines(text) {
        let content = line.trim();
        let depth = line.len() - line.trim_start().len();
        if depth == 0 && !content.is_empty() {
            section = content.to_owned();
            revision = Integrity::Missing;
            if section == "CHECKSUMS" {
                digests = Some(BTreeMap::new());
            }
            continue;
        }
        match (section.as_str(), depth) {
            ("CHECKSUMS", 2) => {
                let (gem, checksum) = content.split_once(") ").unwrap_or((content.trim_end_matches(')'), ""));
                let digests = digests.get_or_insert_default();
                let before = digests.remove(gem);
                digests.insert(gem, Integrity::of_each(before.into_iter().chain([Integrity::of(checksum, at, digest::gem)])));
            }
            ("GIT", 2) if content.starts_with("revision:") => {
                revision = Integrity::of(content.trim_start_matches("revision:").trim(), at, digest::commit);
            }
            ("PATH", 2) if content.starts_with("remote:") => content.trim_start_matches("remote:").trim().clone_into(&mut folder),
            ("GEM" | "GIT" | "PATH", 4) => {
                let Some((name, version)) = content.strip_suffix(')').and_then(|line| line.split_once(" (")) else {
                    return Err(BadDocument::new("a line is not a gem and its version", Some(at)));
                };
                let (origin, integrity) = match section.as_str() {
                    "PATH" => (Origin::Local, Integrity::NotExpected),
                    "GIT" => (Origin::Remote, revision.clone()),
                    _ => (Origin::Registry, Integrity::NotExpected),
                };
                let (name, version) = (name.to_owned(), version.to_owned());
                let package = Package { namespace: None, name, version, scope: Scope::Unknown, origin, integrity, needs: Vec::new(), at };
                if origin == Origin::Local {
                    // A gem is of the folder that has its specification, where it may be called otherwise.
                    claims.push(Claim::of(&package, Place::At { path: folder.clone(), manifest: None, of_package: None }));
                }
                packages.push(package);
            }
            ("GEM" | "GIT" | "PATH", 6) => {
                let name = content.split(' ').next().unwrap_or_default().to_owned();
                if let Some(last) = packages.last_mut() {
                    last.needs.push(Need { name, version: None });
                }
            }
            _ => {}
        }
    }
    if let Some(digests) = digests {
        for package in packages.iter_mut().filter(|package| package.origin == Origin::Registry) {
            let told = digests.get(format!("{} ({}", package.name, package.version).as_str());
            package.integrity = told.cloned().unwrap_or(Integrity::Missing);
        }
    }
    Ok(Lockfile { claims, ..Lockfile::new("Bundler", "gem", packages) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::formats::lockfile::digest::example::SHA256;

    const SAMPLE: &str = "GIT\n  remote: https://example.invalid/g.git\n  revision: c3499c2729730a7f807efb8676a92dcb6f8a3f8f\n  specs:\n    g (0.1.0)\n\n\
                          PATH\n  remote: .\n  specs:\n    own (1.0.0)\n\nGEM\n  remote: https://registry.example.invalid/\n  specs:\n    rack (3.0.8)\n    rake (13.0.6)\n      rack (>= 2)\n\n\
                          PLATFORMS\n  ruby\n\nDEPENDENCIES\n  rack\n";

    fn found(text: &str) -> Vec<(String, String, Integrity)> {
        read(text).unwrap().packages.into_iter().map(|one| (one.name, one.version, one.integrity)).collect()
    }

    #[test]
    fn each_source_tells_what_to_expect() {
        let rows = [
            ("g", "0.1.0", Integrity::Bound),
            ("own", "1.0.0", Integrity::NotExpected),
            ("rack", "3.0.8", Integrity::NotExpected),
            ("rake", "13.0.6", Integrity::NotExpected),
        ];
        assert_eq!(found(SAMPLE), rows.map(|(name, version, integrity)| (name.to_owned(), version.to_owned(), integrity)));
        let with = format!("{SAMPLE}\nCHECKSUMS\n  rack (3.0.8) sha256={SHA256}\n  rake (13.0.6)\n");
        assert_eq!(
            found(&with).get(2..).unwrap().iter().map(|row| row.2.clone()).collect::<Vec<_>>(),
            [Integrity::Bound, Integrity::Missing]
        );
    }
}
