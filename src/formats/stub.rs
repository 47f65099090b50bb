//! Whether a document, or a section of one, only holds the place of one.

use std::ops::Range;

use super::prose::{Format, Heading, Prose, Run, RunKind};
use crate::model::attestation::{is_placeholder, is_stub, repeats};

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
            if run.kind == RunKind::Heading || self.parts(&gap) {
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

    /// Whether what stands between two runs parts them.
    fn parts(&self, gap: &Range<usize>) -> bool {
        let between = self.slice(gap);
        match self.format {
            Format::Markdown | Format::Mdx => between.contains(['\n', '|']),
            _ => between.bytes().filter(|byte| *byte == b'\n').count() > 1,
        }
    }

    fn is_stub(&self, block: &Block) -> bool {
        let text = block.words.join(" ");
        let heading = self.heading_above(block.start).map_or("", |heading| heading.text.as_str());
        block.words.is_empty()
            || block.words.len() <= PLACEHOLDER_WORDS && (is_stub(&text, heading) || !block.linked && repeats(&text, heading))
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
}
