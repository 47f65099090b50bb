//! Probes.

use super::{Page, Part, entry};
use crate::input::catalogue::Catalogue;
use crate::model::policy::Unit;
use crate::model::probe::probe;
use crate::probe::PROBES;

/// The page of the probe of that name.
pub(super) fn page(catalogue: &Catalogue, name: &str) -> Option<Page> {
    let found = probe(name)?;
    let looks = PROBES.iter().find(|probe| probe.name() == name);
    let units: Vec<&Unit> = catalogue.policies().flat_map(|policy| &policy.units).collect();
    let bears = units.iter().filter(|unit| unit.probes.iter().any(|own| own == name));
    let parts = vec![
        Part::text("looks-at", "Where it looks", looks.map_or("", |probe| probe.looks_at())),
        Part::text("limits", "What it leaves alone", looks.map_or("", |probe| probe.limits())),
        Part::text("remedy", "What to do first", format!("{}.", sentence(found.remedy))),
        Part::entries(
            "provisions",
            "Contradicts, where they are attested as met",
            bears.map(|unit| entry(&unit.id, &unit.title, "")).collect(),
        ),
        Part::block(
            "answer",
            "To answer a false alarm, in the declaration",
            format!("[product.probes]\n{name} = \"TODO: why what it finds is no gap here\""),
        ),
    ];
    Some(Page { id: name.to_owned(), what: "probe", title: found.about.to_owned(), parts, licence: None })
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
