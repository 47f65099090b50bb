//! `--base`: where a change asks for less of its evidence, or is backed less well, though everything still passes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may panic"
)]

mod common;

use common::{Fixture, Run};
use serde_json::Value;

const DECLARATION: &str = "version = 1\n[product]\nname = \"Ledger\"\ntypes = []\nroles = [\"developer\"]\n";
const OWN: &str = "this change lowers its own bar: ";
const PERHAPS: &str = "this change may lower its own bar: ";

/// An attestation of software-security/3.3 with this evidence.
fn attested(evidence: &str) -> String {
    attested_of("software-security/3.3", evidence)
}

fn attested_of(provision: &str, evidence: &str) -> String {
    format!(
        "[[attestation]]\nprovision = \"{provision}\"\nstatus = \"met\"\nstatement = \"The plan ranks by severity.\"\nowner = \"security@ledger.example\"\nreviewed = 2026-10-01\n{evidence}"
    )
}

fn piece(kind: &str, rest: &str) -> String {
    format!("[[attestation.evidence]]\nkind = \"{kind}\"\n{rest}\n")
}

/// A repository of which the base attests the one and the change the other; the run that compares them.
fn changed(before: &str, after: &str) -> (Fixture, String, Run) {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.write("attestations.toml", format!("version = 1\n{before}"));
    let base = fixture.commit();
    fixture.write("attestations.toml", format!("version = 1\n{after}"));
    fixture.commit();
    let run = check(&fixture, &base, &[]);
    (fixture, base, run)
}

fn check(fixture: &Fixture, base: &str, arguments: &[&str]) -> Run {
    let mut all = vec!["check", "--today", "2026-11-22", "--format", "json", "--base", base];
    all.extend(arguments);
    fixture.run(&all)
}

