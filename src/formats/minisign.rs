//! minisign: the formats of public keys and signatures that minisign(1) describes, and their verification.
//!
//! A signature is Ed25519 over the file (legacy, algorithm `Ed`) or over its BLAKE2b-512 digest (algorithm `ED`). A second
//! one, the global signature, is over the first and the trusted comment.

use blake2::{Blake2b512, Digest};
use ed25519_dalek::{Signature as Ed25519, VerifyingKey};

use super::base64;

const UNTRUSTED: &str = "untrusted comment:";
const TRUSTED: &str = "trusted comment: ";

/// A public key: the second line of a `.pub` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    id: [u8; 8],
    key: VerifyingKey,
}

/// A signature file; nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    prehashed: bool,
    id: [u8; 8],
    signature: [u8; 64],
    global: [u8; 64],
    comment: String,
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// Another key made it.
    Key,
    /// It is not over these bytes.
    Content,
    /// The trusted comment is not the one that was signed.
    Comment,
}

/// The id of a key as minisign prints it.
fn shown(id: [u8; 8]) -> String {
    format!("{:016X}", u64::from_le_bytes(id))
}

impl PublicKey {
    /// Reads a key: its base64 line, or the two lines of a `.pub` file.
    ///
    /// # Errors
    /// In words, what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut lines = text.trim().lines();
        let mut line = lines.next().unwrap_or_default();
        if line.starts_with(UNTRUSTED) {
            line = lines.next().unwrap_or_default();
        }
        if lines.next().is_some() {
            return Err("a minisign key is one line".into());
        }
        let bytes = base64::decode(line).ok_or("it is not base64")?;
        let wrong = || format!("a minisign key has 42 bytes that begin with Ed, and this has {}", bytes.len());
        let (id, key) = bytes.strip_prefix(b"Ed").and_then(|rest| rest.split_first_chunk::<8>()).ok_or_else(wrong)?;
        let key: &[u8; 32] = key.try_into().map_err(|_| wrong())?;
        let key = VerifyingKey::from_bytes(key).ok().filter(|key| !key.is_weak());
        Ok(Self { id: *id, key: key.ok_or("its Ed25519 key is not a valid one")? })
    }

    /// Its id as minisign prints it.
    pub fn id(&self) -> String {
        shown(self.id)
    }
}

impl Signature {
    /// Whether a file looks like a minisign signature.
    pub fn is_like(file: &[u8]) -> bool {
        file.starts_with(UNTRUSTED.as_bytes())
    }

    /// Reads a `.minisig` file.
    ///
    /// # Errors
    /// In words, what is wrong, with the number of the line.
    pub fn read(text: &str) -> Result<Self, (usize, String)> {
        let lines: Vec<&str> = text.trim_end().lines().collect();
        let [untrusted, first, trusted, second] = lines.as_slice() else {
            return Err((1, format!("a minisign signature has four lines, and this has {}", lines.len())));
        };
        if !untrusted.starts_with(UNTRUSTED) {
            return Err((1, format!("the first line does not begin with `{UNTRUSTED}`")));
        }
        let bytes = base64::decode(first).ok_or((2, "the signature is not base64".to_owned()))?;
        let wrong = || (2, format!("a minisign signature has 74 bytes that begin with Ed or ED, and this has {}", bytes.len()));
        let prehashed = match bytes.get(..2) {
            Some(b"ED") => true,
            Some(b"Ed") => false,
            _ => return Err(wrong()),
        };
        let (id, signature) = bytes.get(2..).and_then(|rest| rest.split_first_chunk::<8>()).ok_or_else(wrong)?;
        let signature = signature.try_into().map_err(|_| wrong())?;
        let comment = trusted.strip_prefix(TRUSTED).ok_or((3, format!("the third line does not begin with `{TRUSTED}`")))?;
        let global = base64::decode(second).and_then(|bytes| bytes.try_into().ok());
        let global = global.ok_or((4, "the global signature is not 64 bytes in base64".to_owned()))?;
        Ok(Self { prehashed, id: *id, signature, global, comment: comment.to_owned() })
    }

    /// The id of the key that it says it was made with.
    pub fn key_id(&self) -> String {
        shown(self.id)
    }

