//! Reads an overlay: an organisation's own file, which adds provisions and asks for more (`docs/overlays.md` has the format).

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::de::DeTable;

use super::catalogue::Catalogue;
use super::overlay_format::{OVERLAY, is_name};
use super::policy::{Loader, Publication, hex};
use super::reader::{Reader, Table, Words, parse, quoted};
use crate::error::Fault;
use crate::formats::public_key;
use crate::limits;
use crate::model::kind::KindEntry;
use crate::model::outcome::{Assurance, Level};
use crate::model::overlay::{Change, Floors, Overlay, WaiverRules};
use crate::model::policy::{Heading, Policy, Strength};
use crate::source::{Located, SourceId, SourceMap};
use crate::spec::{Choice, Vocabulary};

/// An overlay's text, and where it comes from.
pub(super) struct OverlayFile {
    /// Registered.
    pub(super) source: SourceId,
    pub(super) text: String,
    /// As reports show it.
    pub(super) path: String,
    pub(super) outside: bool,
    pub(super) untracked: bool,
}

/// What an overlay may name: what the catalogue has, what overlays before it add, and what it adds itself.
struct Names<'a> {
    catalogue: &'a Catalogue,
    earlier: &'a [Overlay],
    own: BTreeSet<String>,
}

impl Names<'_> {
    /// The units that a name means in the catalogue or in an earlier overlay.
    fn resolve(&self, name: &str) -> Option<Vec<String>> {
        self.catalogue.resolve(name).or_else(|| {
            let (code, rest) = name.split_once('/')?;
            let added = self.earlier.iter().flat_map(|overlay| overlay.codes.iter().chain(&overlay.additions));
            added.filter(|policy| policy.code == code).find_map(|policy| {
                let units = policy.names().remove(rest)?;
                Some(units.into_iter().filter_map(|at| policy.units.get(at)).map(|unit| unit.id.clone()).collect())
            })
        })
    }
}

impl Words for Names<'_> {
    fn choices(&self, vocabulary: Vocabulary) -> Vec<Choice> {
        let mut choices = self.catalogue.choices(vocabulary);
        if vocabulary == Vocabulary::Provisions {
            choices.extend(self.own.iter().map(|id| Choice::new(id, "")));
        }
        choices
    }

    fn knows(&self, vocabulary: Vocabulary, name: &str) -> bool {
        match vocabulary {
            Vocabulary::Provisions => self.own.contains(name) || self.resolve(name).is_some(),
            _ => self.catalogue.knows(vocabulary, name),
        }
    }
}

/// Reads one overlay; `earlier` are those that were read before it.
///
/// # Errors
/// Every fault in the file at once.
pub(super) fn read(file: &OverlayFile, earlier: &[Overlay], catalogue: &Catalogue, sources: &SourceMap) -> Result<Overlay, Vec<Fault>> {
    let document = parse(&file.text, sources, file.source)?;
    let own = own_ids(&document, file.source, catalogue, sources);
    let names = Names { catalogue, earlier, own };
    let reader = Reader::new(sources, file.source, &names);
    let top = reader.top(&document);
    reader.check(top, &OVERLAY);
    reader.refuse_unshowable(top, limits::OVERLAY_TEXT_CHARS);
    let word = |key: &str| reader.text(top, key).map(|text| text.value).unwrap_or_default();
    let published = Publication { name: word("name"), title: word("title"), publisher: word("publisher"), source: word("source") };
    let builder = Builder { loader: Loader { reader, checked: true, overlay: Some(published) }, names: &names };
    let overlay = builder.overlay(top, file);
    match builder.loader.reader.into_faults() {
        faults if faults.is_empty() => Ok(overlay),
        faults => Err(faults),
    }
}

/// The ids of the provisions and claims that the file adds, as far as it can be understood.
fn own_ids(document: &Spanned<DeTable<'_>>, source: SourceId, catalogue: &Catalogue, sources: &SourceMap) -> BTreeSet<String> {
    let reader = Reader::new(sources, source, catalogue);
    let top = reader.top(document);
    let mut ids = BTreeSet::new();
    let mut add = |code: &str, table: Table<'_>| {
        let claims = reader.tables(table, "claim");
        let parts = std::iter::once(table).chain(claims);
        ids.extend(parts.filter_map(|part| reader.text(part, "id")).map(|id| format!("{code}/{}", id.value)));
    };
    for table in reader.tables(top, "provision") {
        let code = reader.text(table, "code").map(|code| code.value).unwrap_or_default();
        add(catalogue.code(&code).unwrap_or(&code), table);
    }
    for own in reader.tables(top, "code") {
        let code = reader.text(own, "code").map(|code| code.value).unwrap_or_default();
        for table in reader.tables(own, "provision") {
            add(&code, table);
        }
    }
    ids
}

