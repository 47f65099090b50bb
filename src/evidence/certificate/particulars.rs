//! Pure checks of a certificate's particulars: its number's form, its life, the version it was assessed against and the
//! basic certificate under a Plus one.

use jiff::civil::{Date, date};

use crate::evidence::calendar::{days, days_between, months_after};
use crate::input::reader::quoted;
use crate::model::attestation::is_placeholder;

/// A certificate holds for a year.
const LIFE_MONTHS: i32 = 12;
/// Days by which the end may differ from a year after the issue.
const LIFE_TOLERANCE: i32 = 2;
/// A Plus certificate rests on a basic one that was issued at most this long before.
const BASIC_MONTHS: i32 = 3;
/// For how long after a change certificates were still issued against the version before.
const OVERLAP_MONTHS: i32 = 6;
/// Sources differ by a day on when a version begins.
const VERSION_TOLERANCE: i32 = 1;

/// A version of the requirements: number, question set, and between which days certificates were issued against it.
/// They overlap, because an account opened before the change had six months.
const VERSIONS: [(&str, &str, Date, Date); 2] =
    [("3.2", "willow", date(2025, 4, 28), date(2026, 10, 28)), ("3.3", "danzell", date(2026, 4, 27), Date::MAX)];

/// How a certificate's number is written. It is an opaque string: an unknown form is no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberForm {
    /// A UUID, or `IASME-CE-` and four to six digits.
    Known,
    /// Anything else.
    Unknown,
    /// Nothing but zeros, nothing but `x`, a known form of zeros, or words without a digit (`applied for`).
    Placeholder,
}

pub(super) fn number_form(text: &str) -> NumberForm {
    let text = text.trim();
    let serial = ["IASME-CE-P-", "IASME-CEP-", "IASME-CE-"].iter().find_map(|prefix| text.strip_prefix(prefix));
    let body: Vec<char> = serial.unwrap_or(text).chars().filter(|c| c.is_alphanumeric()).collect();
    let only = |wanted: char| body.iter().all(|c| c.eq_ignore_ascii_case(&wanted));
    if only('0') || only('x') || is_placeholder(text) {
        NumberForm::Placeholder
    } else if is_uuid(text) || serial.is_some_and(|serial| (4..=6).contains(&serial.len()) && serial.bytes().all(|b| b.is_ascii_digit())) {
        NumberForm::Known
    } else if !text.contains(|c: char| c.is_ascii_digit()) {
        NumberForm::Placeholder
    } else {
        NumberForm::Unknown
    }
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// How long a certificate runs, against the year that it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// A year, give or take [`LIFE_TOLERANCE`] days.
    Year,
    /// So many days more than a year.
    Longer(i32),
    /// So many days less.
    Shorter(i32),
    /// It ends before it begins.
    Backwards,
}

pub(super) fn life(issued: Date, expires: Date) -> Life {
    match days_between(months_after(issued, LIFE_MONTHS), expires) {
        _ if expires < issued => Life::Backwards,
        more if more > LIFE_TOLERANCE => Life::Longer(more),
        more if more < -LIFE_TOLERANCE => Life::Shorter(more.saturating_neg()),
        _ => Life::Year,
    }
}

/// The version of the requirements that a text names, of those that this gate knows.
fn version(stated: &str) -> Option<&'static (&'static str, &'static str, Date, Date)> {
    let folded = stated.to_lowercase();
    let mut words = folded.split(|c: char| !c.is_alphanumeric() && c != '.').map(|word| word.trim_start_matches('v').trim_matches('.'));
    words.find_map(|word| VERSIONS.iter().find(|(number, name, ..)| word == *number || word == *name))
}

