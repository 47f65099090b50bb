//! What a security policy says about the versions that get security updates.

use std::ops::Range;

use jiff::civil::Date;

use super::security_policy::{Block, Row, SecurityPolicy, Table};
use super::spoken_date;
use super::version_range::{Version, VersionRange};
use super::wording::{has_phrase, sentences, words};

/// Whether a version is supported by the tables of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Support {
    /// A row covers it and says yes: what the row calls its versions.
    Supported(String),
    /// A row covers it and says no: the row's bytes.
    Unsupported(Range<usize>),
    /// Every row was understood and none covers it: the table's header.
    NotListed(Range<usize>),
    /// A row, or what it says of support, could not be understood.
    Unclear,
    /// No table is about supported versions.
    NoTable,
}

/// Whether the policy says which versions get security updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// It does.
    Given,
    /// A heading announces it and nothing stands below: the heading's bytes.
    HeadingAlone(Range<usize>),
    /// Nothing is said.
    Absent,
}

/// Looks for a table, a heading with text below, or a sentence on the versions that get security updates.
pub fn statement(policy: &SecurityPolicy) -> Statement {
    let in_table = policy.tables.iter().any(|table| columns(table, policy).is_some() && table.rows.len() > 1);
    let mut bare = None;
    for (at, block) in policy.blocks.iter().enumerate() {
        let said = match block.level {
            Some(level) => {
                is_about_support(&block.text) && {
                    let below = policy.blocks.iter().skip(at + 1).take_while(|next| next.level.is_none_or(|own| own > level));
                    let filled = below.filter(|next| next.level.is_none()).any(says_something);
                    if !filled {
                        bare = bare.or(Some(block.range.clone()));
                    }
                    filled
                }
            }
            None => sentences(&block.text).into_iter().any(states_versions),
        };
        if said || in_table {
            return Statement::Given;
        }
    }
    bare.map_or(Statement::Absent, Statement::HeadingAlone)
}

fn says_something(block: &Block) -> bool {
    !crate::model::attestation::is_stub(&block.text, "")
}

/// A heading such as "Supported versions" or "Which releases are maintained".
fn is_about_support(heading: &str) -> bool {
    let words = words(heading);
    let has = |stems: &[&str]| words.iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)));
    has(&["version", "release", "branch"]) && has(&["support", "maintain", "maintenance"]) || has_phrase(&words, "security support")
}

/// "Security updates are applied only to the latest release."
fn states_versions(sentence: &str) -> bool {
    const NAMES: &[&str] =
        &["version", "versions", "release", "releases", "branch", "branches", "series", "major", "minor", "lts", "main", "master"];
    const WHICH: &[&str] = &[
        "latest",
        "last",
        "current",
        "newest",
        "recent",
        "only",
        "older",
        "previous",
        "prior",
        "stable",
        "lts",
        "main",
        "master",
        "following",
    ];
    const SUPPORT: &[&str] = &["supported", "unsupported", "maintained", "eol", "backport", "backports", "backported"];
    const PHRASES: &[&str] = &[
        "end of life",
        "security support",
        "security release",
        "security releases",
        "support for",
        "support the",
        "support only",
        "only support",
    ];
    const FIXES: &[&str] = &["fix", "fixes", "update", "updates", "patch", "patches", "bugfixes"];
    let words = words(sentence);
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let numbered = sentence.split_whitespace().any(is_version_like);
    let fixes = any(FIXES)
        && words
            .iter()
            .any(|word| word == "security" || word.starts_with("receiv") || word.starts_with("vulnerab") || word.starts_with("provid"));
    let which = any(WHICH) || ["all versions", "all releases", "all released"].iter().any(|phrase| has_phrase(&words, phrase));
    let support = any(SUPPORT) || fixes || PHRASES.iter().any(|phrase| has_phrase(&words, phrase));
    support && (numbered || which && any(NAMES))
}

fn is_version_like(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).trim_start_matches(['v', 'V']);
    bare.split_once('.').is_some_and(|(major, rest)| {
        !major.is_empty()
            && major.bytes().all(|byte| byte.is_ascii_digit())
            && rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'x' | 'X' | '*'))
    })
}

