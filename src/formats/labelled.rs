//! A form: fields with labels, as people write them. Markdown and plain text (headings, `Label: value`, rows of a table
//! of two columns), and tables of TOML, YAML and JSON.

use std::ops::Range;

use super::struck;
use super::tree::{self, BadDocument, Node, Syntax};

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its label: lower case, words apart by one blank, without markup and numbering. In a tree, the keys from the top.
    pub label: String,
    /// What stands in it, without the markup around it; empty where it was left blank.
    pub text: String,
    /// The label of the heading that it stands under; empty where there is none.
    pub under: String,
    /// Byte range of the label's line, or of the value in a tree.
    pub at: Range<usize>,
}

/// A form, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// In the file's order.
    pub fields: Vec<Field>,
    /// All that a reader sees and that is not struck out, as one lower-case line with single blanks.
    pub words: String,
    /// The same by what stands together: a paragraph, an item, a heading, a labelled line, a value of a tree with its keys.
    pub blocks: Vec<String>,
}

/// Longest label, in characters.
const LABEL_CHARS: usize = 80;

/// Reads a form; a text is one whatever is in it.
///
/// # Errors
/// A TOML, YAML or JSON file that is not of its format.
pub fn read(file_name: &str, text: &str) -> Result<Form, BadDocument> {
    let (fields, blocks) = match Syntax::of(file_name) {
        Some(syntax) => {
            let mut fields = Vec::new();
            flatten(&tree::read(syntax, text)?, "", &mut fields);
            let blocks = fields.iter().map(|field| folded(&format!("{} {}", field.label, field.text))).collect();
            (fields, blocks)
        }
        None => {
            let shown = without_comments(text);
            let shown = struck::blanked(&shown);
            (of_text(&shown), blocks(&shown))
        }
    };
    let blocks: Vec<String> = blocks.into_iter().filter(|block| !block.is_empty()).collect();
    Ok(Form { fields, words: blocks.join(" "), blocks })
}

/// A text as a reader sees it, as one lower-case line with single blanks.
fn folded(text: &str) -> String {
    let plain = text.replace(['*', '_', '|', '#', '>', '`'], " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What stands together in a text.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut own = String::new();
    for line in text.lines().map(str::trim) {
        let alone = title(line).is_some() || line.starts_with('|') || !pieces(line).is_empty();
        let item = line.starts_with(['-', '*', '+', '>']) && !line.starts_with("**");
        if line.is_empty() || alone || item {
            blocks.push(folded(&own));
            own.clear();
        }
        own.push_str(line);
        own.push('\n');
        if title(line).is_some() || line.starts_with('|') {
            blocks.push(folded(&own));
            own.clear();
        }
    }
    blocks.push(folded(&own));
    blocks
}

/// A label as labels are compared.
fn label(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_alphanumeric() || c == '\'' { c } else { ' ' }).collect();
    let words: Vec<String> = plain.split_whitespace().map(str::to_lowercase).collect();
    let numbering = words.iter().take_while(|word| word.chars().all(|c| c.is_ascii_digit()) || word.len() == 1).count();
    let numbering = if numbering < words.len() { numbering } else { 0 };
    words.into_iter().skip(numbering).collect::<Vec<_>>().join(" ")
}

/// Depth is bounded by the tree's own.
fn flatten(node: &Node<'_>, path: &str, fields: &mut Vec<Field>) {
    if let Some(text) = node.scalar() {
        fields.push(Field { label: label(path), text: text.trim().to_owned(), under: String::new(), at: node.range() });
    }
    for item in node.items() {
        flatten(item, path, fields);
    }
    for entry in node.entries() {
        let path: String = format!("{path} {}", entry.key).chars().take(LABEL_CHARS * 4).collect();
        flatten(&entry.node, &path, fields);
    }
}

