//! security.txt, the file format of RFC 9116.
//!
//! A line is a field, a comment or blank (section 4). An OpenPGP cleartext signature (section 2.3; RFC 4880, section 7)
//! is read past: the fields are those inside it, and whether it verifies is not asked. Unknown fields are kept and it is
//! for the caller to ignore them (section 2.4). Reading never fails; what is not in the format is listed with its line.

use jiff::Span;
use jiff::civil::{Date, DateTime};

/// One `Name: value` line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'t> {
    /// As written; names are case-insensitive (section 2).
    pub name: &'t str,
    /// Without the blanks around it.
    pub value: &'t str,
    /// 1-based.
    pub line: usize,
}

/// Why a line is not in the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// Neither field nor comment nor blank (section 4).
    NoField,
    /// A name and no value (section 2).
    NoValue,
    /// No space behind the colon (section 4).
    NoSpace,
    /// A blank before the colon (section 4; RFC 5322, section 3.6.8).
    SpaceBeforeColon,
    /// A control character in the value (RFC 5322, section 3.2.5).
    Control,
    /// Text before or behind what is signed (section 2.3).
    Unsigned,
    /// Something other than `Hash:` between the armour's first line and the blank line (RFC 4880, section 7).
    ArmourHeader,
    /// The signature block is missing or does not end (RFC 4880, section 7).
    ArmourEnd,
}

/// A file as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecurityTxt<'t> {
    /// In the file's order.
    pub fields: Vec<Field<'t>>,
    /// Lines that are not in the format, in the file's order.
    pub malformed: Vec<(usize, Malformed)>,
    /// It stands in an OpenPGP cleartext signature, which was not verified.
    pub signed: bool,
    /// It begins with a byte order mark, which RFC 5198, section 2, does not allow.
    pub byte_order_mark: bool,
    /// Its last line lacks the line end that section 2.2 asks of every line.
    pub open_end: bool,
}

impl<'t> SecurityTxt<'t> {
    /// The fields of a name, in any case.
    pub fn named<'s>(&'s self, name: &'s str) -> impl Iterator<Item = Field<'t>> + 's {
        self.fields.iter().copied().filter(move |field| field.name.eq_ignore_ascii_case(name))
    }
}

const SIGNED_MESSAGE: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const SIGNATURE_END: &str = "-----END PGP SIGNATURE-----";

/// Where in an armoured file a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Before,
    Headers,
    Body,
    Signature,
    After,
}

/// Reads a file.
pub fn read(text: &str) -> SecurityTxt<'_> {
    let bare = text.strip_prefix('\u{feff}');
    let mut file = SecurityTxt { byte_order_mark: bare.is_some(), ..SecurityTxt::default() };
    let text = bare.unwrap_or(text);
    file.open_end = !text.is_empty() && !text.ends_with('\n');
    let lines = || text.split('\n').map(line_content).enumerate().map(|(at, line)| (at + 1, line));
    file.signed = lines().any(|(_, line)| line == SIGNED_MESSAGE);
    let mut part = if file.signed { Part::Before } else { Part::Body };
    let mut last = 1;
    for (number, line) in lines() {
        if !line.is_empty() {
            last = number;
        }
        part = file.take(part, number, line);
    }
    if file.signed && part != Part::After {
        file.malformed.push((last, Malformed::ArmourEnd));
    }
    file
}

/// A line without its end: `*WSP [CR] LF` (section 4).
fn line_content(line: &str) -> &str {
    line.strip_suffix('\r').unwrap_or(line).trim_end_matches([' ', '\t'])
}

impl<'t> SecurityTxt<'t> {
    /// Reads one line and says where the next one stands.
    fn take(&mut self, part: Part, number: usize, line: &'t str) -> Part {
        match part {
            Part::Before if line == SIGNED_MESSAGE => return Part::Headers,
            Part::Before | Part::After if !line.is_empty() => self.malformed.push((number, Malformed::Unsigned)),
            Part::Headers if line.is_empty() => return Part::Body,
            Part::Headers if !line.starts_with("Hash:") => self.malformed.push((number, Malformed::ArmourHeader)),
            Part::Body if self.signed && line == SIGNATURE => return Part::Signature,
            Part::Body => self.take_line(number, if self.signed { line.strip_prefix("- ").unwrap_or(line) } else { line }),
            Part::Signature if line == SIGNATURE_END => return Part::After,
            _ => {}
        }
        part
    }

