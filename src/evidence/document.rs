//! `document`: a prose document that stands, says something under the headings it is cited for, and is current.
//!
//! What a document says cannot be judged from here; that it says something, that it was filled in and that somebody has
//! looked at it lately can. A document is as old as the review of the attestation that cites it, or as the date in its
//! own front matter where that is older.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::front_matter::Field;
use crate::formats::heading_name::{self, Index};
use crate::formats::prose::{Format, Heading, Prose};
use crate::input::reader::{nearest, quoted};
use crate::input::view::OpenFile;
use crate::limits;
use crate::model::outcome::Assurance;

/// Front matter that says when a document was reviewed, and what is read where none does.
const REVIEWED: &[&str] = &["reviewed", "last-reviewed", "last_reviewed", "last_reviewed_on"];
const DATED: &[&str] = &["date"];
/// Front matter that says when a document was last changed; `date` beside it is the day on which it was written.
const CHANGED: &[&str] = &["lastmod", "last_modified", "last-modified", "last_modified_at", "last_updated", "last-updated", "updated"];
/// Most headings that are searched for the nearest name.
const SEARCHED: usize = 500;
/// Most names that a sentence lists.
const LISTED: usize = 5;

/// See the module's documentation.
pub(super) struct Document;

impl Verifier for Document {
    fn kind(&self) -> &'static str {
        "document"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is UTF-8 text: Markdown (`.md`, `.markdown`, `.mdx`), AsciiDoc (`.adoc`, `.asciidoc`), reStructuredText (`.rst`), or plain text, which has no headings.",
            "It says something beside headings: prose, lists, tables with filled rows and code count; HTML comments, hidden elements, struck-out text, link definitions and front matter do not.",
            "It is not a placeholder as a whole (`TODO`, `TBC`, `N/A`, \"This section is a work in progress\", its heading again), its front matter does not call it a draft, superseded, withdrawn, proposed or the like, and no marker of a template is left unresolved outside code: `{{ … }}`, `<% … %>`, slots such as `[INSERT …]`, `<Company Name>` or a bare `INSERT DATE`, lorem ipsum.",
            "Each of the `sections` is a heading in it, whatever its case, quotes, dashes and numbering, with text under it or its sub-headings that is not a placeholder as a whole.",
            "It is at most 366 days old, or `max-age-days` where that is less, and not dated in the future: counted from the attestation's `reviewed` date, or from `reviewed`, `last-reviewed`, `last_reviewed` or `last_reviewed_on` (else the later of `date` and `lastmod`, `last_modified`, `last_updated` or `updated`) in its front matter where that is older.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether what it says is true, sufficient, about this product or followed in practice is not judged: that is the word of the attestation's owner. It therefore never lifts an attestation above evidenced."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"document\"\npath = \"docs/dependencies.md\"\nsections = [\"Intake\", \"Review cadence\"]\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        let Some(file) = &ask.file else {
            return Verified::doubt("no document was read", "name it with `path`");
        };
        if file.bytes.len() > limits::DOCUMENT_BYTES {
            let message = format!("{} is larger than {} bytes, the most that is read of a document", file.path, limits::DOCUMENT_BYTES);
            return Verified::doubt(message, "cite a shorter document: move data and pictures out of it");
        }
        if let Err(doubt) = few_sections(ask, file) {
            return doubt;
        }
        let Some(text) = file.text().filter(|text| !text.contains('\0')) else {
            return Verified::gap(not_text(ask, file));
        };
        let prose = match ask.prose(file, text) {
            Ok(prose) => prose,
            Err(doubt) => return doubt,
        };
        let examination = Examination { ask, path: file.path.as_str(), prose: &prose };
        let mut gaps = examination.content();
        gaps.extend(examination.age());
        Verified::from_gaps(gaps, || Proof::new(Assurance::Evidenced, examination.says()))
    }
}

