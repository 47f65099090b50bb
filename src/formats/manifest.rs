//! Name and version of a product from its manifest, read as data: no build tool is asked.

use super::go_mod;
use super::slug::Slug;
use super::tree::{self, Syntax};
use crate::repo_path::RepoPath;

/// What a manifest says of its product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The package's name.
    pub name: Option<String>,
    /// The package's version.
    pub version: Option<String>,
    /// Whose it is: its repository, as far as the manifest names one on a known host, and its package where names have owners.
    pub slugs: Vec<Slug>,
}

/// Reads `Cargo.toml`, `pyproject.toml`, `package.json` and other JSON, or a file that holds nothing but a version.
///
/// # Errors
/// In words, when the file cannot be understood or holds no version.
pub fn read(path: &RepoPath, text: &str) -> Result<Manifest, String> {
    let name = path.file_name();
    let manifest = if name.ends_with(".toml") {
        from_toml(text)?
    } else if name.ends_with(".json") {
        from_json(path, text)?
    } else {
        let line = text.trim();
        let plain = !line.is_empty() && line.len() <= 64 && !line.contains(char::is_whitespace);
        Manifest { version: plain.then(|| line.trim_start_matches('v').to_owned()), ..Manifest::default() }
    };
    if manifest.version.is_none() {
        return Err("it states no version (looked for package.version, workspace.package.version, project.version, tool.poetry.version, a JSON `version`, or a file with the version alone)".into());
    }
    Ok(manifest)
}

/// The name that a manifest gives its product, whether it states a version or not: those that [`read`] takes, `go.mod` (the last
/// part of the module's path), `pubspec.yaml` and Gradle's settings.
pub fn name(path: &RepoPath, text: &str) -> Option<String> {
    let file = path.file_name();
    match file {
        "go.mod" => {
            let module = go_mod::read(text).module?;
            let is_major = |part: &str| part.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|digit| digit.is_ascii_digit()));
            module.rsplit('/').find(|part| !is_major(part)).map(str::to_owned)
        }
        "settings.gradle" | "settings.gradle.kts" => text.lines().find_map(|line| {
            let value = line.trim().strip_prefix("rootProject.name")?.trim_start().strip_prefix('=')?.trim();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            value.strip_prefix(quote)?.split_once(quote).map(|(name, _)| name.to_owned())
        }),
        _ if file.ends_with(".yaml") => tree::read(Syntax::Yaml, text).ok()?.word("name").map(str::to_owned),
        _ if file.ends_with(".toml") => from_toml(text).ok()?.name,
        _ if file.ends_with(".json") => from_json(path, text).ok()?.name,
        _ => None,
    }
}

fn from_toml(text: &str) -> Result<Manifest, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| format!("it is not valid TOML: {}", error.message()))?;
    let at = |path: &[&str]| {
        let mut here = table.get(*path.first()?)?;
        for part in path.get(1..)? {
            here = here.get(part)?;
        }
        here.as_str().map(str::to_owned)
    };
    let first = |paths: &[&[&str]]| paths.iter().find_map(|path| at(path));
    let repositories: &[&[&str]] = &[
        &["package", "repository"],
        &["workspace", "package", "repository"],
        &["project", "urls", "Repository"],
        &["project", "urls", "repository"],
        &["project", "urls", "Source"],
        &["project", "urls", "Source Code"],
        &["project", "urls", "GitHub"],
        &["tool", "poetry", "repository"],
    ];
    Ok(Manifest {
        slugs: repositories.iter().filter_map(|path| Slug::of_address(&at(path)?)).collect(),
        name: first(&[&["package", "name"], &["project", "name"], &["tool", "poetry", "name"]]),
        version: first(&[
            &["package", "version"],
            &["workspace", "package", "version"],
            &["project", "version"],
            &["tool", "poetry", "version"],
        ]),
    })
}

