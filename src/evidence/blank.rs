//! Files that hold nothing: whoever vouches for one vouches for nothing.

use crate::model::attestation::is_placeholder;

/// The SHA-256 of no bytes, which a Git LFS pointer can name.
pub(super) const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// Of longer texts a mark such as `${` is a part, as of a script; this short they are nothing else.
const PLACEHOLDER_BYTES: usize = 200;

/// Whether a file is empty, or has only blanks in it.
pub(super) fn is_blank(bytes: &[u8]) -> bool {
    let text = || std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(|c| c.is_whitespace() || c == '\u{feff}'));
    bytes.iter().all(u8::is_ascii_whitespace) || text()
}

/// What is in place of contents that a signature could be over; none where there are some.
pub(super) fn in_place_of_contents(bytes: &[u8]) -> Option<&'static str> {
    if is_blank(bytes) {
        return Some("which is empty, so nothing in it was vouched for");
    }
    let short = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= PLACEHOLDER_BYTES && text.contains(char::is_alphanumeric));
    short.is_some_and(is_placeholder).then_some("which only holds the place of a file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn nothing_and_what_holds_its_place_is_told_from_contents() {
        for bytes in ["", "\n", " \t\r\n", "\u{feff}\n", "\u{a0}"] {
            assert_eq!(in_place_of_contents(bytes.as_bytes()), Some("which is empty, so nothing in it was vouched for"), "{bytes:?}");
        }
        for bytes in ["TODO\n", "to be added", "{{ checksums }}\n"] {
            assert_eq!(in_place_of_contents(bytes.as_bytes()), Some("which only holds the place of a file"), "{bytes}");
        }
        let script = format!("#!/bin/sh\nexec \"${{HOME}}/bin/ledger\"\n{}", "# more\n".repeat(40));
        for bytes in ["\0", "{}\n", "WIDGET\n", "a release artefact\n", script.as_str()] {
            assert_eq!(in_place_of_contents(bytes.as_bytes()), None, "{bytes}");
        }
        assert_eq!(in_place_of_contents(&[0xff, 0xfe]), None);
    }

    #[test]
    fn the_digest_is_that_of_no_bytes() {
        assert_eq!(crate::input::policy::hex(&Sha256::digest(b"")), SHA256);
    }
}
