//! Reads a policy file (`policies/README.md` describes the format) and refuses every fault in it at once.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::provision_keys;
use super::reader::{Reader, Table, Words, parse, quoted};
use crate::error::Fault;
use crate::model::declaration::{ProductType, Role};
use crate::model::kind::{KindEntry, kind};
use crate::model::outcome::Assurance;
use crate::model::overlay::Origin;
use crate::model::policy::{AppliesTo, Condition, Confidence, Heading, Policy, Provable, Provision, Status, Strength, Trait, Unit};
use crate::source::{SourceId, SourceMap};
use crate::spec::{Key, Shape, TableSpec, Vocabulary};

pub(super) const STRENGTHS: Vocabulary =
    Vocabulary::Fixed(&[("shall", "A requirement"), ("should", "A recommendation"), ("may", "A possibility")]);
pub(super) const CONFIDENCES: Vocabulary = Vocabulary::Fixed(&[
    ("official", "Checked against the official text or a faithful copy of it"),
    ("secondary", "Agreeing secondary sources"),
    ("recalled", "Memory only: never above a note"),
]);
const PROVABLES: Vocabulary = Vocabulary::Fixed(&[
    ("content", "Can be recomputed"),
    ("corroborate", "Presence, form, freshness and consistency can be checked"),
    ("document", "Only a document can be checked"),
    ("external", "Lives outside the repository"),
]);
pub(super) const STATUSES: Vocabulary =
    Vocabulary::Fixed(&[("voluntary", "A voluntary code"), ("law", "Law"), ("scheme", "A certification scheme")]);
pub(super) const EXCLUSIONS: Vocabulary =
    Vocabulary::Fixed(&[("reason", "A real reason is enough"), ("condition", "Only a conditional provision can be not-applicable")]);
pub(super) const TEXTS: Shape = Shape::List(&Shape::Text);
pub(super) const KINDS: Shape = Shape::List(&Shape::Choice(Vocabulary::Kinds));
pub(super) const PROBES: Shape = Shape::List(&Shape::Choice(Vocabulary::Probes));
const TRAITS: Shape = Shape::List(&Shape::Choice(Vocabulary::Traits));
pub(super) const DAYS: Shape = Shape::Count(1, 3_660);

pub(super) static WHEN: TableSpec = TableSpec {
    name: "when",
    about: "A condition on traits; every key given must hold.",
    keys: &[
        Key::optional("all", TRAITS, "All of these are true."),
        Key::optional("any", TRAITS, "At least one of these is true."),
        Key::optional("not", TRAITS, "None of these is true."),
    ],
    keys_by: None,
};

pub(super) static APPLIES_TO: TableSpec = TableSpec {
    name: "applies-to",
    about: "What selects the code.",
    keys: &[
        Key::optional("types", Shape::List(&Shape::Choice(Vocabulary::Types)), "Product types that select it."),
        Key::optional("organisation", Shape::Bool, "Selected by [organisation] codes."),
        Key::optional("when", Shape::Table(&WHEN), "A condition on the whole code."),
    ],
    keys_by: None,
};

pub(super) static HEADING: TableSpec = TableSpec {
    name: "heading",
    about: "The code's own grouping.",
    keys: &[
        Key::required("id", Shape::Text, "Its id within the code."),
        Key::required("title", Shape::Text, "Its official title."),
        Key::optional("parent", Shape::Text, "The heading it stands under."),
        Key::optional("summary", Shape::Text, "In our own words."),
    ],
    keys_by: None,
};

pub(super) static CLAIM: TableSpec = TableSpec {
    name: "provision.claim",
    about: "What the code's assurance document says must be shown.",
    keys: &[
        Key::required("id", Shape::Text, "The provision's id, `-c` and the ordinal."),
        provision_keys::ALIASES,
        Key::required("title", Shape::Text, "A short name of ours."),
        Key::required("summary", Shape::Text, "What it asks, in our own words."),
        provision_keys::REMEDY,
        Key::required("provable", Shape::Choice(PROVABLES), "How far a repository can show it."),
        Key::required("evidenced-by", KINDS, "Kinds that lift it to evidenced."),
        provision_keys::VERIFIED_BY,
        provision_keys::WHEN,
        provision_keys::RELATED,
        provision_keys::BY_PROBES,
        Key::optional("confidence", Shape::Choice(CONFIDENCES), "How sure we are."),
        provision_keys::NOTE,
        provision_keys::MAX_AGE_DAYS,
        provision_keys::NOTICE_MONTHS,
    ],
    keys_by: None,
};

