//! The keys that provisions have wherever they are written: in a policy file, in a claim, in an overlay.

use super::policy::{CLAIM, DAYS, KINDS, PROBES, TEXTS, WHEN as CONDITION};
use crate::spec::{Key, Shape};

pub(super) const ALIASES: Key = Key::optional("aliases", TEXTS, "Other ids that mean it.");
pub(super) const WHEN: Key = Key::optional("when", Shape::Table(&CONDITION), "Its condition.");
pub(super) const REMEDY: Key = Key::required("remedy", Shape::Text, "What to do first.");
pub(super) const EVIDENCED_BY: Key = Key::optional("evidenced-by", KINDS, "Kinds that lift it to evidenced.");
pub(super) const VERIFIED_BY: Key = Key::optional("verified-by", KINDS, "Kinds whose content check lifts it to verified.");
pub(super) const RELATED: Key = Key::optional("related", TEXTS, "Ids in other frameworks.");
pub(super) const BY_PROBES: Key = Key::optional("probes", PROBES, "Probes that bear on it.");
pub(super) const NOTE: Key = Key::optional("note", Shape::Text, "A caution.");
pub(super) const MAX_AGE_DAYS: Key = Key::optional("max-age-days", DAYS, "Reviews older than this are stale.");
pub(super) const NOTICE_MONTHS: Key =
    Key::optional("notice-months", Shape::Count(1, 120), "The notice of the end of support that it asks for, in calendar months.");
pub(super) const CLAIMS: Key = Key::optional("claim", Shape::Tables(&CLAIM), "Its claims.");
