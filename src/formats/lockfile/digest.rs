//! Whether a text that stands where a lockfile keeps a digest is one: of an algorithm that the ecosystem takes, in its alphabet
//! and of its length. Whether it is the digest of the package cannot be told without the package.
//!
//! Every form is the one that the package manager itself writes: Cargo's `checksum`, Subresource Integrity (npm, pnpm, Yarn),
//! Yarn's cache key and digest, the `hash` of Python's tools and the `hashes` of PEP 751, Go's `h1:`, Bundler's CHECKSUMS,
//! Composer's `shasum`, NuGet's `contentHash`, pub's `sha256`, and git's commit ids.

use std::fmt;

use crate::formats::base64;

/// Why a text is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDigest {
    /// It has another form than this, which the ecosystem writes.
    Form(&'static str),
    /// Zeros stand where the digest belongs.
    Zeros,
    /// A few characters over and over, or ones that count up or down.
    Pattern,
    /// It is of an algorithm for which other bytes with the same digest can be made.
    Weak(&'static str),
}

impl fmt::Display for NoDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(form) => f.write_str(form),
            Self::Zeros => f.write_str("it is all zeros"),
            Self::Pattern => f.write_str("it repeats or counts, as no digest does"),
            Self::Weak(algorithm) => write!(f, "{algorithm} is too weak to bind a package to its bytes"),
        }
    }
}

/// What a text must be to be a digest.
pub(super) type Form = fn(&str) -> Result<(), NoDigest>;

const SHA1_BYTES: usize = 20;
const SHA256_BYTES: usize = 32;
const SHA384_BYTES: usize = 48;
const SHA512_BYTES: usize = 64;

/// The SHA-256 of a crate or of a Dart package.
pub(super) fn sha256(text: &str) -> Result<(), NoDigest> {
    hexadecimal(text, SHA256_BYTES, "a SHA-256 digest has 64 hexadecimal digits")
}

/// The SHA-1 of a Composer archive.
pub(super) fn sha1(text: &str) -> Result<(), NoDigest> {
    hexadecimal(text, SHA1_BYTES, "a SHA-1 digest has 40 hexadecimal digits")
}

/// A full commit id of git (SHA-1 or SHA-256).
pub(super) fn commit(text: &str) -> Result<(), NoDigest> {
    let bytes = if text.len() == SHA256_BYTES * 2 { SHA256_BYTES } else { SHA1_BYTES };
    hexadecimal(text, bytes, "a full commit id has 40 or 64 hexadecimal digits")
}

/// The SHA-512 of a NuGet package.
pub(super) fn content_hash(text: &str) -> Result<(), NoDigest> {
    in_base64(text, SHA512_BYTES, "a contentHash is a SHA-512 digest, 88 characters of Base64")
}

/// Go's digest over the files of a module: a SHA-256.
pub(super) fn go(text: &str) -> Result<(), NoDigest> {
    const FORM: &str = "a digest of go.sum is `h1:` and 44 characters of Base64";
    in_base64(text.strip_prefix("h1:").ok_or(NoDigest::Form(FORM))?, SHA256_BYTES, FORM)
}

/// Yarn 2 and later: a SHA-512, behind the key of the cache that it was computed for.
pub(super) fn yarn_cache(text: &str) -> Result<(), NoDigest> {
    const FORM: &str = "a checksum of Yarn is a SHA-512 digest, 128 hexadecimal digits, behind a cache key and `/`";
    let digest = match text.split_once('/') {
        Some((key, digest)) if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric()) => digest,
        Some(_) => return Err(NoDigest::Form(FORM)),
        None => text,
    };
    hexadecimal(digest, SHA512_BYTES, FORM)
}

/// Subresource Integrity: `sha512-` and Base64, several of them apart by blanks, each with options behind `?`. What was
/// published to the npm registry before 2017 has a SHA-1 only.
pub(super) fn subresource(text: &str) -> Result<(), NoDigest> {
    const FORM: &str = "an integrity is `sha512-`, `sha384-`, `sha256-` or `sha1-` and the whole digest in Base64";
    let parts = text.split_whitespace().map(|one| one.split_once('-').unwrap_or((one, "")));
    any_of(parts, FORM, |algorithm, value| {
        let bytes = match algorithm {
            "sha1" => SHA1_BYTES,
            "sha256" => SHA256_BYTES,
            "sha384" => SHA384_BYTES,
            "sha512" => SHA512_BYTES,
            "md5" => return Some(Err(NoDigest::Weak("MD5"))),
            _ => return None,
        };
        Some(in_base64(value.split('?').next().unwrap_or_default(), bytes, FORM))
    })
}

