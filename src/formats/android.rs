//! What an Android manifest, and the resources that it names, say on how the app treats data.
//!
//! Names and defaults are those of the platform's documentation ("App manifest overview", "Network security configuration",
//! "Back up user data with Auto Backup"). A build system may fill placeholders in and merge further manifests: what is read
//! here is what the file states itself.

use std::ops::Range;

use roxmltree::{Document, Node};

use super::tree::BadDocument;
use super::xml::{self, child, children};

const NAMESPACE: &str = "http://schemas.android.com/apk/res/android";
const TOOLS: &str = "http://schemas.android.com/tools";

/// A stated value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// As written.
    pub value: String,
    /// Bytes of the source.
    pub at: Range<usize>,
}

/// What a stated value means where a boolean belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// `true`.
    Yes,
    /// `false`.
    No,
    /// A Gradle placeholder, a resource, or nothing that a boolean can be.
    Undecided,
}

impl Stated {
    /// As a boolean.
    pub fn flag(&self) -> Flag {
        match self.value.trim() {
            value if value.eq_ignore_ascii_case("true") => Flag::Yes,
            value if value.eq_ignore_ascii_case("false") => Flag::No,
            _ => Flag::Undecided,
        }
    }

    /// Whether a build fills in a part of it.
    pub fn is_placeholder(&self) -> bool {
        self.value.contains("${")
    }

    /// The path of the XML resource that it names, from the folder of the manifest.
    pub fn xml_resource(&self) -> Option<String> {
        let name = self.value.trim().strip_prefix("@xml/")?;
        let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        plain.then(|| format!("res/xml/{name}.xml"))
    }
}

/// What kind of component it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComponentKind {
    /// `activity` or `activity-alias`.
    Activity,
    /// `service`.
    Service,
    /// `receiver`.
    Receiver,
    /// `provider`.
    Provider,
}

impl ComponentKind {
    fn of(tag: &str) -> Option<Self> {
        match tag {
            "activity" | "activity-alias" => Some(Self::Activity),
            "service" => Some(Self::Service),
            "receiver" => Some(Self::Receiver),
            "provider" => Some(Self::Provider),
            _ => None,
        }
    }

    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Activity => "activity",
            Self::Service => "service",
            Self::Receiver => "receiver",
            Self::Provider => "provider",
        }
    }
}

/// A component of the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// What it is.
    pub kind: ComponentKind,
    /// `android:name`, as written.
    pub name: String,
    /// Bytes of its start, for messages.
    pub at: Range<usize>,
    /// `android:exported`.
    pub exported: Option<Stated>,
    /// A permission that a caller needs, its own or the application's; of a provider, for reading and for writing.
    pub guarded: bool,
    /// How many intent filters it has.
    pub filters: usize,
    /// The actions of its intent filters.
    pub actions: Vec<String>,
}

impl Component {
    /// Whether other apps can call it: as stated, else as the system decides, which is by its filters.
    pub fn is_open(&self) -> Flag {
        match &self.exported {
            Some(stated) => stated.flag(),
            None if self.filters > 0 && self.kind != ComponentKind::Provider => Flag::Yes,
            None => Flag::No,
        }
    }
}

/// A manifest.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AndroidManifest {
    /// `package` of the root.
    pub package: Option<Stated>,
    /// `android:targetSdkVersion` of `uses-sdk`.
    pub target_sdk: Option<Stated>,
    /// The permissions that it asks for.
    pub permissions: Vec<Stated>,
    /// The `application`, if it has one.
    pub application: Option<Application>,
}

/// What the `application` element says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Application {
    /// Bytes of its start tag's beginning.
    pub at: Range<usize>,
    /// `android:debuggable`.
    pub debuggable: Option<Stated>,
    /// `android:allowBackup`.
    pub allow_backup: Option<Stated>,
    /// `android:usesCleartextTraffic`.
    pub cleartext: Option<Stated>,
    /// `android:networkSecurityConfig`.
    pub network: Option<Stated>,
    /// `android:dataExtractionRules` and `android:fullBackupContent`.
    pub backup_rules: Vec<Stated>,
    /// Whether code of the app's own chooses what is backed up: `backupAgent`, and no `fullBackupOnly`.
    pub backs_up_itself: bool,
    /// Its components, in order.
    pub components: Vec<Component>,
}

impl Application {
    /// Whether an app begins here: a manifest without such an activity is that of a library or of a flavour.
    pub fn begins_an_app(&self) -> bool {
        let mut activities = self.components.iter().filter(|component| component.kind == ComponentKind::Activity);
        activities.any(|activity| activity.actions.iter().any(|action| action == "android.intent.action.MAIN"))
    }
}

