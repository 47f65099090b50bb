//! `default-password-in-config`: every installation or unit starts with the same password, which a shipped file sets.

use std::ops::Range;

use super::settings::{Setting, defines, is_for_development, kconfig, speaks_of};
use super::{Probe, Scene, Sighting};
use crate::formats::tree::{self, Node, Syntax};
use crate::repo_path::RepoPath;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct DefaultPasswordInConfig;

impl Probe for DefaultPasswordInConfig {
    fn name(&self) -> &'static str {
        "default-password-in-config"
    }

    fn looks_at(&self) -> &'static str {
        "Passwords in the environment of compose files that say by name or folder that they are for deployment or that run the product's own image, in the .env beside them, in seed files for an administrator, and macros and Kconfig strings called DEFAULT … PASSWORD, but for those of networks that are joined."
    }

    fn limits(&self) -> &'static str {
        "Files that speak of development, compose files that build or may be for developers only, references to variables and secrets, encrypted values and placeholders are left alone. Scripts, charts and code are not searched."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let product: String = slug(&scene.product.name.value);
        let (mut seen, mut deployed) = (Vec::new(), Vec::new());
        let of_data = scene.shipped_with(&["yml", "yaml", "json", "h", "hpp"], |path| kind(path.file_name()).is_some());
        for found in of_data.chain(scene.kconfigs().iter().copied()).filter(|found| !is_for_development(found.path.as_str())) {
            let Some(kind) = kind(found.path.file_name()) else { continue };
            let Some(file) = scene.open(&found.path) else { continue };
            let text = file.text().unwrap_or_default();
            let settings = match kind {
                Kind::Compose => {
                    let (is_deployed, settings) = compose(text, &found.path, &product);
                    deployed.extend(is_deployed.then(|| folder(&found.path)));
                    settings
                }
                Kind::Environment => continue,
                Kind::Seed(syntax) => seeds(syntax, text),
                Kind::Header => named(defines(text)),
                Kind::Kconfig => named(kconfig(text)),
            };
            seen.extend(settings.into_iter().filter_map(|(name, at)| scene.sighting(&file, at, message(&found.path, &name))));
        }
        let beside = |path: &RepoPath| matches!(kind(path.file_name()), Some(Kind::Environment)) && deployed.contains(&folder(path));
        for found in scene.shipped_with(&["env", "production", "prod"], beside) {
            let Some(file) = scene.open(&found.path) else { continue };
            let settings = environment(file.text().unwrap_or_default());
            seen.extend(settings.into_iter().filter_map(|(name, at)| scene.sighting(&file, at, message(&found.path, &name))));
        }
        seen
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Compose,
    Environment,
    Seed(Syntax),
    Header,
    Kconfig,
}

fn kind(name: &str) -> Option<Kind> {
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    match name {
        ".env" | ".env.production" | ".env.prod" => Some(Kind::Environment),
        _ if yaml && (name.starts_with("compose") || name.starts_with("docker-compose")) => Some(Kind::Compose),
        _ if name.ends_with(".h") || name.ends_with(".hpp") => Some(Kind::Header),
        _ if name.starts_with("sdkconfig") || name.ends_with("defconfig") => Some(Kind::Kconfig),
        _ if name.starts_with("prj") && name.ends_with(".conf") => Some(Kind::Kconfig),
        _ => {
            let syntax = Syntax::of(name).filter(|syntax| matches!(syntax, Syntax::Json | Syntax::Yaml))?;
            speaks_of(name, &["seed", "seeds"]).then_some(Kind::Seed(syntax))
        }
    }
}

fn message(path: &RepoPath, name: &str) -> String {
    format!("{path} sets {} to the same value everywhere", one_line(name, 60))
}

fn folder(path: &RepoPath) -> String {
    path.as_str().rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
}