struct Builder<'a> {
    loader: Loader<'a>,
    names: &'a Names<'a>,
}

impl Builder<'_> {
    fn overlay(&self, top: Table<'_>, file: &OverlayFile) -> Overlay {
        let word = |key: &str| self.loader.word(top, key);
        self.check_name(top);
        Overlay {
            name: word("name"),
            title: word("title"),
            publisher: word("publisher"),
            path: file.path.clone(),
            sha256: hex(&Sha256::digest(file.text.as_bytes())),
            outside: file.outside,
            untracked: file.untracked,
            floors: self.floors(top),
            waivers: self.waivers(top),
            keys: self.keys(top),
            changes: self.changes(top),
            codes: self.codes(top, &file.text),
            additions: self.additions(top),
            span: top.span,
        }
    }

    fn fault(&self, fault: Fault) {
        self.loader.reader.fault(fault);
    }

    fn check_name(&self, top: Table<'_>) {
        let Some(name) = self.loader.reader.text(top, "name") else { return };
        if !is_name(&name.value) {
            let message = format!("{} cannot be an overlay's name", quoted(&name.value));
            self.fault(Fault::at(name.span, message).help("write 2 to 32 lower-case letters, digits and hyphens, the first a letter"));
        } else if self.names.catalogue.code(&name.value).is_some() || name.value == "portcullis" {
            let message = format!("{} is the name of a published code or of this program", quoted(&name.value));
            self.fault(Fault::at(name.span, message).help("name the organisation, so that its ids are told from published ones"));
        } else if let Some(other) = self.names.earlier.iter().find(|other| other.name == name.value) {
            let message = format!("two overlays are called {}: the other is {}", quoted(&name.value), other.path);
            self.fault(Fault::at(name.span, message).help("give each overlay a name of its own, or name the file once"));
        }
    }

    fn days(&self, table: Table<'_>, key: &str) -> Option<Located<i32>> {
        let days = self.loader.reader.count(table, key)?;
        i32::try_from(days.value).ok().map(|value| days.with(value))
    }

    fn named<T>(&self, table: Table<'_>, key: &str, from_name: fn(&str) -> Option<T>) -> Option<Located<T>> {
        let text = self.loader.reader.text(table, key)?;
        from_name(&text.value).map(|value| text.with(value))
    }

    fn floors(&self, top: Table<'_>) -> Floors {
        self.loader.reader.table(top, "gate").map_or_else(Floors::default, |table| Floors {
            fail_on: self.named(table, "fail-on", Level::from_name),
            assurance: self.named(table, "assurance", Assurance::from_name),
            max_age_days: self.days(table, "max-age-days"),
        })
    }

    fn waivers(&self, top: Table<'_>) -> WaiverRules {
        let Some(table) = self.loader.reader.table(top, "waivers") else { return WaiverRules::default() };
        let mut never = BTreeMap::new();
        for name in self.loader.reader.texts(table, "never") {
            let units = self.names.resolve(&name.value).unwrap_or_else(|| self.own_units(&name.value));
            never.extend(units.into_iter().map(|unit| (unit, name.span)));
        }
        WaiverRules { max_days: self.days(table, "max-days"), never }
    }

    /// A provision of this file and its claims; those that are no unit do no harm.
    fn own_units(&self, name: &str) -> Vec<String> {
        let claim = format!("{name}-c");
        self.names.own.iter().filter(|id| *id == name || id.starts_with(&claim)).cloned().collect()
    }

    fn keys(&self, top: Table<'_>) -> BTreeMap<String, Located<String>> {
        let reader = &self.loader.reader;
        let Some(table) = reader.table(top, "keys") else { return BTreeMap::new() };
        let mut keys = BTreeMap::new();
        for name in reader.keys(table) {
            let Some(text) = reader.text(table, &name.value) else { continue };
            if let Err(why) = public_key::read(&text.value) {
                let message = format!("the public key {} cannot be used: {why}", quoted(&name.value));
                self.fault(Fault::at(text.span, message).help(public_key::FORMS));
            }
            keys.insert(name.value, text);
        }
        keys
    }

    fn changes(&self, top: Table<'_>) -> Vec<Change> {
        let tables = self.loader.reader.tables(top, "change");
        if tables.len() > limits::OVERLAY_CHANGES {
            self.fault(Fault::at(top.span, format!("more than {} changes in one overlay", limits::OVERLAY_CHANGES)));
        }
        tables.iter().take(limits::OVERLAY_CHANGES).map(|table| self.change(*table)).collect()
    }

    fn change(&self, table: Table<'_>) -> Change {
        let reader = &self.loader.reader;
        if let Some(span) = reader.empty_list(table, "provision") {
            self.fault(Fault::at(span, "`provision` names nothing").help("name at least one provision, e.g. \"software-security/1.2\""));
        }
        let (mut provisions, mut units) = (BTreeSet::new(), BTreeSet::new());
        for name in reader.texts(table, "provision") {
            if self.names.own.contains(&name.value) {
                let message = format!("{} is this overlay's own, and is changed where it stands", quoted(&name.value));
                self.fault(Fault::at(name.span, message).help("write what it asks in its own table"));
            }
            let found = self.names.resolve(&name.value).unwrap_or_default();
            provisions.extend(self.whole(&name.value));
            units.extend(found);
        }
        let kinds = |key: &str| self.located_kinds(table, key);
        let change = Change {
            provisions,
            units,
            strength: self.named(table, "strength", Strength::from_name),
            assurance: self.named(table, "assurance", Assurance::from_name),
            max_age_days: self.days(table, "max-age-days"),
            require: reader
                .texts(table, "require")
                .iter()
                .filter_map(|name| Some(name.with(crate::model::kind::kind(&name.value)?)))
                .collect(),
            evidenced_by: kinds("evidenced-by"),
            verified_by: kinds("verified-by"),
            span: table.span,
        };
        let asks = [change.strength.is_some(), change.assurance.is_some(), change.max_age_days.is_some(), !change.require.is_empty()];
        let counts = [change.evidenced_by.is_some(), change.verified_by.is_some()];
        if !asks.into_iter().chain(counts).any(|set| set) && reader.key_span(table, "require").is_none() {
            let help = "set strength, assurance, require, max-age-days, evidenced-by or verified-by";
            self.fault(Fault::at(table.span, "[[change]] changes nothing").help(help));
        }
        if let Some(span) = reader.empty_list(table, "require") {
            self.fault(Fault::at(span, "`require` names no kind").help("name the kinds that must be cited, or leave the key out"));
        }
        change
    }

    /// The provision that a name means as a whole: itself, and not through one of its claims.
    fn whole(&self, name: &str) -> Option<String> {
        let (policy, rest) = self.names.catalogue.split(name)?;
        let own = format!("{}/{rest}", policy.code);
        let means =
            |provision: &&crate::model::policy::Provision| provision.id == own || provision.aliases.iter().any(|alias| alias == rest);
        policy.provisions.iter().find(means).map(|provision| provision.id.clone())
    }

    fn located_kinds(&self, table: Table<'_>, key: &str) -> Option<Located<Vec<&'static KindEntry>>> {
        let span = self.loader.reader.key_span(table, key)?;
        Some(Located::new(self.loader.kinds(table, key), span))
    }

    fn codes(&self, top: Table<'_>, text: &str) -> Vec<Policy> {
        let mut codes: Vec<Policy> = Vec::new();
        for table in self.loader.reader.tables(top, "code") {
            self.bound_provisions(table);
            self.check_own_ids(table);
            let Some(policy) = self.loader.policy(table, text) else { continue };
            self.check_code(table, &codes);
            codes.push(policy);
        }
        codes
    }

    /// Ids of a code of its own are made like published ones.
    fn check_own_ids(&self, table: Table<'_>) {
        let reader = &self.loader.reader;
        let provisions = reader.tables(table, "provision");
        let claims = provisions.iter().flat_map(|provision| reader.tables(*provision, "claim"));
        let headings = reader.tables(table, "heading");
        for part in headings.into_iter().chain(provisions.iter().copied()).chain(claims) {
            for id in reader.text(part, "id").into_iter().chain(reader.texts(part, "aliases")).filter(|id| !is_local_id(&id.value)) {
                let fault = Fault::at(id.span, format!("{} cannot be an id", quoted(&id.value)));
                self.fault(fault.help("write letters, digits, `.` and `-`, at most 60"));
            }
        }
    }

    fn bound_provisions(&self, table: Table<'_>) {
        if self.loader.reader.tables(table, "provision").len() > limits::OVERLAY_PROVISIONS {
            self.fault(Fault::at(table.span, format!("more than {} provisions in one overlay", limits::OVERLAY_PROVISIONS)));
        }
    }

    /// A code of the overlay's own is told from every published one by its name.
    fn check_code(&self, table: Table<'_>, codes: &[Policy]) {
        let Some(code) = self.loader.reader.text(table, "code") else { return };
        let name = self.loader.overlay.as_ref().map(|overlay| overlay.name.as_str()).unwrap_or_default();
        let own = code.value == name || code.value.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
        if !own || !is_name(&code.value) || name.is_empty() {
            let message = format!("the code {} is not called after its overlay", quoted(&code.value));
            self.fault(
                Fault::at(code.span, message)
                    .help(format!("call it {name}, or {name}- and a word, so that it is no published code's name")),
            );
        } else if self.names.catalogue.code(&code.value).is_some() || codes.iter().any(|other| other.code == code.value) {
            self.fault(Fault::at(code.span, format!("there is a code {} already", quoted(&code.value))).help("call it otherwise"));
        }
        for alias in self.loader.reader.texts(table, "aliases") {
            if self.names.catalogue.code(&alias.value).is_some() {
                let message = format!("the alias {} is the name of a published code", quoted(&alias.value));
                self.fault(Fault::at(alias.span, message).help("leave it out"));
            }
        }
    }

    /// What is added to codes that stand already, code by code.
    fn additions(&self, top: Table<'_>) -> Vec<Policy> {
        let reader = &self.loader.reader;
        let tables = reader.tables(top, "provision");
        self.bound_provisions(top);
        let mut by_code: BTreeMap<String, Vec<Table<'_>>> = BTreeMap::new();
        for table in tables.iter().take(limits::OVERLAY_PROVISIONS) {
            let Some(name) = reader.text(*table, "code") else { continue };
            // An unknown code is told by the check of the table.
            let Some(code) = self.names.catalogue.code(&name.value) else { continue };
            self.check_ids(*table);
            by_code.entry(code.to_owned()).or_default().push(*table);
        }
        by_code.into_iter().filter_map(|(code, tables)| self.added_to(&code, &tables)).collect()
    }

    fn added_to(&self, code: &str, tables: &[Table<'_>]) -> Option<Policy> {
        let whole = self.names.catalogue.policy(code, None)?;
        let overlay = self.loader.overlay.as_ref()?;
        self.loader.cross_check(tables, &whole.headings);
        let under = format!("{}:added", overlay.name);
        let mut policy = Policy { headings: Vec::new(), provisions: Vec::new(), units: Vec::new(), ..whole.clone() };
        for table in tables {
            self.loader.provision(*table, &mut policy, None);
        }
        for provision in policy.provisions.iter_mut().filter(|provision| provision.heading.is_empty()) {
            provision.heading.clone_from(&under);
        }
        if policy.provisions.iter().any(|provision| provision.heading == under) {
            policy.headings.push(Heading { id: under, title: overlay.title.clone(), parent: None, summary: None });
        }
        Some(policy)
    }

    /// Ids and aliases begin with the overlay's name and a colon, which no published id holds.
    fn check_ids(&self, table: Table<'_>) {
        let reader = &self.loader.reader;
        let prefix = self.loader.overlay.as_ref().map(|overlay| format!("{}:", overlay.name)).unwrap_or_default();
        let claims = reader.tables(table, "claim");
        for part in std::iter::once(&table).chain(&claims) {
            for id in reader.text(*part, "id").into_iter().chain(reader.texts(*part, "aliases")) {
                if !id.value.strip_prefix(&prefix).is_some_and(is_local_id) {
                    let message = format!("{} cannot be added to a published code", quoted(&id.value));
                    self.fault(Fault::at(id.span, message).help(format!(
                        "begin it with {prefix} and go on with letters, digits, `.` and `-`, so that it is no published id: {prefix}{}",
                        nearest_id(&id.value)
                    )));
                }
            }
        }
    }
}

/// Whether an id is made like published ones.
fn is_local_id(id: &str) -> bool {
    (1..=60).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
}

/// What of an id may stand after the prefix.
fn nearest_id(id: &str) -> String {
    let kept: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')).take(40).collect();
    if kept.is_empty() { "1".to_owned() } else { kept }
}
