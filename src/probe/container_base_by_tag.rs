//! `container-base-by-tag`: an image is built on another that is named by a tag, which can be moved.

use super::{Probe, Scene, Sighting};
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct ContainerBaseByTag;

impl Probe for ContainerBaseByTag {
    fn name(&self) -> &'static str {
        "container-base-by-tag"
    }

    fn looks_at(&self) -> &'static str {
        "`FROM` in the product's files called Dockerfile or Containerfile, also with a name before or after (`app.Dockerfile`, `Dockerfile.app`)."
    }

    fn limits(&self) -> &'static str {
        "`scratch`, earlier stages, and images named by a build argument are left alone. Compose files and charts are not read."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for found in scene.shipped_where(|path| is_dockerfile(path.file_name())) {
            let Some(file) = scene.open(&found.path) else { continue };
            for (number, image) in movable(file.text().unwrap_or_default()) {
                let message = format!("{} builds on {}, which can be moved to another image", found.path, one_line(&image, 100));
                seen.extend(scene.sighting_at_line(&file, number, message));
            }
        }
        seen
    }
}

fn is_dockerfile(name: &str) -> bool {
    if !name.starts_with(['D', 'C']) && !name.ends_with("file") {
        return false;
    }
    ["Dockerfile", "Containerfile"].iter().any(|known| {
        name == *known
            || name.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'))
            || name.strip_suffix(known).is_some_and(|rest| rest.ends_with('.'))
    }) && !name.ends_with(".dockerignore")
}

/// Lines (1-based) and images of `FROM`s by tag.
fn movable(text: &str) -> Vec<(usize, String)> {
    let mut stages: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().filter(|word| !word.starts_with("--")).collect();
        let [from, image, rest @ ..] = words.as_slice() else { continue };
        if !from.eq_ignore_ascii_case("from") {
            continue;
        }
        let is_stage = stages.iter().any(|stage| stage.eq_ignore_ascii_case(image));
        if !is_stage && *image != "scratch" && !image.contains('$') && !image.contains("@sha256:") {
            found.push((index + 1, (*image).to_owned()));
        }
        match rest {
            [keyword, stage, ..] if keyword.eq_ignore_ascii_case("as") => stages.push((*stage).to_owned()),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_digests_arguments_and_scratch_are_left_alone() {
        let text = "ARG BASE=alpine\nFROM --platform=linux/amd64 rust:1.95 AS build\nRUN cargo build\nFROM build AS test\nFROM ${BASE}\nFROM scratch\nFROM debian@sha256:aa\nfrom python\n";
        assert_eq!(movable(text), [(2, "rust:1.95".to_owned()), (8, "python".to_owned())]);
    }

    #[test]
    fn the_usual_names_are_known() {
        for name in ["Dockerfile", "Containerfile", "Dockerfile.app", "app.Dockerfile"] {
            assert!(is_dockerfile(name), "{name}");
        }
        for name in ["Dockerfiles", "dockerfile.md", "Dockerfile.dockerignore", "NotADockerfile"] {
            assert!(!is_dockerfile(name), "{name}");
        }
    }
}
