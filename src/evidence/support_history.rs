//! Since when the repository has said that support ends on a day, by the commits behind it.
//!
//! Whoever writes a commit chooses its date, so that this contradicts better than it proves: what was brought forward late is a gap.

use jiff::civil::Date;

use super::{Ask, Verified};
use crate::formats::{moment, support_statement};
use crate::input::history::{Since, Unknown};
use crate::input::stated_support::ends;
use crate::repo_path::RepoPath;

/// Since when a file has said it.
pub(super) struct SaidSince {
    /// The day of that commit.
    pub(super) day: Date,
    /// The commit, shortened.
    pub(super) commit: String,
    /// The day that it named before, where it did.
    pub(super) before: Option<Date>,
}

/// When a day came into the declaration, or into a file of its own; none where it is not committed yet.
pub(super) fn since(ask: &Ask<'_>, path: &RepoPath, until: Date) -> Result<Option<SaidSince>, Verified> {
    let name = ask.product.product.name.value.clone();
    let declared = path == ask.declaration;
    let read = |text: &str| {
        if declared { declared_end(text, path.file_name(), &name) } else { stated_end(ask, path.file_name(), text) }
    };
    match ask.history().since(path, &read, until) {
        Ok(None) | Err(Unknown::Unborn) => Ok(None),
        Ok(Some(Since { change, before })) => {
            let commit = change.commit.chars().take(12).collect();
            Ok(Some(SaidSince { day: moment::utc_date(change.at), commit, before }))
        }
        Err(why) => {
            let remedy = match why {
                Unknown::Shallow => "let CI fetch the full history (actions/checkout: `fetch-depth: 0`; GitLab: `GIT_DEPTH: 0`)",
                _ => "repair the repository, or check a full clone of it",
            };
            Err(Verified::doubt(format!("since when support is said to end on {until} cannot be told: {why}"), remedy))
        }
    }
}

/// `until` under `[product.support]` of the product of that name; of the only one, whatever it was called then.
fn declared_end(text: &str, file_name: &str, name: &str) -> Option<Date> {
    match ends(text, file_name).as_slice() {
        [only] => only.until,
        several => several.iter().find(|stated| stated.product.as_deref() == Some(name))?.until,
    }
}

/// The end that a file of its own states for the product's version.
fn stated_end(ask: &Ask<'_>, file_name: &str, text: &str) -> Option<Date> {
    let statement = support_statement::read(file_name, text).ok()?;
    super::support_file::decisive(ask, &statement)?.ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_end_of_the_right_product_is_read() {
        let text = "version = 1\n[[product]]\nname = \"A\"\n[product.support]\nuntil = 2028-01-01\n[[product]]\nname = \"B\"\n[product.support]\nuntil = 2029-01-01\n";
        assert_eq!(declared_end(text, "portcullis.toml", "B"), Some(date(2029, 1, 1)));
        assert_eq!(declared_end(text, "portcullis.toml", "C"), None);
        let manifest = "[package.metadata.portcullis.product]\nname = \"Then\"\nsupport.until = 2028-01-01\n";
        assert_eq!(declared_end(manifest, "Cargo.toml", "Now"), Some(date(2028, 1, 1)));
        assert_eq!(declared_end("a = = b", "portcullis.toml", "A"), None);
    }
}
