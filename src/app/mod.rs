//! The pipeline, read top to bottom: inputs, decisions, assessments, findings, report.

mod compare;
mod desk;
mod judge;
mod product_report;

use self::desk::Inputs;
use crate::base::{self, Base, Settings};
use crate::clock::Today;
use crate::error::{Error, Fault};
use crate::evidence::Taken;
use crate::finding::{Baseline, Finding};
use crate::input::allowed_signers::Signer;
use crate::input::book::{BookReader, in_order};
use crate::input::cargo::Graphs;
use crate::input::catalogue::Catalogue;
use crate::input::root;
use crate::input::snapshot::{At, Snapshot};
use crate::input::view::View;
use crate::input::{allowed_signers, declaration, overlays, signature};
use crate::listing::detected::{Detected, Fired, summary};
use crate::model::declaration::{Declaration, Product, ProductType, Signature};
use crate::model::outcome::{Assurance, Level, Verdict};
use crate::model::overlay::Overlay;
use crate::probe::{PROBES, Reach, Read, Scene, Sightings};
use crate::repo_path::RepoPath;
use crate::report::{Detail, ProductReport, Report, UnitReport};
use crate::source::SourceMap;
use crate::standing::Standing;
use crate::verdict::verdict;
use crate::{change, detect};
use std::path::PathBuf;
use std::rc::Rc;

const SIGNERS_NEEDED: &str = "the declaration requires signed attestations, and no allowed signers are given";

/// What to check.
pub struct Request {
    /// A folder in the repository.
    pub path: PathBuf,
    /// Which state of it.
    pub at: At,
    /// The date.
    pub today: Today,
    /// Overrides the declaration's `fail-on`; the inner none is `never`.
    pub fail_on: Option<Option<Level>>,
    /// The least assurance that counts as met, instead of the declaration's.
    pub assurance: Option<Assurance>,
    /// Only the products of these names; all where there are none.
    pub products: Vec<String>,
    /// The allowed signers file.
    pub signers: Option<PathBuf>,
    /// Whether cargo may be run for the dependency graph.
    pub cargo: bool,
    /// The revision that the state is a change of.
    pub base: Option<String>,
    /// The change's own settings are in force, not the base's.
    pub trust_head: bool,
    /// A base whose inputs are invalid is taken for one that declares nothing; not one that asks for signers that are not given.
    pub forgive_base: bool,
    /// Only what the base does not have closes the gate.
    pub new_only: bool,
    /// Overlays beside those that the declaration names.
    pub overlays: Vec<PathBuf>,
}

impl Request {
    /// A check of everything, with nothing but its defaults.
    pub fn new(path: PathBuf, at: At, today: Today) -> Self {
        Self {
            path,
            at,
            today,
            fail_on: None,
            assurance: None,
            products: Vec::new(),
            signers: None,
            cargo: false,
            base: None,
            trust_head: false,
            forgive_base: false,
            new_only: false,
            overlays: Vec::new(),
        }
    }
}

/// Runs a check. It always gives a report; one that could not assess says why.
pub fn check<'a>(request: &Request, catalogue: &'a Catalogue, sources: &'a SourceMap) -> Report<'a> {
    let mut report = Report {
        verdict: Verdict::CouldNotAssess,
        fail_on: None,
        date: request.today.0,
        commit: None,
        base: None,
        new_only: request.new_only,
        dirty: false,
        origin: None,
        errors: Vec::new(),
        overlays: Vec::new(),
        products: Vec::new(),
        sources,
        detail: Detail::default(),
    };
    let outcome = Snapshot::open(&request.path, &request.at).and_then(|snapshot| {
        report.commit = snapshot.commit();
        report.origin = snapshot.origin();
        let base = request.base.as_deref().map(|name| read_base(request, &snapshot, name, catalogue, sources)).transpose()?;
        report.base = base.as_ref().map(|base| base.commit.clone());
        let checked = check_snapshot(request, &snapshot, base.as_ref(), catalogue, sources);
        report.dirty = snapshot.is_dirty();
        checked
    });
    match outcome {
        Err(error) => {
            report.errors = error.faults();
            if matches!(error, Error::NoDeclaration { .. }) {
                report.errors.extend(looks_like(request, sources));
            }
        }
        Ok(Checked { products, fail_on, overlays }) => {
            report.fail_on = fail_on;
            report.overlays = overlays;
            let counts = |finding: &&Finding| !request.new_only || finding.baseline == Some(Baseline::New);
            report.verdict = verdict(products.iter().flat_map(|product| &product.findings).filter(counts), fail_on);
            report.products = products;
        }
    }
    report
}

