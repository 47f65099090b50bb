//! The minimum elements of an SBOM (NTIA, "The Minimum Elements For a Software Bill of Materials", 2021, section IV).

use crate::evidence::{Ask, Gap};
use crate::formats::sbom::{Component, Sbom};
use crate::text::one_line;

/// Most components that one message names.
const NAMED: usize = 5;

/// What is missing. That a component names no supplier is no gap: hardly any generator knows it. A reproducible SBOM leaves its
/// date out; where it lists just what the lockfiles lock, that shows that it is current, and how it hangs together too.
pub(super) fn gaps(ask: &Ask<'_>, sbom: &Sbom, complete: bool, path: &str) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if !sbom.has_author {
        let message = format!("{path} does not say who or what made it");
        gaps.push(Gap::failed("author", message, "let the tool write itself into the metadata, or add an author"));
    }
    if sbom.created.is_none() && !complete {
        let message = format!("{path} does not say when it was made, and its contents do not show that it is current");
        gaps.push(Gap::failed("undated", message, "let the tool write a timestamp, or track the lockfile that it was made from"));
    }
    let packages = || sbom.components.iter().filter(|component| !component.is_file);
    gaps.extend(lacking(ask, path, "version", packages().filter(|component| component.version.is_none())));
    gaps.extend(lacking(ask, path, "identifier", packages().filter(|component| !component.identified)));
    if let Some((name, at)) = sbom.dangling.first() {
        let more = sbom.dangling.len() - 1;
        let others = if more > 0 { format!(", and {more} more") } else { String::new() };
        let message = format!("{path} has a relation to {}, which it does not list{others}", one_line(name, 100));
        gaps.push(ask.gap_at(at.clone(), "dangling", message, "make the SBOM anew: a component was taken out of it"));
    }
    if sbom.components.is_empty() {
        let message = format!("{path} lists no component");
        gaps.push(Gap::failed("no-components", message, "make it from the lockfile; a product of no third party's parts needs no SBOM"));
    } else if sbom.relations == 0 && packages().count() > 1 && !complete {
        let message = format!("{path} states no relation between its components");
        gaps.push(Gap::failed("relations", message, "let the tool write the dependency graph"));
    }
    gaps
}

fn lacking<'c>(ask: &Ask<'_>, path: &str, what: &'static str, lacking: impl Iterator<Item = &'c Component>) -> Option<Gap> {
    let lacking: Vec<&Component> = lacking.collect();
    let first = lacking.first()?;
    let names: Vec<String> = lacking.iter().take(NAMED).map(|component| one_line(&component.full_name(), 60)).collect();
    let more = lacking.len().saturating_sub(NAMED);
    let others = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!("{path} lists without a{} {what}: {}{others}", if what == "identifier" { "n" } else { "" }, names.join(", "));
    let remedy = if what == "identifier" {
        "give each a package URL or a CPE"
    } else {
        "make the SBOM from the lockfile, which knows every version"
    };
    Some(ask.gap_at(first.at.clone(), what, message, remedy))
}