static PROVISION: TableSpec = TableSpec {
    name: "provision",
    about: "A requirement with an id of its own.",
    keys: &[
        Key::required("id", Shape::Text, "As printed."),
        provision_keys::ALIASES,
        Key::required("title", Shape::Text, "The official title, else a short name of ours."),
        Key::optional("title-official", Shape::Bool, "False where the title is ours."),
        Key::optional("id-official", Shape::Bool, "False where the id is ours."),
        Key::required("heading", Shape::Text, "The id of its heading."),
        Key::required("strength", Shape::Choice(STRENGTHS), "Its own verb."),
        Key::required("actors", Shape::List(&Shape::Text), "The roles it binds, or `organisation`."),
        provision_keys::WHEN,
        Key::required("summary", Shape::Text, "What it asks, in our own words."),
        provision_keys::REMEDY,
        Key::required("source", Shape::Text, "The official text's address."),
        provision_keys::EVIDENCED_BY,
        provision_keys::VERIFIED_BY,
        provision_keys::BY_PROBES,
        provision_keys::RELATED,
        Key::required("confidence", Shape::Choice(CONFIDENCES), "How sure we are."),
        provision_keys::MAX_AGE_DAYS,
        provision_keys::NOTICE_MONTHS,
        Key::optional("recorded-reasons", Shape::Bool, "Asks for a recorded reason for each recommendation not followed."),
        provision_keys::NOTE,
        provision_keys::CLAIMS,
    ],
    keys_by: None,
};

/// A policy file.
pub static POLICY: TableSpec = TableSpec {
    name: "policy",
    about: "One edition of one code of practice.",
    keys: &[
        Key::required("code", Shape::Text, "The code's id."),
        Key::required("edition", Shape::Text, "The file's name without its ending."),
        Key::required("title", Shape::Text, "As published."),
        Key::required("publisher", Shape::Text, "Who published it."),
        Key::required("published", Shape::Date, "When."),
        Key::required("source", Shape::Text, "The official text's address."),
        Key::required("licence", Shape::Text, "Under which its names are quoted."),
        Key::optional("aliases", TEXTS, "Other names that users may write."),
        Key::required("status", Shape::Choice(STATUSES), "What kind of text it is."),
        Key::required("applies-to", Shape::Table(&APPLIES_TO), "What selects it."),
        Key::optional("advisory-actors", Shape::List(&Shape::Choice(Vocabulary::Roles)), "Roles for which it is advice."),
        Key::optional("not-applicable", Shape::Choice(EXCLUSIONS), "What may be attested not-applicable."),
        provision_keys::MAX_AGE_DAYS,
        Key::optional("unverified", TEXTS, "What could not be checked."),
        Key::required("heading", Shape::Tables(&HEADING), "Its grouping."),
        Key::required("provision", Shape::Tables(&PROVISION), "Its provisions, in published order."),
    ],
    keys_by: None,
};

static TRAIT: TableSpec = TableSpec {
    name: "trait",
    about: "A question that a condition may ask.",
    keys: &[
        Key::required("id", Shape::Text, "Its name in [product.traits]."),
        Key::required("question", Shape::Text, "Answerable by yes or no."),
        Key::required("why", Shape::Text, "What hangs on the answer."),
    ],
    keys_by: None,
};

static TRAIT_FILE: TableSpec = TableSpec {
    name: "traits file",
    about: "Every trait.",
    keys: &[Key::required("trait", Shape::Tables(&TRAIT), "The traits.")],
    keys_by: None,
};

/// What a header says before any provision is read.
#[derive(Debug, Clone)]
pub struct Header {
    /// The code's id.
    pub code: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// What selects it.
    pub applies_to: AppliesTo,
    /// The published title.
    pub title: String,
    /// When it was published.
    pub published: jiff::civil::Date,
}

