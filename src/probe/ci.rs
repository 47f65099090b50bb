//! What the probes of CI share: the workflows of the product.

use std::rc::Rc;

use super::Scene;
use crate::formats::workflow::{self, Host, Workflow};
use crate::input::view::OpenFile;

/// A workflow that could be read.
pub(super) struct Found {
    /// Whose it is.
    pub(super) host: Host,
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
pub(super) fn workflows<'s>(scene: &'s Scene<'_>, host: Option<Host>) -> impl Iterator<Item = &'s Found> {
    scene.read.workflows.get_or_init(|| read(scene)).iter().filter(move |found| host.is_none_or(|host| host == found.host))
}

fn read(scene: &Scene<'_>) -> Vec<Found> {
    let named = scene.shipped_with(&["yml", "yaml"], |path| workflow::host_of(path.as_str()).is_some());
    let opened = named.filter_map(|found| {
        let host = workflow::host_of(found.path.as_str())?;
        let file = scene.open(&found.path)?;
        let workflow = workflow::read(host, file.text()?).ok()?;
        Some(Found { host, file, workflow })
    });
    opened.collect()
}
