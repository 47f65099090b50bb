//! Reads the declaration: `portcullis.toml`, or its table in `Cargo.toml` or `pyproject.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::catalogue::Catalogue;
use super::reader::{Reader, Table, parse, quoted};
use super::root::{ATTESTATIONS, Found};
use crate::error::{Error, Fault};
use crate::formats::public_key;
use crate::limits;
use crate::model::attestation::is_reason;
use crate::model::declaration::{Declaration, Gate, Organisation, Product, ProductType, Role, SeniorResponsibleOwner, Signature, Support};
use crate::model::outcome::{Assurance, Level};
use crate::repo_path::RepoPath;
use crate::source::{Located, SourceMap, Span};
use crate::spec::{Key, Shape, TableSpec, Vocabulary};

/// Where a declaration may stand instead, as the ecosystems' habits go.
pub const MANIFEST_TABLES: &[(&str, &[&str])] = &[
    ("Cargo.toml", &["package", "metadata", "portcullis"]),
    ("Cargo.toml", &["workspace", "metadata", "portcullis"]),
    ("pyproject.toml", &["tool", "portcullis"]),
];

static SENIOR_RESPONSIBLE_OWNER: TableSpec = TableSpec {
    name: "senior-responsible-owner",
    about: "Who answers for the product at senior level, and when they were last assured.",
    keys: &[
        Key::required("name", Shape::Text, "A name or a role."),
        Key::required("assured-on", Shape::Date, "The day on which they were last assured."),
    ],
    keys_by: None,
};

static SUPPORT: TableSpec = TableSpec {
    name: "[product.support]",
    about: "The defined support period that customers are told.",
    keys: &[
        Key::required("until", Shape::Date, "The last day of support."),
        Key::optional("announced", Shape::Date, "The day on which customers were told of that date."),
    ],
    keys_by: None,
};

static PRODUCT: TableSpec = TableSpec {
    name: "[product]",
    about: "One product of this repository.",
    keys: &[
        Key::required("name", Shape::Text, "What the product is called; evidence that names a product must name this one."),
        Key::optional("version-from", Shape::Path, "The manifest that holds the product's version."),
        Key::optional("types", Shape::List(&Shape::Choice(Vocabulary::Types)), "What the product is; software is always implied."),
        Key::optional(
            "roles",
            Shape::List(&Shape::Choice(Vocabulary::Roles)),
            "What you are to the product; left out: whoever makes and supplies such a product.",
        ),
        Key::optional("senior-responsible-owner", Shape::Table(&SENIOR_RESPONSIBLE_OWNER), "Who answers for it."),
        Key::optional("paths", Shape::List(&Shape::Path), "The product's folders, from the declaration's folder."),
        Key::optional("attestations", Shape::Path, "The product's attestations file; `attestations.toml` where left out."),
        Key::optional("traits", Shape::Map(Vocabulary::Traits, &Shape::Bool), "Answers that conditional provisions ask for."),
        Key::optional(
            "probes",
            Shape::Map(Vocabulary::Probes, &Shape::Text),
            "Answers to probes that raise a false alarm here: the probe's name and the reason.",
        ),
        Key::optional(
            "not",
            Shape::Map(Vocabulary::Types, &Shape::Text),
            "Types that the product is not, though its files look so: the type and the reason.",
        ),
        Key::optional("support", Shape::Table(&SUPPORT), "The defined support period."),
        Key::optional(
            "keys",
            Shape::Named(&Shape::Text),
            "Public keys that signatures are checked with, each under a name: a minisign key, an OpenSSH public key or a PEM public key.",
        ),
    ],
    keys_by: None,
};

static ORGANISATION: TableSpec = TableSpec {
    name: "[organisation]",
    about: "Opts in to the baseline that every organisation should meet.",
    keys: &[
        Key::required("codes", Shape::List(&Shape::Choice(Vocabulary::OrganisationCodes)), "The codes opted in to."),
        Key::optional(
            "attestations",
            Shape::Path,
            "The organisation's own attestations file, if its rows do not stand with the product's.",
        ),
    ],
    keys_by: None,
};

const FAIL_ON: Vocabulary = Vocabulary::Fixed(&[
    ("error", "A requirement is not met"),
    ("warning", "A recommendation is not met"),
    ("note", "Anything at all"),
    ("never", "Report only"),
]);
const ASSURANCE: Vocabulary = Vocabulary::Fixed(&[
    ("asserted", "Somebody says so"),
    ("evidenced", "The cited document stands, is current and is about this"),
    ("verified", "The gate checked the thing itself"),
]);
const SIGNATURE: Vocabulary = Vocabulary::Fixed(&[
    ("optional", "Checked where --allowed-signers is given"),
    ("required", "The attestations file must carry a signature by an allowed signer"),
]);

