//! Dates as people write them in a sentence: `2031-12-31`, `31 December 2031`, `December 31st, 2031`, `31/12/2031`.

use jiff::civil::Date;

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// Every date in a text, in its order. Of `03/04/2031` the day comes first, as it does in British documents.
pub fn all(text: &str) -> Vec<Date> {
    let apart = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '/' | '.'));
    let words: Vec<&str> = text.split(apart).map(|word| word.trim_matches(['-', '/', '.'])).filter(|word| !word.is_empty()).collect();
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if let Some(date) = in_digits(word) {
            found.push(date);
        } else if let (Some(month), Some(year)) = (month(word), words.get(index + 1).and_then(|next| year(next))) {
            let before = index.checked_sub(1).and_then(|at| words.get(at));
            let before = before.filter(|word| **word != "of").or_else(|| index.checked_sub(2).and_then(|at| words.get(at)));
            found.extend(before.and_then(|word| day(word)).and_then(|day| Date::new(year, month, day).ok()));
        } else if let (Some(month), Some(day), Some(year)) =
            (month(word), words.get(index + 1).and_then(|next| day(next)), words.get(index + 2).and_then(|next| year(next)))
        {
            found.extend(Date::new(year, month, day));
        }
    }
    found
}

/// The date that a text is, with nothing beside it.
pub fn alone(text: &str) -> Option<Date> {
    // `the 31st of December, 2031` has no more.
    if text.len() > 40 {
        return None;
    }
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let part = |word: &&str| matches!(*word, "the" | "of") || month(word).is_some() || year(word).is_some() || day(word).is_some();
    let alone = match words.as_slice() {
        [only] => in_digits(only).is_some(),
        several => several.len() <= 5 && several.iter().all(part),
    };
    match all(text).as_slice() {
        [date] if alone => Some(*date),
        _ => None,
    }
}

/// The first day of the first month that a text names with its year and no day: `October 2031`.
pub fn month_alone(text: &str) -> Option<Date> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(2).find_map(|pair| match pair {
        [named, of] => Date::new(year(of)?, month(named)?, 1).ok(),
        _ => None,
    })
}

fn in_digits(word: &str) -> Option<Date> {
    let mark = ['-', '/', '.'].into_iter().find(|mark| word.contains(*mark))?;
    let parts: Vec<&str> = word.split(mark).collect();
    let [first, month, third] = parts.as_slice() else { return None };
    let month = day(month)?;
    match year(first) {
        Some(year) => Date::new(year, month, day(third)?).ok(),
        None => Date::new(year(third)?, month, day(first)?).ok(),
    }
}

fn month(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    let named = |name: &str| name == word || (word.len() >= 3 && word.len() <= 4 && name.starts_with(&word));
    let index = MONTHS.iter().position(|name| named(name))?;
    i8::try_from(index + 1).ok()
}

fn year(word: &str) -> Option<i16> {
    (word.len() == 4).then(|| word.parse().ok()).flatten().filter(|year| (1970..=2200).contains(year))
}

fn day(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|suffix| word.strip_suffix(suffix)).unwrap_or(&word);
    (digits.len() <= 2).then(|| digits.parse().ok()).flatten().filter(|day| (1..=31).contains(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_alone_is_its_first_day() {
        assert_eq!(month_alone("since Dec, 2031 or so"), Date::new(2031, 12, 1).ok());
        assert_eq!(month_alone("2031-12-31"), None);
    }
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn the_usual_spellings_are_found() {
        for text in [
            "until 2031-12-31.",
            "31 December 2031",
            "the 31st of December, 2031",
            "December 31, 2031",
            "31 Dec 2031 (extended)",
            "31/12/2031",
            "2031/12/31",
            "31.12.2031",
            "**31 December 2031**",
        ] {
            assert_eq!(all(text), [date(2031, 12, 31)], "{text}");
        }
        assert_eq!(all("31 December 2031 (2031-12-31), first supplied on 1 October 2025").len(), 3);
        assert_eq!(all("03/04/2031"), [date(2031, 4, 3)]);
    }

    #[test]
    fn a_date_alone_has_nothing_beside_it() {
        for text in ["31/12/2031", "31 Dec 2031", "31 December 2031", "the 31st of December, 2031", "December 31, 2031", "31.12.2031"] {
            assert_eq!(alone(text), Some(date(2031, 12, 31)), "{text}");
        }
        for text in
            ["until 31/12/2031", "31 Dec 2031 or later", "1 Jan 2030 to 31 Dec 2031", "31 Dec 2031 (extended)", "Dec 2031", "", "2031"]
        {
            assert_eq!(alone(text), None, "{text}");
        }
    }

    #[test]
    fn lengths_and_other_numbers_are_no_dates() {
        for text in ["five years", "5 years from 2026", "V2.1.1", "2023/1007", "EN 303 645 V2.1.1 of 2020", "31 February 2031", "in May"] {
            assert_eq!(all(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[0-9a-zA-Z./ -]{0,60}") {
            let found = all(&text);
            prop_assert!(alone(&text).is_none_or(|date| found == [date]));
        }
    }
}
