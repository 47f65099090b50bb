//! The digests of tracked files, Git LFS pointers among them: a pointer holds the SHA-256 of the file that it stands for.

use sha2::{Digest, Sha256};

use super::Ask;
use crate::input::policy::hex;
use crate::limits;
use crate::repo_path::RepoPath;

/// The SHA-256 of a tracked file's contents, in lower case; none where it is not tracked or cannot be read.
pub(super) fn sha256(ask: &Ask<'_>, path: &RepoPath) -> Option<String> {
    if let Some(known) = ask.view.lfs_sha256(path) {
        return Some(known);
    }
    let file = ask.view.read(path, limits::EVIDENCE_BYTES).ok()?;
    Some(hex(&Sha256::digest(&file.bytes)))
}

/// Whether a text is a SHA-256 in hexadecimal digits.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a file's name is that of a model's weights.
pub(super) fn is_model(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".safetensors",
        ".gguf",
        ".ggml",
        ".onnx",
        ".ort",
        ".tflite",
        ".mlmodel",
        ".pt",
        ".pth",
        ".ckpt",
        ".h5",
        ".hdf5",
        ".keras",
        ".pkl",
        ".pickle",
        ".joblib",
        ".pb",
    ];
    let lower = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
}
