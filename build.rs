//! Lists `policies/<code>/<edition>.toml` into a table of texts, and records for `--version` what the program is built from.
//!
//! The commit is recorded only where it cannot be out of date: as the release says it, as cargo packaged it, or from a checkout in which
//! it is named itself (a detached HEAD, as cargo and CI make it). A branch moves on without a new build, so it records nothing.

#![allow(clippy::disallowed_methods, reason = "the build reads its own package")]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let policies = Path::new(&root).join("policies");
    println!("cargo::rerun-if-changed={}", policies.display());
    let mut files = Vec::new();
    for folder in fs::read_dir(&policies)? {
        let folder = folder?.path();
        if !folder.is_dir() {
            continue;
        }
        println!("cargo::rerun-if-changed={}", folder.display());
        for file in fs::read_dir(&folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    let editions: Vec<String> = files.iter().filter_map(|path| edition(path)).collect();
    println!("cargo::rustc-env=PORTCULLIS_POLICIES={}", editions.join(", "));
    println!("cargo::rustc-env=PORTCULLIS_BUILT_FROM={}", commit(Path::new(&root)).unwrap_or_else(|| "not recorded".to_owned()));
    let mut table = String::from("static BUILT_IN: &[BuiltIn] = &[\n");
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = |part: Option<&std::ffi::OsStr>| part.map(|text| text.to_string_lossy().into_owned()).unwrap_or_default();
        let code = name(path.parent().and_then(Path::file_name));
        let edition = name(path.file_stem());
        let line = format!("    BuiltIn {{ code: {code:?}, edition: {edition:?}, text: include_str!({:?}) }},", path.display().to_string());
        writeln!(table, "{line}").map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    fs::write(Path::new(&out).join("policies.rs"), table)
}

fn edition(path: &Path) -> Option<String> {
    let code = path.parent()?.file_name()?.to_str()?;
    Some(format!("{code} {}", path.file_stem()?.to_str()?))
}

fn commit(root: &Path) -> Option<String> {
    println!("cargo::rerun-if-env-changed=PORTCULLIS_COMMIT");
    let is_commit = |text: &str| text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let stated = env::var("PORTCULLIS_COMMIT").ok();
    let packaged = || {
        let text = fs::read_to_string(root.join(".cargo_vcs_info.json")).ok()?;
        Some(text.split_once("\"sha1\"")?.1.split('"').nth(1)?.to_owned())
    };
    let checked_out = || {
        let head = root.join(".git/HEAD");
        let text = fs::read_to_string(&head).ok()?;
        println!("cargo::rerun-if-changed={}", head.display());
        Some(text.trim().to_owned())
    };
    stated.or_else(packaged).or_else(checked_out).filter(|text| is_commit(text))
}