    /// The trusted comment: signed, once [`Signature::verify`] says so.
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// Verifies both signatures.
    ///
    /// # Errors
    /// Which of them does not hold, and why.
    pub fn verify(&self, key: &PublicKey, content: &[u8]) -> Result<(), Mismatch> {
        if key.id != self.id {
            return Err(Mismatch::Key);
        }
        let signature = Ed25519::from_bytes(&self.signature);
        let hashed = self.prehashed.then(|| Blake2b512::digest(content));
        let signed = hashed.as_ref().map_or(content, |digest| digest.as_slice());
        key.key.verify_strict(signed, &signature).map_err(|_| Mismatch::Content)?;
        let global = [&self.signature[..], self.comment.as_bytes()].concat();
        key.key.verify_strict(&global, &Ed25519::from_bytes(&self.global)).map_err(|_| Mismatch::Comment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "RWSd1UUOuqeoQlWme+Ceq8gOIB/0orDz26qB4jOFFxN463cmSSHLOggY";
    const CONTENT: &[u8] = b"release 1.0.0 of widget\n";
    const FILE: &str = "untrusted comment: signature from minisign secret key\n\
        RUSd1UUOuqeoQqBtHzsl+8wM8G38RYhK5HHGpAOxM90sByEUUCc+77bbhNQ3spP88Ffp2SGyyhGZ2aXHMbrW5YEF5GNY5jqYGgo=\n\
        trusted comment: widget 1.0.0 throwaway key\n\
        nHUR0+iU3fhv5Sgr7oWpcHufuGNqgvA0rlK+9IUTp3bkStNvkMLZBQJ8aUBy4Vr/B+H+zn/9HvIeOCYhf27aBA==\n";

    #[test]
    fn a_signature_made_by_minisign_verifies() {
        let key = PublicKey::read(KEY).unwrap();
        assert_eq!(key.id(), "42A8A7BA0E45D59D");
        assert_eq!(PublicKey::read(&format!("untrusted comment: minisign public key\n{KEY}\n")), Ok(key.clone()));
        let signature = Signature::read(FILE).unwrap();
        assert_eq!((signature.key_id(), signature.comment()), (key.id(), "widget 1.0.0 throwaway key"));
        assert_eq!(signature.verify(&key, CONTENT), Ok(()));
        assert_eq!(signature.verify(&key, b"release 1.0.1 of widget\n"), Err(Mismatch::Content));
    }

    #[test]
    fn the_trusted_comment_is_signed_and_the_untrusted_one_is_not() {
        let key = PublicKey::read(KEY).unwrap();
        let with = |from: &str, to: &str| Signature::read(&FILE.replace(from, to)).unwrap().verify(&key, CONTENT);
        assert_eq!(with("throwaway", "lasting"), Err(Mismatch::Comment));
        assert_eq!(with("signature from", "made by"), Ok(()));
    }

    #[test]
    fn a_key_of_another_length_or_a_weak_one_is_refused() {
        for bad in [
            "",
            "RWSd1UUOuqeoQlWme+Ceq8gOIB/0orDz26qB4jOFFxN463cmSSHLOg==",
            "RWS",
            "RUSd1UUOuqeoQlWme+Ceq8gOIB/0orDz26qB4jOFFxN463cmSSHLOggY",
        ] {
            assert!(PublicKey::read(bad).is_err(), "{bad}");
        }
        let weak = "RWSd1UUOuqeoQgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert!(PublicKey::read(weak).unwrap_err().contains("not a valid one"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            let _ = (Signature::read(&text), PublicKey::read(&text));
        }

        #[test]
        fn a_changed_byte_of_the_signature_never_verifies(at in 54usize..FILE.len(), bit in 0u8..7) {
            let mut bytes = FILE.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            let blank = |text: &str| text.trim_end().to_owned();
            if let Ok(text) = String::from_utf8(bytes) && blank(&text) != blank(FILE) && let Ok(signature) = Signature::read(&text) {
                prop_assert!(signature.verify(&PublicKey::read(KEY).unwrap(), CONTENT).is_err());
            }
        }
    }
}