/// Judges what a state is a change of, by its own settings.
fn read_base(request: &Request, snapshot: &Snapshot, name: &str, catalogue: &Catalogue, sources: &SourceMap) -> Result<Base, Error> {
    let commit = snapshot.merge_base(name)?;
    let before = Snapshot::open(&request.path, &At::Revision(commit.clone()))?;
    let state = At::Revision(commit.clone());
    let overlays = overlays::present(&request.overlays, &before);
    let plain = |cargo| Request {
        signers: request.signers.clone(),
        assurance: request.assurance,
        overlays: overlays.clone(),
        cargo,
        ..Request::new(request.path.clone(), state.clone(), request.today)
    };
    let judge = || {
        let checked = check_snapshot(&plain(request.cargo), &before, None, catalogue, sources);
        // What the change needs is in cargo's cache; what the base needs, which is only compared with, may not be.
        let Checked { products, .. } = match checked {
            Err(Error::Repository { .. }) if request.cargo => check_snapshot(&plain(false), &before, None, catalogue, sources)?,
            checked => checked?,
        };
        Ok(products.into_iter().map(base_product).collect())
    };
    let read = Base::read(commit.clone(), &before, &overlays, catalogue, sources, judge).and_then(|base| {
        let tip = tip(request, &commit, name, catalogue, sources)?;
        Ok(Base { tip, ..base })
    });
    match read {
        Err(Error::Invalid(_)) if request.trust_head => Ok(Base { commit, declared: None, tip: None }),
        Err(Error::Invalid(faults)) if request.forgive_base && faults.iter().all(|fault| fault.message != SIGNERS_NEEDED) => {
            Ok(Base { commit, declared: None, tip: None })
        }
        read => read,
    }
}

/// What a change is held against in a judged product.
fn base_product(found: ProductReport<'_>) -> base::Judged {
    let standing = |unit: &UnitReport<'_>| {
        Standing::new(unit.unit, unit.outcome, unit.waived_outcome, unit.assurance).contradicted_by(unit.objections.iter().cloned())
    };
    let standings = found.assessments.iter().map(|unit| (unit.unit.id.clone(), standing(unit))).collect();
    base::Judged { product: found.name, findings: found.findings, standings }
}

/// The settings of the named revision, where that is not the commit from which the change parted.
fn tip(request: &Request, base: &str, name: &str, catalogue: &Catalogue, sources: &SourceMap) -> Result<Option<Settings>, Error> {
    let now = Snapshot::open(&request.path, &At::Revision(name.to_owned()))?;
    match now.commit() {
        Some(commit) if commit != base => Settings::read(&commit, &now, &overlays::present(&request.overlays, &now), catalogue, sources),
        _ => Ok(None),
    }
}

/// What a repository with no declaration looks like, for whoever is about to write one.
fn looks_like(request: &Request, sources: &SourceMap) -> Option<Fault> {
    let snapshot = Snapshot::open(&request.path, &request.at).ok()?;
    let folder = snapshot.start().clone();
    let view = View::new(&snapshot, &folder, sources);
    let detection = detect::detect(&view, &detect::walk(&view), std::slice::from_ref(&folder));
    let speaks = detection.types.iter().filter(|seen| seen.strength > detect::Strength::Weak && seen.kind != ProductType::Software);
    let shown: Vec<String> = speaks.map(|seen| summary(seen, sources)).collect();
    let message = format!("its files look like {}", shown.join("; "));
    (!shown.is_empty()).then(|| {
        Fault::anywhere(message).help("`portcullis detect` says why, and `portcullis init` takes what is decisive; in a declaration by hand, name such types in `types` or answer them under [product.not]")
    })
}

/// Looks at a repository with no declaration: what it is, what could be cited, what the probes find.
///
/// # Errors
/// When the repository or the revision cannot be read.
pub fn detect(path: &std::path::Path, at: &At, today: Today, reach: Reach, sources: &SourceMap) -> Result<Detected, Error> {
    let snapshot = Snapshot::open(path, at)?;
    let folder = snapshot.start().clone();
    let view = View::new(&snapshot, &folder, sources);
    let folders = std::slice::from_ref(&folder);
    let walked = detect::walk(&view);
    let detection = detect::detect(&view, &walked, folders);
    let evidence = detect::artefacts(&view, &walked, folders);
    let nowhere = view.beginning(&RepoPath::root());
    let (product, declaration) = (Product::undeclared(nowhere), RepoPath::root());
    let scene = Scene {
        view: &view,
        product: &product,
        version: None,
        declaration: &declaration,
        attestations: &[],
        today,
        reach,
        read: Read::default(),
    };
    let sightings = Sightings::new(scene);
    let fired = PROBES.iter().map(|probe| Fired { probe: probe.name(), sightings: sightings.of(probe.name()).to_vec() });
    let probes = fired.filter(|fired| !fired.sightings.is_empty()).collect();
    Ok(Detected {
        commit: snapshot.commit(),
        detection,
        evidence,
        probes,
        left_sources: sightings.left_sources(),
        files: view.tracked().count(),
    })
}