/// One hash of a Python distribution: `sha256:` and hexadecimal digits.
pub(super) fn python(text: &str) -> Result<(), NoDigest> {
    python_hashes(text.split_once(':').into_iter())
}

/// The hashes of one Python distribution, each with its algorithm.
pub(super) fn python_hashes<'t>(hashes: impl Iterator<Item = (&'t str, &'t str)>) -> Result<(), NoDigest> {
    const FORM: &str = "a hash is `sha256` (or another strong algorithm of Python's hashlib) and the whole digest in hexadecimal digits";
    any_of(hashes, FORM, |algorithm, value| {
        let bytes = match algorithm {
            "sha256" | "sha3_256" | "blake2s" => SHA256_BYTES,
            "sha384" | "sha3_384" => SHA384_BYTES,
            "sha512" | "sha3_512" | "blake2b" => SHA512_BYTES,
            // pip takes neither of them for a hash to check.
            "sha1" => return Some(Err(NoDigest::Weak("SHA-1"))),
            "md5" => return Some(Err(NoDigest::Weak("MD5"))),
            _ => return None,
        };
        Some(hexadecimal(value, bytes, FORM))
    })
}

/// Bundler's CHECKSUMS: `sha256=` and hexadecimal digits, several of them apart by commas.
pub(super) fn gem(text: &str) -> Result<(), NoDigest> {
    const FORM: &str = "a checksum of a gem is `sha256=` and 64 hexadecimal digits";
    let parts = text.split(',').map(|one| one.trim().split_once('=').unwrap_or((one, "")));
    any_of(parts, FORM, |algorithm, value| {
        let bytes = match algorithm {
            "sha256" => SHA256_BYTES,
            "sha384" => SHA384_BYTES,
            "sha512" => SHA512_BYTES,
            "md5" => return Some(Err(NoDigest::Weak("MD5"))),
            _ => return None,
        };
        Some(hexadecimal(value, bytes, FORM))
    })
}

/// Several digests of the same bytes: every one of a known algorithm must be whole, and at least one must be strong. `one`
/// gives none for an algorithm that it does not know.
fn any_of<'t>(
    digests: impl Iterator<Item = (&'t str, &'t str)>,
    form: &'static str,
    one: impl Fn(&str, &str) -> Option<Result<(), NoDigest>>,
) -> Result<(), NoDigest> {
    let mut found = Err(NoDigest::Form(form));
    for (algorithm, value) in digests {
        match one(algorithm, value) {
            Some(Ok(())) => found = Ok(()),
            Some(Err(weak @ NoDigest::Weak(_))) if found.is_err() => found = Err(weak),
            Some(Err(NoDigest::Weak(_))) | None => {}
            Some(Err(bad)) => return Err(bad),
        }
    }
    found
}

fn hexadecimal(text: &str, bytes: usize, form: &'static str) -> Result<(), NoDigest> {
    if text.len() != bytes * 2 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(NoDigest::Form(form));
    }
    match text.bytes().all(|byte| byte == b'0') {
        true => Err(NoDigest::Zeros),
        false => no_pattern(text.to_ascii_lowercase().as_bytes(), b"0123456789abcdef"),
    }
}

/// Longest run of characters whose repetition is taken for a pattern. Of the shortest digest, 27 characters of Base64, that leaves 15
/// that would have to fall that way by chance.
const PATTERN: usize = 12;

/// What somebody typed in place of a digest: a few characters over and over (`aaaa`, `deadbeef`, `0123456789`), or the alphabet.
fn no_pattern(text: &[u8], alphabet: &[u8]) -> Result<(), NoDigest> {
    let repeats = |length: usize| text.iter().zip(text.iter().skip(length)).all(|(one, other)| one == other);
    let digit = |byte: &u8| alphabet.iter().position(|other| other == byte).unwrap_or_default();
    let step = |pair: &[u8]| match pair {
        [one, other] => (digit(other) + alphabet.len() - digit(one)) % alphabet.len(),
        _ => 0,
    };
    let first = text.windows(2).next().map(step);
    let counts = matches!(first, Some(up) if up == 1 || up + 1 == alphabet.len()) && text.windows(2).all(|pair| Some(step(pair)) == first);
    if counts || (1..=PATTERN).any(repeats) { Err(NoDigest::Pattern) } else { Ok(()) }
}

