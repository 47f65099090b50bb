//! A piece of evidence as a command line names it: `KIND:TARGET[?key=value&…][#section…]`.

use std::str::FromStr;

use jiff::civil::Date;
use toml::Value;

use super::edit::Keys;
use crate::model::attestation::{Evidence, Target};
use crate::model::kind::{DETAIL_KEYS, KINDS, KindEntry, Points, kind};
use crate::repo_path::RepoPath;
use crate::spec::Shape;

/// See the module's documentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its kind.
    pub kind: &'static KindEntry,
    /// The tracked file, from the declaration's folder.
    pub path: Option<RepoPath>,
    /// The address or the identifier.
    pub other: Option<(&'static str, String)>,
    /// Keys of the kind's own.
    pub details: Keys,
}

impl FromStr for Piece {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.split([':', '?', '#']).next().unwrap_or_default();
        let rest = text.strip_prefix(name).unwrap_or_default();
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        let Some(kind) = kind(name) else {
            if let Some(whole) = whole(name, text) {
                return Err(whole);
            }
            let near = crate::input::reader::nearest(name, KINDS.iter().map(|known| known.name));
            let hint = near.map_or_else(|| "`portcullis list --kinds` has them all".to_owned(), |near| format!("did you mean {near}?"));
            return Err(format!("no evidence kind {name:?}; {hint}"));
        };
        if kind.points == Points::AtUrl {
            let address = (!rest.is_empty()).then(|| ("url", rest.to_owned()));
            return match address {
                Some(address) => Ok(Self { kind, path: None, other: Some(address), details: Vec::new() }),
                None => Err(format!("write {name}:ADDRESS")),
            };
        }
        let mut parts = rest.split('#');
        let (target, query) = match parts.next().unwrap_or_default().split_once('?') {
            Some((target, query)) => (target, Some(query)),
            None => (rest.split('#').next().unwrap_or_default(), None),
        };
        let sections: Vec<Value> = parts.map(|section| Value::String(section.to_owned())).collect();
        let mut details = Keys::new();
        if !sections.is_empty() {
            details.push((own_key(kind, "sections")?, Value::Array(sections)));
        }
        for pair in query.into_iter().flat_map(|query| query.split('&')) {
            details.push(detail(kind, pair)?);
        }
        let in_history = kind.points == Points::AtIdOrInline;
        let path = match target {
            "" => None,
            _ if in_history => None,
            target => Some(target.parse::<RepoPath>().map_err(|error| error.to_string())?),
        };
        if path.is_none() && kind.points == Points::AtFile {
            return Err(format!("write {name}:PATH, a file that git tracks, from the declaration's folder"));
        }
        let other = (in_history && !target.is_empty()).then(|| ("id", target.to_owned()));
        Ok(Self { kind, path, other, details })
    }
}

/// What to write where a file or an address stands with no kind before it.
fn whole(name: &str, text: &str) -> Option<String> {
    if matches!(name, "http" | "https") {
        return Some(format!("write KIND:ADDRESS, e.g. url:{text}"));
    }
    let file = name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let kind = match file.as_str() {
        "security.txt" => "security-txt",
        _ if file.starts_with("security.") => "security-policy",
        _ if name.contains(['/', '.']) => "document",
        _ => return None,
    };
    Some(format!("write KIND:PATH, e.g. {kind}:{text}; `portcullis list --kinds` has the kinds"))
}