fn few_sections(ask: &Ask<'_>, file: &OpenFile) -> Result<(), Verified> {
    if ask.evidence.texts("sections").len() > limits::SECTIONS {
        let message = format!("{} is cited for more than {} sections, the most that are looked for", file.path, limits::SECTIONS);
        return Err(Verified::doubt(message, "name only the sections that show what is attested"));
    }
    Ok(())
}

/// What is wrong with a text as a document, for kinds that are one too.
pub(super) fn examined(ask: &Ask<'_>, file: &OpenFile, text: &str) -> Result<Vec<Gap>, Verified> {
    few_sections(ask, file)?;
    let prose = ask.prose(file, text)?;
    let examination = Examination { ask, path: file.path.as_str(), prose: &prose };
    let mut gaps = examination.content();
    gaps.extend(examination.age());
    Ok(gaps)
}

fn not_text(ask: &Ask<'_>, file: &OpenFile) -> Gap {
    let message = format!("{} is not UTF-8 text, so it cannot be read as a document", file.path);
    let remedy = "keep the document as Markdown, AsciiDoc, reStructuredText or plain text, or cite it as kind `file` with a pin";
    placed(Gap::failed("not-text", message, remedy), ask.line(1))
}

fn placed(gap: Gap, at: Option<crate::source::Span>) -> Gap {
    match at {
        Some(span) => gap.at(span),
        None => gap,
    }
}

/// One document under examination.
struct Examination<'e> {
    ask: &'e Ask<'e>,
    path: &'e str,
    prose: &'e Prose<'e>,
}

