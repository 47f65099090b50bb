//! The overlays of a run: those that the declaration names, from the tree under test, then those of the command line.
//!
//! A file of the command line that lies in the tree is read like one that the declaration names: in the state under test, and
//! never through a symbolic link, which the tree could turn elsewhere.

use std::path::{Path, PathBuf};

use super::catalogue::Catalogue;
use super::declaration;
use super::overlay::{self, OverlayFile};
use super::root::{self, Found, read_input};
use super::signers_file::{link_within, regular_text};
use super::snapshot::{At, Snapshot};
use crate::error::{Error, Fault};
use crate::limits;
use crate::model::overlay::{Overlay, Overlays};
use crate::repo_path::RepoPath;
use crate::source::{SourceMap, Span};

const NAME_ONE: &str = "name an existing overlay file; docs/overlays.md says how to write one";

/// Where a file of the command line lies.
enum Whereabouts {
    /// In the tree under test.
    Tree(RepoPath),
    /// Outside of it.
    Outside(PathBuf),
}

/// Reads every overlay: those that the declaration names, if there is one, and those that are `named`.
///
/// # Errors
/// Every fault of every overlay at once.
pub fn read(
    snapshot: Option<&Snapshot>,
    found: Option<&Found>,
    named: &[PathBuf],
    catalogue: &Catalogue,
    sources: &SourceMap,
) -> Result<Overlays, Error> {
    let declared = found.map_or_else(Vec::new, |found| declaration::overlays_of(found, catalogue, sources));
    let mut faults = Vec::new();
    if declared.len() + named.len() > limits::OVERLAYS {
        let fault =
            Fault { span: declared.first().map(|path| path.span), ..Fault::anywhere(format!("more than {} overlays", limits::OVERLAYS)) };
        return Err(Error::Invalid(vec![fault.help("join some of them: one file can change and add any number of provisions")]));
    }
    let mut files: Vec<OverlayFile> = Vec::new();
    let mut keep = |file: Result<OverlayFile, Fault>| match file {
        Ok(file) if files.iter().any(|known| known.source == file.source && known.outside == file.outside) => {}
        Ok(file) => files.push(file),
        Err(fault) => faults.push(fault),
    };
    if let (Some(snapshot), Some(found)) = (snapshot, found) {
        for path in &declared {
            keep(in_tree(snapshot, &found.folder.join(&path.value), Some(path.span), sources));
        }
    }
    for path in named {
        keep(of_command_line(path, snapshot, sources));
    }
    let mut overlays: Vec<Overlay> = Vec::new();
    for file in &files {
        match overlay::read(file, &overlays, catalogue, sources) {
            Ok(overlay) => overlays.push(overlay),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(Overlays::accepted(overlays)) } else { Err(Error::Invalid(faults)) }
}

/// The catalogue with the overlays of the work tree at a path and those that are `named`. No repository and no declaration there
/// are no fault: then only the named ones count.
///
/// # Errors
/// Every fault of every overlay at once.
pub fn catalogue_at<'a>(path: &Path, named: &[PathBuf], catalogue: &'a Catalogue, sources: &SourceMap) -> Result<&'a Catalogue, Error> {
    let snapshot = Snapshot::open(path, &At::Worktree).ok();
    let found = snapshot.as_ref().and_then(|snapshot| root::find(snapshot, sources).ok());
    read(snapshot.as_ref(), found.as_ref(), named, catalogue, sources).map(|overlays| catalogue.with_overlays(&overlays))
}

/// Those of the command line that a state has: all that lie outside, and those of the tree that are in it. An overlay that a change
/// adds is not there before it.
pub fn present(named: &[PathBuf], state: &Snapshot) -> Vec<PathBuf> {
    let there = |path: &&PathBuf| match whereabouts(path, state.work_tree()) {
        Ok(Whereabouts::Tree(path)) => state.tracks(&path),
        _ => true,
    };
    named.iter().filter(there).cloned().collect()
}

fn in_tree(snapshot: &Snapshot, path: &RepoPath, named: Option<Span>, sources: &SourceMap) -> Result<OverlayFile, Fault> {
    let file = read_input(snapshot, path, sources).map_err(|fault| Fault { span: fault.span.or(named), ..fault })?;
    let Some(file) = file else {
        let who = if named.is_some() { "the declaration names the overlay" } else { "the overlay is" };
        let fault = Fault { span: named, ..Fault::anywhere(format!("{who} {path}, and there is no such file")) };
        return Err(fault.help("write the file, or correct the path"));
    };
    Ok(OverlayFile { source: file.source, text: file.text, path: file.path.to_string(), outside: false, untracked: file.untracked })
}

fn of_command_line(path: &Path, snapshot: Option<&Snapshot>, sources: &SourceMap) -> Result<OverlayFile, Fault> {
    let shown = path.display();
    let unreadable = |why: String| Fault::anywhere(format!("the overlay {shown} {why}")).help(NAME_ONE);
    match (whereabouts(path, snapshot.and_then(Snapshot::work_tree))?, snapshot) {
        (Whereabouts::Tree(inside), Some(snapshot)) => in_tree(snapshot, &inside, None, sources),
        (Whereabouts::Tree(_), None) => Err(unreadable("lies in a tree that cannot be read".into())),
        (Whereabouts::Outside(real), _) => {
            let text = regular_text(&real, limits::INPUT_BYTES).map_err(unreadable)?;
            let source = sources.add_outside(shown.to_string(), text.as_str());
            let name = || path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let path = if path.is_relative() { shown.to_string() } else { name() };
            Ok(OverlayFile { source, text, path, outside: true, untracked: false })
        }
    }
}

fn whereabouts(path: &Path, work_tree: Option<&Path>) -> Result<Whereabouts, Fault> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| Fault::anywhere(format!("the overlay {shown} cannot be read: {error}")).help(NAME_ONE);
    let Some(work_tree) = work_tree else { return std::fs::canonicalize(path).map(Whereabouts::Outside).map_err(unreadable) };
    let tree = std::fs::canonicalize(work_tree).map_err(unreadable)?;
    // A state may have a file that the disk has not.
    let real = std::fs::canonicalize(path).or_else(|error| {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Err(error) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        std::fs::canonicalize(folder).map(|folder| folder.join(name)).ok().filter(|real| real.starts_with(&tree)).ok_or(error)
    });
    let real = real.map_err(unreadable)?;
    if let Ok(Some(link)) = link_within(path, &tree) {
        let message = format!("{}, a symbolic link in the tree under test, leads to the overlay {shown}", link.display());
        return Err(Fault::anywhere(message).help("name the file itself"));
    }
    match real.strip_prefix(&tree) {
        Err(_) => Ok(Whereabouts::Outside(real)),
        Ok(inside) => {
            let parts: Vec<String> = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            let path = parts
                .join("/")
                .parse::<RepoPath>()
                .map_err(|error| Fault::anywhere(format!("the overlay {shown}: {error}")).help(NAME_ONE))?;
            Ok(Whereabouts::Tree(path))
        }
    }
}
