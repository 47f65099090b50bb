//! `model-card`: what the makers of a model or an AI system say about it, for those who use it.

use super::card::{Card, Topic};
use super::{Ask, Proof, Verified, Verifier};
use crate::formats::card as format;
use crate::formats::tree::Node;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct ModelCard;

/// What a card has to say, and the headings under which it is looked for.
const TOPICS: &[Topic] = &[
    Topic { what: "what it is for", headings: &["use", "scope", "purpose", "application"], keys: &[] },
    Topic {
        what: "its limits and risks",
        headings: &["limit", "risk", "bias", "caveat", "failure", "out-of-scope", "out of scope", "ethical", "caution", "recommendation"],
        keys: &[],
    },
    Topic { what: "its data or the model that it comes from", headings: &["data", "training"], keys: &["datasets", "base_model"] },
];
/// Metadata that only a card on a model hub has.
const HUB: &[&str] = &["license", "library_name", "pipeline_tag", "base_model", "datasets", "metrics", "model-index", "model_name"];

impl Verifier for ModelCard {
    fn kind(&self) -> &'static str {
        "model-card"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a prose document that is filled in and current, as for kind `document`, with the `sections` that it is cited for.",
            "Nothing in it still says that more information is needed.",
            "It says what the model is for, where its limits are, and what data or base model it comes from, under headings that name these.",
            "Its metadata, if it has any, is YAML; metadata of a model hub names a licence.",
            "It is about this product: a name in its metadata or its first heading is the product's, its manifest's or one of `names`; where the heading is no more than `Model Card` or the like, the line below it says so.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether what it says of the model is true, and whether the data it names is what the model was trained on, cannot be seen. It never lifts an attestation above evidenced."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"model-card\"\npath = \"docs/model-card.md\"\nsections = [\"Intended use\", \"Limitations\"]\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let card = Card::read(ask)?;
    let mut gaps = card.gaps(TOPICS);
    let on_hub = card.metadata.as_ref().is_some_and(|data| HUB.iter().any(|key| data.get(key).is_some()));
    if on_hub {
        gaps.extend(card.licence());
    }
    gaps.extend(card.about(&names(&card), "model"));
    Ok(Verified::from_gaps(super::at_most(gaps), || proof(&card)))
}

/// What the metadata calls the model.
fn names(card: &Card<'_>) -> Vec<String> {
    let data = card.metadata.as_ref().unwrap_or(&Node::NULL);
    let results = data.at(&["model-index"]).items().iter().flat_map(|one| format::filled(one.at(&["name"])));
    format::filled(data.at(&["model_name"])).into_iter().chain(results).collect()
}

fn proof(card: &Card<'_>) -> Proof {
    let mut says = format!("{} says what the model is for, its limits and its data", card.path);
    for (key, what) in [("license", "licence"), ("base_model", "base model"), ("datasets", "data")] {
        let values = card.values(key);
        if !values.is_empty() {
            says.push_str(&format!("; {what}: {}", one_line(&values.join(", "), 120)));
        }
    }
    Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
}
