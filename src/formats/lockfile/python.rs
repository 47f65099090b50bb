//! The TOML lockfiles of Python: `poetry.lock`, `uv.lock`, `pdm.lock`, and `pylock.toml` (PEP 751).

use std::collections::{BTreeMap, BTreeSet};

use super::{Claim, Integrity, Lockfile, Malformed, Need, Origin, Package, Place, Scope, digest, python_name};
use crate::formats::tree::{self, BadDocument, Node, Syntax};

pub(super) fn poetry(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    let old = root.at(&["metadata", "files"]).by_key();
    packages("Poetry", &root, "package", |entry| {
        let old = || hashes(old.get(entry.word("name").unwrap_or_default()).copied().unwrap_or(&Node::NULL));
        let integrity = hashes(entry.at(&["files"])).or_else(old);
        Parts { scope: groups(entry, "main"), ..Parts::of(entry, integrity) }
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
        let files = ["sdist", "archive"].into_iter().filter_map(|key| entry.get(key)).chain(entry.at(&["wheels"]).items());
        let mut parts = Parts::of(entry, Integrity::of_each(files.map(|file| pylock_hashes(file.at(&["hashes"])))));
        if let Some(folder) = entry.get("directory") {
            (parts.origin, parts.path) = (Origin::Local, folder.word("path").map(str::to_owned));
        } else if let Some(vcs) = entry.get("vcs") {
            (parts.origin, parts.integrity) = (Origin::Remote, Integrity::of_node(vcs.get("commit-id"), digest::commit));
        }
        parts
    })
}

