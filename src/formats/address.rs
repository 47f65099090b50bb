//! Addresses that outsiders are told to write to: what kind each is, and whether anybody stands behind it.
//!
//! Nothing is looked up: an address is judged by its form alone.

use std::net::{IpAddr, Ipv4Addr};

/// What a value is that should be a URI (RFC 3986, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uri<'a> {
    /// `mailto:` (RFC 6068) with its address.
    Mail(&'a str),
    /// `https://` with its host.
    Web(&'a str),
    /// `http://` with its host.
    PlainWeb(&'a str),
    /// `tel:` (RFC 3966) with a number.
    Telephone(&'a str),
    /// Any other scheme.
    Other,
    /// No URI, or one of a known scheme with nothing usable in it.
    Broken(Broken),
}

/// Why a value is not a URI that leads anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// An e-mail address without `mailto:`.
    BareMail,
    /// A telephone number without `tel:`.
    BareTelephone,
    /// No scheme.
    NoScheme,
    /// A blank, a control character or another character that no URI may hold.
    Character,
    /// A scheme with nothing usable behind it.
    Hollow,
}

/// Tells what a value is.
pub fn uri(value: &str) -> Uri<'_> {
    if is_email(value) {
        return Uri::Broken(Broken::BareMail);
    }
    if is_telephone(value) {
        return Uri::Broken(Broken::BareTelephone);
    }
    let Some((scheme, rest)) = value.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) else {
        return Uri::Broken(Broken::NoScheme);
    };
    if !value.chars().all(is_uri_character) {
        return Uri::Broken(Broken::Character);
    }
    let found = match scheme.to_ascii_lowercase().as_str() {
        "mailto" => rest.split(['?', ',']).next().filter(|address| is_email(address)).map(Uri::Mail),
        "https" => host_behind(rest).map(Uri::Web),
        "http" => host_behind(rest).map(Uri::PlainWeb),
        "tel" => rest.split(';').next().filter(|number| is_telephone(number)).map(Uri::Telephone),
        _ => (!rest.is_empty()).then_some(Uri::Other),
    };
    found.unwrap_or(Uri::Broken(Broken::Hollow))
}

/// The host of a web address, in whatever case it is written.
pub fn host(url: &str) -> Option<&str> {
    match uri(url) {
        Uri::Web(host) | Uri::PlainWeb(host) => Some(host),
        _ => None,
    }
}

/// Whether a text is one e-mail address: `local@domain` with a domain of at least two labels.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let local_fits = local.chars().all(|c| c.is_alphanumeric() || "._%+-&'=~".contains(c));
    let dotted = local.starts_with('.') || local.ends_with('.');
    !local.is_empty() && local.len() <= 64 && local_fits && !dotted && is_domain(domain)
}

/// Whether an e-mail address only holds the place of one, or is one that nobody reads.
pub fn is_placeholder_email(address: &str) -> bool {
    const LOCAL: &[&str] = &["todo", "tbc", "tbd", "changeme", "youremail", "yourname", "emailaddress", "noreply", "donotreply"];
    let Some((local, domain)) = address.split_once('@') else { return true };
    let bare: String = local.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    LOCAL.contains(&bare.as_str()) || is_placeholder_host(domain)
}

/// Whether a host stands for no real one: the names that RFC 2606 and RFC 6761 set aside for examples and for the
/// machine itself, and what templates call their reader's domain.
pub fn is_placeholder_host(host: &str) -> bool {
    const RESERVED: &[&str] = &["example.com", "example.net", "example.org", "invalid", "localhost", "test"];
    const OWNERS: &[&str] = &["domain", "company", "organisation", "organization", "org", "project", "site", "website", "app"];
    let host = host.trim_end_matches('.').to_lowercase();
    let under = |name: &&str| host.strip_suffix(*name).is_some_and(|above| above.is_empty() || above.ends_with('.'));
    let templated = |label: &str| {
        let label = label.replace(['-', '_'], "");
        label.strip_prefix("your").or_else(|| label.strip_prefix("my")).is_some_and(|owner| OWNERS.contains(&owner))
    };
    RESERVED.iter().any(under) || host.split('.').any(templated)
}

/// Whether a host is one that only its own network, or the machine itself, can reach: addresses that are set aside for that (RFC 1918,
/// 3927, 4193), names under what is never public (RFC 6762, RFC 8375, `internal`), and names of one label.
pub fn is_private_host(host: &str) -> bool {
    const NAMES: &[&str] = &["local", "localhost", "internal", "intranet", "lan", "home.arpa"];
    let host = host.trim_end_matches('.').to_lowercase();
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&host);
    let v4 = |ip: Ipv4Addr| ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified();
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => v4(ip),
        Ok(IpAddr::V6(ip)) => {
            let mapped = ip.to_ipv4_mapped().is_some_and(v4);
            mapped || ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
        Err(_) => {
            let under = |name: &&str| host.strip_suffix(*name).is_some_and(|above| above.is_empty() || above.ends_with('.'));
            !host.contains('.') || NAMES.iter().any(under)
        }
    }
}

