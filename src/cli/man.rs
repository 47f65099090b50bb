//! `portcullis man`: manual pages from the same types that read the command line, so that they cannot say anything else.

use super::terminal;
use crate::input::reader::quoted;

/// Print a manual page.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis man > /usr/local/share/man/man1/portcullis.1
  portcullis man check | man -l -")]
pub(super) struct Arguments {
    /// The command, word by word; none for the program itself
    command: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, mut command: clap::Command) -> u8 {
    command.build();

    for word in &arguments.command {
        let Some(found) = command.find_subcommand(word) else {
            let known: Vec<&str> = command.get_subcommands().filter(|known| !known.is_hide_set()).map(clap::Command::get_name).collect();
            terminal::complain(
                &format!("{} has no command {}", command.get_display_name().unwrap_or("portcullis"), quoted(word)),
                Some(&format!("its commands: {}", known.join(", "))),
            );
            return 2;
        };
        command = found.clone();
    }
    let mut page = Vec::new();
    match clap_mangen::Man::new(command).render(&mut page) {
        Ok(()) => terminal::print(&String::from_utf8_lossy(&page)),
        Err(error) => {
            terminal::complain(&format!("the manual page cannot be written: {error}"), None);
            2
        }
    }
}
