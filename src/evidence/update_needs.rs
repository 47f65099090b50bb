//! What in the tree a bot has to keep up to date: a folder for each ecosystem that it has dependencies of.

use std::collections::BTreeMap;

use super::{Ask, dependencies};
use crate::formats::lockfile::{self, Origin};
use crate::formats::manifest_dependencies;
use crate::formats::update_config::ecosystem::{self, ACTIONS, DOCKER, Ecosystem, Need};
use crate::formats::workflow::{self, Host};
use crate::input::shipped::is_muted;
use crate::repo_path::RepoPath;

/// Files of one ecosystem in one folder.
struct Found<'a> {
    ecosystem: &'static Ecosystem,
    files: Vec<&'a RepoPath>,
}

/// The needs, in order of folder; tests, examples, documentation and vendored trees aside. They are found once for all pieces of
/// evidence.
pub(super) fn needs<'m>(ask: &Ask<'m>) -> &'m [Need] {
    ask.memo.needs.get_or_init(|| find(ask))
}

fn find(ask: &Ask<'_>) -> Vec<Need> {
    let mut groups: BTreeMap<(&str, &str), Found<'_>> = BTreeMap::new();
    for tracked in ask.product_files().filter(|found| found.regular && !is_muted(&found.path, ask.view.folder())) {
        if let Some(ecosystem) = ecosystem::of(tracked.path.as_str()) {
            let folder = folder_of(tracked.path.as_str());
            let group = groups.entry((ecosystem.name, folder)).or_insert_with(|| Found { ecosystem, files: Vec::new() });
            group.files.push(&tracked.path);
        }
    }
    let own = |name: &str, folder: &str| groups.contains_key(&(name, folder));
    let mut needs: Vec<Need> = groups
        .iter()
        .filter(|((name, folder), found)| !is_taken_in(name, folder, found, &own))
        .filter_map(|((_, folder), found)| {
            let shows = found.files.iter().find(|path| has_dependencies(ask, path))?;
            Some(Need { ecosystem: found.ecosystem, folder: (*folder).to_owned(), path: shows.to_string() })
        })
        .collect();
    needs.extend(actions(ask));
    needs.sort_by(|a, b| (&a.folder, a.ecosystem.name).cmp(&(&b.folder, b.ecosystem.name)));
    needs
}

fn folder_of(path: &str) -> &str {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    // `requirements/base.txt` belongs to the folder above, as Dependabot reads it.
    folder.strip_suffix("/requirements").unwrap_or(if folder == "requirements" { "" } else { folder })
}

/// The folder and those above it, the root last.
fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |here| (!here.is_empty()).then(|| here.rsplit_once('/').map_or("", |(above, _)| above)))
}

/// Whether manifests without a lockfile of their own belong to what stands above them, or to a tool with another lockfile.
fn is_taken_in(name: &str, folder: &str, found: &Found<'_>, own: &dyn Fn(&str, &str) -> bool) -> bool {
    let locked = found.files.iter().any(|path| lockfile::is_lockfile(path.file_name()));
    let other = match name {
        "Python" => "uv",
        "npm" => "Bun",
        _ => name,
    };
    let elsewhere = other != name && upwards(folder).any(|above| own(other, above));
    !locked && found.ecosystem.takes_in && (elsewhere || upwards(folder).skip(1).any(|above| own(name, above)))
}

/// Whether a file needs something from elsewhere; one that cannot be read is taken to.
fn has_dependencies(ask: &Ask<'_>, path: &RepoPath) -> bool {
    let Ok(file) = ask.view.open(path) else { return true };
    let Some(text) = file.text() else { return true };
    if let Some(read) = dependencies::read(ask, path, text) {
        return read.map_or(true, |lock| lock.packages.iter().any(|package| package.origin != Origin::Local));
    }
    if let Some(read) = manifest_dependencies::read(path.file_name(), text) {
        return read.map_or(true, |manifest| manifest.dependencies.iter().any(|one| !one.local));
    }
    if ecosystem::of(path.file_name()) == Some(&DOCKER) {
        return builds_on_another(text);
    }
    let is_list = path.file_name().ends_with(".txt") || path.file_name().ends_with(".in");
    !is_list || text.lines().map(str::trim).any(|line| !line.is_empty() && !line.starts_with(['#', '-']))
}

/// Whether a Dockerfile has a `FROM` of an image: not `scratch`, not an argument, not an earlier stage.
fn builds_on_another(text: &str) -> bool {
    let mut stages: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if !words.next().is_some_and(|word| word.eq_ignore_ascii_case("from")) {
            continue;
        }
        let mut words = words.skip_while(|word| word.starts_with("--"));
        let Some(image) = words.next() else { continue };
        if image != "scratch" && !image.contains('$') && !stages.iter().any(|stage| stage.eq_ignore_ascii_case(image)) {
            return true;
        }
        stages.extend(words.nth(1).map(str::to_owned));
    }
    false
}

/// The workflows of GitHub, where one of them uses an action of another repository.
fn actions(ask: &Ask<'_>) -> Option<Need> {
    const FOLDER: &str = ".github/workflows";
    let workflows = ask.view.all_tracked().iter().filter(|found| found.regular && folder_of(found.path.as_str()) == FOLDER);
    let mut workflows = workflows.filter(|found| workflow::host_of(found.path.as_str()) == Some(Host::GitHub));
    let shows = workflows.find(|found| {
        let Ok(file) = ask.view.open(&found.path) else { return false };
        let Some(text) = file.text() else { return false };
        let Ok(read) = workflow::read(Host::GitHub, text) else { return text.contains("uses:") };
        let steps = read.jobs.iter().flat_map(|job| job.steps.iter().filter_map(|step| step.uses.as_ref()).chain(job.uses.as_ref()));
        steps.into_iter().any(|(action, _)| action.contains('@') && !action.starts_with("./"))
    })?;
    Some(Need { ecosystem: &ACTIONS, folder: FOLDER.to_owned(), path: shows.path.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_of_elsewhere_is_told_from_a_stage() {
        for (text, wanted) in [
            ("FROM rust:1 AS build\nFROM build\n", true),
            ("FROM scratch\n", false),
            ("ARG BASE\nFROM ${BASE} AS build\nFROM build\n", false),
            ("FROM --platform=linux/amd64 debian:13\n", true),
            ("# FROM debian\n", false),
        ] {
            assert_eq!(builds_on_another(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_folder_has_those_above_it() {
        assert_eq!(upwards("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(folder_of("requirements/base.txt"), "");
        assert_eq!(folder_of("api/requirements/base.txt"), "api");
    }
}
