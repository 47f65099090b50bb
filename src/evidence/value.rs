//! `value`: what a JSON, YAML or TOML file says, held against an expectation: the tool for what has no kind of its own.

use super::{Ask, Gap, Proof, Verified, Verifier, expected};
use crate::formats::tree::{self, Node, Syntax, Value};
use crate::input::reader::nearest;
use crate::model::outcome::Assurance;
use crate::source::Located;
use crate::text::one_line;

/// Most keys that a message lists.
const LISTED: usize = 8;
/// Most keys that are searched for the nearest.
const SEARCHED: usize = 500;

/// See the module's documentation.
pub(super) struct ExpectedValue;

impl Verifier for ExpectedValue {
    fn kind(&self) -> &'static str {
        "value"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is one document of JSON, YAML or TOML, as its name tells, with no key twice in a table.",
            "`expect` is an expression in the Common Expression Language (CEL) over `doc`, the whole document, `value`, what stands at `key`, and `today`, the date of the check as text.",
            "The value that `key` points at is there, and the expectation comes to true.",
            "The expectation looks at the document, and asks something of it: one that comes to true without it, or of every other document that it is tried on, is refused.",
            "With `max-age-days`, the attestation was reviewed no longer ago.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the file configures what runs, and whether the expectation is the right one, cannot be seen: the owner of the attestation answers for both."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"value\"\npath = \"exports/sign-in-policy.json\"\nkey = \"password.min_length\"\nexpect = \"value >= 12\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.clone();
    let Some(syntax) = Syntax::of(path.file_name()) else {
        let message = format!("{path} is no document that is read: its name ends neither in .json nor in .yaml, .yml or .toml");
        return Err(Verified::gap(Gap::failed("no-document", message, "export it as JSON, YAML or TOML, or cite it as a document")));
    };
    let doc = match ask.gate_files.table_in(&path) {
        None => ask.tree(syntax)?,
        Some(table) => ask.content(|text| {
            let mut doc = tree::read(syntax, text)?.into_owned();
            leave_out(&mut doc, table);
            Ok(doc)
        })?,
    };
    let Some(expect) = ask.evidence.text("expect") else {
        let remedy = "add `expect`: an expression over `doc`, or over `value` with `key`";
        return Err(Verified::gap(Gap::failed("no-expectation", format!("nothing is expected of {path}"), remedy)));
    };
    let value = match ask.evidence.text("key") {
        Some(key) => Some((pointed(ask, &doc, key, path.as_str())?, one_line(&key.value, 80))),
        None => None,
    };
    expected::hold(ask, expect, &doc, value.as_ref().map(|(node, key)| (*node, key.as_str())), path.as_str())?;
    let gaps = ask.evidence.max_age_days.as_ref().and_then(|_| ask.review_too_old(&format!("the review of {path}")));
    let says = match &value {
        Some((node, key)) => format!("{path}: {key} is {}, and {} holds", expected::shown(node), one_line(&expect.value, 300)),
        None => format!("{path}: {} holds", one_line(&expect.value, 300)),
    };
    Ok(Verified::from_gaps(gaps.into_iter().collect(), || Proof::new(Assurance::Verified, says)))
}

/// Takes what stands under keys one below the other out of a document: the declaration is no evidence for itself.
fn leave_out(doc: &mut Node<'_>, way: &[&str]) {
    let (Some((first, rest)), Value::Table(entries)) = (way.split_first(), &mut doc.value) else { return };
    match rest {
        [] => entries.retain(|entry| entry.key != *first),
        _ => entries.iter_mut().filter(|entry| entry.key == *first).for_each(|entry| leave_out(&mut entry.node, rest)),
    }
}

/// What stands at a key: names with dots between them, or a JSON pointer (RFC 6901) where one of them has a dot itself.
fn pointed<'n>(ask: &Ask<'_>, doc: &'n Node<'n>, key: &Located<String>, path: &str) -> Result<&'n Node<'n>, Verified> {
    let written = key.value.trim();
    let names: Vec<String> = match written.strip_prefix('/') {
        Some(pointer) => pointer.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect(),
        None => written.split('.').map(str::to_owned).collect(),
    };
    let declared = ask.file.as_ref().and_then(|file| ask.gate_files.table_in(&file.path));
    if declared.is_some_and(|table| names.iter().map(String::as_str).take(table.len()).eq(table.iter().copied())) {
        let message = format!("{} of {path} is the declaration, and what is declared is no evidence for itself", one_line(written, 120));
        let gap = Gap::failed("itself", message, "cite the document or artefact that shows it");
        return Err(Verified::gap(Gap { cited: Some(key.span), ..gap }));
    }
    let mut here = doc;
    let mut way = Vec::new();
    for name in &names {
        let next = match here.is_list() {
            true => name.parse::<usize>().ok().and_then(|at| here.items().get(at)),
            false => here.get(name),
        };
        let Some(next) = next else {
            let whole = if way.is_empty() { path.to_owned() } else { format!("{} in {path}", one_line(&way.join("."), 120)) };
            let message = format!("{whole} has no {}: {}", one_line(name, 80), holds(here, name));
            let gap = ask.gap_at(here.range(), "no-value", message, "correct `key`, or set the value");
            return Err(Verified::gap(Gap { cited: Some(key.span), ..gap }));
        };
        way.push(name.as_str());
        here = next;
    }
    Ok(here)
}

/// What there is in place of a name that is not there.
fn holds(here: &Node<'_>, name: &str) -> String {
    let keys = || here.entries().iter().map(|entry| entry.key.as_ref());
    if here.is_list() {
        return format!("it is a list of {}", here.items().len());
    }
    if !here.is_table() {
        return format!("it is {}", here.what());
    }
    if let Some(near) = nearest(name, keys().take(SEARCHED)) {
        return format!("did you mean {}?", one_line(near, 80));
    }
    let more = if keys().count() > LISTED { ", …" } else { "" };
    format!("it has {}{more}", one_line(&keys().take(LISTED).collect::<Vec<_>>().join(", "), 300))
}
