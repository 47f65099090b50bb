//! `provenance`: how an artefact was built, from what, and by whom, as the builder says it.

mod subjects;

use jiff::civil::Date;

use self::subjects::Held;
use super::keys::{self, NamedKey};
use super::{Ask, Gap, Proof, Verified, Verifier, calendar, sigstore};
use crate::formats::dsse::{Carrier, Signed};
use crate::formats::moment;
use crate::formats::provenance::{self as format, Provenance};
use crate::formats::public_key::PublicKey;
use crate::formats::sigstore::{Over, Seal};
use crate::formats::slug::Slug;
use crate::input::reader::quoted;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct BuildProvenance;

impl Verifier for BuildProvenance {
    fn kind(&self) -> &'static str {
        "provenance"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is an in-toto Statement with SLSA provenance, or an in-toto link, alone, in a DSSE envelope or in a Sigstore bundle; or one of these on each line.",
            "An envelope's or a link's signature verifies with the key of [product.keys] that the entry names.",
            "A Sigstore bundle verifies offline with the trust root of the public-good instance: signature, certificate, certificate log, transparency log, time.",
            "Its certificate is for the `identity` and by the `issuer` that the entry states, and for the repository and commit that the statement names.",
            "The day of the build that the statement names is not in the future, nor longer ago than `max-age-days`, nor after the day of signing.",
            "It names a builder, and the builder and source repository that `expect` states; else a source that is not somebody else's.",
            "The digest of a subject that is in this tree is that of the tracked file; a Git LFS pointer's counts.",
            "It is about this tree: a subject is a tracked file, or a commit that it was built from is in this history; else it is evidenced at most.",
        ]
    }

    fn limits(&self) -> &'static str {
        "A bundle of another instance of Sigstore, such as GitHub's for private repositories, cannot be verified; what the builder says is taken at its word. \
         The keys stand in the declaration, which is part of the tree: what protects them is --base, or the owners of that file."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"provenance\"\npath = \"release/ledger.intoto.json\"\nkey = \"builder\"\nsubject = \"release/SHA256SUMS\"\nexpect = \"builder = https://ci.ledger.example/builder, source = https://forge.example/ledger\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.to_string();
    let text = ask.text()?;
    let read = ask.content(format::read_all)?;
    let mut gaps = Vec::new();
    let mut proofs = Vec::new();
    for (range, says) in &read.statements {
        let piece = Piece { path: &path, text: text.get(range.clone()).unwrap_or_default(), from: range.start, says };
        proofs.push(one(ask, &piece, &mut gaps)?);
    }
    Ok(Verified::from_gaps(super::at_most(gaps), || {
        let assurance = proofs.iter().map(|(assurance, _)| *assurance).min().unwrap_or(Assurance::Asserted);
        let mut said = proofs.iter().map(|(_, text)| text.as_str());
        let others = match (proofs.len().saturating_sub(1), read.others) {
            (0, 0) => String::new(),
            (more, 0) => format!("; {more} more of it hold as well"),
            (more, others) => format!("; {more} more of it hold as well, and {others} of other kinds were not looked at"),
        };
        Proof::new(assurance, one_line(&format!("{path} {}{others}", said.next().unwrap_or_default()), limits::MESSAGE_CHARS))
    }))
}

/// One statement of the cited file.
struct Piece<'a> {
    path: &'a str,
    text: &'a str,
    /// Where the text starts in the file.
    from: usize,
    says: &'a Provenance,
}