/// Why a requirements version cannot be that of a certificate issued on that day; none where that cannot be told, as of a later version.
pub(super) fn version_misfit(stated: &str, issued: Date) -> Option<String> {
    if version(stated).is_some() {
        return version_remark(stated, issued);
    }
    let (oldest, _, from, _) = VERSIONS.first()?;
    let number = |text: &str| text.split_once('.').and_then(|(major, minor)| Some((major.parse::<u8>().ok()?, minor.parse::<u8>().ok()?)));
    let older = number(stated.trim().trim_start_matches(['v', 'V']))? < number(oldest)?;
    // Who had opened an account before a change could be certified against the version before it for this long.
    let replaced = issued > months_after(*from, OVERLAP_MONTHS);
    (older && replaced).then(|| {
        let stated = quoted(stated);
        format!("its requirements version {stated} does not fit an issue on {issued}: {oldest} took the place of older ones on {from}")
    })
}

/// What is odd about a requirements version for a certificate issued on that day.
pub(super) fn version_remark(stated: &str, issued: Date) -> Option<String> {
    let Some((number, name, from, to)) = version(stated) else {
        return Some(format!("its requirements version {} is none that this gate knows, 3.2 (Willow) or 3.3 (Danzell)", quoted(stated)));
    };
    let fits = days_between(*from, issued) >= -VERSION_TOLERANCE && days_between(issued, *to) >= -VERSION_TOLERANCE;
    let end = if *to == Date::MAX { String::new() } else { format!(" to {to}") };
    (!fits).then(|| format!("its requirements version {number} ({name}) does not fit an issue on {issued}: it was used from {from}{end}"))
}

