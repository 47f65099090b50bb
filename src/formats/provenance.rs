//! Build provenance: in-toto Statements (v0.1 and v1) with SLSA provenance (v0.1 to v1) or link predicates, and in-toto links, alone
//! or as [`super::dsse`] carries them. Nothing is verified here but the form.

use std::ops::Range;

use jiff::civil::Date;

use super::dsse::{self, Carrier, signatures_of};
use super::moment;
use super::tree::{BadDocument, Node, Syntax, Value, read};
use crate::limits;

const STATEMENTS: &[&str] = &["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"];
const SLSA: &[&str] = &["https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v0.1"];
const LINKS: &[&str] = &["https://in-toto.io/attestation/link/v0.3", "https://in-toto.io/Link/v1"];

/// An artefact that provenance is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// Its digests: algorithm and hex digits in lower case.
    pub digests: Vec<(String, String)>,
    /// Where it stands in the file.
    pub at: Range<usize>,
}

/// Where something was built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its address.
    pub uri: String,
    /// The commit, where one is named.
    pub commit: Option<String>,
}

/// The UTC days of a build, as far as they are named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Built {
    /// On which it began.
    pub started: Option<Date>,
    /// On which it ended.
    pub finished: Option<Date>,
}

/// What provenance says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// How it is carried.
    pub carrier: Carrier,
    /// Its predicate, for messages.
    pub predicate: String,
    /// Whether the predicate must name a builder.
    pub is_slsa: bool,
    /// Who built.
    pub builder: Option<String>,
    /// From what.
    pub sources: Vec<Source>,
    /// What was built.
    pub subjects: Vec<Subject>,
    /// When.
    pub built: Built,
    /// Where the statement stands.
    pub at: Range<usize>,
}

fn bad(message: impl Into<String>, at: Range<usize>) -> BadDocument {
    BadDocument { message: message.into(), at: Some(at) }
}

/// The statements of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statements {
    /// The provenance in it, and where each of the documents stands.
    pub statements: Vec<(Range<usize>, Provenance)>,
    /// How many statements of other kinds stand beside it.
    pub others: usize,
}

/// Reads a file: one document, or one on each line, as `gh attestation download` writes them.
///
/// # Errors
/// What is wrong with its form, with the place; lines of which none is provenance, and too many.
pub fn read_all(text: &str) -> Result<Statements, BadDocument> {
    let Some(lines) = documents(text)? else {
        return Ok(Statements { statements: vec![(0..text.len(), parse(text)?)], others: 0 });
    };
    let mut found = Statements { statements: Vec::new(), others: 0 };
    for range in lines {
        let line = text.get(range.clone()).unwrap_or_default();
        let moved = |bad: BadDocument| BadDocument { at: bad.at.map(|at| later(at, range.start)).or(Some(range.clone())), ..bad };
        if is_of_another_kind(line) {
            found.others += 1;
        } else {
            let says = parse(line).map_err(moved)?.later(range.start);
            found.statements.push((range, says));
        }
    }
    match found.statements.is_empty() {
        true => Err(bad(format!("none of its {} statements is provenance that is read", found.others), 0..text.len())),
        false => Ok(found),
    }
}

/// The lines of a file that has a document on each; none where it is one document.
fn documents(text: &str) -> Result<Option<Vec<Range<usize>>>, BadDocument> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if !bare.is_empty() {
            if !(bare.starts_with('{') && bare.ends_with('}')) {
                return Ok(None);
            }
            let from = start + (line.len() - line.trim_start().len());
            lines.push(from..from + bare.len());
        }
        start += line.len();
    }
    match lines.len() {
        0 | 1 => Ok(None),
        2..=limits::PROVENANCE_LINES => Ok(Some(lines)),
        more => Err(bad(format!("it has {more} statements, where at most {} are read", limits::PROVENANCE_LINES), 0..text.len())),
    }
}

