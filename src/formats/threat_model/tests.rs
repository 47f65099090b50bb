#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

/// The names of the threats that are open.
fn open(model: &ThreatModel) -> Vec<&str> {
    model.threats.iter().filter(|threat| matches!(threat.answer, Answer::Open(..))).map(|threat| threat.name.as_str()).collect()
}

fn table(row: &str) -> ThreatModel {
    read_markdown(&format!(
        "# Threats\n\n| ID | Threat | Mitigation | Status |\n|---|---|---|---|\n| T1 | Spoofing | Tokens are signed | Done |\n{row}\n"
    ))
}

#[test]
fn a_row_needs_an_answer() {
    for (row, is_open) in [
        ("| T2 | Tampering | Signatures | Mitigated |", false),
        ("| T2 | Tampering | Accepted: the data is public | |", false),
        ("| T2 | Tampering | | |", true),
        ("| T2 | Tampering | TBD | |", true),
        ("| T2 | Tampering | Accepted | |", true),
        ("| T2 | Tampering | Signatures | Open |", true),
        ("| T2 | Tampering | Signatures | In progress |", true),
        ("| T2 | Tampering | N/A | |", true),
        ("| T2 | Tampering | Signatures | ✅ |", false),
        ("| T2 | Tampering | Signatures | not started |", true),
        ("| T2 | Tampering | Signatures | rejected |", true),
        ("| T2 | Tampering | Not yet implemented | Done |", true),
        ("| T2 | Tampering | We do nothing about it. | |", true),
        ("| T2 | Tampering | none planned | |", true),
        ("| T2 | Tampering | Describe the mitigation here | mitigated |", true),
    ] {
        let model = table(row);
        assert_eq!(model.threats.len(), 2, "{row}");
        assert_eq!(open(&model), if is_open { vec!["Tampering"] } else { vec![] }, "{row}");
    }
}

#[test]
fn a_status_that_is_not_known_is_no_answer() {
    let model = table("| T2 | Tampering | Signatures | Q3 2027 |");
    assert!(matches!(&model.threats[1].answer, Answer::Unclear(word, _) if word == "Q3 2027"));
}

#[test]
fn a_section_needs_an_answer() {
    for (body, is_open) in [
        ("**Mitigation:** tokens are signed.", false),
        ("- Mitigation: tokens are signed.", false),
        ("#### Mitigations\n\nTokens are signed.", false),
        ("Accepted because the data is public.", false),
        ("Somebody pretends to be somebody else.", true),
        ("**Mitigation:** TODO", true),
        ("Mitigations of other kinds were looked at and dropped by the team", true),
    ] {
        let model = read_markdown(&format!("# Threat model\n\n## Threats\n\n### T1: Spoofing\n\nSomebody.\n\n{body}\n\n### Other\n"));
        assert_eq!(model.threats.len(), 1, "{body}");
        assert_eq!(!open(&model).is_empty(), is_open, "{body}");
    }
}

#[test]
fn sections_beside_a_table_count_where_they_say_that_nothing_is_done() {
    let table = "# Threats\n\n| Threat | Control |\n|---|---|\n| Spoofing | Tokens are signed |\n\n";
    for (more, wanted) in [
        ("## T2: Injection\n\nNo mitigation yet.\n", vec!["T2: Injection"]),
        ("## T2: Injection\n\nMitigation: TODO\n", vec!["T2: Injection"]),
        ("## T1: Spoofing\n\nSomebody pretends to be somebody else.\n", vec![]),
        ("## T1: Spoofing\n\nMitigation: tokens are signed\n", vec![]),
        ("## Open threats\n\n- Injection in the search page.\n", vec!["Open threats"]),
        ("## Open threats\n\n- None.\n", vec![]),
        ("## Open threats\n\nThere are none.\n", vec![]),
        ("## Residual risks\n\n- The list is public.\n", vec![]),
    ] {
        assert_eq!(open(&read_markdown(&format!("{table}{more}"))), wanted, "{more}");
    }
}

#[test]
fn threats_are_told_by_their_marks_where_no_table_or_heading_tells_them() {
    let marked = "# Threat model\n\n## STRIDE\n\n* **Threat:** A token is stolen. **Mitigation:** tokens live five minutes.\n* **Threat:** SQL injection.\n  **Mitigation:** parameterised queries.\n* **Threat:** Denial of service.\n";
    let model = read_markdown(marked);
    assert_eq!((model.threats.len(), open(&model)), (3, vec!["Denial of service."]));
    assert_eq!(model.threats[0].name, "A token is stolen.");
}

