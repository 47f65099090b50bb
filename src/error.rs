//! "Could not assess": what ends a run with exit code 2. Never used for a gap.

use crate::source::Span;

/// One thing wrong with an input file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What was wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Where; none only where no file is involved.
    pub span: Option<Span>,
}

impl Fault {
    /// A fault at a place.
    pub fn at(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, span: Some(span) }
    }

    /// A fault that has no place in a file.
    pub fn anywhere(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, span: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Why nothing could be assessed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The repository, the revision or the path could not be read.
    #[error("{message}")]
    Repository {
        /// What was wrong.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// No declaration at or above the path.
    #[error("no declaration: neither portcullis.toml nor a table in Cargo.toml or pyproject.toml at or above {searched}")]
    NoDeclaration {
        /// Where the search began.
        searched: String,
    },
    /// The declaration, the attestations or a policy is invalid.
    #[error("{} fault(s) in the input files", .0.len())]
    Invalid(Vec<Fault>),
}

impl Error {
    /// A repository that cannot be read, with the remedy.
    pub fn repository(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Repository { message: message.into(), help: Some(help.into()) }
    }

    /// Every fault, for printing.
    pub fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Repository { message, help } => {
                vec![Fault { message: message.clone(), help: help.clone(), span: None }]
            }
            Self::NoDeclaration { .. } => vec![Fault::anywhere(self.to_string()).help(
                "run `portcullis init`: it writes portcullis.toml and attestations.toml for this repository; by hand, `portcullis explain portcullis.toml` prints one to start from",
            )],
            Self::Invalid(faults) => faults.clone(),
        }
    }
}
