//! `sbom`: a software bill of materials, bound to this product and compared with the lockfiles it was made from.
//!
//! An SBOM alone shows that somebody made one. What makes it proof is that it lists what the product's lockfiles lock: that
//! comparison, by package URL and both ways, is what lifts an attestation to verified.

mod comparison;
mod elements;

use std::rc::Rc;

use super::{Ask, Gap, Proof, Verified, Verifier, about, dependencies};
use crate::formats::moment;
use crate::formats::sbom::{self as format, Component, NotRead, Sbom};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;
use comparison::Comparison;

/// See the module's documentation.
pub(super) struct SoftwareBillOfMaterials;

impl Verifier for SoftwareBillOfMaterials {
    fn kind(&self) -> &'static str {
        "sbom"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is CycloneDX 1.2 to 1.7 (JSON or XML) or SPDX 2.2 or 2.3 (JSON or tag-value).",
            "It is about this product, of its owner where it says whose it is, and, where the declaration has `version-from`, about this version.",
            "It has the minimum elements of the NTIA (2021): who made it, when, and for each component a name, a version and an identifier, with relations between them; nothing that a relation names is missing.",
            "Its components are those of the product's tracked lockfiles, by package URL and both ways; what is for development only is left aside.",
            "Where it lists less than the lockfiles lock, it was made after they last changed.",
        ]
    }

    fn limits(&self) -> &'static str {
        "What is linked in without a package manager, and whether the build used the lockfile, cannot be seen. Several lockfiles do not say what is for development only: what such a lockfile has and the SBOM lacks is told, and keeps it at evidenced."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"sbom\"\npath = \"sbom.cdx.json\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let sbom = ask.reading(|text| format::read(text).map(Rc::new))?.map_err(|why| match why {
        NotRead::Bad(bad) => ask.malformed(&bad),
        NotRead::Unknown(what) => unknown(ask, &what),
    })?;
    let path = ask.cited()?.path.to_string();
    let mut gaps = product(ask, &sbom, &path);
    let comparison = comparison::compare(ask, &sbom);
    gaps.extend(elements::gaps(ask, &sbom, comparison.is_complete(), &path));
    gaps.extend(comparison.gaps(ask, &path));
    gaps.extend(made(ask, &sbom, &path));
    if gaps.is_empty() {
        gaps.extend(outdated(ask, &sbom, &comparison, &path));
    }
    Ok(Verified::from_gaps(super::at_most(gaps), || proof(&sbom, &comparison, &path)))
}

fn unknown(ask: &Ask<'_>, what: &str) -> Verified {
    let path = ask.file.as_ref().map(|file| file.path.to_string()).unwrap_or_default();
    Verified::doubt(
        format!("{path} is {what}, which this version cannot read"),
        "write it as CycloneDX 1.2 to 1.7 or SPDX 2.2 or 2.3; most tools can write both",
    )
}

/// That it is about this product and version.
fn product(ask: &Ask<'_>, sbom: &Sbom, path: &str) -> Vec<Gap> {
    let remedy = "let the tool that makes it name the product, or add the name that it uses to `names` of this entry";
    let Some(subject) = &sbom.subject else {
        let named = sbom.document_name.as_deref().is_some_and(|name| ask.is_named(name));
        let message = format!("{path} does not say which product it is about");
        return if named { Vec::new() } else { vec![Gap::failed("no-subject", message, remedy)] };
    };
    let mut gaps = Vec::new();
    if !ask.is_named(&subject.name) && !ask.is_named(&subject.full_name()) {
        let message = format!("{path} is about {}, not about {}", one_line(&subject.full_name(), 80), ask.names());
        gaps.push(ask.gap_at(subject.at.clone(), "other-product", message, remedy));
    } else if let Some(gap) = about::other_owner(ask, &sbom.slugs, &subject.at, path).filter(|_| !is_named_in_full(ask, subject)) {
        gaps.push(gap);
    } else if let Some(version) = subject.version.as_deref().filter(|version| ask.is_version(version) == Some(false)) {
        let own = ask.product.version.as_deref().unwrap_or_default();
        let message = format!("{path} is about version {}, and the product's version is {own}", one_line(version, 40));
        gaps.push(ask.gap_at(subject.at.clone(), "other-version", message, "make the SBOM anew for this version"));
    }
    gaps
}

