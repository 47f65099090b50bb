//! Reads TOML with spans and collects every fault instead of stopping at the first.
//!
//! This is the only file that names the TOML crate's spanned values. [`Reader::check`] holds a table against its
//! [`TableSpec`]; the typed getters then hand out what passed, so a getter never has to report anything.

use std::cell::RefCell;
use std::ops::Range;
use std::str::FromStr;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::Fault;
use crate::limits;
use crate::model::attestation::Pin;
use crate::repo_path::RepoPath;
use crate::source::{Located, SourceId, SourceMap, Span};
use crate::spec::{Choice, Key, Shape, TableSpec, Vocabulary};

/// What a vocabulary holds; the catalogue answers it.
pub trait Words {
    /// The permitted names.
    fn choices(&self, vocabulary: Vocabulary) -> Vec<Choice>;
    /// Whether a name means something, where that can be told without listing all of them.
    fn knows(&self, vocabulary: Vocabulary, name: &str) -> bool {
        self.choices(vocabulary).iter().any(|choice| choice.name == name)
    }
}

/// One document being read.
pub struct Reader<'a> {
    sources: &'a SourceMap,
    source: SourceId,
    words: &'a dyn Words,
    faults: RefCell<Vec<Fault>>,
}

/// A table of the document, with the place to show for it.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    table: &'a DeTable<'a>,
    /// The table's header, or the inline table.
    pub span: Span,
}

/// The document's syntax: every error with its place.
pub fn parse<'a>(text: &'a str, sources: &SourceMap, source: SourceId) -> Result<Spanned<DeTable<'a>>, Vec<Fault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(table);
    }
    let mut faults: Vec<(usize, Fault)> = Vec::new();
    for error in errors.iter().take(limits::FAULTS) {
        let span = sources.span(source, error.span().unwrap_or(0..0));
        let line = sources.place(span).line;
        // What follows a syntax error on its own line is nearly always its echo.
        if !faults.iter().any(|(known, _)| *known == line) {
            faults.push((line, Fault::at(span, format!("not valid TOML: {}", error.message().trim()))));
        }
    }
    faults.sort_by_key(|(line, _)| *line);
    Err(faults.into_iter().map(|(_, fault)| fault).collect())
}

fn value_word(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

fn article(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::Choice(_) | Shape::Path | Shape::Pin => "a string".into(),
        Shape::Date => "a date such as 2026-10-05, without quotes".into(),
        Shape::Bool => "true or false".into(),
        Shape::Count(low, high) => format!("a whole number from {low} to {high}"),
        Shape::List(inner) => format!("an array, each item {}", article(inner)),
        Shape::OneOrMany(inner) => format!("{} or an array of them", article(inner)),
        Shape::Table(spec) | Shape::TableOrTables(spec) => format!("a table {}", spec.name),
        Shape::Tables(spec) => format!("an array of tables, each headed [{}]", spec.name),
        Shape::Map(..) | Shape::Named(_) => "a table".into(),
    }
}

/// The nearest name, if one is near enough to be what was meant.
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // The time taken grows with the product of both lengths, and what is longer than a message shows is no slip of the pen.
    let is_short = |name: &str| name.len() <= limits::QUOTED_CHARS;
    let folded = name.to_lowercase().replace(['_', ' '], "-");
    names
        .into_iter()
        .filter(|known| is_short(name) && is_short(known))
        .map(|known| (strsim::jaro_winkler(&folded, &known.to_lowercase()), known))
        .filter(|(score, _)| *score > 0.78)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// A text from the repository, cut and with invisible characters made visible, for use inside a message.
pub fn quoted(text: &str) -> String {
    format!("`{}`", crate::text::one_line(text, limits::QUOTED_CHARS))
}

/// Looks a key up with its place.
fn find<'a>(table: &'a DeTable<'a>, name: &str) -> Option<(Range<usize>, &'a Spanned<DeValue<'a>>)> {
    table.get_key_value(name).map(|(key, value)| (key.span(), value))
}