    fn take_line(&mut self, line: usize, content: &'t str) {
        if content.trim().is_empty() || content.starts_with('#') {
            return;
        }
        let mut fault = |fault| self.malformed.push((line, fault));
        let Some((name, rest)) = content.split_once(':') else { return fault(Malformed::NoField) };
        let (bare, value) = (name.trim_end_matches([' ', '\t']), rest.trim());
        if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_graphic()) {
            return fault(Malformed::NoField);
        }
        if value.is_empty() {
            return fault(Malformed::NoValue);
        }
        if bare != name {
            fault(Malformed::SpaceBeforeColon);
        } else if !rest.starts_with(' ') {
            fault(Malformed::NoSpace);
        }
        if value.chars().any(|c| c.is_control() && c != '\t') {
            return fault(Malformed::Control);
        }
        self.fields.push(Field { name: bare, value, line });
    }
}

/// The UTC calendar day of a timestamp of RFC 3339, section 5.6 (a blank for the `T`, as its note allows, is read too);
/// nothing where the text is no such timestamp.
pub fn utc_day(value: &str) -> Option<Date> {
    let (stamp, rest) = value.split_at_checked("YYYY-MM-DDThh:mm:ss".len())?;
    let shaped = stamp.chars().zip("dddd-dd-ddTdd:dd:dd".chars()).all(|(have, want)| match want {
        'd' => have.is_ascii_digit(),
        'T' => matches!(have, 'T' | 't' | ' '),
        _ => have == want,
    });
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => Some(fraction.trim_start_matches(|c: char| c.is_ascii_digit())).filter(|zone| *zone != fraction)?,
        None => rest,
    };
    let offset = offset_minutes(zone)?;
    let local: DateTime = shaped.then(|| stamp.parse().ok()).flatten()?;
    // Only the first and last day that the calendar can hold have no day beside them.
    Some(local.checked_sub(Span::new().minutes(offset)).unwrap_or(local).date())
}

