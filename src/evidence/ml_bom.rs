//! `ml-bom`: a CycloneDX bill of materials that lists models, each with a card, held against the model files that are tracked.

use std::collections::BTreeSet;

use super::{Ask, Gap, Proof, Verified, Verifier, digests};
use crate::formats::moment;
use crate::formats::tree::{BadDocument, Node, Syntax};
use crate::input::shipped::is_muted;
use crate::limits;
use crate::model::attestation::is_placeholder;
use crate::model::outcome::Assurance;
use crate::text::{count, one_line};

/// See the module's documentation.
pub(super) struct ModelBillOfMaterials;

/// Most model files that are held against it.
const FILES: usize = 500;

impl Verifier for ModelBillOfMaterials {
    fn kind(&self) -> &'static str {
        "ml-bom"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is CycloneDX 1.5 to 1.7 as JSON and lists at least one component of type `machine-learning-model`.",
            "It is about this product: what it describes, or one of its models, has the product's name, its manifest's or one of `names`.",
            "Each model has a version, a licence and a `modelCard` that says something, and names the data that it comes from or the model that it is derived from; what it refers to for its data is in the file.",
            "Every model file that git tracks in what is shipped stands in it by its SHA-256; a Git LFS pointer stands for its file.",
            "Its timestamp is a date and not in the future; with `max-age-days`, no older.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Models that are fetched when the product is built or run, and whether what the cards say is true, cannot be seen. Without a tracked model file it stays at evidenced."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"ml-bom\"\npath = \"ml-bom.cdx.json\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.to_string();
    let root = ask.tree(Syntax::Json)?;
    version(ask, &root)?;
    let mut components = Vec::new();
    collect(root.at(&["metadata", "component"]), &mut components);
    root.at(&["components"]).items().iter().for_each(|one| collect(one, &mut components));
    let models: Vec<&Node<'_>> = components.iter().copied().filter(|one| one.word("type") == Some("machine-learning-model")).collect();
    if models.is_empty() {
        let message = format!("{path} lists no model: no component of type machine-learning-model");
        return Err(Verified::gap(Gap::failed("no-model", message, "list each model that the product uses, or cite it as `sbom`")));
    }
    let mut gaps: Vec<Gap> = about(ask, &root, &models, &path).into_iter().collect();
    let origins = Origins::of(&root, &components);
    let mut refs = BTreeSet::new();
    referable(&root, &mut refs);
    for model in &models {
        gaps.extend(lacks(ask, &origins, model, &path));
        gaps.extend(leads_nowhere(ask, &refs, model, &path));
    }
    let (held, lost) = files(ask, &components, &path);
    gaps.extend(lost);
    gaps.extend(made(ask, &root, &path));
    Ok(Verified::from_gaps(super::at_most(gaps), || {
        let listed = count(i64::try_from(models.len()).unwrap_or(i64::MAX), "model");
        let says = match held {
            0 => format!("{path} lists {listed}, each with a card; no model file is tracked that it could be held against"),
            held => format!("{path} lists {listed}, each with a card, and the digests of all {held} model files that are tracked"),
        };
        Proof::new(if held > 0 { Assurance::Verified } else { Assurance::Evidenced }, one_line(&says, limits::MESSAGE_CHARS))
    }))
}

fn version(ask: &Ask<'_>, root: &Node<'_>) -> Result<(), Verified> {
    let bad = |message: &str, at| ask.malformed(&BadDocument::new(message, Some(at)));
    if root.word("bomFormat") != Some("CycloneDX") {
        return Err(bad("it is not CycloneDX: `bomFormat` is not CycloneDX", root.range()));
    }
    let at = root.at(&["specVersion"]).range();
    match root.word("specVersion") {
        Some("1.5" | "1.6" | "1.7") => Ok(()),
        Some("1.0" | "1.1" | "1.2" | "1.3" | "1.4") => Err(bad("it is of a version before 1.5, which knows no models", at)),
        _ => {
            let shown =
                root.word("specVersion").map_or("without a version".to_owned(), |version| format!("version {}", one_line(version, 20)));
            let message = format!("the file is CycloneDX {shown}, which this version cannot read");
            Err(Verified::doubt(message, "write it as CycloneDX 1.5 to 1.7"))
        }
    }
}

