//! `portcullis schema`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::terminal;
use crate::input::catalogue::Catalogue;
use crate::input::overlays;
use crate::schema::{self, Format};
use crate::source::SourceMap;

/// Print the JSON Schema of a file format, or write them all.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The format
    #[arg(value_enum, default_value = "declaration")]
    format: Format,
    /// Write every schema as a file into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "format")]
    output_dir: Option<PathBuf>,
    /// Know also the ids of an organisation's overlay; may be given several times
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.title()))
    }
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let (built_in, sources) = (Catalogue::built_in(), SourceMap::default());
    // What the declaration here names is not taken in: the built-in schemas are the same wherever they are written.
    let overlays = match overlays::read(None, None, &arguments.overlays, &built_in, &sources) {
        Ok(overlays) => overlays,
        Err(error) => {
            terminal::complain_all(&error.faults(), &sources);
            return 2;
        }
    };
    let catalogue = built_in.with_overlays(&overlays);
    match &arguments.output_dir {
        None => terminal::print(&schema::text(arguments.format, catalogue)),
        Some(folder) => write_all(folder, catalogue),
    }
}

fn write_all(folder: &Path, catalogue: &Catalogue) -> u8 {
    let written = fs::create_dir_all(folder).map_err(|error| (folder.to_path_buf(), error)).and_then(|()| {
        Format::ALL.into_iter().try_for_each(|format| {
            let path = folder.join(format.file_name());
            fs::write(&path, schema::text(format, catalogue)).map_err(|error| (path, error))
        })
    });
    match written {
        Ok(()) => 0,
        Err((path, error)) => {
            terminal::complain(&format!("{} cannot be written: {error}", path.display()), Some("name a folder that you may write to"));
            2
        }
    }
}
