//! `mud`: a Manufacturer Usage Description (RFC 8520): the only network traffic that a device needs, so that a network can confine it
//! to that.

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::address::{self, Uri};
use crate::formats::moment;
use crate::formats::mud::{self as format, Mud, POLICIES};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct UsageDescription;

impl Verifier for UsageDescription {
    fn kind(&self) -> &'static str {
        "mud"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is JSON with `ietf-mud:mud`, version 1, an https `mud-url`, `last-update` and `is-supported`.",
            "`cache-validity` is 1 to 168 hours, and `last-update` is not in the future, nor older than `max-age-days` where that is given.",
            "`systeminfo`, `model-name` or `mud-url` names this product; `firmware-rev` and `software-rev`, where given, are its version.",
            "It has a policy, every access list that a policy names is there once, and each has an entry.",
            "No entry of a list that a policy names accepts everything.",
            "`is-supported` agrees with [product.support], where both are given.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the device keeps to it, whether the address serves it, and its signature are not checked."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"mud\"\npath = \"firmware/mud.json\"\nnames = [\"HV-2\"]   # how it calls the product, when not by its name\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.to_string();
    let mud = ask.content(format::read)?;
    let look = Look { ask, mud: &mud, path: &path };
    let mut gaps = look.leaves();
    gaps.extend(look.dated());
    gaps.extend(look.product());
    gaps.extend(look.supported());
    gaps.extend(look.lists());
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    Ok(Verified::from_gaps(super::at_most(gaps), || look.proof()))
}

struct Look<'l> {
    ask: &'l Ask<'l>,
    mud: &'l Mud,
    path: &'l str,
}

