//! What an entry's `expect` says of a report's figures: comparisons such as `lines >= 80.5 && branches >= 70`, decided in whole numbers.

use std::cmp::Ordering;

use super::Ask;
use crate::limits;
use crate::text::one_line;

/// Longest number that a comparison may have, in digits.
const DIGITS: usize = 12;

/// One comparison of a figure with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comparison {
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

/// The parts of a whole in which [`bounds`] counts.
const STEPS: u128 = 10_u128.pow(DIGITS as u32);

/// The least and the greatest that the figure of that name may be under all of these comparisons, in parts of 10⁻¹²; `whole` says that the
/// figure has no fraction.
pub(crate) fn bounds(all: &[Comparison], name: &str, whole: bool) -> (u128, u128) {
    let step = if whole { STEPS } else { 1 };
    let (mut least, mut most) = (0, u128::MAX);
    for one in all.iter().filter(|one| one.name.eq_ignore_ascii_case(name)) {
        let number = one.number.saturating_mul(STEPS / one.scale);
        let (low, high) = match one.sign {
            Sign::AtLeast => (number, u128::MAX),
            Sign::AtMost => (0, number),
            Sign::Above => (number.saturating_add(step), u128::MAX),
            Sign::Below => (0, number.saturating_sub(step)),
            Sign::Is => (number, number),
        };
        least = least.max(low);
        most = most.min(high);
    }
    (least, most)
}

/// Reads comparisons that `&&` joins; none where a part is no comparison of a figure that is known.
pub(crate) fn read(text: &str, is_known: impl Fn(&str) -> bool) -> Option<Vec<Comparison>> {
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
    fn bounds_are_met_by_what_holds_all_comparisons() {
        let of = |text: &str, whole| bounds(&read(text, |_| true).unwrap_or_default(), "lines", whole);
        assert_eq!(of("lines > 79", true), of("lines >= 80", true));
        assert_ne!(of("lines > 79", false), of("lines >= 80", false));
        assert_eq!(of("Lines >= 1 && rows >= 7 && lines >= 3 && lines <= 9", true), (3 * STEPS, 9 * STEPS));
        assert_eq!(of("lines == 0.5", false), (STEPS / 2, STEPS / 2));
        assert_eq!(of("rows >= 1", true), (0, u128::MAX));
    }

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
