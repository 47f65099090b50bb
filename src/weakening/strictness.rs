//! What each key makes a piece of evidence ask for, and when a change makes it ask for less: one table over all keys.
//!
//! What a renewal moves (a date, a digest, a path, a certificate's number) is no demand, so that it stands in no row.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::branch_expect;
use crate::evidence::comparison::{self, Comparison};
use crate::formats::provenance;
use crate::input::reader::quoted;
use crate::model::attestation::{Detail, Evidence};
use crate::model::outcome::Level;
use crate::source::Span;

/// What a piece asks no more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Less {
    /// An error where it surely asks for less; lower where it asks for something else, which may be less.
    pub(super) level: Level,
    /// In words that follow the piece's name and a colon.
    pub(super) what: String,
}

impl Less {
    fn surely(what: String) -> Option<Self> {
        Some(Self { level: Level::Error, what })
    }

    fn perhaps(level: Level, what: String) -> Option<Self> {
        Some(Self { level, what })
    }
}

/// Compares a piece of the base with those that stand in its place; a demand that any of these still makes is not lost.
type Compare = fn(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less>;

/// One row: a key, the kinds for which it is meant, and the comparison.
pub(super) struct Demand {
    /// As it is written.
    pub(super) key: &'static str,
    kinds: Kinds,
    /// What is lost of it.
    pub(super) less: Compare,
}

enum Kinds {
    All,
    Of(&'static [&'static str]),
}

impl Demand {
    /// Whether the row is about this piece.
    pub(super) fn is_about(&self, piece: &Evidence) -> bool {
        self.covers(piece.kind.value.name)
    }

    fn covers(&self, kind: &str) -> bool {
        match self.kinds {
            Kinds::All => true,
            Kinds::Of(kinds) => kinds.contains(&kind),
        }
    }
}

const fn demand(key: &'static str, kinds: Kinds, less: Compare) -> Demand {
    Demand { key, kinds, less }
}

/// See the module's documentation.
pub(super) static DEMANDS: &[Demand] = &[
    demand("pin", Kinds::All, unpinned),
    demand("max-age-days", Kinds::All, older),
    demand("names", Kinds::All, further_names),
    demand("sections", Kinds::All, fewer),
    demand("columns", Kinds::All, fewer),
    demand("job", Kinds::All, named),
    demand("tool", Kinds::All, named),
    demand("key", Kinds::All, named),
    demand("identity", Kinds::All, signer),
    demand("issuer", Kinds::All, signer),
    demand("subject", Kinds::Of(&["provenance"]), dropped),
    demand("level", Kinds::Of(&["certificate"]), lower_level),
    demand("expect", Kinds::Of(&["junit", "coverage", "best-practices", "scorecard", "osps"]), figures),
    demand("expect", Kinds::Of(&["branch-rules"]), branch_rules),
    demand("expect", Kinds::Of(&["codeowners", "store-listing"]), fewer),
    demand("expect", Kinds::Of(&["provenance"]), origin),
    demand("expect", Kinds::Of(&["workflow"]), command),
    demand("expect", Kinds::Of(&["android-manifest", "apple-plist", "privacy-manifest"]), answered),
    demand("expect", Kinds::Of(&["value", "evaluation"]), expression),
];

/// Where a piece writes a key.
pub(super) fn written(piece: &Evidence, key: &str) -> Option<Span> {
    match key {
        "pin" => piece.pin.as_ref().map(|pin| pin.span),
        "max-age-days" => piece.max_age_days.as_ref().map(|days| days.span),
        "names" => piece.names.first().map(|name| name.span),
        _ => match piece.details.get(key)? {
            Detail::Text(text) => Some(text.span),
            Detail::Texts(texts) => texts.first().map(|text| text.span),
            Detail::Count(count) => Some(count.span),
            Detail::Date(date) => Some(date.span),
        },
    }
}

fn text<'e>(piece: &'e Evidence, key: &str) -> Option<&'e str> {
    piece.text(key).map(|text| text.value.trim())
}

/// What the pieces write under a key; nothing of those that leave it out.
fn texts<'e>(pieces: &[&'e Evidence], key: &str) -> Vec<&'e str> {
    pieces.iter().filter_map(|piece| text(piece, key)).collect()
}

fn goes(key: &str, from: &str, to: &[&str]) -> String {
    match to.first() {
        Some(to) => format!("`{key}` goes from {} to {}", quoted(from), quoted(to)),
        None => format!("`{key}` is dropped; it was {}", quoted(from)),
    }
}

