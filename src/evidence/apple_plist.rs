//! `apple-plist`: what an app's Info.plist lets it load without TLS, and why it tells the user it wants their data.

use std::ops::Range;

use super::attested::Attested;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::plist::{self, Entry, Value};
use crate::limits;
use crate::model::attestation::is_placeholder;
use crate::model::outcome::Assurance;
use crate::text::{count, one_line};

/// See the module's documentation.
pub(super) struct ApplePlist;

/// Beginnings of the keys that an Info.plist has.
const FAMILIES: &[&str] = &["CFBundle", "NS", "UI", "LS"];
/// Parts of App Transport Security that open it up for a part of what an app loads.
const PARTIAL: &[&str] = &["NSAllowsArbitraryLoadsInWebContent", "NSAllowsArbitraryLoadsForMedia"];
/// What a domain's exception says that lets plain text through, the two older spellings among them.
const INSECURE: &[&str] =
    &["NSExceptionAllowsInsecureHTTPLoads", "NSThirdPartyExceptionAllowsInsecureHTTPLoads", "NSTemporaryExceptionAllowsInsecureHTTPLoads"];
/// How the keys of App Transport Security begin that switch it off, for all or for a part.
const SWITCH: &str = "NSAllows";
/// What is off however a system reads it that asked for a boolean.
const OFF: &[&str] = &["no", "false", "0", "n", "f"];
/// Versions of TLS that are no longer to be used (RFC 8996).
const OLD_TLS: &[&str] = &["TLSv1.0", "TLSv1.1"];
/// Kinds of bundle that are no app and no extension of one.
const NO_APP: &[&str] = &["FMWK", "BNDL"];

impl Verifier for ApplePlist {
    fn kind(&self) -> &'static str {
        "apple-plist"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is an Info.plist in XML, and not that of a framework or a test bundle.",
            "Its bundle identifier, name or display name is a name of the product, where the file states one itself.",
            "App Transport Security is not switched off: no `NSAllowsArbitraryLoads` that is in force.",
            "Exceptions for web content, for media and for domains (plain text, TLS older than 1.2) are named in `expect`.",
            "Each switch of App Transport Security is `<true/>` or `<false/>`: a text or a number that may be read as on is neither.",
            "Every usage description is a text for the user, not empty and not a placeholder.",
            "Where `expect` names usage descriptions, or is empty, there are no others.",
        ]
    }

    fn limits(&self) -> &'static str {
        "What Xcode adds from build settings and from InfoPlist.strings is not seen. Whether a description is true, or the access is needed, cannot be seen."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"apple-plist\"\npath = \"ios/Pocket/Info.plist\"\nnames = [\"example.ledger.pocket\"]\nexpect = \"NSCameraUsageDescription, NSContactsUsageDescription\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

/// The doubt of a property list in binary form.
pub(super) fn refuse_binary(ask: &Ask<'_>) -> Result<(), Verified> {
    let file = ask.cited()?;
    if file.bytes.starts_with(plist::BINARY) {
        let message = format!("{} is a binary property list, which is not read", file.path);
        return Err(Verified::doubt(message, "cite it in XML form (`plutil -convert xml1`)"));
    }
    Ok(())
}

/// The gaps of keys that a dictionary has twice: which of them counts is up to the reader.
pub(super) fn stated_twice(ask: &Ask<'_>, dict: Value<'_, '_>, path: &str) -> Vec<Gap> {
    let mut seen = std::collections::BTreeSet::new();
    let again = dict.entries().filter(|entry| !seen.insert(entry.key));
    let gap = |entry: Entry<'_, '_>| {
        let message = format!("{path} has the key {} twice", one_line(entry.key, limits::QUOTED_CHARS));
        ask.gap_at(entry.at, "twice", message, "keep one of them")
    };
    again.map(gap).collect()
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    refuse_binary(ask)?;
    let path = ask.cited()?.path.to_string();
    ask.read_anew()?;
    let document = plist::read(ask.text()?).map_err(|bad| ask.malformed(&bad))?;
    let dict = plist::root(&document).ok_or_else(|| ask.malformed(&crate::formats::tree::BadDocument::new("it is empty", None)))?;
    if !dict.entries().any(|entry| FAMILIES.iter().any(|family| entry.key.starts_with(family))) {
        let message = format!("{path} has no key of an Info.plist");
        return Err(Verified::gap(Gap::failed("no-info-plist", message, "cite the app's Info.plist")));
    }
    let look = Look { ask, path: &path, attested: Attested::of(ask) };
    look.judge(dict)
}

