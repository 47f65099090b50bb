//! What applies to a repository, by its declaration: every unit of every selected code, and the codes that are not selected.

use std::fmt::Write as _;
use std::path::Path;

use anstyle::{AnsiColor, Reset, Style};
use serde_json::{Value, json};

use super::Table;
use crate::applicability::{self, Applicability, Decision, Selected};
use crate::error::{Error, Fault};
use crate::input::book::in_order;
use crate::input::catalogue::Catalogue;
use crate::input::declaration;
use crate::input::policy::Header;
use crate::input::root;
use crate::input::snapshot::{At, Snapshot};
use crate::model::declaration::{Declaration, Product, ProductType};
use crate::model::policy::{Condition, Trait};
use crate::source::SourceMap;
use crate::text::{one_line, visible, wrap};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const NAME_CHARS: usize = 120;

/// One product, and what applies to it.
pub struct Applicable<'a> {
    name: String,
    types: Vec<&'static str>,
    roles: Vec<&'static str>,
    selected: Vec<Selected<'a>>,
    decisions: Vec<Decision<'a>>,
    left_out: Vec<(&'a str, String)>,
    unanswered: Vec<Unanswered<'a>>,
}

/// A trait that units wait for.
struct Unanswered<'a> {
    asked: &'a Trait,
    units: usize,
}

/// Reads the declaration at or above a path and decides every unit, of one code where one is named.
///
/// # Errors
/// When the repository cannot be read, or the declaration is not there or invalid.
pub fn read<'a>(path: &Path, code: Option<&str>, catalogue: &'a Catalogue, sources: &SourceMap) -> Result<Vec<Applicable<'a>>, Error> {
    let snapshot = Snapshot::open(path, &At::Worktree)?;
    let found = root::find(&snapshot, sources)?;
    let declaration = declaration::read(&found, catalogue, sources).map_err(|error| in_order(error.faults()))?;
    let mut products = Vec::new();
    let mut faults: Vec<Fault> = Vec::new();
    for product in &declaration.products {
        match of_product(&declaration, product, code, catalogue) {
            Ok(applicable) => products.push(applicable),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(products) } else { Err(Error::Invalid(faults)) }
}

fn of_product<'a>(
    declaration: &Declaration,
    product: &Product,
    code: Option<&str>,
    catalogue: &'a Catalogue,
) -> Result<Applicable<'a>, Vec<Fault>> {
    let wanted = |name: &str| code.is_none_or(|code| code == name);
    let mut selected = applicability::select(declaration, product, catalogue)?;
    let chosen: Vec<&str> = selected.iter().map(|code| code.policy.code.as_str()).collect();
    let left_out = catalogue.headers().filter(|header| wanted(&header.code) && !chosen.contains(&header.code.as_str()));
    let left_out = left_out.map(|header| (header.code.as_str(), why_not(header))).collect();
    selected.retain(|code| wanted(&code.policy.code));
    let decisions = applicability::decide(&selected, product);
    let mut types: Vec<&str> = vec![ProductType::Software.name()];
    types.extend(product.types.iter().map(|kind| kind.value.name()));
    let mut roles: Vec<&str> = product.roles.iter().map(|role| role.value.name()).collect();
    for names in [&mut types, &mut roles] {
        let mut seen = Vec::new();
        names.retain(|name| {
            !seen.contains(name) && {
                seen.push(*name);
                true
            }
        });
    }
    let unanswered = unanswered(&decisions, catalogue);
    Ok(Applicable { name: product.name.value.clone(), types, roles, selected, decisions, left_out, unanswered })
}

fn unanswered<'a>(decisions: &[Decision<'a>], catalogue: &'a Catalogue) -> Vec<Unanswered<'a>> {
    let waits = |decision: &Decision<'_>, id: &String| matches!(&decision.applicability, Applicability::Waits(ids) if ids.contains(id));
    let units = |asked: &Trait| decisions.iter().filter(|decision| waits(decision, &asked.id)).count();
    let counted = catalogue.traits().iter().map(|asked| Unanswered { asked, units: units(asked) });
    counted.filter(|open| open.units > 0).collect()
}

