//! OpenSSF Security Insights, versions 1 (specification.md of v1.0.0) and 2 (schema.cue): the contact, and links to documents. A link
//! into this repository is proposed as a citation of the kind that the field names; any other is listed.

use super::Proposal;
use crate::attest::Piece;
use crate::formats::tree::Node;
use crate::repo_path::RepoPath;

/// A field that holds an address, or several, and the kind of evidence that it names.
type Field = (&'static [&'static str], &'static str);

/// Version 1.
const V1: &[Field] = &[
    (&["vulnerability-reporting", "security-policy"], "security-policy"),
    (&["security-artifacts", "threat-model", "evidence-url"], "threat-model"),
    (&["dependencies", "dependencies-lists"], "lockfile"),
    (&["dependencies", "sbom"], "sbom"),
];
/// Version 2.
const V2: &[Field] = &[
    (&["project", "vulnerability-reporting", "security-policy"], "security-policy"),
    (&["repository", "documentation", "security-policy"], "security-policy"),
];
/// Documents of which the field does not say which provision they show.
const DOCUMENTS: &[&[&str]] = &[
    &["repository", "documentation", "dependency-management-policy"],
    &["repository", "documentation", "review-policy"],
    &["repository", "documentation", "governance"],
    &["project", "documentation", "release-process"],
    &["project", "documentation", "support-policy"],
    &["project", "documentation", "signature-verification"],
    &["repository", "security", "assessments", "self", "evidence"],
    &["security-artifacts", "self-assessment", "evidence-url"],
    &["dependencies", "env-dependencies-policy", "policy-url"],
    &["contribution-policy", "contributing-policy"],
];

pub(super) fn take(root: &Node<'_>, name: &str, origin: Option<&str>, proposal: &mut Proposal) {
    if let Some(contact) = contact(root) {
        proposal.owner.get_or_insert_with(|| contact.to_owned());
    }
    if let Some(named) = root.at(&["project"]).word("name").map(str::trim).filter(|named| !named.is_empty()) {
        proposal.name.get_or_insert_with(|| named.to_owned());
    }
    for (keys, kind) in V1.iter().chain(V2) {
        for address in addresses(root.at(keys)) {
            let field = keys.join(".");
            let piece = path_in(origin, address).and_then(|path| {
                let piece = format!("{kind}:x").parse::<Piece>().ok()?;
                Some(Piece { path: Some(path), ..piece })
            });
            match piece {
                Some(piece) => proposal.pieces.push(piece),
                None => proposal.not_used(format!("{name}: {field} is {address}, which is no file of this repository")),
            }
        }
    }
    for keys in DOCUMENTS {
        for address in addresses(root.at(keys)) {
            let field = keys.join(".");
            match path_in(origin, address) {
                Some(path) => {
                    proposal.not_used(format!("{name}: {field} is {path}: cite it as `document:{path}` where it shows something"))
                }
                None => proposal.not_used(format!("{name}: {field} is {address}, which is no file of this repository")),
            }
        }
    }
}

/// Whom to write to about a weakness.
fn contact<'n>(root: &'n Node<'_>) -> Option<&'n str> {
    let v2 = root.at(&["project", "vulnerability-reporting", "contact"]).word("email");
    let v1 = || root.at(&["vulnerability-reporting"]).word("email-contact");
    let listed = || {
        let contacts = root.at(&["security-contacts"]).items();
        contacts.iter().find(|one| one.word("type") == Some("email")).and_then(|one| one.word("value"))
    };
    v2.or_else(v1).or_else(listed).map(str::trim).filter(|text| !text.is_empty())
}

/// The texts of a field: one, a list, or (`sbom`) a list of tables with `sbom-file`.
fn addresses<'n>(node: &'n Node<'_>) -> Vec<&'n str> {
    node.one_or_more()
        .iter()
        .filter_map(|one| one.text().or_else(|| one.word("sbom-file")))
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect()
}

/// The tracked path behind an address of this repository's own host, as its hosts write links to files.
fn path_in(origin: Option<&str>, address: &str) -> Option<RepoPath> {
    if !address.contains("://") {
        return address.trim_start_matches("./").parse().ok();
    }
    let (_, own) = origin?.trim_end_matches('/').trim_end_matches(".git").split_once("://")?;
    let (_, rest) = address.split_once("://")?;
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let raw = own.strip_prefix("github.com/").map(|project| format!("raw.githubusercontent.com/{project}"));
    let below = |base: &str| {
        let head = rest.get(..base.len()).filter(|head| head.eq_ignore_ascii_case(base))?;
        rest.get(head.len()..)?.strip_prefix('/')
    };
    let file = match (below(own), raw.as_deref().and_then(below)) {
        (Some(rest), _) => rest.strip_prefix("-/").unwrap_or(rest).strip_prefix("blob/")?,
        (None, Some(rest)) => rest,
        (None, None) => return None,
    };
    // A branch whose name has a slash cannot be told from a folder; the path then names no tracked file and is not cited.
    file.split_once('/')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_into_this_repository_are_paths() {
        let origin = Some("https://github.com/acme/ledger.git");
        for (address, path) in [
            ("https://github.com/acme/ledger/blob/main/SECURITY.md", Some("SECURITY.md")),
            ("https://github.com/Acme/Ledger/blob/main/docs/a.md#x", Some("docs/a.md")),
            ("https://raw.githubusercontent.com/acme/ledger/main/sbom.cdx.json", Some("sbom.cdx.json")),
            ("./SECURITY.md", Some("SECURITY.md")),
            ("https://github.com/acme/ledger-two/blob/main/SECURITY.md", None),
            ("https://github.com/acme/ledger/security/policy", None),
            ("https://github.com/acme/ledger/blob/main/../../etc/passwd", None),
            ("https://example.com/SECURITY.md", None),
        ] {
            assert_eq!(path_in(origin, address).as_ref().map(RepoPath::as_str), path, "{address}");
        }
    }
}
