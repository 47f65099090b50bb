//! The pipeline, read top to bottom: inputs, decisions, assessments, findings, report.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;

use crate::applicability::{self, Selected};
use crate::assess::{self, Assessment, Demands, Outcome, Speakers};
use crate::base::Base;
use crate::change;
use crate::clock::Today;
use crate::detect;
use crate::error::{Error, Fault};
use crate::evidence::{Context, Memo, ProductFacts};
use crate::finding::{self, Baseline, Finding};
use crate::formats::manifest;
use crate::input::allowed_signers::Signer;
use crate::input::book::{Book, BookReader, in_order};
use crate::input::cargo::{self, Graphs};
use crate::input::catalogue::Catalogue;
use crate::input::root::{self, Found};
use crate::input::snapshot::{At, Snapshot};
use crate::input::view::View;
use crate::input::{allowed_signers, declaration, signature};
use crate::limits;
use crate::listing::detected::{Detected, Fired, summary};
use crate::model::attestation::Status;
use crate::model::declaration::{Declaration, Product, ProductType, Signature};
use crate::model::outcome::{Level, OutcomeName, Verdict};
use crate::own_findings;
use crate::probe::{PROBES, Scene, Sightings};
use crate::recorded_reasons;
use crate::repo_path::RepoPath;
use crate::report::{CodeReport, Counts, Detail, PrincipleReport, ProductReport, Report, UnitReport, WaiverReport};
use crate::source::{SourceMap, Span};
use crate::verdict::verdict;
use crate::waivers;
use crate::weakening::{Version, Weakening};

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
    /// Only the product of this name.
    pub product: Option<String>,
    /// The allowed signers file.
    pub signers: Option<PathBuf>,
    /// Whether cargo may be run for the dependency graph.
    pub cargo: bool,
    /// The revision that the state is a change of.
    pub base: Option<String>,
    /// The change's own settings are in force, not the base's.
    pub trust_head: bool,
    /// Only what the base does not have closes the gate.
    pub new_only: bool,
}

impl Request {
    /// A check of everything, with nothing but its defaults.
    pub fn new(path: PathBuf, at: At, today: Today) -> Self {
        Self { path, at, today, fail_on: None, product: None, signers: None, cargo: false, base: None, trust_head: false, new_only: false }
    }
}

/// One product's inputs.
struct Desk<'d> {
    product: &'d Product,
    own: Book,
    organisation: Option<Book>,
    facts: ProductFacts<'d>,
}

impl Desk<'_> {
    /// The books, each with whether it speaks of the organisation's codes; none where it speaks of all.
    fn books(&self) -> impl Iterator<Item = (&Book, Option<bool>)> {
        let own = self.organisation.is_some().then_some(false);
        std::iter::once((&self.own, own)).chain(self.organisation.iter().map(|book| (book, Some(true))))
    }
}

