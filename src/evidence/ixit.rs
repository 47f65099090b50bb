//! `ixit`: the implementation extra information for testing that a provision's test asks for.
//!
//! Which items a provision asks for stands in the policy, under `related`, as `ixit/…`: the same file may be enough for one provision
//! and not for another.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::register::few_columns;
use super::told::Told;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::ixit::{self as format, Entry, Item};
use crate::formats::records::column;
use crate::input::reader::nearest;
use crate::limits;
use crate::model::attestation::{is_placeholder, is_reason, is_stub};
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct ExtraInformation;

impl Verifier for ExtraInformation {
    fn kind(&self) -> &'static str {
        "ixit"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is TOML, YAML or JSON with a list of tables for each item (`[[1-AuthMech]]`), or a CSV with the columns `ixit`, `id`, `field` and `value`.",
            "Each item is one that an assessed code knows, and stands there once.",
            "Each entry has an id that no other entry of its item has, says something beside it, and leaves nothing empty or with a placeholder.",
            "Each item that the attested provision asks for has an entry, or a `not-applicable` with a reason of at least three words.",
            "Each entry of those items has every field that `columns` names.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Which fields the standard's forms have is not known here, so name them in `columns`. Whether what it says is true, and enough for a test, is for the laboratory. It therefore never lifts an attestation above evidenced."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"ixit\"\npath = \"docs/ixit.toml\"\ncolumns = [\"description\"]\n"
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
    let Some(read) = ask.reading(|text| format::read(file.path.file_name(), text).map(|read| read.map(Rc::new)))? else {
        let message = format!("{path} is neither CSV nor TOML, YAML or JSON");
        return Err(Verified::gap(Gap::failed("no-table", message, "keep the items as TOML or CSV")));
    };
    let items = read.map_err(|bad| ask.malformed(&bad))?;
    let known = known(ask);
    if known.is_empty() {
        let message = format!("{path} holds items that no code which is assessed for this product asks for");
        return Err(Verified::doubt(message, "declare the product as consumer-iot, or cite the file as kind `document`"));
    }
    few_columns(ask, &path)?;
    let mut gaps = Told::default();
    unknown(ask, &items, &known, &path, &mut gaps);
    for item in items.iter() {
        entries(ask, item, &path, &mut gaps);
    }
    let wanted = &ask.asked.ixit;
    for name in wanted {
        match items.iter().find(|item| item.name == *name) {
            Some(item) => gaps.extend(enough(ask, item, &path)),
            None => {
                let message = format!("{path} has no {name}, which the test of this provision asks for");
                let remedy = "add the item with its entries, or with `not-applicable` and the reason";
                gaps.add(|| ask.gap_at(0..0, "missing", message, remedy));
            }
        }
    }
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    Ok(gaps.or_proof(|| {
        let says = match wanted.is_empty() {
            true => format!("{path} is filled in; the test of this provision asks for no item of it"),
            false => format!("{path} has what the test of this provision asks for: {}", wanted.join(", ")),
        };
        Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
    }))
}

/// The items that the assessed codes name.
fn known<'a>(ask: &Ask<'a>) -> BTreeSet<&'a str> {
    ask.codes.iter().flat_map(|policy| &policy.units).flat_map(|unit| unit.ixit_items()).collect()
}

fn unknown(ask: &Ask<'_>, items: &[Item], known: &BTreeSet<&str>, path: &str, gaps: &mut Told) {
    let mut seen = BTreeSet::new();
    for item in items {
        let name = || one_line(&item.name, 60);
        if !known.contains(item.name.as_str()) {
            gaps.add(|| {
                let near = nearest(&name(), known.iter().copied())
                    .map_or_else(|| "correct its number and name, or take it out".to_owned(), |near| format!("did you mean `{near}`?"));
                let message = format!("{path} has an item {}, which no assessed provision asks for by that name", name());
                ask.gap_at(item.at.clone(), "unknown", message, near)
            });
        } else if !seen.insert(&item.name) {
            let message = || format!("{path} has {} twice", name());
            gaps.add(|| ask.gap_at(item.at.clone(), "twice", message(), "keep all entries of an item in one place"));
        }
    }
}

/// What the entries of an item lack in themselves.
fn entries(ask: &Ask<'_>, item: &Item, path: &str, gaps: &mut Told) {
    let mut ids = BTreeSet::new();
    let name = one_line(&item.name, 60);
    for entry in &item.entries {
        let id = || one_line(&entry.id, 60);
        let gap = |fault, message: String, remedy: &str| ask.gap_at(entry.at.clone(), fault, message, remedy);
        if is_placeholder(&entry.id) {
            let message = || format!("{path} has an entry of {name} without an id");
            gaps.add(|| gap("no-id", message(), "give it one, such as AuthMech-1"));
        } else if !ids.insert(&entry.id) {
            let message = || format!("{path} has two entries of {name} with the id {}", id());
            gaps.add(|| gap("id-twice", message(), "give each entry an id of its own"));
        }
        if entry.fields.is_empty() {
            gaps.add(|| gap("hollow", format!("{path} says nothing of {name} {} beside its id", id()), "fill it in, or take it out"));
        }
        gaps.each(entry.fields.iter().filter(|field| is_stub(&field.text, "")), |field| {
            let message = format!("{path} leaves {} of {name} {} open", one_line(&field.name, 60), id());
            ask.gap_at(field.at.clone(), "blank", message, "fill it in, or say why there is nothing to say")
        });
    }
}

/// What an item that is asked for lacks.
fn enough(ask: &Ask<'_>, item: &Item, path: &str) -> Vec<Gap> {
    let name = one_line(&item.name, 60);
    match &item.not_applicable {
        Some((_, at)) if !item.entries.is_empty() => {
            let message = format!("{path} says both that {name} does not apply and what its entries are");
            return vec![ask.gap_at(at.clone(), "both", message, "keep whichever is true")];
        }
        Some((why, at)) if !is_reason(why) => {
            let message = format!("{path} says that {name} does not apply and gives no reason");
            return vec![ask.gap_at(at.clone(), "no-reason", message, "say why in `not-applicable`")];
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    let mut gaps = Vec::new();
    for wanted in ask.evidence.texts("columns") {
        let field = column(&wanted.value);
        let has = |entry: &&Entry| field == "id" || entry.fields.iter().any(|own| own.name == field);
        if let Some(entry) = item.entries.iter().find(|entry| !has(entry)) {
            let message = format!("{path} says nothing of {} in {name} {}", one_line(&field, 60), one_line(&entry.id, 60));
            let gap = ask.gap_at(entry.at.clone(), "column", message, "add the field, or correct `columns`");
            gaps.push(Gap { cited: Some(wanted.span), ..gap });
        }
    }
    gaps
}
