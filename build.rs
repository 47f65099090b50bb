//! Lists `policies/<code>/<edition>.toml` into a table of texts; nothing else.

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
