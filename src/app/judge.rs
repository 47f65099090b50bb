//! Judges one product: its units, then what the files themselves are worth.

use super::Request;
use super::desk::{Desk, Inputs, attested};
use crate::applicability::{self, Selected};
use crate::assess::{self, Assessment, Outcome, Speakers};
use crate::clock::Today;
use crate::error::{Error, Fault};
use crate::evidence::{Context, Memo};
use crate::finding::{self, Finding};
use crate::input::allowed_signers::Signer;
use crate::input::book::Book;
use crate::input::cargo::Graphs;
use crate::input::gate_files::GateFiles;
use crate::input::signature;
use crate::input::view::View;
use crate::model::declaration::Product;
use crate::probe::{Reach, Read, Scene, Sightings};
use crate::repo_path::RepoPath;
use crate::source::Span;
use crate::{detect, limits, own_findings, recorded_reasons, waivers};
use std::collections::BTreeSet;

/// One product after judging.
pub(super) struct Judged<'j, 'a> {
    pub(super) desk: &'j Desk<'j>,
    pub(super) selected: Vec<Selected<'a>>,
    pub(super) assessments: Vec<Assessment<'a, 'j>>,
    pub(super) findings: Vec<Finding>,
}

impl<'d, 'a> Inputs<'d, 'a> {
    pub(super) fn assess<'j>(&self, desk: &'j Desk<'j>, request: &Request, graphs: &Graphs) -> Result<Judged<'j, 'a>, Error> {
        let product = desk.product;
        let demands = self.demands(request);
        let selected = applicability::select(self.declaration, product, self.catalogue).map_err(Error::Invalid)?;
        let decisions = applicability::decide(&selected, product);
        let inputs: Vec<RepoPath> = desk.books().map(|(book, _)| book.path.clone()).collect();
        let gate_files = GateFiles::of(self.found, &[self.declaration, self.own], self.catalogue.overlays());
        let view = View::new(self.snapshot, &self.found.folder, self.sources);
        let declaration = &self.found.file.path;
        let context = Context {
            view: &view,
            inputs: &inputs,
            gate_files: &gate_files,
            declaration,
            product: &desk.facts,
            graphs,
            codes: selected.iter().map(|found| found.policy).collect(),
            attested: attested(desk),
            today: request.today,
            signers: self.signers,
            memo: Memo::within(&self.taken),
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
            reach: Reach::Everything,
            read: Read::default(),
        });
        let mut assessments = assess::assess(decisions, &mut speakers, &context, &probes, demands);
        let limits = self.catalogue.overlays().waiver_limits();
        let waived: BTreeSet<&str> =
            desk.books().flat_map(|(book, _)| waivers::in_force(&book.content.waivers, &limits, request.today)).collect();
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
            let uses = waivers::waive(&mut assessments, &book.content.waivers, organisation, &limits, request.today);
            findings.extend(own_findings::of_waivers(&book.content.waivers, &uses, &limits, request.today));
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
        findings.extend(self.of_what_is_there(product, &view, &selected));
        findings.extend(self.of_books(desk, &assessments, request));
        Ok(Judged { desk, selected, assessments, findings })
    }

    /// Findings where the declaration and the tree disagree on what the product is, and on editions that are not the newest.
    fn of_what_is_there(&self, product: &Product, view: &View<'_>, selected: &[Selected<'_>]) -> Vec<Finding> {
        let detection = detect::detect(view, &detect::walk(view), &self.folders(product));
        let mut findings = own_findings::of_types(product, &detection);
        findings.extend(own_findings::of_answers(product, &detection));
        findings.extend(own_findings::of_editions(self.declaration, selected, |code| {
            self.catalogue.editions_of(code).first().map(|edition| (*edition).to_owned())
        }));
        findings
    }

    /// A product's folders, from the git repository's root.
    fn folders(&self, product: &Product) -> Vec<RepoPath> {
        match product.paths.is_empty() {
            true => vec![self.found.folder.clone()],
            false => product.paths.iter().map(|path| self.found.folder.join(&path.value)).collect(),
        }
    }

    pub(super) fn untracked(&self, path: &str, at: Span) -> Finding {
        let message = format!("{path} is not tracked by git: what is judged here is not what others see");
        Finding::own("portcullis/untracked-input", message, "commit it", at, path)
    }

    /// Findings about the files themselves: untracked, unused, unsigned.
    fn of_books(&self, desk: &Desk<'_>, assessments: &[Assessment<'_, '_>], request: &Request) -> Vec<Finding> {
        let mut findings = Vec::new();
        let files = desk.books().filter_map(|(book, _)| book.file.as_ref());
        for file in std::iter::once(&self.found.file).chain(files).filter(|file| file.untracked) {
            findings.push(self.untracked(file.path.as_str(), self.sources.line(file.source, 1)));
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
}
