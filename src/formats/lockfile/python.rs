//! The TOML lockfiles of Python: `poetry.lock`, `uv.lock`, `pdm.lock`, and `pylock.toml` (PEP 751).

use std::collections::{BTreeMap, BTreeSet};

use super::{Integrity, Lockfile, Need, Origin, Package, Scope, python_name};
use crate::formats::tree::{self, BadDocument, Node, Syntax};

pub(super) fn poetry(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    packages("Poetry", &root, "package", |entry| {
        let old = root.at(&["metadata", "files"]);
        let hashed = hashes(entry.at(&["files"])) || hashes(old.get(entry.word("name").unwrap_or_default()).unwrap_or(&Node::NULL));
        Parts { scope: groups(entry, "main"), ..Parts::of(entry, hashed) }
    })
}

pub(super) fn pdm(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    packages("PDM", &root, "package", |entry| Parts { scope: groups(entry, "default"), ..Parts::of(entry, hashes(entry.at(&["files"]))) })
}

pub(super) fn pylock(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    if root.word("lock-version").is_none() {
        return Err(BadDocument::new("it has no lock-version (PEP 751)", None));
    }
    packages("pylock", &root, "packages", |entry| {
        let named = |key: &str| !entry.at(&[key, "hashes"]).entries().is_empty();
        let hashed = named("sdist") || named("archive") || entry.at(&["wheels"]).items().iter().any(|one| one.get("hashes").is_some());
        let mut parts = Parts::of(entry, hashed);
        if entry.get("directory").is_some() {
            parts.origin = Origin::Local;
        } else if let Some(commit) = entry.at(&["vcs"]).word("commit-id") {
            (parts.origin, parts.hashed) = (Origin::Remote, commit.len() >= 40);
        }
        parts
    })
}

pub(super) fn uv(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    let mut lockfile = packages("uv", &root, "package", |entry| {
        let hashed = entry.at(&["sdist"]).word("hash").is_some() || hashes(entry.at(&["wheels"]));
        let mut parts = Parts::of(entry, hashed);
        let source = entry.at(&["source"]);
        if ["editable", "virtual", "directory"].iter().any(|key| source.get(key).is_some()) {
            parts.origin = Origin::Local;
        } else if let Some(address) = source.word("git") {
            (parts.origin, parts.hashed) = (Origin::Remote, address.rsplit_once('#').is_some_and(|(_, commit)| commit.len() == 40));
        }
        parts
    })?;
    mark_reached(&mut lockfile);
    Ok(lockfile)
}

/// What the project's own packages reach through their dependencies is needed to run; the rest is for development. Extras
/// and groups stand in tables of their own, which are not followed.
fn mark_reached(lockfile: &mut Lockfile) {
    let by_name: BTreeMap<&str, &Package> = lockfile.packages.iter().map(|package| (package.name.as_str(), package)).collect();
    let mut waiting: Vec<&str> =
        lockfile.packages.iter().filter(|package| package.origin == Origin::Local).map(|package| package.name.as_str()).collect();
    let mut reached: BTreeSet<String> = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if reached.insert(name.to_owned()) {
            waiting.extend(by_name.get(name).into_iter().flat_map(|package| &package.needs).map(|need| need.name.as_str()));
        }
    }
    for package in &mut lockfile.packages {
        package.scope = if reached.contains(&package.name) { Scope::Runtime } else { Scope::Development };
    }
}

/// What differs between the formats.
struct Parts {
    scope: Scope,
    origin: Origin,
    hashed: bool,
}

impl Parts {
    fn of(entry: &Node<'_>, hashed: bool) -> Self {
        let kind = entry.at(&["source"]).word("type").unwrap_or_default();
        let commit = entry.at(&["source"]).word("resolved_reference").or(entry.word("revision"));
        let (origin, hashed) = match kind {
            "directory" | "file" => (Origin::Local, hashed),
            _ if kind == "git" || entry.word("git").is_some() => (Origin::Remote, commit.is_some_and(|commit| commit.len() == 40)),
            _ if entry.word("path").is_some() => (Origin::Local, hashed),
            _ => (Origin::Registry, hashed),
        };
        Self { scope: Scope::Unknown, origin, hashed }
    }
}

