//! What a manifest says its project needs directly: `Cargo.toml`, `package.json`, `pyproject.toml`, `Pipfile`, `go.mod`,
//! `Gemfile`, `composer.json`, `pubspec.yaml`, and project files of .NET. Read as data; a manifest that is a program
//! (`build.gradle`, `Package.swift`, `setup.py`) is not read at all.

use std::ops::Range;

use super::go_mod;
use super::lockfile::python_name;
use super::tree::{self, BadDocument, Entry, Node, Syntax};
use super::xml;

/// A manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The project's name.
    pub name: Option<String>,
    /// In the file's order.
    pub dependencies: Vec<Dependency>,
    /// Whether it is a package that somebody runs: an application, not a library.
    pub is_application: bool,
    /// Whether it puts other versions in place of those that are asked for (`overrides`, `resolutions`).
    pub overrides: bool,
}

/// Something that is needed directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// As the lockfile calls it (namespace and name together).
    pub name: String,
    /// Which versions fit, as written.
    pub requirement: Option<String>,
    /// A bare version means exactly that one (npm, Go, Composer), not a range (Cargo, Poetry).
    pub requirement_is_exact: bool,
    /// For development or tests only.
    pub development: bool,
    /// Only with a feature, an extra or a platform, so that what is shipped may lack it.
    pub optional: bool,
    /// What it is stands in another manifest (`workspace = true`), so that its name may be another one.
    pub inherited: bool,
    /// It lies in this repository.
    pub local: bool,
    /// Byte range of its name or entry.
    pub at: Range<usize>,
}

impl Dependency {
    fn new(name: impl Into<String>, at: Range<usize>) -> Self {
        Self {
            name: name.into(),
            requirement: None,
            requirement_is_exact: false,
            development: false,
            optional: false,
            inherited: false,
            local: false,
            at,
        }
    }
}

/// The manifests whose dependencies a lockfile of that name covers, the first that is there counting.
pub fn manifests_of(lockfile: &str) -> &'static [&'static str] {
    match lockfile {
        "Cargo.lock" => &["Cargo.toml"],
        "package-lock.json" | "npm-shrinkwrap.json" | "pnpm-lock.yaml" | "yarn.lock" => &["package.json"],
        "poetry.lock" | "uv.lock" | "pdm.lock" => &["pyproject.toml"],
        "Pipfile.lock" => &["Pipfile"],
        "go.sum" => &["go.mod"],
        "Gemfile.lock" => &["Gemfile"],
        "composer.lock" => &["composer.json"],
        "pubspec.lock" => &["pubspec.yaml"],
        _ if lockfile.starts_with("pylock.") => &["pyproject.toml"],
        _ => &[],
    }
}

/// Reads a manifest whose format its name tells; none where the name is no manifest's that is read.
pub fn read(file_name: &str, text: &str) -> Option<Result<Manifest, BadDocument>> {
    let read = match file_name {
        "Cargo.toml" => cargo(text),
        "package.json" => npm(text),
        "pyproject.toml" => pyproject(text),
        "Pipfile" => pipfile(text),
        "go.mod" => Ok(go(text)),
        "Gemfile" => Ok(gemfile(text)),
        "composer.json" => composer(text),
        "pubspec.yaml" => pubspec(text),
        name if name.ends_with(".csproj") || name.ends_with(".fsproj") || name.ends_with(".vbproj") => dotnet(text),
        _ => return None,
    };
    Some(read)
}

