//! Files of trained models, told by their names and, where a name is that of other things too, by their bytes.

/// Endings that hardly anything but a model has, in lower case.
const MODELS: &[&str] = &[".safetensors", ".gguf", ".ggml", ".onnx", ".onnx_data", ".ort", ".tflite", ".mlmodel", ".keras"];
/// Endings that other things have, too: descriptors of protocol buffers, measurements, page templates, paths of modules, a
/// configuration language.
const SHARED: &[&str] = &[".pt", ".pth", ".ckpt", ".h5", ".hdf5", ".pkl", ".pickle", ".joblib", ".pb"];
/// Endings that weights have beside many other things: they are a model's where they stand with one or are called so.
const FURTHER: &[&str] = &[".bin", ".npz", ".msgpack", ".weights", ".engine", ".model", ".llamafile", ".nemo", ".bst", ".ubj"];
/// What is in the names of weights.
const CALLED: &[&str] = &["model", "weights", "ggml", "pytorch", "adapter", "consolidated"];
/// Operations of TensorFlow that every graph to load has one of, and what a saved one is served by.
const GRAPH: &[&[u8]] = &[b"Placeholder", b"VarHandleOp", b"MatMul", b"Conv2D", b"RestoreV2", b"saver_filename", b"serving_default"];
/// What Keras calls the parts of a model in HDF5.
const KERAS: &[&[u8]] = &[b"model_config", b"model_weights", b"layer_names", b"weight_names", b"keras_version"];
/// How a file begins that zlib, gzip, bzip2, xz or lzma compressed.
const COMPRESSED: &[&[u8]] = &[b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x5d\x00\x00"];
/// Modules whose name in a pickle says that it holds a model.
const MODULES: &[&str] =
    &["sklearn.", "xgboost.", "lightgbm.", "catboost.", "torch.", "torch._utils", "keras.", "tensorflow.", "transformers.", "skops."];
/// The number at the head of what `torch.save` wrote before version 1.6, as a pickle holds it.
const TORCH_MAGIC: &[u8] = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
/// How many bytes of a file are searched.
const SEARCHED: usize = 1_024 * 1_024;

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// It is a model's.
    Model,
    /// It may be a model's; the bytes tell.
    Shared,
    /// It may be a model's; what stands beside it tells, or the rest of the name.
    Further,
    /// It is none's.
    Other,
}

/// What a file's name says.
pub fn named(name: &str) -> Name {
    let lower = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    match () {
        () if ends(MODELS) => Name::Model,
        () if ends(SHARED) => Name::Shared,
        () if ends(FURTHER) => Name::Further,
        () => Name::Other,
    }
}

/// Whether a name with an ending of [`Name::Further`] is what a model's weights are called: `pytorch_model.bin`.
pub fn is_called_model(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let stem = file.rsplit_once('.').map_or("", |(stem, _)| stem);
    named(name) == Name::Further && CALLED.iter().any(|word| stem.split(['-', '_', '.', ' ']).any(|part| part == *word))
}

/// Whether a file holds a model. Where its bytes cannot tell, since they are compressed, its name does.
pub fn is_model(name: &str, bytes: &[u8]) -> bool {
    match named(name) {
        Name::Model => true,
        Name::Other => false,
        Name::Further => !is_text(bytes) && is_called_model(name),
        Name::Shared => !is_text(bytes) && is_shared_model(&name.to_ascii_lowercase(), bytes),
    }
}

fn is_shared_model(lower: &str, bytes: &[u8]) -> bool {
    let any = |parts: &[&[u8]]| parts.iter().any(|part| within(bytes, part));
    if lower.ends_with(".pb") {
        // The set of descriptors that a compiler of protocol buffers writes names the files that it read.
        any(GRAPH) && !bytes.get(..256.min(bytes.len())).is_some_and(|head| holds(head, b".proto"))
    } else if lower.ends_with(".h5") || lower.ends_with(".hdf5") {
        any(KERAS)
    } else if [".pkl", ".pickle", ".joblib"].iter().any(|ending| lower.ends_with(ending)) {
        executable(bytes).is_some() || COMPRESSED.iter().any(|head| bytes.starts_with(head))
    } else {
        true
    }
}

/// Whether the beginning or the end of a file holds these bytes.
fn within(bytes: &[u8], part: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(SEARCHED)).unwrap_or_default();
    let tail = bytes.get(bytes.len().saturating_sub(SEARCHED)..).unwrap_or_default();
    holds(head, part) || (bytes.len() > SEARCHED && holds(tail, part))
}

/// Whether bytes are a text that people write.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(|c: char| c.is_control() && !c.is_whitespace()))
}

/// What a file is, where loading it can run code.
pub fn executable(bytes: &[u8]) -> Option<&'static str> {
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
    #[test]
    fn a_name_that_others_have_too_is_told_by_the_bytes() {
        let graph = b"\x0a\x1f\x0a\x05input\x12\x0bPlaceholder*\x0b\x0a\x05dtype\x12\x02\x30\x01";
        let saved = b"\x08\x01\x12\x80\x01\x0a\x05serve\x12\x0bVarHandleOp";
        let keras = b"\x89HDF\x0d\x0a\x1a\x0a\x00\x00\x00\x00model_config\x00{}";
        for (name, bytes) in [
            ("frozen.pb", &graph[..]),
            ("saved_model.pb", &saved[..]),
            ("a.h5", &keras[..]),
            ("a.pkl", b"\x80\x02csklearn.svm\nSVC\nq\x00."),
            ("a.joblib", b"\x78\x9c\x00\x01"),
            ("a.pt", b"PK\x03\x04....archive/data.pkl...\x00\xff"),
            ("a.ckpt", b"\x00\x01\xff\xfe"),
            ("model.onnx", b"any"),
        ] {
            assert!(is_model(name, bytes), "{name}");
        }
        for (name, bytes) in [
            ("api.pb", &b"\x0a\x20\x0a\x0eapi/hello.proto\x12\x03api\x22\x05Const"[..]),
            ("input_0.pb", b"\x08\x01\x08\x03\x10\x01\x4a\x04\x00\x00\x80\x3f"),
            ("graph.pb", b"node { name: \"Placeholder\" }\n"),
            ("App.pkl", b"amends \"package://config\"\nhost = \"a\"\n"),
            ("rows.pkl", b"\x80\x04\x95\x03\x00\x00\x00\x00\x00\x00\x00]\x94."),
            ("rows.h5", b"\x89HDF\x0d\x0a\x1a\x0a\x00\x00measurements\xff"),
            ("page.pt", b"<html xmlns:tal=\"t\"></html>"),
            ("distutils.pth", b"import os\n"),
            ("a.txt", b"GGUF"),
        ] {
            assert!(!is_model(name, bytes), "{name}");
        }
    }

    #[test]
    fn weights_are_told_by_what_they_are_called() {
        for name in
            ["pytorch_model.bin", "models/adapter_model.bin", "flax_model.msgpack", "pytorch_model-00001-of-00002.bin", "weights.npz"]
        {
            assert!(is_called_model(name), "{name}");
        }
        for name in ["firmware.bin", "remodelled.bin", "model.json", "rows.npz", "tokenizer.model"] {
            assert!(!is_called_model(name), "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_told(name in "[a-z]{0,3}\\.(pb|pkl|h5|pt|joblib|onnx)", bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = is_model(&name, &bytes);
        }
    }
}
