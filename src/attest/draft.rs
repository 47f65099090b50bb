//! From what somebody wants to say to the edits that say it.

use jiff::civil::Date;
use toml::Value;

use super::edit::{Edit, Keys, Target};
use super::piece::{Piece, date, is_pinned_by_default};
use crate::input::catalogue::Catalogue;
use crate::input::reader::{Words as _, nearest, quoted};
use crate::input::snapshot::Refusal;
use crate::model::attestation::{Attestation, Attestations, Evidence, Pin, Status, Target as Cited, is_nobody, is_reason, says_nothing};
use crate::repo_path::RepoPath;
use crate::source::Located;
use crate::spec::Vocabulary;

/// What to say of provisions.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The provisions, as typed.
    pub provisions: Vec<String>,
    /// What to say; none keeps what the file says.
    pub status: Option<Status>,
    /// Why.
    pub statement: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What backs it, in addition to what the file cites.
    pub evidence: Vec<Piece>,
    /// No pins for what is newly cited.
    pub unpinned: bool,
}

/// A waiver to record.
#[derive(Debug, Clone)]
pub struct Waived {
    /// The provisions, as typed.
    pub provisions: Vec<String>,
    /// Why the gap is accepted.
    pub reason: String,
    /// Who accepted it.
    pub approved_by: String,
    /// The last day.
    pub expires: Date,
}

/// A cited file that is not as it was at the last review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// `document docs/x.md`.
    pub label: String,
    /// Its pin in the file.
    pub was: Pin,
    /// Its pin now, or why it has none.
    pub now: Result<Pin, Refusal>,
}

/// Says what a file's pin is now, of the same sort as another pin; a git blob id where there is none.
pub type PinNow<'a> = dyn Fn(&RepoPath, Option<&Pin>) -> Result<Pin, Refusal> + 'a;

/// Plans edits of one attestations file.
pub struct Draft<'a> {
    /// What the file says.
    pub content: &'a Attestations,
    /// What its names mean.
    pub catalogue: &'a Catalogue,
    /// The day of the review.
    pub today: Date,
    /// The pin of a file as it is now, of the same sort as the given one.
    pub pin: &'a PinNow<'a>,
}