/// Whether the entry's `names` have the subject's name with its owner's before it, which settles whose it is.
fn is_named_in_full(ask: &Ask<'_>, subject: &Component) -> bool {
    let full = subject.purl.as_ref().map_or_else(|| subject.full_name(), |purl| purl.full_name.clone());
    full.contains('/') && ask.evidence.names.iter().any(|name| name.value.eq_ignore_ascii_case(&full))
}

/// When it was made: in the past, and within `max-age-days`.
fn made(ask: &Ask<'_>, sbom: &Sbom, path: &str) -> Vec<Gap> {
    let Some((stamp, at)) = &sbom.created else {
        let Some(limit) = &ask.evidence.max_age_days else { return Vec::new() };
        let message = format!("{path} does not say when it was made, where {} days are allowed", limit.value);
        let gap = Gap::failed("undated", message, "let the tool write a timestamp");
        return vec![Gap { cited: Some(limit.span), ..gap }];
    };
    let Some(day) = moment::day(stamp) else {
        let message = format!("{path} was made at {}, which is no timestamp", one_line(stamp, 40));
        return vec![ask.gap_at(at.clone(), "timestamp", message, "make the SBOM anew")];
    };
    if let Some(old) = ask.too_old(day, path) {
        return vec![Gap { at: ask.range(at.clone()), remedy: "make the SBOM anew".to_owned(), ..old }];
    }
    Vec::new()
}

/// Where its contents do not tell that it is current, it must be newer than the lockfiles.
fn outdated(ask: &Ask<'_>, sbom: &Sbom, comparison: &Comparison, path: &str) -> Option<Gap> {
    let (stamp, at) = sbom.created.as_ref().filter(|_| !comparison.is_complete())?;
    let (day, instant) = (moment::day(stamp)?, moment::instant(stamp)?);
    let newer = comparison.lockfiles.iter().find_map(|lockfile| match dependencies::last_change(ask, lockfile)? {
        Some(at) if at > instant => Some((lockfile, format!("on {}", moment::utc_date(at)))),
        Some(_) => None,
        None => Some((lockfile, "and is not committed yet".to_owned())),
    });
    newer.map(|(lockfile, when)| {
        let message =
            format!("{path} was made on {day}; {} changed after it ({when}), and the two cannot be compared in full", lockfile.path);
        Gap { at: ask.range(at.clone()), ..Gap::stale("older-than-lockfile", message, "make the SBOM anew from the lockfile as it is") }
    })
}

fn proof(sbom: &Sbom, comparison: &Comparison, path: &str) -> Proof {
    let packages = crate::text::count(i64::try_from(sbom.components.len()).unwrap_or(i64::MAX), "component");
    let mut says = format!("{path} ({}) lists {packages}", sbom.format);
    let assurance = match (comparison.lockfiles.is_empty(), comparison.is_complete()) {
        (true, _) if comparison.unread.is_empty() => {
            says.push_str("; no lockfile is tracked that it could be compared with");
            Assurance::Evidenced
        }
        (_, true) => {
            let names: Vec<String> = comparison.lockfiles.iter().map(|lockfile| lockfile.path.to_string()).collect();
            says.push_str(&format!(", the same as {}", names.join(", ")));
            if comparison.lockfiles.iter().any(|lockfile| lockfile.by_cargo) {
                says.push_str(" (what ships as cargo resolves it, with default features)");
            }
            Assurance::Verified
        }
        _ => {
            says.push_str(&comparison.open_ends());
            Assurance::Evidenced
        }
    };
    if sbom.created.is_none() {
        says.push_str("; it does not say when it was made");
    }
    let unsupplied = sbom.components.iter().filter(|component| !component.supplied).count();
    if unsupplied > 0 {
        says.push_str(&format!("; {unsupplied} name no supplier"));
    }
    Proof::new(assurance, one_line(&says, limits::MESSAGE_CHARS))
}
