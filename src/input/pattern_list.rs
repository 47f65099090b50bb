//! OpenSSH's pattern lists: PATTERNS in ssh_config(5).

/// Whether one of the comma-separated patterns matches, and none that begins with `!` does.
pub fn matches(text: &str, list: &str) -> bool {
    let mut found = false;
    for pattern in list.split(',') {
        match pattern.strip_prefix('!') {
            Some(unwanted) if matches_pattern(text.as_bytes(), unwanted.as_bytes()) => return false,
            Some(_) => {}
            None => found |= matches_pattern(text.as_bytes(), pattern.as_bytes()),
        }
    }
    found
}

/// `*` stands for any bytes and `?` for one. Takes at most the product of both lengths in steps.
fn matches_pattern(text: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut by) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match (pattern.get(by), text.get(at)) {
            (Some(b'*'), _) => {
                star = Some((at, by));
                by += 1;
            }
            (Some(wanted), Some(have)) if *wanted == b'?' || wanted == have => {
                at += 1;
                by += 1;
            }
            _ => match star {
                None => return false,
                Some((from, star_by)) => {
                    star = Some((from + 1, star_by));
                    at = from + 1;
                    by = star_by + 1;
                }
            },
        }
    }
    pattern.iter().skip(by).all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition that the matcher is held to.
    fn matches_by_definition(text: &[u8], pattern: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, rest) => rest.is_none(),
            (Some((b'*', more)), rest) => {
                matches_by_definition(text, more) || rest.is_some_and(|(_, text)| matches_by_definition(text, pattern))
            }
            (Some((wanted, more)), Some((have, rest))) => (*wanted == b'?' || wanted == have) && matches_by_definition(rest, more),
            (Some(_), None) => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_match_as_defined(text in "[ab]{0,10}", pattern in "[ab*?]{0,8}") {
            prop_assert_eq!(
                matches_pattern(text.as_bytes(), pattern.as_bytes()),
                matches_by_definition(text.as_bytes(), pattern.as_bytes())
            );
        }
    }
}
