//! The dependency graph by cargo itself, for `--cargo`: the one program that the gate ever starts, and only when asked to.
//!
//! The tree under test is hostile. Cargo runs what it finds in `.cargo/config.toml` at and above its current directory
//! (`build.rustc`, wrappers, credential providers), rustup what a `rust-toolchain.toml` there names, and both do as the
//! environment says. So cargo never sees the tree: it gets a copy of the tracked manifests and lockfiles with empty sources,
//! is started in an empty folder beside the copy, with an environment made from nothing, offline, with the lockfile locked,
//! and within bounds of time and output. It is found, and finds its own settings, only outside of the tree.

mod copy;
mod escape;
mod run;
mod surroundings;

use std::collections::BTreeMap;
use std::path::Path;

use super::shipped::{is_muted, product_files};
use super::view::View;
use crate::error::Error;
use crate::formats::cargo_graph::{self, CargoGraph};
use crate::limits;
use crate::model::declaration::Product;
use crate::repo_path::RepoPath;
use crate::text::one_line;
use copy::Copy;
use surroundings::Surroundings;

/// The graphs of the products' lockfiles, by the lockfile's path from the git repository's root.
pub type Graphs = BTreeMap<RepoPath, CargoGraph>;

/// Where the copy stands in the temporary folder.
const TREE: &str = "tree";
/// Where cargo is started.
const EMPTY: &str = "empty";

/// Resolves the graph of every `Cargo.lock` of the products.
///
/// # Errors
/// When there is none, or cargo cannot resolve one; each with its remedy.
pub fn graphs(view: &View<'_>, products: &[&Product], repository: &[&Path]) -> Result<Graphs, Error> {
    let lockfiles = lockfiles(view, products)?;
    let trees: Vec<_> = repository.iter().map(|path| surroundings::real(path)).collect();
    let surroundings = Surroundings::find(&trees)?;
    let folder = temporary_folder(&trees, &surroundings)?;
    let failed = |error: std::io::Error| could_not_prepare(&error);
    std::fs::create_dir(folder.path().join(EMPTY)).map_err(failed)?;
    let copy = Copy::write(view, &lockfiles, &folder.path().join(TREE)).map_err(failed)?;
    let mut graphs = Graphs::new();
    for lockfile in lockfiles {
        let said = run::metadata(&surroundings, folder.path(), &lockfile, &copy)?;
        let graph = cargo_graph::read(&said).map_err(|why| {
            let message = format!("--cargo: what cargo says of {lockfile} cannot be understood: {}", one_line(&why, limits::QUOTED_CHARS));
            Error::repository(message, "install a cargo of the last years")
        })?;
        graphs.insert(lockfile, graph);
    }
    Ok(graphs)
}

fn lockfiles(view: &View<'_>, products: &[&Product]) -> Result<Vec<RepoPath>, Error> {
    let named = products.iter().flat_map(|product| product_files(view, product));
    let locks = named.filter(|found| found.regular && found.path.file_name() == "Cargo.lock" && !is_muted(&found.path, view.folder()));
    let mut paths: Vec<RepoPath> = locks.map(|found| found.path.clone()).collect();
    paths.sort();
    paths.dedup();
    if paths.is_empty() {
        let message = "--cargo: no Cargo.lock is tracked under the paths of the product, so cargo has no graph to resolve";
        return Err(Error::repository(message, "track the lockfile, or leave --cargo out"));
    }
    if paths.len() > limits::CARGO_LOCKFILES {
        let message = format!("--cargo: {} lockfiles are tracked, where at most {} are resolved", paths.len(), limits::CARGO_LOCKFILES);
        return Err(Error::repository(message, "name one product: --product NAME"));
    }
    Ok(paths)
}

/// A new folder outside of the tree, with nothing at or above it that cargo or rustup would obey.
fn temporary_folder(trees: &[std::path::PathBuf], surroundings: &Surroundings) -> Result<tempfile::TempDir, Error> {
    let folder = tempfile::Builder::new().prefix("portcullis-").tempdir().map_err(|error| could_not_prepare(&error))?;
    let real = surroundings::real(folder.path());
    let help = "set TMPDIR to a folder outside of the repository that holds nothing of cargo's";
    if trees.iter().any(|tree| real.starts_with(tree)) {
        return Err(Error::repository("--cargo: the folder for temporary files lies in the tree under test", help));
    }
    match surroundings.obeyed_above(&real) {
        Some(found) => {
            let message = format!("--cargo: {} stands above the folder for temporary files, and cargo would obey it", found.display());
            Err(Error::repository(message, help))
        }
        None => Ok(folder),
    }
}

fn could_not_prepare(error: &std::io::Error) -> Error {
    Error::repository(
        format!("--cargo: the copy of the manifests for cargo could not be written: {error}"),
        "make room in the folder for temporary files, or set TMPDIR to another",
    )
}
