//! A product that contains a model, loads one or calls one. Needing an AI package is in [`super::AI_PACKAGES`].

use super::Needs::{self, Bytes, OneOf, Path, Text, Words};
use super::Part::Shows;
use super::Signal;
use crate::detect::Strength::{self, Decisive, Probable, Weak};
use crate::detect::content as look;
use crate::model::declaration::{ProductType, Role};

const SCOPE: &str = "Code of Practice for the Cyber Security of AI, scope";
const FORMATS: &str = "the formats' own descriptions: GGUF, safetensors, ONNX, TensorFlow Lite, Core ML, PyTorch";
const HOSTED: &str = "the providers' API references";
const SERVING: &str = "the images' and charts' own documentation";
const PROJECT: &str = "MLflow, DVC, Hugging Face, LangGraph and promptfoo documentation";

const fn row(
    family: &'static str,
    strength: Strength,
    paths: &'static [&'static str],
    needs: Needs,
    reason: &'static str,
    source: &'static str,
) -> Signal {
    Signal { family, kind: ProductType::Ai, part: Shows, strength, paths, needs, reason, source, role: Some(Role::SystemOperator) }
}

const fn developer(
    family: &'static str,
    strength: Strength,
    paths: &'static [&'static str],
    needs: Needs,
    reason: &'static str,
    source: &'static str,
) -> Signal {
    Signal { family, kind: ProductType::Ai, part: Shows, strength, paths, needs, reason, source, role: Some(Role::Developer) }
}

/// Sources whose name speaks of a model or of a provider.
const CLIENT_SOURCES: &[&str] = &[
    "*openai*.*",
    "*anthropic*.*",
    "*claude*.*",
    "*chatgpt*.*",
    "*gpt*.*",
    "*gemini*.*",
    "*ollama*.*",
    "*mistral*.*",
    "*groq*.*",
    "*openrouter*.*",
    "*llm*.*",
    "ai.*",
    "*completion.*",
    "*completions.*",
    "chat.*",
    "*embedding*.*",
    "*assistant*.*",
    "*summariz*.*",
    "openai/route.*",
    "chat/route.*",
    "ai/*.*",
    "llm/*.*",
    "openai/*.*",
];

pub(super) static SIGNALS: &[Signal] = &[
    row("model-file", Decisive, &["*.gguf"], Bytes(look::is_gguf), "is a model", FORMATS),
    row("model-file", Decisive, &["*.safetensors"], Bytes(look::is_safetensors), "is a model's weights", FORMATS),
    row("model-file", Decisive, &["*.onnx", "*.ort"], Bytes(look::is_onnx), "is a model", FORMATS),
    row("model-file", Decisive, &["*.tflite"], Bytes(look::is_tflite), "is a model", FORMATS),
    row("model-file", Decisive, &["*.pt", "*.pth", "*.ckpt"], Bytes(look::is_torch), "is a model's weights", FORMATS),
    row("model-file", Decisive, &["*.mlmodel", "*.keras"], Bytes(look::is_large), "is a model", FORMATS),
    row("model-file", Decisive, &["*.mlpackage/Manifest.json"], Words(&["itemInfoEntries"]), "is a model's package", FORMATS),
    row("model-file", Probable, &["*.pkl", "*.joblib", "*.pickle"], Bytes(look::is_learned_pickle), "is a pickled model", FORMATS),
    row("model-file", Probable, &["*.h5", "*.hdf5"], Bytes(look::is_keras_h5), "is a model", FORMATS),
    row("model-file", Probable, &["adapter_config.json"], Words(&["\"peft_type\""]), "describes an adapter of a model", FORMATS),
    row(
        "model-settings",
        Weak,
        &["tokenizer_config.json", "generation_config.json", "model.safetensors.index.json"],
        Path,
        "belongs to a model",
        FORMATS,
    ),
    row("model-settings", Probable, &["Modelfile"], OneOf(&["FROM "]), "describes a model to Ollama", FORMATS),
    row("hosted-model", Probable, CLIENT_SOURCES, Text(look::hosted_call), "calls a hosted model", HOSTED),
    row(
        "hosted-model-settings",
        Weak,
        &[
            ".env*example*",
            ".env*sample*",
            ".env*template*",
            "*.env.example",
            ".env",
            "env.example",
            "app.json",
            "docker-compose*.yml",
            "docker-compose*.yaml",
            "compose*.yml",
            "compose*.yaml",
        ],
        Text(look::model_key),
        "has a place for a model provider's key",
        HOSTED,
    ),
    row(
        "model-server",
        Probable,
        &["Dockerfile*", "*.Dockerfile", "Containerfile"],
        Text(look::model_image),
        "builds on an image that serves models",
        SERVING,
    ),
    row(
        "model-server",
        Probable,
        &["docker-compose*.yml", "docker-compose*.yaml", "compose*.yml", "compose*.yaml"],
        OneOf(&[
            "image: ollama/ollama",
            "image: vllm/vllm-openai",
            "image: ghcr.io/huggingface/text-generation-inference",
            "image: ghcr.io/ggml-org/llama.cpp",
        ]),
        "runs a model's server",
        SERVING,
    ),
    row(
        "model-service",
        Probable,
        &["*.tf", "*.bicep"],
        OneOf(&["resource \"aws_bedrock", "resource \"aws_sagemaker_endpoint", "resource \"google_vertex_ai_"]),
        "sets up a model's service",
        SERVING,
    ),
    row("model-service", Probable, &["bentofile.yaml"], OneOf(&["service:"]), "serves a model with BentoML", SERVING),
    row("model-card", Probable, &["MODEL_CARD.md", "model_card.md", "model-card.md", "MODELCARD.md"], Path, "is a model's card", PROJECT),
    row("model-card", Probable, &["README.md"], Text(look::card_front_matter), "is a model's card", PROJECT),
    row(
        "model-bill",
        Decisive,
        &["*.cdx.json", "bom.json", "sbom.json"],
        Words(&["\"machine-learning-model\""]),
        "lists a model in the bill of materials",
        SCOPE,
    ),
    developer(
        "training",
        Probable,
        &["train*.py", "*finetune*.py", "*fine_tune*.py", "*_train.py", "trainer.py"],
        Text(look::training),
        "trains a model",
        SCOPE,
    ),
    row(
        "inference-script",
        Probable,
        &["sample*.py", "infer*.py", "predict*.py", "generate*.py", "model*.py", "app.py", "main.py", "server.py", "demo.py"],
        Text(look::inference),
        "loads and runs a model",
        SCOPE,
    ),
    developer("experiments", Weak, &["MLproject", "dvc.yaml", "mlflow.db"], Path, "belongs to experiments with models", PROJECT),
    developer("model-registry", Probable, &["MLmodel"], Words(&["flavors:"]), "is a registered model", PROJECT),
    row("agent-settings", Probable, &["langgraph.json"], Words(&["\"graphs\""]), "describes agents", PROJECT),
    row(
        "prompts",
        Weak,
        &["*.prompty", "*.prompt", "prompts/*.yaml", "prompts/*.yml", "prompts/*.txt", "*system_prompt*.txt", "*system_prompt*.md"],
        Path,
        "is a prompt",
        PROJECT,
    ),
    row("evaluation", Weak, &["promptfooconfig.yaml", "promptfooconfig.yml"], Words(&["prompts:"]), "evaluates prompts", PROJECT),
];
