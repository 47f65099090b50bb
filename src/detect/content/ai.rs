//! Models and their use.

use std::ops::Range;

use super::{lines, one_of};
use crate::detect::table::Opened;

type At = Option<Range<usize>>;

/// Smaller than this, a "model" is a stub.
const STUB_BYTES: usize = 1_024;

pub(in crate::detect) fn is_large(bytes: &[u8]) -> bool {
    bytes.len() >= STUB_BYTES
}

pub(in crate::detect) fn is_gguf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"GGUF") && is_large(bytes)
}

/// The header's length, then a JSON object of that length.
pub(in crate::detect) fn is_safetensors(bytes: &[u8]) -> bool {
    let Some(Ok(head)) = bytes.get(..8).map(<[u8; 8]>::try_from) else { return false };
    let length = u64::from_le_bytes(head);
    let fits = usize::try_from(length).is_ok_and(|length| length <= bytes.len().saturating_sub(8));
    fits && bytes.get(8) == Some(&b'{') && is_large(bytes)
}

/// A protobuf that begins with `ir_version`, or the flatbuffer of ONNX Runtime.
pub(in crate::detect) fn is_onnx(bytes: &[u8]) -> bool {
    (bytes.first() == Some(&0x08) || bytes.get(4..8) == Some(b"ORTM")) && is_large(bytes)
}

pub(in crate::detect) fn is_tflite(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"TFL3") && is_large(bytes)
}

/// A ZIP archive that holds `data.pkl`.
pub(in crate::detect) fn is_torch(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") && is_large(bytes) && holds(bytes, b"data.pkl")
}

/// A pickle that names a learning library.
pub(in crate::detect) fn is_learned_pickle(bytes: &[u8]) -> bool {
    let names: [&[u8]; 4] = [b"sklearn.", b"xgboost.", b"lightgbm.", b"torch."];
    is_large(bytes) && names.iter().any(|name| holds(bytes, name))
}

pub(in crate::detect) fn is_keras_h5(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89HDF") && holds(bytes, b"model_config")
}

/// Whether the first mebibyte holds these bytes.
fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.get(..bytes.len().min(1 << 20)).is_some_and(|head| head.windows(wanted.len()).any(|window| window == wanted))
}

const HOSTS: &[&str] = &[
    "api.openai.com",
    "api.anthropic.com",
    "generativelanguage.googleapis.com",
    "aiplatform.googleapis.com",
    "bedrock-runtime.",
    ".openai.azure.com",
    "api.mistral.ai",
    "api.cohere.com",
    "api.cohere.ai",
    "api.groq.com",
    "api.together.xyz",
    "openrouter.ai/api",
    "api.deepseek.com",
    "api.x.ai",
    "api-inference.huggingface.co",
    "router.huggingface.co",
    "localhost:11434",
    "127.0.0.1:11434",
];

const SOURCES: &[&str] = &[
    "py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "rs", "go", "java", "kt", "cs", "swift", "rb", "php", "dart", "c", "cc", "cpp", "vue",
    "svelte", "ex", "lua",
];

/// A provider's host in a source, beside what is sent to it.
pub(in crate::detect) fn hosted_call(file: &Opened<'_>) -> At {
    let ending = file.path.rsplit('.').next().unwrap_or_default();
    if !SOURCES.contains(&ending) {
        return None;
    }
    let host = one_of(file.text, HOSTS)?;
    let sent = [
        "Authorization",
        "authorization",
        "x-api-key",
        "api_key",
        "apiKey",
        "api-key",
        "/chat/completions",
        "/v1/messages",
        "generateContent",
        "bearer_auth",
        "/api/chat",
        "/api/generate",
        "messages",
    ];
    one_of(file.text, &sent).map(|_| host)
}

const KEYS: &[&str] = &[
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "GEMINI_API_KEY",
    "MISTRAL_API_KEY",
    "COHERE_API_KEY",
    "GROQ_API_KEY",
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "AZURE_OPENAI_ENDPOINT",
    "OLLAMA_HOST",
    "OLLAMA_BASE_URL",
    "LANGSMITH_API_KEY",
    "OPENAI_KEY",
];

/// The name only: a value is neither read nor told.
pub(in crate::detect) fn model_key(file: &Opened<'_>) -> At {
    lines(file.text).find_map(|(line, at)| {
        let (name, from) = KEYS.iter().find_map(|name| line.find(name).map(|from| (name, from)))?;
        Some(at.start + from..at.start + from + name.len())
    })
}

/// The last stage's image.
pub(in crate::detect) fn model_image(file: &Opened<'_>) -> At {
    const IMAGES: &[&str] = &[
        "vllm/vllm-openai",
        "ollama/ollama",
        "ghcr.io/huggingface/text-generation-inference",
        "ghcr.io/huggingface/text-embeddings-inference",
        "pytorch/pytorch",
        "tensorflow/tensorflow",
        "tensorflow/serving",
        "nvcr.io/nvidia/tritonserver",
        "nvcr.io/nvidia/pytorch",
        "nvcr.io/nvidia/tensorflow",
        "nvcr.io/nvidia/nemo",
        "nvcr.io/nim/",
        "ghcr.io/ggml-org/llama.cpp",
    ];
    let (line, at) = lines(file.text).filter(|(line, _)| line.to_ascii_uppercase().starts_with("FROM ")).last()?;
    let image = line.split_whitespace().skip(1).find(|word| !word.starts_with("--"))?;
    IMAGES.iter().any(|known| image.starts_with(known)).then_some(at)
}

pub(in crate::detect) fn card_front_matter(file: &Opened<'_>) -> At {
    let rest = file.text.strip_prefix("---\n")?;
    let (head, _) = rest.split_once("\n---")?;
    let line = head.lines().find(|line| ["pipeline_tag:", "base_model:", "library_name:"].iter().any(|key| line.starts_with(key)))?;
    let start = file.text.find(line)?;
    Some(start..start + line.len())
}

const LEARNING: &[&str] = &[
    "import torch",
    "from torch",
    "import tensorflow",
    "from tensorflow",
    "import jax",
    "from jax",
    "import keras",
    "from keras",
    "from transformers",
    "import transformers",
    "from sklearn",
    "import xgboost",
    "import lightgbm",
    "from peft",
    "from diffusers",
    "from tinygrad",
];

fn learns(text: &str) -> At {
    lines(text).find(|(line, _)| LEARNING.iter().any(|start| line.starts_with(start))).map(|(_, at)| at)
}

pub(in crate::detect) fn training(file: &Opened<'_>) -> At {
    let import = learns(file.text)?;
    one_of(file.text, &[".backward()", "Trainer(", ".fit(", "scaler.scale(", ".train_step(", "value_and_grad("]).map(|_| import)
}

pub(in crate::detect) fn inference(file: &Opened<'_>) -> At {
    let import = learns(file.text)?;
    one_of(
        file.text,
        &[
            "from_pretrained(",
            "load_state_dict(",
            "torch.load(",
            "torch.hub.load(",
            "load_model(",
            "pipeline(\"",
            "pipeline('",
            ".predict(",
        ],
    )
    .map(|_| import)
}

/// Whether a text of a source uses what is imported under this name.
pub(in crate::detect) fn one_of_calls(text: &str, calls: &[&str]) -> bool {
    calls.is_empty() || one_of(text, calls).is_some()
}
