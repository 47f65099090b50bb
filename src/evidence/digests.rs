//! The digests of tracked files, Git LFS pointers among them: a pointer holds the SHA-256 of the file that it stands for.

use std::cell::RefCell;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Ask;
use super::allowance::Allowance;
use crate::formats::model_file::{self, Name};
use crate::input::policy::hex;
use crate::input::snapshot::Refusal;
use crate::limits;
use crate::repo_path::RepoPath;

/// The digests that were computed and the files that were told for models, each once for all pieces of evidence, and how many bytes that took.
pub(super) struct Computed {
    known: RefCell<BTreeMap<RepoPath, Result<String, Refusal>>>,
    models: RefCell<BTreeMap<RepoPath, bool>>,
    spent: Allowance,
}

impl Computed {
    pub(super) fn within(spent: Allowance) -> Self {
        Self { known: RefCell::default(), models: RefCell::default(), spent }
    }
}

/// The SHA-256 of a tracked file's contents, in lower case; none where it is not tracked or cannot be read.
pub(super) fn sha256(ask: &Ask<'_>, path: &RepoPath) -> Option<String> {
    computed(ask, path).ok()
}

/// The SHA-256 of a tracked file's contents, in lower case; that of the file that a Git LFS pointer stands for.
pub(super) fn computed(ask: &Ask<'_>, path: &RepoPath) -> Result<String, Refusal> {
    let memo = &ask.memo.digests;
    if let Some(known) = memo.known.borrow().get(path) {
        return known.clone();
    }
    let digest = match ask.view.lfs_sha256(path) {
        Some(known) => Ok(known),
        None => {
            let left = memo.spent.left();
            ask.view.read(path, limits::EVIDENCE_BYTES.min(left)).map(|file| {
                memo.spent.take(file.bytes.len());
                hex(&Sha256::digest(&file.bytes))
            })
        }
    };
    memo.known.borrow_mut().insert(path.clone(), digest.clone());
    digest
}

/// Whether a text is a SHA-256 in hexadecimal digits.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a tracked file is a model: by its name, and by its bytes where other things have such a name. Where the bytes
/// cannot be seen, as those behind a Git LFS pointer, the name has to do.
pub(super) fn is_model(ask: &Ask<'_>, path: &RepoPath) -> bool {
    let name = path.file_name();
    match model_file::named(name) {
        Name::Model => true,
        Name::Other => false,
        Name::Further => model_file::is_called_model(name),
        Name::Shared => {
            let memo = &ask.memo.digests;
            if let Some(known) = memo.models.borrow().get(path) {
                return *known;
            }
            let is_model = ask.view.lfs_sha256(path).is_some() || {
                let left = memo.spent.left();
                ask.view.read(path, limits::EVIDENCE_BYTES.min(left)).map_or(true, |file| {
                    memo.spent.take(file.bytes.len());
                    model_file::is_model(name, &file.bytes)
                })
            };
            memo.models.borrow_mut().insert(path.clone(), is_model);
            is_model
        }
    }
}