fn slug(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Whether a compose file is one that customers run, and then the passwords that it sets.
fn compose(text: &str, path: &RepoPath, product: &str) -> (bool, Vec<(String, Range<usize>)>) {
    const DEPLOYED: &[&str] = &["prod", "production", "deploy", "deployment", "release", "selfhost", "selfhosted", "onprem", "appliance"];
    let Ok(document) = tree::read(Syntax::Yaml, text) else { return (false, Vec::new()) };
    let services = document.at(&["services"]).entries();
    let runs_product = |node: &Node<'_>| {
        let image = node.word("image").unwrap_or_default().split(['@', ':']).next().unwrap_or_default();
        product.len() >= 3 && slug(image.rsplit('/').next().unwrap_or_default()).contains(product)
    };
    let only_images = services.iter().all(|service| service.node.get("build").is_none() && service.node.get("image").is_some());
    let own = only_images && services.iter().any(|service| runs_product(&service.node));
    if !(own || speaks_of(path.as_str(), DEPLOYED)) {
        return (false, Vec::new());
    }
    let mut found = Vec::new();
    for service in services {
        let variables = service.node.at(&["environment"]);
        for entry in variables.entries() {
            let value = entry.node.scalar().unwrap_or_default();
            found.extend((is_password(&entry.key) && is_fixed(&value)).then(|| (entry.key.to_string(), entry.key_range())));
        }
        for item in variables.items() {
            let Some((key, value)) = item.text().and_then(|text| text.split_once('=')) else { continue };
            let start = item.range().start;
            found.extend((is_password(key) && is_fixed(value)).then(|| (key.to_owned(), start..start + 1)));
        }
    }
    (true, found)
}

fn environment(text: &str) -> Vec<(String, Range<usize>)> {
    let (mut found, mut start) = (Vec::new(), 0);
    for whole in text.split_inclusive('\n') {
        let from = start;
        start += whole.len();
        let Some((key, value)) = whole.split_once('=') else { continue };
        let value = value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        if is_password(key) && is_fixed(value) {
            found.push((key.to_owned(), from..from + key.len()));
        }
    }
    found
}

/// An administrator with a password that everybody guesses first.
fn seeds(syntax: Syntax, text: &str) -> Vec<(String, Range<usize>)> {
    let Ok(document) = tree::read(syntax, text) else { return Vec::new() };
    let (mut found, mut open) = (Vec::new(), vec![&document]);
    while let Some(node) = open.pop() {
        open.extend(node.items().iter().rev().chain(node.entries().iter().rev().map(|entry| &entry.node)));
        let who = ["username", "user", "login", "name", "role"].iter().filter_map(|key| node.word(key));
        let is_administrator = who.into_iter().any(|who| ["admin", "administrator", "root"].contains(&who.to_ascii_lowercase().as_str()));
        let password =
            node.entry("password").filter(|entry| is_administrator && entry.node.scalar().is_some_and(|value| is_well_known(&value)));
        found.extend(password.map(|entry| ("an administrator's password".to_owned(), entry.key_range())));
    }
    found
}

fn is_well_known(value: &str) -> bool {
    const KNOWN: &[&str] =
        &["admin", "admin123", "administrator", "password", "password1", "root", "toor", "changeme", "default", "letmein"];
    KNOWN.contains(&value.to_ascii_lowercase().as_str()) || ["1234", "12345", "123456", "12345678", "123456789", "0000"].contains(&value)
}

fn named(settings: Vec<Setting<'_>>) -> Vec<(String, Range<usize>)> {
    // What stands beside the name of a network is the password of one that is joined, unless the unit opens it itself.
    let networks: Vec<String> = settings.iter().filter_map(|one| before(one.name, &["ssid"])).collect();
    let joins = |name: &str| {
        let opens = speaks_of(name, &["ap", "softap", "hotspot"]);
        let wireless = speaks_of(name, &["wifi", "wlan", "sta", "router"]);
        !opens && (wireless || before(name, PASSWORDS).is_some_and(|start| networks.contains(&start)))
    };
    let ours = settings.into_iter().filter(|one| {
        speaks_of(one.name, &["default", "factory"])
            && speaks_of(one.name, PASSWORDS)
            && is_fixed(one.value)
            && !is_result(one.value)
            && !joins(one.name)
    });
    ours.filter(|one| !speaks_of(one.name, &["prompt", "label", "file", "path", "hint", "key", "field"]))
        .map(|one| (one.name.to_owned(), one.at))
        .collect()
}

/// What a password is called.
const PASSWORDS: &[&str] = &["password", "passwd", "pass", "pwd"];

/// What stands before the last word of a name, where that is one of these.
fn before(name: &str, words: &[&str]) -> Option<String> {
    let (start, last) = name.rsplit_once('_')?;
    words.iter().any(|word| last.eq_ignore_ascii_case(word)).then(|| start.to_ascii_lowercase())
}

