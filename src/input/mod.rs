//! Everything that is read: policies, the snapshot, the declaration, the attestations.

pub mod attestations;
pub mod book;
pub mod catalogue;
pub mod declaration;
pub mod origin;
pub mod policy;
pub mod reader;
pub mod root;
pub mod signature;
pub mod snapshot;
