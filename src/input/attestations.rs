//! Reads `attestations.toml`: attestations with their evidence, and waivers.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::catalogue::Catalogue;
use super::reader::{Reader, Table, parse, quoted};
use super::root::InputFile;
use crate::error::Fault;
use crate::limits;
use crate::model::attestation::{
    Attestation, Attestations, Coverage, Detail, Evidence, Pin, Status, Target, Waiver, is_nobody, says_nothing,
};
use crate::model::kind::{DETAIL_KEYS, KindEntry, Points, kind};
use crate::source::{Located, SourceMap, Span};
use crate::spec::{Key, Shape, TableSpec, Vocabulary};

const STATUS: Vocabulary = Vocabulary::Fixed(&[
    ("met", "It is met"),
    ("partial", "It is met in part"),
    ("planned", "It will be met"),
    ("not-met", "It is not met"),
    ("not-applicable", "It does not apply; the statement is the reason"),
]);
const PROVISIONS: Shape = Shape::OneOrMany(&Shape::Choice(Vocabulary::Provisions));

/// The keys of a kind's own, for the reader and the schema.
pub fn detail_keys(name: &str) -> &'static [Key] {
    // A key that the kind does not use is refused by `own_keys`, which can name the kind.
    if kind(name).is_some() { DETAIL_KEYS } else { &[] }
}

/// One piece of evidence.
pub static EVIDENCE: TableSpec = TableSpec {
    name: "[[attestation.evidence]]",
    about: "A pointer to something checkable.",
    keys: &[
        Key::required("kind", Shape::Choice(Vocabulary::Kinds), "Picks how it is checked."),
        Key::optional("path", Shape::Path, "A tracked file, from the declaration's folder."),
        Key::optional("url", Shape::Text, "An address; recorded, never fetched."),
        Key::optional("id", Shape::Text, "An identifier."),
        Key::optional("pin", Shape::Pin, "The file's digest when it was reviewed: `git:` and a blob id, or `sha256:` and a digest."),
        Key::optional("max-age-days", Shape::Count(1, 3_660), "How old it may be; may only tighten."),
        Key::optional("names", Shape::List(&Shape::Text), "How the artefact calls this product, when not by its name."),
    ],
    keys_by: Some(detail_keys),
};

static ATTESTATION: TableSpec = TableSpec {
    name: "[[attestation]]",
    about: "The vendor's statement on one or more provisions.",
    keys: &[
        Key::required("provision", PROVISIONS, "What it speaks of."),
        Key::required("status", Shape::Choice(STATUS), "What it says."),
        Key::optional("statement", Shape::Text, "Why: what is done, in a sentence or two; for not-applicable, the reason."),
        Key::required("owner", Shape::Text, "Who answers for it."),
        Key::required("reviewed", Shape::Date, "The day on which it was last reviewed."),
        Key::optional("evidence", Shape::Tables(&EVIDENCE), "What backs it."),
    ],
    keys_by: None,
};

static WAIVER: TableSpec = TableSpec {
    name: "[[waiver]]",
    about: "An accepted gap.",
    keys: &[
        Key::required("provision", PROVISIONS, "What it waives."),
        Key::required("reason", Shape::Text, "Why the gap is accepted."),
        Key::required("approved-by", Shape::Text, "Who accepted it."),
        Key::required("expires", Shape::Date, "The last day it holds; at most 366 days ahead."),
    ],
    keys_by: None,
};

/// The attestations file.
pub static ATTESTATIONS: TableSpec = TableSpec {
    name: "the attestations file",
    about: "What the vendor attests.",
    keys: &[
        Key::required("version", Shape::Count(1, 1), "The format's version: 1."),
        Key::optional("attestation", Shape::Tables(&ATTESTATION), "The attestations."),
        Key::optional("waiver", Shape::Tables(&WAIVER), "The waivers."),
    ],
    keys_by: None,
};

/// Reads an attestations file.
///
/// # Errors
/// Every fault in the file at once.
pub fn read(file: &InputFile, catalogue: &Catalogue, sources: &SourceMap) -> Result<Attestations, Vec<Fault>> {
    let document = parse(&file.text, sources, file.source)?;
    let reader = Reader::new(sources, file.source, catalogue);
    let top = reader.top(&document);
    reader.check(top, &ATTESTATIONS);
    let builder = Builder { reader: &reader, catalogue };
    let tables = reader.tables(top, "attestation");
    let waivers = reader.tables(top, "waiver");
    if tables.len() > limits::ATTESTATIONS || waivers.len() > limits::ATTESTATIONS {
        reader.fault(Fault::at(top.span, format!("more than {} attestations or waivers in one file", limits::ATTESTATIONS)));
        return Err(reader.into_faults());
    }
    let attestations: Vec<Attestation> = tables.iter().filter_map(|table| builder.attestation(*table)).collect();
    let waivers = waivers.iter().filter_map(|table| builder.waiver(*table)).collect();
    builder.refuse_doubles(&tables, sources);
    match reader.into_faults() {
        faults if faults.is_empty() => Ok(Attestations { attestations, waivers, span: Some(sources.line(file.source, 1)) }),
        faults => Err(faults),
    }
}

