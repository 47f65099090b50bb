//! What signs a statement: DSSE envelopes (protocol 1.0) and the Sigstore bundles around them, whoever writes the statement in
//! them. Nothing is verified here but the form.

use std::ops::Range;

use super::base64;
use super::tree::{BadDocument, Node, Syntax, read};
use crate::limits;

const PAYLOAD_TYPES: &[&str] = &["application/vnd.in-toto+json", "application/vnd.in-toto.provenance+json"];

/// How the statement is carried, and so what a signature over it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carrier {
    /// A statement by itself: nothing signs it.
    Bare,
    /// A DSSE envelope, or a link that carries its own signatures.
    Signed(Signed),
    /// A Sigstore bundle around a DSSE envelope.
    Bundle(Signed),
}

/// What signatures are over, and they.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The bytes that each signature is over.
    pub message: Vec<u8>,
    /// The signatures.
    pub signatures: Vec<Vec<u8>>,
    /// Where they stand.
    pub at: Range<usize>,
}

/// What an envelope holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// How it is carried.
    pub carrier: Carrier,
    /// The statement's text.
    pub payload: String,
    /// Where the payload stands: what is in it has no place of its own in the file.
    pub at: Range<usize>,
}

impl Opened {
    /// The statement.
    ///
    /// # Errors
    /// A payload that is not JSON.
    pub fn read(&self) -> Result<Node<'_>, BadDocument> {
        read(Syntax::Json, &self.payload).map_err(|fault| bad(format!("the envelope's payload: {}", fault.message), self.at.clone()))
    }
}

fn bad(message: impl Into<String>, at: Range<usize>) -> BadDocument {
    BadDocument { message: message.into(), at: Some(at) }
}

/// Opens an envelope or a bundle; none where the document is neither.
///
/// # Errors
/// What is wrong with its form, with the place.
pub fn open(whole: &Node<'_>) -> Result<Option<Opened>, BadDocument> {
    if whole.get("mediaType").is_some() || whole.get("verificationMaterial").is_some() {
        return bundle(whole).map(Some);
    }
    if whole.get("payload").is_some() {
        return envelope(whole, Carrier::Signed).map(Some);
    }
    Ok(None)
}

fn bundle(whole: &Node<'_>) -> Result<Opened, BadDocument> {
    let media = whole.get("mediaType").and_then(Node::text).unwrap_or_default();
    if !media.starts_with("application/vnd.dev.sigstore.bundle") {
        return Err(bad(format!("its mediaType {media:?} is not that of a Sigstore bundle"), whole.at(&["mediaType"]).range()));
    }
    match whole.get("dsseEnvelope") {
        Some(inner) => envelope(inner, Carrier::Bundle),
        None => Err(bad("the Sigstore bundle holds no DSSE envelope, so it says nothing about how something was built", whole.range())),
    }
}

fn envelope(envelope: &Node<'_>, carrier: impl Fn(Signed) -> Carrier) -> Result<Opened, BadDocument> {
    let text = |key: &str| envelope.get(key).and_then(|node| Some((node.text()?, node.range())));
    let Some((payload, at)) = text("payload") else { return Err(bad("the envelope has no `payload`", envelope.range())) };
    let Some((kind, kind_at)) = text("payloadType") else { return Err(bad("the envelope has no `payloadType`", envelope.range())) };
    if !PAYLOAD_TYPES.contains(&kind) {
        return Err(bad(format!("the envelope's payloadType is {kind:?}, where {} is read", PAYLOAD_TYPES.join(" or ")), kind_at));
    }
    let payload = decoded(payload).ok_or_else(|| bad("the envelope's payload is not base64", at.clone()))?;
    let mut signatures = Vec::new();
    for one in envelope.at(&["signatures"]).items() {
        let Some(sig) = one.get("sig").and_then(Node::text) else {
            return Err(bad("a signature of the envelope has no `sig`", one.range()));
        };
        signatures.push(decoded(sig).ok_or_else(|| bad("a signature of the envelope is not base64", one.at(&["sig"]).range()))?);
    }
    let place = envelope.get("signatures").map_or_else(|| envelope.range(), Node::range);
    let signed = signatures_of(signatures, encoded(kind, &payload), place)?;
    let payload = String::from_utf8(payload).map_err(|_| bad("the envelope's payload is not UTF-8", at.clone()))?;
    Ok(Opened { carrier: carrier(signed), payload, at })
}

/// The signatures over a message, none and too many being a fault.
///
/// # Errors
/// None, or more than [`limits::ENVELOPE_SIGNATURES`].
pub fn signatures_of(signatures: Vec<Vec<u8>>, message: Vec<u8>, at: Range<usize>) -> Result<Signed, BadDocument> {
    match signatures.len() {
        0 => Err(bad("the envelope carries no signature", at)),
        1..=limits::ENVELOPE_SIGNATURES => Ok(Signed { message, signatures, at }),
        more => Err(bad(format!("the envelope carries {more} signatures, where at most {} are read", limits::ENVELOPE_SIGNATURES), at)),
    }
}

/// DSSE takes either alphabet of RFC 4648.
fn decoded(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    base64::decode(&text.replace('-', "+").replace('_', "/"))
}

/// The pre-authentication encoding of DSSE.
fn encoded(kind: &str, payload: &[u8]) -> Vec<u8> {
    [format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).as_bytes(), payload].concat()
}