fn in_base64(text: &str, bytes: usize, form: &'static str) -> Result<(), NoDigest> {
    let whole = text.len() == bytes.div_ceil(3) * 4;
    match base64::decode(text).filter(|decoded| whole && decoded.len() == bytes) {
        None => Err(NoDigest::Form(form)),
        Some(decoded) if decoded.iter().all(|byte| *byte == 0) => Err(NoDigest::Zeros),
        // The last character before the padding carries fewer bits than the others, so a pattern ends before it.
        Some(_) => no_pattern(
            text.as_bytes().get(..(bytes * 8).div_ceil(6) - 1).unwrap_or_default(),
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        ),
    }
}

/// Digests of the seven bytes `example`, for the tests of the readers.
#[cfg(test)]
pub(super) mod example {
    pub(in super::super) const SHA1: &str = "c3499c2729730a7f807efb8676a92dcb6f8a3f8f";
    pub(in super::super) const SHA256: &str = "50d858e0985ecc7f60418aaf0cc5ab587f42c2570a884095a9e8ccacd0f6545c";
    pub(in super::super) const SHA512: &str =
        "3bb12eda3c298db5de25597f54d924f2e17e78a26ad8953ed8218ee682f0bbbe9021e2f3009d152c911bf1f25ec683a902714166767afbd8e5bd0fb0124ecb8a";
    pub(in super::super) const SHA1_BASE64: &str = "w0mcJylzCn+AfvuGdqkty2+KP48=";
    pub(in super::super) const SHA256_BASE64: &str = "UNhY4JhezH9gQYqvDMWrWH9CwlcKiECVqejMrND2VFw=";
    pub(in super::super) const SHA384_BASE64: &str = "/u6/iE9tq+bsqNaONz1r5IjNql63ZOiVKQM2/+n/lpaG8qnTYumou93257LhRV8t";
    pub(in super::super) const SHA512_BASE64: &str =
        "O7Eu2jwpjbXeJVl/VNkk8uF+eKJq2JU+2CGO5oLwu76QIeLzAJ0VLJEb8fJexoOpAnFBZnZ6+9jlvQ+wEk7Lig==";
    pub(in super::super) const MD5_BASE64: &str = "Gnmk1g3mcY6OWzJuM4rlMw==";
}

#[cfg(test)]
mod tests {
    use super::example::*;
    use super::*;
    use proptest::prelude::*;

    /// Every form with a digest that it takes.
    fn forms() -> Vec<(Form, String)> {
        vec![
            (sha1, SHA1.to_owned()),
            (sha256, SHA256.to_owned()),
            (commit, SHA1.to_owned()),
            (content_hash, SHA512_BASE64.to_owned()),
            (go, format!("h1:{SHA256_BASE64}")),
            (yarn_cache, SHA512.to_owned()),
            (yarn_cache, format!("10c0/{SHA512}")),
            (subresource, format!("sha1-{SHA1_BASE64}")),
            (subresource, format!("sha256-{SHA256_BASE64}")),
            (subresource, format!("sha384-{SHA384_BASE64}")),
            (subresource, format!("sha512-{SHA512_BASE64}")),
            (python, format!("sha256:{SHA256}")),
            (python, format!("sha512:{SHA512}")),
            (python, format!("blake2b:{SHA512}")),
            (gem, format!("sha256={SHA256}")),
        ]
    }

    #[test]
    fn a_digest_of_each_form_is_taken() {
        for (form, text) in forms() {
            assert_eq!(form(&text), Ok(()), "{text}");
        }
        assert_eq!(commit(SHA256), Ok(()));
    }

    #[test]
    fn any_other_text_is_refused() {
        for (form, text) in forms() {
            for bad in ["", "x", "aa", "sha512", "sha512-", "sha512-aa==", "sha256:", "sha256=", "h1:", "10c0/", "whirlpool-AAAA", " "] {
                assert!(matches!(form(bad), Err(NoDigest::Form(_))), "{bad} for {text}");
            }
            let other = text.replace(['4', '5', '6'], "*");
            assert!(matches!(form(&other), Err(NoDigest::Form(_))), "{other}");
        }
    }

    #[test]
    fn zeros_are_no_digest() {
        let (one, two) = ("0".repeat(64), "0".repeat(128));
        let base64 = format!("{}==", "A".repeat(86));
        let zeros = [
            sha256(&one),
            sha1(&"0".repeat(40)),
            commit(&"0".repeat(40)),
            commit(&one),
            yarn_cache(&format!("10c0/{two}")),
            python(&format!("sha256:{one}")),
            gem(&format!("sha256={one}")),
            content_hash(&base64),
            subresource(&format!("sha512-{base64}")),
            go(&format!("h1:{}=", "A".repeat(43))),
        ];
        assert_eq!(zeros, [Err(NoDigest::Zeros); 10]);
    }

