//! `security-txt`: a security.txt by RFC 9116, with somebody to write to and an expiry that has not passed.
//!
//! Section numbers in the messages are those of RFC 9116. What the RFC only recommends is told in the proof and is no
//! gap. Only what the file says is judged: the gate never fetches, so nothing shows that the file is served.

use jiff::civil::Date;

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::clock::Today;
use crate::formats::address::{Broken, Uri, is_placeholder_email, is_placeholder_host, uri};
use crate::formats::reporting_channel::is_public_tracker;
use crate::formats::security_txt::{self as format, Field, Malformed, utc_day};
use crate::input::view::OpenFile;
use crate::limits;
use crate::model::attestation::is_placeholder;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct SecurityTxt;

/// The fields whose value is a URI, with the section that defines each.
const URI_FIELDS: &[(&str, &str)] = &[
    ("Acknowledgments", "2.5.1"),
    ("Canonical", "2.5.2"),
    ("Contact", "2.5.3"),
    ("Encryption", "2.5.4"),
    ("Hiring", "2.5.6"),
    ("Policy", "2.5.7"),
];

impl Verifier for SecurityTxt {
    fn kind(&self) -> &'static str {
        "security-txt"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "Every line is a field, a comment or blank, and every field has a name, a colon, a space and a value (RFC 9116, sections 2 and 4).",
            "There is at least one Contact (2.5.3), and it is a URI that leads somewhere: not a bare e-mail address, a placeholder, an address at example.com, or a scheme that leads nowhere (`javascript:`, `urn:`); and not every one is a public tracker on a forge.",
            "There is exactly one Expires (2.5.5); it is an RFC 3339 timestamp and its UTC day has not passed.",
            "Every web address begins with https:// (2.5.1 to 2.5.7), and there is at most one Preferred-Languages (2.5.8).",
            "Where the file is in an OpenPGP cleartext signature (2.3), the fields are read from what is signed, and nothing stands outside it.",
        ]
    }

    fn limits(&self) -> &'static str {
        "The gate never touches the network: that the file is served at /.well-known/security.txt over https (3), that the addresses work and that somebody reads what arrives is not checked. An OpenPGP signature is read past and not verified. Language tags and what the fields lead to are not read."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"security-txt\"\npath = \"static/.well-known/security.txt\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        let Some(file) = &ask.file else {
            return Verified::doubt("no file was read", "name it with `path`");
        };
        let Some(text) = file.text() else {
            let message = format!("{} is not UTF-8 text, as a security.txt must be (RFC 9116, section 4)", file.path);
            return Verified::gap(Gap::failed("not-text", message, "save it as plain text in UTF-8"));
        };
        let read = format::read(text);
        let (faults, expires) = judge(file.path.as_str(), &read, ask.today);
        match expires {
            Some(expires) if faults.is_empty() => {
                let old = ask.review_too_old(&format!("the review of {}", file.path));
                Verified::from_gaps(old.into_iter().collect(), || proof(ask, file, &read, expires))
            }
            _ => Verified::Gaps(faults.into_iter().take(limits::FAULTS).map(|fault| fault.gap(ask)).collect()),
        }
    }
}

/// A fault and its line.
struct Fault {
    line: usize,
    name: &'static str,
    message: String,
    remedy: String,
}

impl Fault {
    fn gap(self, ask: &Ask<'_>) -> Gap {
        Gap { at: ask.line(self.line), ..Gap::failed(self.name, self.message, self.remedy) }
    }
}

/// Every fault by line, and the day until which the file holds with its line; that is missing only where a fault says so.
fn judge(path: &str, read: &format::SecurityTxt<'_>, today: Today) -> (Vec<Fault>, Option<(Date, usize)>) {
    let mut judging = Judging { path, today, faults: Vec::new() };
    judging.malformed(read);
    judging.contacts(read);
    judging.public_contacts(read);
    let expires = judging.expiry(read);
    judging.uris(read);
    judging.languages(read);
    judging.faults.sort_by_key(|fault| fault.line);
    (judging.faults, expires)
}