/// The text with every character of an HTML comment turned into a blank, so that places stay.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("<!--") {
        let (inside, after) = comment.split_once("-->").unwrap_or((comment, ""));
        out.push_str(before);
        let blank = rest.len() - before.len() - after.len();
        let hidden = rest.get(before.len()..before.len() + blank).unwrap_or(inside);
        hidden.bytes().for_each(|byte| out.push(if byte == b'\n' { '\n' } else { ' ' }));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A field that waits for its text: the lines below it, until something with a label of its own.
struct Open {
    index: usize,
    heading: bool,
}

fn of_text(text: &str) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut heading = String::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let at = start..start + whole.trim_end().len();
        start += whole.len();
        let line = whole.trim();
        let rule = line.len() > 2 && line.chars().all(|c| matches!(c, '-' | '=' | '|' | ':' | ' ' | '+'));
        if rule {
            continue;
        }
        if line.is_empty() {
            open.retain(|waiting| waiting.heading || fields.get(waiting.index).is_some_and(|field| field.text.is_empty()));
            continue;
        }
        if let Some(title) = title(line) {
            open = vec![Open { index: fields.len(), heading: true }];
            heading = label(title);
            fields.push(Field { label: heading.clone(), text: String::new(), under: String::new(), at });
            continue;
        }
        let pieces = pieces(line);
        if !pieces.is_empty() {
            open.retain(|waiting| waiting.heading);
        }
        let plain = plain(line);
        for waiting in &open {
            if let Some(field) = fields.get_mut(waiting.index) {
                if !field.text.is_empty() {
                    field.text.push('\n');
                }
                field.text.push_str(&plain);
            }
        }
        let last = pieces.len().saturating_sub(1);
        for (nth, (name, value)) in pieces.into_iter().enumerate() {
            // Of several on a line only the last goes on below it, so that a line is taken over by two fields at most.
            if value.is_empty() && nth == last {
                open.push(Open { index: fields.len(), heading: false });
            }
            fields.push(Field { label: label(&name), text: value, under: heading.clone(), at: at.clone() });
        }
    }
    fields
}

/// The text of a heading, or of a line that is bold as a whole.
fn title(line: &str) -> Option<&str> {
    let marks = line.chars().take_while(|c| *c == '#' || *c == '=').count();
    if (1..=6).contains(&marks) && line.get(marks..).is_some_and(|rest| rest.starts_with(' ')) {
        return line.get(marks..).map(str::trim);
    }
    let bold = line.strip_prefix("**").and_then(|rest| rest.strip_suffix("**"));
    bold.filter(|inner| !inner.contains("**") && !inner.trim_end_matches(':').contains(':') && inner.chars().count() <= LABEL_CHARS)
}

/// The line without what only makes its look.
fn plain(line: &str) -> String {
    let bullet = line.trim_start_matches(['>', '-', '+', '*', ' ']);
    bullet.replace("**", "").replace("__", "").replace('|', " ").trim_matches(['*', '_', ' ', '`']).to_owned()
}

