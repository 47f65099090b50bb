//! Apps and app stores.

use std::ops::Range;

use super::{key, one_of, with_tree, word, words};
use crate::detect::table::Opened;
use crate::formats::tree::{Node, Syntax};
use crate::formats::xml::{self, children};

type At = Option<Range<usize>>;

/// An application module: the plug-in is applied, not only declared, or an `applicationId` stands in `android`.
pub(in crate::detect) fn android_application(file: &Opened<'_>) -> At {
    let text = file.text;
    let applied = super::lines(text).find(|(line, _)| {
        let plugin = line.contains("com.android.application")
            || line.contains("plugins.android.application")
            || line.contains("plugins.androidApplication");
        plugin && !line.contains("apply false") && !line.contains("classpath") && !line.contains("if ")
    });
    let (_, at) = applied?;
    let id = super::lines(text).find(|(line, _)| line.starts_with("applicationId") && !line.starts_with("applicationIdSuffix"));
    match id {
        Some((line, _))
            if ["com.example.", "org.example.", "{{", "<%", "__", ".sample", ".demo", ".example"]
                .iter()
                .any(|part| line.contains(part)) =>
        {
            None
        }
        _ => Some(at),
    }
}

/// An activity that a launcher shows, of a phone or a television.
pub(in crate::detect) fn android_launcher(file: &Opened<'_>) -> At {
    if file.path.contains("/debug/")
        || file.path.contains("androidtest")
        || !file.text.contains(".LAUNCHER") && !file.text.contains("LEANBACK_LAUNCHER")
    {
        return None;
    }
    let document = xml::read(file.text).ok()?;
    let application = children(document.root_element(), "application").next()?;
    let shown = |node: roxmltree::Node<'_, '_>| {
        node.descendants().any(|one| {
            one.attributes()
                .any(|named| matches!(named.value(), "android.intent.category.LAUNCHER" | "android.intent.category.LEANBACK_LAUNCHER"))
        })
    };
    let activity =
        application.children().find(|node| node.is_element() && node.tag_name().name().starts_with("activity") && shown(*node))?;
    let range = activity.range();
    Some(range.start..(range.start + 9).min(range.end))
}

/// An app target that does not only host tests.
pub(in crate::detect) fn xcode_application(file: &Opened<'_>) -> At {
    let products = [
        "com.apple.product-type.application\"",
        "com.apple.product-type.application.watchapp2\"",
        "com.apple.product-type.application.on-demand-install-capable\"",
    ];
    let at = products.iter().find_map(|product| word(file.text, product))?;
    let folder = file.path.rsplit('/').nth(1).unwrap_or_default();
    let trial = ["example", "demo", "sample", "test", "playground", "host"].iter().any(|part| folder.contains(part));
    (!trial).then_some(at)
}

/// A target of XcodeGen.
pub(in crate::detect) fn xcodegen_application(file: &Opened<'_>) -> At {
    if !file.text.contains("application") {
        return None;
    }
    with_tree(Syntax::Yaml, file.text, |root| {
        let targets = root.get("targets")?.entries();
        let target =
            targets.iter().find(|target| target.node.word("type") == Some("application") && target.node.get("platform").is_some())?;
        Some(target.key_range())
    })
}