fn later(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// Whether a document is a statement, and of a kind that is no provenance.
fn is_of_another_kind(text: &str) -> bool {
    let Ok(whole) = read(Syntax::Json, text) else { return false };
    let Ok(Some(opened)) = dsse::open(&whole) else { return false };
    let Ok(inner) = opened.read() else { return false };
    let is_statement = inner.word("_type").is_some_and(|kind| STATEMENTS.contains(&kind));
    is_statement && inner.word("predicateType").is_some_and(|kind| !SLSA.contains(&kind) && !LINKS.contains(&kind))
}

/// Reads one document.
///
/// # Errors
/// What is wrong with its form, with the place.
pub fn parse(text: &str) -> Result<Provenance, BadDocument> {
    let whole = read(Syntax::Json, text)?;
    if let Some(opened) = dsse::open(&whole)? {
        let inner = opened.read()?;
        return statement(&inner, Some(&opened.at), opened.carrier.clone());
    }
    if let Some(link) = whole.get("signed") {
        return signed_link(&whole, link);
    }
    statement(&whole, None, Carrier::Bare)
}

/// A link as in-toto 0.9 defines it, signed over its canonical JSON.
fn signed_link(whole: &Node<'_>, link: &Node<'_>) -> Result<Provenance, BadDocument> {
    let mut message = String::new();
    canonical(link, &mut message)?;
    let mut signatures = Vec::new();
    for one in whole.at(&["signatures"]).items() {
        let sig = one.get("sig").and_then(Node::text).unwrap_or_default();
        signatures.push(unhex(sig).ok_or_else(|| bad("a signature of the link is not in hex digits", one.range()))?);
    }
    let place = whole.get("signatures").map_or_else(|| whole.range(), Node::range);
    let signed = signatures_of(signatures, message.into_bytes(), place)?;
    statement(link, None, Carrier::Signed(signed))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > 2 * limits::SIGNATURE_BYTES || !text.len().is_multiple_of(2) {
        return None;
    }
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// The canonical JSON that securesystemslib signs: keys sorted, no blanks, only `"` and `\` escaped, whole numbers.
fn canonical(node: &Node<'_>, out: &mut String) -> Result<(), BadDocument> {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Boolean(true) => out.push_str("true"),
        Value::Boolean(false) => out.push_str("false"),
        Value::Number(text) if node.integer().is_some() => out.push_str(text),
        Value::Number(_) => return Err(bad("a signed link holds whole numbers only", node.range())),
        Value::Text(text) => quote(text, out),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                canonical(item, out)?;
            }
            out.push(']');
        }
        Value::Table(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|a, b| a.key.chars().cmp(b.key.chars()));
            out.push('{');
            for (at, entry) in sorted.into_iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                quote(&entry.key, out);
                out.push(':');
                canonical(&entry.node, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
    out.push('"');
}

/// `carried` is where an envelope carries the statement: what stands in it has no place of its own in the file.
fn statement(node: &Node<'_>, carried: Option<&Range<usize>>, carrier: Carrier) -> Result<Provenance, BadDocument> {
    let place = |node: &Node<'_>| carried.cloned().unwrap_or_else(|| node.range());
    let kind = node.word("_type").unwrap_or_default();
    if kind == "link" {
        let subjects = link_products(node, &place)?;
        return Ok(Provenance {
            carrier,
            predicate: "an in-toto link".into(),
            is_slsa: false,
            builder: None,
            sources: Vec::new(),
            subjects,
            built: Built::default(),
            at: place(node),
        });
    }
    if !STATEMENTS.contains(&kind) {
        let found = if kind.is_empty() { "it has no `_type`".to_owned() } else { format!("its _type is {kind:?}") };
        return Err(bad(format!("{found}: an in-toto Statement has {}", STATEMENTS.join(" or ")), place(node)));
    }
    let mut subjects = Vec::new();
    for one in node.at(&["subject"]).items() {
        let name = one.word("name").or_else(|| one.word("uri")).unwrap_or_default();
        subjects.push(subject(name, one.at(&["digest"]), place(one))?);
    }
    let predicate = node.at(&["predicate"]);
    let kind = node.word("predicateType").unwrap_or_default();
    let (is_slsa, builder, sources, built) = match kind {
        "https://slsa.dev/provenance/v1" => {
            let run = predicate.at(&["runDetails"]);
            let built = built(run.at(&["metadata"]), ["startedOn", "finishedOn"], &place)?;
            (true, run.at(&["builder"]).word("id"), sources_1(predicate), built)
        }
        "https://slsa.dev/provenance/v0.2" | "https://slsa.dev/provenance/v0.1" => {
            let built = built(predicate.at(&["metadata"]), ["buildStartedOn", "buildFinishedOn"], &place)?;
            (true, predicate.at(&["builder"]).word("id"), sources_0(predicate), built)
        }
        link if LINKS.contains(&link) => (false, None, Vec::new(), Built::default()),
        "" => return Err(bad("the statement has no `predicateType`", place(node))),
        other => {
            let message = format!(
                "the statement's predicate is {other:?}, which is no provenance that is read: SLSA v0.1, v0.2 or v1, or an in-toto link"
            );
            return Err(bad(message, place(node.at(&["predicateType"]))));
        }
    };
    let (predicate, builder, at) = (kind.to_owned(), builder.map(str::to_owned), place(node));
    Ok(Provenance { carrier, predicate, is_slsa, builder, sources, subjects, built, at })
}

/// When it was built. What stands there and is no time is a fault: read past, it would pass for a build without a day.
fn built(metadata: &Node<'_>, [start, end]: [&str; 2], place: &impl Fn(&Node<'_>) -> Range<usize>) -> Result<Built, BadDocument> {
    let day = |key: &str| match metadata.get(key).filter(|node| !matches!(node.value, Value::Null)) {
        None => Ok(None),
        Some(node) => match node.text().and_then(moment::day) {
            Some(day) => Ok(Some(day)),
            None => Err(bad(format!("the statement's `{key}` is no timestamp"), place(node))),
        },
    };
    let built = Built { started: day(start)?, finished: day(end)? };
    match (built.started, built.finished) {
        (Some(started), Some(finished)) if finished < started => {
            Err(bad(format!("the statement's build ended on {finished}, before it began on {started}"), place(metadata)))
        }
        _ => Ok(built),
    }
}

