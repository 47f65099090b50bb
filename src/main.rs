//! Parses the command line, runs it, and turns its answer into the exit code: the only place that ends the process.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(portcullis::cli::run(std::env::args_os()))
}