pub(super) fn uv(text: &str) -> Result<Lockfile, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    let mut lockfile = packages("uv", &root, "package", |entry| {
        let files = entry.get("sdist").into_iter().chain(entry.at(&["wheels"]).items());
        let mut parts = Parts::of(entry, Integrity::of_each(files.map(hash)));
        let source = entry.at(&["source"]);
        if let Some(folder) = ["editable", "virtual", "directory"].iter().find_map(|key| source.get(key)) {
            (parts.origin, parts.path) = (Origin::Local, folder.text().map(str::to_owned));
        } else if let Some(address) = source.word("git") {
            let commit = Integrity::of_fragment(address, source.at(&["git"]).range(), digest::commit);
            (parts.origin, parts.integrity) = (Origin::Remote, commit);
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
    integrity: Integrity,
    /// Where it stands, if it is the project's own.
    path: Option<String>,
}

impl Parts {
    fn of(entry: &Node<'_>, by_files: Integrity) -> Self {
        let source = entry.at(&["source"]);
        let kind = source.word("type").unwrap_or_default();
        let commit = source.get("resolved_reference").or(entry.get("revision"));
        let (origin, integrity) = match kind {
            "directory" | "file" => (Origin::Local, by_files),
            _ if kind == "git" || entry.word("git").is_some() => (Origin::Remote, Integrity::of_node(commit, digest::commit)),
            _ if entry.word("path").is_some() => (Origin::Local, by_files),
            _ => (Origin::Registry, by_files),
        };
        let path = source.word("url").or_else(|| entry.word("path")).map(str::to_owned);
        Self { scope: Scope::Unknown, origin, integrity, path }
    }
}

fn packages(tool: &'static str, root: &Node<'_>, key: &str, parts: impl Fn(&Node<'_>) -> Parts) -> Result<Lockfile, BadDocument> {
    let (mut packages, mut claims) = (Vec::new(), Vec::new());
    for entry in root.at(&[key]).items() {
        let Some(name) = entry.word("name") else { return Err(super::lacks("name", entry.range())) };
        let Parts { scope, origin, integrity, path } = parts(entry);
        let version = match entry.word("version") {
            Some(version) => version.to_owned(),
            None if origin != Origin::Registry => String::new(),
            None => return Err(super::lacks("version", entry.range())),
        };
        // An archive that has digests may come from anywhere.
        let claimed = origin == Origin::Local && integrity != Integrity::Bound;
        let integrity = if claimed { Integrity::NotExpected } else { integrity };
        let at = entry.get("name").map_or(entry.range(), Node::range);
        let package = Package { namespace: None, name: python_name(name), version, scope, origin, integrity, needs: needs(entry), at };
        if claimed {
            claims.push(Claim::of(&package, Place::of_python(&path.unwrap_or_default())));
        }
        packages.push(package);
    }
    Ok(Lockfile { claims, ..Lockfile::new(tool, "pypi", packages) })
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

/// A list of files, each with its digest.
fn hashes(files: &Node<'_>) -> Integrity {
    Integrity::of_each(files.items().iter().map(hash))
}

fn hash(file: &Node<'_>) -> Integrity {
    Integrity::of_node(file.get("hash"), digest::python)
}

/// A file's digests by their algorithms.
fn pylock_hashes(hashes: &Node<'_>) -> Integrity {
    let told = hashes.entries().iter().map(|entry| (entry.key.as_ref(), entry.node.text().unwrap_or(entry.node.what())));
    let told: Vec<(&str, &str)> = told.filter(|(_, digest)| !digest.trim().is_empty()).collect();
    match (told.first(), digest::python_hashes(told.iter().copied())) {
        (None, _) => Integrity::Missing,
        (Some(_), Ok(())) => Integrity::Bound,
        (Some((algorithm, digest)), Err(why)) => {
            Integrity::Malformed(Malformed { text: format!("{algorithm}:{digest}"), why, at: hashes.range() })
        }
    }
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
    use crate::formats::lockfile::digest::example::SHA256;

    fn found(lockfile: Result<Lockfile, BadDocument>) -> Vec<(String, String, Scope, Origin, Integrity)> {
        lockfile.unwrap().packages.into_iter().map(|one| (one.name, one.version, one.scope, one.origin, one.integrity)).collect()
    }

    fn row(name: &str, version: &str, scope: Scope, origin: Origin, integrity: Integrity) -> (String, String, Scope, Origin, Integrity) {
        (name.to_owned(), version.to_owned(), scope, origin, integrity)
    }

    #[test]
    fn poetry_has_groups_and_hashes() {
        let text = "[[package]]\nname = \"Typing_Extensions\"\nversion = \"4.1\"\ngroups = [\"main\", \"dev\"]\nfiles = [{file = \"a.whl\", hash = \"sha256:aa\"}]\n\n\
                    [[package]]\nname = \"pytest\"\nversion = \"8.0\"\ngroups = [\"dev\"]\nfiles = []\n"
            .replace("sha256:aa", &format!("sha256:{SHA256}"));
        assert_eq!(
            found(poetry(&text)),
            [
                row("typing-extensions", "4.1", Scope::Runtime, Origin::Registry, Integrity::Bound),
                row("pytest", "8.0", Scope::Development, Origin::Registry, Integrity::Missing),
            ]
        );
    }

    #[test]
    fn as_many_digests_of_an_old_poetry_as_a_file_may_hold_are_looked_up() {
        let count = 40_000;
        let entries: String = (0..count).map(|at| format!("[[package]]\nname = \"n{at}\"\nversion = \"1\"\n")).collect();
        let files: String = (0..count).map(|at| format!("n{at} = [{{file = \"a\", hash = \"sha256:{SHA256}\"}}]\n")).collect();
        let lockfile = poetry(&format!("{entries}[metadata.files]\n{files}")).unwrap();
        assert_eq!(lockfile.packages.iter().filter(|package| package.integrity == Integrity::Bound).count(), count);
    }

    #[test]
    fn uv_tells_development_by_what_the_project_reaches() {
        let text = "version = 1\n[[package]]\nname = \"own\"\nversion = \"0.1\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"idna\" }]\n\
                    [package.dev-dependencies]\ndev = [{ name = \"ruff\" }]\n\n[[package]]\nname = \"idna\"\nversion = \"3.4\"\n\
                    source = { registry = \"https://registry.example.invalid/simple\" }\nsdist = { url = \"x\", hash = \"sha256:aa\" }\n\n\
                    [[package]]\nname = \"ruff\"\nversion = \"0.1\"\nsource = { registry = \"https://registry.example.invalid/simple\" }\n"
            .replace("sha256:aa", &format!("sha256:{SHA256}"));
        assert_eq!(
            found(uv(&text)),
            [
                row("own", "0.1", Scope::Runtime, Origin::Local, Integrity::NotExpected),
                row("idna", "3.4", Scope::Runtime, Origin::Registry, Integrity::Bound),
                row("ruff", "0.1", Scope::Development, Origin::Registry, Integrity::Missing),
            ]
        );
    }

    #[test]
    fn pdm_and_pylock_are_read() {
        let text = "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"default\"]\ndependencies = [\"b<2,>=1\"]\nfiles = [{file = \"x\", hash = \"sha256:aa\"}]\n"
            .replace("sha256:aa", &format!("sha256:{SHA256}"));
        assert_eq!(found(pdm(&text)), [row("a", "1", Scope::Runtime, Origin::Registry, Integrity::Bound)]);
        assert_eq!(pdm(&text).unwrap().packages.first().unwrap().needs.first().unwrap().name, "b");
        let text =
            "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\nwheels = [{ url = \"x\", hashes = {sha256 = \"aa\"} }]\n"
                .replace("\"aa\"", &format!("\"{SHA256}\""));
        assert_eq!(found(pylock(&text)), [row("a", "1", Scope::Unknown, Origin::Registry, Integrity::Bound)]);
        assert!(pylock("created-by = \"x\"\n").is_err());
    }
}
