//! Markdown: a table with a column of threats and one of answers, or a section for each threat.

use std::ops::Range;

use super::super::affirmation::sentences;
use super::super::markdown_table::{Section, Table, read};
use super::super::struck;
use super::super::wording::words;
use super::state::{self, State, is_undone};
use super::{Answer, Threat};
use crate::text::one_line;

const THREAT: &[&str] = &["threat", "attack", "abuse case", "misuse case", "hazard", "risk"];
const ANSWER: &[&str] = &[
    "mitigation",
    "mitigated by",
    "control",
    "countermeasure",
    "counter-measure",
    "treatment",
    "response",
    "safeguard",
    "acceptance",
    "accepted",
    "justification",
    "rationale",
    "defence",
    "defense",
];
const STATUS: &[&str] = &["status", "state"];
/// Sections beside those of threats, under the heading of all threats.
const GENERAL: &[&str] =
    &["approach", "assumptions", "introduction", "methodology", "method", "overview", "references", "scope", "summary", "out of scope"];
pub(super) fn threats(text: &str) -> Vec<Threat> {
    let text: &str = &struck::blanked(text);
    let (tables, sections) = read(text);
    let mut found: Vec<Threat> = tables.iter().flat_map(of_table).collect();
    let named = of_sections(text, &sections);
    // A table answers for what sections beside it go into, unless they say themselves that nothing is done.
    let alone = found.is_empty();
    let counts = |(threat, says): &(Threat, bool)| alone || *says && matches!(threat.answer, Answer::Open(..));
    found.extend(named.into_iter().filter(counts).map(|(threat, _)| threat));
    if found.is_empty() {
        found = of_marks(text);
    }
    if found.is_empty() {
        found = of_parts(text, &sections);
    }
    found.extend(left_open(text, &sections));
    found
}

fn of_table(table: &Table) -> Vec<Threat> {
    let is_one = |name: &String, words: &[&str]| words.iter().any(|word| name.to_lowercase().contains(word));
    let columns = |is: &dyn Fn(&String) -> bool| -> Vec<usize> {
        table.head.iter().enumerate().filter(|(_, name)| is(name)).map(|(at, _)| at).collect()
    };
    let is_status = |name: &String| words(name).iter().any(|word| STATUS.contains(&word.as_str()));
    let status = columns(&is_status);
    // A column `Mitigation status` is the answer where there is no other.
    let answers = Some(columns(&|name| is_one(name, ANSWER) && !is_status(name))).filter(|found| !found.is_empty());
    let answers = answers.unwrap_or_else(|| columns(&|name| is_one(name, ANSWER)));
    let threat = THREAT.iter().find_map(|word| {
        table
            .head
            .iter()
            .enumerate()
            .position(|(at, name)| name.to_lowercase().contains(word) && !answers.contains(&at) && !name.to_lowercase().ends_with("id"))
    });
    let Some(threat) = threat.filter(|_| !answers.is_empty()) else { return Vec::new() };
    let cell = |row: &[String], at: usize| row.get(at).map(|text| text.trim().to_owned()).unwrap_or_default();
    let rows = table.rows.iter().filter(|(row, _)| row.iter().any(|text| !text.trim().is_empty()));
    rows.map(|(row, at)| {
        let name = one_line(&cell(row, threat), 100);
        let said: Vec<String> = answers.iter().map(|at| cell(row, *at)).collect();
        let states: Vec<String> = status.iter().map(|at| cell(row, *at)).collect();
        let name = if name.is_empty() { "a row without a name".to_owned() } else { name };
        Threat { name, answer: decided(&said, &states, at) }
    })
    .collect()
}

