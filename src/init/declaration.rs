//! The text of the declaration, with the reason of each line beside it.

use std::fmt::Write as _;

use super::choices::Choices;
use super::comment::{comment, names, text};
use super::ground::Ground;
use super::plan::Decided;
use crate::detect::{Seen, Strength};
use crate::model::declaration::{ProductType, Role};
use crate::model::outcome::Level;
use crate::model::policy::Trait;

/// A trait that nobody answered, and how many provisions wait for it.
pub(super) struct Open<'a> {
    pub(super) asked: &'a Trait,
    pub(super) waiting: usize,
}

impl Open<'_> {
    /// `1 provision waits`, `3 provisions wait`.
    pub(super) fn waiting_in_words(&self) -> String {
        if self.waiting == 1 { "1 provision waits".to_owned() } else { format!("{} provisions wait", self.waiting) }
    }
}

/// The text; `decided` says what is open and what the gate would do, once that is known.
pub(super) fn write(choices: &Choices, ground: &Ground<'_>, decided: Option<&Decided<'_>>, today: jiff::civil::Date) -> String {
    let mut out = comment(&format!(
        "Written by `portcullis init` on {today}. `portcullis explain portcullis.toml` says what every line means; `portcullis schema \
         --output-dir .portcullis` lets editors complete it."
    ));
    out.push_str("version = 1\n\n[product]\n");
    if let Some(why) = &choices.name_from {
        out.push_str(&comment(&format!("What customers call it; {why}.")));
    }
    let _ = writeln!(out, "name = {}", text(&choices.name));
    if let Some(path) = &choices.version_from {
        let _ = writeln!(out, "version-from = {}", text(path.as_str()));
    }
    push_types(&mut out, choices, ground);
    push_roles(&mut out, choices);
    out.push_str(&comment(
        "Who answers for it at senior level, and when they were last assured (Software Security Code of Practice). Left out, it is a warning.",
    ));
    let _ = writeln!(out, "# senior-responsible-owner = {{ name = \"TODO: who was assured\", assured-on = {today} }}");
    push_traits(&mut out, choices, ground, decided.map(|decided| decided.open.as_slice()).unwrap_or_default());
    push_not(&mut out, choices, ground);
    if let Some(level) = decided.and_then(|decided| decided.strongest).filter(|level| *level < Level::Error) {
        out.push('\n');
        out.push_str(&comment(&format!(
            "For these roles nothing asks for more than a {level}. Without this line the gate would be open before anything is attested."
        )));
        let _ = writeln!(out, "[gate]\nfail-on = \"{level}\"");
    }
    out
}

fn push_types(out: &mut String, choices: &Choices, ground: &Ground<'_>) {
    for seen in ground.detection.types.iter().filter(|seen| seen.strength > Strength::Weak && seen.kind != ProductType::Software) {
        let taken = choices.types.contains(&seen.kind);
        let verdict = match (taken, seen.strength) {
            (true, _) => "taken",
            (false, _) if choices.not.contains_key(&seen.kind) => "denied below",
            (false, Strength::Decisive) => "left out on purpose, which `portcullis check` will contradict",
            (false, _) => "not taken, since it only asks: add it here, or answer it under [product.not]",
        };
        out.push_str(&comment(&format!("{} ({}): {}: {}.", seen.kind, seen.strength.name(), verdict, shown_by(seen, ground))));
    }
    let types = std::iter::once(ProductType::Software).chain(choices.types.iter().copied()).map(ProductType::name);
    let others: Vec<&str> = ProductType::ALL
        .iter()
        .filter(|kind| **kind != ProductType::Software && !choices.types.contains(kind))
        .map(|kind| kind.name())
        .collect();
    let others = if others.is_empty() { String::new() } else { format!("  # there are also: {}", others.join(", ")) };
    let _ = writeln!(out, "types = {}{others}", names(types));
}

/// The strongest sign with its place.
pub(super) fn shown_by(seen: &Seen, ground: &Ground<'_>) -> String {
    let Some(sign) = seen.signs.first() else { return String::new() };
    let place = ground.sources.place(sign.at);
    let others = match seen.signs.len() {
        0 | 1 => String::new(),
        2 => ", and 1 more sign".to_owned(),
        more => format!(", and {} more signs", more - 1),
    };
    format!("{}:{} {}{others}", place.file, place.line, sign.reason)
}

fn push_roles(out: &mut String, choices: &Choices) {
    if choices.roles.is_empty() {
        out.push_str(&comment(
            "What you are to it. Left out: whoever makes and supplies such a product. Others change what applies: `portcullis explain reseller open-source`.",
        ));
        let usual = choices.usual_roles();
        let _ = writeln!(out, "# roles = {}", names(usual.into_iter().map(Role::name)));
    } else {
        let _ = writeln!(out, "roles = {}", names(choices.roles.iter().map(|role| role.name())));
    }
}

fn push_traits(out: &mut String, choices: &Choices, ground: &Ground<'_>, open: &[Open<'_>]) {
    out.push('\n');
    out.push_str(&comment("Answers that conditional provisions ask for. One left out is a finding, never a pass."));
    out.push_str("[product.traits]\n");
    for (id, answer) in &choices.traits {
        let _ = writeln!(out, "{id} = {answer}");
    }
    for (id, told) in ground.detection.traits.iter().filter(|(id, _)| !choices.traits.contains_key(**id)) {
        let place = ground.sources.place(told.at);
        out.push_str(&comment(&format!("{}:{} {}.", place.file, place.line, told.reason)));
        let _ = writeln!(out, "{id} = {}", told.value);
    }
    for question in open {
        let waiting = question.waiting_in_words();
        out.push_str(&comment(&format!("{} {} ({waiting})", question.asked.question, question.asked.why)));
        let _ = writeln!(out, "# {} = true  # or false", question.asked.id);
    }
}

fn push_not(out: &mut String, choices: &Choices, ground: &Ground<'_>) {
    let speaks = |seen: &&Seen| seen.strength > Strength::Weak && seen.kind != ProductType::Software;
    let left: Vec<&Seen> = ground.detection.types.iter().filter(speaks).filter(|seen| !choices.types.contains(&seen.kind)).collect();
    if left.is_empty() {
        return;
    }
    out.push('\n');
    out.push_str(&comment("Why it is not what its files look like: the reason stands in every report."));
    let denied = left.iter().any(|seen| choices.not.contains_key(&seen.kind));
    let _ = writeln!(out, "{}[product.not]", if denied { "" } else { "# " });
    for seen in left {
        match choices.not.get(&seen.kind) {
            Some(reason) => {
                let _ = writeln!(out, "{} = {}", seen.kind, text(reason));
            }
            None => {
                let _ = writeln!(out, "# {} = \"TODO: why it is none, in a sentence\"", seen.kind);
            }
        }
    }
}
