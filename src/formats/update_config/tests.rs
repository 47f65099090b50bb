#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::ecosystem::{ACTIONS, DOCKER, PACKAGES};
use super::*;
use proptest::prelude::*;

fn need(name: &str, folder: &str, path: &str) -> Need {
    let ecosystem = PACKAGES.iter().chain([&ACTIONS, &DOCKER]).find(|one| one.name == name).unwrap();
    Need { ecosystem, folder: folder.to_owned(), path: path.to_owned() }
}

fn dependabot(items: &str) -> UpdateConfig {
    read(Bot::Dependabot, "dependabot.yml", &format!("version: 2\nupdates:\n{items}")).unwrap()
}

fn renovate(text: &str) -> UpdateConfig {
    read(Bot::Renovate, "renovate.json5", text).unwrap()
}

fn item(ecosystem: &str, more: &str) -> String {
    format!("  - package-ecosystem: {ecosystem}\n    schedule: {{interval: weekly}}\n    {more}\n")
}

#[test]
fn dependabot_looks_folder_by_folder() {
    let cargo = |folder: &str| need("Cargo", folder, "Cargo.lock");
    for (more, folder, wanted) in [
        ("directory: /", "", true),
        ("directory: /", "cli", true),
        ("directory: /cli", "", false),
        ("directory: /cli/", "cli", true),
        ("directory: ./cli", "cli", true),
        ("directories: [/a, /b]", "b", true),
        ("directories: ['/lib-*']", "lib-x", true),
        ("directories: ['/lib-*']", "app", false),
        ("directories: ['**/*']", "a/b/c", true),
        ("directories: ['/**']", "", true),
    ] {
        assert_eq!(dependabot(&item("cargo", more)).covers(&cargo(folder)) == Cover::Yes, wanted, "{more} {folder}");
    }
    let docker = dependabot(&item("docker", "directory: /"));
    assert!(matches!(docker.covers(&need("Docker", "deploy", "deploy/Dockerfile")), Cover::No(..)), "images of a folder need their own");
    let actions = need("GitHub Actions", ".github/workflows", ".github/workflows/ci.yml");
    assert_eq!(dependabot(&item("github-actions", "directory: /")).covers(&actions), Cover::Yes);
    assert_eq!(dependabot(&item("github-actions", "directory: /.github/workflows")).covers(&actions), Cover::Yes);
}

#[test]
fn dependabot_can_be_switched_off() {
    let cargo = need("Cargo", "", "Cargo.lock");
    let covers = |more: &str| dependabot(&item("cargo", &format!("directory: /\n    {more}"))).covers(&cargo);
    assert!(matches!(covers("open-pull-requests-limit: 0"), Cover::No(..)));
    assert!(matches!(covers("ignore: [{dependency-name: '*'}]"), Cover::No(..)));
    assert!(matches!(covers("exclude-paths: ['Cargo.*']"), Cover::No(..)));
    assert!(matches!(covers("exclude-paths: ['{Cargo}.*']"), Cover::Yes | Cover::Unsure(_)));
    assert_eq!(covers("ignore: [{dependency-name: '*', update-types: ['version-update:semver-major']}]"), Cover::Yes);
    assert_eq!(covers("ignore: [{dependency-name: serde}]"), Cover::Yes);
    assert_eq!(covers("open-pull-requests-limit: 10"), Cover::Yes);
    for more in [
        "ignore: [{dependency-name: '**'}]",
        "ignore: [{dependency-name: '*', versions: ['>= 0']}]",
        "ignore: [{dependency-name: '*', versions: ['1.x', '*']}]",
        "ignore: [{dependency-name: '*', update-types: ['version-update:semver-major']}, {dependency-name: '*', update-types: ['version-update:semver-minor', 'version-update:semver-patch']}]",
        "allow: [{dependency-name: nothing}]",
        "allow: [{dependency-type: development}]",
    ] {
        assert!(matches!(covers(more), Cover::No(..)), "{more}");
    }
    for more in [
        "allow: [{dependency-type: all}]",
        "allow: [{dependency-name: a}, {dependency-type: direct}]",
        "ignore: [{dependency-name: '*', versions: ['>= 2']}]",
    ] {
        assert_eq!(covers(more), Cover::Yes, "{more}");
    }
    assert!(matches!(covers("allow: []"), Cover::Unsure(_)));
    assert!(matches!(covers("'<<': {open-pull-requests-limit: 0}"), Cover::Unsure(_)));
}

#[test]
fn what_dependabot_refuses_is_a_fault() {
    for (text, wanted) in [
        ("version: 1\nupdates: [{package-ecosystem: npm, directory: /, schedule: {interval: daily}}]", "version"),
        ("version: 2\n", "no-updates"),
        ("version: 2\nupdates: []", "no-updates"),
        ("version: 2\nupdates: [{directory: /, schedule: {interval: daily}}]", "no-ecosystem"),
        ("version: 2\nupdates: [{package-ecosystem: npm, schedule: {interval: daily}}]", "no-directory"),
        ("version: 2\nupdates: [{package-ecosystem: npm, directory: /, schedule: {interval: often}}]", "no-interval"),
        ("version: 2\nupdates: [{package-ecosystem: npm, directory: /, schedule: {interval: cron}}]", "no-cronjob"),
        (
            "version: 2\nupdates: [{package-ecosystem: npm, directory: /, schedule: {interval: daily}, open-pull-requests-limit: '0'}]",
            "no-limit",
        ),
        (
            "version: 2\nupdates: [{package-ecosystem: npm, directory: /, schedule: {interval: daily}, open-pull-requests-limit: -1}]",
            "no-limit",
        ),
        (
            "version: 2\nupdates: [{package-ecosystem: npm, directory: /, schedule: {interval: daily}}, {package-ecosystem: npm, directories: [/a, ./], schedule: {interval: daily}}]",
            "repeated",
        ),
    ] {
        let config = read(Bot::Dependabot, "dependabot.yml", text).unwrap();
        let names: Vec<&str> = config.faults().iter().map(|fault| fault.name).collect();
        assert_eq!(names, [wanted], "{text}");
    }
    let group = "version: 2\nmulti-ecosystem-groups: {all: {schedule: {interval: weekly}}}\nupdates: [{package-ecosystem: npm, directory: /, patterns: ['*'], multi-ecosystem-group: all}]";
    assert!(read(Bot::Dependabot, "dependabot.yml", group).unwrap().faults().is_empty());
}

