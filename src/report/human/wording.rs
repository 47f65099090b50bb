//! Text broken into lines that are fit for a terminal and for the log of a CI runner.
//!
//! Invariant: [`wrap`] starts no continuation line with `::`; runners take a line that starts so for a command.

pub(super) use crate::report::words::{clean, count, ids, levels, list};

/// The text broken into lines of at most `width` characters; a word that is longer stands alone and whole.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    wrap_after(text, 0, width)
}

/// The same, where `taken` columns of the first line are taken.
fn wrap_after(text: &str, taken: usize, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let mut length = taken;
    for word in text.split_whitespace() {
        let own = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.is_empty() && (length + own <= width || taken == 0) => {
                line.push_str(word);
                length += own;
            }
            Some(line) if length + 1 + own <= width || word.starts_with("::") => {
                line.push(' ');
                line.push_str(word);
                length += 1 + own;
            }
            _ => {
                lines.push(word.to_owned());
                length = own;
            }
        }
    }
    lines
}

/// The text wrapped, its lines after the first led by `indent` blanks.
pub(super) fn hanging(text: &str, indent: usize, width: usize) -> String {
    let between = format!("\n{}", " ".repeat(indent));
    wrap(text, width.saturating_sub(indent).max(20)).join(&between)
}

/// The text wrapped where `taken` columns stand before it, its lines after the first led by `indent` blanks.
pub(super) fn hanging_after(text: &str, taken: usize, indent: usize, width: usize) -> String {
    let between = format!("\n{}", " ".repeat(indent));
    wrap_after(text, taken.saturating_sub(indent), width.saturating_sub(indent).max(20)).join(&between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_wrapped_line_starts_as_a_workflow_command() {
        let lines = wrap("one two ::error file=x::three ::stop-commands::y", 8);
        assert_eq!(lines, ["one two ::error", "file=x::three ::stop-commands::y"]);
    }

    #[test]
    fn wrapped_lines_keep_to_the_width() {
        assert_eq!(wrap("aa bb ccc", 5), ["aa bb", "ccc"]);
        assert_eq!(wrap("aaaaaaaa b", 5), ["aaaaaaaa", "b"]);
        assert_eq!(hanging("alpha beta gamma delta epsilon", 2, 24), "alpha beta gamma delta\n  epsilon");
    }
}
