//! What a document calls a product: a package URL, a CPE, a name, or an address.

use std::cell::Cell;
use std::ops::Range;

use packageurl::PackageUrl;

use super::fault::Fault;
use super::sbom::Purl;
use super::slug::Slug;
use crate::limits;

/// A product as a document names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// As written, for messages.
    pub label: String,
    /// Every name that it goes by there.
    pub names: Vec<String>,
    /// Its versions, as far as it names any.
    pub versions: Vec<String>,
    /// Whose it is, as far as a name or an address tells.
    pub slugs: Vec<Slug>,
    /// Whether it goes by names of what it is part of, or of where it is kept, too: its package URL need not be that of these.
    pub joined: bool,
    /// The range of versions that it is, as written.
    pub range: Option<String>,
    /// Byte range in the text.
    pub at: Range<usize>,
}

impl Subject {
    /// How much there is of it.
    fn bytes(&self) -> usize {
        let texts = || self.names.iter().chain(&self.versions).chain(&self.range).chain([&self.label]);
        let slugs = self.slugs.iter().map(Slug::bytes).sum::<usize>();
        size_of::<Self>() + texts().map(|text| text.len() + size_of::<String>()).sum::<usize>() + slugs
    }

    /// A product that the document calls so.
    pub fn new(label: &str, at: Range<usize>) -> Self {
        let mut subject = Self { label: label.to_owned(), at, ..Self::default() };
        subject.identify(label);
        subject
    }

    /// Adds an identifier of the same product.
    pub fn identify(&mut self, text: &str) {
        self.names.push(text.to_owned());
        if text.starts_with("pkg:") {
            self.purl(text);
        } else if text.contains("://") {
            self.slugs.extend(Slug::of_address(text));
        } else if let Some((name, version)) = cpe(text) {
            self.names.push(name);
            self.versions.extend(version);
        } else if let Some((name, version)) = name_and_version(text) {
            self.names.push(name.to_owned());
            self.versions.push(version.to_owned());
        }
    }

    fn purl(&mut self, text: &str) {
        let Some(purl) = Purl::read(text) else { return };
        self.slugs.extend(Slug::of_purl(&purl));
        self.names.extend(purl.full_name.rsplit_once('/').map(|(_, name)| name.to_owned()));
        self.names.push(purl.full_name);
        // An image's version is a digest, which is no version of the product.
        self.versions.extend(purl.version.filter(|version| !version.starts_with("sha256:") && purl.kind != "oci"));
    }

    /// Takes over what another subject is called.
    pub fn also(&mut self, other: &Self) {
        self.joined = true;
        self.names.extend(other.names.iter().cloned());
        self.versions.extend(other.versions.iter().cloned());
        self.slugs.extend(other.slugs.iter().cloned());
    }
}

/// What may still be copied of the products of a document: one with a long name can be referred to a million times, and a product
/// that takes over the names of another be taken over in turn.
#[derive(Debug)]
pub struct Copies {
    left: Cell<usize>,
    told: Cell<bool>,
}

impl Default for Copies {
    fn default() -> Self {
        Self { left: Cell::new(limits::REFERRED_BYTES), told: Cell::new(false) }
    }
}

impl Copies {
    /// Whether one more may be made of a subject; where not, that is a fault, told once.
    pub fn allow(&self, subject: &Subject, at: &Range<usize>, faults: &mut Vec<Fault>) -> bool {
        let bytes = if self.left.get() == 0 { usize::MAX } else { subject.bytes() };
        self.allow_bytes(bytes, at, faults)
    }

    /// The same of other texts.
    pub fn allow_bytes(&self, bytes: usize, at: &Range<usize>, faults: &mut Vec<Fault>) -> bool {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.unwrap_or(0));
        if left.is_none() && !self.told.replace(true) {
            let message = format!("refers to its products so often that they add up to more than {} bytes", limits::REFERRED_BYTES);
            faults.push(Fault::new("too-large", at.clone(), message, "split it into smaller documents"));
        }
        left.is_some()
    }
}

