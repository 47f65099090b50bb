//! The ends of support that a declaration states, read from its text alone: for declarations of earlier commits, which may be none by
//! the rules of now.

use jiff::civil::Date;

use super::declaration::MANIFEST_TABLES;
use crate::formats::tree::{self, Syntax};

/// A product of a declaration, with the end of its support where that is stated.
#[derive(Debug, PartialEq, Eq)]
pub struct Stated {
    /// The product's name, where it has one.
    pub product: Option<String>,
    /// `until` under `[product.support]`.
    pub until: Option<Date>,
}

/// The products of a declaration in a file of that name, in its order; none of a text that cannot be read.
pub fn ends(text: &str, file_name: &str) -> Vec<Stated> {
    if !text.contains("until") {
        return Vec::new();
    }
    let Ok(document) = tree::read(Syntax::Toml, text) else { return Vec::new() };
    let tables: Vec<_> = MANIFEST_TABLES.iter().filter(|(name, _)| *name == file_name).map(|(_, table)| *table).collect();
    let tops = if tables.is_empty() { vec![&document] } else { tables.iter().map(|table| document.at(table)).collect() };
    let products = tops.into_iter().flat_map(|top| top.at(&["product"]).one_or_more());
    let stated = products.map(|found| Stated {
        product: found.word("name").map(str::to_owned),
        until: found.at(&["support", "until"]).text().and_then(|text| text.parse().ok()),
    });
    stated.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn told(text: &str, file: &str) -> Vec<(Option<String>, Option<Date>)> {
        ends(text, file).into_iter().map(|stated| (stated.product, stated.until)).collect()
    }

    fn ledger(until: Option<Date>) -> (Option<String>, Option<Date>) {
        (Some("Ledger".to_owned()), until)
    }

    #[test]
    fn every_product_is_told_with_its_end() {
        let one = "[product]\nname = \"Ledger\"\nsupport.until = 2031-12-31\n";
        assert_eq!(told(one, "portcullis.toml"), [ledger(Some(date(2031, 12, 31)))]);
        let two = "[[product]]\nname = \"Till\"\nsupport.until = 2040-01-01\n[[product]]\nname = \"Ledger\"\n[product.support]\nuntil = 2031-12-31\n";
        assert_eq!(told(two, "portcullis.toml"), [(Some("Till".to_owned()), Some(date(2040, 1, 1))), ledger(Some(date(2031, 12, 31)))]);
    }

    #[test]
    fn a_manifest_states_it_in_its_own_table() {
        let text = "[package.metadata.portcullis.product]\nname = \"Ledger\"\nsupport.until = 2031-12-31\n";
        assert_eq!(told(text, "Cargo.toml"), [ledger(Some(date(2031, 12, 31)))]);
        assert!(told(text, "portcullis.toml").is_empty());
    }

    #[test]
    fn what_is_no_date_states_nothing() {
        assert!(told("until = ", "portcullis.toml").is_empty());
        for text in ["[product]\nname = \"Ledger\"\nsupport.until = \"soon\"\n", "[product]\nname = \"Ledger\"\nsupport = 1 # until\n"] {
            assert_eq!(told(text, "portcullis.toml"), [ledger(None)], "{text}");
        }
    }
}
