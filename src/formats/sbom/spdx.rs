//! SPDX 2.2 and 2.3 as JSON, and how the parts of either form become the model.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::{Component, NotRead, Purl, Sbom, said, spdx_version};
use crate::formats::tree::{BadDocument, Node};

/// A document before its parts are put together.
#[derive(Default)]
pub(super) struct Draft {
    /// By SPDX id, in the file's order.
    pub(super) packages: Vec<(String, Component)>,
    /// Other elements: files, snippets.
    pub(super) others: HashSet<String>,
    /// From, what, to, and the place of the relation.
    pub(super) relations: Vec<(String, String, String, Range<usize>)>,
    /// What `documentDescribes` lists.
    pub(super) describes: Vec<String>,
}

const DOCUMENT: &str = "SPDXRef-DOCUMENT";

impl Draft {
    /// Puts the parts together: what the document describes is its subject.
    pub(super) fn into_sbom(mut self, mut sbom: Sbom) -> Sbom {
        for (from, what, to, _) in &self.relations {
            match what.as_str() {
                "DESCRIBES" if from == DOCUMENT => self.describes.push(to.clone()),
                "DESCRIBED_BY" if to == DOCUMENT => self.describes.push(from.clone()),
                _ => {}
            }
        }
        let known: HashSet<&str> = self.packages.iter().map(|(id, _)| id.as_str()).collect();
        let is_known =
            |id: &str| known.contains(id) || self.others.contains(id) || id == DOCUMENT || !id.starts_with("SPDXRef-") || id.contains(':');
        for (from, what, to, at) in &self.relations {
            if !matches!(what.as_str(), "DESCRIBES" | "DESCRIBED_BY") {
                sbom.relations += usize::from(known.contains(from.as_str()) && known.contains(to.as_str()));
            }
            sbom.dangling.extend([from, to].into_iter().filter(|id| !is_known(id)).map(|id| (id.clone(), at.clone())));
        }
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (at, (id, _)) in self.packages.iter().enumerate() {
            places.entry(id).or_insert(at);
        }
        let subject = self.describes.iter().find_map(|id| places.get(id.as_str()).copied());
        sbom.subject = subject.and_then(|at| self.packages.get(at)).map(|(_, component)| component.clone());
        let others = self.packages.into_iter().enumerate().filter(|(at, _)| Some(*at) != subject);
        sbom.components = others.map(|(_, (_, component))| component).collect();
        sbom
    }
}

pub(super) fn read(root: &Node<'_>, version: &str) -> Result<Sbom, NotRead> {
    let creation = root.at(&["creationInfo"]);
    let sbom = Sbom {
        format: spdx_version(version)?,
        document_name: root.word("name").map(str::to_owned),
        created: creation.get("created").and_then(|node| Some((node.text()?.to_owned(), node.range()))),
        has_author: creation.at(&["creators"]).items().iter().any(|creator| creator.text().is_some_and(said)),
        ..Sbom::default()
    };
    let mut draft = Draft::default();
    for node in root.at(&["packages"]).items() {
        let id = node.word("SPDXID").unwrap_or_default().to_owned();
        draft.packages.push((id, package(node)?));
    }
    for key in ["files", "snippets"] {
        draft.others.extend(root.at(&[key]).items().iter().filter_map(|node| node.word("SPDXID")).map(str::to_owned));
    }
    let word = |node: &Node<'_>, key: &str| node.word(key).unwrap_or_default().to_owned();
    for node in root.at(&["relationships"]).items() {
        let relation = (word(node, "spdxElementId"), word(node, "relationshipType"), word(node, "relatedSpdxElement"), node.range());
        draft.relations.push(relation);
    }
    draft.describes = root.at(&["documentDescribes"]).items().iter().filter_map(Node::text).map(str::to_owned).collect();
    Ok(draft.into_sbom(sbom))
}

fn package(node: &Node<'_>) -> Result<Component, NotRead> {
    let Some(name) = node.word("name") else {
        return Err(BadDocument::new("a package has no name", Some(node.range())).into());
    };
    let references = node.at(&["externalRefs"]).items();
    let located = |kinds: &[&str]| {
        let of_kind = references.iter().filter(|one| one.word("referenceType").is_some_and(|kind| kinds.contains(&kind)));
        of_kind.filter_map(|one| one.word("referenceLocator")).map(str::to_owned).next()
    };
    let purl = located(&["purl"]).as_deref().and_then(Purl::read);
    Ok(Component {
        name: name.to_owned(),
        group: None,
        version: node.word("versionInfo").filter(|version| said(version)).map(str::to_owned),
        identified: purl.is_some() || located(&["cpe23Type", "cpe22Type", "swid", "http://spdx.org/rdf/references/cpe23Type"]).is_some(),
        purl,
        is_file: matches!(node.word("primaryPackagePurpose"), Some("FILE" | "ARCHIVE" | "DEVICE")),
        supplied: ["supplier", "originator"].iter().any(|key| node.word(key).is_some_and(said)),
        at: node.get("name").map_or(node.range(), Node::range),
    })
}
