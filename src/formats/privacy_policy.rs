//! A privacy policy, searched for what it has to say to those whose data it is about.
//!
//! What has to stand in it is the subject matter of the app code's provisions on deletion and on where data goes, and of UK GDPR
//! Article 13(1)(a), (c) and (e) and (2)(a) and (b). Whether it is said well, or truly, no reader of words can tell.

use std::ops::Range;

use jiff::civil::Date;

use super::contact;
use super::security_policy::{self, Block};
use super::spoken_date;
use super::wording::{denies, sentences, words};
use crate::model::attestation::is_stub;

/// Something that a policy has to say.
#[derive(Debug, PartialEq, Eq)]
pub struct Topic {
    /// It, in words that follow "does not say".
    pub what: &'static str,
    /// What to write.
    pub remedy: &'static str,
    /// Whether a policy of a product that collects nothing needs it.
    pub always: bool,
    /// Words that it is said with: a `*` stands for the rest of a word.
    phrases: &'static [&'static str],
}

const COLLECTED: &str = "which data is collected";
const KEPT: &str = "how long the data is kept";

/// What a policy has to say, in the order in which its gaps are told.
pub static TOPICS: &[Topic] = &[
    Topic {
        what: "who answers for the data",
        remedy: "name the organisation or person that decides what the data is used for, with a heading such as `Who we are`",
        always: true,
        phrases: &[
            "controller*",
            "who we are",
            "about us",
            "we are",
            "our team",
            "operated by",
            "developed by",
            "provided by",
            "published by",
            "run by",
            "owned by",
            "maintained by",
            "made by",
            "built by",
            "created by",
            "offered by",
            "responsible for",
            "plc",
            "llp",
            "ltd",
            "inc",
            "gmbh",
            "llc",
            "company",
            "foundation",
            "charity",
            "council",
            "university",
            "organisation",
            "organization",
            "developer",
            "developers",
            "author",
            "authors",
        ],
    },
    Topic {
        what: COLLECTED,
        remedy: "list the data that the product collects, or say that it collects none",
        always: true,
        phrases: &[
            "collect*",
            "gather*",
            "personal data",
            "personal information",
            "data we",
            "data do we",
            "data item*",
            "type of data",
            "kind of data",
            "category of data",
            "information we",
            "information do we",
            "details we",
            "we hold",
            "we record",
            "we store",
            "we process",
            "stored",
            "stores",
            "telemetry",
            "analytics",
            "types of data",
            "kinds of data",
            "categories of data",
        ],
    },
    Topic {
        what: "what the data is used for",
        remedy: "say for each kind of data what it is used for",
        always: false,
        phrases: &[
            "purpose*",
            "why we",
            "how we use",
            "we use",
            "uses it",
            "use it",
            "use them",
            "use this",
            "used to",
            "used for",
            "used only",
            "only used",
            "is used",
            "are used",
            "in order to",
            "lawful bas*",
            "legal bas*",
            "legitimate interest*",
        ],
    },
    Topic {
        what: "with whom the data is shared",
        remedy: "name who receives the data, or say that nobody does",
        always: true,
        phrases: &[
            "share*",
            "sharing",
            "third part*",
            "thirdpart*",
            "disclos*",
            "recipient*",
            "processor*",
            "subprocessor*",
            "service provider*",
            "sell*",
            "sold",
            "pass on",
            "passed on",
            "passed to",
            "pass your",
            "pass personal",
            "give your",
            "pass it",
            "pass them",
            "transfer*",
            "nobody else",
            "no one else",
            "anyone else",
            "leave* your",
            "sent to",
            "send* to",
            "transmit*",
            "leaves the",
            "never leaves",
        ],
    },
    Topic {
        what: KEPT,
        remedy: "say for each kind of data how long it is kept, or what decides that",
        always: false,
        phrases: &[
            "retain*",
            "retention",
            "how long",
            "as long as",
            "so long as",
            "keep it",
            "keep them",
            "kept for",
            "kept until",
            "keep for",
            "kept on",
            "stored for",
            "store it for",
            "stored until",
            "stored only",
            "held for",
            "hold it for",
            "until you",
            "deleted after",
            "delete it after",
            "deleted when",
            "erased after",
            "removed after",
            "deleted automatically",
            "automatically deleted",
            "storage period*",
            "not stored",
            "not store",
            "not retain*",
            "never stored",
            "never kept",
            "not kept",
            "not keep",
        ],
    },
    Topic {
        what: "which rights users have over it",
        remedy: "say what users may ask for (access, correction, objection) and where they can complain",
        always: false,
        phrases: &[
            "right to",
            "your rights",
            "rights",
            "right of",
            "access your",
            "access to your",
            "copy of your",
            "copy of the data",
            "rectif*",
            "object to",
            "withdraw*",
            "complain*",
            "information commissioner*",
            "ico",
            "opt out",
            "optout",
        ],
    },
    Topic {
        what: "how users have their data deleted",
        remedy: "say how users delete what is on their device and how they ask for the rest to be deleted",
        always: false,
        phrases: &[
            "delet*",
            "erase*",
            "erasure",
            "erasing",
            "remove your",
            "removal of",
            "remove all",
            "remove any",
            "clear the",
            "clear your",
            "clearing",
            "uninstall*",
        ],
    },
];