/// `Cargo.toml` (the Cargo Book, "Specifying Dependencies").
///
/// # Errors
/// What is not TOML.
pub fn cargo(text: &str) -> Result<Manifest, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    let mut manifest = Manifest { name: root.at(&["package"]).word("name").map(str::to_owned), ..Manifest::default() };
    manifest.is_application = root.get("bin").is_some();
    let groups = [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)];
    let mut add = |table: &Node<'_>, optional: bool| {
        for (group, development) in groups {
            for entry in table.at(&[group]).entries() {
                let mut dependency = Dependency::new(entry.node.word("package").unwrap_or(&entry.key), entry.key_range());
                dependency.requirement = entry.node.text().or(entry.node.word("version")).map(str::to_owned);
                dependency.development = development;
                dependency.optional = optional || entry.node.get("optional").and_then(Node::boolean) == Some(true);
                dependency.local = entry.node.get("path").is_some() && entry.node.get("version").is_none();
                dependency.inherited = entry.node.get("workspace").is_some();
                manifest.dependencies.push(dependency);
            }
        }
    };
    add(&root, false);
    root.at(&["target"]).entries().iter().for_each(|target| add(&target.node, true));
    Ok(manifest)
}

fn from_map(table: &Node<'_>, development: bool, optional: bool) -> impl Iterator<Item = Dependency> {
    table.entries().iter().map(move |entry| {
        let requirement = entry.node.text().or(entry.node.word("version")).map(str::to_owned);
        Dependency {
            requirement,
            requirement_is_exact: true,
            development,
            optional,
            ..Dependency::new(entry.key.as_ref(), entry.key_range())
        }
    })
}

fn npm(text: &str) -> Result<Manifest, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    let mut manifest = Manifest { name: root.word("name").map(str::to_owned), ..Manifest::default() };
    let private = root.get("private").and_then(Node::boolean) == Some(true);
    manifest.is_application = private && root.at(&["scripts"]).get("start").is_some();
    manifest.overrides = ["overrides", "resolutions", "pnpm"].iter().any(|key| root.get(key).is_some());
    for (group, development, optional) in
        [("dependencies", false, false), ("optionalDependencies", false, true), ("devDependencies", true, false)]
    {
        manifest.dependencies.extend(from_map(root.at(&[group]), development, optional));
    }
    for dependency in &mut manifest.dependencies {
        let wanted = dependency.requirement.as_deref().unwrap_or_default();
        dependency.local = ["file:", "link:", "workspace:", "portal:"].iter().any(|start| wanted.starts_with(start));
        // A catalog may install another package under this name.
        dependency.inherited = wanted.starts_with("catalog:");
        // `npm:other@1` installs another package under this name.
        if let Some((other, version)) = wanted.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
            (dependency.name, dependency.requirement) = (other.to_owned(), Some(version.to_owned()));
        }
    }
    Ok(manifest)
}

/// The name and the rest of a requirement of PEP 508.
fn requirement(text: &str, at: Range<usize>) -> Dependency {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    Dependency { requirement: Some(rest.trim().to_owned()), optional: rest.contains(';'), ..Dependency::new(python_name(name), at) }
}

fn pyproject(text: &str) -> Result<Manifest, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    let project = root.at(&["project"]);
    let poetry = root.at(&["tool", "poetry"]);
    let name = project.word("name").or(poetry.word("name")).map(str::to_owned);
    let mut manifest = Manifest { name, ..Manifest::default() };
    let listed = project.at(&["dependencies"]).items();
    manifest.dependencies.extend(listed.iter().filter_map(|item| Some(requirement(item.text()?, item.range()))));
    let mut add = |table: &Node<'_>, development: bool| {
        for entry in table.entries().iter().filter(|entry| entry.key != "python") {
            manifest.dependencies.push(poetry_dependency(entry, development));
        }
    };
    add(poetry.at(&["dependencies"]), false);
    add(poetry.at(&["dev-dependencies"]), true);
    poetry.at(&["group"]).entries().iter().for_each(|group| add(group.node.at(&["dependencies"]), true));
    Ok(manifest)
}

fn poetry_dependency(entry: &Entry<'_>, development: bool) -> Dependency {
    let node = &entry.node;
    let conditional = ["optional", "markers", "platform", "python"].iter().any(|key| node.get(key).is_some());
    Dependency {
        requirement: node.text().or(node.word("version")).map(str::to_owned),
        development,
        optional: conditional || node.is_list(),
        local: node.get("path").is_some(),
        ..Dependency::new(python_name(&entry.key), entry.key_range())
    }
}

