//! Finds the declaration: the nearest folder at or above the start that holds one.

use super::declaration::{MANIFEST_TABLES, declared_at};
use super::snapshot::{Blob, Refusal, Snapshot};
use crate::error::{Error, Fault};
use crate::limits;
use crate::repo_path::RepoPath;
use crate::source::{SourceId, SourceMap, Span};

/// The declaration's own file.
pub const DECLARATION: &str = "portcullis.toml";
/// The attestations' default file.
pub const ATTESTATIONS: &str = "attestations.toml";

/// An input file as text.
pub struct InputFile {
    /// From the git repository's root.
    pub path: RepoPath,
    /// Registered under that path.
    pub source: SourceId,
    /// Its text.
    pub text: String,
    /// Git does not track it.
    pub untracked: bool,
}

/// The declaration's file and the folder that every path is relative to.
pub struct Found {
    /// The root of the check, from the git repository's root.
    pub folder: RepoPath,
    /// The file.
    pub file: InputFile,
    /// The table in a manifest that holds the declaration; empty for `portcullis.toml`.
    pub table: &'static [&'static str],
    /// Where the declaration begins.
    pub span: Span,
}

/// Reads an input file, tracked or (in the work tree) not; none where there is none.
///
/// # Errors
/// When there is one and it cannot be read as UTF-8 text within [`limits::INPUT_BYTES`].
pub fn read_input(snapshot: &Snapshot, path: &RepoPath, sources: &SourceMap) -> Result<Option<InputFile>, Fault> {
    let unreadable = |why: String| Fault::anywhere(format!("{path}: {why}"));
    let (blob, untracked): (Blob, bool) = match snapshot.read(path, limits::INPUT_BYTES) {
        Ok(blob) => (blob, false),
        Err(Refusal::Absent | Refusal::Folder | Refusal::Deleted) => return Ok(None),
        Err(Refusal::Untracked | Refusal::Ignored) => match snapshot.read_untracked(path, limits::INPUT_BYTES) {
            None => return Ok(None),
            Some(Ok(blob)) => (blob, true),
            Some(Err(refusal)) => return Err(unreadable(refusal.to_string())),
        },
        Err(refusal) => return Err(unreadable(refusal.to_string())),
    };
    let text = String::from_utf8(blob.bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count() + 1;
        let shown = sources.add(path.as_str(), String::from_utf8_lossy(error.as_bytes()));
        Fault::at(sources.line(shown, line), format!("{path}: line {line} is not UTF-8 text")).help("save the file as UTF-8")
    })?;
    let source = sources.add(path.as_str(), text.as_str());
    Ok(Some(InputFile { path: path.clone(), source, text, untracked }))
}

/// Looks for the declaration from the snapshot's start upwards.
///
/// # Errors
/// When there is none, when one folder holds two, or when a candidate cannot be read.
pub fn find(snapshot: &Snapshot, sources: &SourceMap) -> Result<Found, Error> {
    let mut folder = snapshot.start().clone();
    loop {
        if let Some(found) = in_folder(snapshot, sources, &folder)? {
            return Ok(found);
        }
        match folder.parent() {
            Some(parent) => folder = parent,
            None => return Err(Error::NoDeclaration { searched: snapshot.start().to_string() }),
        }
    }
}

fn in_folder(snapshot: &Snapshot, sources: &SourceMap, folder: &RepoPath) -> Result<Option<Found>, Error> {
    let invalid = |fault: Fault| Error::Invalid(vec![fault]);
    let mut found: Vec<Found> = Vec::new();
    let path = |name: &str| name.parse::<RepoPath>().map(|name| folder.join(&name)).unwrap_or_default();
    if let Some(file) = read_input(snapshot, &path(DECLARATION), sources).map_err(invalid)? {
        let span = sources.line(file.source, 1);
        found.push(Found { folder: folder.clone(), file, table: &[], span });
    }
    for (manifest, table) in MANIFEST_TABLES {
        let path = path(manifest);
        let file = match read_input(snapshot, &path, sources) {
            Ok(Some(file)) => file,
            Ok(None) => continue,
            // A manifest that is a link or cannot be read declares nothing where portcullis.toml does.
            Err(_) if !found.is_empty() || is_elsewhere(snapshot, &path) => continue,
            Err(fault) => return Err(invalid(fault)),
        };
        if let Some(range) = declared_at(&file.text, table) {
            let span = sources.span(file.source, range);
            found.push(Found { folder: folder.clone(), file, table, span });
        }
    }
    if let Some(second) = found.get(1) {
        let names: Vec<String> = found.iter().map(|one| one.file.path.to_string()).collect();
        let message = format!("two declarations in one folder: {}", names.join(" and "));
        return Err(invalid(Fault::at(second.span, message).help("keep one of them")));
    }
    Ok(found.pop())
}

/// Whether a path holds no contents of this repository's own.
fn is_elsewhere(snapshot: &Snapshot, path: &RepoPath) -> bool {
    matches!(snapshot.read(path, limits::INPUT_BYTES), Err(Refusal::Symlink | Refusal::Submodule | Refusal::Special | Refusal::LfsPointer))
}