/// Builds policies from tables; the provisions of an overlay carry where they come from.
pub(super) struct Loader<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) checked: bool,
    pub(super) overlay: Option<Publication>,
}

/// What an overlay says once for everything in it.
pub(super) struct Publication {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) publisher: String,
    pub(super) source: String,
}

/// Reads `policies/traits.toml`.
pub fn load_traits(text: &str, path: &str, sources: &SourceMap, words: &dyn Words) -> Result<Vec<Trait>, Vec<Fault>> {
    let source = sources.add(path, text);
    let document = parse(text, sources, source)?;
    let reader = Reader::new(sources, source, words);
    let top = reader.top(&document);
    reader.check(top, &TRAIT_FILE);
    let word = |table: Table<'_>, key: &str| reader.text(table, key).map(|text| text.value).unwrap_or_default();
    let mut traits: Vec<Trait> = Vec::new();
    for table in reader.tables(top, "trait") {
        let found = Trait { id: word(table, "id"), question: word(table, "question"), why: word(table, "why") };
        if traits.iter().any(|other| other.id == found.id) {
            reader.fault(Fault::at(table.span, format!("trait {} is defined twice", quoted(&found.id))));
        }
        traits.push(found);
    }
    match reader.into_faults() {
        faults if faults.is_empty() => Ok(traits),
        faults => Err(faults),
    }
}

/// Reads what stands before the first `[[heading]]`; enough to select codes without reading their provisions.
pub fn load_header(text: &str, sources: &SourceMap, source: SourceId, words: &dyn Words) -> Option<Header> {
    let head = text.split("\n[[").next().unwrap_or_default();
    let document = parse(head, sources, source).ok()?;
    let loader = Loader { reader: Reader::new(sources, source, words), checked: false, overlay: None };
    let top = loader.reader.top(&document);
    Some(Header {
        code: loader.word(top, "code"),
        aliases: loader.words(top, "aliases"),
        applies_to: loader.applies_to(top),
        title: loader.word(top, "title"),
        published: loader.reader.date(top, "published")?.value,
    })
}

/// Reads a policy. `checked` holds it against the format and the rules below; the built-in files, which tests hold to
/// them, are read without.
pub fn load_policy(text: &str, path: &str, sources: &SourceMap, words: &dyn Words, checked: bool) -> Result<Policy, Vec<Fault>> {
    let source = sources.add(path, text);
    let document = parse(text, sources, source)?;
    let loader = Loader { reader: Reader::new(sources, source, words), checked, overlay: None };
    let top = loader.reader.top(&document);
    if checked {
        loader.reader.check(top, &POLICY);
    }
    let policy = loader.policy(top, text);
    match (policy, loader.reader.into_faults()) {
        (Some(policy), faults) if faults.is_empty() => Ok(policy),
        (None, faults) if faults.is_empty() => Err(vec![Fault::anywhere(format!("{path} is not a policy file"))]),
        (_, faults) => Err(faults),
    }
}

