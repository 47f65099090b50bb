//! `certificate`: the particulars of a Cyber Essentials certificate, as the evidence entry records them.
//!
//! Without a network a gate can only tell whether the record agrees with itself and with the scheme's rules, never
//! whether the certificate is genuine. What breaks a rule is a gap; what only makes a reader wonder is said in the proof.

mod particulars;

use jiff::civil::{Date, date};

use self::particulars::{Life, NumberForm, basic_remark, life, number_form, version_misfit, version_remark};
use super::ask::Particular;
use super::calendar::days;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::input::reader::quoted;
use crate::model::attestation::{Evidence, is_placeholder};
use crate::model::outcome::Assurance;

/// See the module's documentation.
pub(super) struct Certificate;

const BASIC: &str = "Cyber Essentials";
const PLUS: &str = "Cyber Essentials Plus";
/// What a record must have, with the name of the fault where a text only holds the place of one.
const TEXTS: [(&str, &str); 4] = [
    ("number", "placeholder-number"),
    ("level", "placeholder-level"),
    ("legal-entity", "placeholder-legal-entity"),
    ("certification-body", "placeholder-certification-body"),
];
const DATES: [&str; 2] = ["issued", "expires"];
const RECOMMENDED: [&str; 2] = ["scope", "requirements-version"];
/// The scheme's first day (from general knowledge, not verified).
const SCHEME_BEGAN: Date = date(2014, 6, 5);

impl Verifier for Certificate {
    fn kind(&self) -> &'static str {
        "certificate"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "number, level, legal-entity, certification-body, issued and expires are recorded, and none of them only holds the place of one (TODO, xxx, all zeros, the nil UUID, a number without a digit).",
            "level is exactly `Cyber Essentials` or `Cyber Essentials Plus`.",
            "expires, the certificate's last day, is today or later.",
            "expires is not before issued, and at most two days more than one year after it.",
            "issued is not in the future and not before 5 June 2014, when the scheme began.",
            "A copy of the certificate, where `path` names one, is a regular tracked file with the bytes that were pinned.",
            "Where the attested unit is about it: for cert-05 a requirements version that fits the issue date, for cert-06 a basic certificate of at most three months before a Plus one, for cert-07 a scope, for cert-09 a copy with a pin.",
            "Mentioned, and no gap of other units: no scope or requirements-version; a number in neither of the two known forms; a life of less than a year; a requirements version that does not fit the issue date; for Plus, a basic certificate that is not recorded or was issued more than three months before; a copy without a pin.",
        ]
    }

    fn limits(&self) -> &'static str {
        "The record is judged, not the certificate: whether it is genuine can only be checked online, in IASME's public certificate search or the BlockMark registry, so it makes an attestation evidenced at most. Whether its scope covers this product and its legal entity is the supplier is not checked, and a copy is not read."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]
kind = \"certificate\"
level = \"Cyber Essentials\"             # or \"Cyber Essentials Plus\"
number = \"00000000-0000-0000-0000-000000000000\"  # as printed on the certificate
legal-entity = \"Ledger Software Ltd\"
certification-body = \"Example Assurance Ltd\"
issued = 2026-05-11
expires = 2027-05-11
scope = \"Whole organisation\"
requirements-version = \"3.3\"
"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        let record = ask.evidence;
        let mut gaps: Vec<Gap> = unrecorded(record).into_iter().collect();
        gaps.extend(placeholders(record));
        gaps.extend(unknown_level(record));
        gaps.extend(expired(ask));
        gaps.extend(wrong_life(record));
        gaps.extend(wrong_issue(ask));
        gaps.extend(too_old(ask));
        gaps.extend(ask.asked.particular.and_then(|particular| unmet(ask, particular)));
        Verified::from_gaps(gaps, || proof(ask))
    }
}

