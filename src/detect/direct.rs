//! What a project needs directly: manifests by `formats::manifest_dependencies`, and those that are programs or have no
//! syntax of their own as lines, of which only plainly quoted names count.

use std::ops::Range;

use super::table::Ecosystem;
use crate::formats::manifest_dependencies;
use crate::formats::{lockfile, xml};

/// Something that is needed directly.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Need {
    /// As the ecosystem compares names.
    pub(super) name: String,
    /// For development or tests only.
    pub(super) development: bool,
    /// What is shipped may lack it.
    pub(super) optional: bool,
    /// Where.
    pub(super) at: Range<usize>,
}

/// Path patterns of what may be a manifest ([`ecosystem`]).
#[rustfmt::skip]
pub(super) const MANIFESTS: &[&str] = &[
    "Cargo.toml", "package.json", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "environment.yml", "environment.yaml", "go.mod", "Gemfile",
    "composer.json", "pubspec.yaml", "pom.xml", "build.gradle", "build.gradle.kts", "libs.versions.toml", "Package.swift", "CMakeLists.txt",
    "vcpkg.json", "conanfile.txt", "*.csproj", "*.fsproj", "*requirements*.txt", "*requirements*.in", "requirements/*.txt", "requirements/*.in",
];

/// Whose manifest a file is, by its name in lower case; none of what is no manifest.
pub(super) fn ecosystem(path: &str) -> Option<Ecosystem> {
    let name = path.rsplit('/').next().unwrap_or_default();
    Some(match name {
        "cargo.toml" => Ecosystem::Rust,
        "package.json" => Ecosystem::Npm,
        "pyproject.toml" | "pipfile" | "setup.cfg" | "setup.py" | "environment.yml" | "environment.yaml" => Ecosystem::Python,
        "go.mod" => Ecosystem::Go,
        "gemfile" => Ecosystem::Ruby,
        "composer.json" => Ecosystem::Php,
        "pubspec.yaml" => Ecosystem::Dart,
        "pom.xml" | "build.gradle" | "build.gradle.kts" | "libs.versions.toml" => Ecosystem::Jvm,
        "package.swift" => Ecosystem::Swift,
        "cmakelists.txt" | "vcpkg.json" | "conanfile.txt" => Ecosystem::Cpp,
        _ if name.ends_with(".csproj") || name.ends_with(".fsproj") => Ecosystem::DotNet,
        _ if is_requirements(path, name) => Ecosystem::Python,
        _ => return None,
    })
}

/// `requirements.txt` and its like, but not those for development.
fn is_requirements(path: &str, name: &str) -> bool {
    const OTHER: &[&str] =
        &["dev", "test", "doc", "lint", "ci", "build", "example", "bench", "all", "extra", "optional", "typing", "style", "quality"];
    let Some(stem) = name.strip_suffix(".txt").or_else(|| name.strip_suffix(".in")) else { return false };
    let folder = path.rsplit('/').nth(1).unwrap_or_default();
    let named = stem.contains("requirements") || folder == "requirements";
    named && !stem.split(['-', '_', '.']).any(|word| OTHER.iter().any(|other| word.starts_with(other)))
}

/// What a manifest needs; nothing of one that cannot be read.
pub(super) fn needs(path: &str, file_name: &str, ecosystem: Ecosystem, text: &str) -> Vec<Need> {
    if let Some(read) = manifest_dependencies::read(file_name, text) {
        let found = read.map(|manifest| manifest.dependencies).unwrap_or_default();
        return found
            .into_iter()
            .filter(|one| !one.local)
            .map(|one| {
                // A marker of PEP 508 says on which machines, not whether.
                let marker = ecosystem == Ecosystem::Python && one.requirement.as_deref().is_some_and(|text| text.contains(';'));
                let name = if ecosystem == Ecosystem::DotNet { one.name.to_ascii_lowercase() } else { one.name };
                Need { name, development: one.development, optional: one.optional && !marker, at: one.at }
            })
            .collect();
    }
    let lower = path.rsplit('/').next().unwrap_or_default();
    match ecosystem {
        Ecosystem::Python if lower.starts_with("setup") => setup(text),
        Ecosystem::Python => requirements(text),
        Ecosystem::Jvm if lower == "pom.xml" => pom(text),
        Ecosystem::Jvm => gradle(text),
        Ecosystem::Swift => swift(text),
        Ecosystem::Cpp => cpp(lower, text),
        _ => Vec::new(),
    }
}

/// Every line with its byte range, comments left out.
fn lines<'t>(text: &'t str, comment: &'static str) -> impl Iterator<Item = (&'t str, Range<usize>)> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |whole| {
        let at = start..start + whole.trim_end().len();
        start += whole.len();
        let line = whole.trim();
        (!line.is_empty() && !line.starts_with(comment)).then_some((line, at))
    })
}

fn need(name: impl Into<String>, development: bool, at: Range<usize>) -> Need {
    Need { name: name.into(), development, optional: false, at }
}

/// Requirement lines of pip, and the like of conda.
fn requirements(text: &str) -> Vec<Need> {
    let named = lines(text, "#").filter_map(|(line, at)| {
        let line = line.strip_prefix("- ").unwrap_or(line);
        if line.starts_with('-') {
            return None;
        }
        let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(line.len());
        let (name, rest) = line.split_at_checked(end)?;
        let fits = rest.is_empty() || rest.trim_start().starts_with(['=', '<', '>', '~', '!', '[', ';', '@', '#', ',']);
        (fits && !name.is_empty()).then(|| need(lockfile::python_name(name), false, at))
    });
    named.collect()
}