/// A calendar day, if the value is one.
fn date_of(value: &DeValue<'_>) -> Option<Date> {
    let DeValue::Datetime(stamp) = value else { return None };
    if stamp.time.is_some() || stamp.offset.is_some() {
        return None;
    }
    let day = stamp.date?;
    Date::new(i16::try_from(day.year).ok()?, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()
}

fn integer_of(value: &DeValue<'_>) -> Option<i64> {
    let DeValue::Integer(number) = value else { return None };
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

impl<'a> Reader<'a> {
    /// A reader over one registered text.
    pub fn new(sources: &'a SourceMap, source: SourceId, words: &'a dyn Words) -> Self {
        Self { sources, source, words, faults: RefCell::default() }
    }

    /// The document's top table.
    pub fn top<'t>(&self, document: &'t Spanned<DeTable<'t>>) -> Table<'t> {
        Table { table: document.get_ref(), span: self.sources.line(self.source, 1) }
    }

    /// The faults so far, in the order of the file; of very many only the first.
    pub fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| fault.span);
        if let Some(rest) = faults.get(limits::FAULTS - 1).filter(|_| faults.len() > limits::FAULTS).and_then(|fault| fault.span) {
            faults.truncate(limits::FAULTS - 1);
            faults.push(Fault::at(rest, format!("more faults follow from here; these are the first {}", limits::FAULTS - 1)));
        }
        faults
    }

    /// Whether so much is wrong that nothing more need be looked at.
    pub fn is_full(&self) -> bool {
        self.faults.borrow().len() >= limits::FAULTS_HELD
    }

    /// Reports a fault.
    pub fn fault(&self, fault: Fault) {
        if !self.is_full() {
            self.faults.borrow_mut().push(fault);
        }
    }

    fn at(&self, range: Range<usize>) -> Span {
        self.sources.span(self.source, range)
    }

    /// Refuses every text of a table that an output could not show as it stands: one that moves a cursor or hides other text, that a
    /// CI runner takes for a command, or that is longer than `limit` characters.
    pub fn refuse_unshowable(&self, table: Table<'_>, limit: usize) {
        for (key, value) in table.table.iter() {
            self.refuse_text(key.get_ref(), self.at(key.span()), limit);
            self.refuse_value(value, limit);
        }
    }

    fn refuse_value(&self, value: &Spanned<DeValue<'_>>, limit: usize) {
        let span = self.at(value.span());
        match value.get_ref() {
            DeValue::String(text) => self.refuse_text(text, span, limit),
            DeValue::Array(items) => items.iter().for_each(|item| self.refuse_value(item, limit)),
            DeValue::Table(table) => self.refuse_unshowable(Table { table, span }, limit),
            _ => {}
        }
    }

    fn refuse_text(&self, text: &str, span: Span, limit: usize) {
        let unshowable = |c: char| crate::text::is_unprintable(c) && c != '\n';
        let command = text.lines().any(|line| line.trim_start().starts_with("::")) || text.contains("##[") || text.contains("##vso[");
        let why = match () {
            () if text.chars().any(unshowable) => "holds characters that cannot be shown".to_owned(),
            () if command => "would be taken for a command by a CI runner".to_owned(),
            () if text.chars().count() > limit => format!("is longer than {limit} characters"),
            () => return,
        };
        self.fault(Fault::at(span, format!("this text {why}")).help("write plain words"));
    }

    /// Holds a table against its description; everything wrong is reported.
    pub fn check(&self, table: Table<'_>, spec: &TableSpec) {
        let extra = spec.keys_by.map_or(&[][..], |keys| {
            let selector = match find(table.table, "kind").map(|(_, value)| value.get_ref()) {
                Some(DeValue::String(text)) => text.as_ref(),
                _ => "",
            };
            keys(selector)
        });
        let known = |name: &str| spec.keys.iter().chain(extra).find(|key| key.name == name);
        for (key, value) in table.table.iter() {
            match known(key.get_ref()) {
                Some(found) => self.check_value(value, &found.shape, found.name),
                None => self.unknown_key(key, spec, extra),
            }
        }
        for key in spec.keys.iter().filter(|key| key.required) {
            if find(table.table, key.name).is_none() {
                self.fault(Fault::at(table.span, format!("{} has no `{}`", spec.name, key.name)).help(format!(
                    "add `{} = …`, {}: {}",
                    key.name,
                    article(&key.shape),
                    key.about
                )));
            }
        }
    }

    fn unknown_key(&self, key: &Spanned<std::borrow::Cow<'_, str>>, spec: &TableSpec, extra: &[Key]) {
        let names: Vec<&str> = spec.keys.iter().chain(extra).map(|key| key.name).collect();
        let help = match nearest(key.get_ref(), names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known keys: {}", names.join(", ")),
        };
        let message = format!("{} has no key {}", spec.name, quoted(key.get_ref()));
        self.fault(Fault::at(self.at(key.span()), message).help(help));
    }

    fn check_value(&self, value: &Spanned<DeValue<'_>>, shape: &Shape, key: &str) {
        let span = self.at(value.span());
        let wrong = || {
            let got = match (shape, value.get_ref()) {
                (Shape::Date, DeValue::String(text)) => format!("{} in quotes", quoted(text)),
                (Shape::Date, DeValue::Datetime(_)) => "a date that no calendar has, or one with a time of day".into(),
                (Shape::Count(..), DeValue::Integer(number)) => number.to_string(),
                (_, other) => value_word(other).to_owned(),
            };
            self.fault(Fault::at(span, format!("`{key}` must be {}, not {got}", article(shape))));
        };
        match (shape, value.get_ref()) {
            (Shape::Text, DeValue::String(_)) | (Shape::Bool, DeValue::Boolean(_)) => {}
            (Shape::Date, DeValue::Datetime(_)) if date_of(value.get_ref()).is_some() => {}
            (Shape::Count(low, high), DeValue::Integer(_))
                if integer_of(value.get_ref()).is_some_and(|number| (*low..=*high).contains(&number)) => {}
            (Shape::Path, DeValue::String(text)) => {
                if let Err(error) = RepoPath::from_str(text) {
                    self.fault(Fault::at(span, format!("`{key}`: {error}")));
                }
            }
            (Shape::Pin, DeValue::String(text)) => {
                if let Err(error) = Pin::from_str(text) {
                    self.fault(Fault::at(span, format!("malformed pin {}", quoted(text))).help(error));
                }
            }
            (Shape::Choice(vocabulary), DeValue::String(text)) => self.check_choice(*vocabulary, text, span, key),
            (Shape::List(inner) | Shape::OneOrMany(inner), DeValue::Array(items)) => {
                for item in items {
                    self.check_value(item, inner, key);
                }
            }
            (Shape::OneOrMany(inner), _) => self.check_value(value, inner, key),
            (Shape::Table(spec) | Shape::TableOrTables(spec), DeValue::Table(table)) => {
                self.check(Table { table, span }, spec);
            }
            (Shape::Tables(spec) | Shape::TableOrTables(spec), DeValue::Array(items)) => {
                for item in items {
                    match item.get_ref() {
                        DeValue::Table(table) => self.check(Table { table, span: self.at(item.span()) }, spec),
                        other => {
                            let message = format!("`{key}` holds {}, not a table", value_word(other));
                            self.fault(Fault::at(self.at(item.span()), message));
                        }
                    }
                }
            }
            (Shape::Named(inner), DeValue::Table(table)) => {
                for (name, item) in table.iter() {
                    self.check_value(item, inner, name.get_ref());
                }
            }
            (Shape::Map(vocabulary, inner), DeValue::Table(table)) => {
                for (name, item) in table.iter() {
                    self.check_choice(*vocabulary, name.get_ref(), self.at(name.span()), key);
                    self.check_value(item, inner, name.get_ref());
                }
            }
            _ => wrong(),
        }
    }

    fn check_choice(&self, vocabulary: Vocabulary, text: &str, span: Span, key: &str) {
        if self.is_full() || self.words.knows(vocabulary, text) {
            return;
        }
        let choices = self.words.choices(vocabulary);
        let noun = match vocabulary {
            Vocabulary::Types => "product type",
            Vocabulary::Roles => "role",
            Vocabulary::Traits => "trait",
            Vocabulary::Codes => "code",
            Vocabulary::OrganisationCodes => "organisation code",
            Vocabulary::Provisions => "provision",
            Vocabulary::Kinds => "evidence kind",
            Vocabulary::Probes => "probe",
            Vocabulary::Fixed(_) => key,
        };
        let names = || choices.iter().map(|choice| choice.name.as_str());
        let help = match nearest(text, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if choices.len() <= 20 => format!("known: {}", names().collect::<Vec<_>>().join(", ")),
            None => match vocabulary {
                Vocabulary::Traits => "`portcullis list --traits` prints the known ones",
                Vocabulary::Kinds => "`portcullis list --kinds` prints the known ones",
                Vocabulary::Probes => "`portcullis list --probes` prints the known ones",
                _ => "`portcullis list --code CODE` prints the known ones",
            }
            .to_owned(),
        };
        self.fault(Fault::at(span, format!("unknown {noun} {}", quoted(text))).help(help));
    }

    fn value<'t>(&self, table: Table<'t>, name: &str) -> Option<(Span, &'t Spanned<DeValue<'t>>)> {
        find(table.table, name).map(|(_, value)| (self.at(value.span()), value))
    }

    /// The place of a key, if the table has it.
    pub fn key_span(&self, table: Table<'_>, name: &str) -> Option<Span> {
        find(table.table, name).map(|(range, value)| self.at(range.start..value.span().end.max(range.end)))
    }

    /// The place of a key whose value is an empty array.
    pub fn empty_list(&self, table: Table<'_>, name: &str) -> Option<Span> {
        let (_, value) = self.value(table, name)?;
        matches!(value.get_ref(), DeValue::Array(items) if items.is_empty()).then(|| self.key_span(table, name))?
    }

    /// A string.
    pub fn text(&self, table: Table<'_>, name: &str) -> Option<Located<String>> {
        let (span, value) = self.value(table, name)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Located::new(text.clone().into_owned(), span)),
            _ => None,
        }
    }

    /// Strings, written as one or as an array.
    pub fn texts(&self, table: Table<'_>, name: &str) -> Vec<Located<String>> {
        let Some((span, value)) = self.value(table, name) else { return Vec::new() };
        match value.get_ref() {
            DeValue::String(text) => vec![Located::new(text.clone().into_owned(), span)],
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| match item.get_ref() {
                    DeValue::String(text) => Some(Located::new(text.clone().into_owned(), self.at(item.span()))),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// A string that parses.
    pub fn parsed<T: FromStr>(&self, table: Table<'_>, name: &str) -> Option<Located<T>> {
        let text = self.text(table, name)?;
        T::from_str(&text.value).ok().map(|value| text.with(value))
    }

    /// Strings that parse.
    pub fn parsed_all<T: FromStr>(&self, table: Table<'_>, name: &str) -> Vec<Located<T>> {
        let texts = self.texts(table, name);
        texts.iter().filter_map(|text| T::from_str(&text.value).ok().map(|value| text.with(value))).collect()
    }

    /// A calendar day.
    pub fn date(&self, table: Table<'_>, name: &str) -> Option<Located<Date>> {
        let (span, value) = self.value(table, name)?;
        date_of(value.get_ref()).map(|date| Located::new(date, span))
    }

    /// `true` or `false`.
    pub fn bool(&self, table: Table<'_>, name: &str) -> Option<Located<bool>> {
        let (span, value) = self.value(table, name)?;
        match value.get_ref() {
            DeValue::Boolean(answer) => Some(Located::new(*answer, span)),
            _ => None,
        }
    }

    /// A whole number.
    pub fn count(&self, table: Table<'_>, name: &str) -> Option<Located<i64>> {
        let (span, value) = self.value(table, name)?;
        integer_of(value.get_ref()).map(|number| Located::new(number, span))
    }

    /// A table.
    pub fn table<'t>(&self, table: Table<'t>, name: &str) -> Option<Table<'t>> {
        let (span, value) = self.value(table, name)?;
        match value.get_ref() {
            DeValue::Table(inner) => Some(Table { table: inner, span }),
            _ => None,
        }
    }

    /// Tables, written as `[x]` or `[[x]]`.
    pub fn tables<'t>(&self, table: Table<'t>, name: &str) -> Vec<Table<'t>> {
        let Some((span, value)) = self.value(table, name) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Table(inner) => vec![Table { table: inner, span }],
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| match item.get_ref() {
                    DeValue::Table(inner) => Some(Table { table: inner, span: self.at(item.span()) }),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The keys of a table, in no particular order.
    pub fn keys(&self, table: Table<'_>) -> Vec<Located<String>> {
        table.table.keys().map(|key| Located::new(key.get_ref().clone().into_owned(), self.at(key.span()))).collect()
    }
}