impl Draft<'_> {
    /// The id under which a name, or an alias of it, is written.
    pub fn canonical(&self, name: &str) -> Result<String, String> {
        let units = self.catalogue.resolve(name);
        let (Some((policy, rest)), Some(units)) = (self.catalogue.split(name), units) else {
            let whole = self.catalogue.whole_names(name);
            let known = self.catalogue.choices(Vocabulary::Provisions);
            let near = || nearest(name, known.iter().map(|choice| choice.name.as_str())).map(str::to_owned);
            let meant = if whole.is_empty() { near() } else { Some(whole.join(" or ")) };
            let hint = meant.map_or_else(|| "`portcullis list` has them all".to_owned(), |meant| format!("did you mean {meant}?"));
            return Err(format!("there is no provision {}; {hint}", quoted(name)));
        };
        let own = format!("{}/{rest}", policy.code);
        let principle = policy.provisions.iter().find(|known| known.id == own || known.aliases.iter().any(|alias| alias == rest));
        Ok(match (principle, units.as_slice()) {
            (Some(principle), _) => principle.id.clone(),
            (None, [unit]) => unit.clone(),
            _ => name.to_owned(),
        })
    }

    /// The entries that speak of just these provisions, one of all or one of each; none where no entry speaks of any.
    fn entries(&self, wanted: &[String], written: &[&[Located<String>]]) -> Result<Vec<usize>, String> {
        let names = |entry: &[Located<String>]| {
            let mut names: Vec<String> = entry.iter().filter_map(|name| self.canonical(&name.value).ok()).collect();
            names.sort();
            names
        };
        let all: Vec<Vec<String>> = written.iter().map(|entry| names(entry)).collect();
        let mut sorted = wanted.to_vec();
        sorted.sort();
        if let Some(at) = all.iter().position(|entry| *entry == sorted) {
            return Ok(vec![at]);
        }
        let each: Vec<usize> =
            wanted.iter().filter_map(|name| all.iter().position(|entry| entry.as_slice() == std::slice::from_ref(name))).collect();
        if each.len() == wanted.len() {
            return Ok(each);
        }
        match all.iter().find(|entry| wanted.iter().any(|name| entry.contains(name))) {
            Some(entry) => {
                Err(format!("one entry speaks of {} together: name just these, or part them in the file first", entry.join(", ")))
            }
            None => Ok(Vec::new()),
        }
    }

    fn canonicals(&self, names: &[String]) -> Result<Vec<String>, String> {
        let mut out: Vec<String> = Vec::new();
        for name in names {
            let name = self.canonical(name)?;
            if !out.contains(&name) {
                out.push(name);
            }
        }
        Ok(out)
    }

    /// The edits that say this.
    ///
    /// # Errors
    /// In words, when something is missing, is a placeholder, or cites what is no evidence.
    pub fn attest(&self, wish: &Wish) -> Result<Vec<Edit>, String> {
        let what = if wish.status == Some(Status::NotApplicable) { "why it does not apply" } else { "what is done" };
        let unsaid = wish.statement.as_ref().filter(|text| says_nothing(text)).map(|text| ("--statement", text, what));
        let nobody = || wish.owner.as_ref().filter(|text| is_nobody(text)).map(|text| ("--owner", text, "who answers for it"));
        if let Some((flag, text, what)) = unsaid.or_else(nobody) {
            return Err(format!("{flag} {} is a placeholder: say {what}", quoted(text)));
        }
        if wish.status == Some(Status::NotApplicable) && wish.statement.as_ref().is_some_and(|text| !is_reason(text)) {
            return Err("not-applicable needs a reason in at least three words".to_owned());
        }
        let names = self.canonicals(&wish.provisions)?;
        let written: Vec<&[Located<String>]> = self.content.attestations.iter().map(|entry| entry.provisions.as_slice()).collect();
        let entries = self.entries(&names, &written)?;
        if entries.is_empty() {
            return self.add(wish, &names).map(|edit| vec![edit]);
        }
        let mut edits = Vec::new();
        for at in entries {
            let Some(entry) = self.content.attestations.get(at) else { continue };
            edits.extend(self.update(at, entry, wish)?);
        }
        Ok(edits)
    }

    fn add(&self, wish: &Wish, names: &[String]) -> Result<Edit, String> {
        let missing = |what: &str| format!("{} is not attested yet, so it needs {what}", names.join(", "));
        let status = wish.status.ok_or_else(|| missing("--status"))?;
        let owner = wish.owner.clone().ok_or_else(|| missing("--owner"))?;
        let statement = match (&wish.statement, status) {
            (Some(statement), _) => statement.clone(),
            (None, Status::Planned) => String::new(),
            (None, _) => return Err(missing("--statement: what is done, in a sentence or two")),
        };
        let provision = match names {
            [one] => Value::String(one.clone()),
            several => Value::Array(several.iter().cloned().map(Value::String).collect()),
        };
        let keys: Keys = vec![
            ("provision", provision),
            ("status", Value::String(status.name().to_owned())),
            ("statement", Value::String(statement)),
            ("owner", Value::String(owner)),
            ("reviewed", date(self.today)),
        ];
        let pieces = wish.evidence.iter().map(|piece| self.pinned(piece, wish.unpinned).map(|pin| piece.keys(pin)));
        Ok(Edit::AddAttestation(keys, pieces.collect::<Result<_, _>>()?))
    }

    fn pinned(&self, piece: &Piece, unpinned: bool) -> Result<Option<String>, String> {
        let Some(path) = &piece.path else { return Ok(None) };
        let now = (self.pin)(path, None).map_err(|refusal| format!("{path}: {refusal}"))?;
        Ok((is_pinned_by_default(piece.kind) && !unpinned).then(|| now.to_string()))
    }

    fn update(&self, at: usize, entry: &Attestation, wish: &Wish) -> Result<Vec<Edit>, String> {
        let set = |key, value, after| Edit::Set { target: Target::Attestation(at), key, value, after };
        let status = wish.status.unwrap_or(entry.status.value);
        let statement = wish.statement.as_ref().unwrap_or(&entry.statement.value);
        if status != Status::Planned && says_nothing(statement) {
            return Err(format!("{} needs --statement: what is done, in a sentence or two", name_of(entry)));
        }
        if is_nobody(wish.owner.as_ref().unwrap_or(&entry.owner.value)) {
            return Err(format!("{} needs --owner: who answers for it", name_of(entry)));
        }
        let mut edits = Vec::new();
        edits.extend(wish.status.map(|status| set("status", Value::String(status.name().to_owned()), &["provision"])));
        edits.extend(wish.statement.clone().map(|text| set("statement", Value::String(text), &["status"])));
        edits.extend(wish.owner.clone().map(|text| set("owner", Value::String(text), &["statement", "status"])));
        edits.extend(self.renew(at, entry)?);
        for piece in &wish.evidence {
            let pin = self.pinned(piece, wish.unpinned)?;
            match entry.evidence.iter().position(|known| piece.is(known)) {
                None => edits.push(Edit::AddEvidence(at, piece.keys(pin))),
                Some(known) => edits.extend(again(Target::Evidence(at, known), piece, pin, entry.evidence.get(known))),
            }
        }
        Ok(edits)
    }

    /// The edits that renew one attestation: its date, and the pins of what it cites.
    ///
    /// # Errors
    /// When a pinned file is no evidence any more.
    pub fn renew(&self, at: usize, entry: &Attestation) -> Result<Vec<Edit>, String> {
        let mut edits =
            vec![Edit::Set { target: Target::Attestation(at), key: "reviewed", value: date(self.today), after: &["owner", "status"] }];
        for moved in self.moved(entry) {
            let now = moved.1.now.map_err(|refusal| format!("{}: {refusal}", moved.1.label))?;
            let value = Value::String(now.to_string());
            edits.push(Edit::Set { target: Target::Evidence(at, moved.0), key: "pin", value, after: &["path"] });
        }
        Ok(edits)
    }

    /// What one attestation cites and what has changed since, each with its number.
    pub fn moved(&self, entry: &Attestation) -> Vec<(usize, Moved)> {
        let moved = |(number, piece): (usize, &Evidence)| {
            let (Some(pin), Cited::Path(path)) = (&piece.pin, &piece.target) else { return None };
            let now = (self.pin)(&path.value, Some(&pin.value));
            (now.as_ref() != Ok(&pin.value)).then(|| (number, Moved { label: piece.label(), was: pin.value.clone(), now }))
        };
        entry.evidence.iter().enumerate().filter_map(moved).collect()
    }

    /// The edits that record a waiver.
    ///
    /// # Errors
    /// In words, when something is a placeholder or the waiver would do nothing.
    pub fn waive(&self, waived: &Waived) -> Result<Vec<Edit>, String> {
        if !is_reason(&waived.reason) {
            let why = quoted(&waived.reason);
            return Err(format!("--reason {why} does not say why the gap is accepted: it takes at least three different words"));
        }
        if is_nobody(&waived.approved_by) {
            return Err(format!("--approved-by {} is a placeholder: say who accepted the gap", quoted(&waived.approved_by)));
        }
        let ahead = self.today.until(waived.expires).map_or(0, |span| span.get_days());
        if !(0..=crate::limits::WAIVER_DAYS).contains(&ahead) {
            let most = crate::limits::WAIVER_DAYS;
            return Err(format!(
                "a waiver until {} would do nothing: it must end from today on, at most {most} days ahead",
                waived.expires
            ));
        }
        let names = self.canonicals(&waived.provisions)?;
        let written: Vec<&[Located<String>]> = self.content.waivers.iter().map(|entry| entry.provisions.as_slice()).collect();
        let provision = match names.as_slice() {
            [one] => Value::String(one.clone()),
            several => Value::Array(several.iter().cloned().map(Value::String).collect()),
        };
        let keys: Keys = vec![
            ("provision", provision),
            ("reason", Value::String(waived.reason.clone())),
            ("approved-by", Value::String(waived.approved_by.clone())),
            ("expires", date(waived.expires)),
        ];
        let entries = self.entries(&names, &written)?;
        if entries.is_empty() {
            return Ok(vec![Edit::AddWaiver(keys)]);
        }
        let one = |at: usize| {
            let keys = keys.iter().skip(1).cloned();
            keys.map(move |(key, value)| Edit::Set { target: Target::Waiver(at), key, value, after: &["provision"] })
        };
        Ok(entries.into_iter().flat_map(one).collect())
    }
}

fn name_of(entry: &Attestation) -> String {
    entry.provisions.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(", ")
}

/// The edits of a piece that is cited already.
fn again(target: Target, piece: &Piece, pin: Option<String>, known: Option<&Evidence>) -> Vec<Edit> {
    let set = |key, value| Edit::Set { target, key, value, after: &["path", "url", "id", "kind"] };
    let mut edits: Vec<Edit> = piece.details.iter().map(|(key, value)| set(key, value.clone())).collect();
    // What has a pin is renewed with the attestation.
    let unpinned = known.is_some_and(|known| known.pin.is_none());
    edits.extend(pin.filter(|_| unpinned).map(|pin| set("pin", Value::String(pin))));
    edits
}
