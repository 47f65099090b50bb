//! Writes a first declaration and a first attestations file for a repository that has none.
//!
//! What always holds: nothing is asserted. Every provision that applies is written once, as `planned`, with no statement,
//! so that the gate stays closed until people have attested; what the repository shows already is cited only where the
//! gate's own verifier takes it. Both texts are read back by the gate's own readers before anything is written, and
//! either both files are written or none.

mod attestations;
mod choices;
mod comment;
mod declaration;
mod evidence;
mod ground;
mod import;
mod plan;
mod questions;
mod told;

pub use choices::{Choices, Wish};
pub use ground::Ground;
pub use import::{Proposal, Source, propose};
pub use plan::{Plan, plan};
pub use questions::{Asker, Known, Question, Stopped, ask};
pub use told::{Invocation, told};

/// Who answers for an attestation, until somebody does: a placeholder, which the gate takes for a gap.
pub const NOBODY: &str = "TODO: who answers for it";
