//! Portcullis: a gate for the UK cyber security codes of practice.
//!
//! Data flows one way; each arrow is a type, and no later stage reaches an earlier one:
//!
//! ```text
//! args → input → model → applicability → assess → finding → report → writers
//!        (I/O)   (pure)     (pure)     (verifiers  (pure)  (sorted,   (bytes)
//!                                       read the            frozen)
//!                                       Snapshot)               └──→ verdict → exit code
//! ```
//!
//! `source`, `repo_path`, `limits`, `clock` and `error` stand below all of them.

pub mod app;
pub mod applicability;
pub mod assess;
pub mod attest;
pub mod base;
pub mod change;
pub mod cli;
pub mod clock;
pub mod detect;
pub mod error;
pub mod evidence;
pub mod explain;
pub mod finding;
pub mod formats;
pub mod hook;
pub mod init;
pub mod input;
pub mod limits;
pub mod listing;
pub mod model;
pub mod own_findings;
pub mod probe;
pub mod recorded_reasons;
pub mod repo_path;
pub mod report;
pub mod schema;
pub mod source;
pub mod spec;
pub mod standing;
pub mod text;
pub mod verdict;
pub mod waivers;
pub mod weakening;