/// A component with those below it; the tree's own depth bounds the way down.
fn collect<'n>(node: &'n Node<'n>, found: &mut Vec<&'n Node<'n>>) {
    if node.is_table() {
        found.push(node);
        node.at(&["components"]).items().iter().for_each(|one| collect(one, found));
    }
}

fn about(ask: &Ask<'_>, root: &Node<'_>, models: &[&Node<'_>], path: &str) -> Option<Gap> {
    let subject = root.at(&["metadata", "component"]);
    let named = |node: &Node<'_>| {
        node.word("name").is_some_and(|name| ask.is_named(name) || name.rsplit('/').next().is_some_and(|last| ask.is_named(last)))
    };
    if named(subject) || models.iter().any(|model| named(model)) {
        return None;
    }
    let shown = subject.word("name").or(models.first().and_then(|model| model.word("name"))).unwrap_or("nothing by name");
    let at = if subject.is_null() { root.range() } else { subject.at(&["name"]).range() };
    let message = format!("{path} is about {}, not about {}", one_line(shown, 80), ask.names());
    let remedy = "let the tool that makes it name the product, or add the name that it uses to `names` of this entry";
    Some(ask.gap_at(at, "other-product", message, remedy))
}

fn lacks(ask: &Ask<'_>, origins: &Origins<'_>, model: &Node<'_>, path: &str) -> Vec<Gap> {
    let name = one_line(model.word("name").unwrap_or("a model without a name"), 80);
    let at = model.get("name").map_or(model.range(), Node::range);
    let mut gaps = Vec::new();
    let mut lacks = |what: &str, remedy: &str| {
        gaps.push(ask.gap_at(at.clone(), "incomplete", format!("{path} lists {name} without {what}"), remedy));
    };
    let said = |key: &str| model.word(key).is_some_and(|text| !is_placeholder(text));
    if !said("name") {
        lacks("a name", "name it");
    }
    if !said("version") {
        lacks("a version", "give the version or revision that is used");
    }
    if !says(model.at(&["licenses"])) {
        lacks("a licence", "give its licence under `licenses`");
    }
    let card = model.at(&["modelCard"]);
    if !["modelParameters", "quantitativeAnalysis", "considerations"].iter().any(|part| says(card.at(&[part]))) {
        lacks("a model card", "say under `modelCard` what it is for, how it was made and where its limits are");
    } else if !origins.has(model) {
        lacks(
            "the data or the model that it comes from",
            "list them under `modelCard.modelParameters.datasets`, or its base model under `pedigree.ancestors`",
        );
    }
    gaps
}

/// Everything in the document that can be referred to; the tree's own depth bounds the way down.
fn referable<'n>(node: &'n Node<'_>, refs: &mut BTreeSet<&'n str>) {
    refs.extend(node.word("bom-ref"));
    node.items().iter().for_each(|item| referable(item, refs));
    node.entries().iter().for_each(|entry| referable(&entry.node, refs));
}

/// Datasets of a model that are references to nothing. A BOM-Link (`urn:cdx:…`) leads into another document.
fn leads_nowhere(ask: &Ask<'_>, refs: &BTreeSet<&str>, model: &Node<'_>, path: &str) -> Vec<Gap> {
    let name = one_line(model.word("name").unwrap_or("a model without a name"), 80);
    let datasets = model.at(&["modelCard", "modelParameters", "datasets"]).items().iter();
    let lost = datasets.filter_map(|dataset| {
        let to = dataset.get("ref")?;
        let text = to.text().unwrap_or_default();
        (!refs.contains(text) && !text.starts_with("urn:cdx:")).then_some((to, text))
    });
    let gap = |(to, text): (&Node<'_>, &str)| {
        let shown = if text.is_empty() { "nothing".to_owned() } else { one_line(text, 80) };
        let message = format!("{path} refers for the data of {name} to {shown}, which is in it nowhere");
        ask.gap_at(to.range(), "no-dataset", message, "list the data as a component of that `bom-ref`, or say in place what it is")
    };
    lost.map(gap).collect()
}

