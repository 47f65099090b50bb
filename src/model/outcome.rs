//! Levels, assurance and outcomes: the words of the verdict.

use super::named;

named! {
    /// How strongly a finding speaks. The order is weakest first.
    Level {
        /// Worth knowing.
        Note = "note",
        /// A recommendation is not met.
        Warning = "warning",
        /// A requirement is not met.
        Error = "error",
    }
}

named! {
    /// How well an attestation is backed. The order is weakest first.
    Assurance {
        /// Somebody says so.
        Asserted = "asserted",
        /// The cited document stands, is tracked and current, and has what it is cited for; whether it is true is for a reader to judge.
        Evidenced = "evidenced",
        /// The gate checked the thing itself.
        Verified = "verified",
    }
}

named! {
    /// What a judged unit ends as. The order is the order of judging: the first that holds is the outcome.
    OutcomeName {
        /// Its role or condition does not match, or it is attested not-applicable with a real reason.
        Excluded = "excluded",
        /// Its condition needs a trait that nobody answered, and there is no attestation.
        Unanswered = "unanswered",
        /// There is no attestation.
        Missing = "missing",
        /// Attested `not-met`, `partial` or `planned`.
        NotMet = "not-met",
        /// Attested `not-applicable` with no real reason, or one that the facts contradict.
        Unjustified = "unjustified",
        /// Attested `met`, but a probe found the opposite.
        Contradicted = "contradicted",
        /// A cited artefact is missing, untracked, malformed, expired, outside the repository, or says something else.
        EvidenceFailed = "evidence-failed",
        /// It could not be judged; counts as not met.
        Doubtful = "doubtful",
        /// Reviewed too long ago or in the future, or pinned evidence has changed since.
        Stale = "stale",
        /// Backed, but below the assurance that is asked for.
        UnderAssured = "under-assured",
        /// A gap under a waiver in date.
        Waived = "waived",
        /// Everything holds.
        Met = "met",
    }
}

impl OutcomeName {
    /// One sentence for people, used by `explain` and the documentation.
    pub fn about(self) -> &'static str {
        match self {
            Self::Excluded => {
                "The provision does not apply to this product: its role or condition does not match, or it is attested not-applicable with a real reason."
            }
            Self::Unanswered => {
                "Whether the provision applies hangs on a trait that the declaration does not answer, and nothing is attested for it."
            }
            Self::Missing => "The provision applies and nothing is attested for it.",
            Self::NotMet => "The attestation itself says that the provision is not met, partly met or planned.",
            Self::Unjustified => {
                "The attestation says not-applicable, but gives no real reason, or one that the declared facts contradict."
            }
            Self::Contradicted => "The attestation says met, but the repository shows the opposite.",
            Self::EvidenceFailed => {
                "A cited piece of evidence is missing, untracked, malformed, expired, outside the repository, or says something else than is claimed."
            }
            Self::Doubtful => "The evidence could not be judged. What cannot be judged counts as not met.",
            Self::Stale => "The review is too old or dated in the future, or evidence that was pinned at the review has changed since.",
            Self::UnderAssured => "The attestation is backed, but by less than the gate or the policy asks for.",
            Self::Waived => "There is a gap, and a waiver in date accepts it.",
            Self::Met => "The attestation says met and everything it cites holds.",
        }
    }
}

named! {
    /// The answer of a run.
    Verdict {
        /// Nothing at or above `fail-on`.
        Open = "open",
        /// Findings at or above `fail-on`.
        Closed = "closed",
        /// Nothing could be judged.
        CouldNotAssess = "could-not-assess",
    }
}

impl Verdict {
    /// The process's exit code, the same for every output format.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Open => 0,
            Self::Closed => 1,
            Self::CouldNotAssess => 2,
        }
    }
}