#[test]
fn renovate_covers_what_is_not_switched_off() {
    let cargo = need("Cargo", "cli", "cli/Cargo.lock");
    for (text, wanted) in [
        ("{}", true),
        ("{extends: ['config:recommended']}", true),
        ("{enabledManagers: ['npm']}", false),
        ("{enabledManagers: ['npm', 'cargo']}", true),
        ("{cargo: {enabled: false}}", false),
        ("{npm: {enabled: false}}", true),
        ("{ignorePaths: ['cli/**']}", false),
        ("{ignorePaths: ['cli/']}", false),
        ("{ignorePaths: ['web/**']}", true),
        ("{includePaths: ['web/**']}", false),
        ("{packageRules: [{matchManagers: ['cargo'], enabled: false}]}", false),
        ("{packageRules: [{matchPackageNames: ['*'], enabled: false}]}", false),
        ("{packageRules: [{matchPackageNames: ['*'], enabled: false}, {matchManagers: ['cargo'], enabled: true}]}", true),
        ("{packageRules: [{matchPackageNames: ['serde'], enabled: false}]}", true),
        ("{packageRules: [{matchManagers: ['cargo'], matchUpdateTypes: ['major'], enabled: false}]}", true),
    ] {
        assert_eq!(renovate(text).covers(&cargo) == Cover::Yes, wanted, "{text}");
    }
    assert!(matches!(renovate("{ignorePaths: ['{a,b}/**']}").covers(&cargo), Cover::Unsure(_)));
}

#[test]
fn what_stops_renovate_is_a_fault() {
    for (text, wanted) in [
        ("[]", "no-table"),
        ("{enabled: false}", "disabled"),
        ("{extends: [':disableRenovate']}", "disabled"),
        ("{enabledManagers: 'npm'}", "wrong-type"),
        ("{packageRules: {}}", "wrong-type"),
        ("{extends: {}}", "wrong-type"),
    ] {
        let names: Vec<&str> = renovate(text).faults().iter().map(|fault| fault.name).collect();
        assert_eq!(names, [wanted], "{text}");
    }
    assert_eq!(renovate("{extends: ['github>ledger/presets']}").unknown().len(), 1);
}

#[test]
fn a_package_json_holds_it_under_its_key() {
    assert!(read(Bot::Renovate, "package.json", "{\"renovate\": {\"enabled\": false}}").unwrap().faults().len() == 1);
    assert!(read(Bot::Renovate, "package.json", "{}").is_err());
}

proptest! {
    #[test]
    fn any_configuration_is_judged(words in proptest::collection::vec("(version|updates|package-ecosystem|directory|ignore|[a-z*/]{0,8}): ?([a-z0-9*/]{0,8}|\\[\\]|\\{\\})", 0..8), indent in 0usize..3) {
        let text = words.join(&format!("\n{}", "  ".repeat(indent)));
        for bot in [Bot::Dependabot, Bot::Renovate] {
            if let Ok(config) = read(bot, "x", &text) {
                let _ = config.covers(&need("npm", "a", "a/package.json"));
            }
        }
    }

    #[test]
    fn taking_an_item_away_uncovers_its_ecosystem(gone in 0usize..3) {
        let all = [("cargo", "Cargo"), ("npm", "npm"), ("gomod", "Go")];
        let items: String = all.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, (name, _))| item(name, "directory: /")).collect();
        let config = dependabot(&items);
        for (at, (_, name)) in all.iter().enumerate() {
            prop_assert_eq!(config.covers(&need(name, "", "x")) == Cover::Yes, at != gone);
        }
    }
}

#[test]
fn renovate_rules_that_may_switch_all_off_are_no_proof() {
    let cargo = need("Cargo", "", "Cargo.lock");
    let covers = |rule: &str| renovate(&format!("{{packageRules: [{{enabled: false, {rule}}}]}}")).covers(&cargo);
    assert!(matches!(covers("matchPackageNames: ['!zzz']"), Cover::No(..)));
    assert!(matches!(covers("matchDatasources: ['crate']"), Cover::Unsure(_)));
    assert!(matches!(covers("matchCategories: ['rust']"), Cover::Unsure(_)));
    assert_eq!(covers("matchCategories: ['rust'], matchPackageNames: ['serde']"), Cover::Yes);
    assert_eq!(renovate("{mode: 'silent'}").faults().iter().map(|fault| fault.name).collect::<Vec<_>>(), ["disabled"]);
    assert!(renovate("{mode: 'full'}").faults().is_empty());
}

#[test]
fn lists_of_python_are_known_by_name_or_folder() {
    for path in ["requirements.txt", "svc/requirements-prod.txt", "requirements.in", "requirements/base.txt"] {
        assert_eq!(ecosystem::of(path).map(|one| one.name), Some("Python"), "{path}");
    }
    for path in ["notes.txt", "requirements.md", "requirements/README.md"] {
        assert!(ecosystem::of(path).is_none(), "{path}");
    }
}
