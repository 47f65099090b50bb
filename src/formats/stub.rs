//! Whether a document, or a section of one, only holds the place of one.

use std::ops::Range;

use super::draft::has_words;
use super::prose::{Format, Heading, Prose, Run, RunKind};
use crate::model::attestation::{is_placeholder, is_stub, is_unwritten, repeats};

/// Most words that a text which only holds the place of one has.
const PLACEHOLDER_WORDS: usize = 40;

/// A paragraph, an item, a cell or a line: what stands together.
#[derive(Default)]
struct Block {
    words: Vec<String>,
    start: usize,
    /// Holds a link or a picture, which leads to more than its words.
    linked: bool,
}

/// The words of a text, as far as they are needed.
fn take_words(words: &mut Vec<String>, prose: &Prose<'_>, run: &Run) {
    if run.kind == RunKind::Code {
        words.push("code".to_owned());
    } else {
        let room = PLACEHOLDER_WORDS + 1 - words.len().min(PLACEHOLDER_WORDS);
        words.extend(prose.source(run).split_whitespace().take(room).map(without_markers));
    }
}

/// The word without what makes a marker; a text that is more than its markers is not a placeholder as a whole.
fn without_markers(word: &str) -> String {
    if word.eq_ignore_ascii_case("lorem") { "filler".to_owned() } else { word.replace(['{', '<'], " ") }
}

/// Most words of a label before what it is filled with.
const LABEL_WORDS: usize = 4;

/// `Owner: TBC`: a label, and that what belongs there is still to be written. `None` and the like are answers.
fn is_open_label(text: &str) -> bool {
    let labelled = text.trim_start_matches(':').split_once(':').filter(|(label, _)| label.split_whitespace().count() <= LABEL_WORDS);
    labelled.is_some_and(|(label, value)| has_words(label) && has_words(value) && is_unwritten(value, ""))
}

/// Whether a line of AsciiDoc, reStructuredText or plain text begins an item, a field or a cell.
fn begins_item(line: &str) -> bool {
    let line = line.trim_start();
    let word = line.split_whitespace().next().unwrap_or_default();
    let marked = !word.is_empty() && word.chars().all(|c| matches!(c, '-' | '*' | '.' | '+' | '\u{2022}'));
    let number = word.trim_end_matches(['.', ')']);
    let numbered = number.len() < word.len() && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '#');
    let field = line.strip_prefix(':').and_then(|rest| rest.split_once(": ")).is_some_and(|(name, _)| !name.is_empty());
    marked || numbered || field || line.starts_with('|') || line.contains(":: ")
}