/// The references of what depends on data or on a model.
struct Origins<'n>(BTreeSet<&'n str>);

impl<'n> Origins<'n> {
    fn of(root: &'n Node<'_>, components: &[&'n Node<'_>]) -> Self {
        let origins: BTreeSet<&str> = components
            .iter()
            .filter(|one| matches!(one.word("type"), Some("data" | "machine-learning-model")))
            .filter_map(|one| one.word("bom-ref"))
            .collect();
        let leads = |one: &&Node<'_>| {
            let mut ends = one.at(&["dependsOn"]).items().iter();
            ends.any(|to| to.text().is_some_and(|to| origins.contains(to)))
        };
        Self(root.at(&["dependencies"]).items().iter().filter(leads).filter_map(|one| one.word("ref")).collect())
    }

    /// Whether a model names the data or the model that it comes from: in its card, its pedigree, or by what it depends on.
    fn has(&self, model: &Node<'_>) -> bool {
        says(model.at(&["modelCard", "modelParameters", "datasets"]))
            || says(model.at(&["pedigree", "ancestors"]))
            || says(model.at(&["data"]))
            || model.word("bom-ref").is_some_and(|own| self.0.contains(own))
    }
}

/// Keys that only sort or refer.
const SORTING: &[&str] = &["type", "bom-ref", "acknowledgement"];

/// Whether there is anything in it besides empty lists and tables, texts that are empty or hold a place, and what only sorts.
fn says(node: &Node<'_>) -> bool {
    node.scalar().is_some_and(|text| !is_placeholder(&text))
        || node.items().iter().any(says)
        || node.entries().iter().any(|entry| !SORTING.contains(&&*entry.key) && says(&entry.node))
}

/// How many tracked model files stand in it by their digest, and those that do not.
fn files(ask: &Ask<'_>, components: &[&Node<'_>], path: &str) -> (usize, Vec<Gap>) {
    let hashes = components.iter().flat_map(|one| one.at(&["hashes"]).items());
    let known: BTreeSet<String> =
        hashes.filter(|one| one.word("alg") == Some("SHA-256")).filter_map(|one| one.word("content")).map(str::to_lowercase).collect();
    let (mut held, mut gaps) = (0, Vec::new());
    let shipped = ask
        .product_files()
        .filter(|found| found.regular && !is_muted(&found.path, ask.view.folder()) && digests::is_model(ask, &found.path));
    for found in shipped.take(FILES) {
        let Some(digest) = digests::sha256(ask, &found.path) else { continue };
        if known.contains(&digest) {
            held += 1;
            continue;
        }
        // A component of the file's name has another digest, or none does.
        let named = components
            .iter()
            .find(|one| one.word("name").is_some_and(|name| name == found.path.as_str() || name == found.path.file_name()));
        let at = named.map_or(0..0, |one| one.range());
        let message = format!("{path} does not list {}, whose SHA-256 is {digest}", found.path);
        gaps.push(ask.gap_at(
            at.start..at.start,
            "file-missing",
            message,
            "make it anew, with the digest of each model file under `hashes`",
        ));
    }
    (held, gaps)
}

fn made(ask: &Ask<'_>, root: &Node<'_>, path: &str) -> Option<Gap> {
    let stamp = root.at(&["metadata", "timestamp"]);
    let remedy = "make it anew";
    let Some(text) = stamp.text() else {
        let limit = ask.evidence.max_age_days.as_ref()?;
        let message = format!("{path} does not say when it was made, where {} days are allowed", limit.value);
        return Some(Gap { cited: Some(limit.span), ..Gap::failed("undated", message, "let the tool write a timestamp") });
    };
    let Some(day) = moment::day(text) else {
        let message = format!("{path} was made at {}, which is no timestamp", one_line(text, 40));
        return Some(ask.gap_at(stamp.range(), "timestamp", message, remedy));
    };
    ask.too_old(day, path).map(|old| Gap { at: ask.range(stamp.range()), remedy: remedy.to_owned(), ..old })
}
