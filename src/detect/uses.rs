//! Whether shipped sources use what a manifest needs, and whether firmware's sources call a radio or a network.

use std::cell::Cell;

use super::content;
use super::direct::Need;
use super::finder::Raw;
use super::quiet::is_quiet;
use super::table::{Ecosystem, Packages, Part};
use super::{Sign, Strength};
use crate::input::view::{OpenFile, View};
use crate::limits;
use crate::model::declaration::{ProductType, Role};
use crate::repo_path::RepoPath;
use crate::source::Span;
use crate::text::one_line;

/// An AI package that a manifest needs.
pub(super) struct Needed {
    pub(super) row: &'static Packages,
    /// What sources call it.
    pub(super) import: String,
    pub(super) need: Need,
    /// The manifest.
    pub(super) path: RepoPath,
    pub(super) at: Span,
}

impl Needed {
    /// Where its sources lie.
    fn folder(&self) -> RepoPath {
        let own = self.path.parent().unwrap_or_default();
        let above = matches!(own.file_name(), "gradle" | "requirements" | "requires");
        if above { own.parent().unwrap_or_default() } else { own }
    }
}

fn endings(ecosystem: Ecosystem) -> &'static [&'static str] {
    match ecosystem {
        Ecosystem::Python => &["py"],
        Ecosystem::Npm => &["js", "mjs", "cjs", "ts", "mts", "tsx", "jsx", "vue", "svelte"],
        Ecosystem::Rust => &["rs"],
        Ecosystem::Go => &["go"],
        Ecosystem::Jvm => &["java", "kt", "scala"],
        Ecosystem::DotNet => &["cs", "fs"],
        Ecosystem::Ruby => &["rb"],
        Ecosystem::Php => &["php"],
        Ecosystem::Dart => &["dart"],
        Ecosystem::Swift => &["swift"],
        Ecosystem::Cpp => &["c", "cc", "cpp", "cxx", "h", "hpp"],
    }
}

/// Whether a line brings in what is called so.
fn brings_in(ecosystem: Ecosystem, line: &str, import: &str) -> bool {
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == '-'));
    let after = |start: &str| line.strip_prefix(start).and_then(|rest| rest.trim_start().strip_prefix(import)).is_some_and(ends);
    let lower = || line.to_ascii_lowercase();
    match ecosystem {
        Ecosystem::Python => {
            let import = import.replace('-', "_");
            let after = |start: &str| line.strip_prefix(start).and_then(|rest| rest.trim_start().strip_prefix(&import)).is_some_and(ends);
            let split = import
                .rsplit_once('.')
                .is_some_and(|(package, module)| line.starts_with(&format!("from {package} import")) && line.contains(module));
            after("import ") || after("from ") || split
        }
        Ecosystem::Npm => {
            let whole = import.ends_with('/');
            let quoted = ['"', '\'', '`'].iter().any(|quote| {
                let found = line.split_once(&format!("{quote}{import}")).map(|(_, rest)| rest);
                found.is_some_and(|rest| whole || rest.starts_with(*quote) || rest.starts_with('/'))
            });
            quoted && ["import", "require", "from", "export"].iter().any(|word| line.contains(word))
        }
        Ecosystem::Rust => {
            let name = import.replace('-', "_");
            let mut parts = line.split(name.as_str());
            let mut before = parts.next().unwrap_or_default();
            for rest in parts {
                let free = before.chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':' || c == '"'));
                if free && (rest.starts_with("::") || (before.trim_end().ends_with("use") && rest.starts_with([';', ' ']))) {
                    return true;
                }
                before = rest;
            }
            false
        }
        Ecosystem::Go => line.contains(&format!("\"{import}")),
        Ecosystem::Jvm => line.starts_with("import ") && line.contains(import),
        Ecosystem::DotNet => lower().strip_prefix("using ").is_some_and(|rest| rest.strip_prefix(import).is_some_and(ends)),
        Ecosystem::Ruby => lower().replace('_', "").contains(&format!("{}::", import.replace('_', ""))) || lower().contains("rubyllm."),
        Ecosystem::Php => lower().starts_with("use ") && lower().contains(&format!("{import}\\")),
        Ecosystem::Dart => line.contains(&format!("package:{import}/")),
        Ecosystem::Swift => lower().strip_prefix("import ").is_some_and(|rest| rest.trim() == import),
        Ecosystem::Cpp => line.starts_with("#include") && lower().contains(import) || after("using namespace "),
    }
}