fn is_scheme(text: &str) -> bool {
    // RFC 3986 allows a dot in a scheme; no registered scheme in use has one, and `host.name:8443/x` is a frequent slip.
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-'))
}

fn is_uri_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

fn host_behind(rest: &str) -> Option<&str> {
    let authority = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    if host.starts_with('[') {
        return host.split_inclusive(']').next();
    }
    host.split(':').next().filter(|host| !host.is_empty())
}

fn is_domain(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    let label = |label: &str| {
        let edges = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && label.len() <= 63 && !edges && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let top = labels.last().is_some_and(|top| top.starts_with("xn--") || top.chars().count() >= 2 && top.chars().all(char::is_alphabetic));
    labels.len() >= 2 && text.len() <= 253 && top && labels.iter().all(|found| label(found))
}

fn is_telephone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 3 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '(' | ')' | ' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn uris_are_told_apart_by_scheme() {
        for (value, kind) in [
            ("mailto:security@ledger.example", Uri::Mail("security@ledger.example")),
            ("MAILTO:a+b@ledger.example?subject=x", Uri::Mail("a+b@ledger.example")),
            ("https://ledger.example/report", Uri::Web("ledger.example")),
            ("https://[2001:db8::1]:8443/", Uri::Web("[2001:db8::1]")),
            ("https://me@ledger.example:8443/x", Uri::Web("ledger.example")),
            ("http://ledger.example", Uri::PlainWeb("ledger.example")),
            ("tel:+44-20-7946-0000", Uri::Telephone("+44-20-7946-0000")),
            ("openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f", Uri::Other),
        ] {
            assert_eq!(uri(value), kind, "{value}");
        }
    }

    #[test]
    fn what_is_no_uri_says_why() {
        for (value, why) in [
            ("security@ledger.example", Broken::BareMail),
            ("+44 20 7946 0000", Broken::BareTelephone),
            ("ledger.example/report", Broken::NoScheme),
            ("ledger.example:8443/report", Broken::NoScheme),
            ("", Broken::NoScheme),
            ("https://ledger.example/a b", Broken::Character),
            ("mailto: security@ledger.example", Broken::Character),
            ("mailto:", Broken::Hollow),
            ("mailto://security@ledger.example", Broken::Hollow),
            ("https://", Broken::Hollow),
            ("https:ledger.example", Broken::Hollow),
            ("tel:none", Broken::Hollow),
        ] {
            assert_eq!(uri(value), Uri::Broken(why), "{value}");
        }
    }

    #[test]
    fn email_addresses_are_told_from_what_looks_like_them() {
        for good in ["security@ledger.example", "a.b+c@x.co.uk", "psirt@xn--bcher-kva.example", "x@y.xn--p1ai"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "@maintainer",
            "checkout@v4.1",
            "left-pad@1.3.0",
            "git@github.com:a/b",
            "a@b",
            ".a@b.example",
            "a@@b.example",
            "a@b..example",
            "",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn addresses_of_nobody_are_placeholders() {
        for address in [
            "security@example.com",
            "x@mail.example.org",
            "TODO@ledger.example",
            "your-email@ledger.example",
            "a@yourdomain.com",
            "a@your-company.io",
            "no-reply@ledger.example",
            "a@localhost",
            "a@site.invalid",
        ] {
            assert!(is_placeholder_email(address), "{address}");
        }
        for address in ["security@ledger.example", "a@notexample.com", "a@mydata.org", "a@example.com.ledger.example"] {
            assert!(!is_placeholder_email(address), "{address}");
        }
    }

    #[test]
    fn hosts_of_one_network_alone_are_told_from_public_ones() {
        for host in [
            "127.0.0.1",
            "10.0.0.8",
            "192.168.1.20",
            "172.16.3.4",
            "169.254.1.1",
            "0.0.0.0",
            "[::1]",
            "[fd12:3456::1]",
            "[fe80::1]",
            "[::ffff:192.168.1.1]",
            "intranet",
            "wiki.corp.local",
            "NAS.home.arpa.",
            "docs.internal",
        ] {
            assert!(is_private_host(host), "{host}");
        }
        for host in
            ["ledger.example", "93.184.216.34", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]", "local.ledger.example", "10.ledger.example"]
        {
            assert!(!is_private_host(host), "{host}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "\\PC{0,40}", tail in "(mailto:|https://|tel:|@)?[a-z.@:\\[\\]é]{0,20}") {
            for value in [&text, &tail] {
                let _ = uri(value);
                let _ = is_placeholder_email(value);
                let _ = is_private_host(value);
                prop_assert!(!is_email(value) || uri(value) == Uri::Broken(Broken::BareMail));
            }
        }
    }
}
