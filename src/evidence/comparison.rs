//! What an entry's `expect` says of a report's figures: comparisons such as `lines >= 80.5 && branches >= 70`, decided in whole numbers.

use std::cmp::Ordering;

use super::Ask;
use crate::limits;
use crate::text::one_line;

/// Longest number that a comparison may have, in digits.
const DIGITS: usize = 12;

/// One comparison of a figure with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    /// The figure's name.
    pub name: String,
    sign: Sign,
    number: u128,
    scale: u128,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    AtLeast,
    AtMost,
    Above,
    Below,
    Is,
}

impl Comparison {
    /// Whether the figure, `have` divided by `of`, is as it should be. A figure that is divided by nought is not.
    pub(super) fn holds(&self, have: u128, of: u128) -> bool {
        let order = (have.saturating_mul(self.scale)).cmp(&self.number.saturating_mul(of));
        of > 0
            && match self.sign {
                Sign::AtLeast => order.is_ge(),
                Sign::AtMost => order.is_le(),
                Sign::Above => order.is_gt(),
                Sign::Below => order.is_lt(),
                Sign::Is => order == Ordering::Equal,
            }
    }

    /// Whether its number has no fraction.
    pub(super) fn is_whole(&self) -> bool {
        self.scale == 1
    }
}

/// Reads comparisons that `&&` joins; none where a part is no comparison of a figure that is known.
pub(super) fn read(text: &str, is_known: impl Fn(&str) -> bool) -> Option<Vec<Comparison>> {
    text.split("&&").map(one).map(|read| read.filter(|one| is_known(&one.name))).collect()
}

fn one(part: &str) -> Option<Comparison> {
    let mut words = part.split_whitespace();
    let (name, sign, number) = (words.next()?, words.next()?, words.next()?);
    let sign = match sign {
        ">=" => Sign::AtLeast,
        "<=" => Sign::AtMost,
        ">" => Sign::Above,
        "<" => Sign::Below,
        "==" => Sign::Is,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    let plain = !whole.is_empty() && digits.len() <= DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) && !number.ends_with('.');
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok().filter(|_| plain)?);
    (words.next().is_none()).then_some(())?;
    Some(Comparison { name: name.to_owned(), sign, number: digits.parse().ok()?, scale })
}

/// The gap of an `expect` that cannot be read.
pub(super) fn unread(ask: &Ask<'_>, remedy: &str) -> Option<super::Gap> {
    let expect = ask.evidence.text("expect")?;
    let message = format!("`expect = \"{}\"` cannot be read", one_line(&expect.value, limits::QUOTED_CHARS));
    Some(super::Gap { cited: Some(expect.span), ..super::Gap::failed("expect", message, remedy) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_are_read_or_refused() {
        let holds = |text: &str, have, of| read(text, |name| name == "lines").map(|all| all.iter().all(|one| one.holds(have, of)));
        assert_eq!(holds(" lines >= 80 ", 80, 1), Some(true));
        assert_eq!(holds("lines >= 80 && lines < 80.5", 804, 10), Some(true));
        assert_eq!(holds("lines >= 80.01", 8000, 100), Some(false));
        assert_eq!(holds("lines == 33.3", 333, 10), Some(true));
        assert_eq!(holds("lines > 0", 1, 0), Some(false));
        for text in ["", "lines", "lines >= many", "lines => 1", "rows >= 1", "lines >= 1 2", "lines >= 1.", "lines >= -1", "lines >= 1 &&"]
        {
            assert_eq!(holds(text, 1, 1), None, "{text}");
        }
    }
}
