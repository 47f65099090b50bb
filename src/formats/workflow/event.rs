//! What starts a run, and what it then knows.

use std::cell::Cell;
use std::ops::Range;

use super::github::value::Value;

/// What starts a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A pull or merge request into the default branch is opened or changed.
    PullRequest,
    /// A push to the default branch.
    Push,
    /// A push to a branch that a merge request is open for, which is how GitLab runs it where it starts no pipeline for the request itself.
    Branch,
    /// A set time.
    Schedule,
}

impl Event {
    /// As GitHub calls it (`github.event_name`).
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PullRequest => "pull_request",
            Self::Push | Self::Branch => "push",
            Self::Schedule => "schedule",
        }
    }
}

/// Under what an expression is evaluated.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'s> {
    /// What started the run.
    pub event: Event,
    /// The default branch.
    pub branch: &'s str,
    /// What `matrix` stands for.
    pub matrix: &'s Value,
    /// `runner.os`, where it is known.
    pub os: Option<&'s str>,
    /// What may still be evaluated, in bytes: a hostile file can ask for more than anybody should wait for.
    pub fuel: &'s Cell<usize>,
}

/// Whether a job runs at an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runs {
    /// It does, as far as the file tells.
    Yes,
    /// It hangs on what the file does not tell: in words that follow "its" or "the".
    Unknown(String),
    /// It does not.
    No(Hindrance),
}

/// What keeps a job from running, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hindrance {
    /// What it is.
    pub what: What,
    /// Its place.
    pub at: Range<usize>,
}

/// What keeps a job from running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A condition that is false.
    Condition(String),
    /// A matrix of which no job is made.
    EmptyMatrix,
    /// It waits for a job that is not there.
    NeedsAbsent(String),
    /// It waits for itself, by way of others or not.
    NeedsItself,
    /// GitLab: no rule takes the event.
    NoRule,
    /// GitLab: it runs when certain files change.
    ByPath,
    /// GitLab: it waits for somebody to start it.
    Manual,
    /// GitLab: it runs after a failure only.
    OnFailure,
    /// It waits for a job that does not run.
    Needs(String, Box<Self>),
}

impl What {
    /// Whether the host refuses the whole workflow for it.
    pub fn is_refused(&self) -> bool {
        match self {
            Self::Condition(_) | Self::EmptyMatrix | Self::NoRule | Self::ByPath | Self::Manual | Self::OnFailure => false,
            Self::NeedsAbsent(_) | Self::NeedsItself => true,
            Self::Needs(_, what) => what.is_refused(),
        }
    }
}
