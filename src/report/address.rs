//! Addresses of files and lines: relative to the git repository's root, and on the hosts whose form is known.

use std::fmt::Write as _;

use crate::source::Place;

/// A path from the repository's root as a relative reference (RFC 3986): percent-encoded but for unreserved characters,
/// the slash and those sub-delimiters that a first segment may hold.
pub(in crate::report) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' | b'+' | b',' | b'=' => {
                out.push(char::from(byte));
            }
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

/// Where a line can be looked at: on the host at the commit where both are known, else relative to the repository's root.
pub(in crate::report) fn line(origin: Option<&str>, commit: Option<&str>, place: &Place) -> String {
    let file = uri(&place.file);
    let page = origin.and_then(project_page).zip(commit).map(|((page, blob), commit)| format!("{page}/{blob}/{commit}/"));
    format!("{}{file}#L{}", page.unwrap_or_default(), place.line)
}

/// The page of a project, and what its files stand under.
fn project_page(origin: &str) -> Option<(String, &'static str)> {
    let (scheme, rest) = origin.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let blob = match host.split(['.', ':']).next()? {
        "github" => "blob",
        "gitlab" => "-/blob",
        _ => return None,
    };
    // The port of another protocol is not the one that pages are read at.
    let (scheme, host) = match scheme {
        "http" | "https" => (scheme, host),
        _ => ("https", host.split(':').next()?),
    };
    Some((format!("{scheme}://{host}/{}", path.strip_suffix(".git").unwrap_or(path)), blob))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_percent_encoded() {
        for (path, encoded) in [
            ("portcullis.toml", "portcullis.toml"),
            ("caf\u{e9} notes/a b.md", "caf%C3%A9%20notes/a%20b.md"),
            ("a:b/100%#?.md", "a%3Ab/100%25%23%3F.md"),
            ("@scope/c++/[id].ts", "@scope/c++/%5Bid%5D.ts"),
        ] {
            assert_eq!(uri(path), encoded);
        }
    }

    #[test]
    fn a_line_is_addressed_on_hosts_whose_form_is_known() {
        let place = Place { file: "a b.toml".to_owned(), outside: false, line: 7, column: 1, end_line: 7, end_column: 2 };
        for (origin, link) in [
            ("https://github.com/acme/ledger.git", "https://github.com/acme/ledger/blob/c0ffee/a%20b.toml#L7"),
            ("ssh://github.com/acme/ledger.git", "https://github.com/acme/ledger/blob/c0ffee/a%20b.toml#L7"),
            ("https://github.acme.example/acme/ledger", "https://github.acme.example/acme/ledger/blob/c0ffee/a%20b.toml#L7"),
            ("https://gitlab.com/acme/ledger.git", "https://gitlab.com/acme/ledger/-/blob/c0ffee/a%20b.toml#L7"),
            ("https://notgithub.example/acme/ledger", "a%20b.toml#L7"),
            ("http://gitlab.acme.example/acme/ledger", "http://gitlab.acme.example/acme/ledger/-/blob/c0ffee/a%20b.toml#L7"),
            ("ssh://gitlab.acme.example:2222/acme/ledger", "https://gitlab.acme.example/acme/ledger/-/blob/c0ffee/a%20b.toml#L7"),
            ("https://git.example/acme/ledger", "a%20b.toml#L7"),
        ] {
            assert_eq!(line(Some(origin), Some("c0ffee"), &place), link);
        }
        assert_eq!(line(None, Some("c0ffee"), &place), "a%20b.toml#L7");
        assert_eq!(line(Some("https://github.com/acme/ledger"), None, &place), "a%20b.toml#L7");
    }

    proptest! {
        #[test]
        fn an_address_holds_only_safe_characters_and_decodes_to_its_path(path in "\\PC{0,20}") {
            let encoded = uri(&path);
            let safe = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}[]#?:".contains(&byte);
            prop_assert!(encoded.bytes().all(safe), "{encoded}");
            let mut bytes = Vec::new();
            let mut rest = encoded.bytes();
            while let Some(byte) = rest.next() {
                bytes.push(match byte {
                    b'%' => u8::from_str_radix(&format!("{}{}", rest.next().unwrap() as char, rest.next().unwrap() as char), 16).unwrap(),
                    other => other,
                });
            }
            prop_assert_eq!(String::from_utf8(bytes).unwrap(), path);
        }
    }
}