fn unrecorded(record: &Evidence) -> Option<Gap> {
    let texts = TEXTS.iter().map(|(key, _)| *key).filter(|key| record.text(key).is_none());
    let dates = DATES.iter().copied().filter(|key| record.date(key).is_none());
    let absent: Vec<String> = texts.chain(dates).map(|key| format!("`{key}`")).collect();
    (!absent.is_empty()).then(|| {
        let message = format!("the certificate's record is not complete: it has no {}", absent.join(", "));
        Gap::failed("incomplete", message, "copy what is missing from the certificate into this evidence entry")
    })
}

/// Whether a text is recorded that only holds the place of one.
fn holds_a_place(key: &str, text: &str) -> bool {
    is_placeholder(text) || key == "number" && number_form(text) == NumberForm::Placeholder
}

fn placeholders(record: &Evidence) -> impl Iterator<Item = Gap> {
    TEXTS.iter().filter_map(|(key, fault)| {
        let text = record.text(key).filter(|text| holds_a_place(key, &text.value))?;
        let message = format!("the certificate's `{key}`, {}, only holds the place of one", quoted(&text.value));
        Some(Gap::failed(fault, message, format!("copy the {key} from the certificate")).at(text.span))
    })
}

fn unknown_level(record: &Evidence) -> Option<Gap> {
    let level = record.text("level").filter(|level| ![BASIC, PLUS].contains(&level.value.as_str()) && !is_placeholder(&level.value))?;
    let message = format!("there is no certificate of level {}", quoted(&level.value));
    Some(Gap::failed("level", message, format!("write `{BASIC}` or `{PLUS}`")).at(level.span))
}

fn expired(ask: &Ask<'_>) -> Option<Gap> {
    let expires = ask.evidence.date("expires")?;
    let past = ask.today.days_since(expires.value);
    (past > 0).then(|| {
        let message = format!("the certificate expired on {}, {} ago", expires.value, days(past));
        Gap::failed("expired", message, "renew the certificate, then record the new one's number and dates").at(expires.span)
    })
}

fn wrong_life(record: &Evidence) -> Option<Gap> {
    let (issued, expires) = (record.date("issued")?, record.date("expires")?);
    let (fault, message) = match life(issued.value, expires.value) {
        Life::Backwards => ("backwards", format!("the certificate expires on {}, before its issue on {}", expires.value, issued.value)),
        Life::Longer(more) => (
            "too-long",
            format!("the certificate runs from {} to {}, {} more than the year that one holds", issued.value, expires.value, days(more)),
        ),
        Life::Year | Life::Shorter(_) => return None,
    };
    Some(Gap::failed(fault, message, "correct the date that was mistyped: compare both with the certificate").at(expires.span))
}

fn wrong_issue(ask: &Ask<'_>) -> Option<Gap> {
    let issued = ask.evidence.date("issued")?;
    let (fault, message) = if ask.today.days_until(issued.value) > 0 {
        ("issued-ahead", format!("the certificate is recorded as issued on {}, which is in the future", issued.value))
    } else if issued.value < SCHEME_BEGAN {
        ("issued-early", format!("the certificate is recorded as issued on {}, before the scheme began on {SCHEME_BEGAN}", issued.value))
    } else {
        return None;
    };
    Some(Gap::failed(fault, message, "copy the issue date from the certificate").at(issued.span))
}

/// Only where the entry tightens it: a certificate has its own expiry.
fn too_old(ask: &Ask<'_>) -> Option<Gap> {
    let issued = ask.evidence.date("issued").filter(|issued| issued.value <= ask.today.0)?;
    ask.too_old(issued.value, "the certificate").map(|gap| gap.at(issued.span))
}

