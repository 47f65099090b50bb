//! OpenSSH allowed signers files: "ALLOWED SIGNERS" in ssh-keygen(1).
//!
//! One line says who may sign with which key, in which namespaces and when. The file comes from outside the tree under
//! test. A single line that cannot be read refuses the whole file: a list that is half understood may be missing the
//! very restriction that matters. Where OpenSSH leaves room, the stricter reading holds:
//!
//! - A key counts on a day when it is valid from the day's first second to its last.
//! - A time without `Z` is UTC, not the machine's zone, so that the same inputs give the same answer everywhere.

use jiff::civil::{Date, DateTime, Time};
use ssh_key::{HashAlg, PublicKey};

use super::pattern_list;
use super::reader::quoted;
use crate::clock::Today;

const KEY_TYPES: &[&str] = &[
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
    "ssh-dss",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The line's number, 1-based.
    pub line: usize,
    /// Who signs: a pattern list, as written.
    pub principals: String,
    /// The key, without its comment.
    pub key: PublicKey,
    /// What the line allows the key.
    pub limits: Limits,
}

/// The options of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// The key signs certificates, not files.
    pub certificate_authority: bool,
    /// The only namespaces that the key may sign in: a pattern list.
    pub namespaces: Option<String>,
    /// First moment at which the key counts, in UTC.
    pub valid_after: Option<DateTime>,
    /// Last moment at which the key counts, in UTC.
    pub valid_before: Option<DateTime>,
}

impl Signer {
    /// The principals and the key's fingerprint.
    pub fn name(&self) -> String {
        format!("{} ({})", self.principals, self.key.fingerprint(HashAlg::Sha256))
    }

    /// Whether this line lets its key sign in that namespace on that day.
    ///
    /// # Errors
    /// What forbids it.
    pub fn permits(&self, namespace: &str, today: Today) -> Result<(), String> {
        let day = today.0;
        let refused = |why: String| Err(format!("the key of {}, line {} of the allowed signers, {why}", self.name(), self.line));
        if self.limits.certificate_authority {
            return refused("is listed as a cert-authority only, and certificates are not supported: list the signer's own key".into());
        }
        if self.limits.namespaces.as_ref().is_some_and(|list| !pattern_list::matches(namespace, list)) {
            return refused(format!("is not allowed to sign in the namespace {namespace}"));
        }
        if let Some(from) = self.limits.valid_after.filter(|from| *from > day.to_datetime(Time::midnight())) {
            return refused(format!("is not yet valid on {day}: valid-after is {from} UTC, and a key must be valid for the whole day"));
        }
        if let Some(until) = self.limits.valid_before.filter(|until| *until < day.to_datetime(Time::constant(23, 59, 59, 0))) {
            return refused(format!("has expired on {day}: valid-before is {until} UTC, and a key must be valid for the whole day"));
        }
        Ok(())
    }
}

/// Reads a whole file.
///
/// # Errors
/// The first line that cannot be read, with its number; or that no line names a signer.
pub fn parse(text: &str) -> Result<Vec<Signer>, String> {
    let mut signers = Vec::new();
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim_matches([' ', '\t']);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let number = at + 1;
        let signer = signer(line, number).map_err(|why| format!("line {number} of the allowed signers cannot be read: {why}"))?;
        signers.push(signer);
    }
    if signers.is_empty() {
        return Err("the allowed signers file names nobody".into());
    }
    Ok(signers)
}

