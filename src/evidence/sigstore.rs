//! Who must have signed a Sigstore bundle. A certificate of Sigstore is to be had by anybody, so a bundle proves nothing until
//! the entry states an identity and whose word that is; both are compared with what the certificate says.

use std::ops::Range;

use super::{Ask, Gap, Verified, effort};
use crate::formats::moment;
use crate::formats::sigstore::{self, Over, ROOT_DATE, Refused, Seal};
use crate::input::reader::quoted;
use crate::limits;
use crate::source::Located;
use crate::text::one_line;

/// What an entry states of the signer.
pub(super) struct Signer<'a> {
    identity: &'a Located<String>,
    issuer: &'a Located<String>,
}

const STATE_BOTH: &str = "state the identity as the certificate has it, and as `issuer` the address of the provider that vouches for it, e.g. https://token.actions.githubusercontent.com";

impl<'a> Signer<'a> {
    /// What the entry states; none where it states nothing.
    pub(super) fn stated(ask: &'a Ask<'_>) -> Result<Option<Self>, Verified> {
        let gap = |span, fault, message: String, remedy: &str| {
            Err(Verified::gap(Gap { cited: Some(span), ..Gap::failed(fault, message, remedy) }))
        };
        match (ask.evidence.text("identity"), ask.evidence.text("issuer")) {
            (None, None) => Ok(None),
            (Some(identity), None) => {
                gap(identity.span, "issuer", "`identity` says who must have signed, and nothing says whose word that is".into(), STATE_BOTH)
            }
            (None, Some(issuer)) => {
                gap(issuer.span, "identity", "`issuer` says whose word counts, and nothing says who must have signed".into(), STATE_BOTH)
            }
            (Some(identity), Some(_)) if !is_pattern(&identity.value) => gap(
                identity.span,
                "identity",
                format!("`identity` is {}: a `*` may only end the ref of a workflow", quoted(&identity.value)),
                "write the identity in full, or `*` for the end of its ref: …/release.yml@refs/tags/*",
            ),
            (Some(identity), Some(issuer)) => Ok(Some(Self { identity, issuer })),
        }
    }

    /// The gap of a certificate that is somebody else's.
    fn differs(&self, path: &str, seal: &Seal) -> Option<Gap> {
        let (fault, stated, how) = if !matches(&self.identity.value, &seal.identity) {
            ("identity", self.identity, format!("was signed by {}", named(&seal.identity)))
        } else if self.issuer.value != seal.issuer {
            ("issuer", self.issuer, format!("has a signer for whom {} vouches", named(&seal.issuer)))
        } else {
            return None;
        };
        let message = format!("{path} {how}, where `{fault}` asks for {}", named(&stated.value));
        let gap = Gap::failed(fault, message, format!("cite what that signer signed, or correct `{fault}`"));
        Some(Gap { cited: Some(stated.span), ..gap })
    }
}

/// A `*` stands for the end of a workflow's ref and for nothing else, so that it is always one workflow of one repository.
fn is_pattern(identity: &str) -> bool {
    match identity.split_once('*') {
        None => !identity.is_empty(),
        Some((before, after)) => after.is_empty() && before.starts_with("https://") && before.contains("@refs/"),
    }
}

fn matches(wanted: &str, found: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => found.strip_prefix(start).is_some_and(|rest| !rest.is_empty()),
        None => wanted == found,
    }
}

/// An identity in a message: long enough that its ref is seen.
fn named(text: &str) -> String {
    format!("`{}`", one_line(text, limits::IDENTITY_CHARS))
}

/// What the certificate of a bundle says, and whether the entry states that signer.
pub(super) struct Sealed {
    pub(super) seal: Seal,
    pub(super) is_stated: bool,
}

impl Sealed {
    /// Who signed, for messages.
    pub(super) fn who(&self) -> String {
        format!("{} for whom {} vouches", named(&self.seal.identity), named(&self.seal.issuer))
    }
}

/// Verifies a bundle that starts at `from` in the cited file, and who signed it.
pub(super) fn verified(ask: &Ask<'_>, path: &str, text: &str, from: usize, over: &Over<'_>) -> Result<Sealed, Verified> {
    let signer = Signer::stated(ask)?;
    // A chain of certificates, a log entry and a timestamp are verified with it.
    ask.memo.effort.take(10 * effort::SIGNATURE);
    let seal = sigstore::verify(text, over).map_err(|refused| refusal(ask, path, from, refused))?;
    if let Some(gap) = signer.as_ref().and_then(|signer| signer.differs(path, &seal)) {
        return Err(Verified::gap(gap));
    }
    if let Some(gap) = ask.too_old(moment::utc_date(seal.signed), path) {
        return Err(Verified::gap(Gap { remedy: "cite what was signed for the current release".into(), ..gap }));
    }
    Ok(Sealed { seal, is_stated: signer.is_some() })
}

fn refusal(ask: &Ask<'_>, path: &str, from: usize, refused: Refused) -> Verified {
    let say = |why: &str| one_line(&format!("{path}: {why}"), limits::MESSAGE_CHARS);
    match refused {
        Refused::Wrong { part, why, at } => {
            let at: Range<usize> = at.start + from..at.end + from;
            let message = match part {
                "signature" | "bundle" => say(&format!("the Sigstore bundle does not vouch for it: {why}")),
                part => say(&format!("the Sigstore bundle's {part} does not hold: {why}")),
            };
            let remedy = format!(
                "let the release job sign it anew, or find out who changed it; a bundle that is younger than the trust root of {ROOT_DATE} may need a newer Portcullis"
            );
            Verified::gap(ask.gap_at(at, part, message, remedy))
        }
        Refused::Unknown(why) => Verified::doubt(
            say(&format!("the Sigstore bundle cannot be verified here: {why}")),
            "verify it in the release job (gh attestation verify, cosign verify-blob-attestation) and cite that as kind workflow, or sign with a key of [product.keys]",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_the_end_of_a_ref_only() {
        let workflow = "https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v1";
        for (wanted, holds) in [
            (workflow, true),
            ("https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/*", true),
            ("https://github.com/acme/widget/.github/workflows/release.yml@refs/*", true),
            ("https://github.com/acme/widget/.github/workflows/release.yml@refs/heads/*", false),
            ("https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v1*", false),
            ("https://github.com/acme/widget/.github/workflows/release.yml", false),
        ] {
            assert!(is_pattern(wanted), "{wanted}");
            assert_eq!(matches(wanted, workflow), holds, "{wanted}");
        }
        for wanted in
            ["", "*", "https://github.com/acme/*", "https://github.com/*/w.yml@refs/tags/v1", "*@acme.example", "https://a.example/w@*"]
        {
            assert!(!is_pattern(wanted), "{wanted}");
        }
    }
}