/// The labels of a line with what stands behind each: `Name: A. Example. Function: Director`, `| Name | A. Example |`.
fn pieces(line: &str) -> Vec<(String, String)> {
    if let Some(row) = line.strip_prefix('|') {
        let cells: Vec<String> = row.trim_end_matches('|').split('|').map(plain).collect();
        return match cells.split_first() {
            Some((name, values)) if !name.is_empty() && !values.is_empty() => vec![(name.clone(), values.join(" ").trim().to_owned())],
            _ => Vec::new(),
        };
    }
    let bare = line.replace("**", "").replace("__", "");
    let bare = bare.trim_start_matches(['>', '-', '+', '*', ' ']);
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = bare;
    while let Some((before, after)) = rest.split_once(':') {
        // A label begins the line or follows the end of a sentence; `https://` and `12:30` have none.
        let (value, name) = match found.is_empty() {
            true => ("", before),
            false => [". ", "; ", ", "]
                .iter()
                .filter_map(|end| before.rsplit_once(end))
                .max_by_key(|(value, _)| value.len())
                .unwrap_or((before, "")),
        };
        let is_label = !name.trim().is_empty()
            && name.chars().count() <= LABEL_CHARS
            && name.split_whitespace().count() <= 10
            && (after.is_empty() || after.starts_with([' ', '*', '_', '\t']))
            && name.trim_start().chars().next().is_some_and(char::is_alphanumeric);
        match (is_label, found.last_mut()) {
            (true, last) => {
                if let Some((_, text)) = last {
                    text.push_str(value);
                }
                found.push((name.trim().to_owned(), String::new()));
            }
            (false, Some((_, text))) => {
                text.push_str(before);
                text.push(':');
            }
            (false, None) => return Vec::new(),
        }
        rest = after;
    }
    if let Some((_, text)) = found.last_mut() {
        text.push_str(rest);
    }
    found.into_iter().map(|(name, text)| (name, text.trim_matches(['*', '_', ' ', '`', '\t']).trim().to_owned())).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(name: &str, text: &str) -> Vec<(String, String)> {
        read(name, text).unwrap().fields.into_iter().map(|field| (field.label, field.text)).collect()
    }

    fn pair(label: &str, text: &str) -> (String, String) {
        (label.to_owned(), text.to_owned())
    }

    #[test]
    fn labels_are_found_in_every_way_of_writing() {
        for text in [
            "Place of issue: Leeds\n",
            "- **Place of issue:** Leeds\n",
            "**Place of issue**: Leeds\n",
            "## 3. Place of issue\n\nLeeds\n",
            "| Place of issue | Leeds |\n",
            "Place of issue:\nLeeds\n",
            "**Place of issue**\n\nLeeds\n",
            "<!-- Place of issue: York -->\nPlace of issue: *Leeds*\n",
        ] {
            assert_eq!(pairs("a.md", text), [pair("place of issue", "Leeds")], "{text}");
        }
        assert_eq!(pairs("a.toml", "[issued]\nplace = 'Leeds'\n"), [pair("issued place", "Leeds")]);
    }

    #[test]
    fn a_line_may_hold_several_labels_and_addresses_are_none() {
        assert_eq!(
            pairs("a.txt", "Name: A. Example. Function: Managing Director, Ember Ltd.\nsee https://ember.example/a: b\n"),
            [pair("name", "A. Example"), pair("function", "Managing Director, Ember Ltd.")]
        );
    }

    #[test]
    fn a_label_with_nothing_behind_it_is_blank() {
        assert_eq!(pairs("a.md", "Name:\n\nFunction:\n"), [pair("name", ""), pair("function", "")]);
    }

    #[test]
    fn what_stands_together_is_a_block() {
        let form = read("a.md", "# Title\n\nIt is\n**not** so.\n- one\n- two\nName: Ann\n| a | b |\n").unwrap();
        assert_eq!(form.blocks, ["title", "it is not so.", "- one", "- two", "name: ann", "a b"]);
        assert_eq!(form.words, form.blocks.join(" "));
    }

    #[test]
    fn sixty_thousand_lines_are_read_in_time_that_grows_with_them() {
        let begun = std::time::Instant::now();
        let lines = "hello world\n".repeat(60_000);
        let labels = format!("{}\n{}", (0..40_000).map(|at| format!("a{at}: , ")).collect::<String>(), "x\n".repeat(40_000));
        for text in [format!("# Statement\n\n{lines}"), "Signed: a\nName: b\n".repeat(40_000), labels, "Signed:\n".repeat(60_000)] {
            let form = read("a.md", &text).unwrap();
            assert!(form.fields.iter().map(|field| field.text.len()).sum::<usize>() <= text.len());
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_places_hold(text in "[a-zA:.|#*<>!\n é-]{0,80}") {
            for field in read("a.md", &text).unwrap().fields {
                prop_assert!(text.get(field.at).is_some());
            }
        }
    }
}
