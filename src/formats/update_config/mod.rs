//! The configuration of a bot that updates dependencies: Dependabot ("Dependabot options reference", version 2) and Renovate
//! ("Configuration Options").

pub mod dependabot;
pub mod ecosystem;
pub mod renovate;

use std::ops::Range;

pub use ecosystem::{Cover, Ecosystem, Need};

use super::tree::{self, BadDocument, Syntax};

/// Which bot reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bot {
    /// GitHub's own.
    Dependabot,
    /// Mend's, on any host.
    Renovate,
}

impl Bot {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dependabot => "Dependabot",
            Self::Renovate => "Renovate",
        }
    }

    /// Where it looks, from the repository's root; Renovate takes the first that is there.
    pub fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Dependabot => &[".github/dependabot.yml", ".github/dependabot.yaml"],
            Self::Renovate => &[
                "renovate.json",
                "renovate.jsonc",
                "renovate.json5",
                ".github/renovate.json",
                ".github/renovate.jsonc",
                ".github/renovate.json5",
                ".gitlab/renovate.json",
                ".gitlab/renovate.jsonc",
                ".gitlab/renovate.json5",
                ".renovaterc",
                ".renovaterc.json",
                ".renovaterc.jsonc",
                ".renovaterc.json5",
                "package.json",
            ],
        }
    }

    /// Whose configuration a file of that name is, wherever it lies.
    pub fn of(file_name: &str) -> Option<Self> {
        let named = |bot: &Self| bot.paths().iter().any(|path| path.rsplit('/').next() == Some(file_name));
        [Self::Dependabot, Self::Renovate].into_iter().find(named)
    }
}

/// Something wrong with a configuration, so that the bot refuses it or does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A stable name.
    pub name: &'static str,
    /// In words, to follow the file's path.
    pub says: String,
    /// What to do.
    pub remedy: &'static str,
    /// Byte range.
    pub at: Range<usize>,
}

impl Fault {
    fn new(name: &'static str, at: Range<usize>, says: impl Into<String>, remedy: &'static str) -> Self {
        Self { name, says: says.into(), remedy, at }
    }
}

/// A configuration.
#[derive(Debug)]
pub enum UpdateConfig {
    /// Of Dependabot.
    Dependabot(dependabot::Dependabot),
    /// Of Renovate.
    Renovate(renovate::Renovate),
}

impl UpdateConfig {
    /// What is wrong with it as a whole.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Dependabot(config) => &config.faults,
            Self::Renovate(config) => &config.faults,
        }
    }

    /// What in it is not known here, so that it cannot be told whether the bot takes it.
    pub fn unknown(&self) -> &[String] {
        match self {
            Self::Dependabot(config) => &config.unknown,
            Self::Renovate(config) => &config.unknown,
        }
    }

    /// Whether it keeps something up to date.
    pub fn covers(&self, need: &Need) -> Cover {
        match self {
            Self::Dependabot(config) => config.covers(need),
            Self::Renovate(config) => config.covers(need),
        }
    }
}

/// Reads a configuration.
///
/// # Errors
/// What is not of its format, and a `package.json` that holds no configuration.
pub fn read(bot: Bot, file_name: &str, text: &str) -> Result<UpdateConfig, BadDocument> {
    match bot {
        Bot::Dependabot => Ok(UpdateConfig::Dependabot(dependabot::read(&tree::read(Syntax::Yaml, text)?))),
        Bot::Renovate if file_name == "package.json" => {
            let root = tree::read(Syntax::Json, text)?;
            let own = root.get("renovate").ok_or_else(|| BadDocument::new("it has no key `renovate`", None))?;
            Ok(UpdateConfig::Renovate(renovate::read(own)))
        }
        Bot::Renovate => Ok(UpdateConfig::Renovate(renovate::read(&tree::read(Syntax::Json5, text)?))),
    }
}

#[cfg(test)]
mod tests;
