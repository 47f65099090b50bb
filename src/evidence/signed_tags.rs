//! `signed-tags`: the newest release tag, or the one that is named, carries a signature.

use super::keys::SshTrust;
use super::signed_object::{Shown, day, id, judge, unjudged, unknown};
use super::{Ask, Gap, Proof, Verified, Verifier, effort};
use crate::formats::release_tag::Release;
use crate::input::history::History;
use crate::input::reader::quoted;
use crate::input::signed_history::{Lead, Tag};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::source::Located;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct SignedTags;

impl Verifier for SignedTags {
    fn kind(&self) -> &'static str {
        "signed-tags"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "The newest release tag by version, or the tag that `id` names, is annotated and carries a signature.",
            "It leads to a commit that has a history in common with the one under test; a tag on another branch counts.",
            "The tag object names the tag that it is called by, so that an old signature was not moved to a new name.",
            "The day that the tag gives is not in the future, nor longer ago than `max-age-days`.",
            "An SSH signature verifies, by the key of [product.keys] or the identity that the entry names, or by an allowed signer.",
        ]
    }

    fn limits(&self) -> &'static str {
        "OpenPGP and X.509 signatures are recognised and not verified; older tags are not looked at. A key counts on the day that the tag gives itself, as for git. \
         The keys stand in the declaration, which is part of the tree: what protects them is --base, or the owners of that file."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"signed-tags\"\nkey = \"release\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match tag(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

const SIGN: &str =
    "sign release tags: git tag -s, with gpg.format ssh; a released tag that is not signed can be followed by a release that is";

fn tag(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let trust = SshTrust::of(ask)?;
    let history = ask.history();
    let tags = history.tags().map_err(|why| unknown(&why))?;
    ask.memo.effort.take(tags.len() * effort::PACKAGE + effort::SIGNATURE);
    let (tag, passed) = match id(ask) {
        Some(named) => (self::named(&history, &tags, named)?, String::new()),
        None => newest(ask, &history, &tags)?,
    };
    let name = quoted(&tag.name);
    let gap = |fault, message: String| Verified::gap(Gap::failed(fault, one_line(&message, limits::MESSAGE_CHARS), SIGN));
    let object = history.tag_object(tag).map_err(|why| unknown(&why))?;
    let object = object
        .ok_or_else(|| gap("lightweight", format!("the tag {name} is lightweight: a name without an object, which cannot be signed")))?;
    let own = history.own_name(tag).map_err(|why| unknown(&why))?.unwrap_or_default();
    if own != tag.name {
        return Err(gap(
            "renamed",
            format!("the tag {name} holds the tag object of {}, so its signature is not about this name", quoted(&own)),
        ));
    }
    let shown = match judge(&object, &trust) {
        Shown::By(who) => (Assurance::Verified, format!("the tag {name} is signed by {who}{passed}")),
        Shown::Present(what) => (Assurance::Evidenced, format!("the tag {name} carries {what}{passed}")),
        Shown::Unjudged(form) => return Err(unjudged(&format!("the tag {name}"), form)),
        Shown::Unsigned => return Err(gap("unsigned", format!("the tag {name} is not signed"))),
        Shown::Broken(why) => return Err(gap("signature", format!("the signature of the tag {name} does not hold: {why}"))),
    };
    let gaps = ask.too_old(day(object.at), &format!("the tag {name}")).into_iter();
    let gaps = gaps.map(|gap| Gap { remedy: "release anew, or name the tag of the newest release".into(), ..gap }).collect();
    Ok(Verified::from_gaps(gaps, || Proof::new(shown.0, one_line(&shown.1, limits::MESSAGE_CHARS))))
}

const FETCH: &str = "fetch the whole history with its tags: fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 of GitLab";

fn absent(history: &History<'_>, name: &str, has_tags: bool) -> Verified {
    if !has_tags || history.is_shallow() {
        return Verified::doubt(format!("this clone has no tag {}", quoted(name)), FETCH);
    }
    Verified::gap(Gap::failed(
        "absent",
        format!("there is no tag {}", quoted(name)),
        "correct `id`, or leave it out for the newest release",
    ))
}

/// The tag that `id` names.
fn named<'t>(history: &History<'_>, tags: &'t [Tag], named: &Located<String>) -> Result<&'t Tag, Verified> {
    let tag = tags.iter().find(|tag| tag.name == named.value).ok_or_else(|| absent(history, &named.value, !tags.is_empty()))?;
    let what = elsewhere(history.lead(tag).map_err(|why| unknown(&why))?);
    what.map_or(Ok(tag), |what| {
        let gap =
            Gap::failed("elsewhere", format!("the tag {} {what}, so it is no release of this product", quoted(&tag.name)), NAME_ANOTHER);
        Err(Verified::gap(Gap { cited: Some(named.span), ..gap }))
    })
}

const NAME_ANOTHER: &str = "name the tag of a release, or leave `id` out for the newest one";

/// Where a tag leads that is no release of what is under test.
fn elsewhere(lead: Lead) -> Option<String> {
    match lead {
        Lead::Here => None,
        Lead::Strange => Some("leads to a commit that shares no history with the one under test".to_owned()),
        Lead::Object(kind) => Some(format!("leads to a {kind}, and not to a commit")),
    }
}

/// The newest release, and what was passed over on the way to it: of this product where tags name several, and no early one where
/// there is a final one. A tag on another branch counts; one that leads to no commit, or to one of another history, is no release.
fn newest<'t>(ask: &Ask<'_>, history: &History<'_>, tags: &'t [Tag]) -> Result<(&'t Tag, String), Verified> {
    if tags.is_empty() {
        return Err(Verified::doubt("this clone has no tags, so no release can be looked at", FETCH));
    }
    let mut releases: Vec<(Release, &Tag)> = tags.iter().filter_map(|tag| Some((Release::of(&tag.name)?, tag))).collect();
    let own = |release: &Release| {
        let plain = matches!(release.prefix.as_str(), "" | "release" | "releases" | "version" | "rel");
        plain || ask.is_named(&release.prefix)
    };
    if releases.iter().any(|(release, _)| own(release)) {
        releases.retain(|(release, _)| own(release));
    }
    releases.sort_by(|a, b| {
        let date = |tag: &Tag| history.tagged_at(tag);
        let early = a.0.is_early().cmp(&b.0.is_early());
        early.then_with(|| b.0.cmp(&a.0)).then_with(|| date(b.1).cmp(&date(a.1))).then_with(|| a.1.name.cmp(&b.1.name))
    });
    let (mut passed, mut strange) = (Vec::new(), 0);
    for (_, tag) in &releases {
        let lead = history.lead(tag).map_err(|why| unknown(&why))?;
        let Some(what) = elsewhere(lead) else { return Ok((tag, told(&passed))) };
        passed.push(format!("{}, which {what}", quoted(&tag.name)));
        strange += usize::from(lead == Lead::Strange);
        if strange == limits::STRANGE_TAGS {
            break;
        }
    }
    let message = match passed.first() {
        None => "none of the tags ends in a version, so it is not known which of them are releases".to_owned(),
        Some(first) => format!("no release tag was found that leads to a commit of this history: the newest is {first}"),
    };
    Err(Verified::doubt(one_line(&message, limits::MESSAGE_CHARS), "name the tag of the newest release with `id`"))
}

/// The tags that look newer and are no releases.
fn told(passed: &[String]) -> String {
    match passed {
        [] => String::new(),
        [one] => format!("; passed over was {one}"),
        [first, more @ ..] => format!("; passed over were {first}, and {} more", more.len()),
    }
}
