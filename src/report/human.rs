//! `human`.

use std::io;

use super::Report;

/// Writes the profile for hosts.
///
/// # Errors
/// Those of the output.
pub fn write(_report: &Report<'_>, _out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(_out, "not written yet")
}
