//! Markdown: a table with a column of threats and one of answers, or a section for each threat.

use std::ops::Range;

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
pub(super) fn threats(text: &str) -> Vec<Threat> {
    let text: &str = &struck::blanked(text);
    let (tables, sections) = read(text);
    let by_table: Vec<Threat> = tables.iter().flat_map(of_table).collect();
    if by_table.is_empty() { of_sections(text, &sections) } else { by_table }
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
            "accepted" | "accept" | "yes" | "risk accepted" | "mitigated" | "done"
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

fn of_sections(text: &str, sections: &[Section]) -> Vec<Threat> {
    let mut found = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        if !names_threat(&section.name) {
            continue;
        }
        let next = sections.iter().skip(index + 1).find(|other| other.level <= section.level);
        let body = text.get(section.head.end..next.map_or(text.len(), |next| next.head.start)).unwrap_or_default();
        let head = section.head.start..section.head.start + text.get(section.head.clone()).unwrap_or_default().trim_end().len();
        let answer = match after_mark(body) {
            None => Answer::Open("has neither a mitigation nor an acceptance".to_owned(), head),
            Some(said) => decided(&[said], &[], &head),
        };
        found.push(Threat { name: one_line(section.name.trim(), 100), answer });
    }
    found
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
