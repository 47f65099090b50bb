//! An app store: what decides which others' apps are offered. No file proves that an organisation does, so but for one
//! entitlement everything only asks.

use super::Needs::{OneOf, Text, Words};
use super::Part::Shows;
use super::Signal;
use crate::detect::Strength::{self, Decisive, Probable};
use crate::detect::content as look;
use crate::model::declaration::{ProductType, Role};

const fn row(
    family: &'static str,
    strength: Strength,
    paths: &'static [&'static str],
    needs: super::Needs,
    reason: &'static str,
    source: &'static str,
) -> Signal {
    Signal { family, kind: ProductType::AppStore, part: Shows, strength, paths, needs, reason, source, role: Some(Role::AppStoreOperator) }
}

pub(super) static SIGNALS: &[Signal] = &[
    row(
        "apple-marketplace",
        Decisive,
        &["*.entitlements"],
        Text(look::marketplace),
        "asks for the entitlement to install others' apps as a marketplace",
        "Apple developer documentation, com.apple.developer.marketplace.app-installation",
    ),
    row(
        "android-installer",
        Probable,
        &["AndroidManifest.xml"],
        Text(look::android_store),
        "asks for the permissions of an app store: to install, own the updates of and list all packages",
        "Android reference, Manifest.permission",
    ),
    row(
        "fdroid-repository",
        Probable,
        &["index-v1.json", "index-v2.json"],
        Words(&["\"repo\"", "\"packages\""]),
        "is the index of an F-Droid repository",
        "F-Droid documentation, \"All our APIs\"",
    ),
    row(
        "fdroid-repository",
        Probable,
        &["config.yml", "fdroid/config.yml"],
        Words(&["repo_url:", "repo_name:"]),
        "is the configuration of an F-Droid repository",
        "F-Droid documentation, \"Setup an F-Droid app repo\"",
    ),
    row(
        "fdroid-metadata",
        Probable,
        &["metadata/*.*.yml"],
        Text(look::fdroid_metadata),
        "describes others' apps to an F-Droid repository",
        "F-Droid documentation, \"Build metadata reference\"",
    ),
    row(
        "altstore-source",
        Probable,
        &["apps.json", "source.json", "altstore.json"],
        Text(look::altstore_source),
        "lists apps of several developers as an AltStore source",
        "AltStore documentation, \"Make a source\"",
    ),
    row(
        "desktop-store",
        Probable,
        &["*.desktop", "*.desktop.in", "*.desktop.in.in", "*.desktop.cmake", "CMakeLists.txt"],
        OneOf(&["x-scheme-handler/appstream", "x-scheme-handler/flatpak+https"]),
        "takes the links by which web sites have apps installed from a store",
        "AppStream documentation, \"AppStream URI\"; Flathub documentation, links of its install buttons",
    ),
    row(
        "ipa-installer",
        Probable,
        &["Info.plist", "*-Info.plist"],
        Words(&["CFBundleDocumentTypes", "com.apple.itunes.ipa"]),
        "opens archives of others' iOS apps",
        "Apple developer documentation, CFBundleDocumentTypes",
    ),
];