/// A file being judged.
struct Judging<'a> {
    path: &'a str,
    today: Today,
    faults: Vec<Fault>,
}

impl Judging<'_> {
    fn add(&mut self, line: usize, name: &'static str, message: String, remedy: impl Into<String>) {
        self.faults.push(Fault { line, name, message, remedy: remedy.into() });
    }

    /// Where a field belongs that is not there: the first field, else the file's first line.
    fn top(read: &format::SecurityTxt<'_>) -> usize {
        read.fields.first().map_or(1, |field| field.line)
    }

    fn malformed(&mut self, read: &format::SecurityTxt<'_>) {
        for (line, fault) in &read.malformed {
            let (says, remedy) = words(*fault);
            let message = format!("{}, line {line}, is malformed: {says}", self.path);
            self.add(*line, "malformed", message, remedy);
        }
    }

    fn contacts(&mut self, read: &format::SecurityTxt<'_>) {
        if read.named("Contact").next().is_none() {
            let message = format!("{} has no Contact, so it tells nobody where to report to (RFC 9116, section 2.5.3)", self.path);
            self.add(
                Self::top(read),
                "no-contact",
                message,
                "add `Contact: mailto:…` or `Contact: https://…` with a monitored private channel",
            );
        }
    }

    /// Where every Contact is a tracker that everybody reads, no report can be made in confidence.
    fn public_contacts(&mut self, read: &format::SecurityTxt<'_>) {
        let Some(first) = read.named("Contact").next().filter(|_| read.named("Contact").all(|field| is_public_tracker(field.value))) else {
            return;
        };
        let message = format!(
            "{} names no private Contact: everybody can read what is reported at {}",
            self.path,
            one_line(first.value, limits::QUOTED_CHARS)
        );
        let remedy = "add a Contact where reports stay private: a monitored mailbox, a form, or the forge's private reporting";
        self.add(first.line, "public-channel", message, remedy);
    }

    /// The day of the first Expires and its line; nothing, and a gap, where there is none that holds.
    fn expiry(&mut self, read: &format::SecurityTxt<'_>) -> Option<(Date, usize)> {
        let path = self.path;
        let mut fields = read.named("Expires");
        let Some(field) = fields.next() else {
            let message = format!("{path} has no Expires, so nobody can tell whether it still holds (RFC 9116, section 2.5.5)");
            self.add(
                Self::top(read),
                "no-expires",
                message,
                "add `Expires: ` with a timestamp less than a year ahead, such as 2027-06-30T00:00:00Z",
            );
            return None;
        };
        for again in fields {
            let message =
                format!("{path} has Expires again on line {}, where exactly one is allowed (RFC 9116, section 2.5.5)", again.line);
            self.add(again.line, "expires-twice", message, "leave the one that holds");
        }
        let Some(day) = utc_day(field.value) else {
            let value = one_line(field.value, limits::QUOTED_CHARS);
            let message = format!("{path} has `Expires: {value}`, which is no timestamp of RFC 3339 (RFC 9116, section 2.5.5)");
            self.add(field.line, "expires-malformed", message, "write date, time and zone, such as 2027-06-30T00:00:00Z");
            return None;
        };
        let ago = self.today.days_since(day);
        if ago > 0 {
            let days = if ago == 1 { "yesterday".to_owned() } else { format!("{ago} days ago") };
            let message = format!("{path} expired on {day}, {days} (RFC 9116, section 2.5.5)");
            self.add(
                field.line,
                "expired",
                message,
                "check that every field still holds, then set Expires to a day less than a year ahead, and serve the new file",
            );
            return None;
        }
        Some((day, field.line))
    }

    fn uris(&mut self, read: &format::SecurityTxt<'_>) {
        for field in &read.fields {
            let known = URI_FIELDS.iter().find(|(name, _)| field.name.eq_ignore_ascii_case(name));
            if let Some((name, section)) = known {
                self.uri(field, name, section);
            }
        }
    }

    fn uri(&mut self, field: &Field<'_>, name: &str, section: &str) {
        let value = one_line(field.value, limits::QUOTED_CHARS);
        let has = format!("{} has `{name}: {value}`", self.path);
        let kind = uri(field.value);
        let nobody = match kind {
            Uri::Mail(address) => is_placeholder_email(address),
            Uri::Web(host) | Uri::PlainWeb(host) => is_placeholder_host(host),
            Uri::Broken(Broken::BareMail) => is_placeholder_email(field.value),
            _ => is_placeholder(field.value) || field.value.starts_with(['<', '[']),
        };
        if nobody {
            let message = format!("{has}, which only holds the place of an address");
            return self.add(field.line, "placeholder", message, "write the address that somebody of yours stands behind");
        }
        match kind {
            Uri::Broken(broken) => {
                let remedy = match broken {
                    Broken::BareMail => format!("write `{name}: mailto:{value}`"),
                    Broken::BareTelephone => format!("write `{name}: tel:` and the number in international form, with hyphens for blanks"),
                    Broken::NoScheme | Broken::Hollow => "write a whole URI that begins with https://, mailto: or tel:".to_owned(),
                    Broken::Character => {
                        "take out the blanks and percent-encode what a URI may not hold; write several values as several fields".to_owned()
                    }
                };
                self.add(field.line, "no-uri", format!("{has}, which is no URI (RFC 9116, section {section})"), remedy);
            }
            Uri::PlainWeb(_) => {
                let message = format!("{has}, where a web address must begin with https:// (RFC 9116, section {section})");
                self.add(field.line, "http", message, "write the https:// address");
            }
            Uri::Other if NOWHERE.iter().any(|scheme| leads_by(field.value, scheme)) => {
                let message = format!("{has}, which leads to nobody");
                self.add(field.line, "no-uri", message, "write a URI that begins with https://, mailto: or tel:");
            }
            Uri::Mail(_) | Uri::Web(_) | Uri::Telephone(_) | Uri::Other => {}
        }
    }

    fn languages(&mut self, read: &format::SecurityTxt<'_>) {
        for again in read.named("Preferred-Languages").skip(1) {
            let message = format!(
                "{} has Preferred-Languages again on line {}, where at most one is allowed (RFC 9116, section 2.5.8)",
                self.path, again.line
            );
            self.add(again.line, "languages-twice", message, "write all languages in one field, separated by commas");
        }
    }
}

