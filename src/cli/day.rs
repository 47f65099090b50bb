//! A calendar day as options take it.

use jiff::civil::Date;

/// Reads a UTC calendar day, written in full.
pub(super) fn day(text: &str) -> Result<Date, String> {
    let plain = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    text.parse::<Date>().ok().filter(|_| plain).ok_or_else(|| "write a calendar day as 2026-11-22".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_whole_calendar_day() {
        assert!(day("2026-11-22").is_ok());
        for bad in ["2026-02-30", "2026-1-2", "20261122", "2026-11-22T00:00", "today"] {
            assert!(day(bad).is_err(), "{bad}");
        }
    }
}