/// What a check came to.
struct Checked<'a> {
    products: Vec<ProductReport<'a>>,
    fail_on: Option<Level>,
    overlays: Vec<Rc<Overlay>>,
}

fn check_snapshot<'a>(
    request: &Request,
    snapshot: &Snapshot,
    base: Option<&Base>,
    catalogue: &'a Catalogue,
    sources: &'a SourceMap,
) -> Result<Checked<'a>, Error> {
    let signers = signers(request, snapshot)?;
    let found = root::find(snapshot, sources)?;
    let own_overlays = overlays::read(Some(snapshot), Some(&found), &request.overlays, catalogue, sources)?;
    let before = base.and_then(Base::in_force);
    let in_force = match before {
        Some((_, overlays)) if !request.trust_head => overlays.with_proposed(&own_overlays),
        _ => own_overlays.clone(),
    };
    let catalogue = catalogue.with_overlays(&in_force);
    let books = BookReader { snapshot, found: &found, catalogue, sources };
    let own = declaration::read(&found, catalogue, sources).map_err(|error| books.with_attestations(error))?;
    let mut declaration = match before {
        Some((declaration, _)) if !request.trust_head => change::in_force(&own, declaration),
        _ => own.clone(),
    };
    change::overlay(&mut declaration, &in_force);
    let chosen = chosen_products(request, &declaration)?;
    let inputs = Inputs {
        books: &books,
        signers: signers.as_deref(),
        snapshot,
        found: &found,
        declaration: &declaration,
        own: &own,
        base,
        own_overlays: &own_overlays,
        catalogue,
        sources,
        taken: Taken::default(),
    };
    let mut desks = Vec::new();
    let mut faults = Vec::new();
    if declaration.gate.signature == Signature::Required && request.signers.is_none() {
        faults.push(signers_needed(&declaration));
    }
    for product in chosen {
        match inputs.desk(product) {
            Ok(desk) => desks.push(desk),
            Err(more) => faults.extend(more),
        }
    }
    if !faults.is_empty() {
        return Err(in_order(faults));
    }
    let graphs = if request.cargo { inputs.cargo_graphs(&desks)? } else { Graphs::new() };
    let mut judged = Vec::new();
    for desk in &desks {
        judged.push(inputs.assess(desk, request, &graphs)?);
    }
    inputs.compare(&mut judged, request);
    inputs.tell_overlays(&mut judged, request);
    inputs.settle_shared(&mut judged);
    let products = judged.into_iter().map(|found| inputs.product_report(found)).collect();
    let fail_on = request.fail_on.map_or(declaration.gate.fail_on, |asked| in_force.fail_on(asked));
    Ok(Checked { products, fail_on, overlays: in_force.accepted.into_iter().chain(in_force.proposed).collect() })
}

/// The allowed signers; a file that cannot be read in full is no ground to judge on.
fn signers(request: &Request, snapshot: &Snapshot) -> Result<Option<Vec<Signer>>, Error> {
    let Some(path) = &request.signers else { return Ok(None) };
    let text = signature::read_signers(path, snapshot.work_tree())?;
    let parsed = allowed_signers::parse(&text).map_err(|why| {
        Error::repository(format!("the allowed signers file {}: {why}", path.display()), "correct it (ssh-keygen(1), \"ALLOWED SIGNERS\")")
    })?;
    Ok(Some(parsed))
}

fn signers_needed(declaration: &Declaration) -> Fault {
    let span = declaration.gate.written.get("signature").copied().unwrap_or(declaration.span);
    Fault::at(span, SIGNERS_NEEDED).help("give the signers from outside the repository: --allowed-signers FILE")
}

fn chosen_products<'d>(request: &Request, declaration: &'d Declaration) -> Result<Vec<&'d Product>, Error> {
    let is_named = |product: &Product, name: &String| product.name.value == *name;
    let unknown = request.products.iter().filter(|name| !declaration.products.iter().any(|product| is_named(product, name)));
    let faults: Vec<Fault> = unknown
        .map(|name| {
            let names: Vec<&str> = declaration.products.iter().map(|product| product.name.value.as_str()).collect();
            let message = format!("the declaration has no product {}", crate::input::reader::quoted(name));
            Fault::at(declaration.span, message).help(format!("its products: {}", names.join(", ")))
        })
        .collect();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let chosen = |product: &&Product| request.products.is_empty() || request.products.iter().any(|name| is_named(product, name));
    Ok(declaration.products.iter().filter(chosen).collect())
}
