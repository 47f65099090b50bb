//! One explanation, as data: the same page is set for people, as Markdown and as JSON.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Reset, Style};
use serde_json::{Map, Value, json};

use crate::text::wrap;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ID: Style = AnsiColor::Cyan.on_default().bold();

/// Something with an id of its own that a page lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// More on it; may be empty.
    pub text: String,
}

/// What one part of a page holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A value for programs, and how it is said to people; nothing is said where that is empty.
    Fact(Value, String),
    /// Prose.
    Text(String),
    /// One line each.
    Items(Vec<String>),
    /// Things with ids.
    Entries(Vec<Entry>),
    /// TOML to paste.
    Block(String),
}

/// One part of a page. A part that holds nothing is null or empty in JSON and left out elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its key in JSON.
    pub key: &'static str,
    /// How people see it headed.
    pub heading: &'static str,
    /// What it holds.
    pub body: Body,
}

impl Part {
    /// A value that is said as it stands.
    pub fn fact(key: &'static str, heading: &'static str, said: impl Into<String>) -> Self {
        let said = said.into();
        let value = if said.is_empty() { Value::Null } else { Value::String(said.clone()) };
        Self { key, heading, body: Body::Fact(value, said) }
    }

    /// A value, and how it is said.
    pub fn said(key: &'static str, heading: &'static str, value: impl Into<Value>, said: impl Into<String>) -> Self {
        Self { key, heading, body: Body::Fact(value.into(), said.into()) }
    }

    /// Prose.
    pub fn text(key: &'static str, heading: &'static str, text: impl Into<String>) -> Self {
        Self { key, heading, body: Body::Text(text.into()) }
    }

    /// Lines.
    pub fn items(key: &'static str, heading: &'static str, items: Vec<String>) -> Self {
        Self { key, heading, body: Body::Items(items) }
    }

    /// Things with ids.
    pub fn entries(key: &'static str, heading: &'static str, entries: Vec<Entry>) -> Self {
        Self { key, heading, body: Body::Entries(entries) }
    }

    /// TOML to paste.
    pub fn block(key: &'static str, heading: &'static str, block: impl Into<String>) -> Self {
        Self { key, heading, body: Body::Block(block.into()) }
    }

    fn is_empty(&self) -> bool {
        match &self.body {
            Body::Fact(_, text) | Body::Text(text) | Body::Block(text) => text.is_empty(),
            Body::Items(items) => items.is_empty(),
            Body::Entries(entries) => entries.is_empty(),
        }
    }
}

/// One explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The id that it explains.
    pub id: String,
    /// What that is: `provision`, `claim`, `evidence kind` and so on.
    pub what: &'static str,
    /// Its title, or its meaning in one sentence.
    pub title: String,
    /// In order of reading.
    pub parts: Vec<Part>,
    /// Under which licence names are quoted, where any are.
    pub licence: Option<String>,
}

impl Page {
    /// A part's value in JSON.
    pub fn value(&self, key: &str) -> Option<Value> {
        self.json().get(key).cloned()
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("id".into(), json!(self.id));
        object.insert("what".into(), json!(self.what));
        object.insert("title".into(), json!(self.title));
        object.insert("licence".into(), json!(self.licence));
        let text = |text: &String| if text.is_empty() { Value::Null } else { json!(text) };
        for part in &self.parts {
            let value = match &part.body {
                Body::Fact(value, _) => value.clone(),
                Body::Text(words) | Body::Block(words) => text(words),
                Body::Items(items) => json!(items),
                Body::Entries(entries) => {
                    entries.iter().map(|entry| json!({"id": entry.id, "title": entry.title, "text": text(&entry.text)})).collect()
                }
            };
            object.insert(part.key.into(), value);
        }
        Value::Object(object)
    }

    fn facts(&self) -> impl Iterator<Item = (&Part, &String)> {
        self.parts.iter().filter(|part| !part.is_empty()).filter_map(|part| match &part.body {
            Body::Fact(_, said) => Some((part, said)),
            _ => None,
        })
    }

    fn sections(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| !part.is_empty() && !matches!(part.body, Body::Fact(..)))
    }

    /// For people, with styles as escapes.
    pub fn human(&self, width: usize) -> String {
        let mut out = format!("{ID}{}{Reset} {DIM}({}){Reset}\n", self.id, self.what);
        push_bold(&mut out, &wrap(&self.title, width, "", ""));
        let labels = self.facts().map(|(part, _)| part.heading.chars().count()).max().unwrap_or(0);
        if labels > 0 {
            out.push('\n');
        }
        for (part, said) in self.facts() {
            let label = format!("  {:labels$}  ", part.heading);
            out.push_str(&wrap(said, width, &label, &" ".repeat(labels + 4)));
        }
        for part in self.sections() {
            let _ = writeln!(out, "\n{BOLD}{}{Reset}", part.heading);
            match &part.body {
                Body::Fact(..) => {}
                Body::Text(text) => out.push_str(&wrap(text, width, "  ", "  ")),
                Body::Items(items) => items.iter().for_each(|item| out.push_str(&wrap(item, width, "  - ", "    "))),
                Body::Entries(entries) => entries.iter().for_each(|entry| push_entry(&mut out, entry, width)),
                Body::Block(block) => block.lines().for_each(|line| push_line(&mut out, line)),
            }
        }
        out
    }

    /// For a page on a forge. Everything on it is ours, so nothing needs escaping but the marks in titles.
    pub fn markdown(&self) -> String {
        let mut out = format!("## `{}`\n\n*{}*: {}\n", self.id, self.what, plain(&self.title));
        for (index, (part, said)) in self.facts().enumerate() {
            let _ = writeln!(out, "{}- {}: {}", if index == 0 { "\n" } else { "" }, part.heading, plain(said));
        }
        for part in self.sections() {
            let _ = write!(out, "\n### {}\n\n", part.heading);
            match &part.body {
                Body::Fact(..) => {}
                Body::Text(text) => out.push_str(&format!("{}\n", plain(text))),
                Body::Items(items) => items.iter().for_each(|item| out.push_str(&format!("- {}\n", plain(item)))),
                Body::Entries(entries) => entries.iter().for_each(|entry| {
                    let more = if entry.text.is_empty() { String::new() } else { format!(" {}", plain(&entry.text)) };
                    out.push_str(&format!("- `{}`: {}{more}\n", entry.id, plain(&entry.title)));
                }),
                Body::Block(block) => out.push_str(&format!("```toml\n{}\n```\n", block.trim_end())),
            }
        }
        out
    }
}

fn push_bold(out: &mut String, lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(out, "{BOLD}{line}{Reset}");
    }
}

fn push_entry(out: &mut String, entry: &Entry, width: usize) {
    let lead = format!("  {}  ", entry.id);
    let set = wrap(&entry.title, width, &lead, "      ");
    let rest = set.strip_prefix(&lead).unwrap_or(&set);
    let _ = write!(out, "  {ID}{}{Reset}  {rest}", entry.id);
    if !entry.text.is_empty() {
        out.push_str(&wrap(&entry.text, width, "      ", "      "));
    }
}

fn push_line(out: &mut String, line: &str) {
    match line.trim_start().starts_with('#') {
        true => {
            let _ = writeln!(out, "  {DIM}{line}{Reset}");
        }
        false if line.is_empty() => out.push('\n'),
        false => {
            let _ = writeln!(out, "  {line}");
        }
    }
}

/// Marks that Markdown or HTML would act on.
fn plain(text: &str) -> String {
    text.replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_")
}