/// What is attested of each unit: by an attestation that names it, else by one that names its principle; the product's own word before
/// the organisation's.
fn attested<'d>(desk: &'d Desk<'_>) -> BTreeMap<&'d str, Status> {
    let mut known: BTreeMap<&str, (bool, Status)> = BTreeMap::new();
    for attestation in desk.books().flat_map(|(book, _)| &book.content.attestations) {
        for covered in &attestation.units {
            let told = (covered.specific, attestation.status.value);
            let held = known.entry(&covered.unit).or_insert(told);
            if told.0 && !held.0 {
                *held = told;
            }
        }
    }
    known.into_iter().map(|(unit, (_, status))| (unit, status)).collect()
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
        Ok((products, fail_on)) => {
            report.fail_on = fail_on;
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
    let plain =
        |cargo| Request { signers: request.signers.clone(), cargo, ..Request::new(request.path.clone(), state.clone(), request.today) };
    let judge = || {
        let checked = check_snapshot(&plain(request.cargo), &before, None, catalogue, sources);
        // What the change needs is in cargo's cache; what the base needs, which is only compared with, may not be.
        let (products, _) = match checked {
            Err(Error::Repository { .. }) if request.cargo => check_snapshot(&plain(false), &before, None, catalogue, sources)?,
            checked => checked?,
        };
        Ok(products.into_iter().map(|product| (product.name, product.findings)).collect())
    };
    match Base::read(commit.clone(), &before, catalogue, sources, judge) {
        Err(Error::Invalid(_)) if request.trust_head => Ok(Base { commit, declared: None }),
        read => read,
    }
}

/// What a repository with no declaration looks like, for whoever is about to write one.
fn looks_like(request: &Request, sources: &SourceMap) -> Option<Fault> {
    let snapshot = Snapshot::open(&request.path, &request.at).ok()?;
    let folder = snapshot.start().clone();
    let detection = detect::detect(&View::new(&snapshot, &folder, sources), std::slice::from_ref(&folder));
    let speaks = detection.types.iter().filter(|seen| seen.strength > detect::Strength::Weak && seen.kind != ProductType::Software);
    let shown: Vec<String> = speaks.map(|seen| summary(seen, sources)).collect();
    let message = format!("its files look like {}", shown.join("; "));
    (!shown.is_empty()).then(|| {
        Fault::anywhere(message).help("`portcullis detect` says why; name such types in `types`, or answer them under [product.not]")
    })
}

/// Looks at a repository with no declaration: what it is, what could be cited, what the probes find.
///
/// # Errors
/// When the repository or the revision cannot be read.
pub fn detect(path: &std::path::Path, at: &At, today: Today, sources: &SourceMap) -> Result<Detected, Error> {
    let snapshot = Snapshot::open(path, at)?;
    let folder = snapshot.start().clone();
    let view = View::new(&snapshot, &folder, sources);
    let folders = std::slice::from_ref(&folder);
    let detection = detect::detect(&view, folders);
    let evidence = detect::artefacts(&view, folders);
    let nowhere = view.beginning(&RepoPath::root());
    let (product, declaration) = (Product::undeclared(nowhere), RepoPath::root());
    let scene = Scene { view: &view, product: &product, version: None, declaration: &declaration, attestations: &[], today };
    let sightings = Sightings::new(scene);
    let fired = PROBES.iter().map(|probe| Fired { probe: probe.name(), sightings: sightings.of(probe.name()).to_vec() });
    Ok(Detected {
        commit: snapshot.commit(),
        detection,
        evidence,
        probes: fired.filter(|fired| !fired.sightings.is_empty()).collect(),
        files: view.tracked().count(),
    })
}

type Checked<'a> = (Vec<ProductReport<'a>>, Option<Level>);

fn check_snapshot<'a>(
    request: &Request,
    snapshot: &Snapshot,
    base: Option<&Base>,
    catalogue: &'a Catalogue,
    sources: &'a SourceMap,
) -> Result<Checked<'a>, Error> {
    let signers = signers(request, snapshot)?;
    let found = root::find(snapshot, sources)?;
    let books = BookReader { snapshot, found: &found, catalogue, sources };
    let own = declaration::read(&found, catalogue, sources).map_err(|error| books.with_attestations(error))?;
    let declaration = match base.and_then(|base| base.declared.as_ref()) {
        Some(before) if !request.trust_head => change::in_force(&own, &before.declaration),
        _ => own.clone(),
    };
    let chosen = chosen_products(request, &declaration)?;
    let inputs = Inputs {
        books: &books,
        signers: signers.as_deref(),
        snapshot,
        found: &found,
        declaration: &declaration,
        own: &own,
        base,
        catalogue,
        sources,
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
    inputs.settle_shared(&mut judged);
    let products = judged.into_iter().map(|found| inputs.product_report(found)).collect();
    let fail_on = request.fail_on.unwrap_or(declaration.gate.fail_on);
    Ok((products, fail_on))
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
    Fault::at(span, "the declaration requires signed attestations, and no allowed signers are given")
        .help("give the signers from outside the repository: --allowed-signers FILE")
}

fn chosen_products<'d>(request: &Request, declaration: &'d Declaration) -> Result<Vec<&'d Product>, Error> {
    let Some(name) = &request.product else { return Ok(declaration.products.iter().collect()) };
    let chosen: Vec<&Product> = declaration.products.iter().filter(|product| product.name.value == *name).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = declaration.products.iter().map(|product| product.name.value.as_str()).collect();
        let message = format!("the declaration has no product {}", crate::input::reader::quoted(name));
        return Err(Error::Invalid(vec![Fault::at(declaration.span, message).help(format!("its products: {}", names.join(", ")))]));
    }
    Ok(chosen)
}

