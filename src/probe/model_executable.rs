//! `model-executable-format`: a model file whose format runs code when it is loaded.

use super::{Probe, Scene, Sighting};
use crate::limits;

/// See the module's documentation.
pub(super) struct ModelExecutableFormat;

/// Endings of files that may be such a model, in lower case.
const ENDINGS: &[&str] = &[".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth", ".ckpt", ".bin"];
/// Modules whose name in a pickle says that it holds a model.
const MODULES: &[&str] =
    &["sklearn.", "xgboost.", "lightgbm.", "catboost.", "torch.", "torch._utils", "keras.", "tensorflow.", "transformers.", "skops."];
/// The number at the head of what `torch.save` wrote before version 1.6, as a pickle holds it.
const TORCH_MAGIC: &[u8] = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
/// How many bytes of a file are searched.
const SEARCHED: usize = 1_024 * 1_024;

impl Probe for ModelExecutableFormat {
    fn name(&self) -> &'static str {
        "model-executable-format"
    }

    fn looks_at(&self) -> &'static str {
        "Shipped files that end in .pkl, .pickle, .joblib, .dill, .pt, .pth, .ckpt or .bin and are, by their bytes, a pickle that names a machine learning library, or an archive of PyTorch with a pickle in it."
    }

    fn limits(&self) -> &'static str {
        "Git LFS pointers, files of more than 32 MiB and compressed pickles are not told, since their bytes cannot be seen; nor is a pickle that names no such library."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut read = 0_usize;
        let mut seen = Vec::new();
        for found in scene.shipped() {
            let name = found.path.file_name().to_ascii_lowercase();
            if !ENDINGS.iter().any(|ending| name.ends_with(ending)) || read > limits::PROBED_BYTES {
                continue;
            }
            let Ok(file) = scene.view.read(&found.path, limits::EVIDENCE_BYTES) else { continue };
            read = read.saturating_add(file.bytes.len());
            if let Some(what) = executable(&file.bytes) {
                let message = format!("{} is {what}: loading it can run code", found.path);
                seen.push(Sighting::new(message, scene.view.head(&found.path)));
            }
        }
        seen
    }
}

/// What a file is, where loading it can run code.
fn executable(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..bytes.len().min(SEARCHED))?;
    if bytes.starts_with(b"PK\x03\x04") {
        // The archive's directory of names stands at its end.
        let tail = bytes.get(bytes.len().saturating_sub(SEARCHED)..)?;
        let torch = [head, tail].iter().any(|part| holds(part, b"/data.pkl"));
        return torch.then_some("an archive of PyTorch with a pickle in it");
    }
    let is_pickle = matches!(bytes, [0x80, 2..=5, ..]) && bytes.ends_with(b".");
    if matches!(bytes, [0x80, 2..=5, ..]) && holds(head.get(..32).unwrap_or(head), TORCH_MAGIC) {
        return Some("a pickle of PyTorch");
    }
    (is_pickle && MODULES.iter().any(|module| names(head, module.as_bytes()))).then_some("a pickle of a model")
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Whether a pickle imports from a module: by the opcode for a global (`c`, protocols up to 3), or as a short text before it is put together.
fn names(bytes: &[u8], module: &[u8]) -> bool {
    bytes.windows(module.len() + 2).any(|window| match window {
        [b'c', rest @ ..] => rest.starts_with(module),
        [0x8c, _, rest @ ..] => rest.starts_with(module),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pickles_of_models_are_told_and_other_bytes_are_not() {
        assert!(executable(b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x15sklearn.linear_model\x94\x8c\x01x\x93.").is_some());
        assert!(executable(b"\x80\x02csklearn.svm\nSVC\nq\x00.").is_some());
        assert!(executable(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02").is_some());
        assert!(executable(b"PK\x03\x04....archive/data.pkl...").is_some());
        for bytes in [
            &b""[..],
            b"\x80",
            b"\x80\x04\x95\x03\x00\x00\x00\x00\x00\x00\x00]\x94.",
            b"\x80\x04\x8c\x05numpy\x94.",
            b"PK\x03\x04....[Content_Types].xml",
            b"version https://git-lfs.github.com/spec/v1\n",
            b"the csklearn.svm text.",
            b"GGUF\x03",
        ] {
            assert_eq!(executable(bytes), None, "{bytes:?}");
        }
    }
}
