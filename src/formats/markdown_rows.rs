//! The rows of the tables in a Markdown document (GitHub Flavored Markdown, section 4.10), as records.

use super::markdown_table;
use super::records::{Cell, Counted, Record, column};
use super::tree::BadDocument;

/// Every row of every table, in order.
///
/// # Errors
/// More rows or cells than a table may have.
pub fn rows(text: &str) -> Result<Vec<Record>, BadDocument> {
    let mut records = Vec::new();
    let mut counted = Counted::default();
    for table in markdown_table::read(text).0 {
        let columns: Vec<String> = table.head.iter().map(|name| column(name)).collect();
        for (cells, range) in table.rows {
            let written = text.get(range.clone()).unwrap_or_default().trim_end().len();
            let at = range.start..range.start + written;
            counted.row(columns.len(), &at)?;
            let cells = columns.iter().zip(cells);
            let cells = cells.map(|(column, text)| Cell { column: column.clone(), text: text.trim().to_owned(), at: at.clone() });
            records.push(Record { cells: cells.collect(), at });
        }
    }
    Ok(records)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_of_every_table_are_read() {
        let text = "# A\n\n| Reference | Support |\n|---|:-:|\n| **Provision 5.1-1** | Y |\n| 5.1-2 | a \\| b |\n\ntext\n\n| Reference |\n|---|\n| 6-1 |\n";
        let found = rows(text).unwrap();
        let cells: Vec<_> = found.iter().map(|row| row.cell("reference").unwrap().text.as_str()).collect();
        assert_eq!(cells, ["Provision 5.1-1", "5.1-2", "6-1"]);
        assert_eq!(found.get(1).unwrap().cell("support").unwrap().text, "a | b");
        assert_eq!(text.get(found.get(1).unwrap().at.clone()), Some("| 5.1-2 | a \\| b |"));
    }

    #[test]
    fn what_is_struck_out_stands_in_no_row() {
        let text = "| Reference | Support |\n|---|---|\n| 5.1-1 | ~~Y~~ N |\n| ~~5.1-2~~ | ~~Y~~ |\n| 5.1-3 | ~~Y~~ |\n";
        let found = rows(text).unwrap();
        let cells: Vec<_> =
            found.iter().map(|row| (row.cell("reference").unwrap().text.as_str(), row.cell("support").unwrap().text.as_str())).collect();
        assert_eq!(cells, [("5.1-1", "N"), ("5.1-3", "")]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a|: \\-\n\\\\é]{0,80}") {
            for row in rows(&text).unwrap() {
                prop_assert!(text.get(row.at).is_some());
            }
        }
    }
}