impl Loader<'_> {
    pub(super) fn word(&self, table: Table<'_>, key: &str) -> String {
        self.reader.text(table, key).map(|text| text.value).unwrap_or_default()
    }

    /// What the table says, or what its overlay says for all of it.
    fn word_or(&self, table: Table<'_>, key: &str, shared: impl Fn(&Publication) -> String) -> String {
        let own = self.reader.text(table, key).map(|text| text.value);
        own.or_else(|| self.overlay.as_ref().map(shared)).unwrap_or_default()
    }

    fn words(&self, table: Table<'_>, key: &str) -> Vec<String> {
        self.reader.texts(table, key).into_iter().map(|text| text.value).collect()
    }

    fn flag(&self, table: Table<'_>, key: &str, default: bool) -> bool {
        self.reader.bool(table, key).map_or(default, |answer| answer.value)
    }

    fn count(&self, table: Table<'_>, key: &str) -> Option<i32> {
        self.reader.count(table, key).and_then(|count| i32::try_from(count.value).ok())
    }

    fn days(&self, table: Table<'_>) -> Option<i32> {
        self.count(table, "max-age-days")
    }

    fn condition(&self, table: Table<'_>) -> Condition {
        self.reader.table(table, "when").map_or_else(Condition::default, |when| Condition {
            all: self.words(when, "all"),
            any: self.words(when, "any"),
            not: self.words(when, "not"),
        })
    }

    pub(super) fn kinds(&self, table: Table<'_>, key: &str) -> Vec<&'static KindEntry> {
        self.reader.texts(table, key).iter().filter_map(|name| kind(&name.value)).collect()
    }

    fn applies_to(&self, top: Table<'_>) -> AppliesTo {
        self.reader.table(top, "applies-to").map_or_else(AppliesTo::default, |table| AppliesTo {
            types: self.words(table, "types").iter().filter_map(|name| ProductType::from_name(name)).collect(),
            organisation: self.flag(table, "organisation", false),
            when: self.condition(table),
        })
    }

    pub(super) fn policy(&self, top: Table<'_>, text: &str) -> Option<Policy> {
        let reader = &self.reader;
        let code = self.word(top, "code");
        let headings = reader.tables(top, "heading");
        let headings: Vec<Heading> = headings
            .iter()
            .map(|table| Heading {
                id: self.word(*table, "id"),
                title: self.word(*table, "title"),
                parent: reader.text(*table, "parent").map(|parent| parent.value),
                summary: reader.text(*table, "summary").map(|summary| summary.value),
            })
            .collect();
        let tables = reader.tables(top, "provision");
        if self.checked {
            self.cross_check(&tables, &headings);
        }
        let mut policy = Policy {
            aliases: self.words(top, "aliases"),
            edition: self.word(top, "edition"),
            title: self.word(top, "title"),
            publisher: self.word_or(top, "publisher", |overlay| overlay.publisher.clone()),
            published: reader.date(top, "published")?.value,
            source: self.word_or(top, "source", |overlay| overlay.source.clone()),
            licence: self.word_or(top, "licence", |overlay| format!("Own words of {}", overlay.publisher)),
            status: Status::from_name(&self.word(top, "status"))?,
            applies_to: self.applies_to(top),
            advisory_actors: self.words(top, "advisory-actors").iter().filter_map(|name| Role::from_name(name)).collect(),
            exclusion_needs_condition: self.word(top, "not-applicable") == "condition",
            unverified: self.words(top, "unverified"),
            headings,
            provisions: Vec::new(),
            units: Vec::new(),
            sha256: hex(&Sha256::digest(text.as_bytes())),
            code,
        };
        let whole_code = self.days(top);
        for table in &tables {
            self.provision(*table, &mut policy, whole_code);
        }
        Some(policy)
    }

    pub(super) fn provision(&self, table: Table<'_>, policy: &mut Policy, whole_code: Option<i32>) {
        let confidence = self.word_or(table, "confidence", |_| Confidence::Official.name().to_owned());
        let (Some(strength), Some(confidence)) = (Strength::from_name(&self.word(table, "strength")), Confidence::from_name(&confidence))
        else {
            return;
        };
        let provision_index = policy.provisions.len();
        let first = policy.units.len();
        let condition = self.condition(table);
        let code = policy.code.clone();
        let days = |table: Table<'_>| [self.days(table), whole_code].into_iter().flatten().min();
        let base = |table: Table<'_>, confidence| Unit {
            id: format!("{code}/{}", self.word(table, "id")),
            aliases: self.words(table, "aliases"),
            provision: provision_index,
            title: self.word(table, "title"),
            summary: self.word(table, "summary"),
            remedy: self.word(table, "remedy"),
            strength,
            conditions: [condition.clone(), self.condition(table)].into_iter().filter(|own| !own.is_empty()).collect(),
            evidenced_by: self.kinds(table, "evidenced-by"),
            verified_by: self.kinds(table, "verified-by"),
            probes: self.words(table, "probes"),
            provable: Provable::from_name(&self.word(table, "provable")),
            confidence,
            max_age_days: days(table),
            notice_months: self.count(table, "notice-months"),
            assurance: None,
            at_least: Assurance::from_name(&self.word(table, "assurance")),
            requires: self.kinds(table, "require"),
            altered: Vec::new(),
            recorded_reasons: self.flag(table, "recorded-reasons", false),
            related: self.words(table, "related"),
            note: self.reader.text(table, "note").map(|note| note.value),
        };
        let claims = self.reader.tables(table, "claim");
        if claims.is_empty() {
            let mut unit = base(table, confidence);
            unit.conditions.truncate(1);
            policy.units.push(unit);
        }
        for claim in claims {
            let own = Confidence::from_name(&self.word(claim, "confidence")).unwrap_or(confidence);
            let mut unit = base(claim, own);
            unit.max_age_days = [unit.max_age_days, self.days(table)].into_iter().flatten().min();
            unit.at_least = Assurance::from_name(&self.word(table, "assurance"));
            unit.requires = self.kinds(table, "require");
            policy.units.push(unit);
        }
        policy.provisions.push(Provision {
            id: format!("{code}/{}", self.word(table, "id")),
            title: self.word(table, "title"),
            title_official: self.overlay.is_none() && self.flag(table, "title-official", true),
            id_official: self.overlay.is_none() && self.flag(table, "id-official", true),
            heading: self.word(table, "heading"),
            strength,
            actors: self.words(table, "actors").iter().filter_map(|name| Role::from_name(name)).collect(),
            when: condition.clone(),
            summary: self.word(table, "summary"),
            remedy: self.word(table, "remedy"),
            source: self.word_or(table, "source", |overlay| overlay.source.clone()),
            related: self.words(table, "related"),
            confidence,
            note: self.reader.text(table, "note").map(|note| note.value),
            aliases: self.words(table, "aliases"),
            units: first..policy.units.len(),
            origin: self.overlay.as_ref().map(|overlay| Origin {
                overlay: overlay.name.clone(),
                title: overlay.title.clone(),
                span: self.reader.text(table, "id").map_or(table.span, |id| id.span),
            }),
        });
    }

    /// What no single key can show: unique ids, aliases that shadow ids, headings and roles that exist, claims' ids.
    pub(super) fn cross_check(&self, tables: &[Table<'_>], headings: &[Heading]) {
        let reader = &self.reader;
        let mut seen: BTreeMap<String, ()> = BTreeMap::new();
        let mut aliases = Vec::new();
        for table in tables {
            let id = self.word(*table, "id");
            let claims = reader.tables(*table, "claim");
            for part in std::iter::once(table).chain(&claims) {
                let own = reader.text(*part, "id");
                let span = own.as_ref().map_or(part.span, |own| own.span);
                let own = own.map(|own| own.value).unwrap_or_default();
                if seen.insert(own.clone(), ()).is_some() {
                    reader.fault(Fault::at(span, format!("the id {} stands twice", quoted(&own))));
                }
                aliases.extend(reader.texts(*part, "aliases"));
            }
            for claim in &claims {
                let own = self.word(*claim, "id");
                let ordinal = own.strip_prefix(&format!("{id}-c")).and_then(|ordinal| ordinal.parse::<u16>().ok());
                if ordinal.is_none() {
                    reader.fault(Fault::at(claim.span, format!("a claim of {id} is called {id}-c and a number, not {}", quoted(&own))));
                }
            }
            if claims.is_empty() && self.words(*table, "evidenced-by").is_empty() {
                reader.fault(Fault::at(table.span, format!("provision {} names no kind in `evidenced-by`", quoted(&id))));
            }
            if let Some(under) = reader.text(*table, "heading").filter(|under| headings.iter().all(|heading| heading.id != under.value)) {
                let known = headings.iter().map(|heading| heading.id.as_str());
                let fault = Fault::at(under.span, format!("provision {} stands under no known heading", quoted(&id)));
                reader.fault(fault.help(format!("its code's headings: {}", known.collect::<Vec<_>>().join(", "))));
            }
            for actor in reader.texts(*table, "actors") {
                if Role::from_name(&actor.value).is_none() && actor.value != "organisation" {
                    reader.fault(Fault::at(actor.span, format!("unknown role {}", quoted(&actor.value))));
                }
            }
        }
        for alias in aliases {
            if seen.contains_key(&alias.value) {
                reader.fault(Fault::at(alias.span, format!("the alias {} is an id of the same code", quoted(&alias.value))));
            }
        }
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
