//! An earlier attestations file, of this edition or another: its statements become statements to read again, under `planned`.
//! Ids that moved are mapped by the aliases that the policies have; what cannot be mapped is listed.

use toml::{Table, Value};

use super::Proposal;
use crate::attest::{Keys, Piece};
use crate::input::catalogue::Catalogue;
use crate::model::kind::kind;
use crate::text::one_line;

/// # Errors
/// In words, when it is no attestations file.
pub(super) fn take(text: &str, name: &str, catalogue: &Catalogue, proposal: &mut Proposal) -> Result<(), String> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| format!("it is not valid TOML: {}", error.message()))?;
    let entries = |key: &str| table.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
    if entries("attestation").next().is_none() {
        return Err("it has no [[attestation]]".to_owned());
    }
    let mut taken = 0_usize;
    for entry in entries("attestation") {
        taken += usize::from(take_entry(entry, name, catalogue, proposal));
    }
    for waiver in entries("waiver") {
        let ids = names(waiver).join(", ");
        proposal
            .not_used(format!("{name}: the waiver of {ids}: a waiver is somebody's decision, recorded with `portcullis attest --waive`"));
    }
    proposal.read.push(format!("{}: {taken} attestations, as planned with what they said", one_line(name, crate::limits::QUOTED_CHARS)));
    Ok(())
}

/// The provisions that an entry names.
fn names(entry: &Table) -> Vec<&str> {
    match entry.get("provision") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn take_entry(entry: &Table, name: &str, catalogue: &Catalogue, proposal: &mut Proposal) -> bool {
    let word = |key: &str| entry.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let reviewed = entry.get("reviewed").map(ToString::to_string).unwrap_or_default();
    let mut taken = false;
    for id in names(entry) {
        let Some((provision, is_whole)) = provision(catalogue, id) else {
            proposal.not_used(format!("{name}: {id}, which no code that is built in has: {}", word("statement").unwrap_or_default()));
            continue;
        };
        taken = true;
        let status = word("status").unwrap_or("no status");
        let moved = if id == provision { String::new() } else { format!(" as {id}") };
        let statement = word("statement").filter(|text| !crate::model::attestation::is_placeholder(text));
        let earlier = proposal.earlier.entry(provision.clone()).or_default();
        if is_whole {
            earlier.statement = statement.map(str::to_owned);
            earlier.owner = word("owner").map(str::to_owned);
        }
        let said = if is_whole { "" } else { statement.unwrap_or_default() };
        proposal
            .draft(&provision, format!("{name} had it{moved} as {status}, reviewed {reviewed}. Read it again before you say so. {said}"));
        for piece in pieces(entry) {
            match piece {
                Ok(piece) => proposal.cited.push((provision.clone(), piece)),
                Err(why) => proposal.not_used(format!("{name}: evidence of {id}: {why}")),
            }
        }
    }
    taken
}

/// The provision that a name means now, and whether it means all of it and not one claim.
fn provision(catalogue: &Catalogue, name: &str) -> Option<(String, bool)> {
    let units = catalogue.resolve(name)?;
    let (policy, _) = catalogue.split(name)?;
    let found = policy.provisions.iter().find(|provision| {
        let own = policy.units_of(provision);
        own.iter().any(|unit| units.contains(&unit.id))
    })?;
    let whole = policy.units_of(found).iter().all(|unit| units.contains(&unit.id));
    Some((found.id.clone(), whole))
}

/// What an entry cites, without its pins: what was read then is to be read again.
fn pieces(entry: &Table) -> Vec<Result<Piece, String>> {
    let list = entry.get("evidence").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_table).map(piece).collect()
}

fn piece(table: &Table) -> Result<Piece, String> {
    let word = |key: &str| table.get(key).and_then(Value::as_str);
    let name = word("kind").unwrap_or_default();
    let kind = kind(name).ok_or_else(|| format!("there is no kind {}", one_line(name, 40)))?;
    let path = word("path").map(|path| path.parse().map_err(|error| format!("{}: {error}", one_line(path, 80)))).transpose()?;
    let other = ["url", "id"].into_iter().find_map(|key| Some((key, word(key)?.to_owned())));
    let own = kind.details.iter().chain(&["names", "max-age-days"]);
    let details: Keys = own.filter_map(|key| Some((*key, table.get(*key)?.clone()))).collect();
    Ok(Piece { kind, path, other, details })
}
