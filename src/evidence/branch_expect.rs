//! What an entry asks of branch rules beyond the least: `expect = "reviews >= 2, status-checks = gate, code-owners, no-bypass"`.

/// The terms, for messages.
pub(crate) const TERMS: &str = "reviews >= N, status-checks = NAME, code-owners, no-bypass";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    /// How many approvals a change needs at least.
    pub(crate) reviews: i64,
    /// Checks that must be among those that must pass.
    pub(crate) checks: Vec<String>,
    /// Code owners must approve.
    pub(crate) code_owners: bool,
    /// Nobody may go past the rules.
    pub(crate) no_bypass: bool,
}

impl Default for Expected {
    fn default() -> Self {
        Self { reviews: 1, checks: Vec::new(), code_owners: false, no_bypass: false }
    }
}

/// Reads the terms between commas; a name with a comma stands in double quotes.
///
/// # Errors
/// The first term that is not known.
pub(crate) fn read(text: &str) -> Result<Expected, String> {
    let mut expected = Expected::default();
    for term in terms(text) {
        let known = match term.split_once(['=', '>']) {
            None if term == "code-owners" => {
                expected.code_owners = true;
                true
            }
            None if term == "no-bypass" => {
                expected.no_bypass = true;
                true
            }
            Some((key, rest)) if key.trim() == "reviews" && term.contains(">=") => match rest.trim_start_matches('=').trim().parse() {
                Ok(number) if (1..=100).contains(&number) => {
                    expected.reviews = number;
                    true
                }
                _ => false,
            },
            Some((key, name)) if key.trim() == "status-checks" => {
                let name = name.trim().trim_matches('"');
                expected.checks.push(name.to_owned());
                !name.is_empty()
            }
            _ => false,
        };
        if !known {
            return Err(term.to_owned());
        }
    }
    Ok(expected)
}

/// The terms of a text, trimmed, empty ones too.
fn terms(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
    .map(str::trim)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_term_is_read() {
        let read = read("reviews >= 2, status-checks = gate,status-checks = \"test (linux, stable)\", code-owners, no-bypass").unwrap();
        let checks = vec!["gate".to_owned(), "test (linux, stable)".to_owned()];
        assert_eq!(read, Expected { reviews: 2, checks, code_owners: true, no_bypass: true });
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for text in [
            "",
            "reviews",
            "reviews = 2",
            "reviews > 2",
            "reviews >= 0",
            "reviews >= x",
            "status-checks",
            "status-checks =",
            "code-owner",
            "a,",
            "code-owners,,",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(reviews|status-checks|code-owners|[=>, \"0-9a-z]){0,12}") {
            let _ = read(&text);
        }
    }
}