/// What the record lacks of the particular that the unit is about; it is only a remark where another unit rests on the record.
fn unmet(ask: &Ask<'_>, particular: Particular) -> Option<Gap> {
    let record = ask.evidence;
    let stated = |key: &str| record.text(key).filter(|text| !is_placeholder(&text.value));
    let issued = record.date("issued").map(|issued| issued.value);
    let unrecorded = |key: &str| format!("the certificate's `{key}` is not recorded, and this asks about nothing else");
    match particular {
        Particular::Version => match stated("requirements-version") {
            None => {
                let remedy = "copy the version of the requirements from the certificate into `requirements-version`";
                Some(Gap::failed("no-version", unrecorded("requirements-version"), remedy))
            }
            Some(version) => {
                let remedy = "compare the version and the day of issue with the certificate, and correct what was mistyped";
                Some(Gap::failed("version", version_misfit(&version.value, issued?)?, remedy).at(version.span))
            }
        },
        Particular::Basic => {
            record.text("level").filter(|level| level.value == PLUS)?;
            let basic = record.date("basic-issued");
            let message = basic_remark(basic.map(|basic| basic.value), issued?)?;
            let gap = Gap::failed("basic", message, "copy the day on which the basic certificate was issued into `basic-issued`");
            Some(basic.map_or(gap.clone(), |basic| gap.at(basic.span)))
        }
        Particular::Scope => stated("scope")
            .is_none()
            .then(|| Gap::failed("no-scope", unrecorded("scope"), "copy the scope's description from the certificate into `scope`")),
        Particular::Copy => {
            let (message, remedy) = match &ask.file {
                None => ("no copy of the certificate is cited".to_owned(), "track a copy, name it with `path`, and pin it"),
                Some(file) if record.pin.is_none() => {
                    (format!("the copy of the certificate in {} has no pin", file.path), "add `pin` with the SHA-256 digest of the copy")
                }
                Some(_) => return None,
            };
            Some(Gap::failed("no-copy", message, remedy))
        }
    }
}

fn proof(ask: &Ask<'_>) -> Proof {
    let record = ask.evidence;
    let text = |key| record.text(key).map(|text| quoted(&text.value)).unwrap_or_default();
    let day = |key| record.date(key).map(|date| date.value.to_string()).unwrap_or_default();
    let mut says = format!(
        "the record of {} certificate {} of {}, issued by {} on {} and in date until {}, is consistent; whether the certificate is genuine can only be checked online",
        text("level"),
        text("number"),
        text("legal-entity"),
        text("certification-body"),
        day("issued"),
        day("expires"),
    );
    for remark in remarks(ask) {
        says.push_str("; note: ");
        says.push_str(&remark);
    }
    let proof = Proof::new(Assurance::Evidenced, says);
    match record.date("expires") {
        Some(expires) => proof.until(expires.value, expires.span),
        None => proof,
    }
}

/// What makes a reader wonder and breaks no rule.
fn remarks(ask: &Ask<'_>) -> Vec<String> {
    let record = ask.evidence;
    let stated = |key: &str| record.text(key).filter(|text| !is_placeholder(&text.value));
    let mut remarks: Vec<String> =
        RECOMMENDED.iter().filter(|key| stated(key).is_none()).map(|key| format!("its `{key}` is not recorded")).collect();
    if record.text("number").is_some_and(|number| number_form(&number.value) == NumberForm::Unknown) {
        remarks.push("its number has neither of the known forms, a UUID or IASME-CE-nnnnnn".to_owned());
    }
    if let (Some(issued), Some(expires)) = (record.date("issued"), record.date("expires")) {
        if let Life::Shorter(less) = life(issued.value, expires.value) {
            remarks.push(format!("it runs for {} less than a year, as only a group's certificate may", days(less)));
        }
        remarks.extend(stated("requirements-version").and_then(|version| version_remark(&version.value, issued.value)));
        if record.text("level").is_some_and(|level| level.value == PLUS) {
            remarks.extend(basic_remark(record.date("basic-issued").map(|basic| basic.value), issued.value));
        }
    }
    if let Some(file) = ask.file.as_ref().filter(|_| record.pin.is_none()) {
        remarks.push(format!("its copy in {} has no pin", file.path));
    }
    remarks
}
