//! `portcullis explain` knows every id and word that an output can print, and every block that it gives to paste is one
//! that the readers take.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that panics has failed")]

mod common;

use std::collections::BTreeSet;

use common::{Run, program};
use jiff::civil::{Date, date};
use portcullis::evidence::VERIFIERS;
use portcullis::explain::{Page, Part, explain, names};
use portcullis::finding::OWN;
use portcullis::input::catalogue::Catalogue;
use portcullis::input::root::{Found, InputFile};
use portcullis::input::{attestations, declaration};
use portcullis::model::attestation::is_placeholder;
use portcullis::model::declaration::{ProductType, Role};
use portcullis::model::kind::KINDS;
use portcullis::model::outcome::OutcomeName;
use portcullis::source::SourceMap;

const TODAY: Date = date(2026, 11, 22);

fn run(arguments: &[&str]) -> Run {
    Run::of(program().args(arguments).output().unwrap())
}

fn pages(catalogue: &Catalogue, name: &str) -> Vec<Page> {
    explain(catalogue, name, TODAY).unwrap_or_else(|nothing| panic!("{name}: {nothing:?}"))
}

/// The one page on a name that says it is of that sort.
fn page(catalogue: &Catalogue, name: &str, what: &str) -> Page {
    let found: Vec<Page> = pages(catalogue, name).into_iter().filter(|page| page.what == what).collect();
    assert_eq!(found.len(), 1, "{name}: {what}");
    found.into_iter().next().unwrap()
}

fn read_attestations(text: &str, catalogue: &Catalogue) -> portcullis::model::attestation::Attestations {
    let sources = SourceMap::default();
    let source = sources.add("attestations.toml", text);
    let file = InputFile { path: "attestations.toml".parse().unwrap(), source, text: text.to_owned(), untracked: false };
    attestations::read(&file, catalogue, &sources).unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"))
}

#[test]
fn every_provision_and_claim_has_a_page_with_what_a_reader_needs() {
    let catalogue = Catalogue::built_in();
    let mut provisions = 0;
    let mut claims = 0;
    for policy in catalogue.policies() {
        for provision in &policy.provisions {
            let found = page(&catalogue, &provision.id, "provision");
            assert_eq!(found.id, provision.id);
            for key in ["summary", "remedy", "source", "attestation", "strength", "confidence", "edition"] {
                assert!(found.value(key).unwrap().is_string(), "{} {key}", provision.id);
            }
            assert!(found.licence.is_some());
            provisions += 1;
            for unit in policy.units_of(provision).iter().filter(|unit| unit.id != provision.id) {
                let found = page(&catalogue, &unit.id, "claim");
                assert_eq!(found.value("provision").unwrap(), provision.id.as_str());
                assert_eq!(found.value("evidenced-by").unwrap().as_array().unwrap().len(), unit.evidenced_by.len());
                claims += 1;
            }
        }
    }
    assert_eq!((provisions, claims), (320, 45));
}

#[test]
fn every_alias_leads_to_what_it_means() {
    let catalogue = Catalogue::built_in();
    let mut aliases = 0;
    for policy in catalogue.policies() {
        for alias in policy.names().keys() {
            for code in std::iter::once(&policy.code).chain(&policy.aliases) {
                let name = format!("{code}/{alias}");
                let found = pages(&catalogue, &name);
                assert!(found.iter().all(|page| page.id.starts_with(&format!("{}/", policy.code))), "{name}");
                aliases += 1;
            }
        }
    }
    assert!(aliases > 500, "{aliases}");
    assert_eq!(page(&catalogue, "Claim 3.2.2", "claim").id, "software-security/3.2-c2");
    assert_eq!(page(&catalogue, "software-vendors/1.2", "provision").id, "software-security/1.2");
}