fn pipfile(text: &str) -> Result<Manifest, BadDocument> {
    let root = tree::read(Syntax::Toml, text)?;
    let mut manifest = Manifest { is_application: true, ..Manifest::default() };
    for (group, development) in [("packages", false), ("dev-packages", true)] {
        manifest.dependencies.extend(root.at(&[group]).entries().iter().map(|entry| poetry_dependency(entry, development)));
    }
    Ok(manifest)
}

fn go(text: &str) -> Manifest {
    let read = go_mod::read(text);
    let direct = read.required.into_iter().filter(|module| !module.indirect);
    let dependencies = direct.map(|module| Dependency { requirement: Some(module.version), ..Dependency::new(module.path, module.at) });
    Manifest { name: read.module, dependencies: dependencies.collect(), ..Manifest::default() }
}

/// Lines of the form `gem "name", …`. A Gemfile is a program: what it computes is not seen.
fn gemfile(text: &str) -> Manifest {
    let mut dependencies = Vec::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let at = start..start + whole.trim_end().len();
        start += whole.len();
        let Some(rest) = whole.trim().strip_prefix("gem ").or_else(|| whole.trim().strip_prefix("gem(")) else { continue };
        let mut parts = rest.trim().splitn(3, ['"', '\'']);
        let (Some(""), Some(name)) = (parts.next(), parts.next()) else { continue };
        let options = parts.next().unwrap_or_default();
        let conditional = ["platform", "install_if", "require: false if"].iter().any(|word| options.contains(word));
        dependencies.push(Dependency { optional: conditional, local: options.contains("path:"), ..Dependency::new(name, at) });
    }
    Manifest { dependencies, is_application: true, ..Manifest::default() }
}

fn composer(text: &str) -> Result<Manifest, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    let mut manifest = Manifest { name: root.word("name").map(str::to_owned), ..Manifest::default() };
    manifest.is_application = root.word("type") == Some("project");
    for (group, development) in [("require", false), ("require-dev", true)] {
        // `php`, `ext-…` and `lib-…` are the platform's, not packages.
        let packages = from_map(root.at(&[group]), development, false).filter(|dependency| dependency.name.contains('/'));
        manifest.dependencies.extend(packages);
    }
    Ok(manifest)
}

fn pubspec(text: &str) -> Result<Manifest, BadDocument> {
    let root = tree::read(Syntax::Yaml, text)?;
    let mut manifest = Manifest { name: root.word("name").map(str::to_owned), ..Manifest::default() };
    manifest.is_application = root.word("publish_to") == Some("none");
    for (group, development) in [("dependencies", false), ("dev_dependencies", true)] {
        for entry in root.at(&[group]).entries() {
            let local = entry.node.get("sdk").is_some() || entry.node.get("path").is_some();
            manifest.dependencies.push(Dependency { development, local, ..Dependency::new(entry.key.as_ref(), entry.key_range()) });
        }
    }
    Ok(manifest)
}