/// How far one statement lifts an attestation, and what is to be said of it.
fn one(ask: &Ask<'_>, piece: &Piece<'_>, gaps: &mut Vec<Gap>) -> Result<(Assurance, String), Verified> {
    let Piece { path, says, .. } = *piece;
    let (assurance, by, seal) = signature(ask, piece)?;
    gaps.extend(expected(ask, path, says)?);
    gaps.extend(seal.as_ref().and_then(|seal| certified(ask, path, says, seal)));
    gaps.extend(of_another_owner(ask, path, says));
    gaps.extend(dated(ask, path, says, seal.as_ref()));
    if says.is_slsa && says.builder.is_none() {
        gaps.push(ask.gap_at(says.at.clone(), "no-builder", format!("{path} names no builder"), "let the builder write it anew"));
    }
    if says.subjects.is_empty() {
        gaps.push(ask.gap_at(
            says.at.clone(),
            "no-subject",
            format!("{path} has no subject, so it is about nothing"),
            "let the builder write it anew",
        ));
    }
    let (about, is_bound) = match subjects::held(ask, path, says, gaps)? {
        Held::Here(files) => (files, true),
        Held::Nowhere => commit_here(ask, says),
    };
    // What nothing in this tree or its history is bound to may be about anything.
    let assurance = if is_bound { assurance } else { assurance.min(Assurance::Evidenced) };
    let builder = says.builder.as_deref().map_or_else(String::new, |id| format!(" by {}", one_line(id, limits::QUOTED_CHARS)));
    Ok((assurance, format!("({}): built{builder}; {about}; {by}", says.predicate)))
}

/// Whether it was built from a commit of this history, which binds it to the product where none of its subjects does; and what is
/// to be said of that.
fn commit_here(ask: &Ask<'_>, says: &Provenance) -> (String, bool) {
    let mut unknown = false;
    for commit in says.sources.iter().filter_map(|source| source.commit.as_deref()).take(limits::PROVENANCE_SOURCES) {
        match ask.view.is_in_history(commit) {
            Some(true) => {
                return (
                    format!("none of its subjects is in this tree, the commit {commit} that it was built from is in this history"),
                    true,
                );
            }
            Some(false) => {}
            None => unknown = true,
        }
    }
    let commits =
        if unknown { "and whether its commit is in this history cannot be told" } else { "and it names no commit of this history" };
    (format!("none of its subjects is in this tree, {commits}, so nothing here is bound to it"), false)
}

/// How far the signature lifts it, what is to be said of it, and what the certificate of a bundle says.
fn signature(ask: &Ask<'_>, piece: &Piece<'_>) -> Result<(Assurance, String, Option<Seal>), Verified> {
    let Piece { path, says, .. } = *piece;
    let key = keys::named(ask)?;
    let stated = ask.evidence.text("identity").or_else(|| ask.evidence.text("issuer"));
    let refuse =
        |fault, message: String, remedy: &str, span| Err(Verified::gap(Gap { cited: Some(span), ..Gap::failed(fault, message, remedy) }));
    match (&says.carrier, key, stated) {
        (Carrier::Bundle(_), Some(_), Some(stated)) => {
            let message = format!("{path} is a Sigstore bundle, which one signer signs, and the entry names a `key` and an `identity`");
            refuse(
                "identity",
                message,
                "leave out `key` where a certificate signs, or `identity` and `issuer` where the key does",
                stated.span,
            )
        }
        (Carrier::Bundle(signed), None, _) => bundle(ask, piece, signed),
        (_, _, Some(stated)) => {
            let message = format!("`identity` has nothing to be held against: {path} carries no certificate that is read");
            refuse("identity", message, "remove it, and name the `key` that signs", stated.span)
        }
        (Carrier::Bare, Some(NamedKey { name, span, .. }), None) => {
            let message = format!("{path} is not signed, so the key {} does not vouch for it", quoted(&name));
            refuse("unsigned", message, "cite the signed envelope, or leave `key` out: it then counts as evidenced", span)
        }
        (Carrier::Bare, None, None) => Ok((Assurance::Evidenced, "it is not signed".to_owned(), None)),
        (Carrier::Signed(_), None, None) => {
            Ok((Assurance::Evidenced, "its signature was not verified, since the entry names no `key`".to_owned(), None))
        }
        (Carrier::Signed(signed) | Carrier::Bundle(signed), Some(key), None) => {
            verified(ask, path, signed, &key).map(|(assurance, by)| (assurance, by, None))
        }
    }
}

