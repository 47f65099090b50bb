//! `signed-tags`: the newest release tag, or the one that is named, carries a signature.

use super::keys::SshTrust;
use super::signed_object::{Shown, id, judge, unjudged, unknown};
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::release_tag::Release;
use crate::input::history::History;
use crate::input::reader::quoted;
use crate::input::signed_history::Tag;
use crate::limits;
use crate::model::outcome::Assurance;
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
            "The tag object names the tag that it is called by, so that an old signature was not moved to a new name.",
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
    let history = ask.view.history();
    let tags = history.tags().map_err(|why| unknown(&why))?;
    let tag = match id(ask) {
        Some(named) => tags.iter().find(|tag| tag.name == named.value).ok_or_else(|| absent(&history, &named.value, !tags.is_empty()))?,
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
    match judge(&object, &trust) {
        Shown::By(who) => Ok(proof(Assurance::Verified, &format!("the tag {name} is signed by {who}"))),
        Shown::Present(what) => Ok(proof(Assurance::Evidenced, &format!("the tag {name} carries {what}"))),
        Shown::Unjudged(form) => Err(unjudged(&format!("the tag {name}"), form)),
        Shown::Unsigned => Err(gap("unsigned", format!("the tag {name} is not signed"))),
        Shown::Broken(why) => Err(gap("signature", format!("the signature of the tag {name} does not hold: {why}"))),
    }
}

fn proof(assurance: Assurance, says: &str) -> Verified {
    Verified::Proof(Proof::new(assurance, one_line(says, limits::MESSAGE_CHARS)))
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

/// The newest release: of this product where tags name several, and no early one where there is a final one.
fn newest<'t>(ask: &Ask<'_>, history: &History<'_>, tags: &'t [Tag]) -> Result<&'t Tag, Verified> {
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
    if releases.iter().any(|(release, _)| !release.is_early()) {
        releases.retain(|(release, _)| !release.is_early());
    }
    let newest = releases.into_iter().max_by(|a, b| {
        let date = |tag: &Tag| history.tagged_at(tag);
        a.0.cmp(&b.0).then_with(|| date(a.1).cmp(&date(b.1))).then_with(|| b.1.name.cmp(&a.1.name))
    });
    let none = || {
        Verified::doubt(
            "none of the tags ends in a version, so it is not known which of them are releases",
            "name the tag of the newest release with `id`",
        )
    };
    newest.map(|(_, tag)| tag).ok_or_else(none)
}
