//! The SSHSIG format: PROTOCOL.sshsig of OpenSSH, with the key formats of RFC 4253, 5656 and 8709 and PROTOCOL.u2f.

use ssh_key::{Algorithm, EcdsaCurve, HashAlg, PublicKey, Signature, SshSig};

use super::reader::quoted;
use crate::formats::base64;

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
const MAGIC: &[u8] = b"SSHSIG";
const VERSION: u32 = 1;
/// The flag of a FIDO signature that says somebody touched the key (WebAuthn, "authenticator data", bit 0).
const USER_PRESENT: u8 = 1;
/// RSA moduli that are verified, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=4_096;

/// What a signature file says about itself; nothing is verified yet.
pub struct Envelope {
    /// The key that it says it was made with.
    pub key: PublicKey,
    /// What the signature is for.
    pub namespace: String,
    hash: String,
    signature: Vec<u8>,
}

impl Envelope {
    /// Takes a signature file apart.
    ///
    /// # Errors
    /// When it is not exactly one SSH signature, or its key is of a kind that is not supported.
    pub fn read(file: &[u8]) -> Result<Self, String> {
        Self::decode(&armoured(file)?)
    }

    fn decode(blob: &[u8]) -> Result<Self, String> {
        let mut fields = Fields(blob);
        if fields.take(MAGIC.len()) != Some(MAGIC) {
            return Err("it is not an SSH signature: its contents do not begin with SSHSIG".into());
        }
        let version = fields.number();
        if version != Some(VERSION) {
            let version = version.map_or_else(String::new, |version| format!(" {version}"));
            return Err(format!("it is an SSH signature of the unknown version{version}"));
        }
        let parts = (fields.string(), fields.text(), fields.string(), fields.text(), fields.string());
        let (Some(key), Some(namespace), Some(_reserved), Some(hash), Some(signature), true) =
            (parts.0, parts.1, parts.2, parts.3, parts.4, fields.0.is_empty())
        else {
            return Err("the SSH signature is cut short or garbled".into());
        };
        Ok(Self { key: public_key(key)?, namespace: namespace.to_owned(), hash: hash.to_owned(), signature: signature.to_vec() })
    }

    /// The signature itself, ready to be verified.
    ///
    /// # Errors
    /// When its algorithm is not supported, does not fit the key, or is too weak; when it is garbled; when a FIDO key
    /// signed without a touch.
    pub fn signature(&self) -> Result<SshSig, String> {
        let hash = self.hash.parse::<HashAlg>().map_err(|_| format!("its hash {} is neither sha256 nor sha512", quoted(&self.hash)))?;
        let garbled = || "the SSH signature is cut short or garbled".to_owned();
        let mut fields = Fields(&self.signature);
        let (name, data) = fields.text().zip(fields.string()).ok_or_else(garbled)?;
        let algorithm = fitting(&self.key, name)?;
        let mut data = data.to_vec();
        if matches!(algorithm, Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256) {
            let (flags, counter) = fields.take(1).zip(fields.take(4)).ok_or_else(garbled)?;
            if flags.first().is_none_or(|flags| flags & USER_PRESENT == 0) {
                return Err("it was made by a FIDO key that nobody touched".into());
            }
            data.extend(flags);
            data.extend(counter);
        }
        if !fields.0.is_empty() {
            return Err(garbled());
        }
        let signature = Signature::new(algorithm, data).map_err(|_| garbled())?;
        SshSig::new(self.key.key_data().clone(), &self.namespace, hash, signature).map_err(|_| garbled())
    }
}

/// The signature algorithm of that name, where this key can have made it.
fn fitting(key: &PublicKey, name: &str) -> Result<Algorithm, String> {
    let kind = key.algorithm();
    match (&kind, name) {
        (Algorithm::Rsa { .. }, "rsa-sha2-256" | "rsa-sha2-512") => {
            let bits = key.key_data().rsa().and_then(|rsa| rsa.n.as_positive_bytes()).map_or(0, bits);
            if !RSA_BITS.contains(&bits) {
                return Err(format!("its RSA key has {bits} bits; from {} to {} are supported", RSA_BITS.start(), RSA_BITS.end()));
            }
            Algorithm::new(name).map_err(|error| error.to_string())
        }
        (Algorithm::Rsa { .. }, "ssh-rsa") => Err("it is an `ssh-rsa` signature, which rests on SHA-1: sign with rsa-sha2-512".into()),
        (kind, name) if kind.as_str() == name => Ok(kind.clone()),
        (_, "webauthn-sk-ecdsa-sha2-nistp256@openssh.com") => {
            Err(format!("the signature algorithm {name} is not supported: sign with ssh-keygen"))
        }
        (kind, name) => Err(format!("its signature algorithm {} does not fit its {kind} key", quoted(name))),
    }
}