struct Builder<'a> {
    reader: &'a Reader<'a>,
    catalogue: &'a Catalogue,
}

impl Builder<'_> {
    fn attestation(&self, table: Table<'_>) -> Option<Attestation> {
        let reader = self.reader;
        let provisions = reader.texts(table, "provision");
        self.refuse_none(table);
        let status_text = reader.text(table, "status");
        let status = status_text.as_ref().and_then(|text| Status::from_name(&text.value).map(|status| text.with(status)));
        self.ask_for_statement(table, status.as_ref().map(|status| status.value));
        let statement = reader.text(table, "statement");
        let evidence = reader.tables(table, "evidence");
        if evidence.len() > limits::EVIDENCE_PER_ATTESTATION {
            let message = format!("more than {} pieces of evidence under one attestation", limits::EVIDENCE_PER_ATTESTATION);
            reader.fault(Fault::at(table.span, message));
        }
        let evidence = evidence.iter().take(limits::EVIDENCE_PER_ATTESTATION).filter_map(|table| self.evidence(*table)).collect();
        let status = status?;
        Some(Attestation {
            units: self.coverage(&provisions),
            statement: statement.unwrap_or_else(|| status.with(String::new())),
            owner: reader.text(table, "owner")?,
            reviewed: reader.date(table, "reviewed")?,
            evidence,
            provisions,
            status,
        })
    }

    /// Only `planned` may leave the statement out; of a status that is misspelt nothing is known.
    fn ask_for_statement(&self, table: Table<'_>, status: Option<Status>) {
        let needed = match status {
            Some(known) => known != Status::Planned,
            None => self.reader.key_span(table, "status").is_none(),
        };
        if needed && self.reader.key_span(table, "statement").is_none() {
            self.reader.fault(
                Fault::at(table.span, "[[attestation]] has no `statement`")
                    .help("say in a sentence or two what is done; only `planned` may leave it out"),
            );
        }
    }

    fn waiver(&self, table: Table<'_>) -> Option<Waiver> {
        let reader = self.reader;
        let provisions = reader.texts(table, "provision");
        self.refuse_none(table);
        let (reason, approved_by) = (reader.text(table, "reason"), reader.text(table, "approved-by"));
        self.refuse_placeholder("reason", reason.as_ref().filter(|text| says_nothing(&text.value)));
        self.refuse_placeholder("approved-by", approved_by.as_ref().filter(|text| is_nobody(&text.value)));
        Some(Waiver {
            units: self.coverage(&provisions),
            expires: reader.date(table, "expires")?,
            provisions,
            reason: reason?,
            approved_by: approved_by?,
        })
    }

    fn refuse_placeholder(&self, key: &str, found: Option<&Located<String>>) {
        let Some(text) = found else { return };
        let message = format!("the waiver's `{key}` is a placeholder, {}", quoted(&text.value));
        let help = "a waiver records who accepted which gap, and why; write it or remove the waiver";
        self.reader.fault(Fault::at(text.span, message).help(help));
    }

    fn refuse_none(&self, table: Table<'_>) {
        if let Some(span) = self.reader.empty_list(table, "provision") {
            self.reader
                .fault(Fault::at(span, "`provision` names nothing").help("name at least one provision, e.g. \"software-security/1.2\""));
        }
    }

    fn coverage(&self, provisions: &[Located<String>]) -> Vec<Coverage> {
        let mut out = Vec::new();
        for name in provisions {
            let units = self.catalogue.resolve(&name.value).unwrap_or_default();
            let specific = units.len() == 1 && !self.is_principle(&name.value);
            out.extend(units.into_iter().map(|unit| Coverage { unit, span: name.span, specific }));
        }
        out
    }

    /// Whether a name means a provision that has claims, even if it is only one.
    fn is_principle(&self, name: &str) -> bool {
        let Some((policy, rest)) = self.catalogue.split(name) else { return false };
        let own = format!("{}/{rest}", policy.code);
        policy.provisions.iter().any(|provision| {
            (provision.id == own || provision.aliases.iter().any(|alias| alias == rest))
                && policy.units_of(provision).iter().all(|unit| unit.id != provision.id)
        })
    }

    /// Two attestations for one unit: both name it itself, or both name it through its principle or a shared alias.
    fn refuse_doubles(&self, tables: &[Table<'_>], sources: &SourceMap) {
        let mut seen: BTreeMap<(String, bool), Span> = BTreeMap::new();
        for name in tables.iter().flat_map(|table| self.reader.texts(*table, "provision")) {
            if self.reader.is_full() {
                return;
            }
            let covered = self.coverage(std::slice::from_ref(&name));
            let called = match covered.as_slice() {
                [only] if only.specific => only.unit.clone(),
                _ => crate::text::one_line(&name.value, limits::QUOTED_CHARS),
            };
            let mut first = None;
            for unit in covered {
                match seen.entry((unit.unit, unit.specific)) {
                    Entry::Vacant(free) => {
                        free.insert(unit.span);
                    }
                    Entry::Occupied(taken) => first = first.or(Some(*taken.get())),
                }
            }
            if let Some(first) = first {
                let line = sources.place(first).line;
                let message = format!("two attestations for {called}: the first is on line {line}");
                self.reader.fault(Fault::at(name.span, message).help("keep one of them"));
            }
        }
    }

    fn evidence(&self, table: Table<'_>) -> Option<Evidence> {
        let reader = self.reader;
        let kind_text = reader.text(table, "kind")?;
        let found = kind(&kind_text.value)?;
        let details = self.own_keys(table, found);
        let target = self.target(table, found)?;
        let span = match &target {
            Target::Path(path) => path.span,
            Target::Url(text) | Target::Id(text) => text.span,
            Target::Inline => kind_text.span,
        };
        let pin = reader.parsed::<Pin>(table, "pin");
        if let (Some(pin), false) = (&pin, matches!(target, Target::Path(_))) {
            reader.fault(Fault::at(pin.span, "a pin needs a `path`: only a file has a digest"));
        }
        Some(Evidence {
            kind: kind_text.with(found),
            target,
            pin,
            max_age_days: reader.count(table, "max-age-days"),
            names: reader.texts(table, "names"),
            details,
            span,
        })
    }

    fn own_keys(&self, table: Table<'_>, found: &KindEntry) -> BTreeMap<&'static str, Detail> {
        let reader = self.reader;
        if let Some(span) = reader.key_span(table, "names").filter(|_| !found.names_product()) {
            let message = format!("evidence of kind {} names no product, so `names` has nothing to bind", found.name);
            reader.fault(Fault::at(span, message).help("remove `names`"));
        }
        let mut details = BTreeMap::new();
        for key in DETAIL_KEYS {
            let Some(span) = reader.key_span(table, key.name) else { continue };
            if !found.details.contains(&key.name) {
                let help = match found.details {
                    [] => format!("{} has no keys of its own", found.name),
                    own => format!("keys of {}: {}", found.name, own.join(", ")),
                };
                reader.fault(Fault::at(span, format!("evidence of kind {} has no key `{}`", found.name, key.name)).help(help));
                continue;
            }
            let detail = match key.shape {
                Shape::Date => reader.date(table, key.name).map(Detail::Date),
                Shape::Count(..) => reader.count(table, key.name).map(Detail::Count),
                Shape::List(_) => Some(Detail::Texts(reader.texts(table, key.name))),
                _ => reader.text(table, key.name).map(Detail::Text),
            };
            details.extend(detail.map(|detail| (key.name, detail)));
        }
        details
    }

    fn target(&self, table: Table<'_>, found: &KindEntry) -> Option<Target> {
        let reader = self.reader;
        let allowed: &[&str] = match found.points {
            Points::AtFile | Points::AtFileOrInline => &["path"],
            Points::AtUrl => &["url"],
            Points::AtIdOrInline => &["id"],
        };
        for key in ["path", "url", "id"].iter().filter(|key| !allowed.contains(key)) {
            if let Some(span) = reader.key_span(table, key) {
                let message = format!("evidence of kind {} has no `{key}`", found.name);
                reader.fault(Fault::at(span, message).help(format!("it points at something by `{}`", allowed.join("` or `"))));
            }
        }
        let given: Vec<&&str> = allowed.iter().filter(|key| reader.key_span(table, key).is_some()).collect();
        match given.as_slice() {
            [] if matches!(found.points, Points::AtFileOrInline | Points::AtIdOrInline) => Some(Target::Inline),
            [] => {
                let message = format!("evidence of kind {} points at nothing", found.name);
                reader.fault(Fault::at(table.span, message).help(format!("add `{} = …`", allowed.join("` or `"))));
                None
            }
            [_, second, ..] => {
                let span = reader.key_span(table, second).unwrap_or(table.span);
                reader.fault(Fault::at(span, "one piece of evidence points at one thing").help("write a second [[attestation.evidence]]"));
                None
            }
            [one] => match **one {
                "path" => reader.parsed(table, "path").map(Target::Path),
                "url" => self.url(table),
                _ => reader.text(table, "id").map(Target::Id),
            },
        }
    }

    fn url(&self, table: Table<'_>) -> Option<Target> {
        let text = self.reader.text(table, "url")?;
        let rest = text.value.strip_prefix("https://").or_else(|| text.value.strip_prefix("http://"));
        let good = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !text.value.contains(char::is_whitespace));
        if !good {
            let message = format!("{} is no web address", quoted(&text.value));
            self.reader.fault(Fault::at(text.span, message).help("write the whole address, beginning with https://"));
        }
        Some(Target::Url(text))
    }
}