/// What a policy says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivacyPolicy {
    /// For each of [`TOPICS`], where it is said first.
    pub said: Vec<Option<Range<usize>>>,
    /// Where it says that nothing is collected; none where it also says that something is.
    pub collects_nothing: Option<Range<usize>>,
    /// An address to write to.
    pub contact: Option<String>,
    /// The days on which it says that it was last changed or reviewed.
    pub dated: Vec<(Date, Range<usize>)>,
    /// All of its visible text.
    pub text: String,
}

/// Reads a policy written in Markdown, or in anything else whose lines are text.
pub fn read(text: &str) -> PrivacyPolicy {
    let blocks = security_policy::read(text).blocks;
    let mut policy = PrivacyPolicy { said: vec![None; TOPICS.len()], ..PrivacyPolicy::default() };
    let (mut nothing, mut something) = (None, false);
    for (at, block) in blocks.iter().enumerate() {
        policy.text.push_str(&block.text);
        policy.text.push('\n');
        policy.contact = policy.contact.take().or_else(|| contact::of(block));
        policy.dated.extend(dated(block, blocks.get(at + 1)));
        if !counts(&blocks, at) {
            continue;
        }
        let found = words(&block.text);
        for (topic, said) in TOPICS.iter().zip(&mut policy.said) {
            let is_said = || {
                topic.phrases.iter().any(|phrase| has(&found, phrase))
                    || topic.what == KEPT && keeps_for(&found)
                    || topic.what == COLLECTED && found == ["data"]
            };
            if said.is_none() && is_said() {
                *said = Some(block.range.clone());
            }
        }
        if block.level.is_none() {
            match collecting(&block.text) {
                Some(true) => something = true,
                Some(false) => nothing = nothing.or(Some(block.range.clone())),
                None => {}
            }
        }
    }
    policy.collects_nothing = nothing.filter(|_| !something);
    policy
}

/// Whether a block says something: a heading does where there is text under it.
fn counts(blocks: &[Block], at: usize) -> bool {
    let Some(block) = blocks.get(at) else { return false };
    let Some(level) = block.level else { return !is_stub(&block.text, "") };
    let below = blocks.iter().skip(at + 1).take_while(|next| next.level.is_none_or(|next| next > level));
    below.take(BELOW).any(|next| next.level.is_none() && !is_stub(&next.text, &block.text))
}

/// Most blocks that are looked at below one heading.
const BELOW: usize = 50;

/// Whether a phrase stands among the words; a word that ends in `*` stands for all that begin so.
pub(super) fn has(words: &[String], phrase: &str) -> bool {
    let wanted: Vec<&str> = phrase.split(' ').collect();
    let is = |have: &String, want: &str| want.strip_suffix('*').map_or(have == want, |stem| have.starts_with(stem));
    words.windows(wanted.len()).any(|window| window.iter().zip(&wanted).all(|(have, want)| is(have, want)))
}

/// Whether a text tells how long something is kept: `we keep your records for 6 years`.
fn keeps_for(words: &[String]) -> bool {
    const KEEPS: &[&str] = &["keep", "keeps", "kept", "hold", "holds", "held", "store", "stores", "stored", "archive", "archived"];
    const UNITS: &[&str] = &["hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years"];
    let is_unit = |word: &String| UNITS.contains(&word.as_str());
    let keeps = words.iter().enumerate().filter(|(_, word)| KEEPS.contains(&word.as_str()));
    keeps.into_iter().any(|(at, _)| {
        let after = words.get(at + 1..).unwrap_or_default().iter().take(WITHIN);
        let mut span = after.skip_while(|word| *word != "for").skip(1).take(4);
        span.any(is_unit)
    })
}

/// Most words between that something is kept and for how long.
const WITHIN: usize = 14;

/// Whether a text says that something is collected (true), or that nothing at all is (false).
fn collecting(text: &str) -> Option<bool> {
    let mut nothing = None;
    for sentence in sentences(text) {
        let found = words(sentence);
        if !found.iter().any(|word| word.starts_with("collect") || word.starts_with("gather")) {
            continue;
        }
        if !denies(&found) && !has(&found, "nothing") {
            return Some(true);
        }
        let whole = [
            "any data",
            "any personal",
            "any user",
            "any information",
            "no data",
            "no personal",
            "no user",
            "no information",
            "nothing",
            "anything",
        ];
        let part =
            ["from children", "from anyone", "child*", "under 13", "under 16", "except*", "unless", "other than", "beyond", "without"];
        if whole.iter().any(|phrase| has(&found, phrase)) && !part.iter().any(|phrase| has(&found, phrase)) {
            nothing = Some(false);
        }
    }
    nothing
}