fn link_products(link: &Node<'_>, place: &impl Fn(&Node<'_>) -> Range<usize>) -> Result<Vec<Subject>, BadDocument> {
    link.at(&["products"]).entries().iter().map(|entry| subject(&entry.key, &entry.node, place(&entry.node))).collect()
}

fn subject(name: &str, digests: &Node<'_>, at: Range<usize>) -> Result<Subject, BadDocument> {
    let mut found = Vec::new();
    for entry in digests.entries() {
        let hex = entry.node.text().unwrap_or_default();
        if hex.is_empty() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(bad(format!("the {} digest of the subject {name:?} is not in hex digits", entry.key), at));
        }
        found.push((entry.key.to_ascii_lowercase().replace('-', ""), hex.to_ascii_lowercase()));
    }
    if found.is_empty() {
        return Err(bad(format!("the subject {name:?} has no digest, so it is bound to nothing"), at));
    }
    Ok(Subject { name: name.to_owned(), digests: found, at })
}

/// SLSA v1: what the build was asked to build, and what it depended on.
fn sources_1(predicate: &Node<'_>) -> Vec<Source> {
    let definition = predicate.at(&["buildDefinition"]);
    let mut sources: Vec<Source> = definition.at(&["resolvedDependencies"]).items().iter().filter_map(dependency).collect();
    let asked = definition.at(&["externalParameters"]);
    let named = [asked.at(&["workflow", "repository"]).text(), asked.at(&["source"]).text(), asked.at(&["source"]).word("uri")];
    sources.extend(named.into_iter().flatten().map(|uri| Source { uri: uri.to_owned(), commit: None }));
    sources
}

/// SLSA v0.1 and v0.2.
fn sources_0(predicate: &Node<'_>) -> Vec<Source> {
    let mut sources: Vec<Source> = predicate.at(&["materials"]).items().iter().filter_map(dependency).collect();
    sources.extend(dependency(predicate.at(&["invocation", "configSource"])));
    sources
}

fn dependency(node: &Node<'_>) -> Option<Source> {
    let digest = node.at(&["digest"]);
    let commit = ["gitCommit", "sha1"].into_iter().find_map(|name| digest.word(name));
    let commit = commit.filter(|id| id.len() == 40).map(str::to_ascii_lowercase);
    Some(Source { uri: node.word("uri")?.to_owned(), commit })
}

impl Provenance {
    /// The same, so many bytes later in the file.
    fn later(mut self, by: usize) -> Self {
        self.at = later(self.at, by);
        for subject in &mut self.subjects {
            subject.at = later(subject.at.clone(), by);
        }
        if let Carrier::Signed(signed) | Carrier::Bundle(signed) = &mut self.carrier {
            signed.at = later(signed.at.clone(), by);
        }
        self
    }
}

