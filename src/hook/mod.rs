//! The pre-push hook: putting it where git looks for it, and what it runs.
//!
//! The hook judges the commits that are pushed, read from the object store; the work tree is not looked at. A hook that was
//! there before keeps its place in the order, its arguments, its input and its say.

pub mod install;
pub mod pushed;
mod script;
