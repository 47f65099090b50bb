//! The ways of reporting a vulnerability that a security policy names, told apart by who else sees the report.
//!
//! A private channel is an e-mail address, a web form or portal that a passage on reporting points to, or the forge's
//! private reporting. The public issue tracker is none, and neither is an address that only holds the place of one.

use std::ops::Range;

use super::address::{host, is_email, is_placeholder_email, is_placeholder_host};
use super::security_policy::{Block, SecurityPolicy};
use super::wording::{clauses, denies, has_phrase, sentences, words};

/// A private way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channel {
    /// An e-mail address.
    Mail(String),
    /// A form or portal.
    Page(String),
    /// The forge's private reporting: its address, or the words that name it.
    Forge(String),
}

/// What a policy names, each in the file's order and once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Channels {
    /// Private ways in.
    pub private: Vec<Channel>,
    /// Addresses that stand for nobody, with the bytes they stand in.
    pub placeholders: Vec<(String, Range<usize>)>,
    /// Links to a public tracker or forum, with their bytes.
    pub public: Vec<(String, Range<usize>)>,
}

/// Looks through a policy.
pub fn find(policy: &SecurityPolicy) -> Channels {
    let mut found = Channels::default();
    let (mut above, mut reporting_above) = (None, false);
    for block in &policy.blocks {
        if block.heading != above {
            above = block.heading;
            reporting_above = is_about_reporting(policy.heading_text(above));
        }
        let reporting = reporting_above || is_about_reporting(&block.text);
        for link in &block.links {
            match link.url.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
                Some(_) => {
                    let address = link.url.get(7..).unwrap_or_default().split('?').next().unwrap_or_default();
                    let shown = if block.text.contains(address) { address } else { &link.text };
                    if takes_reports(&block.text, shown) {
                        found.take_mail(address, &link.range);
                    }
                }
                None => found.take_page(&link.url, &link.text, reporting, &link.range),
            }
        }
        for word in addresses(&block.text) {
            if word.contains("://") {
                found.take_page(word, "", reporting, &block.range);
            } else if is_email(word) && takes_reports(&block.text, word) {
                found.take_mail(word, &block.range);
            }
        }
        for address in spelt_out(&block.text) {
            found.take_mail(&address, &block.range);
        }
        found.take_forge_words(block);
    }
    found
}

impl Channels {
    fn add(&mut self, channel: Channel) {
        if self.private.len() < MOST && !self.private.contains(&channel) {
            self.private.push(channel);
        }
    }

    fn take_mail(&mut self, address: &str, range: &Range<usize>) {
        const PICTURES: &[&str] = &[".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"];
        let lower = address.to_lowercase();
        let picture = PICTURES.iter().any(|ending| lower.ends_with(ending));
        if picture || lower.starts_with("git@") || !is_email(address) {
            return;
        }
        if is_placeholder_email(address) {
            note(&mut self.placeholders, address, range);
        } else {
            self.add(Channel::Mail(address.to_owned()));
        }
    }

    fn take_page(&mut self, url: &str, shown: &str, reporting: bool, range: &Range<usize>) {
        let Some(host) = host(url) else { return };
        let lower = url.to_lowercase();
        if is_placeholder_host(host) {
            if reporting {
                note(&mut self.placeholders, url, range);
            }
        } else if lower.contains("/security/advisories/new") || lower.contains("/issues/new") && lower.contains("confidential") {
            self.add(Channel::Forge(url.to_owned()));
        } else if is_tracker(&lower) {
            note(&mut self.public, url, range);
        } else if reporting && lower.starts_with("https:") && !is_key_server(&lower) && leads_to_a_report(&lower, host, shown) {
            self.add(Channel::Page(url.to_owned()));
        }
    }

    /// Private reporting named in words, as it is found through the forge's pages. What the maintainers say that they do
    /// themselves ("we will open a security advisory") is none.
    fn take_forge_words(&mut self, block: &Block) {
        const NAMED: &[&str] = &[
            "private vulnerability reporting",
            "private security advisory",
            "draft security advisory",
            "confidential issue",
            "confidential issues",
        ];
        const ADVISORY: &[&str] = &["security advisory", "security advisories", "security tab", "report a vulnerability button"];
        const ASKED: &[&str] = &[
            "report",
            "reports",
            "reported",
            "reporting",
            "submit",
            "submitted",
            "submitting",
            "open",
            "opening",
            "create",
            "creating",
            "file",
            "filing",
            "use",
            "using",
            "via",
            "through",
        ];
        const OWN: &[&str] = &["we", "we'll", "will", "team", "maintainers", "publish", "published"];
        for part in sentences(&block.text).into_iter().flat_map(|sentence| sentence.split([',', '–', '—'])) {
            let words = words(part);
            let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
            let asked = block.level.is_none() && any(ASKED) && !any(OWN);
            for clause in clauses(&words).filter(|clause| !denies(clause)) {
                let named = NAMED.iter().find(|phrase| has_phrase(clause, phrase));
                let advised = || ADVISORY.iter().find(|phrase| asked && has_phrase(clause, phrase));
                if let Some(phrase) = named.or_else(advised) {
                    self.add(Channel::Forge((*phrase).to_owned()));
                }
            }
        }
    }
}

