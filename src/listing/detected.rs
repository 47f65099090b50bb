//! What `portcullis detect` shows, for people and for programs.

use std::fmt::Write as _;

use anstyle::{Reset, Style};
use serde_json::{Value, json};

use crate::detect::{Artefact, Detection, Seen, Sign};
use crate::error::Fault;
use crate::limits;
use crate::probe::Sighting;
use crate::source::{SourceMap, Span};
use crate::text::{count, one_line, visible, wrap};

const BOLD: Style = Style::new().bold();
/// Signals that the human output shows of one type.
const SHOWN: usize = 6;
/// Pieces of evidence, and places of a probe, that the human output shows.
const PLACES: usize = 12;

/// A probe that fired.
pub struct Fired {
    /// Its name.
    pub probe: &'static str,
    /// What it found, at least one.
    pub sightings: Vec<Sighting>,
}

/// All that a run detected.
#[derive(Default)]
pub struct Detected {
    /// The commit that was looked at, or that the work tree or index stands on.
    pub commit: Option<String>,
    /// Types, roles, traits.
    pub detection: Detection,
    /// Evidence that is there.
    pub evidence: Vec<Artefact>,
    /// In the order of the probes.
    pub probes: Vec<Fired>,
    /// Most sources were not searched for keys, tokens and the like.
    pub left_sources: bool,
    /// How many tracked files were walked.
    pub files: usize,
}

/// Version 1, for programs: keys are always present, null where there is nothing.
pub fn document(found: &Detected, errors: &[Fault], sources: &SourceMap) -> Value {
    let place = |at: Span| sources.place(at);
    let sign = |sign: &Sign| json!({"family": sign.family, "path": visible(sign.path.as_str()), "line": place(sign.at).line, "strength": sign.strength.name(), "reason": sign.reason});
    let types = found.detection.types.iter().map(|seen| {
        json!({"type": seen.kind.name(), "strength": seen.strength.name(), "signals": seen.signs.iter().map(sign).collect::<Vec<_>>()})
    });
    let roles = found.detection.roles.iter().map(
        |told| json!({"role": told.value.name(), "path": visible(told.path.as_str()), "line": place(told.at).line, "reason": told.reason}),
    );
    let traits: serde_json::Map<String, Value> = found
        .detection
        .traits
        .iter()
        .map(|(id, told)| {
            (
                (*id).to_owned(),
                json!({"answer": told.value, "path": visible(told.path.as_str()), "line": place(told.at).line, "reason": told.reason}),
            )
        })
        .collect();
    let evidence =
        found.evidence.iter().map(|one| json!({"kind": one.kind, "path": visible(one.path.as_str()), "line": 1, "reason": one.reason}));
    let probes = found.probes.iter().flat_map(|fired| {
        fired.sightings.iter().map(|sighting| {
            let at = place(sighting.at);
            json!({"probe": fired.probe, "path": visible(&at.file), "line": at.line, "reason": visible(&sighting.message)})
        })
    });
    let errors = errors.iter().map(|fault| {
        let at = fault.span.map(place);
        json!({"message": visible(&fault.message), "file": at.as_ref().map(|at| at.file.clone()), "line": at.as_ref().map(|at| at.line), "column": at.as_ref().map(|at| at.column)})
    });
    json!({
        "version": 1,
        "tool": {"name": "portcullis", "version": env!("CARGO_PKG_VERSION")},
        "commit": found.commit,
        "files": found.files,
        "errors": errors.collect::<Vec<_>>(),
        "types": types.collect::<Vec<_>>(),
        "roles": roles.collect::<Vec<_>>(),
        "traits": traits,
        "evidence": evidence.collect::<Vec<_>>(),
        "probes": probes.collect::<Vec<_>>(),
        "sources-searched": !found.left_sources,
    })
}

