//! Patterns of paths, component by component: `*` and `?` within one, `**` for any number of them.

/// Whether components match; `**` stands for any number of them. Takes the product of both lengths in steps.
pub(super) fn matches(pattern: &[&str], path: &[&str]) -> bool {
    // One row of a table instead of recursion: reachable[i] is whether the pattern's first parts can end before path[i].
    let mut reachable = vec![false; path.len() + 1];
    if let Some(first) = reachable.first_mut() {
        *first = true;
    }
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        let mut open = false;
        for (index, here) in reachable.iter().enumerate() {
            open |= *here;
            let to = match *part {
                "**" if open => Some(index),
                plain if *here && path.get(index).is_some_and(|name| component(plain, name)) => Some(index + 1),
                _ => None,
            };
            if let Some(slot) = to.and_then(|to| next.get_mut(to)) {
                *slot = true;
            }
        }
        reachable = next;
    }
    reachable.last().copied().unwrap_or(false)
}

/// Matches one component: `*` and `?`.
fn component(pattern: &str, name: &str) -> bool {
    if !pattern.contains(['*', '?']) {
        return pattern == name;
    }
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let mut reachable = vec![false; name.len() + 1];
    if let Some(first) = reachable.first_mut() {
        *first = true;
    }
    for letter in pattern {
        let mut next = vec![false; name.len() + 1];
        let mut open = false;
        for (index, here) in reachable.iter().enumerate() {
            open |= *here;
            let to = match letter {
                '*' if open => Some(index),
                '?' if *here && index < name.len() => Some(index + 1),
                plain if *here && name.get(index) == Some(&plain) => Some(index + 1),
                _ => None,
            };
            if let Some(slot) = to.and_then(|to| next.get_mut(to)) {
                *slot = true;
            }
        }
        reachable = next;
    }
    reachable.last().copied().unwrap_or(false)
}

/// Whether a path matches a pattern, both with `/`; none where the pattern has what is not understood here: braces, classes,
/// regular expressions, negation.
pub(super) fn path_matches(pattern: &str, path: &str) -> Option<bool> {
    if pattern.contains(['{', '[', '(', '!', '\\']) {
        return None;
    }
    let split = |text: &'_ str| text.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect::<Vec<_>>();
    let (pattern, path) = (split(pattern), split(path));
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.iter().map(String::as_str).collect(), path.iter().map(String::as_str).collect());
    Some(matches(&pattern, &path))
}
