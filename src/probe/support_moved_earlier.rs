//! `support-moved-earlier`: the end of the support period was once declared to be later than it is now.

use jiff::civil::Date;

use super::{Probe, Scene, Sighting};
use crate::formats::tree::{self, Syntax};
use crate::input::declaration::MANIFEST_TABLES;

/// See the module's documentation.
pub(super) struct SupportMovedEarlier;

impl Probe for SupportMovedEarlier {
    fn name(&self) -> &'static str {
        "support-moved-earlier"
    }

    fn looks_at(&self) -> &'static str {
        "`until` under [product.support] in the declaration, now and in every earlier commit by first parents, for the product of the same name."
    }

    fn limits(&self) -> &'static str {
        "A shallow clone, a history that cannot be read whole, a declaration that lay elsewhere and a product that was called otherwise tell nothing. What other files say of the period is not read."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let Some(support) = &scene.product.support else { return Vec::new() };
        let read = |text: &str| ends(text, scene.declaration.file_name(), &scene.product.name.value).into_iter().max();
        let latest = scene.view.history().latest(scene.declaration, &read).ok().flatten();
        let told = latest.filter(|(until, _)| *until > support.until.value).map(|(until, commit)| {
            let short: String = commit.chars().take(12).collect();
            Sighting::new(format!("support ends on {}, and commit {short} said {until}", support.until.value), support.until.span)
        });
        told.into_iter().collect()
    }
}

/// The ends of support that a declaration states for the product of that name; none of a text that cannot be read.
fn ends(text: &str, file: &str, product: &str) -> Vec<Date> {
    if !text.contains("until") {
        return Vec::new();
    }
    let Ok(document) = tree::read(Syntax::Toml, text) else { return Vec::new() };
    let manifest = MANIFEST_TABLES.iter().filter(|(name, _)| *name == file).map(|(_, table)| *table);
    let tables: Vec<&[&str]> = manifest.collect();
    let tops = if tables.is_empty() { vec![&document] } else { tables.iter().map(|table| document.at(table)).collect() };
    let products = tops.into_iter().flat_map(|top| top.at(&["product"]).one_or_more());
    let named = products.filter(|found| found.word("name") == Some(product));
    named.filter_map(|found| found.at(&["support", "until"]).text()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, file: &str) -> Vec<String> {
        ends(text, file, "Ledger").iter().map(Date::to_string).collect()
    }

    #[test]
    fn the_product_of_that_name_counts() {
        let one = "[product]\nname = \"Ledger\"\nsupport.until = 2031-12-31\n";
        let two = "[[product]]\nname = \"Till\"\nsupport.until = 2040-01-01\n[[product]]\nname = \"Ledger\"\n[product.support]\nuntil = 2031-12-31\n";
        for text in [one, two] {
            assert_eq!(told(text, "portcullis.toml"), ["2031-12-31"]);
        }
        assert!(told(&one.replace("Ledger", "Other"), "portcullis.toml").is_empty());
    }

    #[test]
    fn a_manifest_states_it_in_its_own_table() {
        let text = "[package.metadata.portcullis.product]\nname = \"Ledger\"\nsupport.until = 2031-12-31\n";
        assert_eq!(told(text, "Cargo.toml"), ["2031-12-31"]);
        assert!(told(text, "portcullis.toml").is_empty());
    }

    #[test]
    fn what_is_no_date_states_nothing() {
        for text in
            ["until = ", "[product]\nname = \"Ledger\"\nsupport.until = \"soon\"\n", "[product]\nname = \"Ledger\"\nsupport = 1 # until\n"]
        {
            assert!(told(text, "portcullis.toml").is_empty(), "{text}");
        }
    }
}