/// For people.
pub fn human(found: &Detected, sources: &SourceMap, width: usize) -> String {
    let mut out = format!("{BOLD}Types{Reset}\n");
    out.push_str(&types(&found.detection, found.files, sources, width));
    if !found.detection.roles.is_empty() {
        let _ = writeln!(out, "\n{BOLD}Roles{Reset}");
        for told in &found.detection.roles {
            out.push_str(&line(told.value.name(), told.at, &told.reason, sources, width));
        }
    }
    if !found.detection.traits.is_empty() {
        let _ = writeln!(out, "\n{BOLD}Traits{Reset}");
        for (id, told) in &found.detection.traits {
            out.push_str(&line(&format!("{id} = {}", told.value), told.at, &told.reason, sources, width));
        }
    }
    let _ = writeln!(out, "\n{BOLD}Evidence that is there{Reset}");
    for one in found.evidence.iter().take(PLACES) {
        out.push_str(&wrap(
            &format!("{} {}: {}", one.kind, one_line(one.path.as_str(), limits::QUOTED_CHARS), one.reason),
            width,
            "  ",
            "      ",
        ));
    }
    more(&mut out, found.evidence.len(), PLACES, "piece");
    let _ = writeln!(out, "\n{BOLD}Probes that fire{Reset}");
    for fired in found.probes.iter().take(PLACES) {
        let Some(first) = fired.sightings.first() else { continue };
        let others = fired.sightings.len().saturating_sub(1);
        let also =
            if others == 0 { String::new() } else { format!("; and {} more", count(i64::try_from(others).unwrap_or(i64::MAX), "place")) };
        out.push_str(&line(fired.probe, first.at, &format!("{}{also}", first.message), sources, width));
    }
    more(&mut out, found.probes.len(), PLACES, "probe");
    if found.left_sources {
        let most = limits::FIRST_LOOK_SOURCES;
        let text = format!(
            "There are more than {most} sources, which were not searched for keys and tokens: `portcullis detect --all-sources` searches them; `check` does where they bear on what is attested."
        );
        out.push_str(&wrap(&text, width, "  ", "  "));
    }
    out.push_str("\nWhat a product is, its declaration says; nothing here is applied by itself.\n");
    out
}

fn types(detection: &Detection, files: usize, sources: &SourceMap, width: usize) -> String {
    let mut out = String::new();
    for seen in &detection.types {
        out.push_str(&format!("  {} ({})\n", seen.kind.name(), seen.strength.name()));
        for sign in seen.signs.iter().take(SHOWN) {
            out.push_str("  ");
            out.push_str(&line(sign.strength.name(), sign.at, &sign.reason, sources, width));
        }
        more(&mut out, seen.signs.len(), SHOWN, "signal");
    }
    if detection.types.is_empty() {
        let _ = writeln!(out, "  no signal in {} tracked files; that is no proof of anything", files);
    }
    out
}

fn line(name: &str, at: Span, reason: &str, sources: &SourceMap, width: usize) -> String {
    let place = sources.place(at);
    let text = format!("{name} {}:{} {}", one_line(&place.file, limits::QUOTED_CHARS), place.line, one_line(reason, limits::MESSAGE_CHARS));
    wrap(&text, width, "  ", "      ")
}

fn more(out: &mut String, all: usize, shown: usize, noun: &str) {
    if all == 0 {
        out.push_str("  none\n");
    } else if all > shown {
        let _ = writeln!(out, "    and {} more; --format json has them all", count(i64::try_from(all - shown).unwrap_or(i64::MAX), noun));
    }
}

/// What was seen of a type, in one line: its strongest signal.
pub fn summary(seen: &Seen, sources: &SourceMap) -> String {
    let strongest = seen.signs.first().map(|sign| {
        let place = sources.place(sign.at);
        format!(": {}:{} {}", one_line(&place.file, limits::QUOTED_CHARS), place.line, sign.reason)
    });
    format!("{} ({}){}", seen.kind.name(), seen.strength.name(), strongest.unwrap_or_default())
}
