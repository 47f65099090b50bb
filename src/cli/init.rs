//! `portcullis init`: writes a first declaration and a first attestations file.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use dialoguer::theme::SimpleTheme;
use jiff::civil::Date;

use super::day::day;
use super::terminal;
use crate::attest::{Change, Replaced, replace_files};
use crate::clock::Today;
use crate::error::Error;
use crate::init::{self, Asker, Choices, Ground, Invocation, Known, Question, Source, Stopped, Wish};
use crate::input::catalogue::Catalogue;
use crate::model::declaration::{ProductType, Role};
use crate::source::SourceMap;
use crate::text::{visible, wrap};

/// Write portcullis.toml and attestations.toml for this repository.
///
/// What the files show is taken and said why; what they do not show is asked on a terminal, and left open elsewhere. Every provision that
/// applies is written once, as planned: nothing is attested, and the gate stays closed until you do. Both files are written or
/// none. Exit codes: 0 written, 2 not.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis init
  portcullis init --non-interactive --types software,ai --role developer
  portcullis init firmware --product Lamp")]
pub(super) struct Arguments {
    /// The folder to write them in: the repository's root, or that of one product of several
    #[arg(default_value = ".")]
    path: PathBuf,
    /// What customers call the product; by default as its manifest does
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// What it is; by default what its files plainly show
    #[arg(long, value_delimiter = ',', value_name = "TYPE,…", value_parser = PossibleValuesParser::new(ProductType::ALL.iter().map(|kind| kind.name())))]
    types: Option<Vec<String>>,
    /// What you are to it; by default whoever makes and supplies such a product
    #[arg(long, value_delimiter = ',', value_name = "ROLE,…", value_parser = PossibleValuesParser::new(Role::ALL.iter().map(|role| role.name())))]
    role: Vec<String>,
    /// Ask nothing, even on a terminal
    #[arg(long)]
    non_interactive: bool,
    /// Take proposals from a file: Security Insights, .bestpractices.json, an OSPS or Gemara evaluation log, earlier attestations; may be
    /// given any number of times
    #[arg(long, value_name = "[KIND:]FILE")]
    from: Vec<Source>,
    /// Write both files anew where there are some; what they hold is lost
    #[arg(long)]
    force: bool,
    /// The day to write as the review's (UTC); by default the machine's
    #[arg(long, value_name = "DATE", value_parser = day)]
    today: Option<Date>,
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let (catalogue, sources) = (Catalogue::built_in(), SourceMap::default());
    match init(arguments, &catalogue, &sources) {
        Ok(text) => terminal::print(&text),
        Err(Stopped::Refused(error)) => {
            terminal::complain_all(&error.faults(), &sources);
            2
        }
        Err(Stopped::Unanswered(error)) => {
            terminal::complain(&format!("no answer came ({error}), so nothing was written"), Some("--non-interactive asks nothing"));
            2
        }
    }
}

fn init(arguments: &Arguments, catalogue: &Catalogue, sources: &SourceMap) -> Result<String, Stopped> {
    let today = arguments.today.map_or_else(Today::from_system, Today);
    let ground = Ground::open(&arguments.path, arguments.force, sources)?;
    let wish = Wish {
        product: arguments.product.clone(),
        types: arguments.types.as_ref().map(|names| names.iter().filter_map(|name| ProductType::from_name(name)).collect()),
        roles: arguments.role.iter().filter_map(|name| Role::from_name(name)).collect(),
    };
    let proposal = init::propose(&arguments.from, ground.snapshot.origin().as_deref(), catalogue)?;
    let mut choices = Choices::new(&ground, &wish, &proposal)?;
    if !arguments.non_interactive && io::stdin().is_terminal() && io::stderr().is_terminal() {
        let known = Known { name: wish.product.is_some(), roles: !wish.roles.is_empty() };
        init::ask(&mut choices, known, &ground, catalogue, today.0, &mut Prompts)?;
    }
    let plan = init::plan(&choices, &proposal, &ground, catalogue, today)?;
    write(&ground, &[plan.declaration.as_str(), plan.attestations.as_str()])?;
    let path = arguments.path.display().to_string();
    Ok(init::told(&plan, &choices, &proposal, &ground, &Invocation { path: &path, width: terminal::width() }))
}

fn write(ground: &Ground<'_>, texts: &[&str; 2]) -> Result<(), Error> {
    let targets = ground.targets();
    let changes: Vec<Change<'_>> = targets
        .iter()
        .zip(&ground.old)
        .zip(texts)
        .map(|((path, old), text)| Change { path, old: old.as_deref(), new: text.as_bytes() })
        .collect();
    match replace_files(&changes) {
        Ok(Replaced::Yes) => Ok(()),
        Ok(Replaced::ChangedMeanwhile) => {
            Err(Error::repository("the files changed while this ran, and are as they were left", "run the command again"))
        }
        Err(error) => Err(Error::repository(format!("nothing was written: {error}"), "check that the folder and its files can be written")),
    }
}

/// Questions on standard error, a line of answer each. A line keeps the terminal as it is, so that Ctrl-C at any question leaves
/// nothing behind: neither a file nor a hidden cursor.
struct Prompts;

impl Asker for Prompts {
    fn ask(&mut self, question: &Question<'_>) -> io::Result<String> {
        let mut text = String::from("\n");
        for line in question.why.lines() {
            text.push_str(&wrap(&visible(line), terminal::width(), "  ", "    "));
        }
        anstream::stderr().lock().write_all(text.as_bytes())?;
        let theme = SimpleTheme;
        let mut input = dialoguer::Input::<String>::with_theme(&theme)
            .with_prompt(question.prompt)
            .allow_empty(true)
            .validate_with(|answer: &String| (question.refuse)(answer));
        if !question.default.is_empty() {
            input = input.default(question.default.clone());
        }
        input.interact_text().map_err(|error| match error {
            dialoguer::Error::IO(error) => error,
        })
    }
}
