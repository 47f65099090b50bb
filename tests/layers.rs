//! Data flows one way: no module uses one that comes later. `src/lib.rs` draws the picture; this table is its proof.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may panic"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every module in the order of the flow; a module may use itself and what stands before it.
const ORDER: &[&[&str]] = &[
    &["limits"],
    &["text"],
    &["source", "repo_path", "clock", "spec"],
    &["error"],
    &["model"],
    &["formats"],
    &["input"],
    &["schema"],
    &["applicability", "evidence", "probe", "detect"],
    &["assess"],
    &["waivers", "recorded_reasons", "standing"],
    &["finding"],
    &["own_findings", "verdict", "base", "change"],
    &["weakening"],
    &["explain"],
    &["listing"],
    &["report"],
    &["app"],
    &["attest", "hook"],
    &["init"],
    &["cli"],
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn no_module_uses_a_later_one() {
    let rank: BTreeMap<&str, usize> =
        ORDER.iter().enumerate().flat_map(|(rank, names)| names.iter().map(move |name| (*name, rank))).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in sources(&root) {
        let relative = path.strip_prefix(&root).unwrap();
        let module = relative.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
        if matches!(module, "lib" | "main") {
            continue;
        }
        let own = *rank.get(module).unwrap_or_else(|| panic!("{module} has no place in the order"));
        let text = fs::read_to_string(&path).unwrap();
        let shipped = text.split("#[cfg(test)]").next().unwrap();
        for (number, line) in shipped.lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let name: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                seen += 1;
                if name != module && rank.get(name.as_str()).is_some_and(|other| *other >= own) {
                    wrong.push(format!("{}:{}: {module} uses {name}", relative.display(), number + 1));
                }
            }
        }
    }
    assert!(seen > 50, "only {seen} uses were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