fn own_key(kind: &'static KindEntry, key: &str) -> Result<&'static str, String> {
    kind.details.iter().find(|known| **known == key).copied().ok_or_else(|| match kind.details {
        [] => format!("evidence of kind {} has no key {key}", kind.name),
        known => format!("evidence of kind {} has no key {key}; its own: {}", kind.name, known.join(", ")),
    })
}

fn detail(kind: &'static KindEntry, pair: &str) -> Result<(&'static str, Value), String> {
    let (key, text) = pair.split_once('=').ok_or_else(|| format!("{pair:?} is not KEY=VALUE"))?;
    let key = own_key(kind, key)?;
    let shape = DETAIL_KEYS.iter().find(|known| known.name == key).map(|known| &known.shape);
    let value = match shape {
        Some(Shape::List(_)) => Value::Array(text.split(',').map(|item| Value::String(item.trim().to_owned())).collect()),
        Some(Shape::Date) => date(text.parse::<Date>().map_err(|_| format!("{key} is a date such as 2026-10-05, not {text:?}"))?),
        Some(Shape::Count(..)) => Value::Integer(text.parse().map_err(|_| format!("{key} is a whole number, not {text:?}"))?),
        _ => Value::String(text.to_owned()),
    };
    Ok((key, value))
}

/// A calendar day as TOML writes it.
pub fn date(day: Date) -> Value {
    let (year, month, day) = (day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs());
    Value::Datetime(toml::value::Datetime { date: Some(toml::value::Date { year, month, day }), time: None, offset: None })
}

/// Whether people read such a file at a review, so that a change of it asks for another one; what a tool writes anew at every
/// run is judged by its contents instead.
pub fn is_pinned_by_default(kind: &KindEntry) -> bool {
    const REVIEWED: &[&str] = &[
        "document",
        "file",
        "security-policy",
        "threat-model",
        "model-card",
        "dataset-record",
        "privacy-policy",
        "statement-of-compliance",
        "conformance-table",
        "ixit",
        "certificate",
    ];
    REVIEWED.contains(&kind.name)
}

impl Piece {
    /// Whether an entry of the file is this piece.
    pub(super) fn is(&self, entry: &Evidence) -> bool {
        entry.kind.value.name == self.kind.name
            && match &entry.target {
                Target::Path(path) => self.path.as_ref() == Some(&path.value),
                Target::Url(text) | Target::Id(text) => self.other.as_ref().is_some_and(|(_, own)| *own == text.value),
                Target::Inline => self.path.is_none() && self.other.is_none(),
            }
    }

    /// The entry to write, with this pin.
    pub fn keys(&self, pin: Option<String>) -> Keys {
        let mut keys: Keys = vec![("kind", Value::String(self.kind.name.to_owned()))];
        keys.extend(self.path.as_ref().map(|path| ("path", Value::String(path.to_string()))));
        keys.extend(self.other.clone().map(|(key, text)| (key, Value::String(text))));
        keys.extend(self.details.iter().cloned());
        keys.extend(pin.map(|pin| ("pin", Value::String(pin))));
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str) -> Piece {
        text.parse().unwrap()
    }

    #[test]
    fn a_piece_names_its_kind_file_sections_and_keys() {
        let found = piece("document:docs/dependencies.md#Intake#Review cadence");
        assert_eq!(found.path.as_ref().unwrap().as_str(), "docs/dependencies.md");
        let sections = Value::Array(vec![Value::String("Intake".into()), Value::String("Review cadence".into())]);
        assert_eq!(found.details, vec![("sections", sections)]);
        let found = piece("workflow:.github/workflows/ci.yml?job=test");
        assert_eq!(found.details, vec![("job", Value::String("test".into()))]);
        assert_eq!(piece("url:https://ledger.example/a?b=c#d").other, Some(("url", "https://ledger.example/a?b=c#d".to_owned())));
        assert_eq!(piece("support-period"), Piece { path: None, other: None, ..piece("support-period:") });
        let found = piece("certificate?number=1&issued=2026-10-05");
        assert_eq!((found.path, found.details.len()), (None, 2));
    }

    #[test]
    fn what_cannot_be_written_is_refused_in_words() {
        for (text, says) in [
            ("documnet:docs/a.md", "did you mean document?"),
            ("SECURITY.md", "write KIND:PATH, e.g. security-policy:SECURITY.md;"),
            ("docs/a.md#Intake", "write KIND:PATH, e.g. document:docs/a.md#Intake;"),
            (".well-known/security.txt", "e.g. security-txt:.well-known/security.txt;"),
            ("https://ledger.example/a", "e.g. url:https://ledger.example/a"),
            ("document", "write document:PATH"),
            ("document:../a.md", ".."),
            ("document:a.md?job=x", "has no key job"),
            ("sbom:sbom.json#A", "has no key sections"),
            ("workflow:ci.yml?job", "is not KEY=VALUE"),
            ("url:", "write url:ADDRESS"),
        ] {
            let why = text.parse::<Piece>().unwrap_err();
            assert!(why.contains(says), "{text}: {why}");
        }
    }
}
