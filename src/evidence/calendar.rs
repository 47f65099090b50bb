//! Calendar arithmetic on declared dates. Months are calendar months: a period that begins on a day ends on the day of
//! the same number, or on the month's last day where it has none, so that a year from 29 February ends on 28 February.

use jiff::Span;
use jiff::civil::Date;

/// The day that many calendar months later; the last day that can be written where there is none.
pub(super) fn months_after(date: Date, months: i32) -> Date {
    Span::new().try_months(months).map_or(Date::MAX, |span| date.saturating_add(span))
}

/// Days from one day to another; negative where the second is earlier.
pub(super) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// `1 day`, `2 days`.
pub(super) fn days(count: i32) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// Any day from 1900 to 2199.
    pub(in super::super) fn any_day() -> impl Strategy<Value = Date> {
        (1900i16..2200, 1i8..=12, 1i8..=31).prop_map(|(year, month, day)| {
            let first = date(year, month, 1);
            date(year, month, day.min(first.days_in_month()))
        })
    }

    #[test]
    fn a_year_ends_on_the_day_of_the_same_number_or_the_months_last() {
        assert_eq!(months_after(date(2024, 2, 29), 12), date(2025, 2, 28));
        assert_eq!(months_after(date(2023, 2, 28), 12), date(2024, 2, 28));
        assert_eq!(months_after(date(2023, 3, 1), 12), date(2024, 3, 1));
        assert_eq!(months_after(date(2024, 2, 29), 48), date(2028, 2, 29));
        assert_eq!(months_after(date(2025, 11, 30), 3), date(2026, 2, 28));
    }

    #[test]
    fn nothing_lies_beyond_the_last_day() {
        assert_eq!(months_after(date(9999, 6, 1), 12), Date::MAX);
        assert_eq!(months_after(date(2026, 1, 1), i32::MAX), Date::MAX);
        assert_eq!(months_after(date(2026, 1, 1), i32::MIN), Date::MAX);
    }

    proptest! {
        #[test]
        fn a_year_has_365_or_366_days(day in any_day()) {
            let later = months_after(day, 12);
            prop_assert!(matches!(days_between(day, later), 365 | 366));
            prop_assert_eq!((later.year(), later.month()), (day.year() + 1, day.month()));
            prop_assert!(later.day() == day.day() || (day.day(), later.day()) == (29, 28));
        }

        #[test]
        fn a_later_day_never_gives_an_earlier_end(a in any_day(), b in any_day(), months in 0i32..120) {
            prop_assert!(months_after(a.min(b), months) <= months_after(a.max(b), months));
        }

        #[test]
        fn days_between_undoes_adding_days(day in any_day(), count in -1_000i32..1_000) {
            let other = day.checked_add(Span::new().days(count)).unwrap();
            prop_assert_eq!(days_between(day, other), count);
        }
    }
}