/// What was decided, from what the answer's cells and the status say.
fn decided(said: &[String], states: &[String], at: &Range<usize>) -> Answer {
    let bare = |text: &str| {
        matches!(
            text.to_lowercase().trim_matches(|c: char| !c.is_alphanumeric()),
            "accepted" | "accept" | "yes" | "risk accepted" | "accepted risk" | "accept risk" | "risk acceptance" | "mitigated" | "done"
        )
    };
    let found = |wanted: State| states.iter().find(|text| state::of(text) == wanted);
    if let Some(open) = found(State::Open) {
        return Answer::Open(format!("is {}", one_line(&open.to_lowercase(), 40)), at.clone());
    }
    if let Some(unknown) = found(State::Unknown) {
        return Answer::Unclear(one_line(unknown, 40), at.clone());
    }
    let filled: Vec<&String> = said.iter().filter(|text| bare(text) || !is_undone(text)).collect();
    if filled.is_empty() {
        let why = match said.iter().find(|text| text.chars().filter(|c| c.is_alphabetic()).count() > "unmitigated".len()) {
            Some(text) => format!("is answered with nothing that is done: {}", one_line(text, 60)),
            None => "has neither a mitigation nor an acceptance".to_owned(),
        };
        return Answer::Open(why, at.clone());
    }
    if filled.iter().all(|text| bare(text)) {
        return Answer::Open("is answered without saying how or why".to_owned(), at.clone());
    }
    let accepted = filled.iter().any(|text| text.to_lowercase().starts_with("accept")) || found(State::Accepted).is_some();
    if accepted { Answer::Accepted } else { Answer::Mitigated }
}

/// Whether a heading names one threat: `T1: …`, `TM-03 …`, `Threat: …`, `Threat 4`.
fn names_threat(name: &str) -> bool {
    let plain = name.trim().to_lowercase();
    let rest = ["threat model", "threats", "threat actor", "threat modelling", "threat modeling"];
    let numbered = |start: &str| {
        plain
            .strip_prefix(start)
            .is_some_and(|rest| rest.trim_start_matches(['-', '_', '.', ' ', '#']).starts_with(|c: char| c.is_ascii_digit()))
    };
    numbered("t")
        || numbered("tm")
        || numbered("threat")
        || (plain.starts_with("threat") && plain.contains(':') && !rest.iter().any(|no| plain.starts_with(no)))
}

/// The text of a section with those below it, and the place of its heading.
fn body<'t>(text: &'t str, sections: &[Section], index: usize) -> (&'t str, Range<usize>) {
    let Some(section) = sections.get(index) else { return ("", 0..0) };
    let next = sections.iter().skip(index + 1).find(|other| other.level <= section.level);
    let body = text.get(section.head.end..next.map_or(text.len(), |next| next.head.start)).unwrap_or_default();
    (body, section.head.start..section.head.start + text.get(section.head.clone()).unwrap_or_default().trim_end().len())
}

fn unanswered(at: Range<usize>) -> Answer {
    Answer::Open("has neither a mitigation nor an acceptance".to_owned(), at)
}

/// The sections that are each of a threat, and whether they say how it is answered, be it that nothing is done.
fn of_sections(text: &str, sections: &[Section]) -> Vec<(Threat, bool)> {
    let named = sections.iter().enumerate().filter(|(_, section)| names_threat(&section.name));
    named
        .map(|(index, section)| {
            let (body, head) = body(text, sections, index);
            let said = after_mark(body).or_else(|| {
                let none = sentences(body).into_iter().find(|own| state::is_of_measures(own) && is_undone(own));
                none.map(str::to_owned)
            });
            let says = said.is_some();
            let answer = said.map_or_else(|| unanswered(head.clone()), |said| decided(&[said], &[], &head));
            (Threat { name: one_line(section.name.trim(), 100), answer }, says)
        })
        .collect()
}

/// Threats in lines or items that say `Threat: …`, each with its answer behind it on the same line or on the next.
fn of_marks(text: &str) -> Vec<Threat> {
    let mut found: Vec<(String, Range<usize>, String)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.trim_end().len();
        at += line.len();
        let plain = line.replace(['*', '_', '`'], "");
        let plain = plain.trim().trim_start_matches(['-', '+', '>', ' ']);
        if plain.starts_with('#') {
            continue;
        }
        let mark = plain.split_once(':').map(|(mark, rest)| (mark.trim().to_lowercase(), rest.trim()));
        match (mark, found.last_mut()) {
            (Some((mark, rest)), _) if THREAT.contains(&mark.as_str()) && !rest.is_empty() => {
                let from = ANSWER.iter().filter_map(|word| rest.to_ascii_lowercase().find(&format!("{word}:"))).min();
                let (name, answer) = from.and_then(|from| rest.split_at_checked(from)).unwrap_or((rest, ""));
                found.push((one_line(name.trim(), 100), range, answer.to_owned()));
            }
            (_, Some((_, _, body))) => {
                body.push('\n');
                body.push_str(plain);
            }
            _ => {}
        }
    }
    let answer = |body: &str, at: Range<usize>| after_mark(body).map_or_else(|| unanswered(at.clone()), |said| decided(&[said], &[], &at));
    found.into_iter().map(|(name, at, body)| Threat { answer: answer(&body, at), name }).collect()
}

