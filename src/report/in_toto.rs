//! `in-toto`: a Statement (in-toto attestation framework, v1) to be signed, about the commit that was judged; its predicate
//! is the JSON report.
//!
//! Invariant: the subject is the commit just where the commit is what was judged. Where something that was read differs from it, or
//! there is none, the subject is the report itself, so that nobody signs a commit that was not judged.

use std::io;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{NAMESPACE, Report, json as report_json};
use crate::input::policy::hex;

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [subject(report)?],
        "predicateType": format!("{NAMESPACE}/report/v1"),
        "predicate": report_json::document(report),
    });
    serde_json::to_writer_pretty(&mut *out, &statement)?;
    out.write_all(b"\n")
}

fn subject(report: &Report<'_>) -> io::Result<Value> {
    if let Some(commit) = report.commit.as_deref().filter(|_| !report.dirty) {
        let name = report.origin.as_deref().map_or("the repository".to_owned(), |origin| format!("git+{origin}"));
        return Ok(json!({"name": name, "digest": {"gitCommit": commit}}));
    }
    let mut bytes = Vec::new();
    report_json::write(report, &mut bytes)?;
    Ok(json!({"name": "portcullis.json", "digest": {"sha256": hex(&Sha256::digest(&bytes))}}))
}
