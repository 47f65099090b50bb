//! The dependency graph that cargo resolved, from `cargo metadata --format-version 1` (the Cargo Book, "cargo metadata").
//!
//! Asked for without `--filter-platform` the graph holds every platform, with the default features of the workspace's
//! members. What follows only development dependencies is for development.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, NodeDep, Package};

/// A resolved graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CargoGraph {
    packages: Vec<Resolved>,
    /// Places in `packages`.
    members: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Resolved {
    name: String,
    version: String,
    /// Places in `packages` of what it needs other than for development, each with whether it needs it whatever the
    /// platform and the features.
    needs: Vec<(usize, bool)>,
}

/// Name and version.
pub type NameVersion = (String, String);

/// Reads what `cargo metadata` wrote.
///
/// # Errors
/// In words, when it is not that.
pub fn read(text: &str) -> Result<CargoGraph, String> {
    let metadata: Metadata = MetadataCommand::parse(text).map_err(|error| error.to_string())?;
    let resolve = metadata.resolve.as_ref().ok_or("it has no resolved graph")?;
    let places: BTreeMap<_, _> = resolve.nodes.iter().enumerate().map(|(place, node)| (&node.id, place)).collect();
    let packages: BTreeMap<_, _> = metadata.packages.iter().map(|package| (&package.id, package)).collect();
    let mut graph = CargoGraph::default();
    for node in &resolve.nodes {
        let package = packages.get(&node.id).ok_or_else(|| format!("{} is resolved and not described", node.id))?;
        let needs = node.deps.iter().filter(|dep| is_shipped(dep)).filter_map(|dep| {
            let needed = packages.get(&dep.pkg)?;
            Some((*places.get(&dep.pkg)?, is_unconditional(package, needed, dep)))
        });
        graph.packages.push(Resolved { name: package.name.to_string(), version: package.version.to_string(), needs: needs.collect() });
    }
    graph.members = metadata.workspace_members.iter().filter_map(|id| places.get(id).copied()).collect();
    if graph.members.is_empty() {
        return Err("it names no member of the workspace".to_owned());
    }
    Ok(graph)
}

/// Whether anything but development needs it so.
fn is_shipped(dep: &NodeDep) -> bool {
    dep.dep_kinds.iter().any(|how| how.kind != DependencyKind::Development)
}

/// Whether the package needs the other on every platform and with any features. An optional dependency is resolved where some
/// feature asks for it, which may be one that only development turns on.
fn is_unconditional(package: &Package, needed: &Package, dep: &NodeDep) -> bool {
    let everywhere = dep.dep_kinds.iter().any(|how| how.kind != DependencyKind::Development && how.target.is_none());
    everywhere
        && package.dependencies.iter().any(|declared| {
            declared.name == needed.name.as_str()
                && declared.kind != DependencyKind::Development
                && !declared.optional
                && declared.target.is_none()
                && declared.req.matches(&needed.version)
        })
}

impl CargoGraph {
    /// What may be part of what is shipped: all that the members reach without development dependencies, on any platform,
    /// with their default features.
    pub fn may_ship(&self) -> BTreeSet<NameVersion> {
        self.reach(self.members.iter().copied(), |_| true)
    }

    /// What ships on every platform and with any features: reached through unconditional dependencies from the members of
    /// these names, or from all members where none has such a name.
    pub fn ships(&self, is_product: impl Fn(&str) -> bool) -> BTreeSet<NameVersion> {
        let named = |place: &usize| self.packages.get(*place).is_some_and(|package| is_product(&package.name));
        let roots: Vec<usize> = self.members.iter().copied().filter(named).collect();
        let roots = if roots.is_empty() { self.members.clone() } else { roots };
        self.reach(roots.into_iter(), |unconditional| unconditional)
    }

