//! What contradicts the care of an app's data: `android-debuggable`, `android-cleartext`, `android-backup` and
//! `apple-arbitrary-loads`. Only what a file states itself; a build may set it otherwise.

use std::ops::Range;
use std::rc::Rc;

use roxmltree::{Document, Node};

use super::{Probe, Scene, Sighting};
use crate::formats::xml::{self, child, children};
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
    let named = scene.shipped().filter(|found| found.path.file_name() == name && of_release(&found.path));
    named.filter_map(|found| scene.open(&found.path)).collect()
}

/// An attribute by its local name, and its place.
fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<(&'a str, Range<usize>)> {
    node.attributes().find(|one| one.name() == name).map(|one| (one.value(), one.range()))
}

/// Runs a look on the `<application>` of every Android manifest.
fn on_applications(scene: &Scene<'_>, look: impl Fn(&OpenFile, Node<'_, '_>) -> Option<Sighting>) -> Vec<Sighting> {
    let mut seen = Vec::new();
    for file in files(scene, "AndroidManifest.xml") {
        let Some(document) = file.text().and_then(|text| xml::read(text).ok()) else { continue };
        seen.extend(child(document.root_element(), "application").and_then(|application| look(&file, application)));
    }
    seen
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
            let (_, at) = attribute(application, "debuggable").filter(|(value, _)| *value == "true")?;
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
            if let Some((name, _)) = attribute(application, "networkSecurityConfig") {
                return permitted(scene, file, name);
            }
            let (_, at) = attribute(application, "usesCleartextTraffic").filter(|(value, _)| *value == "true")?;
            scene.sighting(file, at, format!("{} permits traffic in plain text", file.path))
        })
    }
}

/// Plain text that the base of a network security configuration permits.
fn permitted(scene: &Scene<'_>, manifest: &OpenFile, name: &str) -> Option<Sighting> {
    let path = format!("res/xml/{}.xml", name.strip_prefix("@xml/")?);
    let file = scene.open(&manifest.path.parent()?.join(&path.parse().ok()?))?;
    let document: Document<'_> = xml::read(file.text()?).ok()?;
    let base = child(document.root_element(), "base-config")?;
    let (_, at) = attribute(base, "cleartextTrafficPermitted").filter(|(value, _)| *value == "true")?;
    scene.sighting(&file, at, format!("{} permits traffic in plain text to every address", file.path))
}

impl Probe for AndroidBackup {
    fn name(&self) -> &'static str {
        "android-backup"
    }

    fn looks_at(&self) -> &'static str {
        "`android:allowBackup` of every AndroidManifest.xml of the product."
    }

    fn limits(&self) -> &'static str {
        "Only a plain `true` without rules for what is backed up (`dataExtractionRules`, `fullBackupContent`) is told; a manifest that does not say takes the system's default."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        on_applications(scene, |file, application| {
            let ruled = ["dataExtractionRules", "fullBackupContent"].iter().any(|rules| attribute(application, rules).is_some());
            let (_, at) = attribute(application, "allowBackup").filter(|(value, _)| *value == "true" && !ruled)?;
            scene.sighting(file, at, format!("{} lets all of the app's data be backed up", file.path))
        })
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
        "Exceptions for single domains, for media and for web content are left alone; binary property lists are not read."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        for file in files(scene, "Info.plist") {
            let Some(document) = file.text().and_then(|text| xml::read(text).ok()) else { continue };
            let security = child(document.root_element(), "dict").and_then(|dict| entry(dict, "NSAppTransportSecurity"));
            let allows = security.and_then(|dict| entry(dict, "NSAllowsArbitraryLoads"));
            if let Some(value) = allows.filter(|value| value.tag_name().name() == "true") {
                let message = format!("{} lets the app load from everywhere without TLS", file.path);
                seen.extend(scene.sighting(&file, value.range(), message));
            }
        }
        seen
    }
}

/// The value behind a key of a property list's `<dict>`.
fn entry<'a, 'i>(dict: Node<'a, 'i>, key: &str) -> Option<Node<'a, 'i>> {
    let name = children(dict, "key").find(|node| node.text().map(str::trim) == Some(key))?;
    name.next_siblings().skip(1).find(Node::is_element)
}
