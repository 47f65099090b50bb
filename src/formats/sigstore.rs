//! Sigstore bundles (media types 0.1 to 0.3) held against the public-good instance of Sigstore, offline: the signature, the
//! certificate and the certificate log's word for it, the entry in the transparency log, and the time of signing.
//!
//! The trust root is compiled in (`sigstore/README.md` says where it comes from), so nothing is fetched and the repository
//! under test cannot bring its own. Who must have signed is the caller's to say: a bundle that verifies here says no more
//! than that somebody signed.

mod crypto;

use std::ops::Range;
use std::sync::OnceLock;

use jiff::Timestamp;
use sigstore_verify::bundle::Error as Shape;
use sigstore_verify::trust_root::TrustedRoot;
use sigstore_verify::types::{Artifact, ArtifactDigest, Bundle, HashAlgorithm, MediaType, Sha256Hash, Sha512Hash, SignatureContent};
use sigstore_verify::{Error, TransparencyLogError, VerificationPolicy, VerificationResult, Verifier};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::tree::{Node, Syntax, read};
use crate::limits;
use crate::text::one_line;

const ROOT: &str = include_str!("sigstore/trusted_root.json");
/// The day on which Sigstore published the trust root that is compiled in.
pub const ROOT_DATE: &str = "2025-09-22";

/// What the signature of a bundle is to be over.
pub enum Over<'a> {
    /// A file.
    File(&'a [u8]),
    /// A statement, by the pre-authentication encoding of its envelope and the digests of its first subjects.
    Statement {
        /// The bytes that were signed.
        message: &'a [u8],
        /// Algorithm and hex digits.
        digests: &'a [(String, String)],
    },
}

/// What a bundle that verifies says, each by the word of the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Who signed: an address of mail or of a workflow.
    pub identity: String,
    /// Whose word that is: the provider of the identity.
    pub issuer: String,
    /// When it was signed at the latest.
    pub signed: Timestamp,
    /// The repository that the signing job was run for.
    pub repository: Option<String>,
    /// Its commit.
    pub commit: Option<String>,
}

/// Why a bundle does not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Something in it is wrong.
    Wrong {
        /// Which part, in one word.
        part: &'static str,
        /// What is wrong with it.
        why: String,
        /// Where it stands.
        at: Range<usize>,
    },
    /// It cannot be judged here.
    Unknown(String),
}

/// Whether a JSON text is meant as a bundle.
pub fn is_like(text: &str) -> bool {
    text.trim_start().starts_with('{') && text.contains("\"application/vnd.dev.sigstore.bundle")
}

struct Trust {
    verifier: Verifier,
    /// The subjects of the certificate authorities.
    authorities: Vec<x509_cert::name::Name>,
    /// The identifiers of the transparency logs.
    logs: Vec<Vec<u8>>,
}

/// The trust that is compiled in; none where it cannot be read, which a test rules out.
fn trust() -> Option<&'static Trust> {
    static TRUST: OnceLock<Option<Trust>> = OnceLock::new();
    TRUST.get_or_init(load).as_ref()
}

fn load() -> Option<Trust> {
    static PRIMITIVES: crypto::Primitives = crypto::Primitives;
    // It is refused only where it stands already.
    let _ = sigstore_verify::crypto::install_default_provider(&PRIMITIVES);
    let root = TrustedRoot::from_json(ROOT).ok()?;
    let subject = |der: &[u8]| Certificate::from_der(der).ok().map(|certificate| certificate.tbs_certificate.subject);
    let authorities = root.fulcio_certs().iter().map(|certificate| subject(certificate.as_bytes())).collect::<Option<Vec<_>>>()?;
    let logs = root.tlogs.iter().map(|log| log.log_id.key_id.as_bytes().to_vec()).collect();
    Some(Trust { verifier: Verifier::new(&root).ok()?, authorities, logs })
}

/// Verifies a bundle.
///
/// # Errors
/// What is wrong with it, with the place; or why that cannot be told.
pub fn verify(text: &str, over: &Over<'_>) -> Result<Seal, Refused> {
    if text.len() > limits::BUNDLE_BYTES {
        return Err(Refused::Unknown(format!("it is larger than {} bytes, the most that is read of a bundle", limits::BUNDLE_BYTES)));
    }
    let whole = read(Syntax::Json, text).map_err(|bad| wrong("bundle", bad.message, bad.at.unwrap_or_default()))?;
    counted(&whole)?;
    let trust = trust().ok_or_else(|| Refused::Unknown("the trust root that is compiled in cannot be read".into()))?;
    let bundle = Bundle::from_json(text).map_err(|error| wrong("bundle", error.to_string(), whole.range()))?;
    known(trust, &bundle)?;
    let policy = VerificationPolicy::any_identity();
    let outcome = match (over, &bundle.content) {
        (Over::File(bytes), SignatureContent::MessageSignature(_)) => trust.verifier.verify(Artifact::from_blob(bytes), &bundle, &policy),
        (Over::Statement { message, digests }, SignatureContent::DsseEnvelope(envelope)) => {
            if envelope.pae() != *message {
                return Err(wrong("signature", "its envelope reads in two ways", whole.at(&["dsseEnvelope"]).range()));
            }
            trust.verifier.verify(artifact(digests)?, &bundle, &policy)
        }
        (Over::File(_), _) => return Err(wrong("bundle", "it signs a statement, and not a file", whole.range())),
        (Over::Statement { .. }, _) => return Err(wrong("bundle", "it signs a file, and not a statement", whole.range())),
    };
    outcome.map_err(|error| refusal(&error, &whole)).and_then(|result| seal(&result, &whole))
}