/// Schemes that name or hold something and lead nowhere.
const NOWHERE: &[&str] = &["javascript", "urn", "about", "file", "data"];

fn leads_by(value: &str, scheme: &str) -> bool {
    value.split_once(':').is_some_and(|(own, _)| own.eq_ignore_ascii_case(scheme))
}

/// What is wrong with a line, and what to do.
fn words(fault: Malformed) -> (&'static str, &'static str) {
    match fault {
        Malformed::NoField => {
            ("it is neither a field nor a comment nor blank (RFC 9116, section 4)", "write `Name: value`, or begin the line with #")
        }
        Malformed::NoValue => ("the field has no value (RFC 9116, section 2)", "give it a value, or remove it"),
        Malformed::NoSpace => ("no space stands behind the colon (RFC 9116, section 4)", "write `Name: value`"),
        Malformed::SpaceBeforeColon => ("a blank stands before the colon (RFC 9116, section 4)", "write `Name: value`"),
        Malformed::Control => ("it holds a control character (RFC 9116, section 2; RFC 5322, section 3.2.5)", "write the line anew"),
        Malformed::Unsigned => {
            ("it stands outside of what is signed, so it is not read (RFC 9116, section 2.3)", "move it into the signed text and sign anew")
        }
        Malformed::ArmourHeader => (
            "only `Hash:` may stand before the blank line (RFC 4880, section 7)",
            "leave a blank line behind the armour's headers and sign anew",
        ),
        Malformed::ArmourEnd => ("the signature's block is missing or does not end (RFC 4880, section 7)", "sign the file anew"),
    }
}

