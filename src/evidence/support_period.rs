//! `support-period`: until when the product is supported, as `[product.support]` declares it.
//!
//! Every provision that takes this kind needs the end date. Only one that asks for notice (`notice-months` in its policy:
//! the Software Security Code of Practice, 4.2, "at least 1 year's notice") is held to the day on which customers were
//! told, so that a short notice is no fault of an attestation that speaks of the end date alone.

use jiff::civil::Date;

use super::calendar::{days, days_between, months_after};
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::model::declaration::Support;
use crate::model::outcome::Assurance;

/// See the module's documentation.
pub(super) struct SupportPeriod;

impl Verifier for SupportPeriod {
    fn kind(&self) -> &'static str {
        "support-period"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "The declaration has [product.support] with the last day of support, `until`.",
            "That day is today or later.",
            "The day on which customers were told of it, `announced`, where it is declared, is not in the future.",
            "Where the provision asks for notice (software-security/4.2: one year), `announced` and that many calendar months together are `until` at the latest; where `announced` is left out, the attestation stays asserted for that provision.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Both dates are the declaration's own word, not yet bound to the repository's history, so they make an attestation evidenced at most, never verified. Whether customers were really told, where the date is published, and whether it was ever brought forward is not checked. A support statement in a file of its own cannot be read by this version."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"support-period\"           # reads [product.support] in the declaration\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        if let Some(file) = &ask.file {
            return Verified::doubt(
                format!("the support period in {} cannot be read by this version", file.path),
                "declare [product.support] and cite support-period without `path`",
            );
        }
        let product = ask.product.product;
        let Some(support) = &product.support else {
            let gap = Gap::failed(
                "undeclared",
                "support-period is cited, and the declaration has no [product.support]",
                "declare both days, then check again:\n[product.support]\nuntil = YYYY-MM-DD      # the last day of support\nannounced = YYYY-MM-DD  # the day on which customers were told",
            );
            return Verified::gap(gap.at(product.span));
        };
        let old = ask.review_too_old("the review of the support period");
        let gaps = [ended(support, ask), announced_ahead(support, ask), short_notice(support, ask), old];
        Verified::from_gaps(gaps.into_iter().flatten().collect(), || proof(support, ask))
    }
}

fn ended(support: &Support, ask: &Ask<'_>) -> Option<Gap> {
    let until = &support.until;
    let past = ask.today.days_since(until.value);
    (past > 0).then(|| {
        let message = format!("support ended on {}, {} ago", until.value, days(past));
        Gap::failed("ended", message, "extend `until` if the product is still supported, or stop supplying it").at(until.span)
    })
}

fn announced_ahead(support: &Support, ask: &Ask<'_>) -> Option<Gap> {
    let announced = support.announced.as_ref()?;
    (ask.today.days_until(announced.value) > 0).then(|| {
        let message = format!("customers are said to have been told on {}, which is in the future", announced.value);
        Gap::stale("announced-ahead", message, "set `announced` to the day on which they were told, or leave it out until then")
            .at(announced.span)
    })
}

fn short_notice(support: &Support, ask: &Ask<'_>) -> Option<Gap> {
    let months = ask.notice_months?;
    let announced = support.announced.as_ref()?;
    let (earliest, short) = shortfall(announced.value, support.until.value, months)?;
    let message = format!(
        "customers were told on {} that support ends on {}, {} short of {months} months' notice: it may end on {earliest} at the earliest",
        announced.value,
        support.until.value,
        days(short),
    );
    let remedy = format!(
        "extend `until` to {earliest} or later and tell customers; if they were told sooner, correct `announced`; else attest not-met and say what is done for them"
    );
    Some(Gap::failed("notice", message, remedy).at(announced.span))
}

/// The earliest day on which support may end after that notice, and how many days sooner it ends.
fn shortfall(announced: Date, until: Date, months: i32) -> Option<(Date, i32)> {
    let earliest = months_after(announced, months);
    (until < earliest).then(|| (earliest, days_between(until, earliest)))
}

fn proof(support: &Support, ask: &Ask<'_>) -> Proof {
    let until = &support.until;
    let told = support.announced.as_ref().map(|told| format!("customers were told on {}", told.value));
    let (assurance, notice) = match (ask.notice_months, told) {
        (Some(months), Some(told)) => (Assurance::Evidenced, format!(", and {told}, at least {months} months before")),
        (Some(months), None) => {
            let lacks = format!(
                ", but no day on which customers were told, so that {months} months' notice is not shown: add `announced` to [product.support]"
            );
            (Assurance::Asserted, lacks)
        }
        (None, Some(told)) => (Assurance::Evidenced, format!(", and {told}")),
        (None, None) => (Assurance::Evidenced, String::new()),
    };
    Proof::new(assurance, format!("support is declared until {}{notice}", until.value)).until(until.value, until.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::calendar::tests::any_day;
    use jiff::Span;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn exactly_a_year_is_enough_and_a_day_less_is_not() {
        assert_eq!(shortfall(date(2025, 12, 31), date(2026, 12, 31), 12), None);
        assert_eq!(shortfall(date(2025, 12, 31), date(2026, 12, 30), 12), Some((date(2026, 12, 31), 1)));
    }

    #[test]
    fn a_leap_day_has_its_year_on_the_28th() {
        assert_eq!(shortfall(date(2024, 2, 29), date(2025, 2, 28), 12), None);
        assert_eq!(shortfall(date(2024, 2, 29), date(2025, 2, 27), 12), Some((date(2025, 2, 28), 1)));
        assert_eq!(shortfall(date(2023, 3, 1), date(2024, 2, 29), 12), Some((date(2024, 3, 1), 1)));
    }

    proptest! {
        #[test]
        fn what_is_short_by_so_many_days_is_enough_once_they_are_added(told in any_day(), ahead in 0i32..800, months in 1i32..24) {
            let until = told.checked_add(Span::new().days(ahead)).unwrap();
            match shortfall(told, until, months) {
                None => prop_assert!(until >= months_after(told, months)),
                Some((earliest, short)) => {
                    prop_assert!(short > 0);
                    prop_assert_eq!(until.checked_add(Span::new().days(short)).unwrap(), earliest);
                    prop_assert_eq!(shortfall(told, earliest, months), None);
                    prop_assert!(shortfall(told, earliest.yesterday().unwrap(), months).is_some());
                }
            }
        }
    }
}