/// What is odd about the basic certificate under a Plus certificate issued on that day.
pub(super) fn basic_remark(basic: Option<Date>, issued: Date) -> Option<String> {
    let Some(basic) = basic else {
        return Some("`basic-issued`, the issue date of the basic certificate that a Plus one rests on, is not recorded".to_owned());
    };
    let last = months_after(basic, BASIC_MONTHS);
    if basic > issued {
        Some(format!("the basic certificate under it was issued on {basic}, after it"))
    } else if issued > last {
        Some(format!(
            "the basic certificate under it was issued on {basic}, {} more than {BASIC_MONTHS} months before it",
            days(days_between(last, issued))
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::calendar::tests::any_day;
    use jiff::Span;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_known_unknown_or_placeholders() {
        for known in ["9f3c2d1e-5b7a-4c68-8e90-1a2b3c4d5e6f", "9F3C2D1E-5B7A-4C68-8E90-1A2B3C4D5E6F", "IASME-CE-004217", "IASME-CE-P-4217"]
        {
            assert_eq!(number_form(known), NumberForm::Known, "{known}");
        }
        for unknown in ["QGCE 1234", "IASME-CE-42", "IASME-CE-1234567", "9f3c2d1e5b7a4c688e901a2b3c4d5e6f", "1000", "ce-0x1"] {
            assert_eq!(number_form(unknown), NumberForm::Unknown, "{unknown}");
        }
        for placeholder in [
            "",
            "0",
            "000000",
            "00000000-0000-0000-0000-000000000000",
            "IASME-CE-000000",
            "xxx",
            "XXXX-xxxx",
            "IASME-CE-xxxxxx",
            "TODO",
            "applied for",
            "In progress",
        ] {
            assert_eq!(number_form(placeholder), NumberForm::Placeholder, "{placeholder}");
        }
    }

    #[test]
    fn a_life_is_a_year_within_two_days() {
        let issued = date(2026, 5, 11);
        assert_eq!(life(issued, date(2027, 5, 13)), Life::Year);
        assert_eq!(life(issued, date(2027, 5, 14)), Life::Longer(3));
        assert_eq!(life(issued, date(2027, 5, 9)), Life::Year);
        assert_eq!(life(issued, date(2027, 5, 8)), Life::Shorter(3));
        assert_eq!(life(issued, date(2026, 5, 10)), Life::Backwards);
        assert_eq!(life(date(2024, 2, 29), date(2025, 2, 28)), Life::Year);
    }

    #[test]
    fn a_version_fits_the_days_on_which_it_was_used() {
        for (stated, issued) in [
            ("3.2", date(2025, 4, 28)),
            ("Willow", date(2026, 10, 28)),
            ("v3.2 / Willow", date(2026, 10, 29)),
            ("3.3", date(2026, 4, 26)),
            ("3.3 / Danzell", date(2030, 1, 1)),
            ("DANZELL", date(2026, 4, 27)),
            ("Version 3.3.", date(2026, 4, 27)),
        ] {
            assert_eq!(version_remark(stated, issued), None, "{stated} {issued}");
        }
        for (stated, issued, words) in [
            ("3.2", date(2026, 10, 30), "3.2 (willow) does not fit"),
            ("3.2", date(2025, 4, 26), "from 2025-04-28 to 2026-10-28"),
            ("Danzell", date(2026, 4, 25), "used from 2026-04-27"),
            ("3.1", date(2026, 5, 1), "`3.1` is none"),
            ("13.3", date(2026, 5, 1), "`13.3` is none"),
        ] {
            let remark = version_remark(stated, issued).unwrap_or_default();
            assert!(remark.contains(words), "{stated} {issued}: {remark}");
            assert_eq!(version_misfit(stated, issued).is_some(), stated != "13.3", "{stated} {issued}");
        }
    }

    #[test]
    fn an_older_version_cannot_be_that_of_a_later_certificate() {
        for (stated, issued, misfit) in [
            ("2.0", date(2026, 5, 11), true),
            ("v3.1", date(2025, 10, 29), true),
            ("3.1", date(2025, 10, 28), false),
            ("3.4", date(2026, 5, 11), false),
            ("as on the certificate", date(2026, 5, 11), false),
        ] {
            assert_eq!(version_misfit(stated, issued).is_some(), misfit, "{stated} {issued}");
        }
    }

    #[test]
    fn a_plus_certificate_rests_on_a_basic_one_of_the_last_three_months() {
        let issued = date(2026, 5, 31);
        assert_eq!(basic_remark(Some(date(2026, 2, 28)), issued).unwrap(), basic_text(date(2026, 2, 28), "3 days"));
        assert_eq!(basic_remark(Some(date(2026, 2, 28)), date(2026, 5, 28)), None);
        assert_eq!(basic_remark(Some(issued), issued), None);
        assert!(basic_remark(Some(date(2026, 6, 1)), issued).unwrap().ends_with("after it"));
        assert!(basic_remark(None, issued).unwrap().contains("not recorded"));
    }

    fn basic_text(basic: Date, more: &str) -> String {
        format!("the basic certificate under it was issued on {basic}, {more} more than 3 months before it")
    }

    proptest! {
        #[test]
        fn a_life_is_told_by_its_days(issued in any_day(), off in -800i32..800) {
            let expires = months_after(issued, 12).checked_add(Span::new().days(off)).unwrap();
            let told = match life(issued, expires) {
                Life::Year => (-2..=2).contains(&off),
                Life::Longer(more) => more == off && off > 2,
                Life::Shorter(less) => less == -off && off < -2 && expires >= issued,
                Life::Backwards => expires < issued,
            };
            prop_assert!(told);
        }

        #[test]
        fn a_number_of_zeros_is_a_placeholder_and_any_other_uuid_is_known(id in 1u128.., zeros in "[0 -]{0,40}") {
            let part = |shift: u32, mask: u128| (id >> shift) & mask;
            let (low, middle, high) = (part(96, 0xffff_ffff), part(80, 0xffff), part(64, 0xffff));
            let uuid = format!("{low:08x}-{middle:04x}-{high:04x}-{:04x}-{:012x}", part(48, 0xffff), part(0, 0xffff_ffff_ffff));
            prop_assert_eq!(number_form(&uuid), NumberForm::Known);
            prop_assert_eq!(number_form(&uuid.to_uppercase()), NumberForm::Known);
            prop_assert_eq!(number_form(&zeros), NumberForm::Placeholder);
        }

        #[test]
        fn a_remark_on_any_version_is_bounded(text in "\\PC{0,4000}", issued in any_day()) {
            prop_assert!(version_remark(&text, issued).is_none_or(|remark| remark.chars().count() < 300));
        }
    }
}
