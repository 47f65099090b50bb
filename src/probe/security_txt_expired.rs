//! `security-txt-expired`: a `security.txt` whose own `Expires` has passed. RFC 9116, section 2.5.5: what it says must
//! not be used any more.

use super::{Probe, Scene, Sighting};
use crate::formats::security_txt::{self, utc_day};

/// See the module's documentation.
pub(super) struct SecurityTxtExpired;

impl Probe for SecurityTxtExpired {
    fn name(&self) -> &'static str {
        "security-txt-expired"
    }

    fn looks_at(&self) -> &'static str {
        "Every tracked file called security.txt in a folder called .well-known, and one at the product's root."
    }

    fn limits(&self) -> &'static str {
        "Whether the file is the one that is served cannot be seen."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let named = scene.shipped_with(&["txt"], |path| {
            let folder = path.parent().unwrap_or_default();
            path.file_name() == "security.txt" && (folder.file_name() == ".well-known" || folder == *scene.view.folder())
        });
        let expired = named.filter_map(|found| {
            let file = scene.open(&found.path)?;
            let read = security_txt::read(file.text()?);
            let field = read.fields.iter().find(|field| field.name.eq_ignore_ascii_case("expires"))?;
            let day = utc_day(field.value)?;
            let past = scene.today.days_since(day) > 0;
            let message = format!("{} expired on {day}", found.path);
            past.then(|| scene.sighting_at_line(&file, field.line, message)).flatten()
        });
        expired.collect()
    }
}