/// Where a policy says that nothing gets security updates: a sentence on every version or on the whole project, or
/// tables in which no row is supported today. Tables count only where no sentence names a version that is kept.
pub fn denial(policy: &SecurityPolicy, today: Date) -> Option<Range<usize>> {
    let said = || policy.blocks.iter().filter(|block| block.level.is_none());
    if let Some(block) = said().find(|block| sentences(&block.text).into_iter().any(denies_support)) {
        return Some(block.range.clone());
    }
    if said().any(|block| sentences(&block.text).into_iter().any(states_versions)) {
        return None;
    }
    let mut first = None;
    for table in &policy.tables {
        let Some((versions, supported)) = columns(table, policy) else { continue };
        let at = supported?;
        let mut rows = table.rows.iter().skip(1).filter(|row| row.cells.get(versions).is_some_and(|cell| !cell.is_empty()));
        let header = table.rows.first()?;
        if rows.clone().next().is_none() || !rows.all(|row| answer(table, row, at, today) == Some(false)) {
            return None;
        }
        first = first.or(Some(header.range.clone()));
    }
    first
}

/// "No version receives security updates." Not a sentence that leaves some out ("no version before the latest").
fn denies_support(sentence: &str) -> bool {
    const DENIALS: &[&str] = &[
        "no version receives",
        "no versions receive",
        "no version gets",
        "no versions get",
        "no version is supported",
        "no versions are supported",
        "no version is currently supported",
        "no versions are currently supported",
        "no release receives",
        "no releases receive",
        "not support any version",
        "not support any versions",
        "not currently support any version",
        "not currently support any versions",
        "don't support any version",
        "don't support any versions",
        "this project is no longer maintained",
        "this repository is no longer maintained",
        "this software is no longer maintained",
        "this product is no longer maintained",
        "this product is no longer supported",
        "this project is no longer supported",
    ];
    const SPARED: &[&str] = &[
        "except", "other", "older", "newer", "but", "than", "unless", "if", "once", "when", "should", "beyond", "after", "before", "until",
        "prior", "on", "under", "forever",
    ];
    let words = words(sentence);
    let denied = DENIALS.iter().any(|phrase| has_phrase(&words, phrase));
    let spared = words.iter().any(|word| SPARED.contains(&word.as_str()));
    denied && !spared && !sentence.split_whitespace().any(is_version_like)
}

/// The table of supported versions that GitHub's template shows, as it stands there: its header's bytes.
pub fn stock_table(policy: &SecurityPolicy) -> Option<Range<usize>> {
    const STOCK: &[(&str, bool)] = &[("5.1.x", true), ("5.0.x", false), ("4.0.x", true), ("< 4.0", false)];
    let is_stock = |table: &&Table| {
        let rows = table.rows.get(1..).unwrap_or_default();
        rows.len() == STOCK.len()
            && rows.iter().zip(STOCK).all(|(row, (version, kept))| match row.cells.as_slice() {
                [name, cell] => name == version && yes_or_no(cell) == Some(*kept),
                _ => false,
            })
    };
    policy.tables.iter().find(is_stock).and_then(|table| table.rows.first()).map(|header| header.range.clone())
}

/// Judges a version against every table about supported versions, as of a day.
pub fn support(policy: &SecurityPolicy, version: &Version, today: Date) -> Support {
    let mut verdict = Support::NoTable;
    for table in &policy.tables {
        let Some((versions, supported)) = columns(table, policy) else { continue };
        let found = judge(table, (versions, supported), version, today);
        let better = match (&verdict, &found) {
            (_, Support::Supported(_)) => return found,
            (Support::NoTable, _) => true,
            (Support::Unclear, _) => false,
            (_, found) => *found == Support::Unclear,
        };
        if better {
            verdict = found;
        }
    }
    verdict
}

