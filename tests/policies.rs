//! The built-in codes against what the published texts count, and the loader against policy files that are wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use portcullis::input::catalogue::Catalogue;
use portcullis::input::policy::load_policy;
use portcullis::model::outcome::OutcomeName;
use portcullis::model::policy::{Confidence, Policy, Provable, Status, Strength};
use portcullis::source::SourceMap;

const CODES: &[&str] = &["software-security", "ai", "consumer-iot", "psti", "apps", "cyber-governance", "cyber-essentials"];

fn with(code: &str, look: impl FnOnce(&Policy)) {
    let catalogue = Catalogue::built_in();
    look(catalogue.policy(code, None).unwrap_or_else(|| panic!("{code} is not built in")));
}

fn strengths(policy: &Policy) -> [usize; 3] {
    [Strength::Shall, Strength::Should, Strength::May]
        .map(|wanted| policy.provisions.iter().filter(|provision| provision.strength == wanted).count())
}

fn resolved(name: &str) -> Vec<String> {
    Catalogue::built_in().resolve(name).unwrap_or_else(|| panic!("{name} means nothing"))
}

#[test]
fn every_built_in_file_keeps_to_the_format() {
    assert_eq!(Catalogue::built_in().faults(), Vec::<String>::new());
    let catalogue = Catalogue::built_in();
    let codes: Vec<&str> = catalogue.headers().map(|header| header.code.as_str()).collect();
    assert_eq!(codes, CODES);
    assert_eq!(catalogue.policies().count(), CODES.len());
}

#[test]
fn every_code_has_exactly_its_published_ids_in_their_order() {
    for code in CODES {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/policy-ids/{code}.txt"));
        let wanted = fs::read_to_string(file).unwrap();
        with(code, |policy| {
            let mut ids = Vec::new();
            for provision in &policy.provisions {
                ids.push(provision.id.as_str());
                ids.extend(policy.units_of(provision).iter().map(|unit| unit.id.as_str()).filter(|id| *id != provision.id));
            }
            let ids: Vec<&str> = ids.into_iter().map(|id| id.strip_prefix(&format!("{code}/")).unwrap()).collect();
            assert_eq!(ids, wanted.lines().collect::<Vec<_>>(), "{code}");
        });
    }
}

#[test]
fn the_software_code_has_14_principles_and_45_claims_of_which_16_can_be_verified() {
    with("software-security", |policy| {
        assert_eq!((policy.provisions.len(), policy.units.len(), policy.headings.len()), (14, 45, 4));
        let claims: Vec<usize> = policy.provisions.iter().map(|provision| policy.units_of(provision).len()).collect();
        assert_eq!(claims, [6, 5, 3, 5, 6, 4, 2, 2, 2, 2, 2, 3, 1, 2]);
        let provable = |wanted| policy.units.iter().filter(|unit| unit.provable == Some(wanted)).count();
        let tally = [Provable::Content, Provable::Corroborate, Provable::Document, Provable::External].map(provable);
        assert_eq!(tally, [11, 20, 10, 4]);
        assert_eq!(policy.units.iter().filter(|unit| !unit.verified_by.is_empty()).count(), 16);
        assert_eq!(strengths(policy), [14, 0, 0]);
        assert_eq!(policy.status, Status::Voluntary);
    });
}

#[test]
fn the_claims_of_the_software_code_answer_to_their_other_names() {
    assert_eq!(resolved("Claim 1.2.3"), ["software-security/1.2-c3"]);
    assert_eq!(resolved("software-security/Claim 1.2.3"), ["software-security/1.2-c3"]);
    assert_eq!(resolved("software-security/1.2.3"), ["software-security/1.2-c3"]);
    assert_eq!(resolved("software-vendors/1.2").len(), 5);
    assert_eq!(resolved("software-vendors/1.2"), resolved("software-security/1.2"));
    with("software-security", |policy| {
        for unit in &policy.units {
            let (principle, ordinal) = unit.id.rsplit_once("-c").unwrap();
            let printed = format!("{}.{ordinal}", principle.rsplit_once('/').unwrap().1);
            assert_eq!(resolved(&format!("Claim {printed}")), [unit.id.as_str()]);
        }
    });
    for unknown in ["software-security/9.9", "Claim 9.9.9", "1.2", "software/1.2", "software-security/", "/1.2", ""] {
        assert_eq!(Catalogue::built_in().resolve(unknown), None, "{unknown}");
    }
}

