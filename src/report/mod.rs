//! The report: sorted, frozen, all that a writer sees. Two runs over the same inputs give the same bytes.

mod address;
pub mod csv;
pub mod cyclonedx;
pub mod github;
pub mod github_output;
pub mod gitlab_codequality;
pub mod html;
pub mod human;
pub mod in_toto;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod oscal;
pub mod sarif;
mod tally;
mod units;
mod words;

use std::io;
use std::rc::Rc;

use jiff::civil::Date;

use crate::error::Fault;
use crate::finding::{Baseline, Finding};
use crate::model::attestation::Status;
use crate::model::declaration::{ProductType, Role};
use crate::model::outcome::{Assurance, Level, OutcomeName, Verdict};
use crate::model::overlay::Overlay;
use crate::model::policy::{Policy, Provision, Unit};
use crate::source::{SourceMap, Span};

/// What the product's own names in other formats begin with. It is a name and leads to no page.
const NAMESPACE: &str = "https://portcullis.example";

/// A whole run.
pub struct Report<'a> {
    /// The answer.
    pub verdict: Verdict,
    /// The least level that closes the gate; none for `never`.
    pub fail_on: Option<Level>,
    /// The date of the check.
    pub date: Date,
    /// The commit that was judged, or that the work tree or index stands on.
    pub commit: Option<String>,
    /// The commit that it is compared with, where a base is given.
    pub base: Option<String>,
    /// Only what the base does not have closes the gate.
    pub new_only: bool,
    /// Something that was read differs from that commit.
    pub dirty: bool,
    /// The public address of the repository's origin, where it has one.
    pub origin: Option<String>,
    /// Why nothing could be assessed; empty unless the verdict says so.
    pub errors: Vec<Fault>,
    /// The overlays in force, the declaration's first.
    pub overlays: Vec<Rc<Overlay>>,
    /// In the declaration's order.
    pub products: Vec<ProductReport<'a>>,
    /// Every text that spans point into.
    pub sources: &'a SourceMap,
    /// How much the human output says.
    pub detail: Detail,
}

impl Report<'_> {
    /// Whether a finding is among those that close the gate.
    pub fn closes(&self, finding: &Finding) -> bool {
        self.fail_on.is_some_and(|least| finding.level >= least) && (!self.new_only || finding.baseline == Some(Baseline::New))
    }
}

/// How much the human output says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Detail {
    /// Use colour.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Say what is met and excluded too.
    pub verbose: bool,
}

/// One product.
pub struct ProductReport<'a> {
    /// Its name.
    pub name: String,
    /// Declared types, with software.
    pub types: Vec<ProductType>,
    /// Types that it is said not to be, each with the reason.
    pub not: Vec<(ProductType, String)>,
    /// Its roles.
    pub roles: Vec<Role>,
    /// The codes that apply, in the order of output.
    pub codes: Vec<CodeReport<'a>>,
    /// One per judged unit, excluded ones too, in published order.
    pub assessments: Vec<UnitReport<'a>>,
    /// One per principle that has claims.
    pub principles: Vec<PrincipleReport>,
    /// In the order of the codes, the gate's own last.
    pub findings: Vec<Finding>,
    /// Findings that only the base of the change has.
    pub gone: Vec<Finding>,
    /// What was counted.
    pub counts: Counts,
    /// The path of the attestations file from the repository's root, and its span if there is one.
    pub attestations: (String, Option<Span>),
    /// The same for the organisation's own attestations, where the declaration names such a file.
    pub organisation_attestations: Option<(String, Option<Span>)>,
    /// Where the declaration names the product.
    pub span: Span,
}

/// A code that applies.
pub struct CodeReport<'a> {
    /// Its policy.
    pub policy: &'a Policy,
    /// Why it applies.
    pub reason: String,
}

/// One judged unit.
pub struct UnitReport<'a> {
    /// The unit.
    pub unit: &'a Unit,
    /// Its provision.
    pub provision: &'a Provision,
    /// What it ended as.
    pub outcome: OutcomeName,
    /// How well it is backed, where it is attested as met.
    pub assurance: Option<Assurance>,
    /// The level of its gap, where it has one that is not waived.
    pub level: Option<Level>,
    /// Why, in one line.
    pub reason: String,
    /// The waiver's last day, where it is waived.
    pub waived_until: Option<Date>,
    /// What it would be without the waiver.
    pub waived_outcome: Option<OutcomeName>,
    /// Who accepted the gap and why, where it is waived.
    pub waiver: Option<WaiverReport>,
    /// What is attested of it; none where no attestation speaks for it.
    pub attestation: Option<AttestationReport>,
    /// That attestation cites evidence of a kind that counts for it, whether or not it holds.
    pub cited: bool,
    /// Each thing in the repository that contradicts it, in words.
    pub objections: Vec<String>,
    /// For this product it is advice: never above a note.
    pub advisory: bool,
    /// The attestation, the waiver or the declaration's line that decided it.
    pub span: Span,
}