fn wrong(part: &'static str, why: impl Into<String>, at: Range<usize>) -> Refused {
    Refused::Wrong { part, why: why.into(), at }
}

/// Bounds what is verified of one bundle.
fn counted(whole: &Node<'_>) -> Result<(), Refused> {
    let material = whole.at(&["verificationMaterial"]);
    let lists: [&[&str]; 3] =
        [&["tlogEntries"], &["timestampVerificationData", "rfc3161Timestamps"], &["x509CertificateChain", "certificates"]];
    for keys in lists {
        let found = material.at(keys).items().len();
        if found > limits::BUNDLE_ITEMS {
            let what = keys.last().copied().unwrap_or_default();
            return Err(Refused::Unknown(format!("it has {found} {what}, where at most {} are verified", limits::BUNDLE_ITEMS)));
        }
    }
    Ok(())
}

/// A bundle of another instance of Sigstore is none that is forged: nothing is known of that instance.
fn known(trust: &Trust, bundle: &Bundle) -> Result<(), Refused> {
    let Some(der) = bundle.signing_certificate() else {
        return Err(Refused::Unknown("it carries no certificate, but the hint of a key".into()));
    };
    if let Ok(certificate) = Certificate::from_der(der.as_bytes()) {
        let issuer = &certificate.tbs_certificate.issuer;
        if !trust.authorities.contains(issuer) {
            let issuer = one_line(&issuer.to_string(), limits::QUOTED_CHARS);
            return Err(Refused::Unknown(format!(
                "its certificate is by {issuer}, which is no authority of Sigstore's public-good instance (GitHub's own instance signs for private repositories)"
            )));
        }
    }
    let strange = bundle.verification_material.tlog_entries.iter().any(|entry| {
        let log = entry.log_id.key_id.as_bytes();
        !trust.logs.iter().any(|known| known == log)
    });
    match strange {
        true => Err(Refused::Unknown("its entry is in a transparency log that the trust root does not know".into())),
        false => Ok(()),
    }
}

/// The verifier holds a statement against an artefact; here that is the caller's part, so any subject of it will do.
fn artifact(digests: &[(String, String)]) -> Result<Artifact<'static>, Refused> {
    for (algorithm, digits) in digests {
        let found = match algorithm.as_str() {
            "sha256" => Sha256Hash::from_hex(digits).ok().map(ArtifactDigest::sha256),
            "sha512" => Sha512Hash::from_hex(digits).ok().and_then(|hash| ArtifactDigest::new(HashAlgorithm::Sha2512, hash).ok()),
            _ => None,
        };
        if let Some(digest) = found {
            return Ok(Artifact::from_digest(digest));
        }
    }
    Err(Refused::Unknown("its statement has no subject with a sha256 or sha512 digest".into()))
}

fn seal(result: &VerificationResult, whole: &Node<'_>) -> Result<Seal, Refused> {
    let certificate = certificate_at(whole);
    let (Some(identity), Some(issuer)) = (result.identity(), result.issuer()) else {
        return Err(wrong("certificate", "it names no identity by mail or address, or not who vouches for that", certificate));
    };
    let all = result.certificate_verified() && result.sct_verified() && result.tlog_verified();
    let Some(signed) = result.verified_timestamps().iter().max().filter(|_| all) else {
        return Err(Refused::Unknown("not all of it was verified".into()));
    };
    let claims = result.certificate().map(|certificate| certificate.ci_claims.clone()).unwrap_or_default();
    Ok(Seal {
        identity: identity.as_str().to_owned(),
        issuer: issuer.to_owned(),
        signed: *signed,
        repository: claims.source_repository_uri,
        commit: claims.source_repository_digest,
    })
}

fn certificate_at(whole: &Node<'_>) -> Range<usize> {
    let material = whole.at(&["verificationMaterial"]);
    material.get("certificate").or_else(|| material.get("x509CertificateChain")).unwrap_or(whole).range()
}

fn refusal(error: &Error, whole: &Node<'_>) -> Refused {
    let material = whole.at(&["verificationMaterial"]);
    let signature = whole.get("messageSignature").or_else(|| whole.get("dsseEnvelope")).unwrap_or(whole);
    let signature = signature.get("signatures").or_else(|| signature.get("signature")).unwrap_or(signature).range();
    let log = material.get("tlogEntries").unwrap_or(whole).range();
    match error {
        Error::SignatureInvalid(_) => {
            wrong("signature", "its signature is not over what it carries: that or the signature was changed after signing", signature)
        }
        Error::ArtifactMismatch(_) => wrong("signature", "it was made over other bytes", signature),
        Error::Certificate(why) => wrong("certificate", why.to_string(), certificate_at(whole)),
        Error::TransparencyLog(why @ TransparencyLogError::UnknownLog { .. }) => Refused::Unknown(why.to_string()),
        Error::TransparencyLog(why) => wrong("log", why.to_string(), log),
        Error::Timestamp(why) => wrong("timestamp", why.to_string(), material.get("timestampVerificationData").map_or(log, Node::range)),
        Error::Bundle(Shape::MissingInclusionProof(MediaType::Bundle0_1)) => {
            Refused::Unknown("it is of format 0.1 and carries no proof that the log includes its entry".into())
        }
        Error::UnsupportedBundle(_) | Error::UnsupportedArtifact(_) => Refused::Unknown(error.to_string()),
        Error::InvalidTrustRoot(_) | Error::TrustRoot(_) | Error::TrustedCertificate(_) => Refused::Unknown(error.to_string()),
        other => wrong("bundle", other.to_string(), whole.range()),
    }
}

#[cfg(test)]
mod tests;