/// Whether the sentence that shows an address offers it: it is neither turned down ("do not e-mail …", "… is no longer
/// monitored") nor somebody's who is thanked, and no public list.
fn takes_reports(text: &str, address: &str) -> bool {
    const VERBS: &[&str] = &["e", "mail", "email", "contact", "use", "write", "send", "to"];
    const CREDITS: &[&str] = &["thanks to", "thank", "reported by", "found by", "discovered by"];
    const GONE: &[&str] = &["is no longer", "is not monitored", "is unmonitored", "was switched off", "is not read", "is no more"];
    const PUBLIC: &[&str] = &["public mailing list", "public list", "archives are public"];
    let Some((before, after)) = sentences(text).into_iter().find_map(|sentence| sentence.split_once(address)) else { return true };
    let (before, after) = (words(before), words(after));
    let has = |list: &[&str], words: &[String]| list.iter().any(|phrase| has_phrase(words, phrase));
    let stated = before.iter().rposition(|word| !VERBS.contains(&word.as_str()));
    let turned_down = stated.is_some_and(|at| {
        let conditional = before.iter().any(|word| word == "if");
        at + 1 < before.len() && !conditional && before.get(at).is_some_and(|word| matches!(word.as_str(), "not" | "don't" | "never"))
    });
    let thanked = CREDITS.iter().any(|phrase| before.ends_with(&words(phrase)));
    let gone = GONE.iter().any(|phrase| after.starts_with(&words(phrase)));
    let public = (has(PUBLIC, &before) || has(PUBLIC, &after)) && !denies(&before) && !denies(&after);
    !turned_down && !thanked && !gone && !public
}

/// Most channels, placeholders and trackers that are kept; one is enough to judge by.
const MOST: usize = 20;

fn note(list: &mut Vec<(String, Range<usize>)>, what: &str, range: &Range<usize>) {
    if list.len() < MOST {
        list.push((what.to_owned(), range.clone()));
    }
}

fn is_about_reporting(text: &str) -> bool {
    const STEMS: &[&str] = &["report", "disclos", "submit", "submission", "notify", "contact", "vulnerabilit"];
    words(text).iter().any(|word| STEMS.iter().any(|stem| word.starts_with(stem)))
}

/// Words of a text that may be addresses, without the punctuation around them.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | '\'' | '`' | ',' | ';' | '|' | '“' | '”');
    let words =
        text.split(apart).map(|word| word.trim_end_matches(['.', ':', '!', '?', '*', '_', ']']).trim_start_matches(['*', '_', '[']));
    words.map(|word| word.strip_prefix("mailto:").unwrap_or(word)).filter(|word| word.contains('@') || word.contains("://"))
}

/// E-mail addresses written so that machines should not find them: `security [at] ledger [dot] example`.
pub(super) fn spelt_out(text: &str) -> Vec<String> {
    const AT: &[&str] = &["[at]", "(at)", "{at}", "<at>"];
    const DOT: &[&str] = &["[dot]", "(dot)", "{dot}", "<dot>"];
    let mut plain = text.replace(" AT ", "[at]").replace(" DOT ", "[dot]").to_lowercase();
    if !AT.iter().any(|written| plain.contains(written)) {
        return Vec::new();
    }
    for (list, sign) in [(AT, "@"), (DOT, ".")] {
        for written in list {
            plain = plain.replace(&format!(" {written} "), sign).replace(written, sign);
        }
    }
    addresses(&plain).filter(|word| is_email(word)).map(str::to_owned).collect()
}

/// Whether a web address is the issues or discussions of a repository on a forge where everybody reads them.
pub fn is_public_tracker(url: &str) -> bool {
    const FORGES: &[&str] = &["github.com", "gitlab.com", "codeberg.org", "bitbucket.org"];
    let lower = url.to_lowercase();
    let forge = host(&lower).is_some_and(|host| FORGES.contains(&host));
    forge && is_tracker(&lower) && !lower.contains("confidential") && !lower.contains("/security/")
}