fn pubspec<T>(text: &str, look: impl FnOnce(&Node<'_>) -> Option<T>) -> Option<T> {
    with_tree(Syntax::Yaml, text, look)
}

/// Flutter with a platform's project beside it, and no plug-in.
pub(in crate::detect) fn flutter_app(file: &Opened<'_>) -> At {
    const RUNNERS: &[&str] = &[
        "android/app",
        "ios/runner",
        "macos/runner",
        "windows/runner",
        "linux/runner",
        "ios/Runner",
        "macos/Runner",
        "ios/Runner.xcodeproj",
        "windows/runner/main.cpp",
    ];
    pubspec(file.text, |root| {
        let needs = root.get("dependencies")?;
        needs.at(&["flutter"]).get("sdk")?;
        let plugin = root.at(&["flutter"]).get("plugin").is_some();
        let trial = root.word("name").is_some_and(|name| name.ends_with("_example") || name == "example");
        let built = RUNNERS.iter().any(|runner| (file.has)(runner));
        (!plugin && !trial && built).then(|| key(root, "name")).flatten()
    })
}

pub(in crate::detect) fn flutter_plugin(file: &Opened<'_>) -> At {
    pubspec(file.text, |root| root.at(&["flutter"]).entry("plugin").map(|entry| entry.key_range()))
}

fn package_json<T>(text: &str, look: impl FnOnce(&Node<'_>) -> Option<T>) -> Option<T> {
    with_tree(Syntax::Json, text, look)
}

/// React Native as a dependency, with a platform's project beside it.
pub(in crate::detect) fn react_native_app(file: &Opened<'_>) -> At {
    if !file.text.contains("react-native") {
        return None;
    }
    package_json(file.text, |root| {
        let entry = root.get("dependencies")?.entry("react-native")?;
        let built = ["android/app", "ios/podfile", "ios/Podfile"].iter().any(|path| (file.has)(path));
        built.then(|| entry.key_range())
    })
}

/// React Native or Expo for whoever takes the package.
pub(in crate::detect) fn react_native_library(file: &Opened<'_>) -> At {
    package_json(file.text, |root| {
        let peers = root.get("peerDependencies")?;
        let entry = ["react-native", "expo", "@capacitor/core", "cordova-plugin"].iter().find_map(|name| peers.entry(name))?;
        Some(entry.key_range())
    })
}

/// A top-level `expo`; Heroku's and others' `app.json` have none.
pub(in crate::detect) fn expo_app(file: &Opened<'_>) -> At {
    package_json(file.text, |root| {
        let entry = root.entry("expo")?;
        let platforms = entry.node.at(&["platforms"]).items();
        let only_web = !platforms.is_empty() && platforms.iter().all(|one| one.text() == Some("web"));
        (!only_web && !entry.node.entries().is_empty()).then(|| entry.key_range())
    })
}

pub(in crate::detect) fn eas(file: &Opened<'_>) -> At {
    package_json(file.text, |root| root.get("build")?.get("production").and(key(root, "build")))
}

pub(in crate::detect) fn cordova(file: &Opened<'_>) -> At {
    if !file.text.contains("http://www.w3.org/ns/widgets") || file.text.contains("tizen:application") {
        return None;
    }
    let document = xml::read(file.text).ok()?;
    let root = document.root_element();
    let named = root.tag_name().name() == "widget" && root.attribute("id").is_some_and(|id| !id.starts_with("com.example"));
    named.then(|| word(file.text, "<widget")).flatten()
}

/// MAUI, or a target framework of a phone with an application's id.
pub(in crate::detect) fn maui(file: &Opened<'_>) -> At {
    let id = word(file.text, "<ApplicationId>")?;
    one_of(file.text, &["<UseMaui>true", "-android", "-ios", "Xamarin.iOS", "Xamarin.Android"]).map(|_| id)
}

pub(in crate::detect) fn unity(file: &Opened<'_>) -> At {
    let (_, after) = file.text.split_once("applicationIdentifier:")?;
    let own = after.lines().skip(1).take_while(|line| line.starts_with("    ")).any(|line| {
        let phone = line.trim_start().starts_with("Android:") || line.trim_start().starts_with("iPhone:");
        phone && !line.contains("DefaultCompany") && !line.contains("com.Company.ProductName")
    });
    own.then(|| word(file.text, "applicationIdentifier:")).flatten()
}

/// Version 2's `identifier`, or version 1's in the bundle.
pub(in crate::detect) fn tauri(file: &Opened<'_>) -> At {
    let at = word(file.text, "identifier\"")?;
    let line = file.text.get(at.clone())?;
    (!line.contains("com.tauri.dev") && !line.contains("{{")).then_some(at)
}

/// electron-builder's settings in the manifest, with an application's id.
pub(in crate::detect) fn electron(file: &Opened<'_>) -> At {
    if !file.text.contains("electron") {
        return None;
    }
    package_json(file.text, |root| {
        let build = root.get("build").filter(|build| build.get("appId").is_some() || build.get("productName").is_some());
        let needs = |group: &str| root.at(&[group]).get("electron").is_some();
        let builder = root.at(&["devDependencies"]).get("electron-builder").or(root.at(&["dependencies"]).get("electron-builder"));
        (needs("devDependencies") || needs("dependencies")).then_some(())?;
        build.or(builder).map(|found| found.range())
    })
}

/// A target of electron-builder or a maker of Forge that only a store takes.
pub(in crate::detect) fn electron_store(file: &Opened<'_>) -> At {
    let targets = [
        "- mas",
        "\"mas\"",
        "- appx",
        "\"appx\"",
        "- snap",
        "\"snap\"",
        "- flatpak",
        "\"flatpak\"",
        "maker-appx",
        "maker-snap",
        "maker-flatpak",
    ];
    let electron = file.path.contains("electron") || file.path.contains("forge") || file.text.contains("electron-builder");
    if electron { one_of(file.text, &targets) } else { None }
}

/// A snap with an app that is no daemon.
pub(in crate::detect) fn snap(file: &Opened<'_>) -> At {
    with_tree(Syntax::Yaml, file.text, |root| {
        let ordinary = root.word("type").is_none_or(|kind| kind == "app");
        let apps = root.entry("apps")?;
        let used = apps.node.entries().iter().any(|app| app.node.get("daemon").is_none());
        (ordinary && used && root.get("name").is_some()).then(|| apps.key_range())
    })
}

/// A manifest that names what runs: not an extension, a base or a runtime.
pub(in crate::detect) fn flatpak(file: &Opened<'_>) -> At {
    if !file.text.contains("runtime-version") || !file.text.contains("sdk") {
        return None;
    }
    let syntax = if file.path.ends_with(".json") { Syntax::Json } else { Syntax::Yaml };
    with_tree(syntax, file.text, |root| {
        let entry = root.entry("id").or_else(|| root.entry("app-id"))?;
        let runs = ["runtime", "sdk", "command"].iter().all(|name| root.get(name).is_some());
        (runs && root.get("build-extension").is_none()).then(|| entry.key_range())
    })
}

pub(in crate::detect) fn appx(file: &Opened<'_>) -> At {
    if word(file.text, "<Framework>true").is_some() {
        return None;
    }
    words(file.text, &["<Identity", "<Applications>"])
}

/// `manifest_version` 2 or 3 with something that only an extension has.
pub(in crate::detect) fn browser_extension(file: &Opened<'_>) -> At {
    if !file.text.contains("manifest_version") {
        return None;
    }
    package_json(file.text, |root| {
        let entry = root.entry("manifest_version")?;
        let version = entry.node.scalar()?;
        let own = ["background", "action", "browser_action", "content_scripts", "permissions", "page_action"];
        let is_one = matches!(version.as_ref(), "2" | "3") && root.get("name").is_some() && own.iter().any(|name| root.get(name).is_some());
        is_one.then(|| entry.key_range())
    })
}

pub(in crate::detect) fn webos(file: &Opened<'_>) -> At {
    package_json(file.text, |root| {
        let whole = ["id", "type", "main", "vendor"].iter().all(|name| root.get(name).is_some());
        whole.then(|| key(root, "id")).flatten()
    })
}

/// The plug-in of a library, published.
pub(in crate::detect) fn android_library(file: &Opened<'_>) -> At {
    let library = one_of(file.text, &["com.android.library", "plugins.android.library", "plugins.androidLibrary"])?;
    one_of(file.text, &["maven-publish", "maven.publish", "mavenPublish", "vanniktech", "com.jfrog.bintray", "jitpack"]).map(|_| library)
}

pub(in crate::detect) fn marketplace(file: &Opened<'_>) -> At {
    word(file.text, "com.apple.developer.marketplace.app-installation")
}

/// To install, and to list all packages or to own the updates of what was installed: a browser or a self-updater needs
/// only the first.
pub(in crate::detect) fn android_store(file: &Opened<'_>) -> At {
    let installs = one_of(file.text, &["android.permission.REQUEST_INSTALL_PACKAGES", "android.permission.INSTALL_PACKAGES"])?;
    let owns = word(file.text, "android.permission.ENFORCE_UPDATE_OWNERSHIP").is_some();
    let lists = word(file.text, "android.permission.QUERY_ALL_PACKAGES").is_some();
    let updates = word(file.text, "android.permission.UPDATE_PACKAGES_WITHOUT_USER_ACTION").is_some();
    let removes = one_of(file.text, &["android.permission.REQUEST_DELETE_PACKAGES", "android.permission.DELETE_PACKAGES"]).is_some();
    (owns || (lists && updates) || (lists && removes)).then_some(installs)
}

pub(in crate::detect) fn fdroid_metadata(file: &Opened<'_>) -> At {
    words(file.text, &["Categories:", "License:", "SourceCode:"])
}

/// At least two apps.
pub(in crate::detect) fn altstore_source(file: &Opened<'_>) -> At {
    if !file.text.contains("bundleIdentifier") {
        return None;
    }
    package_json(file.text, |root| {
        let apps = root.entry("apps")?;
        let mut developers: Vec<&str> = apps.node.items().iter().filter_map(|app| app.word("developerName")).collect();
        developers.sort_unstable();
        developers.dedup();
        (developers.len() >= 2).then(|| apps.key_range())
    })
}