/// One product after judging.
struct Judged<'j, 'a> {
    desk: &'j Desk<'j>,
    selected: Vec<Selected<'a>>,
    assessments: Vec<Assessment<'a, 'j>>,
    findings: Vec<Finding>,
}

struct Inputs<'d, 'a> {
    books: &'d BookReader<'d>,
    signers: Option<&'d [Signer]>,
    snapshot: &'d Snapshot,
    found: &'d Found,
    /// What is in force.
    declaration: &'d Declaration,
    /// What the state under test declares.
    own: &'d Declaration,
    base: Option<&'d Base>,
    catalogue: &'a Catalogue,
    sources: &'a SourceMap,
}

impl<'d, 'a> Inputs<'d, 'a> {
    /// Reads what a product's declaration points at; every fault of its files at once.
    fn desk(&self, product: &'d Product) -> Result<Desk<'d>, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut keep = |result: Result<Book, Vec<Fault>>| result.map_err(|more| faults.extend(more)).ok();
        let own = keep(self.books.read(&product.attestations, product.attestations_named));
        let named = self.declaration.organisation.as_ref().and_then(|organisation| organisation.attestations.as_ref());
        // Rows of both kinds may stand in one file, which is then the product's.
        let named = named.filter(|path| path.value != product.attestations);
        let organisation = named.and_then(|path| keep(self.books.read(&path.value, Some(path.span))));
        let facts = self.facts(product).map_err(|fault| faults.push(fault)).ok();
        for path in &product.paths {
            if !self.snapshot.tracks(&self.found.folder.join(&path.value)) {
                let message = format!("`paths` names {}, where git tracks nothing, so nothing of it would be assessed", path.value);
                faults.push(Fault::at(path.span, message).help("name folders of the product, or leave `paths` out"));
            }
        }
        if let Err(more) = applicability::select(self.declaration, product, self.catalogue) {
            faults.extend(more);
        }
        match (own, facts) {
            (Some(own), Some(facts)) if faults.is_empty() => Ok(Desk { product, own, organisation, facts }),
            _ => Err(faults),
        }
    }

