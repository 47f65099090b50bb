//! Everything that is read: policies, the snapshot, the declaration, the attestations.

pub mod allowed_signers;
pub mod attestations;
pub mod book;
pub mod cargo;
pub mod catalogue;
pub mod declaration;
pub mod gate_files;
pub mod history;
pub mod origin;
pub mod outside;
mod overlaid;
mod overlay;
pub mod overlay_format;
pub mod overlays;
pub mod pattern_list;
pub mod policy;
pub mod reader;
pub mod root;
pub mod shipped;
pub mod signature;
pub mod signed_history;
pub mod signers_file;
pub mod snapshot;
pub mod sshsig;
mod tree_listing;
pub mod view;
mod worktree_file;