/// The attestation that speaks for a unit, in the vendor's own words.
pub struct AttestationReport {
    /// What it says.
    pub status: Status,
    /// Why.
    pub statement: String,
    /// Who answers for it.
    pub owner: String,
    /// When it was last reviewed.
    pub reviewed: Date,
}

/// The waiver that accepts a unit's gap.
pub struct WaiverReport {
    /// Why the gap is accepted.
    pub reason: String,
    /// Who accepted it.
    pub approved_by: String,
    /// The level that the gap would have.
    pub level: Level,
    /// Where the waiver names it.
    pub span: Span,
}

/// A principle with claims.
pub struct PrincipleReport {
    /// `code/id`.
    pub provision: String,
    /// The worst of its claims.
    pub outcome: OutcomeName,
}

/// Counts: the first five of units, the last three of findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Met, and the gate checked the thing itself.
    pub verified: usize,
    /// Met, and the gate checked the cited document.
    pub evidenced: usize,
    /// Met on somebody's word.
    pub asserted: usize,
    /// Gaps under a waiver in date.
    pub waived: usize,
    /// Units that do not apply.
    pub excluded: usize,
    /// Findings at error level.
    pub error: usize,
    /// Findings at warning level.
    pub warning: usize,
    /// Findings at note level.
    pub note: usize,
}

impl Counts {
    /// Counts a product.
    pub fn of(assessments: &[UnitReport<'_>], findings: &[Finding]) -> Self {
        let met = |wanted| assessments.iter().filter(|found| found.outcome == OutcomeName::Met && found.assurance == Some(wanted)).count();
        let units = |wanted| assessments.iter().filter(|found| found.outcome == wanted).count();
        let level = |wanted| findings.iter().filter(|finding| finding.level == wanted).count();
        Self {
            verified: met(Assurance::Verified),
            evidenced: met(Assurance::Evidenced),
            asserted: met(Assurance::Asserted),
            waived: units(OutcomeName::Waived),
            excluded: units(OutcomeName::Excluded),
            error: level(Level::Error),
            warning: level(Level::Warning),
            note: level(Level::Note),
        }
    }
}

/// An output format.
pub struct Writer {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub about: &'static str,
    /// Writes a report.
    pub write: fn(&Report<'_>, &mut dyn io::Write) -> io::Result<()>,
}

/// Every output format, in the order in which help lists them.
pub static WRITERS: &[Writer] = &[
    Writer { name: "human", about: "for reading in a terminal", write: human::write },
    Writer { name: "sarif", about: "SARIF 2.1.0 for code scanning: failures only", write: sarif::write },
    Writer { name: "sarif-full", about: "SARIF 2.1.0 with passes, exclusions and waived results", write: sarif::write_full },
    Writer { name: "markdown", about: "for a step summary or a comment on a change", write: markdown::write },
    Writer { name: "github", about: "workflow commands: annotations in GitHub Actions", write: github::write },
    Writer {
        name: "github-output",
        about: "what a step of GitHub Actions answers: verdict, exit code, counts",
        write: github_output::write,
    },
    Writer { name: "gitlab-codequality", about: "GitLab's Code Quality report", write: gitlab_codequality::write },
    Writer { name: "junit", about: "JUnit XML: a test case per judged unit", write: junit::write },
    Writer { name: "csv", about: "a row per judged unit, for a spreadsheet", write: csv::write },
    Writer { name: "html", about: "the whole assessment as a page for people", write: html::write },
    Writer { name: "cyclonedx", about: "CycloneDX 1.6 attestations: claims and evidence", write: cyclonedx::write },
    Writer { name: "oscal", about: "OSCAL 1.2.1 assessment results", write: oscal::write },
    Writer { name: "in-toto", about: "an in-toto Statement about the commit, to be signed", write: in_toto::write },
    Writer { name: "json", about: "the contract for other programs", write: json::write },
];

/// The writer of that name.
pub fn writer(name: &str) -> Option<&'static Writer> {
    WRITERS.iter().find(|writer| writer.name == name)
}