fn signer(line: &str, number: usize) -> Result<Signer, String> {
    let (principals, rest) = principals(line)?;
    if principals.split(',').all(|pattern| pattern.is_empty() || pattern.starts_with('!')) {
        return Err("it names no principal before the key".into());
    }
    if KEY_TYPES.contains(&principals.as_str()) {
        return Err("it begins with a key type: who signs with the key comes first".into());
    }
    let mut words = rest.split([' ', '\t']).filter(|word| !word.is_empty());
    let (limits, kind, body) = match words.next() {
        None => return Err("it ends after the principals: a key type and the key follow".into()),
        Some(kind) if KEY_TYPES.contains(&kind) => (Limits::default(), kind, words.next()),
        Some(kind) if kind.ends_with("-cert-v01@openssh.com") => {
            return Err(format!("{} is a certificate's type, and certificates are not supported", quoted(kind)));
        }
        Some(_) => {
            let (options, rest) = options(rest)?;
            let mut words = rest.split([' ', '\t']).filter(|word| !word.is_empty());
            (limits(options)?, words.next().unwrap_or_default(), words.next())
        }
    };
    if kind.is_empty() {
        return Err(format!("there is no key after {}", quoted(rest)));
    }
    if !KEY_TYPES.contains(&kind) {
        return Err(format!("{} is no key type", quoted(kind)));
    }
    let Some(body) = body else { return Err(format!("there is no key after {kind}")) };
    let key = PublicKey::from_openssh(&format!("{kind} {body}")).map_err(|error| format!("the {kind} key is malformed ({error})"))?;
    Ok(Signer { line: number, principals: principals.to_owned(), key, limits })
}

/// The first field, a quoted part of it freed from its quotes; then the rest of the line.
fn principals(line: &str) -> Result<(String, &str), String> {
    let end = line.find([' ', '\t', '"']).unwrap_or(line.len());
    let (head, rest) = line.split_at_checked(end).unwrap_or((line, ""));
    let Some(open) = rest.strip_prefix('"') else { return Ok((head.to_owned(), rest.trim_start())) };
    let Some((inside, rest)) = open.split_once('"') else { return Err("a quote around the principals is not closed".into()) };
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return Err("a blank must follow the quoted principals".into());
    }
    Ok((format!("{head}{inside}"), rest.trim_start()))
}

/// The options field, in which a quoted value may hold blanks; then the rest of the line.
fn options(rest: &str) -> Result<(&str, &str), String> {
    let mut quote = false;
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' if !escaped => quote = !quote,
            ' ' | '\t' if !quote => return rest.split_at_checked(at).ok_or_else(String::new),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    if quote { Err("a quote in the options is not closed".into()) } else { Ok((rest, "")) }
}

fn limits(mut rest: &str) -> Result<Limits, String> {
    let mut limits = Limits::default();
    loop {
        let end = rest.find(['=', ',']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => {
                value(after).map(|(value, after)| (Some(value), after)).map_err(|why| format!("option {}: {why}", quoted(name)))?
            }
            None => (None, after),
        };
        set(&mut limits, name, value)?;
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => break,
            None => return Err(format!("a comma must separate the options at {}", quoted(after))),
        }
    }
    if let (Some(from), Some(until)) = (limits.valid_after, limits.valid_before)
        && until <= from
    {
        return Err("valid-before is not later than valid-after".into());
    }
    Ok(limits)
}

fn set(limits: &mut Limits, name: &str, value: Option<String>) -> Result<(), String> {
    let lower = name.to_ascii_lowercase();
    let twice = match (lower.as_str(), value) {
        ("cert-authority", None) => {
            limits.certificate_authority = true;
            false
        }
        ("namespaces", Some(value)) => limits.namespaces.replace(value).is_some(),
        ("valid-after", Some(value)) => limits.valid_after.replace(moment(&value)?).is_some(),
        ("valid-before", Some(value)) => limits.valid_before.replace(moment(&value)?).is_some(),
        ("cert-authority", Some(_)) => return Err("cert-authority takes no value".into()),
        ("namespaces" | "valid-after" | "valid-before", None) => return Err(format!("{lower} needs a value: {lower}=\"…\"")),
        _ => return Err(format!("{} is neither a key type nor an option of an allowed signers file", quoted(name))),
    };
    if twice { Err(format!("{lower} stands twice")) } else { Ok(()) }
}