/// A bundle that a certificate signs. Whoever signed it, it must hold; it is verified only where the entry states who.
fn bundle(ask: &Ask<'_>, piece: &Piece<'_>, signed: &Signed) -> Result<(Assurance, String, Option<Seal>), Verified> {
    let digests = piece.says.subjects.iter().take(limits::PROVENANCE_SUBJECTS).flat_map(|subject| subject.digests.iter().cloned());
    let digests: Vec<(String, String)> = digests.collect();
    let over = Over::Statement { message: &signed.message, digests: &digests };
    let sealed = sigstore::verified(ask, piece.path, piece.text, piece.from, &over)?;
    let who = sealed.who();
    match sealed.is_stated {
        true => Ok((Assurance::Verified, format!("signed by {who}"), Some(sealed.seal))),
        false => Ok((Assurance::Evidenced, format!("signed by {who}, whom the entry does not state"), Some(sealed.seal))),
    }
}

/// What a job may say of its source is what the provider of its identity says of the job.
fn certified(ask: &Ask<'_>, path: &str, says: &Provenance, seal: &Seal) -> Option<Gap> {
    let repository = format::repository(seal.repository.as_deref()?);
    let mut own = says.sources.iter().filter(|source| source.repository() == repository).peekable();
    let gap = |fault, what: String| {
        let message = one_line(&format!("{path}: its certificate was given to a job of {what}"), limits::MESSAGE_CHARS);
        ask.gap_at(says.at.clone(), fault, message, "cite what the builder signed in the repository that it built")
    };
    if own.peek().is_none() {
        let named = says.sources.first().map(|source| quoted(&source.uri))?;
        return Some(gap("certified-source", format!("{}, and it says that it was built from {named}", quoted(&repository))));
    }
    let commit = seal.commit.as_deref()?;
    let mut commits = own.filter_map(|source| source.commit.as_deref()).peekable();
    let first = *commits.peek()?;
    let is_one = commits.any(|own| own.eq_ignore_ascii_case(commit));
    (!is_one).then(|| {
        let commit = quoted(&one_line(commit, limits::QUOTED_CHARS));
        gap("certified-commit", format!("{} at {commit}, and it says that it was built from the commit {first}", quoted(&repository)))
    })
}

/// Where the entry does not state the source, it is to be of whoever has this product, as far as that is known.
fn of_another_owner(ask: &Ask<'_>, path: &str, says: &Provenance) -> Option<Gap> {
    if ask.evidence.text("expect").is_some_and(|expect| expect.value.contains("source")) {
        return None;
    }
    let slugs: Vec<Slug> =
        says.sources.iter().take(limits::PROVENANCE_SOURCES).filter_map(|source| Slug::of_address(&source.uri)).collect();
    let (theirs, ours) = ask.stranger(&slugs)?;
    let message = format!("{path} was built from {theirs}, and this product is {ours}");
    let remedy = "cite the provenance of this product, or state in `expect` the source that it is built from; in a clone of a fork, add a remote for what it was forked from";
    Some(ask.gap_at(says.at.clone(), "other-owner", message, remedy))
}

const BUILD_ANEW: &str = "cite the provenance of the current release";

/// When it was built: not in the future, within `max-age-days`, and not after it was signed.
fn dated(ask: &Ask<'_>, path: &str, says: &Provenance, seal: Option<&Seal>) -> Vec<Gap> {
    let here = |gap: Gap| Gap { at: ask.range(says.at.clone()), remedy: BUILD_ANEW.into(), ..gap };
    let Some(built) = says.built.finished.or(says.built.started) else {
        // The certificate of a bundle says when it was signed, which was held against the entry already.
        let limit = ask.evidence.max_age_days.as_ref().filter(|_| seal.is_none());
        let undated = limit.map(|limit| {
            let message = format!("{path} does not say when it was built, where {} days are allowed", limit.value);
            let remedy = "let the builder state when the build finished, or cite a Sigstore bundle, which is dated by the log";
            Gap { cited: Some(limit.span), ..Gap::failed("undated", message, remedy) }
        });
        return undated.into_iter().collect();
    };
    let mut gaps: Vec<Gap> = ask.too_old(built, &format!("the build that {path} tells of")).map(here).into_iter().collect();
    let before = seal.map(|seal| moment::utc_date(seal.signed)).filter(|signed| is_before(*signed, built));
    gaps.extend(before.map(|signed| {
        let message = format!("{path} says that the build was on {built}, and it was signed on {signed}, before that");
        ask.gap_at(says.at.clone(), "signed-before", message, "let the builder write it anew")
    }));
    gaps
}