impl Examination<'_> {
    fn gap_at(&self, range: Range<usize>, fault: &'static str, message: String, remedy: &str) -> Gap {
        placed(Gap::failed(fault, message, remedy), self.ask.range(range))
    }

    /// What is wrong with the text. A document that says nothing at all has no other faults.
    fn content(&self) -> Vec<Gap> {
        let whole = self.prose.runs();
        if !Prose::says_something(whole) {
            return vec![self.hollow()];
        }
        let mut gaps = Vec::new();
        if self.prose.holds_a_place(whole) {
            let message = format!("{} only holds the place of a document", self.path);
            let first = whole.iter().find(|run| Prose::says_something(std::slice::from_ref(run)));
            let range = first.map_or(0..0, |run| self.prose.visible(run));
            return vec![self.gap_at(range, "placeholder", message, "write the document, or stop citing it")];
        }
        gaps.extend(self.draft());
        gaps.extend(self.unresolved());
        gaps.extend(self.sections());
        gaps
    }

    /// A document whose front matter calls it a draft is not what is followed, whatever it says.
    fn draft(&self) -> Option<Gap> {
        let Some(field) = self.prose.front_matter.iter().find(|field| field.says_draft()) else { return self.not_in_force() };
        let value = if field.value.is_empty() { "nothing".to_owned() } else { quoted(&field.value) };
        let message = format!("{} is a draft, as its front matter says: it has {value} for `{}`", self.path, field.key);
        let remedy = "finish the document and take the mark out, or stop citing it";
        Some(self.gap_at(field.range.clone(), "draft", message, remedy))
    }

    fn not_in_force(&self) -> Option<Gap> {
        let field = self.prose.front_matter.iter().find(|field| field.says_not_in_force())?;
        let message =
            format!("{} is not in force, as its front matter says: it has {} for `{}`", self.path, quoted(&field.value), field.key);
        let remedy = "cite the document that is followed now, or correct its status";
        Some(self.gap_at(field.range.clone(), "not-in-force", message, remedy))
    }

    fn hollow(&self) -> Gap {
        let (message, range) = match self.prose.headings.first() {
            Some(heading) => (format!("{} holds headings and nothing under them", self.path), heading.range.clone()),
            None => (format!("{} holds no text", self.path), 0..0),
        };
        self.gap_at(range, "hollow", message, "write what is done under the headings, or stop citing it")
    }

    fn unresolved(&self) -> Option<Gap> {
        let markers = self.prose.unresolved();
        let first = markers.first()?;
        let more = match markers.len() - 1 {
            0 => String::new(),
            1 => " and 1 more marker".to_owned(),
            more => format!(" and {more} more markers"),
        };
        let message =
            format!("{} is a template that was not filled in: it still says {}{more}", self.path, quoted(self.prose.slice(first)));
        let remedy = "replace every marker with what is true here; set markers that are meant to be shown as code";
        Some(self.gap_at(first.clone(), "placeholder", message, remedy))
    }

    fn sections(&self) -> Vec<Gap> {
        let cited = self.ask.evidence.texts("sections");
        if cited.is_empty() {
            return Vec::new();
        }
        let index = self.prose.names();
        let mut seen = BTreeSet::new();
        cited
            .iter()
            .filter(|name| seen.insert(heading_name::folded(&name.value)))
            .filter_map(|name| Some(Gap { cited: Some(name.span), ..self.section(&name.value, index)? }))
            .collect()
    }

    /// The gap of one cited section; of several of its name, one with text is enough.
    fn section(&self, name: &str, index: &Index) -> Option<Gap> {
        let found: Vec<&Heading> = index.named(name).iter().filter_map(|at| self.prose.headings.get(*at)).collect();
        let Some(first) = found.first() else { return Some(self.missing(name)) };
        let spoken: Vec<&&Heading> = found.iter().filter(|heading| Prose::says_something(self.prose.under(heading))).collect();
        let heading = quoted(&first.text);
        let Some(held) = spoken.first() else {
            let message = format!("{} has the section {heading} and no text under it", self.path);
            return Some(self.gap_at(first.range.clone(), "section-empty", message, "write the section, or stop citing it"));
        };
        spoken.iter().all(|heading| self.prose.holds_a_place(self.prose.under(heading))).then(|| {
            let message = format!("the section {heading} of {} only holds the place of one", self.path);
            self.gap_at(held.range.clone(), "section-placeholder", message, "write the section, or stop citing it")
        })
    }

    fn missing(&self, name: &str) -> Gap {
        let headings = &self.prose.headings;
        let shown = quoted(name);
        if headings.is_empty() {
            let why = match self.prose.format {
                Format::Plain => "plain text has no headings",
                _ => "it has no headings",
            };
            let message = format!("{} has no section {shown}: {why}", self.path);
            let remedy = "give the document headings (Markdown, AsciiDoc or reStructuredText), or leave `sections` out";
            return self.gap_at(0..0, "section-missing", message, remedy);
        }
        let names =
            || headings.iter().take(SEARCHED).map(|heading| heading.text.as_str()).filter(|text| text.len() <= limits::QUOTED_CHARS);
        let near = nearest(&name.chars().take(limits::QUOTED_CHARS).collect::<String>(), names())
            .and_then(|near| headings.iter().find(|heading| heading.text == near));
        let (hint, heading) = match near {
            Some(heading) => (format!("the nearest heading is {} on line {}", quoted(&heading.text), heading.line), Some(heading)),
            None => (format!("its headings are {}", listed(headings.iter().map(|heading| quoted(&heading.text)))), headings.first()),
        };
        let message = format!("{} has no section {shown}: {hint}", self.path);
        let range = heading.map_or(0..0, |heading| heading.range.clone());
        self.gap_at(range, "section-missing", message, "correct `sections`, or write the section")
    }

    /// What is wrong with its dates.
    fn age(&self) -> Vec<Gap> {
        let fields = self.dated_fields();
        let what = format!("the front matter of {}", self.path);
        let stale =
            |(date, field): &(Date, &Field)| self.ask.too_old(*date, &what).map(|gap| placed(gap, self.ask.range(field.range.clone())));
        let dates: Vec<(Date, &Field)> = fields.iter().filter_map(|field| Some((calendar_day(&field.value)?, *field))).collect();
        let mut gaps: Vec<Gap> =
            fields.iter().find(|field| calendar_day(&field.value).is_none()).map(|field| self.no_date(field)).into_iter().collect();
        gaps.extend(dates.iter().max_by_key(|(date, _)| *date).filter(|(date, _)| self.ask.today.days_since(*date) < 0).and_then(stale));
        match dates.iter().min_by_key(|(date, _)| *date).filter(|(date, _)| *date < self.ask.reviewed) {
            Some(oldest) => gaps.extend(stale(oldest).filter(|_| self.ask.today.days_since(oldest.0) >= 0)),
            None => gaps.extend(self.ask.review_too_old(&format!("the review of {}", self.path))),
        }
        gaps
    }

    /// The front matter that counts: what says when it was reviewed, else the latest of its dates. A day of change that is
    /// written in another form is passed over.
    fn dated_fields(&self) -> Vec<&Field> {
        let fields = |keys: &[&str]| -> Vec<&Field> {
            let all = self.prose.front_matter.iter();
            all.filter(|field| keys.iter().any(|key| field.key.eq_ignore_ascii_case(key))).collect()
        };
        let reviewed = fields(REVIEWED);
        if !reviewed.is_empty() {
            return reviewed;
        }
        let dated = fields(DATED);
        let day = |field: &&Field| calendar_day(&field.value);
        match fields(CHANGED).into_iter().filter(|field| day(field).is_some()).max_by_key(day) {
            Some(changed) if dated.iter().all(|field| day(field) <= day(&changed)) => vec![changed],
            _ => dated,
        }
    }

    fn no_date(&self, field: &Field) -> Gap {
        let value = if field.value.is_empty() { "nothing".to_owned() } else { quoted(&field.value) };
        let message = format!("the front matter of {} has {value} for `{}`, which is no date", self.path, field.key);
        self.gap_at(field.range.clone(), "date", message, "write the day as year, month and day: 2026-10-01")
    }

    fn says(&self) -> String {
        let cited = self.ask.evidence.texts("sections");
        if cited.is_empty() {
            return format!("{} stands", self.path);
        }
        format!("{} stands, with {}", self.path, listed(cited.iter().map(|name| crate::text::one_line(&name.value, limits::QUOTED_CHARS))))
    }
}

