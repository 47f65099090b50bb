//! `android-manifest`: what an app's manifest lets the system, other apps and the network do with it.
//!
//! What every app may do needs no word; what opens the app up has to be attested by name in `expect`: permissions, components that
//! other apps can call without a permission, domains that are spoken to in plain text. What a build fills in is a doubt.

use std::net::IpAddr;

use super::attested::Attested;
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::android::{self as format, AndroidManifest, Application, Component, ComponentKind, Flag, Stated};
use crate::input::view::OpenFile;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::{count, one_line};

/// See the module's documentation.
pub(super) struct AndroidManifestFile;

/// A binary manifest, as packages hold it, begins so (`RES_XML_TYPE`, header of 8 bytes).
const BINARY: &[u8] = &[0x03, 0x00, 0x08, 0x00];
/// Source sets that are not what users get.
const NOT_SHIPPED: &[&str] = &["debug", "androidtest", "test", "testfixtures"];
/// Actions that the platform and its makers send: whoever answers only them is no door that the app opened by itself.
const PLATFORM: &[&str] = &["android.", "androidx.", "com.android.", "com.google.", "com.htc.intent.", "com.samsung.", "com.sec."];
/// From this target on, plain text is refused unless it is permitted.
const REFUSES_CLEARTEXT: i64 = 28;

impl Verifier for AndroidManifestFile {
    fn kind(&self) -> &'static str {
        "android-manifest"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is an AndroidManifest.xml in text form with an `application`, and not that of a debug build or a test.",
            "Its `package`, where it has one, is a name of the product.",
            "`debuggable` is not true.",
            "Plain text is not permitted to every address, by `usesCleartextTraffic`, the network security configuration or an old target; single domains are named in `expect`, unless they are the device itself.",
            "Backups are off, or have rules that leave something out or say what goes in (`dataExtractionRules`, `fullBackupContent`).",
            "Services, receivers and providers that other apps can call need a permission or answer the platform's actions alone, activities have an intent filter; others are named in `expect`.",
            "With `expect`, every permission that it asks for is on that list.",
        ]
    }

    fn limits(&self) -> &'static str {
        "What a build sets by itself and what libraries' manifests add is not seen: cite the merged manifest for that. Whether a permission is needed cannot be seen."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"android-manifest\"\npath = \"app/src/main/AndroidManifest.xml\"\nnames = [\"example.ledger.pocket\"]\nexpect = \"android.permission.INTERNET, android.permission.CAMERA\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let path = file.path.to_string();
    if file.bytes.starts_with(BINARY) {
        let message = format!("{path} is a binary manifest, which is not read");
        return Err(Verified::doubt(message, "cite the manifest's source, or the merged manifest in text form"));
    }
    let manifest = ask.content(format::read)?;
    if let Some(part) = file.path.components().find(|part| NOT_SHIPPED.contains(&part.to_ascii_lowercase().as_str())) {
        let message = format!("{path} is the manifest of a {part} build, which no user gets");
        return Err(Verified::gap(Gap::failed("not-shipped", message, "cite the manifest of the release")));
    }
    let Some(application) = &manifest.application else {
        let message = format!("{path} has no `application`, so it says nothing on how the app behaves");
        return Err(Verified::gap(Gap::failed("no-application", message, "cite the app's own manifest")));
    };
    let look = Look { ask, file, path: &path, attested: Attested::of(ask) };
    look.judge(&manifest, application)
}

/// One manifest under examination.
struct Look<'l> {
    ask: &'l Ask<'l>,
    file: &'l OpenFile,
    path: &'l str,
    attested: Attested<'l>,
}

