use super::*;
use proptest::prelude::*;

const FILE: &str = r#"# The attestations of Ledger.
version = 1   # the format

# --- theme 1 ---
[[attestation]]
provision = "software-security/1.1"     # the framework
status    = 'planned'
statement = ""
owner = "security@ledger.example"  # a team
reviewed = 2026-01-05

  [[attestation.evidence]]
  kind = "document"
  path = "docs/a.md"   # read it
  # more to come

# --- theme 2 ---
[[attestation]]
provision = ["software-security/2.1", "software-security/2.2"]
status = "met"
statement = """
Two lines
of it."""
owner = "build@ledger.example"
reviewed = 2026-02-01
evidence = [
  { kind = "file", path = "a.bin", pin = "git:4b825dc642cb6eb9a060e54bf8d69288fbee4904" },   # the first
  { kind = "document", path = "docs/b.md" },
]

# --- waivers ---
[[waiver]]
provision = "software-security/2.2"
reason = "The runner estate moves."
approved-by = "ciso@ledger.example"
expires = 2026-12-31
# the end
"#;

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn set(target: Target, key: &'static str, value: Value) -> Edit {
    Edit::Set { target, key, value, after: &["path", "owner", "status"] }
}

/// The lines that are in one text and not in the other, in order.
fn differing<'t>(a: &'t str, b: &str) -> Vec<&'t str> {
    a.lines().filter(|line| !b.lines().any(|other| other == *line)).collect()
}

#[test]
fn a_value_is_replaced_and_its_comment_stays() {
    let made = apply(FILE, &[set(Target::Attestation(0), "status", text("met"))]).unwrap();
    assert_eq!(made, FILE.replace("'planned'", "\"met\""));
    let made = apply(FILE, &[set(Target::Attestation(0), "owner", text("a@b.example"))]).unwrap();
    assert_eq!(differing(&made, FILE), ["owner = \"a@b.example\"  # a team"]);
}

#[test]
fn a_key_that_is_not_there_is_written_below_the_one_that_it_follows() {
    let made = apply(FILE, &[set(Target::Evidence(0, 0), "pin", text("git:0"))]).unwrap();
    assert_eq!(made, FILE.replace("# read it\n", "# read it\n  pin = \"git:0\"\n"));
    let made = apply(FILE, &[set(Target::Evidence(1, 1), "pin", text("git:0"))]).unwrap();
    assert_eq!(made, FILE.replace("\"docs/b.md\"", "\"docs/b.md\", pin = \"git:0\""));
}

#[test]
fn evidence_is_added_in_the_form_that_the_attestation_has() {
    let keys = || vec![("kind", text("file")), ("path", text("c.bin"))];
    let made = apply(FILE, &[Edit::AddEvidence(0, keys())]).unwrap();
    let block = "# read it\n\n[[attestation.evidence]]\nkind = \"file\"\npath = \"c.bin\"\n  # more to come\n";
    assert_eq!(made, FILE.replace("# read it\n  # more to come\n", block));
    let made = apply(FILE, &[Edit::AddEvidence(1, keys())]).unwrap();
    assert_eq!(made, FILE.replace("\"docs/b.md\" },", "\"docs/b.md\" }, { kind = \"file\", path = \"c.bin\" },"));
}

#[test]
fn new_tables_stand_behind_the_last_of_their_name() {
    let keys: Keys = vec![("provision", text("software-security/3.1")), ("status", text("met"))];
    let piece: Keys = vec![("kind", text("document"))];
    let made = apply(FILE, &[Edit::AddAttestation(keys.clone(), vec![piece])]).unwrap();
    let block = "]\n\n[[attestation]]\nprovision = \"software-security/3.1\"\nstatus = \"met\"\n\n[[attestation.evidence]]\nkind = \"document\"\n\n# --- waivers";
    assert_eq!(made, FILE.replace("]\n\n# --- waivers", block));
    let made = apply("version = 1\n", &[Edit::AddWaiver(keys)]).unwrap();
    assert_eq!(made, "version = 1\n\n[[waiver]]\nprovision = \"software-security/3.1\"\nstatus = \"met\"\n");
}

#[test]
fn line_ends_and_a_byte_order_mark_stay() {
    let windows = format!("\u{feff}{}", FILE.replace('\n', "\r\n"));
    let made = apply(&windows, &[set(Target::Evidence(0, 0), "pin", text("git:0"))]).unwrap();
    assert_eq!(made, windows.replace("# read it\r\n", "# read it\r\n  pin = \"git:0\"\r\n"));
}

#[test]
fn what_cannot_be_changed_without_touching_its_neighbours_is_refused() {
    let inline = "version = 1\nattestation = [{ provision = \"a\", status = \"met\" }]\n";
    assert_eq!(apply(inline, &[Edit::AddEvidence(0, vec![("kind", text("file"))])]), Err(Refused::Form));
    assert_eq!(apply(inline, &[Edit::AddAttestation(Keys::new(), Vec::new())]), Err(Refused::Form));
    assert_eq!(apply(FILE, &[set(Target::Attestation(9), "status", text("met"))]), Err(Refused::Form));
    assert!(matches!(apply("version = ", &[]), Err(Refused::Syntax(_))));
}

fn edit() -> impl Strategy<Value = Edit> {
    let words = "[ -~é\\n\"\\\\'#]{0,30}";
    let target = prop_oneof![
        (0usize..2).prop_map(Target::Attestation),
        Just(Target::Evidence(0, 0)),
        (0usize..2).prop_map(|at| Target::Evidence(1, at)),
        Just(Target::Waiver(0)),
    ];
    let key = prop_oneof![Just("status"), Just("statement"), Just("owner"), Just("pin"), Just("reason"), Just("path")];
    let after: &'static [&'static str] = &["path", "owner", "approved-by"];
    prop_oneof![
        4 => (target, key, words).prop_map(move |(target, key, value)| Edit::Set { target, key, value: Value::String(value), after }),
        1 => (0usize..2, words).prop_map(|(at, value)| Edit::AddEvidence(at, vec![("kind", Value::String(value))])),
        1 => words.prop_map(|value| Edit::AddAttestation(vec![("provision", Value::String(value))], vec![vec![("kind", text("file"))]])),
        1 => words.prop_map(|value| Edit::AddWaiver(vec![("provision", Value::String(value))])),
    ]
}

/// Whether one text can be had from another by leaving out pieces of it: nothing of it was lost or moved.
fn holds_in_order(whole: &str, part: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().all(|wanted| rest.any(|found| found == wanted))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]
    #[test]
    fn every_other_byte_stays_as_it_was(edit in edit(), windows in any::<bool>()) {
        let before = if windows { FILE.replace('\n', "\r\n") } else { FILE.to_owned() };
        let made = apply(&before, std::slice::from_ref(&edit)).unwrap();
        let places = Places::read(&before).unwrap();
        let splice = write(&before, &places, &edit).unwrap();
        let (head, rest) = before.split_at(splice.at.start);
        let (gone, tail) = rest.split_at(splice.at.len());
        prop_assert!(made.starts_with(head) && made.ends_with(tail) && made.len() >= head.len() + tail.len());
        let replaced = matches!(edit, Edit::Set { .. }) && !splice.at.is_empty();
        prop_assert!(replaced || holds_in_order(&made, &before));
        prop_assert!(!replaced || !gone.contains("\n#"));
    }
}