/// Reads a manifest.
///
/// # Errors
/// What is not XML, or has another root than `manifest`.
pub fn read(text: &str) -> Result<AndroidManifest, BadDocument> {
    let document = xml::read(text)?;
    let root = document.root_element();
    if root.tag_name().name() != "manifest" {
        return Err(BadDocument::new("its root element is not `manifest`", Some(start(root))));
    }
    let package = root.attribute_node("package").map(|found| Stated { value: found.value().to_owned(), at: found.range() });
    let asked = root.children().filter(|node| node.is_element() && node.tag_name().name().starts_with("uses-permission"));
    Ok(AndroidManifest {
        package,
        target_sdk: child(root, "uses-sdk").and_then(|sdk| stated(sdk, "targetSdkVersion")),
        permissions: asked.filter(|node| !is_removed(*node)).filter_map(|node| stated(node, "name")).collect(),
        application: child(root, "application").map(application),
    })
}

fn application(node: Node<'_, '_>) -> Application {
    let guarded = is_stated(node, "permission");
    let kinds = node.children().filter(|child| child.is_element() && !is_removed(*child));
    Application {
        at: start(node),
        debuggable: stated(node, "debuggable"),
        allow_backup: stated(node, "allowBackup"),
        cleartext: stated(node, "usesCleartextTraffic"),
        network: stated(node, "networkSecurityConfig"),
        backs_up_itself: stated(node, "backupAgent").is_some() && stated(node, "fullBackupOnly").is_none_or(|only| only.flag() == Flag::No),
        backup_rules: ["dataExtractionRules", "fullBackupContent"].iter().filter_map(|name| stated(node, name)).collect(),
        components: kinds
            .filter_map(|child| ComponentKind::of(child.tag_name().name()).map(|kind| component(child, kind, guarded)))
            .collect(),
    }
}

fn component(node: Node<'_, '_>, kind: ComponentKind, application_guards: bool) -> Component {
    let filters: Vec<Node<'_, '_>> = children(node, "intent-filter").collect();
    let actions = filters.iter().flat_map(|filter| children(*filter, "action")).filter_map(|action| stated(action, "name"));
    let of_a_provider = is_stated(node, "readPermission") && is_stated(node, "writePermission");
    Component {
        kind,
        name: stated(node, "name").map(|name| name.value).unwrap_or_default(),
        at: start(node),
        exported: stated(node, "exported"),
        guarded: application_guards || is_stated(node, "permission") || (kind == ComponentKind::Provider && of_a_provider),
        filters: filters.len(),
        actions: actions.map(|action| action.value).collect(),
    }
}

/// An attribute of Android's namespace, and its place.
fn stated(node: Node<'_, '_>, name: &str) -> Option<Stated> {
    let found = node.attributes().find(|one| one.name() == name && one.namespace() == Some(NAMESPACE))?;
    Some(Stated { value: found.value().to_owned(), at: found.range() })
}

fn is_stated(node: Node<'_, '_>, name: &str) -> bool {
    stated(node, name).is_some_and(|found| !found.value.trim().is_empty())
}

/// Whether the merger of manifests takes the element out (`tools:node`).
fn is_removed(node: Node<'_, '_>) -> bool {
    node.attribute((TOOLS, "node")).is_some_and(|how| matches!(how, "remove" | "removeAll"))
}

/// The `<` and the name of an element, so that a place is one line and not the whole of it.
fn start(node: Node<'_, '_>) -> Range<usize> {
    let range = node.range();
    range.start..range.end.min(range.start + 1 + node.tag_name().name().len())
}

/// Plain text that a network security configuration permits.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct NetworkConfig {
    /// `cleartextTrafficPermitted` of the base.
    pub base: Option<Stated>,
    /// Domains with `cleartextTrafficPermitted="true"`, their own or by the configuration around theirs.
    pub domains: Vec<Stated>,
    /// Certificates that users add are trusted beside those of the system.
    pub user_certificates: Option<Range<usize>>,
}

