//! What a statement of compliance declares: that the manufacturer prepared it, and the manufacturer's opinion. Both must be said in so
//! many words; a sentence that denies or doubts them is none, and a draft declares nothing.

use super::affirmation::{doubts, sentences};
use super::labelled::Form;
use super::wording::words;

/// What is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It is affirmed.
    Yes,
    /// It is spoken of and denied, doubted or put off.
    Denied,
    /// It is not spoken of.
    Unsaid,
}

/// What the requirements are called.
const REQUIREMENTS: &[&str] = &["schedule 1", "schedule 2", "security requirement", "deemed compliance"];
/// What is done with requirements.
const MET: &[&str] = &[
    "met",
    "meet",
    "meets",
    "complied",
    "complies",
    "comply",
    "compliant",
    "compliance",
    "conforms",
    "conform",
    "conformity",
    "satisfied",
    "satisfies",
    "satisfy",
    "fulfilled",
    "fulfils",
    "fulfil",
    "fulfills",
];
/// Most sentences over which an opinion goes.
const OPINION: usize = 4;
/// Words that a title has of something that is no statement.
const UNDECLARED: &[&str] =
    &["draft", "template", "specimen", "sample", "not", "unsigned", "void", "withdrawn", "superseded", "cancelled", "revoked", "obsolete"];

/// Whether it says who prepared it.
pub fn prepared(form: &Form) -> Said {
    let all = form.blocks.iter().flat_map(|block| sentences(block));
    let of_it = all.filter(|sentence| {
        let by = sentence.contains("prepared by") || sentence.contains("behalf of") || sentence.contains("prepared for");
        sentence.contains("prepared") && by
    });
    let fields = form.fields.iter().filter(|field| field.label.contains("prepared")).flat_map(|field| sentences(&field.text));
    weighed(of_it.chain(fields).map(doubts))
}

/// Whether it gives the opinion that the requirements are met.
pub fn opinion(form: &Form) -> Said {
    let all: Vec<&str> = form.blocks.iter().flat_map(|block| sentences(block)).collect();
    let opens = all.iter().enumerate().filter(|(_, sentence)| words(sentence).iter().any(|word| word == "opinion"));
    weighed(opens.filter_map(|(at, _)| {
        let (mut named, mut met, mut doubted) = (false, false, false);
        for sentence in all.iter().skip(at).take(OPINION) {
            named |= REQUIREMENTS.iter().any(|what| sentence.contains(what));
            met |= words(&sentence.replace("statement of compliance", "").replace("deemed compliance", ""))
                .iter()
                .any(|word| MET.contains(&word.as_str()));
            doubted |= doubts(sentence);
            if named && met {
                return Some(doubted);
            }
        }
        None
    }))
}

/// What all that speaks of a thing comes to: one that denies it outweighs the others.
fn weighed(doubted: impl Iterator<Item = bool>) -> Said {
    doubted.fold(Said::Unsaid, |said, doubted| if doubted || said == Said::Denied { Said::Denied } else { Said::Yes })
}

/// The title or status by which it says that it is none, with the index of its field.
pub fn undeclared(form: &Form) -> Option<usize> {
    form.fields.iter().position(|field| {
        let label = words(&field.label);
        let has = |word: &str| label.iter().any(|own| own == word);
        let title = field.under.is_empty()
            && (has("statement") || has("compliance"))
            && label.iter().any(|word| UNDECLARED.contains(&word.as_str()));
        let alone = field.under.is_empty()
            && matches!(label.as_slice(), [word] if ["draft", "template", "specimen", "sample"].contains(&word.as_str()));
        let told = matches!(field.label.as_str(), "title" | "status" | "state" | "document status" | "note");
        title || alone || told && words(&field.text).iter().any(|word| UNDECLARED.contains(&word.as_str()))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::formats::labelled;

    fn form(text: &str) -> Form {
        labelled::read("a.md", text).unwrap()
    }

    #[test]
    fn who_prepared_it_is_said_without_a_denial() {
        for (text, said) in [
            ("This statement is prepared by Ledger Ltd, the manufacturer.\n", Said::Yes),
            ("This statement has been prepared\non behalf of Ledger Ltd.\n", Said::Yes),
            ("## Prepared by\n\nLedger Ltd\n", Said::Yes),
            ("Prepared by: Ledger Ltd, the manufacturer\n", Said::Yes),
            ("This statement is **not** prepared by the manufacturer.\n", Said::Denied),
            ("This is a draft template to be prepared by the manufacturer.\n", Said::Denied),
            ("It is prepared by Ledger Ltd.\n\nIt was never prepared by Ledger Ltd.\n", Said::Denied),
            ("We wrote this.\n", Said::Unsaid),
        ] {
            assert_eq!(prepared(&form(text)), said, "{text}");
        }
    }

    #[test]
    fn an_opinion_is_given_without_a_doubt() {
        for (text, said) in [
            ("In the opinion of Ledger Ltd., the security requirements of Schedule 1 are met.\n", Said::Yes),
            ("In our opinion, the product complies with:\n\n- the security requirements of Schedule 1\n", Said::Yes),
            ("In the opinion of the manufacturer, it has complied with the deemed compliance conditions in Schedule 2.\n", Said::Yes),
            ("In the opinion of Ledger Ltd it has not complied with Schedule 1.\n", Said::Denied),
            ("In our opinion it does not comply with any of the security requirements.\n", Said::Denied),
            ("In our opinion it cannot yet be said whether it has complied with Schedule 1.\n", Said::Denied),
            ("In our opinion, Schedule 1 is a long text.\n", Said::Unsaid),
            ("The security requirements of Schedule 1 are met.\n", Said::Unsaid),
        ] {
            assert_eq!(opinion(&form(text)), said, "{text}");
        }
        let toml = labelled::read("a.toml", "opinion = 'The security requirements of Schedule 1 are met.'\n").unwrap();
        assert_eq!(opinion(&toml), Said::Yes);
    }

    #[test]
    fn a_draft_is_told_by_its_title_or_status() {
        for text in [
            "# DRAFT - NOT A STATEMENT OF COMPLIANCE\n",
            "# Statement of compliance (template)\n",
            "# Statement of compliance\n\nStatus: draft\n",
            "# Draft\n",
        ] {
            assert!(undeclared(&form(text)).is_some(), "{text}");
        }
        for text in ["# Statement of compliance\n\nStatus: final\n", "# Statement of compliance\n\n## Products that are not covered\n"] {
            assert_eq!(undeclared(&form(text)), None, "{text}");
        }
    }
}
