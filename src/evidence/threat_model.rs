//! `threat-model`: threats, and what was decided about each.
//!
//! Whether the threats are the right ones is a matter of skill. That none of them was left lying can be seen.

use std::rc::Rc;

use super::{Ask, Gap, Proof, Verified, Verifier, document};
use crate::formats::prose::Format;
use crate::formats::threat_model::{self as format, Answer, ThreatModel};
use crate::formats::{moment, threat_model};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct Threats;

impl Verifier for Threats {
    fn kind(&self) -> &'static str {
        "threat-model"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is Markdown, Open Threat Model (JSON or YAML), OWASP Threat Dragon 1 or 2, or Threagile.",
            "It has at least one threat.",
            "Every threat has a mitigation that is in place, or was accepted or set aside with a reason; a status that is not known to mean that is doubtful.",
            "In Open Threat Model every threat stands at a component or data flow, and a mitigation is one that is defined and takes something off the risk.",
            "Where the format names what it is a model of, that is this product.",
            "Markdown stands as a document does: it says something, was filled in, and has the `sections`.",
            "It is at most 366 days old, by its own date where it has one, else by the review.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the threats are all there are, and whether the mitigations work, is not judged. The risks that Threagile's rules find are not in its file: only those whose follow-up it records are seen."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"threat-model\"\npath = \"docs/threat-model.md\"\nsections = [\"Scope\", \"Threats\"]\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let path = file.path.to_string();
    let text = ask.text()?;
    let (model, mut gaps) = match ask.reading(|text| format::read_data(file.path.file_name(), text).map(|read| read.map(Rc::new)))? {
        Some(read) => {
            let model = read.map_err(|bad| ask.malformed(&bad))?;
            let gaps = of_data(ask, &path, &model);
            (model, gaps)
        }
        None => (prose(ask, &path, text)?, document::examined(ask, file, text)?),
    };
    gaps.extend(open(ask, &path, &model));
    if let Some(doubt) = unclear(&path, &model).filter(|_| gaps.is_empty()) {
        return Err(doubt);
    }
    Ok(Verified::from_gaps(super::at_most(gaps), || proof(&path, &model)))
}

fn prose(ask: &Ask<'_>, path: &str, text: &str) -> Result<Rc<ThreatModel>, Verified> {
    let file = ask.cited()?;
    if !matches!(Format::of(&file.path), Format::Markdown | Format::Mdx) {
        let message = format!("the threats in {path} cannot be told: it is neither Markdown, JSON nor YAML");
        return Err(Verified::doubt(message, "keep them in a Markdown table, or cite the file as kind `document` with its sections"));
    }
    if text.len() > limits::DOCUMENT_BYTES {
        let message = format!("{path} is larger than {} bytes, the most that is read of a document", limits::DOCUMENT_BYTES);
        return Err(Verified::doubt(message, "split it, or move data and pictures out of it"));
    }
    ask.reading_as("threats in Markdown", |text| Rc::new(threat_model::read_markdown(text)))
}

/// What a format with fields can be asked beside the threats: its date, and what it is about.
fn of_data(ask: &Ask<'_>, path: &str, model: &ThreatModel) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let placed = |gap: Gap, at: &std::ops::Range<usize>| Gap { at: ask.range(at.clone()), ..gap };
    match &model.dated {
        Some((word, at)) => match moment::day(word) {
            Some(day) => gaps.extend(ask.too_old(day, path).map(|gap| placed(gap, at))),
            None => {
                let message = format!("{path} has {} as its date, which is none", one_line(word, 40));
                gaps.push(ask.gap_at(at.clone(), "date", message, "write it as YYYY-MM-DD"));
            }
        },
        None => gaps.extend(ask.review_too_old(&format!("the review of {path}"))),
    }
    let about = |title: &str| {
        let title = title.to_lowercase();
        ask.product.names(ask.evidence).any(|name| title.contains(name.trim().to_lowercase().as_str()))
    };
    if let Some((title, at)) = model.about.as_ref().filter(|(title, _)| !about(title)) {
        let message = format!("{path} is a model of {}, not of {}", one_line(title, 80), ask.names());
        gaps.push(ask.gap_at(at.clone(), "other-product", message, "cite this product's model, or add that name to `names`"));
    }
    if let Some(section) = ask.evidence.texts("sections").first() {
        let message = format!("{path} has no sections: it is not Markdown");
        gaps.push(Gap { cited: Some(section.span), ..Gap::failed("sections", message, "leave `sections` out") });
    }
    gaps
}

fn open(ask: &Ask<'_>, path: &str, model: &ThreatModel) -> Vec<Gap> {
    if model.threats.is_empty() {
        let message = format!("{path} names no threat");
        let remedy = match model.format {
            "Markdown" => {
                "write a table with the columns Threat and Mitigation, or a section for each threat (`T1: …`) with a line `Mitigation: …`"
            }
            "Threagile" => "record what was decided about each risk under `risk_tracking`",
            _ => "add the threats to the elements that they threaten",
        };
        return vec![Gap::failed("no-threats", message, remedy)];
    }
    let open = model.threats.iter().filter_map(|threat| match &threat.answer {
        Answer::Open(why, at) => Some((threat, why, at)),
        _ => None,
    });
    open.map(|(threat, why, at)| {
        let message = format!("{path}: {} {why}", threat.name);
        ask.gap_at(at.clone(), "open-threat", message, "say how it is mitigated, or why it is accepted")
    })
    .collect()
}

/// The doubt of a threat whose status is not known to mean anything.
fn unclear(path: &str, model: &ThreatModel) -> Option<Verified> {
    model.threats.iter().find_map(|threat| {
        let Answer::Unclear(word, _) = &threat.answer else { return None };
        let message = format!("{path}: {} has the status {word}, of which it is not known whether the threat is dealt with", threat.name);
        Some(Verified::doubt(message, "write a status that is known, such as mitigated, accepted or open, and say how or why"))
    })
}

fn proof(path: &str, model: &ThreatModel) -> Proof {
    let number = |wanted: &Answer| model.threats.iter().filter(|threat| threat.answer == *wanted).count();
    let (mitigated, accepted) = (number(&Answer::Mitigated), number(&Answer::Accepted));
    let threats = crate::text::count(i64::try_from(model.threats.len()).unwrap_or(i64::MAX), "threat");
    let says = format!("{path} ({}) has {threats}: {mitigated} mitigated, {accepted} accepted or set aside with a reason", model.format);
    Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
}
