//! What judged products owe to each other and to the base.

use super::Request;
use super::desk::Inputs;
use super::judge::Judged;
use crate::change;
use crate::finding::Finding;
use crate::model::declaration::Product;
use crate::model::outcome::Level;
use crate::own_findings;
use crate::repo_path::RepoPath;
use crate::source::{SourceId, Span};
use crate::standing::Standing;
use crate::weakening::{Version, Weakening};
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Inputs<'_, 'a> {
    /// Adds where the change lowers its own bar.
    pub(super) fn compare(&self, judged: &mut [Judged<'_, 'a>], request: &Request) {
        let Some((base, before)) = self.base.and_then(|base| base.declared.as_ref().map(|declared| (base, declared))) else { return };
        let place = |span| base.place(span, self.sources);
        let (head, earlier_catalogue) = (self.catalogue.with_overlays(self.own_overlays), self.catalogue.with_overlays(&before.overlays));
        let published = |code: &str, edition: Option<&str>| self.catalogue.policy(code, edition).map(|policy| policy.published);
        for (number, found) in judged.iter_mut().enumerate() {
            let product = self.own.products.iter().find(|own| own.name.value == found.desk.product.name.value);
            let earlier = product.and_then(|product| change::counterpart(product, self.own, &before.declaration));
            let weakening = Weakening {
                head: Version {
                    declaration: self.own,
                    books: found.desk.books().map(|(book, _)| &book.content).collect(),
                    catalogue: head,
                    standings: found.assessments.iter().map(|unit| (unit.decision.unit.id.clone(), Standing::of(unit))).collect(),
                },
                base: Version {
                    declaration: &before.declaration,
                    books: earlier.map(|earlier| before.books(earlier)).unwrap_or_default(),
                    catalogue: earlier_catalogue,
                    standings: earlier.map(|earlier| before.standings(earlier)).unwrap_or_default(),
                },
                place: &place,
                published: &published,
            };
            let mut told = Vec::new();
            if number == 0 {
                told.extend(weakening.of_declaration());
                told.extend(weakening.of_overlays());
            }
            told.extend(product.zip(earlier).into_iter().flat_map(|(now, earlier)| weakening.of_product(now, earlier)));
            let level = |finding: Finding| if request.trust_head { finding.level(Level::Note) } else { finding };
            found.findings.extend(told.into_iter().map(level));
        }
    }

    /// Tells of overlays: what they lower, and that others do not have them. Once, with the first product.
    pub(super) fn tell_overlays(&self, judged: &mut [Judged<'_, 'a>], request: &Request) {
        let Some(first) = judged.first_mut() else { return };
        let here: BTreeSet<SourceId> =
            self.own_overlays.all().filter(|overlay| !overlay.outside).map(|overlay| overlay.span.source()).collect();
        let elsewhere = self.own.gate.written.get("overlays").copied().unwrap_or(self.own.span);
        let place = |span: Span| {
            let place = self.sources.place(span);
            format!("{}:{}", place.file, place.line)
        };
        let gate = self.demands(request).assurance;
        first.findings.extend(own_findings::of_overlays(self.catalogue, gate, |span| here.contains(&span.source()), elsewhere, place));
        for overlay in self.own_overlays.all().filter(|overlay| overlay.untracked) {
            first.findings.push(self.untracked(&overlay.path, overlay.span));
        }
    }

    /// What only the base has; every finding is marked against it.
    pub(super) fn gone(&self, product: &Product, findings: &mut [Finding]) -> Vec<Finding> {
        let Some(base) = self.base else { return Vec::new() };
        let own = self.own.products.iter().find(|own| own.name.value == product.name.value);
        let before = base.declared.as_ref().and_then(|declared| {
            let earlier = change::counterpart(own?, self.own, &declared.declaration)?;
            Some(declared.findings(earlier))
        });
        change::compare(findings, before.unwrap_or_default())
    }

    /// What one product leaves unused in a file that several share, another may use: only what none of them uses is told.
    pub(super) fn settle_shared(&self, judged: &mut [Judged<'_, 'a>]) {
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
}
