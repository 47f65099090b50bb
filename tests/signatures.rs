//! Signed attestations: real signatures of OpenSSH in `tests/signatures/`, and the program with `--allowed-signers`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test that panics has failed, and it reads its own fixtures"
)]

mod common;

use std::fs;
use std::path::Path;

use common::{Fixture, Run};
use jiff::civil::{Date, date};
use portcullis::clock::Today;
use portcullis::input::signature::verify;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

const DAY: Date = date(2026, 11, 22);
const GOOD: &[(&str, &str)] = &[
    ("ed25519", "ed25519"),
    ("ed25519-sha256", "ed25519"),
    ("ecdsa-256", "ecdsa-256"),
    ("ecdsa-384", "ecdsa-384"),
    ("rsa-3072", "rsa-3072"),
    ("fido-ed25519", "fido-ed25519"),
    ("fido-ecdsa", "fido-ecdsa"),
];

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/signatures").join(name)).unwrap()
}

/// A line of an allowed signers file.
fn line(key: &str, options: &str) -> String {
    format!("{key}@ledger.example {options} {}", String::from_utf8(file(&format!("keys/{key}.pub"))).unwrap())
}

fn judge(signature: &str, signers: &str) -> Result<String, String> {
    verify(&file("attestations.toml"), &file(&format!("{signature}.sig")), signers, Today(DAY))
}

#[test]
fn a_signature_by_an_allowed_signer_names_the_signer_and_the_key() {
    for (signature, key) in GOOD {
        let who = judge(signature, &line(key, "")).unwrap();
        assert!(who.starts_with(&format!("{key}@ledger.example (SHA256:")), "{who}");
    }
}

#[test]
fn every_signer_of_the_file_may_sign() {
    let everybody: String = GOOD.iter().map(|(_, key)| line(key, "namespaces=\"portcullis\",valid-after=\"20260101Z\"")).collect();
    for (signature, _) in GOOD {
        judge(signature, &format!("# release managers\n{everybody}")).unwrap();
    }
}

#[test]
fn a_signature_that_does_not_count_says_why() {
    let both = format!("{}{}", line("ed25519", "valid-before=\"20260101\""), line("ed25519", "namespaces=\"git\""));
    for (signature, signers, says) in [
        ("ed25519", line("ecdsa-256", ""), "is not among the allowed signers"),
        ("ed25519", line("ed25519", "valid-before=\"20261122Z\""), "line 1 of the allowed signers, has expired on 2026-11-22"),
        ("ed25519", line("ed25519", "valid-after=\"20261123Z\""), "is not yet valid on 2026-11-22"),
        ("ed25519", line("ed25519", "namespaces=\"git,file\""), "is not allowed to sign in the namespace portcullis"),
        ("ed25519", line("ed25519", "cert-authority"), "certificates are not supported"),
        ("ed25519", both.clone(), "has expired"),
        ("ed25519", both, "line 2 of the allowed signers, is not allowed to sign in the namespace"),
        ("ed25519", String::new(), "the allowed signers file names nobody"),
        ("ed25519", format!("{}ada\n", line("ed25519", "")), "line 2 of the allowed signers cannot be read"),
        ("other-namespace", line("ed25519", ""), "it was made in the namespace `file`, not portcullis"),
        ("other-file", line("ed25519", ""), "changed after signing"),
        ("crlf", line("ed25519", ""), "signed the file with CRLF line ends"),
        ("certificate", line("ed25519", ""), "made with a certificate"),
        ("certificate", line("authority", "cert-authority"), "made with a certificate"),
        ("ecdsa-521", line("ecdsa-521", ""), "`ecdsa-sha2-nistp521` key is of an unsupported type"),
        ("fido-ed25519-untouched", line("fido-ed25519", ""), "FIDO key that nobody touched"),
        ("fido-ecdsa-untouched", line("fido-ecdsa", ""), "FIDO key that nobody touched"),
    ] {
        let why = judge(signature, &signers).unwrap_err();
        assert!(why.contains(says), "{signature}: {why}");
    }
}

