//! `model-executable-format`: a model file whose format runs code when it is loaded.

use super::{Probe, Scene, Sighting};
use crate::formats::model_file::executable;
use crate::limits;

/// See the module's documentation.
pub(super) struct ModelExecutableFormat;

/// Endings of files that may be such a model, in lower case.
const ENDINGS: &[&str] = &["pkl", "pickle", "joblib", "dill", "pt", "pth", "ckpt", "bin"];

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
        for found in scene.shipped_with(ENDINGS, |_| true) {
            if read > limits::PROBED_BYTES {
                break;
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
