//! `privacy-manifest`: the data that an app or library declares to collect, in Apple's PrivacyInfo.xcprivacy.
//!
//! What may stand in it is told by "Privacy manifest files" in Apple's documentation and by its technical notes TN3181, TN3183 and
//! TN3184; the store refuses manifests with other keys or values.

use std::ops::Range;

use super::apple_plist::{refuse_binary, stated_twice};
use super::attested::Attested;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::plist::{self, Entry, Value};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::{count, one_line};

/// See the module's documentation.
pub(super) struct PrivacyManifest;

const TYPE: &str = "NSPrivacyCollectedDataType";
const PURPOSE: &str = "NSPrivacyCollectedDataTypePurpose";
const ROOT: &[&str] = &["NSPrivacyTracking", "NSPrivacyTrackingDomains", "NSPrivacyCollectedDataTypes", "NSPrivacyAccessedAPITypes"];
/// The data types, without their common beginning.
const TYPES: &[&str] = &[
    "Name",
    "EmailAddress",
    "PhoneNumber",
    "PhysicalAddress",
    "OtherUserContactInfo",
    "Health",
    "Fitness",
    "PaymentInfo",
    "CreditInfo",
    "OtherFinancialInfo",
    "PreciseLocation",
    "CoarseLocation",
    "SensitiveInfo",
    "Contacts",
    "EmailsOrTextMessages",
    "PhotosorVideos",
    "AudioData",
    "GameplayContent",
    "CustomerSupport",
    "OtherUserContent",
    "BrowsingHistory",
    "SearchHistory",
    "UserID",
    "DeviceID",
    "PurchaseHistory",
    "ProductInteraction",
    "AdvertisingData",
    "OtherUsageData",
    "CrashData",
    "PerformanceData",
    "OtherDiagnosticData",
    "EnvironmentScanning",
    "Hands",
    "Head",
    "OtherDataTypes",
];
/// The purposes, without their common beginning.
const PURPOSES: &[&str] =
    &["ThirdPartyAdvertising", "DeveloperAdvertising", "Analytics", "ProductPersonalization", "AppFunctionality", "Other"];
/// The categories of interfaces that need a reason, and their reasons ("Describing use of required reason API").
const INTERFACES: &[(&str, &[&str])] = &[
    ("NSPrivacyAccessedAPICategoryFileTimestamp", &["DDA9.1", "C617.1", "3B52.1", "0A2A.1"]),
    ("NSPrivacyAccessedAPICategorySystemBootTime", &["35F9.1", "8FFB.1", "3D61.1"]),
    ("NSPrivacyAccessedAPICategoryDiskSpace", &["85F4.1", "E174.1", "7D9E.1", "B728.1"]),
    ("NSPrivacyAccessedAPICategoryActiveKeyboards", &["3EC4.1", "54BD.1"]),
    ("NSPrivacyAccessedAPICategoryUserDefaults", &["CA92.1", "1C8F.1", "C56D.1", "AC6B.1"]),
];

impl Verifier for PrivacyManifest {
    fn kind(&self) -> &'static str {
        "privacy-manifest"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a property list in XML with the keys of a privacy manifest and no others.",
            "Every collected data type is one of Apple's, says whether it is linked to the user and used for tracking, and has purposes, each one of Apple's.",
            "What it says of tracking agrees: data used for tracking and tracking domains only where `NSPrivacyTracking` is true, and domains where it is.",
            "Every interface that needs a reason has one of those that Apple gives for it.",
            "With `expect`, every data type it declares to collect, and tracking, are on that list.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the app collects what it declares, and nothing else, cannot be seen; the manifests of libraries are files of their own. It names no product."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"privacy-manifest\"\npath = \"ios/Pocket/PrivacyInfo.xcprivacy\"\nexpect = \"EmailAddress, Name, CrashData\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    refuse_binary(ask)?;
    let path = ask.cited()?.path.to_string();
    ask.read_anew()?;
    let document = plist::read(ask.text()?).map_err(|bad| ask.malformed(&bad))?;
    let dict = plist::root(&document).ok_or_else(|| ask.malformed(&crate::formats::tree::BadDocument::new("it is empty", None)))?;
    if dict.entries().next().is_none() {
        let message = format!("{path} declares nothing");
        return Err(Verified::gap(Gap::failed("hollow", message, "declare what is collected, be it an empty list")));
    }
    let look = Look { ask, path: &path, attested: Attested::of(ask) };
    let mut gaps = stated_twice(ask, dict, &path);
    gaps.extend(look.unknown_keys(dict));
    gaps.extend(look.tracking(dict));
    let types = look.array(dict, "NSPrivacyCollectedDataTypes", &mut gaps);
    for item in &types {
        gaps.extend(look.data_type(*item));
    }
    let interfaces = look.array(dict, "NSPrivacyAccessedAPITypes", &mut gaps);
    for item in &interfaces {
        gaps.extend(look.interface(*item));
    }
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    Ok(Verified::from_gaps(super::at_most(gaps), || look.proof(types.len(), interfaces.len(), is_tracking(dict))))
}

