//! Public keys as text: a minisign key, an OpenSSH public key, or a PEM block (RFC 7468 section 13).

use ed25519_dalek::Verifier as _;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;

use super::{base64, minisign};

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";
/// RSA moduli that are used, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=4_096;

/// What can be written, for messages.
pub const FORMS: &str = "write a minisign key (RW…), an OpenSSH public key (ssh-ed25519 AAAA…) or a PEM block (-----BEGIN PUBLIC KEY-----)";

/// A public key.
#[derive(Debug, Clone)]
pub enum PublicKey {
    /// A minisign key.
    Minisign(minisign::PublicKey),
    /// An OpenSSH public key, without its comment.
    Ssh(Box<ssh_key::PublicKey>),
    /// A key in a PEM block.
    Plain(Plain),
}

/// A key of one algorithm, with no wrapping around it.
#[derive(Debug, Clone)]
pub enum Plain {
    /// Ed25519.
    Ed25519(ed25519_dalek::VerifyingKey),
    /// ECDSA on P-256 with SHA-256.
    P256(p256::ecdsa::VerifyingKey),
    /// ECDSA on P-384 with SHA-384.
    P384(p384::ecdsa::VerifyingKey),
    /// RSA with SHA-256, PKCS #1 v1.5 or PSS.
    Rsa(rsa::RsaPublicKey),
}

impl PublicKey {
    /// What kind of key it is, with an article.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Minisign(_) => "a minisign key",
            Self::Ssh(_) => "an OpenSSH key",
            Self::Plain(_) => "a PEM key",
        }
    }
}

impl Plain {
    /// Whether the signature is this key's over the message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => {
                ed25519_dalek::Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
            }
            Self::P256(key) => p256::ecdsa::Signature::from_der(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::P384(key) => p384::ecdsa::Signature::from_der(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::Rsa(key) => rsa_verifies(key, message, signature),
        }
    }
}

/// PKCS #1 v1.5, or PSS with a salt as long as the digest or as long as can be: what signers of envelopes make.
fn rsa_verifies(key: &rsa::RsaPublicKey, message: &[u8], signature: &[u8]) -> bool {
    use rsa::sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(message);
    if key.verify(rsa::Pkcs1v15Sign::new::<Sha256>(), &digest, signature).is_ok() {
        return true;
    }
    let most = key.size().saturating_sub(digest.len() + 2);
    [digest.len(), most].into_iter().any(|salt| key.verify(rsa::Pss::new_with_salt::<Sha256>(salt), &digest, signature).is_ok())
}

/// Whether a text is meant as a key, well-formed or not.
pub fn is_like(text: &str) -> bool {
    let text = text.trim();
    text.contains("-----BEGIN ")
        || text.contains(" AAAA")
        || text.starts_with("untrusted comment:")
        || text.starts_with("RW") && text.len() > 50
}

/// Reads a key.
///
/// # Errors
/// In words, what is wrong with it.
pub fn read(text: &str) -> Result<PublicKey, String> {
    let text = text.trim();
    if text.starts_with("-----BEGIN ") {
        return pem(text).map(PublicKey::Plain);
    }
    if text.contains(" AAAA") {
        return ssh(text).map(|key| PublicKey::Ssh(Box::new(key)));
    }
    if text.starts_with("RW") || text.starts_with("untrusted comment:") {
        return minisign::PublicKey::read(text).map(PublicKey::Minisign);
    }
    Err("it is neither a minisign key, an OpenSSH public key nor a PEM block".into())
}

fn ssh(text: &str) -> Result<ssh_key::PublicKey, String> {
    if text.lines().count() != 1 {
        return Err("an OpenSSH public key is one line".into());
    }
    let mut key = ssh_key::PublicKey::from_openssh(text).map_err(|error| format!("the OpenSSH public key is malformed ({error})"))?;
    if let Some(rsa) = key.key_data().rsa() {
        let bits = rsa.n.as_positive_bytes().map_or(0, |bytes| bytes.len() * 8);
        check_bits(bits)?;
    }
    key.set_comment("");
    Ok(key)
}

fn check_bits(bits: usize) -> Result<(), String> {
    match RSA_BITS.contains(&bits) {
        true => Ok(()),
        false => Err(format!("its RSA key has {bits} bits; from {} to {} are supported", RSA_BITS.start(), RSA_BITS.end())),
    }
}

fn pem(text: &str) -> Result<Plain, String> {
    let Some(body) = text.strip_prefix(BEGIN) else {
        let label = text.lines().next().unwrap_or_default().trim_matches('-').trim_start_matches("BEGIN ");
        return Err(format!("it is a PEM block of {}, where PUBLIC KEY is read", crate::text::one_line(label, 60)));
    };
    let body = body.strip_suffix(END).ok_or("the PEM block does not end with -----END PUBLIC KEY-----")?;
    let der = base64::decode(body).ok_or("the PEM block is not base64")?;
    if let Ok(key) = ed25519_dalek::VerifyingKey::from_public_key_der(&der) {
        return if key.is_weak() { Err("its Ed25519 key is not a valid one".into()) } else { Ok(Plain::Ed25519(key)) };
    }
    if let Ok(key) = p256::ecdsa::VerifyingKey::from_public_key_der(&der) {
        return Ok(Plain::P256(key));
    }
    if let Ok(key) = p384::ecdsa::VerifyingKey::from_public_key_der(&der) {
        return Ok(Plain::P384(key));
    }
    let key = rsa::RsaPublicKey::from_public_key_der(&der)
        .map_err(|_| "it holds no Ed25519, ECDSA P-256 or P-384, or RSA key of at most 4096 bits".to_owned())?;
    check_bits(key.n().bits())?;
    Ok(Plain::Rsa(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ED25519: &str =
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAHXNrYhUAzKYvAiH7vJ2ssNxDN75wD20cv81x1Bl9s/8=\n-----END PUBLIC KEY-----";

    #[test]
    fn each_form_of_key_is_read() {
        assert!(matches!(read(ED25519), Ok(PublicKey::Plain(Plain::Ed25519(_)))));
        let ssh = include_str!("../../tests/signatures/keys/rsa-3072.pub");
        assert!(matches!(read(ssh), Ok(PublicKey::Ssh(_))));
        assert!(matches!(read("RWSd1UUOuqeoQlWme+Ceq8gOIB/0orDz26qB4jOFFxN463cmSSHLOggY"), Ok(PublicKey::Minisign(_))));
        for text in [ED25519, ssh] {
            assert!(is_like(text));
        }
        assert!(!is_like("release") && !is_like("keys/release.pub"));
    }

    #[test]
    fn what_is_no_key_is_named() {
        for (text, says) in [
            ("release", "it is neither"),
            ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "a PEM block of PGP PUBLIC KEY BLOCK"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA", "does not end with"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "it holds no Ed25519"),
            ("-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----", "is not base64"),
            ("ssh-ed25519 AAAAC3Nza", "malformed"),
            ("RWSd1UUO", "42 bytes"),
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains(says), "{text}: {why}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(-----BEGIN PUBLIC KEY-----|RW|ssh-rsa AAAA)?[A-Za-z0-9+/=\n -]{0,200}(-----END PUBLIC KEY-----)?") {
            let _ = read(&text);
        }
    }
}
