//! Name and version of a product from its manifest, read as data: no build tool is asked.

use crate::repo_path::RepoPath;

/// What a manifest says of its product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The package's name.
    pub name: Option<String>,
    /// The package's version.
    pub version: Option<String>,
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
        from_json(text)?
    } else {
        let line = text.trim();
        let plain = !line.is_empty() && line.len() <= 64 && !line.contains(char::is_whitespace);
        Manifest { name: None, version: plain.then(|| line.trim_start_matches('v').to_owned()) }
    };
    if manifest.version.is_none() {
        return Err("it states no version (looked for package.version, workspace.package.version, project.version, tool.poetry.version, a JSON `version`, or a file with the version alone)".into());
    }
    Ok(manifest)
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
    Ok(Manifest {
        name: first(&[&["package", "name"], &["project", "name"], &["tool", "poetry", "name"]]),
        version: first(&[
            &["package", "version"],
            &["workspace", "package", "version"],
            &["project", "version"],
            &["tool", "poetry", "version"],
        ]),
    })
}

fn from_json(text: &str) -> Result<Manifest, String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| format!("it is not valid JSON: {error}"))?;
    let word = |key: &str| value.get(key).and_then(|found| found.as_str()).map(str::to_owned);
    Ok(Manifest { name: word("name"), version: word("version") })
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
    fn a_manifest_without_a_version_is_refused() {
        for (name, text) in
            [("Cargo.toml", "[package]\nname = \"a\"\n"), ("package.json", "[]"), ("VERSION", "two words"), ("x.toml", "a = = b")]
        {
            assert!(manifest(name, text).is_err(), "{name}");
        }
    }
}
