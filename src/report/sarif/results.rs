//! Results: findings, and in the full profile one per unit that is met, excluded, unanswered or waived.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use serde_sarif::sarif::{Location, Message, PropertyBag, Result, ResultKind, ResultLevel, Suppression};

use super::fix::Fixes;
use super::rules::Rules;
use super::wording::{LONG, plain, sentence, with_remedy};
use super::{Profile, bag, place};
use crate::finding::{Finding, Related, fingerprint};
use crate::model::outcome::{Assurance, Level, OutcomeName};
use crate::report::{ProductReport, Report, UnitReport, WaiverReport};
use crate::source::{SourceMap, Span};

/// The name of our fingerprint; hosts make their own `primaryLocationLineHash`.
const FINGERPRINT: &str = "portcullis/v1";

/// Every result of a run, in the report's order; a product's units follow its findings.
pub(super) fn of(report: &Report<'_>, rules: &Rules<'_>, profile: Profile) -> Vec<Result> {
    let mut results = Vec::new();
    for product in &report.products {
        let ground = Ground { report, product, rules };
        let fixes = Fixes::new(report, product);
        results.extend(product.findings.iter().map(|finding| {
            let mut result = ground.of_finding(finding);
            result.fixes = fixes.of(finding, rules).map(|fix| vec![fix]);
            result
        }));
        if profile == Profile::Full {
            // A host that ignores `baselineState` would show what is gone as an open alert.
            results.extend(product.gone.iter().map(|finding| ground.of_finding(finding)));
            results.extend(product.assessments.iter().filter_map(|found| ground.of_unit(found)));
        }
    }
    if profile == Profile::Full {
        // Section 3.27.23: where one result tells of suppressions, all do.
        for result in &mut results {
            result.suppressions.get_or_insert_default();
        }
    }
    results
}

struct Ground<'r, 'a> {
    report: &'r Report<'a>,
    product: &'r ProductReport<'a>,
    rules: &'r Rules<'a>,
}

impl Ground<'_, '_> {
    fn sources(&self) -> &SourceMap {
        self.report.sources
    }

    fn result(&self, id: &str, text: &str, kind: ResultKind, level: ResultLevel, at: Span, fingerprint: &str) -> Result {
        let mut result = Result::builder()
            .rule_id(id)
            .kind(kind)
            .level(level)
            .message(Message::builder().text(plain(text, LONG)).build())
            .locations(place::location(&self.sources().place(at)).into_iter().collect::<Vec<_>>())
            .partial_fingerprints(BTreeMap::from([(FINGERPRINT.to_owned(), fingerprint.to_owned())]))
            .properties(PropertyBag::builder().additional_properties(BTreeMap::new()).build())
            .build();
        result.rule_index = self.rules.index(id);
        result.taxa = self.rules.taxon(id).map(|taxon| vec![taxon]);
        result
    }

    fn properties(&self, id: &str, outcome: Option<OutcomeName>, assurance: Option<Assurance>) -> PropertyBag {
        let mut bag = bag([("product", json!(plain(&self.product.name, LONG)))]);
        let more = [
            ("outcome", outcome.map(OutcomeName::name)),
            ("confidence", self.rules.confidence(id).map(|confidence| confidence.name())),
            ("assurance", assurance.map(Assurance::name)),
        ];
        let given = more.into_iter().filter_map(|(key, value)| Some((key.to_owned(), Value::from(value?))));
        bag.additional_properties.extend(given);
        bag
    }

    fn of_finding(&self, finding: &Finding) -> Result {
        let text = with_remedy(&finding.message, &finding.remedy);
        let mut result = self.result(&finding.id, &text, ResultKind::Fail, sarif_level(finding.level), finding.span, &finding.fingerprint);
        result.properties = Some(self.properties(&finding.id, finding.outcome, None));
        result.baseline_state = finding.baseline.map(|state| json!(state.name()));
        let related: Vec<Location> = finding.related.iter().enumerate().filter_map(|(at, related)| self.related(at, related)).collect();
        result.related_locations = (!related.is_empty()).then_some(related);
        result
    }

    fn related(&self, at: usize, related: &Related) -> Option<Location> {
        let mut location = place::location(&self.sources().place(related.span))?;
        location.id = Some(at as i64 + 1);
        location.message = Some(Message::builder().text(plain(&sentence(&related.message), LONG)).build());
        Some(location)
    }

    /// A unit that no finding speaks of.
    fn of_unit(&self, found: &UnitReport<'_>) -> Option<Result> {
        let (kind, level) = match (found.outcome, found.assurance, &found.waiver) {
            (OutcomeName::Met, Some(Assurance::Verified | Assurance::Evidenced), _) => (ResultKind::Pass, ResultLevel::None),
            (OutcomeName::Met, ..) => (ResultKind::Review, ResultLevel::None),
            (OutcomeName::Excluded, ..) => (ResultKind::NotApplicable, ResultLevel::None),
            (OutcomeName::Unanswered, ..) => (ResultKind::Open, ResultLevel::None),
            (OutcomeName::Waived, _, Some(waiver)) => (ResultKind::Fail, sarif_level(waiver.level)),
            _ => return None,
        };
        let id = &found.unit.id;
        let backed = found.assurance.filter(|_| found.outcome == OutcomeName::Met);
        let said = backed.map_or(found.outcome.name().to_owned(), |assurance| format!("{}, {assurance}", found.outcome));
        let text = sentence(&format!("{} ({said}): {}", found.unit.title.trim_end_matches('.'), found.reason));
        let key = fingerprint(&["unit", &self.product.name, id]);
        let mut result = self.result(id, &text, kind, level, found.span, &key);
        result.properties = Some(self.properties(id, Some(found.outcome), backed));
        result.suppressions = found.waiver.as_ref().map(|waiver| vec![self.suppression(found, waiver)]);
        Some(result)
    }

    fn suppression(&self, found: &UnitReport<'_>, waiver: &WaiverReport) -> Suppression {
        let mut suppression = Suppression::builder()
            .kind(json!("external"))
            .status(json!("accepted"))
            .justification(plain(&waiver.reason, LONG))
            .properties(bag([
                ("approved-by", json!(plain(&waiver.approved_by, LONG))),
                ("expires", json!(found.waived_until.map(|date| date.to_string()))),
                ("outcome", json!(found.waived_outcome.map(OutcomeName::name))),
            ]))
            .build();
        suppression.location = place::location(&self.sources().place(waiver.span));
        suppression
    }
}

fn sarif_level(level: Level) -> ResultLevel {
    match level {
        Level::Note => ResultLevel::Note,
        Level::Warning => ResultLevel::Warning,
        Level::Error => ResultLevel::Error,
    }
}