/// A page that hands out a key to encrypt with takes no reports.
fn is_key_server(lower: &str) -> bool {
    ["/pks/lookup", "keyserver.", "//keys.openpgp.org", "pgpkeys."].iter().any(|part| lower.contains(part))
}

/// A page of issues, discussions or changes that everybody reads.
fn is_tracker(lower: &str) -> bool {
    const PARTS: &[&str] = &["issues", "discussions", "pulls", "merge_requests", "browse", "enter_bug.cgi", "show_bug.cgi"];
    const HOSTS: &[&str] = &["discord.", "gitter.", "stackoverflow.", "reddit.", "forum.", "bugzilla."];
    let (path, host) = (lower.split(['?', '#']).next().unwrap_or_default(), host(lower).unwrap_or_default());
    path.split('/').skip(3).any(|part| PARTS.contains(&part))
        || HOSTS.iter().any(|site| host.starts_with(site) || host.contains(&format!(".{site}")))
}

/// Whether a page that a passage on reporting points to takes reports itself, rather than telling of something.
fn leads_to_a_report(lower: &str, host: &str, shown: &str) -> bool {
    const STEMS: &[&str] = &[
        "report",
        "vulnerab",
        "disclos",
        "bount",
        "hackerone",
        "bugcrowd",
        "intigriti",
        "yeswehack",
        "huntr",
        "bughunters",
        "vulnz",
        "psirt",
        "vdp",
        "msrc",
    ];
    const WORDS: &[&str] = &["form", "forms", "contact", "security", "portal", "openbugbounty"];
    const TELLING: &[&str] = &[
        "advisories",
        "announce",
        "announcements",
        "bulletin",
        "bulletins",
        "changelog",
        "releases",
        "rss",
        "blog",
        "news",
        "wiki",
        "blob",
        "tree",
        "cve",
        "cves",
        "acknowledgements",
        "acknowledgments",
        "fame",
        "thanks",
        "asc",
        "pgp",
        "gpg",
        "key",
        "keys",
        "badge",
        "policy",
    ];
    const SITES: &[&str] = &[
        "docs.github.com",
        "docs.gitlab.com",
        "opensource.guide",
        "wikipedia.org",
        "owasp.org",
        "first.org",
        "cve.org",
        "mitre.org",
        "nist.gov",
        "osv.dev",
        "rustsec.org",
        "openssf.org",
        "securitytxt.org",
        "rfc-editor.org",
        "ietf.org",
        "shields.io",
        "bestpractices.dev",
    ];
    let site = host.to_lowercase();
    if SITES.iter().any(|name| site.strip_suffix(name).is_some_and(|above| above.is_empty() || above.ends_with('.'))) {
        return false;
    }
    let (target, shown) = (words(lower), words(shown));
    let takes = |word: &String| WORDS.contains(&word.as_str()) || STEMS.iter().any(|stem| word.starts_with(stem));
    let tells = |word: &String| TELLING.contains(&word.as_str());
    !target.iter().any(tells) && target.iter().chain(&shown).any(takes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::security_policy::read;
    use proptest::prelude::*;

    fn private(text: &str) -> Vec<Channel> {
        find(&read(text)).private
    }

    fn mail(address: &str) -> Vec<Channel> {
        vec![Channel::Mail(address.to_owned())]
    }

    #[test]
    fn e_mail_addresses_are_channels_however_they_are_written() {
        for text in [
            "Write to security@ledger.example.",
            "Write to **security@ledger.example**, please.",
            "Write to `security@ledger.example`.",
            "[Write](mailto:security@ledger.example?subject=x) to us.",
            "<security@ledger.example>",
            "[us][1]\n\n[1]: mailto:security@ledger.example",
            "<a href=\"mailto:security@ledger.example\">Write</a> to us.",
            "security [at] ledger [dot] example",
            "security(at)ledger.example",
            "security AT ledger DOT example",
            "```\nsecurity@ledger.example\n```",
        ] {
            assert_eq!(private(text), mail("security@ledger.example"), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_an_address_is_none() {
        for text in [
            "Clone git@github.com:a/b.git, or as git@ledger.example",
            "Use actions/checkout@v4.1 and logo@2x.png",
            "<!-- security@ledger.example -->",
            "Ask @maintainer in public.",
            "",
        ] {
            assert_eq!(find(&read(text)), Channels::default(), "{text}");
        }
    }

    #[test]
    fn an_address_that_is_turned_down_thanked_or_public_is_no_channel() {
        for text in [
            "Do not e-mail security@ledger.example; it was switched off in 2024. Please open a GitHub issue.",
            "Please don't write to <security@ledger.example>.",
            "security@ledger.example is no longer monitored. Please open a public issue.",
            "Thanks to jane@researcher.example for responsible disclosure.",
            "Mail our public mailing list ledger-dev@lists.ledger.example (archives are public).",
        ] {
            assert_eq!(private(text), [], "{text}");
        }
        for text in [
            "Do not open an issue, e-mail security@ledger.example.",
            "Do not report it in public but write to security@ledger.example.",
            "Do not use the public mailing list and mail security@ledger.example.",
            "If you do not get an answer, write to security@ledger.example.",
            "Thank you for your report to security@ledger.example.",
            "Do not hesitate to contact security@ledger.example.",
            "Do not e-mail old@ledger.example. Write to security@ledger.example.",
        ] {
            assert!(private(text).contains(&mail("security@ledger.example")[0]), "{text}");
        }
    }

    #[test]
    fn addresses_of_nobody_are_placeholders_and_no_channel() {
        for text in
            ["Report to security@example.com.", "Report at <https://example.org/report>.", "Report to [us](mailto:security@yourdomain.com)"]
        {
            let found = find(&read(text));
            assert!(found.private.is_empty() && !found.placeholders.is_empty(), "{text}");
        }
    }

    #[test]
    fn pages_count_where_a_passage_on_reporting_points_to_them() {
        for (text, url) in [
            ("Report it on [HackerOne](https://hackerone.com/ledger).", "https://hackerone.com/ledger"),
            ("Please report through https://ledger.example/security.", "https://ledger.example/security"),
            ("Contact us with [this form](https://ledger.example/f/12).", "https://ledger.example/f/12"),
            ("## Reporting\n\n- <https://ledger.example/psirt>", "https://ledger.example/psirt"),
        ] {
            assert_eq!(private(text), [Channel::Page(url.to_owned())], "{text}");
        }
        for text in [
            "Our [security page](https://ledger.example/security) has news.",
            "Report it on [our form](http://ledger.example/report).",
            "Report to us with [this key](https://pgpkeys.eu/pks/lookup?search=security%40ledger.example&op=index).",
            "Reports are scored by [CVSS](https://www.first.org/cvss/contact).",
            "We report past issues as [bulletins](https://ledger.example/security/bulletins).",
            "Reporting is explained in [the policy](https://github.com/a/b/security/policy).",
            "Report in the way that [GitHub describes](https://docs.github.com/en/security/contact).",
        ] {
            assert_eq!(private(text), [], "{text}");
        }
    }

    #[test]
    fn the_forges_private_reporting_is_a_channel_by_link_or_by_words() {
        for text in [
            "Please disclose it at [security advisory](https://github.com/a/b/security/advisories/new).",
            "https://gitlab.com/a/b/-/issues/new?issue[confidential]=true",
            "This repository has private vulnerability reporting enabled.",
            "Do not open a public issue, use private vulnerability reporting.",
            "Open a confidential issue on GitLab.",
            "Please report it in the Security tab.",
            "Help us by disclosing it, by creating a [security advisory](https://github.com/a/b/security/advisories).",
        ] {
            assert!(matches!(private(text).first(), Some(Channel::Forge(_))), "{text}");
        }
        for text in [
            "Private vulnerability reporting is not enabled here.",
            "We publish a security advisory for each one.",
            "Once it is reported, we confirm it and open a security advisory.",
            "# Security advisories\n\n## Reporting a vulnerability",
        ] {
            assert_eq!(private(text), [], "{text}");
        }
    }

    #[test]
    fn the_public_tracker_is_noted_and_no_channel() {
        let found = find(&read(
            "Report by [opening an issue](https://github.com/a/b/issues/new).\n\nOr at https://bugzilla.ledger.example/report.",
        ));
        let urls: Vec<&str> = found.public.iter().map(|(url, _)| url.as_str()).collect();
        assert_eq!(urls, ["https://github.com/a/b/issues/new", "https://bugzilla.ledger.example/report"]);
        assert_eq!(found.private, []);
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "([a-c@.\\[\\]() \n#é-]|https://|mailto:|\\[at\\]|report |issues/){0,60}") {
            let found = find(&read(&text));
            for (_, range) in found.placeholders.iter().chain(&found.public) {
                prop_assert!(range.start <= range.end && range.end <= text.len());
            }
        }
    }
}