#[test]
fn every_name_has_a_page_and_every_sort_of_page_is_reached() {
    let catalogue = Catalogue::built_in();
    let mut sorts = BTreeSet::new();
    for name in names(&catalogue) {
        let found = pages(&catalogue, &name);
        for page in &found {
            assert!(!page.title.is_empty(), "{name}");
            assert!(page.human(80).contains(&page.id), "{name}");
            assert!(page.markdown().starts_with(&format!("## `{}`", page.id)), "{name}");
            sorts.insert(page.what);
        }
    }
    for (id, ..) in OWN {
        assert_eq!(page(&catalogue, id, "finding of the gate's own").id, *id);
    }
    for outcome in OutcomeName::ALL {
        assert!(page(&catalogue, outcome.name(), "outcome").value("remedy").unwrap().is_string());
    }
    for kind in ProductType::ALL {
        page(&catalogue, kind.name(), "product type");
    }
    for role in Role::ALL {
        page(&catalogue, role.name(), "role");
    }
    let wanted = ["assurance", "claim", "code", "confidence", "evidence kind", "file", "finding of the gate's own", "heading"];
    assert!(wanted.iter().all(|what| sorts.contains(what)), "{sorts:?}");
}

#[test]
fn a_key_says_where_it_stands_and_what_may_be_written() {
    let catalogue = Catalogue::built_in();
    let ids = |page: &Page, key: &str| -> Vec<String> {
        page.value(key).unwrap().as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let found = page(&catalogue, "gate.fail-on", "key");
    assert_eq!(ids(&found, "stands"), ["portcullis.toml under gate, optional", "an overlay under gate, optional"]);
    assert_eq!(ids(&found, "values"), ["error", "warning", "note", "never"]);
    assert!(ids(&page(&catalogue, "waiver", "key"), "keys").contains(&"approved-by".to_owned()));
    assert!(ids(&page(&catalogue, "issuer", "key"), "stands")[0].contains("of kind provenance, signature"));
    assert_eq!(page(&catalogue, "absent", "state of a finding against the base of a change").id, "absent");
    assert_eq!(page(&catalogue, "units", "term").id, "unit");
}

#[test]
fn a_name_that_means_two_things_has_a_page_for_each() {
    let found = pages(&Catalogue::built_in(), "ai");
    assert_eq!(found.iter().map(|page| page.what).collect::<Vec<_>>(), ["code", "product type"]);
}

#[test]
fn a_trait_names_every_unit_that_hangs_on_it() {
    let catalogue = Catalogue::built_in();
    for known in catalogue.traits() {
        let found = page(&catalogue, &known.id, "trait");
        let hanging = catalogue
            .policies()
            .flat_map(|policy| &policy.units)
            .filter(|unit| unit.conditions.iter().any(|condition| condition.traits().any(|id| *id == known.id)))
            .count();
        assert_eq!(found.value("provisions").unwrap().as_array().unwrap().len(), hanging, "{}", known.id);
        let codes = found.value("codes").unwrap().as_array().unwrap().len();
        assert!(hanging + codes > 0, "nothing hangs on the trait {}", known.id);
    }
}

#[test]
fn a_kind_says_whether_this_version_can_judge_it() {
    let catalogue = Catalogue::built_in();
    for kind in KINDS {
        let found = page(&catalogue, kind.name, "evidence kind");
        let judged = VERIFIERS.iter().any(|verifier| verifier.kind() == kind.name);
        assert_eq!(found.value("judged").unwrap(), judged, "{}", kind.name);
        let limits = found.value("limits").unwrap();
        assert_eq!(limits.as_str().is_some_and(|text| text.contains("doubtful")), !judged, "{}", kind.name);
    }
}

#[test]
fn every_block_to_paste_is_a_valid_attestation_that_closes_no_gap_as_it_stands() {
    let catalogue = Catalogue::built_in();
    let ids = catalogue.policies().flat_map(|policy| {
        let claims = policy.units.iter().map(|unit| unit.id.clone());
        policy.provisions.iter().map(|provision| provision.id.clone()).chain(claims).collect::<BTreeSet<_>>()
    });
    let mut blocks = 0;
    for id in ids {
        let block = pages(&catalogue, &id)[0].value("attestation").unwrap();
        let read = read_attestations(&format!("version = 1\n\n{}", block.as_str().unwrap()), &catalogue);
        assert_eq!(read.attestations.len(), 1, "{id}");
        let attestation = &read.attestations[0];
        assert_eq!(attestation.provisions[0].value, id);
        assert_eq!(attestation.reviewed.value, TODAY);
        assert!(is_placeholder(&attestation.statement.value), "{id}");
        assert_eq!(attestation.evidence.len(), 1, "{id}");
        blocks += 1;
    }
    assert_eq!(blocks, 365);
}

#[test]
fn every_example_of_evidence_fits_under_an_attestation() {
    let catalogue = Catalogue::built_in();
    let head = "version = 1\n\n[[attestation]]\nprovision = \"software-security/1.1\"\nstatus = \"met\"\nstatement = \"It is done.\"\nowner = \"x\"\nreviewed = 2026-11-22\n\n";
    for kind in KINDS {
        let example = page(&catalogue, kind.name, "evidence kind").value("example").unwrap();
        let read = read_attestations(&format!("{head}{}", example.as_str().unwrap()), &catalogue);
        assert!(read.attestations[0].evidence.iter().any(|piece| piece.kind.value.name == kind.name), "{}", kind.name);
    }
}

#[test]
fn the_files_to_start_from_are_valid() {
    let catalogue = Catalogue::built_in();
    let block = |name: &str| page(&catalogue, name, "file").value("file").unwrap().as_str().unwrap().to_owned();
    let read = read_attestations(&block("attestations.toml"), &catalogue);
    assert!(is_placeholder(&read.attestations[0].statement.value));
    // The waiver that is commented out is valid too.
    let waiver: Vec<String> =
        block("attestations.toml").lines().skip_while(|line| *line != "# [[waiver]]").map(|line| line.replace("# ", "")).collect();
    assert_eq!(read_attestations(&format!("version = 1\n{}", waiver.join("\n")), &catalogue).waivers.len(), 1);

    let sources = SourceMap::default();
    let text = block("portcullis.toml");
    let file = InputFile {
        path: "portcullis.toml".parse().unwrap(),
        source: sources.add("portcullis.toml", text.clone()),
        text,
        untracked: false,
    };
    let span = sources.line(file.source, 1);
    let found = Found { folder: Default::default(), file, table: &[], span };
    assert_eq!(declaration::read(&found, &catalogue, &sources).unwrap().products.len(), 1);
}

#[test]
fn the_licence_stands_once_however_many_pages_there_are() {
    let run = run(&["explain", "software-security/1.1", "software-security/1.2"]);
    assert_eq!(run.code, 0);
    assert_eq!(run.stdout.matches("Open Government").count(), 1);
    assert!(!run.stdout.contains('\u{1b}'));
}

#[test]
fn an_unknown_name_is_exit_2_with_the_nearest_one() {
    let near = run(&["explain", "evidence-faild"]);
    assert_eq!((near.code, near.stdout.as_str()), (2, ""));
    assert!(near.stderr.contains("did you mean `evidence-failed`?"), "{}", near.stderr);
    let local = run(&["explain", "1.2", "met", "--format", "json"]);
    assert_eq!(local.code, 2);
    assert_eq!(local.json()["unknown"][0]["name"], "1.2");
    assert_eq!(local.json()["pages"][0]["id"], "met");
    assert!(local.stderr.contains("`software-security/1.2` or `ai/1.2`"), "{}", local.stderr);
    let number = run(&["explain", "ai/99"]);
    assert!(number.stderr.contains("portcullis list --code ai"), "{}", number.stderr);
    let hostile = run(&["explain", "\u{1b}[31mx"]);
    assert!(!hostile.stderr.contains('\u{1b}'), "{}", hostile.stderr);
}

#[test]
fn a_part_that_holds_nothing_is_null_or_empty_in_json() {
    let parts = vec![Part::fact("a", "a", ""), Part::text("b", "b", ""), Part::items("c", "c", Vec::new())];
    let page = Page { id: "x".into(), what: "x", title: "x".into(), parts, licence: None };
    assert_eq!(page.json().to_string(), r#"{"a":null,"b":null,"c":[],"id":"x","licence":null,"title":"x","what":"x"}"#);
    assert_eq!(page.human(80).lines().count(), 2);
}

#[test]
fn colour_comes_only_when_asked_for_where_there_is_no_terminal() {
    assert!(run(&["explain", "met", "--color", "always"]).stdout.contains('\u{1b}'));
    assert!(!run(&["explain", "met", "--color", "never"]).stdout.contains('\u{1b}'));
    assert!(!run(&["explain", "met"]).stdout.contains('\u{1b}'));
}