/// `level line message` of each finding of that id.
fn told(run: &Run, id: &str) -> Vec<String> {
    let report = run.json();
    assert_eq!(report["errors"], serde_json::json!([]), "{report:#}");
    let found = report["products"][0]["findings"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let own = found.iter().filter(|finding| finding["id"] == id);
    own.map(|finding| format!("{} {} {}", text(&finding["level"]), finding["line"], text(&finding["message"]))).collect()
}

/// What is told where one piece of evidence takes the place of another.
fn weakened(before: &str, after: &str) -> Vec<String> {
    let (_, _, run) = changed(&attested(before), &attested(after));
    told(&run, "portcullis/gate-weakened")
}

#[test]
fn a_dropped_pin_is_told_and_a_moved_one_is_renewal() {
    let pinned = |digit: &str| piece("document", &format!("path = \"docs/plan.md\"\npin = \"git:{}\"", digit.repeat(40)));
    let bare = piece("document", "path = \"docs/plan.md\"");
    let (_, base, run) = changed(&attested(&pinned("a")), &attested(&bare));
    let short: String = base.chars().take(12).collect();
    let wanted = format!(
        "error 10 {OWN}document docs/plan.md, cited for software-security/3.3-c1, -c2: its `pin` is dropped, so that it may change without a review (attestations.toml:11 in {short})"
    );
    assert_eq!((told(&run, "portcullis/gate-weakened"), run.code), (vec![wanted], 1));
    assert_eq!(weakened(&pinned("a"), &pinned("b")), Vec::<String>::new());
    assert_eq!(weakened(&pinned("a"), &pinned("b").replace("plan.md", "plans/2027.md")), Vec::<String>::new(), "it moved");
    assert_eq!(weakened(&bare, &pinned("b")), Vec::<String>::new());
    let other = weakened(&pinned("a"), &bare.replace("plan.md", "plans/2027.md"));
    assert!(other.len() == 1 && other[0].contains("document docs/plans/2027.md") && other[0].contains("`pin` is dropped"), "{other:#?}");
}

#[test]
fn what_a_key_asks_no_more_is_told() {
    for (kind, before, after, wanted) in [
        ("document", "sections = [\"Intake\", \"Review\"]", "sections = [\"intake\"]", "error `sections` has `Review` no more"),
        (
            "document",
            "sections = [\"Intake\", \"Review\"]",
            "sections = [\"Intake\", \"Reviews\"]",
            "note `sections` has `Reviews` in place of `Review`",
        ),
        ("document", "sections = [\"Review\"]", "", "error `sections` has `Review` no more"),
        ("document", "sections = [\"Review\"]", "sections = [\"Review\", \"Intake\"]", ""),
        ("register", "columns = [\"Owner\", \"Due\"]", "columns = [\"Owner\"]", "error `columns` has `Due` no more"),
        ("document", "max-age-days = 90", "max-age-days = 200", "error it may be 200 days old, where it was held to 90 days"),
        ("document", "max-age-days = 90", "", "error it may be 366 days old, where it was held to 90 days"),
        ("document", "max-age-days = 400", "", ""),
        ("document", "max-age-days = 90", "max-age-days = 30", ""),
        ("file", "max-age-days = 90", "", "error it may be of any age, where it was held to 90 days"),
        ("sbom", "", "names = [\"Other\"]", "warning `names` has `Other`, so that what is about that counts too"),
        ("sarif", "tool = \"Scanner\"", "", "error `tool` is dropped; it was `Scanner`"),
        ("sarif", "tool = \"Scanner\"", "tool = \"Linter\"", "note `tool` goes from `Scanner` to `Linter`"),
        (
            "junit",
            "expect = \"tests >= 100 && failures == 0\"",
            "expect = \"tests >= 100\"",
            "error `expect` goes from `tests >= 100 && failures == 0` to `tests >= 100`",
        ),
        ("junit", "expect = \"tests >= 100\"", "expect = \"tests >= 10\"", "error `expect` goes from `tests >= 100` to `tests >= 10`"),
        ("junit", "expect = \"tests >= 100\"", "expect = \"skipped == 0 && tests > 99\"", ""),
        ("junit", "expect = \"tests >= 100\"", "", "error `expect` is dropped; it was `tests >= 100`"),
        ("coverage", "expect = \"lines >= 80\"", "expect = \"lines >= 80.5\"", ""),
        ("coverage", "expect = \"lines >= 80.5\"", "expect = \"lines >= 80\"", "error `expect` goes from `lines >= 80.5` to `lines >= 80`"),
        ("osps", "", "expect = \"failed <= 2\"", "error `expect` goes from `failed == 0` to `failed <= 2`"),
        ("osps", "", "expect = \"failed == 0 && passed >= 20\"", ""),
        (
            "branch-rules",
            "expect = \"reviews >= 2, code-owners\"",
            "expect = \"reviews >= 2\"",
            "error `expect` goes from `reviews >= 2, code-owners` to `reviews >= 2`",
        ),
        ("branch-rules", "expect = \"reviews >= 2\"", "expect = \"code-owners, reviews >= 3\"", ""),
        ("branch-rules", "expect = \"status-checks = gate\"", "expect = \"reviews >= 1\"", "error `expect` has `gate` no more"),
        ("codeowners", "expect = \"Dockerfile, deploy/run.sh\"", "expect = \"Dockerfile\"", "error `expect` has `deploy/run.sh` no more"),
        ("workflow", "job = \"test\"\nexpect = \"cargo test\"", "job = \"test\"\nexpect = \"cargo test --locked\"", ""),
        ("workflow", "job = \"test\"\nexpect = \"cargo test\"", "job = \"test\"", "error `expect` is dropped; it was `cargo test`"),
        ("workflow", "job = \"test\"", "job = \"lint\"", "note `job` goes from `test` to `lint`"),
        ("value", "expect = \"value >= 12\"", "expect = \"value >= 2\"", "error `expect` goes from `value >= 12` to `value >= 2`"),
        ("value", "expect = \"value >= 12\"", "expect = \"value >= 14\"", ""),
        ("value", "expect = \"doc.mfa\"", "expect = \"doc.mfa && doc.sso\"", ""),
        (
            "value",
            "expect = \"doc.mfa\"",
            "expect = \"doc.mfa || doc.sso\"",
            "warning `expect` goes from `doc.mfa` to `doc.mfa || doc.sso`",
        ),
        ("apple-plist", "expect = \"NSCameraUsageDescription\"", "", "error `expect` is dropped; it was `NSCameraUsageDescription`"),
        ("apple-plist", "expect = \"A, B\"", "expect = \"A\"", ""),
        ("apple-plist", "expect = \"A\"", "expect = \"A, B\"", "note `expect` newly answers for `B`"),
        (
            "provenance",
            "expect = \"builder = https://a.example/b@1, source = https://a.example/c\"",
            "expect = \"source = git+https://a.example/c.git, builder = https://a.example/b@2\"",
            "",
        ),
        (
            "provenance",
            "expect = \"builder = https://a.example/b, source = https://a.example/c\"",
            "expect = \"source = https://a.example/c\"",
            "error `expect` goes from",
        ),
        (
            "provenance",
            "expect = \"builder = https://a.example/b\"",
            "expect = \"builder = https://z.example/b\"",
            "warning `expect` goes from",
        ),
        ("provenance", "subject = \"dist/a\"", "", "error `subject` is dropped; it was `dist/a`"),
        ("provenance", "subject = \"dist/a\"", "subject = \"dist/b\"", ""),
        ("signature", "key = \"release\"", "", "error `key` is dropped; it was `release`"),
        (
            "signature",
            "identity = \"a@ledger.example\"",
            "identity = \"b@ledger.example\"",
            "error `identity` goes from `a@ledger.example` to `b@ledger.example`",
        ),
        (
            "signature",
            "issuer = \"i\"\nidentity = \"https://x.example/w.yml@refs/tags/v1\"",
            "issuer = \"i\"\nidentity = \"https://x.example/w.yml@refs/tags/v2\"",
            "",
        ),
    ] {
        let told =
            weakened(&piece(kind, &format!("path = \"some/file\"\n{before}")), &piece(kind, &format!("path = \"some/file\"\n{after}")));
        let Some((level, what)) = wanted.split_once(' ') else {
            assert_eq!(told, Vec::<String>::new(), "{kind}: {before} / {after}");
            continue;
        };
        assert!(
            told.len() == 1 && told[0].starts_with(level) && told[0].contains(&format!(": {what}")),
            "{kind}: {before} / {after}\n{told:#?}"
        );
        assert_eq!(told[0].contains(PERHAPS), level != "error", "{told:#?}");
    }
}

#[test]
fn a_certificate_of_a_lower_level_is_told_and_a_renewed_one_is_not() {
    let record =
        |level: &str, number: &str| piece("certificate", &format!("level = \"{level}\"\nnumber = \"{number}\"\nexpires = 2027-05-11"));
    let told = weakened(&record("Cyber Essentials Plus", "1"), &record("Cyber Essentials", "2"));
    assert!(told.len() == 1 && told[0].contains("`level` goes from `Cyber Essentials Plus` to `Cyber Essentials`"), "{told:#?}");
    assert_eq!(weakened(&record("Cyber Essentials", "1"), &record("Cyber Essentials Plus", "2")), Vec::<String>::new());
    assert_eq!(weakened(&record("Cyber Essentials", "1"), &record("Cyber Essentials", "2")), Vec::<String>::new());
}

#[test]
fn a_piece_that_is_cited_no_more_is_told_unless_one_that_counts_as_much_is_in_its_place() {
    let (plan, tests) = (piece("document", "path = \"docs/plan.md\""), piece("junit", "path = \"junit.xml\""));
    let both = format!("{plan}{tests}");
    let told = weakened(&both, &plan);
    assert!(
        told.len() == 1
            && told[0]
                .starts_with(&format!("error 4 {OWN}junit junit.xml is cited no more for software-security/3.3-c1, -c2, and nothing")),
        "{told:#?}"
    );
    assert_eq!(weakened(&plan, &both), Vec::<String>::new());
    assert_eq!(weakened(&both, &format!("{tests}{}", plan.replace("plan", "aims"))), Vec::<String>::new(), "it moved");
    let address = piece("url", "url = \"https://ledger.example/plan\"");
    assert_eq!(weakened(&format!("{plan}{address}"), &plan), Vec::<String>::new(), "an address shows nothing");
}

#[test]
fn attestations_that_are_split_or_joined_lose_nothing() {
    let cites = |sections: &str| piece("document", &format!("path = \"docs/plan.md\"\nsections = [{sections}]"));
    let whole = attested(&cites("\"Plan\", \"Dates\""));
    let split = attested_of("software-security/3.3-c1", &cites("\"Plan\"")) + &attested_of("software-security/3.3-c2", &cites("\"Dates\""));
    for (before, after) in [(&whole, &split), (&split, &whole)] {
        let (_, _, run) = changed(before, after);
        assert_eq!(told(&run, "portcullis/gate-weakened"), Vec::<String>::new());
    }
}

#[test]
fn what_is_no_longer_attested_as_met_tells_its_own_gap() {
    let pinned = attested(&piece("document", "path = \"docs/plan.md\"\nsections = [\"Plan\"]"));
    let (_, _, run) = changed(&pinned, &attested("").replace("\"met\"", "\"partial\""));
    assert_eq!((told(&run, "portcullis/gate-weakened"), run.code), (Vec::new(), 1));
}

#[test]
fn with_the_head_trusted_what_asks_for_less_is_a_note() {
    let (fixture, base, _) = changed(
        &attested(&piece("document", "path = \"docs/plan.md\"\nsections = [\"Plan\"]")),
        &attested(&piece("document", "path = \"docs/plan.md\"")),
    );
    let told = told(&check(&fixture, &base, &["--trust-head"]), "portcullis/gate-weakened");
    assert!(told.len() == 1 && told[0].starts_with("note "), "{told:#?}");
}

const WORSE: &str = "portcullis/worse-than-base";

/// A repository of which a provision is shown by a job of this workflow; the base's id.
fn with_workflow(workflow: &str, evidence: &str) -> (Fixture, String) {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", DECLARATION);
    fixture.write(".github/workflows/ci.yml", workflow);
    fixture.write("docs/tests.md", "# Tests\n\nEvery change is tested on every platform that ships.\n");
    fixture.write("attestations.toml", format!("version = 1\n{}", attested_of("software-security/1.3-c2", evidence)));
    let base = fixture.commit();
    (fixture, base)
}

const WORKFLOW: &str =
    "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo test --locked\n";

fn job() -> String {
    piece("workflow", "path = \".github/workflows/ci.yml\"\njob = \"test\"\nexpect = \"cargo test\"")
}

#[test]
fn what_is_met_on_less_than_at_the_base_is_told() {
    let (fixture, base) = with_workflow(WORKFLOW, &job());
    fixture.write(".github/workflows/ci.yml", WORKFLOW.replace("    runs-on", "    if: contains(github.actor, 'bot')\n    runs-on"));
    fixture.commit();
    let run = check(&fixture, &base, &[]);
    let short: String = base.chars().take(12).collect();
    assert_eq!(
        told(&run, WORSE),
        [format!(
            "warning 4 software-security/1.3-c2 is only evidenced now, where it was verified at the base (attestations.toml:4 in {short})"
        )]
    );
    assert_eq!(told(&run, "portcullis/gate-weakened"), Vec::<String>::new(), "the attestation asks for the same");
    assert!(told(&check(&fixture, &base, &["--trust-head"]), WORSE)[0].starts_with("note "));
}

#[test]
fn a_weaker_kind_in_place_of_one_that_verifies_is_told_and_a_better_one_is_not() {
    let document = piece("document", "path = \"docs/tests.md\"\nsections = [\"Tests\"]");
    let (fixture, base) = with_workflow(WORKFLOW, &job());
    fixture.write("attestations.toml", format!("version = 1\n{}", attested_of("software-security/1.3-c2", &document)));
    let worse = fixture.commit();
    let run = check(&fixture, &base, &[]);
    let lowered = told(&run, "portcullis/gate-weakened");
    assert!(lowered.len() == 1 && lowered[0].contains("workflow .github/workflows/ci.yml is cited no more"), "{lowered:#?}");
    assert!(told(&run, WORSE)[0].contains("is only evidenced now, where it was verified"), "{:#?}", told(&run, WORSE));
    fixture.write("attestations.toml", format!("version = 1\n{}", attested_of("software-security/1.3-c2", &job())));
    fixture.commit();
    let run = check(&fixture, &worse, &[]);
    assert_eq!((told(&run, WORSE), told(&run, "portcullis/gate-weakened")), (Vec::new(), Vec::new()));
}

const WAIVER: &str = "[[waiver]]\nprovision = \"software-security/1.2-c2\"\nreason = \"The runners move in spring.\"\napproved-by = \"ciso@ledger.example\"\nexpires = 2027-03-31\n";

#[test]
fn a_waiver_that_covers_a_graver_gap_than_at_the_base_is_told() {
    let planned = attested_of("software-security/1.2-c2", "").replace("\"met\"", "\"planned\"");
    let met = attested_of("software-security/1.2-c2", &piece("document", "path = \"docs/tests.md\"\nsections = [\"Tests\"]"));
    let movable = WORKFLOW.replace("      - run", "      - uses: actions/checkout@v5\n      - run");
    let (fixture, _) = with_workflow(&movable, &job());
    let attest = |text: &str| {
        fixture.write("attestations.toml", format!("version = 1\n{text}"));
        fixture.commit()
    };
    let base = attest(&format!("{WAIVER}{planned}"));
    attest(&format!("{WAIVER}{met}"));
    let run = check(&fixture, &base, &[]);
    let short: String = base.chars().take(12).collect();
    let wanted = format!(
        "warning 3 the waiver for software-security/1.2-c2 covers a graver gap than it did: contradicted now, where it was not-met at the base (attestations.toml:3 in {short})"
    );
    assert_eq!(told(&run, WORSE), [wanted]);
    let worse = attest(&format!("{WAIVER}{met}# the same\n"));
    attest(&format!("{WAIVER}{planned}"));
    assert_eq!(told(&check(&fixture, &worse, &[]), WORSE), Vec::<String>::new(), "it is admitted now");
    let bare = attest(&met);
    attest(&format!("{WAIVER}{met}"));
    let run = check(&fixture, &bare, &[]);
    assert_eq!(told(&run, WORSE), Vec::<String>::new());
    assert!(told(&run, "portcullis/gate-weakened")[0].contains("a waiver for software-security/1.2-c2 is added"));
}

#[test]
fn an_attestation_of_a_claim_beside_the_others_may_not_ask_for_less() {
    let strict = piece(
        "document",
        "path = \"docs/tests.md\"\nsections = [\"Tests\"]\npin = \"sha256:0000000000000000000000000000000000000000000000000000000000000001\"",
    );
    let loose = piece("document", "path = \"docs/other.md\"");
    let principle = attested_of("software-security/1.3", &strict);
    let (_, _, run) = changed(&principle, &format!("{principle}{}", attested_of("software-security/1.3-c3", &loose)));
    let found = told(&run, "portcullis/gate-weakened");
    assert!(found.iter().any(|one| one.contains("pin")) && found.iter().all(|one| one.contains("1.3-c3")), "{found:#?}");
    let both = attested_of("software-security/1.3-c2", &strict)
        .replace("\"software-security/1.3-c2\"", "[\"software-security/1.3-c2\", \"software-security/1.3-c3\"]");
    let split = format!("{}{}", attested_of("software-security/1.3-c2", &strict), attested_of("software-security/1.3-c3", &loose));
    let (_, _, run) = changed(&both, &split);
    let found = told(&run, "portcullis/gate-weakened");
    assert!(!found.is_empty() && found.iter().all(|one| one.contains("1.3-c3")), "{found:#?}");
}

#[test]
fn a_waiver_with_another_reason_or_approver_than_at_the_base_is_told() {
    let planned = attested_of("software-security/1.2-c2", "").replace("\"met\"", "\"planned\"");
    let weakened = |after: &str| {
        let (_, base, run) = changed(&format!("{WAIVER}{planned}"), &format!("{after}{planned}"));
        (told(&run, "portcullis/gate-weakened"), base.chars().take(12).collect::<String>())
    };
    let (found, base) = weakened(&WAIVER.replace("ciso@", "dev@"));
    let wanted = format!(
        "warning 5 this change may lower its own bar: the waiver for software-security/1.2-c2 is approved by `dev@ledger.example` in place of `ciso@ledger.example` (attestations.toml:5 in {base})"
    );
    assert_eq!(found, [wanted]);
    let (found, base) = weakened(&WAIVER.replace("The runners move in spring.", "Nobody has the time."));
    let wanted = format!(
        "warning 4 this change may lower its own bar: the waiver for software-security/1.2-c2 has another reason, `Nobody has the time.` in place of `The runners move in spring.` (attestations.toml:4 in {base})"
    );
    assert_eq!(found, [wanted]);
    let both = WAIVER.replace("ciso@", "dev@").replace("The runners move in spring.", "Nobody has the time.");
    assert_eq!(weakened(&both.replace("2027-03-31", "2027-02-28")).0.len(), 2, "though it ends sooner");
    let (found, _) = weakened(&both.replace("2027-03-31", "2027-04-30"));
    assert!(found.len() == 1 && found[0].contains("is extended"), "a waiver that is renewed is told once: {found:?}");
    assert_eq!(weakened(&WAIVER.replace("The runners move", "the  runners move")).0, Vec::<String>::new());
}

#[test]
fn a_waiver_that_takes_effect_because_it_ends_sooner_is_told() {
    let planned = attested_of("software-security/1.2-c2", "").replace("\"met\"", "\"planned\"");
    let overlong = WAIVER.replace("2027-03-31", "2029-10-01");
    let (_, _, run) = changed(&format!("{overlong}{planned}"), &format!("{WAIVER}{planned}"));
    let found = told(&run, "portcullis/gate-weakened");
    assert!(found.len() == 1 && found[0].starts_with("error") && found[0].contains("1.2-c2 takes effect, which did nothing"), "{found:?}");
    let (_, _, run) = changed(&format!("{WAIVER}{planned}"), &format!("{}{planned}", WAIVER.replace("2027-03-31", "2027-02-28")));
    assert_eq!(told(&run, "portcullis/gate-weakened"), Vec::<String>::new(), "one that held and ends sooner is no weakening");
}

#[test]
fn what_a_change_adds_to_a_contradiction_is_told_though_the_finding_is_not_new() {
    let met = attested_of("software-security/1.2-c2", &piece("document", "path = \"docs/tests.md\"\nsections = [\"Tests\"]"));
    let uses = |actions: &[&str]| {
        let steps: String = actions.iter().map(|action| format!("      - uses: {action}\n")).collect();
        WORKFLOW.replace("      - run", &format!("{steps}      - run"))
    };
    for (waiver, level, code) in [("", "error", 1), (WAIVER, "warning", 0)] {
        let (fixture, _) = with_workflow(&uses(&["actions/checkout@v5"]), &job());
        fixture.write("attestations.toml", format!("version = 1\n{waiver}{met}"));
        let base = fixture.commit();
        fixture.write(".github/workflows/ci.yml", format!("# moved down\n{}", uses(&["actions/checkout@v5"])));
        fixture.commit();
        assert_eq!(told(&check(&fixture, &base, &[]), WORSE), Vec::<String>::new(), "it only moved");
        fixture.write(".github/workflows/ci.yml", uses(&["acme/scan@main", "actions/checkout@v5"]));
        fixture.commit();
        let run = check(&fixture, &base, &["--new-only"]);
        let found = told(&run, WORSE);
        assert!(found.len() == 1 && found[0].starts_with(level) && found[0].contains("uses acme/scan@main"), "{found:?}");
        assert!(found[0].contains("adds to what contradicts software-security/1.2-c2"), "{found:?}");
        assert_eq!(run.code, code, "{found:?}");
    }
}

#[test]
fn every_report_on_a_waived_unit_says_what_lies_under_the_waiver() {
    let (fixture, _) = with_workflow(&WORKFLOW.replace("      - run", "      - uses: actions/checkout@v5\n      - run"), &job());
    let met = attested_of("software-security/1.2-c2", &piece("document", "path = \"docs/tests.md\"\nsections = [\"Tests\"]"));
    fixture.write("attestations.toml", format!("version = 1\n{WAIVER}{met}"));
    fixture.commit();
    for (format, wanted) in [
        ("human", "until 2027-03-31: software-security/1.2-c2 (contradicted)"),
        ("markdown", "waived until 2027-03-31 (contradicted): software-security/1.2-c2"),
        ("html", "contradicted, waived until 2027-03-31: contradicted: it is attested as met, and the repository shows the opposite"),
        ("json", "\"waived-outcome\":\"contradicted\""),
        ("sarif-full", "\"outcome\":\"contradicted\""),
        ("junit", "contradicted, waived until 2027-03-31"),
        ("csv", "contradicted, waived until 2027-03-31"),
        ("cyclonedx", "waived: contradicted, waived until 2027-03-31"),
        ("oscal", "\"name\":\"waived-outcome\""),
    ] {
        let run = fixture.run(&["check", "--today", "2026-11-22", "--format", format]);
        assert!(run.stdout.replace("\": ", "\":").contains(wanted), "{format}");
    }
}
