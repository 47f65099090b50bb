//! Edits an attestations file in place: what is not the subject of an edit keeps every byte.
//!
//! An edit is planned on the document's structure, made on its text by replacing and inserting ranges, and then read
//! back: the new text must mean what the old one meant with just that change. An edit that does not is refused, so no
//! way of writing TOML, however unusual, can make this lose anything.

mod bench;
mod draft;
mod edit;
mod piece;
mod place;
mod replace;
mod splice;

pub use bench::{Bench, Wanted};
pub use draft::{Draft, Moved, PinNow, Waived, Wish};
pub use edit::{Edit, Keys, Refused, Target, apply, block, shown};
pub use piece::{Piece, date, is_pinned_by_default};
pub use replace::{Change, Replaced, replace_file, replace_files};