/// One property list under examination.
struct Look<'l> {
    ask: &'l Ask<'l>,
    path: &'l str,
    attested: Attested<'l>,
}

impl Look<'_> {
    fn judge(&self, dict: Value<'_, '_>) -> Result<Verified, Verified> {
        let mut gaps = stated_twice(self.ask, dict, self.path);
        gaps.extend(self.no_app(dict));
        let bound = self.bound(dict, &mut gaps);
        let mut doubts = Vec::new();
        if let Some(transport) = dict.get("NSAppTransportSecurity") {
            gaps.extend(stated_twice(self.ask, transport, self.path));
            gaps.extend(self.transport(transport));
            gaps.extend(self.switches(transport, &mut doubts));
        }
        let descriptions: Vec<Entry<'_, '_>> = dict.entries().filter(|entry| is_description(entry.key)).collect();
        gaps.extend(descriptions.iter().filter_map(|entry| self.description(entry, &mut doubts)));
        gaps.extend(self.ask.review_too_old(&format!("the review of {}", self.path)));
        if !gaps.is_empty() {
            return Ok(Verified::Gaps(super::at_most(gaps)));
        }
        if let Some(doubt) = doubts.into_iter().next() {
            return Err(doubt);
        }
        let shared = dict.get("UIFileSharingEnabled").and_then(Value::boolean) == Some(true);
        Ok(Verified::Proof(self.proof(descriptions.len(), bound, shared)))
    }

    fn gap(&self, at: Range<usize>, fault: &'static str, what: String, remedy: &str) -> Gap {
        self.ask.gap_at(at, fault, format!("{} {what}", self.path), remedy)
    }

    fn no_app(&self, dict: Value<'_, '_>) -> Option<Gap> {
        let kind = dict.get("CFBundlePackageType")?;
        let text = kind.string().filter(|text| NO_APP.contains(text))?;
        let what = format!("is of a bundle of type {text}, which is no app");
        Some(self.gap(kind.at(), "no-app", what, "cite the app's own Info.plist"))
    }

    /// Whether the file names this product; a gap where it names another one.
    fn bound(&self, dict: Value<'_, '_>, gaps: &mut Vec<Gap>) -> bool {
        let keys = ["CFBundleIdentifier", "CFBundleName", "CFBundleDisplayName"];
        let named = keys.iter().filter_map(|key| dict.get(key)).filter_map(|value| Some((value.at(), value.string()?)));
        let stated: Vec<(Range<usize>, &str)> = named.filter(|(_, name)| !name.is_empty() && !plist::is_build_setting(name)).collect();
        let bound = stated.iter().any(|(_, name)| self.ask.is_named(name));
        if let Some((at, name)) = stated.first().filter(|_| !bound) {
            let what = format!("is of {}, which is no name of this product ({})", one_line(name, limits::QUOTED_CHARS), self.ask.names());
            gaps.push(self.gap(at.clone(), "other-product", what, "cite this product's Info.plist, or give its identifier in `names`"));
        }
        bound
    }

    fn transport(&self, transport: Value<'_, '_>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        if let Some(at) = plist::arbitrary_loads(transport) {
            let what = "lets the app load from everywhere without TLS".to_owned();
            gaps.push(self.gap(at, "arbitrary-loads", what, "take NSAllowsArbitraryLoads out, or except single domains"));
        }
        for entry in transport.entries().filter(|entry| PARTIAL.contains(&entry.key)) {
            let allows = entry.value.and_then(Value::boolean) == Some(true);
            if allows && !self.attested.has(&[entry.key]) {
                let what = format!("switches TLS off by {}, which is not attested", entry.key);
                gaps.push(self.gap(entry.at, "exception", what, "take the exception out, or name the key in `expect`"));
            }
        }
        let domains = transport.get("NSExceptionDomains");
        gaps.extend(domains.into_iter().flat_map(Value::entries).filter_map(|domain| self.domain(domain)));
        gaps
    }

    /// Switches that are neither on nor off. What a system makes of a text or a number in place of a boolean is its own affair.
    fn switches(&self, transport: Value<'_, '_>, doubts: &mut Vec<Verified>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut switches: Vec<Entry<'_, '_>> = transport.entries().filter(|entry| entry.key.starts_with(SWITCH)).collect();
        if let Some(domains) = transport.get("NSExceptionDomains") {
            gaps.extend(stated_twice(self.ask, domains, self.path));
            for rules in domains.entries().filter_map(|domain| domain.value) {
                gaps.extend(stated_twice(self.ask, rules, self.path));
                switches.extend(rules.entries().filter(|entry| INSECURE.contains(&entry.key)));
            }
        }
        for entry in switches.iter().filter(|entry| entry.value.and_then(Value::boolean).is_none()) {
            let written = entry.value.map_or("", Value::written);
            let key = one_line(entry.key, limits::QUOTED_CHARS);
            if plist::is_build_setting(written) {
                let message = format!("{} leaves {key} to the build", self.path);
                doubts.push(Verified::doubt(message, "write `<true/>` or `<false/>` in the file"));
            } else if !OFF.contains(&written.to_lowercase().as_str()) {
                let shown = if written.is_empty() { "nothing".to_owned() } else { one_line(written, 40) };
                let what = format!("has {shown} for {key}, which is neither `<true/>` nor `<false/>`");
                gaps.push(self.gap(entry.at.clone(), "no-boolean", what, "write `<true/>` or `<false/>`, as is meant"));
            }
        }
        gaps
    }

    fn domain(&self, domain: Entry<'_, '_>) -> Option<Gap> {
        let rules = domain.value?;
        let insecure = INSECURE.iter().any(|key| rules.get(key).and_then(Value::boolean) == Some(true));
        let old = rules.get("NSExceptionMinimumTLSVersion").and_then(Value::string).filter(|version| OLD_TLS.contains(version));
        let how = match (insecure, old) {
            (true, _) => "plain text".to_owned(),
            (false, Some(version)) => version.to_owned(),
            (false, None) => return None,
        };
        if domain.key == "localhost" || self.attested.has(&[domain.key]) {
            return None;
        }
        let what = format!("permits {how} to {}, which is not attested", one_line(domain.key, limits::QUOTED_CHARS));
        Some(self.gap(domain.at, "exception", what, "take the exception out, or name the domain in `expect`"))
    }

    fn description(&self, entry: &Entry<'_, '_>, doubts: &mut Vec<Verified>) -> Option<Gap> {
        let key = one_line(entry.key, limits::QUOTED_CHARS);
        if !self.attested.has(&[entry.key]) && self.attested.is_given() {
            let what = format!("asks the user for access by {key}, which is not attested");
            return Some(self.gap(
                entry.at.clone(),
                "not-attested",
                what,
                "take it out, or add it to `expect` once somebody has justified it",
            ));
        }
        let remedy = "tell the user what the access is for";
        let Some(text) = entry.value.and_then(Value::string) else {
            return Some(self.gap(entry.at.clone(), "no-description", format!("has no text for {key}"), remedy));
        };
        if plist::is_build_setting(text) {
            let message = format!("{} leaves {key} to the build", self.path);
            doubts.push(Verified::doubt(message, "write the description in the file"));
            return None;
        }
        is_placeholder(text).then(|| self.gap(entry.at.clone(), "no-description", format!("tells the user nothing by {key}"), remedy))
    }

    fn proof(&self, descriptions: usize, bound: bool, shared: bool) -> Proof {
        let described = count(i64::try_from(descriptions).unwrap_or(i64::MAX), "usage description");
        let attested = if self.attested.is_given() { ", all attested" } else { ", which were compared with no list" };
        let bound = if bound { "" } else { "; note: the build gives its names, so the file names no product" };
        let shared = if shared { "; note: the app's documents are shared with the computer (UIFileSharingEnabled)" } else { "" };
        let says =
            format!("{} keeps App Transport Security on and has {described}{attested}{bound}{shared}{}", self.path, self.attested.unused());
        Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
    }
}

/// `NSCameraUsageDescription`, `NFCReaderUsageDescription` and the like.
fn is_description(key: &str) -> bool {
    key.ends_with("UsageDescription") && (key.starts_with("NS") || key.starts_with("NFC"))
}
