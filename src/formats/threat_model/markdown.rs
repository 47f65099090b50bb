//! Markdown: a table with a column of threats and one of answers, or a section for each threat.

use std::ops::Range;

use super::super::markdown_table::{Section, Table, read};
use super::{Answer, Threat, is_blank};
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
const OPEN: &[&str] = &[
    "open",
    "todo",
    "to do",
    "in progress",
    "unmitigated",
    "not mitigated",
    "planned",
    "pending",
    "proposed",
    "in discussion",
    "unchecked",
    "new",
];

pub(super) fn threats(text: &str) -> Vec<Threat> {
    let (tables, sections) = read(text);
    let by_table: Vec<Threat> = tables.iter().flat_map(of_table).collect();
    if by_table.is_empty() { of_sections(text, &sections) } else { by_table }
}

fn of_table(table: &Table) -> Vec<Threat> {
    let is_one = |name: &String, words: &[&str]| words.iter().any(|word| name.to_lowercase().contains(word));
    let answers: Vec<usize> = table.head.iter().enumerate().filter(|(_, name)| is_one(name, ANSWER)).map(|(at, _)| at).collect();
    let status: Vec<usize> = table.head.iter().enumerate().filter(|(_, name)| is_one(name, STATUS)).map(|(at, _)| at).collect();
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
        let said: Vec<String> = answers.iter().map(|at| cell(row, *at)).filter(|text| !is_blank(text)).collect();
        let state = status
            .iter()
            .map(|at| cell(row, *at).to_lowercase())
            .find(|text| OPEN.iter().any(|word| text == word || text.starts_with(&format!("{word} "))));
        let name = if name.is_empty() { "a row without a name".to_owned() } else { name };
        Threat { name, answer: decided(&said, state, at) }
    })
    .collect()
}

/// What was decided, from what the answer's cells say and a status that is still open.
fn decided(said: &[String], open: Option<String>, at: &Range<usize>) -> Answer {
    let bare = |text: &String| {
        matches!(
            text.to_lowercase().trim_matches(|c: char| !c.is_alphanumeric()),
            "accepted" | "accept" | "yes" | "risk accepted" | "mitigated"
        )
    };
    if let Some(state) = open {
        return Answer::Open(format!("is {}", one_line(&state, 40)), at.clone());
    }
    if said.is_empty() {
        return Answer::Open("has neither a mitigation nor an acceptance".to_owned(), at.clone());
    }
    if said.iter().all(bare) {
        return Answer::Open("is answered without saying how or why".to_owned(), at.clone());
    }
    if said.iter().any(|text| text.to_lowercase().starts_with("accept")) { Answer::Accepted } else { Answer::Mitigated }
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
            Some(said) => decided(&[said].into_iter().filter(|said| !is_blank(said)).collect::<Vec<_>>(), None, &head),
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
