//! What a declaration says of a product: types, roles, traits.

use super::{Entry, Page, Part, entry};
use crate::input::catalogue::Catalogue;
use crate::model::declaration::{ProductType, Role};
use crate::model::policy::{Condition, Policy, Trait, Unit};

/// The pages of the type, role or trait of that name.
pub(super) fn pages(catalogue: &Catalogue, name: &str) -> Vec<Page> {
    let kind = ProductType::from_name(name).map(|kind| of_type(catalogue, kind));
    let role = Role::from_name(name).map(|role| of_role(catalogue, role));
    let asked = catalogue.trait_of(name).map(|known| of_trait(catalogue, known));
    kind.into_iter().chain(role).chain(asked).collect()
}

fn code_entry(policy: &Policy, text: impl Into<String>) -> Entry {
    entry(&policy.code, &policy.title, text)
}

fn of_type(catalogue: &Catalogue, kind: ProductType) -> Page {
    let selected = catalogue.policies().filter(|policy| policy.applies_to.types.contains(&kind));
    let codes = selected.map(|policy| match policy.applies_to.when.is_empty() {
        true => code_entry(policy, ""),
        false => code_entry(policy, format!("Where the traits say: {}.", policy.applies_to.when.words())),
    });
    let roles: Vec<&str> = kind.default_roles().iter().map(|role| role.name()).collect();
    let declared = match kind {
        ProductType::Software => "types = []  # software is always implied".to_owned(),
        other => format!("types = [\"{other}\"]"),
    };
    let parts = vec![
        Part::said("roles", "roles taken for granted", serde_json::json!(roles), roles.join(", ")),
        Part::entries("codes", "Codes it selects", codes.collect()),
        Part::block("declaration", "To declare it, under [product]", declared),
    ];
    Page { id: kind.name().to_owned(), what: "product type", title: kind.meaning().to_owned(), parts, licence: None }
}

fn of_role(catalogue: &Catalogue, role: Role) -> Page {
    let codes = catalogue.policies().filter_map(|policy| {
        let bound = policy.provisions.iter().filter(|provision| provision.actors.contains(&role)).count();
        let advised = policy.advisory_actors.contains(&role);
        let text = match (bound, advised) {
            (0, false) => return None,
            (0, true) => "As advice: its findings are never above a note.".to_owned(),
            (bound, _) => format!("It is bound by {bound} of {} provisions.", policy.provisions.len()),
        };
        Some(code_entry(policy, text))
    });
    let parts = vec![
        Part::entries("codes", "Codes that bind it", codes.collect()),
        Part::block("declaration", "To declare it, under [product]", format!("roles = [\"{role}\"]")),
    ];
    Page { id: role.name().to_owned(), what: "role", title: role.meaning().to_owned(), parts, licence: None }
}

fn of_trait(catalogue: &Catalogue, known: &Trait) -> Page {
    let asks = |condition: &Condition| condition.traits().any(|id| *id == known.id);
    let mut codes = Vec::new();
    let mut units = Vec::new();
    for policy in catalogue.policies() {
        if asks(&policy.applies_to.when) {
            codes.push(code_entry(policy, format!("The whole code applies where: {}.", policy.applies_to.when.words())));
        }
        let hanging = policy.units.iter().filter(|unit| unit.conditions.iter().any(asks));
        units.extend(hanging.map(|unit| entry(&unit.id, &unit.title, format!("Applies where: {}.", condition_words(unit)))));
    }
    let parts = vec![
        Part::text("why", "Why it is asked", &known.why),
        Part::block("declaration", "To answer it", format!("[product.traits]\n{} = true  # or false", known.id)),
        Part::entries("codes", "Codes that hang on it", codes),
        Part::entries("provisions", "Provisions that hang on it", units),
    ];
    Page { id: known.id.clone(), what: "trait", title: known.question.clone(), parts, licence: None }
}

fn condition_words(unit: &Unit) -> String {
    unit.conditions.iter().map(Condition::words).collect::<Vec<_>>().join("; and ")
}