#[test]
fn of_several_lines_with_one_key_any_that_permits_it_is_enough() {
    let lines = format!("{}{}", line("ed25519", "valid-before=\"20260101\""), line("ed25519", "valid-after=\"20260101\""));
    judge("ed25519", &lines).unwrap();
}

#[test]
fn a_message_changed_anywhere_is_refused() {
    let (message, signature) = (file("attestations.toml"), file("ed25519.sig"));
    let signers = line("ed25519", "");
    for at in (0..message.len()).step_by(10) {
        let mut changed = message.clone();
        changed[at] ^= 1;
        assert!(verify(&changed, &signature, &signers, Today(DAY)).is_err(), "byte {at}");
    }
    assert!(verify(&message[..message.len() - 1], &signature, &signers, Today(DAY)).is_err());
    assert!(verify(&[message.as_slice(), b"\n"].concat(), &signature, &signers, Today(DAY)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_signature_changed_anywhere_is_refused(which in any::<Index>(), at in any::<Index>(), digit in "[A-Za-z0-9+/=]") {
        let (signature, key) = which.get(GOOD);
        let text = String::from_utf8(file(&format!("{signature}.sig"))).unwrap();
        let body = text.find('\n').unwrap()..text.rfind("\n-----END").unwrap();
        let digits: Vec<usize> = body.filter(|at| text.as_bytes()[*at] != b'\n').collect();
        let at = *at.get(&digits);
        prop_assume!(text.as_bytes()[at] != digit.as_bytes()[0]);
        let mut changed = text;
        changed.replace_range(at..at + 1, &digit);
        prop_assert!(verify(&file("attestations.toml"), changed.as_bytes(), &line(key, ""), Today(DAY)).is_err());
    }

    #[test]
    fn any_inputs_give_an_answer(message in any::<Vec<u8>>(), signature in any::<Vec<u8>>(), signers in any::<String>()) {
        prop_assert!(verify(&message, &signature, &signers, Today(DAY)).is_err());
    }
}

// ---- the program ----

const DECLARATION: &str = "version = 1\n\n[product]\nname = \"Ledger\"\ntypes = []\nroles = [\"open-source\"]\n";

/// A repository whose gate is open but for signatures: nothing binds an open source developer.
struct Signed {
    fixture: Fixture,
}

impl Signed {
    fn new() -> Self {
        let fixture = Fixture::new();
        fixture.write("portcullis.toml", DECLARATION);
        fixture.write("attestations.toml", file("attestations.toml"));
        fixture.write("attestations.toml.sig", file("ed25519.sig"));
        let signed = Self { fixture };
        signed.signers(&line("ed25519", ""));
        signed
    }

    fn signers(&self, text: &str) {
        fs::write(self.fixture.outside().join("signers"), text).unwrap();
    }

    fn check(&self) -> Run {
        self.check_with("../signers")
    }

    fn check_with(&self, signers: &str) -> Run {
        self.fixture.run(&["check", "--today", "2026-11-22", "--format", "json", "--allowed-signers", signers])
    }

    fn closed(&self, says: &str) {
        self.closed_at("attestations.toml", says);
    }

    /// The gate is closed by one finding only, at the first line of that file.
    fn closed_at(&self, path: &str, says: &str) {
        let run = self.check();
        let report = run.json();
        let found = unsigned(&report);
        assert_eq!((run.code, found.len()), (1, 1), "{report:#}");
        assert_eq!(
            (found[0]["level"].as_str(), found[0]["file"].as_str(), found[0]["line"].as_u64()),
            (Some("error"), Some(path), Some(1))
        );
        let message = found[0]["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("{path} carries no signature by an allowed signer: ")) && message.contains(says), "{message}");
    }

    fn open(&self) {
        let run = self.check();
        assert_eq!((run.code, unsigned(&run.json()).len()), (0, 0), "{}{}", run.stdout, run.stderr);
    }
}

fn unsigned(report: &Value) -> Vec<Value> {
    let findings = report["products"].as_array().unwrap().iter().flat_map(|product| product["findings"].as_array().unwrap());
    findings.filter(|finding| finding["id"] == "portcullis/unsigned-attestations").cloned().collect()
}

#[test]
fn attestations_signed_by_an_allowed_signer_open_the_gate() {
    for (signature, key) in GOOD {
        let signed = Signed::new();
        signed.fixture.write("attestations.toml.sig", file(&format!("{signature}.sig")));
        signed.signers(&line(key, ""));
        signed.fixture.commit();
        signed.open();
    }
}

#[test]
fn without_the_option_a_signature_is_not_looked_at() {
    let signed = Signed::new();
    signed.fixture.write("attestations.toml.sig", "not a signature");
    signed.fixture.commit();
    let run = signed.fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]);
    assert_eq!((run.code, unsigned(&run.json()).len()), (0, 0));
}

#[test]
fn a_bad_signature_closes_the_gate_at_the_first_line_of_the_attestations() {
    for (signature, says) in [
        ("other-namespace", "it was made in the namespace `file`"),
        ("other-file", "changed after signing"),
        ("ecdsa-256", "is not among the allowed signers"),
        ("certificate", "made with a certificate"),
    ] {
        let signed = Signed::new();
        signed.fixture.write("attestations.toml.sig", file(&format!("{signature}.sig")));
        signed.fixture.commit();
        signed.closed(says);
    }
}

#[test]
fn a_signature_file_that_is_missing_or_garbled_closes_the_gate() {
    let signed = Signed::new();
    fs::remove_file(signed.fixture.path().join("attestations.toml.sig")).unwrap();
    signed.fixture.commit();
    signed.closed("attestations.toml.sig: there is no such file");
    signed.fixture.write("attestations.toml.sig", "-----BEGIN SSH SIGNATURE-----\n");
    signed.fixture.commit();
    signed.closed("does not end with");
    signed.fixture.write("attestations.toml.sig", vec![b'A'; 20_000]);
    signed.fixture.commit();
    signed.closed("larger than 16384 bytes");
}

#[test]
fn a_signature_that_git_does_not_track_does_not_count() {
    let signed = Signed::new();
    let path = signed.fixture.path().join("attestations.toml.sig");
    fs::remove_file(&path).unwrap();
    signed.fixture.commit();
    fs::write(&path, file("ed25519.sig")).unwrap();
    signed.closed("attestations.toml.sig: the file is not tracked by git");
}

#[test]
fn a_key_is_judged_on_the_day_of_the_check() {
    let signed = Signed::new();
    signed.fixture.commit();
    for (options, says) in [
        ("valid-before=\"20261122Z\"", "has expired on 2026-11-22"),
        ("valid-after=\"20261123Z\"", "is not yet valid on 2026-11-22"),
        ("namespaces=\"git\"", "is not allowed to sign in the namespace portcullis"),
    ] {
        signed.signers(&line("ed25519", options));
        signed.closed(says);
    }
    signed.signers(&line("ed25519", "valid-before=\"20261123Z\""));
    signed.open();
}

#[test]
fn an_unreadable_signers_file_is_exit_2_with_its_line() {
    let signed = Signed::new();
    signed.fixture.commit();
    signed.signers(&format!("{}ada@ledger.example valid-after=tomorrow ssh-ed25519 AAAA\n", line("ed25519", "")));
    let run = signed.check();
    assert_eq!(run.code, 2);
    let message = run.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("line 2 of the allowed signers cannot be read: option `valid-after`: its value must stand in double quotes"),
        "{message}"
    );
}

