//! Dates and times as evidence writes them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use super::security_txt::utc_day;

/// The UTC day of a plain date, of an RFC 3339 timestamp, or of a date and time without a zone (read as UTC).
pub fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() == "YYYY-MM-DD".len() {
        return text.parse().ok();
    }
    utc_day(text).or_else(|| text.parse::<DateTime>().ok().map(|local| local.date()))
}

/// The instant of an RFC 3339 timestamp, or of a date and time without a zone (read as UTC); none of a plain date.
pub fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() == "YYYY-MM-DD".len() {
        return None;
    }
    text.parse().ok().or_else(|| Offset::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok())
}

/// The UTC day of an instant.
pub fn utc_date(instant: Timestamp) -> Date {
    Offset::UTC.to_datetime(instant).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_usual_spellings_have_a_utc_day() {
        for text in ["2026-11-22", "2026-11-22T23:30:00Z", "2026-11-23T00:30:00+01:00", "2026-11-22T10:00:00.123456", " 2026-11-22 "] {
            assert_eq!(day(text), Some(date(2026, 11, 22)), "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "22/11/2026", "2026"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn an_instant_needs_a_time() {
        assert_eq!(instant("2026-11-22T10:00:00+01:00"), instant("2026-11-22T09:00:00"));
        assert!(instant("2026-11-22T10:00:00.5Z").is_some());
        assert_eq!(instant("2026-11-22"), None);
    }
}
