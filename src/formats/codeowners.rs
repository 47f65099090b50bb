//! `CODEOWNERS`, as GitHub ("About code owners") and GitLab ("Code Owners file syntax") read it: patterns like those of
//! `.gitignore`, and of those that match, the last decides.

use std::ops::Range;

use super::{address, glob};

/// A line with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// As written, escapes resolved.
    pub pattern: String,
    /// Who owns what it matches; nobody takes ownership back.
    pub owners: Vec<String>,
    /// The section of GitLab that it stands in; its rules decide for themselves.
    pub section: usize,
    /// The section asks its owners, and waits for none (`^[Name]`).
    pub is_optional: bool,
    /// Byte range of the line.
    pub at: Range<usize>,
}

/// A file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeOwners {
    /// In order.
    pub rules: Vec<Rule>,
    /// Owners that are no user, team or address, with their lines.
    pub bad_owners: Vec<(String, Range<usize>)>,
}

/// Reads every line; what is no rule, section, comment or blank is a rule without owners, as the hosts take it.
pub fn read(text: &str) -> CodeOwners {
    let mut found = CodeOwners::default();
    let mut start = 0;
    let (mut section, mut defaults, mut is_optional) = (0, Vec::new(), false);
    for whole in text.split_inclusive('\n') {
        let line = whole.trim();
        let lead = whole.len() - whole.trim_start().len();
        let at = start + lead..start + lead + line.len();
        start += whole.len();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(rest) = section_owners(line) {
            section += 1;
            is_optional = line.starts_with('^');
            defaults = owners(rest);
            continue;
        }
        let words = words(line);
        let Some((pattern, rest)) = words.split_first() else { continue };
        let mut own: Vec<String> = rest.iter().take_while(|word| !word.starts_with('#')).cloned().collect();
        found.bad_owners.extend(own.iter().filter(|owner| !is_owner(owner)).map(|owner| (owner.clone(), at.clone())));
        if own.is_empty() {
            own.clone_from(&defaults);
        }
        found.rules.push(Rule { pattern: pattern.clone(), owners: own, section, is_optional, at });
    }
    found
}

/// What follows a section's head: `[Name]`, `^[Name][2] @owner`.
fn section_owners(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (_, rest) = rest.split_once(']')?;
    let rest = rest.strip_prefix('[').and_then(|count| count.split_once(']')).map_or(rest, |(_, rest)| rest);
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some(rest.trim())
}