impl Look<'_> {
    fn judge(&self, manifest: &AndroidManifest, application: &Application) -> Result<Verified, Verified> {
        let mut gaps = self.other_package(manifest);
        let mut doubts = Vec::new();
        let mut told = Vec::new();
        gaps.extend(self.debuggable(application, &mut doubts));
        gaps.extend(self.cleartext(manifest, application, &mut doubts, &mut told));
        gaps.extend(self.backup(application, &mut doubts));
        for component in &application.components {
            gaps.extend(self.open(component, &mut doubts));
        }
        gaps.extend(manifest.permissions.iter().filter_map(|one| self.permission(one)));
        gaps.extend(self.ask.review_too_old(&format!("the review of {}", self.path)));
        if !gaps.is_empty() {
            return Ok(Verified::Gaps(super::at_most(gaps)));
        }
        if let Some(doubt) = doubts.into_iter().next() {
            return Err(doubt);
        }
        Ok(Verified::Proof(self.proof(manifest, application, &told)))
    }

    /// The package, where the manifest names it itself.
    fn other_package(&self, manifest: &AndroidManifest) -> Vec<Gap> {
        let named = manifest.package.iter().filter(|package| !package.is_placeholder());
        let other = named.filter(|package| !self.ask.is_named(&package.value)).map(|package| {
            let found = one_line(&package.value, limits::QUOTED_CHARS);
            let message = format!("{} is of the package {found}, which is no name of this product ({})", self.path, self.ask.names());
            self.gap(package, "other-product", message, "cite this product's manifest, or give the package in `names`")
        });
        other.collect()
    }

    fn gap(&self, stated: &Stated, fault: &'static str, message: String, remedy: &str) -> Gap {
        self.ask.gap_at(stated.at.clone(), fault, message, remedy)
    }

    fn undecided(&self, stated: &Stated, what: &str) -> Verified {
        let message = format!("{} leaves `{what}` to the build ({})", self.path, one_line(&stated.value, 60));
        Verified::doubt(message, "cite the merged manifest of the release, or state the value in the manifest")
    }

    fn debuggable(&self, application: &Application, doubts: &mut Vec<Verified>) -> Option<Gap> {
        let stated = application.debuggable.as_ref()?;
        match stated.flag() {
            Flag::No => None,
            Flag::Undecided => {
                doubts.push(self.undecided(stated, "debuggable"));
                None
            }
            Flag::Yes => {
                let message = format!("{} makes the app debuggable", self.path);
                Some(self.gap(stated, "debuggable", message, "take `android:debuggable` out: debug builds set it by themselves"))
            }
        }
    }

    fn cleartext(
        &self,
        manifest: &AndroidManifest,
        application: &Application,
        doubts: &mut Vec<Verified>,
        told: &mut Vec<String>,
    ) -> Vec<Gap> {
        // A network security configuration replaces the attribute.
        if let Some(named) = &application.network {
            return match self.resource(named, "networkSecurityConfig") {
                Ok(found) => self.network(&found, doubts, told),
                Err(doubt) => {
                    doubts.push(doubt);
                    Vec::new()
                }
            };
        }
        let remedy = "set `android:usesCleartextTraffic` to false, or permit single domains in a network security configuration";
        match application.cleartext.as_ref().map(|stated| (stated, stated.flag())) {
            Some((_, Flag::No)) => Vec::new(),
            Some((stated, Flag::Undecided)) => {
                doubts.push(self.undecided(stated, "usesCleartextTraffic"));
                Vec::new()
            }
            Some((stated, Flag::Yes)) => {
                vec![self.gap(stated, "cleartext", format!("{} permits traffic in plain text", self.path), remedy)]
            }
            None => {
                let old = manifest.target_sdk.iter().filter(|sdk| sdk.value.trim().parse().is_ok_and(|sdk: i64| sdk < REFUSES_CLEARTEXT));
                let gap = |sdk: &Stated| {
                    let message = format!("{} targets API level {}, where plain text is permitted", self.path, one_line(&sdk.value, 20));
                    self.gap(sdk, "cleartext", message, remedy)
                };
                old.map(gap).collect()
            }
        }
    }

    fn network(&self, found: &OpenFile, doubts: &mut Vec<Verified>, told: &mut Vec<String>) -> Vec<Gap> {
        let gap = |range: std::ops::Range<usize>, message: String, remedy: &str| Gap {
            at: self.ask.view.range(found, range),
            ..Gap::failed("cleartext", message, remedy)
        };
        let config = match found.text().map(format::read_network_config) {
            Some(Ok(config)) => config,
            Some(Err(bad)) => {
                let message = format!("{}: {}", found.path, one_line(&bad.message, 200));
                return vec![gap(bad.at.unwrap_or(0..0), message, "correct the network security configuration")];
            }
            None => return vec![gap(0..0, format!("{} is not UTF-8 text", found.path), "save it as text in UTF-8")],
        };
        let mut gaps = Vec::new();
        match config.base.as_ref().map(|base| (base, base.flag())) {
            Some((base, Flag::Yes)) => {
                let message = format!("{} permits traffic in plain text to every address", found.path);
                gaps.push(gap(base.at.clone(), message, "permit it for single domains only"));
            }
            Some((base, Flag::Undecided)) => doubts.push(self.undecided(base, "cleartextTrafficPermitted")),
            _ => {}
        }
        for domain in config.domains.iter().filter(|domain| !is_this_device(&domain.value)) {
            let name = one_line(&domain.value, limits::QUOTED_CHARS);
            if self.attested.has(&[domain.value.as_str()]) {
                told.push(format!("plain text to {name} is attested"));
            } else {
                let message = format!("{} permits traffic in plain text to {name}, which is not attested", found.path);
                gaps.push(gap(domain.at.clone(), message, "take the exception out, or name the domain in `expect`"));
            }
        }
        if config.user_certificates.is_some() {
            told.push("certificates that users add are trusted".to_owned());
        }
        gaps
    }

    fn backup(&self, application: &Application, doubts: &mut Vec<Verified>) -> Vec<Gap> {
        let allowed = application.allow_backup.as_ref();
        match allowed.map_or(Flag::Yes, Stated::flag) {
            Flag::No => return Vec::new(),
            Flag::Undecided => {
                doubts.extend(allowed.map(|stated| self.undecided(stated, "allowBackup")));
                return Vec::new();
            }
            Flag::Yes => {}
        }
        if allowed.is_none() && !application.begins_an_app() {
            let message =
                format!("{} does not say `allowBackup` and starts no activity, so it may be a part of another manifest", self.path);
            doubts.push(Verified::doubt(message, "cite the app's own manifest, or the merged one"));
            return Vec::new();
        }
        if application.backup_rules.is_empty() && application.backs_up_itself {
            let message = format!("{} leaves it to the code of a `backupAgent` what is backed up", self.path);
            doubts.push(Verified::doubt(
                message,
                "name rules in `dataExtractionRules` and `fullBackupContent`, or set `android:allowBackup` to false",
            ));
            return Vec::new();
        }
        let remedy = "set `android:allowBackup` to false, or name rules in `dataExtractionRules` and `fullBackupContent`";
        if application.backup_rules.is_empty() {
            return vec![match allowed {
                Some(stated) => self.gap(stated, "backup", format!("{} lets all of the app's data be backed up", self.path), remedy),
                None => {
                    let message = format!("{} does not say `allowBackup`, so all of the app's data is backed up", self.path);
                    self.ask.gap_at(application.at.clone(), "backup", message, remedy)
                }
            }];
        }
        let mut gaps = Vec::new();
        for named in application.backup_rules.iter().filter(|named| named.flag() != Flag::No) {
            match self.resource(named, "the rules for backups") {
                Ok(found) => {
                    let rules = found.text().map(format::rules_for_backups);
                    if !matches!(rules, Some(Ok(true))) {
                        let message = format!("{} has no rule, so all of the app's data is backed up", found.path);
                        let at = self.ask.view.line(&found, 1);
                        gaps.push(Gap { at, ..Gap::failed("backup", message, "say in it what goes into backups or what stays out") });
                    }
                }
                Err(doubt) => doubts.push(doubt),
            }
        }
        gaps
    }

    /// The resource that an attribute names, beside the manifest or, where there is only one of that name, elsewhere in the product.
    fn resource(&self, named: &Stated, what: &str) -> Result<std::rc::Rc<OpenFile>, Verified> {
        let unknown = |why: &str| {
            let message = format!("{} names {} for {what}, {why}", self.path, one_line(&named.value, 80));
            Verified::doubt(message, "track the file beside the manifest under res/xml")
        };
        let path = named.xml_resource().ok_or_else(|| unknown("which is no XML resource"))?;
        let beside = path.parse().ok().and_then(|path| Some(self.file.path.parent()?.join(&path)));
        let beside = beside.filter(|path| self.ask.view.find(path).is_some());
        let suffix = format!("/{path}");
        let mut others = self.ask.product_files().filter(|found| found.path.as_str().ends_with(&suffix)).map(|found| found.path.clone());
        let chosen = match beside {
            Some(path) => path,
            None => match (others.next(), others.next()) {
                (Some(only), None) => only,
                (None, _) => return Err(unknown("which is not in the tree")),
                _ => return Err(unknown("of which the tree has several")),
            },
        };
        self.ask.view.open(&chosen).map_err(|refusal| unknown(&format!("which cannot be read: {refusal}")))
    }

    fn open(&self, component: &Component, doubts: &mut Vec<Verified>) -> Option<Gap> {
        if component.guarded || component.is_open() == Flag::No {
            return None;
        }
        let kind = component.kind.name();
        let name = one_line(&component.name, limits::QUOTED_CHARS);
        let simple = component.name.trim_start_matches('.');
        if self.attested.has(&[component.name.as_str(), simple]) {
            return None;
        }
        if let (Flag::Undecided, Some(stated)) = (component.is_open(), &component.exported) {
            doubts.push(self.undecided(stated, &format!("exported of the {kind} {name}")));
            return None;
        }
        let of_the_platform = |action: &String| PLATFORM.iter().any(|prefix| action.starts_with(prefix));
        let fine = match component.kind {
            ComponentKind::Activity => component.filters > 0,
            ComponentKind::Provider => false,
            _ => !component.actions.is_empty() && component.actions.iter().all(of_the_platform),
        };
        (!fine).then(|| {
            let message = format!("{} lets every other app call the {kind} {name}, without a permission", self.path);
            let remedy = "set `android:exported` to false, require a permission, or name the component in `expect`";
            self.ask.gap_at(component.at.clone(), "exported", message, remedy)
        })
    }

    fn permission(&self, asked: &Stated) -> Option<Gap> {
        let short = asked.value.strip_prefix("android.permission.").unwrap_or(&asked.value);
        if self.attested.has(&[asked.value.as_str(), short]) || !self.attested.is_given() {
            return None;
        }
        let name = one_line(&asked.value, limits::QUOTED_CHARS);
        let message = format!("{} asks for {name}, which is not attested", self.path);
        Some(self.gap(asked, "permission", message, "take the permission out, or add it to `expect` once somebody has justified it"))
    }

    fn proof(&self, manifest: &AndroidManifest, application: &Application, told: &[String]) -> Proof {
        let number = |length: usize, noun: &str| count(i64::try_from(length).unwrap_or(i64::MAX), noun);
        let attested = if self.attested.is_given() { ", all attested" } else { ", which were compared with no list" };
        let open = application.components.iter().filter(|one| one.is_open() != Flag::No).count();
        let target = manifest.target_sdk.as_ref().filter(|sdk| !sdk.is_placeholder());
        let target = target.map_or(String::new(), |sdk| format!(", targets API level {}", one_line(&sdk.value, 20)));
        let unnamed = manifest.package.as_ref().is_none_or(Stated::is_placeholder);
        let unnamed = if unnamed { "; note: the build gives the package, so the manifest names no product" } else { "" };
        let told = told.iter().map(|one| format!("; note: {one}")).collect::<String>();
        let says = format!(
            "{} asks for {}{attested}, opens {} to other apps{target}, and neither debugging, plain text nor backups are left open{told}{unnamed}{}",
            self.path,
            number(manifest.permissions.len(), "permission"),
            number(open, "component"),
            self.attested.unused(),
        );
        Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
    }
}

/// Names of the device itself, the emulator's name for its host among them.
fn is_this_device(domain: &str) -> bool {
    let domain = domain.trim();
    let loopback = domain.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback());
    domain.eq_ignore_ascii_case("localhost") || loopback || domain == "10.0.2.2"
}