#[test]
fn the_ai_code_has_72_provisions_under_13_principles_and_knows_the_numbers_of_en_304_223() {
    with("ai", |policy| {
        assert_eq!(policy.units.len(), 72);
        assert_eq!(strengths(policy), [49, 23, 0]);
        let principles = policy.headings.iter().filter(|heading| heading.id.parse::<u8>().is_ok()).count();
        assert_eq!(principles, 13);
        // The clause of each principle in EN 304 223, whose provisions continue with the rest of the UK number.
        let clauses = ["5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.2.1", "5.2.2", "5.2.3", "5.2.4", "5.2.5", "5.3.1", "5.4.1", "5.4.2", "5.5.1"];
        for provision in &policy.provisions {
            let number = provision.id.strip_prefix("ai/").unwrap();
            let (principle, rest) = number.split_once('.').unwrap();
            let alias = format!("ai/{}-{rest}", clauses[principle.parse::<usize>().unwrap() - 1]);
            assert_eq!(resolved(&alias), [provision.id.as_str()], "{alias}");
        }
    });
    assert_eq!(resolved("ai/5.1.1-1"), ["ai/1.1"]);
    assert_eq!(resolved("ai-cyber-security/1.1"), ["ai/1.1"]);
    // UK 5.4.1 is a provision; EN 5.4.1 is only a clause, and never means it.
    assert_eq!(resolved("ai/5.4.1"), ["ai/5.4.1"]);
}

#[test]
fn the_consumer_iot_standard_has_78_provisions_and_knows_the_numbers_of_its_previous_version() {
    with("consumer-iot", |policy| {
        assert_eq!(policy.units.len(), 78);
        assert_eq!(strengths(policy), [36, 42, 0]);
        assert_eq!(policy.provisions.iter().filter(|provision| !provision.when.is_empty()).count(), 46);
        let guidelines = policy.headings.iter().filter(|heading| heading.id.starts_with("guideline-")).count();
        assert_eq!((guidelines, policy.headings.len()), (13, 14));
        assert!(policy.exclusion_needs_condition);
        let recorded: Vec<&str> = policy.units.iter().filter(|unit| unit.recorded_reasons).map(|unit| unit.id.as_str()).collect();
        assert_eq!(recorded, ["consumer-iot/5.0-1"]);
    });
    assert_eq!(resolved("consumer-iot/4-1"), ["consumer-iot/5.0-1"]);
    for split in ["5.3-4", "5.3-6", "5.3-15", "5.6-4", "5.13-1", "6-3"] {
        let both = ["A", "B"].map(|half| format!("consumer-iot/{split}{half}"));
        assert_eq!(resolved(&format!("consumer-iot/{split}")), both);
    }
    assert_eq!(resolved("en303645/6.5"), ["consumer-iot/6-5"]);
}

#[test]
fn psti_is_law_and_every_duty_of_it_is_a_shall() {
    with("psti", |policy| {
        assert_eq!(policy.units.len(), 34);
        assert_eq!(strengths(policy), [34, 0, 0]);
        assert_eq!(policy.status, Status::Law);
        assert_eq!(policy.applies_to.when.all, ["uk-market"]);
    });
}

#[test]
fn the_apps_code_has_37_provisions_of_which_10_are_recalled_and_11_have_printed_numbers() {
    with("apps", |policy| {
        assert_eq!(policy.units.len(), 37);
        assert_eq!(policy.provisions.iter().filter(|provision| provision.id_official).count(), 11);
        let recalled: Vec<&str> =
            policy.units.iter().filter(|unit| unit.confidence == Confidence::Recalled).map(|unit| unit.id.as_str()).collect();
        assert_eq!(recalled.len(), 10, "{recalled:?}");
    });
}

#[test]
fn the_organisation_codes_have_22_and_63_provisions() {
    with("cyber-governance", |policy| {
        assert_eq!((policy.units.len(), policy.headings.len()), (22, 5));
        assert!(policy.applies_to.organisation);
        let quarterly: Vec<&str> = policy.units.iter().filter(|unit| unit.max_age_days == Some(92)).map(|unit| unit.id.as_str()).collect();
        assert!(quarterly.contains(&"cyber-governance/E2"), "{quarterly:?}");
    });
    with("cyber-essentials", |policy| {
        assert_eq!(policy.units.len(), 63);
        assert_eq!(policy.units.iter().filter(|unit| unit.id.starts_with("cyber-essentials/cert-")).count(), 9);
        assert!(policy.provisions.iter().all(|provision| !provision.id_official));
        assert_eq!(policy.status, Status::Scheme);
    });
}

#[test]
fn every_trait_that_is_asked_for_is_defined_and_every_one_defined_is_asked_for() {
    let catalogue = Catalogue::built_in();
    let mut asked = BTreeSet::new();
    for policy in catalogue.policies() {
        asked.extend(policy.applies_to.when.traits().cloned());
        asked.extend(policy.provisions.iter().flat_map(|provision| provision.when.traits().cloned()));
        asked.extend(policy.units.iter().flat_map(|unit| unit.conditions.iter().flat_map(|condition| condition.traits().cloned())));
    }
    let defined: BTreeSet<String> = catalogue.traits().iter().map(|known| known.id.clone()).collect();
    assert_eq!(asked, defined);
    assert_eq!(catalogue.traits().len(), defined.len());
    for known in catalogue.traits() {
        assert!(known.question.ends_with('?') && known.why.ends_with('.'), "{}", known.id);
    }
}

