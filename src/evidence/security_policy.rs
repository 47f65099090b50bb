//! `security-policy`: a SECURITY.md that names a private way to report and says which versions get security updates.
//!
//! It is read as a reader sees it, so nothing in a comment counts. Where the product's version is known and the policy
//! has a table of versions that can be compared, the version must be among the supported ones; what cannot be compared
//! is told in the proof and is no gap.

use std::ops::Range;

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::reporting_channel::{Channel, Channels, find};
use crate::formats::security_policy::{self as format, Block};
use crate::formats::supported_versions::{Statement, Support, denial, statement, stock_table, support};
use crate::formats::version_range::Version;
use crate::input::view::OpenFile;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct SecurityPolicy;

/// Sentences of the template that GitHub offers, which tell the author what to write.
const TEMPLATE: &[&str] = &[
    "use this section to tell people about which versions of your project are currently being supported with security updates",
    "use this section to tell people how to report a vulnerability",
];

impl Verifier for SecurityPolicy {
    fn kind(&self) -> &'static str {
        "security-policy"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It names a private channel: an e-mail address, an https form or portal that a passage on reporting points to, or the forge's private reporting. The public issue tracker and addresses at example.com are none.",
            "It says which versions get security updates: in a table, under a heading, or in a sentence.",
            "Where `version-from` gives the product's version and a table lists versions with yes, no or the day on which support ends, the table supports that version today.",
            "It does not say that no version is supported: in a sentence (`No version receives security updates`), or in tables without a row that is supported today.",
            "None of the sentences of GitHub's template, which tell the author what to write, is left in it, nor its table of versions where the product's version is not known.",
            "It was reviewed within 366 days, or within `max-age-days`.",
        ]
    }

    fn limits(&self) -> &'static str {
        "The gate never touches the network: that the policy is published, that a mailbox or form exists, that private reporting is switched on and that somebody answers is not checked. Text is matched by words in English; HTML tables, images and linked pages are not read, and versions in words (`latest`) are not compared."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"security-policy\"\npath = \"SECURITY.md\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        let Some(file) = &ask.file else {
            return Verified::doubt("no file was read", "name it with `path`");
        };
        if file.bytes.len() > limits::POLICY_BYTES {
            let message =
                format!("{} is larger than {} bytes, the most that is read of a security policy", file.path, limits::POLICY_BYTES);
            return Verified::doubt(message, "keep the policy itself in the file and link to the rest");
        }
        let Some(text) = file.text().filter(|text| !text.contains('\0')) else {
            let message = format!("{} is not UTF-8 text", file.path);
            return Verified::gap(Gap::failed("not-text", message, "write the policy as Markdown or plain text in UTF-8"));
        };
        let policy = format::read(text);
        let channels = find(&policy);
        let support = ask.product.version.as_deref().and_then(Version::parse).map(|version| support(&policy, &version, ask.today.0));
        let mut gaps: Vec<Gap> = template(ask, file, &policy);
        gaps.extend(no_channel(ask, file, &policy, &channels));
        gaps.extend(no_versions(ask, file, &policy));
        match support.as_ref().and_then(|support| unsupported(ask, file, support)) {
            Some(gap) => gaps.push(gap),
            None if matches!(support, Some(Support::Supported(_))) => {}
            None => gaps.extend(nothing_supported(ask, file, &policy)),
        }
        gaps.extend(ask.review_too_old("the review of the security policy"));
        Verified::from_gaps(gaps, || proof(ask, file, &channels, support))
    }
}

/// A gap at a byte range of the file, or at its first line.
fn placed(ask: &Ask<'_>, range: Option<&Range<usize>>, gap: Gap) -> Gap {
    let at = match range {
        Some(range) => ask.range(range.clone()),
        None => ask.line(1),
    };
    Gap { at, ..gap }
}

fn template(ask: &Ask<'_>, file: &OpenFile, policy: &format::SecurityPolicy) -> Vec<Gap> {
    let left = |block: &&Block| {
        let plain = block.text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        TEMPLATE.iter().any(|sentence| plain.contains(sentence))
    };
    let gap = |block: &Block| {
        let message = format!("{} still holds the template's own words: `{}`", file.path, one_line(&block.text, limits::QUOTED_CHARS));
        let gap = Gap::failed("template", message, "replace them with what holds for this product");
        placed(ask, Some(&block.range), gap)
    };
    policy.blocks.iter().filter(left).take(limits::FAULTS).map(gap).collect()
}

