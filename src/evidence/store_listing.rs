//! `store-listing`: the texts that an app store shows of the product, in one language.
//!
//! Evidence is a file, and a listing is a folder of them: whichever of its texts is cited, the whole folder is judged.

use std::rc::Rc;

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::address::{self, Uri};
use crate::formats::prose;
use crate::formats::store_listing::{self as format, Field, Holds, Store};
use crate::formats::template;
use crate::input::snapshot::Refusal;
use crate::input::view::OpenFile;
use crate::limits;
use crate::model::attestation::is_placeholder;
use crate::model::outcome::Assurance;
use crate::repo_path::RepoPath;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct StoreListing;

impl Verifier for StoreListing {
    fn kind(&self) -> &'static str {
        "store-listing"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is one text of a listing that fastlane (`metadata/android/…`, `metadata/…`) or Gradle Play Publisher (`play/listings/…`) keeps, and all texts in its folder are judged with it.",
            "For Google Play there are title, short and full description; for the App Store name, description, privacy policy address and support address, there or in the folder `default` beside it.",
            "Each text says something, is no placeholder and no longer than the store allows; so is the newest changelog.",
            "Its title or name is the product's name, its manifest's or one of `names`, alone or among other words.",
            "Each address is a web address with TLS, of a host that is no example and that more than its own network reaches.",
            "Each text in `expect` (separated by commas: a contact, the address for deletion) stands in it as words of its own, whatever its case.",
        ]
    }

    fn limits(&self) -> &'static str {
        "What the store shows today cannot be seen, nor whether anything answers under an address, nor pictures. Other languages are judged where they are cited. Google Play's privacy policy address is in no file."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"store-listing\"\npath = \"fastlane/metadata/android/en-GB/full_description.txt\"\nexpect = \"https://ledger.example/privacy, security@ledger.example\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

/// One text of a listing.
struct Part {
    file: Rc<OpenFile>,
    text: String,
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let cited = &ask.cited()?.path;
    let Some((store, folder)) = format::place(cited.as_str()) else {
        let message = format!("{cited} is no text of a store's listing");
        let remedy = "cite a text of one language, such as fastlane/metadata/android/en-GB/full_description.txt";
        return Err(Verified::gap(Gap::failed("no-listing", message, remedy)));
    };
    let (mut gaps, mut texts) = (Vec::new(), Vec::new());
    for field in store.fields() {
        match part(ask, store, folder, field)? {
            // Tools write an empty file for every field that is left out.
            Some(part) if part.text.is_empty() && !field.required => {}
            Some(part) => {
                gaps.extend(wrong(ask, field, &part));
                texts.push(part);
            }
            None if field.required => gaps.push(missing(store, folder, field)),
            None => {}
        }
    }
    if let Some(part) = newest_changelog(ask, folder)? {
        gaps.extend(too_long(ask, &part, format::CHANGELOG_CHARS, "changelog", store));
        gaps.extend(hollow(ask, &part, "changelog"));
        texts.push(part);
    }
    gaps.extend(expected(ask, folder, &texts));
    gaps.extend(ask.review_too_old(&format!("the review of {folder}")));
    Ok(Verified::from_gaps(super::at_most(gaps), || {
        let says = format!("{folder} holds what {} asks for, about this product", store.name());
        Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
    }))
}

/// A field's text: in the language's own folder or, for the App Store, in that for all languages.
fn part(ask: &Ask<'_>, store: Store, folder: &str, field: &Field) -> Result<Option<Part>, Verified> {
    let shared = folder.rsplit_once('/').map(|(above, _)| format!("{above}/default")).filter(|_| store == Store::AppStore);
    for place in [Some(folder.to_owned()), shared].into_iter().flatten() {
        for name in field.files {
            if let Some(part) = open(ask, &format!("{place}/{name}.txt"))? {
                return Ok(Some(part));
            }
        }
    }
    Ok(None)
}

fn open(ask: &Ask<'_>, path: &str) -> Result<Option<Part>, Verified> {
    let Ok(path) = path.parse::<RepoPath>() else { return Ok(None) };
    let file = match ask.view.open(&path) {
        Ok(file) => file,
        Err(Refusal::Absent) => return Ok(None),
        Err(refusal) if refusal.is_doubt() => {
            return Err(Verified::doubt(format!("{path}: {refusal}"), "make the file readable for the gate, then check again"));
        }
        Err(refusal) => {
            let gap = Gap::failed("unreadable", format!("{path}: {refusal}"), "track it as a regular file");
            return Err(Verified::gap(gap));
        }
    };
    match file.text() {
        Some(text) => {
            let text = text.trim_start_matches('\u{feff}').trim().to_owned();
            Ok(Some(Part { file, text }))
        }
        None => Err(Verified::gap(Gap::failed("not-text", format!("{path} is not UTF-8 text"), "save it as text in UTF-8"))),
    }
}

