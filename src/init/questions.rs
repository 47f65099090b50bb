//! What no file tells, asked of people: one question at a time, each with why it is asked and a default that promises nothing.

use std::io;

use jiff::civil::Date;

use super::choices::Choices;
use super::declaration::shown_by;
use super::ground::Ground;
use super::plan::Decided;
use crate::detect::{Seen, Strength};
use crate::error::Error;
use crate::input::catalogue::Catalogue;
use crate::input::reader::nearest;
use crate::model::attestation::{is_nobody, is_reason};
use crate::model::declaration::{ProductType, Role};
use crate::text::{is_unprintable, one_line};

/// Longest account of a sign in a question, in characters.
const SIGN_CHARS: usize = 200;

/// A question.
pub struct Question<'q> {
    /// What is asked.
    pub prompt: &'q str,
    /// Why, and what an answer does; lines.
    pub why: String,
    /// What an empty line stands for; may be empty.
    pub default: String,
    /// Says what is wrong with an answer.
    pub refuse: &'q dyn Fn(&str) -> Result<(), String>,
}

/// Whoever asks.
pub trait Asker {
    /// Asks until the answer is good, and gives it back.
    ///
    /// # Errors
    /// When nobody can answer, or somebody stops.
    fn ask(&mut self, question: &Question<'_>) -> io::Result<String>;
}

/// Why asking ended early.
#[derive(Debug)]
pub enum Stopped {
    /// No answer came.
    Unanswered(io::Error),
    /// The answers leave nothing to assess.
    Refused(Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Unanswered(error)
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// What the command line said already, so that it is not asked.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The product's name.
    pub name: bool,
    /// What the vendor is to it.
    pub roles: bool,
}

/// Asks what is left, and takes the answers over.
///
/// # Errors
/// When no answer comes, or when the answers leave nothing to assess.
pub fn ask(
    choices: &mut Choices,
    known: Known,
    ground: &Ground<'_>,
    catalogue: &Catalogue,
    today: Date,
    asker: &mut dyn Asker,
) -> Result<(), Stopped> {
    if !known.name && ground.named_by.is_none() {
        ask_name(choices, asker)?;
    }
    if !choices.types_chosen {
        ask_types(choices, ground, asker)?;
    }
    ask_denials(choices, ground, asker)?;
    if !known.roles {
        ask_roles(choices, asker)?;
    }
    ask_owner(choices, asker)?;
    ask_traits(choices, ground, catalogue, today, asker)
}

fn ask_name(choices: &mut Choices, asker: &mut dyn Asker) -> Result<(), Stopped> {
    let refuse = |text: &str| match text.trim() {
        "" => Err("write what customers call it".to_owned()),
        text if text.chars().any(is_unprintable) => Err("it has characters that cannot be shown".to_owned()),
        _ => Ok(()),
    };
    let why = "No manifest names the product. Evidence that names a product must name this one.".to_owned();
    choices.name = asker.ask(&Question { prompt: "Product name", why, default: choices.name.clone(), refuse: &refuse })?.trim().to_owned();
    choices.name_from = None;
    Ok(())
}

/// Types that the files show well enough to ask.
fn speaking<'g>(ground: &'g Ground<'_>) -> impl Iterator<Item = &'g Seen> {
    ground.detection.types.iter().filter(|seen| seen.strength > Strength::Weak && seen.kind != ProductType::Software)
}

fn ask_types(choices: &mut Choices, ground: &Ground<'_>, asker: &mut dyn Asker) -> Result<(), Stopped> {
    let mut why =
        "Each type brings a code of practice. Every product is software; it may also have or be ai, consumer-iot, app, app-store."
            .to_owned();
    let mut shown = false;
    for seen in speaking(ground) {
        why.push_str(&format!("\n{} ({}): {}", seen.kind, seen.strength.name(), one_line(&shown_by(seen, ground), SIGN_CHARS)));
        shown = true;
    }
    if !shown {
        why.push_str("\nNo file shows one of them, which is no proof that it is none.");
    }
    let default = match choices.types.as_slice() {
        [] => "none".to_owned(),
        types => types.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", "),
    };
    let answer =
        asker.ask(&Question { prompt: "What else is it (several: commas)", why, default, refuse: &|text| types(text).map(|_| ()) })?;
    choices.set_types(types(&answer).unwrap_or_default());
    Ok(())
}

/// Names separated by commas; `none` is none.
fn listed<T: Copy>(text: &str, all: &[T], name: fn(T) -> &'static str) -> Result<Vec<T>, String> {
    let words = text.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty() && *word != "none");
    words
        .map(|word| {
            let found = all.iter().copied().find(|known| name(*known) == word.to_lowercase());
            found.ok_or_else(|| {
                let names = || all.iter().map(|known| name(*known));
                let near = nearest(word, names()).map(|near| format!("; did you mean {near}?"));
                format!("{} is none of {}{}", one_line(word, 40), names().collect::<Vec<_>>().join(", "), near.unwrap_or_default())
            })
        })
        .collect()
}

