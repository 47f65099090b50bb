//! Signed attestations.

use crate::clock::Today;

/// The namespace.
pub const NAMESPACE: &str = "portcullis";

/// Stub.
///
/// # Errors
/// Always.
pub fn verify(_message: &[u8], _signature: &[u8], _signers: &str, _today: Today) -> Result<String, String> {
    Err("signatures cannot be verified".into())
}