fn missing(store: Store, folder: &str, field: &Field) -> Gap {
    let file = field.files.first().copied().unwrap_or_default();
    let message = format!("{folder} has no {}.txt, the {} that {} asks for", file, field.what, store.name());
    Gap::failed("missing", message, format!("write the {}", field.what))
}

fn gap(ask: &Ask<'_>, part: &Part, fault: &'static str, message: String, remedy: &str) -> Gap {
    Gap { at: ask.view.line(&part.file, 1), ..Gap::failed(fault, message, remedy) }
}

fn wrong(ask: &Ask<'_>, field: &Field, part: &Part) -> Vec<Gap> {
    let path = &part.file.path;
    if let Some(gap) = hollow(ask, part, field.what) {
        return vec![gap];
    }
    let store = format::place(path.as_str()).map_or(Store::AppStore, |(store, _)| store);
    let mut gaps: Vec<Gap> = too_long(ask, part, field.most, field.what, store).into_iter().collect();
    match field.holds {
        Holds::Name if !ask.speaks_of(&part.text) => {
            let message = format!("{path} is {}, not {}", one_line(&format!("`{}`", part.text), 80), ask.names());
            gaps.push(gap(
                ask,
                part,
                "other-product",
                message,
                "cite the listing of this product, or add the name that it uses to `names` of this entry",
            ));
        }
        Holds::Address => gaps.extend(bad_address(&part.text).map(|why| {
            let message = format!("{path} holds {}, {why}", one_line(&format!("`{}`", part.text), 120));
            gap(ask, part, "address", message, "write the address in full, beginning with https://")
        })),
        Holds::Name | Holds::Text => {}
    }
    gaps
}

fn hollow(ask: &Ask<'_>, part: &Part, what: &str) -> Option<Gap> {
    let path = &part.file.path;
    if part.text.is_empty() {
        return Some(gap(ask, part, "empty", format!("{path} is empty"), &format!("write the {what}")));
    }
    let prose = prose::read(path, &part.text);
    let open = is_placeholder(&part.text) || !template::unresolved(&prose).is_empty();
    open.then(|| gap(ask, part, "placeholder", format!("{path} only holds the place of the {what}"), &format!("write the {what}")))
}

fn too_long(ask: &Ask<'_>, part: &Part, most: usize, what: &str, store: Store) -> Option<Gap> {
    let length = part.text.chars().count();
    (length > most).then(|| {
        let message = format!("{} has {length} characters, where {} takes at most {most} of a {what}", part.file.path, store.name());
        gap(ask, part, "too-long", message, "shorten it")
    })
}

/// Why a text is no address that users can safely follow.
fn bad_address(text: &str) -> Option<&'static str> {
    match address::uri(text) {
        Uri::Web(host) if leads_nowhere(host).is_some() => leads_nowhere(host),
        Uri::Web(_) => None,
        Uri::PlainWeb(_) => Some("which is without TLS"),
        _ => Some("which is no web address"),
    }
}

/// Why a host is none that users can reach.
fn leads_nowhere(host: &str) -> Option<&'static str> {
    match () {
        () if address::is_private_host(host) => Some("which leads to a host that only its own network reaches"),
        () if address::is_placeholder_host(host) => Some("which leads to an example's host"),
        () => None,
    }
}

/// The changelog of the newest version.
fn newest_changelog(ask: &Ask<'_>, folder: &str) -> Result<Option<Part>, Verified> {
    let Ok(folder) = format!("{folder}/changelogs").parse::<RepoPath>() else { return Ok(None) };
    let beside = ask.all_tracked().iter().filter(|found| found.path.parent().as_ref() == Some(&folder));
    let newest =
        beside.filter_map(|found| Some((format::version_code(found.path.file_name())?, &found.path))).max_by_key(|(code, _)| *code);
    newest.map_or(Ok(None), |(_, path)| open(ask, path.as_str()))
}

/// What `expect` names and no text has, and addresses in it that lead nowhere.
fn expected(ask: &Ask<'_>, folder: &str, texts: &[Part]) -> Vec<Gap> {
    let Some(expect) = ask.evidence.text("expect") else { return Vec::new() };
    let wanted: Vec<&str> = expect.value.split(',').map(str::trim).filter(|text| !text.is_empty()).collect();
    let cite = |message: String| {
        let gap = Gap::failed("expect", message, "add it to the listing, or correct `expect`");
        Gap { cited: Some(expect.span), ..gap }
    };
    if wanted.is_empty() {
        return vec![cite("`expect` names nothing that the listing should hold".into())];
    }
    let fault = |wanted: &&str| {
        let shown = one_line(&format!("`{wanted}`"), 120);
        if !texts.iter().any(|part| format::stands_in(&part.text, wanted)) {
            return Some(cite(format!("no text of {folder} holds {shown}")));
        }
        let why = address::host(wanted).and_then(leads_nowhere)?;
        Some(cite(format!("`expect` asks for {shown}, {why}")))
    };
    wanted.iter().filter_map(fault).collect()
}