    fn facts(&self, product: &'d Product) -> Result<ProductFacts<'d>, Fault> {
        let Some(path) = &product.version_from else {
            return Ok(ProductFacts { product, manifest_name: None, version: None });
        };
        let whole = self.found.folder.join(&path.value);
        let unreadable = |why: String| Fault::at(path.span, format!("`version-from` names {whole}: {why}"));
        let blob = self.snapshot.read(&whole, limits::INPUT_BYTES).map_err(|refusal| unreadable(refusal.to_string()))?;
        let text = std::str::from_utf8(&blob.bytes).map_err(|_| unreadable("it is not UTF-8 text".into()))?;
        let manifest = manifest::read(&path.value, text).map_err(unreadable)?;
        Ok(ProductFacts { product, manifest_name: manifest.name, version: manifest.version })
    }

    fn cargo_graphs(&self, desks: &[Desk<'_>]) -> Result<Graphs, Error> {
        let view = View::new(self.snapshot, &self.found.folder, self.sources);
        let products: Vec<&Product> = desks.iter().map(|desk| desk.product).collect();
        cargo::graphs(&view, &products, &self.snapshot.places())
    }

    fn demands(&self, today: Today) -> Demands {
        let gate = &self.declaration.gate;
        Demands { assurance: gate.assurance, max_age_days: gate.max_age_days, today }
    }

    fn assess<'j>(&self, desk: &'j Desk<'j>, request: &Request, graphs: &Graphs) -> Result<Judged<'j, 'a>, Error> {
        let product = desk.product;
        let demands = self.demands(request.today);
        let selected = applicability::select(self.declaration, product, self.catalogue).map_err(Error::Invalid)?;
        let decisions = applicability::decide(&selected, product);
        let inputs: Vec<RepoPath> = desk.books().map(|(book, _)| book.path.clone()).collect();
        let view = View::new(self.snapshot, &self.found.folder, self.sources);
        let declaration = &self.found.file.path;
        let context = Context {
            view: &view,
            inputs: &inputs,
            declaration,
            product: &desk.facts,
            graphs,
            codes: selected.iter().map(|found| found.policy).collect(),
            attested: attested(desk),
            today: request.today,
            signers: self.signers,
            memo: Memo::default(),
            spent: Cell::new(0),
        };
        let mut speakers = vec![(false, Speakers::new(&desk.own.content))];
        speakers.extend(desk.organisation.as_ref().map(|book| (true, Speakers::new(&book.content))));
        let probes = Sightings::new(Scene {
            view: &view,
            product,
            version: desk.facts.version.as_deref(),
            declaration: &self.found.file.path,
            attestations: &inputs,
            today: request.today,
        });
        let mut assessments = assess::assess(decisions, &mut speakers, &context, &probes, demands);
        let waived: BTreeSet<&str> = desk.books().flat_map(|(book, _)| waivers::in_force(&book.content.waivers, request.today)).collect();
        recorded_reasons::judge(&mut assessments, |unit| waived.contains(unit));
        if assessments.iter().all(|found| matches!(found.outcome, Outcome::Excluded { .. })) {
            let message = format!("nothing is assessed for {}: every provision is excluded", product.name.value);
            return Err(Error::Invalid(vec![
                Fault::at(product.span, message).help("check its roles and traits, and whether everything can be not-applicable to it"),
            ]));
        }
        let mut findings = Vec::new();
        let mut used = Vec::new();
        for (book, organisation) in desk.books() {
            let uses = waivers::waive(&mut assessments, &book.content.waivers, organisation, request.today);
            findings.extend(own_findings::of_waivers(&book.content.waivers, &uses, request.today));
            used.extend(book.content.waivers.iter().zip(uses));
        }
        let judged: Vec<_> =
            speakers.iter().zip(desk.books()).flat_map(|((_, speakers), (book, _))| speakers.judged(&book.content)).collect();
        findings.extend(finding::of_assessments(&assessments));
        let answers_at = product.traits_span.unwrap_or(product.span);
        findings.extend(finding::unanswered_traits(&assessments, answers_at, |id| {
            self.catalogue.trait_of(id).map(|known| (known.question.clone(), known.why.clone()))
        }));
        findings.extend(own_findings::of_expiry(&assessments, &used, &judged, demands));
        findings.extend(own_findings::of_documents(&assessments));
        findings.extend(own_findings::of_senior_responsible_owner(product, demands));
        findings.extend(own_findings::of_types(product, &detect::detect(&view, &self.folders(product))));
        findings.extend(own_findings::of_editions(self.declaration, &selected, |code| {
            self.catalogue.editions_of(code).first().map(|edition| (*edition).to_owned())
        }));
        findings.extend(self.of_books(desk, &assessments, request));
        Ok(Judged { desk, selected, assessments, findings })
    }

    /// A product's folders, from the git repository's root.
    fn folders(&self, product: &Product) -> Vec<RepoPath> {
        match product.paths.is_empty() {
            true => vec![self.found.folder.clone()],
            false => product.paths.iter().map(|path| self.found.folder.join(&path.value)).collect(),
        }
    }

    /// Adds where the change lowers its own bar.
    fn compare(&self, judged: &mut [Judged<'_, 'a>], request: &Request) {
        let Some((base, before)) = self.base.and_then(|base| base.declared.as_ref().map(|declared| (base, declared))) else { return };
        let place = |span| base.place(span, self.sources);
        let published = |code: &str, edition: Option<&str>| self.catalogue.policy(code, edition).map(|policy| policy.published);
        for (number, found) in judged.iter_mut().enumerate() {
            let product = self.own.products.iter().find(|own| own.name.value == found.desk.product.name.value);
            let earlier = product.and_then(|product| change::counterpart(product, self.own, &before.declaration));
            let weakening = Weakening {
                head: Version { declaration: self.own, books: found.desk.books().map(|(book, _)| &book.content).collect() },
                base: Version { declaration: &before.declaration, books: earlier.map(|earlier| before.books(earlier)).unwrap_or_default() },
                place: &place,
                published: &published,
            };
            let mut told = if number == 0 { weakening.of_declaration() } else { Vec::new() };
            told.extend(product.zip(earlier).into_iter().flat_map(|(now, earlier)| weakening.of_product(now, earlier)));
            let level = |finding: Finding| if request.trust_head { finding.level(Level::Note) } else { finding };
            found.findings.extend(told.into_iter().map(level));
        }
    }

    /// What only the base has; every finding is marked against it.
    fn gone(&self, product: &Product, findings: &mut [Finding]) -> Vec<Finding> {
        let Some(base) = self.base else { return Vec::new() };
        let own = self.own.products.iter().find(|own| own.name.value == product.name.value);
        let before = base.declared.as_ref().and_then(|declared| {
            let earlier = change::counterpart(own?, self.own, &declared.declaration)?;
            Some(declared.findings(earlier))
        });
        change::compare(findings, before.unwrap_or_default())
    }

    /// What one product leaves unused in a file that several share, another may use: only what none of them uses is told.
    fn settle_shared(&self, judged: &mut [Judged<'_, 'a>]) {
        let place = |finding: &Finding| (finding.id.clone(), finding.span);
        let is_idle = |finding: &Finding| matches!(finding.id.as_str(), "portcullis/unused-waiver" | "portcullis/unused-attestation");
        let mut told: BTreeMap<(String, Span), usize> = BTreeMap::new();
        for finding in judged.iter().flat_map(|found| &found.findings).filter(|finding| is_idle(finding)) {
            *told.entry(place(finding)).or_default() += 1;
        }
        let sharers = |finding: &Finding| {
            let file = &self.sources.file(finding.span.source()).path;
            let own = |path: &RepoPath| self.found.folder.join(path).as_str() == file.as_str();
            let organisation = self.declaration.organisation.iter().filter_map(|table| table.attestations.as_ref());
            let for_all = organisation.into_iter().any(|path| own(&path.value));
            self.declaration.products.iter().filter(|product| for_all || own(&product.attestations)).count()
        };
        for found in judged {
            found.findings.retain(|finding| !is_idle(finding) || told.get(&place(finding)).is_some_and(|count| *count >= sharers(finding)));
        }
    }

    /// Findings about the files themselves: untracked, unused, unsigned.
    fn of_books(&self, desk: &Desk<'_>, assessments: &[Assessment<'_, '_>], request: &Request) -> Vec<Finding> {
        let mut findings = Vec::new();
        let files = desk.books().filter_map(|(book, _)| book.file.as_ref());
        for file in std::iter::once(&self.found.file).chain(files).filter(|file| file.untracked) {
            let message = format!("{} is not tracked by git: what is judged here is not what others see", file.path);
            let at = self.sources.line(file.source, 1);
            findings.push(Finding::own("portcullis/untracked-input", message, "commit it", at, file.path.as_str()));
        }
        for (book, organisation) in desk.books() {
            let spoken_to = assessments
                .iter()
                .filter(|found| organisation.is_none_or(|wanted| found.decision.policy.applies_to.organisation == wanted));
            findings.extend(own_findings::of_unused(&book.content, spoken_to));
        }
        if let Some(signers) = self.signers {
            let shared = desk.organisation.as_ref().filter(|book| book.path != desk.own.path);
            for book in std::iter::once(&desk.own).chain(shared) {
                findings.extend(self.of_signature(book, signers, request.today));
            }
        }
        findings
    }

    /// A file that is not there attests nothing, so there is nothing to sign. The signature must be tracked like evidence:
    /// one that only this clone has would let through here what is refused everywhere else.
    fn of_signature(&self, book: &Book, signers: &[Signer], today: Today) -> Option<Finding> {
        let file = book.file.as_ref()?;
        let sig = format!("{}.sig", file.path);
        let read = sig.parse::<RepoPath>().ok().map(|path| self.snapshot.read(&path, limits::SIGNATURE_BYTES));
        let verified = match read {
            Some(Ok(blob)) => signature::verify_by(file.text.as_bytes(), &blob.bytes, signers, today),
            Some(Err(refusal)) => Err(format!("{sig}: {refusal}")),
            None => Err(format!("{sig} cannot be named")),
        };
        let why = verified.err()?;
        let message = format!("{} carries no signature by an allowed signer: {why}", file.path);
        let remedy = format!("sign it: ssh-keygen -Y sign -n {} -f KEY {}, and commit {sig}", signature::NAMESPACE, file.path);
        let at = self.sources.line(file.source, 1);
        Some(Finding::own("portcullis/unsigned-attestations", message, remedy, at, file.path.as_str()))
    }

    fn product_report(&self, found: Judged<'_, 'a>) -> ProductReport<'a> {
        let Judged { desk, selected, assessments, mut findings } = found;
        let product = desk.product;
        let policies: Vec<_> = selected.iter().map(|code| code.policy).collect();
        findings.sort_by_cached_key(|finding| (finding::rank(&finding.id, &policies), finding.span, finding.message.clone()));
        finding::seal(&mut findings, &product.name.value);
        let gone = self.gone(product, &mut findings);
        let units: Vec<UnitReport<'a>> = assessments.iter().map(unit_report).collect();
        let principles = principles(&units);
        let counts = Counts::of(&units, &findings);
        let mut types: Vec<ProductType> = ProductType::ALL.iter().copied().filter(|kind| product.is(*kind)).collect();
        types.dedup();
        let mut roles: Vec<_> = product.roles.iter().map(|role| role.value).collect();
        roles.sort_unstable();
        roles.dedup();
        ProductReport {
            name: product.name.value.clone(),
            types,
            not: product.not.iter().map(|(kind, reason)| (*kind, reason.value.clone())).collect(),
            roles,
            codes: selected.into_iter().map(|code| CodeReport { policy: code.policy, reason: code.reason }).collect(),
            assessments: units,
            principles,
            findings,
            gone,
            counts,
            attestations: (desk.own.path.to_string(), desk.own.content.span),
            organisation_attestations: desk.organisation.as_ref().map(|book| (book.path.to_string(), book.content.span)),
            span: product.name.span,
        }
    }
}

