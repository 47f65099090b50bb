//! Which provisions apply: one decision per judged unit of every selected code, each with its reason. Nothing drops
//! out silently. Sources: the DSIT page "Cyber security codes of practice" (its modular approach); Table 1 of the
//! Software Security Code of Practice for roles.

use crate::error::Fault;
use crate::input::catalogue::Catalogue;
use crate::model::declaration::{Declaration, Product, ProductType, Role};
use crate::model::outcome::Level;
use crate::model::policy::{Confidence, Policy, Provision, Strength, Truth, Unit};
use crate::source::Span;

/// A code that applies to a product.
pub struct Selected<'a> {
    /// Its policy.
    pub policy: &'a Policy,
    /// The declaration's line that selected it.
    pub because: Span,
    /// In words, for people.
    pub reason: String,
}

/// Whether a unit applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applicability {
    /// It does.
    Applies,
    /// That hangs on these unanswered traits.
    Waits(Vec<String>),
    /// It does not, for this reason.
    Excluded(String),
}

/// One unit's decision.
#[derive(Debug, Clone)]
pub struct Decision<'a> {
    /// The unit.
    pub unit: &'a Unit,
    /// Its provision.
    pub provision: &'a Provision,
    /// Its code.
    pub policy: &'a Policy,
    /// Whether it applies.
    pub applicability: Applicability,
    /// The product is bound only as an adviser's audience: never above a note.
    pub advisory: bool,
    /// The declaration's line that made it apply.
    pub because: Span,
}

impl Decision<'_> {
    /// The level of a gap in this unit (design: shall error, should warning, may note; recalled and advice never above note).
    pub fn gap_level(&self) -> Level {
        let level = match self.unit.strength {
            Strength::Shall => Level::Error,
            Strength::Should => Level::Warning,
            Strength::May => Level::Note,
        };
        if self.advisory || self.unit.confidence == Confidence::Recalled { Level::Note } else { level }
    }
}

/// The codes that apply to a product, in the order of output.
///
/// # Errors
/// A declared type whose code binds none of the declared roles: nothing of it would be assessed.
pub fn select<'a>(declaration: &Declaration, product: &Product, catalogue: &'a Catalogue) -> Result<Vec<Selected<'a>>, Vec<Fault>> {
    let mut selected = Vec::new();
    let mut faults = Vec::new();
    for header in catalogue.headers() {
        let by_type = header.applies_to.types.iter().copied().filter(|kind| product.is(*kind));
        let by_type = by_type.map(|kind| (kind, type_span(product, kind))).next();
        let chosen = declaration.organisation.iter().flat_map(|organisation| &organisation.codes);
        let chosen = chosen.filter(|_| header.applies_to.organisation).find(|code| code.value == header.code);
        let (because, reason) = match (by_type, chosen) {
            (Some((ProductType::Software, span)), _) => (span, "every product is software".to_owned()),
            (Some((kind, span)), _) => (span, format!("the product is declared as {kind}")),
            (None, Some(code)) => (code.span, "the organisation opted in".to_owned()),
            (None, None) => continue,
        };
        let edition = declaration.editions.get(&header.code).map(|pin| pin.value.as_str());
        let Some(policy) = catalogue.policy(&header.code, edition) else { continue };
        if by_type.is_some() && policy.applies_to.when.is_empty() && !binds_any(policy, product) {
            faults.push(unbound(policy, product, because));
        }
        selected.push(Selected { policy, because, reason });
    }
    if faults.is_empty() { Ok(selected) } else { Err(faults) }
}

fn type_span(product: &Product, kind: ProductType) -> Span {
    product.types.iter().find(|declared| declared.value == kind).map_or(product.span, |declared| declared.span)
}

fn binds(actors: &[Role], product: &Product) -> bool {
    actors.is_empty() || product.roles.iter().any(|role| actors.contains(&role.value))
}

fn advises(policy: &Policy, product: &Product) -> bool {
    !policy.advisory_actors.is_empty() && binds(&policy.advisory_actors, product)
}

fn binds_any(policy: &Policy, product: &Product) -> bool {
    advises(policy, product) || policy.provisions.iter().any(|provision| binds(&provision.actors, product))
}

fn role_list(roles: impl Iterator<Item = Role>) -> String {
    let mut names: Vec<&str> = roles.map(Role::name).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

fn unbound(policy: &Policy, product: &Product, because: Span) -> Fault {
    let span = product.roles.first().map_or(because, |role| role.span);
    let bound = role_list(policy.provisions.iter().flat_map(|provision| provision.actors.iter().copied()));
    Fault::at(span, format!("`roles` leave nothing of {} to assess, although the product's types select it", policy.code))
        .help(format!("{} binds: {bound}; add the role that you have, or leave `roles` out", policy.code))
}

/// Decides every unit of the selected codes.
pub fn decide<'a>(selected: &[Selected<'a>], product: &Product) -> Vec<Decision<'a>> {
    let answer = |id: &str| product.traits.get(id).map(|answer| answer.value);
    let mut decisions = Vec::new();
    for code in selected {
        let policy = code.policy;
        for unit in &policy.units {
            let Some(provision) = policy.provision_of(unit) else { continue };
            let bound = binds(&provision.actors, product);
            let advisory = !bound && advises(policy, product);
            let applicability = if !bound && !advisory {
                let actors = role_list(provision.actors.iter().copied());
                let declared = role_list(product.roles.iter().map(|role| role.value));
                Applicability::Excluded(format!("it binds {actors}; the declared roles are {declared}"))
            } else {
                let whole = std::iter::once(&policy.applies_to.when).filter(|when| !when.is_empty());
                let truths = whole.chain(&unit.conditions).map(|condition| condition.judge(answer)).collect::<Vec<_>>();
                condition_outcome(&truths)
            };
            decisions.push(Decision { unit, provision, policy, applicability, advisory, because: code.because });
        }
    }
    decisions
}

fn condition_outcome(truths: &[Truth]) -> Applicability {
    let no = truths.iter().find_map(|truth| match truth {
        Truth::False(id, answer) => Some((id, answer)),
        _ => None,
    });
    if let Some((id, answer)) = no {
        return Applicability::Excluded(format!("its condition does not hold: the declaration answers {id} = {answer}"));
    }
    let mut waits: Vec<String> = truths
        .iter()
        .flat_map(|truth| match truth {
            Truth::Unknown(ids) => ids.clone(),
            _ => Vec::new(),
        })
        .collect();
    waits.sort();
    waits.dedup();
    if waits.is_empty() { Applicability::Applies } else { Applicability::Waits(waits) }
}
