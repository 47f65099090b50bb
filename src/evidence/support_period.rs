//! `support-period`: until when the product is supported, as `[product.support]` or a file of its own says it.
//!
//! Every provision that takes this kind needs the end date. Only one that asks for notice (`notice-months` in its policy:
//! the Software Security Code of Practice, 4.2, "at least 1 year's notice") is held to the day on which customers were
//! told, so that a short notice is no fault of an attestation that speaks of the end date alone.

use jiff::civil::Date;

use super::calendar::{days, days_between, months_after};
use super::support_history::{self, SaidSince};
use super::{Ask, Gap, Proof, Verified, Verifier, support_file};
use crate::model::declaration::Support;
use crate::model::outcome::Assurance;
use crate::repo_path::RepoPath;
use crate::source::Span;

/// See the module's documentation.
pub(super) struct SupportPeriod;

impl Verifier for SupportPeriod {
    fn kind(&self) -> &'static str {
        "support-period"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "The declaration has [product.support] with the last day of support, `until`; or the cited file names it: OpenEoX core, a CycloneDX lifecycle milestone, or a table with a version and an end of support in each row.",
            "In a file, every version that is not said to be over has an end, the product's version is among them, and the end is the declared one; rows of another product do not speak for it, and the end of security support counts before any other.",
            "That day is today or later.",
            "The day on which customers were told of it, `announced`, where it is declared, is not in the future.",
            "Where the provision asks for notice (software-security/4.2: one year), `announced` and that many calendar months together are `until` at the latest; where `announced` is left out, the first commit of the current history that says so counts, and without either the attestation stays asserted for that provision.",
            "Where notice is asked for, no commit brought the end forward with less notice than that.",
        ]
    }

    fn limits(&self) -> &'static str {
        "The days are your own word, and so are the dates of commits, so they make an attestation evidenced at most, never verified. Whether customers were really told, and where the date is published, is not checked. A commit tells customers something only where they can see the repository."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"support-period\"           # reads [product.support] in the declaration\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        if ask.file.is_some() {
            return support_file::judge(ask).unwrap_or_else(|verdict| verdict);
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
        let mut gaps: Vec<Gap> = [ended(support, ask), announced_ahead(support, ask), old].into_iter().flatten().collect();
        let told = Told {
            until: support.until.value,
            at: Some(support.until.span),
            announced: support.announced.as_ref().map(|day| (day.value, Some(day.span))),
            path: ask.declaration,
        };
        let notice = match notice(ask, &told) {
            Ok(notice) => notice,
            Err(doubt) => return if gaps.is_empty() { doubt } else { Verified::Gaps(gaps) },
        };
        gaps.extend(notice.gap);
        let says = format!("support is declared until {}{}", support.until.value, notice.says);
        Verified::from_gaps(gaps, || proved(notice.assurance, says, &told))
    }
}

/// An end of support, and since when customers are said to know it.
pub(super) struct Told<'a> {
    pub(super) until: Date,
    /// Where it stands.
    pub(super) at: Option<Span>,
    pub(super) announced: Option<(Date, Option<Span>)>,
    /// The file that says it, from the git repository's root.
    pub(super) path: &'a RepoPath,
}

/// What the notice of an end of support comes to.
pub(super) struct Notice {
    pub(super) gap: Option<Gap>,
    /// To follow the end of support in a sentence.
    pub(super) says: String,
    pub(super) assurance: Assurance,
}

/// The proof of an end of support.
pub(super) fn proved(assurance: Assurance, says: String, told: &Told<'_>) -> Proof {
    let proof = Proof::new(assurance, says);
    match told.at {
        Some(at) => proof.until(told.until, at),
        None => proof,
    }
}

/// Whether customers knew in time, as far as the unit asks.
///
/// # Errors
/// A doubt, where the unit asks and the history does not tell whether the end was brought forward.
pub(super) fn notice(ask: &Ask<'_>, told: &Told<'_>) -> Result<Notice, Verified> {
    let heard = told.announced.map(|(day, _)| format!(", and customers were told on {day}"));
    let Some(months) = ask.asked.notice_months else {
        return Ok(Notice { gap: None, says: heard.unwrap_or_default(), assurance: Assurance::Evidenced });
    };
    if let Some(gap) = short_notice(told, months) {
        return Ok(Notice { gap: Some(gap), says: String::new(), assurance: Assurance::Evidenced });
    }
    let said = support_history::since(ask, told.path, told.until)?;
    let gap = said.as_ref().and_then(|said| brought_forward(told, said, months));
    let (assurance, says) = match (heard, said) {
        (Some(heard), _) => (Assurance::Evidenced, format!("{heard}, at least {months} months before")),
        (None, Some(said)) if shortfall(said.day, told.until, months).is_none() => {
            let since = format!("{} has said so since {} (commit {})", told.path, said.day, said.commit);
            (Assurance::Evidenced, format!(", and {since}, at least {months} months before"))
        }
        (None, _) => {
            let lacks = format!(
                ", but no day on which customers were told, so that {months} months' notice is not shown: add `announced` to [product.support]"
            );
            (Assurance::Asserted, lacks)
        }
    };
    Ok(Notice { gap, says, assurance })
}

/// The end of support was moved to an earlier day, and the move left less notice than is asked for.
fn brought_forward(told: &Told<'_>, said: &SaidSince, months: i32) -> Option<Gap> {
    let before = said.before.filter(|before| *before > told.until)?;
    let (earliest, short) = shortfall(said.day, told.until, months)?;
    let message = format!(
        "the end of support was brought forward from {before} to {} on {} (commit {}), {} short of {months} months' notice: it may end on {earliest} at the earliest",
        told.until,
        said.day,
        said.commit,
        days(short),
    );
    let remedy = format!("extend it to {earliest} or later, or back to {before}; else attest not-met and say what is done for customers");
    let gap = Gap::failed("brought-forward", message, remedy);
    Some(Gap { at: told.at, ..gap })
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

fn short_notice(told: &Told<'_>, months: i32) -> Option<Gap> {
    let (announced, at) = told.announced?;
    let (earliest, short) = shortfall(announced, told.until, months)?;
    let message = format!(
        "customers were told on {announced} that support ends on {}, {} short of {months} months' notice: it may end on {earliest} at the earliest",
        told.until,
        days(short),
    );
    let remedy = format!(
        "extend `until` to {earliest} or later and tell customers; if they were told sooner, correct `announced`; else attest not-met and say what is done for them"
    );
    Some(Gap { at, ..Gap::failed("notice", message, remedy) })
}

/// The earliest day on which support may end after that notice, and how many days sooner it ends.
fn shortfall(announced: Date, until: Date, months: i32) -> Option<(Date, i32)> {
    let earliest = months_after(announced, months);
    (until < earliest).then(|| (earliest, days_between(until, earliest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::calendar::tests::any_day;
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
            let until = told.checked_add(jiff::Span::new().days(ahead)).unwrap();
            match shortfall(told, until, months) {
                None => prop_assert!(until >= months_after(told, months)),
                Some((earliest, short)) => {
                    prop_assert!(short > 0);
                    prop_assert_eq!(until.checked_add(jiff::Span::new().days(short)).unwrap(), earliest);
                    prop_assert_eq!(shortfall(told, earliest, months), None);
                    prop_assert!(shortfall(told, earliest.yesterday().unwrap(), months).is_some());
                }
            }
        }
    }
}