#[test]
fn attestations_changed_after_signing_close_the_gate_before_they_are_committed() {
    let signed = Signed::new();
    signed.fixture.commit();
    signed.fixture.write("attestations.toml", String::from_utf8(file("attestations.toml")).unwrap().replace("1.2", "1.3"));
    signed.closed("changed after signing");
}

#[test]
fn a_working_copy_with_crlf_is_verified_as_git_stores_it() {
    let signed = Signed::new();
    signed.fixture.commit();
    for name in ["attestations.toml", "attestations.toml.sig"] {
        let text = fs::read_to_string(signed.fixture.path().join(name)).unwrap();
        signed.fixture.write(name, text.replace('\n', "\r\n"));
    }
    signed.open();
}

#[test]
fn a_signature_over_a_working_copy_with_crlf_is_refused_where_git_stores_lf() {
    let signed = Signed::new();
    signed.fixture.write("attestations.toml.sig", file("crlf.sig"));
    signed.fixture.commit();
    let text = String::from_utf8(file("attestations.toml")).unwrap();
    signed.closed("signed the file with CRLF line ends");
    signed.fixture.write("attestations.toml", text.replace('\n', "\r\n"));
    signed.closed("signed the file with CRLF line ends");
}

#[test]
fn attestations_committed_with_crlf_are_verified_as_they_are() {
    let signed = Signed::new();
    signed.fixture.write("attestations.toml", String::from_utf8(file("attestations.toml")).unwrap().replace('\n', "\r\n"));
    signed.fixture.write("attestations.toml.sig", file("crlf.sig"));
    signed.fixture.commit();
    signed.open();
}