static GATE: TableSpec = TableSpec {
    name: "[gate]",
    about: "When the gate closes.",
    keys: &[
        Key::optional("fail-on", Shape::Choice(FAIL_ON), "The least level that closes the gate."),
        Key::optional("assurance", Shape::Choice(ASSURANCE), "The least assurance that counts as met."),
        Key::optional("max-age-days", Shape::Count(1, 3_660), "Reviews older than this are stale."),
        Key::optional("signature", Shape::Choice(SIGNATURE), "Whether the attestations file must be signed."),
        Key::optional("overlays", Shape::List(&Shape::Path), "Overlays of the organisation, from the declaration's folder."),
    ],
    keys_by: None,
};

/// The declaration.
pub static DECLARATION: TableSpec = TableSpec {
    name: "the declaration",
    about: "What a repository declares itself to be.",
    keys: &[
        Key::required("version", Shape::Count(1, 1), "The format's version: 1."),
        Key::required("product", Shape::TableOrTables(&PRODUCT), "The product, or several."),
        Key::optional("organisation", Shape::Table(&ORGANISATION), "The organisation's baseline."),
        Key::optional("gate", Shape::Table(&GATE), "When the gate closes."),
        Key::optional(
            "codes",
            Shape::Map(Vocabulary::Codes, &Shape::Text),
            "Pins the edition of a code; unpinned means the newest built in.",
        ),
    ],
    keys_by: None,
};

/// Where a manifest has the table, as far as the manifest can be understood.
pub fn declared_at(text: &str, table: &[&str]) -> Option<Range<usize>> {
    if !text.contains("portcullis") {
        return None;
    }
    let (document, _) = DeTable::parse_recoverable(text);
    let (mut here, mut range) = (document.get_ref(), document.span());
    for part in table {
        let value = here.get(*part)?;
        let DeValue::Table(inner) = value.get_ref() else { return None };
        (here, range) = (inner, value.span());
    }
    Some(range)
}

/// The attestations files of a declaration that is invalid, as far as it can be understood, each with the place that
/// names it: what is wrong with them is told in the same go.
pub fn attestations_of(found: &Found, catalogue: &Catalogue, sources: &SourceMap) -> Vec<(RepoPath, Option<Span>)> {
    let (document, _) = DeTable::parse_recoverable(&found.file.text);
    let reader = Reader::new(sources, found.file.source, catalogue);
    let top = found.table.iter().try_fold(reader.top(&document), |here, part| reader.table(here, part));
    let products = top.map_or_else(Vec::new, |top| reader.tables(top, "product"));
    let organisation = top.and_then(|top| reader.table(top, "organisation"));
    let tables = || products.iter().take(limits::PRODUCTS).chain(&organisation);
    let named = tables().filter_map(|table| reader.parsed::<RepoPath>(*table, "attestations"));
    let mut files: Vec<(RepoPath, Option<Span>)> = named.map(|path| (path.value, Some(path.span))).collect();
    if products.is_empty() || products.iter().any(|table| reader.key_span(*table, "attestations").is_none()) {
        files.extend(ATTESTATIONS.parse().ok().map(|path| (path, None)));
    }
    let mut seen = BTreeSet::new();
    files.retain(|(path, _)| seen.insert(path.clone()));
    files
}

/// The overlays that the declaration names, as far as it can be understood; they come before all else, because they add to what
/// the rest may name.
pub fn overlays_of(found: &Found, catalogue: &Catalogue, sources: &SourceMap) -> Vec<Located<RepoPath>> {
    let (document, _) = DeTable::parse_recoverable(&found.file.text);
    let reader = Reader::new(sources, found.file.source, catalogue);
    let top = found.table.iter().try_fold(reader.top(&document), |here, part| reader.table(here, part));
    let gate = top.and_then(|top| reader.table(top, "gate"));
    gate.map_or_else(Vec::new, |gate| reader.parsed_all(gate, "overlays"))
}

/// Reads the declaration that was found.
///
/// # Errors
/// Every fault in the file at once.
pub fn read(found: &Found, catalogue: &Catalogue, sources: &SourceMap) -> Result<Declaration, Error> {
    let file = &found.file;
    let document = parse(&file.text, sources, file.source).map_err(Error::Invalid)?;
    let reader = Reader::new(sources, file.source, catalogue);
    let mut top = reader.top(&document);
    for part in found.table {
        match reader.table(top, part) {
            Some(inner) => top = inner,
            None => return Err(Error::NoDeclaration { searched: found.folder.to_string() }),
        }
    }
    reader.check(top, &DECLARATION);
    let declaration = Builder { reader: &reader, catalogue }.declaration(top, found);
    match reader.into_faults() {
        faults if faults.is_empty() => Ok(declaration),
        faults => Err(Error::Invalid(faults)),
    }
}

struct Builder<'a> {
    reader: &'a Reader<'a>,
    catalogue: &'a Catalogue,
}