/// What stands before the day on which a policy was last changed.
const DATED: &[&str] = &[
    "last updated",
    "last update",
    "updated on",
    "updated",
    "last modified",
    "last revised",
    "last reviewed",
    "last changed",
    "revised",
    "effective date",
    "effective from",
    "effective as of",
    "effective",
    "in force since",
    "in force from",
    "this version",
    "as of",
    "version date",
    "date",
];
/// Most characters between that and the day.
const APART: usize = 60;

fn dated(block: &Block, next: Option<&Block>) -> Option<(Date, Range<usize>)> {
    let lower = block.text.to_ascii_lowercase();
    DATED.iter().find_map(|phrase| {
        let (before, behind) = lower.split_once(phrase)?;
        let whole = !before.ends_with(char::is_alphanumeric) && !behind.starts_with(char::is_alphanumeric);
        let here: String = behind.chars().take(APART).collect();
        // A row of a table has the day in a cell of its own.
        let beside = next.filter(|_| !behind.contains(char::is_alphanumeric)).filter(|next| next.level.is_none());
        let read = |text: &str| spoken_date::all(text).first().copied().or_else(|| spoken_date::month_alone(text));
        let day = read(&here).or_else(|| read(&beside?.text));
        day.filter(|_| whole).map(|day| (day, block.range.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn missing(text: &str) -> Vec<&'static str> {
        let policy = read(text);
        TOPICS.iter().zip(&policy.said).filter(|(_, said)| said.is_none()).map(|(topic, _)| topic.what).collect()
    }

    #[test]
    fn the_usual_words_of_small_firms_are_understood() {
        let told = |text: &str, what: &str| !missing(text).contains(&what);
        for text in
            ["We keep your personal data for 6 years.", "We keep your transactions for six years.", "Logs are held for up to 30 days."]
        {
            assert!(told(text, KEPT), "{text}");
        }
        for text in ["We keep your data safe.", "We keep it safe for you for good reasons", "Held in London for our customers"] {
            assert!(!keeps_for(&words(text)), "{text}");
        }
        let table = "| Data | Purpose | Recipients | Retention |\n|---|---|---|---|\n| Name | Your account | None | 1 year |\n";
        assert!(told(table, "which data is collected"));
        assert!(told("## What information do we hold about you?\n\nYour name.\n", "which data is collected"));
        assert!(told("We pass your details to our accountants.", "with whom the data is shared"));
    }

    #[test]
    fn what_a_policy_says_under_headings_or_in_sentences_is_found() {
        let text = "# Privacy\n\nLedger is made by Corvid Ltd.\n\n## Data we collect\n\n- Your name.\n\n## Purposes\n\nTo show it.\n\n## Third parties\n\nNone.\n\n\
                    ## Retention\n\nA year.\n\n## Your rights\n\nYou may object.\n\n## Deletion\n\nPress delete.\n";
        // `None.` alone holds a place, and with it its heading.
        assert_eq!(missing(text), ["with whom the data is shared"]);
        assert_eq!(missing(&text.replace("None.", "We share it with nobody.")), [""; 0]);
    }

    #[test]
    fn a_heading_with_nothing_under_it_says_nothing() {
        assert!(missing("# Privacy\n\n## Retention\n\n## Rights\n\nYou may complain.\n").contains(&"how long the data is kept"));
    }

    #[test]
    fn nothing_is_collected_only_where_nothing_says_otherwise() {
        for (text, nothing) in [
            ("Ledger does not collect any personal data.", true),
            ("No data is collected. Nothing is gathered.", true),
            ("We do not collect any data. We collect crash reports.", false),
            ("We do not collect any personal data from children.", false),
            ("We do not collect your location.", false),
            ("We collect your name.", false),
        ] {
            assert_eq!(read(text).collects_nothing.is_some(), nothing, "{text}");
        }
    }

    #[test]
    fn an_address_to_write_to_is_found() {
        for (text, contact) in [
            ("Write to privacy@corvid.example.", Some("privacy@corvid.example")),
            ("[Write to us](mailto:privacy@corvid.example)", Some("privacy@corvid.example")),
            ("Use our [contact form](https://corvid.example/privacy).", Some("https://corvid.example/privacy")),
            ("Write to privacy@example.com.", None),
            ("See [Play](https://play.corvid.example/x).", None),
        ] {
            assert_eq!(read(text).contact.as_deref(), contact, "{text}");
        }
    }

    #[test]
    fn the_day_of_the_last_change_is_found() {
        for text in [
            "Last updated: 1 October 2026",
            "**Effective date:** October 1, 2026",
            "_Last reviewed on 2026-10-01._",
            "| Last updated |\n| --- |\n| 2026-10-01 |",
            "This policy is effective as of 2026-10-01",
            "Last updated: October 2026",
        ] {
            assert_eq!(read(text).dated.first().map(|(day, _)| *day), Some(date(2026, 10, 1)), "{text}");
        }
        assert_eq!(read("Data is deleted on 2026-10-01. It is outdated: 2026-10-01.").dated, []);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            let _ = read(&text);
        }
    }
}
