//! Explains every id and word that an output can print: provisions, claims, headings, codes, the gate's own findings,
//! outcomes, evidence kinds, probes, traits, types, roles, the words of the verdict, and the files that users write with
//! their keys.
//!
//! Pure: a name and the built-in codes give pages; `page` sets them. A name that means several things (`ai` is a code and a
//! product type) gives a page for each.

mod code;
mod declared;
mod files;
mod key;
mod kind;
mod page;
mod probe;
mod provision;
mod term;
mod words;

use jiff::civil::Date;

pub(crate) use code::{claims, strengths};
pub use page::{Body, Entry, Page, Part};

use crate::finding::OWN;
use crate::input::catalogue::Catalogue;
use crate::input::reader::{Words as _, nearest};
use crate::model::kind::KINDS;
use crate::model::probe::PROBES;
use crate::spec::Vocabulary;

/// A name that means nothing here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What was asked for.
    pub name: String,
    /// What to ask instead.
    pub help: String,
}

/// Explains one name. `today` is the review date that blocks to paste carry.
///
/// # Errors
/// When the name means nothing.
pub fn explain(catalogue: &Catalogue, name: &str, today: Date) -> Result<Vec<Page>, Unknown> {
    let name = name.trim();
    let mut pages = Vec::new();
    pages.extend(files::page(name, today));
    pages.extend(words::own_finding(name));
    pages.extend(provision::pages(catalogue, name, today));
    pages.extend(code::pages(catalogue, name));
    pages.extend(words::pages(name));
    pages.extend(kind::page(catalogue, name));
    pages.extend(probe::page(catalogue, name));
    pages.extend(declared::pages(catalogue, name));
    pages.extend(term::page(name));
    if pages.iter().all(|page| page.what == "term") {
        pages.extend(key::page(name));
    }
    if pages.is_empty() && !name.contains('/') {
        let codes = catalogue.headers().map(|header| format!("{}/{name}", header.code));
        let local: Vec<Page> = codes.flat_map(|whole| provision::pages(catalogue, &whole, today)).collect();
        pages.extend(Some(local).filter(|found| found.len() == 1).into_iter().flatten());
    }
    if pages.is_empty() {
        pages.extend(provision::pointed_at(catalogue, name));
    }
    if pages.is_empty() { Err(unknown(catalogue, name)) } else { Ok(pages) }
}

/// Every name that has a page of its own, aliases apart.
pub fn names(catalogue: &Catalogue) -> Vec<String> {
    let mut names: Vec<String> = [files::DECLARATION, files::ATTESTATIONS].map(str::to_owned).into();
    names.extend(OWN.iter().map(|(id, ..)| (*id).to_owned()));
    for policy in catalogue.policies() {
        names.push(policy.code.clone());
        names.extend(policy.headings.iter().map(|heading| format!("{}/{}", policy.code, heading.id)));
    }
    names.extend(catalogue.choices(Vocabulary::Provisions).into_iter().map(|choice| choice.name));
    names.extend(words::names());
    names.extend(term::names());
    names.extend(key::names());
    names.extend(KINDS.iter().map(|entry| entry.name.to_owned()));
    names.extend(PROBES.iter().map(|entry| entry.name.to_owned()));
    names.extend(catalogue.traits().iter().map(|known| known.id.clone()));
    for vocabulary in [Vocabulary::Types, Vocabulary::Roles] {
        names.extend(catalogue.choices(vocabulary).into_iter().map(|choice| choice.name));
    }
    names.sort();
    names.dedup();
    names
}

fn unknown(catalogue: &Catalogue, name: &str) -> Unknown {
    let whole = catalogue.whole_names(name);
    let help = if !whole.is_empty() {
        format!("did you mean `{}`?", whole.join("` or `"))
    } else if let Some(code) = name.split_once('/').and_then(|(code, _)| catalogue.code(code)) {
        format!("`portcullis list --code {code}` prints the ids of that code")
    } else {
        let names = names(catalogue);
        match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`portcullis list` prints the codes, `portcullis list --code CODE` their ids".to_owned(),
        }
    };
    Unknown { name: name.to_owned(), help }
}

fn entry(id: impl Into<String>, title: impl Into<String>, text: impl Into<String>) -> Entry {
    Entry { id: id.into(), title: title.into(), text: text.into() }
}