fn judge(table: &Table, (versions, supported): (usize, Option<usize>), version: &Version, today: Date) -> Support {
    let mut unclear = false;
    let mut best: Option<(usize, Support)> = None;
    for row in table.rows.iter().skip(1) {
        let cell = row.cells.get(versions).map_or("", String::as_str);
        let Some(range) = VersionRange::parse(cell) else {
            unclear |= !row.cells.iter().all(|cell| cell.is_empty());
            continue;
        };
        if !range.covers(version) || best.as_ref().is_some_and(|(narrowness, _)| *narrowness >= range.narrowness()) {
            continue;
        }
        let said = match supported {
            Some(at) => answer(table, row, at, today),
            None => Some(true),
        };
        let found = match said {
            Some(true) => Support::Supported(cell.to_owned()),
            Some(false) => Support::Unsupported(row.range.clone()),
            None => Support::Unclear,
        };
        best = Some((range.narrowness(), found));
    }
    match (best, unclear) {
        (Some((_, found)), _) => found,
        (None, true) => Support::Unclear,
        (None, false) if table.rows.len() > 1 => Support::NotListed(table.rows.first().map_or(0..0, |row| row.range.clone())),
        (None, false) => Support::Unclear,
    }
}

/// The column of versions and the column that says whether they are supported; no second column where the first one's
/// header says that all of them are. Nothing where the table is about something else.
fn columns(table: &Table, policy: &SecurityPolicy) -> Option<(usize, Option<usize>)> {
    let header = &table.rows.first()?.cells;
    let names = |cell: &String, stems: &[&str]| words(cell).iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)));
    let versions = header.iter().position(|cell| names(cell, &["version", "release", "branch"]))?;
    let others = || header.iter().enumerate().filter(|(at, _)| *at != versions);
    let answers = |at: usize| table.rows.iter().skip(1).any(|row| row.cells.get(at).is_some_and(|cell| yes_or_no(cell).is_some()));
    let named = |stems: &'static [&'static str]| others().find(|(_, cell)| names(cell, stems)).map(|(at, _)| at);
    let supported = named(&["support"])
        .or_else(|| others().find(|(at, _)| answers(*at)).map(|(at, _)| at))
        .or_else(|| named(&["security", "maintain", "maintenance", "status", "end", "eol"]));
    let own_header = header.get(versions).is_some_and(|cell| names(cell, &["support", "maintain"]));
    let announced = own_header || is_about_support(policy.heading_text(table.heading));
    match supported {
        Some(at) => Some((versions, Some(at))),
        None => announced.then_some((versions, None)),
    }
}

/// What a row says of support today. A date in a column of ends (`Security fixes until`), or behind such a word in the
/// cell, that has passed is a no, unless the row has a later date or a yes elsewhere: active support ends before
/// security support does.
fn answer(table: &Table, row: &Row, at: usize, today: Date) -> Option<bool> {
    const ENDS: &[&str] = &["until", "till", "end", "ends", "ended", "eol"];
    let names_end = |text: &str| words(text).iter().any(|word| ENDS.contains(&word.as_str()));
    let cell = row.cells.get(at)?;
    let header = table.rows.first().and_then(|header| header.cells.get(at));
    let said = yes_or_no(cell);
    let dated = !spoken_date::all(cell).is_empty() && (names_end(cell) || header.is_some_and(|text| names_end(text)));
    let others = || row.cells.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, text)| text);
    let open = others().any(|text| yes_or_no(text) == Some(true))
        || row.cells.iter().any(|text| spoken_date::all(text).into_iter().chain(spoken_date::month_alone(text)).any(|day| day >= today));
    if dated && !open { Some(false) } else { said }
}