fn proof(ask: &Ask<'_>, file: &OpenFile, read: &format::SecurityTxt<'_>, (day, line): (Date, usize)) -> Proof {
    let contacts: Vec<String> = read.named("Contact").take(3).map(|field| one_line(field.value, limits::QUOTED_CHARS)).collect();
    let mut says = format!("{} names {} and holds until {day}", file.path, contacts.join(", "));
    for remark in remarks(ask, file, read, day) {
        says.push_str("; note: ");
        says.push_str(remark);
    }
    let proof = Proof::new(Assurance::Evidenced, says);
    match ask.line(line) {
        Some(span) => proof.until(day, span),
        None => proof,
    }
}

/// What the RFC recommends otherwise, or what was not judged.
fn remarks(ask: &Ask<'_>, file: &OpenFile, read: &format::SecurityTxt<'_>, day: Date) -> Vec<&'static str> {
    let a_year_ahead = ask.today.0.checked_add(jiff::Span::new().years(1)).unwrap_or(Date::MAX);
    let name = file.path.file_name();
    [
        (day > a_year_ahead, "that is more than a year ahead, where RFC 9116, section 2.5.5, recommends less"),
        (read.signed, "its OpenPGP signature was not verified"),
        (name != "security.txt", "it must be served as /.well-known/security.txt (section 3), which its name does not show"),
        (read.byte_order_mark, "it begins with a byte order mark, which RFC 5198, section 2, does not allow"),
        (read.open_end, "its last line has no line end (section 2.2)"),
    ]
    .into_iter()
    .filter_map(|(holds, remark)| holds.then_some(remark))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const SIGNED: &str = include_str!("../../tests/evidence/security-txt/security.signed.txt");
    const CONTACT: &str = "Contact: mailto:security@ledger.example\n";
    const EXPIRES: &str = "Expires: 2027-06-30T00:00:00Z\n";

    fn faults(text: &str) -> Vec<(usize, &'static str)> {
        let (faults, expires) = judge("security.txt", &format::read(text), Today(date(2026, 11, 22)));
        assert!(expires.is_some() || !faults.is_empty(), "neither a day nor a fault: {text}");
        faults.iter().map(|fault| (fault.line, fault.name)).collect()
    }

    /// A variant, whether sectxt 0.9.8 called it valid at noon on 2026-11-22, and the faults that are found here.
    type Variant<'v> = (String, bool, &'v [(usize, &'static str)]);

    #[test]
    fn verdicts_are_those_of_sectxt_but_for_the_differences_named() {
        let with = |more: &str| format!("{CONTACT}{EXPIRES}{more}");
        let contact = |value: &str| format!("Contact: {value}\n{EXPIRES}");
        let expires = |value: &str| format!("{CONTACT}Expires: {value}\n");
        let agreed: &[Variant<'_>] = &[
            (with(""), true, &[]),
            (with("").replace('\n', "\r\n"), true, &[]),
            (format!("# who\n\n{CONTACT}\n{EXPIRES}"), true, &[]),
            (format!("{}EXPIRES: 2027-06-30T00:00:00Z\n", CONTACT.to_lowercase()), true, &[]),
            (with("Motto: be kind\n"), true, &[]),
            (with("Contact: tel:+44-20-7946-0000\nContact: https://ledger.example/report\n"), true, &[]),
            (expires("2029-01-01T00:00:00Z"), true, &[]),
            (expires("2027-06-30T00:00:00+01:00"), true, &[]),
            (expires("2026-11-22T23:00:00Z"), true, &[]),
            (EXPIRES.to_owned(), false, &[(1, "no-contact")]),
            (CONTACT.to_owned(), false, &[(1, "no-expires")]),
            (with(EXPIRES), false, &[(3, "expires-twice")]),
            (expires("2026-11-21T23:59:59Z"), false, &[(2, "expired")]),
            (expires("2027-06-30"), false, &[(2, "expires-malformed")]),
            (expires("Wed, 30 Jun 2027 00:00:00 +0000"), false, &[(2, "expires-malformed")]),
            (expires("2027-06-30T00:00:00"), false, &[(2, "expires-malformed")]),
            (contact("security@ledger.example"), false, &[(1, "no-uri")]),
            (contact("ledger.example/report"), false, &[(1, "no-uri")]),
            (contact("http://ledger.example/report"), false, &[(1, "http")]),
            (with("Policy: http://ledger.example/policy\n"), false, &[(3, "http")]),
            (with("Preferred-Languages: en\nPreferred-Languages: cy\n"), false, &[(4, "languages-twice")]),
            (with("Please be kind\n"), false, &[(3, "malformed")]),
            (with("Policy:\n"), false, &[(3, "malformed")]),
            (format!("Contact:mailto:security@ledger.example\n{EXPIRES}"), false, &[(1, "malformed")]),
            (format!("Contact : mailto:security@ledger.example\n{EXPIRES}"), false, &[(1, "malformed")]),
            (format!("{SIGNED}Policy: https://ledger.example/p\n").replace("example.com", "ledger.example"), false, &[(16, "malformed")]),
            (format!("# hello\n{SIGNED}").replace("example.com", "ledger.example"), false, &[(1, "malformed")]),
        ];
        // A day counts to its end. Contacts that lead nowhere are faults here. A byte order mark and an open end are told
        // in the proof, and language tags are not read.
        let otherwise: &[Variant<'_>] = &[
            (expires("2026-11-22T01:00:00Z"), false, &[]),
            (contact("mailto:security@ledger.example, https://ledger.example/report"), true, &[(1, "no-uri")]),
            (contact("mailto:security@example.com"), true, &[(1, "placeholder")]),
            (contact("mailto:"), true, &[(1, "no-uri")]),
            (contact("javascript:alert(1)"), true, &[(1, "no-uri")]),
            (contact("urn:acme:security"), true, &[(1, "no-uri")]),
            (contact("https://github.com/acme/ledger/issues"), true, &[(1, "public-channel")]),
            (contact("https://github.com/acme/ledger/issues/new/choose"), true, &[(1, "public-channel")]),
            (contact("https://github.com/acme/ledger/security/advisories/new"), false, &[]),
            (with("Contact: https://github.com/acme/ledger/issues\n"), false, &[]),
            (format!("\u{feff}{}", with("")), false, &[]),
            (with("").trim_end().to_owned(), false, &[]),
            (with("Preferred-Languages: english please\n"), false, &[]),
        ];
        for (text, valid, wanted) in agreed.iter().chain(otherwise) {
            assert_eq!(faults(text), *wanted, "{text}");
            let same = wanted.is_empty() == *valid;
            assert_eq!(same, agreed.iter().any(|(known, ..)| known == text), "{text}");
        }
    }

    #[test]
    fn the_samples_have_no_fault_but_their_example_addresses() {
        let plain = include_str!("../../tests/evidence/security-txt/security.txt");
        assert_eq!(faults(plain), [(1, "placeholder"), (4, "placeholder"), (5, "placeholder")]);
        assert_eq!(faults(SIGNED), [(4, "placeholder"), (7, "placeholder"), (8, "placeholder")]);
        for sample in [plain, SIGNED] {
            assert_eq!(faults(&sample.replace("example.com", "ledger.example")), []);
        }
    }

    #[test]
    fn a_timestamp_holds_to_the_end_of_its_own_utc_day() {
        let at = |value: &str| faults(&format!("{CONTACT}Expires: {value}\n"));
        assert_eq!(at("2026-11-22T00:00:00Z"), []);
        assert_eq!(at("2026-11-23T00:30:00+01:00"), [], "22 November in UTC");
        assert_eq!(at("2026-11-22T00:30:00+01:00"), [(2, "expired")], "21 November in UTC");
    }

    #[test]
    fn placeholders_are_named_before_other_faults_of_a_contact() {
        for value in [
            "TODO",
            "TODO: who?",
            "<security contact>",
            "security@example.org",
            "https://your-company.com/report",
            "mailto:todo@ledger.example",
        ] {
            assert_eq!(faults(&format!("Contact: {value}\n{EXPIRES}")), [(1, "placeholder")], "{value}");
        }
    }
}