/// The sections right below one of threats, where most of them say how they are answered.
fn of_parts(text: &str, sections: &[Section]) -> Vec<Threat> {
    let is_of_threats = |section: &Section| {
        let said = words(&section.name);
        said.iter().any(|word| word == "threats") && !said.iter().any(|word| matches!(word.as_str(), "model" | "actors" | "agents"))
    };
    let mut found = Vec::new();
    for (index, above) in sections.iter().enumerate().filter(|(_, section)| is_of_threats(section)) {
        let below = sections.iter().enumerate().skip(index + 1).take_while(|(_, section)| section.level > above.level);
        let Some(level) = below.clone().map(|(_, section)| section.level).min() else { continue };
        let parts: Vec<(usize, &Section)> = below
            .filter(|(_, section)| section.level == level && !GENERAL.contains(&section.name.trim().to_lowercase().as_str()))
            .collect();
        let each = parts.iter().map(|(at, section)| {
            let (body, head) = body(text, sections, *at);
            let said = after_mark(body);
            let is_said = said.is_some();
            let answer = said.map_or_else(|| unanswered(head.clone()), |said| decided(&[said], &[], &head));
            (Threat { name: one_line(section.name.trim(), 100), answer }, is_said)
        });
        let each: Vec<(Threat, bool)> = each.collect();
        if each.iter().filter(|(_, said)| *said).count() * 2 > each.len() {
            found.extend(each.into_iter().map(|(threat, _)| threat));
        }
    }
    found
}

/// A section that lists threats which nothing answers: `Open threats`.
fn left_open(text: &str, sections: &[Section]) -> Vec<Threat> {
    let is_one = |section: &&Section| {
        let said = words(&section.name);
        matches!(
            said.iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
            ["open" | "unmitigated" | "outstanding" | "unaddressed", "threats" | "threat"]
        )
    };
    let listed = |body: &str| body.lines().any(|line| line.trim_start().starts_with(['-', '*', '+', '|']) && !is_undone_item(line));
    let all = sections.iter().enumerate().filter(|(_, section)| is_one(section));
    all.filter_map(|(index, section)| {
        let (body, head) = body(text, sections, index);
        let answer = Answer::Open("lists threats that nothing is said to be done about".to_owned(), head);
        (listed(body) && after_mark(body).is_none()).then(|| Threat { name: one_line(section.name.trim(), 100), answer })
    })
    .collect()
}

/// Whether an item says that there is none.
fn is_undone_item(line: &str) -> bool {
    let said = words(line);
    said.is_empty() || matches!(said.first().map(String::as_str), Some("none" | "nothing" | "no")) && said.len() <= 4
}

/// What follows `Mitigation:` and the like: on its line, or on the next that is not blank.
fn after_mark(body: &str) -> Option<String> {
    let plain =
        |line: &str| line.trim_matches(|c: char| matches!(c, '*' | '_' | '-' | '#' | '>' | '+' | '`') || c.is_whitespace()).to_owned();
    let mut lines = body.lines().map(plain);
    while let Some(line) = lines.next() {
        let lower = line.to_lowercase();
        let Some(word) = ANSWER.iter().find(|word| lower.starts_with(*word)) else { continue };
        let accepts = word.starts_with("accept");
        let rest = line.split_once(':').map(|(_, rest)| plain(rest));
        // A sentence that only begins with the word is no mark, save that of an acceptance.
        let is_mark = rest.is_some() || lower.len() <= word.len() + 3 || accepts;
        if !is_mark {
            continue;
        }
        return match rest {
            Some(rest) if !rest.is_empty() => Some(rest),
            None if accepts && lower.len() > word.len() + 3 => Some(line),
            _ => Some(lines.find(|line| !line.is_empty()).unwrap_or_default()),
        };
    }
    None
}
