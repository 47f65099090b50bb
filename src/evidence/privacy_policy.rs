//! `privacy-policy`: a policy that says to users who has which of their data, what for, for how long, and how they have it deleted.

use std::rc::Rc;

use jiff::civil::Date;

use super::{Ask, Gap, Proof, Verified, Verifier, document};
use crate::formats::privacy_policy::{self as format, PrivacyPolicy, TOPICS};
use crate::formats::spoken_date;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::source::Span;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct PolicyForUsers;

/// Keys of the front matter that say when it was last changed. Those that date a document are judged as a document's.
const CHANGED: &[&str] = &[
    "updated",
    "last_updated",
    "last-updated",
    "lastupdated",
    "last_modified",
    "lastmod",
    "modified",
    "effective",
    "effective_date",
    "effective-date",
];
const REVIEWED: &[&str] = &["reviewed", "last-reviewed", "last_reviewed", "date"];

impl Verifier for PolicyForUsers {
    fn kind(&self) -> &'static str {
        "privacy-policy"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is a document that is filled in, current and has the `sections` it is cited for, as for kind `document`.",
            "It names this product: the product's name, its manifest's or one of `names`.",
            "It says who answers for the data and gives an address to write to: e-mail, telephone, or the web address of a contact.",
            "It says which data is collected and with whom it is shared.",
            "It says what the data is used for, how long it is kept, which rights users have and how they have it deleted; one that says that nothing is collected, and nowhere that something is, needs none of these four.",
            "It says on which day it was last changed or reviewed, not in the future, and at most 366 days ago, or `max-age-days` where that is less.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Each topic is looked for by its usual English words. Whether what it says is true, complete, lawful or plain is not judged, nor whether users see it. It therefore never lifts an attestation above evidenced."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"privacy-policy\"\npath = \"docs/privacy.md\"\nsections = [\"Where your data is stored\"]\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let path = file.path.to_string();
    if file.bytes.len() > limits::POLICY_BYTES {
        let message = format!("{path} is larger than {} bytes, the most that is read of a policy", limits::POLICY_BYTES);
        return Err(Verified::doubt(message, "cite the policy alone"));
    }
    let ending = file.path.file_name().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    if matches!(ending.as_deref(), Some("html" | "htm" | "xhtml" | "pdf" | "docx" | "odt" | "rtf")) {
        let message = format!("{path} is no text that this version reads as a privacy policy");
        return Err(Verified::doubt(message, "keep the policy's text as Markdown, make the page from it, and cite that"));
    }
    let text = ask.text()?;
    let mut gaps = document::examined(ask, file, text)?;
    let policy = ask.reading(|text| Rc::new(format::read(text)))?;
    if !ask.speaks_of(&policy.text) {
        let message = format!("{path} does not mention {}", ask.names());
        let remedy = "name the product in it, or add the name that it uses to `names` of this entry";
        gaps.push(ask.gap_at(0..0, "other-product", message, remedy));
    }
    gaps.extend(unsaid(ask, &policy, &path));
    gaps.extend(last_changed(ask, &policy, &path, text)?);
    Ok(Verified::from_gaps(super::at_most(gaps), || {
        let what = match policy.collects_nothing {
            Some(_) => "that nothing is collected, and with whom it is shared",
            None => "which data is collected, what for, with whom it is shared, how long it is kept, users' rights and deletion",
        };
        let contact = policy.contact.as_deref().unwrap_or_default();
        Proof::new(Assurance::Evidenced, one_line(&format!("{path} says {what}; contact {contact}"), limits::MESSAGE_CHARS))
    }))
}

fn unsaid(ask: &Ask<'_>, policy: &PrivacyPolicy, path: &str) -> Vec<Gap> {
    let wanted =
        TOPICS.iter().zip(&policy.said).filter(|(topic, said)| said.is_none() && (topic.always || policy.collects_nothing.is_none()));
    let mut gaps: Vec<Gap> =
        wanted.map(|(topic, _)| ask.gap_at(0..0, "unsaid", format!("{path} does not say {}", topic.what), topic.remedy)).collect();
    if policy.contact.is_none() {
        let message = format!("{path} gives no address to write to about the data");
        gaps.push(ask.gap_at(0..0, "no-contact", message, "add an e-mail address, or a link to a contact form"));
    }
    gaps
}

/// That it says when it was last changed, and that this is not too long ago. The newest day that it names counts.
fn last_changed(ask: &Ask<'_>, policy: &PrivacyPolicy, path: &str, text: &str) -> Result<Option<Gap>, Verified> {
    let prose = ask.prose(ask.cited()?, text)?;
    let key = |names: &[&str], key: &str| names.iter().any(|name| key.eq_ignore_ascii_case(name));
    let fields = || prose.front_matter.iter().filter_map(|field| Some((spoken_date::all(&field.value).first().copied()?, field)));
    let mut dates: Vec<(Date, Option<Span>)> = policy.dated.iter().map(|(day, at)| (*day, ask.range(at.clone()))).collect();
    dates.extend(fields().filter(|(_, field)| key(CHANGED, &field.key)).map(|(day, field)| (day, ask.range(field.range.clone()))));
    let Some((day, at)) = dates.into_iter().max_by_key(|(day, _)| *day) else {
        let as_document = fields().any(|(_, field)| key(REVIEWED, &field.key));
        let message = format!("{path} does not say when it was last changed");
        let gap = ask.gap_at(0..0, "undated", message, "add `Last updated:` with the day, and set it at each change and review");
        return Ok((!as_document).then_some(gap));
    };
    let remedy = "read it against what the product does, then set the day on which it was last updated or reviewed";
    Ok(ask.too_old(day, path).map(|gap| Gap { at, remedy: remedy.into(), ..gap }))
}