impl Prose<'_> {
    /// Whether the text in these runs only holds the place of one: as a whole, or in each of its paragraphs. Markers in it are not
    /// looked for here ([`super::template`] does), and code is never a placeholder.
    pub fn holds_a_place(&self, runs: &[Run]) -> bool {
        let mut words = Vec::new();
        for run in runs.iter().filter(|run| run.is_body()) {
            take_words(&mut words, self, run);
            if words.len() > PLACEHOLDER_WORDS {
                break;
            }
        }
        words.len() <= PLACEHOLDER_WORDS && is_placeholder(&words.join(" ")) || self.is_made_of_stubs(runs)
    }

    fn is_made_of_stubs(&self, runs: &[Run]) -> bool {
        let mut block = Block::default();
        let mut end = None;
        for run in runs {
            let gap = end.map_or(0..0, |end| end..run.range.start);
            end = Some(run.range.end);
            if run.kind == RunKind::Heading || self.parts(&gap, run) {
                if !self.is_stub(&block) {
                    return false;
                }
                block = Block::default();
            }
            if run.words && run.is_body() {
                if block.words.is_empty() {
                    block.start = run.range.start;
                }
                block.linked |= self.slice(&gap).contains('[');
                if block.words.len() <= PLACEHOLDER_WORDS {
                    take_words(&mut block.words, self, run);
                }
            }
        }
        self.is_stub(&block)
    }

    /// Whether what stands between two runs, or how the later one begins, parts them.
    fn parts(&self, gap: &Range<usize>, later: &Run) -> bool {
        let between = self.slice(gap);
        match self.format {
            Format::Markdown | Format::Mdx => between.contains(['\n', '|']),
            _ => match between.bytes().filter(|byte| *byte == b'\n').count() {
                0 => false,
                1 => later.kind == RunKind::Text && begins_item(self.source(later)),
                _ => true,
            },
        }
    }

    fn is_stub(&self, block: &Block) -> bool {
        let text = block.words.join(" ");
        let heading = self.heading_above(block.start).map_or("", |heading| heading.text.as_str());
        block.words.is_empty()
            || block.words.len() <= PLACEHOLDER_WORDS
                && (is_stub(&text, heading) || is_open_label(&text) || !block.linked && repeats(&text, heading))
    }

    fn heading_above(&self, at: usize) -> Option<&Heading> {
        let above = self.headings.partition_point(|heading| heading.range.start < at);
        self.headings.get(above.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::prose::read;
    use crate::repo_path::RepoPath;

    fn path(name: &str) -> RepoPath {
        name.parse().unwrap()
    }

    #[test]
    fn placeholders_are_told_from_text_by_the_whole_of_it() {
        for (text, held) in [
            ("TODO", true),
            ("**TBC** pending the board's approval", true),
            ("- N/A", true),
            ("None.", true),
            ("Reviewed each quarter.", false),
            ("    {{ shown }}", false),
            ("`TODO` comments are tracked.", false),
        ] {
            let read = read(&path("a.md"), text);
            assert_eq!(read.holds_a_place(read.runs()), held, "{text}");
        }
        let long = format!("Todo {}", "lists are kept ".repeat(20));
        let read = read(&path("a.md"), &long);
        assert!(!read.holds_a_place(read.runs()));
    }

    #[test]
    fn a_document_of_stubs_is_one() {
        for name in ["a.md", "a.adoc", "a.mdx"] {
            for (text, held) in [
                ("= A\n\nThis document is a draft.\n\n== Intake\n\nComing soon.\n\n== Review\n\nTODO: describe the cadence\n", true),
                ("= A\n\nThis document is a draft.\n\n== Intake\n\nComing soon.\n\n== Review\n\nEach March.\n", false),
                ("= A\n\n== Intake\n\nIntake\n\n== Review\n\nThe review.\n", true),
                ("= A\n\n== Intake\n\nThe intake will be described here.\n", true),
                ("= A\n\n* To be written\n* To be written\n", true),
                ("= A\n\n* To be written\n* Each March\n", false),
            ] {
                let text = if name == "a.adoc" { text.to_owned() } else { text.replace('=', "#") };
                let read = read(&path(name), &text);
                assert_eq!(read.holds_a_place(read.runs()), held, "{name}: {text}");
            }
        }
        let many = "## A\n\nTODO: describe who does this and when\n\n".repeat(40);
        let read_many = read(&path("a.md"), &many);
        assert!(read_many.holds_a_place(read_many.runs()));
    }

    #[test]
    fn cells_links_and_lines_are_judged_by_themselves() {
        for (text, held) in [
            ("# A\n\n| Role | Who |\n|---|---|\n| Owner | TBC |\n| Deputy | to be decided |\n", true),
            ("# A\n\n| Role | Who |\n|---|---|\n| Owner | TBC |\n| Deputy | Ann |\n", false),
            ("# A\n\n| Exception | Until |\n|---|---|\n| Legacy log-in | none |\n", false),
            ("# Intake\n\n[Intake](intake.md)\n", false),
            ("# Intake\n\n![Intake](intake.png)\n", false),
            ("# Intake\n\n<p>Coming\nsoon</p>\n<p>Coming soon</p>\n", true),
            ("# Intake\n\n~~We read each report.~~ To be written.\n", true),
        ] {
            let read = read(&path("a.md"), text);
            assert_eq!(read.holds_a_place(read.runs()), held, "{text}");
        }
    }
    #[test]
    fn stubs_of_other_formats_are_told_by_item_field_and_row() {
        for (name, text, held) in [
            ("a.rst", "About\n=====\n\nComing soon.\n\nReview\n------\n\nTODO: describe the cadence\n", true),
            ("a.rst", "About\n=====\n\n#. TODO\n#. TODO\n", true),
            ("a.rst", "About\n=====\n\n.. note::\n\n   To be written.\n", true),
            ("a.rst", "About\n=====\n\n:Owner: TBC\n:Date: TBD\n", true),
            ("a.rst", "About\n=====\n\n:Owner: TBC\n:Deputy: Ann\n", false),
            ("a.adoc", "= A\n\n. To be written\n. TBD\n", true),
            ("a.adoc", "= A\n\n[cols=\"1,1\"]\n|===\n| Role | Who\n\n| Owner | TBC\n| Deputy | -\n|===\n", true),
            ("a.adoc", "= A\n\n[cols=\"1,1\"]\n|===\n| Role | Who\n\n| Owner | TBC\n| Deputy | Ann\n|===\n", false),
            ("a.adoc", "= A\n\nOwner:: TBC\nReview:: TBD\n", true),
            ("a.adoc", "= A\n\nOwner:: TBC\nReview:: Each March\n", false),
            ("a.md", "# A\n\n**Owner:** TBC\n\n**Review:** TBD\n", true),
            ("a.md", "# A\n\n**Exceptions:** none\n", false),
            ("a.md", "# A\n\nWe keep two lists of what is open in this repository: TODO and FIXME.\n", false),
        ] {
            let read = read(&path(name), text);
            let held_here = read.holds_a_place(read.runs()) || !crate::formats::prose::Prose::says_something(read.runs());
            assert_eq!(held_here, held, "{name}: {text}");
        }
    }
}
