//! The primitives that `sigstore-verify` asks for, by the crates that verify every other signature here, so that no second
//! library for cryptography is compiled in. It verifies and never signs.

use ed25519_dalek::VerifyingKey;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::sha2 as digests;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use sigstore_verify::crypto::{CryptoProvider, Error, HashContext, SigningScheme};
use sigstore_verify::types::HashAlgorithm;

type Result<T> = std::result::Result<T, Error>;

#[derive(Debug)]
pub(super) struct Primitives;

/// A digest that is being computed.
struct Running<D>(D);

impl<D: sha2::Digest + Send> HashContext for Running<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

impl CryptoProvider for Primitives {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>> {
        match algorithm {
            HashAlgorithm::Sha2256 => Ok(Box::new(Running(Sha256::new()))),
            HashAlgorithm::Sha2384 => Ok(Box::new(Running(Sha384::new()))),
            HashAlgorithm::Sha2512 => Ok(Box::new(Running(Sha512::new()))),
            other => Err(Error::UnsupportedAlgorithm(other.to_string())),
        }
    }

    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        Sha256::digest(data).into()
    }

    fn sha384(&self, data: &[u8]) -> [u8; 48] {
        Sha384::digest(data).into()
    }

    fn sha512(&self, data: &[u8]) -> [u8; 64] {
        Sha512::digest(data).into()
    }

    fn verify_raw(&self, scheme: SigningScheme, key: &[u8], data: &[u8], signature: &[u8]) -> Result<()> {
        match scheme.hash_algorithm() {
            Some(HashAlgorithm::Sha2256) => self.verify_prehashed(scheme, key, &Sha256::digest(data), signature),
            Some(HashAlgorithm::Sha2384) => self.verify_prehashed(scheme, key, &Sha384::digest(data), signature),
            Some(HashAlgorithm::Sha2512) => self.verify_prehashed(scheme, key, &Sha512::digest(data), signature),
            None if scheme == SigningScheme::Ed25519 => settle(scheme, ed25519(key, data, signature)),
            _ => Err(unsupported(scheme)),
        }
    }

    fn verify_prehashed(&self, scheme: SigningScheme, key: &[u8], digest: &[u8], signature: &[u8]) -> Result<()> {
        use SigningScheme as Scheme;
        let verifies = match scheme {
            Scheme::EcdsaP256Sha256 | Scheme::EcdsaP256Sha384 => p256(key, digest, signature),
            Scheme::EcdsaP384Sha256 | Scheme::EcdsaP384Sha384 => p384(key, digest, signature),
            Scheme::RsaPkcs1Sha256 => rsa(key, rsa::Pkcs1v15Sign::new::<digests::Sha256>(), digest, signature),
            Scheme::RsaPkcs1Sha384 => rsa(key, rsa::Pkcs1v15Sign::new::<digests::Sha384>(), digest, signature),
            Scheme::RsaPkcs1Sha512 => rsa(key, rsa::Pkcs1v15Sign::new::<digests::Sha512>(), digest, signature),
            Scheme::RsaPssSha256 => rsa(key, rsa::Pss::new::<digests::Sha256>(), digest, signature),
            Scheme::RsaPssSha384 => rsa(key, rsa::Pss::new::<digests::Sha384>(), digest, signature),
            Scheme::RsaPssSha512 => rsa(key, rsa::Pss::new::<digests::Sha512>(), digest, signature),
            _ => return Err(unsupported(scheme)),
        };
        settle(scheme, verifies)
    }
}

fn unsupported(scheme: SigningScheme) -> Error {
    Error::UnsupportedAlgorithm(scheme.name().to_owned())
}

fn settle(scheme: SigningScheme, verifies: bool) -> Result<()> {
    match verifies {
        true => Ok(()),
        false => Err(Error::Verification(format!("the {} signature is not this key's over these bytes", scheme.name()))),
    }
}

fn ed25519(key: &[u8], data: &[u8], signature: &[u8]) -> bool {
    let key = <[u8; 32]>::try_from(key).ok().and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    let signature = ed25519_dalek::Signature::from_slice(signature).ok();
    key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(data, &signature).is_ok())
}

fn p256(key: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok();
    let signature = p256::ecdsa::Signature::from_der(signature).ok();
    key.zip(signature).is_some_and(|(key, signature)| key.verify_prehash(digest, &signature).is_ok())
}

fn p384(key: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key).ok();
    let signature = p384::ecdsa::Signature::from_der(signature).ok();
    key.zip(signature).is_some_and(|(key, signature)| key.verify_prehash(digest, &signature).is_ok())
}

fn rsa(key: &[u8], scheme: impl rsa::traits::SignatureScheme, digest: &[u8], signature: &[u8]) -> bool {
    rsa::RsaPublicKey::from_pkcs1_der(key).is_ok_and(|key| key.verify(scheme, digest, signature).is_ok())
}