#[test]
fn every_unit_can_be_evidenced_and_says_in_its_own_words_what_to_do() {
    let catalogue = Catalogue::built_in();
    for policy in catalogue.policies() {
        let mut remedies: BTreeMap<&str, &str> = BTreeMap::new();
        let provisions = policy.provisions.iter().map(|provision| (&provision.id, &provision.title, &provision.summary, &provision.remedy));
        let claims = policy.units.iter().map(|unit| (&unit.id, &unit.title, &unit.summary, &unit.remedy));
        for (id, title, summary, remedy) in provisions.chain(claims) {
            if let Some(other) = remedies.insert(remedy, id).filter(|other| other != id) {
                panic!("{id} and {other} have the same remedy");
            }
            for text in [title, summary, remedy] {
                assert!(!text.trim().is_empty(), "{id}");
                let lower = text.to_lowercase();
                for claim in ["compliant", "certified"] {
                    let stands = lower.split(|c: char| !c.is_alphanumeric()).any(|word| word == claim);
                    assert!(!stands, "{id} says {claim}: {text}");
                }
            }
        }
        for unit in &policy.units {
            assert!(!unit.evidenced_by.is_empty(), "{}", unit.id);
            for related in &unit.related {
                let shaped = related.split_once('/').is_some_and(|(framework, id)| {
                    let plain =
                        |text: &str, more: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
                    plain(framework, "-") && plain(id, "-.:()")
                });
                assert!(shaped, "{}: {related}", unit.id);
            }
        }
    }
}

#[test]
fn names_never_mean_a_unit_of_another_code() {
    let catalogue = Catalogue::built_in();
    for policy in catalogue.policies() {
        for name in policy.names().keys() {
            for unit in catalogue.resolve(&format!("{}/{name}", policy.code)).unwrap() {
                assert!(unit.starts_with(&format!("{}/", policy.code)), "{name} means {unit}");
            }
        }
    }
    assert_eq!(OutcomeName::ALL.len(), 12);
}

const HEAD: &str = r#"code = "toy"
edition = "1"
title = "Toy"
publisher = "Nobody"
published = 2026-01-01
source = "https://toy.example/"
licence = "OGL-UK-3.0"
status = "voluntary"
applies-to = { types = ["ai"] }

[[heading]]
id = "h"
title = "H"

"#;

/// A provision that is right, but for what the lines change.
fn provision(id: &str, change: &[(&str, &str)]) -> String {
    let mut lines = vec![
        ("id", format!("{id:?}")),
        ("title", "\"T\"".into()),
        ("heading", "\"h\"".into()),
        ("strength", "\"shall\"".into()),
        ("actors", "[\"developer\"]".into()),
        ("summary", "\"S\"".into()),
        ("remedy", format!("\"R {id}\"")),
        ("source", "\"https://toy.example/\"".into()),
        ("evidenced-by", "[\"document\"]".into()),
        ("confidence", "\"official\"".into()),
    ];
    for (key, value) in change {
        lines.retain(|(known, _)| known != key);
        if !value.is_empty() {
            lines.push((key, (*value).to_owned()));
        }
    }
    let body: String = lines.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    format!("[[provision]]\n{body}\n")
}

fn claim(id: &str) -> String {
    format!(
        "[[provision.claim]]\nid = {id:?}\ntitle = \"T\"\nsummary = \"S\"\nremedy = \"R {id}\"\nprovable = \"document\"\nevidenced-by = [\"document\"]\n\n"
    )
}

/// Line and message of every fault, in the order reported.
fn faults(text: &str) -> Vec<(usize, String)> {
    let (catalogue, sources) = (Catalogue::built_in(), SourceMap::default());
    match load_policy(text, "policies/toy/1.toml", &sources, &catalogue, true) {
        Ok(_) => Vec::new(),
        Err(faults) => faults
            .into_iter()
            .map(|fault| {
                let place = sources.place(fault.span.unwrap_or_else(|| panic!("{} has no place", fault.message)));
                assert_eq!(place.file, "policies/toy/1.toml");
                (place.line, fault.message)
            })
            .collect(),
    }
}

/// The line (1-based) on which `part` first stands.
fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).unwrap_or_else(|| panic!("no {part}")) + 1
}

fn refused(text: &str, at: &str, message: &str) {
    assert_eq!(faults(text), [(line_of(text, at), message.to_owned())], "\n{text}");
}