impl Source {
    /// The repository without its scheme's `git+`, its revision and a trailing `.git` or `/`, in lower case.
    pub fn repository(&self) -> String {
        repository(&self.uri)
    }
}

/// See [`Source::repository`].
pub fn repository(uri: &str) -> String {
    let bare = uri.strip_prefix("git+").unwrap_or(uri);
    let path_from = bare.find("://").map_or(0, |at| at + 3);
    let path_from = bare.get(path_from..).and_then(|rest| rest.find('/')).map_or(bare.len(), |at| path_from + at);
    let (host, path) = bare.split_at_checked(path_from).unwrap_or((bare, ""));
    let path = path.split(['@', '#', '?']).next().unwrap_or_default().trim_end_matches('/');
    format!("{host}{}", path.strip_suffix(".git").unwrap_or(path)).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn repositories_are_compared_without_revision_and_suffix() {
        for uri in [
            "git+https://forge.example/Acme/Widget@refs/tags/v1",
            "https://forge.example/acme/widget.git",
            "https://forge.example/acme/widget/",
        ] {
            assert_eq!(repository(uri), "https://forge.example/acme/widget", "{uri}");
        }
        assert_ne!(repository("https://forge.example/acme/widget-2"), repository("https://forge.example/acme/widget"));
    }

    fn slsa_1(metadata: &str) -> String {
        let predicate = format!("{{\"runDetails\":{{\"metadata\":{{{metadata}}}}}}}");
        format!(
            "{{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"https://slsa.dev/provenance/v1\",\"predicate\":{predicate}}}"
        )
    }

    #[test]
    fn the_days_of_a_build_are_read_in_utc() {
        let read = |text: &str| parse(text).unwrap().built;
        let whole = read(&slsa_1("\"startedOn\":\"2026-01-31T23:30:00Z\",\"finishedOn\":\"2026-02-01T01:30:00+01:00\""));
        assert_eq!((whole.started, whole.finished), (Some(date(2026, 1, 31)), Some(date(2026, 2, 1))));
        assert_eq!(read(&slsa_1("\"startedOn\":null")), Built::default());
        let old = "{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"predicateType\":\"https://slsa.dev/provenance/v0.2\",\"predicate\":{\"metadata\":{\"buildStartedOn\":\"2026-01-31T23:30:00.5Z\"}}}";
        assert_eq!(read(old), Built { started: Some(date(2026, 1, 31)), finished: None });
    }

    #[test]
    fn what_is_no_provenance_is_named() {
        for (text, says) in [
            ("[", "JSON"),
            ("{}", "it has no `_type`"),
            ("{\"_type\":\"https://in-toto.io/Statement/v9\"}", "an in-toto Statement has"),
            ("{\"_type\":\"https://in-toto.io/Statement/v1\"}", "no `predicateType`"),
            (
                "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"https://spdx.dev/Document\"}",
                "no provenance that is read",
            ),
            ("{\"payload\":\"e30=\"}", "no `payloadType`"),
            ("{\"payload\":\"e30=\",\"payloadType\":\"text/plain\"}", "the envelope's payloadType"),
            ("{\"payload\":\"e30\",\"payloadType\":\"application/vnd.in-toto+json\"}", "payload is not base64"),
            ("{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[]}", "carries no signature"),
            (
                "{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"e30\"}]}",
                "signature of the envelope is not base64",
            ),
            ("{\"mediaType\":\"text/plain\"}", "not that of a Sigstore bundle"),
            ("{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\"}", "holds no DSSE envelope"),
            ("{\"signed\":{\"_type\":\"link\",\"x\":1.5}}", "whole numbers only"),
            (&slsa_1("\"startedOn\":\"yesterday\""), "`startedOn` is no timestamp"),
            (&slsa_1("\"finishedOn\":1700000000"), "`finishedOn` is no timestamp"),
            (&slsa_1("\"startedOn\":\"2026-02-01T00:00:00Z\",\"finishedOn\":\"2026-01-31T00:00:00Z\""), "ended on 2026-01-31, before"),
        ] {
            let why = parse(text).unwrap_err().message;
            assert!(why.contains(says), "{text}: {why}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            let _ = (parse(&text), repository(&text));
        }
    }
}