fn why_not(header: &Header) -> String {
    let types: Vec<&str> = header.applies_to.types.iter().map(|kind| kind.name()).collect();
    match header.applies_to.organisation {
        true => "the declaration's [organisation] does not opt in".to_owned(),
        false => format!("the product is not declared as {}", types.join(" or ")),
    }
}

/// `applies`, `waits` or `excluded`.
fn word(applicability: &Applicability) -> &'static str {
    match applicability {
        Applicability::Applies => "applies",
        Applicability::Waits(_) => "waits",
        Applicability::Excluded(_) => "excluded",
    }
}

impl Applicable<'_> {
    fn reason(&self, decision: &Decision<'_>) -> String {
        match &decision.applicability {
            Applicability::Excluded(reason) => reason.clone(),
            Applicability::Waits(traits) => format!("the declaration does not answer {}", traits.join(", ")),
            Applicability::Applies => {
                let selected = self.selected.iter().find(|code| code.policy.code == decision.policy.code);
                let mut reason = selected.map_or(String::new(), |code| code.reason.clone());
                let conditions: Vec<String> = decision.unit.conditions.iter().map(Condition::words).collect();
                if !conditions.is_empty() {
                    let _ = write!(reason, ", and the traits say: {}", conditions.join("; and "));
                }
                if decision.advisory {
                    reason.push_str("; only as advice, never above a note");
                }
                reason
            }
        }
    }

    fn count(&self, wanted: &str) -> usize {
        self.decisions.iter().filter(|decision| word(&decision.applicability) == wanted).count()
    }

    fn push_human(&self, out: &mut String, width: usize) {
        let _ = writeln!(out, "{BOLD}{}{Reset} ({}; {})", one_line(&self.name, NAME_CHARS), self.types.join(", "), self.roles.join(", "));
        let [applies, waits, excluded] = ["applies", "waits", "excluded"].map(|name| self.count(name));
        let _ = writeln!(
            out,
            "{DIM}{} provisions and claims: {applies} apply, {waits} wait for an answer, {excluded} are excluded{Reset}",
            self.decisions.len()
        );
        for code in &self.selected {
            let _ = writeln!(out, "\n{BOLD}{}{Reset} {}: {}", code.policy.code, code.policy.edition, code.reason);
            for decision in self.decisions.iter().filter(|decision| decision.policy.code == code.policy.code) {
                self.push_unit(out, decision, width);
            }
        }
        for (code, why) in &self.left_out {
            let _ = write!(out, "\n{DIM}{code} is not selected: {why}{Reset}");
        }
        if !self.left_out.is_empty() {
            out.push('\n');
        }
        self.push_questions(out, width);
    }

    fn push_questions(&self, out: &mut String, width: usize) {
        if !self.unanswered.is_empty() {
            let _ = writeln!(out, "\n{BOLD}To answer under [product.traits]{Reset}");
        }
        for open in &self.unanswered {
            let waiting = if open.units == 1 { "1 waits".to_owned() } else { format!("{} wait", open.units) };
            let line = format!("{} ({waiting})", open.asked.question);
            out.push_str(&wrap(&line, width, &format!("  {}  ", open.asked.id), "      "));
        }
    }

    fn push_unit(&self, out: &mut String, decision: &Decision<'_>, width: usize) {
        let word = word(&decision.applicability);
        let style = match decision.applicability {
            Applicability::Applies => AnsiColor::Green.on_default(),
            Applicability::Waits(_) => AnsiColor::Yellow.on_default(),
            Applicability::Excluded(_) => DIM,
        };
        let lead = format!("  {word:8}  {:6}  {}  ", decision.unit.strength.name(), decision.unit.id);
        let hang = " ".repeat(20);
        let set = wrap(&decision.unit.title, width, &lead, &hang);
        let plain = format!("  {word}");
        let rest = set.strip_prefix(&plain).unwrap_or(&set);
        let _ = write!(out, "  {style}{word}{Reset}{rest}");
        if decision.advisory || decision.applicability != Applicability::Applies {
            out.push_str(&wrap(&visible(&self.reason(decision)), width, &hang, &hang));
        }
        for said in [decision.provision.origin_words(), decision.unit.altered_words()].iter().filter(|said| !said.is_empty()) {
            out.push_str(&wrap(said, width, &hang, &hang));
        }
    }

    fn json(&self) -> Value {
        let codes =
            self.selected.iter().map(|code| json!({"code": code.policy.code, "edition": code.policy.edition, "reason": code.reason}));
        let left_out = self.left_out.iter().map(|(code, why)| json!({"code": code, "reason": why}));
        let unanswered =
            self.unanswered.iter().map(|open| json!({"trait": open.asked.id, "question": open.asked.question, "units": open.units}));
        let units = self.decisions.iter().map(|decision| {
            let waits: &[String] = match &decision.applicability {
                Applicability::Waits(traits) => traits,
                _ => &[],
            };
            json!({
                "provision": decision.unit.id,
                "principle": (decision.provision.id != decision.unit.id).then_some(&decision.provision.id),
                "code": decision.policy.code,
                "title": decision.unit.title,
                "strength": decision.unit.strength.name(),
                "confidence": decision.unit.confidence.name(),
                "applicability": word(&decision.applicability),
                "waits-for": waits,
                "advisory": decision.advisory,
                "overlay": decision.provision.origin.as_ref().map(|origin| &origin.overlay),
                "altered": decision.unit.altered.iter().map(|one| json!({"overlay": one.overlay, "key": one.key, "value": one.now})).collect::<Vec<_>>(),
                "reason": self.reason(decision),
            })
        });
        json!({
            "name": visible(&self.name),
            "types": self.types,
            "roles": self.roles,
            "codes": codes.collect::<Vec<_>>(),
            "not-selected": left_out.collect::<Vec<_>>(),
            "unanswered": unanswered.collect::<Vec<_>>(),
            "units": units.collect::<Vec<_>>(),
            "counts": {"applies": self.count("applies"), "waits": self.count("waits"), "excluded": self.count("excluded")},
        })
    }
}

