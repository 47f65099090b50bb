//! Where a `Cargo.toml` leads cargo out of the tree: path dependencies, members, the root of its workspace.

use crate::formats::tree::{self, Node, Syntax};
use crate::repo_path::RepoPath;
use crate::text::one_line;

/// Why a manifest in this folder (from the git repository's root) is not given to cargo; none where nothing in it leads out
/// of the tree.
pub(super) fn refusal(folder: &RepoPath, text: &str) -> Option<String> {
    let root = match tree::read(Syntax::Toml, text) {
        Ok(root) => root,
        Err(bad) => return Some(bad.message),
    };
    let mut waiting: Vec<&Node<'_>> = Vec::new();
    for table in root.entries() {
        // What a tool of somebody's own keeps there means nothing to cargo.
        let is_own = |key: &str| matches!(table.key.as_ref(), "package" | "workspace") && key == "metadata";
        waiting.extend(table.node.items());
        waiting.extend(table.node.entries().iter().filter(|entry| !is_own(&entry.key)).map(|entry| &entry.node));
        if let Some(out) = leading_out(folder, &table.node, table.key == "package") {
            return Some(out);
        }
    }
    while let Some(node) = waiting.pop() {
        if let Some(out) = leading_out(folder, node, false) {
            return Some(out);
        }
        waiting.extend(node.items());
        waiting.extend(node.entries().iter().map(|entry| &entry.node));
    }
    None
}

/// What a package excludes are patterns for its archive, which cargo does not follow; what a workspace excludes are folders.
fn leading_out(folder: &RepoPath, table: &Node<'_>, is_package: bool) -> Option<String> {
    let depth = folder.components().count();
    for entry in table.entries() {
        let paths: Vec<&str> = match entry.key.as_ref() {
            "path" | "workspace" => entry.node.text().into_iter().collect(),
            "exclude" if is_package => continue,
            "members" | "default-members" | "exclude" => entry.node.items().iter().filter_map(Node::text).collect(),
            _ => continue,
        };
        if let Some(path) = paths.into_iter().find(|path| leaves(depth, path)) {
            return Some(format!("`{}` leads out of the repository: {}", entry.key, one_line(path, 80)));
        }
    }
    None
}

/// Whether a path from a folder this deep leaves the tree. `**` may stand for no folder at all, and a pattern that begins with
/// a dot for the folder above.
fn leaves(depth: usize, path: &str) -> bool {
    if path.starts_with('/') || path.contains(['\\', ':']) {
        return true;
    }
    let mut depth = depth;
    for part in path.split('/') {
        let is_pattern = part.contains(['*', '?', '[']);
        depth = match part {
            "" | "." | "**" => depth,
            ".." => match depth.checked_sub(1) {
                Some(above) => above,
                None => return true,
            },
            _ if is_pattern && part.starts_with('.') => return true,
            _ => depth + 1,
        };
    }
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn refused(folder: &str, text: &str) -> Option<String> {
        refusal(&if folder.is_empty() { RepoPath::root() } else { folder.parse().unwrap() }, text)
    }

    #[test]
    fn what_stays_in_the_tree_is_given_to_cargo() {
        for (folder, text) in [
            ("", "[dependencies]\na = { path = \"a\" }\n[workspace]\nmembers = [\"crates/*\", \"./x\"]\nexclude = [\"old/../y\"]"),
            ("crates/a", "[package]\nworkspace = \"../..\"\n[dependencies]\nb = { path = \"../b\" }\n[lib]\npath = \"../../src/lib.rs\""),
            ("", "[package.metadata.deb]\nassets = [{ path = \"/usr/bin\" }]\n[workspace.metadata]\npath = \"/x\""),
            ("", "[dependencies]\na.workspace = true"),
            ("", "[package]\nname = \"a\"\nexclude = [\"/.ci\", \"/.github\"]"),
        ] {
            assert_eq!(refused(folder, text), None, "{text}");
        }
    }

    #[test]
    fn what_leads_out_of_the_tree_is_not() {
        for (folder, text) in [
            ("", "[dependencies]\na = { path = \"../a\" }"),
            ("a", "[target.x.build-dependencies.a]\npath = \"b/../../../c\""),
            ("", "[patch.crates-io]\na = { path = \"/etc\" }"),
            ("", "[dependencies]\nmetadata = { path = \"..\" }"),
            ("", "[dependencies]\na = { path = 'C:\\x' }"),
            ("a", "[package]\nworkspace = \"../..\""),
            ("", "[workspace]\nmembers = [\"**/../../x\"]"),
            ("", "[workspace]\nmembers = [\"a/.*/.*/x\"]"),
            ("", "[workspace]\nexclude = [\"/etc\"]"),
            ("", "[[bin]]\npath = \"../x.rs\""),
            ("", "not toml"),
        ] {
            assert!(refused(folder, text).is_some(), "{text}");
        }
    }
}