/// Reads a network security configuration.
///
/// # Errors
/// What is not XML, or has another root than `network-security-config`.
pub fn read_network_config(text: &str) -> Result<NetworkConfig, BadDocument> {
    let document = xml::read(text)?;
    let root = document.root_element();
    if root.tag_name().name() != "network-security-config" {
        return Err(BadDocument::new("its root element is not `network-security-config`", Some(start(root))));
    }
    let permitted = |node: Node<'_, '_>| {
        let found = node.attribute_node("cleartextTrafficPermitted");
        found.map(|one| Stated { value: one.value().to_owned(), at: one.range() })
    };
    let base = child(root, "base-config");
    let anchors = base.into_iter().flat_map(|base| base.descendants());
    let by_users = |node: &Node<'_, '_>| node.tag_name().name() == "certificates" && node.attribute("src") == Some("user");
    let mut config = NetworkConfig {
        base: base.and_then(permitted),
        domains: Vec::new(),
        user_certificates: anchors.into_iter().find(by_users).map(|node| node.range()),
    };
    for domain in root.descendants().filter(|node| node.tag_name().name() == "domain") {
        let around = domain.ancestors().filter(|node| node.tag_name().name() == "domain-config");
        let nearest = around.filter_map(permitted).next();
        if nearest.is_some_and(|found| found.flag() == Flag::Yes) {
            let value = domain.text().unwrap_or_default().trim().to_owned();
            config.domains.push(Stated { value, at: domain.range() });
        }
    }
    Ok(config)
}

/// Whether rules for backups leave anything out or name what goes in (`full-backup-content`, `data-extraction-rules`).
///
/// # Errors
/// What is not XML.
pub fn rules_for_backups(text: &str) -> Result<bool, BadDocument> {
    let document: Document<'_> = xml::read(text)?;
    let rule = |node: Node<'_, '_>| {
        matches!(node.tag_name().name(), "include" | "exclude") || node.attribute("disableIfNoEncryptionCapabilities") == Some("true")
    };
    Ok(document.descendants().any(rule))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str =
        "<manifest xmlns:android=\"http://schemas.android.com/apk/res/android\" xmlns:tools=\"http://schemas.android.com/tools\"";

    #[test]
    fn only_attributes_of_the_platform_count() {
        let text = format!(
            "{HEAD} package=\"x.y\"><uses-permission android:name=\"A\"/><uses-permission android:name=\"B\" tools:node=\"remove\"/>\
             <application tools:debuggable=\"true\" debuggable=\"true\" android:allowBackup=\"${{b}}\"/></manifest>"
        );
        let manifest = read(&text).unwrap();
        let application = manifest.application.unwrap();
        assert_eq!(application.debuggable, None);
        assert_eq!(application.allow_backup.unwrap().flag(), Flag::Undecided);
        assert_eq!(manifest.permissions.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(), ["A"]);
        assert_eq!(text.get(manifest.package.unwrap().at), Some("package=\"x.y\""));
    }

    #[test]
    fn components_are_open_as_stated_or_by_their_filters() {
        let text = format!(
            "{HEAD}><application><activity android:name=\".A\"><intent-filter><action android:name=\"a\"/></intent-filter></activity>\
             <service android:name=\".B\"/><provider android:name=\".C\"><intent-filter/></provider>\
             <receiver android:name=\".D\" android:exported=\"true\" android:permission=\"p\"/></application></manifest>"
        );
        let components = read(&text).unwrap().application.unwrap().components;
        let seen: Vec<_> = components.iter().map(|one| (one.is_open(), one.guarded)).collect();
        assert_eq!(seen, [(Flag::Yes, false), (Flag::No, false), (Flag::No, false), (Flag::Yes, true)]);
    }

    #[test]
    fn a_domain_takes_the_nearest_word_on_plain_text() {
        let text = "<network-security-config><base-config cleartextTrafficPermitted=\"false\"/>\
                    <domain-config cleartextTrafficPermitted=\"true\"><domain>a.example</domain>\
                    <domain-config cleartextTrafficPermitted=\"false\"><domain>b.a.example</domain></domain-config>\
                    <domain-config><domain>c.a.example</domain></domain-config></domain-config></network-security-config>";
        let config = read_network_config(text).unwrap();
        assert_eq!(config.domains.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(), ["a.example", "c.a.example"]);
        assert_eq!(config.base.unwrap().flag(), Flag::No);
    }

    #[test]
    fn resources_are_names_and_never_paths() {
        let of = |value: &str| Stated { value: value.to_owned(), at: 0..0 }.xml_resource();
        assert_eq!(of("@xml/net_1").as_deref(), Some("res/xml/net_1.xml"));
        for value in ["@xml/../net", "@xml/", "@xml/${x}", "xml/net", "@xml/a/b"] {
            assert_eq!(of(value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "(<manifest>|<application |android:exported=\"|true\"|>|/>|</manifest>|<activity|é|&a;|<!--){0,20}") {
            let _ = read(&text);
            let _ = read_network_config(&text);
            let _ = rules_for_backups(&text);
        }
    }
}