    #[test]
    fn what_repeats_or_counts_is_no_digest() {
        let of = |unit: &str, length: usize| unit.chars().cycle().take(length).collect::<String>();
        let alphabet = of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 85);
        let made_up = [
            sha256(&of("a", 64)),
            sha256(&of("A", 64)),
            sha256(&of("deadbeef", 64)),
            sha1(&of("0123456789", 40)),
            sha256(&of("0123456789abcdef", 64)),
            commit(&of("fedcba9876543210", 40)),
            python(&format!("sha256:{}", of("1234567890", 64))),
            gem(&format!("sha256={}", of("ab", 64))),
            yarn_cache(&format!("10c0/{}", of("f", 128))),
            subresource(&format!("sha512-{}w==", of("x", 85))),
            subresource(&format!("sha512-{}Q==", of("abcd", 85))),
            subresource(&format!("sha1-{}E=", of("Abc", 26))),
            go(&format!("h1:{}E=", of("z", 42))),
            content_hash(&format!("{alphabet}w==")),
        ];
        assert_eq!(made_up, [Err(NoDigest::Pattern); 14]);
    }

    #[test]
    fn md5_binds_nothing_and_neither_does_sha_1_where_tools_refuse_it() {
        assert_eq!(subresource(&format!("md5-{MD5_BASE64}")), Err(NoDigest::Weak("MD5")));
        assert_eq!(python("md5:1a79a4d60de6718e8e5b326e338ae533"), Err(NoDigest::Weak("MD5")));
        assert_eq!(gem("md5=1a79a4d60de6718e8e5b326e338ae533"), Err(NoDigest::Weak("MD5")));
        assert_eq!(python(&format!("sha1:{SHA1}")), Err(NoDigest::Weak("SHA-1")));
    }

    #[test]
    fn of_several_digests_one_must_be_strong_and_all_that_are_known_whole() {
        let (strong, old) = (format!("sha512-{SHA512_BASE64}"), format!("sha1-{SHA1_BASE64}"));
        for good in [format!("{old} {strong}"), format!("{strong}\n{old}"), format!("md5-x {strong}"), format!("sha3-x {strong}?a=b")] {
            assert_eq!(subresource(&good), Ok(()), "{good}");
        }
        assert!(matches!(subresource(&format!("{strong} sha512-x")), Err(NoDigest::Form(_))));
        assert_eq!(gem(&format!("sha256={SHA256},sha512={SHA512}")), Ok(()));
        assert!(matches!(gem(&format!("sha256={SHA256},sha512={SHA256}")), Err(NoDigest::Form(_))));
        assert_eq!(python_hashes([("md5", "x"), ("sha256", SHA256)].into_iter()), Ok(()));
        assert!(matches!(python_hashes(std::iter::empty()), Err(NoDigest::Form(_))));
    }

    #[test]
    fn an_algorithm_of_another_length_is_refused() {
        for bad in [format!("sha512-{SHA256_BASE64}"), format!("sha1-{SHA256_BASE64}"), format!("sha256-{SHA1_BASE64}")] {
            assert!(matches!(subresource(&bad), Err(NoDigest::Form(_))), "{bad}");
        }
        assert!(matches!(python(&format!("sha512:{SHA256}")), Err(NoDigest::Form(_))));
    }

    proptest! {
        #[test]
        fn a_digest_cut_short_or_made_longer_is_never_taken(at in 0usize..15, cut in 1usize..200, more in "[0-9a-zA-Z+/=]{1,20}", front: bool) {
            let (form, text) = forms().swap_remove(at);
            let kept: String = text.chars().take(text.chars().count().saturating_sub(cut)).collect();
            prop_assert!(form(&kept).is_err(), "{}", kept);
            let longer = if front { format!("{more}{text}") } else { format!("{text}{more}") };
            // What is in front of Yarn's digest is the key of its cache.
            prop_assume!(!(front && text.ends_with(SHA512)));
            prop_assert!(form(&longer).is_err(), "{}", longer);
        }

        #[test]
        fn any_text_is_judged_without_a_panic(text in any::<String>(), at in 0usize..15) {
            let (form, _) = forms().swap_remove(at);
            let _ = form(&text);
        }
    }
}