/// For people.
pub fn human(products: &[Applicable<'_>], width: usize) -> String {
    let mut out = String::new();
    for (index, product) in products.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        product.push_human(&mut out, width);
    }
    out
}

/// One row per product and unit.
pub fn table(products: &[Applicable<'_>]) -> Table {
    let mut table = Table::new(&["product", "id", "code", "edition", "strength", "applicability", "reason", "title"]);
    for product in products {
        for decision in &product.decisions {
            table.push([
                product.name.clone(),
                decision.unit.id.clone(),
                decision.policy.code.clone(),
                decision.policy.edition.clone(),
                decision.unit.strength.to_string(),
                word(&decision.applicability).to_owned(),
                product.reason(decision),
                decision.unit.title.clone(),
            ]);
        }
    }
    table
}

/// For programs; `errors` says why nothing could be decided.
pub fn document(products: &[Applicable<'_>], errors: &[Fault], sources: &SourceMap) -> Value {
    let errors = errors.iter().map(|fault| {
        let place = fault.span.map(|span| sources.place(span));
        json!({
            "message": visible(&fault.message),
            "file": place.as_ref().map(|place| visible(&place.file)),
            "line": place.as_ref().map(|place| place.line),
            "column": place.as_ref().map(|place| place.column),
        })
    });
    json!({"version": 1, "errors": errors.collect::<Vec<_>>(), "products": products.iter().map(Applicable::json).collect::<Vec<_>>()})
}