fn types(text: &str) -> Result<Vec<ProductType>, String> {
    listed(text, ProductType::ALL, ProductType::name)
}

fn roles(text: &str) -> Result<Vec<Role>, String> {
    let roles = listed(text, Role::ALL, Role::name)?;
    if roles.is_empty() { Err("name at least one".to_owned()) } else { Ok(roles) }
}

fn ask_denials(choices: &mut Choices, ground: &Ground<'_>, asker: &mut dyn Asker) -> Result<(), Stopped> {
    let left: Vec<&Seen> = speaking(ground).filter(|seen| !choices.types.contains(&seen.kind)).collect();
    for seen in left {
        let prompt = format!("Why is it not {}", seen.kind);
        let why = format!(
            "Its files look so: {}\nThe reason stands in every report. An empty line leaves it open, and `portcullis check` will ask.",
            one_line(&shown_by(seen, ground), SIGN_CHARS)
        );
        let refuse = |text: &str| match text.trim().is_empty() || is_reason(text) {
            true => Ok(()),
            false => Err("give a reason in a sentence, or nothing".to_owned()),
        };
        let answer = asker.ask(&Question { prompt: &prompt, why, default: String::new(), refuse: &refuse })?;
        if !answer.trim().is_empty() {
            choices.not.insert(seen.kind, answer.trim().to_owned());
        }
    }
    Ok(())
}

fn ask_roles(choices: &mut Choices, asker: &mut dyn Asker) -> Result<(), Stopped> {
    let usual = choices.usual_roles();
    let mut why = "It decides which provisions bind you. The default is whoever makes and supplies such a product:".to_owned();
    for role in Role::ALL {
        why.push_str(&format!("\n{}: {}", role.name(), role.meaning()));
    }
    let default = usual.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
    let answer =
        asker.ask(&Question { prompt: "What are you to it (several: commas)", why, default, refuse: &|text| roles(text).map(|_| ()) })?;
    let chosen = roles(&answer).unwrap_or_default();
    if chosen != usual {
        choices.roles = chosen;
    }
    Ok(())
}

fn ask_owner(choices: &mut Choices, asker: &mut dyn Asker) -> Result<(), Stopped> {
    let why = "Every attestation names a person, role or mailbox that answers for it. An empty line leaves a placeholder in each, which is a gap.".to_owned();
    let refuse = |text: &str| match text.trim() {
        "" => Ok(()),
        text if is_nobody(text) || text.chars().any(is_unprintable) => Err("that names nobody".to_owned()),
        _ => Ok(()),
    };
    let answer = asker.ask(&Question {
        prompt: "Who answers for the attestations",
        why,
        default: choices.owner.clone().unwrap_or_default(),
        refuse: &refuse,
    })?;
    choices.owner = Some(answer.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(())
}

/// Asks what conditions hang on; an answer may settle others, so what is open is decided anew each time.
fn ask_traits(
    choices: &mut Choices,
    ground: &Ground<'_>,
    catalogue: &Catalogue,
    today: Date,
    asker: &mut dyn Asker,
) -> Result<(), Stopped> {
    let mut passed: Vec<String> = Vec::new();
    loop {
        let decided = Decided::of(choices, ground, catalogue, today)?;
        let open: Vec<_> = decided.open.iter().filter(|open| !passed.contains(&open.asked.id)).collect();
        let Some(next) = open.first() else { return Ok(()) };
        let why = format!(
            "{} ({}; {} open)\n`later` leaves it open, a finding until it is answered; `stop` leaves all the rest open.",
            next.asked.why,
            next.waiting_in_words(),
            if open.len() == 1 { "1 question".to_owned() } else { format!("{} questions", open.len()) }
        );
        let refuse = |text: &str| match text.trim() {
            "yes" | "y" | "no" | "n" | "later" | "l" | "stop" => Ok(()),
            _ => Err("yes, no, later or stop".to_owned()),
        };
        let answer = asker.ask(&Question { prompt: &next.asked.question, why, default: "later".to_owned(), refuse: &refuse })?;
        match answer.trim() {
            "yes" | "y" => choices.traits.insert(next.asked.id.clone(), true),
            "no" | "n" => choices.traits.insert(next.asked.id.clone(), false),
            "stop" => return Ok(()),
            _ => {
                passed.push(next.asked.id.clone());
                None
            }
        };
    }
}
