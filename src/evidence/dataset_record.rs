//! `dataset-record`: where a dataset comes from, under which licence, and which bytes it is.

use super::card::{Card, Topic};
use super::{Ask, Gap, Proof, Verified, Verifier, digests};
use crate::formats::tree::{Node, Syntax};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::repo_path::RepoPath;
use crate::text::{count, one_line};

/// See the module's documentation.
pub(super) struct DatasetRecord;

const TOPICS: &[Topic] = &[
    Topic {
        what: "where the data comes from",
        headings: &["source", "origin", "provenance", "collection", "creation", "curation", "acquisition", "data sources"],
        keys: &["source_datasets"],
    },
    Topic { what: "its licence", headings: &["licen", "terms of use"], keys: &["license"] },
    Topic {
        what: "what is in it",
        headings: &["summary", "description", "structure", "composition", "content", "fields", "overview", "motivation"],
        keys: &["dataset_info"],
    },
];

impl Verifier for DatasetRecord {
    fn kind(&self) -> &'static str {
        "dataset-record"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a Croissant description (JSON-LD, `conformsTo` http://mlcommons.org/croissant/1.x), or a dataset card or datasheet in Markdown.",
            "A Croissant description has a name, a description, a licence, an address and the files it is distributed as, each with where it is and its SHA-256.",
            "A SHA-256 in it is that of the tracked file it is given for; a Git LFS pointer stands for its file.",
            "A card is a document that is filled in and current, as for kind `document`, and says where the data comes from, under which licence it is and what is in it.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the data came from where it says, and whether its licence allows the use, cannot be seen. A dataset that is not tracked cannot be held against its digest."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"dataset-record\"\npath = \"data/croissant.json\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.clone();
    if Syntax::of(path.file_name()) == Some(Syntax::Json) {
        return croissant(ask, path.as_str());
    }
    let card = Card::read(ask)?;
    let gaps = card.gaps(TOPICS);
    let licence = card.values("license");
    let licence = if licence.is_empty() { String::new() } else { format!(" ({})", one_line(&licence.join(", "), 60)) };
    let says = format!("{path} says where the data comes from, its licence{licence} and what is in it");
    Ok(Verified::from_gaps(super::at_most(gaps), || Proof::new(Assurance::Evidenced, says)))
}

/// Croissant, <https://docs.mlcommons.org/croissant/docs/croissant-spec.html>.
fn croissant(ask: &Ask<'_>, path: &str) -> Result<Verified, Verified> {
    let root = ask.tree(Syntax::Json)?;
    let conforms = key(&root, &["conformsTo", "dct:conformsTo"]);
    let is_croissant = conforms.one_or_more().iter().any(|one| {
        let address = one.text().or(one.word("@id")).unwrap_or_default();
        address.trim_start_matches("https").trim_start_matches("http").starts_with("://mlcommons.org/croissant/")
    });
    if !is_croissant {
        let message = format!("{path} is JSON, and no Croissant description of a dataset: its `conformsTo` does not name Croissant");
        let remedy = "describe the dataset in Croissant, or in Markdown as a dataset card or datasheet";
        return Err(Verified::gap(ask.gap_at(conforms.range(), "no-record", message, remedy)));
    }
    let mut gaps = Vec::new();
    for (names, what) in [
        (&["name", "sc:name"][..], "a name"),
        (&["description", "sc:description"], "a description"),
        (&["license", "sc:license"], "a licence"),
        (&["url", "sc:url"], "an address"),
    ] {
        let value = key(&root, names);
        let filled = value.one_or_more().iter().any(|one| {
            let text = one.text().or(one.word("@id")).or(one.word("url")).or(one.word("name")).unwrap_or_default();
            !crate::model::attestation::is_placeholder(text)
        });
        if !filled {
            gaps.push(ask.gap_at(
                value.range(),
                "incomplete",
                format!("{path} gives no {}", what.split_once(' ').map_or(what, |(_, noun)| noun)),
                format!("add {what}"),
            ));
        }
    }
    let files: Vec<&Node<'_>> = key(&root, &["distribution", "sc:distribution"]).one_or_more().iter().filter(|one| is_file(one)).collect();
    if files.is_empty() {
        let message = format!("{path} lists no file that the dataset is distributed as");
        gaps.push(ask.gap_at(root.range(), "incomplete", message, "list each file under `distribution` as a cr:FileObject"));
    }
    let mut held = 0;
    for file in &files {
        match file_gap(ask, file, path) {
            Ok(same) => held += usize::from(same),
            Err(gap) => gaps.push(gap),
        }
    }
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    Ok(Verified::from_gaps(super::at_most(gaps), || {
        let listed = count(i64::try_from(files.len()).unwrap_or(i64::MAX), "file");
        let all = held == files.len();
        let tracked =
            if all { "all of them tracked with that digest".to_owned() } else { format!("{held} of them tracked with that digest") };
        let says = format!("{path} describes {listed}, each with its SHA-256, {tracked}");
        Proof::new(if all { Assurance::Verified } else { Assurance::Evidenced }, one_line(&says, limits::MESSAGE_CHARS))
    }))
}

fn key<'n>(node: &'n Node<'n>, names: &[&str]) -> &'n Node<'n> {
    names.iter().map(|name| node.at(&[name])).find(|found| !found.is_null()).unwrap_or(&Node::NULL)
}