impl Look<'_> {
    /// The leaves that RFC 8520 (section 2.1) makes mandatory, and the bounds of those that have some.
    fn leaves(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for (name, remedy, fits) in [
            ("mud-version", "write 1, the version of RFC 8520", (|text, _| text == "1") as fn(&str, bool) -> bool),
            ("mud-url", "write the https address that serves it", |text, is_text| is_text && is_https(text)),
            ("last-update", "write the time of the last change, as 2026-10-01T12:00:00Z", |text, is_text| {
                is_text && moment::day(text).is_some()
            }),
            ("is-supported", "write true or false", |text, is_text| !is_text && matches!(text, "true" | "false")),
        ] {
            match self.mud.leaf(name) {
                None => {
                    let message = format!("{} has no {name}", self.path);
                    gaps.push(self.ask.gap_at(self.mud.at.clone(), "no-leaf", message, remedy));
                }
                Some(leaf) if !fits(&leaf.text, leaf.is_text) => {
                    let message = format!("{} has {} as {name}", self.path, one_line(&leaf.text, 80));
                    gaps.push(self.ask.gap_at(leaf.at.clone(), "bad-leaf", message, remedy));
                }
                Some(_) => {}
            }
        }
        if let Some(leaf) =
            self.mud.leaf("cache-validity").filter(|leaf| !leaf.text.parse().is_ok_and(|hours: u32| (1..=168).contains(&hours)))
        {
            let message = format!("{} has {} as cache-validity", self.path, one_line(&leaf.text, 40));
            gaps.push(self.ask.gap_at(leaf.at.clone(), "bad-leaf", message, "write 1 to 168 hours"));
        }
        gaps
    }

    fn dated(&self) -> Option<Gap> {
        let leaf = self.mud.leaf("last-update")?;
        let old = self.ask.too_old(moment::day(&leaf.text)?, self.path)?;
        Some(Gap { at: self.ask.range(leaf.at.clone()), ..old })
    }

    fn product(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let naming: Vec<_> = ["model-name", "systeminfo", "mud-url"].into_iter().filter_map(|name| self.mud.leaf(name)).collect();
        if let (Some(leaf), false) = (naming.first(), naming.iter().any(|leaf| self.ask.speaks_of(&leaf.text))) {
            let message = format!("{} is about {}, not about {}", self.path, one_line(&leaf.text, 80), self.ask.names());
            let remedy = "cite this product's description, or say in `names` how it calls the product";
            gaps.push(self.ask.gap_at(leaf.at.clone(), "other-product", message, remedy));
        }
        for name in ["firmware-rev", "software-rev"] {
            let Some(leaf) = self.mud.leaf(name).filter(|leaf| self.ask.is_version(&leaf.text) == Some(false)) else { continue };
            let own = self.ask.product.version.as_deref().unwrap_or_default();
            let message =
                format!("{} has {} as {name}, and the product's version is {}", self.path, one_line(&leaf.text, 60), one_line(own, 60));
            gaps.push(self.ask.gap_at(leaf.at.clone(), "other-version", message, "renew it with each release, or leave the revision out"));
        }
        gaps
    }

    fn supported(&self) -> Option<Gap> {
        let until = &self.ask.product.product.support.as_ref()?.until;
        let leaf = self.mud.leaf("is-supported")?;
        let lasts = self.ask.today.days_until(until.value) >= 0;
        let message = match (leaf.text.as_str(), lasts) {
            ("false", true) => {
                format!("{} says that the device is no longer supported, and [product.support] that it is until {}", self.path, until.value)
            }
            ("true", false) => {
                format!("{} says that the device is supported, and [product.support] that support ended on {}", self.path, until.value)
            }
            _ => return None,
        };
        let gap = self.ask.gap_at(leaf.at.clone(), "support", message, "correct whichever is wrong");
        Some(Gap { cited: Some(until.span), ..gap })
    }

    fn lists(&self) -> Vec<Gap> {
        let gap = |at, fault, message: String, remedy| self.ask.gap_at(at, fault, message, remedy);
        if self.mud.named.is_empty() {
            let message = format!("{} has no policy that names an access list, so it confines nothing", self.path);
            return vec![gap(
                self.mud.at.clone(),
                "no-policy",
                message,
                "name the access lists in from-device-policy and to-device-policy",
            )];
        }
        let Some(lists) = &self.mud.lists else {
            let at = self.mud.draft_lists.clone().unwrap_or(self.mud.at.clone());
            let message = match self.mud.draft_lists {
                Some(_) => format!("{} has its access lists under the name that drafts before RFC 8519 gave them", self.path),
                None => format!("{} has no ietf-access-control-list:acls", self.path),
            };
            return vec![gap(at, "no-lists", message, "put the access lists under ietf-access-control-list:acls")];
        };
        let mut gaps = Vec::new();
        let mut by_name = std::collections::BTreeMap::new();
        for list in lists {
            if by_name.insert(list.name.as_str(), list).is_some() {
                let message = format!("{} has the access list {} twice", self.path, one_line(&list.name, 60));
                gaps.push(gap(list.at.clone(), "list-twice", message, "give each its own name"));
            }
        }
        for named in &self.mud.named {
            let name = one_line(&named.name, 60);
            let Some(list) = by_name.get(named.name.as_str()) else {
                let message = format!("{} names the access list {name} in its {}, and there is none of that name", self.path, named.policy);
                gaps.push(gap(named.at.clone(), "no-list", message, "correct the name, or add the list"));
                continue;
            };
            if list.entries == 0 {
                let message = format!("{} has no entry in the access list {name}", self.path);
                gaps.push(gap(list.at.clone(), "empty-list", message, "add what the device needs, or take the list out"));
            }
            let outward = list.open_outward.as_ref().filter(|_| named.policy == "from-device-policy");
            if let Some(at) = list.wide_open.as_ref().or(outward) {
                let message = format!("{} has an entry in {name} that accepts everything, so it confines nothing", self.path);
                gaps.push(gap(at.clone(), "wide-open", message, "name in `matches` the only traffic that the device needs"));
            }
        }
        gaps
    }

    fn proof(&self) -> Proof {
        let count = |policy: &str| self.mud.named.iter().filter(|named| named.policy == policy).count();
        let [from, to] = POLICIES.map(count);
        let rules: usize = self.mud.lists.iter().flatten().map(|list| list.entries).sum();
        let rules = crate::text::count(i64::try_from(rules).unwrap_or(i64::MAX), "rule");
        let says =
            format!("{} confines the device by {rules} in access lists ({from} from it, {to} to it), and every list is there", self.path);
        Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
    }
}

fn is_https(url: &str) -> bool {
    matches!(address::uri(url), Uri::Web(_))
}
