//! The two files that users write, each as a commented one to start from.

use jiff::civil::Date;

use super::{Page, Part};
pub(super) use crate::input::root::{ATTESTATIONS, DECLARATION};

/// The page of the file of that name.
pub(super) fn page(name: &str, today: Date) -> Option<Page> {
    let (title, block, more) = match name {
        DECLARATION => (
            "What a repository declares itself to be. It stands at the repository's root, or at the root of one product of several.",
            declaration(today),
            "It may stand instead in Cargo.toml under [package.metadata.portcullis] or [workspace.metadata.portcullis], or in pyproject.toml under [tool.portcullis]. Two declarations in one folder are an error.",
        ),
        ATTESTATIONS => (
            "What the vendor attests, provision by provision, with an owner, a review date and evidence.",
            attestations(today),
            "A placeholder in place of a statement counts as missing. `portcullis explain ID` prints a block for any provision or claim.",
        ),
        _ => return None,
    };
    let parts = vec![Part::block("file", "To start from", block), Part::text("more", "More", more)];
    Some(Page { id: name.to_owned(), what: "file", title: title.to_owned(), parts, licence: None })
}

fn declaration(today: Date) -> String {
    format!(
        r#"# `portcullis schema --output-dir .portcullis` writes the schema, so that editors complete and explain every key.
#:schema ./.portcullis/portcullis.schema.json
version = 1

[product]
name = "Ledger"  # what customers call it
# Software is always implied; add what else it is: ai, consumer-iot, app, app-store.
types = []
# Who answers at senior level, and when they were last assured.
senior-responsible-owner = {{ name = "TODO: who was assured", assured-on = {today} }}
# roles = ["developer", "distributor"]  # left out: whoever makes and supplies such a product
# version-from = "Cargo.toml"           # where the product's version stands

# Answers that conditional provisions ask for; one left out is a finding, never a pass.
# `portcullis list --applicable` says which are asked.
[product.traits]
third-party-components = true

[gate]
fail-on = "error"        # error | warning | note | never
assurance = "evidenced"  # the least that counts as met: asserted | evidenced | verified
"#
    )
}

fn attestations(today: Date) -> String {
    let expires = today.checked_add(jiff::Span::new().days(90)).unwrap_or(today);
    format!(
        r#"# `portcullis schema --output-dir .portcullis` writes the schema, so that editors complete and explain every key.
#:schema ./.portcullis/attestations.schema.json
version = 1

[[attestation]]
provision = "software-security/3.2"  # a provision, a claim, or an array of them
status = "met"                       # met | partial | planned | not-met | not-applicable
statement = "TODO: what is done, where, and how anyone can tell"
owner = "TODO: who answers for it"
reviewed = {today}

[[attestation.evidence]]
kind = "security-policy"  # `portcullis explain KIND` says what is checked
path = "SECURITY.md"

# An accepted gap: a reason, an approver and a last day at most 366 days ahead.
# [[waiver]]
# provision = "software-security/2.2"
# reason = "Build logs move to the new runner estate first."
# approved-by = "ciso@ledger.example"
# expires = {expires}
"#
    )
}
