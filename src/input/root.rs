//! Finds the declaration: the nearest folder at or above the start that holds one.

use super::declaration::{MANIFEST_TABLES, manifest_declares};
use super::snapshot::{Blob, Refusal, Snapshot};
use crate::error::{Error, Fault};
use crate::limits;
use crate::repo_path::RepoPath;
use crate::source::{SourceId, SourceMap};

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
}

/// Reads an input file, tracked or (in the work tree) not; none where there is none.
///
/// # Errors
/// When there is one and it cannot be read as UTF-8 text within [`limits::INPUT_BYTES`].
pub fn read_input(snapshot: &Snapshot, path: &RepoPath, sources: &SourceMap) -> Result<Option<InputFile>, Error> {
    let unreadable = |why: String| Error::Invalid(vec![Fault::anywhere(format!("{path}: {why}"))]);
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
        let line = error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
        unreadable(format!("line {line} is not UTF-8 text: save the file as UTF-8"))
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
    let mut found: Vec<Found> = Vec::new();
    let path = |name: &str| name.parse::<RepoPath>().map(|name| folder.join(&name)).unwrap_or_default();
    if let Some(file) = read_input(snapshot, &path(DECLARATION), sources)? {
        found.push(Found { folder: folder.clone(), file, table: &[] });
    }
    for (manifest, table) in MANIFEST_TABLES {
        let Some(file) = read_input(snapshot, &path(manifest), sources)? else { continue };
        if manifest_declares(&file.text, table) {
            found.push(Found { folder: folder.clone(), file, table });
        }
    }
    if found.len() > 1 {
        let names: Vec<String> = found.iter().map(|one| one.file.path.to_string()).collect();
        let second = found.get(1).map(|one| sources.line(one.file.source, 1));
        return Err(Error::Invalid(vec![Fault {
            message: format!("two declarations in one folder: {}", names.join(" and ")),
            help: Some("keep one of them".into()),
            span: second,
        }]));
    }
    Ok(found.pop())
}
