//! SPDX 2.2 and 2.3 as tag-value: one `Tag: value` a line, values of several lines between `<text>` and `</text>`.

use std::ops::Range;

use super::spdx::Draft;
use super::{Component, NotRead, Purl, Sbom, said, spdx_version};
use crate::formats::tree::BadDocument;

pub(super) fn read(text: &str) -> Result<Sbom, NotRead> {
    let mut sbom = Sbom::default();
    let mut draft = Draft::default();
    let mut element = Element::Document;
    for (tag, value, at) in tags(text) {
        match tag {
            "SPDXVersion" => sbom.format = spdx_version(value)?,
            "DocumentName" => sbom.document_name = Some(value.to_owned()),
            "Created" => sbom.created = Some((value.to_owned(), at)),
            "Creator" => sbom.has_author |= said(value),
            "PackageName" => {
                element = Element::Package;
                draft.packages.push((String::new(), Component { name: value.to_owned(), at, ..Component::default() }));
            }
            "FileName" | "SnippetSPDXID" => element = Element::Other,
            "Relationship" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                let [from, what, to] = words.as_slice() else {
                    return Err(BadDocument::new("a relationship is not an id, a type and an id", Some(at)).into());
                };
                draft.relations.push(((*from).to_owned(), (*what).to_owned(), (*to).to_owned(), at));
            }
            "SPDXID" if element == Element::Other => {
                draft.others.insert(value.to_owned());
            }
            _ if element == Element::Package => {
                if let Some((id, package)) = draft.packages.last_mut() {
                    of_package(tag, value, id, package);
                }
            }
            _ => {}
        }
    }
    Ok(draft.into_sbom(sbom))
}

#[derive(PartialEq)]
enum Element {
    Document,
    Package,
    Other,
}

fn of_package(tag: &str, value: &str, id: &mut String, package: &mut Component) {
    match tag {
        "SPDXID" => *id = value.to_owned(),
        "PackageVersion" if said(value) => package.version = Some(value.to_owned()),
        "PackageSupplier" | "PackageOriginator" => package.supplied |= said(value),
        "PrimaryPackagePurpose" => package.is_file = matches!(value, "FILE" | "ARCHIVE" | "DEVICE"),
        "ExternalRef" => {
            let mut words = value.split_whitespace().skip(1);
            match (words.next(), words.next()) {
                (Some("purl"), Some(purl)) => {
                    package.purl = package.purl.take().or_else(|| Purl::read(purl));
                    package.identified |= package.purl.is_some();
                }
                (Some(kind), Some(_)) if kind.starts_with("cpe2") || kind == "swid" => package.identified = true,
                _ => {}
            }
        }
        _ => {}
    }
}

/// Every tag with its value and place; comments, blank lines and the insides of long texts are passed over.
fn tags(text: &str) -> impl Iterator<Item = (&str, &str, Range<usize>)> {
    let mut start = 0;
    let mut inside = false;
    text.split_inclusive('\n').filter_map(move |whole| {
        let from = start;
        start += whole.len();
        let line = whole.trim();
        if inside {
            inside = !line.contains("</text>");
            return None;
        }
        let (tag, value) = line.split_once(':').filter(|_| !line.starts_with('#'))?;
        inside = value.contains("<text>") && !value.contains("</text>");
        Some((tag.trim(), value.trim(), from..from + whole.trim_end().len()))
    })
}