    fn reach(&self, roots: impl Iterator<Item = usize>, follow: impl Fn(bool) -> bool) -> BTreeSet<NameVersion> {
        let mut waiting: Vec<usize> = roots.collect();
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        while let Some(place) = waiting.pop() {
            let Some(package) = self.packages.get(place).filter(|_| seen.insert(place)) else { continue };
            waiting.extend(package.needs.iter().filter(|(_, unconditional)| follow(*unconditional)).map(|(needed, _)| *needed));
        }
        let found = seen.into_iter().filter_map(|place| self.packages.get(place));
        found.map(|package| (package.name.clone(), package.version.clone())).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn package(name: &str, dependencies: &str) -> String {
        format!(
            r#"{{"name":"{name}","version":"1.0.0","id":"{name}","source":null,"dependencies":[{dependencies}],"targets":[],"features":{{}},
            "manifest_path":"/x/Cargo.toml","authors":[],"categories":[],"keywords":[],"edition":"2021","metadata":null,"publish":null}}"#
        )
    }

    fn dependency(name: &str, kind: &str, optional: bool, target: &str) -> String {
        format!(
            r#"{{"name":"{name}","source":null,"req":"*","kind":{kind},"optional":{optional},"uses_default_features":true,
            "features":[],"target":{target},"rename":null,"registry":null}}"#
        )
    }

    fn node(name: &str, deps: &[(&str, &str, &str)]) -> String {
        let deps: Vec<String> = deps
            .iter()
            .map(|(to, kind, target)| format!(r#"{{"name":"{to}","pkg":"{to}","dep_kinds":[{{"kind":{kind},"target":{target}}}]}}"#))
            .collect();
        format!(r#"{{"id":"{name}","dependencies":[],"deps":[{}],"features":[]}}"#, deps.join(","))
    }

    fn sample() -> String {
        let windows = r#""cfg(windows)""#;
        let own = [
            dependency("always", "null", false, "null"),
            dependency("win", "null", false, windows),
            dependency("chosen", "null", true, "null"),
            dependency("made", r#""build""#, false, "null"),
            dependency("check", r#""dev""#, false, "null"),
        ];
        let packages = [
            package("ledger", &own.join(",")),
            package("xtask", &dependency("tool", "null", false, "null")),
            package("always", ""),
            package("win", ""),
            package("chosen", ""),
            package("made", ""),
            package("check", ""),
            package("tool", ""),
        ];
        let nodes = [
            node(
                "ledger",
                &[
                    ("always", "null", "null"),
                    ("win", "null", windows),
                    ("chosen", "null", "null"),
                    ("made", r#""build""#, "null"),
                    ("check", r#""dev""#, "null"),
                ],
            ),
            node("xtask", &[("tool", "null", "null")]),
            node("always", &[]),
            node("win", &[]),
            node("chosen", &[]),
            node("made", &[]),
            node("check", &[]),
            node("tool", &[]),
        ];
        format!(
            r#"{{"packages":[{}],"workspace_members":["ledger","xtask"],"resolve":{{"nodes":[{}],"root":null}},"target_directory":"/x/target",
            "version":1,"workspace_root":"/x","metadata":null}}"#,
            packages.join(","),
            nodes.join(",")
        )
    }

    fn names(found: BTreeSet<NameVersion>) -> Vec<String> {
        found.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn development_is_left_aside_and_conditions_are_told_apart() {
        let graph = read(&sample()).unwrap();
        assert_eq!(names(graph.may_ship()), ["always", "chosen", "ledger", "made", "tool", "win", "xtask"]);
        assert_eq!(names(graph.ships(|_| false)), ["always", "ledger", "made", "tool", "xtask"]);
    }

    #[test]
    fn what_ships_starts_from_the_members_that_are_the_product() {
        let graph = read(&sample()).unwrap();
        assert_eq!(names(graph.ships(|name| name == "ledger")), ["always", "ledger", "made"]);
    }

    #[test]
    fn what_is_no_graph_is_refused() {
        for text in
            ["", "{}", "[]", &sample().replace(r#"["ledger","xtask"]"#, "[]"), &sample().replacen(r#""id":"win""#, r#""id":"w""#, 1)]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(cut in 0usize..4_000, with in "[\\x00-\\x7f]{0,4}") {
            let text = sample();
            let at = cut.min(text.len());
            let _ = read(&format!("{}{with}{}", text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()));
        }
    }
}