/// Whether a text that says that it is a package URL is one.
pub fn is_purl(text: &str) -> bool {
    text.parse::<PackageUrl<'_>>().is_ok()
}

/// Product and version of a CPE 2.3 name or a CPE 2.2 URI; a version that is any or none is left out.
fn cpe(text: &str) -> Option<(String, Option<String>)> {
    let parts = match (text.strip_prefix("cpe:2.3:"), text.strip_prefix("cpe:/")) {
        (Some(rest), _) | (None, Some(rest)) => fields(rest),
        (None, None) => return None,
    };
    let version = parts.get(3).filter(|version| !matches!(version.as_str(), "" | "*" | "-"));
    parts.get(2).filter(|name| !name.is_empty()).map(|name| (name.clone(), version.cloned()))
}

/// Fields between colons; a backslash takes the next character as it is.
fn fields(text: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, fields.last_mut()) {
            (':', _) => fields.push(String::new()),
            ('\\', Some(field)) => field.extend(characters.next()),
            (_, Some(field)) => field.push(character),
            (_, None) => {}
        }
    }
    fields
}

/// What stands between a name and a version that is the end of a range, not the product's.
const TOWARDS: &[&str] =
    &["before", "to", "than", "until", "till", "through", "thru", "below", "from", "since", "after", "above", "and", "or", "-", "–", "—"];

/// `Ledger 1.2.0` as its two parts.
fn name_and_version(text: &str) -> Option<(&str, &str)> {
    let (name, version) = text.trim().rsplit_once(char::is_whitespace)?;
    let digits = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let last = name.split_whitespace().next_back().unwrap_or_default();
    let is_end = last.contains(['<', '>', '=', '≤', '≥']) || TOWARDS.contains(&last.to_lowercase().as_str());
    (digits.starts_with(|c: char| c.is_ascii_digit()) && digits.contains('.') && !is_end).then_some((name.trim_end(), version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_is_bounded_and_told_once() {
        let (copies, mut faults) = (Copies::default(), Vec::new());
        let subject = Subject::new(&"x".repeat(1_000_000), 0..1);
        let made = (0..1_000_000).filter(|_| copies.allow(&subject, &(0..1), &mut faults)).count();
        assert!(made > 0 && made * subject.bytes() <= limits::REFERRED_BYTES);
        assert_eq!(faults.len(), 1);
    }

    #[test]
    fn the_usual_identifiers_give_name_and_version() {
        for (text, name, version) in [
            ("pkg:npm/%40acme/ledger@1.2.0", "ledger", Some("1.2.0")),
            ("pkg:npm/%40acme/ledger@1.2.0", "@acme/ledger", Some("1.2.0")),
            ("pkg:golang/github.com/acme/ledger", "github.com/acme/ledger", None),
            ("pkg:oci/ledger@sha256%3A00?repository_url=x.example", "ledger", None),
            ("cpe:2.3:a:acme:ledger:1.2.0:*:*:*:*:*:*:*", "ledger", Some("1.2.0")),
            ("cpe:2.3:a:acme:led\\:ger:*:*:*:*:*:*:*:*", "led:ger", None),
            ("cpe:/a:acme:ledger:1.2.0", "ledger", Some("1.2.0")),
            ("Ledger Server v1.2.0", "Ledger Server", Some("v1.2.0")),
            ("Ledger 365", "Ledger 365", None),
            ("Ledger before 1.2.1", "Ledger before 1.2.1", None),
            ("Ledger < 1.2.1", "Ledger < 1.2.1", None),
        ] {
            let subject = Subject::new(text, 0..1);
            assert!(subject.names.iter().any(|one| one == name), "{subject:?}");
            assert_eq!(subject.versions.first().map(String::as_str), version, "{subject:?}");
        }
    }
}