/// `A`, `A and B`, `A, B and C`, `A, B, C, D, E and 7 more`.
fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let count = names.len();
    let mut shown: Vec<String> = names.take(LISTED).collect();
    if count > LISTED {
        shown.push(format!("{} more", count - LISTED));
    }
    match shown.pop() {
        None => String::new(),
        Some(last) if shown.is_empty() => last,
        Some(last) => format!("{} and {last}", shown.join(", ")),
    }
}

/// `2026-10-01`, with or without a time after it.
fn calendar_day(text: &str) -> Option<Date> {
    let day = text.get(..10)?;
    let time = text.get(10..)?;
    let form = day.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    let timed = time.is_empty()
        || time.starts_with(['T', 't', ' ']) && time.bytes().skip(1).all(|byte| byte.is_ascii_digit() || b":.+-Zz ".contains(&byte));
    if form && timed { day.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_may_have_a_time_after_it_and_nothing_else() {
        for text in ["2026-10-01", "2026-10-01T09:00:00Z", "2026-10-01 09:00:00 +01:00"] {
            assert_eq!(calendar_day(text), Some(date(2026, 10, 1)), "{text}");
        }
        for text in ["", "2026-10", "2026-13-01", "2026-02-30", "01/10/2026", "2026-10-011", "2026-10-01 or so", "20261001  ", "2026-10-0é"]
        {
            assert_eq!(calendar_day(text), None, "{text}");
        }
    }

    #[test]
    fn long_lists_are_cut() {
        let names = |count: usize| listed((0..count).map(|at| at.to_string()));
        assert_eq!([names(0), names(1), names(2), names(3)], ["", "0", "0 and 1", "0, 1 and 2"]);
        assert_eq!(names(12), "0, 1, 2, 3, 4 and 7 more");
    }
}
