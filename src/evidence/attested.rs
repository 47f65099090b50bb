//! The names that an entry answers for in `expect`: what an artefact may hold beside what needs no answer.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::Ask;
use crate::text::one_line;

/// The kinds whose `expect` is such a list: without a name in it nothing needs no answer.
pub(super) const LISTED_KINDS: &[&str] = &["android-manifest", "apple-plist", "privacy-manifest"];
/// Most unused names that a sentence lists.
const LISTED: usize = 5;

/// See the module's documentation.
pub(super) struct Attested<'a> {
    names: BTreeMap<&'a str, Cell<bool>>,
    given: bool,
}

impl<'a> Attested<'a> {
    /// The names of an entry, separated by commas.
    pub(super) fn of(ask: &'a Ask<'_>) -> Self {
        let expect = ask.evidence.text("expect").map(|expect| expect.value.as_str());
        let names = expect.into_iter().flat_map(|text| text.split(',')).map(str::trim).filter(|name| !name.is_empty());
        Self { names: names.map(|name| (name, Cell::new(false))).collect(), given: expect.is_some() }
    }

    /// Whether the entry gives a list at all, be it an empty one.
    pub(super) fn is_given(&self) -> bool {
        self.given
    }

    /// Whether the list has one of these spellings, which counts as used.
    pub(super) fn has(&self, spellings: &[&str]) -> bool {
        let found = spellings.iter().filter_map(|name| self.names.get(name));
        found.fold(false, |_, used| {
            used.set(true);
            true
        })
    }

    /// What a proof says of names that nothing in the artefact has.
    pub(super) fn unused(&self) -> String {
        let unused: Vec<&str> = self.names.iter().filter(|(_, used)| !used.get()).map(|(name, _)| *name).collect();
        if unused.is_empty() {
            return String::new();
        }
        let more = unused.len().saturating_sub(LISTED);
        let shown: Vec<String> = unused.iter().take(LISTED).map(|name| one_line(name, 80)).collect();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("; note: `expect` also names {}{more}, which it does not have", shown.join(", "))
    }
}