fn public_key(blob: &[u8]) -> Result<PublicKey, String> {
    let name = Fields(blob).text().unwrap_or_default();
    if name.contains("-cert-v01@") {
        return Err(format!(
            "it was made with a certificate ({}), and certificates are not supported: sign with a plain key",
            quoted(name)
        ));
    }
    let key = PublicKey::from_bytes(blob).ok().filter(|key| key.to_bytes().is_ok_and(|canonical| canonical == blob));
    let Some(key) = key else { return Err(format!("its {} key is malformed or of an unknown type", quoted(name))) };
    match key.algorithm() {
        Algorithm::Ed25519
        | Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 | EcdsaCurve::NistP384 }
        | Algorithm::Rsa { .. }
        | Algorithm::SkEd25519
        | Algorithm::SkEcdsaSha2NistP256 => Ok(key),
        other => {
            Err(format!("its {} key is of an unsupported type: sign with ed25519, ecdsa on P-256 or P-384, or rsa", quoted(other.as_str())))
        }
    }
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

/// The bytes between the two marker lines.
fn armoured(file: &[u8]) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(file).unwrap_or_default().trim();
    let Some(body) = text.strip_prefix(BEGIN) else {
        return Err(format!("it is not an SSH signature: it does not begin with {BEGIN}"));
    };
    let Some(body) = body.strip_suffix(END) else {
        return Err(format!("it is not one whole SSH signature: it does not end with {END}"));
    };
    base64::decode(body).ok_or_else(|| "the SSH signature is garbled: it is not base64".into())
}