fn unit_report<'a>(found: &Assessment<'a, '_>) -> UnitReport<'a> {
    let said = || found.reasons.iter().map(|reason| format!("{}: {}", reason.outcome, reason.message)).collect::<Vec<_>>().join("; ");
    let (waived_until, waived_outcome): (Option<Date>, Option<OutcomeName>) = match &found.outcome {
        Outcome::Waived { instead, until } => (Some(*until), Some(*instead)),
        _ => (None, None),
    };
    let reason = match &found.outcome {
        Outcome::Excluded { reason } => reason.clone(),
        Outcome::Unanswered { traits } => format!("it waits for the trait {}", traits.join(", ")),
        Outcome::Gap(_) => said(),
        Outcome::Waived { instead, until } => format!("{instead}, waived until {until}: {}", said()),
        Outcome::Met(_) if found.shown.is_empty() => "attested; nothing is cited".to_owned(),
        Outcome::Met(_) => found.shown.join("; "),
    };
    let level_of = |gap| if gap == OutcomeName::Contradicted { Level::Error } else { found.gap_level() };
    let level = match &found.outcome {
        Outcome::Gap(_) | Outcome::Unanswered { .. } => Some(level_of(found.outcome.name())),
        _ => None,
    };
    let waiver = found.waiver.zip(waived_outcome).map(|(waiver, instead)| WaiverReport {
        reason: waiver.reason.value.clone(),
        approved_by: waiver.approved_by.value.clone(),
        level: level_of(instead),
        span: waiver.units.iter().find(|covered| covered.unit == found.decision.unit.id).map_or(waiver.reason.span, |covered| covered.span),
    });
    UnitReport {
        unit: found.decision.unit,
        provision: found.decision.provision,
        outcome: found.outcome.name(),
        assurance: found.assurance,
        level,
        reason,
        waived_until,
        waived_outcome,
        waiver,
        attested: found.attestation.is_some(),
        advisory: found.decision.advisory,
        span: found.attestation.map_or(found.decision.because, |attestation| attestation.status.span),
    }
}

/// The worst of each principle's claims in the order of judging; excluded only when all are.
fn principles(units: &[UnitReport<'_>]) -> Vec<PrincipleReport> {
    let mut out: Vec<PrincipleReport> = Vec::new();
    for found in units.iter().filter(|found| found.unit.id != found.provision.id) {
        let last = out.last_mut().filter(|last| last.provision == found.provision.id);
        match last {
            None => out.push(PrincipleReport { provision: found.provision.id.clone(), outcome: found.outcome }),
            Some(last) if last.outcome == OutcomeName::Excluded => last.outcome = found.outcome,
            Some(last) if found.outcome != OutcomeName::Excluded => last.outcome = last.outcome.min(found.outcome),
            Some(_) => {}
        }
    }
    out
}