fn dropped(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let before = text(was, key)?;
    if texts(now, key).is_empty() { Less::surely(goes(key, before, &[])) } else { None }
}

/// A name that may change with what it names, but not go.
fn named(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let (before, after) = (text(was, key)?, texts(now, key));
    match after.iter().any(|name| name.eq_ignore_ascii_case(before)) {
        true => None,
        false if after.is_empty() => dropped(key, was, now),
        false => Less::perhaps(Level::Note, goes(key, before, &after)),
    }
}

fn unpinned(_: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let lost = was.pin.is_some() && now.iter().all(|piece| piece.pin.is_none());
    if lost { Less::surely("its `pin` is dropped, so that it may change without a review".to_owned()) } else { None }
}

/// What holds is compared: the entry's bound can only tighten the kind's.
fn older(_: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let bound = |piece: &Evidence| {
        let own = piece.max_age_days.as_ref().map(|days| days.value);
        [piece.kind.value.fresh_days.map(i64::from), own].into_iter().flatten().min().unwrap_or(i64::MAX)
    };
    let (before, after) = (bound(was), now.iter().map(|piece| bound(piece)).min()?);
    if after <= before {
        return None;
    }
    let may = if after == i64::MAX { "of any age".to_owned() } else { format!("{after} days old") };
    Less::surely(format!("it may be {may}, where it was held to {before} days"))
}

fn further_names(_: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let known: BTreeSet<&str> = was.names.iter().map(|name| name.value.as_str()).collect();
    let further = |piece: &&Evidence| piece.names.iter().find(|name| !known.contains(name.value.as_str())).map(|name| quoted(&name.value));
    let added: Vec<String> = now.iter().map(further).collect::<Option<_>>()?;
    Less::perhaps(Level::Warning, format!("`names` has {}, so that what is about that counts too", added.first()?))
}

/// Names of which each must be there: in an array, or between commas.
fn fewer(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let listed = |piece: &Evidence| -> Vec<String> {
        let parts = text(piece, key).into_iter().flat_map(|text| text.split(','));
        let all = parts.chain(piece.texts(key).iter().map(|text| text.value.as_str()));
        all.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    };
    fewer_of(key, &listed(was), &now.iter().flat_map(|piece| listed(piece)).collect::<Vec<_>>())
}

fn fewer_of(key: &str, before: &[String], after: &[String]) -> Option<Less> {
    let absent = |names: &[String], name: &String| !names.iter().any(|other| other.eq_ignore_ascii_case(name));
    let lost: Vec<String> = before.iter().filter(|name| absent(after, name)).map(|name| quoted(name)).collect();
    let added: Vec<String> = after.iter().filter(|name| absent(before, name)).map(|name| quoted(name)).collect();
    match (lost.len(), added.len()) {
        (0, _) => None,
        (lost_count, added_count) if added_count >= lost_count => {
            Less::perhaps(Level::Note, format!("`{key}` has {} in place of {}", added.join(", "), lost.join(", ")))
        }
        _ => Less::surely(format!("`{key}` has {} no more", lost.join(", "))),
    }
}

/// Who must have signed, and on whose word; the tag that ends the identity of a workflow moves with every release.
fn signer(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let stem = |who: &str| who.split_once("@refs/tags/").map_or(who, |(workflow, _)| workflow).to_owned();
    let (before, after) = (text(was, key)?, texts(now, key));
    if after.iter().any(|who| stem(who) == stem(before)) { None } else { Less::surely(goes(key, before, &after)) }
}

fn lower_level(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let (before, after) = (text(was, key)?, texts(now, key));
    let is_plus = |level: &str| level.ends_with("Plus");
    if is_plus(before) && !after.iter().any(|level| is_plus(level)) { Less::surely(goes(key, before, &after)) } else { None }
}

/// Comparisons of a report's figures; an `osps` evaluation without any lets no control fail.
fn figures(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let kind = was.kind.value.name;
    let default = if kind == "osps" { Some("failed == 0") } else { None };
    let before = text(was, key).or(default)?;
    let after: Vec<&str> = now.iter().filter_map(|piece| text(piece, key).or(default)).collect();
    let whole = !matches!(kind, "coverage" | "scorecard");
    let read = comparisons(before)?;
    let holds = |text: &&str| comparisons(text).is_none_or(|own| is_within(&own, &read, whole));
    if after.iter().any(holds) { None } else { Less::surely(goes(key, before, &after)) }
}