#[test]
fn sections_below_one_of_threats_are_threats_where_most_are_answered() {
    let part = |name: &str, answer: &str| format!("### {name}\n\nSomebody does it.\n\n{answer}");
    let answered = "#### Mitigation\n\nTokens live five minutes.\n\n";
    let text = |last: &str| {
        let parts = [part("Overview", ""), part("Theft", answered), part("Injection", answered), part("Flooding", last)].concat();
        read_markdown(&format!("# Threat model\n\n## Threats and mitigations\n\n{parts}"))
    };
    assert_eq!((text(answered).threats.len(), open(&text(answered)).len()), (3, 0));
    assert_eq!(open(&text("")), ["Flooding"]);
    assert!(read_markdown("# Threat model\n\n## Threats\n\n### Assets\n\nThe ledger.\n\n### Users\n\nClerks.\n").threats.is_empty());
}

#[test]
fn prose_without_threats_has_none() {
    assert!(read_markdown("# Threat model\n\nWe bake bread.\n\n| Name | Age |\n|---|---|\n| a | 1 |\n").threats.is_empty());
}

#[test]
fn every_format_of_data_tells_what_is_open() {
    let otm = "otmVersion: 0.2.0\nproject: {name: Ledger, id: ledger}\nthreats: [{id: a, name: Spoofing}, {id: d, name: Flooding}]\nmitigations: [{id: m, name: Signed tokens, riskReduction: 50}, {id: z, name: Hope, riskReduction: 0}]\ncomponents:\n  - name: api\n    threats:\n      - {threat: a, state: exposed, mitigations: [{mitigation: m, state: implemented}]}\n      - {threat: b, state: exposed, mitigations: [{mitigation: m, state: required}]}\n      - {threat: c, state: accepted}\n      - {threat: e, state: mitigated, mitigations: [{mitigation: gone, state: implemented}]}\n      - {threat: f, state: mitigated, mitigations: [{mitigation: z, state: implemented}]}\n";
    assert_eq!(open(&read_data("a.yaml", otm).unwrap().unwrap()), ["b at api", "c at api", "e at api", "f at api", "Flooding"]);
    let dragon = "{\"summary\": {\"title\": \"Ledger\"}, \"detail\": {\"diagrams\": [{\"cells\": [{\"data\": {\"name\": \"db\", \"threats\": [{\"title\": \"a\", \"status\": \"Open\", \"mitigation\": \"x\"}, {\"title\": \"b\", \"status\": \"Mitigated\", \"mitigation\": \"Encrypt\"}, {\"title\": \"c\", \"status\": \"NotApplicable\", \"mitigation\": \"\"}]}}]}, {\"diagramJson\": {\"cells\": [{\"attrs\": {\"text\": {\"text\": \"old\"}}, \"threats\": [{\"title\": \"d\", \"status\": \"Open\"}]}]}}]}}";
    assert_eq!(open(&read_data("a.json", dragon).unwrap().unwrap()), ["a at db", "c at db", "d at old"]);
    let threagile = "threagile_version: 1.0.0\ntitle: Ledger\ndate: 2026-10-01\nrisk_tracking:\n  a@b:\n    status: mitigated\n    ticket: LED-1\n  c@d:\n    status: accepted\n    justification:\n  e@f:\n    status: accepted\n    justification: public data\n  g@*:\n    status: in-discussion\n";
    assert_eq!(open(&read_data("a.yml", threagile).unwrap().unwrap()), ["c@d", "g@*"]);
    assert!(read_data("a.json", "{}").unwrap().is_err());
    assert!(read_data("a.md", "").is_none());
}

proptest! {
    #[test]
    fn any_text_is_read(text in "(#|\\||T1|Mitigation|:|-|\n| |Threat|a){0,40}") {
        for threat in read_markdown(&text).threats {
            if let Answer::Open(_, at) | Answer::Unclear(_, at) = threat.answer {
                prop_assert!(text.get(at).is_some());
            }
        }
    }

    #[test]
    fn taking_an_answer_away_opens_exactly_that_threat(gone in 0usize..4) {
        let rows: String = (0..4).map(|at| format!("| Threat {at} | {} |\n", if at == gone { "" } else { "Signed" })).collect();
        let model = read_markdown(&format!("| Threat | Control |\n|---|---|\n{rows}"));
        prop_assert_eq!(open(&model), vec![format!("Threat {gone}")]);
    }
}
