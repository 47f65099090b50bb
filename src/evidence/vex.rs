//! `vex`: statements on vulnerabilities. One that says "not affected" silences a scanner, so each must say why, and be about this
//! product.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::about::{self, About};
use super::told::Told;
use super::{Ask, Gap, Proof, Verified, Verifier, dependencies, effort};
use crate::formats::lockfile::{Origin, Scope};
use crate::formats::moment;
use crate::formats::sbom::{Purl, compared};
use crate::formats::vex::{self as format, NotRead, Statement, Status, Vex};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct VulnerabilityStatements;

impl Verifier for VulnerabilityStatements {
    fn kind(&self) -> &'static str {
        "vex"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is OpenVEX 0.0.1 or 0.2.0, CSAF 2.0 of the category csaf_vex, or CycloneDX 1.4 to 1.7 (JSON), and has what its format requires.",
            "It makes at least one statement, and each names a vulnerability by a well-formed id and a product.",
            "Each status and justification is one of the format's; who is not affected says why, and who is affected says what to do.",
            "At least one statement is about this product and, where the declaration has `version-from`, about this version.",
            "No two statements of one time say different things of one product and vulnerability.",
            "A component that is said not to be present is not in a tracked lockfile.",
            "None of its dates lies in the future; its own last one is within `max-age-days`.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether a justification is true cannot be seen, but for components that are said not to be there; nor whether the vulnerability exists, or whether a scanner is given the file."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"vex\"\npath = \"security/ledger.openvex.json\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.to_string();
    let vex = ask.reading(|text| format::read(text).map(Rc::new))?.map_err(|why| match why {
        NotRead::Bad(bad) => ask.malformed(&bad),
        NotRead::Unknown(what) => Verified::doubt(
            format!("{path} is {what}, which this version cannot read"),
            "write it as OpenVEX 0.2.0, CSAF 2.0 or CycloneDX 1.4 to 1.7 in JSON",
        ),
    })?;
    let mut gaps = Told::default();
    gaps.each(&vex.faults, |fault| about::fault(ask, fault, &path));
    gaps.extend(stated(ask, &vex, &path));
    // What CSAF says of one product twice is among its own faults.
    if vex.faults.iter().all(|fault| fault.name != "contradictory") {
        contradictory(ask, &vex, &path, &mut gaps);
    }
    present(ask, &vex, &path, &mut gaps);
    gaps.extend(about::dated(ask, &vex.dates, &path));
    Ok(gaps.or_proof(|| proof(ask, &vex, &path)))
}

/// That something is stated, and of this product and version.
fn stated(ask: &Ask<'_>, vex: &Vex, path: &str) -> Option<Gap> {
    if vex.statements.is_empty() && vex.faults.is_empty() {
        let message = match vex.unstated {
            0 => format!("{path} makes no statement"),
            count => format!("{path} lists {} and does not say how the product stands", vulnerabilities(count)),
        };
        let gap =
            Gap::failed("no-statement", message, "make a statement for each vulnerability that was looked at, or stop citing the file");
        return Some(Gap { at: ask.line(1), ..gap });
    }
    about::gap(ask, vex.statements.iter().flat_map(|one| &one.products), path)
}

fn vulnerabilities(count: usize) -> String {
    if count == 1 { "1 vulnerability".to_owned() } else { format!("{count} vulnerabilities") }
}

/// Vulnerability, product, time and the number of its set of components: what two statements must share to speak of the same.
type Said<'v> = (&'v str, &'v str, Option<jiff::Timestamp>, usize);

/// Two statements of one time that cannot both be true; a later one replaces an earlier one.
fn contradictory(ask: &Ask<'_>, vex: &Vex, path: &str, gaps: &mut Told) {
    let mut first: HashMap<Said<'_>, Status> = HashMap::new();
    let mut sets: HashMap<BTreeSet<&str>, usize> = HashMap::new();
    for one in &vex.statements {
        let next = sets.len();
        let parts = *sets.entry(one.components.iter().map(|(purl, _)| purl.as_str()).collect()).or_insert(next);
        let time = moment::instant(&one.stamp);
        for product in &one.products {
            let before = *first.entry((&one.vulnerability, &product.label, time, parts)).or_insert(one.status);
            if before != one.status {
                gaps.add(|| {
                    let (id, name) = (one_line(&one.vulnerability, 60), one_line(&product.label, 80));
                    let (before, now) = (before.words(), one.status.words());
                    let message = format!("{path} says of {name} and {id} that it is {before} and, at the same time, {now}");
                    ask.gap_at(one.at.clone(), "contradictory", message, "keep the statement that holds, or date the later one later")
                });
            }
        }
    }
}

/// Components that are said not to be there and that a lockfile locks.
fn present(ask: &Ask<'_>, vex: &Vex, path: &str, gaps: &mut Told) {
    let denied: Vec<&Statement> =
        vex.statements.iter().filter(|one| one.not_present && !one.components.is_empty() && of_ours(ask, one)).collect();
    if denied.is_empty() {
        return;
    }
    let shipping = dependencies::Shipping::of(ask);
    let (lockfiles, _) = dependencies::lockfiles(ask);
    let mut locked = HashMap::new();
    for file in lockfiles {
        ask.memo.effort.take(file.lockfile.packages.len().saturating_mul(effort::PACKAGE));
        for package in file.lockfile.packages.iter().filter(|package| package.origin != Origin::Local) {
            if shipping.scope(file, package) == Scope::Runtime {
                let kind = file.lockfile.purl_type;
                let name = compared(kind, &package.full_name());
                locked.insert((kind.to_owned(), name, package.version.trim_start_matches('v').to_owned()), file.path.to_string());
            }
        }
    }
    for (purl, at) in denied.iter().flat_map(|one| &one.components) {
        let Some(read) = Purl::read(purl) else { continue };
        let Some(version) = read.version else { continue };
        if let Some(lockfile) = locked.get(&(read.kind, read.full_name, version.trim_start_matches('v').to_owned())) {
            let message = format!("{path} says that {} is not present, and {lockfile} locks it", one_line(purl, 80));
            gaps.add(|| ask.gap_at(at.clone(), "present", message, "correct the justification, or take the component out"));
        }
    }
}

fn of_ours(ask: &Ask<'_>, statement: &Statement) -> bool {
    statement.products.iter().any(|product| about::stands(ask, product) == About::Ours)
}

fn proof(ask: &Ask<'_>, vex: &Vex, path: &str) -> Proof {
    let ours: Vec<&Statement> = vex.statements.iter().filter(|one| of_ours(ask, one)).collect();
    let named: BTreeSet<&str> = ours.iter().map(|one| one.vulnerability.as_str()).collect();
    let mut says = format!("{path} ({}) says how the product stands to {}", vex.format, vulnerabilities(named.len()));
    let each = [Status::NotAffected, Status::Affected, Status::Fixed, Status::UnderInvestigation];
    let counts = each.iter().map(|status| (ours.iter().filter(|one| one.status == *status).count(), status.words()));
    let counts: Vec<String> = counts.filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect();
    says.push_str(&format!(" ({})", counts.join(", ")));
    if vex.unstated > 0 {
        says.push_str(&format!("; it says nothing of {} more that it lists", vulnerabilities(vex.unstated)));
    }
    if vex.dates.is_empty() {
        says.push_str("; it does not say when it was made");
    }
    Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
}
