//! One pass over the texts of what is shipped, for every probe that has to read sources to see its fact.
//!
//! Most of the time goes into opening files, so each is opened once for all of these probes. How much is read is bounded for each file and in
//! all. Where only a first look is asked for, many sources are not opened at all, and it is said how many.

use std::ops::Range;

use super::{Scene, Sighting, model_remote_code, private_key, token};
use crate::input::view::Tracked;
use crate::limits;
use crate::repo_path::RepoPath;

/// What a probe searches texts for.
pub(super) struct Search {
    /// The probe's name.
    pub(super) probe: &'static str,
    /// What follows the last dot of such a file's name, in lower case; empty where there is none.
    pub(super) endings: &'static [&'static str],
    /// Whether a file of that name is searched, its ending aside.
    pub(super) named: fn(&str) -> bool,
    /// The places in a text, each with what is there.
    pub(super) look: fn(&RepoPath, &str) -> Vec<Place>,
}

/// A place in a text, and what is there.
pub(super) type Place = (Range<usize>, String);

impl Search {
    fn is_for(&self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        self.endings.iter().any(|one| one.eq_ignore_ascii_case(ending)) && (self.named)(name)
    }
}

const SEARCHES: &[&Search] = &[&private_key::SEARCH, &token::SEARCH, &model_remote_code::SEARCH];

/// How many texts are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All of them.
    Everything,
    /// Where there are more than [`limits::FIRST_LOOK_SOURCES`], only those whose name says that they hold secrets.
    FirstLook,
}

/// What the searches found.
#[derive(Debug, Default)]
pub(super) struct Searched {
    found: Vec<(&'static str, Sighting)>,
    /// Most texts were left for a longer look.
    pub(super) is_first_look: bool,
}

impl Searched {
    /// What the search of a probe found, in order of place.
    pub(super) fn of(&self, probe: &str) -> Vec<Sighting> {
        self.found.iter().filter(|(by, _)| *by == probe).map(|(_, sighting)| sighting.clone()).collect()
    }
}

/// Searches the texts of a scene.
pub(super) fn search(scene: &Scene<'_>, reach: Reach) -> Searched {
    let by = |path: &RepoPath| SEARCHES.iter().copied().filter(|search| search.is_for(path.file_name())).collect::<Vec<_>>();
    let endings: Vec<&str> = SEARCHES.iter().flat_map(|search| search.endings).copied().collect();
    let most = limits::FIRST_LOOK_SOURCES;
    let is_first_look = reach == Reach::FirstLook && scene.shipped_with(&endings, |_| true).take(most + 1).count() > most;
    let mut searched = Searched { is_first_look, ..Searched::default() };
    let wanted: Vec<&Tracked> = if is_first_look {
        let endings: Vec<&str> = OF_SECRETS.iter().chain(OF_DATA).copied().collect();
        scene.shipped_with(&endings, |path| is_for_secrets(path.file_name()) && !by(path).is_empty()).collect()
    } else {
        scene.shipped_with(&endings, |path| !by(path).is_empty()).collect()
    };
    let (mut texts, mut read) = (scene.view.skim(), 0_usize);
    for found in wanted {
        if read > limits::PROBED_BYTES {
            break;
        }
        let Some(text) = texts.text(found, limits::PROBED_FILE_BYTES) else { continue };
        read = read.saturating_add(text.len());
        for search in by(&found.path).into_iter().filter(|search| !(search.look)(&found.path, &text).is_empty()) {
            tell(scene, found, search, &mut searched);
        }
    }
    searched
}

/// Reads a text in which something is again, so that its places are known.
fn tell(scene: &Scene<'_>, found: &Tracked, search: &Search, searched: &mut Searched) {
    let Ok(file) = scene.view.read(&found.path, limits::PROBED_FILE_BYTES) else { return };
    let Some(text) = file.text() else { return };
    for (at, message) in (search.look)(&found.path, text) {
        searched.found.extend(scene.sighting(&file, at, message).map(|sighting| (search.probe, sighting)));
    }
}

/// What follows the last dot of files that are there to hold secrets.
const OF_SECRETS: &[&str] = &["pem", "key", "rsa", "dsa", "ecdsa", "ed25519", "ppk", "env", "tfvars", "npmrc", "pypirc", "htpasswd"];
/// What follows the last dot of files that hold secrets where the rest of the name says so, and of `.env.production` and its like.
#[rustfmt::skip]
const OF_DATA: &[&str] = &[
    "", "json", "yml", "yaml", "toml", "ini", "cfg", "conf", "properties", "txt", "production", "prod", "live", "staging", "local",
];

/// Whether a name says that the file is there to hold secrets.
fn is_for_secrets(name: &str) -> bool {
    let (start, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    name.starts_with(".env")
        || OF_SECRETS.iter().any(|one| one.eq_ignore_ascii_case(ending))
        || (OF_DATA.contains(&ending) && ["secret", "credential", "id_"].iter().any(|word| start.to_ascii_lowercase().contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_look_opens_what_is_named_after_secrets() {
        for name in ["server.key", "id_ed25519", ".env", ".env.production", "client-secret.json", "Credentials.yml", "prod.tfvars"] {
            assert!(is_for_secrets(name), "{name}");
        }
        for name in ["main.rs", "keyboard.ts", "environment.py", "monkey.json"] {
            assert!(!is_for_secrets(name), "{name}");
        }
    }
}