/// Fields in the wire format of RFC 4251 section 5, taken from the front.
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    fn string(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        self.take(length)
    }

    fn text(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.string()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ED25519: &[u8] = include_bytes!("../../tests/signatures/ed25519.sig");
    const RSA: &[u8] = include_bytes!("../../tests/signatures/rsa-3072.sig");
    const FIDO: &[u8] = include_bytes!("../../tests/signatures/fido-ed25519.sig");

    fn string(bytes: &[u8]) -> Vec<u8> {
        [&(bytes.len() as u32).to_be_bytes(), bytes].concat()
    }

    fn rsa_blob(bits: usize) -> Vec<u8> {
        let mut modulus = vec![0];
        modulus.extend(vec![0xff; bits / 8]);
        [string(b"ssh-rsa"), string(&[1, 0, 1]), string(&modulus)].concat()
    }

    fn blob(key: &[u8], hash: &[u8], signature: &[u8]) -> Vec<u8> {
        [MAGIC, &VERSION.to_be_bytes(), &string(key), &string(b"portcullis"), &string(b""), &string(hash), &string(signature)].concat()
    }

    fn refusal(blob: &[u8]) -> String {
        Envelope::decode(blob).and_then(|envelope| envelope.signature()).unwrap_err()
    }

    #[test]
    fn a_signature_says_what_it_is() {
        let envelope = Envelope::read(ED25519).unwrap();
        assert_eq!((envelope.namespace.as_str(), envelope.hash.as_str()), ("portcullis", "sha512"));
        assert_eq!(envelope.key.algorithm(), Algorithm::Ed25519);
        assert_eq!(envelope.signature().unwrap().algorithm(), Algorithm::Ed25519);
    }

    #[test]
    fn line_ends_and_line_lengths_do_not_matter() {
        let text = std::str::from_utf8(ED25519).unwrap();
        let body = text.trim().strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END)).unwrap();
        let joined = format!("{BEGIN}\r\n{}\r\n{END}\r\n", body.replace('\n', ""));
        assert_eq!(armoured(joined.as_bytes()).unwrap(), armoured(ED25519).unwrap());
    }

    #[test]
    fn what_is_not_one_whole_signature_is_refused() {
        let text = std::str::from_utf8(ED25519).unwrap();
        for (file, says) in [
            (String::new(), "does not begin with"),
            ("-----BEGIN PGP SIGNATURE-----\n".to_owned(), "does not begin with"),
            (BEGIN.to_owned(), "does not end with"),
            (format!("{BEGIN}\n{END}"), "not base64"),
            (format!("{text}{text}"), "not base64"),
            (format!("{text}signed by me\n"), "does not end with"),
            (format!("{BEGIN}\nAAAA\n{END}"), "do not begin with SSHSIG"),
            (text.replace("U1NIU0lHAAAAAQ", "U1NIU0lHAAAAAg"), "unknown version 2"),
            (text.replace("U1NIU0lHAAAAAQ", "U1NIU0lHAAAAAA"), "unknown version 0"),
        ] {
            let why = Envelope::read(file.as_bytes()).map(|_| ()).unwrap_err();
            assert!(why.contains(says), "{file}: {why}");
        }
        assert!(Envelope::read(&[0xff, 0xfe]).is_err());
    }

    #[test]
    fn a_blob_cut_anywhere_or_followed_by_more_is_refused() {
        for file in [ED25519, RSA, FIDO] {
            let whole = armoured(file).unwrap();
            assert!(Envelope::decode(&whole).and_then(|envelope| envelope.signature()).is_ok());
            for end in 0..whole.len() {
                refusal(&whole[..end]);
            }
            refusal(&[whole.as_slice(), &[0]].concat());
        }
    }

    #[test]
    fn only_strong_algorithms_that_fit_the_key_are_verified() {
        let ed25519 = Envelope::read(ED25519).unwrap().key.to_bytes().unwrap();
        let fido = Envelope::read(FIDO).unwrap().key.to_bytes().unwrap();
        let made = |name: &str, length: usize| [string(name.as_bytes()), string(&vec![1; length])].concat();
        let trailing = [made("ssh-ed25519", 64), vec![0]].concat();
        for (key, hash, signature, says) in [
            (&rsa_blob(2_048), "sha512", made("ssh-rsa", 256), "rests on SHA-1"),
            (&rsa_blob(1_024), "sha512", made("rsa-sha2-512", 128), "its RSA key has 1024 bits"),
            (&rsa_blob(8_192), "sha512", made("rsa-sha2-512", 1_024), "its RSA key has 8192 bits"),
            (&rsa_blob(2_048), "sha512", made("ssh-ed25519", 64), "does not fit its ssh-rsa key"),
            (&ed25519, "sha512", made("rsa-sha2-512", 256), "does not fit its ssh-ed25519 key"),
            (&ed25519, "sha512", made("sk-ssh-ed25519@openssh.com", 64), "does not fit"),
            (&ed25519, "sha1", made("ssh-ed25519", 64), "its hash `sha1` is neither"),
            (&ed25519, "sha512", made("ssh-ed25519", 63), "garbled"),
            (&ed25519, "sha512", trailing, "garbled"),
            (&fido, "sha512", made("sk-ssh-ed25519@openssh.com", 64), "garbled"),
            (&fido, "sha512", made("webauthn-sk-ecdsa-sha2-nistp256@openssh.com", 64), "sign with ssh-keygen"),
        ] {
            let why = refusal(&blob(key, hash.as_bytes(), &signature));
            assert!(why.contains(says), "{why}");
        }
        let good = blob(&rsa_blob(2_048), b"sha256", &made("rsa-sha2-256", 256));
        assert!(Envelope::decode(&good).unwrap().signature().is_ok());
    }

    #[test]
    fn keys_that_cannot_be_verified_are_refused_by_name() {
        for (name, says) in [
            ("ssh-ed25519-cert-v01@openssh.com", "made with a certificate"),
            ("ssh-dss", "malformed or of an unknown type"),
            ("ssh-unheard-of", "`ssh-unheard-of` key is malformed or of an unknown type"),
        ] {
            let why = refusal(&blob(&string(name.as_bytes()), b"sha512", b""));
            assert!(why.contains(says), "{why}");
        }
        let dss = [string(b"ssh-dss"), string(&[1]), string(&[1]), string(&[1]), string(&[1])].concat();
        assert!(refusal(&blob(&dss, b"sha512", b"")).contains("`ssh-dss` key is of an unsupported type"));
    }

    #[test]
    fn a_key_has_one_encoding_only() {
        let mut key = Envelope::read(ED25519).unwrap().key.to_bytes().unwrap();
        assert_eq!(key[15..19], [0, 0, 0, 32]);
        key[17] = 1;
        let why = refusal(&blob(&key, b"sha512", b""));
        assert!(why.contains("`ssh-ed25519` key is malformed"), "{why}");
    }

    #[test]
    fn base64_is_canonical() {
        for (text, bytes) in [("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9v\nYg ==", "foob"), ("+/+/", "")] {
            let decoded = base64::decode(text).unwrap();
            assert!(bytes.is_empty() || decoded == bytes.as_bytes(), "{text}");
        }
        assert_eq!(base64::decode("+/+/").unwrap(), [0xfb, 0xff, 0xbf]);
        for text in ["", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9-"] {
            assert_eq!(base64::decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(file in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Envelope::read(&file);
            let _ = Envelope::decode(&[MAGIC, &VERSION.to_be_bytes(), &file].concat()).map(|envelope| envelope.signature());
        }

        #[test]
        fn any_key_and_signature_are_read_or_refused(
            name in "ssh-rsa|ssh-dss|ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh.com|a@b",
            algorithm in "rsa-sha2-(256|512)|ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh.com",
            parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..5),
            data in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            let key = [string(name.as_bytes()), parts.iter().flat_map(|part| string(part)).collect()].concat();
            let signature = [string(algorithm.as_bytes()), string(&data), data].concat();
            let _ = Envelope::decode(&blob(&key, b"sha512", &signature)).map(|envelope| envelope.signature());
        }
    }
}
