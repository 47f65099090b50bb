//! A Rust workspace whose packages come from a folder beside the repository, so that a real cargo resolves it offline.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Fixture, Run, program};

/// Packages that are locked: name, what its manifest adds.
const PACKAGES: &[(&str, &str)] = &[
    ("always", "[dependencies]\ninner = \"1\"\n"),
    ("inner", ""),
    ("win", ""),
    ("chosen", ""),
    ("check", "[dependencies]\ntool = \"1\"\n"),
    ("tool", ""),
];

pub const MANIFEST: &str = "[package]\nname = \"ledger\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[dependencies]\nalways = \"1\"\n\
    chosen = { version = \"1\", optional = true }\n\n[target.'cfg(windows)'.dependencies]\nwin = \"1\"\n\n[dev-dependencies]\ncheck = \"1\"\n";

/// A repository of the product Ledger with a lockfile and an SBOM that lists these packages; cargo's own folder beside it.
pub fn workspace(listed: &[&str]) -> Fixture {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", "version = 1\n\n[product]\nname = \"Ledger\"\n[product.traits]\nthird-party-components = true\n");
    fixture.write("Cargo.toml", MANIFEST);
    fixture.write("Cargo.lock", lockfile());
    fixture.write("src/lib.rs", "compile_error!(\"nobody compiles this\");\n");
    fixture.write("sbom.cdx.json", sbom(listed));
    fixture.write("attestations.toml", attestations());
    fixture.commit();
    let vendor = fixture.outside().join("vendor");
    for (name, more) in PACKAGES {
        let folder = vendor.join(name);
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/lib.rs"), "").unwrap();
        fs::write(folder.join("Cargo.toml"), format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{more}"))
            .unwrap();
        fs::write(folder.join(".cargo-checksum.json"), format!("{{\"files\":{{}},\"package\":\"{}\"}}", "1".repeat(64))).unwrap();
    }
    fs::create_dir(cargo_home(&fixture)).unwrap();
    fs::create_dir(fixture.outside().join("tmp")).unwrap();
    let config =
        format!("[source.crates-io]\nreplace-with = \"beside\"\n[source.beside]\ndirectory = {:?}\n", vendor.display().to_string());
    fs::write(cargo_home(&fixture).join("config.toml"), config).unwrap();
    fixture
}

pub fn cargo_home(fixture: &Fixture) -> PathBuf {
    fixture.outside().join("cargo-home")
}

/// The folder of the cargo and the rustc that build these tests.
pub fn toolchain() -> &'static Path {
    Path::new(env!("CARGO")).parent().unwrap()
}

pub fn lockfile() -> String {
    let mut text = "version = 4\n\n[[package]]\nname = \"ledger\"\nversion = \"1.0.0\"\ndependencies = [\n \"always\",\n \"check\",\n \"chosen\",\n \"win\",\n]\n".to_owned();
    let mut packages: Vec<_> = PACKAGES.iter().collect();
    packages.sort();
    let (before, after): (Vec<_>, Vec<_>) = packages.into_iter().partition(|(name, _)| *name < "ledger");
    let entry = |name: &str| {
        let needs = match name {
            "always" => "dependencies = [\n \"inner\",\n]\n",
            "check" => "dependencies = [\n \"tool\",\n]\n",
            _ => "",
        };
        let checksum = "1".repeat(64);
        format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{checksum}\"\n{needs}"
        )
    };
    let own = text.split_off("version = 4\n\n".len());
    text.truncate("version = 4\n".len());
    text.extend(before.iter().map(|(name, _)| entry(name)));
    text.push('\n');
    text.push_str(&own);
    text.extend(after.iter().map(|(name, _)| entry(name)));
    text
}

pub fn sbom(listed: &[&str]) -> String {
    let components: Vec<_> = listed
        .iter()
        .map(|name| serde_json::json!({"type": "library", "bom-ref": name, "name": name, "version": "1.0.0", "purl": format!("pkg:cargo/{name}@1.0.0")}))
        .collect();
    serde_json::json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"timestamp": "2026-11-01T00:00:00Z",
        "tools": {"components": [{"type": "application", "name": "maker"}]},
        "component": {"type": "application", "bom-ref": "own", "name": "ledger", "version": "1.0.0"}},
        "components": components, "dependencies": [{"ref": "own", "dependsOn": listed}]})
    .to_string()
}

pub fn attestations() -> String {
    "version = 1\n\n[[attestation]]\nprovision = \"software-security/1.2-c1\"\nstatus = \"met\"\nstatement = \"Every release ships an inventory of its parts.\"\n\
     owner = \"platform@ledger.example\"\nreviewed = 2026-10-01\n\n[[attestation.evidence]]\nkind = \"sbom\"\npath = \"sbom.cdx.json\"\n"
        .to_owned()
}

/// The check with these arguments, with cargo on the path and further variables.
pub fn check(fixture: &Fixture, arguments: &[&str], variables: &[(&str, &Path)]) -> Run {
    let mut command = program();
    command.args(["check", "--today", "2026-11-22", "--format", "json"]).args(arguments).current_dir(fixture.path());
    command.env("PATH", toolchain()).env("HOME", fixture.outside()).env("CARGO_HOME", cargo_home(fixture));
    command.env("GIT_CONFIG_GLOBAL", fixture.outside().join("gitconfig")).env("TMPDIR", fixture.outside().join("tmp"));
    for (name, value) in variables {
        command.env(name, value);
    }
    Run::of(command.output().unwrap())
}
