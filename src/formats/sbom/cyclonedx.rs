//! CycloneDX as JSON.

use std::collections::HashSet;

use super::{Component, NotRead, Purl, Sbom, cyclonedx_version};
use crate::formats::slug::Slug;
use crate::formats::tree::{BadDocument, Node};

pub(super) fn read(root: &Node<'_>) -> Result<Sbom, NotRead> {
    let version = root.get("specVersion");
    let metadata = root.at(&["metadata"]);
    let mut sbom =
        Sbom { format: cyclonedx_version(version.and_then(Node::text).unwrap_or_default(), version.map(Node::range))?, ..Sbom::default() };
    let mut references = HashSet::new();
    sbom.created = metadata.get("timestamp").and_then(|node| Some((node.text()?.to_owned(), node.range())));
    sbom.has_author = ["authors", "manufacture", "manufacturer", "supplier"].iter().any(|key| has_some(metadata.at(&[key])))
        || has_tool(metadata.at(&["tools"]));
    if let Some(subject) = metadata.get("component") {
        sbom.subject = Some(component(subject)?);
        references.extend(subject.word("bom-ref"));
        let kept = subject.at(&["externalReferences"]).items().iter().filter(|one| one.word("type") == Some("vcs"));
        sbom.slugs.extend(kept.filter_map(|one| Slug::of_address(one.word("url")?)));
        let mut own = Vec::new();
        collect(subject.at(&["components"]), &mut own, &mut references)?;
    }
    collect(root.at(&["components"]), &mut sbom.components, &mut references)?;
    references.extend(root.at(&["services"]).items().iter().filter_map(|service| service.word("bom-ref")));
    for dependency in root.at(&["dependencies"]).items() {
        let targets = dependency.at(&["dependsOn"]).items();
        sbom.relations += targets.len();
        let ends = dependency.get("ref").into_iter().chain(targets);
        let lost = ends.filter(|end| end.text().is_some_and(|name| !references.contains(name) && !name.starts_with("urn:cdx:")));
        sbom.dangling.extend(lost.filter_map(|end| Some((end.text()?.to_owned(), end.range()))));
    }
    Ok(sbom)
}

fn has_some(node: &Node<'_>) -> bool {
    !node.items().is_empty() || !node.entries().is_empty()
}

/// A list of tools before 1.5, a table of components and services since.
fn has_tool(tools: &Node<'_>) -> bool {
    !tools.items().is_empty() || ["components", "services"].iter().any(|key| !tools.at(&[key]).items().is_empty())
}

/// Every component at every depth; nesting is bounded by the tree's own depth.
fn collect<'t>(list: &'t Node<'_>, found: &mut Vec<Component>, references: &mut HashSet<&'t str>) -> Result<(), NotRead> {
    for node in list.items() {
        found.push(component(node)?);
        references.extend(node.word("bom-ref"));
        collect(node.at(&["components"]), found, references)?;
    }
    Ok(())
}

fn component(node: &Node<'_>) -> Result<Component, NotRead> {
    let Some(name) = node.word("name") else {
        return Err(BadDocument::new("a component has no name", Some(node.range())).into());
    };
    let kind = node.word("type").unwrap_or_default();
    let purl = node.word("purl").and_then(Purl::read);
    Ok(Component {
        name: name.to_owned(),
        group: node.word("group").map(str::to_owned),
        version: node.get("version").and_then(Node::text).filter(|text| !text.trim().is_empty()).map(str::to_owned),
        identified: purl.is_some() || node.word("cpe").is_some() || node.get("swid").is_some(),
        purl,
        is_file: matches!(kind, "file" | "data" | "device" | "cryptographic-asset" | "machine-learning-model"),
        supplied: ["supplier", "manufacturer", "publisher", "author", "authors"].iter().any(|key| node.get(key).is_some()),
        at: node.get("name").map_or(node.range(), Node::range),
    })
}