fn from_json(path: &RepoPath, text: &str) -> Result<Manifest, String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| format!("it is not valid JSON: {error}"))?;
    let word = |key: &str| value.get(key).and_then(|found| found.as_str()).map(str::to_owned);
    let name = word("name");
    let registry = if path.file_name() == "composer.json" { "composer" } else { "npm" };
    let package = name.as_deref().and_then(|name| Slug::of_package(registry, name));
    let address = |pointer: &str| value.pointer(pointer).and_then(|found| found.as_str());
    let addresses = ["/repository/url", "/support/source"].iter().filter_map(|pointer| Slug::of_address(address(pointer)?));
    // npm takes `owner/name` for what is on GitHub.
    let short = address("/repository").and_then(|text| Slug::of_address(text).or_else(|| Slug::of_address(&format!("github:{text}"))));
    Ok(Manifest { slugs: package.into_iter().chain(short).chain(addresses).collect(), name, version: word("version") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, text: &str) -> Result<Manifest, String> {
        read(&name.parse().unwrap(), text)
    }

    #[test]
    fn the_usual_manifests_give_name_and_version() {
        for (name, text) in [
            ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.2.3\"\n"),
            ("pyproject.toml", "[project]\nname = \"a\"\nversion = \"1.2.3\"\n"),
            ("package.json", "{\"name\": \"a\", \"version\": \"1.2.3\"}"),
        ] {
            let found = manifest(name, text).unwrap();
            assert_eq!((found.name.as_deref(), found.version.as_deref()), (Some("a"), Some("1.2.3")), "{name}");
        }
        assert_eq!(manifest("VERSION", "v2.0\n").unwrap().version.as_deref(), Some("2.0"));
        let inherited =
            manifest("Cargo.toml", "[package]\nname = \"a\"\nversion.workspace = true\n[workspace.package]\nversion = \"3.0.0\"\n");
        assert_eq!(inherited.unwrap().version.as_deref(), Some("3.0.0"));
    }

    #[test]
    fn a_manifest_tells_whose_it_is() {
        for (name, text, slugs) in [
            ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.2.3\"\nrepository = \"https://github.com/b/a\"\n", "b/a at github.com"),
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\nversion = \"1.2.3\"\nrepository.workspace = true\n[workspace.package]\nrepository = \"https://gitlab.com/b/c/a\"\n",
                "b/c/a at gitlab.com",
            ),
            ("pyproject.toml", "[project]\nversion = \"1\"\n[project.urls]\nSource = \"https://github.com/b/a\"\n", "b/a at github.com"),
            ("package.json", "{\"version\": \"1\", \"repository\": \"b/a\"}", "b/a at github.com"),
            ("package.json", "{\"version\": \"1\", \"repository\": \"gitlab:b/a\"}", "b/a at gitlab.com"),
            (
                "package.json",
                "{\"name\": \"@b/a\", \"version\": \"1\", \"repository\": {\"url\": \"git+https://github.com/b/a.git\"}}",
                "@b/a at npm, b/a at github.com",
            ),
            ("composer.json", "{\"name\": \"b/a\", \"version\": \"1\"}", "b/a at composer"),
            ("package.json", "{\"name\": \"a\", \"version\": \"1\", \"repository\": \"https://git.b.example/a\"}", ""),
            ("VERSION", "1.2.3\n", ""),
        ] {
            let told: Vec<String> = manifest(name, text).unwrap().slugs.iter().map(Slug::to_string).collect();
            assert_eq!(told.join(", "), slugs, "{text}");
        }
    }

    #[test]
    fn a_name_needs_no_version() {
        for (file, text, name) in [
            ("Cargo.toml", "[package]\nname = \"a\"\n", Some("a")),
            ("package.json", "{\"name\": \"@b/a\"}", Some("@b/a")),
            ("go.mod", "module github.com/b/a/v2\n\ngo 1.22\n", Some("a")),
            ("pubspec.yaml", "name: a\nversion: 1.0.0+1\n", Some("a")),
            ("settings.gradle", "include ':app'\nrootProject.name = 'a'\n", Some("a")),
            ("settings.gradle.kts", "rootProject.name = \"a\"\n", Some("a")),
            ("settings.gradle", "rootProject.name = name()\n", None),
            ("Cargo.toml", "[workspace]\n", None),
            ("package.json", "[", None),
        ] {
            assert_eq!(super::name(&file.parse().unwrap(), text).as_deref(), name, "{file} {text}");
        }
    }

    #[test]
    fn a_manifest_without_a_version_is_refused() {
        for (name, text) in
            [("Cargo.toml", "[package]\nname = \"a\"\n"), ("package.json", "[]"), ("VERSION", "two words"), ("x.toml", "a = = b")]
        {
            assert!(manifest(name, text).is_err(), "{name}");
        }
    }
}
