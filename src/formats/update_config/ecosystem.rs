//! What bots update, told by the names of files: "Supported ecosystems and repositories" of GitHub for Dependabot, "Managers" of
//! Renovate.

/// Something that a bot updates.
#[derive(Debug, PartialEq, Eq)]
pub struct Ecosystem {
    /// Its name, for messages.
    pub name: &'static str,
    /// What Dependabot calls it in `package-ecosystem`.
    pub dependabot: &'static [&'static str],
    /// The managers of Renovate.
    pub renovate: &'static [&'static str],
    /// Names of its files; one `*` stands for any text.
    pub files: &'static [&'static str],
    /// Whether a folder also takes in what lies below it: members of a workspace, modules, projects.
    pub takes_in: bool,
}

const fn one(
    name: &'static str,
    dependabot: &'static [&'static str],
    renovate: &'static [&'static str],
    files: &'static [&'static str],
    takes_in: bool,
) -> Ecosystem {
    Ecosystem { name, dependabot, renovate, files, takes_in }
}

/// GitHub Actions, whose files are told by their folder.
pub static ACTIONS: Ecosystem = one("GitHub Actions", &["github-actions"], &["github-actions"], &[], false);
/// Images that a Dockerfile builds on.
pub static DOCKER: Ecosystem =
    one("Docker", &["docker"], &["dockerfile"], &["Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile"], false);

const PYTHON: &[&str] = &["pip_requirements", "pipenv", "poetry", "pep621", "pip-compile", "pip_setup", "setup-cfg"];

/// Every other one, lockfiles before manifests.
pub static PACKAGES: &[Ecosystem] = &[
    one("Cargo", &["cargo"], &["cargo"], &["Cargo.lock", "Cargo.toml"], true),
    one("Bun", &["bun", "npm"], &["bun", "npm"], &["bun.lock", "bun.lockb"], true),
    one(
        "npm",
        &["npm", "bun"],
        &["npm"],
        &["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "package.json"],
        true,
    ),
    one("uv", &["uv"], &["pep621"], &["uv.lock"], true),
    one(
        "Python",
        &["pip", "uv"],
        PYTHON,
        &["poetry.lock", "pdm.lock", "Pipfile.lock", "Pipfile", "pyproject.toml", "requirements*.txt", "requirements*.in"],
        true,
    ),
    one("Go", &["gomod"], &["gomod"], &["go.mod"], false),
    one("Bundler", &["bundler"], &["bundler"], &["Gemfile.lock", "Gemfile"], true),
    one("Composer", &["composer"], &["composer"], &["composer.lock", "composer.json"], true),
    one("Gradle", &["gradle"], &["gradle"], &["gradle.lockfile", "build.gradle", "build.gradle.kts"], true),
    one("Maven", &["maven"], &["maven"], &["pom.xml"], true),
    one("NuGet", &["nuget"], &["nuget"], &["packages.lock.json", "*.csproj", "*.fsproj", "*.vbproj"], true),
    one("pub", &["pub"], &["pub"], &["pubspec.lock", "pubspec.yaml"], true),
    one("Swift", &["swift"], &["swift"], &["Package.resolved", "Package.swift"], true),
    one("Mix", &["mix"], &["mix"], &["mix.lock", "mix.exs"], true),
];

/// What a file belongs to, by its name; in a folder called `requirements`, lists of Python have any name.
pub fn of(path: &str) -> Option<&'static Ecosystem> {
    let (folder, file_name) = path.rsplit_once('/').unwrap_or(("", path));
    let file_name = match (folder.rsplit('/').next(), file_name.ends_with(".txt")) {
        (Some("requirements"), true) => "requirements.txt",
        _ => file_name,
    };
    let fits = |pattern: &&str| match pattern.split_once('*') {
        Some((start, end)) => file_name.len() >= start.len() + end.len() && file_name.starts_with(start) && file_name.ends_with(end),
        None => file_name == *pattern,
    };
    PACKAGES.iter().chain([&DOCKER]).find(|one| one.files.iter().any(fits))
}

/// Something in the tree that needs updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// What it belongs to.
    pub ecosystem: &'static Ecosystem,
    /// Its folder, from the git repository's root, without slashes at the ends.
    pub folder: String,
    /// A file that shows it, from the git repository's root.
    pub path: String,
}

/// Whether a configuration covers a need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cover {
    /// It does.
    Yes,
    /// It does not: why, and where that stands.
    No(String, std::ops::Range<usize>),
    /// That rests on what is not in the file, or is not understood.
    Unsure(String),
}
