//! Signed attestations: a detached SSH signature (SSHSIG, PROTOCOL.sshsig of OpenSSH) by an allowed signer.
//!
//! The signature comes from the tree under test and may be any bytes; the signers come from outside it. The key that a
//! signature names is looked up among the signers before any arithmetic is done with it. Only what is understood in
//! full is accepted: one signature, nothing before, after or inside it that does not belong there.

use ssh_key::{HashAlg, SshSig};

use super::allowed_signers::{self, Signer};
use super::reader::quoted;
use super::sshsig::Envelope;
use crate::clock::Today;

pub use super::signers_file::read_signers;

/// The namespace that a signature of attestations is made in, so that one made for something else never counts.
pub const NAMESPACE: &str = "portcullis";

/// As [`verify_by`], against the text of an allowed signers file.
///
/// # Errors
/// In words, why the signature does not count; or why the signers file cannot be read.
pub fn verify(message: &[u8], signature: &[u8], signers: &str, today: Today) -> Result<String, String> {
    verify_by(message, signature, &allowed_signers::parse(signers)?, today)
}

/// Verifies a message's signature by one of the allowed signers; who signed, with the key's fingerprint.
///
/// # Errors
/// In words, why the signature does not count.
pub fn verify_by(message: &[u8], signature: &[u8], signers: &[Signer], today: Today) -> Result<String, String> {
    let envelope = Envelope::read(signature)?;
    if envelope.namespace != NAMESPACE {
        let found = quoted(&envelope.namespace);
        return Err(format!("it was made in the namespace {found}, not {NAMESPACE}: sign with `-n {NAMESPACE}`"));
    }
    let signer = permitted(signers, &envelope, today)?;
    let signed = envelope.signature()?;
    if signer.key.verify(NAMESPACE, message, &signed).is_ok() {
        return Ok(signer.name());
    }
    Err(mismatch(message, &signed, signer))
}

/// The first line that lists the key and lets it sign here and today.
fn permitted<'s>(signers: &'s [Signer], envelope: &Envelope, today: Today) -> Result<&'s Signer, String> {
    let fingerprint = envelope.key.fingerprint(HashAlg::Sha256);
    let mut why = format!("its key {fingerprint} ({}) is not among the allowed signers", envelope.key.algorithm());
    let listed = signers.iter().filter(|signer| signer.key.key_data() == envelope.key.key_data());
    for (at, signer) in listed.enumerate() {
        match signer.permits(NAMESPACE, today) {
            Ok(()) => return Ok(signer),
            Err(refused) if at == 0 => why = refused,
            Err(refused) => why = format!("{why}; {refused}"),
        }
    }
    Err(why)
}

fn mismatch(message: &[u8], signed: &SshSig, signer: &Signer) -> String {
    let name = signer.name();
    let windows = with_carriage_returns(message);
    if windows != message && signer.key.verify(NAMESPACE, &windows, signed).is_ok() {
        return format!("{name} signed the file with CRLF line ends, and git stores it with LF: sign what git stores");
    }
    format!("it is not the signature of {name} over this file: the file or the signature was changed after signing")
}

fn with_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if *byte == b'\n' && out.last() != Some(&b'\r') {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}
