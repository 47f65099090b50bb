//! `signed-commits`: the commits behind the tree carry signatures, since a day or a commit.

use jiff::civil::Date;

use super::keys::SshTrust;
use super::signed_object::{Shown, day, id, judge, unjudged, unknown};
use super::{Ask, Gap, Proof, Verified, Verifier, effort};
use crate::input::reader::quoted;
use crate::input::signed_history::Step;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::{count, one_line};

/// See the module's documentation.
pub(super) struct SignedCommits;

impl Verifier for SignedCommits {
    fn kind(&self) -> &'static str {
        "signed-commits"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "Every commit from the one under test back by first parents carries a signature: since the day or after the commit that `id` names, or all.",
            "SSH signatures verify, by the key of [product.keys] or the identity that the entry names, or by allowed signers.",
        ]
    }

    fn limits(&self) -> &'static str {
        "OpenPGP and X.509 signatures are recognised and not verified; commits that came in by the second parent of a merge are not looked at, and neither is \
         what lies in the work tree and not in a commit. Commits choose their own dates, and a key counts on the day that the commit gives itself, as for git."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"signed-commits\"\nid = \"2026-01-01\"\nkey = \"release\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match commits(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

/// Unsigned commits that are named.
const NAMED: usize = 5;

fn commits(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let trust = SshTrust::of(ask)?;
    let history = ask.history();
    let (steps, since) = chosen(ask)?;
    if steps.is_empty() {
        let message = format!("there is no commit {since}, so nothing is shown");
        return Err(Verified::gap(Gap::failed("none", message, "name with `id` the day or the commit from which commits are signed")));
    }
    if steps.len() > limits::SIGNED_COMMITS {
        let message =
            format!("there are {} commits {since}, and the signatures of at most {} are read", steps.len(), limits::SIGNED_COMMITS);
        return Err(Verified::doubt(message, "name a later day or commit with `id`"));
    }
    ask.memo.effort.take(steps.len() * effort::SIGNATURE);
    let (mut unsigned, mut broken, mut present, mut unheld) = (Vec::new(), Vec::new(), Vec::new(), None);
    let mut who = std::collections::BTreeSet::new();
    for step in &steps {
        match judge(&history.commit_object(step).map_err(|why| unknown(&why))?, &trust) {
            Shown::By(name) => drop(who.insert(name)),
            Shown::Present(what) => present.push(what),
            Shown::Unjudged(form) => unheld = Some(unjudged(&format!("the commit {}", short(step)), form)),
            Shown::Unsigned => unsigned.push(short(step).to_owned()),
            Shown::Broken(why) => broken.push(format!("{}: {why}", short(step))),
        }
    }
    let mut gaps = gaps(steps.len(), &since, &unsigned, &broken);
    gaps.extend(ask.review_too_old("the review of the signed commits"));
    if let Some(doubt) = unheld.filter(|_| gaps.is_empty()) {
        return Err(doubt);
    }
    Ok(Verified::from_gaps(gaps, || proof(steps.len(), &since, &present, who)))
}

fn short(step: &Step) -> &str {
    step.id.get(..12).unwrap_or(&step.id)
}

/// The commits that must be signed, newest first, and since when.
fn chosen(ask: &Ask<'_>) -> Result<(Vec<Step>, String), Verified> {
    let history = ask.view.history();
    let Some(named) = id(ask) else {
        let (steps, _) = history.first_parents(|_| false).map_err(|why| unknown(&why))?;
        return Ok((steps, "in the whole history".to_owned()));
    };
    if let Ok(date) = named.value.parse::<Date>() {
        let (mut steps, _) = history.first_parents(|_| false).map_err(|why| unknown(&why))?;
        // Whatever comes after the first commit of that time belongs to it, whichever date it gives itself.
        let keep = steps.iter().rposition(|step| day(step.at) >= date).map_or(0, |last| last + 1);
        steps.truncate(keep);
        return Ok((steps, format!("since {date}")));
    }
    let name = quoted(&named.value);
    let wrong = |message: String| {
        let gap = Gap::failed("id", message, "name a day (2026-01-01), a commit or a tag that comes before the commit under test");
        Verified::gap(Gap { cited: Some(named.span), ..gap })
    };
    let Some(commit) = history.commit_named(&named.value) else {
        return Err(match history.is_shallow() {
            true => unknown(&crate::input::history::Unknown::Shallow),
            false => wrong(format!("{name} is neither a day nor a commit of this history")),
        });
    };
    match history.first_parents(|step| step.id == commit).map_err(|why| unknown(&why))? {
        (steps, true) => Ok((steps, format!("after {name}"))),
        (_, false) => Err(wrong(format!("the commit {name} is not among the first parents of the commit under test"))),
    }
}

fn gaps(all: usize, since: &str, unsigned: &[String], broken: &[String]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if !unsigned.is_empty() {
        let shown = unsigned.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if unsigned.len() > NAMED { format!(" and {} more", unsigned.len() - NAMED) } else { String::new() };
        let message = format!("{} of {all} commits {since} are not signed: {shown}{more}", unsigned.len());
        let remedy = "let the branch rules refuse unsigned commits; name with `id` the day or the commit from which they do";
        gaps.push(Gap::failed("unsigned", message, remedy));
    }
    for why in broken {
        let message = format!("the signature of the commit {why}");
        let remedy = "find out who made the commit and with which key; add the key to those that count if it is one of yours";
        gaps.push(Gap::failed("signature", one_line(&message, limits::MESSAGE_CHARS), remedy));
    }
    super::at_most(gaps)
}

fn proof(all: usize, since: &str, present: &[String], who: std::collections::BTreeSet<String>) -> Proof {
    let commits = count(i64::try_from(all).unwrap_or(i64::MAX), "commit");
    let who = who.into_iter().collect::<Vec<_>>().join(", ");
    let (assurance, says) = match present.first() {
        None => (Assurance::Verified, format!("the {commits} {since}: signed by {who}")),
        Some(first) => {
            let by = if who.is_empty() { String::new() } else { format!("; the others are signed by {who}") };
            (Assurance::Evidenced, format!("the {commits} {since} carry signatures; {} of them: {first}{by}", present.len()))
        }
    };
    Proof::new(assurance, one_line(&says, limits::MESSAGE_CHARS))
}