/// Sources by how likely they are to tell: what speaks of a model in its path first.
fn order(path: &RepoPath, hints: &[&str]) -> (bool, usize) {
    let lower = path.as_str().to_ascii_lowercase();
    (!hints.iter().any(|hint| lower.contains(hint)), path.components().count())
}

struct Searcher<'a> {
    view: &'a View<'a>,
    left: &'a Cell<usize>,
    files: usize,
}

impl Searcher<'_> {
    /// Opens a source within the bounds; an end where they are spent.
    fn open(&mut self, path: &RepoPath) -> Option<OpenFile> {
        self.files = self.files.saturating_add(1);
        let file = self.view.read(path, limits::PROBED_FILE_BYTES.min(self.left.get())).ok()?;
        self.left.set(self.left.get().saturating_sub(file.bytes.len()));
        Some(file)
    }

    fn is_spent(&self) -> bool {
        self.files >= limits::DETECTED_SOURCES || self.left.get() == 0
    }
}

fn sources<'a>(view: &'a View<'a>, folders: &[RepoPath], endings: &[&str], hints: &[&str]) -> Vec<&'a RepoPath> {
    let fits = |path: &RepoPath| {
        let ending = path.file_name().rsplit_once('.').map_or("", |(_, ending)| ending);
        endings.iter().any(|one| ending.eq_ignore_ascii_case(one))
            && folders.iter().any(|folder| path.is_under(folder) && !is_quiet(path, folder))
    };
    let mut found: Vec<&RepoPath> =
        view.all_tracked().iter().filter(|one| one.regular).map(|one| &one.path).filter(|path| fits(path)).collect();
    found.sort_by_cached_key(|path| order(path, hints));
    found
}

/// Turns what manifests need into signs, stronger where a shipped source uses it.
pub(super) fn confirm(raw: &mut Vec<Raw>, needed: &[Needed], view: &View<'_>, folders: &[RepoPath], left: &Cell<usize>) {
    const HINTS: &[&str] =
        &["ai", "llm", "model", "chat", "openai", "gpt", "client", "agent", "embed", "infer", "predict", "ml", "server", "main", "classif"];
    let mut used: Vec<Option<(RepoPath, usize, Span)>> = needed.iter().map(|_| None).collect();
    let mut ecosystems: Vec<Ecosystem> = Vec::new();
    for one in needed {
        if !ecosystems.contains(&one.row.ecosystem) {
            ecosystems.push(one.row.ecosystem);
        }
    }
    for ecosystem in ecosystems {
        let mut searcher = Searcher { view, left, files: 0 };
        for path in sources(view, folders, endings(ecosystem), HINTS) {
            let waits = |at: usize, one: &Needed| {
                one.row.ecosystem == ecosystem && used.get(at).is_some_and(Option::is_none) && path.is_under(&one.folder())
            };
            let open: Vec<(usize, &Needed)> = needed.iter().enumerate().filter(|(at, one)| waits(*at, one)).collect();
            if searcher.is_spent()
                || needed.iter().enumerate().all(|(at, one)| one.row.ecosystem != ecosystem || used.get(at).is_some_and(Option::is_some))
            {
                break;
            }
            if open.is_empty() || is_settings(path) {
                continue;
            }
            let Some(file) = searcher.open(path) else { continue };
            let Some(text) = file.text() else { continue };
            for (at, one) in open {
                let line = text.lines().enumerate().find(|(_, line)| brings_in(ecosystem, line.trim(), &one.import));
                let Some((number, _)) = line.filter(|_| content::one_of_calls(text, one.row.calls)) else { continue };
                if let (Some(slot), Some(span)) = (used.get_mut(at), view.line(&file, number + 1)) {
                    *slot = Some((path.clone(), number + 1, span));
                }
            }
        }
    }
    raw.extend(needed.iter().zip(used).map(|(one, used)| sign(one, used)));
}

/// A build's own settings use development packages, and ship nothing.
fn is_settings(path: &RepoPath) -> bool {
    let name = path.file_name();
    name.contains(".config.") || name == "setup.py" || name == "build.rs" || name == "conftest.py" || name == "noxfile.py"
}