fn packages(tool: &'static str, root: &Node<'_>, key: &str, parts: impl Fn(&Node<'_>) -> Parts) -> Result<Lockfile, BadDocument> {
    let mut packages = Vec::new();
    for entry in root.at(&[key]).items() {
        let Some(name) = entry.word("name") else { return Err(super::lacks("name", entry.range())) };
        let Parts { scope, origin, hashed } = parts(entry);
        let version = match entry.word("version") {
            Some(version) => version.to_owned(),
            None if origin != Origin::Registry => String::new(),
            None => return Err(super::lacks("version", entry.range())),
        };
        let integrity = match (origin, hashed) {
            (Origin::Local, _) => Integrity::NotExpected,
            (_, true) => Integrity::Bound,
            (_, false) => Integrity::Missing,
        };
        let at = entry.get("name").map_or(entry.range(), Node::range);
        packages.push(Package { namespace: None, name: python_name(name), version, scope, origin, integrity, needs: needs(entry), at });
    }
    Ok(Lockfile { tool, purl_type: "pypi", packages })
}

/// A table by name (Poetry), an array of requirements (PDM), or an array of tables with a name (uv, PEP 751).
fn needs(entry: &Node<'_>) -> Vec<Need> {
    let list = entry.at(&["dependencies"]);
    let tables = list.entries().iter().map(|need| need.key.to_string());
    let items = list.items().iter().filter_map(|need| match need.text() {
        Some(text) => {
            Some(text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))).next().unwrap_or_default().to_owned())
        }
        None => need.word("name").map(str::to_owned),
    });
    tables.chain(items).map(|name| Need { name: python_name(&name), version: None }).collect()
}

/// Whether a list of files has at least one, and each has its digest.
fn hashes(files: &Node<'_>) -> bool {
    !files.items().is_empty() && files.items().iter().all(|file| file.word("hash").is_some())
}

fn groups(entry: &Node<'_>, main: &str) -> Scope {
    let groups = entry.at(&["groups"]).items();
    match (groups.is_empty(), entry.word("category")) {
        (false, _) if groups.iter().any(|group| group.text() == Some(main)) => Scope::Runtime,
        (false, _) | (true, Some("dev")) => Scope::Development,
        (true, Some("main")) => Scope::Runtime,
        (true, _) => Scope::Unknown,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn found(lockfile: Result<Lockfile, BadDocument>) -> Vec<(String, String, Scope, Origin, Integrity)> {
        lockfile.unwrap().packages.into_iter().map(|one| (one.name, one.version, one.scope, one.origin, one.integrity)).collect()
    }

    fn row(name: &str, version: &str, scope: Scope, origin: Origin, integrity: Integrity) -> (String, String, Scope, Origin, Integrity) {
        (name.to_owned(), version.to_owned(), scope, origin, integrity)
    }

    #[test]
    fn poetry_has_groups_and_hashes() {
        let text = "[[package]]\nname = \"Typing_Extensions\"\nversion = \"4.1\"\ngroups = [\"main\", \"dev\"]\nfiles = [{file = \"a.whl\", hash = \"sha256:aa\"}]\n\n\
                    [[package]]\nname = \"pytest\"\nversion = \"8.0\"\ngroups = [\"dev\"]\nfiles = []\n";
        assert_eq!(
            found(poetry(text)),
            [
                row("typing-extensions", "4.1", Scope::Runtime, Origin::Registry, Integrity::Bound),
                row("pytest", "8.0", Scope::Development, Origin::Registry, Integrity::Missing),
            ]
        );
    }

    #[test]
    fn uv_tells_development_by_what_the_project_reaches() {
        let text = "version = 1\n[[package]]\nname = \"own\"\nversion = \"0.1\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"idna\" }]\n\
                    [package.dev-dependencies]\ndev = [{ name = \"ruff\" }]\n\n[[package]]\nname = \"idna\"\nversion = \"3.4\"\n\
                    source = { registry = \"https://registry.example.invalid/simple\" }\nsdist = { url = \"x\", hash = \"sha256:aa\" }\n\n\
                    [[package]]\nname = \"ruff\"\nversion = \"0.1\"\nsource = { registry = \"https://registry.example.invalid/simple\" }\n";
        assert_eq!(
            found(uv(text)),
            [
                row("own", "0.1", Scope::Runtime, Origin::Local, Integrity::NotExpected),
                row("idna", "3.4", Scope::Runtime, Origin::Registry, Integrity::Bound),
                row("ruff", "0.1", Scope::Development, Origin::Registry, Integrity::Missing),
            ]
        );
    }

    #[test]
    fn pdm_and_pylock_are_read() {
        let text = "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"default\"]\ndependencies = [\"b<2,>=1\"]\nfiles = [{file = \"x\", hash = \"sha256:a\"}]\n";
        assert_eq!(found(pdm(text)), [row("a", "1", Scope::Runtime, Origin::Registry, Integrity::Bound)]);
        assert_eq!(pdm(text).unwrap().packages.first().unwrap().needs.first().unwrap().name, "b");
        let text =
            "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\nwheels = [{ url = \"x\", hashes = {sha256 = \"aa\"} }]\n";
        assert_eq!(found(pylock(text)), [row("a", "1", Scope::Unknown, Origin::Registry, Integrity::Bound)]);
        assert!(pylock("created-by = \"x\"\n").is_err());
    }
}