/// What a cell says of support; nothing where it says something else, or both.
fn yes_or_no(cell: &str) -> Option<bool> {
    const YES: &[&str] = &[
        "✅",
        "✔",
        "☑",
        "🟢",
        "✓",
        ":white_check_mark:",
        ":heavy_check_mark:",
        ":ballot_box_with_check:",
        ":check_mark:",
        ":green_circle:",
        "[x]",
    ];
    const NO: &[&str] = &[
        "❌",
        "✖",
        "✗",
        "✘",
        "❎",
        "🔴",
        "⛔",
        "🚫",
        ":x:",
        ":no_entry:",
        ":no_entry_sign:",
        ":heavy_multiplication_x:",
        ":negative_squared_cross_mark:",
        ":red_circle:",
        "[ ]",
    ];
    const YES_WORDS: &[&str] = &["yes", "y", "true", "supported", "active", "maintained"];
    const NO_WORDS: &[&str] = &["no", "n", "false", "not", "unsupported", "eol", "unmaintained"];
    let cell = cell.to_lowercase();
    let words = words(&cell);
    let first = words.first().map_or("", String::as_str);
    let has = |marks: &[&str]| marks.iter().any(|mark| cell.contains(mark));
    let no = has(NO) || NO_WORDS.contains(&first) || has_phrase(&words, "end of life") || has_phrase(&words, "not supported");
    let yes = has(YES) || YES_WORDS.contains(&first);
    (yes != no).then_some(yes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::security_policy::read;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 22);

    fn against(table: &str, version: &str) -> Support {
        support(&read(&format!("## Supported Versions\n\n{table}\n")), &Version::parse(version).unwrap(), TODAY)
    }

    const STOCK: &str = "| Version | Supported |\n| ------- | --------- |\n| 5.1.x   | :white_check_mark: |\n| 5.0.x   | :x: |\n| 4.0.x   | ✅ |\n| < 4.0   | ❌ No |";

    #[test]
    fn the_row_that_covers_the_version_answers() {
        assert_eq!(against(STOCK, "5.1.7"), Support::Supported("5.1.x".to_owned()));
        assert_eq!(against(STOCK, "4.0.0"), Support::Supported("4.0.x".to_owned()));
        let text = format!("## Supported Versions\n\n{STOCK}\n");
        let row = |version: &str| match against(STOCK, version) {
            Support::Unsupported(range) | Support::NotListed(range) => text.get(range).unwrap().to_owned(),
            other => panic!("{version}: {other:?}"),
        };
        assert!(row("5.0.2").starts_with("| 5.0.x"));
        assert!(row("3.9.0").starts_with("| < 4.0"));
        assert!(row("6.0.0").starts_with("| Version"));
    }

    #[test]
    fn the_narrower_of_two_rows_answers() {
        let table = "| Release | Supported |\n|---|---|\n| 5.x | yes |\n| 5.1.x | no |";
        assert!(matches!(against(table, "5.1.0"), Support::Unsupported(_)));
        assert_eq!(against(table, "5.2.0"), Support::Supported("5.x".to_owned()));
    }

    #[test]
    fn what_cannot_be_compared_is_unclear_and_never_a_gap() {
        for table in [
            "| Version | Supported |\n|---|---|\n| latest | ✅ |",
            "| Version | Supported |\n|---|---|\n| 4.x | no |\n| everything newer | yes |",
            "| Version | Supported |\n|---|---|\n| 5.x | security fixes only |",
            "| Version | Security fixes until |\n|---|---|\n| 5.x | 2027-01-31 |",
        ] {
            assert_eq!(against(table, "5.1.0"), Support::Unclear, "{table}");
        }
    }

    #[test]
    fn a_table_of_supported_versions_alone_lists_them() {
        let table = "| Supported versions |\n|---|\n| 5.x |\n| 4.x |";
        assert_eq!(against(table, "4.2.0"), Support::Supported("4.x".to_owned()));
        assert!(matches!(against(table, "3.0.0"), Support::NotListed(_)));
    }

    #[test]
    fn one_of_several_tables_is_enough() {
        let two =
            "| Server version | Supported |\n|---|---|\n| 1.x | yes |\n\ntext\n\n| Client version | Supported |\n|---|---|\n| 7.x | yes |";
        assert_eq!(against(two, "7.1.0"), Support::Supported("7.x".to_owned()));
        assert_eq!(
            support(&read("| Impact | Time |\n|---|---|\n| high | 1.0 |\n"), &Version::parse("1.0").unwrap(), TODAY),
            Support::NoTable
        );
    }

    #[test]
    fn support_that_has_ended_is_none() {
        for table in [
            "| Version | Security fixes until |\n|---|---|\n| 2.x | 2024-03-01 |",
            "| Version | Supported |\n|---|---|\n| 2.x | until 2024-03-01 |",
            "| Version | Supported |\n|---|---|\n| 2.x | yes, until 1 March 2024 |",
        ] {
            assert!(matches!(against(table, "2.1.0"), Support::Unsupported(_)), "{table}");
        }
        for table in [
            "| Version | Active support until | Security support until |\n|---|---|---|\n| 2.x | 2024-03-01 | 2027-03-01 |",
            "| Version | Active support until | Security support until |\n|---|---|---|\n| 2.x | 2024-03-01 | March 2027 |",
            "| Version | Supported since |\n|---|---|\n| 2.x | 2024-03-01 |",
            "| Version | Bug fixes until | Security fixes |\n|---|---|---|\n| 2.x | 2024-03-01 | yes |",
            "| Version | Supported until |\n|---|---|\n| 2.x | 2026-11-22 |",
        ] {
            assert!(!matches!(against(table, "2.1.0"), Support::Unsupported(_)), "{table}");
        }
    }

    #[test]
    fn a_policy_that_supports_nothing_denies_support() {
        for text in [
            "## Supported versions\n\nWe do not currently support any version with security updates.",
            "No version receives security updates.",
            "This project is no longer maintained and will not receive security updates.",
            "| Version | Supported |\n|---|---|\n| 3.x | :x: |\n| 2.x | :x: |",
            "| Version | Security fixes until |\n|---|---|\n| 2.x | 2024-03-01 |",
        ] {
            assert!(denial(&read(text), TODAY).is_some(), "{text}");
        }
        for text in [
            "No version other than the latest is supported.",
            "No versions are supported before 2.0.",
            "We do not support any versions older than a year.",
            "If this project is no longer maintained, we will say so.",
            "Only the latest release is supported.\n\n| Version | Supported |\n|---|---|\n| 2.x | no |",
            "| Version | Supported |\n|---|---|\n| 3.x | yes |\n| 2.x | no |",
            "| Version | Supported |\n|---|---|\n| latest | on request |\n| 2.x | no |",
            "## Supported versions\n\nThe newest one.",
        ] {
            assert_eq!(denial(&read(text), TODAY), None, "{text}");
        }
    }

    #[test]
    fn the_table_of_the_template_is_known_again() {
        assert!(stock_table(&read(&STOCK.replace(" No |", " |"))).is_some());
        assert_eq!(stock_table(&read(&STOCK.replace("5.1.x", "6.0.x"))), None);
    }

    #[test]
    fn cells_say_yes_no_or_neither() {
        for cell in ["✅", "✔️", ":white_check_mark:", "Yes", "yes, until 2027", "Supported", "Active LTS"] {
            assert_eq!(yes_or_no(cell), Some(true), "{cell}");
        }
        for cell in [":x:", "❌", "No", "Not supported", "unsupported", "EOL", "❌ end of life", "Reached end of life"] {
            assert_eq!(yes_or_no(cell), Some(false), "{cell}");
        }
        for cell in ["", "2027-01-01", "critical fixes", "✅ / ❌", "nobody"] {
            assert_eq!(yes_or_no(cell), None, "{cell}");
        }
    }

    #[test]
    fn sentences_that_say_which_versions_are_kept_are_statements() {
        for text in [
            "Security updates are applied only to the most recent release.",
            "This project will always provide security fixes for the latest two released\nversions.",
            "The two most recent release series receive security support.",
            "Only the latest minor version is supported.",
            "We backport fixes to 4.2 and 5.0.",
            "Versions before 2.x have reached end of life.",
            "## Supported versions\n\nWhatever `main` holds.",
            "## Supported versions\n\n### Server\n\nThe newest one.",
            "| Version | Supported |\n|---|---|\n| 1.x | yes |",
        ] {
            assert_eq!(statement(&read(text)), Statement::Given, "{text}");
        }
    }

    #[test]
    fn other_sentences_about_versions_and_fixes_are_none() {
        for text in [
            "Tell us which version is affected.",
            "Check that you run a supported version before you write.",
            "We ask for 90 days to work on a fix before public exposure, until a patch is released.",
            "We will release a security update as soon as possible.",
            "# Versions\n\nWe follow semantic versioning.",
        ] {
            assert_eq!(statement(&read(text)), Statement::Absent, "{text}");
        }
        for text in ["# A\n\n## Supported Versions\n\n## Reporting\n\nMail us.", "# A\n\n## Supported Versions\n\nTODO\n"] {
            assert_eq!(statement(&read(text)), Statement::HeadingAlone(5..26), "{text}");
        }
    }
}