fn is_tracking(dict: Value<'_, '_>) -> bool {
    dict.get("NSPrivacyTracking").and_then(Value::boolean) == Some(true)
}

/// One manifest under examination.
struct Look<'l> {
    ask: &'l Ask<'l>,
    path: &'l str,
    attested: Attested<'l>,
}

impl Look<'_> {
    fn gap(&self, at: Range<usize>, fault: &'static str, what: &str, remedy: &str) -> Gap {
        self.ask.gap_at(at, fault, format!("{} {what}", self.path), remedy)
    }

    fn unknown_keys(&self, dict: Value<'_, '_>) -> Vec<Gap> {
        let unknown = dict.entries().filter(|entry| !ROOT.contains(&entry.key));
        let gap = |entry: Entry<'_, '_>| {
            let what = format!("has the key {}, which no privacy manifest has", one_line(entry.key, limits::QUOTED_CHARS));
            self.gap(entry.at, "unknown-key", &what, "correct the key: the store refuses the manifest")
        };
        unknown.map(gap).collect()
    }

    fn array<'a, 'i>(&self, dict: Value<'a, 'i>, key: &str, gaps: &mut Vec<Gap>) -> Vec<Value<'a, 'i>> {
        let Some(entry) = dict.entry(key) else { return Vec::new() };
        match entry.value.filter(|value| value.is("array")) {
            Some(array) => array.items().collect(),
            None => {
                gaps.push(self.gap(entry.at, "no-array", &format!("has something else than an array in {key}"), "write an array"));
                Vec::new()
            }
        }
    }

    fn tracking(&self, dict: Value<'_, '_>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let stated = dict.entry("NSPrivacyTracking");
        if let Some(entry) = stated.as_ref().filter(|entry| entry.value.and_then(Value::boolean).is_none()) {
            gaps.push(self.gap(entry.at.clone(), "no-boolean", "has no boolean in NSPrivacyTracking", "write <true/> or <false/>"));
        }
        let tracks = is_tracking(dict);
        let domains = self.array(dict, "NSPrivacyTrackingDomains", &mut gaps);
        for domain in &domains {
            let bad = domain.string().is_none_or(|name| name.is_empty() || name.contains(['/', '?', ':']) || !name.contains('.'));
            if bad {
                let what = "has a tracking domain that is no plain name of a domain";
                gaps.push(self.gap(domain.at(), "no-domain", what, "write the domain alone, without scheme, path or query"));
            }
        }
        if let Some(first) = domains.first().filter(|_| !tracks) {
            let what = "names tracking domains and does not say that it tracks";
            gaps.push(self.gap(first.at(), "tracking", what, "set NSPrivacyTracking to true, or take the domains out"));
        }
        if let Some(entry) = stated.filter(|_| tracks) {
            if domains.is_empty() {
                let what = "says that it tracks and names no tracking domain";
                gaps.push(self.gap(entry.at.clone(), "tracking", what, "list the domains in NSPrivacyTrackingDomains"));
            }
            if self.attested.is_given() && !self.attested.has(&["NSPrivacyTracking"]) {
                let what = "says that it tracks users, which is not attested";
                gaps.push(self.gap(entry.at, "not-attested", what, "stop tracking, or name NSPrivacyTracking in `expect`"));
            }
        }
        let used = self.array(dict, "NSPrivacyCollectedDataTypes", &mut Vec::new());
        let tracked = used.iter().filter_map(|item| item.get("NSPrivacyCollectedDataTypeTracking"));
        if let Some(value) = tracked.filter(|value| value.boolean() == Some(true)).find(|_| !tracks) {
            let what = "uses data for tracking and does not say that it tracks";
            gaps.push(self.gap(value.at(), "tracking", what, "set NSPrivacyTracking to true, or correct the data type"));
        }
        gaps
    }

    fn data_type(&self, item: Value<'_, '_>) -> Vec<Gap> {
        let Some(name) = item.get(TYPE) else {
            return vec![self.gap(
                item.at(),
                "no-type",
                "has a collected data type without its name",
                "name it by NSPrivacyCollectedDataType",
            )];
        };
        let full = name.string().unwrap_or_default();
        let shown = one_line(full, limits::QUOTED_CHARS);
        let Some(short) = full.strip_prefix(TYPE).filter(|short| TYPES.contains(short)) else {
            let what = format!("collects `{shown}`, which is none of Apple's data types");
            return vec![self.gap(name.at(), "unknown-type", &what, "choose a type from \"Describing data use in privacy manifests\"")];
        };
        let mut gaps = Vec::new();
        for key in ["NSPrivacyCollectedDataTypeLinked", "NSPrivacyCollectedDataTypeTracking"] {
            if item.get(key).and_then(Value::boolean).is_none() {
                gaps.push(self.gap(name.at(), "no-boolean", &format!("does not say {key} of {short}"), "write <true/> or <false/>"));
            }
        }
        let purposes: Vec<Value<'_, '_>> = item.get("NSPrivacyCollectedDataTypePurposes").into_iter().flat_map(Value::items).collect();
        if purposes.is_empty() {
            gaps.push(self.gap(name.at(), "no-purpose", &format!("does not say what {short} is collected for"), "give its purposes"));
        }
        for purpose in purposes {
            let text = purpose.string().unwrap_or_default();
            if !text.strip_prefix(PURPOSE).is_some_and(|short| PURPOSES.contains(&short)) {
                let what = format!("collects {short} for `{}`, which is none of Apple's purposes", one_line(text, limits::QUOTED_CHARS));
                gaps.push(self.gap(purpose.at(), "unknown-purpose", &what, "choose a purpose from Apple's list"));
            }
        }
        if !self.attested.has(&[full, short]) && self.attested.is_given() {
            let what = format!("collects {short}, which is not attested");
            gaps.push(self.gap(
                name.at(),
                "not-attested",
                &what,
                "stop collecting it, or add it to `expect` once somebody has justified it",
            ));
        }
        gaps
    }

    fn interface(&self, item: Value<'_, '_>) -> Vec<Gap> {
        let name = item.get("NSPrivacyAccessedAPIType").and_then(Value::string).unwrap_or_default();
        let Some((_, known)) = INTERFACES.iter().find(|(category, _)| *category == name) else {
            let what = format!("uses interfaces of `{}`, which is none of Apple's categories", one_line(name, limits::QUOTED_CHARS));
            return vec![self.gap(
                item.at(),
                "unknown-interface",
                &what,
                "choose a category from \"Describing use of required reason API\"",
            )];
        };
        let reasons: Vec<Value<'_, '_>> = item.get("NSPrivacyAccessedAPITypeReasons").into_iter().flat_map(Value::items).collect();
        if reasons.is_empty() {
            return vec![self.gap(item.at(), "no-reason", &format!("gives no reason for {name}"), "give a reason from Apple's list")];
        }
        let other = reasons.iter().filter(|reason| reason.string().is_none_or(|text| !known.contains(&text)));
        let gap = |reason: &Value<'_, '_>| {
            let text = one_line(reason.string().unwrap_or_default(), 40);
            self.gap(
                reason.at(),
                "unknown-reason",
                &format!("gives `{text}` for {name}, which is no reason for it"),
                "give a reason from Apple's list",
            )
        };
        other.map(gap).collect()
    }

    fn proof(&self, types: usize, interfaces: usize, tracks: bool) -> Proof {
        let number = |length: usize, noun: &str| count(i64::try_from(length).unwrap_or(i64::MAX), noun);
        let attested = if self.attested.is_given() { ", all attested" } else { ", which were compared with no list" };
        let tracks = if tracks { "tracking" } else { "no tracking" };
        let says = format!(
            "{} declares {}{attested}, {tracks} and reasons for {}{}",
            self.path,
            number(types, "collected data type"),
            number(interfaces, "kind") + " of interface",
            self.attested.unused()
        );
        Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
    }
}
