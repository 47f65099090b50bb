//! `vex`: statements on vulnerabilities. One that says "not affected" silences a scanner, so each must say why, and be about this
//! product.

mod called;

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
use called::{Called, called};

/// See the module's documentation.
pub(super) struct VulnerabilityStatements;

impl Verifier for VulnerabilityStatements {
    fn kind(&self) -> &'static str {
        "vex"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is OpenVEX 0.0.1 or 0.2.0, CSAF 2.0 of the category csaf_vex, or CycloneDX 1.4 to 1.7 (JSON), and has what its format requires.",
            "It makes at least one statement, and each names a product and a vulnerability, by a well-formed id of no later year than the document's last date.",
            "Each status and justification is one of the format's; who is not affected says why, and who is affected says what to do.",
            "At least one statement is about this product, of its owner where it says whose it is, and, where the declaration has `version-from`, about this version.",
            "No two statements of one time say different things of one product and vulnerability.",
            "A component that is said not to be present is not in a tracked lockfile, each of which can be read.",
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
    let doubt = present(ask, &vex, &path, &mut gaps);
    gaps.extend(about::dated(ask, &vex.dates, &path));
    gaps.extend(about::before_their_year(ask, &vex.named, &vex.dates, &path));
    if let Some(doubt) = doubt.filter(|_| gaps.is_empty()) {
        return Err(doubt);
    }
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
type Said = (usize, Called, Option<jiff::Timestamp>, usize);

/// Two statements of one time that cannot both be true; a later one replaces an earlier one.
fn contradictory(ask: &Ask<'_>, vex: &Vex, path: &str, gaps: &mut Told) {
    let mut first: HashMap<Said, Status> = HashMap::new();
    let mut sets: HashMap<BTreeSet<&str>, usize> = HashMap::new();
    let mut vulnerabilities = Aliases::of(&vex.statements);
    let is_openvex = vex.format.starts_with("OpenVEX");
    for one in &vex.statements {
        let next = sets.len();
        let parts = *sets.entry(one.components.iter().map(|(purl, _)| purl.as_str()).collect()).or_insert(next);
        let time = moment::instant(&one.stamp);
        let vulnerability = vulnerabilities.number(&one.vulnerability);
        for product in &one.products {
            let mut other = None;
            for called in called(ask, product, one.status, is_openvex) {
                let against = called.against();
                let before = *first.entry((vulnerability, called, time, parts)).or_insert(one.status);
                let beside = against.into_iter().filter_map(|against| first.get(&(vulnerability, against, time, parts)).copied());
                other = other.or_else(|| std::iter::once(before).chain(beside).find(|before| *before != one.status));
            }
            if let Some(before) = other {
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

/// Numbers of vulnerabilities; those that are called by one name have the same.
struct Aliases<'v> {
    numbers: HashMap<&'v str, usize>,
    /// Which number each one leads to.
    leads: Vec<usize>,
}

impl<'v> Aliases<'v> {
    fn of(statements: &'v [Statement]) -> Self {
        let mut own = Self { numbers: HashMap::new(), leads: Vec::new() };
        for one in statements {
            let number = own.number(&one.vulnerability);
            for alias in &one.aliases {
                let (from, to) = (own.number(alias), own.root(number));
                if let Some(lead) = own.leads.get_mut(from) {
                    *lead = to;
                }
            }
        }
        own
    }

    fn number(&mut self, name: &'v str) -> usize {
        let next = self.leads.len();
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.leads.push(next);
        }
        self.root(number)
    }

    /// Shortens the way as it goes, so that a chain of aliases is not walked over and over.
    fn root(&mut self, mut number: usize) -> usize {
        while let Some(lead) = self.leads.get(number).copied().filter(|lead| *lead != number) {
            let beyond = self.leads.get(lead).copied().unwrap_or(lead);
            if let Some(own) = self.leads.get_mut(number) {
                *own = beyond;
            }
            number = beyond;
        }
        number
    }
}

/// Components that are said not to be there and that a lockfile locks; the doubt where it cannot be told.
fn present(ask: &Ask<'_>, vex: &Vex, path: &str, gaps: &mut Told) -> Option<Verified> {
    let denied: Vec<&Statement> =
        vex.statements.iter().filter(|one| one.not_present && !one.components.is_empty() && of_ours(ask, one)).collect();
    if denied.is_empty() {
        return None;
    }
    let locked = Locked::of(ask);
    let mut unknown = None;
    for (purl, at) in denied.iter().flat_map(|one| &one.components) {
        let Some(read) = Purl::read(purl) else { continue };
        let version = read.version.map(|version| version.trim_start_matches('v').to_owned());
        let key = (read.kind, read.full_name, version);
        let label = one_line(purl, 80);
        if let Some(lockfile) = locked.shipped.get(&key) {
            let message = format!("{path} says that {label} is not present, and {lockfile} locks it");
            gaps.add(|| ask.gap_at(at.clone(), "present", message, "correct the justification, or take the component out"));
        } else if let Some(lockfile) = locked.perhaps.get(&key) {
            unknown.get_or_insert_with(|| {
                let message = format!("{path} says that {label} is not present, and {lockfile} locks it without saying whether it ships");
                Verified::doubt(message, "say in another justification why the product is not affected, or take the component out")
            });
        }
    }
    let unread = locked.unread.map(|lockfile| {
        let message = format!("{path} says that a component is not present, and {lockfile} cannot be read");
        Verified::doubt(message, "correct the lockfile, or stop tracking it")
    });
    unknown.or(unread)
}

/// Ecosystem, name and version of a package; none for whichever version.
type Key = (String, String, Option<String>);

/// What tracked lockfiles lock, each with the lockfile's path.
struct Locked {
    shipped: HashMap<Key, String>,
    /// Where the lockfile does not say whether it ships.
    perhaps: HashMap<Key, String>,
    /// A lockfile that cannot be read.
    unread: Option<String>,
}

impl Locked {
    fn of(ask: &Ask<'_>) -> Self {
        let shipping = dependencies::Shipping::of(ask);
        let (lockfiles, unread) = dependencies::lockfiles(ask);
        let mut own = Self { shipped: HashMap::new(), perhaps: HashMap::new(), unread: unread.first().cloned() };
        for file in lockfiles {
            ask.memo.effort.take(file.lockfile.packages.len().saturating_mul(effort::PACKAGE));
            for package in file.lockfile.packages.iter().filter(|package| package.origin != Origin::Local) {
                let known = match shipping.scope(file, package) {
                    Scope::Runtime => &mut own.shipped,
                    Scope::Unknown => &mut own.perhaps,
                    Scope::Development => continue,
                };
                let kind = file.lockfile.purl_type;
                let name = compared(kind, &package.full_name());
                for version in [None, Some(package.version.trim_start_matches('v').to_owned())] {
                    known.insert((kind.to_owned(), name.clone(), version), file.path.to_string());
                }
            }
        }
        own
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

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn statement(vulnerability: &str, aliases: &[&str]) -> Statement {
        Statement {
            vulnerability: vulnerability.to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            status: Status::Fixed,
            products: Vec::new(),
            stamp: String::new(),
            not_present: false,
            components: Vec::new(),
            at: 0..1,
        }
    }

    #[test]
    fn vulnerabilities_of_one_alias_are_one() {
        let all = [statement("A-1", &[]), statement("B-1", &["A-1"]), statement("C-1", &["D-1", "B-1"]), statement("E-1", &["F-1"])];
        let mut aliases = Aliases::of(&all);
        let numbers: Vec<usize> = ["A-1", "B-1", "C-1", "D-1", "E-1"].into_iter().map(|name| aliases.number(name)).collect();
        assert!(numbers.iter().take(4).all(|number| *number == numbers[0]) && numbers[4] != numbers[0], "{numbers:?}");
    }
}
