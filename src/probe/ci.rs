//! What the probes of CI share: the workflows of the product.

use std::rc::Rc;

use super::Scene;
use crate::formats::workflow::{self, Host, Workflow};
use crate::input::view::OpenFile;

/// A workflow that could be read.
pub(super) struct Found {
    /// Its file.
    pub(super) file: Rc<OpenFile>,
    /// What it says.
    pub(super) workflow: Workflow,
}

impl Found {
    /// Its path, for messages.
    pub(super) fn path(&self) -> &str {
        self.file.path.as_str()
    }
}

/// The workflows of that host among the product's files. One that cannot be read is passed over.
pub(super) fn workflows(scene: &Scene<'_>, host: Option<Host>) -> Vec<Found> {
    let named = scene.shipped().filter_map(|found| Some((found, workflow::host_of(found.path.as_str())?)));
    let wanted = named.filter(|(_, own)| host.is_none_or(|host| host == *own));
    let opened = wanted.filter_map(|(found, own)| {
        let file = scene.open(&found.path)?;
        let workflow = workflow::read(own, file.text()?).ok()?;
        Some(Found { file, workflow })
    });
    opened.collect()
}