/// A value in double quotes, in which `\"` is a quote; then what follows it.
fn value(text: &str) -> Result<(String, &str), &'static str> {
    let Some(inside) = text.strip_prefix('"') else { return Err("its value must stand in double quotes") };
    let mut value = String::new();
    let mut rest = inside.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => return Ok((value, rest.as_str())),
            '\\' if rest.as_str().starts_with('"') => value.extend(rest.next()),
            c => value.push(c),
        }
    }
    Err("its quote is not closed")
}

/// `YYYYMMDD[Z]` or `YYYYMMDDHHMM[SS][Z]`.
fn moment(text: &str) -> Result<DateTime, String> {
    let wrong = || format!("{} is no moment: write YYYYMMDDZ or YYYYMMDDHHMMZ, seconds optional", quoted(text));
    let digits = text.strip_suffix('Z').unwrap_or(text);
    if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let number = |from: usize, to: usize| digits.get(from..to).map_or(Some(0), |part| part.parse::<i16>().ok());
    let small = |from: usize| number(from, from + 2).and_then(|number| i8::try_from(number).ok());
    let parse = || {
        let date = Date::new(number(0, 4)?, small(4)?, small(6)?).ok()?;
        let time = Time::new(small(8)?, small(10)?, small(12)?, 0).ok()?;
        Some(date.to_datetime(time))
    };
    parse().ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    fn one(line: &str) -> Signer {
        let mut signers = parse(line).unwrap();
        assert_eq!(signers.len(), 1);
        signers.remove(0)
    }

    fn fault(line: &str) -> String {
        parse(&format!("# who may sign\n{line}\n")).unwrap_err()
    }

    fn permitted(options: &str, day: Date) -> Result<(), String> {
        one(&format!("a@ledger.example {options} {KEY}")).permits("portcullis", Today(day))
    }

    #[test]
    fn a_plain_line_is_read() {
        let text = format!("\u{feff}# comment\r\n\r\n \t# indented\n  a@ledger.example,*@b.example\t{KEY} a comment \"here\n");
        let signer = one(&text);
        assert_eq!((signer.line, signer.principals.as_str()), (4, "a@ledger.example,*@b.example"));
        assert_eq!(signer.limits, Limits::default());
        assert!(signer.name().starts_with("a@ledger.example,*@b.example (SHA256:"), "{}", signer.name());
    }

    #[test]
    fn options_are_read_in_any_case_and_with_blanks_in_quotes() {
        let options = "Cert-Authority,NAMESPACES=\"a b,\\\"c\",valid-after=\"20260102\",valid-before=\"202701020304Z\"";
        let signer = one(&format!("\"ada lovelace\" {options}  {KEY}"));
        assert_eq!(signer.principals, "ada lovelace");
        assert_eq!(
            signer.limits,
            Limits {
                certificate_authority: true,
                namespaces: Some("a b,\"c".into()),
                valid_after: Some(date(2026, 1, 2).at(0, 0, 0, 0)),
                valid_before: Some(date(2027, 1, 2).at(3, 4, 0, 0)),
            }
        );
    }

    #[test]
    fn an_unreadable_line_is_named_with_its_number_and_fault() {
        let long = |rest: &str| format!("a@ledger.example {rest}");
        for (line, says) in [
            ("a@ledger.example".to_owned(), "ends after the principals"),
            (KEY.to_owned(), "it begins with a key type"),
            (format!("!a@ledger.example {KEY}"), "names no principal"),
            (format!("\"\" {KEY}"), "names no principal"),
            (format!("\"a@ledger.example {KEY}"), "is not closed"),
            (format!("\"a\",\"b\" {KEY}"), "a blank must follow"),
            (long("ssh-ed25519"), "there is no key after ssh-ed25519"),
            (long("ssh-ed25519 AAAA"), "malformed"),
            (long(&KEY.replace("ssh-ed25519", "ssh-rsa")), "malformed"),
            (long("cert-authority"), "there is no key after `cert-authority`"),
            (long("ssh-ed25519-cert-v01@openssh.com AAAA"), "certificates are not supported"),
            (long("cert-authority ssh-unheard-of AAAA"), "`ssh-unheard-of` is no key type"),
            (long(&format!("cert-authority=\"x\" {KEY}")), "takes no value"),
            (long(&format!("namespaces {KEY}")), "needs a value"),
            (long(&format!("namespaces=portcullis {KEY}")), "must stand in double quotes"),
            (long(&format!("namespaces=\"portcullis {KEY}")), "is not closed"),
            (long(&format!("namespaces=\"a\",namespaces=\"b\" {KEY}")), "stands twice"),
            (long(&format!("namespaces=\"a\"valid-after=\"20260101\" {KEY}")), "a comma must separate"),
            (long(&format!("cert-authority, {KEY}")), "neither a key type nor an option"),
            (long(&format!("touch-required {KEY}")), "`touch-required` is neither a key type nor an option"),
            (long(&format!("valid-after=\"2026-01-01\" {KEY}")), "is no moment"),
            (long(&format!("valid-after=\"20260230\" {KEY}")), "is no moment"),
            (long(&format!("valid-after=\"202601012460Z\" {KEY}")), "is no moment"),
            (long(&format!("valid-after=\"20260101\",valid-before=\"20260101\" {KEY}")), "not later than"),
        ] {
            let fault = fault(&line);
            assert!(fault.starts_with("line 2 of the allowed signers cannot be read: ") && fault.contains(says), "{line}: {fault}");
        }
    }

    #[test]
    fn a_file_without_a_signer_is_an_error() {
        assert_eq!(parse("# nobody\n\n").unwrap_err(), "the allowed signers file names nobody");
    }

    #[test]
    fn a_key_counts_only_on_days_that_lie_wholly_within_its_validity() {
        let day = date(2026, 11, 22);
        for (options, permitted_then) in [
            ("valid-after=\"20261122\"", true),
            ("valid-after=\"20261122000000Z\"", true),
            ("valid-after=\"20261122000001Z\"", false),
            ("valid-after=\"20261123\"", false),
            ("valid-before=\"20261122\"", false),
            ("valid-before=\"20261122235958Z\"", false),
            ("valid-before=\"20261122235959Z\"", true),
            ("valid-before=\"20261123Z\"", true),
            ("valid-after=\"20250101\",valid-before=\"20270101\"", true),
        ] {
            assert_eq!(permitted(options, day).is_ok(), permitted_then, "{options}");
        }
        assert!(permitted("valid-after=\"20261123\"", day).unwrap_err().contains("is not yet valid on 2026-11-22"));
        assert!(permitted("valid-before=\"20261122\"", day).unwrap_err().contains("has expired on 2026-11-22"));
    }

    #[test]
    fn namespaces_are_patterns_and_a_negated_one_wins() {
        let day = date(2026, 11, 22);
        for (list, permitted_then) in [
            ("portcullis", true),
            ("git,portcullis", true),
            ("port*", true),
            ("*", true),
            ("portculli?", true),
            ("p*c*s", true),
            ("git", false),
            ("Portcullis", false),
            ("portcullis?", false),
            ("*,!port*", false),
            ("!git", false),
            ("", false),
            ("portcullis ", false),
        ] {
            assert_eq!(permitted(&format!("namespaces=\"{list}\""), day).is_ok(), permitted_then, "{list}");
        }
    }

    #[test]
    fn a_certificate_authority_signs_nothing_itself() {
        let why = permitted("cert-authority", date(2026, 11, 22)).unwrap_err();
        assert!(why.contains("certificates are not supported"), "{why}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
            let _ = parse(&text);
        }

        #[test]
        fn any_field_is_read_or_refused(line in "[a\"\\\\,= \tZ0-9é!-]{0,40}( (valid-after=|namespaces=)[\"0-9Z,]{0,20})?( ssh-ed25519 [A-Za-z0-9+/=]{0,90})?") {
            let _ = parse(&line);
        }
    }
}
