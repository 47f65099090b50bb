//! What a piece of evidence may hold depends on its kind: which way it points, and which keys are its own.

use serde_json::{Map, Value, json};

use crate::model::kind::{DETAIL_KEYS, KINDS, KindEntry, Points};
use crate::spec::Key;

fn kinds(wanted: impl Fn(&KindEntry) -> bool) -> Vec<&'static str> {
    KINDS.iter().filter(|entry| wanted(entry)).map(|entry| entry.name).collect()
}

/// The keys of kinds' own, each with a text that names the kinds it belongs to.
pub(super) fn detail_keys() -> impl Iterator<Item = (&'static Key, String)> {
    DETAIL_KEYS.iter().map(|key| {
        let owners = kinds(|entry| entry.details.contains(&key.name));
        (key, format!("{} Only for: {}.", key.about, owners.join(", ")))
    })
}

/// The rules between `kind` and the other keys.
pub(super) fn rules() -> Map<String, Value> {
    let is = |names: Vec<&'static str>| json!({"properties": {"kind": {"enum": names}}});
    let pointing = |points: Points| kinds(|entry| entry.points == points);
    let mut dependencies = Map::new();
    for key in DETAIL_KEYS {
        dependencies.insert(key.name.to_owned(), is(kinds(|entry| entry.details.contains(&key.name))));
    }
    dependencies.insert("path".into(), is(kinds(|entry| !matches!(entry.points, Points::AtUrl | Points::AtIdOrInline))));
    dependencies.insert("url".into(), is(pointing(Points::AtUrl)));
    dependencies.insert("id".into(), is(pointing(Points::AtIdOrInline)));
    dependencies.insert("pin".into(), json!(["path"]));

    let mut rules = Map::new();
    rules.insert("dependencies".into(), Value::Object(dependencies));
    rules.insert("if".into(), is(pointing(Points::AtFile)));
    rules.insert("then".into(), json!({"required": ["path"]}));
    rules.insert(
        "else".into(),
        json!({
            "if": is(pointing(Points::AtUrl)),
            "then": {"required": ["url"]},
        }),
    );
    rules
}