/// Whether something was signed before it was built, with a day's grace: the clock of a builder is not that of the log.
fn is_before(signed: Date, built: Date) -> bool {
    calendar::days_between(signed, built) > 1
}

/// Whether the named key signs what an envelope holds.
pub(super) fn verified(ask: &Ask<'_>, path: &str, signed: &Signed, named: &NamedKey) -> Result<(Assurance, String), Verified> {
    let PublicKey::Plain(key) = &named.key else {
        let message = format!("the key {} is {}, and an envelope needs a PEM key", quoted(&named.name), named.key.kind());
        return Err(Verified::gap(Gap { cited: Some(named.span), ..Gap::failed("key", message, "name the key that signs") }));
    };
    if signed.signatures.iter().any(|signature| key.verifies(&signed.message, signature)) {
        return Ok((Assurance::Verified, format!("signed by the key {}", quoted(&named.name))));
    }
    let message = format!(
        "{path} carries no signature by the key {} over what it says: it was changed after signing, or another key signed",
        quoted(&named.name)
    );
    Err(Verified::gap(ask.gap_at(signed.at.clone(), "signature", message, "let the builder write it anew, or name the key that signs")))
}

/// What `expect` states.
fn expected(ask: &Ask<'_>, path: &str, says: &Provenance) -> Result<Vec<Gap>, Verified> {
    let Some(expect) = ask.evidence.text("expect") else { return Ok(Vec::new()) };
    let cite = |gap: Gap| Gap { cited: Some(expect.span), ..gap };
    let mut gaps = Vec::new();
    for part in expect.value.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('=').map(|(what, value)| (what.trim(), value.trim())) {
            Some(("builder", wanted)) if !wanted.is_empty() => gaps.extend(builder(path, says, wanted).map(cite)),
            Some(("source", wanted)) if !wanted.is_empty() => gaps.extend(source(ask, path, says, wanted).map(cite)),
            _ => {
                let message = format!("`expect` says {}, which is not understood", quoted(part));
                return Err(Verified::gap(cite(Gap::failed(
                    "expect",
                    message,
                    "write `builder = ADDRESS`, `source = ADDRESS`, or both with a comma between them",
                ))));
            }
        }
    }
    Ok(gaps)
}

fn builder(path: &str, says: &Provenance, wanted: &str) -> Option<Gap> {
    let found = says.builder.as_deref().unwrap_or_default();
    let same = found == wanted || !wanted.contains('@') && found.split_once('@').is_some_and(|(id, _)| id == wanted);
    let named = if found.is_empty() { "no builder".to_owned() } else { quoted(found) };
    (!same).then(|| {
        Gap::failed(
            "builder",
            format!("{path} names {named}, where `expect` asks for the builder {}", quoted(wanted)),
            "cite what that builder built, or correct `expect`",
        )
    })
}

fn source(ask: &Ask<'_>, path: &str, says: &Provenance, wanted: &str) -> Option<Gap> {
    let wanted = format::repository(wanted);
    let mut own = says.sources.iter().filter(|source| source.repository() == wanted).peekable();
    if own.peek().is_none() {
        let named = says.sources.first().map_or("no source".to_owned(), |source| quoted(&source.uri));
        let message = format!("{path} was built from {named}, where `expect` asks for {}", quoted(&wanted));
        return Some(Gap::failed("source", message, "cite what was built from this repository, or correct `expect`"));
    }
    let strange = own.filter_map(|source| source.commit.as_deref()).find(|commit| ask.view.is_in_history(commit) == Some(false))?;
    let message = format!("{path} was built from the commit {strange}, which is not in this history");
    Some(Gap::failed("commit", message, "cite what was built from this history"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_was_signed_the_day_before_it_was_built_is_two_clocks_and_earlier_is_a_contradiction() {
        let built = date(2026, 3, 1);
        for (signed, before) in [(date(2026, 3, 9), false), (built, false), (date(2026, 2, 28), false), (date(2026, 2, 27), true)] {
            assert_eq!(is_before(signed, built), before, "{signed}");
        }
    }
}
