//! Comments and values of the files that are written: text from the repository stays data in them.

use toml::Value;

use crate::attest::shown;
use crate::text::{visible, wrap};

/// Columns of a comment's lines.
const COLUMNS: usize = 118;

/// A comment of one paragraph, in lines that begin with `# `.
pub(super) fn comment(text: &str) -> String {
    wrap(&visible(&text.split_whitespace().collect::<Vec<_>>().join(" ")), COLUMNS, "# ", "# ")
}

/// The same with lines after the first set in.
pub(super) fn item(text: &str) -> String {
    wrap(&visible(&text.split_whitespace().collect::<Vec<_>>().join(" ")), COLUMNS, "#   ", "#     ")
}

/// A text as a TOML value on one line.
pub(super) fn text(value: &str) -> String {
    shown(&Value::String(value.to_owned()))
}

/// Names as a TOML array on one line.
pub(super) fn names<'n>(values: impl IntoIterator<Item = &'n str>) -> String {
    shown(&Value::Array(values.into_iter().map(|value| Value::String(value.to_owned())).collect()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_in_a_comment_it_stays_one(words in "\\PC{0,300}|[\\x00-\\x7f\u{202e}\u{2028}]{0,300}") {
            for written in [comment(&words), item(&words)] {
                prop_assert!(written.lines().all(|line| line.starts_with('#')), "{written:?}");
                prop_assert!(written.parse::<toml::Table>().unwrap().is_empty(), "{written:?}");
            }
        }

        #[test]
        fn a_value_is_read_back_as_it_was(value in any::<String>()) {
            let table: toml::Table = format!("a = {}\n", text(&value)).parse().unwrap();
            prop_assert_eq!(table.get("a").and_then(Value::as_str), Some(value.as_str()));
        }
    }
}
