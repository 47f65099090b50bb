//! `gradle.lockfile`: `group:artifact:version=configuration,…`. Digests stand in another file (dependency verification).

use super::{Integrity, Lockfile, Origin, Package, Scope};
use crate::formats::tree::BadDocument;

pub(super) fn read(text: &str) -> Result<Lockfile, BadDocument> {
    let mut packages = Vec::new();
    for (at, line) in super::lines(text) {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') || content.starts_with("empty=") {
            continue;
        }
        let Some((module, configurations)) = content.split_once('=') else {
            return Err(BadDocument::new("a line is not a module, `=` and configurations", Some(at)));
        };
        let parts: Vec<&str> = module.split(':').collect();
        let [group, artifact, version] = parts.as_slice() else {
            return Err(BadDocument::new("a module is not group:artifact:version", Some(at)));
        };
        let runtime = configurations.split(',').any(|one| {
            let lower = one.to_ascii_lowercase();
            lower.ends_with("runtimeclasspath") && !lower.contains("test")
        });
        let scope = if runtime { Scope::Runtime } else { Scope::Development };
        packages.push(Package {
            namespace: Some((*group).to_owned()),
            name: (*artifact).to_owned(),
            version: (*version).to_owned(),
            scope,
            origin: Origin::Registry,
            integrity: Integrity::NotExpected,
            needs: Vec::new(),
            at,
        });
    }
    Ok(Lockfile::new("Gradle", "maven", packages))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn configurations_tell_what_is_needed_to_run() {
        let text = "# This is a Gradle generated file\norg.a:b:1.0=compileClasspath,runtimeClasspath\njunit:junit:4.13=testRuntimeClasspath\nempty=annotationProcessor\n";
        let found: Vec<_> = read(text).unwrap().packages.into_iter().map(|one| (one.full_name(), one.version, one.scope)).collect();
        assert_eq!(
            found,
            [("org.a/b".to_owned(), "1.0".to_owned(), Scope::Runtime), ("junit/junit".to_owned(), "4.13".to_owned(), Scope::Development)]
        );
        assert!(read("x\n").is_err());
        assert!(read("a:b=c\n").is_err());
    }
}