impl Builder<'_> {
    fn declaration(&self, top: Table<'_>, found: &Found) -> Declaration {
        let tables = self.reader.tables(top, "product");
        if tables.len() > limits::PRODUCTS {
            self.reader.fault(Fault::at(top.span, format!("more than {} products", limits::PRODUCTS)));
        }
        let products: Vec<Product> = tables.iter().take(limits::PRODUCTS).filter_map(|table| self.product(*table)).collect();
        if let Some(span) = self.reader.empty_list(top, "product") {
            self.reader.fault(Fault::at(span, "the declaration has no product").help("add a [product] table with a `name`"));
        }
        for (at, product) in products.iter().enumerate() {
            if products.iter().take(at).any(|other| other.name.value == product.name.value) {
                let message = format!("two products are called {}", quoted(&product.name.value));
                self.reader.fault(Fault::at(product.name.span, message).help("give each product a name of its own"));
            }
        }
        Declaration {
            path: found.file.path.clone(),
            products,
            organisation: self.organisation(top),
            gate: self.gate(top),
            editions: self.editions(top),
            span: top.span,
        }
    }

    fn product(&self, table: Table<'_>) -> Option<Product> {
        let reader = self.reader;
        for (key, help) in
            [("roles", "name your roles, or leave the key out"), ("paths", "name the product's folders, or leave the key out")]
        {
            if let Some(span) = reader.empty_list(table, key) {
                reader.fault(Fault::at(span, format!("`{key}` is empty, which would leave nothing to assess")).help(help));
            }
        }
        let support = self.support(table);
        let name = reader.text(table, "name")?;
        if name.value.trim().is_empty() {
            reader.fault(Fault::at(name.span, "the product has no name").help("write what customers call it"));
        }
        let types = self.names(table, "types", ProductType::from_name);
        let declared = self.names(table, "roles", Role::from_name);
        let roles = if declared.is_empty() { default_roles(&types, &name) } else { declared };
        let attestations = reader.parsed::<RepoPath>(table, "attestations");
        let traits = reader.table(table, "traits");
        Some(Product {
            version_from: reader.parsed(table, "version-from"),
            senior_responsible_owner: self.senior_responsible_owner(table),
            paths: reader.parsed_all(table, "paths"),
            attestations_named: attestations.as_ref().map(|path| path.span),
            attestations: attestations.map(|path| path.value).or_else(|| ATTESTATIONS.parse().ok()).unwrap_or_default(),
            traits: traits.map_or_else(BTreeMap::new, |table| self.traits(table)),
            probes: reader.table(table, "probes").map_or_else(BTreeMap::new, |table| self.probes(table)),
            keys: reader.table(table, "keys").map_or_else(BTreeMap::new, |table| self.keys(table)),
            not: reader.table(table, "not").map_or_else(BTreeMap::new, |table| self.not(table, &types)),
            types_span: reader.key_span(table, "types"),
            traits_span: traits.map(|table| table.span),
            support,
            span: table.span,
            name,
            types,
            roles,
        })
    }

    fn names<T: Copy>(&self, table: Table<'_>, key: &str, from_name: fn(&str) -> Option<T>) -> Vec<Located<T>> {
        let texts = self.reader.texts(table, key);
        texts.iter().filter_map(|text| from_name(&text.value).map(|value| text.with(value))).collect()
    }

    fn traits(&self, table: Table<'_>) -> BTreeMap<String, Located<bool>> {
        let keys = self.reader.keys(table);
        keys.into_iter().filter_map(|key| self.reader.bool(table, &key.value).map(|answer| (key.value, answer))).collect()
    }

    /// A probe is answered with a real reason, or not at all.
    fn probes(&self, table: Table<'_>) -> BTreeMap<String, Located<String>> {
        let mut answers = BTreeMap::new();
        for key in self.reader.keys(table) {
            let Some(reason) = self.reader.text(table, &key.value) else { continue };
            if !is_reason(&reason.value) {
                let message = format!("the answer to the probe {} gives no real reason", quoted(&key.value));
                self.reader.fault(Fault::at(reason.span, message).help("say why what it finds is no gap here, or remove the line"));
            }
            answers.insert(key.value, reason);
        }
        answers
    }

    /// A key that cannot be used is refused here, so that it cannot pass for one that nobody signed with.
    fn keys(&self, table: Table<'_>) -> BTreeMap<String, Located<String>> {
        let mut keys = BTreeMap::new();
        for name in self.reader.keys(table) {
            let Some(text) = self.reader.text(table, &name.value) else { continue };
            if let Err(why) = public_key::read(&text.value) {
                let message = format!("the public key {} cannot be used: {why}", quoted(&name.value));
                self.reader.fault(Fault::at(text.span, message).help(public_key::FORMS));
            }
            keys.insert(name.value, text);
        }
        keys
    }

    /// A type is answered with a real reason, and not declared as well.
    fn not(&self, table: Table<'_>, types: &[Located<ProductType>]) -> BTreeMap<ProductType, Located<String>> {
        let mut answers = BTreeMap::new();
        for key in self.reader.keys(table) {
            let Some(kind) = ProductType::from_name(&key.value) else { continue };
            let Some(reason) = self.reader.text(table, &key.value) else { continue };
            if !is_reason(&reason.value) {
                let message = format!("[product.not] gives no real reason why the product is not {kind}");
                self.reader
                    .fault(Fault::at(reason.span, message).help("say why what is detected does not make it one, or remove the line"));
            }
            if kind == ProductType::Software {
                self.reader
                    .fault(Fault::at(key.span, "every product is software, so [product.not] cannot deny it").help("remove the line"));
            } else if types.iter().any(|declared| declared.value == kind) {
                let message = format!("the product is declared as {kind} and denied to be it");
                self.reader.fault(Fault::at(key.span, message).help("keep it in `types` or under [product.not], not both"));
            }
            answers.insert(kind, reason);
        }
        answers
    }

    fn senior_responsible_owner(&self, table: Table<'_>) -> Option<SeniorResponsibleOwner> {
        let owner = self.reader.table(table, "senior-responsible-owner")?;
        Some(SeniorResponsibleOwner { name: self.reader.text(owner, "name")?, assured_on: self.reader.date(owner, "assured-on")? })
    }

    fn support(&self, table: Table<'_>) -> Option<Support> {
        let support = self.reader.table(table, "support")?;
        let until = self.reader.date(support, "until")?;
        let announced = self.reader.date(support, "announced");
        if let Some(announced) = announced.as_ref().filter(|day| day.value > until.value) {
            self.reader.fault(Fault::at(announced.span, "the support period was announced after its own end"));
        }
        Some(Support { until, announced, span: support.span })
    }

    fn organisation(&self, top: Table<'_>) -> Option<Organisation> {
        let table = self.reader.table(top, "organisation")?;
        if let Some(span) = self.reader.empty_list(table, "codes") {
            self.reader.fault(
                Fault::at(span, "`codes` is empty, so [organisation] opts in to nothing").help("name the codes, or remove [organisation]"),
            );
        }
        let codes = self.reader.texts(table, "codes");
        let known = |text: &Located<String>| self.catalogue.code(&text.value).map(|code| text.with(code.to_owned()));
        Some(Organisation { codes: codes.iter().filter_map(known).collect(), attestations: self.reader.parsed(table, "attestations") })
    }

    fn gate(&self, top: Table<'_>) -> Gate {
        let defaults = Gate::default();
        let Some(table) = self.reader.table(top, "gate") else { return defaults };
        let word = |key: &str| self.reader.text(table, key);
        let signature = word("signature");
        Gate {
            fail_on: match word("fail-on") {
                Some(text) if text.value == "never" => None,
                Some(text) => Level::from_name(&text.value),
                None => defaults.fail_on,
            },
            assurance: word("assurance").and_then(|text| Assurance::from_name(&text.value)).unwrap_or(defaults.assurance),
            max_age_days: self
                .reader
                .count(table, "max-age-days")
                .and_then(|days| i32::try_from(days.value).ok())
                .unwrap_or(defaults.max_age_days),
            written: Gate::KEYS.iter().filter_map(|key| self.reader.key_span(table, key).map(|span| (*key, span))).collect(),
            signature: signature.and_then(|text| Signature::from_name(&text.value)).unwrap_or(defaults.signature),
            overlays: self.reader.parsed_all(table, "overlays"),
        }
    }

    fn editions(&self, top: Table<'_>) -> BTreeMap<String, Located<String>> {
        let Some(table) = self.reader.table(top, "codes") else { return BTreeMap::new() };
        let mut pins = BTreeMap::new();
        for key in self.reader.keys(table) {
            let (Some(code), Some(edition)) = (self.catalogue.code(&key.value), self.reader.text(table, &key.value)) else { continue };
            let built_in = self.catalogue.editions_of(code);
            if !built_in.contains(&edition.value.as_str()) {
                let message = format!("no edition {} of {code} is built in", quoted(&edition.value));
                self.reader.fault(Fault::at(edition.span, message).help(format!("built in: {}", built_in.join(", "))));
            }
            pins.insert(code.to_owned(), edition);
        }
        pins
    }
}

fn default_roles(types: &[Located<ProductType>], name: &Located<String>) -> Vec<Located<Role>> {
    let mut roles: Vec<Located<Role>> = ProductType::Software.default_roles().iter().map(|role| name.with(*role)).collect();
    for kind in types {
        roles.extend(kind.value.default_roles().iter().map(|role| kind.with(*role)));
    }
    roles
}
