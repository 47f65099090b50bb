//! `portcullis detect` on small repositories: what speaks, what asks, what stays mute.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may panic"
)]

mod common;

use std::collections::BTreeSet;

use common::Fixture;
use portcullis::detect::table::{AI_PACKAGES, signals};
use serde_json::Value;

fn repository(files: &[(&str, &str)]) -> Fixture {
    let fixture = Fixture::new();
    files.iter().for_each(|(path, text)| fixture.write(path, text));
    fixture.commit();
    fixture
}

fn detected(files: &[(&str, &str)]) -> Value {
    let run = repository(files).run(&["detect", "--format", "json", "--today", "2026-11-26"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.json()
}

/// The types but software, as `type:strength`.
fn types(files: &[(&str, &str)]) -> Vec<String> {
    let found = detected(files);
    let all = found["types"].as_array().unwrap().iter().filter(|seen| seen["type"] != "software");
    all.map(|seen| format!("{}:{}", seen["type"].as_str().unwrap(), seen["strength"].as_str().unwrap())).collect()
}

const PUBSPEC: &str = "name: ledger\ndependencies:\n  flutter:\n    sdk: flutter\n";
const GRADLE_APP: &str = "plugins {\n  id(\"com.android.application\")\n}\nandroid {\n  defaultConfig { }\n}\n";
const IDF: &str = "cmake_minimum_required(VERSION 3.16)\ninclude($ENV{IDF_PATH}/tools/cmake/project.cmake)\nproject(lamp)\n";
const WIFI: &str = "void app_main(void) {\n  esp_wifi_init(&config);\n}\n";

#[test]
fn a_direct_package_that_a_shipped_source_uses_is_decisive() {
    for (manifest, text, source, using) in [
        ("package.json", r#"{"dependencies": {"openai": "^4"}}"#, "src/reply.ts", "import OpenAI from 'openai';\n"),
        (
            "pyproject.toml",
            "[project]\nname = \"a\"\ndependencies = [\"anthropic>=0.3\"]\n",
            "a/reply.py",
            "from anthropic import Anthropic\n",
        ),
        ("requirements.txt", "torch==2.4\n", "serve.py", "import torch\n"),
        ("Cargo.toml", "[package]\nname = \"a\"\n[dependencies]\nort = \"2\"\n", "src/main.rs", "use ort::session::Session;\n"),
        (
            "go.mod",
            "module a\nrequire github.com/sashabaranov/go-openai v1.0.0\n",
            "main.go",
            "import (\n\t\"github.com/sashabaranov/go-openai\"\n)\n",
        ),
        (
            "pom.xml",
            "<project><dependencies><dependency><groupId>dev.langchain4j</groupId><artifactId>x</artifactId></dependency></dependencies></project>",
            "src/main/java/A.java",
            "import dev.langchain4j.model.Model;\n",
        ),
        (
            "a.csproj",
            "<Project><ItemGroup><PackageReference Include=\"Azure.AI.OpenAI\" Version=\"2\"/></ItemGroup></Project>",
            "A.cs",
            "using Azure.AI.OpenAI;\n",
        ),
    ] {
        assert_eq!(types(&[(manifest, text), (source, using)]), ["ai:decisive"], "{manifest}");
    }
}

#[test]
fn a_package_that_is_not_used_asks_and_one_for_development_is_weak() {
    assert_eq!(types(&[("requirements.txt", "torch\n")]), ["ai:probable"]);
    let development = r#"{"devDependencies": {"openai": "^4"}}"#;
    assert_eq!(types(&[("package.json", development), ("src/a.ts", "export {};\n")]), ["ai:weak"]);
    let extra = "[package]\nname = \"a\"\n[dependencies]\nort = { version = \"2\", optional = true }\n";
    assert_eq!(types(&[("Cargo.toml", extra), ("src/lib.rs", "use ort::x;\n")]), ["ai:weak"]);
    let dev = "[package]\nname = \"a\"\n[dev-dependencies]\ncandle-core = \"0.8\"\n";
    assert_eq!(types(&[("Cargo.toml", dev)]), ["ai:weak"]);
}

#[test]
fn numbers_names_and_tools_of_developers_stay_mute() {
    for files in [
        &[("requirements.txt", "numpy\npandas\nscipy\n"), ("a.py", "import numpy\n")] as &[(&str, &str)],
        &[("CLAUDE.md", "# Use the model\n"), ("AGENTS.md", "x\n"), (".cursor/rules", "x\n"), (".mcp.json", "{\"mcpServers\": {}}\n")],
        &[("README.md", "# GPT, OpenAI, ESP32 and Android\n"), ("docs/openai.py", "import openai\n# api.openai.com Authorization\n")],
        &[("package.json", r#"{"dependencies": {"openai-stub": "1", "torchlight": "1", "natural": "1"}}"#)],
        &[("Cargo.lock", "version = 3\n[[package]]\nname = \"ort\"\nversion = \"2.0.0\"\n")],
        &[("src/names.rs", "pub const NAMES: &[&str] = &[\"openai\", \"torch\", \"ort\"];\n")],
        &[("app.json", r#"{"name": "Start", "buildpacks": [], "formation": {}}"#)],
        &[("tests/data/app/AndroidManifest.xml", "<manifest/>"), ("tests/data/x.gguf", "GGUF")],
    ] {
        assert_eq!(types(files), Vec::<String>::new(), "{files:?}");
    }
}

#[test]
fn a_hosted_model_that_is_called_with_no_package_asks() {
    let call = "export async function reply(messages) {\n  return fetch('https://api.openai.com/v1/chat/completions', {headers: {Authorization: key}});\n}\n";
    assert_eq!(types(&[("src/openai.ts", call)]), ["ai:probable"]);
    assert_eq!(types(&[("src/openai.ts", "// https://api.openai.com Authorization\n")]), Vec::<String>::new());
}

#[test]
fn a_model_file_counts_by_its_bytes() {
    let gguf = format!("GGUF{}", "x".repeat(2_000));
    assert_eq!(types(&[("models/a.gguf", &gguf)]), ["ai:decisive"]);
    assert_eq!(types(&[("models/a.gguf", "GGUF")]), Vec::<String>::new());
    assert_eq!(types(&[("locale/a.pt", &"x".repeat(2_000))]), Vec::<String>::new());
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    let found = detected(&[("models/a.safetensors", pointer)]);
    assert_eq!(found["types"][0]["strength"], "decisive");
    assert!(found["types"][0]["signals"][0]["reason"].as_str().unwrap().contains("by its name"));
}

#[test]
fn apps_are_told_from_libraries_plugins_and_templates() {
    assert_eq!(types(&[("app/build.gradle.kts", GRADLE_APP)]), ["app:decisive"]);
    assert_eq!(
        types(&[("build.gradle.kts", "plugins {\n  id(\"com.android.application\") version \"8\" apply false\n}\n")]),
        Vec::<String>::new()
    );
    let library = "plugins {\n  id(\"com.android.library\")\n  id(\"maven-publish\")\n}\n";
    assert_eq!(types(&[("app/build.gradle.kts", GRADLE_APP), ("library/build.gradle.kts", library)]), ["app:probable"]);
    assert_eq!(types(&[("sample-app/build.gradle.kts", GRADLE_APP)]), Vec::<String>::new());
    assert_eq!(types(&[("mobile/pubspec.yaml", PUBSPEC), ("mobile/android/app/x", "")]), ["app:decisive"]);
    assert_eq!(types(&[("pubspec.yaml", PUBSPEC)]), Vec::<String>::new());
    let plugin = format!("{PUBSPEC}flutter:\n  plugin:\n    platforms: {{}}\n");
    assert_eq!(types(&[("pubspec.yaml", &plugin), ("example/pubspec.yaml", PUBSPEC), ("example/android/app/x", "")]), Vec::<String>::new());
    assert_eq!(types(&[("app.json", r#"{"expo": {"name": "Ledger", "slug": "ledger"}}"#)]), ["app:decisive"]);
    assert_eq!(types(&[("manifest.json", r#"{"manifest_version": 3, "name": "a", "version": "1", "action": {}}"#)]), ["app:probable"]);
    assert_eq!(types(&[("manifest.json", r#"{"name": "a", "start_url": "/", "display": "standalone"}"#)]), Vec::<String>::new());
}

#[test]
fn a_program_that_installs_the_apps_of_others_asks() {
    let ipa = "<plist><dict><key>CFBundleDocumentTypes</key><array><string>com.apple.itunes.ipa</string></array></dict></plist>";
    for (path, text) in [
        ("data/org.a.Centre.desktop.in", "[Desktop Entry]\nMimeType=x-scheme-handler/appstream;\n"),
        ("share/centre.desktop", "[Desktop Entry]\nMimeType=x-scheme-handler/flatpak+https;\n"),
        ("Store/Info.plist", ipa),
    ] {
        assert!(types(&[(path, text)]).contains(&"app-store:probable".to_owned()), "{path}");
    }
    assert!(types(&[("data/a.desktop", "[Desktop Entry]\nMimeType=text/plain;\n# x-scheme-handler/appstream\n")]).is_empty());
}

#[test]
fn firmware_speaks_only_where_it_connects() {
    assert_eq!(types(&[("CMakeLists.txt", IDF), ("main/main.c", WIFI)]), ["consumer-iot:decisive"]);
    assert_eq!(types(&[("CMakeLists.txt", IDF), ("main/main.c", "void app_main(void) {}\n")]), ["consumer-iot:weak"]);
    let script = "MEMORY\n{\n  FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 512K\n  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 64K\n}\n";
    assert_eq!(
        types(&[("chip.ld", script), ("src/ble.c", "int start(void) {\n  return ble_gap_adv_start(0);\n}\n")]),
        ["consumer-iot:probable"]
    );
    assert_eq!(types(&[("examples/x/CMakeLists.txt", IDF), ("examples/x/main/main.c", WIFI)]), Vec::<String>::new());
    let hub = "{\"domain\": \"lamp\", \"iot_class\": \"local_push\"}";
    assert_eq!(
        types(&[("custom_components/lamp/manifest.json", hub), ("custom_components/lamp/light.py", "DOMAIN = 'lamp'\n")]),
        Vec::<String>::new()
    );
}

#[test]
fn a_security_policy_is_one_where_hosts_look_for_it() {
    let kinds = |path: &str| {
        let found = detected(&[(path, "# Security\n"), ("a.txt", "a\n")]);
        found["evidence"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for path in ["SECURITY.md", "security.md", ".github/SECURITY.md", ".gitlab/SECURITY.md", "docs/SECURITY.md"] {
        assert_eq!(kinds(path), ["security-policy"], "{path}");
    }
    for path in ["pages/osx/security.md", "docs/security.md", "docs/user/SECURITY.md", "vendor/a/SECURITY.md", "src/SECURITY.md"] {
        assert!(kinds(path).is_empty(), "{path}");
    }
}

/// The kinds of evidence that are seen, with their paths.
fn seen(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let found = detected(files);
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    found["evidence"].as_array().unwrap().iter().map(|one| (text(one, "kind"), text(one, "path"))).collect()
}

#[test]
fn evidence_of_each_kind_is_seen_where_it_usually_lies() {
    let bom = r#"{"bomFormat": "CycloneDX", "components": [{"type": "machine-learning-model"}]}"#;
    for (kind, path, text) in [
        ("branch-rules", "evidence/ruleset.json", r#"{"enforcement": "active", "rules": []}"#),
        ("ml-bom", "aibom.json", bom),
        ("advisories", "advisories/LEDGER-2026-1.json", r#"{"document": {"csaf_version": "2.0", "category": "csaf_security_advisory"}}"#),
        ("vex", ".vex/main.json", r#"{"@context": "https://openvex.dev/ns/v0.2.0"}"#),
        ("junit", "reports/junit.xml", "<testsuites><testsuite/></testsuites>"),
        ("coverage", "reports/lcov.info", "SF:src/a.rs\nend_of_record\n"),
        ("provenance", "release/ledger.intoto.jsonl", r#"{"payloadType": "application/vnd.in-toto+json"}"#),
        ("signature", "release/SHA256SUMS.minisig", "untrusted comment: signature\n"),
        ("threat-model", "docs/threat-model.md", "# Threats\n"),
        ("threat-model", "ThreatDragonModels/a/a.json", r#"{"threats": []}"#),
        ("security-insights", "SECURITY-INSIGHTS.yml", "header:\n  schema-version: 2.0.0\n"),
        ("best-practices", ".bestpractices.json", "{}"),
        ("scorecard", "reports/scorecard.json", r#"{"scorecard": {}, "checks": []}"#),
        ("osps", "reports/osps-baseline.yaml", "evaluations:\n  - control-id: OSPS-AC-01\n"),
        ("support-period", "docs/support-period.toml", "a = 1\n"),
        ("model-card", "docs/model-card.md", "# Card\n"),
        ("model-card", "README.md", "---\npipeline_tag: text-generation\n---\n# Corvid\n"),
        ("dataset-record", "data/README.md", "---\ndataset_info: {}\n---\n# Data\n"),
        ("model-manifest", "models/SHA256SUMS", "00  corvid.safetensors\n"),
        ("evaluation", "reports/evaluation.json", r#"{"model": "corvid", "results": {}}"#),
        ("android-manifest", "app/src/main/AndroidManifest.xml", "<manifest><application/></manifest>"),
        ("apple-plist", "Runner/Info.plist", "<plist><dict><key>LSRequiresIPhoneOS</key><true/></dict></plist>"),
        ("privacy-manifest", "App/PrivacyInfo.xcprivacy", "<plist/>"),
        ("privacy-policy", "docs/PRIVACY.md", "# Privacy policy\n"),
        ("mud", "firmware/mud.json", r#"{"ietf-mud:mud": {}}"#),
        ("ixit", "docs/ixit.toml", "[[\"1-AuthMech\"]]\n"),
        ("conformance-table", "docs/conformance.csv", "provision,answer\n5.1-1,yes\n5.3-1,yes\n"),
        ("statement-of-compliance", "docs/psti/statement-of-compliance.md", "Manufacturer: A\nDefined support period: 2031-12-31\n"),
    ] {
        let found = seen(&[(path, text)]);
        assert!(found.contains(&(kind.to_owned(), path.to_owned())), "{kind} {path}: {found:?}");
    }
}

#[test]
fn a_name_is_no_evidence_without_what_must_stand_in_the_file() {
    for (path, text) in [
        ("README.md", "# Ledger\n\nIt has a `pipeline_tag:`.\n\n---\n"),
        ("docs/privacy.md", "# Privacy settings of the dialog\n"),
        ("config/scorecard.json", "{}"),
        ("lib/src/main/AndroidManifest.xml", "<manifest/>"),
        ("app/src/debug/AndroidManifest.xml", "<manifest><application/></manifest>"),
        ("Tests/Info.plist", "<plist><dict><key>LSRequiresIPhoneOS</key><true/></dict></plist>"),
        ("vendor/a/model-card.md", "# Card\n"),
        ("a/metadata/x/description.txt", "words\n"),
        ("checksums.txt", "00  ledger.tar.gz\n"),
        ("cargo.lock", "version = 4\n"),
    ] {
        assert!(seen(&[(path, text)]).is_empty(), "{path}");
    }
}

#[test]
fn of_a_listing_in_many_languages_one_is_seen() {
    let folder = "fastlane/metadata/android";
    let mut files = Vec::new();
    for language in ["de-DE", "en-US", "en-GB", "fr-FR"] {
        for name in ["title", "short_description", "full_description"] {
            files.push((format!("{folder}/{language}/{name}.txt"), "Ledger\n"));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    assert_eq!(seen(&files), [("store-listing".to_owned(), format!("{folder}/en-GB/full_description.txt"))]);
}

#[test]
fn every_sign_has_a_place_and_a_reason_and_keys_are_always_there() {
    let found = detected(&[
        ("package.json", r#"{"name": "a", "dependencies": {"openai": "^4"}}"#),
        ("package-lock.json", r#"{"lockfileVersion": 3, "packages": {"": {}, "node_modules/openai": {"version": "4.0.0"}}}"#),
        ("index.js", "const x = require('openai');\n"),
        ("SECURITY.md", "# Security\n"),
        (".github/workflows/ci.yml", "on: push\njobs: {}\n"),
    ]);
    for key in ["version", "tool", "commit", "files", "errors", "types", "roles", "traits", "evidence", "probes"] {
        assert!(found.get(key).is_some(), "{key}");
    }
    assert_eq!(found["traits"]["third-party-components"]["path"], "package-lock.json");
    let kinds: Vec<&str> = found["evidence"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["lockfile", "security-policy", "workflow"]);
    for seen in found["types"].as_array().unwrap() {
        for sign in seen["signals"].as_array().unwrap() {
            assert!(sign["line"].as_u64().unwrap() >= 1 && !sign["reason"].as_str().unwrap().is_empty(), "{sign}");
        }
    }
}

#[test]
fn a_folder_limits_the_look_and_a_revision_is_looked_at_without_a_work_tree() {
    let fixture = repository(&[("phone/app/build.gradle", GRADLE_APP), ("server/main.go", "package main\n")]);
    let look = |args: &[&str]| {
        let mut all = vec!["detect", "--format", "json"];
        all.extend(args);
        fixture.run(&all).json()["types"].as_array().unwrap().iter().any(|seen| seen["type"] == "app")
    };
    assert!(look(&["phone"]) && look(&["--at", "HEAD"]) && look(&["--at", "staged"]));
    assert!(!look(&["server"]));
}

#[test]
fn text_of_the_repository_moves_no_cursor() {
    let fixture = repository(&[("requirements.txt", "torch\n"), ("a\u{202e}b/Cargo.toml", "[package]\nname = \"a\"\n")]);
    for format in ["human", "json"] {
        let run = fixture.run(&["detect", "--format", format]);
        assert_eq!(run.code, 0);
        assert!(!run.stdout.contains(['\u{202e}', '\u{1b}']), "{format}");
    }
}

#[test]
fn a_folder_without_a_repository_cannot_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::new();
    let run = fixture.run(&["detect", folder.path().to_str().unwrap(), "--format", "json"]);
    assert_eq!(run.code, 2);
    assert_eq!(run.json()["errors"].as_array().unwrap().len(), 1);
}

#[test]
fn rows_of_the_table_are_whole_and_no_package_stands_twice() {
    for row in signals() {
        assert!(!row.paths.is_empty() && row.reason.len() > 8 && row.source.len() > 8, "{}", row.family);
        assert!(!row.reason.ends_with('.') && row.paths.iter().all(|path| !path.starts_with('/')), "{}", row.family);
    }
    let mut names = BTreeSet::new();
    for (row, name) in AI_PACKAGES.iter().flat_map(|row| row.names.iter().map(move |name| (row, name))) {
        let name = name.split(' ').next().unwrap();
        assert!(names.insert((format!("{:?}", row.ecosystem), name)), "{name} stands twice");
    }
}

#[test]
fn a_check_with_no_declaration_says_what_the_files_look_like() {
    let fixture = repository(&[("CMakeLists.txt", IDF), ("main/main.c", WIFI)]);
    let run = fixture.run(&["check", "--format", "json"]);
    assert_eq!(run.code, 2);
    let errors = run.json()["errors"].to_string();
    assert!(
        errors.contains("no declaration") && errors.contains("its files look like consumer-iot (decisive): CMakeLists.txt:2"),
        "{errors}"
    );
    let plain = repository(&[("README.md", "# Plain\n")]).run(&["check", "--format", "json"]).json();
    assert_eq!(plain["errors"].as_array().unwrap().len(), 1);
}

#[test]
fn an_answer_that_the_files_contradict_is_told_and_a_lockfile_alone_only_notes_it() {
    let answered = |answer: bool, files: &[(&str, &str)]| {
        let declaration = format!("version = 1\n\n[product]\nname = \"Ledger\"\n\n[product.traits]\nthird-party-components = {answer}\n");
        let mut all = vec![("portcullis.toml", declaration.as_str()), ("attestations.toml", "version = 1\n")];
        all.extend(files);
        let report = repository(&all).run(&["check", "--format", "json", "--today", "2026-11-26"]).json();
        let own =
            report["products"][0]["findings"].as_array().unwrap().iter().find(|one| one["id"] == "portcullis/doubted-answer").cloned();
        own.map(|one| {
            (one["level"].as_str().unwrap().to_owned(), one["line"].as_u64().unwrap(), one["message"].as_str().unwrap().to_owned())
        })
    };
    let manifest = ("package.json", r#"{"name": "ledger", "dependencies": {"express": "^5"}}"#);
    let (level, line, message) = answered(false, &[manifest]).unwrap();
    assert_eq!((level.as_str(), line), ("warning", 7));
    assert!(message.ends_with("say otherwise: package.json needs express of others"), "{message}");
    assert_eq!(answered(true, &[manifest]), None);
    assert_eq!(answered(false, &[("package.json", r#"{"name": "ledger", "devDependencies": {"jest": "^29"}}"#)]), None);
    let locked = r#"{"name": "ledger", "lockfileVersion": 3, "packages": {"": {"name": "ledger"}, "node_modules/jest": {"version": "29.0.0", "dev": true}}}"#;
    assert_eq!(answered(false, &[("package-lock.json", locked)]).unwrap().0, "note");
    assert_eq!(answered(false, &[("tests/package.json", manifest.1)]), None);
}

#[test]
fn of_many_sources_a_first_look_opens_those_named_after_secrets_and_says_so() {
    let letters = "q7RkV2mZt9LxWc4HnPj8sBfYd3GaQe6TuKoCiMv5";
    let token: String = "ghp_".chars().chain(letters.chars().take(36)).collect();
    let line = format!("token = \"{token}\"\n");
    let look = |sources: usize, arguments: &[&str]| {
        let fixture = Fixture::new();
        for at in 0..sources {
            fixture.write(&format!("src/part{at}.rs"), format!("// {at}\n"));
        }
        fixture.write("src/client.rs", &line);
        fixture.write("deploy/secrets.toml", &line);
        fixture.commit();
        let run = fixture.run(arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout
    };
    let places = |text: String| {
        let found: Value = serde_json::from_str(&text).unwrap();
        let paths = found["probes"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap().to_owned());
        (found["sources-searched"].as_bool().unwrap(), paths.collect::<Vec<_>>())
    };
    let both = || vec!["deploy/secrets.toml".to_owned(), "src/client.rs".to_owned()];
    assert_eq!(places(look(10, &["detect", "--format", "json"])), (true, both()));
    assert_eq!(places(look(2_000, &["detect", "--format", "json"])), (false, vec!["deploy/secrets.toml".to_owned()]));
    assert_eq!(places(look(2_000, &["detect", "--format", "json", "--all-sources"])), (true, both()));
    let said = look(2_000, &["detect"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("more than 2000 sources, which were not searched for keys and tokens: `portcullis detect --all-sources`"),
        "{said}"
    );
    assert!(!look(10, &["detect"]).contains("--all-sources"));
}