fn offset_minutes(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, clock) = match (zone.strip_prefix('+'), zone.strip_prefix('-')) {
        (Some(clock), _) => (1, clock),
        (_, Some(clock)) => (-1, clock),
        _ => return None,
    };
    let (hours, minutes) = clock.split_once(':')?;
    let number = |text: &str, below: i64| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<i64>().ok()).flatten().filter(|number| *number < below)
    };
    Some(sign * (number(hours, 24)? * 60 + number(minutes, 60)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const SAMPLE: &str = include_str!("../../tests/evidence/security-txt/security.txt");
    const SIGNED: &str = include_str!("../../tests/evidence/security-txt/security.signed.txt");

    fn names<'t>(file: &SecurityTxt<'t>) -> Vec<(&'t str, usize)> {
        file.fields.iter().map(|field| (field.name, field.line)).collect()
    }

    #[test]
    fn fields_have_their_lines() {
        let file = read(SAMPLE);
        assert_eq!(names(&file), [("Contact", 1), ("Expires", 2), ("Preferred-Languages", 3), ("Canonical", 4), ("Policy", 5)]);
        assert_eq!(file.fields[0].value, "mailto:security@example.com");
        assert!(file.malformed.is_empty() && !file.signed && !file.byte_order_mark && !file.open_end);
    }

    #[test]
    fn a_cleartext_signature_is_read_past() {
        let file = read(SIGNED);
        assert!(file.signed && file.malformed.is_empty());
        assert_eq!(names(&file), [("Contact", 4), ("Expires", 5), ("Preferred-Languages", 6), ("Canonical", 7), ("Policy", 8)]);
    }

    #[test]
    fn text_outside_the_signature_is_no_field() {
        let both = format!("Contact: tel:999\n{SIGNED}Policy: https://ledger.example/\n");
        let file = read(&both);
        assert_eq!(file.malformed, [(1, Malformed::Unsigned), (17, Malformed::Unsigned)]);
        assert_eq!(file.fields.len(), 5);
    }

    #[test]
    fn a_signature_that_does_not_end_is_a_fault_where_the_text_ends() {
        let cut: String = SIGNED.lines().take(11).map(|line| format!("{line}\n")).collect();
        assert_eq!(read(&cut).malformed, [(11, Malformed::ArmourEnd)]);
        let headless = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\nContact: tel:999\n";
        assert_eq!(read(headless).malformed, [(3, Malformed::ArmourHeader), (3, Malformed::ArmourEnd)]);
    }

    #[test]
    fn dash_escaped_lines_are_unescaped() {
        let text =
            "-----BEGIN PGP SIGNED MESSAGE-----\n\n- Contact: tel:999\n-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n";
        let file = read(text);
        assert_eq!((names(&file), file.malformed.len()), (vec![("Contact", 3)], 0));
    }

    #[test]
    fn line_ends_comments_blanks_and_a_byte_order_mark_are_read() {
        let file = read("\u{feff}# who to ask\r\n\r\nContact: tel:999 \t\r\nexpires: x");
        assert_eq!(names(&file), [("Contact", 3), ("expires", 4)]);
        assert_eq!(file.fields[0].value, "tel:999");
        assert!(file.byte_order_mark && file.open_end && file.malformed.is_empty());
        assert_eq!(file.named("Expires").count(), 1);
    }

    #[test]
    fn lines_outside_the_grammar_are_listed() {
        let file = read("Hello\nSee also: x\nContact:\nContact:tel:999\nContact : tel:999\nContact: a\rb\n: x\n  # indented\n");
        use Malformed::*;
        let wanted =
            [(1, NoField), (2, NoField), (3, NoValue), (4, NoSpace), (5, SpaceBeforeColon), (6, Control), (7, NoField), (8, NoField)];
        assert_eq!(file.malformed, wanted);
        assert_eq!(names(&file), [("Contact", 4), ("Contact", 5)]);
    }

    #[test]
    fn timestamps_become_utc_days() {
        for (text, day) in [
            ("2027-06-30T00:00:00.000Z", date(2027, 6, 30)),
            ("2027-06-30t23:59:60z", date(2027, 6, 30)),
            ("2027-06-30 12:00:00Z", date(2027, 6, 30)),
            ("2027-06-30T23:30:00-01:00", date(2027, 7, 1)),
            ("2027-07-01T00:30:00+01:00", date(2027, 6, 30)),
            ("2027-06-30T00:00:00.123456789012Z", date(2027, 6, 30)),
            ("9999-12-31T23:59:59-05:00", date(9999, 12, 31)),
        ] {
            assert_eq!(utc_day(text), Some(day), "{text}");
        }
    }

    #[test]
    fn what_is_no_rfc_3339_timestamp_has_no_day() {
        for text in [
            "",
            "2027-06-30",
            "2027-06-30T00:00:00",
            "2027-06-30T00:00Z",
            "2027-06-30T00:00:00+0100",
            "2027-06-30T00:00:00+24:00",
            "2027-06-30T00:00:00.Z",
            "2027-02-30T00:00:00Z",
            "2027-06-30T25:00:00Z",
            "Wed, 30 Jun 2027 00:00:00 GMT",
            "2027-06-30T00:00:00Z[UTC]",
            "20270630T000000Z",
            "+002027-06-30T00:00:00Z",
            "é027-06-30T00:00:00Z",
            "1814227200",
        ] {
            assert_eq!(utc_day(text), None, "{text}");
        }
    }

    /// Every line that is reported exists, and no line is reported both as a field and as outside of what is signed.
    fn holds(text: &str) -> Result<(), TestCaseError> {
        let file = read(text);
        let lines = text.split('\n').count();
        for line in file.fields.iter().map(|field| field.line).chain(file.malformed.iter().map(|(line, _)| *line)) {
            prop_assert!((1..=lines).contains(&line), "line {line} of {lines}");
        }
        for field in &file.fields {
            let content = text.split('\n').nth(field.line - 1).unwrap();
            prop_assert!(content.contains(field.name) && content.contains(field.value) && !field.value.is_empty());
            let _ = utc_day(field.value);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_and_every_line_exists(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            holds(&String::from_utf8_lossy(&bytes))?;
        }

        #[test]
        fn any_mix_of_lines_is_read_and_every_line_exists(
            lines in prop::collection::vec(prop::sample::select(vec![
                "", "\r", "# x", "Contact: tel:999", "Expires: 2027-06-30T00:00:00Z", "x", ":", "é: é", "\u{feff}", " ", "- Hiring: https://a.example",
                SIGNED_MESSAGE, SIGNATURE, SIGNATURE_END, "Hash: SHA256",
            ]), 0..30),
            end in "\n|\r\n|",
        ) {
            holds(&format!("{}{end}", lines.join("\n")))?;
        }

        #[test]
        fn any_text_has_a_day_or_none(text in "[0-9TZtz:. +-]{0,30}|\\PC{0,30}") {
            let _ = utc_day(&text);
        }
    }
}
