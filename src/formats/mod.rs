//! Readers of published formats, shared by verifiers.

pub mod manifest;