/// Quoted or listed requirements of a setup script: of a program, only what stands plainly in it.
fn setup(text: &str) -> Vec<Need> {
    let mut inside = false;
    let mut found = Vec::new();
    for (line, at) in lines(text, "#") {
        if let Some(after) = line.split_once("install_requires").map(|(_, after)| after) {
            inside = !line.contains(']');
            found.extend(quoted(after).map(|name| need(name, false, at.clone())));
        } else if inside {
            if line.contains(']')
                || line.starts_with('[')
                || (line.contains('=') && !line.contains("==") && !line.contains(['<', '>', '~', '"', '\'']))
            {
                inside = false;
            }
            match line.starts_with(['"', '\'']) {
                true => found.extend(quoted(line).map(|name| need(name, false, at.clone()))),
                false => found.extend(requirements(line).into_iter().map(|one| Need { at: at.clone(), ..one })),
            }
        }
    }
    found
}

fn quoted(text: &str) -> impl Iterator<Item = String> {
    text.split(['"', '\'']).skip(1).step_by(2).filter_map(|inner| {
        let name: String = inner.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
        (!name.is_empty()).then(|| lockfile::python_name(&name))
    })
}

fn pom(text: &str) -> Vec<Need> {
    let Ok(document) = xml::read(text) else { return Vec::new() };
    let dependencies = document.descendants().filter(|node| node.has_tag_name_local("dependency"));
    let named = dependencies.filter_map(|node| {
        let managed = node.ancestors().any(|above| above.has_tag_name_local("dependencyManagement") || above.has_tag_name_local("plugin"));
        let (group, artifact) = (xml::child_text(node, "groupId")?, xml::child_text(node, "artifactId")?);
        let development = xml::child_text(node, "scope") == Some("test");
        let optional = managed || xml::child_text(node, "optional") == Some("true");
        Some(Need { name: format!("{group}:{artifact}"), development, optional, at: node.range() })
    });
    named.collect()
}

trait Local {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl Local for roxmltree::Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

/// Coordinates in quotes, of a configuration that a Gradle script or a version catalogue names.
fn gradle(text: &str) -> Vec<Need> {
    let named = lines(text, "//").flat_map(|(line, at)| {
        let development = line.to_ascii_lowercase().contains("test");
        let inner: Vec<Need> = line
            .split(['"', '\''])
            .skip(1)
            .step_by(2)
            .filter_map(|inner| {
                let mut parts = inner.split(':');
                let (group, artifact) = (parts.next()?, parts.next()?);
                let plain =
                    |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
                (plain(group) && plain(artifact)).then(|| need(format!("{group}:{artifact}"), development, at.clone()))
            })
            .collect();
        inner
    });
    named.collect()
}

fn swift(text: &str) -> Vec<Need> {
    let named = lines(text, "//").filter_map(|(line, at)| {
        let (_, after) = line.split_once("url:")?;
        let address = after.split('"').nth(1)?;
        let bare = address.trim_start_matches("https://").trim_start_matches("git@").trim_end_matches('/').trim_end_matches(".git");
        Some(need(bare.replace(':', "/").to_ascii_lowercase(), false, at))
    });
    named.collect()
}

fn cpp(file_name: &str, text: &str) -> Vec<Need> {
    let package = |line: &str| {
        let lower = line.to_ascii_lowercase();
        let (_, after) = lower.split_once("find_package(")?;
        Some(after.trim_start().split([' ', ')']).next()?.to_owned())
    };
    match file_name {
        "vcpkg.json" => lines(text, "//")
            .flat_map(|(line, at)| quoted(line).map(move |name| need(name, false, at.clone())).collect::<Vec<_>>())
            .collect(),
        "conanfile.txt" => lines(text, "#").filter_map(|(line, at)| Some(need(line.split_once('/')?.0, false, at))).collect(),
        _ => lines(text, "#").filter_map(|(line, at)| Some(need(package(line)?, false, at))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str, text: &str) -> Vec<String> {
        let kind = ecosystem(&path.to_ascii_lowercase());
        kind.map(|kind| needs(&path.to_ascii_lowercase(), path, kind, text)).unwrap_or_default().into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn manifests_without_a_reader_of_their_own_are_read_as_lines() {
        assert_eq!(names("requirements.txt", "# torch\nOpenAI>=1 # x\n-r other.txt\nscikit_learn\n"), ["openai", "scikit-learn"]);
        assert_eq!(names("requirements-dev.txt", "torch\n"), Vec::<String>::new());
        assert_eq!(
            names("setup.py", "setup(\n  install_requires=[\n    'torch>=2',\n    \"numpy\",\n  ],\n  extras_require={'x': ['jax']})\n"),
            ["torch", "numpy"]
        );
        assert_eq!(
            names("setup.cfg", "[options]\ninstall_requires =\n  torch>=2\n  numpy\n[options.extras_require]\nx = jax\n"),
            ["torch", "numpy"]
        );
        assert_eq!(
            names("build.gradle", "dependencies {\n  implementation 'dev.langchain4j:langchain4j:1.0'\n}\n"),
            ["dev.langchain4j:langchain4j"]
        );
        assert_eq!(
            names(
                "pom.xml",
                "<project><dependencies><dependency><groupId>ai.djl</groupId><artifactId>api</artifactId></dependency></dependencies></project>"
            ),
            ["ai.djl:api"]
        );
        assert_eq!(
            names("Package.swift", ".package(url: \"https://github.com/MacPaw/OpenAI.git\", from: \"1\")\n"),
            ["github.com/macpaw/openai"]
        );
        assert_eq!(names("CMakeLists.txt", "find_package(Torch REQUIRED)\n"), ["torch"]);
    }
}
