//! CycloneDX as XML.

use std::collections::HashSet;

use roxmltree::Node;

use super::{Component, NotRead, Purl, Sbom, cyclonedx_version};
use crate::formats::slug::Slug;
use crate::formats::tree::BadDocument;
use crate::formats::xml::{self, child, child_text, children};

pub(super) fn read(text: &str) -> Result<Sbom, NotRead> {
    let document = xml::read(text)?;
    let root = document.root_element();
    let namespace = root.tag_name().namespace().unwrap_or_default();
    let Some(version) = namespace.strip_prefix("http://cyclonedx.org/schema/bom/").filter(|_| root.tag_name().name() == "bom") else {
        return Err(BadDocument::new("its root is not a `bom` of CycloneDX", Some(root.range())).into());
    };
    let mut sbom = Sbom { format: cyclonedx_version(version, Some(root.range()))?, ..Sbom::default() };
    let mut references = HashSet::new();
    if let Some(metadata) = child(root, "metadata") {
        sbom.created = child(metadata, "timestamp").and_then(|node| Some((node.text()?.trim().to_owned(), node.range())));
        sbom.has_author = ["tools", "authors", "manufacture", "manufacturer", "supplier"]
            .iter()
            .any(|name| child(metadata, name).is_some_and(|node| node.children().any(|inner| inner.is_element())));
        if let Some(subject) = child(metadata, "component") {
            sbom.subject = Some(component(subject)?);
            references.extend(subject.attribute("bom-ref"));
            let kept = child(subject, "externalReferences").into_iter().flat_map(|list| children(list, "reference"));
            let kept = kept.filter(|one| one.attribute("type") == Some("vcs"));
            sbom.slugs.extend(kept.filter_map(|one| Slug::of_address(child_text(one, "url")?)));
            collect(subject, &mut Vec::new(), &mut references)?;
        }
    }
    collect(root, &mut sbom.components, &mut references)?;
    if let Some(services) = child(root, "services") {
        references.extend(children(services, "service").filter_map(|service| service.attribute("bom-ref")));
    }
    for dependency in child(root, "dependencies").into_iter().flat_map(|list| children(list, "dependency")) {
        for target in children(dependency, "dependency") {
            sbom.relations += 1;
            lost(target, &references, &mut sbom);
        }
        lost(dependency, &references, &mut sbom);
    }
    Ok(sbom)
}

fn lost(node: Node<'_, '_>, references: &HashSet<&str>, sbom: &mut Sbom) {
    if let Some(name) = node.attribute("ref").filter(|name| !references.contains(name) && !name.starts_with("urn:cdx:")) {
        sbom.dangling.push((name.to_owned(), node.range()));
    }
}

/// Every component below `<components>` at every depth; nesting is bounded by the reader's own depth.
fn collect<'a>(above: Node<'a, '_>, found: &mut Vec<Component>, references: &mut HashSet<&'a str>) -> Result<(), NotRead> {
    for node in child(above, "components").into_iter().flat_map(|list| children(list, "component")) {
        found.push(component(node)?);
        references.extend(node.attribute("bom-ref"));
        collect(node, found, references)?;
    }
    Ok(())
}

fn component(node: Node<'_, '_>) -> Result<Component, NotRead> {
    let Some(name) = child_text(node, "name") else {
        return Err(BadDocument::new("a component has no name", Some(node.range())).into());
    };
    let kind = node.attribute("type").unwrap_or_default();
    let purl = child_text(node, "purl").and_then(Purl::read);
    Ok(Component {
        name: name.to_owned(),
        group: child_text(node, "group").map(str::to_owned),
        version: child_text(node, "version").map(str::to_owned),
        identified: purl.is_some() || child(node, "cpe").is_some() || child(node, "swid").is_some(),
        purl,
        is_file: matches!(kind, "file" | "data" | "device" | "cryptographic-asset" | "machine-learning-model"),
        supplied: ["supplier", "manufacturer", "publisher", "author", "authors"].iter().any(|name| child(node, name).is_some()),
        at: child(node, "name").map_or(node.range(), |name| name.range()),
    })
}
