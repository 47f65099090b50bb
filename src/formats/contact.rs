//! How users reach whoever answers for their data: an e-mail address, a telephone number, or the web address of a contact.

use super::address;
use super::privacy_policy::has;
use super::reporting_channel::spelt_out;
use super::security_policy::Block;
use super::wording::words;

/// The least digits of a telephone number that people are told to call.
const DIGITS: usize = 9;

/// The first contact of a block.
pub(super) fn of(block: &Block) -> Option<String> {
    let link = |url: &str, shown: &str| match address::uri(url) {
        address::Uri::Mail(to) => (!address::is_placeholder_email(to)).then(|| to.to_owned()),
        address::Uri::Web(host) if !address::is_placeholder_host(host) && is_contact(shown) => Some(url.to_owned()),
        address::Uri::Telephone(number) => Some(number.to_owned()),
        _ => None,
    };
    let links = || block.links.iter().find_map(|one| link(&one.url, &block.text).or_else(|| link(&one.url, &one.text)));
    let bare = || parts(&block.text).filter(|word| word.contains("://")).find_map(|word| link(word, &block.text));
    mail(&block.text).or_else(links).or_else(bare).or_else(|| telephone(&block.text))
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    let edge = |c: char| !c.is_alphanumeric() && c != '/';
    text.split(|c: char| c.is_whitespace() || "<>()[],;\"".contains(c)).map(move |word| word.trim_matches(edge))
}

fn mail(text: &str) -> Option<String> {
    let is_one = |word: &str| address::is_email(word) && !address::is_placeholder_email(word);
    let plain = parts(text).find(|word| is_one(word)).map(str::to_owned);
    plain.or_else(|| spelt_out(text).into_iter().find(|word| is_one(word)))
}

/// What stands behind `Tel`, `Telephone` or `Phone`, where it is a number.
fn telephone(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    ["telephone", "phone", "tel", "call us", "call"].iter().find_map(|word| {
        lower.match_indices(word).find_map(|(at, _)| {
            let before = lower.get(..at)?.chars().next_back();
            let rest = text.get(at + word.len()..)?.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | '*'));
            let rest =
                rest.strip_prefix("us on ").or_else(|| rest.strip_prefix("on ")).or_else(|| rest.strip_prefix("number ")).unwrap_or(rest);
            let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | ' '))).unwrap_or(rest.len());
            let number = rest.get(..end)?.trim();
            let digits = number.chars().filter(char::is_ascii_digit);
            let is_one = digits.clone().count() >= DIGITS && digits.collect::<std::collections::BTreeSet<_>>().len() > 2;
            (before.is_none_or(|c| !c.is_alphanumeric()) && is_one).then(|| number.to_owned())
        })
    })
}

fn is_contact(text: &str) -> bool {
    let found = words(text);
    ["contact*", "write to", "reach us", "reach out", "get in touch", "question*", "ask us", "support", "issue*", "form"]
        .iter()
        .any(|phrase| has(&found, phrase))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::security_policy;
    use super::*;
    use proptest::prelude::*;

    fn contact(text: &str) -> Option<String> {
        security_policy::read(text).blocks.iter().find_map(of)
    }

    #[test]
    fn users_are_told_how_to_write_or_call() {
        for (text, wanted) in [
            ("Write to privacy@acme.app.", "privacy@acme.app"),
            ("Contact us at privacy [at] acme [dot] app.", "privacy@acme.app"),
            ("Acme Apps Limited, 1 High Street, Leeds. Tel: 0113 496 0000.", "0113 496 0000"),
            ("Telephone +44 113 496 0000", "+44 113 496 0000"),
            ("Call us on 0113 496 0000", "0113 496 0000"),
            ("Contact: https://acme.app/contact", "https://acme.app/contact"),
            ("[Contact us](https://acme.app/help)", "https://acme.app/help"),
        ] {
            assert_eq!(contact(text).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "Hotel 0113 496 0000 is not ours",
            "Tel: 000 000 0000",
            "Telephone: on request",
            "Company number 01234567",
            "We use https://analytics.acme.app to count",
            "Contact: privacy@example.com",
        ] {
            assert_eq!(contact(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(tel|phone|call us on|:| |0|\\+44|é|@|\\[at\\]|https://a.b){0,12}") {
            let _ = contact(&text);
        }
    }
}
