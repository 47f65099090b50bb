//! Prose documents as they were read, each once for all the pieces of evidence that cite it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::formats::prose::{self, Outline, Prose};
use crate::input::view::OpenFile;
use crate::limits;
use crate::repo_path::RepoPath;

/// The outlines of documents, by path and blob id. Past a bound no more are kept and each citation reads anew.
#[derive(Default)]
pub(super) struct Documents {
    known: RefCell<BTreeMap<(RepoPath, String), Rc<Outline>>>,
    kept: Cell<usize>,
    /// How many times a text was read.
    read: Cell<usize>,
}

impl Documents {
    /// A file as a document; `text` is the whole of it.
    pub(super) fn read<'t>(&self, file: &OpenFile, text: &'t str) -> Prose<'t> {
        self.read_text(&file.path, &file.oid, text)
    }

    fn read_text<'t>(&self, path: &RepoPath, oid: &str, text: &'t str) -> Prose<'t> {
        let key = (path.clone(), oid.to_owned());
        if let Some(outline) = self.known.borrow().get(&key) {
            return Prose::with(text, Rc::clone(outline));
        }
        let prose = prose::read(path, text);
        self.read.set(self.read.get() + 1);
        let kept = self.kept.get().saturating_add(text.len());
        if kept <= limits::DOCUMENTS_KEPT_BYTES {
            self.kept.set(kept);
            self.known.borrow_mut().insert(key, prose.outline());
        }
        prose
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> RepoPath {
        name.parse().unwrap()
    }

    #[test]
    fn a_document_is_read_once_however_often_it_is_cited() {
        let documents = Documents::default();
        for _ in 0..100 {
            let prose = documents.read_text(&path("a.md"), "1", "# A\n\ntext {{ x }}\n");
            assert_eq!(prose.headings.len(), 1);
            assert_eq!(prose.unresolved().len(), 1);
        }
        assert_eq!(documents.read.get(), 1);
        documents.read_text(&path("a.md"), "2", "# A\n\n# B\n");
        documents.read_text(&path("a.txt"), "1", "# A\n\ntext {{ x }}\n");
        assert_eq!(documents.read.get(), 3);
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_is_not_kept_is_read_all_the_same() {
        let documents = Documents::default();
        let long = format!("# A\n{}", "words ".repeat(limits::DOCUMENTS_KEPT_BYTES / 11));
        for name in ["a.md", "b.md", "b.md", "a.md"] {
            assert_eq!(documents.read_text(&path(name), name, &long).headings.len(), 1);
        }
        assert_eq!(documents.read.get(), 3);
        assert!(documents.kept.get() <= limits::DOCUMENTS_KEPT_BYTES);
    }
}
