//! `private-key-in-tree`: a private key lies in the repository, where everyone who can read it has it.

use super::search::Search;
use super::{Probe, Scene, Sighting};
use crate::input::shipped::words;
use crate::limits;

/// See the module's documentation.
pub(super) struct PrivateKeyInTree;

/// What follows the last dot of files whose contents may be a key, in lower case; without a dot a few names may.
#[rustfmt::skip]
const ENDINGS: &[&str] = &[
    "pem", "key", "rsa", "dsa", "ecdsa", "ed25519", "ppk", "env", "yml", "yaml", "json", "toml", "ini", "cfg", "conf", "properties", "tf", "tfvars",
    "sh", "py", "js", "ts", "go", "rb", "php", "java", "kt", "swift", "rs", "c", "h", "cpp", "cs", "txt", "crt", "cert", "htpasswd", "dockerfile", "",
];

/// How the names end that have no dot.
const PLAIN: &[&str] = &["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "dockerfile"];

impl Probe for PrivateKeyInTree {
    fn name(&self) -> &'static str {
        SEARCH.probe
    }

    fn looks_at(&self) -> &'static str {
        "The product's key, configuration, script and source files of up to 256 KiB, for the block of an unencrypted private key (PEM, OpenSSH, PGP)."
    }

    fn limits(&self) -> &'static str {
        "Encrypted keys, keys in binary formats and keys in the history are not told. Test keys belong in a folder for tests or fixtures, which is left alone, and so is a file or a constant that is named after a test."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        scene.searched(SEARCH.probe)
    }
}

pub(super) const SEARCH: Search = Search {
    probe: "private-key-in-tree",
    endings: ENDINGS,
    named: may_hold_a_key,
    look: |path, text| private_key(text).map(|at| (at, format!("{path} holds a private key"))).into_iter().collect(),
};

fn may_hold_a_key(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let test = || words(name).iter().any(|word| matches!(word.as_str(), "test" | "tests" | "testing" | "fake" | "dummy" | "mock"));
    (name.contains('.') || PLAIN.iter().any(|end| lower.ends_with(end))) && !test()
}

/// Where the block of an unencrypted private key begins: its first line.
fn private_key(text: &str) -> Option<std::ops::Range<usize>> {
    let mut begins = text.match_indices("-----BEGIN ").map(|(at, _)| at).peekable();
    while let Some(at) = begins.next() {
        // A block ends before the next begins, and no key's is longer: however a text is made, each of its bytes is looked at once.
        let mut stop = begins.peek().copied().unwrap_or(text.len()).min(at + limits::KEY_BLOCK_BYTES);
        while !text.is_char_boundary(stop) {
            stop -= 1;
        }
        let block = text.get(at..stop)?;
        let label = block.get("-----BEGIN ".len()..)?.split("-----").next().unwrap_or_default();
        let is_key = matches!(
            label,
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "DSA PRIVATE KEY" | "OPENSSH PRIVATE KEY" | "PGP PRIVATE KEY BLOCK"
        );
        let header = "-----BEGIN -----".len() + label.len();
        let body = || block.find(&format!("-----END {label}-----")).and_then(|end| block.get(header..end));
        if is_key && body().is_some_and(|body| is_key_body(label, body)) && !is_of_a_test(text, at) {
            return Some(at..at + header);
        }
    }
    None
}

