//! The pipeline, read top to bottom: inputs, decisions, assessments, findings, report.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::applicability::{self, Selected};
use crate::assess::{self, Assessment, Demands, Outcome, Speakers};
use crate::clock::Today;
use crate::error::{Error, Fault};
use crate::evidence::{Context, ProductFacts};
use crate::finding::{self, Finding};
use crate::formats::manifest;
use crate::input::catalogue::Catalogue;
use crate::input::root::{self, Found, InputFile, read_input};
use crate::input::snapshot::{At, Snapshot};
use crate::input::{attestations, declaration, signature};
use crate::limits;
use crate::model::attestation::Attestations;
use crate::model::declaration::{Declaration, Product, ProductType, Signature};
use crate::model::outcome::{Level, OutcomeName, Verdict};
use crate::own_findings;
use crate::repo_path::RepoPath;
use crate::report::{CodeReport, Counts, Detail, PrincipleReport, ProductReport, Report, UnitReport};
use crate::source::{SourceMap, Span};
use crate::verdict::verdict;
use crate::waivers;

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
    /// The allowed signers file's text.
    pub signers: Option<String>,
}

/// Everything read from one attestations file.
struct Book {
    file: Option<InputFile>,
    path: RepoPath,
    content: Attestations,
}

/// One product's inputs.
struct Desk<'d> {
    product: &'d Product,
    own: Book,
    organisation: Option<Book>,
    facts: ProductFacts<'d>,
}

/// Runs a check. It always gives a report; one that could not assess says why.
pub fn check<'a>(request: &Request, catalogue: &'a Catalogue, sources: &'a SourceMap) -> Report<'a> {
    let mut report = Report {
        verdict: Verdict::CouldNotAssess,
        fail_on: None,
        date: request.today.0,
        commit: None,
        dirty: false,
        errors: Vec::new(),
        products: Vec::new(),
        sources,
        detail: Detail::default(),
    };
    let outcome = Snapshot::open(&request.path, &request.at).and_then(|snapshot| {
        report.commit = snapshot.commit();
        let checked = check_snapshot(request, &snapshot, catalogue, sources);
        report.dirty = snapshot.is_dirty();
        checked
    });
    match outcome {
        Err(error) => report.errors = error.faults(),
        Ok((products, fail_on)) => {
            report.fail_on = fail_on;
            report.verdict = verdict(products.iter().flat_map(|product| &product.findings), fail_on);
            report.products = products;
        }
    }
    report
}

type Checked<'a> = (Vec<ProductReport<'a>>, Option<Level>);

