//! `token-in-tree`: an access token of a well-known service lies in the repository.

use super::search::Search;
use super::{Probe, Scene, Sighting};
use crate::repo_path::RepoPath;

/// See the module's documentation.
pub(super) struct TokenInTree;

/// A service's tokens: what they begin with, how many characters follow at least and at most, and of which kind.
struct Shape {
    service: &'static str,
    prefix: &'static str,
    least: usize,
    most: usize,
}

const fn shape(service: &'static str, prefix: &'static str, least: usize, most: usize) -> Shape {
    Shape { service, prefix, least, most }
}

/// Shapes that the services document, and that hardly occur by chance.
const SHAPES: &[Shape] = &[
    shape("GitHub", "ghp_", 36, 36),
    shape("GitHub", "gho_", 36, 36),
    shape("GitHub", "ghs_", 36, 36),
    shape("GitHub", "ghu_", 36, 36),
    shape("GitHub", "github_pat_", 82, 82),
    shape("GitLab", "glpat-", 20, 64),
    shape("npm", "npm_", 36, 36),
    shape("PyPI", "pypi-AgEIcHlwaS5vcmc", 50, 400),
    shape("Slack", "xoxb-", 40, 120),
    shape("Slack", "xoxp-", 40, 120),
    shape("Stripe", "sk_live_", 24, 120),
    shape("Google", "AIza", 35, 35),
    shape("SendGrid", "SG.", 66, 66),
    shape("Hugging Face", "hf_", 34, 34),
];

/// What follows the last dot of files that are searched, in lower case.
#[rustfmt::skip]
const ENDINGS: &[&str] = &[
    "env", "yml", "yaml", "json", "toml", "ini", "cfg", "conf", "properties", "xml", "plist", "gradle", "tf", "tfvars", "sh", "ps1", "py", "js",
    "mjs", "ts", "tsx", "jsx", "go", "rb", "php", "java", "kt", "swift", "rs", "c", "h", "cpp", "cs", "npmrc", "pypirc", "dockerfile", "",
    // `.env.production` and its like.
    "production", "prod", "live", "staging", "uat", "qa", "ci", "preview", "docker", "development", "dev", "local",
];

impl Probe for TokenInTree {
    fn name(&self) -> &'static str {
        SEARCH.probe
    }

    fn looks_at(&self) -> &'static str {
        "The product's configuration, script and source files of up to 256 KiB, for tokens of GitHub, GitLab, npm, PyPI, Slack, Stripe, Google, SendGrid and Hugging Face."
    }

    fn limits(&self) -> &'static str {
        "Other services' tokens and the history are not searched, and whether a token is still in force cannot be known. Lockfiles, templates and examples are left alone, and so are Google's keys where they only name an app that everybody gets: Firebase's configuration, Android's resources."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        scene.searched(SEARCH.probe)
    }
}

pub(super) const SEARCH: Search = Search {
    probe: "token-in-tree",
    endings: ENDINGS,
    named: is_searched,
    look: |path, text| {
        let known = is_known_to_all(path, text);
        let told = tokens(text).into_iter().filter(|(service, _)| !(known && *service == "Google"));
        told.map(|(service, at)| (at, format!("{path} holds a token of {service}"))).collect()
    },
};

/// Whether Google's keys in a file name the app and are no secret: Firebase's configuration of an app, which every user
/// gets with it ("Learn about using and managing API keys for Firebase"), and the resources of an Android app.
fn is_known_to_all(path: &RepoPath, text: &str) -> bool {
    let name = path.file_name();
    let resource = path.components().any(|part| part == "values" || part.starts_with("values-")) && name.ends_with(".xml");
    name == "google-services.json"
        || (name.starts_with("GoogleService-Info") && name.ends_with(".plist"))
        || name == "AndroidManifest.xml"
        || resource
        || (text.contains("authDomain") && text.contains("messagingSenderId"))
}

fn is_searched(name: &str) -> bool {
    const FOR_ENVIRONMENTS: &[&str] =
        &["production", "prod", "live", "staging", "uat", "qa", "ci", "preview", "docker", "development", "dev", "local", ""];
    let lower = name.to_ascii_lowercase();
    let aside = ["-lock.json", "-lock.yaml", ".min.js"].iter().any(|end| lower.ends_with(end));
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    !aside && (!FOR_ENVIRONMENTS.contains(&ending) || lower.starts_with(".env") || lower.ends_with("dockerfile"))
}

/// Services and the places of their tokens' prefixes; the token itself is never part of a place.
fn tokens(text: &str) -> Vec<(&'static str, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    for shape in SHAPES {
        for (at, _) in text.match_indices(shape.prefix) {
            let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
            let glued = text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(inside);
            let rest = text.get(at + shape.prefix.len()..).unwrap_or_default();
            let body: String =
                rest.chars().take(shape.most + 1).take_while(|c| inside(*c) && (*c != '.' || shape.prefix == "SG.")).collect();
            if !glued && (shape.least..=shape.most).contains(&body.len()) && is_random(&body) {
                found.push((shape.service, at..at + shape.prefix.len()));
            }
        }
    }
    found
}

/// Whether a text looks drawn at random and not written as the place of a token.
fn is_random(body: &str) -> bool {
    let distinct: std::collections::BTreeSet<char> = body.chars().collect();
    let lower = body.to_ascii_lowercase();
    let word = ["example", "xxxx", "your", "token", "placeholder", "0000", "1234567", "abcdef"].iter().any(|word| lower.contains(word));
    let mixed = body.chars().any(|c| c.is_ascii_digit()) && body.chars().any(|c| c.is_ascii_alphabetic());
    distinct.len() >= 12 && mixed && !word
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Random letters, joined here so that no token stands in the source.
    fn token(prefix: &str, length: usize) -> String {
        let letters = "q7RkV2mZt9LxWc4HnPj8sBfYd3GaQe6TuKoCiMv5";
        prefix.chars().chain(letters.chars().cycle().take(length)).collect()
    }

    #[test]
    fn tokens_of_the_documented_shapes_are_found() {
        for (service, text) in
            [("GitHub", token("ghp_", 36)), ("npm", token("npm_", 36)), ("Google", token("AIza", 35)), ("GitLab", token("glpat-", 20))]
        {
            let line = format!("KEY = \"{text}\"\n");
            assert_eq!(tokens(&line).first().map(|found| found.0), Some(service), "{service}");
            assert_eq!(tokens(&line).len(), 1);
        }
    }

    #[test]
    fn a_key_that_names_an_app_is_no_secret() {
        for path in ["app/google-services.json", "ios/GoogleService-Info-Release.plist", "app/src/main/res/values/setup.xml"] {
            assert!(is_known_to_all(&path.parse().unwrap_or_default(), ""), "{path}");
        }
        for path in ["deploy/config.yml", "app/values.xml", "src/GoogleService.plist"] {
            assert!(!is_known_to_all(&path.parse().unwrap_or_default(), ""), "{path}");
        }
        assert!(is_known_to_all(&"web/firebase.js".parse().unwrap_or_default(), "apiKey: 'x', authDomain: 'x', messagingSenderId: '1'"));
    }

    #[test]
    fn the_places_of_tokens_are_none() {
        for text in
            [token("ghp_", 35), token("ghp_", 37), "ghp_".to_owned() + &"x".repeat(36), token("aghp_", 36), "npm_config_cache".to_owned()]
        {
            assert!(tokens(&text).is_empty(), "{text}");
        }
        assert!(tokens(&format!("ghp_EXAMPLE{}", token("", 29))).is_empty());
    }
}