fn dotnet(text: &str) -> Result<Manifest, BadDocument> {
    let document = xml::read(text)?;
    let mut manifest = Manifest::default();
    for node in document.descendants() {
        match node.tag_name().name() {
            "PackageReference" => {
                let Some(name) = node.attribute("Include") else { continue };
                let condition =
                    node.attribute("Condition").is_some() || node.parent().is_some_and(|up| up.attribute("Condition").is_some());
                let requirement = node.attribute("Version").map(str::to_owned);
                manifest.dependencies.push(Dependency { requirement, optional: condition, ..Dependency::new(name, node.range()) });
            }
            "OutputType" => manifest.is_application |= node.text().is_some_and(|text| text.to_ascii_lowercase().ends_with("exe")),
            _ => {}
        }
    }
    Ok(manifest)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(file: &str, text: &str) -> Vec<(String, bool)> {
        read(file, text).unwrap().unwrap().dependencies.into_iter().map(|one| (one.name, one.development)).collect()
    }

    fn rows(list: &[(&str, bool)]) -> Vec<(String, bool)> {
        list.iter().map(|(name, development)| ((*name).to_owned(), *development)).collect()
    }

    #[test]
    fn every_manifest_names_what_it_needs() {
        let cargo = "[package]\nname = \"a\"\n[dependencies]\nserde = \"1\"\nrenamed = { package = \"real\", version = \"1\" }\n[dev-dependencies]\nproptest = \"1\"\n[target.'cfg(windows)'.dependencies]\nwinapi = \"0.3\"\n";
        assert_eq!(names("Cargo.toml", cargo), rows(&[("serde", false), ("real", false), ("proptest", true), ("winapi", false)]));
        let npm = r#"{"name": "a", "dependencies": {"@x/y": "^1", "alias": "npm:other@^2"}, "devDependencies": {"jest": "1"}}"#;
        assert_eq!(names("package.json", npm), rows(&[("@x/y", false), ("other", false), ("jest", true)]));
        let catalog = read("package.json", r#"{"dependencies": {"a": "catalog:build", "b": "^1"}}"#).unwrap().unwrap();
        assert_eq!(catalog.dependencies.iter().map(|one| one.inherited).collect::<Vec<_>>(), [true, false]);
        let project = "[project]\nname = \"a\"\ndependencies = [\"Django_X>=4\", \"tomli; python_version<'3.11'\"]\n";
        assert_eq!(names("pyproject.toml", project), rows(&[("django-x", false), ("tomli", false)]));
        let poetry =
            "[tool.poetry.dependencies]\npython = \"^3.11\"\nidna = \"^3\"\n[tool.poetry.group.dev.dependencies]\npytest = \"*\"\n";
        assert_eq!(names("pyproject.toml", poetry), rows(&[("idna", false), ("pytest", true)]));
        assert_eq!(
            names("Pipfile", "[packages]\nsix = \"*\"\n[dev-packages]\npytest = \"*\"\n"),
            rows(&[("six", false), ("pytest", true)])
        );
        assert_eq!(
            names("go.mod", "module a\nrequire b.invalid/c v1.0.0\nrequire d.invalid/e v1 // indirect\n"),
            rows(&[("b.invalid/c", false)])
        );
        assert_eq!(
            names("Gemfile", "source 'https://x'\ngem 'rails', '~> 7'\n  gem \"puma\"\n# gem 'no'\n"),
            rows(&[("rails", false), ("puma", false)])
        );
        assert_eq!(
            names("composer.json", r#"{"require": {"php": ">=8", "a/b": "^1"}, "require-dev": {"c/d": "1"}}"#),
            rows(&[("a/b", false), ("c/d", true)])
        );
        assert_eq!(
            names("pubspec.yaml", "name: a\ndependencies:\n  http: ^1.0.0\ndev_dependencies:\n  lints: ^2.0.0\n"),
            rows(&[("http", false), ("lints", true)])
        );
        let dotnet = "<Project><ItemGroup><PackageReference Include=\"Serilog\" Version=\"3.1\"/></ItemGroup></Project>";
        assert_eq!(names("a.csproj", dotnet), rows(&[("Serilog", false)]));
        assert!(read("build.gradle", "").is_none());
    }

    #[test]
    fn what_may_not_ship_is_told_apart() {
        let find = |file: &str, text: &str, name: &str| {
            let manifest = read(file, text).unwrap().unwrap();
            manifest.dependencies.into_iter().find(|one| one.name == name).map(|one| (one.optional, one.local)).unwrap()
        };
        assert_eq!(find("Cargo.toml", "[dependencies]\na = { path = \"../a\" }\n", "a"), (false, true));
        assert_eq!(find("Cargo.toml", "[dependencies]\na = { version = \"1\", optional = true }\n", "a"), (true, false));
        assert_eq!(find("package.json", r#"{"dependencies": {"a": "workspace:*"}}"#, "a"), (false, true));
        assert_eq!(find("package.json", r#"{"optionalDependencies": {"a": "1"}}"#, "a"), (true, false));
        assert_eq!(find("pubspec.yaml", "dependencies:\n  flutter:\n    sdk: flutter\n", "flutter"), (false, true));
    }
}
