//! `model-remote-code`: loading a model runs code that comes with it.

use super::search::Search;
use super::{Probe, Scene, Sighting};
use crate::formats::python_code::{Call, Code};
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct ModelRemoteCode;

impl Probe for ModelRemoteCode {
    fn name(&self) -> &'static str {
        SEARCH.probe
    }

    fn looks_at(&self) -> &'static str {
        "Calls in shipped Python files of up to 256 KiB: `trust_remote_code=True`, `torch.load(…, weights_only=False)` and `torch.hub.load` of a repository."
    }

    fn limits(&self) -> &'static str {
        "A call that fixes its `revision` to a commit, or loads from a folder of the tree, is left alone, and so are notebooks, comments, texts and defaults of functions. A setting that is passed on as a variable is not followed."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        scene.searched(SEARCH.probe)
    }
}

pub(super) const SEARCH: Search = Search {
    probe: "model-remote-code",
    endings: &["py"],
    named: |name| !name.starts_with("test_") && !name.ends_with("_test.py") && name != "conftest.py",
    look: |_, text| told(text),
};

/// Each place with what is there.
fn told(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut found = Vec::new();
    if !["trust_remote_code", "weights_only", "torch.hub"].iter().any(|word| text.contains(word)) {
        return found;
    }
    let code = Code::read(text);
    for (call, at) in code.calls_with("trust_remote_code", "True") {
        if !is_fixed(&code, &call) && !is_local(&code, &call) {
            found.push((at, format!("{} trusts the code that comes with the model, at no fixed revision", one_line(&call.name, 80))));
        }
    }
    for (call, at) in code.calls_with("weights_only", "False") {
        if call.name == "torch.load" {
            found.push((at, "torch.load unpickles a model with `weights_only=False`, which can run code".to_owned()));
        }
    }
    for call in code.calls_of("torch.hub.load") {
        let source = code.first_text(&call).unwrap_or_default();
        let is_repository = source.split('/').count() == 2 && !source.starts_with(['.', '/', '~']);
        let reference = source.split_once(':').map_or("", |(_, reference)| reference);
        if is_repository && !is_commit(reference) && !code.source(&call.arguments).contains("source=") {
            found.push((call.at, format!("torch.hub.load runs the code of {}, at no fixed commit", one_line(source, 80))));
        }
    }
    found.sort_by_key(|(at, _)| at.start);
    found
}

fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether the call names a revision: a commit, or something that is not written here.
fn is_fixed(code: &Code<'_>, call: &Call) -> bool {
    let source = code.source(&call.arguments);
    source.match_indices("revision").any(|(at, word)| {
        let rest = source.get(at + word.len()..).unwrap_or_default().trim_start();
        let Some(value) = rest.strip_prefix('=').map(str::trim_start) else { return false };
        match value.strip_prefix(['"', '\'']) {
            Some(text) => is_commit(text.split(['"', '\'']).next().unwrap_or_default()),
            None => !value.starts_with("None"),
        }
    })
}

fn is_local(code: &Code<'_>, call: &Call) -> bool {
    code.first_text(call).is_some_and(|text| text.starts_with(['.', '/', '~']))
        || code.source(&call.arguments).contains("local_files_only=True")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_code_at_no_fixed_revision_is_told() {
        for text in [
            "AutoModel.from_pretrained('acme/m', trust_remote_code=True)",
            "AutoModel.from_pretrained(name, revision='main', trust_remote_code=True)",
            "torch.load(path, map_location='cpu', weights_only=False)",
            "torch.hub.load('pytorch/vision', 'resnet18')",
            "torch.hub.load(repo_or_dir = 'pytorch/vision', model='resnet18')",
            "torch.hub.load('pytorch/vision:v0.10.0', 'resnet18')",
        ] {
            assert_eq!(told(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn what_is_fixed_local_or_no_code_is_not_told() {
        for text in [
            "AutoModel.from_pretrained('acme/m', revision='0123456789abcdef0123456789abcdef01234567', trust_remote_code=True)",
            "AutoModel.from_pretrained('acme/m', revision=PINNED, trust_remote_code=True)",
            "AutoModel.from_pretrained('./model', trust_remote_code=True)",
            "AutoModel.from_pretrained('acme/m', trust_remote_code=settings.trust)",
            "AutoModel.from_pretrained('acme/m')  # never trust_remote_code=True",
            "torch.load(path, weights_only=True)",
            "torch.hub.load('./vision', 'resnet18', source='local')",
            "torch.hub.load('pytorch/vision:0123456789abcdef0123456789abcdef01234567', 'resnet18')",
            "def load(name, trust_remote_code=True):\n    pass",
            "'''torch.hub.load('pytorch/vision', 'resnet18')'''",
        ] {
            assert!(told(text).is_empty(), "{text}");
        }
    }
}