fn comparisons(text: &str) -> Option<Vec<Comparison>> {
    comparison::read(text, |_| true)
}

/// Whether whatever holds the one holds the other.
fn is_within(one: &[Comparison], other: &[Comparison], whole: bool) -> bool {
    other.iter().all(|asked| {
        let (low, high) = comparison::bounds(other, &asked.name, whole);
        let (least, most) = comparison::bounds(one, &asked.name, whole);
        least >= low && most <= high
    })
}

fn branch_rules(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let before = branch_expect::read(text(was, key)?).ok()?;
    let written = texts(now, key);
    // What cannot be read fails where it is judged.
    let after: Vec<_> = written.iter().map(|text| branch_expect::read(text)).collect::<Result<_, _>>().ok()?;
    let kept =
        after.iter().any(|own| own.reviews >= before.reviews && own.code_owners >= before.code_owners && own.no_bypass >= before.no_bypass);
    let asks = before.reviews > 1 || before.code_owners || before.no_bypass;
    if asks && !kept {
        return Less::surely(goes(key, text(was, key)?, &written));
    }
    fewer_of(key, &before.checks, &after.into_iter().flat_map(|own| own.checks).collect::<Vec<_>>())
}

/// Who built it, and from what.
fn origin(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let stated = |text: &str| -> BTreeMap<String, String> {
        let parts = text.split(',').filter_map(|part| part.split_once('='));
        let plain = |what: &str, value: &str| match what {
            "source" => provenance::repository(value),
            _ => value.split_once('@').map_or(value, |(id, _)| id).to_owned(),
        };
        parts.map(|(what, value)| (what.trim().to_owned(), plain(what.trim(), value.trim()))).collect()
    };
    let (before, after) = (text(was, key)?, texts(now, key));
    let (asked, own) = (stated(before), after.iter().map(|text| stated(text)).collect::<Vec<_>>());
    let open = asked.iter().filter(|(what, value)| !own.iter().any(|stated| stated.get(*what) == Some(*value)));
    let lost: Vec<bool> = open.map(|(what, _)| own.iter().all(|stated| !stated.contains_key(what))).collect();
    match lost.as_slice() {
        [] => None,
        lost if lost.contains(&true) => Less::surely(goes(key, before, &after)),
        _ => Less::perhaps(Level::Warning, goes(key, before, &after)),
    }
}

/// What a job must run: a longer text asks for more.
fn command(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let (before, after) = (text(was, key)?, texts(now, key));
    match after.iter().any(|text| text.contains(before)) {
        true => None,
        false => named(key, was, now),
    }
}

/// What somebody answers for: a longer list lets through more, and without one most is compared with nothing.
fn answered(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let (before, after) = (text(was, key)?, texts(now, key));
    if after.is_empty() {
        return dropped(key, was, now);
    }
    let listed =
        |text: &str| -> BTreeSet<String> { text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect() };
    let known = listed(before);
    let added = after.iter().map(|text| listed(text).difference(&known).map(|name| quoted(name)).collect::<Vec<_>>());
    let fewest = added.min_by_key(Vec::len).filter(|names| !names.is_empty())?;
    Less::perhaps(Level::Note, format!("`{key}` newly answers for {}", fewest.join(", ")))
}

/// An expression: which of two asks for more is known only where they are comparisons with numbers, or one has all parts of the other.
fn expression(key: &str, was: &Evidence, now: &[&Evidence]) -> Option<Less> {
    let (before, after) = (text(was, key)?, texts(now, key));
    if after.is_empty() {
        return dropped(key, was, now);
    }
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    let parts = |text: &str| -> BTreeSet<String> {
        let single = text.contains(['|', '?', '(', '[', '{', '"', '\'']);
        if single { BTreeSet::from([plain(text)]) } else { text.split("&&").map(plain).collect() }
    };
    let asked = parts(before);
    if after.iter().any(|text| parts(text).is_superset(&asked)) {
        return None;
    }
    let (read, own): (_, Vec<_>) = (comparisons(before), after.iter().filter_map(|text| comparisons(text)).collect());
    match read.filter(|_| own.len() == after.len()) {
        Some(read) if own.iter().any(|own| is_within(own, &read, false)) => None,
        Some(_) => Less::surely(goes(key, before, &after)),
        None => Less::perhaps(Level::Warning, goes(key, before, &after)),
    }
}

#[cfg(test)]
mod tests;
