//! The date of a check: an input, so that two runs over the same inputs give the same bytes.

use jiff::civil::Date;

/// The UTC calendar day that everything is judged on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Today(pub Date);

impl Today {
    /// The machine's day in UTC; only the command line asks, and only where `--today` is not given.
    #[allow(clippy::disallowed_methods)]
    pub fn from_system() -> Self {
        let stamp = jiff::Timestamp::now();
        Self(jiff::tz::Offset::UTC.to_datetime(stamp).date())
    }

    /// Days from `date` to today; negative for a date in the future.
    pub fn days_since(self, date: Date) -> i32 {
        date.until(self.0).map_or(i32::MAX, |span| span.get_days())
    }

    /// Days from today to `date`; negative for a date in the past.
    pub fn days_until(self, date: Date) -> i32 {
        self.days_since(date).saturating_neg()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_count_calendar_days() {
        let today = Today(date(2026, 11, 22));
        assert_eq!(today.days_since(date(2025, 11, 22)), 365);
        assert_eq!(today.days_since(date(2026, 11, 22)), 0);
        assert_eq!(today.days_until(date(2026, 11, 23)), 1);
        assert_eq!(today.days_since(date(2024, 2, 28)), 998);
    }
}