#[test]
fn a_policy_that_is_right_is_read() {
    let text = format!("{HEAD}{}{}{}", provision("1", &[("aliases", "[\"one\"]")]), claim("1-c1"), provision("2", &[]));
    assert_eq!(faults(&text), []);
    let (catalogue, sources) = (Catalogue::built_in(), SourceMap::default());
    let policy = load_policy(&text, "policies/toy/1.toml", &sources, &catalogue, true).unwrap();
    assert_eq!(policy.units.iter().map(|unit| unit.id.as_str()).collect::<Vec<_>>(), ["toy/1-c1", "toy/2"]);
    assert_eq!(policy.names()["one"], [0]);
}

#[test]
fn ids_that_stand_twice_are_refused() {
    let text = format!("{HEAD}{}{}", provision("1", &[]), provision("1", &[("title", "\"Second\"")]));
    let second = text.lines().enumerate().filter(|(_, line)| *line == "id = \"1\"").nth(1).unwrap().0 + 1;
    assert_eq!(faults(&text), [(second, "the id `1` stands twice".to_owned())]);
}

#[test]
fn unknown_traits_kinds_roles_and_words_are_refused() {
    for (key, value, message) in [
        ("when", "{ all = [\"passwordz\"] }", "unknown trait `passwordz`"),
        ("evidenced-by", "[\"documment\"]", "unknown evidence kind `documment`"),
        ("verified-by", "[\"prayer\"]", "unknown evidence kind `prayer`"),
        ("actors", "[\"developper\"]", "unknown role `developper`"),
        ("strength", "\"must\"", "unknown strength `must`"),
        ("confidence", "\"sure\"", "unknown confidence `sure`"),
        ("heading", "\"x\"", "provision `1` stands under no known heading"),
        ("max-age-days", "0", "`max-age-days` must be a whole number from 1 to 3660, not 0"),
        ("weight", "3", "provision has no key `weight`"),
    ] {
        let text = format!("{HEAD}{}", provision("1", &[(key, value)]));
        refused(&text, &format!("{key} = "), message);
    }
}

#[test]
fn what_a_provision_must_have_is_asked_for_at_its_header() {
    for key in ["source", "summary", "remedy", "title", "confidence", "actors", "strength"] {
        let text = format!("{HEAD}{}", provision("1", &[(key, "")]));
        refused(&text, "[[provision]]", &format!("provision has no `{key}`"));
    }
    let text = format!("{HEAD}{}", provision("1", &[("evidenced-by", "")]));
    refused(&text, "[[provision]]", "provision `1` names no kind in `evidenced-by`");
}

#[test]
fn an_alias_that_is_an_id_of_the_code_is_refused() {
    let text = format!("{HEAD}{}{}", provision("1", &[]), provision("2", &[("aliases", "[\"1\"]")]));
    refused(&text, "aliases", "the alias `1` is an id of the same code");
}

#[test]
fn a_claim_is_called_after_its_provision() {
    for bad in ["2-c1", "1-c", "1-cx", "1.1"] {
        let text = format!("{HEAD}{}{}", provision("1", &[]), claim(bad));
        refused(&text, "[[provision.claim]]", &format!("a claim of 1 is called 1-c and a number, not `{bad}`"));
    }
}

#[test]
fn the_faults_of_a_policy_come_all_at_once_and_in_their_order() {
    let head = HEAD.replace("status = \"voluntary\"", "status = \"optional\"").replace("published = 2026-01-01", "published = \"2026\"");
    let text = format!(
        "{head}{}{}{}",
        provision("1", &[("source", ""), ("heading", "\"x\"")]),
        provision("1", &[("when", "{ any = [\"nothing\"] }")]),
        provision("3", &[("aliases", "[\"1\"]")]) + &claim("4-c1"),
    );
    let found = faults(&text);
    let messages: Vec<&str> = found.iter().map(|(_, message)| message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`published` must be a date such as 2026-10-05, without quotes, not `2026` in quotes",
            "unknown status `optional`",
            "provision has no `source`",
            "provision `1` stands under no known heading",
            "the id `1` stands twice",
            "unknown trait `nothing`",
            "the alias `1` is an id of the same code",
            "a claim of 3 is called 3-c and a number, not `4-c1`",
        ]
    );
    assert!(found.is_sorted_by_key(|(line, _)| *line), "{found:?}");
}

#[test]
fn a_file_that_is_no_toml_says_where() {
    let text = format!("{HEAD}oops = = 1\nagain = = 2\n");
    let found = faults(&text);
    assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [line_of(&text, "oops"), line_of(&text, "again")]);
    assert!(found.iter().all(|(_, message)| message.starts_with("not valid TOML: ")), "{found:?}");
}
