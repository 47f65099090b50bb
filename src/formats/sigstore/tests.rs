use proptest::prelude::*;

use super::*;
use crate::formats::dsse::{self, Carrier};

const WORKFLOW: &str = "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main";
const GITHUB: &str = "https://token.actions.githubusercontent.com";

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../tests/samples/sigstore/", $name))
    };
}

/// Verifies a bundle over a statement, with the digests of its subjects.
fn over_statement(text: &str) -> Option<Result<Seal, Refused>> {
    let whole = read(Syntax::Json, text).ok()?;
    let opened = dsse::open(&whole).ok()??;
    let Carrier::Bundle(signed) = &opened.carrier else { return None };
    let statement = opened.read().ok()?;
    let subjects = statement.at(&["subject"]).items().iter().flat_map(|subject| subject.at(&["digest"]).entries());
    let digests: Vec<_> = subjects.filter_map(|entry| Some((entry.key.to_string(), entry.node.text()?.to_owned()))).collect();
    Some(verify(text, &Over::Statement { message: &signed.message, digests: &digests }))
}

#[test]
fn the_trust_that_is_compiled_in_can_be_read() {
    let trust = trust().unwrap();
    assert!(trust.authorities.len() >= 3 && trust.logs.len() == 2);
}

#[test]
fn bundles_of_every_kind_of_log_entry_verify() {
    for (text, identity, issuer) in [
        (sample!("sigstore-js-2.0.0.sigstore.json"), WORKFLOW, GITHUB),
        (sample!("sigstore-js-1.3.0-promise.sigstore.json"), WORKFLOW, GITHUB),
        (
            sample!("conda.sigstore.json"),
            "https://github.com/prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main",
            GITHUB,
        ),
    ] {
        let seal = over_statement(text).unwrap().unwrap();
        assert_eq!((seal.identity.as_str(), seal.issuer.as_str()), (identity, issuer));
    }
    let seal = verify(sample!("cosign-blob.sigstore.json"), &Over::File(include_bytes!("../../../tests/samples/sigstore/cosign-blob.txt")));
    assert_eq!(seal.unwrap().identity, "w.vollprecht@gmail.com");
}

#[test]
fn a_tenant_of_another_provider_is_told_by_its_issuer() {
    let seal = over_statement(sample!("github-tenant.sigstore.json")).unwrap().unwrap();
    assert_ne!(seal.issuer, GITHUB);
}

#[test]
fn an_instance_that_the_trust_does_not_know_is_no_forgery() {
    for (text, says) in [
        (sample!("github-private.jsonl"), "GitHub"),
        (sample!("staging-rekor2.sigstore.json"), "a transparency log that the trust root does not know"),
    ] {
        let Some(Err(Refused::Unknown(why))) = over_statement(text) else { panic!("it was judged") };
        assert!(why.contains(says), "{why}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_changed_byte_never_makes_another_signer(at in any::<proptest::sample::Index>(), bit in 0u8..7) {
        let mut bytes = sample!("sigstore-js-2.0.0.sigstore.json").as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Some(Ok(seal)) = std::str::from_utf8(&bytes).ok().and_then(over_statement) {
            prop_assert_eq!((seal.identity.as_str(), seal.issuer.as_str()), (WORKFLOW, GITHUB));
        }
    }
}
