//! What contradicts the care of an app's data: `android-debuggable`, `android-cleartext`, `android-backup` and
//! `apple-arbitrary-loads`. Only what a file states itself; a build may set it otherwise.

use std::ops::Range;
use std::rc::Rc;

use super::{Probe, Scene, Sighting};
use crate::formats::android::{self, Application, Flag, Stated};
use crate::formats::plist;
use crate::input::view::OpenFile;
use crate::repo_path::RepoPath;

/// The app can be debugged by whoever holds the phone.
pub(super) struct AndroidDebuggable;
/// The app may talk in plain text.
pub(super) struct AndroidCleartext;
/// The app's data goes into backups as a whole.
pub(super) struct AndroidBackup;
/// The app may load from anywhere without TLS.
pub(super) struct AppleArbitraryLoads;

/// The files of that name which are neither of a debug build nor a test.
fn files(scene: &Scene<'_>, name: &str) -> Vec<Rc<OpenFile>> {
    let of_release =
        |path: &RepoPath| !path.components().any(|part| matches!(part.to_ascii_lowercase().as_str(), "debug" | "build" | "androidtest"));
    let named = scene.shipped_with(&["xml", "plist"], |path| path.file_name() == name && of_release(path));
    named.filter_map(|found| scene.open(&found.path)).collect()
}

/// Runs a look on the `<application>` of every Android manifest.
fn on_applications(scene: &Scene<'_>, look: impl Fn(&OpenFile, &Application) -> Option<Sighting>) -> Vec<Sighting> {
    let mut seen = Vec::new();
    for file in files(scene, "AndroidManifest.xml") {
        let manifest = file.text().and_then(|text| android::read(text).ok());
        seen.extend(manifest.and_then(|manifest| manifest.application).and_then(|application| look(&file, &application)));
    }
    seen
}

/// The place of a value that is plainly true.
fn yes(stated: Option<&Stated>) -> Option<Range<usize>> {
    stated.filter(|stated| stated.flag() == Flag::Yes).map(|stated| stated.at.clone())
}

impl Probe for AndroidDebuggable {
    fn name(&self) -> &'static str {
        "android-debuggable"
    }

    fn looks_at(&self) -> &'static str {
        "`android:debuggable` of every AndroidManifest.xml of the product."
    }

    fn limits(&self) -> &'static str {
        "Manifests of debug builds and tests are left alone; what a build sets by itself is not seen."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        on_applications(scene, |file, application| {
            let at = yes(application.debuggable.as_ref())?;
            scene.sighting(file, at, format!("{} makes the app debuggable", file.path))
        })
    }
}

impl Probe for AndroidCleartext {
    fn name(&self) -> &'static str {
        "android-cleartext"
    }

    fn looks_at(&self) -> &'static str {
        "`android:usesCleartextTraffic` of every AndroidManifest.xml of the product, and the base of the network security configuration that it names."
    }

    fn limits(&self) -> &'static str {
        "Plain text that is permitted for single domains only, and debug overrides, are left alone."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        on_applications(scene, |file, application| {
            // A network security configuration replaces the attribute on every supported version.
            if let Some(named) = &application.network {
                return permitted(scene, file, named);
            }
            let at = yes(application.cleartext.as_ref())?;
            scene.sighting(file, at, format!("{} permits traffic in plain text", file.path))
        })
    }
}

/// Plain text that the base of a network security configuration permits.
fn permitted(scene: &Scene<'_>, manifest: &OpenFile, named: &Stated) -> Option<Sighting> {
    let file = scene.open(&manifest.path.parent()?.join(&named.xml_resource()?.parse().ok()?))?;
    let config = android::read_network_config(file.text()?).ok()?;
    scene.sighting(&file, yes(config.base.as_ref())?, format!("{} permits traffic in plain text to every address", file.path))
}

impl Probe for AndroidBackup {
    fn name(&self) -> &'static str {
        "android-backup"
    }

    fn looks_at(&self) -> &'static str {
        "`android:allowBackup` of every AndroidManifest.xml of the product."
    }

    fn limits(&self) -> &'static str {
        "Only a plain `true` without rules for what is backed up (`dataExtractionRules`, `fullBackupContent`) and without a `backupAgent` is told; a manifest that does not say takes the system's default. Where one manifest starts an app, those of libraries, which are merged into it, are left alone."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let read: Vec<(Rc<OpenFile>, Application)> = files(scene, "AndroidManifest.xml")
            .into_iter()
            .filter_map(|file| Some((android::read(file.text()?).ok()?.application?, file)))
            .map(|(application, file)| (file, application))
            .collect();
        // Where one of them begins an app, the others are merged into it, and it has the last word.
        let has_app = read.iter().any(|(_, application)| application.begins_an_app());
        let whole = read.iter().filter(|(_, application)| application.begins_an_app() || !has_app);
        let sightings = whole.filter_map(|(file, application)| {
            let chooses = !application.backup_rules.is_empty() || application.backs_up_itself;
            let at = yes(application.allow_backup.as_ref()).filter(|_| !chooses)?;
            scene.sighting(file, at, format!("{} lets all of the app's data be backed up", file.path))
        });
        sightings.collect()
    }
}

impl Probe for AppleArbitraryLoads {
    fn name(&self) -> &'static str {
        "apple-arbitrary-loads"
    }

    fn looks_at(&self) -> &'static str {
        "NSAllowsArbitraryLoads under NSAppTransportSecurity in every Info.plist (XML) of the product."
    }

    fn limits(&self) -> &'static str {
        "Exceptions for single domains, for media and for web content are left alone, and so is the key beside one of the narrower keys that make current systems ignore it; binary property lists are not read."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for file in files(scene, "Info.plist") {
            let Some(document) = file.text().and_then(|text| plist::read(text).ok()) else { continue };
            let transport = plist::root(&document).and_then(|dict| dict.get("NSAppTransportSecurity"));
            if let Some(at) = transport.and_then(plist::arbitrary_loads) {
                seen.extend(scene.sighting(&file, at, format!("{} lets the app load from everywhere without TLS", file.path)));
            }
        }
        seen
    }
}