/// A FileObject that is a file of its own, and not one inside another.
fn is_file(node: &Node<'_>) -> bool {
    let kinds = node.at(&["@type"]).one_or_more();
    let is_object = kinds.iter().any(|kind| matches!(kind.text(), Some("cr:FileObject" | "FileObject" | "sc:FileObject")));
    is_object && key(node, &["containedIn", "cr:containedIn"]).is_null()
}

/// Whether the file is tracked and has the digest that it is said to have; a gap where it has another, or none is given.
fn file_gap(ask: &Ask<'_>, file: &Node<'_>, path: &str) -> Result<bool, Gap> {
    let name = one_line(file.word("name").or(file.word("@id")).unwrap_or("a file"), 80);
    let address = key(file, &["contentUrl", "sc:contentUrl"]);
    let Some(place) = address.text().filter(|text| !text.trim().is_empty()) else {
        return Err(ask.gap_at(file.range(), "incomplete", format!("{path} does not say where {name} is"), "add `contentUrl`"));
    };
    let digest = key(file, &["sha256", "sc:sha256", "cr:sha256"]);
    let Some(wanted) = digest.text().map(|text| text.trim().to_ascii_lowercase()).filter(|text| digests::is_sha256(text)) else {
        let message = format!("{path} gives no SHA-256 of {name}");
        return Err(ask.gap_at(
            if digest.is_null() { file.range() } else { digest.range() },
            "no-digest",
            message,
            "add `sha256`, 64 hexadecimal digits",
        ));
    };
    if place.contains("://") {
        return Ok(false);
    }
    let Ok(relative) = place.trim().trim_start_matches("./").parse::<RepoPath>() else { return Ok(false) };
    let beside = ask.file.as_ref().and_then(|cited| cited.path.parent()).map(|folder| folder.join(&relative));
    let places = beside.into_iter().chain([ask.view.folder().join(&relative)]);
    let Some(found) = places.into_iter().find_map(|place| digests::sha256(ask, &place)) else {
        let message = format!("{path} says that {name} is {}, which is not tracked", one_line(place, 120));
        return Err(ask.gap_at(address.range(), "absent", message, "correct `contentUrl`, or track the file"));
    };
    if found == wanted {
        return Ok(true);
    }
    let message = format!("{path} gives another SHA-256 of {name} than the tracked file has: that is {found}");
    Err(ask.gap_at(digest.range(), "other-digest", message, "find out why the file differs, then describe the dataset anew"))
}