/// Whether a value is the outcome of a test in the factory.
fn is_result(value: &str) -> bool {
    ["pass", "passed", "ok"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether a variable of the environment holds a password, and not where one lies or how one is made.
fn is_password(key: &str) -> bool {
    let key = key.to_ascii_uppercase();
    let plain = key.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    let aside = ["EMPTY", "RANDOM", "RESET", "FORGOT", "HASH", "DISABLE", "ENABLE", "ALLOW", "NO"];
    plain && speaks_of(key.rsplit('_').next().unwrap_or_default(), &["password", "passwd", "pass"]) && !speaks_of(&key, &aside)
}

/// Whether a value is itself the password: no reference, no encrypted text, no path, no switch, and no place of one.
fn is_fixed(value: &str) -> bool {
    const PLACES: &[&str] =
        &["your", "example", "placeholder", "replace", "todo", "fixme", "redacted", "xxx", "insert", "enc[", "op:", "vault"];
    const SWITCHES: &[&str] = &["yes", "no", "true", "false", "on", "off", "0", "1", "null", "none"];
    let lower = value.to_ascii_lowercase();
    let written = value.bytes().any(|c| c.is_ascii_alphanumeric()) && value.bytes().all(|c| c.is_ascii_graphic());
    // `TU_PASSWORD`, `MY_PASS`: the name of what belongs there.
    let named = value.contains('_')
        && value == value.to_ascii_uppercase()
        && value.rsplit('_').next().is_some_and(|last| speaks_of(last, PASSWORDS));
    let refers = value.contains(['$', '{', '}', '<', '>', '%', '*']) || value.starts_with(['/', '@', '!', '.']) || value.contains("://");
    written && !named && !refers && !SWITCHES.contains(&lower.as_str()) && !PLACES.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_the_password_is_fixed() {
        for value in ["admin", "changeme", "S3cret-Value", "postgres"] {
            assert!(is_fixed(value), "{value}");
        }
        for value in [
            "",
            "${DB_PASSWORD}",
            "${X:-admin}",
            "$X",
            "<password>",
            "your-password",
            "/run/secrets/db",
            "ENC[AES256]",
            "yes",
            "{{ pw }}",
            "****",
            "_",
            "TU_PASSWORD",
        ] {
            assert!(!is_fixed(value), "{value}");
        }
    }

    #[test]
    fn a_variable_is_a_password_by_its_last_word() {
        for key in ["POSTGRES_PASSWORD", "RABBITMQ_DEFAULT_PASS", "PASSWORD"] {
            assert!(is_password(key), "{key}");
        }
        for key in ["POSTGRES_PASSWORD_FILE", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD", "BYPASS", "# DB_PASSWORD"] {
            assert!(!is_password(key), "{key}");
        }
    }

    #[test]
    fn a_compose_file_that_builds_is_nobodys_installation() {
        let path: RepoPath = "docker-compose.yml".parse().unwrap_or_default();
        let text =
            "services:\n  app:\n    image: acme/ledger:1\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: admin\n";
        assert_eq!(compose(text, &path, "ledger").1.len(), 1);
        assert!(!compose(&text.replace("image: acme/ledger:1", "build: ."), &path, "ledger").0);
        assert!(!compose(text, &path, "till").0);
    }

    #[test]
    fn the_password_of_a_network_that_is_joined_and_the_outcome_of_a_test_are_none() {
        let names = |text: &str| named(defines(text)).into_iter().map(|one| one.0).collect::<Vec<_>>();
        let text = "#define DEFAULT_AP_SSID \"hub\"\n#define DEFAULT_AP_PASS \"hub12345\"\n#define USERS_DEFAULT_PASSWORD (\"admin\")\n";
        assert_eq!(names(text), ["DEFAULT_AP_PASS", "USERS_DEFAULT_PASSWORD"]);
        let text = "#define DEFAULT_SSID \"home\"\n#define DEFAULT_PASS \"home12345\"\n#define DEFAULT_WIFI_PASSWORD \"home12345\"\n#define FACTORY_PASS \"PASS\"\n";
        assert!(names(text).is_empty());
    }

    #[test]
    fn an_administrator_in_a_seed_file_is_found() {
        let text = "users:\n  - username: admin\n    password: admin\n  - username: ann\n    password: admin\n";
        assert_eq!(seeds(Syntax::Yaml, text).len(), 1);
    }
}
