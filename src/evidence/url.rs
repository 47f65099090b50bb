//! `url`: an address, recorded and never fetched.
//!
//! The gate is judged offline, so an address shows nothing: it tells a person where to look and leaves the attestation
//! asserted. One that cannot be opened as it stands is still a false citation.

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::input::reader::quoted;
use crate::model::attestation::Target;
use crate::model::outcome::Assurance;

/// See the module's documentation.
pub(super) struct Url;

impl Verifier for Url {
    fn kind(&self) -> &'static str {
        "url"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a whole `http` or `https` address with a host; anything else makes the file invalid.",
            "It holds only characters that an address may hold (RFC 3986), so no marker of a template such as `{{ … }}` or `<company>`.",
            "It holds no user name or password.",
            "Where the entry has `max-age-days`, the attestation was reviewed no longer ago than that.",
        ]
    }

    fn limits(&self) -> &'static str {
        "The gate never touches the network, so whether the page exists and what it says is not checked: a url never lifts an attestation above asserted."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"url\"\nurl = \"https://ledger.example/security\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        let Target::Url(url) = &ask.evidence.target else {
            return Verified::doubt("no address was read", "name it with `url`");
        };
        let address = url.value.as_str();
        if has_credentials(address) {
            let message = "the address holds a user name or password before its host";
            let remedy = "take it out of the address, and replace it where it is in use";
            return Verified::gap(Gap::failed("credentials", message, remedy));
        }
        let mut gaps = Vec::new();
        if let Some(stray) = address.chars().find(|c| is_stray(*c)) {
            let message = format!("{} holds {}, which no address does", quoted(address), quoted(&stray.to_string()));
            gaps.push(Gap::failed("character", message, "write the address as a browser shows it, or percent-encode the character"));
        }
        gaps.extend(ask.review_too_old(&format!("the review of {}", quoted(address))));
        Verified::from_gaps(gaps, || Proof::new(Assurance::Asserted, format!("{} is recorded; it was not fetched", quoted(address))))
    }
}

/// Printable ASCII that stands in no part of an address (RFC 3986, section 2), and invisible characters.
fn is_stray(c: char) -> bool {
    matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}') || crate::text::is_unprintable(c)
}

/// Whether the authority has a userinfo part (RFC 3986, section 3.2.1).
fn has_credentials(address: &str) -> bool {
    let after = address.split_once("://").map_or(address, |(_, after)| after);
    after.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_authority_holds_credentials() {
        assert!(has_credentials("https://ci:secret@ledger.example/x"));
        assert!(!has_credentials("https://ledger.example/@team?mail=a@b.example"));
    }

    #[test]
    fn stray_characters_are_those_that_rfc_3986_leaves_out() {
        for c in "abzAZ09-._~:/?#[]@!$&'()*+,;=%é".chars() {
            assert!(!is_stray(c), "{c}");
        }
        for c in "<>{}|\\^`\"\u{202e}".chars() {
            assert!(is_stray(c), "{c:?}");
        }
    }
}