fn check_snapshot<'a>(
    request: &Request,
    snapshot: &Snapshot,
    catalogue: &'a Catalogue,
    sources: &'a SourceMap,
) -> Result<Checked<'a>, Error> {
    let found = root::find(snapshot, sources)?;
    let declaration = declaration::read(&found, catalogue, sources)?;
    if declaration.gate.signature == Signature::Required && request.signers.is_none() {
        return Err(signers_needed(&declaration));
    }
    let chosen = chosen_products(request, &declaration)?;
    let inputs = Inputs { snapshot, found: &found, declaration: &declaration, catalogue, sources };
    let mut desks = Vec::new();
    let mut faults = Vec::new();
    for product in chosen {
        match inputs.desk(product) {
            Ok(desk) => desks.push(desk),
            Err(more) => faults.extend(more.into_iter().filter(|fault| !faults.contains(fault)).collect::<Vec<_>>()),
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let mut products = Vec::new();
    for desk in &desks {
        products.push(inputs.assess(desk, request)?);
    }
    let fail_on = request.fail_on.unwrap_or(declaration.gate.fail_on);
    Ok((products, fail_on))
}

fn signers_needed(declaration: &Declaration) -> Error {
    let span = declaration.gate.signature_span.unwrap_or(declaration.span);
    Error::Invalid(vec![
        Fault::at(span, "the declaration requires signed attestations, and no allowed signers are given")
            .help("give the signers from outside the repository: --allowed-signers FILE"),
    ])
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

struct Inputs<'d, 'a> {
    snapshot: &'d Snapshot,
    found: &'d Found,
    declaration: &'d Declaration,
    catalogue: &'a Catalogue,
    sources: &'a SourceMap,
}

impl<'d, 'a> Inputs<'d, 'a> {
    /// Reads what a product's declaration points at; every fault of its files at once.
    fn desk(&self, product: &'d Product) -> Result<Desk<'d>, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut keep = |result: Result<Book, Vec<Fault>>| result.map_err(|more| faults.extend(more)).ok();
        let own = keep(self.book(&product.attestations, product.attestations_named));
        let named = self.declaration.organisation.as_ref().and_then(|organisation| organisation.attestations.as_ref());
        let organisation = named.and_then(|path| keep(self.book(&path.value, Some(path.span))));
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

    fn book(&self, path: &RepoPath, named: Option<Span>) -> Result<Book, Vec<Fault>> {
        let path = self.found.folder.join(path);
        let file = read_input(self.snapshot, &path, self.sources).map_err(|error| error.faults())?;
        let content = match (&file, named) {
            (Some(file), _) => attestations::read(file, self.catalogue, self.sources)?,
            (None, None) => Attestations::default(),
            (None, Some(span)) => {
                let fault = Fault::at(span, format!("the declaration names {path}, and there is no such file"));
                return Err(vec![fault.help("write the file, or correct the path")]);
            }
        };
        Ok(Book { file, path, content })
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

    fn demands(&self, today: Today) -> Demands {
        let gate = &self.declaration.gate;
        Demands { assurance: gate.assurance, max_age_days: gate.max_age_days, today }
    }

    fn assess(&self, desk: &Desk<'d>, request: &Request) -> Result<ProductReport<'a>, Error> {
        let product = desk.product;
        let demands = self.demands(request.today);
        let selected = applicability::select(self.declaration, product, self.catalogue).map_err(Error::Invalid)?;
        let decisions = applicability::decide(&selected, product);
        let inputs: Vec<RepoPath> = std::iter::once(&desk.own).chain(&desk.organisation).map(|book| book.path.clone()).collect();
        let context = Context {
            snapshot: self.snapshot,
            root: &self.found.folder,
            inputs: &inputs,
            product: &desk.facts,
            today: request.today,
            sources: self.sources,
        };
        let mut speakers = vec![(false, Speakers::new(&desk.own.content))];
        speakers.extend(desk.organisation.as_ref().map(|book| (true, Speakers::new(&book.content))));
        let mut assessments = assess::assess(decisions, &mut speakers, &context, demands);
        if assessments.iter().all(|found| matches!(found.outcome, Outcome::Excluded { .. }) && found.attestation.is_none()) {
            let message = format!("nothing is assessed for {}: every provision is excluded", product.name.value);
            return Err(Error::Invalid(vec![Fault::at(product.span, message).help("check the product's roles and traits")]));
        }
        let mut findings = Vec::new();
        let mut used = Vec::new();
        for (organisation, book) in [(None, Some(&desk.own)), (Some(true), desk.organisation.as_ref())] {
            let Some(book) = book else { continue };
            let uses = waivers::waive(&mut assessments, &book.content.waivers, organisation, request.today);
            findings.extend(own_findings::of_waivers(&book.content.waivers, &uses, request.today));
            used.extend(book.content.waivers.iter().zip(uses));
        }
        let judged: Vec<_> = speakers
            .iter()
            .zip(std::iter::once(&desk.own).chain(&desk.organisation))
            .flat_map(|((_, speakers), book)| speakers.judged(&book.content))
            .collect();
        findings.extend(finding::of_assessments(&assessments));
        let answers_at = product.traits_span.unwrap_or(product.span);
        findings.extend(finding::unanswered_traits(&assessments, answers_at, |id| {
            self.catalogue.trait_of(id).map(|known| (known.question.clone(), known.why.clone()))
        }));
        findings.extend(own_findings::of_expiry(&assessments, &used, &judged, demands));
        findings.extend(own_findings::of_documents(&assessments));
        findings.extend(own_findings::of_senior_responsible_owner(product, demands));
        findings.extend(own_findings::of_editions(self.declaration, &selected, |code| {
            self.catalogue.editions_of(code).first().map(|edition| (*edition).to_owned())
        }));
        findings.extend(self.of_books(desk, &assessments, request));
        Ok(self.product_report(desk, selected, &assessments, findings))
    }

    /// Findings about the files themselves: untracked, unused, unsigned.
    fn of_books(&self, desk: &Desk<'_>, assessments: &[Assessment<'_, '_>], request: &Request) -> Vec<Finding> {
        let mut findings = Vec::new();
        let books = || std::iter::once(&desk.own).chain(&desk.organisation);
        let files = books().filter_map(|book| book.file.as_ref());
        for file in std::iter::once(&self.found.file).chain(files).filter(|file| file.untracked) {
            let message = format!("{} is not tracked by git: what is judged here is not what others see", file.path);
            let at = self.sources.line(file.source, 1);
            findings.push(Finding::own("portcullis/untracked-input", message, "commit it", at, file.path.as_str()));
        }
        for book in books() {
            findings.extend(own_findings::of_unused(&book.content, assessments));
        }
        if let Some(signers) = &request.signers {
            let shared = desk.organisation.as_ref().filter(|book| book.path != desk.own.path);
            for book in std::iter::once(&desk.own).chain(shared) {
                findings.extend(self.of_signature(book, signers, request.today));
            }
        }
        findings
    }

    /// A file that is not there attests nothing, so there is nothing to sign. The signature must be tracked like evidence:
    /// one that only this clone has would let through here what is refused everywhere else.
    fn of_signature(&self, book: &Book, signers: &str, today: Today) -> Option<Finding> {
        let file = book.file.as_ref()?;
        let sig = format!("{}.sig", file.path);
        let read = sig.parse::<RepoPath>().ok().map(|path| self.snapshot.read(&path, limits::SIGNATURE_BYTES));
        let verified = match read {
            Some(Ok(blob)) => signature::verify(file.text.as_bytes(), &blob.bytes, signers, today),
            Some(Err(refusal)) => Err(format!("{sig}: {refusal}")),
            None => Err(format!("{sig} cannot be named")),
        };
        let why = verified.err()?;
        let message = format!("{} carries no signature by an allowed signer: {why}", file.path);
        let remedy = format!("sign it: ssh-keygen -Y sign -n {} -f KEY {}, and commit {sig}", signature::NAMESPACE, file.path);
        let at = self.sources.line(file.source, 1);
        Some(Finding::own("portcullis/unsigned-attestations", message, remedy, at, file.path.as_str()))
    }

    fn product_report(
        &self,
        desk: &Desk<'_>,
        selected: Vec<Selected<'a>>,
        assessments: &[Assessment<'a, '_>],
        mut findings: Vec<Finding>,
    ) -> ProductReport<'a> {
        let product = desk.product;
        let policies: Vec<_> = selected.iter().map(|code| code.policy).collect();
        findings.sort_by_cached_key(|finding| (finding::rank(&finding.id, &policies), finding.span, finding.message.clone()));
        finding::seal(&mut findings, &product.name.value);
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
            roles,
            codes: selected.into_iter().map(|code| CodeReport { policy: code.policy, reason: code.reason }).collect(),
            assessments: units,
            principles,
            findings,
            counts,
            attestations: (desk.own.path.to_string(), desk.own.content.span),
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
    let level = match &found.outcome {
        Outcome::Gap(OutcomeName::Contradicted) => Some(Level::Error),
        Outcome::Gap(_) | Outcome::Unanswered { .. } => Some(found.gap_level()),
        _ => None,
    };
    UnitReport {
        unit: found.decision.unit,
        provision: found.decision.provision,
        outcome: found.outcome.name(),
        assurance: found.assurance,
        level,
        reason,
        waived_until,
        waived_outcome,
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