#[test]
fn where_nothing_is_attested_there_is_nothing_to_sign() {
    let signed = Signed::new();
    for name in ["attestations.toml", "attestations.toml.sig"] {
        fs::remove_file(signed.fixture.path().join(name)).unwrap();
    }
    signed.fixture.commit();
    signed.open();
}

#[test]
fn a_file_that_the_declaration_names_instead_needs_its_own_signature() {
    let signed = Signed::new();
    signed.fixture.write("portcullis.toml", format!("{DECLARATION}attestations = \"other.toml\"\n"));
    signed.fixture.write("other.toml", file("attestations.toml"));
    signed.fixture.commit();
    signed.closed_at("other.toml", "other.toml.sig: there is no such file");
    signed.fixture.write("other.toml.sig", file("ed25519.sig"));
    signed.fixture.commit();
    signed.open();
}

#[test]
fn the_organisations_attestations_are_held_to_the_same_rule() {
    let signed = Signed::new();
    signed.fixture.write(
        "portcullis.toml",
        format!("{DECLARATION}\n[organisation]\ncodes = [\"cyber-governance\"]\nattestations = \"organisation.toml\"\n"),
    );
    signed.fixture.write("organisation.toml", "version = 1\n");
    signed.fixture.commit();
    signed.closed_at("organisation.toml", "organisation.toml.sig: there is no such file");
    signed.fixture.write("organisation.toml", file("attestations.toml"));
    signed.fixture.write("organisation.toml.sig", file("ed25519.sig"));
    signed.fixture.commit();
    assert!(unsigned(&signed.check().json()).is_empty());
}

#[test]
fn one_file_for_product_and_organisation_is_one_finding() {
    let signed = Signed::new();
    let text = format!("{DECLARATION}\n[organisation]\ncodes = [\"cyber-governance\"]\nattestations = \"attestations.toml\"\n");
    signed.fixture.write("portcullis.toml", text);
    signed.fixture.write("attestations.toml.sig", file("other-file.sig"));
    signed.fixture.commit();
    signed.closed("changed after signing");
}

#[test]
fn a_required_signature_without_the_option_is_no_assessment() {
    let signed = Signed::new();
    signed.fixture.write("portcullis.toml", format!("{DECLARATION}\n[gate]\nsignature = \"required\"\n"));
    signed.fixture.commit();
    let run = signed.fixture.run(&["check", "--today", "2026-11-22", "--format", "json"]);
    let report = run.json();
    assert_eq!(run.code, 2, "{report:#}");
    assert_eq!((report["errors"][0]["file"].as_str(), report["errors"][0]["line"].as_u64()), (Some("portcullis.toml"), Some(9)));
    assert!(report["errors"][0]["message"].as_str().unwrap().contains("--allowed-signers FILE"));
    signed.open();
}

#[test]
fn a_signers_file_in_the_tree_under_test_is_no_assessment() {
    let signed = Signed::new();
    signed.fixture.write("signers", line("ed25519", ""));
    signed.fixture.commit();
    for (path, says) in [("signers", "lies in the tree under test"), ("../absent", "cannot be read")] {
        let run = signed.check_with(path);
        assert_eq!(run.code, 2, "{path}");
        assert!(run.stderr.contains(&format!("the allowed signers file {path} {says}")), "{}", run.stderr);
    }
    signed.open();
}