fn sign(one: &Needed, used: Option<(RepoPath, usize, Span)>) -> Raw {
    let name = one_line(&one.need.name, limits::QUOTED_CHARS);
    let (strength, counts, how) = match (&used, one.need.development, one.need.optional) {
        // Sites that are bundled need everything for development only.
        (Some(_), true, _) if one.row.ecosystem == Ecosystem::Npm && one.row.strength > Strength::Weak => {
            (Strength::Probable, true, "for development, and a shipped source uses it")
        }
        (_, true, _) => (Strength::Weak, false, "for development only"),
        (_, _, true) => (Strength::Weak, true, "only with a feature, an extra or a platform"),
        (Some(_), ..) if one.row.family == "model-context-protocol" => (Strength::Probable, true, "to serve or call tools of a model"),
        (Some(_), ..) if one.row.family == "model-tool-package" => (Strength::Weak, true, "directly, and a shipped source uses it"),
        (Some(_), ..) => (Strength::Decisive, true, "directly, and a shipped source uses it"),
        (None, ..) => (one.row.strength, true, "directly; no shipped source was seen to use it"),
    };
    let site = used.as_ref().filter(|_| !one.need.development || strength > Strength::Weak);
    let at_use = site.map_or(String::new(), |(path, line, _)| format!(" ({}:{line})", one_line(path.as_str(), limits::QUOTED_CHARS)));
    let sign = Sign { family: one.row.family, path: one.path.clone(), at: one.at, strength, reason: format!("needs {name} {how}{at_use}") };
    Raw { kind: ProductType::Ai, part: Part::Shows, role: Some(Role::SystemOperator), counts, sign }
}

/// The first source of firmware that calls a radio or a network.
pub(super) fn radio(view: &View<'_>, folders: &[RepoPath], left: &Cell<usize>) -> Option<Raw> {
    const HINTS: &[&str] = &["wifi", "ble", "bluetooth", "nimble", "net", "mqtt", "radio", "lora", "zigbee", "thread", "main"];
    let calls = super::table::RADIO_CALLS;
    let mut searcher = Searcher { view, left, files: 0 };
    for path in sources(view, folders, super::table::RADIO_SOURCES, HINTS) {
        if searcher.is_spent() {
            return None;
        }
        let Some(file) = searcher.open(path) else { continue };
        let Some(lower) = file.text().map(str::to_ascii_lowercase) else { continue };
        let Some(range) = calls.iter().find_map(|call| content::word(&lower, call)) else { continue };
        let at = view.range(&file, range)?;
        let sign =
            Sign { family: "connects", path: path.clone(), at, strength: Strength::Weak, reason: "calls a radio or a network".to_owned() };
        return Some(Raw { kind: ProductType::ConsumerIot, part: Part::Confirms, role: None, counts: false, sign });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_an_import_of_the_whole_name() {
        for (ecosystem, line, import, expected) in [
            (Ecosystem::Python, "from openai import OpenAI", "openai", true),
            (Ecosystem::Python, "import openai_stub", "openai", false),
            (Ecosystem::Python, "from google import genai", "google.genai", true),
            (Ecosystem::Npm, "import OpenAI from 'openai'", "openai", true),
            (Ecosystem::Npm, "import x from \"openai/helpers\"", "openai", true),
            (Ecosystem::Npm, "import x from './openai'", "openai", false),
            (Ecosystem::Npm, "import { streamText } from 'ai'", "ai", true),
            (Ecosystem::Npm, "import { openai } from \"@ai-sdk/openai\"", "@ai-sdk/", true),
            (Ecosystem::Rust, "use ort::Session;", "ort", true),
            (Ecosystem::Rust, "use sort::Session;", "ort", false),
            (Ecosystem::Rust, "crate::ort::x", "ort", false),
            (Ecosystem::Rust, "let x = async_openai::Client::new();", "async-openai", true),
            (Ecosystem::Go, "\topenai \"github.com/sashabaranov/go-openai\"", "github.com/sashabaranov/go-openai", true),
            (Ecosystem::Jvm, "import dev.langchain4j.model.X;", "dev.langchain4j", true),
            (Ecosystem::DotNet, "using OpenAI.Chat;", "openai", true),
            (Ecosystem::Dart, "import 'package:tflite_flutter/tflite.dart';", "tflite_flutter", true),
        ] {
            assert_eq!(brings_in(ecosystem, line, import), expected, "{line}");
        }
    }
}