/// Whether the source in which a block stands calls it a test's or a made-up one, on the block's own line.
fn is_of_a_test(text: &str, at: usize) -> bool {
    let mut from = at.saturating_sub(200);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let said = words(text.get(from..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default());
    said.iter().any(|word| matches!(word.as_str(), "test" | "tests" | "testing" | "fake" | "dummy" | "mock" | "example" | "sample"))
}

/// Whether a block's body is plausibly a key and not the place for one: enough base64, not encrypted, not all the same, and
/// with the beginning that every key of its kind has.
fn is_key_body(label: &str, body: &str) -> bool {
    if body.contains("ENCRYPTED") || body.contains("${") || body.contains("{{") || body.contains("...") {
        return false;
    }
    // In source text a line end may be written as an escape.
    let plain = body.replace("\\n", "").replace("\\r", "");
    let letters: Vec<char> = plain.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')).collect();
    let distinct: std::collections::BTreeSet<char> = letters.iter().copied().collect();
    // DER begins with a sequence, which is an M in base64; an OpenSSH key with its own name. Source text between the two
    // lines begins with neither.
    let first = plain.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))).find(|run| run.len() >= 24);
    let is_begun = match label {
        "OPENSSH PRIVATE KEY" => plain.contains("b3BlbnNzaC1rZXktdjE"),
        "PGP PRIVATE KEY BLOCK" => true,
        _ => first.is_some_and(|run| run.starts_with('M')),
    };
    // The cipher of an OpenSSH key stands in its head: "none" is an unencrypted one.
    let sealed = plain.contains("b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHI");
    letters.len() >= 60 && distinct.len() >= 20 && is_begun && !sealed
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str =
        "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49AwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs38GecTyudlHz6xvCdz8q";

    fn block(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn only_unencrypted_keys_are_told() {
        assert_eq!(private_key(&block("EC PRIVATE KEY", BODY)), Some(0..30));
        assert!(private_key(&format!("key = \"{}\"", block("PRIVATE KEY", BODY).replace('\n', "\\n"))).is_some());
        assert!(private_key(&block("PRIVATE KEY", &format!("\"\n b\"{BODY}\\n\"\n b\""))).is_some());
        for text in [
            block("PUBLIC KEY", BODY),
            block("ENCRYPTED PRIVATE KEY", BODY),
            block("RSA PRIVATE KEY", &format!("Proc-Type: 4,ENCRYPTED\n{BODY}")),
            block("PRIVATE KEY", "..."),
            block("PRIVATE KEY", "YOUR KEY HERE"),
            block("PRIVATE KEY", &"A".repeat(200)),
            "-----BEGIN PRIVATE KEY-----".to_owned(),
            // Two constants that name the lines, with code between them.
            "BEGIN = \"-----BEGIN PRIVATE KEY-----\"\nBREAK = \"$BEGIN\\n\"\nprivate const val THE_END_OF_A_KEY_WITH_MORE_LETTERS_xyz0123 = \"-----END PRIVATE KEY-----\"\n".to_owned(),
            format!("const TestSigningKey = `{}`", block("EC PRIVATE KEY", BODY)),
            format!("const FAKE_KEY_0: &str = \"{}\"", block("PRIVATE KEY", BODY)),
        ] {
            assert_eq!(private_key(&text), None, "{text}");
        }
    }

    #[test]
    fn a_key_after_another_block_is_found() {
        let text = format!("{}{}", block("CERTIFICATE", BODY), block("PRIVATE KEY", BODY));
        assert!(private_key(&text).is_some());
        let text = format!("TEST_KEY = `{}`\nKEY = `{}`", block("PRIVATE KEY", BODY), block("PRIVATE KEY", BODY));
        assert!(private_key(&text).is_some());
    }

    #[test]
    fn only_the_blocks_own_line_says_that_it_is_a_tests() {
        assert!(private_key(&format!("# not for tests\n{}", block("EC PRIVATE KEY", BODY))).is_some());
        assert_eq!(private_key(&format!("# for tests {}", block("EC PRIVATE KEY", BODY))), None);
        assert_eq!(private_key(&format!("test {} = {}", "\u{e9}".repeat(90), block("EC PRIVATE KEY", BODY))), None);
    }

    #[test]
    fn a_block_ends_before_the_next_begins() {
        let text = format!("-----BEGIN PRIVATE KEY-----\n{}", block("EC PRIVATE KEY", BODY));
        assert_eq!(private_key(&text), Some(28..58));
        let begun = "-----BEGIN PRIVATE KEY-----\nx\n".repeat(9_000);
        assert_eq!(private_key(&begun), None);
        assert_eq!(private_key(&format!("{begun}{BODY}\n-----END PRIVATE KEY-----")), Some(begun.len() - 30..begun.len() - 3));
    }

    #[test]
    fn a_file_named_after_a_test_holds_a_tests_key() {
        assert!(may_hold_a_key("server.key") && may_hold_a_key("latest.pem"));
        assert!(!may_hold_a_key("board-test-ec-p256.pem") && !may_hold_a_key("testing.go"));
    }
}