fn no_channel(ask: &Ask<'_>, file: &OpenFile, policy: &format::SecurityPolicy, channels: &Channels) -> Option<Gap> {
    if !channels.private.is_empty() {
        return None;
    }
    let path = &file.path;
    let (range, fault, message) = if let Some((address, range)) = channels.placeholders.first() {
        let address = one_line(address, limits::QUOTED_CHARS);
        (Some(range), "placeholder", format!("{path} names no private channel: {address} only holds the place of an address"))
    } else if let Some((url, range)) = channels.public.first() {
        let url = one_line(url, limits::QUOTED_CHARS);
        (Some(range), "public-channel", format!("{path} names no private channel: everybody can read what is reported at {url}"))
    } else {
        let heading = policy.blocks.iter().find(|block| block.level.is_some() && block.text.to_lowercase().contains("report"));
        (heading.map(|block| &block.range), "no-channel", format!("{path} names no private channel for reports"))
    };
    let remedy = "name a monitored e-mail address, an https form, or the forge's private reporting, and say that reports go there";
    Some(placed(ask, range, Gap::failed(fault, message, remedy)))
}

fn no_versions(ask: &Ask<'_>, file: &OpenFile, policy: &format::SecurityPolicy) -> Option<Gap> {
    let (range, message) = match statement(policy) {
        Statement::Given => return None,
        Statement::HeadingAlone(range) => (Some(range), format!("{} announces its supported versions and names none", file.path)),
        Statement::Absent => (None, format!("{} does not say which versions get security updates", file.path)),
    };
    let remedy = "add a section `Supported versions` with a table of versions, or a sentence that says which get security updates";
    Some(placed(ask, range.as_ref(), Gap::failed("no-versions", message, remedy)))
}

fn unsupported(ask: &Ask<'_>, file: &OpenFile, support: &Support) -> Option<Gap> {
    let version = version(ask);
    let (range, message) = match support {
        Support::Unsupported(range) => (range, format!("{} says that version {version}, the product's own, is not supported", file.path)),
        Support::NotListed(range) => (range, format!("{} has no row for version {version}, the product's own", file.path)),
        Support::Supported(_) | Support::Unclear | Support::NoTable => return None,
    };
    let gap = Gap::failed("version", message, "bring the table of supported versions up to the version that `version-from` states");
    Some(placed(ask, Some(range), gap))
}

/// A policy by which nothing is supported, or whose table is still the template's; it is asked where the product's own
/// version does not settle it.
fn nothing_supported(ask: &Ask<'_>, file: &OpenFile, policy: &format::SecurityPolicy) -> Option<Gap> {
    if let Some(range) = denial(policy, ask.today.0) {
        let said = one_line(file.text().and_then(|text| text.get(range.clone())).unwrap_or_default(), limits::QUOTED_CHARS);
        let message = format!("{} says that no version gets security updates: `{said}`", file.path);
        let remedy = "say which versions get security updates today, or stop attesting that some do";
        return Some(placed(ask, Some(&range), Gap::failed("no-support", message, remedy)));
    }
    let range = stock_table(policy)?;
    let message = format!("{} still holds the template's own table of versions, 5.1.x to < 4.0", file.path);
    let remedy = "replace its rows with the product's versions; where they are its own, give the product's version with `version-from`";
    Some(placed(ask, Some(&range), Gap::failed("template", message, remedy)))
}

/// The product's version, for messages.
fn version(ask: &Ask<'_>) -> String {
    one_line(ask.product.version.as_deref().unwrap_or_default(), limits::QUOTED_CHARS)
}

fn proof(ask: &Ask<'_>, file: &OpenFile, channels: &Channels, support: Option<Support>) -> Proof {
    let named = |channel: &Channel| match channel {
        Channel::Mail(address) => one_line(address, limits::QUOTED_CHARS),
        Channel::Page(url) => one_line(url, limits::QUOTED_CHARS),
        Channel::Forge(how) => format!("the forge's private reporting ({})", one_line(how, limits::QUOTED_CHARS)),
    };
    let ways: Vec<String> = channels.private.iter().take(3).map(named).collect();
    let mut says = format!("{} takes reports in private at {} and says which versions are supported", file.path, ways.join(", "));
    match support {
        Some(Support::Supported(row)) => {
            says.push_str(&format!("; {} is, by the row `{}`", version(ask), one_line(&row, limits::QUOTED_CHARS)));
        }
        Some(Support::Unclear) => says.push_str(&format!("; note: whether {} is could not be read from its table", version(ask))),
        _ => {}
    }
    Proof::new(Assurance::Evidenced, says)
}
