//! Places: addresses relative to the git repository's root, and regions of lines and columns.

use std::fmt::Write as _;

use serde_sarif::sarif::{ArtifactLocation, Location, PhysicalLocation, Region};

use super::SRCROOT;
use crate::source::Place;

/// A path from the repository's root as a relative reference (RFC 3986): percent-encoded but for unreserved characters,
/// the slash and those sub-delimiters that a first segment may hold.
pub(super) fn uri(path: &str) -> String {
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

pub(super) fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation::builder().uri(uri(path)).uri_base_id(SRCROOT).build()
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Lines and columns, 1-based, the end column exclusive, as the standard counts them (section 3.30).
pub(super) fn region(place: &Place) -> Region {
    Region::builder()
        .start_line(number(place.line))
        .start_column(number(place.column))
        .end_line(number(place.end_line))
        .end_column(number(place.end_column))
        .build()
}

/// A place in a file; none where there is no file.
pub(super) fn location(place: &Place) -> Option<Location> {
    let physical = PhysicalLocation::builder().artifact_location(artifact(&place.file)).region(region(place)).build();
    (!place.file.is_empty()).then(|| Location::builder().physical_location(physical).build())
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