fn owners(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Words of a line; a blank behind a backslash belongs to its word.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => word.extend(letters.next()),
            blank if blank.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            other => word.push(other),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// `@user`, `@org/team`, `@@role` (GitLab) or an address.
fn is_owner(word: &str) -> bool {
    let name = word.trim_start_matches('@');
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'));
    (word.starts_with('@') && plain) || word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
}

/// Whether an owner only holds the place of one: what the hosts' manuals and templates write in their samples.
pub fn is_placeholder(owner: &str) -> bool {
    const USERS: &[&str] = &[
        "changeme",
        "docowner",
        "global-owner1",
        "global-owner2",
        "globalowner1",
        "globalowner2",
        "js-owner",
        "octocat",
        "doctocat",
        "placeholder",
        "user",
        "username",
        "user-name",
        "owner",
        "yourname",
        "your-name",
        "yourusername",
    ];
    const ORGANISATIONS: &[&str] = &["my-org", "myorg", "octo-org", "org", "org-name", "organisation", "organization", "orgname"];
    const TEAMS: &[&str] = &["team-name", "teamname"];
    let plain = owner.to_lowercase().replace('_', "-");
    let yours = |name: &str| name.starts_with("your-") || name == "yourorg" || name == "yourteam";
    let open = |name: &str| matches!(name.split(['-', '.']).next(), Some("todo" | "tbd" | "tbc" | "tba" | "fixme" | "xxx"));
    match plain.strip_prefix('@') {
        Some(name) => match name.split_once('/') {
            Some((organisation, team)) => {
                ORGANISATIONS.contains(&organisation)
                    || TEAMS.contains(&team)
                    || [organisation, team].iter().any(|part| yours(part) || open(part))
            }
            None => USERS.contains(&name) || yours(name) || open(name),
        },
        None => address::is_placeholder_email(&plain),
    }
}

impl CodeOwners {
    /// The rule that decides for a path and has owners who must be asked; of GitLab's sections any that does. In a section, `!pattern` takes
    /// out what it matches whatever else matches it. Owners that only hold the place of one own nothing.
    pub fn rule_for(&self, path: &str) -> Option<&Rule> {
        self.deciding(path, |owners| owners.iter().any(|owner| !is_placeholder(owner)))
    }

    /// The rule that would decide for a path, had its owners not all been placeholders.
    pub fn held_for(&self, path: &str) -> Option<&Rule> {
        self.deciding(path, |owners| !owners.is_empty() && owners.iter().all(|owner| is_placeholder(owner)))
    }

    fn deciding(&self, path: &str, own: impl Fn(&[String]) -> bool) -> Option<&Rule> {
        let takes_out = |rule: &Rule| rule.pattern.strip_prefix('!').is_some_and(|pattern| matches(pattern, path));
        let mut sections = self.rules.chunk_by(|a, b| a.section == b.section);
        sections.find_map(|rules| {
            let last = rules.iter().rfind(|rule| matches(&rule.pattern, path))?;
            let asks = own(&last.owners) && !last.is_optional && !rules.iter().any(takes_out);
            asks.then_some(last)
        })
    }

    /// What it may take to find the rules of these paths: each letter of a pattern with `*` or `?` is held against each of a path,
    /// from each of its folders on.
    pub fn cost(&self, paths: &[String]) -> usize {
        let length = |rules: Vec<&Rule>| rules.iter().map(|rule| rule.pattern.len() + RULE_COST).sum::<usize>();
        let (open, plain) = self.rules.iter().partition(|rule| rule.pattern.contains(['*', '?']));
        let (open, plain) = (length(open), length(plain));
        let of = |path: &String| {
            let parts = path.matches('/').count() + 1;
            open.saturating_mul(path.len()).saturating_add(plain).saturating_mul(parts)
        };
        paths.iter().map(of).fold(0, usize::saturating_add)
    }
}

/// What a rule takes beside the letters of its pattern.
const RULE_COST: usize = 16;

/// Whether a pattern matches a path from the repository's root.
fn matches(pattern: &str, path: &str) -> bool {
    let anchored = pattern.trim_end_matches('/').contains('/');
    let folder = pattern.ends_with('/');
    let core = pattern.trim_start_matches('/').trim_end_matches('/');
    // GitHub takes `/` for nothing.
    if core.is_empty() {
        return false;
    }
    let parts: Vec<&str> = path.split('/').collect();
    // A pattern without a slash matches at any depth; one that matches a folder matches all below it.
    let starts = if anchored { 0..=0 } else { 0..=parts.len().saturating_sub(1) };
    starts.into_iter().any(|start| {
        let ends = start + 1..=parts.len();
        ends.into_iter().any(|end| {
            let whole = end == parts.len();
            // `docs/*` takes the files of a folder and not what lies deeper.
            let deeper = !whole && core.ends_with("/*");
            let Some(candidate) = parts.get(start..end) else { return false };
            !(deeper || (whole && folder)) && glob::matches(&core.split('/').collect::<Vec<_>>(), candidate)
        })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_match_as_the_hosts_document() {
        for (pattern, path) in [
            ("*", "a/b.rs"),
            ("*.js", "src/x.js"),
            ("/build/logs/", "build/logs/a/b.txt"),
            ("docs/*", "docs/getting-started.md"),
            ("apps/", "x/apps/a/b.txt"),
            ("/docs/", "docs/a.md"),
            ("/scripts", "scripts/a/b"),
            ("**/logs", "deep/er/logs/x"),
            ("/.github/", ".github/workflows/ci.yml"),
            ("attestations.toml", "sub/attestations.toml"),
            ("/a?c", "abc"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("docs/*", "docs/build-app/troubleshooting.md"),
            ("/docs/", "x/docs/a.md"),
            ("*.js", "a.jsx"),
            ("/apps/", "apps"),
            ("/scripts", "x/scripts/a"),
            ("apps", "apps2"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn the_last_match_decides_and_may_take_ownership_back() {
        let file = read("* @all\n/src/ @dev # comment\n/src/generated/\n");
        assert_eq!(file.rule_for("README.md").unwrap().owners, ["@all"]);
        assert_eq!(file.rule_for("src/a.rs").unwrap().owners, ["@dev"]);
        assert!(file.rule_for("src/generated/a.rs").is_none());
    }

    #[test]
    fn owners_of_samples_hold_the_place_of_one() {
        for owner in [
            "@TODO",
            "@todo-security",
            "@your-org/your-team",
            "@YourOrg/security",
            "@org/team-name",
            "@ledger/TEAM_NAME",
            "@username",
            "@global-owner1",
            "@octo-org/octocats",
            "user@example.com",
        ] {
            assert!(is_placeholder(owner), "{owner}");
        }
        for owner in ["@ledger/security", "@todor", "@dev-team", "@yourkit/core", "@ledger/your", "@@maintainer", "security@ledger.example"]
        {
            assert!(!is_placeholder(owner), "{owner}");
        }
        let file = read("* @TODO\n/src/ @TODO @dev\n");
        assert!(file.rule_for("README.md").is_none() && file.held_for("README.md").is_some());
        assert!(file.rule_for("src/a.rs").is_some() && file.held_for("src/a.rs").is_none());
    }

    #[test]
    fn sections_of_gitlab_decide_for_themselves() {
        let file = read("[Code] @dev\n*.rs\n\n[Docs][2]\n/docs/ docs@ledger.example\n^[Site]\n/site/ @web\n");
        assert_eq!(file.rule_for("src/a.rs").unwrap().owners, ["@dev"]);
        assert_eq!(file.rule_for("docs/a.md").unwrap().section, 2);
        assert!(file.rule_for("site/index.html").is_none(), "an optional section waits for nobody");
        assert!(file.bad_owners.is_empty());
    }

    #[test]
    fn what_is_taken_out_of_a_section_has_no_owner_there() {
        let file = read("* @all\n!attestations.toml\n/attestations.toml @gate\n[Other]\n/docs/ @docs\n");
        assert!(file.rule_for("attestations.toml").is_none());
        assert!(file.rule_for("src/a.rs").is_some() && file.rule_for("docs/a.md").is_some());
        assert!(read("/ @all\n").rule_for("a.rs").is_none());
    }

    #[test]
    fn what_is_no_owner_is_told_with_its_line() {
        let text = "* @ok ghost\npath\\ with\\ blank @ok\n";
        let file = read(text);
        assert_eq!(
            file.bad_owners.iter().map(|(name, at)| (name.as_str(), text.get(at.clone()).unwrap())).collect::<Vec<_>>(),
            [("ghost", "* @ok ghost")]
        );
        assert_eq!(file.rules.get(1).unwrap().pattern, "path with blank");
    }

    #[test]
    fn many_sections_are_gone_through_once() {
        let text: String = (0..100_000).map(|at| format!("[s{at}]\n/src/a{at} @o\n")).collect();
        let owners = read(&text);
        for path in ["src/a99999", "src/none"] {
            assert_eq!(owners.rule_for(path).is_some(), path == "src/a99999");
        }
    }

    #[test]
    fn what_a_comparison_may_take_grows_with_patterns_and_paths() {
        let cost = |text: &str, path: &str| read(text).cost(&[path.to_owned()]);
        assert!(cost("*.rs @o\n*.md @o\n", "a/b") > cost("*.rs @o\n", "a/b"));
        assert!(cost("* @o\n", "a/b/c/d") > cost("* @o\n", "a/b"));
        assert!(cost(&"*x @o\n".repeat(100_000), &"a/".repeat(200)) > 500_000_000);
        assert!(cost(&"/docs/guide/ @o\n".repeat(5_000), ".github/workflows/ci.yml") < 1_000_000);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-z*?/@\\[\\]^# .\n\\\\]{0,80}", path in "[a-z/.]{1,20}") {
            let _ = read(&text).rule_for(&path);
        }
    }
}
