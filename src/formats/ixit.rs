//! Implementation extra information for testing (IXIT): what a maker tells a test laboratory, item by item, as ETSI TS 103 701 numbers and names
//! the items (`1-AuthMech`). The standard gives forms on paper; here an item is a list of tables in TOML, YAML or JSON, or rows of a CSV.

use std::collections::HashMap;
use std::ops::Range;

use super::records::{self, column};
use super::tree::{self, BadDocument, Node, Syntax};

/// An item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number and name.
    pub name: String,
    /// Why it does not apply, where that is said, and where.
    pub not_applicable: Option<(String, Range<usize>)>,
    /// Its entries, in order.
    pub entries: Vec<Entry>,
    /// Where it stands first.
    pub at: Range<usize>,
}

/// An entry of an item: one authentication mechanism, one interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id; empty where it has none.
    pub id: String,
    /// What it says, by name as columns are compared.
    pub fields: Vec<Field>,
    /// Where it stands.
    pub at: Range<usize>,
}

/// One thing that an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name, in lower case with `-` for blanks and `_`.
    pub name: String,
    /// What it says; a list's items joined by commas.
    pub text: String,
    /// Where it stands.
    pub at: Range<usize>,
}

/// The field that says why an item does not apply.
pub const NOT_APPLICABLE: &str = "not-applicable";

/// Reads a file whose format its name tells; none where it tells none that is read.
pub fn read(file_name: &str, text: &str) -> Option<Result<Vec<Item>, BadDocument>> {
    if file_name.to_ascii_lowercase().ends_with(".csv") {
        return records::read(file_name, text).map(|read| read.and_then(|rows| from_rows(&rows)));
    }
    let syntax = Syntax::of(file_name)?;
    Some(tree::read(syntax, text).map(|root| from_tree(&root)))
}

/// `IXIT 1-AuthMech` and `1-AuthMech` are the same.
fn item_name(text: &str) -> String {
    let text = text.trim();
    let bare = text.get(..4).filter(|word| word.eq_ignore_ascii_case("ixit")).and_then(|_| text.get(4..)).unwrap_or(text);
    bare.trim_start_matches([' ', '/', '_', '-']).to_owned()
}

/// Every list of tables, and every table, at the top or under `ixit`, is an item.
fn from_tree(root: &Node<'_>) -> Vec<Item> {
    let below = root.entries().iter().filter(|entry| column(&entry.key) == "ixit").flat_map(|entry| entry.node.entries());
    let top = root.entries().iter().filter(|entry| column(&entry.key) != "ixit");
    let items = top.chain(below).filter(|entry| entry.node.is_table() || entry.node.items().iter().any(Node::is_table));
    items.map(|entry| item(&entry.key, &entry.node, entry.key_range())).collect()
}

fn item(name: &str, node: &Node<'_>, at: Range<usize>) -> Item {
    let mut item = Item { name: item_name(name), not_applicable: None, entries: Vec::new(), at };
    for table in node.one_or_more() {
        let mut entry =
            Entry { id: String::new(), fields: Vec::new(), at: table.entries().first().map_or(item.at.clone(), |first| first.key_range()) };
        let mut excluded = false;
        for one in table.entries() {
            let field = Field { name: column(&one.key), text: said(&one.node), at: one.node.range() };
            match field.name.as_str() {
                "id" => entry.id = field.text,
                NOT_APPLICABLE => {
                    item.not_applicable = Some((field.text, field.at));
                    excluded = true;
                }
                _ => entry.fields.push(field),
            }
        }
        if !excluded || !entry.id.is_empty() || !entry.fields.is_empty() {
            item.entries.push(entry);
        }
    }
    item
}

/// All that a value says; what is nested is joined.
fn said(node: &Node<'_>) -> String {
    if let Some(text) = node.scalar() {
        return text.trim().to_owned();
    }
    let parts = node.items().iter().map(said).chain(node.entries().iter().map(|entry| said(&entry.node)));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A row for each thing that an entry says, in the columns `ixit`, `id`, `field` and `value`.
fn from_rows(rows: &[records::Record]) -> Result<Vec<Item>, BadDocument> {
    let mut items: Vec<Item> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut entries: HashMap<(usize, String), usize> = HashMap::new();
    for row in rows {
        let cell = |name: &str| {
            let lacks =
                || BadDocument::new(format!("it has no column `{name}`: a row has ixit, id, field and value"), Some(row.at.clone()));
            row.cell(name).map(|cell| cell.text.clone()).ok_or_else(lacks)
        };
        let (name, id, field, text) = (item_name(&cell("ixit")?), cell("id")?, column(&cell("field")?), cell("value")?);
        let at = *places.entry(name.clone()).or_insert(items.len());
        if at == items.len() {
            items.push(Item { name, not_applicable: None, entries: Vec::new(), at: row.at.clone() });
        }
        let Some(item) = items.get_mut(at) else { continue };
        if field == NOT_APPLICABLE {
            item.not_applicable = Some((text, row.at.clone()));
            continue;
        }
        let field = Field { name: field, text, at: row.at.clone() };
        let own = *entries.entry((at, id.clone())).or_insert(item.entries.len());
        match item.entries.get_mut(own) {
            Some(entry) => entry.fields.push(field),
            None => item.entries.push(Entry { id, fields: vec![field], at: row.at.clone() }),
        }
    }
    Ok(items)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Shown = Vec<(String, Option<String>, Vec<(String, Vec<(String, String)>)>)>;

    fn shown(name: &str, text: &str) -> Shown {
        let fields = |entry: Entry| entry.fields.into_iter().map(|field| (field.name, field.text)).collect();
        let entries = |item: Vec<Entry>| item.into_iter().map(|entry| (entry.id.clone(), fields(entry))).collect();
        read(name, text)
            .unwrap()
            .unwrap()
            .into_iter()
            .map(|item| (item.name, item.not_applicable.map(|(why, _)| why), entries(item.entries)))
            .collect()
    }

    #[test]
    fn every_format_gives_the_same_items() {
        let toml = "title = \"Hearth\"\n[[1-AuthMech]]\nid = \"AuthMech-1\"\ndescription = \"PIN\"\n[22-ExtSens]\nnot-applicable = \"It has none.\"\n";
        let yaml = "ixit:\n  IXIT 1-AuthMech:\n    - {ID: AuthMech-1, Description: PIN}\n  22-ExtSens: {not_applicable: It has none.}\n";
        let csv = "ixit,id,field,value\n1-AuthMech,AuthMech-1,Description,PIN\n22-ExtSens,,not applicable,It has none.\n";
        let found = shown("a.toml", toml);
        assert_eq!(found.len(), 2);
        assert_eq!(shown("a.yaml", yaml), found);
        assert_eq!(shown("a.csv", csv), found);
    }

    #[test]
    fn a_row_without_its_columns_is_told() {
        assert!(read("a.csv", "ixit,id\n1-AuthMech,x\n").unwrap().unwrap_err().message.contains("no column `field`"));
        assert!(read("a.md", "").is_none());
    }

    #[test]
    fn as_many_items_and_entries_as_a_table_has_rows_are_read() {
        let rows: String = (0..50_000).map(|at| format!("1-A{at},1,f,v\n1-Many,{at},f,v\n")).collect();
        let items = read("i.csv", &format!("ixit,id,field,value\n{rows}")).unwrap().unwrap();
        assert_eq!(items.len(), 50_001);
        assert_eq!(items.iter().map(|item| item.entries.len()).max(), Some(50_000));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            let _ = (read("a.csv", &text), read("a.toml", &text), read("a.yaml", &text));
        }
    }
}
